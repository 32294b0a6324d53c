"""Grades as tables: nbgrader's own, one column for each item, one row for each response."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from nbgrader.plugins import ExportPlugin

from himaya.answers.journal import FILE_NAME, Journal
from himaya.answers.private import private_folder
from himaya.content.assignments import form_of
from himaya.course.pass_rule import Work, of_module, verdict, work_of
from himaya.errors import JournalError, KeysError
from himaya_autograde.editions import earlier
from himaya_autograde.gradebook import Gradebook
from himaya_autograde.keys import read_keys
from himaya_autograde.markbook import Markbook
from himaya_autograde.paths import Paths
from himaya_autograde.responses import COLUMNS, DRAFT, ResponseRow, response_rows
from himaya_autograde.table import write_table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from nbgrader.api import Gradebook as NbgradersGradebook

    from himaya.course.course import Course
    from himaya.course.pass_rule import Verdict
    from himaya_autograde.gradebook import HandedIn, Module


class GradeRow(NamedTuple):
    """A row of grades.csv; its fields are nbgrader's columns."""

    assignment: str
    duedate: datetime | None
    timestamp: datetime | None
    student_id: str
    last_name: str | None
    first_name: str | None
    email: str | None
    raw_score: float
    late_submission_penalty: float
    score: float
    max_score: float


class InModule(NamedTuple):
    """What items.csv says of a whole module, behind its cells; empty where nothing was handed in."""

    total: float | None
    percent: int | None


class InCourse(NamedTuple):
    """What items.csv says of the whole course, at the end of a row."""

    percent: int
    passed: str
    not_yet: str
    draft: str


class CarefulCsv(ExportPlugin):
    """nbgrader's table with a name that holds a comma or a formula kept in its one cell; else the same bytes."""

    def export(self, gradebook: NbgradersGradebook) -> None:
        """Write every student of every assignment, or those asked for, to `to`."""
        url = gradebook.db.get_bind().url.render_as_string(hide_password=False)
        rows = grade_rows(Gradebook(url), {str(a) for a in self.assignment}, {str(s) for s in self.student})
        write_table(Path(self.to or "grades.csv"), GradeRow._fields, rows, encoding="utf-8")


def grade_rows(
    gradebook: Gradebook,
    modules: Collection[str] = (),
    trainees: Collection[str] = (),
    now: Mapping[str, AbstractSet[str]] = MappingProxyType({}),
    counts: Callable[[str, str], bool] = lambda _trainee, _module: True,
) -> Iterator[GradeRow]:
    """Yield nbgrader's rows: each trainee in each module, 0 where nothing was handed in.

    Args:
        gradebook: The gradebook.
        modules: Only these, or all.
        trainees: Only these, or all.
        now: By module, the cells of the edition that the class has. Who handed in is measured by their own edition.
        counts: Whether a trainee has a row of a module: of several paths, the one they are on.
    """
    everybody = [each for each in gradebook.trainees() if not trainees or each.id in trainees]
    handed_in = gradebook.handed_in()
    for module in gradebook.modules():
        if modules and module.name not in modules:
            continue
        for each in (one for one in everybody if counts(one.id, module.name)):
            work = handed_in.get((each.id, module.name))
            time, raw, penalty = (work.time, work.score, work.late_penalty) if work else (None, 0.0, 0.0)
            cells = work.cells if work else now.get(module.name, module.cells)
            most = sum(points for cell, points in module.cells.items() if cell in cells)
            yield GradeRow(
                assignment=module.name,
                duedate=module.due,
                timestamp=time,
                student_id=each.id,
                last_name=each.last_name,
                first_name=each.first_name,
                email=each.email,
                raw_score=raw,
                late_submission_penalty=penalty,
                score=max(0.0, raw - penalty),
                max_score=most,
            )


class Results:
    """What everybody in a course has, from the gradebook and the keys: the class as tables and pages tell it."""

    def __init__(
        self,
        gradebook: Gradebook,
        course: Course,
        folder: Path,
        keys: Mapping[str, Mapping[str, Any]],
        now: Mapping[str, AbstractSet[str]],
        drafts: Mapping[str, AbstractSet[str]],
        before: Results | None = None,
        handed_in: Mapping[tuple[str, str], HandedIn] | None = None,
    ) -> None:
        """Read the gradebook once.

        Args:
            gradebook: The gradebook.
            course: Its modules and pass rule.
            folder: The course directory.
            keys: The activities of each module, whole, by module, in the order of the prose; then those that are gone.
            now: By module, the cells of the edition that the class has.
            drafts: By module, the activities that nobody had signed when it was built.
            before: An earlier moment of the class; what is the same since is not worked out again.
            handed_in: What the gradebook says was handed in, where it was read.
        """
        self.gradebook, self.course, self.folder, self.keys, self.now = gradebook, course, folder, keys, now
        self.drafts = drafts
        self.trainees = gradebook.trainees()
        self.modules: dict[str, Module] = {module.name: module for module in gradebook.modules()}
        self.handed_in = gradebook.handed_in() if handed_in is None else handed_in
        self.paths = Paths(course, Markbook(folder).paths(), self.handed_in)
        self._works: dict[str, list[Work]] = {}
        self._verdicts: dict[str, Verdict] = {}
        if before is not None and self._asks_the_same(before):
            changed = {key[0] for key in {*self.handed_in, *before.handed_in} if not self._has_the_same(before, key)}
            works, verdicts = before.worked_out()
            self._works = {who: each for who, each in works.items() if who not in changed}
            self._verdicts = {who: each for who, each in verdicts.items() if who not in changed}

    def worked_out(self) -> tuple[dict[str, list[Work]], dict[str, Verdict]]:
        """Return works and verdicts by trainee, as far as somebody asked for them."""
        return self._works.copy(), self._verdicts.copy()  # other threads may add to them

    def _asks_the_same(self, before: Results) -> bool:
        """Return whether equal hand-ins are worth the same as at an earlier moment."""
        return (self.course, self.keys, self.now, self.modules, self.paths.chosen) == (
            before.course, before.keys, before.now, before.modules, before.paths.chosen
        )  # fmt: skip

    def _has_the_same(self, before: Results, key: tuple[str, str]) -> bool:
        return self.handed_in.get(key) == before.handed_in.get(key)

    def works(self, trainee: str) -> list[Work]:
        """Return what a trainee has in each module: 0 where nothing was handed in, None where a mark waits.

        Who handed in is measured by the edition that was handed in, everybody else by the one the class has. Of a
        module with several paths it is the one of the trainee.
        """
        if trainee not in self._works:
            self._works[trainee] = self._read_works(trainee)
        return self._works[trainee]

    def _read_works(self, trainee: str) -> list[Work]:
        found = []
        for name, activities in self.keys.items():
            if not self.paths.counts(trainee, name):
                continue
            if name not in self.modules:
                found += [Work(name, (), graded=False)] if form_of(name) else []
                continue
            work = self.handed_in.get((trainee, name))
            earned = work.cells if work else dict.fromkeys(self.now[name] & self.modules[name].cells.keys(), 0.0)
            # Sorted: the last digit of a sum depends on the order, and that on how the gradebook was read.
            scored = {cell: (self.modules[name].cells[cell], points) for cell, points in sorted(earned.items())}
            late = work.late_penalty if work else 0.0
            found.append(work_of(self.course, name, activities, scored, late_penalty=late, graded=work is not None))
        return found

    def verdict(self, trainee: str) -> Verdict:
        """Return whether a trainee has passed the course."""
        if trainee not in self._verdicts:
            self._verdicts[trainee] = verdict(self.course, self.works(trainee))
        return self._verdicts[trainee]

    def points(self, trainee: str, module: str) -> dict[str, float] | None:
        """Return the points of a hand-in that count, over what counts in its edition, as nbgrader names them.

        Each as `score` over `max_score`, then of cells that nbgrader calls code, written and task. None where nothing
        was graded, and 0 of 0 where it is no path of theirs.
        """
        if (trainee, module) in self.handed_in and not self.paths.counts(trainee, module):
            parts = ("", "code_", "written_", "task_")
            return {f"{most}{part}score": 0.0 for part in parts for most in ("", "max_")}
        work = next((each for each in self.works(trainee) if each.module == module and each.graded), None)
        if work is None:
            return None
        listed = {"score": work.earned, "max_score": work.worth}
        for part in ("code", "written", "task"):
            of = [each for each in work.counted if self.modules[module].parts[each.activity] == part]
            listed[f"{part}_score"] = work.kept * sum(each.earned or 0.0 for each in of)
            listed[f"max_{part}_score"] = sum(each.points for each in of)
        return listed

    def item_table(self) -> tuple[list[str], Iterator[list[object]]]:
        """Return a header and one row for each trainee: points by item, each module's total and percent, the pass.

        Practice has no columns: what people did there is nobody's to read by name. A cell is empty where nothing was
        handed in, where an answer still waits for a person's mark, and where one was set aside: it may be about a real
        person. The total is nbgrader's, practice included: what waits counts as 0, and what is taken off for being late
        is off. A percent is of what counts: of a module the number on its feedback page, of the course the one on the
        home page; a path that is not the trainee's has none. `not_yet` says why a course is not passed yet. `draft`
        names the modules in which something was not signed when they were built.
        """
        header = ["student_id", "last_name", "first_name"]
        cells = {}
        for name, module in self.modules.items():
            activities = self.keys.get(name, {})
            shown = [cell for cell in module.cells if activities.get(cell, {}).get("mode") != "practice"]
            cells[name] = sorted(shown, key=_order(activities))
            header += [f"{name}/{column}" for column in (*cells[name], *InModule._fields)]

        aside = Markbook(self.folder).aside()
        unsigned = [name for name in self.keys if self.drafts.get(name)]
        draft = f"{DRAFT}: {', '.join(unsigned)}" if unsigned else ""

        def row(trainee: str) -> list[object]:
            works = {work.module: work for work in self.works(trainee)}
            line: list[object] = []
            for name, columns in cells.items():
                work = self.handed_in.get((trainee, name))
                shown = [cell for cell in columns if work and (trainee, name, cell) not in aside]
                line += [work.cells.get(cell) if work and cell in shown else None for cell in columns]
                known = works.get(name) if work else None
                line += InModule(
                    total=max(0.0, work.score - work.late_penalty) if work else None,
                    percent=of_module(self.course, known).percent if known else None,
                )
            told = verdict(self.course, works.values())
            passed = "yes" if told.passed else "no"
            not_yet = " ".join(told.reasons)
            return [*line, *InCourse(percent=told.percent, passed=passed, not_yet=not_yet, draft=draft)]

        rows = ([each.id, each.last_name, each.first_name, *row(each.id)] for each in self.trainees)
        return [*header, *InCourse._fields], rows


def _order(names: Iterable[str]) -> Callable[[str], tuple[int, str]]:
    places = {name: place for place, name in enumerate(names)}
    return lambda cell: (places.get(cell, len(places)), cell)


def results_of(
    gradebook: Gradebook,
    course: Course,
    folder: Path,
    before: Results | None = None,
    handed_in: Mapping[tuple[str, str], HandedIn] | None = None,
) -> Results:
    """Return what everybody in a course has.

    Args:
        gradebook: The gradebook.
        course: Its modules and pass rule.
        folder: The course directory.
        before: An earlier moment of the class; what is the same since is not worked out again.
        handed_in: What the gradebook says was handed in, where it was read.

    Raises:
        KeysError: If something of a module was graded, but what was built of it is gone.
    """
    keys, now, drafts = {}, {}, {}
    names = list(course.modules)
    for module in names:  # which other paths and the forms of a safety set join
        try:
            known = read_keys(folder, module)
            keys[module] = dict(known["activities"])
            about = known.get("module", {})
            at = names.index(module) + 1
            if module in course.modules:
                names[at:at] = [*list(course.assignments_of(module).values())[1:], *about.get("safety", [])]
            drafts[module] = set(about.get("draft_activities", keys[module] if about.get("draft") else ()))
            now[module] = set(keys[module]) | {item["id"] for item in known.get("code", [])}
            for edition in earlier(folder, module):
                for name, activity in read_keys(edition, module)["activities"].items():
                    keys[module].setdefault(name, activity)
        except KeysError:
            # Without its forms a module would seem to ask nothing about safety.
            if form_of(module) or any(folder.glob(f"autograded/*/{module}")):
                raise
    return Results(gradebook, course, folder, keys, now, drafts, before, handed_in)


def course_responses(
    course: Path, keys: Mapping[str, Mapping[str, Any]], drafts: Mapping[str, AbstractSet[str]]
) -> Iterator[ResponseRow]:
    """Yield the responses of everybody whose work was graded, from their journals, without what is set aside.

    Args:
        course: The course directory.
        keys: The activities of each module, whole, by module.
        drafts: By module, the activities that nobody had signed when it was built.
    """
    aside = Markbook(course).aside()
    for module, activities in keys.items():
        for folder in sorted(course.glob(f"autograded/*/{module}")):
            try:
                events = Journal(folder / FILE_NAME).rows()
            except JournalError:  # grading has named it
                continue
            trainee = folder.parent.name
            for row in response_rows(trainee, module, activities, events, drafts.get(module, ())):
                if (trainee, module, row.activity) not in aside:
                    yield row


def without_practice_choice(row: ResponseRow) -> ResponseRow:
    """Return a row that says of practice only that it was done: what people choose there is shown by nobody's name."""
    return row._replace(at=None, choice=None, quality=None, score=None, max=None) if row.mode == "practice" else row


def write_all(results: Results, target: Path) -> list[Path]:
    """Write grades.csv, items.csv and responses.csv into the folder `target`, made if need be; return their paths."""
    if not target.exists():  # one that is there may be meant for several people
        private_folder(target)
    responses = course_responses(results.folder, results.keys, results.drafts)
    return [
        write_table(
            target / "grades.csv",
            GradeRow._fields,
            grade_rows(results.gradebook, now=results.now, counts=results.paths.counts),
        ),
        write_table(target / "items.csv", *results.item_table()),
        write_table(target / "responses.csv", COLUMNS, map(without_practice_choice, responses)),
    ]
