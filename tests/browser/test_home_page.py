"""What trainers and mentors find on the home page: steps, saved answers, tables, and what an app holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import expect

from himaya.languages.interface import sentence
from tests.browser.accessibility import clipped, small_targets, violations
from tests.browser.apps import drawn
from tests.browser.conftest import _watched
from tests.browser.user_actions import activity
from tests.lanes import sampled
from tests.waiting import wait_for, wait_for_address

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext

    from tests.browser.conftest import Server


@pytest.mark.proof
@pytest.mark.parametrize("width", sampled([360], [1280]))
def test_upload_asks_whose_each_file_is(server: Server, context: BrowserContext, tmp_path: Path, width: int) -> None:
    for name in ("trainee-03.jsonl", "answers.jsonl"):
        (tmp_path / name).write_text("nothing of ours\n", encoding="utf-8")
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(server.address("himaya/trainer"))
    page.get_by_text("Bring in answers saved from pages").click()
    page.get_by_label("Saved files").set_input_files([tmp_path / "trainee-03.jsonl", tmp_path / "answers.jsonl"])
    fields = page.get_by_label("Whose answers are these?")
    assert [field.input_value() for field in fields.all()] == ["trainee-03", ""]
    button = page.get_by_role("button", name="Bring in")
    button.click()  # the browser asks for the name that is missing
    assert page.locator("#taken").count() == 0
    fields.nth(1).fill("trainee-04")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    button.click()
    wait_for(page.locator("#taken"))
    told = page.locator("#taken li").all_inner_texts()
    assert [line.split(" ")[0] for line in told] == ["trainee-03.jsonl", "answers.jsonl"]
    assert all("there are no saved answers in this file" in line for line in told)
    with page.expect_download() as started:
        page.get_by_text("Download the tables").click()
    assert started.value.suggested_filename == "core-protection.zip"
    page.close()


def test_running_step_is_shown_and_not_repeated(server: Server, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(server.address("himaya/trainer"))
    assert page.locator("#working").inner_text() == ""
    # As while a large class is graded: no answer comes yet.
    page.evaluate("addEventListener('submit', (event) => event.preventDefault())")
    page.get_by_role("button", name="Grade").click()
    expect(page.locator("#working")).to_contain_text("Working")
    for button in page.locator("form button").all():
        expect(button).to_be_disabled()
    page.close()


def test_mentor_reads_what_an_app_contains(server: Server, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(server.address("himaya/mentor"))
    listed = page.locator(".card li").all_inner_texts()
    assert [line for line in listed if line.startswith("Scenario: The quiet visitor (")]
    assert [line for line in listed if line.startswith("Exercise: ")]
    page.get_by_role("link", name="Practice sheet to print").first.click()
    expect(page.get_by_role("heading", name="You play the worker")).to_be_visible()
    expect(page.locator("li", has_text="Stop the scene when somebody cries")).to_be_visible()
    page.close()


@pytest.mark.proof
def test_mentor_starts_group_mode_and_stops_it(server: Server, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(server.address("himaya/mentor"))
    page.get_by_role("button", name=sentence("app-open-group")).first.click()
    scene = page.get_by_role("link", name="The quiet visitor", exact=True)
    wait_for(scene)
    address = str(scene.get_attribute("href"))
    room = context.new_page()
    room.set_viewport_size({"width": 1280, "height": 720})
    room.goto(address)
    drawn(room)
    activity(room, "quiet-visitor").locator("[data-key=start]").click()
    sizes = "all => all.map(it => parseFloat(getComputedStyle(it).fontSize))"
    small = ".himaya-help, .himaya-facts, .himaya-status, .himaya-announce"
    assert min(room.locator(f".himaya-option, .himaya p:not({small})").evaluate_all(sizes)) >= 32
    hands = room.locator(".himaya-vote input[type=text]")
    for box, count in zip(hands.all(), (2, 7, 3), strict=False):
        box.fill(str(count))
    room.locator("[data-key=choose]").click()
    beside = room.locator(".himaya-room li").all_inner_texts()
    assert [line.split("\n")[0] for line in beside] == ["2", "7", "3"]
    page.get_by_role("button", name=sentence("show-stop")).click()
    wait_for(page.get_by_role("heading", name=sentence("practice-apps")))
    with pytest.raises(PlaywrightError):
        room.goto(address)
    page.close()


@pytest.mark.proof
def test_sharing_shows_a_square_code_or_why_not(server: Server, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(server.address("himaya/mentor"))
    page.get_by_role("button", name=sentence("show-phones")).first.click()
    wait_for(page.locator(".square svg, [role=alert]").first)
    if page.locator(".square svg").count():
        assert violations(page, "body") == []
        assert page.locator(".link").inner_text().startswith("http://")
    else:
        assert "network" in page.locator("[role=alert]").inner_text()
    page.get_by_role("button", name=sentence("show-stop")).click()
    wait_for(page.get_by_role("heading", name=sentence("practice-apps")))
    page.close()


@pytest.mark.proof
@pytest.mark.parametrize("width", sampled([360], [1280]))
@pytest.mark.parametrize("scheme", sampled(["dark"], ["light"]))
def test_home_pages_fit_and_are_accessible(server: Server, chromium: Browser, width: int, scheme: str) -> None:
    with _watched(chromium, viewport={"width": width, "height": 740}, color_scheme=scheme) as context:
        page = context.new_page()
        for language in ("en", "ar"):
            for name in ("himaya", "himaya/trainee", "himaya/trainer", "himaya/mentor"):
                page.goto(f"{server.address(name)}&language={language}")
                assert violations(page, "body") == [], name
                assert small_targets(page, "header, main nav, .buttons") == [], name
                assert clipped(page, "header, main", in_lists=False) == [], name
                box = page.locator(".himaya-top").bounding_box()
                assert box is not None
                assert box["height"] <= 740 / 6


def test_home_is_left_by_three_escapes(server: Server, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(server.address("himaya/trainee"))
    for _ in range(3):
        page.keyboard.press("Escape")
    wait_for_address(page, "about:blank")
    page.close()
