"""Killed at any moment, a run leaves whole submissions or none, and the next run ends as if nothing had happened."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import psutil
import pytest

from himaya_autograde.batch.run import CHUNK
from himaya_autograde.synthetic import synthetic_journal
from tests.autograde.cohorts import hand_in, rows
from tests.autograde.conftest import MODULE, ROOT, copy_of
from tests.engine.shipped import compiled
from tests.waiting import wait_until

if TYPE_CHECKING:
    from himaya_autograde.course import CourseDirectory

SUBMISSIONS = 6


def _hand_in(course: CourseDirectory, numbers: range) -> None:
    for number in numbers:
        journal = synthetic_journal(compiled(MODULE), Random(number), 0.7, 0.3)
        hand_in(course.path, MODULE, f"trainee-{number:03d}", journal.encode())


@pytest.fixture(scope="module")
def course(released: Path, tmp_path_factory: pytest.TempPathFactory) -> CourseDirectory:
    return copy_of(released, tmp_path_factory.mktemp("killed"))


@pytest.mark.parametrize("times", [50, pytest.param(100, marks=pytest.mark.extended)])
def test_kills_leave_no_half_submission(course: CourseDirectory, times: int) -> None:
    """The next run ends equal to one that was never killed."""
    _hand_in(course, range(SUBMISSIONS))
    script = Path(__file__).with_name("kill_grading.py")
    done = subprocess.run(
        [sys.executable, str(script), str(course.path), str(times)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    kills = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(kills) == times
    assert [kill for kill in kills if kill["halves"] or not kill["same"]] == []
    left = {kill["left"] for kill in kills}
    assert 0 in left, "no kill came before the first transaction"
    assert any(0 < share < 1 for share in left), "no kill came between two transactions"
    assert 1 in left, "no kill came after the last transaction"


def test_killed_grade_leaves_no_process_and_resumes(course: CourseDirectory) -> None:
    total = CHUNK * 3
    _hand_in(course, range(SUBMISSIONS, total))
    command = [str(Path(sys.executable).with_name("himaya")), "grade", str(course.path)]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    family = psutil.Process(running.pid)
    workers: list[psutil.Process] = []

    def begun() -> bool:
        workers[:] = family.children(recursive=True) or workers
        return running.poll() is not None or any((course.path / "autograded").glob("trainee-*/.*"))

    wait_until(begun, "a submission is being graded", every=0.01)
    workers = family.children(recursive=True) or workers
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert workers, "the run ended before it was killed"
    assert psutil.wait_procs(workers, timeout=60)[1] == []
    after = subprocess.run(command, capture_output=True, text=True, check=False)
    assert after.returncode == 0, after.stderr
    assert "not graded: 0" in after.stdout
    graded = {key[1] for key in rows(course.path) if key[0] == "grade"}
    assert len(graded) == total
    assert list((course.path / "autograded").glob("*/.*")) == []
