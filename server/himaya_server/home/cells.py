"""What of a notebook the app may run: the cells that the build writes, in our own kernel, and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

KERNEL = "himaya"  # starts without the notebook's folder on the import path
# The same forms stand in the notebook extension (labextensions/himaya/static/remoteEntry.js).
_OURS = re.compile(r'from himaya_widgets import show, submit|show\("[a-z][a-z0-9-]*"\)|submit\(\)')


def only_ours(_request: Any, notebook: NotebookNode, cwd: str) -> NotebookNode:  # noqa: ANN401, ARG001 - Voilà's hook
    """Drop every code cell that somebody else put into a notebook, and hold it to our kernel; prose stays."""
    notebook.cells = [
        cell for cell in notebook.cells if cell.cell_type != "code" or _OURS.fullmatch(cell.source.strip())
    ]
    notebook.metadata["kernelspec"] = {"name": KERNEL, "display_name": "Himaya", "language": "python"}
    return notebook
