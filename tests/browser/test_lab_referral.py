"""The lab "A way to help" as a trainee meets it: by keyboard alone, on a phone, in Arabic, after a restart."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

from browser.hands import until
from himaya.build.assignment import write_assignment
from himaya.content.load import load_module
from himaya.i18n.translated import translated

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from browser.conftest import Server

ROOT = Path(__file__).parents[2]
MODULE = "gbv-guiding-principles"
LAB = "a-way-to-help"
VIEWS = {"lab": "lab/workspaces/{0}/tree", "notebook": "notebooks", "app": "voila/render"}
_AT = "key => document.activeElement?.closest('.himaya-lab .himaya-key-' + key) !== null"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The module's assignment, cut down to the lab, by language."""
    english = load_module(ROOT / "modules" / MODULE)
    found = {}
    for language in ("en", "ar"):
        folder = write_assignment(translated(english, language), tmp_path_factory.mktemp(language), "core-protection")
        path = folder / f"{MODULE}.ipynb"
        notebook = nbformat.read(path, 4)
        kept = []
        for cell in notebook.cells:
            cell.source = cell.source.split("### BEGIN HIDDEN TESTS")[0].rstrip()
            if cell.cell_type == "code" and (LAB in cell.source or "import" in cell.source):
                kept.append(cell)
        notebook.cells = kept
        nbformat.write(notebook, path)
        found[language] = folder
    return found


def address(server: Server, built: Path, trainee: str, door: str) -> str:
    folder = server.home / "desk" / trainee / MODULE
    if not folder.exists():
        shutil.copytree(built, folder)
    return server.address(f"{VIEWS[door].format(trainee)}/{trainee}/{MODULE}/{MODULE}.ipynb")


def events(server: Server, trainee: str) -> list[dict[str, object]]:
    path = server.home / "desk" / trainee / MODULE / "responses.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def decided(server: Server, trainee: str) -> list[object]:
    return [event["value"] for event in events(server, trainee) if event["type"] == "decide"]


def drawn(page: Page, place: str) -> Page:
    page.goto(place)
    page.wait_for_selector(f".himaya-lab section[data-activity='{LAB}']", timeout=90_000, state="attached")
    return page


def tab_to(page: Page, key: str) -> None:
    """Press Tab until the control of that key has the focus."""
    for _ in range(120):
        if page.evaluate(_AT, key):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not reach '{key}'")


def pick(page: Page, key: str, typed: str) -> None:
    """Choose an entry of a list by typing how it begins."""
    tab_to(page, key)
    page.keyboard.type(typed)
    page.keyboard.press("Tab")


def check(page: Page, *labels: str) -> None:
    tab_to(page, "share")
    for _ in range(len(page.query_selector_all(".himaya-key-share input"))):
        label = page.evaluate("() => document.activeElement.closest('label')?.textContent ?? ''")
        if label.strip() in labels:
            page.keyboard.press("Space")
        page.keyboard.press("Tab")


def press(page: Page, key: str) -> None:
    tab_to(page, key)
    page.keyboard.press("Enter")


def at(page: Page, key: str) -> None:
    """Wait until the focus is there."""
    page.wait_for_function(_AT, arg=key, timeout=10_000)


def test_a_card_is_done_by_keyboard_and_stands_after_a_reload(
    server: Server, built: dict[str, Path], context: BrowserContext
) -> None:
    place = address(server, built["en"], "keys", "notebook")
    page = drawn(context.new_page(), place)
    press(page, "start")
    at(page, "briefing")
    pick(page, "filter-kind", "Health")
    page.wait_for_function("() => document.querySelector('.himaya-key-directory')?.innerText.includes('4 of 20')")
    pick(page, "service", "Health post")
    check(
        page,
        "A first name or a code that the person chose",
        "A safe way and time to reach the person",
        "The kind of help that the person asks for",
    )
    pick(page, "route", "Call from")
    press(page, "send")
    at(page, "follow")
    pick(page, "follow", "Mark the card")
    press(page, "follow-button")
    at(page, "told")
    told = page.inner_text(".himaya-key-told")
    assert "Consent: ✓ Right" in told
    assert "Closed loop: ✗ Not yet" in told
    assert decided(server, "keys") == [
        {"card": "noor", "service": "almond", "share": ["called", "contact", "kind"], "route": "together"},
        {"card": "noor", "follow": "mark-sent"},
    ]
    page.wait_for_selector(".himaya-lab .himaya-status[data-status='saved']")
    page.reload()
    page.wait_for_selector(".himaya-lab .himaya-key-card select", timeout=90_000)
    # The first card that is not done is open: the journal says that Noor's is.
    page.wait_for_function(
        "() => document.querySelector('.himaya-key-card select').selectedOptions[0].text.startsWith('Jian')"
    )
    page.close()


def test_what_is_missing_is_said_at_the_field(server: Server, built: dict[str, Path], context: BrowserContext) -> None:
    page = drawn(context.new_page(), address(server, built["en"], "missing", "lab"))
    press(page, "start")
    at(page, "briefing")
    press(page, "send")
    at(page, "service")
    alert = page.wait_for_selector(".himaya-lab .himaya-error [role='alert']")
    assert alert is not None
    assert alert.inner_text() == "Choose a service, or one of the two honest answers."
    control = page.locator(".himaya-key-service select")
    until(lambda: control.get_attribute("aria-invalid") == "true", 5, "the field is marked")
    assert decided(server, "missing") == []
    page.close()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_on_a_phone_nothing_is_wider_than_the_screen(
    server: Server, built: dict[str, Path], phone: BrowserContext, language: str
) -> None:
    page = drawn(phone.new_page(), address(server, built[language], f"phone-{language}", "app"))
    page.locator(".himaya-key-start").tap()
    page.locator(".himaya-lab .himaya-service summary").first.tap()
    assert page.locator(".himaya-lab").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    wide = page.evaluate(
        "() => [...document.querySelectorAll('.himaya-lab *')]"
        ".filter(e => e.getBoundingClientRect().width > innerWidth).map(e => e.className)"
    )
    assert wide == []
    small = page.evaluate(
        "() => [...document.querySelectorAll('.himaya-lab :is(button, select, summary, .widget-checkbox label)')]"
        ".filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.textContent)"
    )
    assert small == []
    page.close()


@pytest.mark.alone
def test_it_answers_a_change_within_200_milliseconds(
    server: Server, built: dict[str, Path], context: BrowserContext
) -> None:
    page = drawn(context.new_page(), address(server, built["en"], "quick", "app"))
    page.locator(".himaya-key-start").click()
    page.wait_for_selector(".himaya-lab .himaya-key-card select")
    times = page.evaluate(
        """async () => {
          const select = document.querySelector('.himaya-key-card select');
          const text = document.querySelector('.himaya-lab .himaya-key-text');
          const times = [];
          for (let n = 0; n < 15; n++) {
            const before = text.innerText, began = performance.now();
            select.selectedIndex = (select.selectedIndex + 1) % 8;
            select.dispatchEvent(new Event('change', {bubbles: true}));
            while (text.innerText === before) await new Promise(requestAnimationFrame);
            times.push(performance.now() - began);
          }
          return times.sort((a, b) => a - b);
        }"""
    )
    assert times[7] <= 200, times
    page.close()
