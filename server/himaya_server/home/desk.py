"""What Jupyter's own routes open: never what was handed in, and of a course only what its roles may see."""

from __future__ import annotations

import os
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import AuthenticatedFileHandler
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from nbgrader.server_extensions.validate_assignment.handlers import ValidateAssignmentHandler
from tornado import web  # type: ignore[attr-defined]

from himaya.answers.journal import FILE_NAME
from himaya.publish.folder import RECEIPTS, SPOKEN
from himaya_server.home.roles import HimayaHome
from himaya_server.ports import choose_kernel_ports

_OURS = ("activities.json", "activities.*.json", FILE_NAME, RECEIPTS, SPOKEN)
_OPEN = ("source", "release", "exports")
"""Folders of a course that a trainer may look into here. What was handed in, and pages made of it, lie in others."""


def is_open(home: HimayaHome, root: str | Path, path: str | Path) -> bool:
    """Return whether this server's user may open `path` by an address of Jupyter's own.

    Links are followed, so that none leads from an open folder to a closed one.
    """
    found = Path(os.path.realpath(path))
    course = next((each for each in _courses(home, root) if found.is_relative_to(each)), None)
    if course is None:
        return True
    if "trainer" not in home.roles:
        return False
    inside = found.relative_to(course).parts
    return not inside or inside[0] in _OPEN or (len(inside) == 1 and not found.is_dir())


def _courses(home: HimayaHome, root: str | Path) -> set[str]:
    """Return every course directory: those of the configuration, and those beside them that are not shown today."""
    shown = [Path(root, each["directory"]) for each in home.courses]
    beside = [found.parent for place in {each.parent for each in shown} for found in place.glob("*/course.yaml")]
    return {os.path.realpath(each) for each in [*shown, *beside]}


class DeskContents(AsyncLargeFileManager):
    """The files of a desk for JupyterLab, Notebook 7, nbconvert and everything else that asks for contents.

    What lies beside a module for the platform alone is opened as before, and listed nowhere.
    """

    def should_list(self, name: str) -> bool:
        """Return whether a list of files shows it."""
        return super().should_list(name) and not any(fnmatch(name, kept) for kept in _OURS)

    def _get_os_path(self, path: str) -> str:
        found: str = super()._get_os_path(path)
        if not is_open(self._home, self.root_dir, found):
            raise web.HTTPError(404, "This is not opened here.")
        return found

    @cached_property
    def _home(self) -> HimayaHome:
        return HimayaHome(config=self.config)

    def _files_handler_class_default(self) -> type[DeskFiles]:
        return DeskFiles


class DeskFiles(AuthenticatedFileHandler):
    """The same files as they are; none of them runs anything."""

    @property
    def content_security_policy(self) -> str:
        """Let nothing in a page or a drawing run, not even in an origin of its own."""
        return "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"

    def validate_absolute_path(self, root: str, absolute_path: str) -> str:
        """Return the path of a file that may be opened."""
        found: str = super().validate_absolute_path(root, absolute_path)
        if not is_open(HimayaHome(config=self.config), root, found):
            raise web.HTTPError(404)
        return found


class DeskKernels(AsyncMappingKernelManager):
    """Kernels of the kinds that the configuration allows; Jupyter Server only hides the others from its list."""

    def __init__(self, **given: Any) -> None:
        """Have ports ready for them."""
        choose_kernel_ports()
        super().__init__(**given)

    async def start_kernel(self, *, kernel_name: str | None = None, **given: Any) -> str:
        """Start a kernel and return its id."""
        allowed = self.kernel_spec_manager.allowed_kernelspecs
        if allowed and (kernel_name or self.default_kernel_name) not in allowed:
            raise web.HTTPError(403, f"This kernel is not allowed here. Allowed: {', '.join(sorted(allowed))}.")
        return str(await super().start_kernel(kernel_name=kernel_name, **given))


class DeskValidation(ValidateAssignmentHandler):
    """nbgrader's Validate button, which runs a notebook: not one that was handed in."""

    def validate_notebook(self, path: str) -> Any:
        """Run a notebook and return what its tests said."""
        if not is_open(HimayaHome(config=self.config), self.root_dir, Path(self.root_dir, path)):
            raise web.HTTPError(404)
        return super().validate_notebook(path)
