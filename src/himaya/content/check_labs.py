"""Rules for labs: outcomes and sources that exist, every word that the lab shows and no other, data that fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.content.labs import Lab
from himaya.content.references import outcome_findings, problems_of, source_findings, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya.content.load import LoadedModule, Problem
    from himaya.content.models import Module
    from himaya.content.references import Finding


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
