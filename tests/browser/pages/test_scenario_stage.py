"""A scenario on a page: what a choice moved, the ending with its turning point, and another run from there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from himaya.languages.interface import sentence
from tests.browser.accessibility import small_targets, violations
from tests.browser.offline_pages import SCENARIO, go_to, page_of, ready, view
from tests.browser.user_actions import activity, focused, touch
from tests.waiting import wait_for

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

    from tests.browser.offline_pages import Site


def _played(page: Page, whole: Any, harmful_at: int) -> Locator:
    """Play to the end, with best choices but for one that can harm, and return what is drawn."""
    go_to(page, SCENARIO)
    here = activity(page, SCENARIO)
    here.locator('[data-key="start"]').click()
    for number in range(20):
        shown = view(here)
        if shown["phase"] == "ended":
            return here
        node = next(node for node in whole["nodes"] if node["id"] == shown["node"])
        offered = {choice["id"] for choice in shown["choices"]}
        wanted = "harmful" if number == harmful_at else "best"
        open_here = [choice for choice in node["choices"] if choice["id"] in offered]
        picked = next((choice for choice in open_here if choice["quality"] == wanted), open_here[0])
        here.locator(f'[data-key="pick-{picked["id"]}"]').check()
        here.locator('[data-key="choose"]').click()
        here.locator('[data-key="continue"]').click()
    raise AssertionError("the scenario does not end")


def test_turning_point_is_named_and_replayed(site: Site, phone: BrowserContext, whole: Any) -> None:
    page = ready(phone.new_page(), page_of(site))
    here = _played(page, whole[SCENARIO], harmful_at=1)
    ended = view(here)
    turning = next(number for number, decided in enumerate(ended["debrief"]) if decided["quality"] == "harmful")
    decided = ended["debrief"][turning]
    card = here.locator(".himaya-note")
    assert card.locator("h5").first.inner_text() == f"{sentence('turning-point')}: {decided['title']}"
    assert decided["text"] in card.inner_text()
    assert here.locator(".himaya-strip li").count() == len(ended["debrief"])
    assert here.locator("button.himaya-main").evaluate_all("all => all.map(it => it.dataset.key)") == ["replay"]
    assert small_targets(page, f'[data-activity="{SCENARIO}"]') == []
    assert violations(page, f'[data-activity="{SCENARIO}"]') == []
    touch(here.locator('[data-key="replay"]'))
    again = view(here)
    assert (again["phase"], again["node"], again["step"]) == ("decide", decided["node"], turning + 1)
    assert focused(page)[1] == "heading"


def test_any_decision_is_taken_again(site: Site, context: BrowserContext, whole: Any) -> None:
    """Its place in the run is kept when the page is opened anew."""
    page = ready(context.new_page(), page_of(site))
    here = _played(page, whole[SCENARIO], harmful_at=99)
    assert here.locator(".himaya-note").count() == 0, "nothing in this run can harm"
    node = view(here)["debrief"][2]["node"]
    here.locator('summary[data-key="debrief"]').click()
    here.locator('[data-key="again-2"]').click()
    assert view(here)["node"] == node
    wait_for(here.locator('.himaya-status[data-status="saved"]'))
    page = ready(page, page_of(site))
    assert view(activity(page, SCENARIO))["node"] == node


def test_only_what_changed_is_told(site: Site, context: BrowserContext) -> None:
    page = ready(context.new_page(), page_of(site))
    go_to(page, SCENARIO)
    here = activity(page, SCENARIO)
    here.locator('[data-key="start"]').click()
    before = {meter["id"]: meter["value"] for meter in view(here)["meters"]}
    here.locator("input").first.check()
    here.locator('[data-key="choose"]').click()
    moved = [meter for meter in view(here)["meters"] if meter["value"] != before[meter["id"]]]
    lines = here.locator(".himaya-changes li").all_inner_texts()
    assert [line.split(":")[0].split(" (")[0] for line in lines] == [meter["label"] for meter in moved]
    assert all("→" in line for line in lines)
    if lines:
        told = here.locator('[data-key="heading"]').get_attribute("aria-describedby")
        assert here.locator(f"#{told}").all_inner_texts()
