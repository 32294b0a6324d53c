"""A course as files that need no server: each module, each scenario and an index, one HTML file each.

A page holds all it needs and asks for nothing: its policy lets only its own script and styles run, and no request out.
What it shows is what an assignment shows, so nothing in it is the key of a graded activity.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from himaya.build.assignment import activities_file
from himaya.build.notebook import reader_of
from himaya.build.packing import packed
from himaya.build.sections import Section, literal, sections_of
from himaya.content.models import Scenario
from himaya.i18n.interface import for_page, sentence
from himaya.i18n.isolates import marked_up, without_isolates
from himaya.i18n.languages import NAMES, SOURCE, between, direction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from himaya.content.load import LoadedModule
    from himaya.content.models import Course

Kind: TypeAlias = Literal["module", "scenario", "index"]
BUDGETS: Mapping[Kind, tuple[int, int]] = {
    "module": (300_000, 75_000),
    "scenario": (60_000, 15_000),
    "index": (300_000, 75_000),
}
"""Bytes that a page may have, raw and gzipped."""


@dataclass(frozen=True)
class Code:
    """What one kind of page runs on: its script, its styles, and the names of all it can say."""

    script: str
    styles: str
    says: frozenset[str]


@dataclass(frozen=True)
class Edition:
    """What all pages of one course and language share.

    Attributes:
        course: The course in that language.
        code: What each kind of page runs on.
        on: The day of the build, which decides which country settings are fresh; without one, none is.
        practice: A mentor's edition: everything is practice, nothing is graded or handed in.
        languages: All languages the course is built in, for the switch between them.
        overview: HTML that follows the modules on the index.
    """

    course: Course
    code: Mapping[Kind, Code]
    language: str = "en"
    on: date | None = None
    practice: bool = False
    languages: Sequence[str] = ("en",)
    overview: str = ""

    def say(self, key: str, **values: object) -> str:
        """Return a sentence as HTML."""
        return marked_up(escape(sentence(key, self.language, **values)))

    @property
    def dot(self) -> str:
        """What stands between facts in a line."""
        return between(self.language)

    def owner(self, module: str) -> str:
        """Return under which name a browser keeps answers: the same in every language."""
        return f"{'practice/' if self.practice else ''}{self.course.id}/{module}"


def module_page(edition: Edition, loaded: LoadedModule) -> str:
    """Return a whole module as one HTML file: prose, activities, and the box to save and bring back answers."""
    module = loaded.module
    reader = reader_of(loaded, edition.on)
    reader = replace(reader, local={name: literal(value) for name, value in reader.local.items()})
    first, *others = sections_of(loaded, reader)
    answers = Section("answers", edition.say("my-answers"), ['<div id="himaya-answers"></div>'])
    *taught, sources = others
    shown = [*taught, answers, sources]
    head = (
        f"<h1>{_text(module.title)}</h1>"
        f'<p class="facts">{_time(edition, module.minutes)}{edition.dot}{edition.say("training-notice")}</p>'
        f"{_drafts(edition, loaded)}{_note(edition, module.content_note)}"
    )
    first.parts.insert(0, head)
    links = "".join(
        f'<li><a href="#{section.id}">{section.title}<span class="part" data-part="{section.id}"></span></a></li>'
        for section in shown
    )
    nav = (
        f'<nav aria-label="{_plain(sentence("contents", edition.language))}"><div id="himaya-progress"></div><details>'
        f'<summary>{edition.say("contents")}</summary><div id="himaya-search"></div><ol>{links}</ol></details></nav>'
    )
    main = "".join(section.html() for section in (first, *shown))
    data = _data(edition, loaded, "module")
    return _document(edition, "module", module.title, main, data, f"{module.id}.html", nav)


def scenario_page(edition: Edition, loaded: LoadedModule, scenario: Scenario) -> str:
    """Return one practice scenario as an HTML file that is small enough for a chat message.

    It stands alone: nothing in it is handed in, and no link leads to another file.
    """
    data = _data(edition, loaded, "scenario")
    data["activity"] = {
        name: value for name, value in data.pop("activities")[scenario.id].items() if name != "alternative"
    }
    data["owner"] = f"alone/{data['owner']}"
    main = (
        f'<section id="start"><h1>{_text(loaded.module.title)}</h1><h2>{edition.say("scenario")}</h2>'
        f"{_drafts(edition, loaded)}<div data-show></div></section>"
    )
    return _document(edition, "scenario", scenario.title, main, data)


def alone(edition: Edition, loaded: LoadedModule) -> list[Scenario]:
    """Return the scenarios that get a file of their own.

    A graded one gets none: it is answered in its module, whose answers are handed in. In a mentor's edition all do.
    """
    scenarios = [activity for activity in loaded.activities.values() if isinstance(activity, Scenario)]
    return [scenario for scenario in scenarios if edition.practice or scenario.mode == "practice"]


def index_page(edition: Edition, modules: Sequence[LoadedModule], sizes: Mapping[str, int]) -> str:
    """Return the index of a course.

    Args:
        edition: What the pages share.
        modules: The modules, in the order of the course.
        sizes: Of each page that it links to, in bytes, by its address from here.
    """
    cards = "".join(_card(edition, loaded, sizes) for loaded in modules)
    course = edition.course
    main = (
        f'<section id="start"><h1>{_text(course.title)}</h1><p>{_text(course.summary)}</p>'
        f'<p class="facts">{edition.say("training-notice")} {edition.say("page-offline")}</p></section>'
        f"{cards}{edition.overview}"
    )
    digits = "western" if edition.language == SOURCE else course.digits
    data = {"said": for_page(edition.language, course.digits)["answered-count"], "digits": digits}
    return _document(edition, "index", course.title, main, data, "index.html")


def _card(edition: Edition, loaded: LoadedModule, sizes: Mapping[str, int]) -> str:
    module = loaded.module
    address = f"{module.id}.html"
    facts = [_time(edition, module.minutes), _size(edition, sizes[address])]
    outcomes = "".join(f"<li>{_text(outcome.text)}</li>" for outcome in module.outcomes)
    scenarios = "".join(
        f'<li><a href="scenarios/{scenario.id}.html">{_text(scenario.title)}</a> <span class="facts">'
        f"{_time(edition, scenario.minutes)}{edition.dot}"
        f"{_size(edition, sizes[f'scenarios/{scenario.id}.html'])}</span></li>"
        for scenario in alone(edition, loaded)
    )
    return (
        f'<section class="card"><h2><a href="{address}">{_text(module.title)}</a></h2>'
        f'<p class="facts">{edition.dot.join(facts)} <span data-owner="{escape(edition.owner(module.id))}"></span></p>'
        f"<p>{_text(module.summary)}</p>{_note(edition, module.content_note)}"
        f"<details><summary>{edition.say('you-learn')}</summary><ul>{outcomes}</ul></details>"
        f"<details><summary>{edition.say('scenarios-alone')}</summary><ul>{scenarios}</ul></details></section>"
    )


def _time(edition: Edition, minutes: int) -> str:
    hours = minutes / 60
    return edition.say("hours", n=f"{hours:g}") if hours >= 1 else edition.say("minutes", n=minutes)


def _size(edition: Edition, size: int) -> str:
    return edition.say("file-size", n=max(1, round(size / 1000)))


# The trainer's business, and what only a lab with its kernel needs.
_UNSHOWN = ("points", "outcomes", "outcome")
_OF_LABS = ("words", "data", "key", "seed")


def unshown(activity: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the fields of an activity that nothing on a page shows."""
    return (*_UNSHOWN, *_OF_LABS) if activity["kind"] == "lab" else _UNSHOWN


def _data(edition: Edition, loaded: LoadedModule, kind: Kind) -> dict[str, Any]:
    """Return what the script of a page reads."""
    content = activities_file(loaded, edition.course.id, practice=edition.practice)
    activities = {
        name: {key: value for key, value in activity.items() if key not in unshown(activity)}
        for name, activity in content["activities"].items()
    }
    sentences = for_page(edition.language, loaded.digits)
    says = edition.code[kind].says
    strings = {key: text for key, text in sentences.items() if key in says}
    if "saved" in says:
        strings["saved"] = sentences["kept-here" if edition.practice else "saved-here"]
    return {
        "owner": edition.owner(loaded.module.id),
        "version": loaded.module.version,
        "hands": not edition.practice,
        "language": loaded.language,
        "direction": direction(loaded.language),
        "digits": loaded.digits,
        "strings": strings,
        "activities": activities,
    }


def _drafts(edition: Edition, loaded: LoadedModule) -> str:
    notes = ["draft-note"] if loaded.module.status == "draft" else []
    notes += ["draft-translation"] if loaded.draft else []
    notes += ["practice-edition"] if edition.practice else []
    return "".join(f'<p class="draft">{edition.say(note)}</p>' for note in notes)


def _note(edition: Edition, text: str) -> str:
    return f'<div class="note"><strong>{edition.say("content-note")}</strong><p>{_text(text)}</p></div>'


def _text(text: str) -> str:
    return marked_up(escape(text.strip()))


def _plain(text: str) -> str:
    return escape(without_isolates(text), quote=True)


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _switch(edition: Edition, address: str) -> str:
    """Return links to the same page in the other languages, each in its own words."""
    links = [
        f'<a href="../{other}/{address}" lang="{other}" dir="{direction(other)}" hreflang="{other}">{NAMES[other]}</a>'
        for other in edition.languages
        if other != edition.language
    ]
    return f'<span class="languages">{" ".join(links)}</span>' if links else ""


def _document(  # noqa: PLR0913, PLR0917 - the parts of a page
    edition: Edition,
    kind: Kind,
    title: str,
    main: str,
    data: Mapping[str, Any],
    address: str = "",
    nav: str = "",
) -> str:
    code = edition.code[kind]
    policy = (
        f"default-src 'none'; script-src 'sha256-{_hash(code.script)}'; style-src 'sha256-{_hash(code.styles)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    course = "" if kind == "index" else f'<a href="index.html">{_text(edition.course.title)}</a>'
    header = (
        f'<header><a class="skip" href="#start">{edition.say("to-text")}</a>{course}'
        f'{_switch(edition, address)}<div id="himaya-warning"></div></header>\n'
    )
    exit_help = _plain(sentence("quick-exit-help", edition.language))
    return (
        f'<!DOCTYPE html>\n<html lang="{edition.language}" dir="{direction(edition.language)}">\n<head>\n'
        f'<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<link rel="icon" href="data:,">\n'
        f"<title>{_plain(title)}</title>\n<style>{code.styles}</style>\n</head>\n"
        f'<body class="{kind}">\n'
        f'<aside class="himaya-exit" aria-label="{_plain(sentence("quick-exit", edition.language))}">'
        f'<a href="about:blank" title="{exit_help}">{edition.say("quick-exit")}</a>'
        f"<span>{edition.say('training-notice')} {edition.say('exit-honest')}</span></aside>\n"
        f"{header if address else ''}{nav}<main>"
        f'<noscript><p class="draft">{edition.say("page-needs-script")}</p></noscript>{main}</main>\n'
        f'<script type="application/json" id="himaya-data">{packed(data)}</script>\n'
        f"<script>{code.script}</script>\n</body>\n</html>\n"
    )
