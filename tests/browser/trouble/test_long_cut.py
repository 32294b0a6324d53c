"""A link cut until JupyterLab rarely asks for its kernel: every answer reaches the file once all the same."""

from __future__ import annotations

import re
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.browser.watched_session import ITEMS, answer, assert_says_not_saved, opened_desk, wait_until_saved
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Request

    from tests.browser.conftest import Server
    from tests.browser.link import Link

_KERNEL = re.compile(r"/api/kernels/[0-9a-f-]{36}(\?|$)")


def _asks_for_its_kernel(page: Page) -> None:
    """Wait until a page asks for its kernel in vain.

    @jupyterlab/services does so once it could not open a channel again, and from then on every 10 to 30 seconds, for
    ever (`earlyClose` of a kernel's connection); it opens no channel before it is answered.
    """

    def asks(request: Request) -> bool:
        return _KERNEL.search(request.url) is not None

    with page.expect_event("requestfailed", asks, timeout=PATIENCE * 1000):
        pass


@pytest.mark.proof
def test_cut_until_jupyterlab_rarely_asks_loses_nothing(server: Server, context: BrowserContext, link: Link) -> None:
    desks = [opened_desk(server, context, link, door, f"long-cut-{door}") for door in ("lab", "app")]
    with ExitStack() as watching:
        for desk in desks:
            watching.enter_context(desk.disk)
        pages = [desk.open() for desk in desks]
        link.cut()
        for page in pages:
            answer(page, ITEMS[0], 2)
        for page in pages:
            _asks_for_its_kernel(page)
        for page in pages:
            answer(page, ITEMS[1], 2)
        for page in pages:
            assert_says_not_saved(page)
        link.restore()
        restored = time.monotonic()
        for desk, page in zip(desks, pages, strict=True):
            wait_until_saved(page)
            print(f"{desk.door}: saved {time.monotonic() - restored:.0f} s after the link returned")
            desk.assert_all_is_well(at_least=6)
