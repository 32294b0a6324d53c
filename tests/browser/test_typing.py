"""What somebody types is on the disk soon, and the words say so truthfully while they type."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.user_actions import activity, journal, reach, until, wait_drawn, wait_saved
from tests.waiting import Deadline

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from tests.browser.conftest import Server

pytestmark = pytest.mark.proof

_SHOWN = "it => [it.querySelector('.himaya-status').innerText, it.querySelector('textarea').value]"


def test_steady_typing_is_saved_before_it_says_so(server: Server, context: BrowserContext) -> None:
    """Every few seconds, and never called saved before it is."""
    folder = server.new_trainee("typist")
    page = context.new_page()
    page.goto(server.address("himaya"))
    page.goto(server.door("app", "typist"))
    wait_drawn(page)
    reach(page, "no-signature")
    area = activity(page, "no-signature").locator("textarea")
    area.focus()
    typing = Deadline(5)
    while typing.left:  # never a pause as long as the one that ends a piece of typing
        page.keyboard.type("word ", delay=20)
        words, typed = activity(page, "no-signature").evaluate(_SHOWN)
        if words == "Saved":  # true for a moment, between the answer of the kernel and the next letter
            assert journal(folder)[-1]["value"] == typed
        else:
            assert words == "Not saved yet"
    written = [row["value"] for row in journal(folder) if row["type"] == "answer"]
    assert written, "five seconds of typing without a pause left nothing on the disk"
    wait_saved(page, "no-signature")
    until(lambda: journal(folder)[-1]["value"] == area.input_value(), "the last words on the disk")
    page.close()
