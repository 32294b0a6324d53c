"""The list of lessons of a notebook: one lesson at a time, found again, and nothing of it in the cells."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from himaya.content.forms import without_forms
from himaya.content.load import load_module
from himaya.languages.interface import sentence
from himaya.publish.assignment import compile_module
from tests.browser.accessibility import violations
from tests.browser.activity_stages import answer, push
from tests.browser.conftest import MODULE, ROOT
from tests.browser.user_actions import activity, focused, until, wait_saved
from tests.lanes import sampled
from tests.waiting import wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Locator, Page

    from tests.browser.conftest import Server

pytestmark = pytest.mark.proof

_NO_LIST = """Object.defineProperty(globalThis, "himayaLessons", {
  get: () => () => { throw new Error("no list"); }, set() {} });"""
_KEYS = "Object.keys(localStorage).filter(key => key.includes('lesson'))"
SIXTH = 740 / 6
"""Pixels of a phone's height that what stays in sight may take."""
_DRAWN = "Array.from(document.querySelectorAll('section.himaya[data-activity]'), it => it.dataset.activity)"
_NAMES = """() => Array.from(document.querySelectorAll("section.himaya[data-activity]"))
  .filter(it => it.checkVisibility()).map(it => it.dataset.activity)"""


def _open(server: Server, context: BrowserContext, door: str, trainee: str) -> tuple[Page, Locator]:
    page = context.new_page()
    page.goto(server.door(door, trainee))
    known = json.loads((server.home / "desk" / server.path_of(trainee) / MODULE / "activities.json").read_text("utf-8"))
    until(lambda: {*page.evaluate(_DRAWN)} >= {*known["activities"]}, "all activities to be drawn, folded or not")
    wait_for(page.locator("section.himaya-handin").first, state="attached")
    return page, page.locator(".himaya-lessons select")


def _cell_below(page: Page, lesson: dict[str, Any]) -> None:
    """Go from a lesson's first cell, which is to be the active one, to the next cell of text by the keyboard."""
    page.locator(".jp-Notebook .jp-Cell.jp-mod-active", has_text=lesson["title"]).focus()
    page.keyboard.press("ArrowDown")


def _lessons(folder: Path) -> list[dict[str, Any]]:
    """Return the lessons with something to do, as the release says them."""
    found: list[dict[str, Any]] = json.loads((folder / "activities.json").read_text(encoding="utf-8"))["lessons"]
    return found


@pytest.mark.parametrize("door", sampled(["notebook"], ["lab"]))
def test_list_moves_between_lessons(server: Server, context: BrowserContext, door: str) -> None:
    folder = server.new_trainee(f"lessons-{door}")
    cells = [cell["source"] for cell in json.loads((folder / f"{MODULE}.ipynb").read_text(encoding="utf-8"))["cells"]]
    first, second, *_ = _lessons(folder)
    page, chosen = _open(server, context, door, f"lessons-{door}")
    everything = page.evaluate(_NAMES)
    assert set(first["activities"]) < set(everything), "nothing is folded before somebody chooses"
    chosen.select_option(label=first["title"])
    _cell_below(page, first)
    assert page.evaluate(_NAMES) == first["activities"], "an arrow key goes on in the lesson that was chosen"
    assert violations(page, ".himaya-lessons") == []
    following = page.locator('.himaya-lessons [data-key="next"]')
    while second["title"] not in chosen.locator("option:checked").inner_text():
        following.click()
    assert page.evaluate(_NAMES) == second["activities"]
    page.locator(".jp-tocItem-content", has_text=sentence("sources")).click()
    until(lambda: page.evaluate(_NAMES) == [], "what is folded to be shown by the table of contents")
    chosen.select_option(label=second["title"])
    page.locator('.himaya-lessons [data-key="previous"]').click()
    at = chosen.input_value()
    path = f"{server.path_of(f'lessons-{door}')}/{MODULE}/{MODULE}.ipynb"
    assert page.evaluate(_KEYS) == [f"himaya:/{path}:lesson"], "the address of a person's own server comes first"
    page.close()
    page, chosen = _open(server, context, door, f"lessons-{door}")
    assert chosen.input_value() == at, "one press leads back to the lesson"
    _cell_below(page, first)
    assert chosen.input_value() == at
    chosen.select_option(label=sentence("app-kind-module"))
    assert page.evaluate(_NAMES) == everything
    now = [cell["source"] for cell in json.loads((folder / f"{MODULE}.ipynb").read_text(encoding="utf-8"))["cells"]]
    assert now == cells
    page.close()


def test_closed_notebook_hears_nothing(server: Server, context: BrowserContext) -> None:
    server.new_trainee("lessons-closed")
    page, _ = _open(server, context, "lab", "lessons-closed")
    watched = context.new_cdp_session(page)

    def heard() -> set[str]:
        of = watched.send("Runtime.evaluate", {"expression": "document"})["result"]["objectId"]
        listeners = watched.send("DOMDebugger.getEventListeners", {"objectId": of})["listeners"]
        return {each["type"] for each in listeners if each["type"].startswith("himaya-")}

    assert heard() > {"himaya-go", "himaya-language", "himaya-leave"}
    until(lambda: page.locator("li.jp-mod-dirty").count() == 0, "everything is saved")
    page.locator(".lm-DockPanel-tabBar .lm-mod-current .lm-TabBar-tabCloseIcon").click()
    wait_for(page.locator(".himaya-notebook"), state="detached")
    until(lambda: heard() == set(), "its listeners to be gone, with what they hold")
    page.close()


def test_focus_stays_at_both_ends_of_the_list(server: Server, context: BrowserContext) -> None:
    server.new_trainee("lessons-ends")
    page, chosen = _open(server, context, "notebook", "lessons-ends")
    whole, first, *_, last = chosen.locator("option").evaluate_all("them => them.map(it => it.value)")
    for start, key, end in ((int(first) + 1, "previous", first), (int(last) - 1, "next", last)):
        chosen.select_option(value=str(start))
        page.locator(f'.himaya-lessons [data-key="{key}"]').focus()
        page.keyboard.press("Enter")
        assert (chosen.input_value(), focused(page)[1]) == (end, "lesson"), "a disabled button holds no focus"
    chosen.select_option(value=whole)
    assert page.evaluate(_KEYS) == [], "what is not chosen is not remembered"
    page.close()


def test_finished_lesson_is_ticked(server: Server, context: BrowserContext) -> None:
    folder = server.new_trainee("lessons-ticked")
    whole = compile_module(without_forms(load_module(ROOT / "modules" / MODULE)))
    lesson = next(
        each
        for each in _lessons(folder)
        if all(whole[name]["kind"] == "choice" and whole[name]["mode"] == "practice" for name in each["activities"])
    )
    page, chosen = _open(server, context, "notebook", "lessons-ticked")
    chosen.select_option(label=lesson["title"])
    for name in lesson["activities"]:
        here = activity(page, name)
        answer(page, here, whole[name], right=True)
        push(page, here, "check")
        wait_saved(page, name)
    ticked = f"✓ {lesson['title']} ({sentence('done')})"
    until(lambda: chosen.locator("option:checked").inner_text() == ticked, "the tick of a finished lesson")
    page.close()
    page, chosen = _open(server, context, "notebook", "lessons-ticked")
    until(lambda: chosen.locator("option:checked").inner_text() == ticked, "the tick of what was finished before")
    page.close()
