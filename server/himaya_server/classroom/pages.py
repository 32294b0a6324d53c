"""The pages of a class: a course's modules as they open without a server, with a first page and a door."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from himaya.answers.private import write_whole
from himaya.content.assignments import is_second_form
from himaya.content.forms import parts_to_build
from himaya.content.lessons import lesson_minutes
from himaya.languages.facts import digits_of, for_scripts
from himaya.languages.interface import for_page
from himaya.publish.assignment import activities_file
from himaya.publish.document import document, shown_text
from himaya.publish.edition import Edition
from himaya.publish.main import folded_note, open_link, path_note
from himaya.publish.page import module_page
from himaya.translation.translated import load_in, translated_course
from himaya_server.classroom.built_pages import ABOUT, Pages, read_about, read_pages
from himaya_server.font import font_rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from himaya.content.load import LoadedModule
    from himaya.course.course import Course
    from himaya.publish.page_code import Code

_PLACE = '<div class="himaya" id="himaya-class"></div>'


def write_class_pages(
    course: Course, folder: Path, modules: Path, target: Path, code: Mapping[str, Code], on: date
) -> Pages:
    """Write `target/<course>/<build>/<language>/` and return what was written.

    Args:
        course: The course, in English.
        folder: Its folder, with overview.md.
        modules: Folder of the modules.
        target: Where the pages of all courses lie.
        code: What the `module` page, the `home` and the `door` run on.
        on: The day of the build, which decides which local facts are shown.
    """
    sent = font_rule("/class/font/")
    code = {kind: replace(each, styles=sent + each.styles) for kind, each in code.items()}
    texts: dict[str, str] = {}
    about: dict[str, Any] = {"languages": course.languages, "digits": course.digits}
    overview = (folder / "overview.md").read_text(encoding="utf-8")
    for language in course.languages:
        shown = translated_course(course, overview, folder, language)[0]
        edition = Edition(shown, {"module": code["module"]}, language, on, languages=course.languages)
        whole = (course.taught(load_in(modules / name, language, course.digits)) for name in course.modules)
        parts = (part for each in whole for part in parts_to_build(each, course.paths.get(each.module.id, ())))
        loaded = [part for part in parts if _is_open(folder, part.module.id)]
        for module in loaded:
            texts[f"{language}/{module.module.id}.html"] = module_page(edition, module)
        texts[f"{language}/index.html"] = _home(edition, code["home"], loaded)
        texts[f"{language}/door.html"] = door_page(edition, code["door"])
        if language == course.languages[0]:
            about["modules"] = [each.module.id for each in loaded]
            about["activities"] = {each.module.id: activities_file(each, course.id)["activities"] for each in loaded}
    texts[ABOUT] = json.dumps(about, ensure_ascii=False)
    build = hashlib.sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()[:12]
    place = target / course.id / build
    if read_about(place / ABOUT) is None:
        shutil.rmtree(place, ignore_errors=True)  # half of it, from a build that was killed
        for name, text in texts.items():  # the last one says that all are on the disk
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            write_whole(place / name, text.encode(), 0o644)
    (place / ABOUT).touch()  # the newest build is the one that was made last
    return read_pages(target, course.id)


def _is_open(course: Path, assignment: str) -> bool:
    """Return whether a class sees it: a second safety form is opened by the trainer."""
    return not is_second_form(assignment) or (course / "release" / assignment).is_dir()


def _home(edition: Edition, code: Code, loaded: Sequence[LoadedModule]) -> str:
    course = edition.course
    cards = "".join(_card(edition, module) for module in loaded)
    main = (
        f'<section id="start"><h1>{shown_text(course.title)}</h1><p>{shown_text(course.summary)}</p>'
        f'<p class="facts">{edition.say("training-notice")}</p>{_PLACE}</section>{cards}'
    )
    titles = {module.module.id: module.module.title for module in loaded}
    data = {**_data(edition, code), "titles": titles}
    return document(replace(edition, code={"index": code}), "index", course.title, main, data, "index.html")


def _card(edition: Edition, loaded: LoadedModule) -> str:
    module = loaded.module
    return (
        f'<section class="card"><h2>{shown_text(module.title)}</h2>'
        f'<p class="facts">{edition.time(lesson_minutes(module))} '
        f'<span data-owner="{edition.owner(module.id)}"></span></p>'
        f"{open_link(edition, module)}{path_note(edition, loaded)}"
        f"<p>{shown_text(module.summary)}</p>{folded_note(edition, loaded)}</section>"
    )


def door_page(edition: Edition, code: Code) -> str:
    """Return the page on which people sign in."""
    title = for_page(edition.language)["class-title"]
    main = f'<section id="start"><h1>{edition.say("class-title")}</h1>{_PLACE}</section>'
    return document(replace(edition, code={"index": code}), "index", title, main, _data(edition, code), "door.html")


def _data(edition: Edition, code: Code) -> dict[str, Any]:
    digits = digits_of(edition.language, edition.course.digits)
    sentences = for_page(edition.language, edition.course.digits)
    strings = {key: text for key, text in sentences.items() if key in code.says}
    return {"strings": strings, "facts": for_scripts(), "digits": digits}
