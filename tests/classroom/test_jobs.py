"""Long steps of a class, in a child process; and the course folder that a class gets of its own."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError

from himaya_site.classes import courses
from himaya_site.classes.models import Class, Job
from himaya_site.operate import jobs
from tests.browser.link import free_port
from tests.classroom.served import ROOT
from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from himaya_server.classroom.store import Store


@pytest.fixture
def server() -> str:
    """Return the server that is tested."""
    return "site"


@pytest.fixture
def north(store: Store) -> Class:
    """Return the class of the store."""
    assert store.people("north")
    return Class.objects.get(id="north")


def state_of(job: Job) -> str:
    """Return how far a step is."""
    return str(Job.objects.get(id=job.id).state)


def commands(monkeypatch: pytest.MonkeyPatch, *each: list[str]) -> None:
    """Let a step take other commands of Himaya."""
    monkeypatch.setattr(jobs, "commands_of", lambda _: list(each))


@pytest.mark.parametrize(("command", "state"), [(["--help"], "done"), (["nothing-of-ours"], "failed")])
def test_step_is_taken_and_told(north: Class, monkeypatch: pytest.MonkeyPatch, command: list[str], state: str) -> None:
    commands(monkeypatch, command)
    job = jobs.begin(north, jobs.FEEDBACK, "amal")
    wait_until(lambda: state_of(job) == state, "the step ends", every=0.05)
    said = Job.objects.get(id=job.id).said
    assert "Usage" in said
    assert not jobs.is_open(jobs.latest("north"))


def test_step_whose_end_was_not_written_blocks_nothing(north: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    commands(monkeypatch, ["--help"])
    whole = jobs._note

    def full_disk(job: Job, **what: object) -> None:
        if "ended" in what:
            raise OperationalError
        whole(job, **what)

    monkeypatch.setattr(jobs, "_note", full_disk)
    first = jobs.begin(north, jobs.FEEDBACK, "amal")
    wait_until(lambda: jobs._runner._thread is None, "the runner gives up", every=0.05)
    assert state_of(first) == "running"
    monkeypatch.setattr(jobs, "_note", whole)
    jobs.begin(north, jobs.FEEDBACK, "amal")
    wait_until(lambda: state_of(first) == "stopped", "it is known to be over", every=0.05)
    again = jobs.begin(north, jobs.FEEDBACK, "amal")
    assert again.id != first.id
    wait_until(lambda: state_of(again) == "done", "the next one is taken", every=0.05)


def test_step_is_not_taken_twice_at_once(north: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs._runner, "wake", lambda: None)
    assert jobs.begin(north, jobs.GRADE, "amal").id == jobs.begin(north, jobs.GRADE, "bara").id
    jobs.stop_left_over()
    job = jobs.latest("north")
    assert job is not None
    assert job.state == "stopped"
    assert not jobs.is_open(job)


def test_progress_is_read_from_what_is_said(north: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/echo")
    commands(monkeypatch, ["3 of 4: module"])
    job = jobs.begin(north, jobs.MAKE, "amal")
    wait_until(lambda: state_of(job) == "done", "the step ends", every=0.05)
    known = Job.objects.get(id=job.id)
    assert (known.done, known.total) == (3, 4)


def test_step_ends_with_the_site_also_where_it_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "himaya_site.operate.step", "class", "serve", "--site"]
    step = subprocess.Popen(
        [*command, "--folder", str(tmp_path / "class"), "--port", str(free_port())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with step:
        assert step.stdout is not None
        assert step.stdin is not None
        assert any("Stop with" in line for line in step.stdout)
        step.stdin.close()  # as the system does for a process that is killed
        wait_until(lambda: step.poll() is not None, "the step ends", every=0.05)


def test_no_step_begins_once_the_site_stops(north: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    commands(monkeypatch, ["--help"])
    begun: list[object] = []
    monkeypatch.setattr(subprocess, "Popen", lambda *given, **_: begun.append(given))
    job = Job.objects.create(group=north, step=jobs.FEEDBACK, state="running", who="amal", begun=0)
    runner = jobs.Runner()
    runner.stop()
    runner._take(job)
    assert (begun, state_of(job)) == ([], "stopped")


def test_class_gets_a_course_folder_of_its_own(north: Class, tmp_path: Path) -> None:
    source = ROOT / "courses" / "core-protection"
    folder = courses.lay_out(source, tmp_path, "east", "ar")
    assert courses.course_id(folder) == "east"
    assert courses.offered(folder.parent, "en")[0].languages[0] == "ar"
    assert courses.offered(source.parent, "ar")[0].title == "الحماية الأساسية"
    assert courses.free_id(north.title) == "north-2"
    assert courses.free_id("الشمال") == "class"
