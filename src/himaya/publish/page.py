"""A course as files that need no server: each module, each scenario and an index, one HTML file each.

A page holds all it needs and asks for nothing: its policy lets only its own script and styles run, and no request out.
What it shows is what an assignment shows, so nothing in it is the key of a graded activity.
"""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

from himaya.activities import kinds
from himaya.activities.format import Simulation
from himaya.content.assignments import module_of
from himaya.content.lessons import lesson_minutes
from himaya.languages.facts import digits_of, direction, for_scripts
from himaya.languages.interface import for_page
from himaya.publish.assignment import activities_file
from himaya.publish.document import document, document_alone, document_of_steps, shown_text
from himaya.publish.drafts import drafts_of
from himaya.publish.main import Last, folded, folded_note, main_of, open_link, path_note, who_sees
from himaya.publish.notebook import reader_of
from himaya.publish.sections import literal_fact
from himaya.publish.steps import steps_of
from himaya.publish.templating import macro

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from himaya.activities.kind import Compiled
    from himaya.content.load import LoadedModule
    from himaya.publish.edition import Edition
    from himaya.publish.page_code import Kind


def module_page(edition: Edition, loaded: LoadedModule) -> str:
    """Return a whole module as one HTML file: a cover, the steps of its lessons, and the box to save and bring back
    answers. Without scripts it is one long page.
    """
    module = loaded.module
    reader = reader_of(loaded, edition.on)
    local = {name: literal_fact(fact) for name, fact in reader.local.items()}
    steps = steps_of(loaded, replace(reader, local=local))
    address = f"{module.id}.html"
    seen = "" if edition.practice else who_sees(edition)
    main = main_of(
        edition,
        loaded,
        steps,
        around=_around(edition, address),
        seen=seen,
        notes=_drafts(edition, loaded),
        last=Last(edition.say("my-answers"), f'<h2>{edition.say("my-answers")}</h2><div id="himaya-answers"></div>'),
    )
    data = _data(edition, loaded, "module")
    data["lessons"] = steps.about_lessons()
    return document_of_steps(edition, module.title, main, data)


def _around(edition: Edition, address: str) -> str:
    """Return the way to the index and to other languages; nothing where the file travels by itself."""
    if edition.single:
        return ""
    index = f'<a href="index.html">{shown_text(edition.course.title)}</a>'
    return f'<p class="around">{index}{macro("language_switch", edition.ways(address))}</p>'


def scenario_page(edition: Edition, loaded: LoadedModule, scenario: Simulation) -> str:
    """Return one scenario as an HTML file that may travel in a chat message; no link leads to another file.

    A graded one keeps its answers in its module's journal, so either file goes on where the other one stopped. One for
    practice has a journal of its own in the browser, which all such files of the module share.
    """
    data = _data(edition, loaded, "scenario")
    data["activities"] = {scenario.id: data["activities"][scenario.id]}
    if scenario.mode != "graded" or edition.practice:
        data |= {"owner": f"alone/{data['owner']}", "keeps": False}
    kind = edition.say(f"app-kind-{scenario.kind}")
    place = f'<div id="himaya-warning"></div><div data-show="{scenario.id}"></div><div id="himaya-answers"></div>'
    main = (
        f'<section id="start"><h1>{shown_text(loaded.module.title)}</h1><h2>{kind}</h2>'
        f"{_drafts(edition, loaded, scenario.id)}{place}"
        f'<p class="facts">{edition.say("training-notice")} {edition.say("exit-honest")}</p></section>'
    )
    return document_alone(edition, "scenario", scenario.title, main, data)


def alone(loaded: LoadedModule) -> list[Simulation]:
    """Return what of a module gets a file of its own: its scenarios, and whatever is played through as they are."""
    played = (activity for activity in loaded.activities.values() if isinstance(activity, Simulation))
    return [activity for activity in played if kinds.alone(activity.kind)]


def address_alone(loaded: LoadedModule, scenario: Simulation) -> str:
    """Return where the file of a scenario lies, from the index, without its ending; each path has one of its own."""
    name = loaded.module.id
    return f"scenarios/{scenario.id}" if module_of(name) == name else f"scenarios/{name}-{scenario.id}"


def index_page(edition: Edition, modules: Sequence[LoadedModule], sizes: Mapping[str, int]) -> str:
    """Return the index of a course.

    Args:
        edition: What the pages share.
        modules: The modules, in the order of the course.
        sizes: Of each page that it links to, in bytes, by its address from here.
    """
    cards = "".join(_card(edition, loaded, sizes) for loaded in modules)
    keeps = edition.say("app-keeps" if edition.practice else "answers-stay")
    course = edition.course
    main = (
        f'<section id="start"><h1>{shown_text(course.title)}</h1><p>{shown_text(course.summary)}</p>'
        f'<p class="facts">{edition.say("training-notice")} {edition.say("exit-honest")} '
        f"{edition.say('page-offline')} {keeps}</p></section>"
        f"{cards}{folded(edition.say('course-about'), edition.overview)}"
    )
    digits = digits_of(edition.language, course.digits)
    data = {
        "said": for_page(edition.language, course.digits)["answered-count"],
        "digits": digits,
        "facts": for_scripts(),
    }
    return document(edition, "index", course.title, main, data, "index.html")


def _card(edition: Edition, loaded: LoadedModule, sizes: Mapping[str, int]) -> str:
    module = loaded.module
    address = f"{module.id}.html"
    facts = [edition.time(lesson_minutes(module)), _size(edition, sizes[address])]
    outcomes = "".join(f"<li>{shown_text(outcome.text)}</li>" for outcome in module.outcomes)
    scenarios = "".join(
        f'<li><a href="{address_alone(loaded, scenario)}.html">{shown_text(scenario.title)}</a> <span class="facts">'
        f"{edition.time(scenario.minutes)}{edition.dot}"
        f"{_size(edition, sizes[f'{address_alone(loaded, scenario)}.html'])}</span></li>"
        for scenario in alone(loaded)
    )
    return (
        f'<section class="card"><h2>{shown_text(module.title)}</h2>'
        f'<p class="facts">{edition.dot.join(facts)} <span data-owner="{escape(edition.owner(module.id))}"></span></p>'
        f"{open_link(edition, module)}{_short_draft(edition, loaded)}{path_note(edition, loaded)}"
        f"<p>{shown_text(module.summary)}</p>{folded_note(edition, loaded)}"
        f"{folded(edition.say('you-learn'), f'<ul>{outcomes}</ul>')}"
        f"{folded(edition.say('scenarios-alone'), scenarios and f'<ul>{scenarios}</ul>')}</section>"
    )


def _size(edition: Edition, size: int) -> str:
    return edition.say("file-size", n=max(1, round(size / 1000)))


# The trainer's business.
_UNSHOWN = ("points", "outcomes", "outcome", "version")

# What an edition that hands nothing in never says.
_OF_HANDING_IN = (
    *(
        "answers-help",
        "answers-none",
        "answers-saved",
        "answers-shared",
        "save-answers",
        "share-answers",
        "restore",
        "restored",
        "restored-nothing",
    ),
    *("restore-failed", "restore-foreign", "restore-large", "restore-unreadable", "damaged-lines"),
    *("graded", "graded-note", "pretest", "pretest-note", "finished-graded"),
)


def unshown(activity: Compiled) -> tuple[str, ...]:
    """Return the fields of an activity that nothing on a page shows."""
    return (*_UNSHOWN, *kinds.report(activity).unshown)


def _data(edition: Edition, loaded: LoadedModule, kind: Kind) -> dict[str, Any]:
    """Return what the script of a page reads."""
    content = activities_file(loaded, edition.course.id, practice=edition.practice)
    activities = {
        name: {key: value for key, value in activity.items() if key not in unshown(activity)}
        for name, activity in content["activities"].items()
    }
    sentences = for_page(edition.language, loaded.digits)
    says = edition.code[kind].says
    unsaid = _OF_HANDING_IN if edition.practice else ()
    strings = {key: text for key, text in sentences.items() if key in says and key not in unsaid}
    if "saved" in says:
        strings["saved"] = sentences["kept-here" if edition.practice else "saved-here"]
    if edition.code[kind].asks:
        strings["answers-help"] = sentences["class-answers-help"]
    return {
        "owner": edition.owner(loaded.module.id),
        "version": loaded.module.version,
        "hands": not edition.practice,
        "keeps": True,
        "language": loaded.language,
        "direction": direction(loaded.language),
        "digits": loaded.digits,
        "facts": for_scripts(),
        "strings": strings,
        "draft_lessons": content["draft_lessons"],
        "activities": activities,
    }


def _drafts(edition: Edition, loaded: LoadedModule, activity: str | None = None) -> str:
    notes = [shown_text(note) for note in drafts_of(loaded, activity).notes]
    notes += [edition.say("practice-edition")] if edition.practice else []
    return "".join(f'<p class="draft">{note}</p>' for note in notes)


def _short_draft(edition: Edition, loaded: LoadedModule) -> str:
    return f'<p class="draft">{edition.say("draft-short")}</p>' if drafts_of(loaded) else ""
