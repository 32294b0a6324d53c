"""A course as files that need no server: each module, each scenario and an index, one HTML file each.

A page holds all it needs and asks for nothing: its policy lets only its own script and styles run, and no request out.
What it shows is what an assignment shows, so nothing in it is the key of a graded activity.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from himaya.activities import kinds
from himaya.activities.format import Simulation
from himaya.content.assignments import module_of
from himaya.content.lessons import lesson_minutes
from himaya.languages.facts import digits_of, direction, for_scripts
from himaya.languages.interface import for_page
from himaya.publish.assignment import activities_file
from himaya.publish.document import document, document_alone, document_of_steps
from himaya.publish.drafts import drafts_of
from himaya.publish.main import Around, main_of, path_sentences
from himaya.publish.notebook import reader_of
from himaya.publish.sections import literal_fact
from himaya.publish.steps import steps_of
from himaya.publish.templating import rendered

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
    main = main_of(
        edition,
        loaded,
        steps,
        around=None if edition.single else Around(edition.course.title, edition.ways(address)),
        seen=not edition.practice,
        notes=_drafts(edition, loaded),
        last="my-answers",
    )
    data = _data(edition, loaded, "module")
    data["lessons"] = steps.about_lessons()
    return document_of_steps(edition, module.title, main, data)


def scenario_page(edition: Edition, loaded: LoadedModule, scenario: Simulation) -> str:
    """Return one scenario as an HTML file that may travel in a chat message; no link leads to another file.

    A graded one keeps its answers in its module's journal, so either file goes on where the other one stopped. One for
    practice has a journal of its own in the browser, which all such files of the module share.
    """
    data = _data(edition, loaded, "scenario")
    data["activities"] = {scenario.id: data["activities"][scenario.id]}
    if scenario.mode != "graded" or edition.practice:
        data |= {"owner": f"alone/{data['owner']}", "keeps": False}
    main = rendered(
        "scenario.html",
        say=edition.sentence,
        module=loaded.module.title,
        scenario=scenario,
        notes=_drafts(edition, loaded, scenario.id),
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
    course = edition.course
    main = rendered(
        "index.html",
        say=edition.sentence,
        duration=edition.duration,
        dot=edition.dot,
        course=course,
        keeps="app-keeps" if edition.practice else "answers-stay",
        cards=[_card(edition, loaded, sizes) for loaded in modules],
        overview=Markup(edition.overview),  # noqa: S704 - `prose_html` shows HTML as text
    )
    digits = digits_of(edition.language, course.digits)
    data = {
        "said": for_page(edition.language, course.digits)["answered-count"],
        "digits": digits,
        "facts": for_scripts(),
    }
    return document(edition, "index", course.title, main, data, "index.html")


def _card(edition: Edition, loaded: LoadedModule, sizes: Mapping[str, int]) -> dict[str, Any]:
    return {
        "module": loaded.module,
        "minutes": lesson_minutes(loaded.module),
        "size": _size(edition, sizes[f"{loaded.module.id}.html"]),
        "owner": edition.owner(loaded.module.id),
        "is_draft": bool(drafts_of(loaded)),
        "paths": path_sentences(edition, loaded),
        "scenarios": [
            {
                "address": (address := f"{address_alone(loaded, scenario)}.html"),
                "title": scenario.title,
                "minutes": scenario.minutes,
                "size": _size(edition, sizes[address]),
            }
            for scenario in alone(loaded)
        ],
    }


def _size(edition: Edition, size: int) -> str:
    return edition.sentence("file-size", n=max(1, round(size / 1000)))


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


def _drafts(edition: Edition, loaded: LoadedModule, activity: str | None = None) -> list[str]:
    notes = list(drafts_of(loaded, activity).notes)
    return [*notes, edition.sentence("practice-edition")] if edition.practice else notes
