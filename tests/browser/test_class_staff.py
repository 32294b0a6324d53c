"""Staff of a class at their pages, and somebody without a camera at the door, on a phone in two directions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from himaya.course.course import load_course
from himaya.publish.edition import Edition
from himaya.translation.translated import translated_course
from himaya_server.classroom.pages import door_page
from himaya_server.classroom.passwords import hashed
from himaya_server.classroom.store import open_store
from himaya_widgets.player import class_code
from tests.browser.accessibility import clipped, small_targets, violations
from tests.browser.conftest import ROOT
from tests.browser.user_actions import until, wait_true
from tests.classroom.running import RunningService
from tests.classroom.test_store import made, signed_in
from tests.waiting import wait_for, wait_for_address

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from himaya_server.classroom.store import Store

pytestmark = pytest.mark.proof

COURSE = ROOT / "courses" / "core-protection"
CODE = "4821739506"
MODULE = "case-management"
# Not by `document.fonts.ready`: a page that draws nothing just now never lays itself out, and waits for ever.
_FACES = "wanted => document.body.offsetHeight > 0 && Array.from(document.fonts, (it) => it.status).join() === wanted"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return a class of three with a trainer; the second has answered and asks with another device."""
    opened = open_store(tmp_path / "class" / "class.db")
    opened.make_class("north", "North, autumn", "core-protection")
    for language in ("ar", "en", "ckb"):
        opened.enrol("north", language)
    opened.set_staff("amal", hashed("a long password"), "north")
    second = opened.people("north")[1].id
    token = opened.new_card(second, "trainer")
    signed_in(opened, token)
    opened.sign_in(token)
    opened.put(second, MODULE, [made(number) for number in range(12)])
    yield opened
    opened.close()


@pytest.fixture
def running(store: Store, tmp_path: Path) -> Iterator[RunningService]:
    """Return a service with a real door in two languages."""
    started = RunningService(store, tmp_path / "pages")
    course, overview = load_course(COURSE), (COURSE / "overview.md").read_text(encoding="utf-8")
    code = class_code()
    for language in ("en", "ar"):
        shown = translated_course(course, overview, COURSE, language)[0]
        day = started.service.today()
        edition = Edition(shown, {"module": code["module"]}, language, day, languages=["en", "ar"])
        (tmp_path / "pages" / language / "door.html").write_text(door_page(edition, code["door"]), encoding="utf-8")
    yield started
    started.stop()


def looked_at(page: Page) -> None:
    """Hold a page against what everybody needs of it."""
    assert clipped(page, "main") == []
    assert small_targets(page, "main") == []
    assert violations(page, "main") == []


def notes(store: Store, person: int) -> set[str]:
    """Return what was done with an account."""
    return {note.what for note in store.notes(person)}


@pytest.mark.parametrize("language", ["en", "ar"])
def test_trainer_lets_in_and_makes_a_card(
    running: RunningService, store: Store, chromium: Browser, language: str
) -> None:
    _, second, third = (person.id for person in store.people("north"))
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale=language)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{running.port}/class/staff")
    looked_at(page)
    wait_true(page, _FACES, {"en": "unloaded", "ar": "loaded"}[language])
    page.fill("[name=login]", "amal")
    page.fill("[name=password]", "a long password")
    page.click("button.main")
    wait_for_address(page, f"**/class/staff/{language}/c/north")
    looked_at(page)
    page.locator("form:has([value='let-in']) button").click()
    until(lambda: "device-allowed-by" in notes(store, second), "the device is let in")
    page.locator(f"#p{third} summary").click()
    page.locator(f"#p{third} form:has([value='new-card']) button").click()
    wait_for(page.locator(".printed"))
    assert page.locator(".printed svg").is_visible()
    assert len(re.findall(r"\d", page.locator(".printed").inner_text())) >= 10
    assert "first-card" in notes(store, third)
    page.locator("form[action$='/out'] button").click()
    wait_for(page.locator("[name=password]"))
    context.close()


def test_phone_without_a_camera_signs_in(running: RunningService, store: Store, phone: BrowserContext) -> None:
    first = store.people("north")[0].id
    store.new_card(first, "trainer", running.codes.kept(first, CODE))
    page = phone.new_page()
    page.goto(f"http://127.0.0.1:{running.port}/class/")
    page.locator("#himaya-class summary").first.click()  # the other one is for joining
    looked_at(page)
    for code, room in ((CODE[::-1], "0000"), ("٤٨٢ ١٧٣ ٩٥٠٦", running.codes.room("north", running.service.today()))):
        page.fill("[name=number]", str(first))
        page.fill("[name=code]", code)
        page.fill("[name=room]", room)
        page.locator("[data-key=enter]").click()
        if room == "0000":
            wait_for(page.locator("#himaya-class [role=alert]:not(:empty)"))
    wait_for_address(page, "**/ar/index.html")
    assert "signed-in" in notes(store, first)
