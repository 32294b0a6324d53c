"""Each lab as a notebook of its own on a trainee's desk, and what a person does in it."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from himaya.content.load import load_module
from himaya.publish.assignment import write_assignment
from himaya.translation.translated import translated
from tests.browser.user_actions import wait_true
from tests.shipped import activities_of
from tests.waiting import wait_for

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page, Request

    from tests.browser.conftest import Server

ROOT = Path(__file__).parents[2]
LABS = {lab.id: lab.module for lab in activities_of("lab")}
"""The module of each lab."""
VIEWS = {"lab": "lab/workspaces/{0}/tree", "notebook": "notebooks", "app": "voila/render"}
_AT = "key => document.activeElement?.closest('.himaya-lab .himaya-key-' + key) !== null"
_SETTLED = (
    "() => [...document.querySelectorAll('.himaya-lab section.himaya-frame')].every(one => one.himaya?.settled())"
)


@dataclass
class LabDesk:
    """Puts labs on desks of a running platform.

    Attributes:
        server: The platform.
        made: Where the assignments are built, each once.
    """

    server: Server
    made: Path
    _built: dict[tuple[str, str], Path] = field(default_factory=dict)

    def folder(self, lab: str, trainee: str, language: str = "en") -> Path:
        """Return the trainee's folder of the lab's module; made when first asked for."""
        folder = self.server.home / "desk" / self.server.path_of(trainee) / LABS[lab]
        if not folder.exists():
            shutil.copytree(self._assignment(lab, language), folder)
            self.server.allow(folder)
        return folder

    def _assignment(self, lab: str, language: str) -> Path:
        if (lab, language) not in self._built:
            module = translated(load_module(ROOT / "modules" / LABS[lab]), language)
            folder = write_assignment(module, self.made / f"{lab}-{language}", "core-protection")
            path = folder / f"{LABS[lab]}.ipynb"
            notebook = nbformat.read(path, 4)
            for cell in notebook.cells:
                cell.source = cell.source.split("### BEGIN HIDDEN TESTS")[0].rstrip()
            wanted = ("from himaya_widgets", f'show("{lab}")')
            notebook.cells = [cell for cell in notebook.cells if cell.source.startswith(wanted)]
            nbformat.write(notebook, path)
            _without_steps(folder / "activities.json")
            self._built[lab, language] = folder
        return self._built[lab, language]

    def open(self, context: BrowserContext, lab: str, trainee: str, door: str = "app", language: str = "en") -> Page:
        """Open the lab of a trainee in a new page, through a door, and wait until it is drawn."""
        module = LABS[lab]
        self.folder(lab, trainee, language)
        page = context.new_page()
        page.goto(
            self.server.address(f"{VIEWS[door].format(trainee)}/{self.server.path_of(trainee)}/{module}/{module}.ipynb")
        )
        drawn(page)
        return page

    def events(self, lab: str, trainee: str) -> list[dict[str, Any]]:
        """Return the rows of the journal on the disk."""
        path = self.folder(lab, trainee) / "responses.jsonl"
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []

    def decided(self, lab: str, trainee: str) -> list[dict[str, Any]]:
        """Return the decisions that are written down."""
        return [event["value"] for event in self.events(lab, trainee) if event["type"] == "decide"]


def _without_steps(path: Path) -> None:
    """Let the app show what the notebook holds, as it shows a module that was released without steps."""
    content = json.loads(path.read_text(encoding="utf-8"))
    del content["steps"]
    path.write_text(json.dumps(content), encoding="utf-8")


def drawn(page: Page) -> None:
    """Wait until a lab is there."""
    wait_for(page.locator(".himaya-lab[data-ready]").first)


def settled(page: Page) -> None:
    """Wait until all that was done has arrived, and what follows from it is drawn."""
    wait_true(page, _SETTLED)


def part(page: Page, key: str) -> Locator:
    """Return what has this key in the lab."""
    return page.locator(f".himaya-lab .himaya-key-{key}")


def tab_to(page: Page, key: str) -> None:
    """Press Tab until the control of that key has the focus."""
    for _ in range(150):
        if page.evaluate(_AT, key):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not reach '{key}'")


def press(page: Page, key: str, with_key: str = "Enter") -> None:
    """Go there with Tab and press a key."""
    tab_to(page, key)
    page.keyboard.press(with_key)


def at(page: Page, key: str) -> None:
    """Wait until the focus is there."""
    wait_true(page, _AT, key)


def _leaves(asked: Request) -> bool:
    return asked.resource_type == "ping" and "/voila/api/shutdown/" in asked.url


def failures(context: BrowserContext) -> list[str]:
    """Return a list that fills with every request that fails, and every error of a page and its console."""
    found: list[str] = []
    context.on(
        "response", lambda answer: found.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None
    )
    # Voila's beacon as a page is left: nothing waits for its answer, and the browser may drop it.
    context.on("requestfailed", lambda asked: None if _leaves(asked) else found.append(f"failed {asked.url}"))
    context.on("weberror", lambda error: found.append(str(error.error)))
    context.on("console", lambda said: found.append(said.text) if said.type == "error" else None)
    return found
