"""What authors name for whoever reads their module: each danger in it with its plan, and what they do not know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from pydantic import Field

from himaya.activities.format import Id, Text
from himaya.content.load import read_yaml, validate
from himaya.content.record import Record

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.content.load import Document

FILE = "dossier.yaml"
MOST_PEOPLE_QUESTIONS = 12
"""Questions for people of one module: their sheet has two printed pages."""

PersonKind: TypeAlias = Literal[
    "federal-lawyer", "kurdistan-lawyer", "gbv-supervisor", "clinician", "coordinator", "native-reader"
]


class Danger(Record):
    """Somebody in the module names a danger, and the module has to say what is done about it."""

    id: Id
    danger: Text
    planned: Text = Field(description="What is done about it, by whom, and when.")
    places: list[Text] = Field(min_length=1, description="Entries of the dossier in which it is planned.")


class PersonQuestion(Record):
    """What only a person of one profession can answer, and what in the module depends on the answer."""

    person: PersonKind = Field(alias="for", description="Who is asked.")
    question: Text = Field(max_length=160)
    sentence: Text = Field(max_length=200, description="The words of the module that are asked about, in English.")
    places: list[Text] = Field(
        min_length=1, max_length=2, description="Entries of the dossier in which the answer matters."
    )
    changes: Text = Field(max_length=160, description="What changes in the module with the answer.")


class Reading(Record):
    """dossier.yaml: what a reader has to look at first."""

    dangers: list[Danger] = Field(default_factory=list)
    questions: list[Text] = Field(default_factory=list, description="Open questions for readers of the dossier.")
    people: list[PersonQuestion] = Field(
        default_factory=list,
        max_length=MOST_PEOPLE_QUESTIONS,
        description="Questions for a person of one profession, for the printed sheet.",
    )


def read_reading(module: Path) -> Reading:
    """Return dossier.yaml of the module in the folder `module`; empty where there is none.

    Raises:
        ContentError: If the file does not fit its format.
    """
    document = reading_document(module)
    return Reading() if document is None else validate(document, Reading)


def reading_document(module: Path) -> Document | None:
    """Return dossier.yaml of the module in the folder `module` with line numbers, or None where there is none.

    Raises:
        ContentError: If it cannot be read or is not YAML.
    """
    path = module / FILE
    return read_yaml(path, f"modules/{module.name}/{FILE}") if path.exists() else None
