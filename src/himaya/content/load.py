"""Read a module's or a course's text files into models, and remember on which line everything stands."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from himaya.activities.code.format import Code, CodeItem
from himaya.activities.format import Course, Items, Model, Module, Scenario
from himaya.activities.kinds import ITEM_KINDS
from himaya.activities.lab.format import NAMES as LABS
from himaya.activities.lab.format import Lab, written
from himaya.content.prose import Cell, read_prose
from himaya.content.source import ContentError, Problem, read_text
from himaya.content.yaml import YamlError, parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from himaya.content.activities import Activity
    from himaya.languages.facts import Digits

__all__ = ["ContentError", "Problem", "load_course", "load_module", "plain", "read_yaml", "validate"]
Place = TypeVar("Place", bound=Model)
MOST_FAULTS = 100  # of one file; more help nobody


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
        draft: Whether its texts await review, which a reader has to be told.
        digits: How it writes numbers.
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
    draft: bool = False
    digits: Digits = "western"

    def problem(self, activity: str, text: str, *path: str | int) -> Problem:
        """Return a problem at `path` inside an activity."""
        document, start = self.places[activity]
        return Problem(document.file, document.line(*start, *path), text)


def read_yaml(path: Path, shown: str) -> Document:
    """Return a YAML 1.2 file with line numbers.

    Raises:
        ContentError: If it cannot be read or is not YAML.
    """
    text = read_text(path, shown)
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
        return model.model_validate(plain(document.data))
    except ValidationError as error:
        problems = []
        for fault in error.errors()[:MOST_FAULTS]:
            path = _without_kind(fault["loc"])
            problems.append(Problem(document.file, document.line(*at, *path), _explain(fault, path, model)))
        raise ContentError(problems) from None


def _without_kind(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Drop the item's kind, which pydantic puts after `items.<n>` to say which model it tried."""
    kind_at = 2
    tagged = len(path) > kind_at and path[0] == "items" and path[kind_at] in ITEM_KINDS
    return (*path[:kind_at], *path[kind_at + 1 :]) if tagged else path


def plain(value: Any) -> Any:  # noqa: ANN401 - YAML holds anything
    """Return YAML data as plain dicts, lists and scalars."""
    if isinstance(value, dict):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    return str(value) if isinstance(value, str) else value


def _explain(fault: Any, path: Sequence[str | int], model: type[Model]) -> str:  # noqa: ANN401 - pydantic's dict
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


def _field_names(model: type[Model]) -> set[str]:
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
    shown = _shower(base or path.parent.parent)
    problems: list[Problem] = []
    documents: dict[str, Document] = {}
    found: list[tuple[Activity | CodeItem, Document, tuple[str | int, ...]]] = []
    module = _collect(problems, documents, path / "module.yaml", Module, shown)
    folders: dict[str, type[Scenario | Lab]] = {"scenarios": Scenario, "labs": Lab}
    for name, kind in folders.items():
        for file in sorted((path / name).glob("*.yaml")):
            whole = _collect(problems, documents, file, kind, shown)
            if whole:
                found.append((whole, documents[shown(file)], ()))
    listings: dict[str, type[Items | Code]] = {"items.yaml": Items, "code.yaml": Code}
    for name, model in listings.items():
        if (path / name).exists():
            items = _collect(problems, documents, path / name, model, shown)
            for number, item in enumerate(items.items if items else ()):
                found.append((item, documents[shown(path / name)], ("items", number)))
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


def load_course(path: Path, base: Path | None = None) -> Course:
    """Return the course in the folder `path`.

    Raises:
        ContentError: If course.yaml is missing or does not fit its format.
    """
    shown = _shower(base or path.parent.parent)
    return validate(read_yaml(path / "course.yaml", shown(path / "course.yaml")), Course)


def _shower(base: Path) -> Callable[[Path], str]:
    def shown(file: Path) -> str:
        return file.relative_to(base).as_posix() if file.is_relative_to(base) else file.as_posix()

    return shown


def _format_of(document: Document) -> type[Lab]:
    """Return the format of a lab's file, which its field `lab` decides."""
    lab = document.data.get("lab") if isinstance(document.data, dict) else None
    if lab not in LABS:
        text = f"'lab' is {plain(lab)!r}; allowed: {', '.join(LABS)}."
        raise ContentError([Problem(document.file, document.line("lab"), text)])
    return written(str(lab))


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
        return validate(document, model if model is not Lab else _format_of(document))  # type: ignore[return-value]
    except ContentError as error:
        problems += error.problems
        return None
