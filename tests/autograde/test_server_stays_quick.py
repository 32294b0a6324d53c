"""While a cohort is graded, from the trainer's page and from formgrader's button, the server goes on answering."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
import time
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING
from unittest.mock import AsyncMock, MagicMock

import pytest

from himaya.content.forms import without_forms
from himaya.content.load import load_module
from himaya.publish.assignment import compile_module
from himaya_autograde.synthetic import synthetic_journal
from himaya_server.home.trainer import Send
from himaya_server.platform import Platform, write_configuration
from tests.autograde.cohorts import hand_in, rows
from tests.autograde.conftest import MODULE, ROOT, copy_of
from tests.autograde.trainers_server import Server, serving
from tests.waiting import let_time_pass

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SUBMISSIONS = 300


def slowest_status(server: Server, busy: threading.Thread) -> tuple[float, int]:
    """Ask for the status again and again while `busy` lives; return the slowest answer and how many there were."""
    slowest, answers = 0.0, 0
    while busy.is_alive():
        began = time.monotonic()
        server.get("api/status")
        slowest, answers = max(slowest, time.monotonic() - began), answers + 1
        let_time_pass(0.02, "between two looks at the status")
    return slowest, answers


@pytest.fixture(scope="module")
def course(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    platform = Platform(tmp_path_factory.mktemp("server"), "core-protection")
    made = copy_of(released, platform.course.parent)
    activities = compile_module(without_forms(load_module(ROOT / "modules" / MODULE)))
    for number in range(SUBMISSIONS):
        journal = synthetic_journal(activities, Random(number % 7), 0.7, 1.0)
        hand_in(made.path, MODULE, f"trainee-{number:03d}", journal.encode())
    for folder in (platform.config, platform.data, platform.exchange):
        folder.mkdir()
    write_configuration(platform)
    return platform.home


@pytest.fixture(scope="module")
def server(course: Path) -> Iterator[Server]:
    with serving(course) as running:
        yield running


def _answer_while_asked(server: Server, path: str) -> bytes:
    """Post to `path`, meanwhile ask for the status, and return the answer. A server that waits answers only once."""
    answers: list[bytes] = []
    busy = threading.Thread(target=lambda: answers.append(server.post(path)))
    busy.start()
    slowest, asked = slowest_status(server, busy)
    print(f"{path}: slowest status {slowest * 1000:.0f} ms of {asked}")
    assert asked > 5
    return answers[0]


@pytest.mark.proof
def test_server_answers_while_one_is_graded(server: Server, course: Path) -> None:
    button = f"formgrader/api/submission/{MODULE}/trainee-000/autograde"
    answer = _answer_while_asked(server, button)
    assert json.loads(answer)["success"] is True
    assert {key[1] for key in rows(_course(course)) if key[0] == "grade"} == {"trainee-000"}


@pytest.mark.proof
def test_server_answers_while_300_are_graded(server: Server, course: Path) -> None:
    answer = _answer_while_asked(server, "himaya/trainer/grade")
    assert b'<details id="people"><summary>A person has to look at these: ' in answer
    assert f"{MODULE}/trainee-000: ".encode() in answer
    assert len({key[1] for key in rows(_course(course)) if key[0] == "grade"}) == SUBMISSIONS
    assert len(list((_course(course) / "autograded").iterdir())) == SUBMISSIONS


@pytest.mark.proof
def test_server_answers_while_feedback_is_written(server: Server, course: Path) -> None:
    graded = sorted((_course(course) / "autograded").iterdir())
    assert graded, "the test before has graded"
    for folder in graded[60:]:
        shutil.rmtree(folder)
    answer = _answer_while_asked(server, f"formgrader/api/assignment/{MODULE}/generate_feedback")
    assert json.loads(answer) == {"success": True}
    assert len(list((_course(course) / "feedback").iterdir())) == len(graded[:60])


@pytest.mark.parametrize("waits", [True, False])
def test_question_before_sending_is_asked_outside_the_loop(waits: bool) -> None:
    asked, page = [], MagicMock(_table=AsyncMock(), step=AsyncMock(return_value="done"))
    known = SimpleNamespace(handed_in={("trainee-000", MODULE): SimpleNamespace(waits=waits)})
    page.place.snapshots.of = lambda _course: [asked.append(threading.current_thread()), known][1]
    loop = threading.Thread(target=lambda: asyncio.run(Send.post(page, None)))  # a browser's loop may run in this one
    loop.start()
    loop.join()
    assert asked
    assert loop not in asked
    page._table.assert_awaited_once_with(**({"asks": True} if waits else {"done": "done"}))


@pytest.mark.proof
def test_grade_button_explains_why_it_fails(server: Server) -> None:
    answer = json.loads(server.post(f"formgrader/api/submission/{MODULE}/nobody/autograde"))
    assert answer == {"success": False, "error": f"nothing of '{MODULE}' was collected from nobody."}


def _course(home: Path) -> Path:
    return home / "desk" / "trainer" / "core-protection"
