"""What doors say of a draft: the whole module, the parts that are open, the lesson that starts there, a local fact."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from himaya.course.course import Course
from himaya.languages.interface import interface, sentence
from himaya.publish.apps import write_apps
from himaya.publish.assignment import activities_file, compile_module, other_language
from himaya.publish.drafts import drafts_of
from himaya.publish.edition import Edition
from himaya.publish.notebook import build_notebook, reader_of
from himaya.publish.page import index_page, module_page, scenario_page
from himaya.translation.domains import module_domain
from himaya.translation.translated import load_in
from himaya_autograde.feedback.page import feedback_page
from himaya_autograde.gradebook import Marks
from himaya_autograde.keys import read_keys, write_keys
from himaya_widgets.player import page_code
from tests.i18n.pseudo import write_pseudo

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.content.load import LoadedModule
    from tests.signoff.conftest import Desk

COURSE = Course(id="a-course", title="A", summary="A.", modules=["sound-module"], pass_mark=80, languages=["en"])
LESSONS = """\
lessons:
  - {id: talk, title: A first talk, minutes: 5, starts: A first talk}
  - {id: walk, title: The short walk, minutes: 5, starts: short-walk}
  - {id: ask, title: Questions, minutes: 5, starts: who-first}
reference: [Words you need]
"""
SHORT = sentence("draft-short")
WHOLE = sentence("draft-note")


@pytest.fixture
def lessons(desk: Desk) -> Desk:
    """Return the repository with a module that has lessons."""
    path = desk.module / "module.yaml"
    path.write_text(f"{path.read_text()}\n{LESSONS}", encoding="utf-8")
    write_pseudo(module_domain(desk.module), desk.module / "locale")
    return desk


def reword(desk: Desk) -> None:
    """Change one string of the lesson with the walk."""
    path = desk.module / "scenarios" / "short-walk.yaml"
    setting = desk.loaded().activities["short-walk"].setting
    path.write_text(path.read_text().replace(setting.split(".")[0], f"{setting.split('.')[0]} today", 1))


def doors(loaded: LoadedModule, target: Path) -> dict[str, str]:
    """Return what a trainee reads in each door of a module and of its walk."""
    edition = Edition(COURSE, page_code(), loaded.language, languages=("en", "ar"))
    walk = loaded.activities["short-walk"]
    apps = write_apps([loaded], target)
    notebook = build_notebook(loaded, compile_module(loaded))
    sizes = {"sound-module.html": 1, "scenarios/short-walk.html": 1}
    pages = {
        "page": module_page(edition, loaded),
        "index": index_page(edition, [loaded], sizes),
        "walk": scenario_page(edition, loaded, walk),
    }
    short = sentence("draft-short", loaded.language)
    return {
        **{name: page.partition("<body")[2].partition("<script")[0] for name, page in pages.items()},
        "notebook": "\n".join(cell.source for cell in notebook.cells),
        "switched": "\n".join(other_language(loaded)["prose"].values()),
        **{f"app of {app.name}": app.notebook.read_text(encoding="utf-8") for app in apps},
        **{f"group of {app.name}": app.group.read_text(encoding="utf-8") for app in apps if app.group},
        "gallery": " ".join(f"{app.name} {short}" if app.draft else app.name for app in apps),
    }


def test_unsigned_module_is_a_draft_in_every_door(lessons: Desk, tmp_path: Path) -> None:
    for name, text in doors(lessons.loaded(), tmp_path / "apps").items():
        assert (SHORT if name in ("index", "gallery") else WHOLE) in text, name
    assert activities_file(lessons.loaded())["draft_lessons"] == (), "the cover says so for all"


def test_signed_module_is_a_draft_in_no_door(lessons: Desk, tmp_path: Path) -> None:
    lessons.take(lessons.findings())
    for name, text in doors(lessons.loaded(), tmp_path / "apps").items():
        assert "Draft" not in text, name
    assert activities_file(lessons.loaded())["draft"] is False


def test_signed_english_leaves_arabic_a_draft(lessons: Desk, tmp_path: Path) -> None:
    lessons.take(lessons.findings())
    short, machine = sentence("draft-short", "ar"), sentence("draft-translation", "ar")
    for name, text in doors(load_in(lessons.module, "ar"), tmp_path / "apps").items():
        assert (short if name in ("index", "gallery") else machine) in text, name
        assert sentence("draft-note", "ar") not in text, name
    lessons.take(lessons.findings("ar"))
    for name, text in doors(load_in(lessons.module, "ar"), tmp_path / "signed").items():
        assert short not in text, name
        assert machine not in text, name


def test_changed_string_makes_one_lesson_a_draft(lessons: Desk, tmp_path: Path) -> None:
    lessons.take(lessons.findings())
    reword(lessons)
    drafts = drafts_of(lessons.loaded())
    assert drafts.notes == (sentence("draft-parts", parts="The short walk"),)
    assert (drafts.lessons, drafts.activities) == (("walk",), ("short-walk",))
    assert activities_file(lessons.loaded())["draft_lessons"] == ("walk",)
    shown = doors(lessons.loaded(), tmp_path / "apps")
    for name, text in shown.items():
        assert name in ("index", "gallery") or "parts: The short walk." in text, name
    assert shown["notebook"].count(f"> **The short walk** · {SHORT}") == 1
    assert shown["notebook"].index(SHORT) < shown["notebook"].index('show("short-walk")')


def test_other_activity_of_a_part_signed_is_no_draft(lessons: Desk) -> None:
    lessons.take(lessons.findings())
    reword(lessons)
    assert drafts_of(lessons.loaded(), "short-walk")
    assert not drafts_of(lessons.loaded(), "who-first")


def test_changed_translation_makes_one_lesson_a_draft(lessons: Desk) -> None:
    lessons.take(lessons.findings())
    lessons.take(lessons.findings("ar"))
    stem = load_in(lessons.module, "ar").activities["short-walk"].setting
    po = lessons.module / "locale" / "ar.po"
    po.write_text(po.read_text().replace(stem[:12], f"ثم {stem[:12]}"))
    drafts = drafts_of(load_in(lessons.module, "ar"))
    assert drafts.lessons == ("walk",)
    title = load_in(lessons.module, "ar").module.lessons[1].title
    assert drafts.notes == (sentence("draft-translation-parts", "ar", parts=title),)
    assert not drafts_of(lessons.loaded())


def test_feedback_names_the_lesson_that_is_open(lessons: Desk, tmp_path: Path) -> None:
    lessons.take(lessons.findings())
    reword(lessons)
    write_keys(lessons.loaded(), tmp_path)
    keys = read_keys(tmp_path, "sound-module")
    assert "parts: The short walk." in feedback_page(keys, [], Marks({}), COURSE, interface())
    assert keys["module"]["draft_activities"] == ["short-walk"]
    lessons.take(lessons.findings(parts=["walk"]))
    write_keys(lessons.loaded(), tmp_path)
    assert "Draft" not in feedback_page(read_keys(tmp_path, "sound-module"), [], Marks({}), COURSE, interface())


def test_local_fact_is_a_draft_until_signed(desk: Desk) -> None:
    country = desk.base / "courses" / "country.yaml"
    checked = "status: checked\n    last_checked: 2026-11-20\n    checked_by: course administrator"
    country.write_text(country.read_text().replace("status: verify", checked))
    path = desk.module / "module.md"
    path.write_text(path.read_text().replace("Then you wait", "The law is this: [country: law]. Then you wait"))

    def shown() -> str:
        reader = reader_of(desk.loaded(), date(2026, 11, 28))
        return reader.read("[country: law]")

    assert "draft" in shown()
    desk.take(desk.findings(parts=["facts"]))
    assert "draft" not in shown()
    country.write_text(country.read_text().replace("Law No. 8", "Law No. 9"))
    assert "draft" in shown()
