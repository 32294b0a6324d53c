"""A trainer's steps on an nbgrader course directory, each thin over nbgrader's own API."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sqlite3
import stat
import sysconfig
import tempfile
import warnings
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_core.application import JupyterApp
from jupyter_core.paths import jupyter_config_dir, jupyter_config_path
from nbgrader.api import MissingEntry
from nbgrader.apps import NbGraderAPI
from nbgrader.apps.baseapp import NbGrader
from nbgrader.exchange.default import ExchangeSubmit
from nbgrader.utils import capture_log, temp_attrs
from sqlalchemy.exc import SAWarning

from himaya.answers.erasing import erased, holds_answer
from himaya.answers.journal import FILE_NAME, Journal
from himaya.answers.private import private_folder, write_whole
from himaya.content.assignments import form_of, is_second_form, module_of, with_forms
from himaya.content.check import check_module
from himaya.content.forms import parts_to_build
from himaya.content.load import load_module
from himaya.course.course import load_course
from himaya.course.roster import forget_trainees
from himaya.errors import ContentError, CourseError, KeysError
from himaya.publish.assignment import write_assignment
from himaya.publish.overview import NAME as OVERVIEW
from himaya.publish.overview import write_overview
from himaya.signoff.standing import refuse_unreleased
from himaya.translation.translated import translated
from himaya_autograde import editions, paper
from himaya_autograde.batch.cohort import cohort_of, workers
from himaya_autograde.batch.run import grade_cohort
from himaya_autograde.export import Results, results_of, write_all
from himaya_autograde.gradebook import Gradebook, gradebook_errors
from himaya_autograde.import_answers import Place, place_of
from himaya_autograde.keys import FOLDER as KEYS
from himaya_autograde.keys import write_keys
from himaya_autograde.markbook import Markbook
from himaya_autograde.paths import note_hand_ins, refuse_moved

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from traitlets.config import Config

    from himaya.content.load import LoadedModule
    from himaya_autograde.batch.run import Progress, Summary
    from himaya_autograde.gradebook import HandedIn

__all__ = ["CourseDirectory", "CourseError", "Done"]

# nbgrader 0.9.6 on SQLAlchemy 2.1 warns about its own relationships; a trainer can do nothing about it.
warnings.filterwarnings("ignore", category=SAWarning)


_PRIVATE = (KEYS, "source", "release", "submitted", "autograded", "feedback")


@dataclass
class Done:
    """What a step did.

    Attributes:
        good: Names that went well.
        problems: What could not be done, by name, with the reason.
        unchanged: Names that were done before and have not changed since.
        people: What needs a person, by name, with the reason.
        stopped: Whether somebody stopped the step before its end.
    """

    good: list[str] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)
    people: dict[str, str] = field(default_factory=dict)
    stopped: bool = False

    def add(self, module: str, summary: Summary) -> None:
        """Take in what grading one module did."""
        self.good += [f"{module}/{name}" for name in sorted(summary.graded)]
        self.unchanged += [f"{module}/{name}" for name in sorted(summary.unchanged)]
        self.problems.update({f"{module}/{name}": why for name, why in sorted(summary.problems.items())})
        self.people.update({f"{module}/{name}": why for name, why in summary.people.items()})
        self.stopped = summary.stopped


@lru_cache(64)
def _config_read(folder: Path, stamps: tuple[tuple[int, int] | None, ...]) -> Config:  # noqa: ARG001 - its key
    """Return what nbgrader's files set for a course; read again once one of them has changed.

    The folder of the process stays: it is one for all threads, and each may have opened another course.
    """
    app = NbGrader()
    super(NbGrader, app).load_config_file()  # the machine's and the user's, without that of the current folder
    super(JupyterApp, app).load_config_file(app.config_file_name, path=str(folder))
    return app.config


def _config_of(folder: Path) -> Config:
    folders = [folder, jupyter_config_dir(), *jupyter_config_path()]
    names = [f"{name}.{kind}" for name in ("jupyter_config", "nbgrader_config") for kind in ("py", "json")]
    return deepcopy(_config_read(folder, tuple(_stamp(Path(each, name)) for each in folders for name in names)))


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _erased_in(journal: Path, activity: str) -> bool:
    """Empty what was answered to an activity in a journal; return whether anything was."""
    if journal.is_symlink() or not journal.is_file():
        return False
    rows = Journal(journal).rows()
    if not any(holds_answer(row, activity) for row in rows):
        return False
    kept = [erased(row) if holds_answer(row, activity) else row for row in rows]
    text = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in kept)
    write_whole(journal, text.encode(), stat.S_IMODE(journal.stat().st_mode))
    return True


def fully_marked(handed_in: Mapping[tuple[str, str], HandedIn]) -> set[tuple[str, str]]:
    """Return the submissions, by trainee and module, in which nothing waits for a person.

    A form of a safety set goes with its module: it is not called ready while an answer there waits.
    """
    waits = {key for key, work in handed_in.items() if work.waits}
    modules = {(trainee, module_of(name)) for trainee, name in waits}
    return {
        (trainee, name)
        for trainee, name in handed_in
        if (trainee, name) not in waits and ((form := form_of(name)) is None or (trainee, form[0]) not in modules)
    }


class CourseDirectory:
    """An nbgrader course directory with our course.yaml in it."""

    def __init__(self, path: Path, exchange: Path | None = None) -> None:
        """Open the course in `path`.

        Args:
            path: Folder with course.yaml and nbgrader_config.py.
            exchange: Where work is handed out and in, if not nbgrader's configured place.

        Raises:
            CourseError: If there is no course here.
        """
        self.path = path.resolve()
        if not (self.path / "course.yaml").exists():
            message = f"{path} holds no course.yaml. Give the folder of a course, such as courses/core-protection."
            raise CourseError(message)
        self.course = load_course(self.path)
        # nbgrader runs `alembic` by its bare name; it lies beside this Python, which may not be on the PATH.
        scripts = sysconfig.get_path("scripts")
        if scripts not in os.environ["PATH"].split(os.pathsep):
            os.environ["PATH"] = os.pathsep.join([scripts, os.environ["PATH"]])
        config = _config_of(self.path)
        config.CourseDirectory.root = str(self.path)
        config.CourseDirectory.course_id = self.course.id
        if exchange:
            config.Exchange.root = str(exchange.resolve())
        self._close(group=bool(config.CourseDirectory.get("groupshared", False)))
        self.api: Any = NbGraderAPI(config=config)
        self.exchange = Path(config.Exchange.get("root", ExchangeSubmit.root.default_value))

    def _close(self, *, group: bool) -> None:
        """Keep keys, answers, grades and the gradebook from everybody else on this machine.

        What an earlier version left open is closed, too: who once entered a folder could else go on from there.
        """
        private_folder(self.path, group=group)
        for name in _PRIVATE:
            if (self.path / name).is_dir():
                private_folder(self.path / name, group=group)

    def build(
        self,
        modules: Path,
        only: str | None = None,
        languages: Sequence[str] = (),
        *,
        release: bool = False,
        move_on: bool = False,
        on_built: Callable[[Path], object] = lambda _: None,
        on_kept: Callable[[str], object] = lambda _: None,
    ) -> list[Path]:
        """Write each module's source assignment and the course's first page, and return the folders.

        Args:
            modules: Folder of the modules.
            only: One module instead of all.
            languages: What is shipped, the one it opens in first; those of the course if none is given.
            release: Refuse every translation that nobody released.
            move_on: Let the class go on to another edition of a module that was released to it.
            on_built: Called with each folder once it is written.
            on_kept: Called with a sentence for each module whose edition the class keeps.

        Raises:
            ContentError: If a module's text files are not in order, or its translation is not.
        """
        refuse_moved(self.path, self.course)
        first, *rest = languages or self.course.languages
        chosen = self._chosen(only, self.course.modules)
        problems = [problem for name in chosen for problem in check_module(modules / name)]
        if problems:
            raise ContentError(problems)
        english = {name: load_module(modules / name) for name in self.course.modules}
        if release:
            refuse_unreleased(self.path, [english[name] for name in chosen], (first, *rest))
        today = datetime.now(UTC).date()
        digits = self.course.digits

        def taught(name: str, language: str) -> LoadedModule:
            return self.course.taught(translated(english[name], language, digits))

        loaded = {name: taught(name, first) for name in self.course.modules}
        built = []
        with tempfile.TemporaryDirectory(prefix=".building-", dir=self.path) as folder:
            for name in chosen:
                paths = self.course.paths.get(name, ())
                others = [parts_to_build(taught(name, language), paths) for language in rest]
                for part, *in_others in zip(parts_to_build(loaded[name], paths), *others, strict=True):
                    write_keys(part, Path(folder), in_others)
                    write_assignment(part, Path(folder) / "source", self.course.id, today, in_others)
                    kept = editions.put(self.path, Path(folder), part.module.id, move_on=move_on)
                    if kept is None:
                        built.append(self.path / "source" / part.module.id)
                        on_built(built[-1])
                        continue
                    on_kept(
                        f"kept: {part.module.id} has changed since it was released; the class keeps edition {kept}. "
                        f"To let it move on, run: himaya build {self.course.id} {name} --move-on"
                    )
                    if part.module.id == name:  # its forms are of an edition that the class does not have
                        break
        shipped = self.course.model_copy(update={"languages": [first, *rest]})
        built.append(write_overview(shipped, self.path, [*loaded.values()], self.path / "release", today))
        on_built(built[-1])
        return built

    @property
    def assignments(self) -> list[str]:
        """Its modules, each followed by the forms of its safety set and the other paths that were built here."""
        names = [
            name
            for module in self.course.modules
            for name in dict.fromkeys([*with_forms([module]), *self.course.assignments_of(module).values()])
        ]
        return [name for name in names if name in self.course.modules or (self.path / "source" / name).is_dir()]

    def _assignments(self, only: str | None) -> list[str]:
        return self._chosen(only, self.assignments)

    def _released(self, only: str | None) -> list[str]:
        """Return the modules, and those of their paths and forms that trainees could hand in by now."""
        return [
            name
            for name in self._assignments(only)
            if name == only or name in self.course.modules or (self.path / "release" / name).is_dir()
        ]

    def _chosen(self, only: str | None, known: list[str]) -> list[str]:
        if only is not None and only not in known:
            message = f"course '{self.course.id}' has no module '{only}'; it has: {', '.join(known)}."
            raise CourseError(message)
        return [only] if only else known

    def release(self, only: str | None = None) -> Done:
        """Make the trainees' version of each module (no keys) and put it in the exchange.

        The second form of a safety set is for whoever missed something in the first: it goes out once it is named.
        """
        done = Done()
        for module in self._assignments(only):
            if only is None and is_second_form(module) and not (self.path / "release" / module).is_dir():
                continue
            if not (self.path / "source" / module).is_dir():
                done.problems[module] = f"not built yet. Run: himaya build {self.path}"
                continue
            made = self.api.generate_assignment(module)
            if made["success"]:
                self._exchange("ReleaseAssignment", done, module)
            else:
                self._record_result(done, module, made)
        if done.good:
            self._release_overview()
        return done

    def _release_overview(self) -> None:
        """Put the course's first page where trainees fetch it; it is no assignment, so nbgrader does not know it."""
        source = self.path / "release" / OVERVIEW
        outbound = self.exchange / self.course.id / "outbound" / OVERVIEW
        files = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
        # Each file takes the place of the one before: who fetches the page meanwhile finds each of them whole.
        for name in sorted(files):
            target = outbound / name
            target.parent.mkdir(parents=True, exist_ok=True)
            write_whole(target, (source / name).read_bytes(), 0o644)
        for path in (outbound, *outbound.rglob("*")):  # as nbgrader releases a module
            if path.is_file() and path.relative_to(outbound) not in files:
                path.unlink()
            else:
                path.chmod(0o755 if path.is_dir() else 0o644)

    def collect(self, only: str | None = None) -> Done:
        """Fetch what trainees handed in, newer versions included; what is refused is named with its reason."""
        done = Done()
        for module in self._released(only):
            step = self._exchange("Collect", done, module)
            done.problems |= {f"{module}/{who}": why for who, why in getattr(step, "refused", {}).items()}
            done.people |= {f"{module}/{who}": why for who, why in getattr(step, "doubtful", {}).items()}
        for module in self.course.paths:  # once all of them are here, to see which came first
            try:
                note_hand_ins(self.path, module)
            except CourseError as error:
                done.problems[module] = str(error)
        return done

    def _exchange(self, kind: str, done: Done, module: str) -> Any:
        """Take one step of nbgrader's exchange, as its API does, and return it: ours know whom they left out."""
        with temp_attrs(self.api.coursedir, assignment_id=module):
            step = getattr(self.api.exchange, kind)(
                coursedir=self.api.coursedir, authenticator=self.api.authenticator, parent=self.api
            )
            step.update = True  # collect what is newer, too
            step.notes = False  # of several paths at once, `collect` does
            step.force = kind == "ReleaseAssignment"  # and release again what was built again
            self._record_result(done, module, capture_log(step))
        return step

    def grade(
        self,
        only: str | None = None,
        *,
        force: bool = False,
        trainee: str | None = None,
        say: Callable[[Progress], None] = lambda _: None,
    ) -> Done:
        """Grade every submission that is new or changed; one that fails does not stop the others.

        Args:
            only: One module instead of all.
            force: Grade what is graded and unchanged, too.
            trainee: One trainee instead of all.
            say: Told how far it is.
        """
        done = Done()
        chosen = self._released(only)
        for module in [one for one in chosen if self.api.get_submitted_students(one)] or chosen:
            try:
                with cohort_of(self.api, module, None if trainee is None else [trainee]) as cohort:
                    if not cohort.places:
                        done.problems[module] = f"nothing was collected yet. Run: himaya collect {self.path}"
                        continue
                    with workers(len(cohort.places)) as executor:
                        done.add(module, grade_cohort(cohort, executor, say, force=force))
            except CourseError as error:
                done.problems[module] = str(error)
            if done.stopped:
                break
        return done

    def feedback(self, only: str | None = None, *, marked_only: bool = False) -> Done:
        """Write the feedback of graded submissions and release it to the trainees.

        Args:
            only: One module instead of all.
            marked_only: Pass over submissions in which an answer waits for a person.
        """
        if marked_only:
            return self._feedback_of_marked(only)
        done = self.write_feedback(only)
        for module in self._graded(only):
            for who, why in getattr(self._exchange("ReleaseFeedback", done, module), "unreached", {}).items():
                done.problems[f"{module}/{who}"] = f"feedback was written, but could not be released: {why}"
        return done

    def _feedback_of_marked(self, only: str | None) -> Done:
        done = Done()
        marked = fully_marked(self.gradebook().handed_in())
        for module in self._graded(only):
            for trainee in sorted(who for who, name in marked if name == module):
                self._feedback_of_one(done, module, trainee)
        return done

    def feedback_of(self, trainee: str, module: str) -> Done:
        """Write and release anew what feedback a trainee has on any path of a module: another one may count now."""
        done = Done()
        for name in self.course.assignments_of(module).values():
            if (self.path / "feedback" / trainee / name / f"{name}.html").is_file():
                self._feedback_of_one(done, name, trainee)
        return done

    def _feedback_of_one(self, done: Done, module: str, trainee: str) -> None:
        one = Done()
        self._record_result(one, f"{module}/{trainee}", self.api.generate_feedback(module, trainee, force=True))
        if one.good:
            with temp_attrs(self.api.coursedir, student_id=trainee):
                step = self._exchange("ReleaseFeedback", Done(), module)
            for why in getattr(step, "unreached", {}).values():
                one = Done(problems={f"{module}/{trainee}": why})
        done.good += one.good
        done.problems |= one.problems

    def write_feedback(self, only: str | None = None) -> Done:
        """Write the feedback of graded submissions, and release none of it."""
        done = Done()
        for module in self._graded(only):
            if not self.api.generate_feedback(module, force=True)["success"]:
                self._note_unwritten(done, module)
        return done

    def _graded(self, only: str | None) -> list[str]:
        """Return what is released, but of forms, which are open to few, only those that somebody handed in."""
        graded = self.path / "autograded"
        return [name for name in self._released(only) if not form_of(name) or any(graded.glob(f"*/{name}"))]

    def _note_unwritten(self, done: Done, module: str) -> None:
        """Name every graded submission without a page, each with its own reason."""
        for trainee in sorted(folder.parent.name for folder in (self.path / "autograded").glob(f"*/{module}")):
            if not (self.path / "feedback" / trainee / module / f"{module}.html").exists():
                log = self.api.generate_feedback(module, trainee, force=True).get("log", "")
                reasons = re.findall(r"(?:KeysError|MarksError): (.+)", log)
                done.problems[f"{module}/{trainee}"] = reasons[-1] if reasons else "no page could be written"

    def forget(self, *trainees: str) -> None:
        """Remove what was handed in, graded and given back of trainees, and what the gradebook's file keeps of it.

        Nothing of theirs is taken in again.

        Args:
            trainees: Their ids, as `is_trainee` allows them.

        Raises:
            CourseError: If the gradebook cannot be written.
        """
        forget_trainees(self.path, trainees)
        for name, trainee in product(("submitted", "autograded", "feedback", paper.FOLDER), trainees):
            place = self.path / name / trainee
            if place.is_symlink():
                place.unlink()
            elif place.is_dir():
                shutil.rmtree(place)
        for trainee in trainees:
            Markbook(self.path).forget(trainee)
        if not (self.path / "gradebook.db").is_file():
            return
        with gradebook_errors(self.path / "gradebook.db"):
            with self.api.gradebook as gradebook:
                for trainee in trainees:
                    with contextlib.suppress(MissingEntry):
                        gradebook.remove_student(trainee)
            with contextlib.closing(sqlite3.connect(self.path / "gradebook.db")) as connection:
                connection.execute("VACUUM")

    def erase(self, trainee: str, module: str, activity: str) -> bool:
        """Remove one answer of a trainee from what was handed in, graded and given back; return whether there was one.

        What was graded has to be graded again.

        Raises:
            CourseError: If the gradebook cannot be written.
        """
        found = False
        for name in {*with_forms([module]), *self.course.assignments_of(module).values()}:
            journals = [self.path / "submitted" / trainee / name / FILE_NAME]
            journals += [self.path / paper.FOLDER / trainee / f"{name}.jsonl"]
            here = [file for file in journals if _erased_in(file, activity)]
            found = found or bool(here)
            for kind in ("autograded", "feedback"):  # a notebook, and a page: both are written anew
                if here and (place := self.path / kind / trainee / name).is_dir() and not place.is_symlink():
                    shutil.rmtree(place)
            Markbook(self.path).erase((trainee, name, activity))
            if (self.path / "gradebook.db").is_file():
                self._erase_comment(trainee, name, activity)
        return found

    def _erase_comment(self, trainee: str, module: str, activity: str) -> None:
        with gradebook_errors(self.path / "gradebook.db"):
            with self.api.gradebook as gradebook, contextlib.suppress(MissingEntry):
                comment = gradebook.find_comment(activity, module, module, trainee)
                comment.manual_comment = comment.auto_comment = None
                gradebook.db.commit()
            with contextlib.closing(sqlite3.connect(self.path / "gradebook.db")) as connection:
                connection.execute("VACUUM")

    def export(self, target: Path) -> list[Path]:
        """Write grades.csv, items.csv and responses.csv into the folder `target` and return them.

        Raises:
            CourseError: If a module was never built here, so that its answers cannot be read.
        """
        return write_all(self.results(), target)

    def results(
        self, before: Results | None = None, handed_in: Mapping[tuple[str, str], HandedIn] | None = None
    ) -> Results:
        """Return what everybody in the class has.

        Args:
            before: What everybody had at an earlier moment; what is the same since is not worked out again.
            handed_in: What the gradebook says was handed in, where it was read.

        Raises:
            CourseError: If a module was never built here, so that its answers cannot be read.
        """
        try:
            return results_of(self.gradebook(), self.course, self.path, before, handed_in)
        except KeysError as error:
            raise CourseError(str(error)) from error

    def gradebook(self) -> Gradebook:
        """Return the gradebook, for questions."""
        with self.api.gradebook:  # nbgrader makes it where there is none yet
            return Gradebook(self.api.coursedir.db_url)

    def taking_in(self, module: str) -> Place:
        """Return where answers that were saved from pages are taken in.

        Raises:
            CourseError: If the course has no such module, or it was not built and released here.
        """
        self._assignments(module)
        return place_of(self.path, module)

    @staticmethod
    def _record_result(done: Done, name: str, result: dict[str, Any]) -> None:
        if result.get("success"):
            done.good.append(name)
        else:
            lines = (result.get("error") or result.get("log") or "nbgrader gave no reason").strip().splitlines()
            done.problems[name] = lines[-1] if lines else "nbgrader gave no reason"
