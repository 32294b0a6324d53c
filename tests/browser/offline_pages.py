"""Pages that need no server, written once, and a plain web server for those that travel."""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from himaya.course.course import load_course
from himaya.publish.edition import Edition
from himaya.publish.page import alone, index_page, module_page, scenario_page
from himaya_widgets.player import page_code
from tests.browser.activity_stages import answer
from tests.browser.conftest import MODULE, ROOT
from tests.browser.user_actions import activity, wait_true
from tests.build.arabic import in_arabic_letters
from tests.shipped import a_scenario, an_activity
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    from himaya.content.load import LoadedModule

OWNER = f"core-protection/{MODULE}"
SCENARIO = a_scenario(MODULE, "practice").id
CHOICE = "one-promise"
REFLECTION = an_activity("text", MODULE, "graded").id
_ROWS = """async owner => {
  const asked = indexedDB.open(`himaya:${owner}`);
  const database = await new Promise(resolve => { asked.onsuccess = () => resolve(asked.result); });
  const request = database.transaction("rows").objectStore("rows").getAll();
  const rows = await new Promise(resolve => { request.onsuccess = () => resolve(request.result); });
  database.close();
  return rows;
}"""


def write(loaded: LoadedModule, folder: Path, *, practice: bool = False, language: str = "en") -> Path:
    """Write one module, one scenario and an index of both into `folder` and return it."""
    course = load_course(ROOT / "courses" / "core-protection")
    shown = loaded if language == "en" else in_arabic_letters(loaded)
    edition = Edition(course, page_code(), language, practice=practice, languages=("en", "ar"))
    (folder / "scenarios").mkdir(parents=True)
    scenario: Any = shown.activities[SCENARIO]
    pages = {
        f"{MODULE}.html": module_page(edition, shown),
        f"scenarios/{SCENARIO}.html": scenario_page(edition, shown, scenario),
    }
    names = [each.id for each in alone(shown)]
    sizes = {name: len(text.encode()) for name, text in pages.items()} | {f"scenarios/{name}.html": 1 for name in names}
    pages["index.html"] = index_page(edition, [shown], sizes)
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@dataclass
class Site:
    """A plain web server.

    Attributes:
        folder: What it serves.
        address: Of its root, with a slash at the end.
        asked: Every path that was asked for.
    """

    folder: Path
    address: str
    asked: list[str]


@contextmanager
def served(folder: Path) -> Iterator[Site]:
    """Serve a folder on this machine."""
    asked: list[str] = []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            asked.append(self.path)

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Site(folder, f"http://127.0.0.1:{server.server_port}/", asked)
    finally:
        server.shutdown()
        server.server_close()


def ready(page: Page, address: str) -> Page:
    """Open a module's page and wait until everything is drawn."""
    page.goto(address)
    wait_for(page.locator("html[data-ready]").first)
    return page


def go_to(page: Page, name: str) -> None:
    """Show the step of a module's page that holds an activity or has this name."""
    page.evaluate("name => { location.hash = name; }", name)
    wait_for(page.locator(f'[id="{name}"], [data-show="{name}"]'), state="visible")


def show_all(page: Page) -> None:
    """Show every step and all that is looked up at once."""
    page.evaluate("for (const step of document.querySelectorAll('.step')) step.hidden = false")
    page.evaluate("document.querySelector('.drawer')?.show()")


def look_up(page: Page) -> None:
    """Open the drawer with the search."""
    page.locator('[data-key="look-up"]').click()


def open_languages(page: Page) -> None:
    """Open the languages in the header of a step."""
    page.locator(".himaya-menu summary").click()


@contextmanager
def at_the_answers(page: Page) -> Iterator[None]:
    """Show the box with the answers, and afterwards the step that was shown before."""
    before = page.evaluate("location.hash.slice(1) || 'start'")
    go_to(page, "answers")
    yield
    go_to(page, before)


def page_of(site: Site, edition: str = "en") -> str:
    """Return the address of the module's page in one of the folders of a site."""
    return f"{site.address}{edition}/{MODULE}.html"


def pick(page: Page, whole: Any, *, right: bool = True, name: str = CHOICE) -> None:
    """Answer a question, right or wrong."""
    go_to(page, name)
    answer(page, activity(page, name), whole[name], right=right)


def rows(page: Page, owner: str = OWNER) -> list[dict[str, Any]]:
    """Return what the browser has on its disk."""
    return list(page.evaluate(_ROWS, owner))


def view(section: Locator) -> dict[str, Any]:
    """Return what an activity shows, as its engine says."""
    return dict(section.evaluate("it => it.himaya.view()"))


def saved(page: Page) -> list[dict[str, Any]]:
    """Press the button and return the rows of the file it writes."""
    with at_the_answers(page), page.expect_download() as download:
        page.locator('[data-key="save"]').click()
    name = download.value.suggested_filename
    assert re.fullmatch(rf"{MODULE}-\d{{4}}-\d\d-\d\d\.jsonl", name)
    text = download.value.path().read_text(encoding="utf-8")
    assert page.locator(".himaya-told").inner_text().startswith(f"Saved as the file {name}, with your answers to ")
    return [json.loads(line) for line in text.splitlines()]


def restore(page: Page, folder: Path, data: bytes) -> str:
    """Bring back a file, written into `folder` first, and return what the page says of it."""
    told = page.locator(".himaya-told")
    told.evaluate("it => { it.textContent = ''; }")
    (folder / "responses.jsonl").write_bytes(data)
    page.locator("#himaya-restore").set_input_files(folder / "responses.jsonl")
    wait_true(page, "() => document.querySelector('.himaya-told').textContent !== ''")
    return told.inner_text()
