"""Rules for labs: outcomes and sources that exist, every word that the lab shows and no other, data that fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.activities.findings import outcome_findings, source_findings, unknown
from himaya.activities.format import Figures, Format
from himaya.activities.lab.format import Lab, compile_lab, written
from himaya.activities.lab.model import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from himaya.activities.format import Finding, Known


def findings(lab: Lab, known: Known) -> list[Finding]:
    """Return what is wrong with one lab."""
    found = [*outcome_findings(lab.outcomes, known, "outcomes"), *source_findings(lab, known), *_words(lab)]
    for position, assumption in enumerate(lab.assumptions):
        found += source_findings(assumption, known, "assumptions", position)
    if lab.mode == "graded" and not hasattr(lab.data, "key"):
        found.append(("a graded lab has its right answers in 'data.key'; this one has none.", ("data",)))
    return [*found, *lab.findings()]


def _words(lab: Lab) -> Iterator[Finding]:
    needed = lab.needs()
    for name in needed:
        if name not in lab.words:
            yield f"'words' has no '{name}', which this lab shows; add it.", ("words",)
    for name in lab.words:
        if name not in needed:
            yield unknown("nothing in this lab shows the word", name, needed), ("words", name)


def _format_of(data: object) -> type[Lab] | Finding:
    """Return the format of a lab's file, which its field `lab` decides."""
    lab = data.get("lab") if isinstance(data, dict) else None
    return written(lab) if lab in NAMES else (f"'lab' is {lab!r}; allowed: {', '.join(NAMES)}.", ("lab",))


def _rows(labs: Sequence[Lab]) -> Iterator[Sequence[object]]:
    for lab in labs:
        yield lab.title, lab.lab, lab.mode, lab.minutes, lab.points, len(lab.assumptions)


_FIGURES: Figures[Lab] = Figures(
    columns={"Labs": len},
    title="Labs",
    header=("Lab", "Model", "Mode", "Minutes", "Points", "Assumptions said"),
    rows=_rows,
)

FORMAT: Format[Lab] = Format(
    model=Lab,
    files="labs/*.yaml",
    findings=findings,
    compile=compile_lab,
    narrowed=_format_of,
    figures=_FIGURES,
)
