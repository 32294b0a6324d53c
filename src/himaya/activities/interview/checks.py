"""Rules for interviews: every fact can be told, every danger is planned for, every conversation can be ended."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from himaya.activities import findings as references
from himaya.activities.findings import unknown
from himaya.activities.format import Figures, Format
from himaya.activities.interview.format import Interview, compile_interview, conditions, replies_of
from himaya.activities.interview.rules import RULES, debrief, ending, most_points, spoken, standing
from himaya.activities.interview.walks import AT_ONCE, SAMPLE, marks_of, talks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from himaya.activities.format import Finding, Known
    from himaya.activities.interview.format import Move
    from himaya.activities.interview.walks import Talks

ALWAYS_AT_HAND = ("silence", "colleague", "close")
_ENDED = ("closed", "left")


def findings(interview: Interview, known: Known, limit: int = AT_ONCE) -> list[Finding]:
    """Return what is wrong with one interview; conversations are held only where every name in it exists."""
    lame = [*_names(interview, known), *_replies(interview), *_endings(interview), *_gauges(interview)]
    found = [*lame, *references.outcome_findings(interview.outcomes, known, "outcomes")]
    if lame:
        return found
    walked = _talks(interview, limit)
    return [
        *found,
        *_facts(interview, walked),
        *_moves(interview, walked),
        *_again(interview, walked),
        *_examples(interview),
    ]


def hints(interview: Interview) -> list[Finding]:
    """Return what an author may want to look at."""
    lame = [*_names(interview, None), *_replies(interview), *_endings(interview), *_gauges(interview)]
    if lame:
        return []
    walked = _talks(interview, AT_ONCE)
    if not walked.complete:  # what a sample does not bring may come all the same
        return []
    found: list[Finding] = []
    for place, move in enumerate(interview.moves):
        for number, _ in enumerate(replies_of(interview, move)):
            if (place, number) not in walked.spoken and (path := _path(interview, move, number))[0] == "moves":
                found.append((f"no conversation brings this reply of '{move.id}'; is it needed?", path))
    return found


@lru_cache(maxsize=8)
def _talks_of(text: str, limit: int) -> Talks:
    return talks(Interview.model_validate_json(text), limit)


def _talks(interview: Interview, limit: int) -> Talks:
    return _talks_of(interview.model_dump_json(), limit)


def _path(interview: Interview, move: Move, number: int) -> tuple[str | int, ...]:
    """Return where a reply of a move was written."""
    reply = replies_of(interview, move)[number]
    for at, one in enumerate(interview.first):
        if one is reply:
            return "first", at
    own = next(at for at, one in enumerate(move.replies) if one is reply)
    return "moves", interview.moves.index(move), "replies", own


def _names(interview: Interview, known: Known | None) -> Iterator[Finding]:
    """Find names that do not exist, and ids that two things have."""
    facts = [fact.id for fact in interview.facts]
    agreements = [one.id for one in interview.agreements]
    stages, moves = [stage.id for stage in interview.stages], [move.id for move in interview.moves]
    yield from references.repeated([*facts, *agreements], "fact or agreement", "facts")
    yield from references.repeated(stages, "stage", "stages")
    yield from references.repeated(moves, "move", "moves")
    yield from references.telling_ids(moves, "moves")
    yield from references.repeated([one.id for one in interview.endings], "ending", "endings")
    marks = marks_of(interview)
    for when, path in conditions(interview):
        for name in [*when.has, *when.has_any, *when.lacks]:
            if name not in marks:
                yield unknown("this depends on", name, marks), path
    for at, one in enumerate(interview.endings):
        for name in [*one.when.has, *one.when.has_any, *one.when.lacks]:
            if name not in (*marks, *_ENDED):
                yield unknown("this ending depends on", name, [*marks, *_ENDED]), ("endings", at, "when")
    behaviours = [*known.behaviours] if known else [b for m in interview.moves for r in m.replies for b in r.shows]
    if known:
        for at, told in enumerate([*interview.friend]):
            for name in [*told.when.has, *told.when.has_any, *told.when.lacks]:
                if name not in (*marks, *_ENDED, *behaviours):
                    yield unknown("this sentence depends on", name, [*marks, *behaviours]), ("friend", at, "when")
    for at, fact in enumerate(interview.facts):
        for name in fact.planned:
            if name not in agreements:
                yield unknown(f"the danger '{fact.id}' is planned for by", name, agreements), ("facts", at, "planned")
    for place, move in enumerate(interview.moves):
        for name in move.stages:
            if name not in stages:
                yield unknown("this can be said at the stage", name, stages), ("moves", place, "stages")
        for number, reply in enumerate(replies_of(interview, move)):
            path = _path(interview, move, number)
            for name in [*reply.tells, *reply.again, *reply.denies]:
                if name not in facts:
                    yield unknown("this reply is about the fact", name, facts), path
            for name in reply.clears:
                if name not in marks or name in facts:
                    yield unknown("this reply clears", name, [m for m in marks if m not in facts]), path
            for name in reply.sets:
                if name in facts or name in _ENDED:
                    yield f"this reply sets '{name}'; a fact is told: write it in 'tells'.", path
            if reply.stage and reply.stage not in stages:
                yield unknown("this reply goes on at the stage", reply.stage, stages), path
            for name in reply.shows if known else ():
                if name not in behaviours:
                    yield unknown("this reply shows the behaviour", name, behaviours), path
    tags = [tag for move in interview.moves for tag in move.tags]
    for at, first in enumerate(interview.first):
        for name in first.tags:
            if name not in tags:
                yield unknown("this comes before moves with the tag", name, list(dict.fromkeys(tags))), ("first", at)
        for name in first.spares:
            if name not in moves:
                yield unknown("this spares the move", name, moves), ("first", at)


def _is_open(when: object) -> bool:
    return when == type(when)()


def _replies(interview: Interview) -> Iterator[Finding]:
    """Find moves that may get no answer, and conversations that cannot be ended."""
    for place, move in enumerate(interview.moves):
        if not _is_open(move.replies[-1].when):
            text = f"the move '{move.id}' may get no answer; leave its last reply without 'when'."
            yield text, ("moves", place, "replies", len(move.replies) - 1)
    for group in ALWAYS_AT_HAND:
        if not any(move.group == group for move in interview.moves):
            yield f"there is no move of the group '{group}'; every conversation has one.", ("moves",)
    closes = [move for move in interview.moves if move.group == "close"]
    if closes and not any(_always_ends(move) for move in closes):
        text = (
            "this conversation cannot be ended at any time; keep one move of the group 'close' without 'available', "
            "'stages' and 'tags', whose last reply has 'ends: true'."
        )
        yield text, ("moves", interview.moves.index(closes[0]))


def _always_ends(move: Move) -> bool:
    return _is_open(move.available) and not move.stages and not move.tags and move.replies[-1].ends


def _endings(interview: Interview) -> Iterator[Finding]:
    last = len(interview.endings) - 1
    for position, one in enumerate(interview.endings):
        if position == last and not _is_open(one.when):
            text = f"the last ending '{one.id}' has 'when'; it is taken when no other holds, so it needs none."
            yield text, ("endings", position, "when")
        if position < last and _is_open(one.when):
            text = f"ending '{one.id}' has no 'when', so no later ending is ever taken; only the last may have none."
            yield text, ("endings", position)
    if interview.endings[-1].level == "good":
        yield "the last ending is 'good'; it is taken when nothing else holds, so it cannot be.", ("endings", last)


def _gauges(interview: Interview) -> Iterator[Finding]:
    trust, strain = interview.trust, interview.strain
    if not 0 < trust.start <= trust.max:
        yield f"trust starts at {trust.start}; allowed: 1 to {trust.max}, since who has none leaves.", ("trust",)
    if strain.start >= strain.max:
        text = f"strain starts at {strain.start}; allowed: 0 to {strain.max - 1}, since who has too much leaves."
        yield text, ("strain",)


def _facts(interview: Interview, walked: Talks) -> Iterator[Finding]:
    for at, fact in enumerate(interview.facts):
        if fact.id not in walked.told:
            yield f"nothing reveals the fact '{fact.id}'; let a reply tell it, or remove it.", ("facts", at)
        elif fact.need == "must" and fact.id not in walked.clean:
            text = f"the fact '{fact.id}' is needed and told only after a harmful answer; open another way to it."
            yield text, ("facts", at)
        if fact.need == "must" and fact.why is None:
            yield f"the fact '{fact.id}' is needed; say in 'why' what for.", ("facts", at)
    for at, one in enumerate(interview.agreements):
        if one.id not in walked.told:
            yield f"no conversation reaches the agreement '{one.id}'; let a reply set it.", ("agreements", at)
        elif one.need == "must" and one.id not in walked.clean:
            text = (
                f"the agreement '{one.id}' is needed and reached only after a harmful answer; open another way to it."
            )
            yield text, ("agreements", at)
    if walked.best is None:
        yield "no conversation reaches a good ending; look at the 'when' of the endings.", ("endings",)
    for at, end in enumerate(interview.endings):
        if end.id not in walked.endings:
            yield f"no conversation reaches the ending '{end.id}'; change its 'when', or remove it.", ("endings", at)
        for name, danger in sorted(walked.unplanned):
            if name == end.id:
                text = (
                    f"the good ending '{name}' leaves the danger '{danger}' without a plan; let its 'when' ask for an "
                    "agreement that plans for it."
                )
                yield text, ("endings", at)


def _moves(interview: Interview, walked: Talks) -> Iterator[Finding]:
    for place, move in enumerate(interview.moves):
        if place not in walked.opened:
            yield f"the move '{move.id}' never opens; look at its 'available' and 'stages'.", ("moves", place)


def _again(interview: Interview, walked: Talks) -> Iterator[Finding]:
    for seen, words in (
        (walked.repeated, "tells the fact '{}' after it was told; write 'again', or ask in 'when' that it is unknown"),
        (walked.denied, "denies the fact '{}' after it was told; ask in 'when' that it is unknown"),
        (walked.early, "speaks again of the fact '{}' before it was told; ask in 'when' that it is known"),
    ):
        for place, number, fact in sorted(seen):
            move = interview.moves[place]
            yield f"this reply of '{move.id}' {words.format(fact)}.", _path(interview, move, number)


class _Silent:
    """Writes nothing: enough to hold the conversations of an example."""

    def cite(self, _claim: object) -> list[str]:
        return []

    def principle(self, _principle: str | None) -> str | None:
        return None

    def behaviours(self) -> list[dict[str, str]]:
        return []

    def picture(self, place: str) -> str:
        return place

    def digits(self, text: str) -> str:
        return text


def held(interview: Interview) -> list[tuple[list[tuple[str, int]], str]]:
    """Return each example as it goes: moves by id, each with the index of its reply in `replies_of`; and the ending."""
    activity = {"mode": interview.mode, "points": interview.points, **compile_interview(interview, _Silent())}
    found = []
    for example in interview.examples:
        path = spoken(activity, example)  # type: ignore[arg-type]
        found.append(([(move, int(reply) - 1) for move, reply in path], ending(activity, path)["id"]))  # type: ignore[arg-type]
    return found


def _examples(interview: Interview) -> Iterator[Finding]:
    """Find examples that cannot be held as they stand, or are not strong."""
    activity = {"mode": interview.mode, "points": interview.points, **compile_interview(interview, _Silent())}
    for at, example in enumerate(interview.examples):
        path = spoken(activity, example)  # type: ignore[arg-type]
        said = [move for move, _ in path]
        if said != example:
            wrong = next((n for n, name in enumerate(example) if n >= len(said) or said[n] != name))
            yield f"the move '{example[wrong]}' of this example is not open there.", ("examples", at, wrong)
        elif standing(activity, path)["ended"] == "":  # type: ignore[arg-type]
            yield "this example does not come to an end; close it.", ("examples", at)
        elif ending(activity, path)["level"] != "good":  # type: ignore[arg-type]
            yield "this example does not reach a good ending.", ("examples", at)
        elif RULES.score(activity, {"phase": "ended", "path": path})[0] < most_points(activity):  # type: ignore[arg-type, typeddict-item]
            told = debrief(activity, path)  # type: ignore[arg-type]
            missing = ", ".join(told["missed"]) or "harmful or needless moves, or an agreement"
            yield f"this example does not earn full marks; look at: {missing}.", ("examples", at)


def _rows(interviews: Sequence[Interview]) -> Iterator[list[object]]:
    for interview in interviews:
        walked = _talks(interview, AT_ONCE)
        proof = f"{walked.states:,} states" if walked.complete else f"sampled: {SAMPLE:,}"
        facts = [fact.need for fact in interview.facts]
        needed = [f"{facts.count('must')} of {len(facts)}", len(interview.moves), len(interview.endings)]
        person = f"{interview.person.name} ({interview.person.gender}, {interview.person.age})"
        yield [interview.title, interview.mode, *needed, proof, walked.best, walked.worst, person]


_FIGURES: Figures[Interview] = Figures(
    title="Interviews",
    header=("Interview", "Mode", "Facts needed", "Moves", "Endings", "Proof", "Best", "Worst", "Person"),
    rows=_rows,
    legend="""\
- **Best** and **worst** of an interview are the most points of a conversation with a good ending and the fewest of any,
  found in all its states; where there are more than 20,000, in 100,000 answers of random conversations.
""",
)

FORMAT: Format[Interview] = Format(
    model=Interview,
    files="interviews/*.yaml",
    findings=findings,
    hints=hints,
    compile=compile_interview,
    figures=_FIGURES,
)
