"""What a trainer may write in course.yaml, and reading it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from himaya.activities.format import Id, LanguageCode, Text
from himaya.content.assignments import path_names
from himaya.content.left_out import without_lessons
from himaya.content.load import read_yaml, shown_from, validate
from himaya.content.module import Sources
from himaya.course.pass_rule import PassRule
from himaya.languages.facts import Digits

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.content.load import LoadedModule


class Course(PassRule):
    """course.yaml: modules in an order."""

    id: Id
    title: Text
    summary: Text
    languages: list[LanguageCode] = Field(min_length=1, description="What an assignment ships; it opens in the first.")
    digits: Digits = Field(default="arabic-indic", description="How Arabic and Sorani screens write numbers.")
    due: dict[Id, date] = Field(default_factory=dict, description="The last day to hand in, by module: 2026-12-24.")
    paths: dict[Id, Annotated[list[Id], Field(min_length=1)]] = Field(
        default_factory=dict,
        description="Roles whose lessons are graded, by module: [everybody, information-management].",
    )
    leave_out: dict[Id, Annotated[list[Id], Field(min_length=1)]] = Field(
        default_factory=dict,
        description="Ids of lessons that this course does not have, by module, such as what another law governs.",
    )
    sources: Sources = Field(default_factory=dict, description="What overview.md cites.")

    def assignments_of(self, module: str) -> dict[str, str]:
        """Return the assignments of a module by path; none where the course names no paths of it."""
        return path_names(module, self.paths.get(module, ()))

    def taught(self, loaded: LoadedModule) -> LoadedModule:
        """Return a module as this course has it: without the lessons that it leaves out.

        Raises:
            ContentError: If something that stays needs one of them.
        """
        return without_lessons(loaded, self.leave_out.get(loaded.module.id, ()))


def load_course(path: Path, base: Path | None = None) -> Course:
    """Return the course in the folder `path`.

    Raises:
        ContentError: If course.yaml is missing or does not fit its format.
    """
    shown = shown_from(base or path.parent.parent)
    return validate(read_yaml(path / "course.yaml", shown(path / "course.yaml")), Course)
