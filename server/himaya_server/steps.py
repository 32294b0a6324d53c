"""What the templates of apps draw a module from, step by step."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from himaya.languages.facts import direction, for_scripts, known
from himaya.languages.interface import for_page, interface
from himaya.languages.isolates import without_isolates

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from himaya.publish.folder import ModuleFolder

_SHOWS = re.compile(r'show\("([^"]+)"\)')


def steps_of(opened: ModuleFolder, asked: str | None = None) -> dict[str, Any] | None:
    """Return the steps of a module in the language that was asked for if the module has it, with all that a page says
    of them; nothing for a module that was built without steps.
    """
    content = opened.in_language(asked) or opened.content
    if "steps" not in content:
        return None
    language, digits = known(content.get("language")), content.get("digits")
    data = {
        "owner": opened.owner if opened.keeps else f"practice-{opened.owner}",
        "language": language,
        "digits": digits,
        "facts": for_scripts(),
        "lessons": content["steps"]["lessons"],
        "draft_lessons": content["draft_lessons"],
        "asked": [name for name, each in content["activities"].items() if each["mode"] != "pretest"],
    }
    return {
        "main": content["steps"]["main"],
        "language": language,
        "direction": direction(language),
        "say": {key: without_isolates(text) for key, text in interface(language).items()},
        "strings": for_page(language, digits),
        "data": data,
    }


def name_cells(notebook: NotebookNode) -> NotebookNode:
    """Note in the metadata of each cell what it `shows`: the id of an activity, `submit`, or nothing."""
    for cell in notebook.cells:
        found = _SHOWS.match(cell.source)
        cell.metadata["shows"] = found[1] if found else "submit" if cell.source.strip() == "submit()" else ""
    return notebook
