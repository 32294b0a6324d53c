"""From `himaya start` in a new folder to feedback for a class of thirty, without another command."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

import pytest

from himaya.languages.interface import sentence
from himaya_autograde.synthetic import synthetic_journal
from tests.browser.conftest import MODULE, ROOT
from tests.browser.link import free_port
from tests.classroom.running import Address, Browser
from tests.courses import one_module_course
from tests.engine.shipped import in_edition
from tests.waiting import end_of, wait_for, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import BrowserContext, Locator, Page

pytestmark = [pytest.mark.proof, pytest.mark.timeout(600)]

PEOPLE = 30
_WROTE = "I ask her first what she wants, and ring my supervisor from the other room."
_PASSWORD = "a long password"  # noqa: S105 - of a site that lives as long as the test


@dataclass
class Counted:
    """A trainer at the page, whose clicks and typed fields are counted.

    Attributes:
        page: What the trainer sees.
        clicks: How often a button or link was pressed.
        fields: How many fields were filled in.
        laps: What was done until which second, in order.
    """

    page: Page
    clicks: int = 0
    fields: int = 0
    laps: list[str] = field(default_factory=list)
    _begun: float = field(default_factory=time.monotonic)

    def click(self, what: str | Locator) -> None:
        """Press what one would press."""
        self.clicks += 1
        (self.page.locator(what).first if isinstance(what, str) else what).click()

    def fill(self, name: str, value: str) -> None:
        """Fill a field in."""
        self.fields += 1
        self.page.fill(f"[name={name}]", value)

    def choose(self, name: str, value: str) -> None:
        """Choose one of several."""
        self.fields += 1
        self.page.check(f"[name={name}][value={value}]")

    def lap(self, what: str) -> None:
        """Note when something is done."""
        self.laps.append(f"{what}: {time.monotonic() - self._begun:.0f} s, {self.clicks} clicks, {self.fields} fields")


@dataclass
class Started:
    """What `himaya start` serves.

    Attributes:
        first: The address that it printed.
        port: Of the site.
        log: What it says.
    """

    first: str
    port: int
    log: Path


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """`himaya start` in a folder with one course of one module and nothing else."""
    home = tmp_path_factory.mktemp("trainer")
    (home / "modules").symlink_to(ROOT / "modules")
    course = one_module_course(home / "courses" / "core-protection")
    text = (course / "course.yaml").read_text(encoding="utf-8")
    (course / "course.yaml").write_text(text.replace("languages: [en]", "languages: [en, ar]"), encoding="utf-8")
    shutil.copy(ROOT / "courses" / "country.yaml", home / "courses")
    log, port = home / "log", free_port()
    command = [sys.executable, "-m", "himaya", "start", "--no-browser", "--class-port", str(port)]
    with log.open("wb") as output:
        running = subprocess.Popen(
            [*command, "--port", str(free_port())], cwd=home, stdout=output, stderr=output, start_new_session=True
        )
    try:
        said = end_of(log)
        found = wait_until(
            lambda: re.search(r"Your classes: (\S+)", said()), "the address is printed", saw=said, process=running
        )
        assert found is not None
        yield Started(found[1], port, log)
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(60)


def test_thirty_phones_without_a_terminal(started: Started, context: BrowserContext, chromium: Chromium) -> None:
    trainer = Counted(context.new_page())
    page = trainer.page
    page.goto(started.first)
    for name, typed in (("login", "amal"), ("password", _PASSWORD), ("again", _PASSWORD)):
        trainer.fill(name, typed)
    trainer.click("form .main, form button")
    trainer.lap("an account")

    trainer.click('a[href$="/new"]')
    trainer.fill("title", "Monday group")
    for name, value in (("course", "core-protection"), ("language", "en"), ("region", "federal")):
        trainer.choose(name, value)
    trainer.click("form .main")
    wait_for(page.locator("svg").first)  # the address for phones: the lessons are prepared
    its_class = page.url
    trainer.lap("a class with its lessons")

    trainer.click('a[href$="/people"]')
    trainer.fill("number", str(PEOPLE))
    trainer.click("form .main, form button")
    page.goto(its_class)
    wait_for(page.locator("li.person").nth(PEOPLE - 1))
    trainer.click('a[href$="/cards"]')
    trainer.click("form .main")
    wait_for(page.locator(".printed").nth(PEOPLE - 1))
    printed = [" ".join(each.locator(".typed").all_inner_texts()) for each in page.locator(".printed").all()]
    trainer.lap(f"{len(printed)} cards")

    page.goto(its_class)
    room = re.search(r"[0-9]{4}", page.locator(".wall .large").last.inner_text())
    assert room is not None
    people = [_signed_in(started.port, text, room[0]) for text in printed]
    assert len({each.who for each in people}) == PEOPLE
    lines = synthetic_journal(in_edition(MODULE), Random(5), 0.7, 1).splitlines()[:40]
    answers = [json.loads(line) for line in lines]
    for each in people:
        status, _ = each.ask("journal", {"module": MODULE, "epoch": "", "n": 0, "events": answers})
        assert status == 200
    trainer.lap(f"{PEOPLE} phones have answered")

    trainer.click('a[href$="/wall"]')
    trainer.click("form:has([name=step][value=start]) button")
    code = re.sub(r"\s", "", re.findall(r"\d{4}\s\d{4}", page.locator("[data-live]").inner_text())[0])
    phone = chromium.new_context(viewport={"width": 360, "height": 740}, has_touch=True, locale="ar")
    try:
        _join(phone.new_page(), f"http://127.0.0.1:{started.port}/class/", code)
    finally:
        phone.close()
    trainer.lap("somebody joined by code, in Arabic")

    texts = [name for name, each in in_edition(MODULE).items() if each["kind"] == "text" and each["mode"] == "graded"]
    written = [
        {"id": f"written-{name}", "activity": name, "type": "answer", "turn": 0, "value": _WROTE} for name in texts
    ]
    assert people[0].ask("journal", {"module": MODULE, "epoch": "", "n": 0, "events": written})[0] == 200
    assert people[0].ask("hand-in", {"module": MODULE, "request": "request-1", "language": "en"})[0] == 200
    page.goto(its_class)
    assert page.locator("li.person").count() == PEOPLE + 1
    trainer.click("form:has([name=step][value=grade]) button")
    wait_for(page.locator("form:has([name=step][value=feedback]) button").first)
    trainer.click("form:has([name=step][value=mark]) button")
    wait_for(page.locator('a[href*="/marking/next"]').first)
    trainer.click('a[href*="/marking/next"]')
    wait_for(page.locator("label.level").first)
    trainer.click("label.level")
    wait_for(page.locator("[data-status]").get_by_text(sentence("saved")))
    trainer.lap("a written answer is marked")
    page.goto(its_class)
    trainer.click("form:has([name=step][value=feedback]) button")
    wait_until(lambda: people[0].ask("me", {})[1]["feedback"], "feedback reaches the phone", saw=end_of(started.log))
    assert not people[1].ask("me", {})[1]["feedback"]
    status, _, feedback = people[0].get(f"/class/feedback/{MODULE}")
    assert (status, feedback.count(b"your trainer has not marked this yet")) == (200, len(texts) - 1)
    trainer.lap("feedback")

    page.goto(its_class)  # until the step is over it loads itself again
    wait_for(page.locator("form:has([name=step][value=feedback]) button").first)
    trainer.click('a[href$="/settings"]')
    trainer.fill("typed", "Monday group")
    trainer.click("form:has([name=step][value=end]) button")
    wait_for(page.get_by_text("Nobody is in it any more"))
    assert people[0].ask("me", {})[0] == 401
    trainer.lap("the end of the class")
    print("\n".join(trainer.laps))


def _signed_in(port: int, card: str, room: str) -> Browser:
    """Type what stands on a card, and the code on the wall."""
    found = re.search(r"number (\d+), code ([\d\s]+)", card)
    assert found is not None, card
    return Browser(Address(port), {"number": found[1], "code": re.sub(r"\s", "", found[2]), "room": room})


def _join(page: Page, door: str, code: str) -> None:
    """Join a class on a phone, and see the card and the first page."""
    page.goto(door)
    page.locator("details:has([name=joining]) summary").click()
    page.fill("[name=joining]", code)
    page.locator("details:has([name=joining]) button").click()
    wait_for(page.locator(".himaya-own-card"))
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.locator('[data-key="joined"]').click()
    wait_for(page.locator(f'a[href="{MODULE}.html"]'))
