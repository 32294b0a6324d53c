"""Gather what nbgrader knows of a module's cohort, and the workers that grade it."""

from __future__ import annotations

import contextlib
import fcntl
import multiprocessing
import os
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from nbgrader.converters import Autograde
from nbgrader.preprocessors import AssignLatePenalties

from himaya.errors import CourseError
from himaya_autograde.batch.run import CHUNK, Cohort
from himaya_autograde.batch.work import Modes, Place, follow_parent
from himaya_autograde.gradebook import ReleasedModule
from himaya_autograde.source import read_source

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from himaya_autograde.batch.ledger import Penalty


@contextlib.contextmanager
def cohort_of(api: Any, module: str, only: Collection[str] | None = None) -> Iterator[Cohort]:
    """Give one module's cohort, which nobody else grades meanwhile.

    Args:
        api: An `NbGraderAPI` of the course.
        module: A released module.
        only: Trainees, or all that handed in.

    Raises:
        CourseError: If the module cannot be graded now; the message says what to do.
    """
    course = api.coursedir
    with _alone(Path(course.root)):
        source = read_source(Path(course.format_path(course.source_directory, ".", module)))
        gradebook = ReleasedModule(course.db_url, module)
        try:
            gradebook.trust(source)
            known = gradebook.known()
            trainees = api.get_submitted_students(module)
            missing = sorted(set(only or ()) - trainees)
            if missing:
                message = f"nothing of '{module}' was collected from {', '.join(missing)}."
                raise CourseError(message)
            converter = Autograde(coursedir=course, parent=api)
            places = [
                Place(
                    name,
                    Path(course.format_path(course.submitted_directory, name, module)),
                    Path(course.format_path(course.autograded_directory, name, module)),
                    name in known,
                )
                for name in sorted(trainees if only is None else only)
            ]
            modes = Modes(int(str(converter.permissions), 8), course.groupshared)
            yield Cohort(source, gradebook, places, modes, late_penalty(converter))
        finally:
            gradebook.close()


@contextlib.contextmanager
def _alone(course: Path) -> Iterator[None]:
    """Keep a second grading of the same course out; a killed one leaves nothing behind that would."""
    try:
        descriptor = os.open(course / ".grading", os.O_RDWR | os.O_CREAT, 0o664)
    except OSError as error:
        message = f"{course} cannot be written: {error.strerror}."
        raise CourseError(message) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        message = f"{course} is being graded right now. Wait until that is done."
        raise CourseError(message) from error
    finally:
        os.close(descriptor)


def late_penalty(converter: Any) -> Penalty:
    """Return what nbgrader's configured plugin takes off for being late, kept between 0 and the score as it does."""
    asked = AssignLatePenalties(parent=converter)
    asked.init_plugin()

    def penalty(trainee: str, score: float, late: float) -> float | None:
        off = asked.plugin_inst.late_submission_penalty(trainee, score, late)
        return None if off is None else float(asked._check_late_penalty(SimpleNamespace(score=score), off))  # noqa: SLF001

    return penalty


class Here(Executor):
    """Does the work at once in this process: for a few submissions, workers would take longer to start."""

    def submit(self, task: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Return a future that is done."""
        future: Future[Any] = Future()
        try:
            future.set_result(task(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - the one who asks for the result gets it
            future.set_exception(error)
        return future


def workers(submissions: int) -> Executor:
    """Return an executor that suits so many submissions on this machine."""
    if submissions <= CHUNK:
        return Here()
    # Fresh processes: a fork would keep this one's locks and database connections.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(os.cpu_count(), mp_context=context, initializer=follow_parent)
