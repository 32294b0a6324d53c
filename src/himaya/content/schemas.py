"""JSON Schemas of the formats an author writes, for editors that complete and check while one types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.activities.code.format import Code
from himaya.activities.format import Country, Course, Items, Module, Scenario
from himaya.activities.lab.format import NAMES as LABS
from himaya.activities.lab.format import written

if TYPE_CHECKING:
    from himaya.activities.format import Model

DRAFT = "https://json-schema.org/draft/2020-12/schema"
_FORMATS: dict[str, type[Model]] = {
    "module": Module,
    "scenario": Scenario,
    "items": Items,
    "code": Code,
    "course": Course,
    "country": Country,
}


def schemas() -> dict[str, dict[str, Any]]:
    """Return each format's schema by the name of the file it belongs in, such as 'module.schema.json'."""
    formats = {**_FORMATS, **{f"lab-{name}": written(name) for name in LABS}}
    return {f"{name}.schema.json": _schema(name, model) for name, model in formats.items()}


def _schema(name: str, model: type[Model]) -> dict[str, Any]:
    return {"$schema": DRAFT, **model.model_json_schema(), "title": f"Himaya {name}"}
