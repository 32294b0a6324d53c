"""A link cut for longer than JupyterLab tries to connect again: every answer reaches the file once all the same."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.browser.watched_session import ITEMS, answer, assert_says_not_saved, opened_desk, wait_until_saved
from tests.waiting import let_time_pass

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from tests.browser.conftest import Server
    from tests.browser.link import Link


@pytest.mark.proof
def test_link_cut_of_150_seconds_loses_nothing(server: Server, context: BrowserContext, link: Link) -> None:
    desks = [opened_desk(server, context, link, door, f"long-cut-{door}") for door in ("lab", "app")]
    with ExitStack() as watching:
        for desk in desks:
            watching.enter_context(desk.disk)
        pages = [desk.open() for desk in desks]
        link.cut()
        for page in pages:
            answer(page, ITEMS[0], 2)
        let_time_pass(100, "JupyterLab stops trying to connect again", pages[0])
        for page in pages:
            answer(page, ITEMS[1], 2)
        let_time_pass(50, "the link is away for longer than that", pages[0])
        for page in pages:
            assert_says_not_saved(page)
        link.restore()
        restored = time.monotonic()
        for desk, page in zip(desks, pages, strict=True):
            wait_until_saved(page)
            print(f"{desk.door}: saved {time.monotonic() - restored:.0f} s after the link returned")
            desk.assert_all_is_well(at_least=6)
