"""The edition of a built module: its version and a hash of everything that can change a mark, and of nothing else."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from himaya.publish.canonical import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping


def edition_of(notebook: Mapping[str, Any], activities: Mapping[str, Any]) -> str:
    """Return the name of an edition, such as `3-0f1e2d3c4b5a`.

    Prose is no part of it: a mended sentence between two questions needs no new edition.

    Args:
        notebook: The source notebook as JSON data, with the keys in its hidden tests.
        activities: The whole of `activities.json`.
    """
    marked = []
    for cell in notebook["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        if about.get("grade") or about.get("solution") or about.get("task"):  # others are locked prose
            source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
            marked.append([about.get("grade_id"), about.get("points"), source])
    shown = {name: _without_shield(activity) for name, activity in activities["activities"].items()}
    digest = hashlib.sha256(canonical([shown, marked]).encode()).hexdigest()
    return f"{activities['module']['version']}-{digest[:12]}"


def _without_shield(activity: Mapping[str, Any]) -> dict[str, Any]:
    """Return an activity without the word that it is important for safety: the key in the notebook holds that."""
    return {name: value for name, value in activity.items() if (name, value) != ("safety_critical", True)}
