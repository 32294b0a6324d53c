"""A module without a server, in a real browser: from a file and over http, and whatever happens to the browser."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from browser.conftest import _CHROMIUM, _FLAGS, MODULE, ROOT, _watched
from browser.hands import activity, focused, pick_radio, press, status, tab_to, until, wait_saved
from browser.measure import clipped, controls, covered, small_targets, violations
from browser.offline import OWNER, SCENARIO, Site, ready, restore, rows, saved, served, view, write
from browser.stages import answer, stages
from himaya.build.assignment import compile_module
from himaya.build.compile import visible
from himaya.content.load import LoadedModule, load_module
from himaya.engine import replay
from himaya.engine import view as python_view
from himaya.i18n.interface import interface

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

REFLECTION = "no-signature"
CHOICE = "first-consent"
# Every kind in both modes; one scenario that teaches and one that waits.
_SHOWN = (
    "quiet-visitor",
    "time-to-close",
    *("plan-owner", "share-what", "need-or-wish", "consent-moves", "follow-up-load"),
    *("first-consent", "limits-of-silence", "step-and-task", "the-six-steps", "cases-above-target", "no-signature"),
)
_LEAVES = """it => Array.from(it.querySelectorAll("*")).filter(each => each.children.length === 0)
  .map(each => each.textContent.replace(/^[^\\w]+/, ""))"""


@pytest.fixture(scope="module")
def loaded() -> LoadedModule:
    return load_module(ROOT / "modules" / MODULE)


@pytest.fixture(scope="module")
def whole(loaded: LoadedModule) -> dict[str, dict[str, Any]]:
    return compile_module(loaded)


@pytest.fixture(scope="module")
def site(loaded: LoadedModule, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("pages")
    write(loaded, folder / "en")
    write(loaded, folder / "ar", language="ar")
    write(loaded, folder / "practice", practice=True)
    newer = replace(loaded, module=loaded.module.model_copy(update={"version": loaded.module.version + 1}))
    write(newer, folder / "newer")
    with served(folder) as site:
        site.folder = folder  # type: ignore[attr-defined]
        yield site


def _page(site: Site, edition: str = "en") -> str:
    return f"{site.address}{edition}/{MODULE}.html"


def _pick(page: Page, whole: dict[str, dict[str, Any]], *, right: bool = True, name: str = CHOICE) -> None:
    answer(page, activity(page, name), whole[name], right=right)


# ------------------------------------------------------------------ one engine, same answers


def test_every_kind_shows_what_python_shows_at_every_stage_on_a_phone(
    site: Site, phone: BrowserContext, whole: dict[str, dict[str, Any]]
) -> None:
    page = ready(phone.new_page(), f"file://{site.folder}/en/{MODULE}.html")  # type: ignore[attr-defined]
    seen, problems = 0, []
    keys = {key for key, text in interface("en").items() if key != text}
    for name in _SHOWN:
        here = activity(page, name)
        shown = visible(whole[name])
        for number, stage in enumerate(stages(page, whole[name])):
            seen += 1
            if here.locator(".himaya-status").inner_text():
                here.locator('.himaya-status[data-status="saved"]').wait_for()
            kept = rows(page)
            drawn = view(here)
            expected = python_view(shown, replay(shown, kept, _seed(page, name)))
            assert json.dumps(drawn) == json.dumps(expected), f"{name}, {stage}"
            problems += [f"{name}, {stage}: says {what}" for what in keys.intersection(here.evaluate(_LEAVES))]
            problems += [f"{name}, {stage}: {what}" for what in clipped(page, f'[data-activity="{name}"]')]
            problems += [f"{name}, {stage}: {what}" for what in small_targets(page, f'[data-activity="{name}"]')]
            problems += [f"{name}, {stage}: covered {what}" for what in [number and covered(page)] if what]
    assert seen > 50
    assert problems == []
    # The file that is handed in holds the same, and in a notebook's form.
    file = saved(page)
    assert file == rows(page)
    assert {row["activity"] for row in file} == set(_SHOWN)
    assert [list(row) for row in file] == [
        [
            name
            for name in (
                "id",
                "activity",
                "type",
                "turn",
                "at",
                "choice",
                "value",
                "content",
                "language",
                "time",
                "seq",
            )
            if name in row
        ]
        for row in file
    ]


def _seed(page: Page, name: str) -> int:
    seed = int(page.evaluate("owner => localStorage.getItem(`himaya:${owner}:seed`)", OWNER))
    for letter in name:
        seed = (seed * 31 + ord(letter)) % 2147483647
    return seed


# ------------------------------------------------------------------ nothing that was saved is lost


def test_a_reload_shows_everything_as_it_was(
    site: Site, context: BrowserContext, whole: dict[str, dict[str, Any]]
) -> None:
    page = ready(context.new_page(), _page(site))
    _pick(page, whole)
    activity(page, REFLECTION).locator("textarea").fill("I would ask first. سأسأل أولاً 👩🏽‍⚕️")
    for name in (CHOICE, REFLECTION):
        activity(page, name).locator("textarea, input").first.focus()
        wait_saved(page, name)
    before = [view(activity(page, name)) for name in (CHOICE, REFLECTION)]
    assert "2 of" in page.locator("#himaya-progress").inner_text()
    ready(page, _page(site))
    assert [view(activity(page, name)) for name in (CHOICE, REFLECTION)] == before
    assert "2 of" in page.locator("#himaya-progress").inner_text()
    page.goto(site.address + "en/index.html")
    page.wait_for_function("() => document.querySelector('[data-owner]').textContent.includes('2 of')")


def test_what_is_typed_when_the_page_closes_is_there_when_it_opens(site: Site, context: BrowserContext) -> None:
    page = ready(context.new_page(), _page(site))
    field = activity(page, REFLECTION).locator("textarea")
    field.focus()
    page.keyboard.type("Half a sen")
    assert status(page, REFLECTION).startswith("Not saved yet")
    page.close()
    page = ready(context.new_page(), _page(site))
    assert activity(page, REFLECTION).locator("textarea").input_value() == "Half a sen"
    wait_saved(page, REFLECTION)


def test_a_killed_browser_has_everything_that_it_said_was_saved(
    site: Site, chromium: Browser, whole: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    for killed in (True, False):
        command = [str(_CHROMIUM), *_FLAGS, f"--user-data-dir={tmp_path}", "--remote-debugging-port=0", "about:blank"]
        (tmp_path / "DevToolsActivePort").unlink(missing_ok=True)
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            until((tmp_path / "DevToolsActivePort").exists, 20, "Chromium listens")
            port = (tmp_path / "DevToolsActivePort").read_text(encoding="utf-8").split("\n")[0]
            browser = chromium.browser_type.connect_over_cdp(f"http://127.0.0.1:{port}")
            page = ready(browser.contexts[0].new_page(), _page(site))
            if killed:
                _pick(page, whole)
                wait_saved(page, CHOICE)
            else:
                assert view(activity(page, CHOICE))["answered"]
                assert status(page, CHOICE) == "Saved in this browser"
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_a_full_storage_is_said_in_words_and_the_file_still_holds_everything(
    site: Site, context: BrowserContext
) -> None:
    page = ready(context.new_page(), _page(site))
    devtools = context.new_cdp_session(page)
    origin = site.address.rstrip("/")
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 1})
    activity(page, REFLECTION).locator("textarea").fill("Not for the disk.")
    page.keyboard.press("Tab")
    page.wait_for_function(
        "name => document.querySelector(`[data-activity=${name}] .himaya-status`).textContent.includes('no room')",
        arg=REFLECTION,
    )
    assert status(page, REFLECTION).startswith("Not saved yet. This browser has no room for more answers.")
    assert [row.get("value") for row in saved(page)] == [None, "Not for the disk."]
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": origin})
    wait_saved(page, REFLECTION)
    assert len(rows(page)) == 2


def test_a_browser_that_keeps_nothing_says_so_and_the_file_still_holds_everything(
    site: Site, context: BrowserContext, whole: dict[str, dict[str, Any]]
) -> None:
    context.add_init_script(
        "const refuse = () => { throw new DOMException('no', 'SecurityError'); };"
        "Object.defineProperty(globalThis, 'localStorage', { get: refuse });"
        "IDBFactory.prototype.open = refuse;"
    )
    page = ready(context.new_page(), _page(site))
    assert "This browser keeps no answers for this page" in page.locator("#himaya-warning [role=alert]").inner_text()
    _pick(page, whole)
    until(lambda: "keeps no answers" in status(page, CHOICE), 5, "the activity says it, too")
    assert saved(page)[-1]["activity"] == CHOICE
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    page.on("dialog", lambda _: pytest.fail("a quick exit asks nobody"))
    page.locator(".himaya-exit a").click()
    page.wait_for_url("about:blank")


def test_two_tabs_on_the_same_module_keep_each_others_answers(
    site: Site, context: BrowserContext, whole: dict[str, dict[str, Any]]
) -> None:
    one, other = ready(context.new_page(), _page(site)), ready(context.new_page(), _page(site))
    _pick(one, whole)
    _pick(other, whole, name="plan-owner")
    wait_saved(one, CHOICE)
    wait_saved(other, "plan-owner")
    for page in (one, other):
        until(lambda page=page: view(activity(page, CHOICE))["answered"], 5, "both show the one")
        until(lambda page=page: view(activity(page, "plan-owner"))["answered"], 5, "both show the other")
    _pick(one, whole, right=False)
    until(lambda: view(activity(other, CHOICE)) == view(activity(one, CHOICE)), 5, "a change arrives")
    kept = rows(one)
    assert [row["activity"] for row in kept[:5]] == [CHOICE, CHOICE, "plan-owner", "plan-owner", CHOICE]
    assert len({row["id"] for row in kept}) == len(kept)


def test_an_older_page_over_newer_answers_keeps_them_and_says_so(
    site: Site, context: BrowserContext, whole: dict[str, dict[str, Any]]
) -> None:
    newer = ready(context.new_page(), _page(site, "newer"))
    _pick(newer, whole)
    wait_saved(newer, CHOICE)
    older = ready(context.new_page(), _page(site))
    said = older.locator("#himaya-warning").inner_text()
    assert re.search(r"newer edition of this module \((\d+)\); this page is edition (\d+)", said)
    assert view(activity(older, CHOICE))["changed"]
    assert "Your earlier answers are kept" in activity(older, CHOICE).inner_text()
    _pick(older, whole, name="plan-owner")
    wait_saved(older, "plan-owner")
    kept = saved(older)
    assert [row["activity"] for row in kept if row["type"] == "answer"] == [CHOICE, "plan-owner"]
    assert ready(newer, _page(site, "newer")).locator("#himaya-warning").inner_text() == ""


def test_the_page_in_another_language_has_the_same_answers_from_right_to_left(
    site: Site, context: BrowserContext, whole: dict[str, dict[str, Any]]
) -> None:
    page = ready(context.new_page(), _page(site))
    _pick(page, whole)
    wait_saved(page, CHOICE)
    page.locator('.languages a[hreflang="ar"]').click()
    page.wait_for_selector('html[lang="ar"][dir="rtl"][data-ready]')
    assert view(activity(page, CHOICE))["answered"]
    assert activity(page, CHOICE).get_attribute("dir") == "rtl"
    page.goto(site.address + "ar/index.html")
    page.wait_for_function("() => document.querySelector('[data-owner]').textContent.includes('١')")


def test_answers_travel_in_a_file_to_another_device(
    site: Site, chromium: Browser, context: BrowserContext, whole: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    page = ready(context.new_page(), _page(site))
    _pick(page, whole)
    wait_saved(page, CHOICE)
    file = "".join(json.dumps(row) + "\n" for row in saved(page)).encode()
    with _watched(chromium) as second:
        other = ready(second.new_page(), _page(site))
        _pick(other, whole, name="plan-owner")
        wait_saved(other, "plan-owner")
        assert restore(other, tmp_path, file).startswith("Your saved answers are here.")
        until(lambda: view(activity(other, CHOICE))["answered"], 5, "drawn at once")
        assert status(other, CHOICE) == "Saved in this browser"
        assert view(activity(other, "plan-owner"))["answered"]
        assert restore(other, tmp_path, file).startswith("Everything in this file was here already.")
        assert len(saved(other)) == 4


def test_answers_can_be_removed_from_a_shared_device(
    site: Site, context: BrowserContext, whole: dict[str, dict[str, Any]]
) -> None:
    page = ready(context.new_page(), _page(site))
    _pick(page, whole)
    wait_saved(page, CHOICE)
    page.locator('[data-key="erase"]').click()
    page.locator('[data-key="keep-answers"]').click()
    assert len(rows(page)) == 2
    page.locator('[data-key="erase"]').click()
    with page.expect_navigation():
        page.locator('[data-key="erase-now"]').click()
    page.wait_for_selector("html[data-ready]")
    assert rows(page) == []
    assert not view(activity(page, CHOICE))["answered"]
    assert (
        page.evaluate("Object.keys(localStorage).filter(key => /seed|version|progress|place/.test(key) === false)")
        == []
    )


def test_what_is_brought_back_is_refused_in_words_unless_it_is_answers_and_is_never_markup(
    site: Site, context: BrowserContext, tmp_path: Path
) -> None:
    page = ready(context.new_page(), _page(site))
    mark = "<img src=x onerror=\"document.title='owned'\">"

    def line(identity: str, name: str, **more: object) -> str:
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
    until(lambda: field.input_value() == mark, 5, "the answer is text")
    assert page.locator("main img[src=x]").count() == 0
    assert page.title() != "owned"
    assert [row["activity"] for row in saved(page)] == [REFLECTION, "of-a-newer-edition"]


# ------------------------------------------------------------------ closed, for everybody


def test_a_page_asks_for_nothing_but_itself_and_runs_nothing_but_its_own_script(
    site: Site, context: BrowserContext
) -> None:
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    ready(page, _page(site))
    assert asked == [_page(site)]
    assert refused == []
    tries = """async address => {
      const script = document.createElement("script");
      script.textContent = "globalThis.owned = true";
      document.body.append(script);
      const image = new Image();
      image.src = `${address}image.png`;
      return [globalThis.owned ?? false, await fetch(address).then(() => "sent", () => "refused")];
    }"""
    assert page.evaluate(tries, site.address) == [False, "refused"]
    assert len(refused) >= 3
    assert not [path for path in site.asked if "image" in path or "favicon" in path]


@pytest.mark.parametrize(
    ("name", "options"),
    {
        "desk": {"viewport": {"width": 1280, "height": 900}},
        "phone in the dark": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark", "has_touch": True},
        "magnified twice": {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2},
    }.items(),
)
def test_every_page_fits_everybody(site: Site, chromium: Browser, name: str, options: dict[str, Any]) -> None:
    edition = "ar" if name == "magnified twice" else "en"
    with _watched(chromium, **options) as context:
        page = context.new_page()
        for address in (f"{MODULE}.html", "index.html", f"scenarios/{SCENARIO}.html"):
            page.goto(f"{site.address}{edition}/{address}")
            page.wait_for_selector("html[data-ready], body:not(.module)")
            if address.startswith(MODULE):
                page.locator("nav details").evaluate("it => { it.open = true; }")
            assert violations(page, "body") == [], address
            # A citation is a link inside a sentence, wherever the sentence stands.
            assert small_targets(page, "nav, .languages, .himaya, .himaya-exit, .card") == [], address
            assert clipped(page, "main, nav, .languages") == [], address
            assert (
                re.findall(r"\b(?:null|undefined|NaN|[a-z]+-[a-z]+-?[a-z]*:|\{\w+\})(?!\w)", page.inner_text("body"))
                == []
            )
            assert all(text for _, text in controls(page, "body")), address


def test_a_scenario_alone_is_played_with_the_keyboard_and_goes_on_after_a_reload(
    site: Site, context: BrowserContext, whole: dict[str, dict[str, Any]]
) -> None:
    page = context.new_page()
    address = f"file://{site.folder}/en/scenarios/{SCENARIO}.html"  # type: ignore[attr-defined]
    page.goto(address)
    labels = ["Start", "Skip this scenario", "Save my answers"]
    assert controls(page, "main") == [("button", label) for label in labels]
    press(page, SCENARIO, "start")
    nodes = {node["id"]: node for node in whole[SCENARIO]["nodes"]}
    said: set[str] = set()
    for number in range(20):
        shown = view(activity(page, SCENARIO))
        said.update(activity(page, SCENARIO).evaluate(_LEAVES))
        if "ending" in shown:
            break
        best = next(choice for choice in nodes[shown["node"]]["choices"] if choice["quality"] == "best")
        pick_radio(page, SCENARIO, best["id"])
        press(page, SCENARIO, "choose")
        assert focused(page)[1] == "heading"
        activity(page, SCENARIO).locator("summary").click()
        said.update(activity(page, SCENARIO).evaluate(_LEAVES))
        if number == 1:
            before = view(activity(page, SCENARIO))
            page.goto(address)
            assert view(activity(page, SCENARIO)) == before
            assert status(page, SCENARIO) == "Kept in this browser only"
        tab_to(page, SCENARIO, "continue")
        page.keyboard.press("Enter")
    assert shown["ending"]["title"] in activity(page, SCENARIO).inner_text()
    assert {key for key, text in interface("en").items() if key != text}.isdisjoint(said)
    assert page.locator("#himaya-answers").count() == 0


def test_on_paper_stand_text_and_answers_and_nothing_to_press(
    site: Site, context: BrowserContext, whole: dict[str, dict[str, Any]]
) -> None:
    page = ready(context.new_page(), _page(site))
    _pick(page, whole)
    page.emulate_media(media="print")
    hidden = "nav, .himaya-exit, .himaya-buttons, #answers, .skip"
    assert page.locator(hidden).evaluate_all("all => all.filter(it => it.checkVisibility()).length") == 0
    assert activity(page, CHOICE).locator("input:checked").is_visible()
    assert page.locator("main > section > h2").first.is_visible()


def test_the_quick_exit_leaves_nothing_to_go_back_to(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(site.address + "en/index.html")
    ready(page, _page(site))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.himaya-exit') !== null"), "first in the order of the focus"
    page.keyboard.press("Enter")
    page.wait_for_url("about:blank")
    page.go_back()
    assert page.url.endswith("index.html")


def test_a_search_finds_text_and_leads_to_it(site: Site, context: BrowserContext) -> None:
    page = ready(context.new_page(), _page(site))
    page.locator("#himaya-search input").fill("RÉFERRALS".replace("É", "E"))
    first = page.locator(".found button").first
    assert "referrals" in first.inner_text().lower()
    first.click()
    assert "referrals" in page.evaluate("document.activeElement.textContent").lower()
    page.locator("#himaya-search input").fill("zzzz")
    assert page.locator("#himaya-search [role=status]").inner_text() == "Nothing found. Try another word."


def test_an_edition_for_mentors_hands_nothing_in_and_remembers(
    site: Site, context: BrowserContext, whole: dict[str, dict[str, Any]]
) -> None:
    page = ready(context.new_page(), _page(site, "practice"))
    assert page.locator('[data-key="save"], #himaya-restore').count() == 0
    assert "Practice edition: nothing is graded or handed in." in page.locator("#start").inner_text()
    _pick(page, whole)
    activity(page, CHOICE).locator('[data-key="check"]').click()
    assert "Right" in activity(page, CHOICE).inner_text()
    wait_saved(page, CHOICE)
    assert status(page, CHOICE) == "Kept in this browser only"
    assert view(activity(ready(page, _page(site, "practice")), CHOICE))["phase"] == "checked"
    assert not view(activity(ready(page, _page(site)), CHOICE))["answered"], "and mixes with nothing graded"
