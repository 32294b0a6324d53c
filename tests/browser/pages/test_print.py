"""A module's page on paper: whole answers and all that is folded away, and afterwards the screen as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.conftest import MODULE
from tests.browser.offline_pages import REFLECTION, go_to, ready, write
from tests.browser.user_actions import activity, wait_saved

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext

    from himaya.content.load import LoadedModule

_TEXT = REFLECTION


def test_long_and_folded_content_prints_whole(loaded: LoadedModule, context: BrowserContext, tmp_path: Path) -> None:
    write(loaded, tmp_path / "en")
    page = ready(context.new_page(), f"file://{tmp_path}/en/{MODULE}.html")
    go_to(page, _TEXT)
    field = activity(page, _TEXT).locator("textarea")
    field.fill("A long answer that says how. " * 60)
    wait_saved(page, _TEXT)
    cut = "it => it.scrollHeight - it.clientHeight"
    here = activity(page, _TEXT).locator("details > ul")
    assert field.evaluate(cut) > 0
    go_to(page, "start")  # also what no step shows
    folded = page.locator("main details:not([open])").count()
    assert folded > 0
    for width in (700, 360):  # paper of the usual size; a phone prints what it shows
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        page.set_viewport_size({"width": width, "height": 900})
        assert field.evaluate(cut) <= 0
        assert here.is_visible()
        assert page.locator("details:not([open])").count() == 0, "of a group of parts, too"
        page.emulate_media(media="screen")
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator("main details:not([open])").count() == folded
        assert field.is_hidden()
    page.evaluate("addEventListener('beforeprint', () => { globalThis.printed = true; })")
    page.pdf(path=tmp_path / "paper.pdf")
    assert page.evaluate("globalThis.printed"), "a browser that prints says so"
