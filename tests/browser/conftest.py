"""Real servers and a real Chromium for the browser tests."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from himaya.translation.domains import interface_domain, words_of
from himaya_server.builds import Builds
from tests.browser.apps import serving
from tests.browser.lab_desk import LabDesk
from tests.browser.link import Link, free_port
from tests.chromium import CHROMIUM
from tests.courses import one_module_course
from tests.engine.shipped import loaded
from tests.i18n.pseudo import pseudo_repository, write_pseudo
from tests.once import once
from tests.shipped import a_lab, a_module, an_activity
from tests.waiting import PATIENCE, end_of, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext

    from tests.browser.apps import AppsServer

ROOT = Path(__file__).parents[2]
MODULE = a_module("core-protection")
TOKEN = "only-for-tests"  # noqa: S105 - of a server that lives as long as the tests


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder, and skip it where there is no Chromium."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker("browser")
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium; as an administrator: apt-get install chromium"))


@dataclass
class Server:
    """A running platform.

    Attributes:
        home: Its folder.
        port: Where it listens.
    """

    home: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    def environment(self) -> dict[str, str]:
        """Return the environment in which nbgrader and the server see this platform."""
        return {
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(self.home / "config"),
            "JUPYTER_DATA_DIR": str(self.home / "data"),
            "IPYTHONDIR": str(self.home / "ipython"),
            "HIMAYA_TOKEN": TOKEN,
            "HIMAYA_TRAINEE": "trainee",
            "HIMAYA_LOCALE": str(self.home.parent / "locale"),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        }

    def start(self) -> None:
        """Start `himaya start` and wait until the home page answers."""
        command = [sys.executable, "-m", "himaya", "start", "--no-browser", "--no-class", "--folder", str(self.home)]
        course = self.home.parent / "courses" / "core-protection"
        command += ["--course", str(course if course.exists() else one_module_course(course))]
        log = (self.home.parent / "server.log").open("ab")
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port)],
            cwd=ROOT,
            env=self.environment(),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.wait()

    def wait(self, seconds: float = PATIENCE) -> None:
        """Wait until the home page answers."""
        log = end_of(self.home.parent / "server.log")
        wait_until(self._answers, "the home page answers", seconds=seconds, every=0.2, saw=log, process=self.process)

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(self.address("himaya"), timeout=5)  # noqa: S310 - our own server
        except OSError:
            return False
        return True

    def stop(self) -> None:
        """End the server and every kernel it started."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()

    def address(self, path: str, port: int | None = None) -> str:
        """Return an address with the token, through another port where a link is between."""
        return f"http://127.0.0.1:{port or self.port}/{path}?token={TOKEN}"

    @property
    def course(self) -> Path:
        """The trainer's course directory."""
        return self.home / "desk" / "trainer" / "core-protection"

    def nbgrader(self, *arguments: str) -> str:
        """Run the plain `nbgrader` command in the course and return what it printed."""
        done = subprocess.run(
            [str(Path(sys.executable).with_name("nbgrader")), *arguments],
            cwd=self.course,
            env=self.environment(),
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    @staticmethod
    def path_of(trainee: str) -> str:
        """Return where a trainee's modules lie on the desk; all of them below the folder of this server's trainee."""
        return "trainee" if trainee == "trainee" else f"trainee/{trainee}"

    def allow(self, folder: Path) -> None:
        """Let a module that a test wrote open as an app, as if it had been released."""
        Builds(self.home / "data", self.home).remember(folder / f"{folder.name}.ipynb")

    def new_trainee(self, name: str) -> Path:
        """Return a fresh copy of the released module, in a folder of its own."""
        folder = self.home / "desk" / self.path_of(name) / MODULE
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(self.home / "exchange" / "core-protection" / "outbound" / MODULE, folder)
        return folder

    def door(self, door: str, trainee: str, port: int | None = None) -> str:
        """Return the address of a trainee's module in `lab`, `notebook` or `app`.

        Each trainee has a Lab workspace of their own; one for all would open the notebooks of earlier tests, too.
        """
        view = {"lab": f"lab/workspaces/{trainee}/tree", "notebook": "notebooks", "app": "voila/render"}[door]
        return self.address(f"{view}/{self.path_of(trainee)}/{MODULE}/{MODULE}.ipynb", port)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The platform with its demonstration course."""
    with copied_platform(tmp_path_factory, "platform") as running:
        running.start()
        yield running


@contextmanager
def copied_platform(factory: pytest.TempPathFactory, name: str) -> Iterator[Server]:
    """Yield a copy of a platform that is made once, before it starts; it is stopped at the end."""
    made = once(factory, "platform", _make_platform)
    copy = Server(shutil.copytree(made, factory.mktemp(name) / "copy") / "home", free_port())
    try:
        yield copy
    finally:
        copy.stop()


def _make_platform(folder: Path) -> None:
    # Arabic is the language nobody speaks, so that no test depends on how far a translation is.
    write_pseudo(interface_domain(words_of(ROOT)), folder / "locale")
    first = Server(folder / "home", free_port())
    first.start()
    first.stop()


@pytest.fixture(scope="session")
def lab_desk(server: Server, tmp_path_factory: pytest.TempPathFactory) -> LabDesk:
    """Each lab as a notebook of its own on that platform."""
    return LabDesk(server, tmp_path_factory.mktemp("labs"))


@pytest.fixture(scope="session")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppsServer]:
    """A gallery of practice apps in two languages, served once."""
    folder = tmp_path_factory.mktemp("apps") / "written"
    folder.mkdir()
    with serving(folder, "--language", "en", "--language", "ar", "--ready", "1") as running:
        yield running


@pytest.fixture(scope="session")
def pseudo_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with one course of one module, in Arabic letters that say nothing; titles hold traps."""
    return once(tmp_path_factory, "nobody", _make_pseudo)


def _make_pseudo(folder: Path) -> None:
    title, lab = loaded(MODULE).module.title, a_lab("caseload")
    trapped = {
        f"{MODULE}/module.yaml": title,
        f"{MODULE}/module.md": title,
        f"{MODULE}/items.yaml": an_activity("order", MODULE, "graded").activity["stem"],
        f"{lab.module}/labs/{lab.id}.yaml": lab.activity["title"],
    }
    pseudo_repository(folder, MODULE, trapped=trapped)
    course = folder / "courses" / "core-protection" / "course.yaml"
    lines = course.read_text(encoding="utf-8").splitlines()
    kept = {"modules:": f"modules: [{MODULE}]", "languages:": "languages: [ar, en]"}
    cut = [next((new for old, new in kept.items() if line.startswith(old)), line) for line in lines]
    course.write_text("\n".join(cut) + "\n", encoding="utf-8")


@pytest.fixture(scope="session")
def pseudo_pages(pseudo_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its pages for phones and sticks."""

    def make(folder: Path) -> None:
        environment = {**os.environ, "HIMAYA_LOCALE": str(pseudo_course / "locale")}
        command = [sys.executable, "-m", "himaya", "pages", "courses/core-protection", "--out", str(folder / "pages")]
        subprocess.run(command, cwd=pseudo_course, env=environment, check=True, capture_output=True)

    return once(tmp_path_factory, "pseudo-pages", make) / "pages"


@pytest.fixture(scope="session")
def pseudo_gallery(pseudo_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppsServer]:
    """Its practice apps."""
    folder = tmp_path_factory.mktemp("gallery") / "written"
    folder.mkdir()
    environment = {"HIMAYA_LOCALE": str(pseudo_course / "locale")}
    where = (str(pseudo_course / "courses" / "core-protection"), "--modules", str(pseudo_course / "modules"))
    with serving(folder, *where, "--language", "ar", "--ready", "1", environment=environment) as running:
        yield running


@contextmanager
def _watched(chromium: Browser, **options: Any) -> Iterator[BrowserContext]:
    context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
    context.set_default_timeout(PATIENCE * 1000)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    yield context
    context.close()
    elsewhere = [url for url in asked if url.startswith(("http", "ws")) and "//127.0.0.1:" not in url]
    assert not elsewhere, f"requests to other origins: {elsewhere}"


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A person's browser; every test fails if any page asked another origin for anything."""
    with _watched(chromium) as watched:
        yield watched


@pytest.fixture
def phone(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone 360 px wide with a touch screen."""
    with _watched(chromium, viewport={"width": 360, "height": 740}, has_touch=True) as watched:
        yield watched


@pytest.fixture
def link(server: Server) -> Iterator[Link]:
    """A link to the server that can be cut, stalled and weighed."""
    between = Link(server.port)
    between.start()
    yield between
    between.stop()
