"""The same answers by a page, an app and a notebook earn the same, whoever grades: stock nbgrader, ours, the batch."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from himaya.content.forms import without_forms
from himaya.content.load import load_module
from himaya.publish.assignment import compile_module
from tests.autograde.cohorts import Rows, rows
from tests.browser.activity_stages import answer, push
from tests.browser.conftest import MODULE, ROOT, Server
from tests.browser.offline_pages import at_the_answers, go_to, ready, served, view, write
from tests.browser.user_actions import activity, until, wait_drawn, wait_saved

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.extended  # three kinds of pages and three graders
DOORS = ("page", "app", "notebook")
_STAMP = "2026-01-11 08:00:00.000000 UTC"
_STOCK = """
c = get_config()
c.CourseDirectory.course_id = "core-protection"
c.OverwriteCells.add_missing_cells = True
"""
_GRADERS = {
    "stock nbgrader": (_STOCK, "nbgrader"),
    "nbgrader with our parts": (None, "nbgrader"),
    "himaya grade": (None, "himaya"),
}


def _one_of_each_kind() -> list[tuple[dict[str, Any], bool]]:
    """Return one activity of every kind, graded and for practice, and whether it is answered right."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for whole in compile_module(without_forms(load_module(ROOT / "modules" / MODULE))).values():
        if whole["mode"] in ("graded", "practice") and whole["kind"] != "lab":  # a lab is no part of a page
            found.setdefault((whole["kind"], whole["mode"], whole.get("select", "")), whole)
    return [(whole, number % 3 != 1) for number, whole in enumerate(found.values())]


def _answer_all(page: Page) -> None:
    for whole, right in _one_of_each_kind():
        here = activity(page, whole["id"])
        if page.locator("html[data-steps]").count():
            go_to(page, whole["id"])
        here.scroll_into_view_if_needed()
        if whole["kind"] == "scenario":
            _play(page, whole["id"])
        elif whole["kind"] == "interview":
            _talk(page, whole)
        elif whole["kind"] == "casefile":
            _fill_in(page, whole)
        else:
            answer(page, here, whole, right=right)
            if whole["mode"] == "practice":
                push(page, here, "check")


def _talk(page: Page, whole: Any) -> None:
    """Hold the conversation that the interview shows as an example."""
    here = activity(page, whole["id"])
    if here.locator('[data-key="start"]').count():
        push(page, here, "start")
    for move in whole["example"]:
        here.locator(f'[data-key="say-{move}"]').evaluate("button => button.click()")


def _fill_in(page: Page, whole: Any) -> None:
    """Fill in each paper of a case file with its first line that is best, and put it into the file."""
    here = activity(page, whole["id"])
    if here.locator('[data-key="start"]').count():
        push(page, here, "start")
    for paper in whole["papers"]:
        for line in paper["rows"]:
            best = next(option["id"] for option in line["options"] if option["quality"] == "best")
            here.locator(f'[data-key="pick-{line["id"]}.{best}"]').evaluate("input => input.click()")
        push(page, here, "check")
        push(page, here, "continue")


def _play(page: Page, name: str) -> None:
    """Play a scenario to its end; which choice is taken depends on the ids alone, for each door mixes them its way."""
    here = activity(page, name)
    if here.locator('[data-key="start"]').count():
        push(page, here, "start")
    for number in range(20):
        shown = sorted(str(box.get_attribute("value")) for box in here.locator("input").all())
        here.locator(f'input[value="{shown[number % len(shown)]}"]').focus()
        page.keyboard.press("Space")
        push(page, here, "choose")
        push(page, here, "continue")
        if here.locator('[data-key="choose"]').count() == 0:
            return


def _by_page(context: BrowserContext, folder: Path) -> bytes:
    write(load_module(ROOT / "modules" / MODULE), folder)
    with served(folder) as site:
        page = ready(context.new_page(), f"{site.address}{MODULE}.html")
        _answer_all(page)
        for whole, _right in _one_of_each_kind():
            section = activity(page, whole["id"])
            until(lambda section=section: view(section)["finished"], whole["id"])
        with at_the_answers(page), page.expect_download() as download:
            page.locator('[data-key="save"]').click()
        data = Path(download.value.path()).read_bytes()
        page.close()
    return data


def _by_server(context: BrowserContext, server: Server, door: str) -> Path:
    folder = server.new_trainee(f"by-{door}")
    page = context.new_page()
    page.goto(server.door(door, f"by-{door}"))
    wait_drawn(page)
    _answer_all(page)
    for whole, _right in _one_of_each_kind():
        wait_saved(page, whole["id"])
    page.close()
    return folder


@pytest.fixture(scope="module")
def course(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The trainer's course without anybody's work."""
    home = tmp_path_factory.mktemp("same")
    shutil.copytree(server.course, home / "course")
    for work in ("submitted", "autograded", "feedback"):
        shutil.rmtree(home / "course" / work, ignore_errors=True)
    return home / "course"


@pytest.fixture(scope="module")
def graded() -> dict[str, Rows]:
    """Each gradebook's rows, by who graded."""
    return {}


def test_every_interface_hands_in_same_answers(
    server: Server, context: BrowserContext, course: Path, tmp_path: Path
) -> None:
    (tmp_path / "by-page.jsonl").write_bytes(_by_page(context, tmp_path / "site"))
    (tmp_path / "roster.csv").write_text("trainee\nby-page\n", encoding="utf-8")
    arguments = [str(course), MODULE, "--roster", str(tmp_path / "roster.csv"), str(tmp_path / "by-page.jsonl")]
    imported = _run(server, course, "himaya", "import", *arguments)
    assert f"answers to {len(_one_of_each_kind())} activities" in imported
    for door in DOORS[1:]:
        target = course / "submitted" / f"by-{door}" / MODULE
        shutil.copytree(_by_server(context, server, door), target)
        (target / "timestamp.txt").write_text(_STAMP, encoding="utf-8")
    assert sorted(path.name for path in (course / "submitted").iterdir()) == sorted(f"by-{door}" for door in DOORS)


@pytest.mark.parametrize("grader", _GRADERS)
def test_the_three_journals_earn_the_same(
    server: Server, course: Path, graded: dict[str, Rows], grader: str, tmp_path: Path
) -> None:
    configuration, program = _GRADERS[grader]
    folder = shutil.copytree(course, tmp_path / "core-protection")
    if configuration is not None:
        (folder / "nbgrader_config.py").write_text(configuration, encoding="utf-8")
    if program == "himaya":
        _run(server, folder, "himaya", "grade", str(folder), MODULE)
    else:
        for door in DOORS:
            _run(server, folder, "nbgrader", "autograde", MODULE, "--student", f"by-{door}")
    found = {key: _plain(row) for key, row in rows(folder).items() if key[1].startswith("by-")}
    each = {door: {key[2:]: row for key, row in found.items() if key[1] == f"by-{door}"} for door in DOORS}
    assert each["page"] == each["app"] == each["notebook"]
    points = {key[1]: row["auto_score"] for key, row in each["page"].items() if "auto_score" in row}
    asked = {whole["id"] for whole, right in _one_of_each_kind() if right and whole["kind"] not in ("text", "scenario")}
    assert asked <= {name for name, earned in points.items() if earned}, points
    graded[grader] = found


def test_all_three_graders_write_the_same_rows(graded: dict[str, Rows]) -> None:
    first, *others = (graded[grader] for grader in _GRADERS)
    assert first
    assert [other == first for other in others] == [True, True]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without when it was handed in, which differs on purpose."""
    return {name: value for name, value in row.items() if name != "timestamp"}


def _run(server: Server, folder: Path, program: str, *arguments: str) -> str:
    """Run a command as a trainer would, with no configuration but that of the course."""
    empty = folder.parent / "no-configuration"
    environment = {**server.environment(), "JUPYTER_CONFIG_DIR": str(empty)}
    command = [str(Path(sys.executable).with_name(program)), *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout
