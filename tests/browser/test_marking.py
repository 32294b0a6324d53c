"""A marker in formgrader: what was written as text, its rubric, a mark saved as it is typed; by keyboard alone."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from himaya_autograde.gradebook import Gradebook, Mark
from himaya_autograde.keys import read_keys
from himaya_autograde.markbook import Markbook
from tests.browser.accessibility import clipped, small_targets, violations
from tests.browser.conftest import MODULE, Server, _watched
from tests.browser.user_actions import until
from tests.lanes import sampled
from tests.waiting import wait_for, wait_for_address, wait_for_load

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

pytestmark = pytest.mark.proof

_ITEM = "no-signature"
_HOSTILE = (
    "أسأل أولاً.\n\n<script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\">"
    "</blockquote><h1>Passed</h1>"
)


def _gradebook(server: Server) -> Gradebook:
    return Gradebook(f"sqlite:///{server.course}/gradebook.db")


def _mark(server: Server, trainee: str, name: str = _ITEM) -> Mark:
    return _gradebook(server).marks(MODULE, trainee).of[name]


def _address(server: Server, trainee: str) -> str:
    book = _gradebook(server)
    for submission in book.submissions_in_order(MODULE):
        if book.work(submission).trainee == trainee:
            return server.address(f"formgrader/submissions/{submission}/")
    raise AssertionError(trainee)


def _rewrite(server: Server, trainee: str, *events: dict[str, Any]) -> None:
    """Let the journal of a graded trainee hold these events and nothing else."""
    path = server.course / "autograded" / trainee / MODULE / "responses.jsonl"
    path.chmod(0o644)
    lines = [{"id": f"planted-{n}", "time": "2026-01-11T08:00:00.000Z", **event} for n, event in enumerate(events)]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


def _open(server: Server, context: BrowserContext, trainee: str) -> Page:
    page = context.new_page()
    page.goto(_address(server, trainee))
    return page


def _part(page: Page, name: str = _ITEM) -> Locator:
    return page.locator(f'[data-activity="{name}"]')


def _wait_for_status(page: Page, words: str, name: str = _ITEM) -> None:
    wait_for(
        _part(page, name).locator("[data-status]").filter(has_text=re.compile(rf"(^|: ){re.escape(words)}\.?$")),
    )


def test_marker_sees_text_and_rubric_only(server: Server, context: BrowserContext) -> None:
    _rewrite(server, "trainee-05", {"activity": _ITEM, "type": "answer", "value": _HOSTILE})
    page = _open(server, context, "trainee-05")
    wait_for_load(page, "networkidle")
    assert page.title().startswith("Marking: Case management")
    quote = _part(page).locator("blockquote")
    assert quote.inner_text() == _HOSTILE
    assert quote.evaluate("it => getComputedStyle(it).direction") == "rtl"
    assert page.locator("main img, main blockquote *").count() == 0
    assert page.get_by_role("heading", name="Passed").count() == 0
    whole = read_keys(server.course, MODULE)["activities"][_ITEM]
    shown = _part(page).evaluate("it => it.textContent")
    assert whole["stem"] in shown
    for level in whole["rubric"]:
        assert level["text"] in shown
        assert level["exemplar"] in shown
    for code in ("show(", "score(", "HIDDEN TESTS"):
        assert code not in page.content()
    assert "trainee-05" not in page.locator("main").inner_text(), "marking is blind until somebody asks"


def test_mark_is_saved_while_typed(server: Server, context: BrowserContext) -> None:
    page = _open(server, context, "trainee-04")
    assert _mark(server, "trainee-04").waits
    assert "Not marked yet" in _part(page).inner_text()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('[data-score]')"):
            break
    page.keyboard.type("٣٫٥")
    _wait_for_status(page, "Saved")
    assert _mark(server, "trainee-04").score == 3.5
    page.keyboard.press("Tab")
    page.keyboard.type("A clear next step.")
    _wait_for_status(page, "Not saved yet")
    _wait_for_status(page, "Saved")
    found = _mark(server, "trainee-04")
    assert (found.comment, found.waits) == ("A clear next step.", False)
    page.reload()
    assert _part(page).locator("[data-score]").input_value() == "3.5"
    assert _part(page).locator("textarea").input_value() == "A clear next step."
    last = [each for each in Markbook(server.course).changes() if each.trainee == "trainee-04"][-1]
    assert (last.kind, last.marker, last.activity) == ("mark", "Trainer", _ITEM)
    assert (last.score, last.comment) == (3.5, "A clear next step."), "the record says who and when"


def test_invalid_mark_is_refused_with_range(server: Server, context: BrowserContext) -> None:
    page = _open(server, context, "trainee-05")
    box = _part(page).locator("[data-score]")
    for typed in ("5", "-1", "three", "1e1"):
        box.fill(typed)
        _wait_for_status(page, "Not saved yet")
        _wait_for_status(page, "write a number from 0 to 4")
        assert box.get_attribute("aria-invalid") == "true"
    page.get_by_role("link", name="Back to the list").first.click()
    assert box.evaluate("it => it === document.activeElement"), "the page stays and shows where"
    assert _mark(server, "trainee-05").waits
    box.fill("")
    _wait_for_status(page, "Saved")


def test_mark_survives_unresponsive_server(server: Server, context: BrowserContext) -> None:
    page = _open(server, context, "trainee-05")
    page.route("**/api/grade/*", lambda route: route.abort())
    _part(page).locator("[data-score]").fill("2")
    _wait_for_status(page, "the server did not take it. It is tried again; keep this page open")
    page.unroute("**/api/grade/*")
    _wait_for_status(page, "Saved")
    assert _mark(server, "trainee-05").score == 2.0


def test_leaving_at_once_saves_the_last_text(server: Server, context: BrowserContext) -> None:
    page = _open(server, context, "trainee-03")
    _part(page).locator("textarea").fill("Name one limit of your role.")
    here = page.url
    step = page.get_by_role("link", name="Next to mark").first
    waiting = [one for one, waits in _gradebook(server).submissions_in_order(MODULE).items() if waits]
    step.click()
    wait_for_address(page, lambda url: url != here)
    assert any(one in page.url for one in waiting)
    assert _mark(server, "trainee-03").comment == "Name one limit of your role."


def test_previous_and_next_visit_every_submission_once(server: Server, context: BrowserContext) -> None:
    order = list(_gradebook(server).submissions_in_order(MODULE))
    page = context.new_page()
    page.goto(server.address(f"formgrader/submissions/{order[0]}"))
    assert page.get_by_role("link", name="Previous").count() == 0
    for number, submission in enumerate(order, 1):
        assert submission in page.url
        assert f"Submission {number} of {len(order)}" in page.locator("main").inner_text()
        if submission != order[-1]:
            page.get_by_role("link", name="Next", exact=True).first.click()
            wait_for_address(page, f"**/{order[number]}/")
    assert page.get_by_role("link", name="Next", exact=True).count() == 0


def test_a_skipped_scenario_is_marked_like_a_reflection(server: Server, context: BrowserContext) -> None:
    told = {"activity": "time-to-close"}
    _rewrite(
        server,
        "trainee-06",
        {**told, "type": "skip", "turn": 0},
        {**told, "type": "answer", "turn": 1, "value": "I wrote this instead."},
    )
    page = _open(server, context, "trainee-06")
    part = _part(page, "time-to-close")
    assert part.locator("blockquote").inner_text() == "I wrote this instead."
    part.locator("[data-score]").fill("5")
    _wait_for_status(page, "Saved", "time-to-close")
    assert _mark(server, "trainee-06", "time-to-close").score == 5.0


def test_an_automatic_score_can_be_put_right(server: Server, context: BrowserContext) -> None:
    page = _open(server, context, "trainee-06")
    page.locator("summary", has_text="Scored automatically").click()
    _part(page, "one-promise").locator("[data-score]").fill("1")
    _wait_for_status(page, "Saved", "one-promise")
    found = _mark(server, "trainee-06", "one-promise")
    assert (found.score, found.by_hand) == (1.0, True)


@pytest.mark.parametrize("width", sampled([360], [1280]))
def test_marking_page_is_accessible(server: Server, chromium: Browser, width: int) -> None:
    with _watched(chromium, viewport={"width": width, "height": 800}) as context:
        page = _open(server, context, "trainee-05")
        for folded in page.locator("summary").all():
            folded.click()
        assert violations(page, "body") == []
        assert small_targets(page, "main") == []
        assert clipped(page, "main") == []


def test_marker_opens_no_handed_in_file(server: Server, context: BrowserContext) -> None:
    page = _open(server, context, "trainee-05")
    assert (server.course / "autograded" / "trainee-05" / MODULE / "responses.jsonl").exists()
    status = "name => fetch(new URL(name, location.href)).then(answer => answer.status)"
    assert page.evaluate(status, "responses.jsonl") == 404
    assert page.evaluate(status, "next") == 200, "formgrader's own steps still lead on"


def test_formgrader_button_writes_our_feedback(server: Server, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(server.address("himaya/trainer"))
    page.goto(server.address(f"formgrader/manage_submissions/{MODULE}"))
    row = page.locator("tr", has=page.locator(".student-id", has_text="trainee-07"))
    row.locator(".generate-feedback a").click()
    dialog = page.locator("#success-modal")
    wait_for(dialog)
    assert "Successfully generated feedback" in dialog.inner_text()
    assert "Log Output" not in dialog.inner_text()
    made = server.course / "feedback" / "trainee-07" / MODULE / f"{MODULE}.html"
    until(made.exists, "the page of feedback")
    assert "<h1>Case management: Your feedback</h1>" in made.read_text(encoding="utf-8")
