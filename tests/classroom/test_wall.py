"""Sheets of cards that are printed from the browser, and the wall of a class. All on one started site."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from himaya_server.classroom.cards import LEAD_TO
from himaya_site import clock
from himaya_site.classes.models import Class
from himaya_site.people import cards, devices, joining, staff
from tests.classroom.running import COURSE, Browser, Running, run
from tests.classroom.test_first_visit import sent
from tests.classroom.test_staff import KEPT, Trainer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from himaya_server.classroom.store import Store

CARDS = "/class/staff/en/c/north/cards"
WALL = "/class/staff/en/c/north/wall"
ADDRESS = "http://192.168.4.1:8600"


@pytest.fixture
def server() -> str:
    """Return the server that is tested."""
    return "site"


@pytest.fixture
def running(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """Return a site with a trainer, and with square codes that hold their links in words."""
    for module in ("himaya_server.classroom.cards", "himaya_site.desk.wall"):
        monkeypatch.setattr(f"{module}.square", lambda link: f"<svg>{link}</svg>")
    store.make_class("south", "South", COURSE)
    started = run(store, tmp_path / "pages")
    started.shared.folder = tmp_path
    staff.set_staff("amal", KEPT, "north")
    yield started
    started.stop()


@pytest.fixture
def amal(running: Running) -> Trainer:
    """Return the trainer of `north`."""
    return Trainer(running, "amal")


@pytest.fixture
def bara(running: Running) -> Trainer:
    """Return a mentor of `north`."""
    staff.set_staff("bara", KEPT, "north", role="mentor")
    return Trainer(running, "bara")


def printed(trainer: Trainer, **fields: str) -> tuple[int, str]:
    """Make a sheet as the form does, and return status and page."""
    once = re.search(r'name="once" value="([^"]+)"', trainer.page(CARDS)[1])
    return sent(trainer, CARDS, **{"for": "missing", "address": ADDRESS, "once": once[1] if once else "", **fields})


def tokens(sheet: str) -> list[str]:
    """Return the secrets in the square codes of a sheet."""
    return re.findall(rf"<svg>{re.escape(ADDRESS)}/class/#([\w-]+)</svg>", sheet)


# Cards


def test_sheet_has_a_card_for_everybody_without_one(running: Running, amal: Trainer, people: list[int]) -> None:
    status, sheet = printed(amal, network="Class <b>")
    assert status == 200
    assert "Wi-Fi: Class &lt;b&gt;" in sheet
    assert sheet.count("192.168.4.1:8600/class/</bdi>") == 2
    signed = [Browser(running, token).who for token in tokens(sheet)]
    assert len(set(signed)) == 2
    codes = re.findall(r"number (\d+), code (\d{3}\s\d{3}\s\d{4})", re.sub(r"</?bdi>", "", sheet))
    assert [int(number) for number, _ in codes] == people[:1]  # the other card is in Arabic
    room = running.codes.room("north", running.today())
    again = Browser(running, {"number": codes[0][0], "code": codes[0][1], "room": room})
    assert again.who == signed[0]
    assert [(each.what, each.who) for each in cards.notes(people[0])][-1] == ("first-card", "amal")
    assert (running.shared.folder / LEAD_TO).read_text(encoding="utf-8") == ADDRESS
    assert printed(amal)[0] == 400  # nobody is left without a card


def test_new_cards_end_the_old_ones_of_the_chosen_alone(running: Running, amal: Trainer, people: list[int]) -> None:
    first, second = (Browser(running, token) for token in tokens(printed(amal)[1]))
    status, sheet = printed(amal, **{"for": "chosen", f"p{people[1]}": "1"})
    assert (status, len(tokens(sheet))) == (200, 1)
    assert first.ask("me", {})[0] == 200
    assert second.ask("me", {})[0] == 401
    assert Browser(running, tokens(sheet)[0]).who == second.who


def test_sheet_is_shown_once(amal: Trainer) -> None:
    once = "once-and-no-more"
    status, sheet = printed(amal, once=once)
    assert (status, len(tokens(sheet))) == (200, 2)
    with_card = cards.with_card("north")
    assert printed(amal, once=once, **{"for": "chosen", **{f"p{each}": "1" for each in with_card}})[0] == 303
    assert all(devices.sign_in(token) is not None for token in tokens(sheet))  # no card of it has ended
    assert not any(token in amal.page(CARDS)[1] for token in tokens(sheet))


def test_wrong_sheet_changes_no_card(amal: Trainer, store: Store) -> None:
    (other,) = [store.person(store.enrol("south", "en"))]
    assert other is not None
    for wrong in (
        {"address": ""},
        {"address": "192.168.4.1"},
        {"address": "javascript:alert(1)"},
        {"address": "http://192.168.4.1:8600/class/"},
        {"address": "http://me@192.168.4.1"},
        {"address": 'http://a"onload="b'},
        {"address": "http://" + "a" * 200},
        {"network": "x" * 41},
        {"network": "a\nb"},
        {"for": "chosen"},
        {"for": "chosen", f"p{other.id}": "1"},  # of another class
        {"for": "chosen", "p-1": "1", "p0": "1", "p": "1"},
    ):
        assert printed(amal, **wrong)[0] == 400, wrong
    assert printed(amal, **{"for": "all"})[0] == 404
    assert amal.send(CARDS, key="0" * 32, address=ADDRESS, **{"for": "missing"})[0] == 401
    foreign = {"Origin": "http://elsewhere.example"}
    assert amal.send(CARDS, foreign, address=ADDRESS, **{"for": "missing"})[0] == 403
    assert printed(amal, once="")[0] == 303
    assert cards.with_card("north") | cards.with_card("south") == set()


def test_who_trains_no_class_prints_no_cards(running: Running, amal: Trainer, bara: Trainer) -> None:
    assert amal.page("/class/staff/en/c/south/cards")[0] == 404
    assert bara.page(CARDS)[0] == 404
    key = re.search(r'name="key" value="([0-9a-f]+)"', bara.page(WALL)[1])
    assert key is not None
    assert bara.send(CARDS, key=key[1], address=ADDRESS, once="x", **{"for": "missing"})[0] == 404
    assert running.ask("GET", CARDS)[0] == 303
    assert cards.with_card("north") == set()


def test_address_of_phones_is_proposed(running: Running, amal: Trainer) -> None:
    here = f"http://127.0.0.1:{running.port}"
    assert f'value="{here}"' in amal.page(CARDS)[1]
    assert "Phones do not reach this address" in amal.page(WALL)[1]
    running.shared.hosts |= {"192.168.4.1"}
    assert f'value="http://192.168.4.1:{running.port}"' in amal.page(CARDS)[1]
    assert f"<svg>http://192.168.4.1:{running.port}/class/</svg>" in amal.page(WALL)[1]
    assert "Phones do not reach this address" not in amal.page(WALL)[1]


# The wall


def test_trainer_starts_and_stops_joining(amal: Trainer) -> None:
    assert sent(amal, WALL, step="start", minutes="45", most="12")[0] == 303
    row = Class.objects.get(id="north")
    assert (row.join_most, (row.join_until or 0) - clock.now()) == (12, 45 * 60)
    shown = re.sub(r"<[^>]+>", "", amal.page(WALL)[1])
    code = str(row.join_code)
    assert f"{code[:4]}\N{NO-BREAK SPACE}{code[4:]}" in shown
    assert "Places left: 12" in shown
    assert sent(amal, WALL, step="stop")[0] == 303
    assert "Code to join" not in amal.page(WALL)[1]
    for minutes, most in (("0", "5"), ("5", "0"), ("-5", "501"), ("x", "5"), ("9999", "5"), ("5", "9" * 50), ("", "")):
        assert sent(amal, WALL, step="start", minutes=minutes, most=most)[0] == 400
    assert joining.joinable("north") is None


def test_wall_shows_who_has_arrived_and_lets_devices_in(running: Running, amal: Trainer) -> None:
    first, _ = tokens(printed(amal)[1])
    phone = Browser(running, first)
    other = Browser(running, first) if phone.ask("me", {})[0] == 200 else phone
    page = re.sub(r"<[^>]+>", "", amal.page(WALL)[1])
    assert "has arrived: 1 of 2" in page
    assert "wait for a yes: 1" in page
    (waiting,) = [each for each in devices.devices_in("north") if each.allowed is None]
    assert other.ask("journal", {})[0] == 401
    assert sent(amal, WALL, step="let-in", id=str(waiting.id))[0] == 303
    assert other.ask("me", {})[1]["allowed"] is True
    assert sent(amal, WALL, step="let-in", id="999")[0] == 404
    assert sent(amal, WALL, step="anything")[0] == 404


def test_mentor_sees_the_wall_and_changes_nothing(running: Running, amal: Trainer, bara: Trainer) -> None:
    first, _ = tokens(printed(amal)[1])
    assert Browser(running, first).ask("me", {})[0] == 200
    Browser(running, first)
    assert joining.start_joining("north", 30, 30)
    (waiting,) = [each for each in devices.devices_in("north") if each.allowed is None]
    status, page = bara.page(WALL)
    assert status == 200
    assert "Code to join" in page
    assert "wait for a yes" in page
    assert 'name="step"' not in page
    for step in ("start", "stop", "let-in", "turn-away"):
        assert sent(bara, WALL, step=step, id=str(waiting.id), minutes="5", most="5")[0] == 404
    assert joining.joinable("north") is not None
    assert [each.id for each in devices.devices_in("north") if each.allowed is None] == [waiting.id]
    assert bara.page("/class/staff/en/c/south/wall")[0] == 404


def test_scripts_of_these_pages_come_from_the_site(running: Running, amal: Trainer) -> None:
    for path in (WALL, CARDS):
        _, headers, _ = running.ask("GET", path, None, {"Cookie": amal.cookie})
        assert "'unsafe-inline'" not in headers["Content-Security-Policy"].replace("style-src 'unsafe-inline'", "")
    page = amal.page(WALL)[1]
    assert re.findall(r"<script[^>]*>", page) == ['<script src="/class/staff/staff.js">']
    status, headers, script = running.ask("GET", "/class/staff/staff.js")
    assert (status, headers["Content-Type"].split(";")[0]) == (200, "text/javascript")
    assert b"data-live" in script
    assert running.ask("POST", "/class/staff/staff.js")[0] == 405
    assert running.ask("GET", "/class/staff/pages.py")[0] == 404


def test_each_page_speaks_each_language(running: Running, amal: Trainer) -> None:
    running.shared.courses = {}  # the wall is there before the pages of the class are
    assert joining.start_joining("north", 30, 30)
    for language in ("en", "ar", "ckb"):
        for path in ("cards", "wall"):
            status, page = amal.page(f"/class/staff/{language}/c/north/{path}")
            shown = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
            assert (status, "{" in shown, "himaya-english" in shown) == (200, False, False)
