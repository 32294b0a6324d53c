"""The first page of a course: what it is part of, which modules it has, how long they take, when it is passed."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING

import nbformat
from nbformat.v4 import new_markdown_cell

from himaya.build.notebook import finished
from himaya.build.reading import Reader
from himaya.content.country import shown_values
from himaya.i18n.interface import sentence

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from himaya.content.load import LoadedModule
    from himaya.content.models import Course

NAME = "overview"  # of its folder and its notebook; no module may have this id


def write_overview(
    course: Course, folder: Path, modules: Sequence[LoadedModule], target: Path, on: date | None = None
) -> Path:
    """Write `target/overview/` anew and return it: a notebook without activities, so without an assignment.

    Args:
        course: The course.
        folder: Its folder, with overview.md.
        modules: Its modules, in the order of the course.
        target: Where to write.
        on: The day of the build, which decides which country settings are fresh; without one, none is.
    """
    written = target / NAME
    shutil.rmtree(written, ignore_errors=True)
    written.mkdir(parents=True)
    base = modules[0].path.parent.parent
    reader = Reader(folder, course.sources, shown_values(base, on))
    prose = (folder / f"{NAME}.md").read_text(encoding="utf-8").strip()
    cells = [
        new_markdown_cell(text, id=hashlib.sha256(f"{course.id}/{name}".encode()).hexdigest()[:12])
        for name, text in (
            ("prose", reader.read(prose)),
            ("modules", modules_table(course, modules)),
            ("sources", reader.bibliography()),
        )
    ]
    notebook = finished(cells, {"module": NAME, "version": 1, "language": "en"})
    (written / f"{NAME}.ipynb").write_text(nbformat.writes(notebook) + "\n", encoding="utf-8")
    content = {
        "module": {"id": NAME, "version": 1, "title": sentence("about-course", title=course.title)},
        "course": None,
        "modules": course.modules,
        "activities": {},
    }
    text = json.dumps(content, ensure_ascii=False, indent=1)
    (written / "activities.json").write_text(text + "\n", encoding="utf-8")
    return written


def modules_table(course: Course, modules: Sequence[LoadedModule]) -> str:
    """Return the section with the modules in their order, the time they take and the rule for passing."""
    header = [sentence("module"), sentence("you-learn"), sentence("time")]
    rows = [[loaded.module.title, loaded.module.summary, _time(loaded.module.minutes)] for loaded in modules]
    rows.append([sentence("all-modules"), "", _time(sum(loaded.module.minutes for loaded in modules))])
    lines = [_row(header), _row(["---"] * len(header)), *map(_row, rows)]
    rule = sentence("pass-rule", percent=course.pass_mark)
    return "\n".join([f"## {sentence('modules-of-course')}", "", *lines, "", rule])


def _row(entries: Sequence[str]) -> str:
    return f"| {' | '.join(' '.join(entry.split()) for entry in entries)} |"


def _time(minutes: int) -> str:
    return sentence("hours", n=f"{minutes / 60:g}")
