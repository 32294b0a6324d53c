"""What changed from before to after in the same people, who is missing from it, and what to teach again tomorrow."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from himaya.content.assignments import form_names, form_of, module_of
from himaya.measures import items as measures
from himaya.measures.change import Change, change, normalised_gain
from himaya_server.desk.answers import words_of
from himaya_server.desk.questions import numbers_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from himaya.measures.items import Shown
    from himaya.measures.proportions import Interval
    from himaya_server.desk.answers import ClassAnswers, Submission
    from himaya_server.desk.questions import Question

_CLOSE = 1e-9  # percent


@dataclass(frozen=True)
class Compared:
    """Before and after of the people who did both.

    Attributes:
        words: Of what: an outcome, or empty for all of a module.
        shown: What may be shown at this number of people.
        people: How many did both.
        better: How many of them earned more afterwards.
        same: How many earned as much.
        worse: How many earned less.
        change: The means with their interval; None below the size for it.
        gain: The part gained of what was missing, and its interval; None below the size for it.
    """

    words: str
    shown: Shown
    people: int
    better: int = 0
    same: int = 0
    worse: int = 0
    change: Change | None = None
    gain: tuple[float | None, Interval | None] = (None, None)


@dataclass(frozen=True)
class SafetySet:
    """How the questions about safety went: who had a form all right, and who has yet to."""

    tried: int
    safe: int


@dataclass(frozen=True)
class Learned:
    """What is told of one module.

    Attributes:
        enrolled: Everybody in the class.
        handed_in: Who handed the module in.
        no_before: Who handed in, but did not answer all questions before.
        whole: All pairs of questions.
        outcomes: The same by outcome.
        safety: The safety set; None where there is none, or fewer than five tried it.
    """

    module: str
    title: str
    enrolled: int
    handed_in: int
    no_before: int
    whole: Compared | None
    outcomes: Sequence[Compared] = ()
    safety: SafetySet | None = None


def learned_in(known: ClassAnswers, module: str, language: str) -> Learned:
    """Return what changed in one module, in words of `language`."""
    about = words_of(known.results.folder, module, language)
    twins = {
        name: str(each["twin"])
        for name, each in about["activities"].items()
        if each["mode"] == "pretest" and each.get("twin") in about["activities"]
    }
    people = [each for _, each in known.of(module)]
    both = [
        each
        for each in people
        if twins
        and all(name in each.items and known.is_now(module, name, each.items[name]) for name in twins)
        and all(known.is_now(module, twin, each.items[twin]) for twin in twins.values() if twin in each.items)
    ]
    by_outcome: dict[str, dict[str, str]] = {}
    for name, twin in twins.items():
        by_outcome.setdefault(str(about["activities"][name].get("outcome")), {})[name] = twin
    outcomes: Mapping[str, str] = about["module"]["outcomes"]
    return Learned(
        module=module,
        title=about["module"]["title"],
        enrolled=len(known.results.trainees),
        handed_in=len(people),
        no_before=len(people) - len(both),
        whole=_compared("", twins, both) if twins else None,
        outcomes=[_compared(outcomes.get(name, name), pairs, both) for name, pairs in by_outcome.items()],
        safety=_safety(known, module),
    )


def _compared(words: str, pairs: Mapping[str, str], people: Sequence[Submission]) -> Compared:
    shown = measures.shown_at(len(people))
    if shown == "nothing":
        return Compared(words, shown, len(people))
    before = [_percent(each, pairs) for each in people]
    after = [_percent(each, pairs.values()) for each in people]
    moved = [b - a for a, b in zip(before, after, strict=True)]
    told = Compared(
        words,
        shown,
        len(people),
        better=sum(each > _CLOSE for each in moved),
        same=sum(abs(each) <= _CLOSE for each in moved),
        worse=sum(each < -_CLOSE for each in moved),
    )
    if shown == "counts":
        return told
    return replace(told, change=change(before, after), gain=normalised_gain(before, after))


def _percent(each: Submission, names: Collection[str]) -> float:
    shares = (each.items[name].share or 0.0 for name in names if name in each.items)
    return 100 * sum(shares) / len(names)


def _safety(known: ClassAnswers, module: str) -> SafetySet | None:
    forms = [name for name in form_names(module_of(module)) if name in known.results.keys]
    tried = safe = 0
    for trainee in known.results.trainees:
        works = [work for work in known.results.works(trainee.id) if work.module in forms and work.graded]
        tried += bool(works)
        safe += any(work.safe for work in works)
    return SafetySet(tried, safe) if tried >= measures.FEWEST else None


# --- what to teach again ------------------------------------------------------------------------------------------

_QUESTIONS = 5
_OUTCOMES = 3


@dataclass(frozen=True)
class Again:
    """One page for tomorrow.

    Attributes:
        people: Who handed in anything.
        questions: With their module's title, those that fewest surely got right.
        outcomes: Of all modules, those with the lowest mean afterwards, or with most of the class no better.
        safety: By module, how many have no form of the safety set right yet.
    """

    people: int
    questions: Sequence[tuple[str, Question]] = ()
    outcomes: Sequence[Compared] = ()
    safety: Mapping[str, int] = field(default_factory=dict)


def teach_again(known: ClassAnswers, language: str) -> Again:
    """Return what to teach again tomorrow, in words of `language`: graded questions, outcomes and safety."""
    modules = [name for name in known.results.keys if any(module == name for _, module in known.submissions)]
    numbers = [known.once(numbers_of, name, language) for name in modules]
    questions = [
        (each.title, question)
        for each in numbers
        for question in each.questions
        if question.mode == "graded" and question.shown != "nothing" and question.right < question.people
    ]
    learned = [known.once(learned_in, name, language) for name in modules if not form_of(name)]
    measured = [one for each in learned for one in each.outcomes if one.change is not None and one.change.after < 100]
    sets: dict[str, Learned] = {}  # one of each module, on whichever path
    for each in learned:
        sets.setdefault(module_of(each.module), each)
    return Again(
        people=len({trainee for trainee, _ in known.submissions}),
        questions=sorted(questions, key=lambda pair: pair[1].worst)[:_QUESTIONS],
        outcomes=sorted(measured, key=lambda one: one.change.after if one.change else 100.0)[:_OUTCOMES],
        safety={
            each.title: each.safety.tried - each.safety.safe
            for each in sets.values()
            if each.safety and each.safety.tried > each.safety.safe
        },
    )
