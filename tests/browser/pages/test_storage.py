"""A module's page when the browser's storage fails in the middle: no answer is lost, and words say what is so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from himaya.languages.interface import sentence
from tests.browser.activity_stages import answer
from tests.browser.conftest import MODULE
from tests.browser.offline_pages import OWNER, SCENARIO, Site, go_to, ready, restore, rows, saved, served, view, write
from tests.browser.user_actions import activity, pick_radio, press, until, wait_saved
from tests.lanes import sampled
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

    from himaya.content.load import LoadedModule

CHOICE, OTHER = "one-promise", "plan-owner"


@pytest.fixture(scope="module")
def site(loaded: LoadedModule, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = write(loaded, tmp_path_factory.mktemp("storage"))
    with served(folder) as site:
        yield site


def _open(site: Site, context: BrowserContext) -> Page:
    return ready(context.new_page(), f"{site.address}{MODULE}.html")


def _pick(page: Page, whole: Any, name: str) -> None:
    go_to(page, name)
    answer(page, activity(page, name), whole[name], right=True)


def test_restore_keeps_another_tabs_answers(site: Site, context: BrowserContext, tmp_path: Path) -> None:
    """What it writes while a file is brought back."""
    one, other = _open(site, context), _open(site, context)
    file = {"id": "f" * 24, "activity": OTHER, "type": "begin", "turn": 0, "time": "2026-01-01T00:00:00.000Z"}
    # The other tab's answer arrives just when this one has looked what is there.
    one.evaluate(
        """() => {
          const getAll = IDBObjectStore.prototype.getAll;
          IDBObjectStore.prototype.getAll = function (...more) {
            const asked = getAll.apply(this, more);
            asked.addEventListener("success", () => globalThis.looked?.());
            return asked;
          };
          globalThis.looked = () => new BroadcastChannel("tests").postMessage("now");
        }"""
    )
    other.evaluate(
        """owner => {
          new BroadcastChannel("tests").onmessage = () => {
            if (globalThis.written) return;
            globalThis.written = true;
            const asked = indexedDB.open(`himaya:${owner}`);
            asked.onsuccess = () => {
              const row = { id: "e".repeat(24), activity: "one-promise", type: "begin", turn: 0 };
              asked.result.transaction("rows", "readwrite").objectStore("rows").add(row);
            };
          };
        }""",
        OWNER,
    )
    restore(one, tmp_path, json.dumps(file).encode())
    until(lambda: {row["id"][0] for row in rows(one)} == {"e", "f"}, "both are there")


def test_lost_storage_is_reported_and_file_complete(site: Site, context: BrowserContext, whole: Any) -> None:
    page = _open(site, context)
    _pick(page, whole, CHOICE)
    wait_saved(page, CHOICE)
    origin = site.address.rstrip("/")
    tools = context.new_cdp_session(page)
    tools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "indexeddb,local_storage"})
    _pick(page, whole, OTHER)
    until(lambda: "keeps no answers" in activity(page, OTHER).inner_text(), "it says that nothing is kept")
    assert {row["activity"] for row in saved(page)} == {CHOICE, OTHER}


def test_module_opens_though_storage_never_answers(site: Site, context: BrowserContext, whole: Any) -> None:
    context.add_init_script("IDBFactory.prototype.open = () => ({})")
    page = context.new_page()
    page.clock.install()
    page.goto(f"{site.address}{MODULE}.html")
    page.clock.fast_forward(11_000)
    wait_for(page.locator("html[data-ready]").first)
    assert sentence("page-forbidden") in page.locator("#himaya-warning").inner_text()
    _pick(page, whole, CHOICE)
    assert view(activity(page, CHOICE))["answered"]


def test_failed_removal_is_reported(site: Site, context: BrowserContext, whole: Any) -> None:
    page = _open(site, context)
    _pick(page, whole, CHOICE)
    wait_saved(page, CHOICE)
    page.evaluate("() => { IDBObjectStore.prototype.clear = () => { throw new DOMException('no', 'UnknownError'); }; }")
    go_to(page, "answers")
    page.locator('[data-key="erase"]').click()
    page.locator('[data-key="erase-now"]').click()
    until(lambda: page.locator(".himaya-told").inner_text() == sentence("not-forgotten"), "it says so")
    assert len(rows(page)) == 2


def test_removing_module_answers_includes_scenarios(site: Site, context: BrowserContext) -> None:
    page = ready(context.new_page(), f"{site.address}scenarios/{SCENARIO}.html")
    press(page, SCENARIO, "start")
    pick_radio(page, SCENARIO, "room-now")
    page = ready(context.new_page(), f"{site.address}scenarios/{SCENARIO}.html#group")
    press(page, SCENARIO, "start")
    alone = [f"alone/{OWNER}", f"alone/{OWNER}:group"]
    until(lambda: all(rows(page, owner) for owner in alone), "both are kept")
    ready(page, f"{site.address}{MODULE}.html")
    go_to(page, "answers")
    page.locator('[data-key="erase"]').click()
    with page.expect_navigation():
        page.locator('[data-key="erase-now"]').click()
    wait_for(page.locator("html[data-ready]").first)
    assert [rows(page, owner) for owner in alone] == [[], []]


def _play(page: Page, choice: str | None = None) -> None:
    """Start the scenario, or take one choice of it and go on."""
    here = activity(page, SCENARIO)
    if choice is None:
        here.locator('[data-key="start"]').click()
        return
    here.locator(f'[data-key="pick-{choice}"]').check()
    here.locator('[data-key="choose"]').click()


@pytest.mark.parametrize("hears", [True, False], ids=["at once", "after sleeping"])
def test_scenario_tabs_continue_each_other(site: Site, context: BrowserContext, *, hears: bool) -> None:
    address = f"{site.address}scenarios/{SCENARIO}.html"
    one, other = context.new_page(), context.new_page()
    if not hears:
        one.add_init_script("delete globalThis.BroadcastChannel")
    for page in (one, other):
        ready(page, address)
    _play(other)
    _play(other, "room-now")
    seen = view(activity(other, SCENARIO))
    if not hears:
        _play(one)  # it still shows the beginning
    until(lambda: view(activity(one, SCENARIO)) == seen, "the other tab follows")
    other.reload()
    wait_for(other.locator("html[data-ready]").first)
    assert view(activity(other, SCENARIO)) == seen


def test_unwritable_storage_keeps_in_memory_answers(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    page.add_init_script(
        "IDBObjectStore.prototype.add = () => { throw new DOMException('full', 'QuotaExceededError'); }"
    )
    ready(page, f"{site.address}scenarios/{SCENARIO}.html")
    _play(page)
    _play(page, "room-now")
    seen = view(activity(page, SCENARIO))
    until(lambda: sentence("not-kept") in activity(page, SCENARIO).inner_text(), "it says so")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # looks what is on the disk
    assert rows(page, f"alone/{OWNER}") == []
    assert view(activity(page, SCENARIO)) == seen


_NONSENSE = sampled(
    ["", "9007199254740993", '{"length": 3}', "\ud800", "x" * 100_000],
    [
        *("NaN", "-1", "[[]]", "1e999/1e999"),
        *("x", "1e999", "-1e999", "0.5", "99999999999", "0x10", "null", "{}", "[]"),
        *("[null]", '"abc"', "[5]", "1/0", "-1/-2", "2/1", "/"),
    ],
)


@pytest.mark.parametrize("text", _NONSENSE, ids=lambda text: ascii(text)[:20])
def test_invalid_storage_does_not_stop_drawing(site: Site, context: BrowserContext, whole: Any, text: str) -> None:
    faults: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{site.address}index.html")
    keys = [
        f"himaya:{OWNER}:{name}" for name in ("seed", "version", "place", "seen", "progress", f"{CHOICE}:abcdefgh1234")
    ]
    keys += ["himaya:language", f"himaya:alone/{OWNER}:{SCENARIO}", f"himaya:{OWNER}:{SCENARIO}:", f"himaya:{OWNER}::"]
    page.evaluate("([keys, text]) => keys.forEach((key) => localStorage.setItem(key, text))", [keys, text])
    ready(page, f"{site.address}{MODULE}.html")
    assert page.locator("section[data-activity]").count() == page.locator("[data-show]").count()
    assert page.locator("#himaya-warning").inner_text() == ""
    _pick(page, whole, CHOICE)
    page.goto(f"{site.address}index.html")
    told = " ".join(page.locator("[data-owner]").all_inner_texts())
    assert not any(word in told for word in ("NaN", "Infinity", "∞"))
    page.goto(f"{site.address}scenarios/{SCENARIO}.html")
    _play(page)
    _play(page, "room-now")
    assert view(activity(page, SCENARIO))["turn"] == 1
    assert isinstance(activity(page, SCENARIO).evaluate("it => it.himaya.events()"), list)
    assert faults == []


def test_oversized_answer_file_is_refused_quickly(
    site: Site, context: BrowserContext, whole: Any, tmp_path: Path
) -> None:
    page = _open(site, context)
    line = '{"id":"%08d","activity":"one-promise","type":"answer","turn":0,"value":["x"]}\n'
    assert "too large" in restore(page, tmp_path, "".join(line % number for number in range(20_001)).encode())
    assert rows(page) == []
    assert restore(page, tmp_path, "".join(line % number for number in range(20_000)).encode()).startswith("Your saved")
    _pick(page, whole, OTHER)
    wait_saved(page, OTHER)
