"""What the app may run: the cells of a build that was released, and nothing else of a notebook."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from nbformat.v4 import new_notebook

from himaya.languages.facts import direction, known
from himaya.publish.folder import ACTIVITIES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from nbformat import NotebookNode

KERNEL = "himaya"  # starts without the notebook's folder on the import path
_KEPT = "himaya-builds"  # in Jupyter's data directory
_DRAWN = ("cell_type", "id", "source", "attachments")
# The same forms stand in the notebook extension (labextensions/himaya/static/remoteEntry.js).
_OURS = re.compile(r'from himaya_widgets import show, submit|show\("[a-z][a-z0-9-]*"\)|submit\(\)')
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)
_OTHER_LANGUAGES = ACTIVITIES.replace(".json", ".*.json")


class NotReleasedError(Exception):
    """The notebook, or what its activities are drawn from, is not that of a build."""


class Builds:
    """The builds that were released to this server's user, each by its digest.

    A trainee keeps the build that they fetched when the module is released anew, so each is remembered.

    Args:
        data: Jupyter's data directory of this user; no address of the server leads there.
        released: Where this user's modules come from, for each course: folders `<module>/<module>.ipynb`.
    """

    def __init__(self, data: Path, *released: Path) -> None:
        """Keep where the digests and the releases are."""
        self._kept, self._released = data / _KEPT, released

    def __bool__(self) -> bool:
        """Whether any build is remembered."""
        return self._kept.is_dir()

    def remember_released(self) -> None:
        """Remember every build that is released now."""
        for released in self._released:
            for notebook in released.glob("*/*.ipynb"):
                if notebook.stem == notebook.parent.name:
                    self.remember(notebook)

    def remember(self, notebook: Path) -> None:
        """Remember the build of this notebook and of the activities beside it."""
        try:
            digest = _digest(json.loads(notebook.read_text(encoding="utf-8")), notebook.parent)
        except _UNREADABLE:
            return  # a notebook that cannot be read is no build
        self._kept.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self._kept / digest).touch()

    def runnable(self, notebook: NotebookNode, folder: Path) -> NotebookNode:
        """Return what the app runs and draws of a notebook: nothing that its digest does not cover.

        Args:
            notebook: As it was read from `folder`.
            folder: Where its activities are read from.

        Raises:
            NotReleasedError: If it is not equal to a build, in its cells or in the activities beside it.
        """
        try:
            digest = _digest(notebook, folder)
        except _UNREADABLE as error:
            raise NotReleasedError from error
        if not (self._kept / digest).exists():
            self.remember_released()
            if not (self._kept / digest).exists():
                raise NotReleasedError
        cells = [_bare(cell) for cell in notebook["cells"] if cell["cell_type"] != "code" or _ours(cell)]
        own = dict(notebook["metadata"].get("himaya", {}))
        # Notebooks released before did not say it.
        own["direction"] = direction(known(own.get("language")))
        metadata = {
            "kernelspec": {"name": KERNEL, "display_name": "Himaya", "language": "python"},
            "himaya": own,
        }
        return new_notebook(cells=cells, metadata=metadata)


def _ours(cell: Any) -> bool:
    return not _answered_in(cell) and _OURS.fullmatch(cell["source"].strip()) is not None


def _answered_in(cell: Any) -> bool:
    return cell["cell_type"] == "code" and bool(cell["metadata"].get("nbgrader", {}).get("solution"))


def _bare(cell: Any) -> Any:
    """Return a cell with what the digest covers and nothing else, as Voilà expects it."""
    empty: dict[str, Any] = {"outputs": [], "execution_count": None} if cell["cell_type"] == "code" else {}
    kept = {key: cell[key] for key in _DRAWN if key in cell}
    return type(cell)({**kept, "metadata": type(cell)(), **empty})


def _digest(notebook: Any, folder: Path) -> str:
    """Return the digest of all that the app draws: cells, the module's own metadata, its activities."""
    parts = hashlib.sha256(json.dumps(list(_covered(notebook)), sort_keys=True).encode())
    for path in (folder / ACTIVITIES, *sorted(folder.glob(_OTHER_LANGUAGES))):
        parts.update(b"\0" + path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return parts.hexdigest()


def _covered(notebook: Any) -> Iterator[Any]:
    yield notebook["metadata"].get("himaya", {})
    for cell in notebook["cells"]:
        source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
        # What a trainee writes in a cell for code is never run or drawn here.
        answer = _answered_in(cell)
        yield [cell["cell_type"], cell.get("id"), None if answer else source, cell.get("attachments") or None, answer]
