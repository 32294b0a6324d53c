"""Rules for choice items: one clear key, nothing that gives it away, a reason of its own for each option."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from himaya.activities.choice.format import ChoiceItem, compile_item, difficulty
from himaya.activities.findings import item_findings, option_findings, uneven_lengths
from himaya.activities.format import Figures, Format
from himaya.activities.limits import FEWEST_OPTIONS, GUESSED_ITEMS, GUESSING_MARGIN, REASON_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from himaya.activities.format import Finding, Known

_CATCH_ALL = re.compile(r"\b(all|none|both) of (the )?(above|these)\b", re.IGNORECASE)
PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


def findings(item: ChoiceItem, known: Known) -> Iterator[Finding]:
    """Yield what is wrong with one item."""
    yield from item_findings(item, known)
    yield from option_findings([option.id for option in item.options])
    yield from _choice(item)


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


def hints(item: ChoiceItem) -> Iterator[Finding]:
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


def together(items: Sequence[ChoiceItem]) -> Iterator[tuple[ChoiceItem, Finding]]:
    """Find a module in which a trainee who knows nothing but a habit of authors does better than chance."""
    asked = _guessed(items)
    if len(asked) < GUESSED_ITEMS:
        return
    shares = guesses(asked)
    chance = shares.pop("chance")
    for habit, share in shares.items():
        if share > chance + GUESSING_MARGIN:
            taken = "the longest option" if habit == "longest" else f"the option listed {habit}"
            remedy = "make other options as long" if habit == "longest" else f"list other options {habit}"
            text = (
                f"always taking {taken} gets {share * len(asked):g} of {len(asked)} graded items right, {share:.0%}; "
                f"chance is {chance:.0%}, allowed is up to {chance + GUESSING_MARGIN:.0%}: {remedy} in some items."
            )
            yield asked[0], (text, ())


def _guessed(items: Sequence[ChoiceItem]) -> list[ChoiceItem]:
    return [item for item in items if item.select == "one" and item.mode == "graded"]


def _longest(item: ChoiceItem) -> float:
    """Return how likely it is, 0 to 1, that taking the longest option, or one of the longest, hits the key."""
    most = max(len(option.text) for option in item.options)
    longest = [option.correct for option in item.options if len(option.text) == most]
    return sum(longest) / len(longest)


def _rows(items: Sequence[ChoiceItem]) -> Iterator[Sequence[object]]:
    asked = _guessed(items)
    if asked:
        found = guesses(asked)
        shares = [f"{found[habit]:.0%}" for habit in ("chance", "longest", "first", "second", "third")]
        yield len(asked), sum(len(item.options) == FEWEST_OPTIONS for item in asked), *shares


_FIGURES: Figures[ChoiceItem] = Figures(
    title="Guessing",
    header=("Items", "Three options", "Chance", "Longest", "First", "Second", "Third"),
    rows=_rows,
    legend="""\
- **Guessing** is the share of graded items with one right option that a habit gets right: the longest option, or always
  the option listed first, second or third. The check refuses more than chance and 10 points. Each trainee sees the
  options in an order of their own.
""",
)

FORMAT: Format[ChoiceItem] = Format(
    model=ChoiceItem,
    files="items.yaml",
    findings=findings,
    hints=hints,
    together=together,
    difficulty=difficulty,
    compile=compile_item,
    figures=_FIGURES,
)
