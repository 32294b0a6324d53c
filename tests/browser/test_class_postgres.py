"""A class in PostgreSQL behind its encrypted door, as a phone meets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from himaya_server.classroom.address import place_of
from himaya_server.classroom.store import open_store
from tests.browser.conftest import MODULE
from tests.browser.offline_pages import CHOICE, pick
from tests.browser.test_class import enter, module, said
from tests.browser.user_actions import activity, until
from tests.classroom.certificates import Authority
from tests.classroom.postgres import programs, running
from tests.classroom.served import Served
from tests.courses import one_module_course
from tests.engine.shipped import compiled
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.proof, pytest.mark.skipif(programs() is None, reason="needs Debian's package postgresql")]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A class of one that is kept in PostgreSQL, served over TLS."""
    with running() as database, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HIMAYA_STORE", database.url)
        made = Served(tmp_path / "class", one_module_course(tmp_path / "course"))
        patch.delenv("HIMAYA_STORE")
        made.run("enrol", "north", "--number", "1")
        try:
            made.start(Authority())
            yield made
        finally:
            made.kill()


def test_trainee_signs_in_and_answers(served: Served, chromium: Browser) -> None:
    (card,) = served.cards(served.port)
    phone = chromium.new_context(viewport={"width": 360, "height": 740}, ignore_https_errors=True)
    page = phone.new_page()
    enter(page, card.replace("http:", "https:"))
    (cookie,) = phone.cookies()
    assert cookie["secure"]
    assert cookie["httpOnly"]
    module(page)
    store = open_store(place_of(served.folder))
    assert store.engine.dialect.name == "postgresql"
    (person,) = store.people("north")
    pick(page, compiled(MODULE), right=True)
    # The words may still be those of before the answer.
    until(lambda: {row["activity"] for row in store.rows(person.id, MODULE).rows} == {CHOICE}, "the answer is kept")
    until(lambda: said(page) == "Everything is with your class.", "the page says so")
    page.reload()
    wait_for(page.locator("html[data-ready]").first)
    until(lambda: activity(page, CHOICE).evaluate("it => it.himaya.view().answered"), "the page shows it again")
    phone.close()
    store.close()
