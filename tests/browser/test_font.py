"""The font of Arabic script that servers send."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from himaya.languages.facts import ALL
from himaya_server.font import FILE, font, font_rule
from tests.browser.conftest import ROOT
from tests.browser.user_actions import wait_drawn, wait_true

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

    from tests.browser.apps import AppsServer
    from tests.browser.conftest import Server

_ARABIC = range(0x600, 0x700)
_FACES = "Array.from(document.fonts).filter((face) => /Himaya/.test(face.family)).map((face) => face.status)"
# Not by `document.fonts.ready`: a page that draws nothing just now never lays itself out, and waits for ever.
# The second time after the font has come, as no font draws a text that is not laid out yet.
_LOADED = f"() => [document.body.offsetHeight, {_FACES}.join() === 'loaded', document.body.offsetHeight].every(Boolean)"


def _letters(language: str) -> list[str]:
    """Return all characters of Arabic script in the project's texts of one language, and its digits and marks."""
    folders = [ROOT / "src", *(ROOT / "modules").iterdir(), *(ROOT / "courses").iterdir()]
    texts = [path.read_text(encoding="utf-8") for folder in folders for path in folder.glob(f"**/{language}.po")]
    assert len(texts) > 5
    found = {letter for text in [ALL[language].name, *texts] for letter in text if ord(letter) in _ARABIC}
    return sorted(found | set("٠١٢٣٤٥٦٧٨٩٫٬،؛؟"))


@pytest.mark.parametrize("weight", [400, 700])
@pytest.mark.parametrize("language", ["ar", "ckb"])
def test_font_draws_every_letter(chromium: Browser, language: str, weight: int) -> None:
    letters = _letters(language)
    address = f"data:font/woff2;base64,{base64.b64encode(font()).decode()}"
    sheet = font_rule("").replace(FILE, address) + f'p {{ font: {weight} 20px "Himaya Arabic"; direction: rtl }}'
    page = chromium.new_page()
    # Each as it stands alone, and between two others, where it has another shape.
    page.set_content(f"<style>{sheet}</style>" + "".join(f"<p>{each}</p><p>ب{each}ب</p>" for each in letters))
    wait_true(page, _LOADED)
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    drawn = session.send("DOM.querySelectorAll", {"nodeId": root, "selector": "p"})["nodeIds"]
    assert len(drawn) == 2 * len(letters)
    fonts = [session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"] for node in drawn]
    page.close()
    ours = [bool(each) and all(one["isCustomFont"] for one in each) for each in fonts]
    assert {letters[number // 2] for number, sent in enumerate(ours) if not sent} == set()


def test_home_sends_the_font(server: Server, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(server.address("himaya"))
    assert page.evaluate(_FACES) == ["unloaded"], "English needs none"
    page.goto(server.address("himaya/trainee") + "&language=ar")
    wait_true(page, _LOADED)


@pytest.mark.proof
def test_app_sends_the_font(server: Server, context: BrowserContext) -> None:
    server.new_trainee("font")
    page = context.new_page()
    page.goto(server.address("himaya"))
    page.goto(server.door("app", "font"))
    wait_drawn(page)
    assert page.evaluate(_FACES) == ["unloaded"]
    page.evaluate("document.documentElement.dir = 'rtl'")  # what names the app in Latin letters needs a space of it
    wait_true(page, _LOADED)


@pytest.mark.proof
def test_gallery_sends_the_font(apps: AppsServer, context: BrowserContext) -> None:
    page = apps.enter(context, "ar")
    wait_true(page, _LOADED)
    page.goto(apps.address("app/ar/case-management/quiet-visitor"))
    wait_true(page, _LOADED)
    assert apps.ask(f"font/{FILE}")[0] == 403, "only who came with the link"
