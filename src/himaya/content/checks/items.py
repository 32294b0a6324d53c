"""Rules for items: one clear key, nothing that gives it away, a reason of its own for each option."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from himaya.activities.findings import (
    outcome_findings,
    principle_findings,
    problems_of,
    repeated,
    source_findings,
    telling_ids,
    uneven_lengths,
    unknown,
)
from himaya.activities.format import ChoiceItem, MatchItem, NumberItem, OrderItem, TextItem
from himaya.activities.limits import FEWEST_OPTIONS, GUESSED_ITEMS, GUESSING_MARGIN, REASON_WORDS
from himaya.activities.numbers import read_number
from himaya.content.activities import items_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from himaya.activities.findings import Finding
    from himaya.activities.format import AnyItem, Module
    from himaya.content.load import LoadedModule, Problem

_CATCH_ALL = re.compile(r"\b(all|none|both) of (the )?(above|these)\b", re.IGNORECASE)
_NEGATIVE = re.compile(r"\b(not|never|except)\b")  # lower case only: NOT is emphasis enough
_SPEECH = re.compile(r'"[^"]*"|“[^”]*”')
_SENTENCE = re.compile(r"[^.?!]*[.?!]*")

PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def item_problems(loaded: LoadedModule) -> list[Problem]:
    """Return what is wrong with every item of a module, alone and together."""
    items = list(items_of(loaded.activities).values())
    problems = [loaded.problem(item.id, text, *path) for item in items for text, path in findings(item, loaded.module)]
    return [*problems, *_guessing(loaded, items), *_safety_critical(loaded, items)]


def item_hints(loaded: LoadedModule) -> list[Problem]:
    """Return what an author may want to look at in the items of a module."""
    return problems_of(loaded, ChoiceItem, hints)


def hints(item: ChoiceItem, _module: Module) -> Iterator[Finding]:
    """Yield what an author may want to look at in one item."""
    for position, text in uneven_lengths([option.text for option in item.options], "option"):
        yield text, ("options", position, "text")
    if item.select == "one" and len(item.options) < FEWEST_OPTIONS:
        yield f"of {len(item.options)} options every second guess is right; is there a third that tempts?", ("options",)
    for position, option in enumerate(item.options):
        said = len(option.rationale.split())
        if not option.correct and said < REASON_WORDS:
            text = f"this reason has {said} words; does it say what tempts here, and how it harms?"
            yield text, ("options", position, "rationale")


def findings(item: AnyItem, module: Module) -> list[Finding]:
    """Return what is wrong with one item."""
    found = [
        *outcome_findings([item.outcome], module, "outcome"),
        *principle_findings(item.principle, module),
        *source_findings(item, module),
        *_stem(item),
    ]
    if isinstance(item, ChoiceItem):
        found += _choice(item)
    if isinstance(item, ChoiceItem | OrderItem | MatchItem):
        ids = [option.id for option in item.options]
        found += [*repeated(ids, "option", "options"), *telling_ids(ids, "options")]
    if isinstance(item, MatchItem):
        found += _match(item)
    if isinstance(item, NumberItem):
        found += _number(item)
    if isinstance(item, TextItem):
        found += _text(item)
    return found


def _stem(item: AnyItem) -> Iterator[Finding]:
    """Find a negative question. The situation before it and quoted speech may say "not": they are not the question."""
    sentences = [found[0] for found in _SENTENCE.finditer(_SPEECH.sub("", item.stem))]
    first = next((n for n, sentence in enumerate(sentences) if sentence.rstrip().endswith("?")), 0)
    negative = _NEGATIVE.search("".join(sentences[first:]))
    if negative:
        word = negative[1]
        text = f"the stem asks with '{word}', which is easily read over; ask for what holds, or write {word.upper()}."
        yield text, ("stem",)


def _choice(item: ChoiceItem) -> Iterator[Finding]:
    correct = sum(option.correct for option in item.options)
    if item.select == "one" and correct != 1:
        text = f"{correct} options are marked 'correct: true'; an item with 'select: one' has exactly one."
        yield text, ("options",)
    if item.select == "several" and not 0 < correct < len(item.options):
        text = (
            f"{correct} of {len(item.options)} options are marked 'correct: true'; an item with 'select: several' "
            "has at least one right and one wrong."
        )
        yield text, ("options",)
    for position, option in enumerate(item.options):
        lazy = _CATCH_ALL.search(option.text)
        if lazy:
            text = f"'{lazy[0]}' makes no sense once options are mixed; write an option that stands alone."
            yield text, ("options", position, "text")
    yield from _reasons(item)


def _reasons(item: ChoiceItem) -> Iterator[Finding]:
    seen: set[str] = set()
    for position, option in enumerate(item.options):
        if option.rationale in seen:
            text = "an earlier option has the same reason; say what holds for this one."
            yield text, ("options", position, "rationale")
        seen.add(option.rationale)


def _match(item: MatchItem) -> Iterator[Finding]:
    yield from repeated([row.id for row in item.rows], "row", "rows")
    yield from telling_ids([row.id for row in item.rows], "rows")
    options = [option.id for option in item.options]
    used: set[str] = set()
    for position, row in enumerate(item.rows):
        path = ("rows", position, "answer")
        if row.answer not in options:
            yield unknown(f"row '{row.id}' is answered by the option", row.answer, options), path
        elif row.answer in used:
            yield f"option '{row.answer}' already answers an earlier row; each option answers one row at most.", path
        used.add(row.answer)
    if len(options) <= len(item.rows):
        text = (
            f"{len(item.rows)} rows have {len(options)} options; at least one option more than rows is needed, "
            "or the last pair is free."
        )
        yield text, ("options",)


def _number(item: NumberItem) -> Iterator[Finding]:
    if read_number(item.answer) is None:
        text = f"the answer '{item.answer}' is not a number; allowed: up to 9 digits and 4 decimals, such as '2.5'."
        yield text, ("answer",)
    tolerance = read_number(item.tolerance)
    if tolerance is None or tolerance < 0:
        text = f"the tolerance '{item.tolerance}' is not a number of 0 or more; allowed: such as '0' or '0.5'."
        yield text, ("tolerance",)


def _text(item: TextItem) -> Iterator[Finding]:
    if item.words.min >= item.words.max:
        text = f"words has min {item.words.min} and max {item.words.max}; min must be below max."
        yield text, ("words",)
    levels = sorted(level.level for level in item.rubric)
    if levels != [1, 2, 3, 4]:
        text = f"the rubric has the levels {', '.join(map(str, levels))}; allowed: 1, 2, 3 and 4, each once."
        yield text, ("rubric",)


def guesses(asked: Sequence[ChoiceItem]) -> dict[str, float]:
    """Return the share of items with one right option, 0 to 1, that each habit of guessing gets right.

    Args:
        asked: At least one item; `select: one` each.
    """
    chance = sum(1 / len(item.options) for item in asked)
    hits = {"chance": chance, "longest": sum(map(_longest, asked))}
    for position, place in enumerate(PLACES):
        there = [item.options[position].correct for item in asked if position < len(item.options)]
        hits[place] = float(sum(there))
    return {habit: hit / len(asked) for habit, hit in hits.items()}


def _guessing(loaded: LoadedModule, items: Iterable[AnyItem]) -> Iterator[Problem]:
    """Find a module in which a trainee who knows nothing but a habit of authors does better than chance."""
    asked = [i for i in items if isinstance(i, ChoiceItem) and i.select == "one" and i.mode == "graded"]
    if len(asked) < GUESSED_ITEMS:
        return
    shares = guesses(asked)
    chance = shares.pop("chance")
    first = min(asked, key=lambda item: loaded.problem(item.id, "").line)
    for habit, share in shares.items():
        if share > chance + GUESSING_MARGIN:
            taken = "the longest option" if habit == "longest" else f"the option listed {habit}"
            remedy = "make other options as long" if habit == "longest" else f"list other options {habit}"
            text = (
                f"always taking {taken} gets {share * len(asked):g} of {len(asked)} graded items right, {share:.0%}; "
                f"chance is {chance:.0%}, allowed is up to {chance + GUESSING_MARGIN:.0%}: {remedy} in some items."
            )
            yield loaded.problem(first.id, text)


def _longest(item: ChoiceItem) -> float:
    """Return how likely it is, 0 to 1, that taking the longest option, or one of the longest, hits the key."""
    most = max(len(option.text) for option in item.options)
    longest = [option.correct for option in item.options if len(option.text) == most]
    return sum(longest) / len(longest)


def _safety_critical(loaded: LoadedModule, items: Iterable[AnyItem]) -> Iterator[Problem]:
    for item in items:
        if not item.safety_critical or item.mode == "pretest":  # the rules of the pretest say more
            continue
        if item.principle is None:
            yield loaded.problem(item.id, "a safety-critical item names its principle; add 'principle'.")
        if item.mode == "practice":
            yield loaded.problem(item.id, "practice decides nothing; remove 'safety_critical'.", "safety_critical")
