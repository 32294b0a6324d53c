"""Rules for case files: every line can be filled in safely, and ids are used once and tell nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.activities.casefile.format import Casefile, compile_casefile
from himaya.activities.findings import outcome_findings, repeated, source_findings, telling_ids, uneven_lengths
from himaya.activities.format import Figures, Format

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from himaya.activities.casefile.format import Line
    from himaya.activities.format import Finding, Known


def findings(casefile: Casefile, known: Known) -> Iterator[Finding]:
    """Yield what is wrong with one case file."""
    yield from outcome_findings(casefile.outcomes, known, "outcomes")
    yield from source_findings(casefile, known)
    yield from repeated([paper.id for paper in casefile.papers], "paper", "papers")
    seen: set[str] = set()
    for line, path in _lines(casefile):
        if line.id in seen:
            yield f"the line id '{line.id}' is used twice in this file; give each line its own id.", (*path, "id")
        seen.add(line.id)
        options = [option.id for option in line.options]
        yield from repeated(options, "option", *path, "options")
        yield from telling_ids(options, *path, "options")
        if all(option.quality != "best" for option in line.options):
            yield f"the line '{line.id}' has no option with the quality 'best'; add one.", (*path, "options")


def hints(casefile: Casefile) -> Iterator[Finding]:
    """Yield each option that stands out by its length."""
    for line, path in _lines(casefile):
        for position, text in uneven_lengths([option.text for option in line.options], "option"):
            yield text, (*path, "options", position, "text")


def _lines(casefile: Casefile) -> Iterator[tuple[Line, tuple[str | int, ...]]]:
    for at, paper in enumerate(casefile.papers):
        for position, line in enumerate(paper.rows):
            yield line, ("papers", at, "rows", position)


def _rows(casefiles: Sequence[Casefile]) -> Iterator[Sequence[object]]:
    for one in casefiles:
        lines = [line for line, _ in _lines(one)]
        harmful = sum(option.quality == "harmful" for line in lines for option in line.options)
        yield one.title, one.minutes, one.points, len(one.papers), len(lines), harmful


_FIGURES: Figures[Casefile] = Figures(
    columns={"Case files": len},
    title="Case files",
    header=("Case file", "Minutes", "Points", "Papers", "Lines", "Options that cannot pass"),
    rows=_rows,
)

FORMAT: Format[Casefile] = Format(
    Casefile, "casefiles/*.yaml", findings, compile_casefile, hints=hints, figures=_FIGURES
)
