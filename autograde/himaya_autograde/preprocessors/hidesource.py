"""Feedback shows answers, not code and not the lesson again; no hidden test is ever printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nbgrader import utils
from nbgrader.preprocessors import NbGraderPreprocessor

if TYPE_CHECKING:
    from nbformat import NotebookNode


class HideSource(NbGraderPreprocessor):
    """Keep what was answered and marked; of each code cell only the last piece of HTML that it displayed."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Empty the code cells and drop every cell that then says nothing about the trainee's work."""
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.source = ""
                cell.outputs = [out for out in cell.outputs if "text/html" in out.get("data", {})][-1:]
        nb.cells = [cell for cell in nb.cells if cell.get("outputs") or utils.is_task(cell) or utils.is_grade(cell)]
        return nb, resources
