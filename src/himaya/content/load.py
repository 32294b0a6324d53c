"""Read a module's or a course's text files into models, and remember on which line everything stands."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias, TypeVar, Union, cast

from pydantic import BaseModel, Field, ValidationError, create_model

from himaya.activities.code.format import CodeItem
from himaya.activities.format import Item, Model, Simulation
from himaya.activities.kinds import FORMATS, format_of
from himaya.content.module import Behaviours, Module, Rehearsal
from himaya.content.prose import Cell, read_prose
from himaya.content.source import read_text
from himaya.content.yaml import YamlError, parsed
from himaya.errors import ContentError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from himaya.languages.facts import Digits

Place = TypeVar("Place", bound=BaseModel)
Activity: TypeAlias = Simulation | Item
MOST_FAULTS = 100  # of one file; more help nobody
LANGUAGES_FOLDER = "languages"
"""Beside the modules: what their translations keep to, for each language. It is no module."""


@dataclass(frozen=True)
class Document:
    """One YAML file with its line numbers."""

    file: str
    data: Any

    def line(self, *path: str | int) -> int:
        """Return the line, from 1, of the entry at `path`, or of the nearest thing around it."""
        here, line = self.data, 1
        for step in path:
            try:
                position = here.lc.key(step) if isinstance(step, str) else here.lc.item(step)
                line, here = position[0] + 1, here[step]
            except (AttributeError, KeyError, IndexError, TypeError):
                break
        return line


@dataclass(frozen=True)
class LoadedModule:
    """A module in memory: its models, its prose cells, and where each activity was written.

    Attributes:
        activities: By id, in the order in which the prose shows them; never-shown ones last.
        places: For each activity id, and each code item's, its document and the path to it inside.
        code: Code items by id. They are no activities: their answers are cells, not events.
        language: In which language its texts are.
        english: For a translation: the module it was made from.
        digits: How it writes numbers.
        whole: For what is built of a module as an assignment: the module, which is what people sign.
    """

    path: Path
    module: Module
    activities: dict[str, Activity]
    cells: list[Cell]
    documents: dict[str, Document]
    places: dict[str, tuple[Document, tuple[str | int, ...]]]
    problems: list[Problem] = field(default_factory=list)
    code: dict[str, CodeItem] = field(default_factory=dict)
    language: str = "en"
    english: LoadedModule | None = None
    digits: Digits = "western"
    whole: LoadedModule | None = None

    def written(self, name: str) -> Activity | CodeItem:
        """Return the activity or code item with this id."""
        return self.activities[name] if name in self.activities else self.code[name]

    def problem(self, activity: str, text: str, *path: str | int) -> Problem:
        """Return a problem at `path` inside an activity."""
        document, start = self.places[activity]
        return Problem(document.file, document.line(*start, *path), text)


def items_of(activities: Mapping[str, Activity]) -> dict[str, Item]:
    """Return the assessment questions among `activities`, by id."""
    return {name: item for name, item in activities.items() if isinstance(item, Item)}


def module_document(loaded: LoadedModule) -> Document:
    """Return the document of module.yaml."""
    return next(doc for name, doc in loaded.documents.items() if PurePosixPath(name).name == "module.yaml")


def module_problem(loaded: LoadedModule, text: str, *path: str | int) -> Problem:
    """Return a problem at `path` in module.yaml."""
    document = module_document(loaded)
    return Problem(document.file, document.line(*path), text)


def prose_file(loaded: LoadedModule) -> str:
    """Return module.md as problems show it."""
    return str(PurePosixPath(module_document(loaded).file).with_name("module.md"))


def read_yaml(path: Path, shown: str) -> Document:
    """Return a YAML 1.2 file with line numbers.

    Raises:
        ContentError: If it cannot be read or is not YAML.
    """
    return yaml_document(read_text(path, shown), shown)


def yaml_document(text: str, shown: str) -> Document:
    """Return the text of a YAML 1.2 file with line numbers.

    Raises:
        ContentError: If it is not YAML.
    """
    try:
        return Document(shown, parsed(text))
    except YamlError as error:
        raise ContentError([Problem(shown, error.line, str(error))]) from None


def validate(document: Document, model: type[Place], *, at: tuple[str | int, ...] = ()) -> Place:
    """Return `document` as a model.

    Raises:
        ContentError: With one problem for each wrong field: what is wrong and what is allowed.
    """
    try:
        return model.model_validate(plain_data(document.data))
    except ValidationError as error:
        problems = []
        for fault in error.errors()[:MOST_FAULTS]:
            path = _without_kind(fault["loc"])
            problems.append(Problem(document.file, document.line(*at, *path), _explain(fault, path, model)))
        raise ContentError(problems) from None


def _without_kind(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Drop the item's kind, which pydantic puts after `items.<n>` to say which model it tried."""
    kind_at = 2
    tagged = len(path) > kind_at and path[0] == "items" and path[kind_at] in FORMATS
    return (*path[:kind_at], *path[kind_at + 1 :]) if tagged else path


def plain_data(value: Any) -> Any:
    """Return YAML data as plain dicts, lists and scalars."""
    if isinstance(value, dict):
        return {str(key): plain_data(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [plain_data(entry) for entry in value]
    return str(value) if isinstance(value, str) else value


def _explain(fault: Any, path: Sequence[str | int], model: type[BaseModel]) -> str:
    name = ".".join(map(str, path)) or "the file"
    last = str(path[-1]) if path else ""
    if fault["type"] == "missing":
        return f"'{name}' is missing: every entry of this kind needs '{last}'."
    if fault["type"] == "extra_forbidden":
        known = sorted(_field_names(model))
        near = difflib.get_close_matches(last, known, n=1)
        return f"there is no field '{last}' here." + (f" Did you mean '{near[0]}'?" if near else "")
    if fault["type"] == "literal_error":
        return f"'{name}' is {fault['input']!r}; allowed: {fault['ctx']['expected']}."
    if fault["type"] == "string_pattern_mismatch":
        return f"'{name}' is {fault['input']!r}; ids are lower-case words joined by hyphens, such as 'first-step'."
    return f"'{name}': {fault['msg']}."


def _field_names(model: type[BaseModel]) -> set[str]:
    """Return every field name that the schema of `model` knows, at any depth."""
    found: set[str] = set()
    schema = model.model_json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        found.update(part.get("properties", {}))
    return found


def load_module(path: Path, base: Path | None = None) -> LoadedModule:
    """Return the module in the folder `path`.

    Args:
        path: Folder with module.yaml, module.md, items.yaml, scenarios/ and labs/.
        base: Folder that file names in problems are shown relative to.

    Raises:
        ContentError: If a file is missing, is not YAML or does not fit its format; all such problems together.
    """
    shown = shown_from(base or path.parent.parent)
    problems: list[Problem] = []
    documents: dict[str, Document] = {}
    found: list[tuple[Activity | CodeItem, Document, tuple[str | int, ...]]] = []
    module = _collect(problems, documents, path / "module.yaml", Module, shown)
    seen = path / "behaviours.yaml"
    if seen.exists():
        written = _collect(problems, documents, seen, Behaviours, shown)
        if module is not None and written is not None:
            module = module.model_copy(update={"behaviours": written.behaviours})
    played = path / "rehearsal.yaml"
    if played.exists():
        rehearsal = _collect(problems, documents, played, Rehearsal, shown)
        if module is not None:
            module = module.model_copy(update={"rehearsal": rehearsal})
    for pattern in dict.fromkeys(format_of(kind).files for kind in FORMATS):
        for file in sorted(path.glob(pattern)):
            name = shown(file)
            whole = _collect(problems, documents, file, model_of(pattern), shown)
            if "*" in pattern and whole:
                found.append((cast("Activity", whole), documents[name], ()))
            elif whole:
                listed = enumerate(whole.items)  # type: ignore[attr-defined]
                found += [(item, documents[name], ("items", number)) for number, item in listed]
    cells, prose_problems = read_prose(path / "module.md", shown(path / "module.md"))
    problems += [Problem(*fault) for fault in prose_problems]
    places: dict[str, tuple[Document, tuple[str | int, ...]]] = {}
    for activity, document, start in found:
        if activity.id in places:
            text = f"the id '{activity.id}' is used twice; ids are unique in a module."
            problems.append(Problem(document.file, document.line(*start, "id"), text))
        places[activity.id] = (document, start)
    code = {one.id: one for one, _, _ in found if isinstance(one, CodeItem)}
    activities = {one.id: one for one, _, _ in found if not isinstance(one, CodeItem)}
    if problems or module is None:
        raise ContentError(problems)
    order = [cell.activity for cell in cells if cell.activity in activities]
    ordered = {name: activities[name] for name in [*order, *activities] if name is not None}
    return LoadedModule(path, module, ordered, cells, documents, places, code=code)


def shown_from(base: Path) -> Callable[[Path], str]:
    """Return what names a file as problems show it: relative to `base` where it lies there."""

    def shown(file: Path) -> str:
        return file.relative_to(base).as_posix() if file.is_relative_to(base) else file.as_posix()

    return shown


@cache
def model_of(pattern: str) -> type[Model]:
    """Return the format of the files that match `pattern`; a list of items takes every kind that is written in it."""
    written = [(kind, format_of(kind).model) for kind in FORMATS if format_of(kind).files == pattern]
    if "*" in pattern:
        ((_, model),) = written
        return model
    models = [model for _, model in written]
    entry: Any = Annotated[Union[tuple(models)], Field(discriminator="kind")] if len(models) > 1 else models[0]  # noqa: UP007
    name = PurePosixPath(pattern).stem.capitalize()
    return create_model(name, __base__=Model, __doc__=f"{pattern}.", items=(list[entry], ...))


def _collect(
    problems: list[Problem],
    documents: dict[str, Document],
    file: Path,
    model: type[Place],
    shown: Callable[[Path], str],
) -> Place | None:
    try:
        document = read_yaml(file, shown(file))
        documents[document.file] = document
        narrowed = next((each.narrowed for each in map(format_of, FORMATS) if each.model is model), None)
        if narrowed is None:
            return validate(document, model)
        found = narrowed(plain_data(document.data))
        if isinstance(found, tuple):
            text, place = found
            raise ContentError([Problem(document.file, document.line(*place), text)])  # one way out
        return validate(document, cast("type[Place]", found))
    except ContentError as error:
        problems += error.problems
        return None
