"""Questions on a page: one main button, the verdict first, order by drag or keys, match by tap, a live word count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.languages.interface import sentence
from tests.browser.accessibility import small_targets, violations
from tests.browser.conftest import MODULE
from tests.browser.offline_pages import go_to, page_of, ready, view
from tests.browser.user_actions import activity, focused, match, steps, tab_to, touch
from tests.shipped import an_activity
from tests.waiting import wait_for

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

    from tests.browser.conftest import MODULE
from tests.browser.offline_pages import Site

ORDER, MATCH, NUMBER = (an_activity(kind, MODULE, "practice").id for kind in ("order", "match", "number"))
CHOICE = an_activity("choice", MODULE, "practice", lambda one: one["select"] == "one" and len(one["source"]) > 1).id
TEXT = an_activity("text", MODULE, "graded").id
SAFE = an_activity("choice", MODULE, "graded", lambda one: one["safety_critical"]).id
NOT_SAFE = an_activity("choice", MODULE, "graded", lambda one: not one["safety_critical"]).id


def _open(site: Site, context: BrowserContext, name: str) -> tuple[Page, Locator]:
    page = ready(context.new_page(), page_of(site))
    go_to(page, name)
    return page, activity(page, name)


def _main_buttons(here: Locator) -> list[str]:
    return list(here.locator("button.himaya-main").evaluate_all("all => all.map(it => it.dataset.key)"))


def test_step_is_dragged_to_its_place(site: Site, context: BrowserContext) -> None:
    page, here = _open(site, context, ORDER)
    before = steps(page, ORDER)
    grips = here.locator(".himaya-grip")
    first, third = grips.nth(0).bounding_box(), grips.nth(2).bounding_box()
    assert first is not None
    assert third is not None
    page.mouse.move(first["x"] + 20, first["y"] + 20)
    page.mouse.down()
    page.mouse.move(third["x"] + 20, third["y"] + third["height"], steps=8)
    page.mouse.up()
    after = [before[1], before[2], before[0], *before[3:]]
    assert steps(page, ORDER) == after
    assert [option["id"] for option in view(here)["options"]] == after
    assert "3" in here.locator(".himaya-announce").inner_text()


def test_handle_shows_whole_dots(site: Site, context: BrowserContext) -> None:
    _page, here = _open(site, context, ORDER)
    script = """it => {
      const { width, height, paddingInlineStart, paddingBlockStart } = getComputedStyle(it);
      return [width, height, paddingInlineStart, paddingBlockStart].map(parseFloat);
    }"""
    width, height, beside, above = here.locator(".himaya-grip").first.evaluate(script)
    assert ((width - 2 * beside) % 8, (height - 2 * above) % 8) == (0, 0)


def test_arrow_keys_move_a_step(site: Site, context: BrowserContext) -> None:
    page, _here = _open(site, context, ORDER)
    before = steps(page, ORDER)
    tab_to(page, ORDER, f"down-{before[0]}")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert steps(page, ORDER)[2] == before[0]
    page.keyboard.press("ArrowUp")
    assert steps(page, ORDER)[1] == before[0]
    assert focused(page)[0] == ORDER


def test_order_is_checked_with_one_press(site: Site, context: BrowserContext) -> None:
    """The order that is shown is the answer; nobody confirms it twice."""
    _page, here = _open(site, context, ORDER)
    assert _main_buttons(here) == ["check"]
    shown = [option["id"] for option in view(here)["options"]]
    here.locator('[data-key="check"]').click()
    assert view(here)["phase"] == "checked"
    assert [option["id"] for option in view(here)["options"]] == shown


def test_match_is_tapped(site: Site, phone: BrowserContext) -> None:
    page, here = _open(site, phone, MATCH)
    options = [option["id"] for option in view(here)["options"]]
    for number, row in enumerate(view(here)["rows"]):
        assert here.locator("details[open]").count() == 1
        touch(here.locator(f'[data-key="put-{row["id"]}.{options[number % len(options)]}"]'))
    assert [row["picked"] for row in view(here)["rows"]] == [
        options[number % len(options)] for number in range(len(view(here)["rows"]))
    ]
    last = view(here)["rows"][0]["id"]
    touch(here.locator(f'[data-key="match-{last}"]'))
    touch(here.locator(f'[data-key="put-{last}.{options[-1]}"]'))
    assert view(here)["rows"][0]["picked"] == options[-1]
    assert small_targets(page, f'[data-activity="{MATCH}"]') == []
    assert violations(page, f'[data-activity="{MATCH}"]') == []


def test_match_is_answered_by_keyboard(site: Site, context: BrowserContext) -> None:
    page, here = _open(site, context, MATCH)
    options = [option["id"] for option in view(here)["options"]]
    for row in view(here)["rows"]:
        match(page, MATCH, row["id"], options[0])
    assert view(here)["answered"]
    assert focused(page)[0] == MATCH


def test_verdict_comes_before_the_options(site: Site, context: BrowserContext) -> None:
    """Then what was chosen and what is right; the others are folded."""
    page, here = _open(site, context, CHOICE)
    here.locator("input").first.check()
    here.locator('[data-key="check"]').click()
    assert focused(page)[1] == "feedback"
    verdict, first = here.locator(".himaya-feedback").bounding_box(), here.locator("fieldset").bounding_box()
    assert verdict is not None
    assert first is not None
    assert verdict["y"] < first["y"]
    told = view(here)["options"]
    others = [option for option in told if not option["picked"] and not option["correct"]]
    assert others
    assert here.locator("details .himaya-explained").count() == len(others)
    assert here.locator("fieldset > .himaya-explained").count() == len(told) - len(others)
    assert here.locator("details[open]").count() == 0
    assert violations(page, f'[data-activity="{CHOICE}"]') == []


def test_sources_are_parted_as_their_script_does(site: Site, context: BrowserContext) -> None:
    page = ready(context.new_page(), page_of(site, "ar"))
    go_to(page, CHOICE)
    here = activity(page, CHOICE)
    assert here.locator("legend").inner_text() == sentence("choose-one", "ar")
    here.locator("input").first.check()
    here.locator('[data-key="check"]').click()
    told = here.locator(".himaya-source").inner_text()
    assert here.locator("legend").inner_text() == sentence("answer-shown", "ar")
    assert "؛ " in told
    assert "; " not in told
    assert ".؛" not in told


def test_unreadable_number_has_one_error(site: Site, context: BrowserContext) -> None:
    _page, here = _open(site, context, NUMBER)
    here.locator("[data-live]").fill("some")
    here.locator('[data-key="check"]').click()
    wait_for(here.locator('[data-part="help"]', has_text="not one clear number"))
    assert here.locator(".himaya-warning").inner_text() == ""


def test_words_are_counted_while_typing(site: Site, context: BrowserContext) -> None:
    page, here = _open(site, context, TEXT)
    here.locator("textarea").focus()
    page.keyboard.type("أسأل أولاً - then wait ")
    count = here.locator('[id^="himaya-count-"]')
    assert count.inner_text() == "Words: 4. Asked: about 80 to 120."
    assert count.get_attribute("id") in (here.locator("textarea").get_attribute("aria-describedby") or "").split()


def test_safety_shows_before_answering(site: Site, context: BrowserContext, whole: Any) -> None:
    page, here = _open(site, context, SAFE)
    assert whole[SAFE]["safety_critical"]
    assert here.locator(".himaya-safety").inner_text() == "Important for safety"
    marked = page.locator(".himaya-safety").evaluate_all("all => all.map(it => it.closest('section').dataset.activity)")
    assert sorted(marked) == sorted(name for name, each in whole.items() if each.get("safety_critical"))
    assert activity(page, NOT_SAFE).locator(".himaya-safety").count() == 0
