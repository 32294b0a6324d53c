"""The whole way once, from a fresh clone: set up, learn, hand in, grade with stock nbgrader, mark, give feedback, show.

This test knows commands, pages and words on the screen, and no code of ours. It is never edited together with the code
that it protects, and never skipped.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from tests.waiting import end_of, wait_for, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.proof, pytest.mark.timeout(1200)]

_REPOSITORY = Path(__file__).parents[2]
_TOKEN = "only-for-tests"  # noqa: S105 - of a server that lives as long as the test
_SETTING_UP = 900  # seconds: installs from nothing, then builds every course
_WRITTEN = "I would explain this choice calmly, and ask my supervisor today."
_COMMENT = "A clear next step. Say also where your own role ends."
_LONGEST = 30  # decisions of one scenario; a run is far shorter


@dataclass
class _Platform:
    clone: Path
    folder: Path
    port: int

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}?token={_TOKEN}"

    def environment(self) -> dict[str, str]:
        """Return what a person's shell would hold: nothing of the environment in which the tests run."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("VIRTUAL_ENV", "PYTEST"))}
        own = Path(sys.prefix) / "bin"
        path = os.pathsep.join(each for each in kept["PATH"].split(os.pathsep) if Path(each) != own)
        return {**kept, "PATH": path, "HIMAYA_TOKEN": _TOKEN}

    def nbgrader(self, *arguments: str) -> None:
        """Run the stock `nbgrader` of the new environment in the trainer's course."""
        done = subprocess.run(
            [str(self.clone / ".venv" / "bin" / "nbgrader"), *arguments],
            cwd=self.folder / "desk" / "trainer" / _course()["id"],
            env=self.environment() | {"JUPYTER_CONFIG_DIR": str(self.folder / "config")},
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, done.stdout


def _read(path: Path) -> dict[str, Any]:
    return dict(YAML(typ="safe").load(path.read_text(encoding="utf-8")))


def _course() -> dict[str, Any]:
    """Return the course that `make start` opens with: the one that comes with a synthetic class."""
    return _read(_REPOSITORY / "courses" / "core-protection" / "course.yaml")


def _module() -> Path:
    return _REPOSITORY / "modules" / _course()["modules"][0]


def _first_scenario() -> dict[str, Any]:
    """Return a scenario for practice, which teaches at once."""
    scenarios = [_read(path) for path in sorted((_module() / "scenarios").glob("*.yaml"))]
    return next(scenario for scenario in scenarios if scenario["mode"] == "practice")


def _reflection() -> str:
    """Return the id of a question that a trainer marks."""
    items = _read(_module() / "items.yaml")["items"]
    return str(next(item["id"] for item in items if item["kind"] == "text" and item["mode"] == "graded"))


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Platform]:
    """A platform that `make start` set up in a fresh clone, with an environment made from nothing."""
    home = tmp_path_factory.mktemp("card")
    clone = home / "himaya"
    subprocess.run([shutil.which("git") or "git", "clone", "--quiet", str(_REPOSITORY), str(clone)], check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = _Platform(clone, home / "platform", port)
    log = home / "start.log"
    with log.open("wb") as output:
        running = subprocess.Popen(
            [shutil.which("make") or "make", "start", f"ARGS=--no-browser --port {port} --folder {made.folder}"],
            cwd=clone, env=made.environment(), stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    try:
        wait_until(
            lambda: _answers(made),
            "the home page answers",
            seconds=_SETTING_UP,
            every=0.5,
            saw=end_of(log),
            process=running,
        )
        yield made
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait(60)


def _answers(made: _Platform) -> bool:
    try:
        urllib.request.urlopen(made.address("himaya"), timeout=5)  # noqa: S310 - our own server
    except OSError:
        return False
    return True


def _activity(page: Page, name: str) -> Locator:
    return page.locator(f'section.himaya[data-activity="{name}"]')


def _saved(page: Page, name: str) -> None:
    wait_for(_activity(page, name).locator('.himaya-status[data-status="saved"]'), state="attached")


def _play(page: Page, name: str) -> int:
    """Play a scenario to an ending, always by the first choice, and return how many decisions that took."""
    here = _activity(page, name)
    here.locator('[data-key="start"]').click()
    for decided in range(1, _LONGEST):
        here.locator('input[type="radio"]').first.check()
        here.locator('[data-key="choose"]').click()
        here.locator('[data-key="continue"]').click()
        if not here.locator('[data-key="choose"]').count():
            return decided
    raise AssertionError(here.inner_text())


def test_journey_from_clone_to_feedback_and_app(platform: _Platform, chromium: Browser) -> None:
    module = _module().name
    scenario, reflection = _first_scenario(), _reflection()
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(120_000)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()

    # A trainee opens the module as a notebook, plays a scenario, writes an answer and hands in.
    page.goto(platform.address("himaya/trainee"))
    page.locator(f'a[href$="/open/{module}/notebook"]').dispatch_event("click")  # below "Other ways"
    wait_for(page.locator("section.himaya-handin"), state="attached")
    assert "/notebooks/" in page.url
    assert _play(page, scenario["id"]) > 1
    assert _activity(page, scenario["id"]).locator("ol.himaya-debrief > li").count() > 1
    _saved(page, scenario["id"])
    _activity(page, reflection).locator("textarea").fill(_WRITTEN)
    _activity(page, reflection).locator("textarea").press("Tab")
    _saved(page, reflection)
    box = page.locator("section.himaya-handin")
    box.get_by_role("button", name="Submit").click()
    wait_for(box.get_by_text("Handed in", exact=True))
    receipt = re.search(r"Receipt code:\s*(\S+)", box.inner_text())
    assert receipt

    # The trainer grades with stock nbgrader and marks in formgrader.
    platform.nbgrader("collect", module)
    platform.nbgrader("autograde", module, "--student", "trainee")
    page.goto(platform.address("himaya/trainer"))
    page.get_by_text("Open formgrader to mark").click()
    page.get_by_role("link", name="Manual Grading").click()
    page.get_by_role("link", name=module, exact=True).click()
    page.get_by_role("link", name=module, exact=True).click()
    mine = page.locator("td a").filter(has_text=re.compile("^trainee$"))  # formgrader hides the name, not the link
    page.goto(platform.address((mine.get_attribute("href") or "").lstrip("/")))
    answer = page.locator(f'[data-activity="{reflection}"]')
    assert answer.locator("blockquote").inner_text() == _WRITTEN
    answer.locator("[data-score]").fill("3")
    answer.locator("[data-score]").press("Tab")
    page.keyboard.type(_COMMENT)
    wait_for(answer.get_by_text("Saved", exact=True))

    # The feedback goes back, and the trainee reads the mark and the comment.
    platform.nbgrader("generate_feedback", module, "--student", "trainee")
    platform.nbgrader("release_feedback", module, "--student", "trainee")
    page.goto(platform.address("himaya/trainee"))
    page.get_by_text("Read the feedback").first.click()
    wait_for(page.locator(f'[data-activity="{reflection}"]'))
    given = page.locator(f'[data-activity="{reflection}"]').inner_text()
    assert _COMMENT in page.locator("body").inner_text()
    assert given.count("3 of ") == 1

    # A mentor opens a Voilà app, and the scenario begins.
    page.goto(platform.address("himaya/mentor"))
    page.get_by_role("link", name="Open", exact=True).first.click()
    wait_for(page.locator("section.himaya").first, state="attached")
    assert "/voila/render/" in page.url
    context.close()
    elsewhere = [url for url in asked if url.startswith(("http", "ws")) and f"//127.0.0.1:{platform.port}" not in url]
    assert not elsewhere
