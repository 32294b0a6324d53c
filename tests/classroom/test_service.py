"""The service: what pages ask, and what everybody else tries."""

from __future__ import annotations

import contextlib
import gzip
import json
import logging
import socket
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from himaya_server.classroom.records import SESSION, Put, Use
from himaya_server.classroom.service import COOKIE, LARGEST_BODY
from himaya_server.font import font
from himaya_site.answers import put
from tests.browser.user_actions import until
from tests.classroom.running import BUILD, COURSE, MODULE, Browser, Running, run
from tests.classroom.test_store import made
from tests.shipped import a_module

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import ModuleType

    from himaya.errors import JournalError
    from himaya_server.classroom.records import Rows
    from himaya_server.classroom.store import Store
    from tests.classroom.conftest import Clock

JOURNAL = {"module": MODULE, "epoch": "", "n": 0, "events": [made(1)]}


@pytest.fixture
def running(store: Store, tmp_path: Path) -> Iterator[Running]:
    """Return a service for a class of two."""
    started = run(store, tmp_path / "pages")
    yield started
    started.stop()


@pytest.fixture
def cards(store: Store, people: list[int]) -> list[str]:
    """Return a card of each."""
    return [store.new_card(person, "trainer") for person in people]


@pytest.fixture
def one(running: Running, cards: list[str]) -> Browser:
    """Return the first person, signed in."""
    return Browser(running, cards[0])


@pytest.fixture
def other(running: Running, cards: list[str]) -> Browser:
    """Return the second person, signed in."""
    return Browser(running, cards[1])


def test_put_answers_with_rows_and_keeps_them(one: Browser, store: Store, people: list[int]) -> None:
    status, answer = one.ask("journal", JOURNAL)
    assert status == 200
    assert (answer["from"], answer["total"], answer["rows"]) == (0, 1, [made(1)])
    assert store.rows(people[0], MODULE).rows == [made(1)]
    status, answer = one.ask("journal", {**JOURNAL, "epoch": answer["epoch"], "n": 1})
    assert (answer["from"], answer["rows"]) == (1, [])
    assert one.ask("journal", {**JOURNAL, "epoch": "another life", "n": 1})[1]["rows"] == [made(1)]


def test_event_that_is_none_is_named(one: Browser) -> None:
    deep: object = 0
    for _ in range(40):
        deep = [deep]
    wrong = [made(2, value=deep), {"id": "event-9", "activity": 3, "type": "answer"}, 7, {"id": 5}]
    wrong.append(made(3) | {"id": "event\0id"})
    status, answer = one.ask("journal", {**JOURNAL, "events": [made(1), *wrong]})
    assert status == 200
    assert answer["refused"] == ["event-0002", "event-9", "event\0id"]
    assert answer["rows"] == [made(1)]


def test_hand_in_gives_a_receipt(one: Browser) -> None:
    one.ask("journal", JOURNAL)
    status, answer = one.ask("hand-in", {"module": MODULE, "request": "request-1", "language": "ar"})
    assert status == 200
    assert len(answer["receipt"]["code"]) == 8
    assert one.ask("me", {})[1]["receipts"][0]["code"] == answer["receipt"]["code"]


def test_person_reads_how_long_answers_are_kept(one: Browser) -> None:
    assert one.ask("me", {"language": "en"})[1]["ends"] == "14 July 2027"


def test_page_is_kept_by_the_browser(one: Browser) -> None:
    status, headers, body = one.get(f"/class/p/{COURSE}/{BUILD}/ar/{MODULE}.html")
    assert (status, body) == (200, f"<p>ar {MODULE}</p>".encode())
    assert headers["Cache-Control"] == "private, max-age=31536000, immutable"
    status, headers, _ = one.get(f"/class/p/{COURSE}/{'f' * 12}/ar/{MODULE}.html")
    assert (status, headers["Location"]) == (302, f"/class/p/{COURSE}/{BUILD}/ar/{MODULE}.html")


def test_page_is_compressed_once(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    file = running.shared.pages[COURSE].folder / "en" / "door.html"
    file.write_text("<p>door</p>" * 1000, encoding="utf-8")
    times: list[str] = []
    compress, stream = gzip.compress, gzip.GzipFile
    monkeypatch.setattr(gzip, "compress", lambda *given, **named: times.append("whole") or compress(*given, **named))
    monkeypatch.setattr(gzip, "GzipFile", lambda *given, **named: times.append("sent") or stream(*given, **named))
    for _ in range(3):
        address = f"/class/p/{COURSE}/{BUILD}/en/door.html"
        status, headers, body = running.ask("GET", address, headers={"Accept-Encoding": "gzip, deflate, br"})
        assert (status, headers["Content-Encoding"], headers["Vary"]) == (200, "gzip", "Accept-Encoding")
        assert gzip.decompress(body) == file.read_bytes()
    assert times == ["whole"]


def test_font_is_sent_before_signing_in(running: Running) -> None:
    status, headers, body = running.ask("GET", "/class/font/arabic-1.woff2")
    assert (status, headers["Content-Type"], body) == (200, "font/woff2", font())
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert len(body) < 60_000


def test_door_speaks_the_browsers_language(running: Running) -> None:
    for accepted, language in (("ar-IQ,ar;q=0.9", "ar"), ("de", "en"), ("", "en"), ("ckb;q=x,,ar", "ar")):
        status, headers, _ = running.ask("GET", "/class/", None, {"Accept-Language": accepted})
        assert (status, headers["Location"]) == (302, f"/class/p/{COURSE}/{BUILD}/{language}/door.html")


@pytest.mark.parametrize("first", [True, False])
def test_door_speaks_the_languages_of_every_course(running: Running, first: bool) -> None:
    own = running.shared.pages[COURSE]
    english = replace(own, course="a-course", languages=["en"])
    pages = {"a-course": english, COURSE: own} if first else {COURSE: own, "a-course": english}
    running.shared.pages = pages
    for accepted, course, language in (("ar-IQ", COURSE, "ar"), ("en", "a-course", "en"), ("de", "a-course", "en")):
        _, headers, _ = running.ask("GET", "/class/", None, {"Accept-Language": accepted})
        assert headers["Location"] == f"/class/p/{course}/{BUILD}/{language}/door.html"


def test_cookie_is_closed_to_scripts_and_other_paths(one: Browser) -> None:
    said = one.cookie_header.lower()
    assert all(part in said for part in ("httponly", "samesite=strict", "path=/class/", "max-age=15552000"))  # 180 days


# What others try. Numbers are those of the list of risks of a class.


@pytest.mark.parametrize("what", ["me", "journal", "hand-in", "device", "card"])
def test_stranger_gets_nothing(running: Running, what: str) -> None:
    for headers in ({}, {"Cookie": f"{COOKIE}={'A' * 43}"}, {"Cookie": f"{COOKIE}={'A' * 5000}"}):
        sent = {"Content-Type": "application/json", **headers}
        assert running.ask("POST", f"/class/api/{what}", b"{}", sent)[0] == 401


def test_stranger_is_led_to_the_door(running: Running) -> None:
    for path in (f"/class/p/{COURSE}/{BUILD}/en/{MODULE}.html", f"/class/feedback/{MODULE}"):
        status, headers, body = running.ask("GET", path)
        assert (status, headers["Location"], body) == (302, "/class/", b"")


@pytest.mark.parametrize(
    "path",
    [
        *("/class/../class.db", "/class/p/../../class.key", "/class/p/%2e%2e/%2e%2e/class.db", "/etc/passwd"),
        *(f"/class/p/{COURSE}/{BUILD}/en/about.html", f"/class/p/{COURSE}/{BUILD}/xx/index.html", "/hub/login"),
        *("/class/api/journal", "/class/static/../service.py", "/class/p/none/0123456789ab/en/index.html"),
    ],
)
def test_other_addresses_lead_nowhere(one: Browser, path: str) -> None:
    assert one.get(path)[0] in (404, 405)


def test_another_persons_things_stay_theirs(one: Browser, other: Browser, store: Store) -> None:  # 5.13
    one.ask("journal", {**JOURNAL, "events": [made(1, value="mine")]})
    one.ask("hand-in", {"module": MODULE, "request": "request-1"})
    store.give_feedback(one.who, MODULE, "for one alone")
    status, answer = other.ask("journal", {**JOURNAL, "events": [made(1, value="stolen id")]})
    assert (status, answer["rows"]) == (200, [made(1, value="stolen id")])  # and pushes nobody out
    assert one.ask("journal", {**JOURNAL, "events": []})[1]["rows"] == [made(1, value="mine")]
    assert other.get(f"/class/feedback/{MODULE}")[0] == 404
    assert one.get(f"/class/feedback/{MODULE}")[2] == b"for one alone"
    assert other.ask("me", {})[1]["receipts"] == []
    assert one.ask("me", {"who": other.who})[1]["name"] == one.who


def test_page_of_another_person_writes_nothing(one: Browser, other: Browser, store: Store, people: list[int]) -> None:
    # Two tabs of one browser: the cookie is the second person's, the page is the first one's.
    assert one.ask("journal", JOURNAL, Cookie=f"{COOKIE}={other.cookie}")[0] == 401
    assert one.ask("journal", JOURNAL, X_Himaya_Who=other.who)[0] == 401
    assert [store.rows(person, MODULE).total for person in people] == [0, 0]


@pytest.mark.parametrize(  # 5.7
    "changed",
    [
        {"X_Himaya_Key": None},
        {"X_Himaya_Key": "0" * 32},
        {"X_Himaya_Key": "ü"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
    ],
)
def test_other_sites_write_nothing(
    one: Browser, store: Store, people: list[int], changed: dict[str, str | None]
) -> None:
    assert one.ask("journal", JOURNAL, **changed)[0] in (401, 403)
    assert store.rows(people[0], MODULE).total == 0


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "", "127.0.0.1.evil.example", "[::1", "a@b"])
def test_other_hosts_are_refused(running: Running, cards: list[str], host: str) -> None:
    sent = {"Host": host, "Content-Type": "application/json"}
    body = json.dumps({"card": cards[0]}).encode()
    for method, path in (("GET", "/class/"), ("POST", "/class/api/sign-in"), ("GET", "/nowhere")):
        with contextlib.suppress(ConnectionError):  # closed while the body was on its way, which is as good
            assert running.ask(method, path, body, sent)[0] in (400, 421)


def test_answers_may_not_be_framed_or_cached(one: Browser, running: Running) -> None:
    for headers in (one.get(f"/class/feedback/{MODULE}")[1], running.ask("GET", "/class/")[1]):
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Server" not in headers


def test_script_in_feedback_does_not_run(one: Browser, store: Store) -> None:
    store.give_feedback(one.who, MODULE, "<script>steal()</script>")
    policy = one.get(f"/class/feedback/{MODULE}")[1]["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy


def test_unknown_cards_slow_down_and_known_ones_do_not(running: Running, cards: list[str]) -> None:  # 5.5
    sent = {"Content-Type": "application/json"}

    def tried(card: object) -> int:
        return running.ask("POST", "/class/api/sign-in", json.dumps({"card": card}).encode(), sent)[0]

    running.slow("cards", 0.001, 5)
    assert tried(["not", "text"]) == 403
    assert [tried("A" * 22) for _ in range(5)] == [403] * 4 + [429]
    running.fill("cards", "127.0.0.1")
    for _ in range(3):
        assert tried(cards[0]) == 200  # a class behind one router signs in
    assert running.left("cards", "127.0.0.1") >= 5


def test_second_device_reads_nothing_before_the_yes(running: Running, cards: list[str], one: Browser) -> None:  # 5.2
    assert one.ask("me", {})[0] == 200
    second = Browser(running, cards[0])
    assert not second.person["allowed"]
    assert second.ask("me", {}) == (200, {"allowed": False})
    assert second.ask("journal", JOURNAL)[0] == 401
    assert second.get(f"/class/feedback/{MODULE}")[0] == 302
    assert second.ask("device", {"id": 2, "yes": True})[0] == 401  # nobody lets themselves in
    (waiting,) = one.ask("me", {})[1]["devices"]
    assert one.ask("device", {"id": waiting["id"], "yes": True}) == (200, {"done": True})
    assert second.ask("journal", JOURNAL)[0] == 200


@pytest.mark.parametrize("number", [2**63, -1, 2**200, True, "1", None])
def test_number_that_names_no_device_is_refused(one: Browser, number: object) -> None:
    assert one.ask("device", {"id": number, "yes": True})[0] == 400


def test_nobody_lets_in_anothers_device(running: Running, cards: list[str], one: Browser, other: Browser) -> None:
    assert one.ask("me", {})[0] == 200
    Browser(running, cards[0])
    (waiting,) = one.ask("me", {})[1]["devices"]
    assert other.ask("device", {"id": waiting["id"], "yes": True}) == (200, {"done": False})


def test_signed_out_session_is_over(one: Browser) -> None:
    assert one.ask("sign-out", {})[0] == 200
    assert one.ask("journal", JOURNAL)[0] == 401


@pytest.mark.parametrize("changed", [{"Origin": "http://evil.example"}, {"Sec_Fetch_Site": "same-site"}])
def test_other_sites_sign_nobody_out(one: Browser, changed: dict[str, str]) -> None:
    assert one.ask("sign-out", {}, **changed)[0] == 403
    assert one.ask("sign-out", {}, Cookie=f"{COOKIE}={'A' * 43}")[0] == 200  # a stranger's phone holds nobody
    assert one.ask("me", {})[0] == 200


_IN_BETWEEN: dict[str, Any] = {
    "nothing": lambda _store, _person, _clock: None,
    "session over": lambda _store, _person, clock: setattr(clock, "time", clock.time + SESSION),
    "sessions ended": lambda store, person, _clock: store.end_sessions(person, "amal"),
    "new card": lambda store, person, _clock: store.new_card(person, "amal"),
}


@pytest.mark.parametrize("between", _IN_BETWEEN)
def test_handed_on_phone_is_nobodys(
    running: Running, one: Browser, store: Store, people: list[int], clock: Clock, between: str
) -> None:
    assert one.ask("me", {})[0] == 200
    clock.time += 60
    _IN_BETWEEN[between](store, people[0], clock)
    assert COOKIE in one.hand_on()
    assert one.ask("me", {})[0] == 401
    clock.time += 60
    lender = Browser(running, store.new_card(people[0], "amal"), one)  # the cookie was taken out before
    lender.ask("journal", JOURNAL)
    lender.confirm_card()
    assert store.reissued("north")[people[0]].claimed


def test_waiting_phone_is_handed_on(running: Running, cards: list[str], one: Browser) -> None:
    assert one.ask("me", {})[0] == 200
    waiting = Browser(running, cards[0])
    assert len(one.ask("me", {})[1]["devices"]) == 1
    assert COOKIE in waiting.hand_on()
    assert waiting.ask("me", {})[0] == 401
    assert one.ask("me", {})[1]["devices"] == []


def test_new_card_is_seen_by_its_owner(running: Running, one: Browser, store: Store, people: list[int]) -> None:  # 5.8
    again = Browser(running, store.new_card(people[0], "amal"))
    assert one.ask("me", {})[0] == 401
    notes = [(note["what"], note["who"]) for note in again.ask("me", {})[1]["notes"]]
    assert ("new-card", "amal") in notes


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"7", b"{", b"[" * 20_000, b'{"module": []}', b'{"module": "%s", "events": {}}' % MODULE.encode()],
)
def test_nonsense_is_refused(running: Running, one: Browser, body: bytes) -> None:
    assert running.ask("POST", "/class/api/journal", body, one.headers)[0] in (400, 404)


@pytest.mark.parametrize(
    "body",
    [
        {**JOURNAL, "module": f"../{a_module(but=MODULE)}"},
        {**JOURNAL, "module": a_module("mainstreaming-pseah")},
        {**JOURNAL, "n": -1, "events": []},
        {**JOURNAL, "n": True},
        {**JOURNAL, "n": 10**30, "events": []},
        {**JOURNAL, "events": [made(1)] * 2_001},
    ],
)
def test_values_out_of_range_do_no_harm(one: Browser, body: dict[str, object]) -> None:
    status, answer = one.ask("journal", body)
    assert status in (200, 400, 404)
    assert answer is None or answer["from"] == 0


def test_oversize_body_is_not_read(running: Running, one: Browser) -> None:  # 5.14
    with socket.create_connection(("127.0.0.1", running.port), timeout=20) as raw:
        headers = "".join(f"{name}: {value}\r\n" for name, value in one.headers.items())
        head = f"POST /class/api/journal HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}"
        raw.sendall(f"{head}Content-Length: {LARGEST_BODY + 1}\r\n\r\n".encode())
        assert raw.recv(1000)[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 413", b"")


def test_oversize_header_is_not_read(running: Running) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=20) as raw:
        raw.sendall(b"GET /class/ HTTP/1.1\r\nX: " + b"a" * 40_000 + b"\r\n\r\n")
        assert b" 200 " not in raw.recv(1000)


def test_slow_requests_hold_up_nobody(running: Running, one: Browser) -> None:
    held = [socket.create_connection(("127.0.0.1", running.port), timeout=20) for _ in range(50)]
    for raw in held:
        raw.sendall(b"POST /class/api/journal HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n{")
    assert one.ask("journal", JOURNAL)[0] == 200
    for raw in held:
        raw.close()


def test_session_that_floods_is_slowed(running: Running, one: Browser, other: Browser) -> None:
    running.slow("asks", 0.001, 20)
    assert [one.ask("me", {})[0] for _ in range(22)] == [200] * 20 + [429] * 2
    assert other.ask("me", {})[0] == 200


def test_first_requests_share_a_sync(
    running: Running, store: Store, monkeypatch: pytest.MonkeyPatch, server: str
) -> None:
    for _ in range(6):
        store.enrol("north", "en")
    people = store.people("north")
    browsers = [Browser(running, store.new_card(person.id, "trainer")) for person in people]
    threads = [threading.Thread(target=browser.ask, args=("journal", JOURNAL)) for browser in browsers]
    written: list[Sequence[Put | Use]] = []
    where = store if server == "service" else put
    disk, write_all = threading.Event(), where.write_all

    def slowly(steps: Sequence[Put | Use]) -> list[Rows | JournalError | None]:
        written.append(steps)
        disk.wait(60)
        return write_all(steps)

    monkeypatch.setattr(where, "write_all", slowly)
    threads[0].start()
    until(lambda: written, "the first is written")
    for thread in threads[1:]:
        thread.start()
    until(lambda: running.waiting() == len(people) - 1, "all others wait for the first")
    disk.set()
    for thread in threads:
        thread.join()
    assert [len(steps) for steps in written if any(isinstance(step, Use) for step in steps)] == [1, len(people) - 1]
    assert [store.rows(person.id, MODULE).total for person in people] == [1] * len(people)


def test_full_journal_is_told_and_others_go_on(
    one: Browser, other: Browser, monkeypatch: pytest.MonkeyPatch, limits: ModuleType
) -> None:
    monkeypatch.setattr(limits, "MAX_LINES", 2)
    assert one.ask("journal", {**JOURNAL, "events": [made(number) for number in range(3)]})[0] == 413
    assert other.ask("journal", JOURNAL)[0] == 200


def test_logs_hold_no_secret(  # 5.1
    running: Running, one: Browser, cards: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        one.ask("journal", {**JOURNAL, "events": [made(1, value="planted-word")]})
        running.ask("GET", f"/class/?card={cards[0]}")
        running.ask("GET", f"/hub/{cards[0]}?token={one.cookie}")
        running.ask("POST", "/class/api/journal", b"{", one.headers)
    said = caplog.text
    assert "/class/api/journal 200" in said
    for secret in ("planted-word", one.cookie, one.person["key"], one.who, *cards):
        assert secret not in said
