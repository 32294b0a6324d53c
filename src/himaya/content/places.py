"""Where the two files that belong to no activity stand: module.yaml and module.md."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from himaya.content.load import Problem

if TYPE_CHECKING:
    from himaya.content.load import Document, LoadedModule


def module_document(loaded: LoadedModule) -> Document:
    """Return the document of module.yaml."""
    return next(doc for name, doc in loaded.documents.items() if PurePosixPath(name).name == "module.yaml")


def module_problem(loaded: LoadedModule, text: str, *path: str | int) -> Problem:
    """Return a problem at `path` in module.yaml."""
    document = module_document(loaded)
    return Problem(document.file, document.line(*path), text)


def prose_file(loaded: LoadedModule) -> str:
    """Return module.md as problems show it."""
    return str(PurePosixPath(module_document(loaded).file).with_name("module.md"))
