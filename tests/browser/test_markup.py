"""Nothing that a trainee can write is ever markup: not for a trainer in formgrader, not for anybody in the feedback."""

from __future__ import annotations

import json
import secrets
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from himaya.activities.fold import start, step
from himaya.content.forms import without_forms
from himaya.content.load import load_module
from himaya.publish.assignment import compile_module
from himaya_autograde.course import CourseDirectory
from tests.browser.conftest import MODULE, ROOT, Server, _watched
from tests.browser.user_actions import wait_true
from tests.waiting import wait_for, wait_for_load, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Dialog, Page

_TRAINEE = "hostile-markup"
_FILE = "<img src=x onerror=ran('file')>.txt"
_WRITTEN = "what a person wrote"  # stands in every text, so that it shows whether a page tells it at all


def _hostile(place: str) -> str:
    """Return a text that calls `ran(place)` however it is taken for markup: HTML, Markdown, a formula, a template."""
    call = f"ran('{place}')"
    return (
        f'{_WRITTEN} <img src=x onerror="{call}"><script>{call}</script><svg onload="{call}"></svg>'
        f'<iframe srcdoc="<script>parent.{call}</script>"></iframe><details open ontoggle="{call}"></details>'
        f"</textarea></script></style></title><script>{call}</script>"
        f'"onmouseover="{call}" autofocus onfocus="{call}" '
        f'[here](javascript:{call}) ![x](x"onerror="{call}) $$\\href{{javascript:{call}}}{{x}}$$'
        f' {{{{ cycler.__init__.__globals__ }}}} {{% raw %}} ${{{call}}} <a href="javascript:{call}" id=here>here</a>'
    )


def _journal() -> str:
    """Return the journal of somebody who writes markup wherever they may, and where they may not."""
    activities = compile_module(without_forms(load_module(ROOT / "modules" / MODULE)))
    events: list[dict[str, Any]] = []
    for name, activity in activities.items():
        state = start(activity)
        wanted = [{"type": "begin", "content": _hostile("content")}]
        if activity["kind"] in ("scenario", "interview", "casefile"):
            wanted += [{"type": "skip"}, {"type": "answer", "value": _hostile(name)}]
        elif activity["kind"] in ("text", "number"):
            wanted += [{"type": "answer", "value": _hostile(name)}, {"type": "check"}]
        else:
            wanted += [{"type": "answer", "value": [_hostile(name)]}]
        for fields in wanted:
            event = {"activity": name, "turn": state["turn"], **fields}
            events.append(event)
            state = step(activity, state, event)
    events.append({"activity": _hostile("activity"), "type": _hostile("type"), "at": _hostile("at"), "choice": "x"})
    fixed = {"time": _hostile("time"), "seq": 0}
    return "".join(json.dumps({"id": secrets.token_hex(8), **fixed, **event}) + "\n" for event in events)


def _hostile_notebook(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = _hostile("notebook")
        if cell["cell_type"] == "code":
            html = {"output_type": "display_data", "metadata": {}, "data": {"text/html": _hostile("output")}}
            cell["outputs"] = [html]
    notebook["metadata"]["title"] = _hostile("title")
    path.write_text(json.dumps(notebook), encoding="utf-8")


@pytest.fixture(scope="module")
def hostile(server: Server) -> Iterator[CourseDirectory]:
    """The course after a hostile hand-in was collected, graded, marked and given feedback; as before afterwards."""
    course = CourseDirectory(server.course, server.home / "exchange")
    inbound = course.exchange / course.course.id / "inbound"
    stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
    folder = inbound / f"{_TRAINEE}+{MODULE}+{stamp}+{secrets.token_urlsafe(9)}"
    shutil.copytree(course.exchange / course.course.id / "outbound" / MODULE, folder)
    (folder / "timestamp.txt").write_text(stamp, encoding="utf-8")
    (folder / "submission_secret.txt").write_text(secrets.token_hex(64), encoding="utf-8")
    (folder / "responses.jsonl").write_text(_journal(), encoding="utf-8")
    (folder / _FILE).write_text(_hostile("file"), encoding="utf-8")
    _hostile_notebook(folder / f"{MODULE}.ipynb")
    nameless = inbound / f"<img src=x onerror=ran(1)>+{MODULE}+{stamp}+x"
    nameless.mkdir()
    assert list(course.collect(MODULE).problems) == [f"{MODULE}/{nameless.name[:80]}"]
    assert f"{MODULE}/{_TRAINEE}" in course.grade(MODULE, trainee=_TRAINEE).good
    names = {"first_name": _hostile("first"), "last_name": _hostile("last"), "email": _hostile("email")}
    with course.api.gradebook as gradebook:
        gradebook.update_or_create_student(_TRAINEE, **names)
        notebook = gradebook.find_submission_notebook(MODULE, MODULE, _TRAINEE)
        for comment in notebook.comments:
            comment.manual_comment = _hostile("comment")
        gradebook.db.commit()
    course.api.generate_feedback(MODULE, _TRAINEE, force=True)
    yield course
    with course.api.gradebook as gradebook:
        gradebook.remove_student(_TRAINEE)
    for step_folder in ("submitted", "autograded", "feedback"):
        shutil.rmtree(course.path / step_folder / _TRAINEE)
    shutil.rmtree(folder)
    nameless.rmdir()


@pytest.fixture(scope="module")
def watched(server: Server, chromium: Browser) -> Iterator[tuple[BrowserContext, list[str]]]:
    """A browser for all pages of this file, and what ran in it."""
    ran: list[str] = []
    with _watched(chromium) as context:
        context.expose_binding("ran", lambda _, place: ran.append(place))

        def dismiss(dialog: Dialog) -> None:
            ran.append(dialog.message)
            dialog.dismiss()

        context.on("dialog", dismiss)
        context.new_page().goto(
            server.address("himaya")
        )  # logs in: formgrader's own pages ask their API without a token
        yield context, ran


def _submission(course: CourseDirectory) -> str:
    with course.api.gradebook as gradebook:
        return str(gradebook.find_submission_notebook(MODULE, MODULE, _TRAINEE).id)


_PAGES = {
    "manage_assignments": False,
    f"manage_submissions/{MODULE}": True,
    "gradebook": False,
    f"gradebook/{MODULE}": False,
    f"gradebook/{MODULE}/{MODULE}": True,
    "manage_students": True,
    f"manage_students/{_TRAINEE}": False,
    f"manage_students/{_TRAINEE}/{MODULE}": False,
    "submissions": True,
}


def _nothing_ran(page: Page, ran: list[str]) -> None:
    """Point at, focus and press what may react, and see that nothing did and that no such element was made."""
    wait_for_load(page, "networkidle")
    for link in page.get_by_text(_WRITTEN).all()[:5]:
        if link.is_visible():
            link.hover()
    assert (
        page.locator("a[href^='javascript:ran'], img[src=x], svg[onload], iframe[srcdoc], details[ontoggle]").count()
        == 0
    )
    assert page.locator("a#here").count() == 0
    assert ran == []


def test_markup_samples_do_run_unescaped(
    watched: tuple[BrowserContext, list[str]],
) -> None:
    context, ran = watched
    page = context.new_page()
    page.set_content(_hostile("itself"))
    wait_true(page, "document.querySelectorAll('svg[onload], img[src=x]').length > 1")
    wait_until(lambda: page.evaluate("true") and len(ran) >= 3, "three scripts ran")
    ran.clear()
    page.close()


@pytest.mark.proof
@pytest.mark.parametrize("path", _PAGES, ids=lambda path: path.replace(MODULE, "module"))
def test_trainee_text_never_runs_in_formgrader(
    server: Server, hostile: CourseDirectory, watched: tuple[BrowserContext, list[str]], path: str
) -> None:
    context, ran = watched
    page = context.new_page()
    where = f"submissions/{_submission(hostile)}/" if path == "submissions" else path
    page.goto(server.address(f"formgrader/{where}"))
    wait_for_load(page, "networkidle")
    if _PAGES[path]:
        wait_for(page.locator(f"body:has-text('{_WRITTEN}')"))
    _nothing_ran(page, ran)
    page.close()


def test_trainee_text_never_runs_in_feedback(
    hostile: CourseDirectory, watched: tuple[BrowserContext, list[str]]
) -> None:
    context, ran = watched
    page = context.new_page()
    page.goto((hostile.path / "feedback" / _TRAINEE / MODULE / f"{MODULE}.html").as_uri())
    text = page.inner_text("body")
    assert text.count(_WRITTEN) >= 5
    assert "<script>ran(" in text, "it is told as it was written"
    _nothing_ran(page, ran)
    page.close()


def test_trainee_text_never_runs_in_opened_files(
    server: Server, hostile: CourseDirectory, watched: tuple[BrowserContext, list[str]]
) -> None:
    context, ran = watched
    page = context.new_page()
    folder = hostile.path.relative_to(server.home / "desk")
    for name in (f"feedback/{_TRAINEE}/{MODULE}/{MODULE}.html", f"submitted/{_TRAINEE}/{MODULE}/{_FILE}"):
        page.goto(server.address(f"files/{folder}/{quote(name)}"))
        _nothing_ran(page, ran)
    page.close()


@pytest.mark.proof
def test_markup_in_refused_name_is_text(
    server: Server, hostile: CourseDirectory, watched: tuple[BrowserContext, list[str]]
) -> None:
    assert hostile
    context, ran = watched
    page = context.new_page()
    page.goto(server.address("himaya/trainer"))
    page.get_by_role("button", name="Collect").click()
    wait_for(page.get_by_text("<img src=x onerror=ran(1)>"))
    _nothing_ran(page, ran)
    page.goto(server.address("formgrader/manage_assignments"))
    page.locator("tr").filter(has=page.get_by_text(MODULE, exact=True)).locator(".collect a").click()
    wait_for(page.get_by_text("<img src=x onerror=ran(1)>"))
    _nothing_ran(page, ran)
    page.close()
