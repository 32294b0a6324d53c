"""Write grades as nbgrader's `SaveAutoGrades` and `AssignLatePenalties` would, but in one transaction for many."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import uuid4

from nbgrader.api import Comment, Grade, Student, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import Boolean, bindparam, func, insert, or_, select, update

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from himaya_autograde.gradebook import ReleasedModule
    from himaya_autograde.grading import CellGrade

Penalty: TypeAlias = "Callable[[str, float, float], float | None]"
"""Asked for each late submission: (trainee, score, seconds late) -> points off, or None."""


@dataclass(frozen=True)
class Entry:
    """What is written for one submission.

    Attributes:
        timestamp: When it was handed in, UTC without a zone; None leaves what the gradebook has.
        grades: One for each cell that nbgrader scores by itself.
        tasks: The cells that a person marks.
        comments: Automatic comments by the name of an unlocked cell; all others have none.
        rewritten: The tasks that say something else than before. A mark of them is kept, and a person looks again;
            nbgrader keeps the mark and tells nobody.
    """

    trainee: str
    timestamp: datetime | None
    grades: Sequence[CellGrade]
    tasks: Collection[str] = ()
    comments: Mapping[str, str] = field(default_factory=dict)
    rewritten: Collection[str] = ()


def write(gradebook: ReleasedModule, entries: Sequence[Entry], penalty: Penalty) -> None:
    """Write all entries, or none. Manual scores, comments and extra credit of an earlier grading are kept.

    Args:
        gradebook: Where to.
        entries: At most a few hundred.
        penalty: Says what being late costs.

    Raises:
        CourseError: If the gradebook is locked, read-only, full or damaged; then nothing was written.
    """
    with gradebook.transaction() as connection:
        _add_trainees(connection, [entry.trainee for entry in entries])
        submissions = _write_submissions(connection, gradebook, entries)
        notebooks = _write_notebooks(connection, gradebook, submissions)
        _write_grades(connection, gradebook, entries, notebooks)
        _write_comments(connection, gradebook, entries, notebooks)
        _write_penalties(connection, gradebook, notebooks, penalty)


def _add_trainees(connection: Connection, names: list[str]) -> None:
    known = set(connection.execute(select(Student.id).where(Student.id.in_(names))).scalars())
    _insert(connection, Student, [{"id": name} for name in names if name not in known])


def _insert(connection: Connection, kind: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(kind.__table__), rows)


def _change(connection: Connection, kind: Any, rows: list[dict[str, Any]], **values: Any) -> None:
    """Set `values`, which may name parameters of `rows`, in the row whose id is a row's `which`."""
    if rows:
        table = kind.__table__
        connection.execute(update(table).where(table.c.id == bindparam("which")).values(**values), rows)


def _write_submissions(connection: Connection, gradebook: ReleasedModule, entries: Sequence[Entry]) -> dict[str, str]:
    """Return the submission of each trainee, made where it was missing."""
    kind = SubmittedAssignment
    names = [entry.trainee for entry in entries]
    wanted = select(kind.student_id, kind.id).where(
        kind.assignment_id == gradebook.assignment, kind.student_id.in_(names)
    )
    found = {row.student_id: row.id for row in connection.execute(wanted)}
    again = [entry for entry in entries if entry.trainee in found and entry.timestamp is not None]
    new = [
        {
            "id": uuid4().hex,
            "assignment_id": gradebook.assignment,
            "student_id": one.trainee,
            "timestamp": one.timestamp,
        }
        for one in entries
        if one.trainee not in found
    ]
    _insert(connection, kind, new)
    stamps = [{"which": found[entry.trainee], "stamp": entry.timestamp} for entry in again]
    _change(connection, kind, stamps, timestamp=bindparam("stamp"))
    return {**found, **{row["student_id"]: row["id"] for row in new}}


def _write_notebooks(connection: Connection, gradebook: ReleasedModule, submissions: dict[str, str]) -> dict[str, str]:
    """Return the notebook of each trainee, made where it was missing."""
    kind = SubmittedNotebook
    wanted = select(kind.assignment_id, kind.id).where(
        kind.notebook_id == gradebook.notebook, kind.assignment_id.in_(submissions.values())
    )
    found = {row.assignment_id: row.id for row in connection.execute(wanted)}
    new = [
        {"id": uuid4().hex, "assignment_id": one, "notebook_id": gradebook.notebook}
        for one in submissions.values()
        if one not in found
    ]
    _insert(connection, kind, new)
    found.update({row["assignment_id"]: row["id"] for row in new})
    return {trainee: found[submission] for trainee, submission in submissions.items()}


def _write_grades(
    connection: Connection, gradebook: ReleasedModule, entries: Sequence[Entry], notebooks: dict[str, str]
) -> None:
    wanted = select(Grade.id, Grade.notebook_id, Grade.cell_id, Grade.manual_score, Grade.needs_manual_grade).where(
        Grade.notebook_id.in_(notebooks.values())
    )
    rows = connection.execute(wanted).all()
    found = {(row.notebook_id, row.cell_id): row.id for row in rows}
    known = {row.notebook_id for row in rows}
    unseen = {row.id for row in rows if row.manual_score is None and not row.needs_manual_grade}
    new, again = [], []
    for entry in entries:
        notebook = notebooks[entry.trainee]
        for one in entry.grades:
            place = (notebook, gradebook.graded[one.name])
            waits = one.points is None or one.waits is not None
            if place in found:
                again.append({"which": found[place], "points": one.points, "waits": waits})
            else:
                new.append(_row(place, auto_score=one.points, needs_manual_grade=waits))
        marked = {one.name for one in entry.grades}
        for name, cell in {**gradebook.graded, **gradebook.tasks}.items():
            place, task = (notebook, cell), name in entry.tasks
            if name in marked:
                continue
            # A cell that the hand-in's edition does not have gets a row without points once, as with nbgrader.
            if place not in found and (task or notebook not in known):
                new.append(_row(place, auto_score=None, needs_manual_grade=task))
            elif place in found and (not task or found[place] in unseen or name in entry.rewritten):
                again.append({"which": found[place], "points": None, "waits": task})
    _insert(connection, Grade, new)
    # As nbgrader: where a person gave a score before, a person has to look again.
    looked_at = or_(Grade.__table__.c.manual_score.is_not(None), bindparam("waits", type_=Boolean))
    _change(connection, Grade, again, auto_score=bindparam("points"), needs_manual_grade=looked_at)


def _write_comments(
    connection: Connection, gradebook: ReleasedModule, entries: Sequence[Entry], notebooks: dict[str, str]
) -> None:
    wanted = select(Comment.id, Comment.notebook_id, Comment.cell_id).where(Comment.notebook_id.in_(notebooks.values()))
    found = {(row.notebook_id, row.cell_id): row.id for row in connection.execute(wanted)}
    new, again = [], []
    for entry in entries:
        for name, cell in {**gradebook.solutions, **gradebook.tasks}.items():
            place = (notebooks[entry.trainee], cell)
            said = entry.comments.get(name)
            if place in found:
                again.append({"which": found[place], "said": said})
            else:
                new.append(_row(place, auto_comment=said))
    _insert(connection, Comment, new)
    _change(connection, Comment, again, auto_comment=bindparam("said"))


def _row(place: tuple[str, str], **values: object) -> dict[str, Any]:
    return {"id": uuid4().hex, "notebook_id": place[0], "cell_id": place[1], **values}


def _write_penalties(
    connection: Connection,
    gradebook: ReleasedModule,
    notebooks: dict[str, str],
    penalty: Penalty,
) -> None:
    rows = dict.fromkeys(notebooks.values())
    rows |= _penalties(connection, gradebook, notebooks, penalty) if gradebook.due is not None else {}
    changes = [{"which": notebook, "off": off} for notebook, off in rows.items()]
    _change(connection, SubmittedNotebook, changes, late_submission_penalty=bindparam("off"))


def _penalties(
    connection: Connection,
    gradebook: ReleasedModule,
    notebooks: dict[str, str],
    penalty: Penalty,
) -> dict[str, float | None]:
    """Return points off for each late notebook; called once its grades are written, since they are its score."""
    kind = SubmittedAssignment
    wanted = select(kind.student_id, kind.timestamp, kind.extension).where(
        kind.assignment_id == gradebook.assignment, kind.student_id.in_(notebooks), kind.timestamp.is_not(None)
    )
    off: dict[str, float | None] = {}
    for row in connection.execute(wanted).all():
        due = gradebook.due if row.extension is None else gradebook.due + row.extension
        late = (row.timestamp - due).total_seconds()
        if late > 0:
            notebook = notebooks[row.student_id]
            score = func.coalesce(func.sum(Grade.score), 0.0)
            scored = connection.execute(select(score).where(Grade.notebook_id == notebook)).scalar_one()
            off[notebook] = penalty(row.student_id, scored, late)
    return off
