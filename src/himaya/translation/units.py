"""The texts of a module or a course that a translator handles, one by one, and the module with other texts in place.

One walk does both: to extract is to walk and note every text, to translate is to walk and answer with another text.
So what is extracted is what is replaced.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, Union, get_args, get_origin

from himaya.activities.format import Model, Note
from himaya.activities.kinds import format_of
from himaya.translation.markdown import replace_prose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from himaya.activities.code.format import CodeItem
    from himaya.content.load import Activity, LoadedModule
    from himaya.content.module import Module
    from himaya.course.course import Course

    Answer = Callable[["Unit"], str]

Some = TypeVar("Some", bound=Model)

TEXTS = {
    "alternative": "what to do instead of the scenario",
    "consequence": "what happens after a choice: calm and concrete, no praise, no blame",
    "content_note": "content note: calm, says that one may stop or skip",
    "exemplar": "an answer that reaches this level of the rubric; only trainers see it",
    "label": "name of a meter; one or two words",
    "names": "the names in a story, with commas between them",
    "note": "note about a document",
    "prompt": "the question at a decision",
    "rationale": "why: about the action, never about the person",
    "says": "what is looked at in a trainee's code",
    "setting": "who the trainee is and where; all invented",
    "stem": "question",
    "summary": "summary",
    "text": "text",
    "title": "title",
    "unit": "unit of a number, as in '72 hours'",
}
"""Names of fields that hold text a person reads, and what a translator is told where the field has no `Note`."""
LISTS = {
    "levels": "a state of a meter; one word",
    "briefing": "the task of a lab: what is known, what to do",
    "first_step": "a worked first step of a lab",
    "debrief": "what a lab shows, told after it",
    "lines": "text of a lab",
    "script": "first line of a scene that is played in a room",
    "talk": "a question for the talk after a scene was played",
    "care": "what can go wrong in a scene that is played, for whoever leads it",
}
KEPT = frozenset(
    {"id", "kind", "mode", "quality", "start", "goto", "answer", "tolerance", "select", "twin", "outcome", "outcomes"}
    | {"principle", "status", "marks", "version", "points", "minutes", "modules", "languages", "digits"}
    | {"files", "starter", "solution", "value", "taught", "stage", "starts", "person"}
)
"""Fields of text, or of names, that are the same in every language."""
UNSEEN = frozenset({"when", "effects", "words", "reviews"})
_PLACE = "place in the document {code}"
_SLUG = re.compile(r"[^a-z0-9]+")
_CODE = re.compile(r"^(S\d+|design)\s*:\s*(.+)$", re.DOTALL)


@dataclass(frozen=True)
class Unit:
    """One text and what a translator has to know about it.

    Attributes:
        place: Where it stands, such as `quiet-visitor.opening.private.text`; the message context.
        text: The English text.
        kind: What it is, in words.
        file: The file that it comes from.
        sisters: Names the group of answers that must be about equally long, if it is one of them.
        markdown: Whether it may hold Markdown.
    """

    place: str
    text: str
    kind: str
    file: str
    sisters: str | None = None
    markdown: bool = False


def units_of(walk: Callable[[Answer], object]) -> list[Unit]:
    """Return every text that `walk` asks about, once for each place and text, in the order of the files."""
    found: dict[tuple[str, str], Unit] = {}

    def note(unit: Unit) -> str:
        if has_words(unit.text):
            found.setdefault((unit.place, unit.text), unit)
        return unit.text

    walk(note)
    return list(found.values())


def has_words(text: str) -> bool:
    """Return whether there is anything to translate; a number alone is only written in other digits."""
    return any(character.isalpha() for character in text)


def with_texts(loaded: LoadedModule, answer: Answer) -> LoadedModule:
    """Return the module with each text replaced by what `answer` says; ids, keys and points stay as they are."""
    module = module_with_texts(loaded, answer)
    prose = prose_reader(answer)
    cells = [replace(cell, source=prose(cell.source)) if cell.kind == "markdown" else cell for cell in loaded.cells]
    activities = {name: activity_with_texts(loaded, name, answer) for name in loaded.activities}
    code = {name: code_with_texts(loaded, name, answer) for name in loaded.code}
    return replace(loaded, module=module, cells=cells, activities=activities, code=code)


def module_with_texts(loaded: LoadedModule, answer: Answer) -> Module:
    """Return module.yaml with each text replaced by what `answer` says."""
    return _Walk(answer, "module.yaml").model(loaded.module, "module")


def activity_with_texts(loaded: LoadedModule, name: str, answer: Answer) -> Activity:
    """Return one activity with each text replaced by what `answer` says."""
    activity = loaded.activities[name]
    document, _ = loaded.places[name]
    file = PurePosixPath(format_of(activity.kind).files).with_name(PurePosixPath(document.file).name)
    return _Walk(answer, str(file)).model(activity, name)


def code_with_texts(loaded: LoadedModule, name: str, answer: Answer) -> CodeItem:
    """Return one code item with each text replaced by what `answer` says."""
    return _Walk(answer, "code.yaml").model(loaded.code[name], name)


def prose_reader(answer: Answer) -> Callable[[str], str]:
    """Return what replaces the texts of Markdown, block by block in the order of module.md; headings name the place."""
    return _Walk(answer, "module.md").prose


def with_course_texts(course: Course, overview: str, answer: Answer) -> tuple[Course, str]:
    """Return the course and the Markdown of its overview with each text replaced."""
    return _Walk(answer, "course.yaml").model(course, "course"), _Walk(answer, "overview.md").prose(overview)


class _Walk:
    """One way through one file."""

    def __init__(self, answer: Answer, file: str) -> None:
        self._answer = answer
        self._file = file
        self._section = "opening"

    def prose(self, source: str) -> str:
        def ask(kind: str, text: str) -> str:
            if kind == "heading":
                self._section = _SLUG.sub("-", text.lower()).strip("-") or "section"
            return self._ask(f"text.{self._section}", text, kind, markdown=True)

        return replace_prose(source, ask)

    def model(self, value: Some, place: str, sisters: str | None = None) -> Some:
        changed: dict[str, Any] = {}
        for name in type(value).model_fields:
            field, note = getattr(value, name), note_of(type(value), name)
            if isinstance(field, str):
                if note is not None:
                    changed[name] = self._ask(f"{place}.{name}", field, note.words, sisters if note.sisters else None)
            elif name == "source":
                changed[name] = [self._citation(reference) for reference in field]
            elif name in LISTS:
                changed[name] = [self._ask(f"{place}.{name}", text, LISTS[name]) for text in field]
            elif isinstance(field, Model):
                changed[name] = self.model(field, place)
            elif isinstance(field, dict) and note is not None:
                changed[name] = {
                    key: self._ask(f"{place}.{name}.{key}", each, note.words) for key, each in field.items()
                }
            elif isinstance(field, dict) and name not in UNSEEN:
                inside = place if name == "nodes" else f"{place}.{name}"
                changed[name] = {
                    key: self.model(entry, f"{inside}.{key}") if isinstance(entry, Model) else entry
                    for key, entry in field.items()
                }
            elif isinstance(field, list) and field and isinstance(field[0], Model) and name not in UNSEEN:
                changed[name] = self._entries(name, field, place)
        return value.model_copy(update=changed)

    def _entries(self, name: str, entries: Iterable[Any], place: str) -> list[Any]:
        inside = place if name in ("options", "choices", "rows") else f"{place}.{name}"
        group = f"{place}.{name}"
        return [self.model(entry, f"{inside}.{_name(entry, at)}", group) for at, entry in enumerate(entries, 1)]

    def _citation(self, reference: str) -> str:
        found = _CODE.match(reference)
        if found is None:
            return reference
        code, words = found.groups()
        return f"{code}: {self._ask(f'cited.{code}', words, _PLACE.format(code=code))}"

    def _ask(self, place: str, text: str, kind: str, sisters: str | None = None, *, markdown: bool = False) -> str:
        return self._answer(Unit(place, text, kind, self._file, sisters, markdown))


def note_of(form: type[Model], name: str) -> Note | None:
    """Return what a translator is told about a field of a format, or None if it is the same in every language.

    Raises:
        TypeError: If it holds text and nobody has decided which of the two it is.
    """
    field = form.model_fields[name]
    own = next((one for one in field.metadata if isinstance(one, Note)), None)
    if own is not None or name in KEPT or not _is_text(field.annotation):
        return own
    if any(getattr(one, "pattern", None) for one in field.metadata):
        return None  # an id
    if name not in TEXTS:
        message = f"{form.__name__}.{name}: give this text a Note for translators, or name it in KEPT"
        raise TypeError(message)
    return Note(TEXTS[name])


def _is_text(annotation: object) -> bool:
    """Return whether a field holds one text, or may hold none."""
    if get_origin(annotation) in (Annotated, Union, UnionType):
        return any(_is_text(part) for part in get_args(annotation))
    return annotation is str


def _name(entry: Any, at: int) -> str:
    if hasattr(entry, "id"):
        return str(entry.id)
    return f"level-{entry.level}" if hasattr(entry, "level") else str(at)
