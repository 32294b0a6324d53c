"""What authors name for whoever reads their module: each danger in it with its plan, and what they do not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from himaya.activities.format import Id, Text
from himaya.content.load import read_yaml, validate
from himaya.content.record import Record

if TYPE_CHECKING:
    from pathlib import Path

FILE = "dossier.yaml"


class Danger(Record):
    """Somebody in the module names a danger, and the module has to say what is done about it."""

    id: Id
    danger: Text
    planned: Text = Field(description="What is done about it, by whom, and when.")
    places: list[Text] = Field(min_length=1, description="Entries of the dossier in which it is planned.")


class Reading(Record):
    """dossier.yaml: what a reader has to look at first."""

    dangers: list[Danger] = Field(default_factory=list)
    questions: list[Text] = Field(default_factory=list)


def read_reading(module: Path) -> Reading:
    """Return dossier.yaml of the module in the folder `module`; empty where there is none.

    Raises:
        ContentError: If the file does not fit its format.
    """
    path = module / FILE
    if not path.exists():
        return Reading()
    return validate(read_yaml(path, f"modules/{module.name}/{FILE}"), Reading)
