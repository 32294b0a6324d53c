"""Cut links, stalled links, reloads, cells run again: every answer reaches the file once, every word is true."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.user_actions import activity, wait_true
from tests.browser.watched_session import ITEMS, answer, assert_says_not_saved, wait_until_saved
from tests.waiting import let_time_pass, wait_for

if TYPE_CHECKING:
    from tests.browser.link import Link
    from tests.browser.watched_session import Desk


@pytest.mark.proof
@pytest.mark.parametrize("trouble", ["cut", "stall"])
def test_six_seconds_of_link_trouble_lose_nothing(desk: Desk, link: Link, trouble: str) -> None:
    page = desk.open_and_answer()
    getattr(link, trouble)()
    answer(page, ITEMS[0], 2)
    let_time_pass(3, "how long the trouble lasts is what is tested", page)
    answer(page, ITEMS[1], 2)
    let_time_pass(3, "how long the trouble lasts is what is tested", page)
    assert_says_not_saved(page)
    link.restore()
    wait_until_saved(page)
    desk.assert_all_is_well(at_least=7)


@pytest.mark.proof
def test_a_page_reloaded_with_unsent_answers_loses_nothing(desk: Desk, link: Link) -> None:
    page = desk.open()
    link.cut()
    answer(page, ITEMS[0], 3)
    answer(page, ITEMS[1], 2)
    assert_says_not_saved(page)
    assert desk.disk.ids() == []
    link.restore()
    chosen = activity(page, ITEMS[0]).locator("input:checked").input_value()
    desk.reload(page)
    assert activity(page, ITEMS[0]).locator("input:checked").input_value() == chosen
    wait_until_saved(page)
    desk.assert_all_is_well(at_least=7)


@pytest.mark.proof
@pytest.mark.parametrize("desk", ["lab"], indirect=True)
def test_rerunning_a_cell_loses_nothing(desk: Desk, link: Link) -> None:
    page = desk.open()
    answer(page, ITEMS[0], 2)
    wait_until_saved(page)
    link.stall()
    answer(page, ITEMS[0], 2)
    chosen = activity(page, ITEMS[0]).locator("input:checked").input_value()
    drawn = page.locator(".jp-Cell", has=activity(page, ITEMS[0]))
    drawn.locator(".himaya-facts").click()
    old = activity(page, ITEMS[0]).element_handle()
    page.keyboard.press("Control+Enter")
    link.restore()
    wait_true(page, "one => !one.isConnected", old)
    wait_for(activity(page, ITEMS[0]))
    assert activity(page, ITEMS[0]).locator("input:checked").input_value() == chosen
    wait_until_saved(page)
    desk.assert_all_is_well(at_least=5)
