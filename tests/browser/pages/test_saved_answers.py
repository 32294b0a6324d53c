"""Whatever happens to the browser, a page without a server loses nothing that it said was saved."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from himaya.languages.interface import sentence
from tests.browser.conftest import MODULE, ROOT, _watched
from tests.browser.offline_pages import CHOICE, REFLECTION, go_to, page_of, pick, ready, restore, rows, saved, view
from tests.browser.user_actions import activity, status, steps, until, wait_saved, wait_true
from tests.chromium import CHROMIUM, FLAGS
from tests.waiting import wait_for, wait_for_address

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext

    from tests.browser.offline_pages import Site


# Makes the storage of a page as it was recorded.
_FILL = """async recorded => {
  for (const [key, value] of Object.entries(recorded.localStorage)) localStorage.setItem(key, value);
  const { name, version, store, rows } = recorded.database;
  const asked = indexedDB.open(name, version);
  asked.onupgradeneeded = () => {
    const made = asked.result.createObjectStore(store.name, { autoIncrement: store.autoIncrement });
    for (const index of store.indexes) made.createIndex(index, index, { unique: index === "id" });
  };
  const database = await new Promise(resolve => { asked.onsuccess = () => resolve(asked.result); });
  const written = database.transaction(store.name, "readwrite");
  for (const row of rows) written.objectStore(store.name).add(row);
  await new Promise(resolve => { written.oncomplete = resolve; });
  database.close();
}"""
# Questions with other options since then: the answer stays in the storage, and the page says that the question changed.
_ASKED_ANEW = {"first-consent", "voice-on-the-line"}
# What stands in an activity's fields: the values that are picked, chosen or written.
_FIELDS = """section => (section.himaya.view().rows?.map(row => row.picked) ??
  [...section.querySelectorAll("input, select, textarea")]
    .filter(field => !["radio", "checkbox"].includes(field.type) || field.checked).map(field => field.value)).sort()"""


def test_storage_of_an_earlier_version_keeps_its_answers(site: Site, context: BrowserContext) -> None:
    """Recorded with the pages of commit 5eee1fa: what they kept, and what stood on them when they were opened again."""
    recorded = json.loads((ROOT / "tests" / "baseline" / "page_storage.json").read_text(encoding="utf-8"))
    page = context.new_page()
    page.goto(site.address + "empty")
    page.evaluate(_FILL, recorded)
    ready(page, page_of(site))
    for name, values in recorded["fields"].items():
        if name in _ASKED_ANEW:
            assert view(activity(page, name))["changed"], name
            continue
        assert activity(page, name).evaluate(_FIELDS) == values, name
        assert status(page, name) == sentence("saved-here"), name
    for name, order in recorded["order"].items():
        assert steps(page, name) == order
    assert saved(page) == recorded["database"]["rows"]


def test_a_reload_shows_everything_as_it_was(site: Site, context: BrowserContext, whole: Any) -> None:
    page = ready(context.new_page(), page_of(site))
    pick(page, whole)
    go_to(page, REFLECTION)
    activity(page, REFLECTION).locator("textarea").fill("I would ask first. سأسأل أولاً 👩🏽‍⚕️")
    for name in (CHOICE, REFLECTION):
        go_to(page, name)
        activity(page, name).locator("textarea, input").first.focus()
        wait_saved(page, name)
    before = [view(activity(page, name)) for name in (CHOICE, REFLECTION)]
    assert "2 of" in page.locator("#himaya-progress").inner_text()
    ready(page, page_of(site))
    assert [view(activity(page, name)) for name in (CHOICE, REFLECTION)] == before
    assert "2 of" in page.locator("#himaya-progress").inner_text()
    page.goto(site.address + "en/index.html")
    wait_true(page, "() => document.querySelector('[data-owner]').textContent.includes('2 of')")


def test_typed_text_survives_closing_the_page(site: Site, context: BrowserContext) -> None:
    page = ready(context.new_page(), page_of(site))
    go_to(page, REFLECTION)
    field = activity(page, REFLECTION).locator("textarea")
    field.focus()
    page.keyboard.type("Half a sen")
    assert status(page, REFLECTION).startswith("Not saved yet")
    page.close()
    page = ready(context.new_page(), page_of(site))
    go_to(page, REFLECTION)
    assert activity(page, REFLECTION).locator("textarea").input_value() == "Half a sen"
    wait_saved(page, REFLECTION)


def test_killed_browser_keeps_what_was_saved(site: Site, chromium: Browser, whole: Any, tmp_path: Path) -> None:
    """Everything that the page had called saved."""
    listening = tmp_path / "DevToolsActivePort"
    for killed in (True, False):
        command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={tmp_path}", "--remote-debugging-port=0", "about:blank"]
        listening.unlink(missing_ok=True)
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            until(lambda: listening.exists() and "\n" in listening.read_text(encoding="utf-8"), "Chromium listens")
            port = listening.read_text(encoding="utf-8").split("\n")[0]
            browser = chromium.browser_type.connect_over_cdp(f"http://127.0.0.1:{port}")
            page = ready(browser.contexts[0].new_page(), page_of(site))
            if killed:
                pick(page, whole)
                wait_saved(page, CHOICE)
            else:
                assert view(activity(page, CHOICE))["answered"]
                assert status(page, CHOICE) == "Saved in this browser"
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_full_storage_is_reported_and_file_complete(site: Site, context: BrowserContext) -> None:
    """In words; the file still holds everything."""
    page = ready(context.new_page(), page_of(site))
    devtools = context.new_cdp_session(page)
    origin = site.address.rstrip("/")
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 1})
    go_to(page, REFLECTION)
    activity(page, REFLECTION).locator("textarea").fill("Not for the disk.")
    page.keyboard.press("Tab")
    wait_true(
        page,
        "name => document.querySelector(`[data-activity=${name}] .himaya-status`).textContent.includes('no room')",
        REFLECTION,
    )
    assert status(page, REFLECTION).startswith("Not saved yet. This browser has no room for more answers.")
    assert [row.get("value") for row in saved(page)] == [None, "Not for the disk."]
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": origin})
    wait_saved(page, REFLECTION)
    assert len(rows(page)) == 2


def test_missing_storage_is_reported_and_file_complete(site: Site, context: BrowserContext, whole: Any) -> None:
    context.add_init_script(
        "const refuse = () => { throw new DOMException('no', 'SecurityError'); };"
        "Object.defineProperty(globalThis, 'localStorage', { get: refuse });"
        "IDBFactory.prototype.open = refuse;"
    )
    page = ready(context.new_page(), page_of(site))
    assert "This browser keeps no answers for this page" in page.locator("#himaya-warning [role=alert]").inner_text()
    pick(page, whole)
    until(lambda: "keeps no answers" in status(page, CHOICE), "the activity says it, too")
    assert saved(page)[-1]["activity"] == CHOICE
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    page.on("dialog", lambda _: pytest.fail("a quick exit asks nobody"))
    page.locator(".himaya-exit a").click()
    wait_for_address(page, "about:blank")


def test_two_tabs_keep_each_others_answers(site: Site, context: BrowserContext, whole: Any) -> None:
    one, other = ready(context.new_page(), page_of(site)), ready(context.new_page(), page_of(site))
    pick(one, whole)
    pick(other, whole, name="plan-owner")
    wait_saved(one, CHOICE)
    wait_saved(other, "plan-owner")
    for page in (one, other):
        until(lambda page=page: view(activity(page, CHOICE))["answered"], "both show the one")
        until(lambda page=page: view(activity(page, "plan-owner"))["answered"], "both show the other")
    pick(one, whole, right=False)
    until(lambda: view(activity(other, CHOICE)) == view(activity(one, CHOICE)), "a change arrives")
    kept = rows(one)
    assert [row["activity"] for row in kept[:5]] == [CHOICE, CHOICE, "plan-owner", "plan-owner", CHOICE]
    assert len({row["id"] for row in kept}) == len(kept)


def test_older_page_keeps_newer_answers(site: Site, context: BrowserContext, whole: Any) -> None:
    """It says that they are newer."""
    newer = ready(context.new_page(), page_of(site, "newer"))
    pick(newer, whole)
    wait_saved(newer, CHOICE)
    older = ready(context.new_page(), page_of(site))
    said = older.locator("#himaya-warning").inner_text()
    assert re.search(r"newer edition of this module \((\d+)\); this page is edition (\d+)", said)
    assert view(activity(older, CHOICE))["changed"]
    assert "Your earlier answers are kept" in activity(older, CHOICE).inner_text()
    pick(older, whole, name="plan-owner")
    wait_saved(older, "plan-owner")
    kept = saved(older)
    assert [row["activity"] for row in kept if row["type"] == "answer"] == [CHOICE, "plan-owner"]
    assert ready(newer, page_of(site, "newer")).locator("#himaya-warning").inner_text() == ""


def test_other_language_page_has_same_answers(site: Site, context: BrowserContext, whole: Any) -> None:
    page = ready(context.new_page(), page_of(site))
    pick(page, whole)
    wait_saved(page, CHOICE)
    page.locator('[data-key="lessons"]').click()
    page.locator('.languages a[hreflang="ar"]').click()
    wait_for(page.locator('html[lang="ar"][dir="rtl"][data-ready]').first)
    assert view(activity(page, CHOICE))["answered"]
    assert activity(page, CHOICE).get_attribute("dir") == "rtl"
    file = page.locator("#himaya-restore")
    assert file.evaluate("it => getComputedStyle(it).opacity") == "0", "a browser's own button speaks its language"
    assert page.locator(".himaya-file").inner_text() == sentence("restore", "ar")
    page.goto(site.address + "ar/index.html")
    wait_true(page, "() => document.querySelector('[data-owner]').textContent.includes('١')")


def test_answers_travel_in_a_file_to_another_device(
    site: Site, chromium: Browser, context: BrowserContext, whole: Any, tmp_path: Path
) -> None:
    page = ready(context.new_page(), page_of(site))
    pick(page, whole)
    wait_saved(page, CHOICE)
    file = "".join(json.dumps(row) + "\n" for row in saved(page)).encode()
    with _watched(chromium) as second:
        other = ready(second.new_page(), page_of(site))
        pick(other, whole, name="plan-owner")
        wait_saved(other, "plan-owner")
        assert restore(other, tmp_path, file).startswith("Your saved answers are here.")
        until(lambda: view(activity(other, CHOICE))["answered"], "drawn at once")
        assert status(other, CHOICE) == "Saved in this browser"
        assert view(activity(other, "plan-owner"))["answered"]
        assert restore(other, tmp_path, file).startswith("Everything in this file was here already.")
        assert len(saved(other)) == 4


def test_answers_can_be_removed_from_a_shared_device(site: Site, context: BrowserContext, whole: Any) -> None:
    page = ready(context.new_page(), page_of(site))
    pick(page, whole)
    wait_saved(page, CHOICE)
    go_to(page, "answers")
    page.locator('[data-key="erase"]').click()
    page.locator('[data-key="keep-answers"]').click()
    assert len(rows(page)) == 2
    page.locator('[data-key="erase"]').click()
    with page.expect_navigation():
        page.locator('[data-key="erase-now"]').click()
    wait_for(page.locator("html[data-ready]").first)
    assert rows(page) == []
    assert not view(activity(page, CHOICE))["answered"]
    assert (
        page.evaluate("Object.keys(localStorage).filter(key => /seed|version|progress|place/.test(key) === false)")
        == []
    )


def test_restored_file_is_validated_and_never_markup(site: Site, context: BrowserContext, tmp_path: Path) -> None:
    page = ready(context.new_page(), page_of(site))
    mark = "<img src=x onerror=\"document.title='owned'\">"

    def line(identity: str, name: str, **more: Any) -> str:
        return json.dumps({"id": identity * 12, "activity": name, "type": "answer", "turn": 0, **more})

    cases = [
        (b"x" * 20_000_001, "too large"),
        (b"\x00\xff<script>alert(1)</script>", "no saved answers in this file"),
        (b"", "no saved answers in this file"),
        (line("a", "elsewhere", value="x").encode(), "belong to another module"),
        (b"[" * 5_000_000, "no saved answers in this file"),
    ]
    for data, words in cases:
        assert words in restore(page, tmp_path, data)
        assert rows(page) == []
    good = [line("b", REFLECTION, value=mark, owner="somebody"), '{"torn', line("c", "of-a-newer-edition", value=mark)]
    told = restore(page, tmp_path, "\n".join(good).encode())
    assert told == (
        "Your saved answers are here. Nothing that was here before is lost. "
        "Damaged lines among your saved answers, perhaps from a power cut: 1. Everything else is here."
    )
    assert [(row["activity"], "owner" in row) for row in rows(page)] == [
        (REFLECTION, False),
        ("of-a-newer-edition", False),
    ]
    field = activity(page, REFLECTION).locator("textarea")
    until(lambda: field.input_value() == mark, "the answer is text")
    assert page.locator("main img[src=x]").count() == 0
    assert page.title() != "owned"
    assert [row["activity"] for row in saved(page)] == [REFLECTION, "of-a-newer-edition"]


def test_answers_are_passed_on_as_a_file(site: Site, phone: BrowserContext, whole: Any) -> None:
    phone.add_init_script("""
      Navigator.prototype.canShare = given => given.files.every(file => file.type === "text/plain");
      Navigator.prototype.share = async ({ files: [file] }) => { globalThis.passed = [file.name, await file.text()]; };
    """)
    page = ready(phone.new_page(), page_of(site))
    pick(page, whole)
    wait_saved(page, CHOICE)
    go_to(page, "answers")
    page.locator('[data-key="share"]').click()
    wait_for(page.get_by_text("Passed on as the file"))
    name, text = page.evaluate("globalThis.passed")
    assert re.fullmatch(rf"{MODULE}-\d{{4}}-\d\d-\d\d\.jsonl\.txt", name)
    assert [json.loads(line) for line in text.splitlines()] == rows(page)


def test_device_that_passes_nothing_on_has_no_button(site: Site, phone: BrowserContext) -> None:
    phone.add_init_script("delete Navigator.prototype.canShare")
    page = ready(phone.new_page(), page_of(site))
    assert page.locator('[data-key="share"]').count() == 0
