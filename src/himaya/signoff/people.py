"""Checks the questions for people in dossier.yaml: each names places and a sentence that the module has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.activities.findings import unknown
from himaya.content.load import validate
from himaya.errors import ContentError, Problem
from himaya.signoff.dangers import Reading, reading_document
from himaya.signoff.reading import parts_to_read

if TYPE_CHECKING:
    from himaya.content.load import LoadedModule


def people_problems(loaded: LoadedModule) -> list[Problem]:
    """Return what is wrong with dossier.yaml of a sound module in English; nothing where there is no such file."""
    try:
        document = reading_document(loaded.path)
        if document is None:
            return []
        people = validate(document, Reading).people
        entries = [entry for part in parts_to_read(loaded) for entry in part.entries]
    except ContentError as error:
        return error.problems
    known = [entry.id for entry in entries]
    texts = [_plain(unit.text) for entry in entries for unit in entry.units]
    problems = []
    for number, one in enumerate(people):
        for at, place in enumerate(one.places):
            if place not in known:
                text = unknown("'places' names the entry", place, known)
                problems.append(Problem(document.file, document.line("people", number, "places", at), text))
        if not any(_plain(one.sentence) in text for text in texts):
            text = "the module does not have this sentence; copy it from the English text, or remove the question."
            problems.append(Problem(document.file, document.line("people", number, "sentence"), text))
    return sorted(problems)


def _plain(text: str) -> str:
    """Return a text without emphasis and line breaks, which say nothing about its words."""
    return " ".join(text.replace("*", "").replace("`", "").split())
