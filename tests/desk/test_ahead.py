"""What the desk reads before anybody asks: once after the start, outside every request, and nowhere else."""

from __future__ import annotations

import os
import shutil
import threading
import urllib.request
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from himaya_autograde.course import CourseDirectory
from himaya_autograde.gradebook import Gradebook
from himaya_server.desk.answers import Submission, Submissions
from himaya_server.home.ahead import Ahead
from himaya_server.home.handlers import Place
from himaya_server.home.snapshot import Snapshot
from tests.autograde.cohorts import ROOT
from tests.autograde.trainers_server import TOKEN, Server, serving
from tests.browser.user_actions import until
from tests.chromium import CHROMIUM
from tests.desk.conftest import MODULE, PEOPLE, GradedClass
from tests.waiting import wait_for

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DESK = "himaya/desk/core-protection"
PAGES = ("himaya/trainer", f"{DESK}/people", f"{DESK}/marking", f"{DESK}/marking/next", f"{DESK}/questions")


class HeldKeys:
    """The keys of a module in a file that nobody can read until it is let go."""

    def __init__(self, keys: Path) -> None:
        self._keys, self._whole = keys, keys.read_bytes()
        keys.unlink()
        os.mkfifo(keys)

    def let_go(self) -> None:
        """Put the keys in their place, and give them to whoever waits for them."""
        until(self._is_asked_for, "somebody waits for the keys")
        whole = self._keys.with_suffix(".whole")
        whole.write_bytes(self._whole)
        whole.replace(self._keys)
        os.set_blocking(self._pipe, True)
        with os.fdopen(self._pipe, "wb") as waiting:
            waiting.write(self._whole)

    def _is_asked_for(self) -> bool:
        try:
            self._pipe = os.open(self._keys, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody has opened it to read
            return False
        return True


@pytest.fixture
def held(graded: GradedClass, tmp_path: Path) -> tuple[Path, HeldKeys]:
    """A platform whose class cannot be read yet."""
    made = graded.platform(tmp_path / "platform")
    keys = HeldKeys(made.course / "keys" / f"{MODULE}.json")
    return made.home, keys


def _status(server: Server, page: str) -> tuple[int, str]:
    request = urllib.request.Request(f"{server.address}{page}", headers={"Authorization": f"token {TOKEN}"})  # noqa: S310 - our own
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - our own
        return answer.status, answer.read().decode()


def test_first_page_does_not_read_the_class(held: tuple[Path, HeldKeys]) -> None:
    home, keys = held
    with serving(home, "api/status") as server:
        for page in PAGES:
            status, html = _status(server, page)
            assert status == 202, page
            assert "Reading the gradebook" in html
            assert 'class="card' not in html
        keys.let_go()
        for page in PAGES:
            until(lambda page=page: _status(server, page)[0] == 200, page)
        assert 'id="card-read"' in _status(server, PAGES[0])[1]


def test_server_that_reads_ends_cleanly(held: tuple[Path, HeldKeys]) -> None:
    home, _ = held
    with serving(home, "api/status") as server:
        assert _status(server, PAGES[0])[0] == 202
    assert "Traceback" not in (home / "server.log").read_text("utf-8")


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium; as an administrator: apt-get install chromium")
def test_page_opens_by_itself_once_it_is_read(chromium: Browser, held: tuple[Path, HeldKeys]) -> None:
    home, keys = held
    with serving(home, "api/status") as server:
        page = chromium.new_page()
        page.goto(f"{server.address}himaya/trainer?token={TOKEN}")
        assert page.get_by_role("status").inner_text() == "Reading the gradebook …"
        keys.let_go()
        wait_for(page.locator("#card-read"))
        page.close()


def test_course_without_a_gradebook_is_not_read(tmp_path: Path) -> None:
    course = tmp_path / "course"
    read: list[Any] = []

    class Home:
        """One course."""

        exchange = str(tmp_path / "exchange")
        courses = [{"id": "course", "directory": "course", "trainee": "trainee"}]  # noqa: RUF012 - nobody changes it

    shutil.copytree(ROOT / "courses" / "core-protection", course, ignore=shutil.ignore_patterns("gradebook.db"))
    place = Place(home=Home, root=tmp_path, templates=None, builds=None)  # reads neither
    place.readers["gradebook"] = read.append
    place.read_ahead(*place.courses)
    assert place.ahead.is_read(("course", "gradebook"), 60)
    assert not read
    (course / "gradebook.db").touch()
    place.read_ahead(*place.courses)
    until(lambda: read, "it is read once there is one")


def test_steps_are_taken_one_after_the_other() -> None:
    """What somebody waits for comes next."""
    ahead, go, running, taken = Ahead(), threading.Event(), set[int](), []

    def step(number: int) -> None:
        running.add(number)
        go.wait(60)
        taken.append((number, len(running)))
        running.discard(number)

    ahead.begin(0, partial(step, 0))
    until(lambda: running, "the first is taken")
    for number in (1, 2, 2, 3):
        ahead.begin(number, partial(step, number))
    assert not ahead.is_read(2, 0)
    go.set()
    assert all(ahead.is_read(number, 60) for number in range(4))
    assert taken == [(0, 1), (2, 1), (1, 1), (3, 1)]


def test_step_that_fails_holds_up_no_page() -> None:
    ahead = Ahead()
    ahead.begin("fails", lambda: 1 / 0)
    ahead.begin("next", lambda: None)
    assert ahead.is_read("next", 60)
    assert ahead.is_read("fails", 60)


def test_answers_asked_for_twice_are_read_once() -> None:
    """While one page reads a journal, another asks for it."""
    read, go = [], threading.Event()

    def slowly(trainee: str, _module: str) -> Submission:
        read.append(trainee)
        go.wait(60)
        return Submission("en", {}, {})

    found = Submissions({("a", MODULE): None}, slowly)
    asking = [threading.Thread(target=lambda: found["a", MODULE]) for _ in range(2)]
    for each in asking:
        each.start()
    until(lambda: read, "one of them reads")
    go.set()
    for each in asking:
        each.join(60)
    assert read == ["a"]


def test_gradebook_asked_for_twice_is_read_once(graded: GradedClass, monkeypatch: pytest.MonkeyPatch) -> None:
    read, whole = [], Gradebook.handed_in
    monkeypatch.setattr(Gradebook, "handed_in", lambda self, of=None: [read.append(of), whole(self, of)][1])
    known = Snapshot(CourseDirectory(graded.course.path, graded.course.exchange))
    asking = [threading.Thread(target=lambda: len(known.handed_in)) for _ in range(4)]
    for each in asking:
        each.start()
    for each in asking:
        each.join(60)
    assert read == [None]
    assert len(known.handed_in) == PEOPLE - 1
