"""What a finished lab "Can you find me?" earns, and what is said of it. Needs the key. Pure, no pandas.

What can be measured counts: nothing that points at somebody, two limits on risk, use, a safe table. What has more than
one good answer (which columns are keys, who may have the file, and why) is only spoken about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from himaya.activities.events import by_id
from himaya.activities.lab.find_me import measures as disclosure
from himaya.activities.lab.find_me.figures import counts_and_risks, file_of, table
from himaya.activities.lab.find_me.microdata import microdata
from himaya.activities.lab.find_me.release import INDICATORS, Release, indicator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from himaya.activities.lab.model import Data, State

IDENTITY = ("record_id", "interviewer_code", "comment_text")
"""Columns that name or point at one household or one interviewer and are never shared."""
COUNTED = ("identifiers", "anonymity", "risk", "use", "table")
PARTS = (*COUNTED, "keys")
_LEAST = 3
_CLOSE = 0.02  # two percentage points: our own choice


class Measured(NamedTuple):
    """What a file comes to by every column that a neighbour may know: records in groups below 3, and global risk."""

    few: int
    risk: float


def results(data: Data, state: State) -> dict[str, list[int]]:
    """Return the share reached in each of PARTS as [numerator, denominator].

    The file is measured as the trainee left it, by every column that a neighbour may know, ticked or not. A file that
    tells nothing earns nothing for being safe, and one that meets no limit on risk earns nothing for its use.
    """
    return _judged(data, state)[0]


def _judged(data: Data, state: State) -> tuple[dict[str, list[int]], Measured | None]:
    key, file = data["key"], file_of(state)
    left = [column for column in key["keys"] if column in file.rows[0]]
    records = [tuple(row[column] for column in left) for row in file.rows]
    told = _indicators_told(file, state["seed"])
    found = _measured(records, file.weights) if left else None
    anonymous = found is not None and told > 0 and found.few == 0
    low = found is not None and told > 0 and found.risk * 100 <= data["limit_percent"]
    blanks = sum(value is None for record in records for value in record)
    useful = (anonymous or low) and blanks * 100 <= data["most_blank_percent"] * len(records) * len(left)
    small_table = table(data, state)
    right = len(set(state["keys"]) & set(key["keys"]))
    return {
        "identifiers": [sum(state["treat"].get(column) == "drop" for column in IDENTITY), len(IDENTITY)],
        "anonymity": [int(anonymous), 1],
        "risk": [int(low), 1],
        "use": [told if useful else 0, len(INDICATORS)],
        "table": [int(small_table["safe"] and small_table["hidden"] <= key["most_hidden"]), 1],
        "keys": [max(0, 2 * right - len(state["keys"])), len(key["keys"])],
    }, found


def _measured(records: Sequence[disclosure.Record], weights: Sequence[float]) -> Measured:
    counts, risks = counts_and_risks(disclosure.Groups(records), weights)
    return Measured(disclosure.breaking(counts, _LEAST), disclosure.mean(risks))


def _indicators_told(file: Release, seed: int) -> int:
    """Return how many indicators moved so little that they can still be told."""
    source = microdata(seed)
    return sum(
        close(indicator(source, file.weights, name), indicator(file.rows, file.weights, name)) for name in INDICATORS
    )


def close(before: float | None, after: float | None) -> bool:
    """Return whether a share can still be told, within 2 percentage points."""
    return before is not None and after is not None and abs(before - after) <= _CLOSE


def share(reached: Mapping[str, Sequence[int]]) -> tuple[int, int]:
    """Return the mean of the shares of the parts that count, as (numerator, denominator)."""
    numerator, denominator = 0, 1
    for name in COUNTED:
        part, whole = reached[name]
        numerator, denominator = numerator * whole + part * denominator, denominator * whole
    return numerator, denominator * len(COUNTED)


def _reached(words: Mapping[str, str], part: int, whole: int) -> str:
    if whole == 1:
        return words["value-y" if part else "value-n"]
    return words["part-of"].replace("{part}", str(part)).replace("{whole}", str(whole))


def verdicts(data: Data, words: Mapping[str, str], state: State) -> list[str]:
    """Return how each part stands and why, one line each: first what counts, then what is only spoken about."""
    key = data["key"]
    reached, found = _judged(data, state)
    why = {note["id"]: note["text"] for note in key["notes"]}
    figures = {}
    if found is not None:
        figures["anonymity"] = f" {words['under-3']}: {found.few}."
        figures["risk"] = f" {words['global-label']}: {found.risk * 100:.2f} %."
    each = {
        name: f"{words[f'result-{name}']}: {_reached(words, *shares)}.{figures.get(name, '')} {why[name]}"
        for name, shares in reached.items()
    }
    ending = by_id(key["endings"], state["ending"])
    answers = [f"{words['ending-label']}: {words['ending-' + ending['id']]}. {ending['text']}"] if ending else []
    answers += [
        f"{words['reason-' + reason['id']]}. {reason['text']}"
        for reason in key["reasons"]
        if reason["id"] in state["reasons"]
    ]
    return [words["counted"], *(each[name] for name in COUNTED), words["not-counted"], each["keys"], *answers]
