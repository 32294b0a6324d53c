"""JSON Schemas of the formats an author writes, for editors that complete and check while one types."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from himaya.activities.kinds import FORMATS, format_of
from himaya.activities.lab.format import written
from himaya.activities.lab.model import NAMES as LABS
from himaya.content.country import Country
from himaya.content.load import model_of
from himaya.content.module import Module
from himaya.course.course import Course

if TYPE_CHECKING:
    from collections.abc import Iterator

    from himaya.activities.format import Model

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> dict[str, dict[str, Any]]:
    """Return each format's schema by the name of the file it belongs in, such as 'module.schema.json'."""
    formats: dict[str, type[Model]] = {"module": Module, "course": Course, "country": Country}
    formats |= {**dict(_of_kinds()), **{f"lab-{name}": written(name) for name in LABS}}
    return {f"{name}.schema.json": _schema(name, model) for name, model in formats.items()}


def _of_kinds() -> Iterator[tuple[str, type[Model]]]:
    for kind in FORMATS:
        form = format_of(kind)
        if form.narrowed is None:
            yield kind if "*" in form.files else PurePosixPath(form.files).stem, model_of(form.files)


def _schema(name: str, model: type[Model]) -> dict[str, Any]:
    return {"$schema": DRAFT, **model.model_json_schema(), "title": f"Himaya {name}"}
