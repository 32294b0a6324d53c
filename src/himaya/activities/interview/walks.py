"""Every conversation a trainee can hold, by `himaya.activities.interview.rules`. Judges nothing.

A state is the stage, trust, strain, what was told, agreed or noted, and which answers that changed something were
given: those are not given again. Each such answer leads one layer on, so the search goes layer by layer and ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from himaya.activities.interview.format import replies_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from himaya.activities.interview.format import Interview, Move, Reply, When

MOST_STATES = 1_000_000
"""States to look at before a search gives up: about a minute and 500 MB."""
AT_ONCE = 20_000
"""States that a check and the tables of modules look at: a second. Beyond it random conversations are held."""
SAMPLE = 100_000
"""Answers of random conversations that are looked at where a search would be too long."""

MOST_KEPT = 10_000
"""Situations of which it is kept which moves are open in them: a few MB."""

_State: TypeAlias = tuple[int, int, int, int, int]
"""Stage, trust, strain, marks, answers given; the last two are sets of bits."""
_Place: TypeAlias = tuple[int, int]
"""A move and one of its replies, by their positions."""


class _When(NamedTuple):
    trust: tuple[int, int]
    strain: tuple[int, int]
    has: int
    any: int
    lacks: int


class _Reply(NamedTuple):
    when: _When
    tells: int
    again: int
    denies: int
    sets: int
    clears: int
    trust: int
    strain: int
    stage: int
    ends: bool
    harmful: bool
    best: bool
    spoken: int  # its bit, 0 where it changes nothing


_Answer: TypeAlias = tuple[int, int, _Reply, int]
"""A move, the position of its reply, the reply, and a bit that no other has."""


class _Move(NamedTuple):
    stages: int
    available: _When
    replies: list[_Reply]


@dataclass
class Talks:
    """What looking at the conversations of an interview found.

    Attributes:
        complete: Whether every conversation was looked at, and not only a sample.
        states: How many states there are; 0 for a sample.
        opened: Positions of the moves that could be made.
        spoken: Which replies were given, as (move, reply).
        told: Ids of facts that were told, and agreements reached.
        clean: Those of them that need no harmful answer before.
        endings: Ids of the endings that were reached.
        repeated: Replies that tell a fact that was told before, as (move, reply, fact).
        denied: Replies that deny a fact that was told before.
        early: Replies that speak again of a fact that was not told.
        unplanned: Good endings that leave a danger without a plan, as (ending, fact).
        best: The most points of a conversation with a good ending, or None without one.
        worst: The fewest points of a conversation.
    """

    complete: bool = True
    states: int = 0
    opened: set[int] = field(default_factory=set)
    spoken: set[_Place] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    clean: set[str] = field(default_factory=set)
    endings: set[str] = field(default_factory=set)
    repeated: set[tuple[int, int, str]] = field(default_factory=set)
    denied: set[tuple[int, int, str]] = field(default_factory=set)
    early: set[tuple[int, int, str]] = field(default_factory=set)
    unplanned: set[tuple[str, str]] = field(default_factory=set)
    best: int | None = None
    worst: int | None = None


def marks_of(interview: Interview) -> list[str]:
    """Return the ids of facts, agreements and notes, each once."""
    named = [*(fact.id for fact in interview.facts), *(one.id for one in interview.agreements)]
    for move in interview.moves:
        for reply in replies_of(interview, move):
            named += reply.sets
    return list(dict.fromkeys(named))


def talks(interview: Interview, limit: int = MOST_STATES, sample: int = SAMPLE) -> Talks:
    """Return what the conversations of an interview show.

    Args:
        interview: One whose marks, stages and facts all exist.
        limit: States after which random conversations are held instead.
        sample: How many answers those look at.
    """
    return _Search(interview).all(limit) or _Search(interview).some(sample)


class _Search:
    def __init__(self, interview: Interview) -> None:
        self.interview = interview
        self.bits = {name: 1 << n for n, name in enumerate(marks_of(interview))}
        self.stages = [stage.id for stage in interview.stages]
        self.number = 0
        self.moves = [self._move(move) for move in interview.moves]
        self.most = max((len(move.replies) for move in self.moves), default=0)
        self.private = self._set([fact.id for fact in interview.facts if fact.need == "private"])
        needed = [fact.id for fact in interview.facts if fact.need == "must"]
        self.must = self._set([*needed, *(one.id for one in interview.agreements if one.need == "must")])
        self.endings = [
            (one.id, one.level, self._when(one.when)._replace(any=0), self._set(one.when.has_any), one.when)
            for one in interview.endings
        ]
        self.found = Talks()
        # What was given before changes nothing in it, and most states differ in that alone.
        self._open = lru_cache(MOST_KEPT)(self._open_in)

    def _set(self, names: Sequence[str]) -> int:
        found = 0
        for name in names:
            found |= self.bits.get(name, 0)
        return found

    def _when(self, when: When) -> _When:
        return _When(
            (when.trust.min, when.trust.max),
            (when.strain.min, when.strain.max),
            self._set(when.has),
            self._set(when.has_any),
            self._set(when.lacks),
        )

    def _move(self, move: Move) -> _Move:
        stages = sum(1 << self.stages.index(name) for name in move.stages) or (1 << len(self.stages)) - 1
        return _Move(stages, self._when(move.available), [self._reply(one) for one in replies_of(self.interview, move)])

    def _reply(self, reply: Reply) -> _Reply:
        changes = reply.trust or reply.strain or reply.tells or reply.sets or reply.clears or reply.stage
        spoken = 0
        if changes and not reply.ends:
            spoken = 1 << self.number
            self.number += 1
        return _Reply(
            self._when(reply.when),
            self._set(reply.tells),
            self._set(reply.again),
            self._set(reply.denies),
            self._set(reply.sets),
            self._set(reply.clears),
            reply.trust,
            reply.strain,
            self.stages.index(reply.stage) if reply.stage else -1,
            reply.ends,
            reply.quality == "harmful",
            reply.quality == "best",
            spoken,
        )

    def start(self) -> _State:
        return (0, self.interview.trust.start, self.interview.strain.start, 0, 0)

    def answers(self, state: _State) -> list[_Answer]:
        """Return each open move with its answer."""
        stage, trust, strain, marks, given = state
        return [one for one in self._open(stage, trust, strain, marks) if not one[2].spoken & given]

    def _open_in(self, stage: int, trust: int, strain: int, marks: int) -> list[_Answer]:
        found = []
        for place, (stages, available, replies) in enumerate(self.moves):
            if stages >> stage & 1 and _holds(available, trust, strain, marks):
                for number, reply in enumerate(replies):
                    if _holds(reply.when, trust, strain, marks):
                        found.append((place, number, reply, 1 << place * self.most + number))
                        break
        return found

    def after(self, state: _State, reply: _Reply) -> tuple[_State, str]:
        stage, trust, strain, marks, given = state
        trust = min(self.interview.trust.max, max(0, trust + reply.trust))
        strain = min(self.interview.strain.max, max(0, strain + reply.strain))
        marks = (marks | reply.tells | reply.sets) & ~reply.clears
        left = trust == 0 or strain == self.interview.strain.max
        ended = "closed" if reply.ends else "left" if left else ""
        return (reply.stage if reply.stage >= 0 else stage, trust, strain, marks, given | reply.spoken), ended

    def look(self, state: _State, place: int, number: int, reply: _Reply) -> None:
        """Note what one answer in one state shows."""
        marks, found = state[3], self.found
        found.spoken.add((place, number))
        if wrong := reply.tells & marks:
            found.repeated.update((place, number, name) for name in self._names(wrong))
        if wrong := reply.denies & marks:
            found.denied.update((place, number, name) for name in self._names(wrong))
        if wrong := reply.again & ~marks:
            found.early.update((place, number, name) for name in self._names(wrong))

    def end(self, state: _State, ended: str, least: int, most: int) -> None:
        """Note where a conversation ends."""
        _, trust, strain, marks, _ = state
        name, level = self.ending(trust, strain, marks, ended)
        self.found.endings.add(name)
        points = (marks & self.must).bit_count()
        found = self.found
        if level == "good":
            found.best = max(found.best or 0, points - least)
            for fact in self.interview.facts:
                if fact.planned and marks & self.bits[fact.id] and not marks & self._set(fact.planned):
                    found.unplanned.add((name, fact.id))
        worst = max(0, points - most)
        found.worst = worst if found.worst is None else min(found.worst, worst)

    def ending(self, trust: int, strain: int, marks: int, ended: str) -> tuple[str, str]:
        for name, level, when, either, written in self.endings:
            wrong = {"closed", "left"} - {ended}
            told = not (wrong & set(written.has)) and ended not in written.lacks
            one = not written.has_any or ended in written.has_any or bool(either & marks)
            if told and one and _holds(when, trust, strain, marks):
                return name, level
        return self.endings[-1][:2]

    def cost(self, state: _State, reply: _Reply) -> int:
        asked = 0 if reply.best else (reply.tells & self.private & ~state[3]).bit_count()
        return asked + reply.harmful

    def all(self, limit: int) -> Talks | None:
        """Return what every conversation shows, or None where there are more than `limit` states."""
        if limit <= AT_ONCE and self._more_than(limit):
            return None
        layer: dict[_State, tuple[int, int, int]] = {self.start(): (0, 0, 0)}
        told = clean = 0
        while layer:
            self.found.states += len(layer)
            if self.found.states > limit:
                return None
            onward: dict[_State, tuple[int, int, int]] = {}
            for state, (least, most, harm) in layer.items():
                stuck = True
                for place, number, reply, _ in self.answers(state):
                    self.look(state, place, number, reply)
                    then, ended = self.after(state, reply)
                    cost, harms = self.cost(state, reply), harm + reply.harmful
                    told |= then[3]
                    if harms == 0:
                        clean |= then[3]
                    if ended:
                        self.end(then, ended, least + cost, most + cost)
                    elif reply.spoken:
                        known = onward.get(then, (least + cost, most + cost, harms))
                        onward[then] = min(known[0], least + cost), max(known[1], most + cost), min(known[2], harms)
                    stuck = stuck and not ended and not reply.spoken
                if stuck:
                    self.end(state, "closed", least, most)
            layer = onward
        self.found.opened = {place for place, _ in self.found.spoken}
        self.found.told, self.found.clean = self._names(told), self._names(clean)
        return self.found

    def _more_than(self, limit: int) -> bool:
        """Return whether there are more states; to count them takes a third of what looking at each takes."""
        layer, states = {self.start()}, 0
        while layer and states <= limit:
            states += len(layer)
            onward = set()
            for state in layer:
                for _, _, reply, _ in self.answers(state):
                    if reply.spoken:
                        then, ended = self.after(state, reply)
                        if not ended:
                            onward.add(then)
                if states + len(onward) > limit:
                    return True
            layer = onward
        return states > limit

    def some(self, sample: int) -> Talks:
        """Return what random conversations show, half of them without harmful answers."""
        draw, looked, careful = Random(0), 0, False  # noqa: S311 - the same sample every time
        told = clean = 0
        while looked < sample:
            state, ended, cost, harm, said, careful = self.start(), "", 0, 0, 0, not careful
            while ended == "":
                answers = [one for one in self.answers(state) if not one[3] & said]
                if not answers:
                    ended = "closed"
                    break
                kind = [one for one in answers if not one[2].harmful] if careful else []
                place, number, reply, bit = draw.choice(kind or answers)
                looked += 1
                said |= bit
                self.look(state, place, number, reply)
                cost, harm = cost + self.cost(state, reply), harm + reply.harmful
                state, ended = self.after(state, reply)
                told |= state[3]
                clean |= state[3] if harm == 0 else 0
            self.end(state, ended, cost, cost)
        self.found.complete, self.found.states = False, 0
        self.found.opened = {place for place, _ in self.found.spoken}
        self.found.told, self.found.clean = self._names(told), self._names(clean)
        return self.found

    def _names(self, marks: int) -> set[str]:
        return {name for name, bit in self.bits.items() if bit & marks}


def _holds(when: _When, trust: int, strain: int, marks: int) -> bool:
    return (
        marks & when.has == when.has
        and not marks & when.lacks
        and (not when.any or bool(marks & when.any))
        and when.trust[0] <= trust <= when.trust[1]
        and when.strain[0] <= strain <= when.strain[1]
    )
