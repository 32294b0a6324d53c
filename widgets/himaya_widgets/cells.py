"""`show` and `submit`, as they stand in a notebook's cells."""

from __future__ import annotations

import os
from collections import deque
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from IPython.display import HTML, display

from himaya.activities.fold import replay
from himaya.activities.kinds import report
from himaya.errors import JournalError
from himaya.languages.facts import LANGUAGES, SOURCE, direction
from himaya.languages.interface import sentence
from himaya.languages.isolates import marked_up
from himaya.publish.folder import FolderError, ModuleFolder, open_folder
from himaya.publish.plain import answered_html

if TYPE_CHECKING:
    from himaya_widgets.labs.lab import LabView
    from himaya_widgets.widgets import HandIn, Player

_folders: dict[tuple[str, int], ModuleFolder] = {}
_KEPT = 200  # widgets; a page that is reloaded draws all its activities anew, so the oldest are let go
_drawn: deque[Player | HandIn] = deque()
_KEPT_LABS = 6  # each is a tree of widgets
_labs: deque[LabView] = deque()


def show(activity_id: str) -> None:
    """Draw one activity: the player where a browser draws it, else plain HTML of what was answered.

    Args:
        activity_id: An id of this module's `activities.json`.
    """
    try:
        folder = _folder()
        activity = folder.activity(activity_id)
        rows = folder.journal.rows() if folder.keeps else []
    except FolderError as error:
        _tell_why(error)
        return
    except JournalError as error:
        # The player still opens: it keeps new answers in the browser and says why.
        rows = []
        _tell(sentence(error.code, folder.language), folder.language)
    if _printing():
        state = replay(activity, rows, folder.seed(activity_id))
        display(HTML(answered_html(activity, state)))
        return
    if report(activity).needs_kernel and folder.content.get("labs") != "elsewhere":
        _show_lab(folder, activity_id)
        return
    from himaya_widgets.widgets import Player  # no widget is built where nothing would draw it

    _report_once(folder, rows)
    _keep(Player(folder, activity_id))


def _show_lab(folder: ModuleFolder, activity_id: str) -> None:
    from himaya_widgets.labs import open_lab  # stock widgets are built where a lab is drawn

    lab = open_lab(folder, activity_id)
    display(lab.root)
    _labs.append(lab)
    if len(_labs) > _KEPT_LABS:
        _labs.popleft().close()


def submit() -> None:
    """Draw the hand-in box: what is answered, what is missing, the Submit button, the receipt."""
    if _printing():
        return
    try:
        folder = _folder()
    except FolderError as error:
        _tell_why(error)
        return
    from himaya_widgets.widgets import HandIn

    _keep(HandIn(folder))


def _printing() -> bool:
    """Whether nbgrader or nbconvert runs the notebook, so that nothing but HTML will be kept."""
    return "NBGRADER_EXECUTION" in os.environ or "HIMAYA_PLAIN" in os.environ


def _folder() -> ModuleFolder:
    try:
        path = Path.cwd()
    except FileNotFoundError as error:  # the folder was deleted under the kernel
        raise FolderError.of("no-module") from error
    try:
        changed = (path / "activities.json").stat().st_mtime_ns
    except OSError:
        changed = 0
    key = (str(path), changed)
    if key not in _folders:
        _folders.clear()
        _folders[key] = open_folder(path)
    return _folders[key]


def _keep(widget: Player | HandIn) -> None:
    display(widget)
    _drawn.append(widget)
    if len(_drawn) > _KEPT:
        _drawn.popleft().close()


_told: set[str] = set()


def _report_once(folder: ModuleFolder, rows: list[dict[str, Any]]) -> None:
    """Say once for each folder what is odd about its journal: damaged lines, lines of other activities."""
    if folder.owner in _told:
        return
    _told.add(folder.owner)
    if folder.journal.damaged:
        _tell(sentence("damaged-lines", folder.language, n=folder.journal.damaged), folder.language)
    foreign = sum(1 for row in rows if row["activity"] not in folder.content["activities"])
    if foreign:
        _tell(sentence("foreign-lines", folder.language, n=foreign), folder.language)


def _tell_why(error: FolderError) -> None:
    """Say what is wrong: in the module's language, or in every language where no module says which is read here."""
    languages = LANGUAGES if error.code else (error.language,)
    said = [_message(sentence(error.code, each) if error.code else str(error), each) for each in languages]
    display(HTML("".join(said)))


def _tell(text: str, language: str = SOURCE) -> None:
    display(HTML(_message(text, language)))


def _message(text: str, language: str) -> str:
    about = f'lang="{language}" dir="{direction(language)}"'
    return f'<p class="himaya-message" role="alert" {about}>{marked_up(escape(text))}</p>'
