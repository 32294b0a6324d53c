"""Pages of staff: what a trainer sees and does, and what others try there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import event

from himaya.languages.interface import interface
from himaya_server.classroom.passwords import fits, hashed
from himaya_server.classroom.records import SESSION, TERMINAL
from himaya_server.classroom.staff import COOKIE
from tests.classroom.conftest import of_service
from tests.classroom.running import MODULE, Browser, Running, run
from tests.classroom.served import ROOT
from tests.classroom.test_store import made, signed_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from himaya_server.classroom.store import Store
    from tests.classroom.conftest import Clock

    Devices = tuple[Browser, Browser | None]  # of the maker of cards, and of the owner

PASSWORD = "a long enough password"  # noqa: S105 - of nobody
NORTH = "/class/staff/en/c/north"
KEPT = hashed(PASSWORD)


class Trainer:
    """Somebody with a password, at the forms of a page."""

    def __init__(self, running: Running, login: str, password: str = PASSWORD) -> None:
        """Sign in; `status` says how it went."""
        self._running = running
        self.cookie = ""
        self.status, headers, _ = self.send("/class/staff/en/", login=login, password=password)
        self.cookie_header = headers.get("Set-Cookie", "")
        self.cookie = self.cookie_header.split(";")[0]

    @property
    def key(self) -> str:
        """What forms of ours hold."""
        found = re.search(r'name="key" value="([0-9a-f]+)"', self.page("/class/staff/en/c/north")[1])
        return found[1] if found else ""

    def seen(self, person: int) -> str:
        """Return what the form says that confirms a person's new card."""
        form = rf'name="id" value="{person}"><input type="hidden" name="seen" value="([^"]+)"'
        return str(re.findall(form, self.page(NORTH)[1])[0])

    def confirm_card(self, person: int) -> None:
        """Say that what was answered with a new card is its owner's."""
        assert self.send(NORTH, key=self.key, step="theirs", id=person, seen=self.seen(person))[0] == 303

    def page(self, path: str) -> tuple[int, str]:
        """Open an address."""
        status, _, body = self._running.ask("GET", path, None, {"Cookie": self.cookie})
        return status, body.decode()

    def send(self, path: str, headers: dict[str, str] | None = None, **fields: Any) -> tuple[int, dict[str, str], str]:
        """Send a form."""
        sent = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": self.cookie, **(headers or {})}
        status, answered, body = self._running.ask("POST", path, urlencode(fields).encode(), sent)
        return status, answered, body.decode()


@pytest.fixture
def running(store: Store, tmp_path: Path) -> Iterator[Running]:
    """Return a service for two classes, each with a trainer."""
    store.make_class("south", "South", "core-protection")
    store.set_staff("amal", KEPT, "north")
    store.set_staff("bara", KEPT, "south")
    started = run(store, tmp_path / "pages")
    yield started
    started.stop()


@pytest.fixture
def amal(running: Running) -> Trainer:
    """Return the trainer of `north`."""
    return Trainer(running, "amal")


def test_trainer_sees_numbers_and_no_names(
    amal: Trainer, running: Running, store: Store, people: list[int], server: str
) -> None:
    store.change(people[0], "en", b"sealed name")
    store.put(people[0], MODULE, [made(1, value="planted-answer")])
    status, page = amal.page(NORTH)
    assert status == 200
    assert f"Number {people[0]}" in re.sub(r"<[^>]+>", "", page)
    steps = {"service": "Steps received: 1", "site": "Steps done: 1"}[server]
    assert steps in re.sub(r"<[^>]+>", "", page)
    assert running.codes.room("north", running.today()) in page
    assert "planted-answer" not in page
    assert "<script" not in page


@pytest.mark.parametrize("language", ["en", "ar", "ckb"])
def test_page_speaks_each_language(amal: Trainer, language: str) -> None:
    status, page = amal.page(f"/class/staff/{language}/c/north")
    assert status == 200
    assert f'lang="{language}" dir="{"ltr" if language == "en" else "rtl"}"' in page
    assert "{" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)


def test_password_is_kept_as_argon2() -> None:
    assert KEPT.startswith("$argon2id$")
    assert fits(KEPT, PASSWORD)
    assert not fits(KEPT, PASSWORD + "x")
    assert not fits(None, "nobody")
    assert not fits(KEPT, "x" * 100_000)


def test_cookie_of_staff_is_closed(amal: Trainer) -> None:
    said = amal.cookie_header.lower()
    assert all(part in said for part in ("httponly", "samesite=strict", "path=/class/staff/"))


# Powers, each listed where the person reads it (5.8)


def test_new_card_ends_the_old_one_and_is_listed(
    amal: Trainer, running: Running, store: Store, people: list[int]
) -> None:
    old = Browser(running, store.new_card(people[0], "trainer"))
    status, headers, page = amal.send(NORTH, key=amal.key, step="new-card", id=people[0])
    assert status == 200
    assert headers["Cache-Control"] == "no-store"
    assert old.ask("me", {})[0] == 401
    code = re.search(r"code \D*(\d{3}\s\d{3}\s\d{4})", re.sub(r"<svg.*?</svg>|<bdi>|</bdi>", "", page, flags=re.DOTALL))
    assert code is not None
    room = running.codes.room("north", running.today())
    again = Browser(running, {"number": str(people[0]), "code": code[1], "room": room})
    notes = [(note["what"], note["who"]) for note in again.ask("me", {})[1]["notes"]]
    assert ("new-card", "amal") in notes


def test_page_with_a_card_loaded_again_makes_no_second_one(amal: Trainer, store: Store, people: list[int]) -> None:
    shown = amal.page(NORTH)[1]
    (once, *_) = re.findall(rf'name="id" value="{people[0]}"><input type="hidden" name="seen" value="([^"]+)"', shown)
    asked = {"key": amal.key, "step": "new-card", "id": people[0], "seen": once}
    page = amal.send(NORTH, **asked)[2]
    assert f'href="{NORTH}?#p{people[0]}"' in page, "the same address with another mark would do nothing"
    made = store.with_card("north")
    status, headers, _ = amal.send(NORTH, **asked)
    assert (status, headers["Location"].partition("#")[2]) == (303, f"p{people[0]}")
    assert store.with_card("north") == made
    assert amal.send(NORTH, **(asked | {"seen": "another page"}))[0] == 200


def test_answers_under_a_new_card_are_marked(
    amal: Trainer, running: Running, store: Store, people: list[int], clock: Clock
) -> None:
    store.new_card(people[0], "trainer")
    first = Browser(running, store.new_card(people[0], "trainer"))  # printed twice before anybody came
    first.ask("journal", {"module": MODULE, "events": [made(1)], "n": 0})
    assert first.ask("me", {})[1]["card"] is None
    clock.time += 60
    second = Browser(running, store.new_card(people[0], "amal"))
    assert second.ask("me", {})[1]["card"] is None  # nothing was answered with it yet
    second.ask("journal", {"module": MODULE, "events": [made(2), made(3)], "n": 0})
    mark = second.ask("me", {})[1]["card"]
    assert (mark["who"], mark["n"]) == ("amal", 2)
    assert "Steps answered with it: 2" in amal.page(NORTH)[1]
    assert store.reissued("south") == {}
    clock.time += 60
    third = Browser(running, store.new_card(people[0], "dilan"), first)
    assert third.ask("me", {})[1]["card"]["who"] == "amal"  # a later card hides no earlier one
    third.confirm_card()
    assert third.ask("me", {})[1]["card"] is None
    assert third.ask("me", {})[1]["notes"][0]["what"] == "card-confirmed"
    assert "Steps answered with it" not in amal.page(NORTH)[1]


def test_maker_of_a_card_confirms_nothing(running: Running, store: Store, people: list[int], clock: Clock) -> None:
    phone = Browser(running, store.new_card(people[0], "trainer"))
    phone.ask("journal", {"module": MODULE, "events": [made(1)], "n": 0})
    clock.time += SESSION  # the phone is known again the next day
    amal = Trainer(running, "amal")
    card = store.new_card(people[0], "amal")
    forger = Browser(running, card)
    forger.ask("journal", {"module": MODULE, "events": [made(2)], "n": 0})
    for _ in range(2):
        forger.confirm_card()
    assert "nobody else has confirmed it" in amal.page(NORTH)[1]
    assert "are the owner&#39;s</button>" not in amal.page(NORTH)[1]
    assert amal.send(NORTH, key=amal.key, step="theirs", id=people[0])[0] == 403
    for _ in range(2):  # it asks, and asks again
        phone = Browser(running, card, phone)
    (waiting,) = [each for each in store.devices_in("north") if each.allowed is None]
    store.answer_device(people[0], waiting.id, yes=True)
    clock.time += 60
    me = phone.ask("me", {})[1]
    assert me["card"]["claimed"] is None
    assert [note["what"] for note in me["notes"]].count("card-claimed") == 1
    assert forger.ask("me", {})[1]["card"]["claimed"]
    phone.confirm_card()
    assert store.reissued("north") == {}


class Way:
    """How Amal, who makes cards, had a device of hers signed in as somebody before she made another one."""

    def __init__(self, running: Running, store: Store, person: int, clock: Clock) -> None:
        """Know whom it is about."""
        self._running, self._store, self._person, self._clock = running, store, person, clock

    def later(self, seconds: float = 60) -> None:
        """Let time go by."""
        self._clock.time += seconds

    def device(self, card: str, earlier: Browser | None = None) -> Browser:
        """Sign in and answer something."""
        found = Browser(self._running, card, earlier)
        found.ask("me", {})
        self.later()
        return found

    def card(self, who: str) -> str:
        """Return a new card."""
        self.later()
        return self._store.new_card(self._person, who)

    def before_anybody_came(self) -> Devices:
        """Make a card anew before its owner ever signed in."""
        self.card(TERMINAL)
        card = self.card("amal")
        hers = self.device(card)
        self.later(SESSION)
        self.device(card)
        return hers, None

    def first_card(self) -> Devices:
        """Make somebody's first card, and try it."""
        hers = self.device(self.card("amal"))
        return hers, None

    def lost_card(self) -> Devices:
        """Make one for a lost card, and be the first to sign in with it; its owner confirms this one."""
        owner = self.device(self.card(TERMINAL))
        card = self.card("amal")
        hers = self.device(card)
        hers.ask("journal", {"module": MODULE, "events": [made(1)], "n": 0})
        self.later(SESSION)
        owner = self.device(card, owner)
        owner.confirm_card()
        assert self._store.reissued("north") == {}
        return hers, owner

    def let_in(self) -> Devices:
        """Sign in with a copy of the card, and let this device in as staff."""
        card = self.card(TERMINAL)
        owner, hers = self.device(card), self.device(card)
        (waiting,) = [each for each in self._store.devices_in("north") if each.allowed is None]
        assert self._store.answer_device(self._person, waiting.id, yes=True, who="amal")
        hers.ask("journal", {"module": MODULE, "events": [made(1)], "n": 0})
        return hers, owner

    def ended(self) -> Devices:
        """End the owner's sessions, and sign in with a copy of the card."""
        card = self.card(TERMINAL)
        owner = self.device(card)
        self._store.end_sessions(self._person, "amal")
        self.later()
        return self.device(card), owner


@pytest.mark.parametrize("way", [Way.before_anybody_came, Way.first_card, Way.lost_card, Way.let_in, Way.ended])
def test_device_of_a_cards_maker_confirms_nothing(
    running: Running,
    store: Store,
    people: list[int],
    clock: Clock,
    way: Callable[[Way], tuple[Browser, Browser | None]],
) -> None:
    tried = Way(running, store, people[0], clock)
    hers, owner = way(tried)
    card = tried.card("amal")
    hers = tried.device(card, hers)
    assert hers.ask("journal", {"module": MODULE, "events": [made(2)], "n": 0})[0] == 200
    hers.confirm_card()
    assert store.reissued("north")[people[0]].claimed
    if owner is not None:  # who was there before she ever did anything
        clock.time += SESSION
        owner = tried.device(card, owner)
        assert owner.ask("me", {})[1]["card"]["claimed"] is None
        owner.confirm_card()
        assert store.reissued("north") == {}


def test_terminal_hands_out_first_cards(running: Running, store: Store, people: list[int], clock: Clock) -> None:
    tried = Way(running, store, people[0], clock)
    phone = tried.device(tried.card(TERMINAL))
    phone = tried.device(tried.card(TERMINAL), phone)
    phone.ask("journal", {"module": MODULE, "events": [made(1)], "n": 0})
    phone.confirm_card()
    assert store.reissued("north") == {}


def test_another_trainer_confirms_a_card(
    amal: Trainer, running: Running, store: Store, people: list[int], clock: Clock
) -> None:
    for login in ("dilan", "evin"):
        store.set_staff(login, KEPT, "north")
    Browser(running, store.new_card(people[0], "trainer")).ask("me", {})
    for maker in ("amal", "dilan"):
        clock.time += 60
        Browser(running, store.new_card(people[0], maker)).ask(
            "journal", {"module": MODULE, "events": [made(int(clock.time) % 1000)], "n": 0}
        )
    dilan, evin = Trainer(running, "dilan"), Trainer(running, "evin")
    assert [each.send(NORTH, key=each.key, step="theirs", id=people[0])[0] for each in (amal, dilan)] == [403, 403]
    assert "are the owner&#39;s</button>" in evin.page(NORTH)[1]
    evin.confirm_card(people[0])
    assert store.reissued("north") == {}
    assert (store.notes(people[0])[0].what, store.notes(people[0])[0].who) == ("card-confirmed-by", "evin")
    assert evin.send(NORTH, key=evin.key, step="theirs", id=people[1])[0] == 403


def test_confirmation_covers_what_was_seen(running: Running, store: Store, people: list[int], clock: Clock) -> None:
    """Neither steps nor cards since then, whoever confirms."""
    store.set_staff("evin", KEPT, "north")
    tried = Way(running, store, people[0], clock)
    owner = tried.device(tried.card(TERMINAL))
    owner = tried.device(tried.card("amal"), owner)
    owner.ask("journal", {"module": MODULE, "events": [made(1)], "n": 0})
    evin = Trainer(running, "evin")

    def confirmed_as_of(card: dict[str, Any], seen: str) -> bool:
        owner.ask("card", {"seen": card.get("seen")})
        evin.send(NORTH, key=evin.key, step="theirs", id=people[0], seen=seen)
        return store.reissued("north") == {}

    before = owner.ask("me", {})[1]["card"], evin.seen(people[0])
    owner.ask("journal", {"module": MODULE, "events": [made(2)], "n": 0})
    assert not confirmed_as_of(*before), "a step came since"
    before = owner.ask("me", {})[1]["card"], evin.seen(people[0])
    owner = tried.device(tried.card("dilan"), owner)
    assert not confirmed_as_of(*before), "another card was made since"
    assert store.reissued("north")[people[0]].claimed is None
    assert confirmed_as_of(owner.ask("me", {})[1]["card"], "")


@of_service
def test_me_looks_up_nobody_else(running: Running, store: Store, people: list[int], clock: Clock) -> None:
    marked = []
    for way in [Way(running, store, person, clock) for person in people]:
        earlier = way.device(way.card(TERMINAL))
        marked.append(way.device(way.card("amal"), earlier))
    asked: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *about: asked.append(about[2]))
    counts = []
    for number, device in enumerate(marked):
        device.ask("journal", {"module": MODULE, "events": [made(number)], "n": 0})
        asked.clear()
        assert marked[0].ask("me", {})[1]["card"]["n"] == 1
        counts.append(len(asked))
    assert len(store.reissued("north")) == len(people) > 1
    assert len({*counts}) == 1, "the marks of others are not read"


def test_each_note_is_written_out() -> None:
    page = (ROOT / "widgets" / "player" / "src" / "class_home.js").read_text(encoding="utf-8")
    named = set(re.findall(r'"?([a-z-]+)"?: "class-note-\1"', page))
    store = (ROOT / "server" / "himaya_server" / "classroom" / "store.py").read_text(encoding="utf-8")
    assert named == {name.removeprefix("class-note-") for name in interface() if name.startswith("class-note-")}
    assert set(re.findall(r'"((?:card|device|first|new|sessions|signed)-[a-z-]+)"', store)) <= named


def test_ended_sessions_are_listed(amal: Trainer, store: Store, people: list[int]) -> None:
    secret = signed_in(store, store.new_card(people[0], "trainer"))
    assert amal.send(NORTH, key=amal.key, step="end", id=people[0])[0] == 303
    assert store.session(secret) is None
    assert ("sessions-ended", "amal") in {(note.what, note.who) for note in store.notes(people[0])}


@pytest.mark.parametrize(("step", "what"), [("let-in", "device-allowed-by"), ("turn-away", "device-refused-by")])
def test_answered_device_is_listed(amal: Trainer, store: Store, people: list[int], step: str, what: str) -> None:
    token = store.new_card(people[0], "trainer")
    signed_in(store, token)
    store.sign_in(token)
    (waiting,) = [each for each in store.devices_in("north") if each.allowed is None]
    assert "asks to sign in" in amal.page(NORTH)[1]
    assert amal.send(NORTH, key=amal.key, step=step, id=waiting.id)[0] == 303
    assert (what, "amal") in {(note.what, note.who) for note in store.notes(people[0])}


@of_service
def test_collect_and_feedback_are_taken(amal: Trainer, running: Running) -> None:
    assert "Done" in amal.send(NORTH, key=amal.key, step="collect")[2]
    page = amal.send(NORTH, key=amal.key, step="feedback")[2]
    assert running.steps == [("collect", "north"), ("feedback", "north")]
    assert "&lt;b&gt;no&lt;/b&gt;" in page


# What others try


def test_wrong_password_gets_nothing_and_slows_down(running: Running) -> None:
    running.slow("wrong", 0.001, 3)
    assert [Trainer(running, "amal", "wrong").status for _ in range(4)] == [403] * 3 + [429]
    assert Trainer(running, "nobody", PASSWORD).cookie == ""


def test_another_trainers_class_is_not_there(running: Running, store: Store, people: list[int]) -> None:
    bara = Trainer(running, "bara")
    key = re.search(r'name="key" value="([0-9a-f]+)"', bara.page("/class/staff/en/c/south")[1])
    assert key is not None
    assert bara.page(NORTH)[0] == 404
    steps = ("collect", "grade", "feedback", "make")
    for step, number in (("new-card", people[0]), ("end", people[0]), *((step, 0) for step in steps)):
        assert bara.send(NORTH, key=key[1], step=step, id=number)[0] == 404
        if number:  # through her own class
            assert bara.send("/class/staff/en/c/south", key=key[1], step=step, id=number)[0] == 404
    assert store.notes(people[0]) == []
    assert running.steps == []


def test_trainee_is_no_staff(running: Running, store: Store, people: list[int]) -> None:
    trainee = Browser(running, store.new_card(people[0], "trainer"))
    for cookie in (trainee.cookie, "A" * 43, ""):
        sent = {"Cookie": f"{COOKIE}={cookie}", "Content-Type": "application/x-www-form-urlencoded"}
        status, headers, _ = running.ask("GET", NORTH, None, sent)
        assert (status, headers["Location"]) == (303, "/class/staff/en/")
        body = urlencode({"key": trainee.person["key"], "step": "new-card", "id": people[1]}).encode()
        assert running.ask("POST", NORTH, body, sent)[0] == 401


def test_staff_cannot_answer_as_a_trainee(amal: Trainer, running: Running) -> None:
    secret = amal.cookie.removeprefix(f"{COOKIE}=")
    sent = {"Content-Type": "application/json", "Cookie": f"himaya-class={secret}", "X-Himaya-Who": "amal"}
    assert running.ask("POST", "/class/api/me", b"{}", {**sent, "X-Himaya-Key": amal.key})[0] == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "multipart/form-data"},
    ],
)
def test_other_sites_do_nothing(amal: Trainer, store: Store, people: list[int], headers: dict[str, str]) -> None:
    assert amal.send(NORTH, headers, key=amal.key, step="end", id=people[0])[0] == 403
    assert store.notes(people[0]) == []


@pytest.mark.parametrize("key", ["", "0" * 32, "ü"])
def test_form_without_our_key_does_nothing(amal: Trainer, store: Store, people: list[int], key: str) -> None:
    assert amal.send(NORTH, key=key, step="end", id=people[0])[0] == 401
    assert store.notes(people[0]) == []


@pytest.mark.parametrize(
    ("step", "number"), [("forget", 1), ("end", 999), ("let-in", 1), ("new-card", "1 or 1"), ("", "")]
)
def test_unknown_steps_do_nothing(amal: Trainer, step: str, number: object) -> None:
    assert amal.send(NORTH, key=amal.key, step=step, id=number)[0] == 404


def test_signed_out_trainer_is_out(amal: Trainer) -> None:
    assert amal.send("/class/staff/en/out", key=amal.key)[0] == 303
    assert amal.page(NORTH)[0] == 303


def test_new_password_ends_sessions(amal: Trainer, store: Store) -> None:
    store.set_staff("amal", hashed("another long password"), "north")
    assert amal.page(NORTH)[0] == 303


def test_removed_staff_is_out(amal: Trainer, store: Store) -> None:
    assert store.staff() == {"amal": ["north"], "bara": ["south"]}
    assert store.remove_staff("amal")
    assert not store.remove_staff("amal")
    assert amal.page(NORTH)[0] == 303


def test_pages_of_staff_run_nothing(running: Running) -> None:
    headers = running.ask("GET", "/class/staff/ar/")[1]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "script-src" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
