"""Submissions as they come back from the field: each function damages one in the way that its name says.

Sources:
    jupyter/nbgrader#1083 (copied and split cells), #1682 (deleted cells), #1941 (cells of another type, inserted
    and deleted cells), pull request #1753 (several duplicates, one of two notebooks damaged).
"""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from tests.shipped import a_module

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MODULE = a_module("core-protection")
JOURNAL = "responses.jsonl"


def _notebook(folder: Path) -> Path:
    return folder / f"{MODULE}.ipynb"


def _cells(folder: Path, change: Callable[[list[Any]], None]) -> None:
    notebook = json.loads(_notebook(folder).read_text(encoding="utf-8"))
    change(notebook["cells"])
    _write(folder, notebook)


def _write(folder: Path, notebook: object) -> None:
    _notebook(folder).write_text(json.dumps(notebook), encoding="utf-8")


def _graded(cells: list[Any]) -> list[Any]:
    return [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade")]


# --- cells ------------------------------------------------------------------------------------------------------


def cell_copied(folder: Path) -> None:
    _cells(folder, lambda cells: cells.insert(9, copy.deepcopy(_graded(cells)[0])))


def every_cell_copied(folder: Path) -> None:
    _cells(folder, lambda cells: cells.extend(copy.deepcopy(cells)))


def cell_split_in_two(folder: Path) -> None:
    def split(cells: list[Any]) -> None:
        first = _graded(cells)[1]
        second = copy.deepcopy(first)
        source = "".join(first["source"])
        first["source"], second["source"] = "show(", source.partition("show(")[2]
        cells.insert(cells.index(first) + 1, second)

    _cells(folder, split)


def cells_merged(folder: Path) -> None:
    def merge(cells: list[Any]) -> None:
        first, second = _graded(cells)[:2]
        first["source"] = [*first["source"], "\n", *second["source"]]
        cells.remove(second)

    _cells(folder, merge)


def cell_deleted(folder: Path) -> None:
    _cells(folder, lambda cells: cells.remove(_graded(cells)[2]))


def every_grade_cell_deleted(folder: Path) -> None:
    def delete(cells: list[Any]) -> None:
        cells[:] = [cell for cell in cells if cell not in _graded(cells)]

    _cells(folder, delete)


def reflection_deleted(folder: Path) -> None:
    def delete(cells: list[Any]) -> None:
        cells[:] = [cell for cell in cells if not cell["metadata"].get("nbgrader", {}).get("task")]

    _cells(folder, delete)


def cells_reversed(folder: Path) -> None:
    _cells(folder, lambda cells: cells.reverse())


def cells_inserted(folder: Path) -> None:
    new: dict[str, Any] = {"cell_type": "code", "metadata": {}, "source": "1/0", "id": "new"}
    new |= {"outputs": [], "execution_count": None}
    _cells(folder, lambda cells: cells.insert(0, new))


def code_turned_into_markdown(folder: Path) -> None:
    def retype(cells: list[Any]) -> None:
        for cell in _graded(cells):
            cell["cell_type"] = "markdown"
            cell.pop("outputs", None)
            cell.pop("execution_count", None)

    _cells(folder, retype)


def reflection_turned_into_code(folder: Path) -> None:
    def retype(cells: list[Any]) -> None:
        for cell in cells:
            if cell["metadata"].get("nbgrader", {}).get("task"):
                cell.update(cell_type="code", outputs=[], execution_count=None)

    _cells(folder, retype)


def cell_turned_raw(folder: Path) -> None:
    _cells(folder, lambda cells: cells[0].update(cell_type="raw"))


def cells_emptied(folder: Path) -> None:
    def empty(cells: list[Any]) -> None:
        for cell in cells:
            cell["source"] = ""

    _cells(folder, empty)


# --- metadata -----------------------------------------------------------------------------------------------------


def _metadata(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    def each(cells: list[Any]) -> None:
        for cell in _graded(cells):
            change(cell["metadata"]["nbgrader"])

    _cells(folder, each)


def grade_false(folder: Path) -> None:
    _metadata(folder, lambda marked: marked.update(grade=False))


def more_points_than_there_are(folder: Path) -> None:
    _metadata(folder, lambda marked: marked.update(points=1e6))


def points_that_are_no_number(folder: Path) -> None:
    _metadata(folder, lambda marked: marked.update(points="many"))


def grade_ids_exchanged(folder: Path) -> None:
    def exchange(cells: list[Any]) -> None:
        first, second = (cell["metadata"]["nbgrader"] for cell in _graded(cells)[:2])
        first["grade_id"], second["grade_id"] = second["grade_id"], first["grade_id"]

    _cells(folder, exchange)


def grade_ids_lost(folder: Path) -> None:
    _metadata(folder, lambda marked: marked.pop("grade_id") and None)


def marked_as_solutions(folder: Path) -> None:
    _metadata(folder, lambda marked: marked.update(solution=True, locked=False))


def schema_of_another_time(folder: Path) -> None:
    _metadata(folder, lambda marked: marked.update(schema_version=1))


def schema_of_the_future(folder: Path) -> None:
    _metadata(folder, lambda marked: marked.update(schema_version=99))


def metadata_gone(folder: Path) -> None:
    def strip(cells: list[Any]) -> None:
        for cell in cells:
            cell["metadata"] = {}

    _cells(folder, strip)


def grade_cell_of_another_course(folder: Path) -> None:
    def add(cells: list[Any]) -> None:
        foreign = copy.deepcopy(_graded(cells)[0])
        foreign["metadata"]["nbgrader"].update(grade_id="lesson-nine", points=50)
        foreign["source"] = "50"
        cells.append(foreign)

    _cells(folder, add)


# --- the file -----------------------------------------------------------------------------------------------------


def notebook_missing(folder: Path) -> None:
    _notebook(folder).unlink()


def notebook_renamed(folder: Path) -> None:
    _notebook(folder).rename(folder / f"{MODULE} (1).ipynb")


def notebook_a_second_time(folder: Path) -> None:
    (folder / f"{MODULE}-Copy1.ipynb").write_bytes(_notebook(folder).read_bytes())


def notebook_in_a_folder(folder: Path) -> None:
    (folder / MODULE).mkdir()
    _notebook(folder).rename(folder / MODULE / f"{MODULE}.ipynb")


def notebook_is_a_folder(folder: Path) -> None:
    _notebook(folder).unlink()
    _notebook(folder).mkdir()


def notebook_empty(folder: Path) -> None:
    _notebook(folder).write_bytes(b"")


def notebook_cut_short(folder: Path) -> None:
    data = _notebook(folder).read_bytes()
    _notebook(folder).write_bytes(data[: len(data) // 2])


def notebook_without_json(folder: Path) -> None:
    _notebook(folder).write_text("My answers are in the other file.", encoding="utf-8")


def notebook_that_is_a_list(folder: Path) -> None:
    _write(folder, [1, 2, 3])


def notebook_without_cells(folder: Path) -> None:
    _write(folder, {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []})


def notebook_nested_too_deep(folder: Path) -> None:
    _notebook(folder).write_text("[" * 100_000, encoding="utf-8")


def notebook_of_50_megabytes(folder: Path) -> None:
    with _notebook(folder).open("r+b") as file:
        file.truncate(50_000_000)


def notebook_with_a_conflict_of_versions(folder: Path) -> None:
    text = _notebook(folder).read_text(encoding="utf-8")
    _notebook(folder).write_text(f"<<<<<<< HEAD\n{text}=======\n{text}>>>>>>> other\n", encoding="utf-8")


def other_kernel(folder: Path) -> None:
    notebook = json.loads(_notebook(folder).read_text(encoding="utf-8"))
    notebook["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    _write(folder, notebook)


def no_kernel(folder: Path) -> None:
    notebook = json.loads(_notebook(folder).read_text(encoding="utf-8"))
    notebook["metadata"] = {}
    _write(folder, notebook)


def old_format(folder: Path) -> None:
    notebook = json.loads(_notebook(folder).read_text(encoding="utf-8"))
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}}
    _write(folder, {**old, "worksheets": [{"cells": notebook["cells"], "metadata": {}}]})


def format_of_the_future(folder: Path) -> None:
    notebook = json.loads(_notebook(folder).read_text(encoding="utf-8"))
    _write(folder, {**notebook, "nbformat": 9})


def windows_line_ends(folder: Path) -> None:
    for name in (f"{MODULE}.ipynb", JOURNAL, "timestamp.txt"):
        text = (folder / name).read_bytes()
        (folder / name).write_bytes(text.replace(b"\n", b"\r\n"))


def byte_order_mark(folder: Path) -> None:
    for name in (f"{MODULE}.ipynb", JOURNAL):
        (folder / name).write_bytes(b"\xef\xbb\xbf" + (folder / name).read_bytes())


def notebook_in_utf_16(folder: Path) -> None:
    _notebook(folder).write_text(_notebook(folder).read_text(encoding="utf-8"), encoding="utf-16")


def notebook_in_an_old_arabic_encoding(folder: Path) -> None:
    _notebook(folder).write_bytes("إجابات".encode("cp1256"))


def activities_replaced(folder: Path) -> None:
    (folder / "activities.json").write_text('{"activities": {}}', encoding="utf-8")


def activities_missing(folder: Path) -> None:
    (folder / "activities.json").unlink()


def journal_line_cut_by_a_power_loss(folder: Path) -> None:
    with (folder / JOURNAL).open("ab") as file:
        file.write(b'{"id": "0123456789ab", "activi')


def journal_with_lines_that_are_none(folder: Path) -> None:
    with (folder / JOURNAL).open("ab") as file:
        file.write(b"\x00\xff\n[]\n" + b"[" * 50_000 + b"\nnull\n")


# Graded from the journal, all to the same points as an undamaged submission.
SAME = [
    function
    for name, function in list(globals().items())
    if callable(function) and not name.startswith("_") and function.__module__ == __name__ and name != "annotations"
]


# --- the journal itself: what cannot be read is not graded as if it were nothing, a person is told ------------------


def journal_missing(folder: Path) -> None:
    (folder / JOURNAL).unlink()


def journal_empty(folder: Path) -> None:
    (folder / JOURNAL).write_bytes(b"")


def journal_in_utf_16(folder: Path) -> None:
    (folder / JOURNAL).write_text((folder / JOURNAL).read_text(encoding="utf-8"), encoding="utf-16")


def journal_is_a_folder(folder: Path) -> None:
    (folder / JOURNAL).unlink()
    (folder / JOURNAL).mkdir()


def journal_too_large(folder: Path) -> None:
    with (folder / JOURNAL).open("r+b") as file:
        file.truncate(21_000_000)


# What the trainer reads about each.
TOLD = {
    journal_missing: "without any answer",
    journal_empty: "without any answer",
    journal_in_utf_16: "lines of the journal are damaged",
    journal_is_a_folder: r"responses\.jsonl",
    journal_too_large: r"responses\.jsonl",
}
