"""The one protocol of worker processes: answers, errors, kills and time bounds."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from himaya.errors import WorkerError
from himaya.languages.interface import interface
from himaya.worker import Worker, ask, without_waiting
from tests.waiting import PATIENCE, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
STEPS, FINISHING = "tests.house.worker_steps", "tests.house.finishing_steps"


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


@pytest.fixture
def worker() -> Iterator[Worker]:
    one = Worker(STEPS)
    yield one
    one.close()


def _until(holds: Callable[[], bool]) -> None:
    wait_until(holds, "the worker got there")


def test_worker_answers_though_it_prints() -> None:
    assert ask(STEPS, "echo", "one", 'two "2"\n', "ثلاثة", seconds=PATIENCE)["words"] == ["one", 'two "2"\n', "ثلاثة"]


def test_worker_is_kept_for_the_next_step(worker: Worker) -> None:
    first, second = (worker.ask("echo", word, seconds=PATIENCE) for word in "ab")
    assert first["process"] == second["process"]
    assert second["words"] == ["b"]
    worker.close()
    assert not psutil.pid_exists(first["process"])


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (("refuse", "Build the course first."), "Build the course first."),
        (("break", "which"), "KeyError: 'which'"),
        (("no-such-step",), "KeyError: 'no-such-step'"),
        (("end", "3"), "Out of luck."),
    ],
)
def test_failure_is_told_as_a_sentence(worker: Worker, request_: tuple[str, ...], sentence: str) -> None:
    for _ in range(2):  # the first step of a process, and a later one
        with pytest.raises(WorkerError) as told:
            worker.ask(*request_, seconds=PATIENCE)
        assert str(told.value) == sentence
        assert worker.ask("echo", "still", seconds=PATIENCE)["words"] == ["still"]


def test_step_that_takes_too_long_is_killed(worker: Worker, tmp_path: Path) -> None:
    worker.ask("echo", seconds=PATIENCE)
    with pytest.raises(WorkerError) as told:
        worker.ask("sleep", str(tmp_path), seconds=0.5)
    assert told.value.in_words(interface("en")) == "This took too long and was stopped."
    assert told.value.in_words(interface("ar")) == str(interface("ar")["took-too-long"]) != "took-too-long"
    assert not (tmp_path / "done").exists()
    assert worker.ask("echo", "next", seconds=PATIENCE)["words"] == ["next"], "not the late answer"


def test_killed_worker_is_told_and_replaced(worker: Worker, tmp_path: Path) -> None:
    def kill() -> None:
        _until((tmp_path / "begun").exists)
        _until(lambda: (tmp_path / "begun").read_text() != "")
        os.kill(int((tmp_path / "begun").read_text()), signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(WorkerError, match=r"The system ended the process that did this\. Try again\."):
        worker.ask("sleep", str(tmp_path), seconds=PATIENCE)
    killer.join()
    before = worker.ask("echo", seconds=PATIENCE)["process"]
    os.kill(before, signal.SIGKILL)
    # A process is a zombie before its last thread has gone; it can be waited for only then.
    _until(lambda: os.waitid(os.P_PID, before, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None)
    assert worker.ask("echo", "again", seconds=PATIENCE)["words"] == ["again"]


def test_folder_of_a_worker_shadows_no_module(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('mine')", encoding="utf-8")
    assert ask(STEPS, "echo", seconds=PATIENCE, folder=tmp_path)["words"] == []


def test_loop_goes_on_while_a_worker_works(worker: Worker, tmp_path: Path) -> None:
    async def both() -> None:
        step = partial(worker.ask, "sleep", str(tmp_path), seconds=PATIENCE)
        waiting = asyncio.create_task(without_waiting(step))
        await asyncio.to_thread(_until, (tmp_path / "begun").exists)
        (tmp_path / "go-on").touch()
        assert await waiting == {}
        with pytest.raises(WorkerError, match="Build first"):
            await without_waiting(partial(worker.ask, "refuse", "Build first.", seconds=PATIENCE))

    with ThreadPoolExecutor(1) as thread:  # this one may have a loop: Playwright's, of another test
        thread.submit(asyncio.run, both()).result()
    assert (tmp_path / "done").exists()


@pytest.mark.parametrize(("module", "done"), [(STEPS, False), (FINISHING, True)])
def test_worker_ends_with_whoever_asked(module: str, done: bool, tmp_path: Path) -> None:
    program = f"from himaya.worker import ask; ask({module!r}, 'sleep', {str(tmp_path)!r}, seconds=60)"
    asker = subprocess.Popen([sys.executable, "-c", program])
    _until((tmp_path / "begun").exists)
    _until(lambda: (tmp_path / "begun").read_text() != "")
    working = psutil.Process(int((tmp_path / "begun").read_text()))
    asker.kill()
    asker.wait()
    if done:
        (tmp_path / "go-on").touch()
    working.wait(PATIENCE)
    assert (tmp_path / "done").exists() is done
