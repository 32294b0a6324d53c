"""Grading as data inside `nbgrader autograde`: no kernel, and no cell of the notebook that a trainee sent.

`TrustedNotebook` stands where nbgrader reads the submitted notebook, and reads the trainer's instead: a damaged, empty,
renamed or missing one makes no difference. `GradeAsData` fills in the outputs that a kernel would have given, and
`SaveGrades` saves the points.
"""

from __future__ import annotations

from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader import utils
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.preprocessors import NbGraderPreprocessor, SaveAutoGrades, SaveCells

from himaya.errors import SubmissionError
from himaya_autograde.editions import earlier
from himaya_autograde.gradebook import ReleasedModule
from himaya_autograde.source import Source, read_source
from himaya_autograde.submission import RECORD, grade_submission, look

if TYPE_CHECKING:
    from nbformat import NotebookNode


class TrustedNotebook(NotebookExporter):
    """Gives the trainer's notebook for whatever file of a submission nbgrader asks for."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self._sources: dict[str, Source] = {}
        self._expect_every_notebook()

    def _expect_every_notebook(self) -> None:
        """Have nbgrader take up submissions without a notebook of the right name; it has looked by now."""
        converter = self.parent
        course = converter.coursedir
        wanted = converter._format_source(course.assignment_id, course.student_id)  # noqa: SLF001 - its only way
        for folder in filter(lambda path: Path(path).is_dir(), glob(wanted)):  # nbgrader's pattern
            module = Path(folder).name
            if (why := _cannot_be_copied(Path(folder))) is not None:
                converter.assignments.pop(folder, None)
                self.log.error("Not graded: %s: %s", folder, why)
            elif self._folder(module).is_dir():
                converter.assignments[folder] = [str(Path(folder) / f"{module}.ipynb")]

    def _folder(self, module: str) -> Path:
        course = self.parent.coursedir
        return Path(course.format_path(course.source_directory, ".", module))

    def source(self, module: str, url: str) -> Source:
        """Return the trusted module, checked against the gradebook once.

        Raises:
            CourseError: If it was never built here, not released, or built anew since.
        """
        if module not in self._sources:
            source = read_source(self._folder(module))
            gradebook = ReleasedModule(url, module)
            try:
                gradebook.trust(source)
            finally:
                gradebook.close()
            self._sources[module] = source
        return self._sources[module]

    def from_filename(
        self,
        filename: str,
        resources: dict[str, Any] | None = None,
        **kw: Any,
    ) -> tuple[str, dict[str, Any]]:
        """Return the trusted notebook after the configured preprocessors, as nbconvert would that of `filename`."""
        if resources is None or "nbgrader" not in resources:
            message = "this exporter works inside nbgrader autograde only"
            raise ValueError(message)
        path = Path(filename)
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        about = resources["nbgrader"]
        source = self.source(about["assignment"], about["db_url"])
        notebook = nbformat.from_dict(source.fresh_notebook())
        exported: tuple[str, dict[str, Any]] = self.from_notebook_node(notebook, resources, **kw)  # type: ignore[no-untyped-call]
        return exported


def _cannot_be_copied(folder: Path) -> str | None:
    """Return why nbgrader must not copy a submission, or None: it follows links, and some files have no end."""
    try:
        for name in look(folder).refused:
            path = folder / name
            if path.exists() and not path.is_file() and not path.is_dir():
                return f"{name} is a device, or a link to one"
    except SubmissionError as error:
        return str(error)
    return None


class SaveEditions(SaveCells):
    """nbgrader's own, which also lets a class that has handed in move on to another edition of the module.

    nbgrader refuses to add or take away cells then, since it grades everybody by one notebook. Here each hand-in is
    graded by its own edition, so new cells are added, and cells that are gone stay for whoever answered them.
    """

    def _create_notebook(self, nb: NotebookNode) -> None:
        try:
            graded = self.gradebook.find_notebook(self.notebook_id, self.assignment_id).submissions
        except MissingEntry:  # released for the first time
            super()._create_notebook(nb)
            return
        # What was handed in of an earlier edition may still wait to be graded.
        if not graded and not earlier(Path(self.parent.parent.coursedir.root), self.assignment_id):
            super()._create_notebook(nb)
            return
        for kind in ("grade_cell", "solution_cell", "task_cell", "source_cell"):
            save = getattr(self.gradebook, f"update_or_create_{kind}")
            for name, about in getattr(self, f"new_{kind}s").items():
                save(name, self.notebook_id, self.assignment_id, **about)


class GradeAsData(NbGraderPreprocessor):
    """Grades the journal that was submitted, never the copy that nbgrader made of it: a copy has followed links."""

    def preprocess(self, _nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the trusted notebook with the outputs that its cells would have given, and the points aside."""
        about = resources["nbgrader"]
        exporter = self.parent
        course = exporter.parent.coursedir
        submitted, autograded = (
            Path(course.format_path(step, about["student"], about["assignment"]))
            for step in (course.submitted_directory, course.autograded_directory)
        )
        submission = look(submitted)
        for name in (*submission.refused, RECORD):  # the record is the batch grader's; a trainee's is a forgery
            (autograded / name).unlink(missing_ok=True)
        source = exporter.source(about["assignment"], about["db_url"])
        graded = grade_submission(source, submission)
        for remark in graded.remarks:
            self.log.warning("%s/%s: %s", about["assignment"], about["student"], remark)
        resources["himaya"] = {grade.name: grade for grade in graded.grades}
        resources["himaya_editions"] = bool(source.earlier)
        return nbformat.from_dict(graded.notebook), resources


class SaveGrades(SaveAutoGrades):
    """nbgrader's own, with the points as they were computed, and the flag where a person has to look."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Save the grades; a cell that the hand-in's edition does not have waits for nobody."""
        done: tuple[NotebookNode, dict[str, Any]] = super().preprocess(nb, resources)
        if resources["himaya_editions"]:
            about = resources["nbgrader"]
            names = {cell.metadata.nbgrader.grade_id for cell in nb.cells if "nbgrader" in cell.metadata}
            with Gradebook(about["db_url"]) as gradebook:
                for grade in gradebook.find_submission_notebook(
                    about["notebook"], about["assignment"], about["student"]
                ).grades:
                    if grade.name not in names and grade.auto_score is None and grade.manual_score is None:
                        grade.needs_manual_grade = False
                gradebook.db.commit()
        return done

    def _add_score(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        graded = resources["himaya"][cell.metadata.nbgrader.grade_id]
        grade = self.gradebook.find_grade(graded.name, self.notebook_id, self.assignment_id, self.student_id)
        grade.auto_score = graded.points
        looked_at = grade.manual_score is not None
        grade.needs_manual_grade = looked_at or graded.points is None or graded.waits is not None
        self.gradebook.db.commit()

    def _add_comment(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        """For a reflection also undo the 0 that nbgrader writes where the notebook is missing: a person marks it."""
        super()._add_comment(cell, resources)
        if utils.is_task(cell):
            name = cell.metadata.nbgrader.grade_id
            grade = self.gradebook.find_grade(name, self.notebook_id, self.assignment_id, self.student_id)
            if grade.auto_score is not None:
                grade.auto_score = None
                grade.needs_manual_grade = grade.manual_score is None
                self.gradebook.db.commit()
