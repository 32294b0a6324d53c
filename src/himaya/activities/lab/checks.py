"""Rules for labs: outcomes and sources that exist, every word that the lab shows and no other, data that fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.activities.findings import outcome_findings, problems_of, source_findings, unknown
from himaya.activities.lab.format import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya.activities.findings import Finding
    from himaya.activities.format import Module
    from himaya.content.load import LoadedModule, Problem


def lab_problems(loaded: LoadedModule) -> list[Problem]:
    """Return what is wrong with every lab of a module."""
    return problems_of(loaded, Lab, findings)


def findings(lab: Lab, module: Module) -> list[Finding]:
    """Return what is wrong with one lab."""
    found = [*outcome_findings(lab.outcomes, module, "outcomes"), *source_findings(lab, module), *_words(lab)]
    for position, assumption in enumerate(lab.assumptions):
        found += source_findings(assumption, module, "assumptions", position)
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
