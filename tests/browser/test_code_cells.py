"""An answer in code is on the disk soon after it is typed, and nothing is handed in before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest

from himaya.languages.interface import sentence
from tests.browser.conftest import MODULE
from tests.browser.user_actions import wait_drawn

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Route

    from tests.browser.conftest import Server

_TYPED = "smallest = 2  # typed just now"


@pytest.mark.release
def test_typed_code_is_saved_before_handin(server: Server, context: BrowserContext) -> None:
    path = server.new_trainee("coder") / f"{MODULE}.ipynb"
    notebook = nbformat.read(path, 4)
    answer = nbformat.v4.new_code_cell("# YOUR CODE HERE")
    marked = {"grade": False, "grade_id": "item-answer", "locked": False, "schema_version": 3, "solution": True}
    answer.metadata["nbgrader"] = {**marked, "task": False}
    notebook.cells.insert(-1, answer)
    nbformat.write(notebook, path)
    page = context.new_page()
    page.goto(server.door("notebook", "coder"))
    wait_drawn(page)
    editor = page.locator(".cm-content", has_text="YOUR CODE HERE")
    held: list[Route] = []
    released = False

    def save(route: Route) -> None:
        if released or route.request.method == "GET":
            route.continue_()
        else:
            held.append(route)

    page.route("**/api/contents/**", save)
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(f"\n{_TYPED}")
    page.locator("section.himaya-handin button.himaya-main").evaluate("button => button.click()")
    assert sentence("submit-wait") in page.inner_text("section.himaya-handin"), "nothing is saved yet"
    released = True
    for route in held:
        route.continue_()
    page.wait_for_selector(".himaya-notebook:not(.himaya-unsaved)")
    assert _TYPED in path.read_text(encoding="utf-8")
    page.close()
