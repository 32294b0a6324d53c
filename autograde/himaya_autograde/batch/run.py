"""Grade one module's whole cohort: hand folders to workers, write what comes back, tell how far it is."""

from __future__ import annotations

import time
from collections import defaultdict
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nbgrader.utils import parse_utc

from himaya.errors import CourseError
from himaya.languages.readable import readable
from himaya_autograde.batch.ledger import Entry, write
from himaya_autograde.batch.work import Outcome, grade_some, put_in_place, throw_away
from himaya_autograde.gradebook import KEPT, disk_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor

    from himaya_autograde.batch.ledger import Penalty
    from himaya_autograde.batch.work import Modes, Place
    from himaya_autograde.gradebook import ReleasedModule
    from himaya_autograde.source import Source

CHUNK = 25  # submissions a worker takes at once and the gradebook gets in one transaction
_AHEAD = 8  # chunks that may be on their way; more would only hold memory


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        rate: Submissions a second since the run began.
        left: Seconds that are left at this rate.
    """

    module: str
    done: int
    total: int
    rate: float
    left: float


@dataclass
class Summary:
    """What a run did, by trainee.

    Attributes:
        graded: Graded in this run.
        unchanged: Graded before and unchanged since.
        problems: Not graded, with the reason.
        people: Needs a person, with the reason.
        stopped: Whether somebody stopped the run before its end.
    """

    graded: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    stopped: bool = False


@dataclass(frozen=True)
class Cohort:
    """What is graded, and how."""

    source: Source
    gradebook: ReleasedModule
    places: Sequence[Place]
    modes: Modes
    penalty: Penalty


def grade_cohort(
    cohort: Cohort, executor: Executor, say: Callable[[Progress], None], *, force: bool = False
) -> Summary:
    """Grade every submission that is new or changed.

    It may be stopped or killed at any moment: what is in the gradebook is whole, and the next run goes on from there.

    Args:
        cohort: The submissions.
        executor: Any executor of `concurrent.futures`; its workers see the same folders.
        say: Told after each chunk.
        force: Grade what is graded and unchanged, too.

    Raises:
        CourseError: If the gradebook or the disk refuses; what was written until then is kept.
    """
    summary = Summary()
    remarks: dict[str, list[str]] = defaultdict(list)
    waits: dict[tuple[str, str], str] = {}
    began, done = time.monotonic(), 0
    try:
        for outcomes in _worked(cohort, executor, force=force):
            _settle(cohort, outcomes, remarks)
            for outcome in outcomes:
                _note(summary, outcome)
                remarks[outcome.trainee] += outcome.remarks
                waits.update({(outcome.trainee, cell): why for cell, why in outcome.waits.items()})
            done += len(outcomes)
            rate = done / max(time.monotonic() - began, 1e-6)
            say(Progress(cohort.source.module, done, len(cohort.places), rate, (len(cohort.places) - done) / rate))
    except KeyboardInterrupt:
        summary.stopped = True
    except BrokenExecutor as error:
        message = f"the system ended a grading process, perhaps for want of memory. {KEPT}"
        raise CourseError(message) from error
    except OSError as error:
        raise disk_error(error, cohort.source.folder) from error
    summary.people = _people(cohort.gradebook, remarks, waits)
    return summary


def _worked(cohort: Cohort, executor: Executor, *, force: bool) -> Iterator[list[Outcome]]:
    """Yield each chunk as a worker finishes it; never more than a few are under way."""
    chunks = (cohort.places[start : start + CHUNK] for start in range(0, len(cohort.places), CHUNK))
    under_way: set[Future[list[Outcome]]] = set()
    try:
        for chunk in chunks:
            under_way.add(executor.submit(grade_some, cohort.source, cohort.modes, chunk, force=force))
            if len(under_way) >= _AHEAD:
                finished, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield future.result()
        while under_way:
            finished, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            for future in finished:
                yield future.result()
    finally:
        for future in under_way:
            future.cancel()


def _settle(cohort: Cohort, outcomes: Sequence[Outcome], remarks: dict[str, list[str]]) -> None:
    """Write a chunk's rows; only then put its folders where they are looked for."""
    new = [outcome for outcome in outcomes if outcome.staged is not None]
    if not new:
        return
    entries = []
    for outcome in new:
        try:
            timestamp = parse_utc(outcome.timestamp)
        except (ValueError, OverflowError):
            timestamp = None
            remarks[outcome.trainee].append(f"handed in at an unreadable time, '{readable(outcome.timestamp)}'")
        entries.append(
            Entry(outcome.trainee, timestamp, outcome.grades, outcome.tasks, outcome.comments, outcome.rewritten)
        )
    try:
        write(cohort.gradebook, entries, cohort.penalty)
    except BaseException:
        throw_away(new)
        raise
    put_in_place(new)


def _note(summary: Summary, outcome: Outcome) -> None:
    if outcome.problem is not None:
        summary.problems[outcome.trainee] = outcome.problem
    elif outcome.staged is not None:
        summary.graded.append(outcome.trainee)
    else:
        summary.unchanged.append(outcome.trainee)


def _people(
    gradebook: ReleasedModule, remarks: dict[str, list[str]], waits: dict[tuple[str, str], str]
) -> dict[str, str]:
    """Return who needs a person and why: cells that wait in the gradebook first, then what is odd."""
    reasons: dict[str, list[str]] = defaultdict(list)
    to_mark: dict[str, list[str]] = defaultdict(list)
    for cell in gradebook.waiting():
        if cell.task:
            to_mark[cell.trainee].append(cell.cell)
        else:
            why = waits.get((cell.trainee, cell.cell), "was marked by hand before; look again")
            reasons[cell.trainee].append(f"{cell.cell}: {why}")
    for trainee, cells in to_mark.items():
        reasons[trainee].insert(0, f"to mark: {', '.join(cells)}")
    for trainee, odd in remarks.items():
        reasons[trainee] += odd
    return {trainee: "; ".join(why) for trainee, why in sorted(reasons.items()) if why}
