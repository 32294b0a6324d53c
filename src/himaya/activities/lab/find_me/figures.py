"""Figures of the lab "Can you find me?": what a set of choices means for risk, diversity and use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.activities.lab.find_me import measures as disclosure
from himaya.activities.lab.find_me.cells import recoverable, small
from himaya.activities.lab.find_me.microdata import PEOPLE, SMALLEST, microdata
from himaya.activities.lab.find_me.release import INDICATORS, SENSITIVE, Release, indicator, matching, release

if TYPE_CHECKING:
    from collections.abc import Sequence

    from himaya.activities.lab.model import Data, State

BINS = (0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 1.0)
"""Upper ends of the bars of the picture of individual risks."""
UNDER = (2, 3, 5)
"""Groups smaller than each of them are counted."""


def file_of(state: State) -> Release:
    """Return the file as the choices in a state leave it."""
    return release(state["seed"], state["treat"], state["keys"], state["suppress"])


def figures(state: State, file: Release) -> dict[str, Any]:
    """Return the figures for a state and its file; without a key left the risks are None and the counts empty."""
    source = microdata(state["seed"])
    return {
        "keys": list(file.keys),
        "records": len(file.rows),
        "blank": file.blank_share,
        "blanked": file.blanked,
        "dropped": sum(how == "drop" for how in state["treat"].values()),
        "coarser": sum(how == "coarse" for how in state["treat"].values()),
        "indicators": [
            (name, indicator(source, file.weights, name), indicator(file.rows, file.weights, name))
            for name in INDICATORS
        ],
        **(_risk(state, file) if file.keys else _nothing()),
    }


def _nothing() -> dict[str, Any]:
    none: dict[str, Any] = dict.fromkeys(("global", "simple", "expected", "highest", "site"))
    return {**none, "kinds": 0, "under": {}, "diversity": [], "bars": [0] * len(BINS)}


def counts_and_risks(groups: disclosure.Groups, weights: Sequence[float]) -> tuple[list[int], list[float]]:
    """Return for each record how many match it, and its individual risk, 0 to 1."""
    counts = groups.counts()
    return counts, disclosure.risks(counts, groups.sums(weights))


def _risk(state: State, file: Release) -> dict[str, Any]:
    counts, risks = counts_and_risks(file.groups, file.weights)
    at_site = [risks[number] for number, row in enumerate(microdata(state["seed"])) if row["site_code"] == SMALLEST]
    return {
        "kinds": file.groups.kinds(),
        "under": {str(least): disclosure.breaking(counts, least) for least in UNDER},
        "global": disclosure.mean(risks),
        "simple": disclosure.simple_risk(file.groups.sums(file.weights)),
        "expected": sum(risks),
        "highest": max(risks),
        "site": disclosure.at_least_one(at_site),
        "bars": _bars(risks),
        "diversity": _diversity(file),
    }


def _bars(risks: list[float]) -> list[int]:
    ends = [next(number for number, end in enumerate(BINS) if risk <= end) for risk in risks]
    return [ends.count(number) for number in range(len(BINS))]


def _diversity(file: Release) -> list[tuple[str, int, float, int]]:
    """Return for each sensitive column that is left: lowest distinct, lowest entropy, records that share one answer."""
    result = []
    for column in SENSITIVE:
        if column in file.rows[0]:
            each = disclosure.diversity(file.groups, [row[column] for row in file.rows])
            alike = sum(distinct == 1 for distinct, _ in each)
            result.append((column, min(distinct for distinct, _ in each), min(entropy for _, entropy in each), alike))
    return result


def found(state: State, file: Release) -> dict[str, Any]:
    """Return what a neighbour finds: how many records fit, and what they all answered; nothing before a search."""
    if not state["person"] or not state["knows"]:
        return {"match": None, "used": [], "learned": {}}
    rows = matching(file, state["seed"], PEOPLE[state["person"]], state["knows"], state["treat"])
    learned = {}
    for column in (*SENSITIVE, "comment_text"):
        values = {file.rows[number][column] for number in rows} if column in file.rows[0] else set()
        if len(values) == 1 and None not in values and "" not in values:
            learned[column] = values.pop()
    used = [column for column in state["knows"] if column in file.rows[0]]
    return {"match": len(rows), "used": used, "learned": learned}


def example(state: State, file: Release) -> dict[str, Any]:
    """Return one row as a reader would see it, by column: the person who is looked for, or an ordinary one."""
    return dict(file.rows[PEOPLE[state["person"] or "ordinary"]])


def table(data: Data, state: State) -> dict[str, Any]:
    """Return how the small table stands: cells that are shown though small, and hidden ones that can be worked out."""
    hidden = {(int(name.partition("-")[0]), int(name.partition("-")[2])) for name in state["cells"]}
    small_cells = small(data["counts"], data["least_cell"])
    back = recoverable(hidden) & small_cells
    return {
        "shown": sorted(_name(cell) for cell in small_cells - hidden),
        "back": sorted(_name(cell) for cell in back),
        "hidden": len(hidden),
        "safe": small_cells <= hidden and not back,
    }


def _name(cell: tuple[int, int]) -> str:
    return f"{cell[0]}-{cell[1]}"
