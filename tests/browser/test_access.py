"""Everybody can use it: keyboard, screen reader, small screens, magnified pages, big fingers, calm motion."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from himaya.content.forms import without_forms
from himaya.content.load import load_module
from himaya.publish.assignment import compile_module
from tests.browser.accessibility import clipped, controls, covered, small_targets, violations
from tests.browser.activity_stages import EVERY_KIND, push, stages
from tests.browser.conftest import MODULE, ROOT, Server, _watched
from tests.browser.offline_pages import go_to, show_all
from tests.browser.user_actions import activity, focused, journal, reach, until, wait_drawn, wait_saved
from tests.lanes import sampled
from tests.waiting import wait_for, wait_for_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Dialog, Page

_WIDTHS = {
    "1280": {},
    "zoomed-200": {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2},
    "360": {"viewport": {"width": 360, "height": 740}, "has_touch": True},
}
_HOME = ("himaya", "himaya/trainee", "himaya/trainer", "himaya/mentor")
_WATCH = """section => {
  const live = "[role=status], [role=alert], [aria-live]";
  section.heard = 0;
  new MutationObserver(list => {
    for (const { target } of list) {
      const region = (target.nodeType === 1 ? target : target.parentElement)?.closest(live);
      if (region && region.textContent.trim() !== "") section.heard += 1;
    }
  }).observe(section, { subtree: true, childList: true, characterData: true });
}"""
_HIDDEN_REGIONS = """section => Array.from(section.querySelectorAll("[role=status], [role=alert], [aria-live]"))
  .filter(it => getComputedStyle(it).display === "none").length"""
_LONE_RADIOS = """section => Array.from(section.querySelectorAll("input[type=radio], input[type=checkbox]"))
  .filter(it => !(it.closest("fieldset")?.querySelector("legend")?.textContent.trim())).length"""
_DESCRIPTION = """() => {
  const it = document.activeElement;
  const holders = [it, it.closest("fieldset")].filter(Boolean);
  const ids = holders.flatMap(holder => (holder.getAttribute("aria-describedby") ?? "").split(" ")).filter(Boolean);
  return ids.map(id => document.getElementById(id)?.textContent ?? "BROKEN").join(" | ");
}"""


@dataclass
class Walk:
    """What was found on the way through every stage, by what was looked for; each entry begins with the stage."""

    stages: list[str] = field(default_factory=list)
    found: dict[str, list[str]] = field(default_factory=dict)

    def note(self, what: str, stage: str, problems: list[str]) -> None:
        self.found.setdefault(what, []).extend(f"{stage}: {problem}" for problem in problems)


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    """The module's activities with their keys."""
    return compile_module(without_forms(load_module(ROOT / "modules" / MODULE)))


def _open(server: Server, context: BrowserContext, trainee: str, door: str = "app") -> Page:
    server.new_trainee(trainee)
    page = context.new_page()
    page.goto(server.address("himaya"))
    page.goto(server.door(door, trainee))
    wait_drawn(page)
    return page


@pytest.fixture(scope="module", params=sampled([], _WIDTHS))
def walk(request: pytest.FixtureRequest, server: Server, chromium: Browser, whole: Any) -> Iterator[Walk]:
    """Every stage of every kind, looked at once in the app."""
    with _watched(chromium, **_WIDTHS[request.param]) as context:
        page = _open(server, context, f"access-{request.param}")
        taken = Walk()
        _look_at_the_hand_in_box(page, taken)
        for name in EVERY_KIND:
            _look(page, whole[name], taken)
        yield taken


def _look_at_the_hand_in_box(page: Page, taken: Walk) -> None:
    box, away = "section.himaya-handin", ".himaya-exit"
    go_to(page, "answers")
    taken.note("box", "axe", violations(page, box))
    taken.note("box", "targets", [*small_targets(page, box), *small_targets(page, away)])
    taken.note("box", "clipped", clipped(page, box))
    taken.note("box", "names", [role for role, name in controls(page, box) if not name])
    taken.note("box", "quick exit", [str(seen)] if (seen := controls(page, away)) != [("link", "Quick exit")] else [])


def _look(page: Page, whole: Any, taken: Walk) -> None:
    name = whole["id"]
    root = f'section.himaya[data-activity="{name}"]'
    activity(page, name).evaluate(_WATCH)
    for number, stage in enumerate(stages(page, whole)):
        here = f"{name}, {stage}"
        taken.stages.append(here)
        section = activity(page, name)
        taken.note("axe", here, violations(page, root))
        taken.note("targets", here, small_targets(page, root))
        taken.note("clipped", here, clipped(page, root))
        taken.note("names", here, [role for role, text in controls(page, root) if not text])
        taken.note("groups", here, ["lone radio"] * section.evaluate(_LONE_RADIOS))
        taken.note("regions", here, ["hidden region"] * section.evaluate(_HIDDEN_REGIONS))
        if "without" in stage:
            words = page.evaluate(_DESCRIPTION)
            taken.note("errors", here, [] if " first" in words and "BROKEN" not in words else [words])
        if number == 0:
            continue
        where, key, *_rest = focused(page)
        left_by_tab = whole["kind"] in ("number", "text") and stage.startswith("answered")
        beyond = left_by_tab and (where or key == "previous")  # of the step's own buttons, where nothing else follows
        taken.note("focus", here, [] if where == name or beyond else [str(focused(page))])
        taken.note("covered", here, [what] if (what := covered(page)) else [])
        heard = section.evaluate("it => { const n = it.heard; it.heard = 0; return n; }")
        told = heard > 0 or key in ("heading", "feedback", "why")  # a summary tells its own state
        retried = stage == "another try" and where == name  # the focus moves to the question's first field
        taken.note("announced", here, [] if told or retried else [str(focused(page))])


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("axe", "axe finds nothing"),
        ("targets", "everything that is pressed is at least 44 px wide and high"),
        ("clipped", "the page does not scroll sideways and no text is cut"),
        ("names", "every control has a name"),
        ("groups", "every radio button and check box stands in a group with a legend"),
        ("regions", "live regions are in the tree before they speak"),
        ("errors", "what is wrong is linked to where the focus is"),
        ("focus", "the focus stays in the activity"),
        ("covered", "the quick exit covers nothing that has the focus"),
        ("announced", "every change is announced or gets the focus"),
        ("box", "the hand-in box and the quick exit fit everybody, too"),
    ],
)
def test_every_stage_of_every_kind_is_accessible(walk: Walk, what: str, sentence: str) -> None:
    assert len(walk.stages) >= 50, walk.stages
    assert walk.found[what] == [], sentence


@pytest.mark.proof
@pytest.mark.parametrize("width", sampled(["360"], ["1280", "zoomed-200"]))
def test_home_pages_are_accessible(server: Server, chromium: Browser, width: str) -> None:
    with _watched(chromium, **_WIDTHS[width]) as context:
        page = context.new_page()
        for address in _HOME:
            page.goto(server.address(address))
            assert violations(page, "body") == [], address
            assert small_targets(page, "body") == [], address
            assert clipped(page, "main", in_lists=False) == [], address


@pytest.mark.proof
def test_quick_exit_covers_no_focused_control(server: Server, phone: BrowserContext) -> None:
    page = _open(server, phone, "access-tabs")
    visited: list[str] = []
    hidden: list[str] = []
    for _ in range(400):
        page.keyboard.press("Tab")
        if focused(page)[3] == "BODY":
            break
        visited.append(str(focused(page)))
        if (what := covered(page)) is not None:
            hidden.append(what)
    assert len(visited) > 25  # the cover, with its list of lessons
    assert hidden == []


@pytest.fixture(scope="module")
def opened(server: Server, chromium: Browser) -> Iterator[Page]:
    """A module in the app of somebody who wants things to move, for tests that leave nothing behind but an answer."""
    with _watched(chromium, reduced_motion="no-preference") as context:
        yield _open(server, context, "access-opened")


def test_handin_link_focuses_the_activity(opened: Page) -> None:
    go_to(opened, "answers")
    link = opened.locator('[data-key="go-the-six-steps"]')
    opened.locator("details", has=link).locator("summary").press("Enter")  # what is missing is folded by lesson
    link.focus()
    opened.keyboard.press("Enter")
    assert focused(opened)[0] == "the-six-steps"
    assert covered(opened) is None


def test_reduced_motion_is_respected(opened: Page) -> None:
    longest = """() => Math.max(...Array.from(document.querySelectorAll(".himaya, .himaya *, .himaya-exit *"), it => {
        const style = getComputedStyle(it);
        return Math.max(parseFloat(style.transitionDuration), parseFloat(style.animationDuration) || 0);
    }))"""
    moving = {}
    for wish in ("reduce", "no-preference"):
        opened.emulate_media(reduced_motion=wish)
        moving[wish] = opened.evaluate(longest)
    assert moving["reduce"] == 0
    assert moving["no-preference"] > 0, "else this test could not fail"


def test_unreadable_number_is_marked_and_linked(opened: Page) -> None:
    reach(opened, "cases-above-target")
    box = activity(opened, "cases-above-target").locator("input")
    box.focus()
    opened.keyboard.type("twelve")
    opened.keyboard.press("Tab")
    box.focus()
    assert box.get_attribute("aria-invalid") == "true"
    assert "not one clear number" in opened.evaluate(_DESCRIPTION)


@pytest.mark.parametrize("address", _HOME)
def test_quick_exit_is_first_tab_stop(server: Server, context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(server.address(address))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Quick exit"
    page.keyboard.press("Enter")
    wait_for_address(page, "about:blank")
    assert page.inner_text("body") == ""


def test_quick_exit_needs_no_script(server: Server, chromium: Browser) -> None:
    server.new_trainee("access-early")
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(server.door("app", "access-early"), wait_until="commit")
        wait_for(page.locator(".himaya-exit"))
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        wait_for_address(page, "about:blank")


@pytest.mark.proof
def test_tables_of_an_app_are_readable_in_the_dark(server: Server, chromium: Browser) -> None:
    server.new_trainee("access-dark")
    with _watched(chromium, color_scheme="dark") as context:
        page = context.new_page()
        page.goto(server.address("himaya"))
        page.goto(server.door("app", "access-dark"))
        wait_drawn(page)
        show_all(page)
        assert page.locator("main table").count() > 3
        assert [each for each in violations(page, "main, .drawer") if each.startswith("color-contrast")] == []


def test_quick_exit_works_while_app_opens(server: Server, context: BrowserContext) -> None:
    server.new_trainee("access-early")
    page = context.new_page()
    page.goto(server.address("himaya"))
    page.goto(server.door("app", "access-early"), wait_until="commit")
    wait_for(page.locator(".himaya-exit a"))
    assert page.locator("section.himaya").count() == 0
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    wait_for_address(page, "about:blank")


@pytest.mark.parametrize("door", sampled(["app"], ["notebook", "lab"]))
def test_quick_exit_leaves_without_asking(server: Server, context: BrowserContext, door: str) -> None:
    name = f"access-exit-{door}"
    page = _open(server, context, name, door)
    asked: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    folder = server.home / "desk" / server.path_of(name) / MODULE
    push(page, activity(page, "quiet-visitor"), "start")
    wait_saved(page, "quiet-visitor")
    until(lambda: len(journal(folder)) == 1, "the event to be written")
    if door == "app":
        page.evaluate("document.activeElement.blur(); getSelection().removeAllRanges()")
    if door == "lab":  # a cell that runs again changes the notebook, which is then not saved
        activity(page, "quiet-visitor").locator("xpath=ancestor::div[contains(@class, 'jp-CodeCell')]").evaluate(
            "it => { it.focus(); it.dispatchEvent(new MouseEvent('mousedown', {bubbles: true})) }"
        )
        page.keyboard.press("Shift+Enter")
        wait_for(page.locator("li.jp-mod-dirty"))
    first = page.evaluate("document.body.querySelector('button, a[href], input, select, [tabindex]').textContent")
    assert first == "Quick exit", "the first stop of the page"
    page.locator(".himaya-exit a").focus()
    page.keyboard.press("Enter")
    wait_for_address(page, "about:blank")
    assert page.inner_text("body") == ""
    assert asked == []
