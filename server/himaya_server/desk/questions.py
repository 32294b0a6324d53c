"""Which questions the class found hard, what wrong options drew, and where people left the best path. By nobody's name.

Below the sizes of `himaya.measures.items` a number is not shown: it says nothing, or says who.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from himaya.activities.kind import title_of
from himaya.activities.kinds import report
from himaya.measures import items as measures
from himaya.measures.change import mean_interval
from himaya.measures.proportions import Interval, wilson
from himaya_server.desk.answers import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from himaya.activities.kind import Compiled, Mode, Picked
    from himaya_server.desk.answers import ClassAnswers, Said, Submission

T = TypeVar("T")


@dataclass(frozen=True)
class Option:
    """A wrong option: how many of those who answered picked it, and what the module says about it."""

    words: str
    people: int
    why: str


@dataclass(frozen=True)
class Question:
    """What a class did with one question.

    Attributes:
        outcome: What a trainee can do who answers it, in words; may be empty.
        shown: What may be shown of it at this number of people.
        people: Who answered it; of practice, in full fives.
        right: Who earned all of it.
        left_open: Who handed in without an answer.
        share: The mean share earned, 0 to 1; None below the size for it.
        limits: Its interval; None below the size for it.
        r: The item-rest correlation; None below the size for it, or where it cannot be had.
        r_limits: Its interval.
        flag: Whether it should be read again.
        wrong: What wrong options drew, the most first.
        languages: By language how many answered and were right; empty where a group is smaller than five.
    """

    id: str
    stem: str
    mode: Mode
    outcome: str
    safety: bool
    shown: measures.Shown
    people: int
    right: int
    left_open: int
    share: float | None = None
    limits: Interval | None = None
    r: float | None = None
    r_limits: Interval | None = None
    flag: bool = False
    wrong: Sequence[Option] = ()
    languages: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def worst(self) -> tuple[bool, float, float]:
        """The order of a list with the worst first: how hard it surely is, then how hard it seems."""
        if self.shown == "nothing":
            return (True, 0.0, 0.0)
        high = self.limits.high if self.limits else wilson(self.right, self.people).high
        return (False, high, self.right / self.people)


@dataclass(frozen=True)
class Place:
    """A decision of a simulation, or a whole conversation, and what was chosen in it that is not best.

    Attributes:
        where: The decision; empty in a conversation.
        people: In how many runs it was met.
        chosen: Words, quality, and in how many of those runs; what can harm first, then the most first.
    """

    where: str
    people: int
    chosen: Sequence[tuple[str, str, int]]


@dataclass(frozen=True)
class Scene:
    """What a class did in one simulation, in its first run.

    Attributes:
        places: Where people left the best path, the most first; none below five people.
        principles: For each principle how many choices were best, acceptable and harmful.
        behaviours: For each principle, the behaviours that conversations showed: words, level, and in how many runs.
        harmful: Who chose something harmful at least once.
    """

    id: str
    title: str
    mode: Mode
    people: int
    places: Sequence[Place] = ()
    principles: Mapping[str, tuple[int, int, int]] = field(default_factory=dict)
    behaviours: Mapping[str, Sequence[tuple[str, str, int]]] = field(default_factory=dict)
    harmful: int = 0


@dataclass(frozen=True)
class ModuleNumbers:
    """What is told of one module.

    Attributes:
        people: Who handed it in.
        alpha: How well the graded questions hold together; None below the sizes for it.
        error: The standard error of a total, in points of 100.
    """

    module: str
    title: str
    people: int
    questions: Sequence[Question]
    scenes: Sequence[Scene]
    alpha: float | None = None
    alpha_limits: Interval | None = None
    error: float | None = None


def in_full_fives(people: list[T], mode: Mode) -> list[T]:
    """Return whose answers are counted: of practice only full fives of them, in the order of their hand-ins.

    Whoever looks before and after one more hand-in would else know what that person chose.
    """
    return people[: len(people) - len(people) % measures.FEWEST] if mode == "practice" else people


def numbers_of(known: ClassAnswers, module: str, language: str) -> ModuleNumbers:
    """Return what is told of one module, its questions with the worst first, in words of `language`."""
    about = words_of(known.results.folder, module, language)
    activities: Mapping[str, Compiled] = about["activities"]
    outcomes: Mapping[str, str] = about["module"]["outcomes"]
    people = list(known.of(module))
    asked = [name for name, each in activities.items() if not report(each).runs and not report(each).by_hand]
    graded = [name for name in asked if activities[name]["mode"] == "graded"]
    scores = [[_share(each.items.get(name)) for name in graded] for _, each in people]
    totals = [sum(row) for row in scores]
    questions = []
    for name in asked:
        at = graded.index(name) if name in graded else None
        of = [total - (row[at] if at is not None else 0.0) for row, total in zip(scores, totals, strict=True)]
        questions.append(_question(known, module, activities[name], people, of if at is not None else None, outcomes))
    value = (
        measures.alpha(scores) if len(people) >= measures.ENOUGH and len(graded) >= measures.ITEMS_FOR_ALPHA else None
    )
    error = None if value is None else measures.measurement_error(scores)
    return ModuleNumbers(
        module=module,
        title=about["module"]["title"],
        people=len(people),
        questions=sorted(questions, key=lambda each: each.worst),
        scenes=[
            _scene(known, module, activity, people, about["module"].get("behaviours", {}))
            for activity in activities.values()
            if report(activity).runs
        ],
        alpha=value,
        alpha_limits=None if value is None else measures.feldt(value, len(people), len(graded)),
        error=None if error is None else 100 * error / len(graded),
    )


def _share(said: Said | None) -> float:
    return 0.0 if said is None or said.share is None else said.share


def _question(
    known: ClassAnswers,
    module: str,
    activity: Compiled,
    people: Sequence[tuple[str, Submission]],
    rests: Sequence[float] | None,
    outcomes: Mapping[str, str],
) -> Question:
    name, mode = activity["id"], activity["mode"]
    answered = [
        (at, each)
        for at, (_, each) in enumerate(people)
        if name in each.items and known.is_now(module, name, each.items[name])
    ]
    answered = in_full_fives(answered, mode)
    said = [each.items[name] for _, each in answered]
    if mode == "practice":
        others = [one for one, *_ in known.practice.get((module, name), ()) if known.is_now(module, name, one)]
        said += in_full_fives(others, mode)
    count, right = len(said), sum(one.share == 1 for one in said)
    shown = measures.shown_at(count)
    told = Question(
        id=name,
        stem=title_of(activity),
        mode=mode,
        outcome=outcomes.get(str(activity.get("outcome")), ""),
        safety=bool(activity.get("safety_critical")),
        shown=shown,
        people=count,
        right=right,
        left_open=0 if mode == "practice" else len(people) - count,
    )
    if shown == "nothing":
        return told
    wrong = _wrong(activity, said)
    languages = {} if mode == "practice" else _by_language((each for _, each in answered), name)
    told = replace(told, wrong=wrong, languages=languages)
    if shown != "counts":
        shares = [_share(one) for one in said]
        partly = any(0 < share < 1 for share in shares)
        limits = _within(mean_interval(shares)) if partly else wilson(right, count)
        told = replace(told, share=sum(shares) / count, limits=limits)
    if shown == "all" and rests is not None:
        r = measures.correlation([_share(one) for one in said], [rests[at] for at, _ in answered])
        r_limits = None if r is None else measures.fisher(r, count)
        told = replace(told, r=r, r_limits=r_limits, flag=measures.flagged(r, count))
    return told


def _within(limits: Interval | None) -> Interval | None:
    return limits and Interval(max(0.0, limits.low), min(1.0, limits.high))


def _wrong(activity: Compiled, said: Iterable[Said]) -> list[Option]:
    drew: Counter[tuple[str, str]] = Counter()
    told = report(activity)
    for (at, choice), people in Counter((one.at, one.choice) for one in said).items():
        picked: list[Picked] = told.picked(activity, at, choice) if choice else []
        for each in (one for one in picked if not one.right):
            drew[each.words, each.why] += people
    return [Option(words, people, why) for (words, why), people in drew.most_common()]


def _by_language(answered: Iterable[Submission], name: str) -> dict[str, tuple[int, int]]:
    """Return by language who answered and who was right; nothing where one group is so small that it says who."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for each in answered:
        groups[each.language].append(each.items[name].share == 1)
    if len(groups) < 2 or any(len(group) < measures.FEWEST for group in groups.values()):
        return {}
    return {language: (len(group), sum(group)) for language, group in sorted(groups.items())}


def _scene(
    known: ClassAnswers,
    module: str,
    activity: Compiled,
    everybody: Sequence[tuple[str, Submission]],
    principle_of: Mapping[str, str],
) -> Scene:
    name, mode = activity["id"], activity["mode"]
    begun = [pair for pair in everybody if name in pair[1].runs]
    runs = [each.runs[name] for _, each in in_full_fives(begun, mode)]
    if mode == "practice":
        runs += in_full_fives(known.practice.get((module, name), []), mode)
    told = Scene(name, title_of(activity), mode, len(runs))
    if len(runs) < measures.FEWEST:
        return told
    met: Counter[str] = Counter()
    places: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    principles: dict[str, Counter[str]] = defaultdict(Counter)
    told_of = report(activity)
    picked = cache(lambda at, choice: told_of.picked(activity, at, choice or ""))
    for run in runs:
        said = [
            (each, str(one.quality)) for one in run if one.quality is not None for each in picked(one.at, one.choice)
        ]
        met.update({each.where for each, _ in said})
        for where, words, quality in {(each.where, each.words, quality) for each, quality in said}:
            places[where][words, quality] += 1
        for each, quality in said:
            if each.principle:
                principles[each.principle][quality] += 1
    harm_only = mode == "practice" and not any(places)  # a conversation has no places
    left = [Place(where, met[where], _not_best(chosen, harm_only=harm_only)) for where, chosen in places.items()]
    far = [each for each in left if each.chosen and each.people >= measures.FEWEST]
    return replace(
        told,
        places=sorted(far, key=lambda each: -max(count for *_, count in each.chosen) / each.people),
        principles={
            words: (count["best"], count["acceptable"], count["harmful"]) for words, count in principles.items()
        },
        behaviours=_behaviours(activity, runs, principle_of),
        harmful=sum(any(one.quality == "harmful" for one in run) for run in runs),
    )


def _behaviours(
    activity: Compiled, runs: Sequence[Sequence[Said]], principle_of: Mapping[str, str]
) -> dict[str, list[tuple[str, str, int]]]:
    """Return what conversations showed, by principle; harmful behaviours first, then the most frequent."""
    drew: Counter[tuple[str, str, str]] = Counter()
    for talk, count in Counter(tuple(_straight(run)) for run in runs).items():
        for each in report(activity).shown(activity, talk):
            drew[each] += count
    found: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for (name, level, words), count in sorted(drew.items(), key=lambda pair: (pair[0][1] != "harmful", -pair[1])):
        if name in principle_of:  # keys that were built by an earlier version name none
            found[principle_of[name]].append((words, level, count))
    return dict(found)


def _straight(run: Sequence[Said]) -> list[str]:
    """Return the choices of a run until somebody first went back in it, which practice allows."""
    kept: list[str] = []
    for number, one in enumerate(run, 1):
        if one.at != str(number) or one.choice is None:
            break
        kept.append(one.choice)
    return kept


def _not_best(chosen: Counter[tuple[str, str]], *, harm_only: bool) -> list[tuple[str, str, int]]:
    """Return what is not best, what can harm first. Of a practised conversation only that: people try things there."""
    found = [(words, quality, count) for (words, quality), count in chosen.most_common() if quality != "best"]
    harmful = [each for each in found if each[1] == "harmful"]
    return harmful if harm_only else harmful + [each for each in found if each[1] != "harmful"]
