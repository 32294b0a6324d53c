"""JSON Schemas of the formats an author writes, for editors that complete and check while one types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.content.code_models import Code
from himaya.content.labs import NAMES as LABS
from himaya.content.labs import written
from himaya.content.models import Country, Course, Items, Module, Scenario

if TYPE_CHECKING:
    from himaya.content.models import Model

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
