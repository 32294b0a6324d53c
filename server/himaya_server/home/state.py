"""What a role's page tells: how far a trainee is in each module, what waits for a trainer."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_core.paths import jupyter_data_dir
from nbgrader.utils import notebook_hash

from himaya.answers.journal import FILE_NAME
from himaya.content.assignments import form_names, form_of, is_second_form, module_of, with_forms
from himaya.course.course import load_course
from himaya.course.pass_rule import in_words, so_far, standing_from
from himaya.errors import ContentError, JournalError
from himaya.languages.facts import LANGUAGES, SOURCE, direction, known
from himaya.languages.interface import interface
from himaya.publish.folder import ACTIVITIES, FolderError, open_folder, summary
from himaya.publish.overview import NAME as OVERVIEW
from himaya.publish.receipts import last_receipt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from himaya.course.pass_rule import Standing
    from himaya.publish.folder import ModuleFolder
    from himaya_autograde.course import CourseDirectory
    from himaya_server.home.snapshot import Folders, Snapshot


_STAMP = 64
"""Characters of a time."""
_STANDING = re.compile('<meta name="himaya-standing" content="([^"]*)">')


@dataclass(frozen=True)
class ModuleState:
    """One module as a trainee's home page shows it.

    Attributes:
        state: read (nothing to answer), not-started, begun, answered, submitted, changed or feedback.
        answered: Activities answered, of `total`; both 0 before the module was opened.
        draft: Whether something of it is not signed, as it was released.
        standing: Where the trainee stands in it, as the released feedback says; None before there is any.
        going_on: Id and title of the activity to go on with; None where nothing is open.
        answered_at: When an answer was last written, in seconds; 0 before there is any.
        handed_in: The day of the last hand-in, if there is one.
        feedback_at: When the newest feedback was released, in whole seconds; 0 before there is any.
        due: The last day to hand in, if the course has one.
    """

    id: str
    title: str
    state: str
    answered: int = 0
    total: int = 0
    language: str = SOURCE
    draft: bool = False
    standing: Standing | None = None
    going_on: tuple[str, str] | None = None
    answered_at: float = 0
    handed_in: date | None = None
    feedback_at: int = 0
    due: date | None = None

    @property
    def direction(self) -> str:
        """In which direction the title is written."""
        return direction(self.language)


def released_modules(exchange: Path, course: str) -> list[str]:
    """Return what is open for trainees of `course`: its first page, then its modules in the order of the course.

    The forms of a safety set follow their module.
    """
    outbound = exchange / course / "outbound"
    try:
        found = {entry.name for entry in outbound.iterdir() if (entry / f"{entry.name}.ipynb").exists()}
    except OSError:
        return []
    return sorted(found, key=lambda name: (_place(outbound, name), name))


def modules_of(course: Path) -> list[str]:
    """Return the modules of a course directory; none where it cannot be read."""
    try:
        return load_course(course).modules
    except ContentError:
        return []


def _place(outbound: Path, name: str) -> int:
    try:
        return [OVERVIEW, *with_forms(_overview(outbound)["modules"])].index(module_of(name))
    except (OSError, ValueError, KeyError, TypeError):
        return sys.maxsize


def _overview(outbound: Path) -> Any:
    return json.loads((outbound / OVERVIEW / ACTIVITIES).read_text(encoding="utf-8"))


def rule(exchange: Path, course: str, say: Mapping[str, str], language: str) -> list[str]:
    """Return when `course` is passed, in sentences; none where it was released before it said so."""
    try:
        return in_words(_overview(exchange / course / "outbound")["pass"], say, language)
    except (OSError, ValueError, KeyError, TypeError):
        return []


def course_so_far(exchange: Path, course: str, modules: Sequence[ModuleState]) -> Standing | None:
    """Return where a trainee stands in the whole course; None before any feedback, or in a release without worth."""
    try:
        passing = _overview(exchange / course / "outbound")["pass"]
        handed_in = {module.id for module in modules if module.handed_in is not None}
        return so_far(passing, {module.id: module.standing for module in modules}, handed_in)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def trainee_modules(folder: Path, exchange: Path, course: str, language: str = SOURCE) -> list[ModuleState]:
    """Return every released module with how far this trainee is; titles in `language` where a module has it.

    The second form of a safety set is shown to whoever began it, or missed something in the first; of the paths of a
    module, once feedback on one has a number, which it has on the one that counts, those that were begun.
    """
    states = [_module_state(folder / name, exchange, course, language) for name in released_modules(exchange, course)]
    retry = {each.id for each in states if each.standing is not None and not each.standing.reached}
    chosen = {module_of(each.id) for each in states if each.standing is not None}
    return [
        each
        for each in states
        if (each.state != "not-started" or module_of(each.id) not in chosen)
        and (not is_second_form(each.id) or each.answered or _first_form(each.id) in retry)
    ]


def _first_form(assignment: str) -> str | None:
    form = form_of(assignment)
    return form_names(form[0])[0] if form else None


def _module_state(path: Path, exchange: Path, course: str, language: str) -> ModuleState:
    released = exchange / course / "outbound" / path.name
    title, language = _title(released, language)
    state = "read" if path.name == OVERVIEW else "not-started"
    due = _due(released.parent, path.name)
    new = ModuleState(path.name, title, state, language=language, draft=_is_draft(released, language), due=due)
    if path.name == OVERVIEW or not (path / f"{path.name}.ipynb").exists():
        return new
    try:
        folder = open_folder(path)
    except FolderError:
        return new
    counted = summary(folder, language)
    answered, total = counted["answered"], counted["total"]
    receipt = last_receipt(folder)
    feedback = feedback_file(exchange, course, path.name)
    if feedback is not None:
        state = "feedback"
    elif receipt is not None:
        state = "submitted" if receipt["code"] == _journal_code(path) else "changed"
    else:
        state = "answered" if total and answered == total else "begun" if answered else "not-started"
    return replace(
        new,
        state=state,
        answered=answered,
        total=total,
        standing=_standing(feedback),
        going_on=_going_on(folder, counted["open"]),
        answered_at=_changed(path / FILE_NAME),
        handed_in=_day(receipt),
        feedback_at=int(_changed(feedback)),
    )


def _due(outbound: Path, module: str) -> date | None:
    try:
        return date.fromisoformat(_overview(outbound)["due"][module_of(module)])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _going_on(folder: ModuleFolder, unfinished: Sequence[Mapping[str, str]]) -> tuple[str, str] | None:
    """Return the first unfinished activity from the last answered one on, else the first unfinished one of all."""
    order = list(folder.content["activities"])
    try:
        last = order.index(folder.journal.rows()[-1]["activity"])
    except (JournalError, IndexError, KeyError, ValueError):
        last = 0
    later = [each for each in unfinished if order.index(each["id"]) >= last]
    return next(((each["id"], each["title"]) for each in (*later, *unfinished)), None)


def _changed(path: Path | None) -> float:
    try:
        return 0 if path is None else path.stat().st_mtime
    except OSError:
        return 0


def _day(receipt: Mapping[str, Any] | None) -> date | None:
    try:
        return None if receipt is None else date.fromisoformat(str(receipt["time"])[:10])
    except (KeyError, ValueError):
        return None


def to_go_on_with(modules: Iterable[ModuleState]) -> ModuleState | None:
    """Return the module that a trainee is in the middle of, else the first that waits to be started."""
    known = list(modules)
    begun = [each for each in known if each.state in ("begun", "changed", "answered")]
    waiting = [each for each in known if each.state == "not-started"]
    return max(begun, key=lambda each: each.answered_at) if begun else next(iter(waiting), None)


def _standing(feedback: Path | None) -> Standing | None:
    """Return what a released page of feedback says of the one number; None where there is no page, or an older one."""
    try:
        return None if feedback is None else standing_of(feedback.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def standing_of(html: str) -> Standing | None:
    """Return what a page of feedback says of the one number; None where it is an older one."""
    found = _STANDING.search(html)
    return standing_from(unescape(found[1])) if found else None


def _title(released: Path, language: str) -> tuple[str, str]:
    """Return a module's title and its language: the wanted one where the module has it, else its own."""
    for name in (f"activities.{language}.json", ACTIVITIES):
        try:
            content = json.loads((released / name).read_text(encoding="utf-8"))
            return str(content["module"]["title"]), known(content.get("language"))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    return released.name, SOURCE


def _is_draft(released: Path, language: str) -> bool:
    """Return whether a released module says that it is a draft in a language in which it is offered."""
    for name in (f"activities.{language}.json", ACTIVITIES):
        try:
            content = json.loads((released / name).read_text(encoding="utf-8"))
            return content.get("draft") is True
        except (OSError, ValueError, AttributeError):
            continue
    return False


def _journal_code(path: Path) -> str:
    try:
        return hashlib.sha256((path / FILE_NAME).read_bytes()).hexdigest()[:8]
    except OSError:
        return hashlib.sha256(b"").hexdigest()[:8]


def feedback_file(exchange: Path, course: str, module: str) -> Path | None:
    """Return the newest released feedback for this trainee's submissions, or None."""
    return next(iter(feedback_files(exchange, course, module).values()), None)


def feedback_files(exchange: Path, course: str, module: str) -> dict[str | None, Path]:
    """Return the newest released feedback for this trainee's submissions, found as nbgrader names it.

    First the page in the language of the submission, under None; then by language, where there are several.
    """
    released = exchange / course / "feedback"
    cache = Path(jupyter_data_dir()) / "nbgrader_cache" / course
    for submission in sorted(cache.glob(f"*+{module}+*"), key=lambda path: path.name.rsplit("+", 1)[-1], reverse=True):
        try:
            secret = (submission / "submission_secret.txt").read_text(encoding="utf-8")
        except OSError:
            continue
        names: dict[str | None, str] = {None: module, **{each: f"{module}.{each}" for each in LANGUAGES}}
        files = {
            each: released / f"{notebook_hash(secret=secret, notebook_id=name)}.html" for each, name in names.items()
        }
        if files[None].exists():
            return {each: file for each, file in files.items() if file.exists()}
    return {}


def course_title(exchange: Path, course: str, language: str) -> tuple[str, str]:
    """Return a course's title and its language, as its first page was released; without one, its id."""
    about, spoken = _title(exchange / course / "outbound" / OVERVIEW, language)
    before, _, after = str(interface(spoken)["about-course"]).partition("{title}")
    return (course, SOURCE) if about == OVERVIEW else (about.removeprefix(before).removesuffix(after), spoken)


def waiting(course: CourseDirectory, known: Snapshot, folders: Folders, language: str = SOURCE) -> list[dict[str, Any]]:
    """Return for each module of a course what waits: to collect, to grade, to mark, and how many are done.

    Titles are in `language` where the released module has it; a module that was never released has its id only.
    Of a second form that nobody was given yet, `second` is how many it waits for.
    """
    rows = []
    marking = Counter(module for (_, module), work in known.handed_in.items() if work.waits)
    for module in folders.assignments:
        submitted, autograded = folders.submitted[module], folders.autograded[module]
        waits: dict[str, Any] = {"collect": _uncollected(course.path, module, folders)}
        waits["grade"] = len(submitted - autograded)
        waits["mark"] = marking[module]
        released = (course.path / "release" / module).is_dir()
        about = "source" if is_second_form(module) else "release"
        title, spoken = _title(course.path / about / module, language)
        waits["second"] = 0 if released else known.second_forms.get(module, 0)
        if is_second_form(module) and not released and not waits["second"]:
            continue  # nobody needs it
        names = {"module": module, "title": title, "language": spoken, "direction": direction(spoken)}
        rows.append({**names, "released": released, "graded": len(autograded), **waits})
    return rows


def _uncollected(course: Path, module: str, folders: Folders) -> int:
    """Return how many trainees handed in something that collect has not seen yet; what it refused waits no more."""
    record = folders.seen[module]
    looked_at, refused = set(record.order), set(record.refused)
    waits = set()
    for name, (trainee, when) in folders.inbound[module].items():
        if name in refused or trainee in waits:
            continue
        stamp = _stamp(course, trainee, module) if trainee in folders.submitted[module] else ""
        # Without a record, of an earlier version, only times are left.
        if not stamp or (name not in looked_at if looked_at else when > stamp):
            waits.add(trainee)
    return len(waits)


def _stamp(course: Path, trainee: str, module: str) -> str:
    """Return when a hand-in that lies in the course says it was handed in; empty where it does not say."""
    try:
        with open(f"{course}/submitted/{trainee}/{module}/timestamp.txt", encoding="utf-8") as file:
            return file.read(_STAMP).strip()
    except (OSError, ValueError):
        return ""
