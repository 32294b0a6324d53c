"""What a finished lab "Can you find me?" earns, and what is said of it. Needs the key. Pure, no pandas.

What can be measured counts: nothing that points at somebody, two limits on risk, mixed answers, use, a safe table. So
does the decision with its reasons. A public file in which people can be found or known earns nothing at all.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from himaya.activities.events import by_id
from himaya.activities.lab.find_me import measures as disclosure
from himaya.activities.lab.find_me.figures import counts_and_risks, file_of, table
from himaya.activities.lab.find_me.microdata import microdata
from himaya.activities.lab.find_me.release import INDICATORS, SENSITIVE, Release, indicator
from himaya.activities.lab.find_me.words import Word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from himaya.activities.lab.model import Data, State

IDENTITY = ("record_id", "interviewer_code", "comment_text")
"""Columns that name or point at one household or one interviewer and are never shared."""
EXACT_DAY = "interview_day"
"""Neighbours see who is interviewed when: no public file has it, however large its groups."""
COUNTED = ("identifiers", "anonymity", "risk", "answers", "use", "decision", "table")
PARTS = (*COUNTED, "keys")
CARRIED_BY = {"restricted": {"agreement", "still-sensitive"}, "metadata": {"still-sensitive"}}
"""Endings that can be defended, and the reasons that carry them. No reason carries "publish"."""
_UNSOUND = {"low-figure", "no-names", "useful"}
_LEAST = 3
_CLOSE = 0.02  # two percentage points: our own choice
_TOLD = 2  # indicators that a file must still tell before its safety counts: our own choice


class Measured(NamedTuple):
    """What a file comes to by every column that a neighbour may know."""

    few: int
    """Records in groups below 3."""
    risk: float
    """Global risk, 0 to 1."""
    alike: int
    """Records that share one answer with their whole group, in the sensitive column where most do."""


class Judged(NamedTuple):
    """The share reached in each of PARTS, what was measured, and whether the file is public and unsafe."""

    reached: dict[str, list[int]]
    found: Measured | None
    exposed: bool


def results(data: Data, state: State) -> dict[str, list[int]]:
    """Return the share reached in each of PARTS as [numerator, denominator].

    The file is measured as the trainee left it, by every column that a neighbour may know, ticked or not. A file that
    tells too little earns nothing for being safe, and one that meets no limit on risk earns nothing for its use. While
    a column that points at somebody is left, no measure of groups says anything about risk.
    """
    return _judged(data, state).reached


def counted(data: Data) -> tuple[str, ...]:
    """Return the parts that count. A course published before a part existed has no note for it and goes without it."""
    noted = {note["id"] for note in data["key"]["notes"]}
    return tuple(name for name in COUNTED if name in noted)


def _judged(data: Data, state: State) -> Judged:
    key, file = data["key"], file_of(state)
    left = [column for column in key["keys"] if column in file.rows[0]]
    records = [tuple(row[column] for column in left) for row in file.rows]
    told = _indicators_told(file, state["seed"])
    enough = told >= _TOLD
    found = _measured(records, file) if left else None
    identifiers = sum(state["treat"].get(column) == "drop" for column in IDENTITY)
    measured = found if identifiers == len(IDENTITY) else None
    anonymous = measured is not None and measured.few == 0
    low = measured is not None and measured.risk * 100 <= data["limit_percent"]
    most_alike = data.get("most_alike_percent", 100) * len(records)
    mixed = measured is not None and measured.alike * 100 <= most_alike
    blanks = sum(value is None for record in records for value in record)
    useful = (anonymous or low) and blanks * 100 <= data["most_blank_percent"] * len(records) * len(left)
    small_table = table(data, state)
    right = len(set(state["keys"]) & set(key["keys"]))
    exact_day = state["treat"].get(EXACT_DAY, "keep") == "keep"
    safe = identifiers == len(IDENTITY) and not exact_day
    safe = safe and (found is None or (anonymous and low and found.alike == 0))
    reached = {
        "identifiers": [identifiers, len(IDENTITY)],
        "anonymity": [int(anonymous and enough), 1],
        "risk": [int(low and enough), 1],
        "answers": [int(mixed and enough), 1],
        "use": [told if useful and enough else 0, len(INDICATORS)],
        "decision": [int(_carried(state["ending"], set(state["reasons"]))), 1],
        "table": [int(small_table["safe"] and small_table["hidden"] <= key["most_hidden"]), 1],
        "keys": [max(0, 2 * right - len(state["keys"])), len(key["keys"])],
    }
    exposed = "decision" in counted(data) and state["ending"] == "publish" and not safe
    return Judged(reached, found, exposed)


def _carried(ending: str, reasons: set[str]) -> bool:
    """Return whether a reason carries this ending, and none that is chosen is wrong."""
    return bool(reasons & CARRIED_BY.get(ending, set())) and not reasons & _UNSOUND


def _measured(records: Sequence[disclosure.Record], file: Release) -> Measured:
    groups = disclosure.Groups(records)
    counts, risks = counts_and_risks(groups, file.weights)
    alike = [
        sum(distinct == 1 for distinct, _ in disclosure.diversity(groups, [row[column] for row in file.rows]))
        for column in SENSITIVE
        if column in file.rows[0]
    ]
    return Measured(disclosure.breaking(counts, _LEAST), disclosure.mean(risks), max(alike, default=0))


def _indicators_told(file: Release, seed: int) -> int:
    """Return how many indicators moved so little that they can still be told."""
    source = microdata(seed)
    return sum(
        close(indicator(source, file.weights, name), indicator(file.rows, file.weights, name)) for name in INDICATORS
    )


def close(before: float | None, after: float | None) -> bool:
    """Return whether a share can still be told, within 2 percentage points."""
    return before is not None and after is not None and abs(before - after) <= _CLOSE


def score(data: Data, state: State) -> tuple[int, int]:
    """Return what the lab earns: the mean of the parts that count, or nothing for a public file that is unsafe."""
    judged = _judged(data, state)
    if judged.exposed:
        return 0, 1
    parts = [Fraction(*judged.reached[name]) for name in counted(data)]
    return (sum(parts, Fraction()) / len(parts)).as_integer_ratio()


def _reached(words: Mapping[str, str], part: int, whole: int) -> str:
    if whole == 1:
        return words[Word.VALUE_YES if part else Word.VALUE_NO]
    return words[Word.PART_OF].replace("{part}", str(part)).replace("{whole}", str(whole))


def verdicts(data: Data, words: Mapping[str, str], state: State) -> list[str]:
    """Return how each part stands and why, one line each: first what counts, then what is only spoken about."""
    key = data["key"]
    reached, found, exposed = _judged(data, state)
    why = {note["id"]: note["text"] for note in key["notes"]}
    figures = {}
    if found is not None:
        figures["anonymity"] = f" {words[Word.UNDER_3]}: {found.few}."
        figures["risk"] = f" {words[Word.GLOBAL_LABEL]}: {found.risk * 100:.2f} %."
        if "answers" in why:
            figures["answers"] = f" {words[Word.MOST_ALIKE]}: {found.alike}."
    each = {
        name: f"{words[f'result-{name}']}: {_reached(words, *shares)}.{figures.get(name, '')} {why[name]}"
        for name, shares in reached.items()
        if name in why
    }
    ending = by_id(key["endings"], state["ending"])
    answers = [f"{words[Word.ENDING_LABEL]}: {words['ending-' + ending['id']]}. {ending['text']}"] if ending else []
    answers += [
        f"{words['reason-' + reason['id']]}. {reason['text']}"
        for reason in key["reasons"]
        if reason["id"] in state["reasons"]
    ]
    public = [words[Word.RESULT_PUBLIC]] if exposed else []
    told = [each[name] for name in counted(data)]
    return [*public, words[Word.COUNTED], *told, words[Word.NOT_COUNTED], each["keys"], *answers]
