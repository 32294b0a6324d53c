"""Opening a module in JupyterLab, Notebook 7 and the app: everything drawn soon, no code, nothing foreign runs."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING

import nbformat
import pytest

from himaya.languages.interface import sentence
from tests.browser.conftest import MODULE, _watched
from tests.browser.kernels import kernels, kill_kernel, restart_kernel
from tests.browser.user_actions import wait_true
from tests.lanes import sampled
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.browser.conftest import Server

# Modules that the kernel, the widgets or Python itself would import by these names if the folder came first.
_SHADOWS = ("himaya_widgets", "himaya", "ipython_config", "anywidget", "json", "pathlib", "ipykernel_launcher")
_SHADOWS_TOO = ("sitecustomize", "ipython_kernel_config", "traitlets", "ipywidgets", "getpass")
_DRAWN = "want => document.querySelectorAll('section.himaya[data-activity]:not([data-old])').length === want"
_MARK_OLD = "() => document.querySelectorAll('section.himaya').forEach(one => one.dataset.old = '1')"


def _activities(folder: Path) -> int:
    return len(json.loads((folder / "activities.json").read_text(encoding="utf-8"))["activities"])


def _wait_all_drawn(page: Page, folder: Path) -> None:
    wait_true(page, _DRAWN, _activities(folder))
    wait_for(page.locator("section.himaya-handin:not([data-old])").first, state="attached")


def _opened(context: BrowserContext, address: str, folder: Path) -> tuple[Page, float]:
    """Open a door in a tab of its own and return the page and the seconds until everything was drawn."""
    page = context.new_page()
    start = time.monotonic()
    page.goto(address)
    _wait_all_drawn(page, folder)
    return page, time.monotonic() - start


def _assert_no_code_is_visible(page: Page) -> None:
    text = page.inner_text("body")
    for code in ("show(", "submit()", "import show"):
        assert code not in text


def _assert_every_picture_is_drawn(page: Page, prose: str) -> None:
    pictures = page.locator('img[src^="data:image/svg+xml"]')
    assert pictures.count() == prose.count("](data:image/svg+xml") > 0
    assert pictures.evaluate_all("all => all.every(one => one.naturalWidth > 0 && one.alt !== '')")


@pytest.mark.proof
@pytest.mark.parametrize("door", ["lab", "notebook", "app"])
def test_module_opens_drawn_and_without_code(server: Server, context: BrowserContext, door: str) -> None:
    folder = server.new_trainee(f"opens-{door}")
    prose = (folder / f"{MODULE}.ipynb").read_text(encoding="utf-8")  # before Lab saves: it writes in place
    for opening in ("first", "second"):
        page, seconds = _opened(context, server.door(door, f"opens-{door}"), folder)
        print(f"{door}: {opening} opening {seconds:.1f} s")
        _assert_no_code_is_visible(page)
        _assert_every_picture_is_drawn(page, prose)
        page.close()


@pytest.fixture(scope="module", params=sampled([], ["notebook", "lab"]))
def opened(request: pytest.FixtureRequest, server: Server, chromium: Browser) -> Iterator[tuple[Page, Path]]:
    """A module that stays open, and its folder; each test ends its kernel in another way."""
    folder = server.new_trainee(f"ended-{request.param}")
    with _watched(chromium) as context:
        page, _seconds = _opened(context, server.door(request.param, f"ended-{request.param}"), folder)
        yield page, folder


def _assert_all_is_drawn_again(page: Page, folder: Path, end_kernel: Callable[[], object]) -> None:
    before = set(kernels(folder))
    page.evaluate(_MARK_OLD)
    end_kernel()
    _wait_all_drawn(page, folder)
    assert not before & set(kernels(folder))
    _assert_no_code_is_visible(page)


def test_killed_kernel_redraws_everything(opened: tuple[Page, Path]) -> None:
    page, folder = opened
    _assert_all_is_drawn_again(page, folder, lambda: kill_kernel(folder))
    for told in page.locator(".jp-Dialog button.jp-mod-accept").all():  # JupyterLab tells that a kernel died
        told.click()


@pytest.mark.proof
def test_outside_restart_redraws_after_next_answer(server: Server, opened: tuple[Page, Path]) -> None:
    """The page is not told of a restart from elsewhere."""
    page, folder = opened

    def end_kernel() -> None:
        restart_kernel(server, folder)
        # Nothing tells the page before the new kernel says anything; an answer makes it speak.
        page.locator('section.himaya[data-activity="one-promise"] input').first.check()

    _assert_all_is_drawn_again(page, folder, end_kernel)


def test_menu_restart_redraws_everything(opened: tuple[Page, Path]) -> None:
    page, folder = opened

    def end_kernel() -> None:
        page.get_by_role("menuitem", name="Kernel", exact=True).click()
        page.locator(".lm-Menu-itemLabel", has_text=re.compile("^Restart Kernel…$")).click()
        page.locator(".jp-Dialog button.jp-mod-accept").click()

    _assert_all_is_drawn_again(page, folder, end_kernel)


def _plant(folder: Path, traces: Path) -> None:
    """Put cells and modules of somebody else into a trainee's folder; each leaves a trace if it ever runs."""
    path = folder / f"{MODULE}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    sources = {
        "first": "open({trace!r}, 'w').close()",
        "disguised": 'show("one-promise")\nopen({trace!r}, "w").close()',
        "argument": 'show("one-promise", open({trace!r}, "w"))',
        "after-import": 'from himaya_widgets import show, submit; open({trace!r}, "w").close()',
    }
    for name, source in sources.items():
        trace = str(traces / f"cell-{name}")
        cell = nbformat.v4.new_code_cell(source.format(trace=trace))
        notebook.cells.insert(1, cell)
    nbformat.write(notebook, path)
    for name in (*_SHADOWS, *_SHADOWS_TOO):
        (folder / f"{name}.py").write_text(f"open({str(traces / name)!r}, 'w').close()\n", encoding="utf-8")


@pytest.mark.parametrize("door", sampled([], ["notebook", "lab"]))
def test_only_our_cells_and_modules_run(server: Server, context: BrowserContext, door: str, tmp_path: Path) -> None:
    folder = server.new_trainee(f"planted-{door}")
    _plant(folder, tmp_path)
    page, _seconds = _opened(context, server.door(door, f"planted-{door}"), folder)
    assert [trace.name for trace in tmp_path.iterdir()] == []
    page.evaluate(_MARK_OLD)
    kill_kernel(folder)
    _wait_all_drawn(page, folder)
    assert [trace.name for trace in tmp_path.iterdir()] == []
    page.close()


def test_app_refuses_a_notebook_with_foreign_cells(server: Server, context: BrowserContext, tmp_path: Path) -> None:
    folder = server.new_trainee("planted-app")
    _plant(folder, tmp_path)
    page = context.new_page()
    answer = page.goto(server.door("app", "planted-app"))
    assert answer is not None
    assert answer.status == 403
    assert sentence("app-not-released") in page.inner_text("body")
    assert [trace.name for trace in tmp_path.iterdir()] == []


@pytest.mark.proof
def test_app_always_uses_our_kernel(server: Server, context: BrowserContext, tmp_path: Path) -> None:
    folder = server.new_trainee("other-kernel")
    path = folder / f"{MODULE}.ipynb"
    before = path.read_text(encoding="utf-8")
    _plant(folder, tmp_path)
    notebook = nbformat.reads(before, as_version=4)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)
    _opened(context, server.door("app", "other-kernel"), folder)
    assert [trace.name for trace in tmp_path.iterdir()] == []


@pytest.mark.parametrize("door", sampled([], ["lab", "notebook"]))
def test_notebook_shows_what_trainees_need_alone(server: Server, context: BrowserContext, door: str) -> None:
    """No empty first cell, no menus that make assignments, no files of ours, text at reading width."""
    trainee = f"plain-{door}"
    folder = server.new_trainee(trainee)
    page, _ = _opened(context, server.door(door, trainee), folder)
    first = page.locator(".himaya-setup").first.bounding_box()
    assert first is None or first["height"] < 2
    text = page.locator(".jp-MarkdownOutput p").first.bounding_box()
    assert text is not None
    assert text["width"] <= 42 * 16
    for word in ("Nbgrader", "Create Assignment", "activities.json", "responses.jsonl"):
        assert page.get_by_text(word, exact=True).count() == 0, word
    listed = page.request.get(server.address(f"api/contents/{server.path_of(trainee)}/{MODULE}")).json()["content"]
    assert [file["name"] for file in listed] == [f"{MODULE}.ipynb"]
    page.close()
