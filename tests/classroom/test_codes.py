"""Signing in without a camera: what people type, and how far a stranger gets who tries all day."""

from __future__ import annotations

import hmac
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from himaya_server.classroom import codes as module
from himaya_server.classroom.codes import DIGITS, Codes, Tries, device_of, new_code, typed
from himaya_server.classroom.records import digest
from himaya_server.classroom.store import Store
from tests.classroom.running import Browser, Running, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAY = 24 * 3600
CODE = "4821739506"


class Second:
    """A clock that a test moves."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.time = 0.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.time


def begun(monkeypatch: pytest.MonkeyPatch) -> tuple[Tries, Second]:
    """Return tries whose buckets run on a clock of the test."""
    clock = Second()
    real = module.Bucket
    made = lambda rate, most: real(rate, most, clock)  # noqa: E731
    monkeypatch.setattr("himaya_server.pace.Bucket", made)
    monkeypatch.setattr(module, "Bucket", made)
    return Tries(), clock


@pytest.fixture
def running(store: Store, tmp_path: Path) -> Iterator[Running]:
    """Return a service for a class of two."""
    started = run(store, tmp_path / "pages")
    yield started
    started.stop()


def card(running: Running, store: Store, person: int) -> None:
    """Give a person a card with a code."""
    store.new_card(person, "trainer", running.codes.kept(person, CODE))


def asked(running: Running, person: int, **changed: Any) -> dict[str, Any]:
    """Return what somebody types who has the card and sees the wall."""
    room = running.codes.room("north", running.today())
    return {"number": str(person), "code": CODE, "room": room, **changed}


# The chance of a stranger


@pytest.mark.parametrize("people", [30, 1_000])
def test_stranger_who_tries_all_day_gets_in_as_nobody(people: int) -> None:
    by_name = people * (module.NAME * DAY + module.NAME_AT_ONCE)
    tries = min(by_name, module.ROOM * DAY + module.ROOM_AT_ONCE)  # with as many devices as they like
    chance = tries / 10**DIGITS  # each try names one person; who sees the wall knows the room's code
    assert chance < 1 / 1_000


@pytest.mark.parametrize("people", [30, 1_000])
def test_tries_stay_within_the_bound(monkeypatch: pytest.MonkeyPatch, people: int) -> None:
    tries, clock = begun(monkeypatch)
    seconds, looked_at = 600, 0
    for step in range(seconds * 50):  # fifty times a second, from a new device each time
        clock.time = step / 50
        looked_at += tries.begin(str(step % people), f"device {step}")
    bound = min(people * (module.NAME * seconds + module.NAME_AT_ONCE), module.ROOM * seconds + module.ROOM_AT_ONCE)
    assert 0.9 * bound <= looked_at <= bound + 1


def test_one_device_gets_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    tries, clock = begun(monkeypatch)
    assert sum(tries.begin(str(number), "one") for number in range(100)) == module.DEVICE_AT_ONCE
    clock.time = 60
    assert sum(tries.begin(str(number), "one") for number in range(100)) == 60 * module.DEVICE


def test_nobody_locks_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    tries, clock = begun(monkeypatch)
    for second in range(3_600):
        clock.time = float(second)
        for device in range(5):  # five devices that try number 7 all the time
            tries.begin("7", f"stranger {device}")
        if second % 60 == 0:
            assert tries.begin("7", "owner")
            tries.right("7", "owner")


def test_right_codes_slow_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    tries, _ = begun(monkeypatch)
    for number in range(1_000):  # a class behind one router
        assert tries.begin(str(number), "router")
        tries.right(str(number), "router")


# What is kept and typed


def test_stolen_database_tells_no_code() -> None:
    kept = Codes(b"a" * 32).kept(7, CODE)
    assert kept not in (digest(CODE), hmac.digest(b"", CODE.encode(), "sha256"))
    assert kept != Codes(b"b" * 32).kept(7, CODE)
    assert kept != Codes(b"a" * 32).kept(8, CODE)


def test_room_code_changes_with_day_and_class() -> None:
    codes = Codes(b"a" * 32)
    found = {codes.room(each, date(2026, 11, day)) for each in ("north", "south") for day in range(1, 29)}
    assert len(found) > 50
    assert all(len(code) == 4 and code.isdecimal() for code in found)
    assert not any("0" in code for code in found), "on a wall the Arabic-Indic zero is read as a full stop"


@pytest.mark.parametrize(
    ("text", "digits"),
    [("482 173 9506", CODE), ("٤٨٢١٧٣٩٥٠٦", CODE), ("۴۸۲-۱۷۳-۹۵۰۶", CODE), ("abc", ""), (7, ""), ("1" * 51, "")],
)
def test_digits_of_any_script_are_read(text: object, digits: str) -> None:
    assert typed(text) == digits


def test_new_codes_differ() -> None:
    assert len({new_code() for _ in range(100)}) == 100
    assert {len(new_code()) for _ in range(100)} == {DIGITS}


def test_ipv6_network_is_one_device() -> None:
    assert device_of("2001:db8::1") == device_of("2001:db8::ffff:1") != device_of("2001:db8:1::1")
    assert device_of("192.168.4.7") != device_of("192.168.4.8")


# The service


def test_code_signs_in_and_second_device_waits(running: Running, store: Store, people: list[int]) -> None:
    card(running, store, people[0])
    one = Browser(running, asked(running, people[0], code="٤٨٢ ١٧٣ ٩٥٠٦"))
    assert one.person["allowed"]
    assert one.ask("me", {})[0] == 200
    assert not Browser(running, asked(running, people[0])).person["allowed"]


@pytest.mark.parametrize(
    "changed",
    [
        *({"code": "4821739507"}, {"code": ""}, {"room": ""}, {"number": ""}, {"number": "9" * 12}),
        *({"number": ["1"]}, {"number": "2"}, {"room": None}, {"code": {"a": 1}}),
    ],
)
def test_wrong_codes_are_refused_alike(
    running: Running, store: Store, people: list[int], changed: dict[str, Any]
) -> None:
    card(running, store, people[0])
    assert running.post("sign-in", asked(running, people[0], **changed)) == (403, b"403")


def test_code_of_yesterdays_wall_is_refused(running: Running, store: Store, people: list[int]) -> None:
    card(running, store, people[0])
    yesterday = running.codes.room("north", date(2020, 1, 1))
    assert running.post("sign-in", asked(running, people[0], room=yesterday))[0] == 403


def test_new_card_ends_the_old_code(running: Running, store: Store, people: list[int]) -> None:
    card(running, store, people[0])
    store.new_card(people[0], "trainer", running.codes.kept(people[0], new_code()))
    assert running.post("sign-in", asked(running, people[0]))[0] == 403


def test_wrong_codes_slow_down_and_cards_do_not(running: Running, store: Store, people: list[int]) -> None:
    card(running, store, people[0])
    tried = [
        running.post("sign-in", asked(running, people[0], code=f"{number:010}"))[0]
        for number in range(int(module.DEVICE_AT_ONCE) + 2)
    ]
    assert tried[0] == 403
    assert tried[-1] == 429
    Browser(running, store.new_card(people[1], "trainer"))
