"""A class from its first card to feedback: two phones, a cut link, a shared phone, grading as always."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from himaya.languages.interface import sentence
from himaya_server.classroom.store import open_store
from tests.browser.conftest import MODULE, ROOT
from tests.browser.link import Link
from tests.browser.offline_pages import CHOICE, go_to, pick
from tests.browser.user_actions import activity, until, wait_true
from tests.classroom.served import Served, himaya, tokens
from tests.courses import one_module_course
from tests.engine.shipped import compiled
from tests.waiting import wait_for, wait_for_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.proof
OTHER = "before-she-leaves"
_HELD = """async () => {
  const names = (await indexedDB.databases()).map(({ name }) => name);
  return [names, Object.entries(localStorage), Object.entries(sessionStorage)].flat(3).join(" ");
}"""


@pytest.fixture(scope="module")
def whole() -> dict[str, Any]:
    """The module's activities with their keys."""
    return compiled(MODULE)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A class of two whose course is built and released, served."""
    folder = tmp_path_factory.mktemp("class")
    course = one_module_course(folder / "course")
    himaya("build", str(course), "--modules", str(ROOT / "modules"))
    himaya("release", str(course), "--exchange", str(folder / "exchange"))
    made = Served(folder / "class", course)
    made.run("enrol", "north", "--number", "2")
    made.start()
    yield made
    made.kill()


@pytest.fixture
def link(served: Served) -> Iterator[Link]:
    """A link to the class that can be cut."""
    between = Link(served.port)
    between.start()
    yield between
    between.stop()


_ORDERS = """() => Array.from(document.querySelectorAll("section.himaya"), it =>
  [it.dataset.activity, Array.from(it.querySelectorAll('[data-key^="pick-"]'), each => each.dataset.key)])"""


def enter(page: Page, card: str) -> None:
    """Open the link on a card and wait for the class's first page."""
    page.goto(card)
    wait_for(page.locator("html[data-ready]").first)
    assert "#" not in page.url


def module(page: Page) -> None:
    """Open the module from the class's first page."""
    page.locator(f'a[href="{MODULE}.html"]').click()
    wait_for(page.locator("html[data-ready]").first)
    wait_for(page.locator("#himaya-link").first, state="attached")


def home_of(page: Page) -> None:
    """Go back to the class's first page."""
    go_to(page, "start")
    page.locator('a[href="index.html"]').first.click()
    wait_for(page.locator('[data-key="hand-on"]'))


def said(page: Page) -> str:
    """Return what the page says of the link."""
    return page.locator("#himaya-link").text_content() or ""


def received(served: Served, number: int) -> list[dict[str, Any]]:
    """Return what the class holds of a person."""
    store = open_store(served.database)
    rows = store.rows(store.people("north")[number].id, MODULE).rows
    store.close()
    return rows


def answered(served: Served, number: int) -> set[str]:
    """Return to which activities the class has a person's answers."""
    return {row["activity"] for row in received(served, number)}


def orders(page: Page) -> dict[str, list[str]]:
    """Return the options of each activity in the order in which a device shows them."""
    return dict(page.evaluate(_ORDERS))


def test_class_from_card_to_feedback(
    served: Served, link: Link, phone: BrowserContext, chromium: Browser, whole: Any
) -> None:
    card = served.cards(link.port)[0]
    page = phone.new_page()
    enter(page, card)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    module(page)
    assert sentence("practice-seen") in page.locator("#start").inner_text()
    pick(page, whole, right=True)
    until(lambda: answered(served, 0) == {CHOICE}, "the first answer is sent")
    until(lambda: said(page) == "Everything is with your class.", "the page says so")
    first = received(served, 0)

    link.cut()
    pick(page, whole, name=OTHER)
    until(lambda: "to be sent to your class" in said(page), "the page says what waits")
    again = phone.new_page()
    again.goto(page.url)  # the class is off, and the step is there again
    wait_for(again.locator("html[data-ready]").first)
    assert activity(again, OTHER).evaluate("it => it.himaya.view().answered")
    again.close()
    assert received(served, 0) == first
    link.restore()
    page.evaluate("dispatchEvent(new Event('online'))")
    until(lambda: answered(served, 0) == {CHOICE, OTHER}, "what waited is sent")

    second = chromium.new_context(viewport={"width": 1280, "height": 900})
    desk = second.new_page()
    desk.goto(card)
    until(lambda: "say yes" in desk.locator("#himaya-class").inner_text(), "the second device waits")
    home = phone.new_page()
    home.goto(f"http://127.0.0.1:{link.port}/class/")
    wait_for(home.locator("html[data-ready]").first)
    home.get_by_role("button", name="Yes, it is mine").click()
    wait_for(desk.locator("html[data-ready]").first)
    module(desk)
    until(lambda: said(desk) == "Everything is with your class.", "the second device has the answers")
    assert len(orders(desk)) > 10
    assert orders(desk) == orders(page), "a trainer who says 'the second option' means one thing"
    go_to(desk, OTHER)
    until(lambda: activity(desk, OTHER).evaluate("it => it.himaya.view().answered"), "its page shows them")
    go_to(desk, "answers")
    desk.locator('[data-key="submit"]').click()
    receipt = desk.locator(".himaya-receipt")
    until(lambda: "Receipt code" in receipt.inner_text(), "a receipt")
    second.close()

    print(served.run("collect", "north"))
    himaya("grade", str(served.course), MODULE)
    assert "new feedback: 1" in served.run("feedback", "north")
    assert "new feedback: 0" in served.run("feedback", "north")
    home.reload()
    wait_for(home.locator("html[data-ready]").first)
    home.locator(f'a[href="/class/feedback/{MODULE}"]').click()
    wait_for_address(home, f"**/class/feedback/{MODULE}")
    until(lambda: "Case management" in home.locator("body").inner_text(), "the feedback")
    assert home.locator("script").count() == 0

    kept = served.log.read_bytes()
    assert b"/class/api/journal 200" in kept
    assert tokens([card])[0].encode() not in kept


def test_shared_phone_keeps_nothing(served: Served, link: Link, phone: BrowserContext, whole: Any) -> None:
    store = open_store(served.database)
    one, other = [person.pseudonym for person in store.people("north")]
    store.close()
    cards = served.cards(link.port, one, other)
    page = phone.new_page()
    enter(page, cards[1])
    module(page)
    link.cut()
    pick(page, whole)
    until(lambda: "to be sent to your class" in said(page), "an answer waits")
    assert other in page.evaluate(_HELD)
    link.restore()
    home_of(page)
    page.locator('[data-key="hand-on"]').click()
    wait_for_address(page, "**/door.html")  # not `until`: what Playwright knows as the address waits for its events
    wait_true(page, "() => document.querySelector('#himaya-class p') !== null")
    assert answered(served, 1) == {CHOICE}
    assert other not in page.evaluate(_HELD)
    enter(page, cards[0])
    assert one in said(page)
    page.goto(cards[1])  # without handing on: somebody else's card clears the phone, too
    until(lambda: other in said(page), "the other person is signed in")
    assert one not in page.evaluate(_HELD)


def test_unsent_answers_are_offered_as_a_file(served: Served, link: Link, phone: BrowserContext, whole: Any) -> None:
    card = served.cards(link.port, "--all")[0]
    page = phone.new_page()
    enter(page, card)
    module(page)
    until(lambda: said(page) == "Everything is with your class.", "the page knows the class")
    home_of(page)
    home = page
    other = phone.new_page()
    other.goto(f"http://127.0.0.1:{link.port}/class/")
    wait_for(other.locator("html[data-ready]").first)
    module(other)
    link.cut()
    pick(other, whole, right=False)
    until(lambda: "to be sent to your class" in said(other), "an answer waits")
    home.locator('[data-key="hand-on"]').click()
    wait_for(home.locator('[data-key="save"]'))
    with home.expect_download() as download:
        home.locator('[data-key="save"]').click()
    assert CHOICE in download.value.path().read_text(encoding="utf-8")
    home.locator('[data-key="erase-now"]').click()
    # The class is off, and its door is here all the same; the way there may begin with a request that fails.
    wait_for(home.get_by_text(sentence("class-door-help")))
    assert CHOICE not in home.evaluate(_HELD)
    link.restore()
    other.close()
    enter(home, card)
    wait_for(home.locator('[data-key="hand-on"]'))
    store = open_store(served.database)
    (signed,) = store.devices(store.people("north")[0].id)
    store.close()
    assert signed.since is None  # as on a phone that was never here


def test_class_sends_the_font(served: Served, phone: BrowserContext) -> None:
    page = phone.new_page()
    enter(page, served.cards(served.port, "--all")[1])
    page.evaluate("document.documentElement.dir = 'rtl'")  # this course is in English
    # Not by `document.fonts.ready`: a page that draws nothing just now never lays itself out, and waits for ever.
    wait_true(
        page, "() => document.body.offsetHeight && Array.from(document.fonts, (it) => it.status).join() === 'loaded'"
    )
