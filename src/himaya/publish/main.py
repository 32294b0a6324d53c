"""What a module's page and its app show: a cover with the list of lessons, the steps, and what is looked up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any

from himaya.content.assignments import module_of
from himaya.content.lessons import lesson_minutes
from himaya.content.module import EVERYBODY
from himaya.languages.interface import sentence
from himaya.languages.isolates import marked_up, without_isolates
from himaya.publish.document import shown_text
from himaya.publish.drafts import drafts_of
from himaya.publish.edition import Sentences
from himaya.publish.notebook import reader_of
from himaya.publish.sections import literal_fact
from himaya.publish.steps import steps_of

if TYPE_CHECKING:
    from datetime import date

    from himaya.content.load import LoadedModule
    from himaya.content.module import Module
    from himaya.publish.steps import Part, Steps


@dataclass(frozen=True)
class Last:
    """The step after all lessons, with the answers: its title in the list, and HTML."""

    title: str
    html: str


@dataclass(frozen=True)
class _Spoken(Sentences):
    language: str


def main_of(
    spoken: Sentences,
    loaded: LoadedModule,
    steps: Steps,
    *,
    around: str = "",
    seen: str = "",
    notes: str = "",
    last: Last | None = None,
) -> str:
    """Return all of a module as HTML; a script shows one step of it at a time.

    Args:
        spoken: Says the sentences of the interface.
        loaded: The module, in the same language.
        steps: Of the module.
        around: Where else to go from the cover.
        seen: Who sees what is practised.
        notes: What the cover says of drafts.
        last: The step after all lessons, if there is one.
    """
    module = loaded.module
    cover = (
        f'<section class="step" id="start">{around}<h1>{shown_text(module.title)}</h1>'
        f'<p class="facts">{spoken.time(lesson_minutes(module))}{spoken.dot}{spoken.say("training-notice")} '
        f"{spoken.say('exit-honest')}{seen}</p>{notes}{_content_note(spoken, module.content_note)}"
        f'{steps.cover}<div id="himaya-progress"></div>{_lesson_list(spoken, steps, last)}</section>'
    )
    looked_up = "".join(
        f'<details><summary><h3 id="{each.id}">{each.title}</h3></summary>{each.html}</details>'
        for each in steps.looked_up
    )
    answers = f'<section class="step" id="answers">{last.html}</section>' if last else ""
    return (
        f'<div id="himaya-warning"></div>{cover}{"".join(part.html() for part in steps.parts)}{answers}'
        f'<section id="look-up"><h2>{spoken.say("look-up")}</h2><div id="himaya-search"></div>{looked_up}</section>'
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
    notes = "".join(f'<p class="draft">{shown_text(note)}</p>' for note in drafts_of(loaded).notes)
    hands_in = not practice and any(cell.kind == "submit" for cell in loaded.cells)
    main = main_of(
        spoken,
        loaded,
        steps,
        seen="" if practice else who_sees(spoken),
        notes=notes,
        last=Last(spoken.say("submit-title"), '<div data-cell="submit"></div>') if hands_in else None,
    )
    return {"main": main, "lessons": steps.about_lessons()}


def who_sees(spoken: Sentences) -> str:
    """Return who sees which answers, as the cover says it."""
    return f" {spoken.say('practice-seen')} {spoken.say('handed-in-seen')}"


def open_link(spoken: Sentences, module: Module) -> str:
    """Return the button of a card that opens its module."""
    name = sentence("open-module", spoken.language)
    label = escape(without_isolates(f"{name}: {module.title}"), quote=True)
    return f'<p><a class="himaya-open" href="{module.id}.html" aria-label="{label}">{marked_up(escape(name))}</a></p>'


def folded(title: str, html: str) -> str:
    """Return what is opened by a press on its title; nothing without a text."""
    return f"<details><summary>{title}</summary>{html}</details>" if html else ""


def folded_note(spoken: Sentences, loaded: LoadedModule) -> str:
    """Return the content note as a card of a list shows it; the cover of the module shows it open."""
    return folded(spoken.say("content-note"), f"<p>{shown_text(loaded.module.content_note)}</p>")


def path_note(spoken: Sentences, loaded: LoadedModule) -> str:
    """Return which lessons that are not for everybody a path has or lacks; nothing for a module without paths."""
    minutes = {lesson.id: lesson.minutes for lesson in loaded.module.lessons}
    some = [lesson for lesson in (loaded.whole or loaded).module.lessons if EVERYBODY not in lesson.roles]
    own = module_of(loaded.module.id) != loaded.module.id  # the first path has the id of the module
    has = [lesson.title for lesson in some if own and minutes.get(lesson.id)]
    lacks = [lesson.title for lesson in some if minutes.get(lesson.id) == 0]
    said = (("path-with", has), ("path-without", lacks))
    notes = [spoken.say(key, lessons=spoken.dot.join(titles)) for key, titles in said if titles]
    return "".join(f"<p>{note}</p>" for note in notes)


def _lesson_list(spoken: Sentences, steps: Steps, last: Last | None) -> str:
    """Return links to the warm-up, each lesson and the answers; for whom a lesson is, where they differ in it."""
    roles = {tuple(part.roles) for part in steps.lessons}
    rows = [
        (f"{part.id}.1", part.title, *_about(spoken, part, differ=len(roles) > 1)) for part in steps.parts if part.title
    ]
    rows += [("answers", last.title, "", "")] if last else []
    links = "".join(
        f'<li><a href="#{place}"><span>{title}</span><span class="facts">{facts}</span>{mark}</a></li>'
        for place, title, facts, mark in rows
    )
    name = spoken.say("lessons")
    return f'<nav aria-labelledby="lessons"><h2 id="lessons">{name}</h2><ol>{links}</ol></nav>'


def _about(spoken: Sentences, part: Part, *, differ: bool) -> tuple[str, str]:
    if not part.minutes:
        return part.about, ""
    facts = [spoken.time(part.minutes)]
    facts += [spoken.say(f"for-{role}") for role in part.roles if differ]
    return spoken.dot.join(facts), f'<span class="part" data-part="{part.id}"></span>'


def _content_note(spoken: Sentences, text: str) -> str:
    return f'<div class="note"><strong>{spoken.say("content-note")}</strong><p>{shown_text(text)}</p></div>'
