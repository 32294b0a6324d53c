"""Nothing leaves the machine: no page of any door asks another origin for anything, and none needs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tests.browser.activity_stages import push
from tests.browser.conftest import MODULE, Server
from tests.browser.user_actions import activity, wait_drawn
from tests.lanes import sampled
from tests.waiting import wait_for, wait_for_load

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, BrowserContext, Page, Request

pytestmark = pytest.mark.proof

_LOCAL = ("http://127.0.0.1:", "ws://127.0.0.1:")
_INSIDE = ("data:", "blob:", "about:")
_GRADED = "trainee-01"  # of the demonstration's cohort
# What a page names in its text but has not asked for yet: a style sheet, a script, a frame, a picture.
_NAMED = """() => Array.from(document.querySelectorAll("link[href], script[src], img[src], iframe[src], source[src]"))
  .map(it => it.href || it.src).filter(address => /^(https?:)?\\/\\//.test(address))"""


@dataclass
class Traffic:
    """Everything a browser asked for.

    Attributes:
        asked: Addresses, pages and sockets.
        failed: Addresses that could not be reached, with Chromium's reason.
    """

    asked: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        context.on("request", lambda request: self.asked.append(request.url))
        context.on("requestfailed", self._fail)
        context.on("page", lambda page: page.on("websocket", lambda socket: self.asked.append(socket.url)))

    def _fail(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # a page that was left while it still loaded
            self.failed.append(f"{request.url} {request.failure}")

    def elsewhere(self) -> list[str]:
        return [address for address in self.asked if not address.startswith((*_LOCAL, *_INSIDE))]


@pytest.fixture
def traffic(context: BrowserContext) -> Traffic:
    """What this test's browser asks for."""
    seen = Traffic()
    seen.watch(context)
    return seen


def _opened(server: Server, context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(server.address("himaya"))
    page.goto(server.address(address))
    return page


def _assert_at_home(traffic: Traffic, page: Page, *, least: int = 1) -> None:
    wait_for_load(page, "networkidle")
    named = [address for address in page.evaluate(_NAMED) if not address.startswith(_LOCAL)]
    print(f"{len(traffic.asked)} requests, all to 127.0.0.1")
    assert traffic.elsewhere() == []
    assert traffic.failed == []
    assert named == []
    assert len(traffic.asked) >= least, "else nothing was opened and this test says nothing"


@pytest.mark.parametrize("door", sampled(["app"], ["lab", "notebook"]))
def test_module_works_without_another_origin(
    server: Server, context: BrowserContext, traffic: Traffic, door: str
) -> None:
    trainee = f"origins-{door}"
    server.new_trainee(trainee)
    page = context.new_page()
    page.goto(server.address("himaya"))
    page.goto(server.door(door, trainee))
    wait_drawn(page)
    section = activity(page, "quiet-visitor")
    push(page, section, "start")
    wait_for(section.locator('[data-key="choose"]'))
    _assert_at_home(traffic, page, least=20)
    assert any(address.startswith("ws://") for address in traffic.asked), "sockets are watched too"


@pytest.mark.parametrize("address", ["himaya", "himaya/trainee", "himaya/trainer", "himaya/mentor"])
def test_home_page_asks_no_other_origin(
    server: Server, context: BrowserContext, traffic: Traffic, address: str
) -> None:
    page = _opened(server, context, address)
    wait_for(page.locator("h1"))
    _assert_at_home(traffic, page, least=3)


def test_mentor_app_asks_no_other_origin(server: Server, context: BrowserContext, traffic: Traffic) -> None:
    page = _opened(server, context, "himaya/mentor")
    page.get_by_role("link", name="Open", exact=True).first.click()
    wait_for(activity(page, "quiet-visitor"), state="attached")
    _assert_at_home(traffic, page, least=20)


def _submission(server: Server) -> str:
    from nbgrader.api import Gradebook  # slow to import

    with Gradebook(f"sqlite:///{server.course}/gradebook.db", "core-protection") as gradebook:
        return str(gradebook.find_submission_notebook(MODULE, MODULE, _GRADED).id)


_FORMGRADER: dict[str, tuple[Callable[[Server], str], str]] = {
    "list of assignments": (lambda _server: "formgrader", "Manage Assignments"),
    "manual grading": (lambda _server: "formgrader/gradebook", "Manual Grading"),
    "one notebook of all": (lambda _server: f"formgrader/gradebook/{MODULE}/{MODULE}", "Submission"),
    "one submission": (lambda server: f"formgrader/submissions/{_submission(server)}", "Submission"),
}


@pytest.mark.parametrize("view", _FORMGRADER)
def test_formgrader_asks_no_other_origin(server: Server, context: BrowserContext, traffic: Traffic, view: str) -> None:
    address, words = _FORMGRADER[view]
    page = _opened(server, context, address(server))
    wait_for(page.get_by_text(words).first)
    _assert_at_home(traffic, page, least=5)


def test_feedback_page_asks_no_other_origin(server: Server, context: BrowserContext, traffic: Traffic) -> None:
    server.nbgrader("generate_feedback", MODULE, "--student", _GRADED)
    made = server.course / "feedback" / _GRADED / MODULE / f"{MODULE}.html"
    page = context.new_page()
    page.goto(server.address("himaya"))
    # The bytes that the home page would send, from the server's own address but without its policy, which would hide
    # a request by blocking it.
    page.route("**/feedback-as-made*", lambda route: route.fulfill(path=made, content_type="text/html"))
    page.goto(server.address("feedback-as-made"))
    assert "points" in page.inner_text("body")
    _assert_at_home(traffic, page, least=3)


def test_request_to_another_origin_is_noticed(chromium: Browser, server: Server) -> None:
    context = chromium.new_context()
    seen = Traffic()
    seen.watch(context)
    page = context.new_page()
    page.goto(server.address("himaya"))
    picture = "<img src='http://example.org/x.png'>"
    page.route("**/with-a-picture*", lambda route: route.fulfill(body=picture, content_type="text/html"))
    page.goto(server.address("with-a-picture"))
    wait_for_load(page, "networkidle")
    context.close()
    assert seen.elsewhere() == ["http://example.org/x.png"]
    assert len(seen.failed) == 1
