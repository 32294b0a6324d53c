"""A module's app step by step: the same cover, list, steps and drawer as its page, and what its kernel knows."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from himaya.content.forms import without_forms
from himaya.content.lessons import outline
from himaya.content.load import load_module
from himaya.languages.digits import in_digits
from himaya.languages.interface import sentence
from himaya.publish.assignment import compile_module
from himaya.translation.units import with_texts
from tests.browser.accessibility import clipped, small_targets, violations
from tests.browser.activity_stages import answer, push
from tests.browser.answered_modules import give
from tests.browser.apps import drawn
from tests.browser.conftest import MODULE, ROOT
from tests.browser.offline_pages import go_to, look_up, open_languages
from tests.browser.user_actions import activity, focused, reach, until, wait_drawn, wait_saved, wait_true
from tests.i18n.pseudo import pseudo
from tests.waiting import wait_for, wait_for_address

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

    from himaya.content.load import LoadedModule
    from tests.browser.apps import AppsServer
    from tests.browser.conftest import Server

WHOLE = compile_module(without_forms(load_module(ROOT / "modules" / MODULE)))
SIXTH = 740 / 6
"""Pixels of a phone's height that header and footer may take together."""
_STEP = "[...document.querySelectorAll('.step')].filter(it => it.checkVisibility()).map(it => it.id).join()"
_SEGMENT = """id => getComputedStyle(document.querySelectorAll('.segments li')[id]).getPropertyValue('--done')"""
_TICKS = "[...document.querySelectorAll('[data-part]')].filter(it => it.textContent !== '').map(it => it.dataset.part)"
_PRESSABLE = """() => { const box = document.querySelector('.himaya-exit a').getBoundingClientRect();
  const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  const inside = box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.height < 60;
  return inside && at?.closest('.himaya-exit') !== null; }"""
_NUMBER = "id => [...document.querySelectorAll('[data-part]')].findIndex(it => it.dataset.part === id)"
_FIRST = re.compile(r'class="widget" data-place="show-([^"]+)".*?himayaApp\.progress\(.*?</script>', re.DOTALL)
"""The first activity of a page, until the script that draws it."""
_HIDDEN = "[...document.querySelectorAll('.step:not(#answers)')].filter(it => !it.checkVisibility()).length"


def _open(server: Server, context: BrowserContext, trainee: str, link: str = "", language: str | None = None) -> Page:
    """Open the module of a trainee in the app and wait until its kernel has drawn everything."""
    page = context.new_page()
    spoken = f"&language={language}" if language else ""
    page.goto(f"{server.door('app', trainee)}{spoken}{link}")
    wait_drawn(page)
    return page


def _step(page: Page) -> str:
    return str(page.evaluate(_STEP))


def _forward(page: Page) -> None:
    page.locator('[data-key="next"]').click()


def _warm_up() -> list[str]:
    parts = outline(without_forms(load_module(ROOT / "modules" / MODULE)))
    return [block.activity for block in parts.warm_up.blocks if block.activity]


def _lesson_of_choices() -> tuple[str, list[str], list[str]]:
    """Return a lesson in which all that is asked are choices, the ids of its steps, and what is asked."""
    for part in outline(without_forms(load_module(ROOT / "modules" / MODULE))).lessons:
        asked = [block.activity for block in part.blocks if block.activity]
        if asked and all(WHOLE[name]["kind"] == "choice" and WHOLE[name]["mode"] == "practice" for name in asked):
            assert part.lesson is not None
            return part.lesson.id, [f"{part.lesson.id}.{n}" for n in range(1, len(part.steps) + 1)], asked
    raise AssertionError("no such lesson")


def test_text_is_there_before_the_kernel(server: Server, context: BrowserContext) -> None:
    server.new_trainee("steps-early")
    page = context.new_page()
    page.goto(server.address("himaya"))
    page.goto(server.door("app", "steps-early"), wait_until="commit")
    wait_for(page.locator("html[data-steps]"))
    assert page.locator("section.himaya").count() == 0
    assert page.locator("#start h1").inner_text() == "Case management"
    _forward(page)
    assert _step(page) == "Opening.1"
    reading = page.locator("[data-show] .himaya-waits").first
    assert reading.text_content() == sentence("app-opening")
    wait_drawn(page)
    until(lambda: page.locator(".himaya-waits").count() == 0, "each activity of the module")
    page.close()


@pytest.mark.proof
def test_page_that_breaks_off_says_so(server: Server, context: BrowserContext) -> None:
    """Of two activities one came, then the kernel died: no place says for ever that it opens."""
    server.new_trainee("steps-broken")
    page = context.new_page()
    mark = "<div data-cell-of="

    def cut(route: Route) -> None:
        given = route.fetch(timeout=0)
        head, _, cells = given.text().partition(mark)
        first, _, _ = cells.partition(mark)
        lost = ("content-length", "content-encoding")
        headers = {key: each for key, each in given.headers.items() if key not in lost}
        route.fulfill(status=given.status, headers=headers, body=f"{head}{mark}{first}")

    page.route("**/voila/render/**", cut)
    page.goto(server.door("app", "steps-broken"))
    waits = page.locator("[data-show]:not(:has([data-cell-of])) > .himaya-waits")
    until(lambda: set(waits.all_text_contents()) == {sentence("app-not-started")}, "each says that it was not opened")
    page.close()


def test_cover_list_continue_and_back(server: Server, phone: BrowserContext) -> None:
    server.new_trainee("steps-walk")
    page = _open(server, phone, "steps-walk")
    assert _step(page) == "start"
    assert page.locator('[data-key="next"]').inner_text() == sentence("start")
    listed = page.locator("nav a .facts").all_inner_texts()
    assert any("min" in facts for facts in listed)
    assert [row for row in page.locator("nav a").all_inner_texts() if sentence("submit-title") in row]
    presses = 0
    while page.locator(".step:not([hidden]) section.himaya input").count() == 0:
        _forward(page)
        presses += 1
    assert presses <= 6, "the first decision, at most five presses of Continue after the cover"
    walked = _step(page)
    page.locator('[data-key="previous"]').click()
    assert _step(page) != walked
    page.go_forward()
    page.go_back()
    page.locator('[data-key="lessons"]').click()
    assert _step(page) == "start"
    lesson, steps, _asked = _lesson_of_choices()
    page.locator(f'nav a[href="#{lesson}.1"]').click()
    assert _step(page) == steps[0]
    assert focused(page)[3] == "H2"
    page.close()


@pytest.mark.proof
def test_coming_back_takes_at_most_two_presses(server: Server, context: BrowserContext) -> None:
    server.new_trainee("steps-back")
    page = _open(server, context, "steps-back")
    _lesson, steps, _asked = _lesson_of_choices()
    go_to(page, steps[1])
    page.reload()
    wait_drawn(page)
    assert _step(page) == steps[1], "a reload needs no press"
    page.close()
    page = _open(server, context, "steps-back")
    assert page.locator('[data-key="next"]').inner_text() == sentence("continue")
    _forward(page)
    assert _step(page) == steps[1]
    page.close()


@pytest.mark.proof
def test_journal_says_where_to_go_on(server: Server, context: BrowserContext, phone: BrowserContext) -> None:
    """Ticks, segments and the step to go on at come from the kernel where this browser keeps nothing."""
    server.new_trainee("steps-journal")
    page = _open(server, context, "steps-journal")
    lesson, steps, asked = _lesson_of_choices()
    for name in asked:
        answer(page, activity(page, name), WHOLE[name], right=True)
        push(page, activity(page, name), "check")
        wait_saved(page, name)
    here = _step(page)
    assert here in steps
    page.close()
    other = _open(server, phone, "steps-journal")
    wait_true(other, "() => document.querySelector('#himaya-progress progress')?.value > 0")
    if here == steps[-1]:
        until(lambda: lesson in other.evaluate(_TICKS), "the tick of the finished lesson")
    number = other.evaluate(_NUMBER, lesson)
    until(lambda: float(other.evaluate(_SEGMENT, number)) > 0, "its segment")
    assert other.locator('[data-key="next"]').inner_text() == sentence("continue")
    _forward(other)
    assert _step(other) not in ("start", "Opening.1")
    other.close()
    other = _open(server, phone, "steps-journal")  # which keeps a place by now
    until(lambda: float(other.evaluate(_SEGMENT, number)) > 0, "its segment on the second visit")
    other.close()


@pytest.mark.proof
def test_start_before_the_journal_came_is_no_place(
    server: Server, context: BrowserContext, phone: BrowserContext
) -> None:
    server.new_trainee("steps-slow")
    page = _open(server, context, "steps-slow")
    _lesson, steps, (name, *_) = _lesson_of_choices()
    answer(page, activity(page, name), WHOLE[name], right=True)
    push(page, activity(page, name), "check")
    wait_saved(page, name)
    page.close()
    other = phone.new_page()
    other.goto(server.door("app", "steps-slow"), wait_until="commit")
    wait_for(other.locator("html[data-steps]"))
    go_to(other, "Opening.1")
    wait_drawn(other)
    other.locator('[data-key="lessons"]').click()
    button = other.locator('[data-key="next"]')
    until(lambda: button.inner_text() == sentence("continue"), "what is finished says where to go on")
    _forward(other)
    assert _step(other) in steps
    other.close()


@pytest.mark.proof
def test_warm_up_ends_with_a_sentence(server: Server, context: BrowserContext) -> None:
    server.new_trainee("steps-warm-up")
    page = _open(server, context, "steps-warm-up")
    *_, last = asked = _warm_up()
    go_to(page, "Warm-up.1")
    skip = page.locator('.step:not([hidden]) [data-key="skip-warm-up"]')
    assert skip.is_visible(), "it is offered once before the first question"
    go_to(page, asked[0])
    assert skip.is_visible()
    assert page.locator('[data-key="next"]').inner_text() == sentence("next-question"), "only one says Continue"
    for name in asked:
        answer(page, activity(page, name), WHOLE[name], right=True)
        wait_saved(page, name)
        until(lambda: skip.count() == 0 or not skip.is_visible(), "Skip is gone beside Continue")
    assert activity(page, last).is_visible()
    assert page.get_by_text(sentence("warm-up-end")).is_visible()
    assert page.locator('[data-key="next"]').inner_text() == sentence("continue")
    go_to(page, "Warm-up.1")
    assert not skip.is_visible()
    page.close()


@pytest.mark.proof
def test_link_opens_the_step_of_an_activity(server: Server, context: BrowserContext) -> None:
    server.new_trainee("steps-link")
    _lesson, steps, asked = _lesson_of_choices()
    page = _open(server, context, "steps-link", f"#{asked[0]}")
    assert activity(page, asked[0]).is_visible()
    assert _step(page) in steps
    go_to(page, "answers")
    box = page.locator("section.himaya-handin")
    folded = box.locator("details", has=page.locator(f'[data-key="go-{asked[0]}"]'))
    folded.locator("summary").click()
    folded.locator(f'[data-key="go-{asked[0]}"]').click()
    assert _step(page) in steps
    assert focused(page)[0] == asked[0]
    page.close()


@pytest.mark.proof
def test_sources_lie_in_the_drawer(server: Server, context: BrowserContext) -> None:
    server.new_trainee("steps-drawer")
    page = _open(server, context, "steps-drawer", "#consent.1")
    look_up(page)
    assert page.locator(".drawer .himaya-brand").is_visible()
    page.locator("#himaya-search input").fill("consent")
    wait_for(page.locator(".found button").first)
    page.keyboard.press("Escape")
    assert page.locator(".drawer").is_hidden()
    assert _step(page) == "consent.1"
    page.close()


@pytest.mark.proof
def test_exit_leaves_past_all_steps(server: Server, context: BrowserContext) -> None:
    server.new_trainee("steps-exit")
    page = context.new_page()
    page.goto(server.address("himaya"))
    home = page.url
    page.goto(server.door("app", "steps-exit"))
    wait_drawn(page)
    _leaves_past_all_steps(page, home)
    page.close()


@pytest.mark.proof
def test_exit_leaves_past_all_steps_of_a_practice_app(apps: AppsServer, context: BrowserContext) -> None:
    page = apps.enter(context)
    gallery = page.url
    page.goto(apps.address(f"app/en/{MODULE}"))
    drawn(page)
    _leaves_past_all_steps(page, gallery)
    page.close()


def _leaves_past_all_steps(page: Page, before: str) -> None:
    """Leave after three steps: Back leads to the page `before`, and no step that is entered again shows anything."""
    for _ in range(3):
        _forward(page)
    page.locator(".himaya-exit a").click()
    wait_for_address(page, "about:blank")
    page.go_back()
    assert page.url == before
    page.go_forward()
    assert page.url == "about:blank"
    page.go_forward()
    until(lambda: page.url == "about:blank", "a step that stayed in the history shows nothing")


@pytest.mark.proof
def test_every_step_works_at_360_pixels(server: Server, phone: BrowserContext) -> None:
    server.new_trainee("steps-phone")
    page = _open(server, phone, "steps-phone")
    problems = []
    for name in ("start", "consent.1", _warm_up()[0], "quiet-visitor", "answers"):
        go_to(page, name)
        assert page.evaluate(_PRESSABLE), name
        heights = page.evaluate("['header', 'footer'].map(it => document.querySelector(`body > ${it}`).offsetHeight)")
        assert sum(heights) <= SIXTH, (name, heights)
        problems += [*violations(page, "body"), *small_targets(page, ".bar, footer, nav, .himaya-exit")]
        problems += clipped(page, "main, .himaya-exit", in_lists=False)
    assert problems == []
    page.close()


def test_keyboard_alone_reaches_a_question(server: Server, context: BrowserContext) -> None:
    server.new_trainee("steps-keys")
    page = _open(server, context, "steps-keys")
    pressed = 0
    while page.locator(".step:not([hidden]) section.himaya input").count() == 0:
        for _ in range(60):
            page.keyboard.press("Tab")
            if focused(page)[1] == "next":
                break
        page.keyboard.press("Enter")
        pressed += 1
        assert pressed < 8
    assert focused(page)[3] == "H2", "each step begins at its heading"
    name = page.locator(".step:not([hidden]) section.himaya").get_attribute("data-activity")
    for _ in range(20):
        page.keyboard.press("Tab")
        if focused(page)[0] == name:
            break
    assert focused(page)[0] == name
    page.keyboard.press("Space")
    wait_saved(page, str(name))
    page.close()


@pytest.mark.proof
def test_printing_shows_the_whole_module(server: Server, context: BrowserContext) -> None:
    server.new_trainee("steps-print")
    page = _open(server, context, "steps-print", "#consent.1")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(_HIDDEN) == 0
    assert activity(page, "quiet-visitor").is_visible()
    assert page.locator("#Sources").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert _step(page) == "consent.1"
    page.close()


def test_without_scripts_all_text_is_there(server: Server, chromium: Browser) -> None:
    server.new_trainee("steps-plain")
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(server.door("app", "steps-plain"))
        for name in ("start", "consent.1", "look-up"):
            assert page.locator(f'[id="{name}"]').is_visible(), name


def _arabic() -> LoadedModule:
    english = without_forms(load_module(ROOT / "modules" / MODULE))
    made = with_texts(english, lambda unit: in_digits(pseudo(unit.text), "arabic-indic"))
    return replace(made, language="ar", english=english, digits="arabic-indic")


@pytest.mark.proof
def test_language_asked_for_is_kept_in_each_step(server: Server, context: BrowserContext) -> None:
    english = without_forms(load_module(ROOT / "modules" / MODULE))
    give(server, "steps-languages", english, _arabic(), part=0)
    page = _open(server, context, "steps-languages", language="ar")
    html = page.locator("html")
    assert (html.get_attribute("lang"), html.get_attribute("dir")) == ("ar", "rtl")
    assert page.evaluate(_PRESSABLE)
    wait_for(page.locator("section.himaya-handin[lang=ar]"), state="attached")
    _lesson, _steps, (name, *_) = _lesson_of_choices()
    reach(page, name)
    activity(page, name).locator("input").first.check()
    before = _step(page)
    open_languages(page)
    page.get_by_role("button", name="English", exact=True).click()
    wait_for(page.locator("section.himaya-handin[lang=en]"), state="attached")
    assert (_step(page), html.get_attribute("dir")) == (before, "ltr")
    look_up(page)
    assert page.locator(".drawer h2").inner_text() == sentence("look-up")
    page.keyboard.press("Escape")
    assert page.locator('[data-key="previous"]').inner_text() == sentence("go-back")
    assert activity(page, name).locator("input").first.is_checked()
    page.locator('[data-key="lessons"]').click()
    assert page.locator("#start h1").inner_text() == english.module.title
    page.go_back()
    page.reload()
    wait_drawn(page)
    assert (_step(page), html.get_attribute("lang")) == (before, "en")
    page.close()
    # Chosen last in the app, while the home page still asks for the other one.
    page = _open(server, context, "steps-languages", language="ar")
    wait_for(page.locator("section.himaya-handin[lang=en]"), state="attached")
    until(lambda: page.locator("html").get_attribute("lang") == "en", "the language that was chosen last")
    assert page.locator("#start h1").inner_text() == english.module.title
    # Chosen last on the home page.
    page.goto(server.address("himaya/trainee"))
    page.locator(".himaya-menu summary").click()
    page.locator('[data-language="ar"]').click()
    page.close()
    page = _open(server, context, "steps-languages", language="ar")
    wait_for(page.locator("section.himaya-handin[lang=ar]"), state="attached")
    assert page.locator("html").get_attribute("lang") == "ar"
    page.close()


@pytest.mark.proof
def test_home_page_opens_the_app_in_its_language(server: Server, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(server.address("himaya/trainee") + "&language=ar")
    page.goto(server.address("himaya/mentor"))
    assert str(page.locator('a[href*="voila/render"]').first.get_attribute("href")).endswith("?language=ar")
    page.goto(server.address(f"himaya/open/{MODULE}/app") + "#consent")
    wait_drawn(page)
    assert "language=ar" in page.url
    assert _step(page) == "consent.1"
    page.close()


@pytest.mark.proof
def test_answers_are_there_again(server: Server, context: BrowserContext) -> None:
    server.new_trainee("steps-again")
    page = _open(server, context, "steps-again")
    _lesson, _steps, (name, *_) = _lesson_of_choices()
    answer(page, activity(page, name), WHOLE[name], right=True)
    push(page, activity(page, name), "check")
    wait_saved(page, name)
    page.evaluate("localStorage.clear()")
    page.close()
    page = _open(server, context, "steps-again", f"#{name}")
    assert activity(page, name).locator(".himaya-verdict").is_visible()
    page.close()


def test_practice_app_draws_the_shown_step_first(apps: AppsServer, context: BrowserContext) -> None:
    """Another step is drawn when it is shown, all are before printing, and else where there is time; here is none."""
    page = apps.enter(context)
    page.add_init_script("{ let now = 0; performance.now = () => (now += 1000); }")
    _lesson, _steps, (name, *_) = _lesson_of_choices()
    page.goto(apps.address(f"app/en/{MODULE}#{name}"))
    wait_for(page.locator("#opening"), state="detached")
    assert activity(page, name).is_visible()
    drawn_now = page.locator(".step section.himaya[data-activity]")
    assert drawn_now.count() == page.locator(".step:not([hidden]) [data-show]").count()
    other = _warm_up()[0]
    go_to(page, other)
    assert activity(page, other).is_visible()
    assert drawn_now.count() < page.locator("[data-show]").count()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert drawn_now.count() == page.locator("[data-show]").count()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    drawn(page)
    page.close()


def test_practice_app_draws_what_came(apps: AppsServer, context: BrowserContext) -> None:
    """The shown step can be answered though the rest of the page never comes."""
    page = apps.enter(context)
    came = []

    def cut(route: Route) -> None:
        given = route.fetch(timeout=0)
        found = _FIRST.search(given.text())
        assert found is not None
        came.append(found[1])
        lost = ("content-length", "content-encoding")
        headers = {key: each for key, each in given.headers.items() if key not in lost}
        route.fulfill(status=given.status, headers=headers, body=given.text()[: found.end()])

    page.route(f"**/app/en/{MODULE}", cut)
    page.goto(apps.address(f"app/en/{MODULE}"))
    wait_for(page.get_by_text(sentence("app-not-started")))
    go_to(page, came[0])
    answer(page, activity(page, came[0]), WHOLE[came[0]], right=True)
    push(page, activity(page, came[0]), "check")
    wait_for(activity(page, came[0]).locator(".himaya-verdict"))
    page.close()


@pytest.mark.proof
def test_practice_app_shows_the_same_steps(apps: AppsServer, phone: BrowserContext) -> None:
    page = apps.enter(phone, f"app/en/{MODULE}")
    drawn(page)
    assert _step(page) == "start"
    assert page.get_by_text(sentence("app-keeps")).is_visible()
    _lesson, _steps, (name, *_) = _lesson_of_choices()
    answer(page, activity(page, name), WHOLE[name], right=True)
    push(page, activity(page, name), "check")
    here = _step(page)
    assert page.evaluate(_PRESSABLE)
    assert violations(page, "body") == []
    open_languages(page)
    page.locator('.himaya-menu a[lang="ar"]').click()
    drawn(page)
    assert (_step(page), page.locator("html").get_attribute("dir")) == (here, "rtl")
    assert page.evaluate(_PRESSABLE)
    page.goto(apps.address(f"app/en/{MODULE}"))
    drawn(page)
    wait_true(page, "() => document.querySelector('#himaya-progress progress').value === 1")
    _forward(page)
    assert _step(page) == here
    _forward(page)
    page.locator('[data-key="lessons"]').click()
    page.locator("#forget").click()
    until(lambda: page.evaluate("localStorage.length") == 0, "everything to be forgotten, the place too")
    next_button = page.locator('[data-key="next"]')
    until(lambda: next_button.inner_text() == sentence("start"), "the cover of a module that nobody began")
    _forward(page)
    _forward(page)
    seen = page.evaluate("Object.entries(localStorage).filter(([key]) => key.endsWith(':seen')).map(it => it[1])")
    assert seen == ['["Opening.1"]'], "the next one to read is told nothing of the last"
    page.close()
