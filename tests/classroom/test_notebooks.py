"""Notebooks in a class: a kernel's answers reach the class, and nobody enters with what is not theirs."""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from himaya.answers.class_journal import ClassJournal, ClassLink, link_of
from himaya.errors import JournalError
from himaya_server.classroom.kernels import serve_kernels
from himaya_server.classroom.notebooks import (
    DAY,
    GATE,
    STAY,
    Notebooks,
    Queue,
    Settings,
    opened,
    read_settings,
    sign,
    write_settings,
)
from himaya_server.classroom.records import SESSION
from himaya_server.hub.server import lay_out
from tests.browser.link import free_port
from tests.classroom.running import MODULE, Address, Browser, RunningService
from tests.classroom.test_store import made

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from himaya_server.classroom.store import Store
    from tests.classroom.conftest import Clock


class Kernels(Address):
    """The service's port for kernels.

    Attributes:
        settings: What Hub and service agree on.
    """

    def __init__(self, running: RunningService, folder: Path) -> None:
        """Listen."""
        self.settings = Settings("a" * 64, "b" * 64, 2, 1, free_port(), 3, 4, str(folder))
        super().__init__(self.settings.kernels)
        running.service.notebooks = Notebooks(self.settings)
        self._running = running
        self._listening = False

    def token(self, who: str, seconds: float = DAY) -> str:
        """Return what the Hub gives to a person's server."""
        return sign(self.settings.key, "kernel", time.time() + seconds, who=who)

    def journal(self, who: str, folder: Path) -> ClassJournal:
        """Return the journal of a kernel, as a notebook opens it."""
        link = ClassLink(f"http://127.0.0.1:{self.port}", self.token(who))
        return ClassJournal(folder / "responses.jsonl", MODULE, link)

    def switch(self, *, on: bool) -> None:
        """Listen, or no longer."""
        done = threading.Event()

        def step() -> None:
            if on:
                self._server = serve_kernels(self._running.service, self.settings)
            else:
                self._server.stop()
            done.set()

        self._running._loop.call_soon_threadsafe(step)
        assert done.wait(10)


@pytest.fixture
def server() -> str:
    """Return the only server that leads to notebooks so far."""
    return "service"


@pytest.fixture
def running(store: Store, tmp_path: Path) -> Iterator[RunningService]:
    """Return a service for a class of two."""
    started = RunningService(store, tmp_path / "pages")
    yield started
    started.stop()


@pytest.fixture
def kernels(running: RunningService, tmp_path: Path) -> Iterator[Kernels]:
    """Return its port for kernels."""
    listening = Kernels(running, tmp_path)
    listening.switch(on=True)
    yield listening
    listening.switch(on=False)


@pytest.fixture
def one(running: RunningService, store: Store, people: list[int]) -> Browser:
    """Return the first person, signed in."""
    return Browser(running, store.new_card(people[0], "trainer"))


@pytest.fixture
def other(running: RunningService, store: Store, people: list[int]) -> Browser:
    """Return the second person, signed in."""
    return Browser(running, store.new_card(people[1], "trainer"))


def put(page: Browser, *events: dict[str, Any]) -> None:
    """Send what a page sends."""
    assert page.ask("journal", {"module": MODULE, "epoch": "", "n": 0, "events": [*events]})[0] == 200


def test_page_and_kernel_share_answers(
    kernels: Kernels, one: Browser, store: Store, people: list[int], tmp_path: Path
) -> None:
    put(one, made(1))
    journal = kernels.journal(one.who, tmp_path)
    assert journal.rows() == [made(1)]
    journal.put([made(2)])
    assert store.rows(people[0], MODULE).rows == [made(1), made(2)]
    put(one, made(3))
    journal.put([made(2), made(4)])
    assert journal.rows() == [made(1), made(2), made(3), made(4)]
    assert kernels.journal(one.who, tmp_path / "another").rows() == journal.rows()


def test_kernel_keeps_answers_of_an_absent_class(
    kernels: Kernels, one: Browser, store: Store, people: list[int], tmp_path: Path
) -> None:
    journal = kernels.journal(one.who, tmp_path)
    journal.put([made(1)])
    kernels.switch(on=False)
    with pytest.raises(JournalError, match="class-unreachable"):
        journal.put([made(2)])
    assert [row["id"] for row in journal.rows()] == ["event-0001", "event-0002"]
    put(one, made(3))
    kernels.switch(on=True)
    again = kernels.journal(one.who, tmp_path)  # the kernel died meanwhile
    assert again.rows() == [made(1), made(3), made(2)]
    assert store.rows(people[0], MODULE).rows == [made(1), made(3), made(2)]


def test_kernel_sends_again_after_a_restored_backup(
    kernels: Kernels, one: Browser, store: Store, people: list[int], tmp_path: Path
) -> None:
    journal = kernels.journal(one.who, tmp_path)
    journal.put([made(1), made(2)])
    store.restored({}, {})
    one_again = store.sign_in(store.new_card(people[0], "trainer"), "")
    assert one_again
    journal.put([made(3)])
    assert journal.rows() == [made(1), made(2), made(3)]


def test_notebook_hands_in_to_its_class(kernels: Kernels, one: Browser, tmp_path: Path) -> None:
    journal = kernels.journal(one.who, tmp_path)
    assert journal.hand_in("request-1") is None
    journal.put([made(1)])
    receipt = journal.hand_in("request-2")
    assert receipt == journal.hand_in("request-2")
    assert receipt is not None
    assert one.ask("me", {})[1]["receipts"][0]["code"] == receipt["code"]


def test_kernel_reaches_nobody_else(kernels: Kernels, one: Browser, other: Browser, tmp_path: Path) -> None:
    kernels.journal(one.who, tmp_path).put([made(1)])
    key = kernels.settings.key
    body = json.dumps({"module": MODULE, "events": []}).encode()
    tokens = {
        "none": "",
        "of another use": sign(key, "ticket", time.time() + 60, who=one.who),
        "of another key": sign("c" * 64, "kernel", time.time() + 60, who=one.who),
        "changed": kernels.token(other.who).replace(".", "A."),
        "over": kernels.token(one.who, -1),
        "of nobody": kernels.token("t-nobody2"),
        "odd": "é.é",
    }
    for what, token in tokens.items():
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {token}".encode().decode("latin1"),
        }
        assert kernels.ask("POST", "/class/kernel/journal", body, headers)[0] == 401, what
    assert kernels.journal(other.who, tmp_path / "other").rows() == []
    assert kernels.ask("POST", "/class/kernel/me", body, {"Content-Type": "application/json"})[0] == 404
    assert kernels.ask("POST", "/class/api/me", body, {"Content-Type": "application/json"})[0] == 404


def test_signing_out_ends_what_kernels_may(kernels: Kernels, one: Browser, tmp_path: Path) -> None:
    journal = kernels.journal(one.who, tmp_path)
    journal.put([made(1)])
    assert one.ask("sign-out", {})[0] == 200
    with pytest.raises(JournalError, match="class-ended"):
        journal.put([made(2)])


def test_signing_out_takes_the_way_into_a_notebook(one: Browser) -> None:
    assert {GATE, "jupyterhub-hub-login", "jupyterhub-session-id"} < one.hand_on()


def test_class_without_hub_has_no_notebooks(one: Browser) -> None:
    assert one.ask("me", {})[1]["notebooks"] is False
    assert one.ask("notebook", {"module": MODULE})[0] == 404


@pytest.mark.usefixtures("kernels")
def test_hub_that_is_off_is_said(one: Browser) -> None:
    assert one.ask("me", {})[1]["notebooks"] is True
    assert one.ask("notebook", {"module": MODULE}) == (200, {"off": True})
    assert one.ask("notebook", {"module": "of-no-course"})[0] == 404


def test_queue_is_first_come_first_served(clock: Clock) -> None:
    queue = Queue(2, clock)
    assert [queue.ask(who, set()) for who in ("a", "b", "c", "d", "c")] == [0, 0, 1, 2, 1]
    assert queue.ask("b", {"a", "b"}) == 0
    assert [queue.ask(who, {"a"}) for who in ("d", "c", "d")] == [2, 0, 1]
    clock.time += 60  # nobody asked any more
    assert queue.ask("e", {"a", "c"}) == 1
    clock.time += 121  # and who was let in never came
    assert queue.ask("f", {"a"}) == 0


def test_signature_is_for_one_use_and_a_while() -> None:
    text = sign("key", "gate", 100, who="t-abcdefg")
    assert opened("key", "gate", text, 100) == {"who": "t-abcdefg", "until": 100}
    assert opened("key", "gate", text, 101) is None
    assert opened("key", "kernel", text, 100) is None
    assert opened("other", "gate", text, 100) is None
    assert STAY < DAY < SESSION


def test_settings_are_private_and_keep_their_secrets(tmp_path: Path) -> None:
    assert read_settings(tmp_path) is None
    first = write_settings(tmp_path, 8, 8601, tmp_path)
    assert (tmp_path / "notebooks.json").stat().st_mode & 0o077 == 0
    again = write_settings(tmp_path, 4, 8601, tmp_path)
    assert (again.key, again.token, again.most) == (first.key, first.token, 4)
    assert read_settings(tmp_path) == again


def test_notebook_that_somebody_wrote_in_stays(tmp_path: Path) -> None:
    source = tmp_path / "released" / "course" / MODULE
    mine = tmp_path / "home" / "course" / MODULE
    source.mkdir(parents=True)
    for name in ("activities.json", f"{MODULE}.ipynb", "responses.jsonl"):
        (source / name).write_text("released", encoding="utf-8")
    lay_out(tmp_path / "released", tmp_path / "home")
    assert not (mine / "responses.jsonl").exists()
    (mine / f"{MODULE}.ipynb").write_text("mine", encoding="utf-8")
    lay_out(tmp_path / "released", tmp_path / "home")
    assert (mine / f"{MODULE}.ipynb").read_text(encoding="utf-8") == "mine"
    (source / "activities.json").write_text("changed", encoding="utf-8")
    lay_out(tmp_path / "released", tmp_path / "home")
    assert (mine / f"{MODULE}.ipynb").read_text(encoding="utf-8") == "released"
    assert (mine / f"{MODULE}.earlier.ipynb").read_text(encoding="utf-8") == "mine"
    assert (mine / "activities.json").read_text(encoding="utf-8") == "changed"


def test_kernel_without_a_class_keeps_a_file() -> None:
    assert link_of({}) is None
    assert link_of({"HIMAYA_CLASS": "http://127.0.0.1:1", "HIMAYA_CLASS_TOKEN": "x"}) is not None
