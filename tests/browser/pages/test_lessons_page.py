"""A module's page as lessons: the journeys of a trainee through cover, steps and what is looked up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from himaya.content.lessons import minutes_of, outline
from himaya.course.course import load_course
from himaya.languages.interface import duration, interface, sentence
from himaya.publish.edition import Edition
from himaya.publish.page import module_page
from himaya.translation.translated import load_in
from himaya_widgets.player import page_code
from tests.browser.accessibility import violations
from tests.browser.conftest import MODULE, ROOT, _watched
from tests.browser.offline_pages import CHOICE, OWNER, go_to, look_up, open_languages, page_of, pick, ready
from tests.browser.user_actions import activity, until, wait_true
from tests.lanes import sampled
from tests.waiting import wait_for, wait_for_address

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from himaya.content.load import LoadedModule
    from tests.browser.offline_pages import Site

_SHOWN = "[...document.querySelectorAll('.step')].filter(it => it.checkVisibility()).map(it => it.id)"
# The focused element, where something else lies over it or it is cut off by what scrolls; null where all is well.
_LOST = """() => {
  const it = document.activeElement;
  const shown = ["radio", "checkbox"].includes(it.type) ? it.closest("label") ?? it : it;
  const box = shown.getBoundingClientRect();
  const frame = (it.closest("main, .drawer") ?? document.documentElement).getBoundingClientRect();
  const tall = box.height > frame.height - 8;
  const inside = tall || (box.top >= frame.top - 1 && box.bottom <= frame.bottom + 1);
  const height = Math.max(frame.top, box.top) + Math.min(box.height, 40) / 2;
  const at = document.elementFromPoint(box.left + box.width / 2, height);
  const clear = it.matches("main") || shown.contains(at) || at?.contains(shown);
  return inside && clear ? null : `${it.tagName} ${it.dataset.key ?? it.textContent.slice(0, 30)}`;
}"""


def _forward(page: Page) -> None:
    page.locator('[data-key="next"]').click()


def _step(page: Page) -> str:
    (shown,) = page.evaluate(_SHOWN)
    return str(shown)


def _focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent"))


def test_coming_back_takes_one_press(site: Site, context: BrowserContext) -> None:
    page = ready(context.new_page(), page_of(site))
    assert page.locator('[data-key="next"]').inner_text() == sentence("start")
    go_to(page, "consent.4")
    page.close()
    page = ready(context.new_page(), page_of(site))
    assert _step(page) == "start"
    assert page.locator('[data-key="next"]').inner_text() == sentence("continue")
    assert "What consent needs" in page.locator("footer").inner_text()
    _forward(page)
    assert _step(page) == "consent.4"
    # A reload and a link that was kept need no press at all.
    page.reload()
    wait_for(page.locator("html[data-ready]").first)
    assert _step(page) == "consent.4"


def test_place_of_an_earlier_version_is_found(site: Site, context: BrowserContext) -> None:
    page = ready(context.new_page(), page_of(site))
    page.evaluate("owner => localStorage.setItem(`himaya:${owner}:place`, 'part-13')", OWNER)
    page = ready(page, page_of(site))
    _forward(page)
    assert page.locator("#part-13").is_visible()


@pytest.mark.parametrize(
    ("link", "shown"),
    [("part-13", "#part-13"), (CHOICE, f"[data-show={CHOICE}]"), ("risk", '[id="risk.1"]'), ("%", "#start")],
)
def test_link_opens_the_step_that_holds_it(site: Site, context: BrowserContext, link: str, shown: str) -> None:
    page = ready(context.new_page(), f"{page_of(site)}#{link}")
    assert page.locator(shown).is_visible()
    assert len(page.evaluate(_SHOWN)) == 1


def test_link_to_what_is_looked_up_opens_it(site: Site, context: BrowserContext) -> None:
    page = ready(context.new_page(), f"{page_of(site)}#Sources")
    assert page.locator(".drawer #Sources").is_visible()
    page.locator('[data-key="close-drawer"]').click()
    go_to(page, page.evaluate("document.querySelector('.step a[href=\"#Sources\"]').closest('.step').id"))
    page.locator(".step:not([hidden]) .mark a").first.click()
    assert page.evaluate("document.activeElement.closest('.notes li').checkVisibility()")
    page.locator('.step:not([hidden]) a[href="#Sources"]').first.click()
    assert _focus(page) == "Sources"
    assert page.locator(".drawer li").last.is_visible()
    page.keyboard.press("Escape")
    assert page.locator(".drawer").is_hidden()


def test_numbers_of_notes_have_no_line(site: Site, context: BrowserContext) -> None:
    """In Arabic-Indic digits a one with a line below it is read as an exclamation mark."""
    page = ready(context.new_page(), page_of(site, "ar"))
    go_to(page, page.evaluate("document.querySelector('.step .mark a').closest('.step').id"))
    mark = page.locator(".step:not([hidden]) .mark a").first
    line, colour = mark.evaluate("it => [getComputedStyle(it).textDecorationLine, getComputedStyle(it).color]")
    assert line == "none"
    assert colour != page.locator(".step:not([hidden]) p").first.evaluate("it => getComputedStyle(it).color")


def test_no_line_of_the_bars_is_cut_in_arabic(site: Site, phone: BrowserContext) -> None:
    page = ready(phone.new_page(), page_of(site, "ar"))
    go_to(page, "consent.4")
    for place in ("consent.4", "start"):
        go_to(page, place)
        for line in page.locator("header h1:visible, footer span:visible").all():
            high, shown = line.evaluate("it => [it.scrollHeight, it.clientHeight]")
            assert high <= shown, line.inner_text()
    wide, shown = page.locator("footer span").first.evaluate("it => [it.scrollWidth, it.clientWidth]")
    assert wide <= shown, "the title of where one stopped"


@pytest.mark.parametrize("edition", ["en", "ar"])
def test_close_stands_in_line_with_its_column(site: Site, context: BrowserContext, edition: str) -> None:
    page = ready(context.new_page(), page_of(site, edition))
    page.set_viewport_size({"width": 1280, "height": 800})
    look_up(page)
    close, column = (page.locator(f".drawer > {each}").bounding_box() for each in ("button", "#look-up"))
    assert close is not None
    assert column is not None
    ends = [box["x"] if edition == "ar" else box["x"] + box["width"] for box in (close, column)]
    assert abs(ends[0] - ends[1]) <= 1


def test_browser_back_goes_step_by_step(site: Site, context: BrowserContext) -> None:
    page = ready(context.new_page(), page_of(site))
    _forward(page)
    _forward(page)
    walked = _step(page)
    page.go_back()
    wait_true(page, f"() => {_SHOWN}.join() === 'Opening.1'")
    page.go_back()
    wait_true(page, f"() => {_SHOWN}.join() === 'start'")
    page.go_forward()
    page.go_forward()
    wait_true(page, f"() => {_SHOWN}.join() === '{walked}'")


def test_exit_leaves_no_step_in_the_history(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(site.address + "en/index.html")
    ready(page, page_of(site))
    for _ in range(4):
        _forward(page)
    page.locator(".himaya-exit a").click()
    wait_for_address(page, "about:blank")
    page.go_back()
    assert page.url.endswith("index.html")
    page.go_forward()
    assert page.url == "about:blank"
    page.go_forward()
    until(lambda: page.url == "about:blank", "a step that stayed in the history shows nothing")
    # A link opens the module as ever.
    ready(page, page_of(site))
    assert _step(page) == "start"


def test_two_tabs_keep_what_was_left_in_both(site: Site, context: BrowserContext) -> None:
    tabs = [ready(context.new_page(), page_of(site)) for _ in range(2)]
    for tab, step in zip(tabs, ("consent.1", "risk.1"), strict=True):
        go_to(tab, step)
        _forward(tab)
    seen = tabs[0].evaluate("owner => JSON.parse(localStorage.getItem(`himaya:${owner}:seen`))", OWNER)
    assert set(seen) == {"consent.1", "risk.1"}


def test_card_of_a_course_opens_its_module(site: Site, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto(page_of(site, "ar").rpartition("/")[0] + "/index.html")
    page.locator(f'.himaya-open[href="{MODULE}.html"]').tap()
    wait_for_address(page, f"**/{MODULE}.html*")
    wait_for(page.locator("html[data-ready]").first)
    assert _step(page) == "start"


def test_answers_lead_back_to_where_one_was(site: Site, context: BrowserContext) -> None:
    page = ready(context.new_page(), page_of(site))
    page.locator('nav a[href="#answers"]').click()
    assert _step(page) == "answers"
    page.locator('[data-key="previous"]').click()
    assert _step(page) == "start"


def test_warm_up_can_be_skipped(site: Site, context: BrowserContext) -> None:
    page = ready(context.new_page(), page_of(site))
    go_to(page, "Warm-up.1")
    assert page.locator('[data-key="next"]').inner_text() == sentence("to-questions")
    page.locator('.step:not([hidden]) [data-key="skip-warm-up"]').click()
    assert _step(page) == "risk.1"
    page.locator('[data-key="previous"]').click()
    assert _step(page) == "Warm-up.1"


def test_lesson_is_ticked_when_all_is_done(
    site: Site, context: BrowserContext, loaded: LoadedModule, whole: Any
) -> None:
    page = ready(context.new_page(), page_of(site))
    total = sum(lesson.minutes for lesson in loaded.module.lessons)
    assert duration(total, interface("en")) in page.locator("footer").inner_text()
    lessons = {part.lesson.id: part for part in outline(loaded).lessons if part.lesson is not None}
    first, checked = lessons["six-steps"], lessons["check-consent"]
    assert first.lesson is not None
    go_to(page, "six-steps.1")
    for _ in first.steps:
        _forward(page)
    assert _step(page) == "consent.1"
    mark = page.locator('[data-part="six-steps"]')
    assert "✓" in str(mark.text_content())
    page.locator('[data-key="lessons"]').click()
    assert duration(total - first.lesson.minutes, interface("en")) in page.locator("footer").inner_text()
    # A lesson with questions is done when they are answered.
    go_to(page, "check-consent.1")
    for _ in checked.steps:
        _forward(page)
    assert "✓" not in str(page.locator('[data-part="check-consent"]').text_content())
    for block in checked.blocks:
        if block.activity is not None:
            pick(page, whole, name=block.activity)
    assert "✓" in str(page.locator('[data-part="check-consent"]').text_content())


@pytest.mark.parametrize("language", ["en", "ar", "ckb"])
def test_header_and_footer_take_a_sixth(phone: BrowserContext, tmp_path: Path, language: str) -> None:
    course = load_course(ROOT / "courses" / "core-protection")
    loaded = load_in(ROOT / "modules" / MODULE, language, course.digits)
    path = tmp_path / f"{language}.html"
    path.write_text(module_page(Edition(course, page_code(), language), loaded), encoding="utf-8")
    page = ready(phone.new_page(), f"file://{path}#consent.2")
    heights = "all => all.map(it => it.getBoundingClientRect().height)"
    head, marks, foot = page.locator("body > header, .segments, body > footer").evaluate_all(heights)
    size = page.viewport_size
    assert size is not None
    assert head + marks + foot <= size["height"] / 6
    assert page.locator("main").evaluate("it => it.clientHeight") >= size["height"] * 5 / 6 - 1


def test_language_is_changed_in_a_step(site: Site, phone: BrowserContext) -> None:
    page = ready(phone.new_page(), f"{page_of(site)}#consent.2")
    header = page.locator("body > header")
    assert not header.locator(".languages").is_visible()
    open_languages(page)
    page.keyboard.press("Escape")
    assert not header.locator(".languages").is_visible()
    assert _focus(page) == sentence("language")
    open_languages(page)
    header.locator('a[hreflang="ar"]').click()
    wait_for(page.locator('html[lang="ar"][data-ready]').first)
    assert _step(page) == "consent.2"
    page.locator('[data-key="lessons"]').click()
    assert page.locator("#start .languages a").is_visible()
    assert not page.locator(".himaya-menu").is_visible(), "the cover has the languages itself"


def test_page_without_other_language_offers_none(site: Site, phone: BrowserContext, loaded: LoadedModule) -> None:
    page = ready(phone.new_page(), page_of(site))
    html = module_page(Edition(load_course(ROOT / "courses" / "core-protection"), page_code()), loaded)
    path = site.folder / "alone.html"
    path.write_text(html, encoding="utf-8")
    page = ready(page, f"{site.address}alone.html#consent.2")
    assert page.locator(".himaya-menu").count() == 0


def test_end_of_a_lesson_is_said(site: Site, context: BrowserContext, loaded: LoadedModule, whole: Any) -> None:
    lessons = [(part.lesson, part) for part in outline(loaded).lessons if part.lesson is not None]
    number = next(at for at, (lesson, _) in enumerate(lessons) if lesson.id == "check-consent")
    (lesson, part), (following, _) = lessons[number : number + 2]
    page = ready(context.new_page(), page_of(site))
    last = f"{lesson.id}.{len(part.steps)}"
    end = page.locator(f'[id="{last}"] .lesson-end')
    go_to(page, last)
    assert end.text_content() == "", "something is asked here, and not answered"
    *earlier, asked = [block.activity for block in part.blocks if block.activity is not None]
    pick(page, whole, name=asked)
    assert end.inner_text().splitlines()[0] == sentence("lesson-ended", title=lesson.title)
    for name in earlier:
        pick(page, whole, name=name)
    go_to(page, f"{lesson.id}.1")
    for _ in part.steps[1:]:
        _forward(page)
    time = sentence("minutes", n=following.minutes)
    said = [sentence("lesson-finished", title=lesson.title), sentence("lesson-next", title=following.title, time=time)]
    assert end.inner_text().splitlines() == said
    assert end.get_attribute("role") == "status"


def test_warm_up_says_how_many_questions(site: Site, context: BrowserContext, loaded: LoadedModule) -> None:
    warm_up = outline(loaded).warm_up
    asked = [block.activity for block in warm_up.blocks if block.activity is not None]
    said = sentence("warm-up-about", n=len(asked), time=sentence("minutes", n=minutes_of(loaded, warm_up.blocks)))
    page = ready(context.new_page(), page_of(site))
    assert said in page.locator('nav a[href="#Warm-up.1"]').inner_text()
    go_to(page, "Warm-up.1")
    assert page.locator('[id="Warm-up.1"] .facts').inner_text() == said
    for name in asked:
        go_to(page, name)
        words = sentence("skip-warm-up" if name == asked[-1] else "next-question")
        assert page.locator('[data-key="next"]').inner_text() == words


def test_focus_is_never_covered(site: Site, phone: BrowserContext) -> None:
    page = ready(phone.new_page(), page_of(site))
    lost = []
    for name in ("start", "consent.1", CHOICE, "quiet-visitor", "answers"):
        go_to(page, name)
        page.evaluate("document.querySelector('.himaya-exit a').focus()")
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                break
            lost += [f"{name}: {what}" for what in [page.evaluate(_LOST)] if what]
    assert lost == []


def test_only_the_text_scrolls(site: Site, phone: BrowserContext, whole: Any) -> None:
    """A document that is longer than the screen lets what shows an element move the header out of sight."""
    page = ready(phone.new_page(), page_of(site))
    question = next(name for name, each in whole.items() if (each["kind"], each["mode"]) == ("choice", "practice"))
    pick(page, whole, name=question)
    activity(page, question).locator('[data-key="check"]').click()
    for name in (question, "start", "quiet-visitor", "answers"):
        go_to(page, name)
        assert page.evaluate("document.documentElement.scrollHeight <= innerHeight"), name
    look_up(page)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_last_line_can_be_scrolled_clear(site: Site, phone: BrowserContext) -> None:
    page = ready(phone.new_page(), page_of(site))
    for name in ("start", "consent.1", CHOICE):
        go_to(page, name)
        page.locator("main").evaluate("it => { it.scrollTop = it.scrollHeight; }")
        gap = page.evaluate(
            """() => document.querySelector("body > footer").getBoundingClientRect().top
               - document.querySelector(".step:not([hidden])").getBoundingClientRect().bottom"""
        )
        assert gap >= 0, name


def test_lesson_is_walked_by_keyboard(site: Site, context: BrowserContext, loaded: LoadedModule) -> None:
    second = f"Step 2 of {len(outline(loaded).warm_up.steps)}"
    page = ready(context.new_page(), page_of(site))
    for heading in ("Before you begin", "A moment at work", "Before you start: what do you know already?"):
        page.locator('[data-key="next"]').focus()
        page.keyboard.press("Enter")
        assert _focus(page) == heading
    page.locator('[data-key="next"]').press("Enter")
    assert _focus(page).endswith(second)
    assert second in page.locator("footer [role=status]").inner_text()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('section.himaya') !== null"), "the question follows"
    look_up(page)
    assert _focus(page) == sentence("look-up")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.dataset.key") == "look-up"
    page.locator('[data-key="lessons"]').press("Enter")
    assert _focus(page) == "Case management"


def test_footer_says_later_until_it_is_answered(site: Site, context: BrowserContext, whole: Any) -> None:
    page = ready(context.new_page(), page_of(site))
    go_to(page, CHOICE)
    assert page.locator('[data-key="next"]').inner_text() == sentence("later")
    pick(page, whole)
    assert page.locator('[data-key="next"]').inner_text() == sentence("continue")


def test_everything_is_printed(site: Site, context: BrowserContext) -> None:
    page = ready(context.new_page(), page_of(site))
    go_to(page, "consent.2")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    every = page.locator(".step").evaluate_all("all => all.map(it => it.id)")
    assert page.evaluate(_SHOWN) == [step for step in every if step != "answers"]
    assert page.locator(".drawer li").last.is_visible()
    assert page.evaluate("document.body.scrollHeight > 20000"), "nothing is cut at the height of a screen"


def test_page_reads_whole_without_scripts(site: Site, chromium: Browser) -> None:
    with _watched(chromium, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(page_of(site))
        assert page.locator(".step").count() > 100
        hidden = [step for step in page.locator(".step").all() if not step.is_visible()]
        assert hidden == []
        assert page.locator("#look-up summary").last.is_visible()
        page.locator('nav a[href="#risk.1"]').click()
        assert page.locator('[id="risk.1"] h2').is_visible()


@pytest.mark.parametrize(
    "name", sampled(["start", "consent.3", "quiet-visitor"], ["Opening.2", "Warm-up.1", CHOICE, "answers"])
)
def test_step_is_accessible(site: Site, phone: BrowserContext, name: str) -> None:
    page = ready(phone.new_page(), page_of(site, "ar"))
    go_to(page, name)
    assert violations(page, "body") == []


def test_drawer_is_accessible(site: Site, phone: BrowserContext) -> None:
    page = ready(phone.new_page(), page_of(site))
    go_to(page, "consent.1")
    look_up(page)
    assert violations(page, "body") == []
    page.locator("#himaya-search input").fill("consent")
    page.locator(".found button").first.click()
    assert page.locator(".drawer").is_hidden()


def test_answer_typed_is_kept_when_the_step_is_left(site: Site, context: BrowserContext) -> None:
    page = ready(context.new_page(), f"{page_of(site)}#no-signature")
    activity(page, "no-signature").locator("textarea").fill("I would ask first.")
    _forward(page)
    page = ready(page, f"{page_of(site)}#no-signature")
    assert activity(page, "no-signature").locator("textarea").input_value() == "I would ask first."
