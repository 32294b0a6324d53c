"""What a module's page and its app show: a cover with the list of lessons, the steps, and what is looked up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from himaya.content.assignments import module_of
from himaya.content.lessons import lesson_minutes
from himaya.content.module import EVERYBODY
from himaya.publish.drafts import drafts_of
from himaya.publish.edition import Sentences
from himaya.publish.notebook import reader_of
from himaya.publish.sections import literal_fact
from himaya.publish.steps import steps_of
from himaya.publish.templating import macro, rendered

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from markupsafe import Markup

    from himaya.content.load import LoadedModule
    from himaya.content.module import Module
    from himaya.publish.steps import Steps


Last: TypeAlias = Literal["my-answers", "submit-title"]
"""The step after all lessons: where a page keeps answers, or where an app hands in. The key of its title."""


@dataclass(frozen=True)
class Around:
    """Where else to go from the cover: to the index of the course, and to the same page in other languages."""

    course: str
    ways: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class _Spoken(Sentences):
    language: str


def main_of(
    spoken: Sentences,
    loaded: LoadedModule,
    steps: Steps,
    *,
    around: Around | None = None,
    seen: bool = False,
    notes: Sequence[str] = (),
    last: Last | None = None,
) -> Markup:
    """Return all of a module as HTML; a script shows one step of it at a time.

    Args:
        spoken: Says the sentences of the interface.
        loaded: The module, in the same language.
        steps: Of the module.
        around: Where else to go from the cover.
        seen: Whether the cover says who sees what is practised.
        notes: What the cover says of drafts.
        last: The step after all lessons, if there is one.
    """
    return rendered(
        "module.html",
        say=spoken.sentence,
        duration=spoken.duration,
        dot=spoken.dot,
        module=loaded.module,
        minutes=lesson_minutes(loaded.module),
        steps=steps,
        differ=len({tuple(part.roles) for part in steps.lessons}) > 1,
        around=around,
        seen=seen,
        notes=notes,
        last=last,
    )


def app_steps(loaded: LoadedModule, on: date | None = None, *, practice: bool = False) -> dict[str, Any]:
    """Return what the app of a module shows in its language: `main`, HTML with a place for each activity and one for
    handing in, and `lessons` with their minutes.

    Args:
        loaded: The module.
        on: The day of the build, which decides which country settings are fresh; without one, none is.
        practice: A mentor's edition: nothing is handed in.
    """
    spoken = _Spoken(loaded.language)
    reader = reader_of(loaded, on)
    steps = steps_of(loaded, replace(reader, local={name: literal_fact(fact) for name, fact in reader.local.items()}))
    hands_in = not practice and any(cell.kind == "submit" for cell in loaded.cells)
    main = main_of(
        spoken,
        loaded,
        steps,
        seen=not practice,
        notes=drafts_of(loaded).notes,
        last="submit-title" if hands_in else None,
    )
    return {"main": str(main), "lessons": steps.about_lessons()}


def open_link(spoken: Sentences, module: Module) -> Markup:
    """Return the button of a card that opens its module."""
    return macro("open_link", spoken.sentence, module)


def folded_note(spoken: Sentences, loaded: LoadedModule) -> Markup:
    """Return the content note as a card of a list shows it; the cover of the module shows it open."""
    return macro("folded_note", spoken.sentence, loaded.module.content_note)


def path_note(spoken: Sentences, loaded: LoadedModule) -> Markup:
    """Return `path_sentences` as HTML."""
    return macro("path_note", path_sentences(spoken, loaded))


def path_sentences(spoken: Sentences, loaded: LoadedModule) -> list[str]:
    """Return which lessons that are not for everybody a path has or lacks; nothing for a module without paths."""
    minutes = {lesson.id: lesson.minutes for lesson in loaded.module.lessons}
    some = [lesson for lesson in (loaded.whole or loaded).module.lessons if EVERYBODY not in lesson.roles]
    own = module_of(loaded.module.id) != loaded.module.id  # the first path has the id of the module
    has = [lesson.title for lesson in some if own and minutes.get(lesson.id)]
    lacks = [lesson.title for lesson in some if minutes.get(lesson.id) == 0]
    said = (("path-with", has), ("path-without", lacks))
    return [spoken.sentence(key, lessons=spoken.dot.join(titles)) for key, titles in said if titles]
