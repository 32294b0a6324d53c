"""An answer in code is on the disk soon after it is typed, and nothing is handed in before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest

from himaya.languages.interface import sentence
from tests.browser.conftest import MODULE
from tests.browser.user_actions import until, wait_drawn
from tests.waiting import wait_for

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Route

    from tests.browser.conftest import Server

_TYPED = "smallest = 2  # typed just now"


@pytest.mark.proof
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
    let_go = False

    def save(route: Route) -> None:
        if let_go or route.request.method == "GET":
            route.continue_()
        else:
            held.append(route)

    page.route("**/api/contents/**", save)
    editor.click()
    page.keyboard.press("Control+s")
    until(lambda: page.title() and held, "a save before anything is typed")
    page.keyboard.press("Control+End")
    page.keyboard.type(f"\n{_TYPED}")
    until(lambda: page.title() and any(map(_holds_answer, held)), "the save of what was typed")
    newest = next(filter(_holds_answer, held))
    older_saves = [route for route in held if route is not newest]
    for route in older_saves:
        with page.expect_response(lambda response: response.request.method != "GET") as older:
            route.continue_()
        older.value.finished()
    handin = page.locator("section.himaya-handin")
    handin.locator("button.himaya-main").evaluate("button => button.click()")
    assert sentence("submit-wait") in handin.inner_text(), "only an older save has ended"
    let_go = True
    for route in held:  # on a slow machine JupyterLab has begun another save by now
        if route not in older_saves:
            route.continue_()
    wait_for(page.locator(".himaya-notebook:not(.himaya-unsaved)").first)
    assert _TYPED in path.read_text(encoding="utf-8")
    page.close()


def _holds_answer(save: Route) -> bool:
    return _TYPED in (save.request.post_data or "")
