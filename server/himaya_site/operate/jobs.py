"""Long steps of a class, one after the other: each a command of ours in a child process, with its progress in a row.

The site goes on when a step fails or is killed. A step that was under way when the site ended is `stopped`; every step
may be taken again.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import Error, connections

from himaya_site import clock
from himaya_site.classes.models import Class, Job
from himaya_site.served import served
from himaya_site.writing import writing

if TYPE_CHECKING:
    from collections.abc import Sequence

WAITING, RUNNING, DONE, FAILED, STOPPED = "waiting", "running", "done", "failed", "stopped"
MAKE, GRADE, FEEDBACK, END = "make", "grade", "feedback", "end"
COLLECT = "collect"
_OPEN = (WAITING, RUNNING)
_OFTEN = 2  # seconds between two notes of what it says
_SAID = 4000  # letters of what a command said that are kept
_PROGRESS = re.compile(r"\b(\d{1,6}) of (\d{1,6})\b")
_log = logging.getLogger("himaya.class")


def begin(row: Class, step: str, who: str) -> Job:
    """Let a step of a class be taken, unless one waits or runs already; return the one that does.

    Args:
        row: The class.
        step: `make`, `collect`, `grade` (collect first), `feedback` or `end`.
        who: Which staff member asked for it.
    """
    with writing():
        Class.objects.select_for_update().filter(id=row.id).first()  # two who press at once
        known = Job.objects.filter(group=row, state__in=_OPEN).first()
        job = known or Job.objects.create(group=row, step=step, state=WAITING, who=who, begun=clock.now())
    _runner.wake()
    return job


def latest(class_id: str) -> Job | None:
    """Return the step of a class that was asked for last."""
    return Job.objects.filter(group=class_id).order_by("-id").first()


def is_open(job: Job | None) -> bool:
    """Return whether a step waits or runs."""
    return job is not None and job.state in _OPEN


def stop_left_over(*states: str) -> None:
    """Note that what was under way when the site ended last, or in these states alone, is not under way any more."""
    with writing():
        Job.objects.filter(state__in=states or _OPEN).update(state=STOPPED, ended=clock.now())


def stop() -> None:
    """End the step that runs, and take no other one."""
    _runner.stop()


class Runner:
    """Takes the steps that wait, in one thread, which ends when there are none."""

    def __init__(self) -> None:
        """Have nothing to do yet."""
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._child: subprocess.Popen[str] | None = None
        self._again = self._stopped = False

    def wake(self) -> None:
        """See that what waits is taken."""
        with self._lock:
            self._again, self._stopped = True, False
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End what runs."""
        with self._lock:
            self._stopped, thread, child = True, self._thread, self._child
        if child is not None:
            child.terminate()
        if thread is not None:
            thread.join(10)

    def _run(self) -> None:
        try:
            stop_left_over(RUNNING)  # its end could not be written, as on a full disk: nothing runs now
            while self._goes_on():
                while not self._stopped and (job := _next()) is not None:
                    self._take(job)
        except (Error, ObjectDoesNotExist, OSError):  # the next step that somebody asks for begins anew
            _log.exception("steps of classes: the database cannot be used, or no process begun")
            with self._lock:
                self._thread = None
        finally:
            connections.close_all()

    def _goes_on(self) -> bool:
        with self._lock:
            again, self._again = self._again and not self._stopped, False
            if not again:
                self._thread = None
            return again

    def _take(self, job: Job) -> None:
        said: list[str] = []
        good = True
        for command in commands_of(job):
            good = self._one(job, command, said) and good
        state = STOPPED if self._stopped else DONE if good else FAILED
        _note(job, state=state, said="".join(said)[-_SAID:], ended=clock.now())

    def _one(self, job: Job, command: Sequence[str], said: list[str]) -> bool:
        """Run one command; what it says is kept as it comes."""
        argv = [sys.executable, "-P", "-m", "himaya_site.operate.step", *command]
        with self._lock:
            if self._stopped:
                return False
            self._child = child = subprocess.Popen(  # noqa: S603 - a command of ours
                argv,
                stdin=subprocess.PIPE,  # held open: the child ends when this process does
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )
        with child:
            written = 0.0
            for line in child.stdout or ():
                said.append(line.replace("\0", "\ufffd"))  # PostgreSQL keeps no such text
                if (found := _PROGRESS.search(line)) is not None:
                    _note(job, done=int(found[1]), total=int(found[2]))
                if time.monotonic() - written > _OFTEN:
                    written = time.monotonic()
                    _note(job, said="".join(said)[-_SAID:])
        with self._lock:
            self._child = None
        return child.returncode == 0


_runner = Runner()


def commands_of(job: Job) -> list[list[str]]:
    """Return the commands that a step takes."""
    class_id, at = str(job.group_id), ["--folder", str(served().folder)]
    collect = ["class", "collect", class_id, *at]
    match job.step:
        case "make":
            return [["class", "prepare", class_id, "--modules", str(served().modules), *at]]
        case "collect":
            return [collect]
        case "grade":
            course = Class.objects.get(id=class_id).course
            return [collect, ["grade", course]]
        case "feedback":
            return [["class", "feedback", class_id, *at]]
        case _:
            return [["class", "end", class_id, "--early", "--yes", *at]]


def _next() -> Job | None:
    """Return the step that waited longest, and is ours now."""
    with writing():
        job = Job.objects.select_for_update(skip_locked=True).filter(state=WAITING).order_by("id").first()
        if job is not None:
            _note(job, state=RUNNING, begun=clock.now())
    return job


def _note(job: Job, **what: Any) -> None:
    with writing():
        Job.objects.filter(id=job.id).update(**what)
