"""Joining a class by the code on its wall: who gets in, who gets in once, and what others try. On one started site."""

from __future__ import annotations

import json
import threading
from datetime import date
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest

from himaya_server.classroom.records import DAY, RETENTION
from himaya_site.classes.models import Class
from himaya_site.people import cards, joining
from himaya_site.people.enrolled import people as people_of
from tests.classroom.running import COURSE, MODULE, Browser, Running, run
from tests.classroom.test_store import made

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from himaya_server.classroom.store import Store
    from tests.classroom.conftest import Clock

KEY = "a-random-key-of-a-phone"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def server() -> str:
    """Return the server that is tested."""
    return "site"


@pytest.fixture
def running(store: Store, tmp_path: Path) -> Iterator[Running]:
    """Return a site with two classes; two people are in `north` already."""
    store.make_class("south", "South", COURSE)
    started = run(store, tmp_path / "pages")
    yield started
    started.stop()


def opened(class_id: str = "north", minutes: int = 30, most: int = 30) -> str:
    """Let people join a class, and return its code."""
    assert joining.start_joining(class_id, minutes, most)
    row = Class.objects.get(id=class_id)
    return str(row.join_code)


def join(running: Running, code: str, key: str | None = KEY, **more: Any) -> tuple[int, dict[str, Any]]:
    """Ask as the door does, and return status and answer."""
    headers = {**JSON, **more.pop("headers", {})}
    asked = {"code": code, "language": "ar", **({} if key is None else {"key": key}), **more}
    status, _, body = running.ask("POST", "/class/api/join", json.dumps(asked).encode(), headers)
    return status, json.loads(body) if status == 200 else {}


def numbers(class_id: str = "north") -> list[int]:
    """Return the numbers of everybody in a class."""
    return [each.id for each in people_of(class_id)]


def named(running: Running) -> dict[str, str]:
    """Return the headers of a phone that has a name of its own, as after opening the door."""
    cookies = [each for each in left_by_the_door(running) if each.startswith("himaya-phone=")]
    return {"Cookie": cookies[0].split(";")[0]}


def left_by_the_door(running: Running) -> list[str]:
    """Return the cookies that a phone gets where nobody is signed in."""
    connection = running.connection()
    connection.request("POST", "/class/api/sign-out", b"{}", JSON)
    answer = connection.getresponse()
    connection.close()
    return [value for name, value in answer.getheaders() if name == "Set-Cookie"]


def test_codes_have_eight_digits_and_no_zero(running: Running) -> None:
    assert running.port
    for _ in range(30):
        code = opened()
        assert len(code) == joining.DIGITS
        assert set(code) <= set("123456789")


def test_whoever_joins_is_signed_in_and_has_a_card(running: Running) -> None:
    before = numbers()
    status, answer = join(running, opened())
    (number,) = set(numbers()) - set(before)
    assert (status, answer["number"], answer["allowed"]) == (200, number, True)
    person = next(each for each in people_of("north") if each.id == number)
    assert (person.language, person.pseudonym) == ("ar", answer["who"])
    assert "/ar/" in answer["home"]
    assert number in cards.with_card("north")
    assert len(answer["code"]) == 10
    room = running.codes.room("north", running.today())
    again = Browser(running, {"number": str(number), "code": answer["code"], "room": room})
    assert again.who == answer["who"]
    notes = {each.what for each in cards.notes(number)}
    assert {"joined", "signed-in"} <= notes


def test_language_is_one_of_the_course(running: Running) -> None:
    code = opened()
    for asked, spoken in (("ar", "ar"), ("ckb", "en"), (None, "en"), (["ar"], "en"), (7, "en")):
        assert join(running, code, None, language=asked)[0] == 200
        assert people_of("north")[-1].language == spoken
    Class.objects.filter(id="north").update(language="ar")
    assert join(running, code, None, language="ckb")[0] == 200
    assert people_of("north")[-1].language == "ar"


def test_code_is_typed_as_people_type_it(running: Running) -> None:
    code = opened()
    in_arabic = code.translate(str.maketrans("123456789", "".join(chr(0x660 + digit) for digit in range(1, 10))))
    for shown in (f" {code[:4]}-{code[4:]} ", in_arabic):
        assert join(running, shown, None)[0] == 200


def test_lost_answer_makes_no_second_person(running: Running) -> None:
    code, before = opened(), numbers()
    first, second = join(running, code)[1], join(running, code)[1]
    assert [first[each] for each in ("who", "number", "code")] == [second[each] for each in ("who", "number", "code")]
    assert second["allowed"] is True  # nothing came from the first session, so it is the same phone
    assert len(numbers()) == len(before) + 1
    assert Class.objects.get(id="north").join_most == 29
    assert join(running, code, "another-key-of-a-phone")[1]["number"] != first["number"]


def test_last_place_is_told_again_after_the_end(running: Running, clock: Clock) -> None:
    code = opened(most=1)
    number = join(running, code)[1]["number"]
    assert join(running, code, "another-key-of-a-phone")[0] == 403
    joining.stop_joining("north")
    assert join(running, code)[1]["number"] == number
    assert join(running, "")[1]["number"] == number  # the page was loaded again before the card was seen
    clock.time += joining.AGAIN
    assert join(running, code)[0] == 403
    assert join(running, opened())[0] == 403  # the phone takes another key then
    assert join(running, opened(), "another-key-of-a-phone")[0] == 200


def test_key_of_a_card_that_ended_opens_nothing(running: Running) -> None:
    code = opened()
    number = join(running, code)[1]["number"]
    cards.new_card(number, "amal")
    assert join(running, code)[0] == 403
    status, _ = running.post("sign-in", {"card": f"joined {KEY}"})
    assert status == 403


@pytest.mark.parametrize("one_phone", [True, False])
def test_many_at_once_take_the_places_that_there_are(running: Running, one_phone: bool) -> None:
    code, before = opened(most=3), len(numbers())
    together = threading.Barrier(8)
    answers: list[int] = []

    def ask(number: int) -> None:
        together.wait()
        answers.append(join(running, code, KEY if one_phone else f"{KEY}-{number}")[0])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert answers.count(200) == (8 if one_phone else 3), answers
    assert len(numbers()) - before == (1 if one_phone else 3)


def test_phone_of_somebody_else_is_signed_out(running: Running, store: Store, people: list[int]) -> None:
    before = Browser(running, store.new_card(people[0], "trainer"))
    assert before.ask("journal", {"module": MODULE, "events": [made(1)], "n": 0})[0] == 200
    assert join(running, opened(), headers={"Cookie": before.headers["Cookie"]})[0] == 200
    assert before.ask("me", {})[0] == 401


# Whom nobody lets in


def test_codes_end(running: Running, clock: Clock) -> None:
    code = opened(minutes=5)
    clock.time += 5 * 60
    assert join(running, code)[0] == 403
    code, newer = opened(), opened()
    assert join(running, code)[0] == 403
    assert join(running, newer, "another-key-of-a-phone")[0] == 200
    joining.stop_joining("north")
    assert join(running, newer, "a-third-key-of-a-phone")[0] == 403


def test_ended_class_is_joined_by_nobody(running: Running, store: Store, clock: Clock) -> None:
    code = opened()
    assert join(running, code)[0] == 200
    store.end_class("north")
    assert join(running, code)[0] == 403  # also not by the key of before
    Class.objects.filter(id="north").update(join_code=code, join_until=clock.time + DAY, join_most=5)
    assert join(running, code)[0] == 403
    assert not joining.start_joining("north", 30, 30)
    opened("south")
    clock.time += RETENTION  # the time comes to end it
    assert not joining.start_joining("south", 30, 30)
    assert numbers() == []


def test_class_without_pages_makes_nobody(running: Running) -> None:
    code, before = opened(), numbers()
    running.shared.courses = {}
    assert join(running, code)[0] == 503
    assert numbers() == before


def test_code_without_bounds_is_not_made(running: Running) -> None:
    assert running.port
    for minutes, most in ((0, 5), (-1, 5), (joining.LONGEST + 1, 5), (5, 0), (5, -1), (5, joining.MOST + 1)):
        assert not joining.start_joining("north", minutes, most)
    assert Class.objects.get(id="north").join_code is None


def test_what_is_no_code_or_key_is_refused(running: Running) -> None:
    running.slow("wrong_joins", 1_000, 1_000)
    code, before = opened(), numbers()
    codes: list[Any] = ["", "1", "123456789", None, int(code), [code], "\0" * 8, "x" * 1_000, "%" * 8, f"0{code[1:]}"]
    for wrong in codes:
        assert join(running, wrong)[0] == 403, wrong
    keys: list[Any] = ["short", "x" * 65, "with space in this key", 7, ["x" * 30], "\u00e4" * 30, "\0" * 30]
    for wrong in keys:
        assert join(running, code, wrong)[0] == 400, wrong
    assert join(running, code, padding="x" * 20_000)[0] == 413
    assert numbers() == before


def test_other_pages_and_hosts_let_nobody_join(running: Running) -> None:
    code, before = opened(), numbers()
    for headers, status in (
        ({"Origin": "http://elsewhere.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Content-Type": "text/plain"}, 403),
        ({"Host": "elsewhere.example"}, 421),
    ):
        assert join(running, code, headers=headers)[0] == status
    assert running.ask("GET", "/class/api/join")[0] == 405
    assert numbers() == before


# Who guesses slows down themselves alone


def test_guessing_is_slowed(running: Running) -> None:
    code = opened()
    wrong = "1" * 8 if code != "1" * 8 else "2" * 8
    answers = [join(running, wrong)[0] for _ in range(20)]
    assert answers[:8] == [403] * 8
    assert answers[8:] == [429] * 12
    assert join(running, code)[0] == 429  # from there


def test_who_guesses_stops_no_phone_at_the_same_address(running: Running) -> None:
    code, guesser, honest = opened(), named(running), named(running)
    wrong = "1" * 8 if code != "1" * 8 else "2" * 8
    for headers in ({}, guesser):
        while join(running, wrong, headers=headers)[0] != 429:
            pass
    assert join(running, code, headers=guesser)[0] == 429
    assert join(running, code, headers=honest)[0] == 200


def test_phone_gives_itself_no_name(running: Running) -> None:
    code, wrong = opened(), "0" * 8
    of_staff = f"name.{running.codes.device('name')}"
    today = running.codes.phone(f"name {running.shared.today()} 127.0.0.1")
    for name in ("name.0000", ".", "x" * 5_000, of_staff, f"other.{today}", f"name.{running.codes.phone('name')}", ""):
        running.fill("wrong_joins", "127.0.0.1")
        headers = {"Cookie": f"himaya-phone={name}"}
        for _ in range(8):
            assert join(running, wrong, headers=headers)[0] == 403
        assert join(running, code)[0] == 429  # all of it was counted by address


@pytest.mark.parametrize("other", ["day", "address"])
def test_names_are_not_gathered_over_days_and_addresses(running: Running, other: str) -> None:
    code, wrong, phone, today = opened(), "0" * 8, named(running), running.shared.today
    if other == "day":
        running.shared.today = lambda: date(2030, 1, 1)
    source = "127.0.0.2" if other == "address" else "127.0.0.1"
    asked = json.dumps({"code": wrong, "key": KEY}).encode()
    for _ in range(8):
        connection = HTTPConnection("127.0.0.1", running.port, timeout=20, source_address=(source, 0))
        connection.request("POST", "/class/api/join", asked, {**JSON, **phone})
        assert connection.getresponse().status == 403
        connection.close()
    assert running.left("wrong_joins", source) < 1  # counted there, as of a phone without a name
    running.shared.today = today
    assert join(running, code, headers=phone)[0] == 200  # its own pace is whole


def test_names_of_phones_are_few(running: Running) -> None:
    running.slow("phones", 0.001, 2)
    for _ in range(2):
        named(running)
    assert "himaya-phone" not in str(left_by_the_door(running))


def test_right_codes_are_counted_as_no_guess(running: Running) -> None:
    code, before = opened(most=40), len(numbers())
    for number in range(35):  # a class comes through one router
        assert join(running, code, f"{KEY}-{number}")[0] == 200
    assert len(numbers()) == before + 35
    running.slow("joins", 0.001, 1)
    assert [join(running, code, f"other-{KEY}-{number}")[0] for number in range(3)] == [200, 429, 429]
    assert len(numbers()) == before + 36
