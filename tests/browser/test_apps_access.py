"""Gallery, apps and group mode for every eye, hand and ear: phone, desk, projector, zoom, paper, both directions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from himaya.content.forms import without_forms
from himaya.languages.interface import sentence
from himaya.publish.assignment import compile_module
from tests.browser.accessibility import clipped, covered, small_targets, violations
from tests.browser.apps import drawn
from tests.browser.user_actions import activity, focused
from tests.engine.shipped import loaded
from tests.lanes import sampled

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.browser.apps import AppsServer

GROUP = "group/{}/case-management/quiet-visitor"
_NAME = "quiet-visitor"
_ON_PATHS = "gbv-guiding-principles"


def _faults(page: Page) -> list[str]:
    return [*violations(page, "body"), *small_targets(page, "body"), *clipped(page, "main")]


def _vote(page: Page, counts: tuple[int, ...]) -> None:
    """Type how many hands each option has, at the keyboard."""
    for box, count in zip(page.locator(".himaya-vote input[type=text]").all(), counts, strict=False):
        box.fill(str(count))


def _worst_run(page: Page, name: str = _NAME, most: int = 20) -> None:
    """Let the room take the last option everywhere and go on to the debrief."""
    here = activity(page, name)
    for _ in range(most):
        _vote(page, (1, 2, 9))
        here.locator('[data-key="choose"]').click()
        here.locator('[data-key="continue"]').click()
        if here.locator('[data-key="choose"]').count() == 0:
            return


@pytest.mark.proof
@pytest.mark.parametrize(("width", "language"), sampled([(360, "ar")], [(1280, "en")]))
def test_gallery_is_accessible_in_both_directions(
    apps: AppsServer, context: BrowserContext, width: int, language: str
) -> None:
    page = apps.enter(context, language)
    page.set_viewport_size({"width": width, "height": 740})
    assert _faults(page) == []
    page.goto(apps.address(f"app/{language}/case-management/{_NAME}"))
    drawn(page)
    assert _faults(page) == []
    page.goto(apps.address(GROUP.format(language)))
    drawn(page)
    activity(page, _NAME).locator('[data-key="start"]').click()
    assert _faults(page) == []
    _worst_run(page)
    assert _faults(page) == []


def test_refusal_page_is_accessible(apps: AppsServer, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto(apps.address("app/en/case-management"))
    assert page.get_by_role("heading", name=sentence("link-refused")).count() == 1
    assert _faults(page) == []


def test_module_draws_on_a_phone_without_layout_shift(apps: AppsServer, phone: BrowserContext) -> None:
    page = apps.enter(phone)
    page.emulate_media(reduced_motion="reduce")
    page.goto(apps.address("app/en/case-management"))
    drawn(page)
    activities = compile_module(without_forms(loaded("case-management")))
    shown = page.locator("section[data-activity]").evaluate_all("all => all.map(one => one.dataset.activity)")
    assert shown == list(activities)
    assert page.get_by_text(sentence("graded"), exact=False).count() == 0
    assert clipped(page, "main") == []
    assert page.evaluate("document.getAnimations().length") == 0


def test_zoom_of_200_percent_fits_and_keeps_focus(apps: AppsServer, context: BrowserContext) -> None:
    page = apps.enter(context)
    page.set_viewport_size({"width": 640, "height": 450})  # what 1280 x 900 becomes at 200 %
    for path in ("en", f"app/en/case-management/{_NAME}"):
        page.goto(apps.address(path))
        if path != "en":
            drawn(page)
        assert clipped(page, "main") == []
        hidden = []
        for _ in range(12):
            page.keyboard.press("Tab")
            hidden.append(covered(page))
        assert set(hidden) == {None}


def test_gallery_search_reports_what_it_found(apps: AppsServer, context: BrowserContext) -> None:
    page = apps.enter(context)
    cards = page.locator(".apps > li")
    whole = cards.count()
    assert {"module", "scenario", "interview", "lab", "casefile"} == set(
        cards.evaluate_all("cards => cards.map(card => card.className)")
    )
    page.get_by_label(sentence("apps-search")).fill("  URGENT folders ")
    assert page.locator(".apps > li:visible h2").all_inner_texts() == ["Three urgent folders"]
    assert page.locator("#found").inner_text() == sentence("apps-found", n=1)
    page.get_by_label(sentence("apps-search")).fill("zzz")
    assert page.locator("#found").inner_text() == sentence("apps-none")
    page.get_by_label(sentence("apps-search")).fill("")
    assert page.locator(".apps > li:visible").count() == whole
    for card in cards.all():
        assert sentence("content-note") in card.inner_text()
        assert re.search(r"\d+ (minutes|hours|min)\b", card.inner_text())


def test_gallery_shows_a_module_with_paths_once(apps: AppsServer, context: BrowserContext) -> None:
    """Its title names no path; the card of what is played alone says for whom its lesson is."""
    page = apps.enter(context)
    cards = page.locator(f'.apps > li:has(a[href^="/app/en/{_ON_PATHS}"])')
    whole = cards.and_(page.locator(".module")).locator("h2")
    assert whole.all_inner_texts() == [loaded(_ON_PATHS).module.title]
    for_caseworkers = cards.filter(has=page.locator(".facts", has_text=sentence("for-caseworker"))).locator("h2")
    assert for_caseworkers.all_inner_texts() == ["The worried brother", "A way to help"]


@pytest.mark.proof
def test_module_with_paths_opens_whole_and_so_do_its_scenarios(apps: AppsServer, context: BrowserContext) -> None:
    page = apps.enter(context, f"app/en/{_ON_PATHS}")
    drawn(page)
    module = loaded(_ON_PATHS).module
    assert page.locator("#start h1").inner_text() == module.title
    listed = page.locator("nav a").all_inner_texts()
    assert [lesson.title for lesson in module.lessons if not any(lesson.title in row for row in listed)] == []
    assert len([row for row in listed if sentence("for-caseworker") in row]) == 2
    for name in ("worried-relative", "after-the-session"):  # of one path and of all
        for door in ("app", "group"):
            page.goto(apps.address(f"{door}/en/{_ON_PATHS}/{name}"))
            drawn(page)
            assert activity(page, name).locator('[data-key="start"]').count() == 1


def test_the_gallery_finds_what_another_keyboard_types(apps: AppsServer, context: BrowserContext) -> None:
    page = apps.enter(context, "ar")
    title = page.locator(".apps h2").first.inner_text()
    facts = page.locator(".apps .facts").first.inner_text()
    number = re.findall(r"\d+", facts)[0]
    page.locator("#search").fill(title.translate(str.maketrans("أإة", "ااه")) + f" {int(number)}")
    assert page.locator(".apps > li:visible h2").first.inner_text() == title


def test_group_mode_works_by_keyboard_and_prints(apps: AppsServer, context: BrowserContext) -> None:
    page = apps.enter(context, GROUP.format("en"))
    drawn(page)
    here = activity(page, _NAME)
    assert float(here.evaluate("it => parseFloat(getComputedStyle(it).fontSize)")) >= 24
    here.locator('[data-key="start"]').focus()
    page.keyboard.press("Enter")
    assert focused(page)[1] == "heading"
    lead = here.locator(".himaya-lead")
    _vote(page, (4, 4, 0))
    assert lead.inner_text() == sentence("hands-tie")
    assert here.locator("input:checked").count() == 0
    _vote(page, (4, 11, 0))
    assert lead.inner_text() == sentence("hands-lead", n=2, hands=11, total=15)
    _vote(page, (-4,))
    assert lead.inner_text() == sentence("hands-unreadable")
    _vote(page, (4,))
    here.locator('[data-key="choose"]').focus()
    page.keyboard.press("Enter")
    assert focused(page)[1] == "heading"
    here.locator('[data-key="back"]').click()
    _worst_run(page)
    assert here.get_by_role("heading", name=sentence("group-debrief")).count() == 1
    assert here.get_by_text(sentence("best-ending")).count() == 1
    assert "9: " in str(here.locator("details").first.text_content())
    assert page.pdf(format="A4").count(b"/Type /Page\n") <= 2
    page.reload()
    drawn(page)
    assert here.get_by_role("heading", name=sentence("group-debrief")).count() == 1


def test_room_holds_an_interview_by_hands(apps: AppsServer, context: BrowserContext) -> None:
    page = apps.enter(context, "group/en/case-management/not-on-sunday")
    drawn(page)
    here = activity(page, "not-on-sunday")
    here.locator('[data-key="start"]').click()
    offered = here.locator(".himaya-vote").count()
    _vote(page, (0, 7, 3))
    assert here.locator(".himaya-lead").inner_text() == sentence("hands-lead", n=2, hands=7, total=10)
    here.locator('[data-key="choose"]').focus()
    page.keyboard.press("Enter")
    assert focused(page)[1] == "heard"
    while here.locator('[data-key="choose"]').count():
        last = here.locator(".himaya-vote input[type=radio]").last
        last.evaluate("radio => radio.click()")  # to leave; it may stand in a folded group
        here.locator('[data-key="choose"]').click()
    assert offered > 5
    assert sentence("hands-counted") in here.inner_text()
    assert here.get_by_role("heading", name=sentence("talk-lines")).count() == 1
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1


def test_longest_arabic_debrief_fits_one_sheet(apps: AppsServer, context: BrowserContext) -> None:
    page = apps.enter(context, "group/ar/gbv-guiding-principles/after-the-session")
    drawn(page)
    activity(page, "after-the-session").locator('[data-key="start"]').click()
    _worst_run(page, "after-the-session")
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1


def test_a_mentor_may_pick_without_counting(apps: AppsServer, context: BrowserContext) -> None:
    page = apps.enter(context, GROUP.format("en"))
    drawn(page)
    here = activity(page, _NAME)
    here.locator('[data-key="start"]').click()
    here.locator('[data-key="choose"]').click()
    assert here.locator(".himaya-lead").inner_text() == sentence("pick-first")
    page.keyboard.press("Space")
    here.locator('[data-key="choose"]').click()
    assert here.locator(".himaya-chosen").count() == 1
