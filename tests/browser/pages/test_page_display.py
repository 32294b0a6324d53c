"""A module without a server, in a real browser: it shows what Python shows, fits everybody, asks nobody."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from himaya.activities.fold import replay
from himaya.languages.interface import interface
from himaya.publish.compile import visible
from tests.browser.accessibility import clipped, controls, covered, small_targets, violations
from tests.browser.activity_stages import EVERY_KIND, stages
from tests.browser.conftest import MODULE, _watched
from tests.browser.offline_pages import (
    CHOICE,
    OWNER,
    SCENARIO,
    go_to,
    look_up,
    page_of,
    pick,
    ready,
    rows,
    saved,
    show_all,
    view,
)
from tests.browser.user_actions import activity, focused, pick_radio, press, status, tab_to, until, wait_saved
from tests.engine import screen
from tests.lanes import sampled
from tests.waiting import wait_for, wait_for_address

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.browser.offline_pages import Site

_LEAVES = """it => Array.from(it.querySelectorAll("*")).filter(each => each.children.length === 0)
  .map(each => each.textContent.replace(/^[^\\w]+/, ""))"""


@pytest.mark.parametrize("edition", ["en", "ar"])
def test_table_of_sentences_is_a_list_on_a_phone(site: Site, phone: BrowserContext, edition: str) -> None:
    page = ready(phone.new_page(), page_of(site, edition))
    show_all(page)
    cells = page.locator("main .stacked td")
    assert cells.count() > 10
    narrow = "them => Math.min(...them.filter(it => it.textContent).map(it => it.offsetWidth))"
    assert cells.evaluate_all(narrow) > 300
    label = "it => getComputedStyle(it, '::before').content"
    assert len(page.locator("main .stacked [data-column]").first.evaluate(label)) > 4
    page.set_viewport_size({"width": 1280, "height": 800})
    assert cells.evaluate_all(narrow) < 300, "a table again"
    assert page.locator("main .stacked [data-column]").first.evaluate(label) == "none"


@pytest.mark.proof
def test_every_kind_shows_its_stages_on_a_phone(site: Site, phone: BrowserContext, whole: Any) -> None:
    """What Python says belongs on the screen."""
    page = ready(phone.new_page(), f"file://{site.folder}/en/{MODULE}.html")
    seen, problems = 0, []
    keys = {key for key, text in interface("en").items() if key != text}
    for name in EVERY_KIND:
        go_to(page, name)
        here = activity(page, name)
        shown = visible(whole[name])
        for number, stage in enumerate(stages(page, whole[name])):
            seen += 1
            if here.locator(".himaya-status").inner_text():
                wait_for(here.locator('.himaya-status[data-status="saved"]'))
            kept = rows(page)
            drawn = view(here)
            expected = screen.view(shown, replay(shown, kept, _seed(page, name)))
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
    assert {row["activity"] for row in file} == set(EVERY_KIND)
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


def test_page_loads_and_runs_only_itself(site: Site, context: BrowserContext) -> None:
    """No request, and no script but its own."""
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    ready(page, page_of(site))
    assert asked == [page_of(site)]
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
    sampled(
        {
            "phone in the dark": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark", "has_touch": True}
        }.items(),
        {
            "desk": {"viewport": {"width": 1280, "height": 900}},
            "magnified twice": {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2},
        }.items(),
    ),
)
def test_pages_are_accessible(site: Site, chromium: Browser, name: str, options: dict[str, Any]) -> None:
    edition = "ar" if name == "magnified twice" else "en"
    with _watched(chromium, **options) as context:
        page = context.new_page()
        for address in (f"{MODULE}.html", "index.html", f"scenarios/{SCENARIO}.html"):
            page.goto(f"{site.address}{edition}/{address}")
            wait_for(page.locator("html[data-ready], body.index").first)
            assert violations(page, "body") == [], address
            show_all(page)
            assert violations(page, "body") == [], address
            # A citation is a link inside a sentence, wherever the sentence stands.
            assert (
                small_targets(
                    page, ".bar, nav, footer, #himaya-search, .skip-warm-up, .languages, .himaya, .himaya-exit, .card"
                )
                == []
            ), address
            assert clipped(page, "main, nav, footer, .drawer, .languages") == [], address
            assert (
                re.findall(r"\b(?:null|undefined|NaN|[a-z]+-[a-z]+-?[a-z]*:|\{\w+\})(?!\w)", page.inner_text("body"))
                == []
            )
            assert all(text for _, text in controls(page, "body")), address


def test_scenario_page_plays_by_keyboard_and_resumes(site: Site, context: BrowserContext, whole: Any) -> None:
    address = f"file://{site.folder}/en/scenarios/{SCENARIO}.html"
    page = ready(context.new_page(), address)
    labels = ["Skip this scenario", "Start", "Save my answers", "Open for a group"]
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
            done = activity(page, SCENARIO).evaluate("it => it.himaya.events().length")
            until(lambda done=done: len(rows(page, f"alone/{OWNER}")) == done, "all of it is written")
            ready(page, address)
            assert view(activity(page, SCENARIO)) == before
            assert status(page, SCENARIO) == "Kept in this browser only"
        tab_to(page, SCENARIO, "continue")
        page.keyboard.press("Enter")
    assert shown["ending"]["title"] in activity(page, SCENARIO).inner_text()
    assert {key for key, text in interface("en").items() if key != text}.isdisjoint(said)
    assert page.locator("#himaya-restore, [data-key=erase]").count() == 0


def test_print_shows_answers_and_no_controls(site: Site, context: BrowserContext, whole: Any) -> None:
    page = ready(context.new_page(), page_of(site))
    pick(page, whole)
    page.emulate_media(media="print")
    hidden = "nav, .himaya-exit, .himaya-buttons, #answers, .skip, footer, .segments"
    assert page.locator(hidden).evaluate_all("all => all.filter(it => it.checkVisibility()).length") == 0
    assert activity(page, CHOICE).locator("input:checked").is_visible()
    assert page.locator("main > section > h2").first.is_visible()


def test_quick_exit_leaves_no_history(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(site.address + "en/index.html")
    ready(page, page_of(site))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.himaya-exit') !== null"), "first in the order of the focus"
    page.keyboard.press("Enter")
    wait_for_address(page, "about:blank")
    page.go_back()
    assert page.url.endswith("index.html")


def test_a_search_finds_text_and_leads_to_it(site: Site, context: BrowserContext) -> None:
    page = ready(context.new_page(), page_of(site))
    look_up(page)
    page.locator("#himaya-search input").fill("RÉFERRALS".replace("É", "E"))
    first = page.locator(".found button").first
    assert "referrals" in first.inner_text().lower()
    first.click()
    assert "referrals" in page.evaluate("document.activeElement.textContent").lower()
    look_up(page)
    page.locator("#himaya-search input").fill("zzzz")
    wait_for(page.locator("#himaya-search [role=status]").get_by_text("Nothing found. Try another word.", exact=True))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_practice_says_who_sees_choices(site: Site, context: BrowserContext, language: str) -> None:
    said = interface(language)
    page = ready(context.new_page(), page_of(site, language))
    assert plain(said["practice-seen"]) in plain(page.locator("#start").inner_text())
    go_to(page, SCENARIO)
    here = activity(page, SCENARIO)
    assert not view(here)["begun"]
    assert plain(said["practice-note"]) in plain(here.locator("header").inner_text())


def plain(text: str) -> str:
    """Return text without what only directs it."""
    return re.sub(r"[\u2066-\u2069]", "", text)


def test_mentor_edition_has_no_handin(site: Site, context: BrowserContext, whole: Any) -> None:
    page = ready(context.new_page(), page_of(site, "practice"))
    assert page.locator('[data-key="save"], #himaya-restore').count() == 0
    assert "Practice edition: nothing is graded or handed in." in page.locator("#start").inner_text()
    pick(page, whole)
    activity(page, CHOICE).locator('[data-key="check"]').click()
    assert "Right" in activity(page, CHOICE).inner_text()
    wait_saved(page, CHOICE)
    assert status(page, CHOICE) == "Kept in this browser only"
    assert view(activity(ready(page, page_of(site, "practice")), CHOICE))["phase"] == "checked"
    assert not view(activity(ready(page, page_of(site)), CHOICE))["answered"], "and mixes with nothing graded"
