"""Grade one trainee's answers against the trusted source: data in, data out. Code is run by whoever is passed in."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from himaya.activities.kinds import report
from himaya.publish.plain import answered_html
from himaya_autograde.scoring import earned, kept_out, replayed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from himaya.activities.kind import Compiled
    from himaya.activities.kinds import State
    from himaya_autograde.codecells import CodeGrades
    from himaya_autograde.source import Source

NOTHING_ANSWERED = "handed in without any answer"


@dataclass(frozen=True)
class CellGrade:
    """What one scored cell earned.

    Attributes:
        name: The cell, which is also its activity.
        points: 0 to the cell's maximum; None where only a person can say.
        waits: Why a person has to look at this cell, or None.
    """

    name: str
    points: float | None
    waits: str | None = None


@dataclass(frozen=True)
class Graded:
    """A graded submission.

    Attributes:
        grades: One for each scored cell, in the notebook's order. Reflections are not among them: a person marks them.
        notebook: The trusted notebook with this trainee's answers as outputs, JSON data.
        remarks: What a person should know about the whole submission.
        comments: Automatic comments, by the name of an unlocked cell.
        source: The edition that it was graded by.
        written: What each reflection says, as a short digest, by name.
    """

    grades: tuple[CellGrade, ...]
    notebook: dict[str, Any]
    remarks: tuple[str, ...]
    comments: dict[str, str]
    source: Source
    written: dict[str, str]


@dataclass(frozen=True)
class Answers:
    """What is taken from a trainee.

    Attributes:
        rows: The journal's events in the order they were written.
        damaged: How many of the journal's lines were no events.
        unlocked: The source of unlocked cells, by name; empty in a module without them.
    """

    rows: Iterable[Mapping[str, Any]]
    damaged: int = 0
    unlocked: Mapping[str, str] = field(default_factory=dict)


def grade(
    source: Source,
    answers: Answers,
    run_code: Callable[[dict[str, Any]], CodeGrades] | None = None,
    current: Source | None = None,
) -> Graded:
    """Return what a journal earns. The same journal always earns the same.

    Args:
        source: The module as it was built, in the edition of the hand-in.
        answers: What the trainee handed in.
        run_code: Runs and grades the code cells of a rebuilt notebook, contained; without it, a person has to.
        current: The edition that the class has now, which says what each cell is worth; `source` if not given.
    """
    current = current or source
    by_activity: dict[str, list[Mapping[str, Any]]] = {name: [] for name in source.activities}
    foreign, gone = 0, dict[str, None]()
    for row in answers.rows:
        if row["activity"] in by_activity:
            by_activity[row["activity"]].append(row)
        elif any(row["activity"] in each.activities for each in (current, *current.earlier)):
            gone[row["activity"]] = None
        else:
            foreign += 1
    notebook = source.fresh_notebook()
    grades: list[CellGrade] = []
    written: dict[str, str] = {}
    number = 0
    for position, cell in enumerate(notebook["cells"]):
        if cell["cell_type"] != "code":
            continue
        number += 1
        cell["execution_count"] = number
        declared = source.declared.get(position)
        if declared is None or declared.shown not in by_activity:
            continue
        events = by_activity[declared.shown]
        public = source.activities[declared.shown]
        state = replayed(public, events)
        cell["outputs"] = [_display(answered_html(public, state, kept_out=bool(kept_out(public, events))))]
        if declared.shown in source.tasks:
            written[declared.shown] = sha256(json.dumps(state["value"]).encode()).hexdigest()[:16]
        if declared.key is not None:
            whole = source.whole[declared.shown]
            state = state if whole is public else replayed(whole, events)
            points = earned(whole, state)
            cell["outputs"].append(_result(points, number))
            grades.append(CellGrade(cell["metadata"]["nbgrader"]["grade_id"], points, _waits(whole, state)))
    code, comments = _unlocked(source, notebook, answers.unlocked, run_code)
    remarks = (
        *_remarks(source, by_activity, answers.damaged, foreign),
        *_of_editions(source, current, [*gone, *(name for name, events in by_activity.items() if events)]),
    )
    open_cells = [notebook["cells"][position]["metadata"]["nbgrader"]["solution"] for position, _ in source.unlocked]
    if len(comments) < sum(open_cells):  # somebody answered in code only
        remarks = tuple(remark for remark in remarks if remark != NOTHING_ANSWERED)
    scaled = tuple(_as_worth_now(grade, source, current) for grade in (*grades, *code))
    return Graded(scaled, notebook, remarks, comments, source, written)


def _as_worth_now(grade: CellGrade, source: Source, current: Source) -> CellGrade:
    """Return a grade in the points that its cell is worth now: the gradebook knows one worth of each cell."""
    then = source.worth.get(grade.name)
    now = current.worth.get(grade.name, then)
    if grade.points is None or not then or now is None or now == then:
        return grade
    return replace(grade, points=round(grade.points * now / then, 4))


def _of_editions(source: Source, current: Source, answered: Sequence[str]) -> Iterator[str]:
    if source is not current:
        yield f"graded by the keys of an earlier edition of the module, {source.edition or 'without a name'}"
    gone = [name for name in answered if name not in current.activities or name not in source.activities]
    if gone:
        yield f"answered, and not in every edition of the module: {', '.join(gone)}; the answers are kept"


def pinned(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the content of each activity that was on the screen when its first event was written."""
    found: dict[str, str] = {}
    for row in rows:
        if row["type"] == "begin" and isinstance(row.get("content"), str):
            found.setdefault(row["activity"], row["content"])
    return found


def _unlocked(
    source: Source,
    notebook: dict[str, Any],
    unlocked: Mapping[str, str],
    run_code: Callable[[dict[str, Any]], CodeGrades] | None,
) -> tuple[list[CellGrade], dict[str, str]]:
    """Put a trainee's answers into the unlocked cells, have the code run, and return grades and automatic comments."""
    comments: dict[str, str] = {}
    tested: list[str] = []
    grades: list[CellGrade] = []
    for position, name in source.unlocked:
        cell = notebook["cells"][position]
        marked = cell["metadata"]["nbgrader"]
        if not marked["solution"]:
            tested.append(name)
            continue
        answer = unlocked.get(name, cell["source"])
        unanswered = answer == cell["source"]
        cell["source"] = answer
        if unanswered:
            comments[name] = "No response."  # as nbgrader says it (SaveAutoGrades)
        if marked["grade"]:
            grades.append(CellGrade(name, 0.0 if unanswered else None))
    if tested:
        code = run_code(notebook) if run_code is not None else None
        why = (code.problem if code else None) or "its code was not run"
        points = {name: code.points.get(name) if code else None for name in tested}
        grades += [CellGrade(name, one, why if one is None else None) for name, one in points.items()]
    return grades, comments


def _waits(whole: Compiled, state: State) -> str | None:
    """A graded scenario or lab that was skipped earns points from the text written instead, which a person marks."""
    asked = report(whole).marking(whole, state)
    waits = asked["judged"] and asked["skipped"] and asked["written"]
    return "skipped; the text written instead waits for marks" if waits else None


def _remarks(
    source: Source, by_activity: Mapping[str, Sequence[Mapping[str, Any]]], damaged: int, foreign: int
) -> tuple[str, ...]:
    remarks = []
    if not any(by_activity.values()):
        remarks.append(NOTHING_ANSWERED)
    if damaged:
        remarks.append(f"{damaged} lines of the journal are damaged and were passed over")
    if foreign:
        remarks.append(f"{foreign} lines of the journal belong to another module and were passed over")
    older = [name for name, events in by_activity.items() if _other_content(source.activities[name], events)]
    if older:
        remarks.append(f"answered in another version of the module: {', '.join(older)}")
    return tuple(remarks)


def _other_content(activity: Compiled, events: Sequence[Mapping[str, Any]]) -> bool:
    pinned = (event.get("content") for event in events if event["type"] == "begin")
    content = next((content for content in pinned if isinstance(content, str)), None)
    return content is not None and content != activity["hash"]


def _display(html: str) -> dict[str, Any]:
    data = {"text/html": [html], "text/plain": ["<IPython.core.display.HTML object>"]}
    return {"data": data, "metadata": {}, "output_type": "display_data"}


def _result(points: float, number: int) -> dict[str, Any]:
    data = {"text/plain": [repr(points)]}
    return {"data": data, "execution_count": number, "metadata": {}, "output_type": "execute_result"}
