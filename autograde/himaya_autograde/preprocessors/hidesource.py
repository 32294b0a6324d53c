"""Feedback shows answers, not code: empty the source of our cells, so that no hidden test is ever printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor

if TYPE_CHECKING:
    from nbformat import NotebookNode


class HideSource(NbGraderPreprocessor):
    """Remove the code, and the bare answer where the feedback below it says more, from a graded notebook."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], _index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Empty one code cell; keep only the last piece of HTML that a grade cell displayed."""
        if cell.cell_type == "code" and (utils.is_locked(cell) or utils.is_grade(cell)):
            cell.source = ""
            shown = [output for output in cell.outputs if "text/html" in output.get("data", {})]
            cell.outputs = shown[-1:]
        return cell, resources
