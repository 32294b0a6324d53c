"""Take the pictures of the documentation: `make pictures` starts a platform of its own and ends it afterwards.

With Pillow installed a picture is stored with a palette, at about a third of the size.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

try:
    from PIL import Image
except ModuleNotFoundError:
    Image = None

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

HERE = Path(__file__).parent
STARTING = 600  # seconds that a platform may take to be made
MOST = 150_000  # bytes of one picture
DESK = {"width": 1000, "height": 700}
PHONE = {"width": 360, "height": 740}
SCENARIO = "quiet-visitor"
PLAYED = f'section.himaya[data-activity="{SCENARIO}"]'


@contextlib.contextmanager
def platform() -> Iterator[tuple[str, str, Path]]:
    """Run a platform in a folder of its own; yield its address, token and folder."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_urlsafe(12)
    with tempfile.TemporaryDirectory(prefix="himaya-pictures-") as folder:
        command = [sys.executable, "-m", "himaya", "start", "--folder", folder, "--port", str(port), "--no-browser"]
        running = subprocess.Popen(command, cwd=HERE.parents[1], env={**os.environ, "HIMAYA_TOKEN": token})
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(running, f"{address}/himaya?token={token}")
            yield address, token, Path(folder)
        finally:
            running.terminate()
            running.wait(30)


def _wait(running: subprocess.Popen[bytes], address: str) -> None:
    end = time.monotonic() + STARTING
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except (urllib.error.URLError, ConnectionError):
            if running.poll() is not None or time.monotonic() > end:
                raise
            time.sleep(0.5)
        else:
            return


def main(address: str, token: str, folder: Path) -> None:
    """Take every picture anew."""
    with sync_playwright() as playwright:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=program)
        page = _window(browser, address, token, DESK)
        _home(page, address, "trainee", "trainee-home")
        _home(page, address, "trainer", "trainer")
        page.goto(f"{address}/himaya/open/case-management/app#{SCENARIO}")
        _play(page)
        _take(page, "app")
        page.goto(f"{address}/himaya/open/case-management/notebook")
        page.locator(PLAYED).wait_for(timeout=60_000)
        page.locator(PLAYED).scroll_into_view_if_needed()
        page.wait_for_load_state("networkidle")
        _take(page, "notebook")
        page.goto(f"{address}/formgrader/gradebook/case-management/case-management")
        page.get_by_text("Submission #1").first.click()
        page.locator("[data-score]").first.wait_for()
        page.locator("section.card").first.evaluate("it => it.scrollIntoView({ block: 'start' })")
        _take(page, "formgrader")
        page.goto(f"{address}/formgrader/manage_submissions/case-management")
        page.locator("tr", has_text="trainee-02").locator(".generate-feedback a").click()
        page.locator("#success-modal").wait_for()
        page = _window(browser, address, token, PHONE)
        made = "core-protection/feedback/trainee-02/case-management/case-management.html"
        page.goto((folder / "desk" / "trainer" / made).as_uri())  # the trainer's folder is served to nobody
        page.locator("[data-activity]").first.evaluate("it => it.scrollIntoView({ block: 'start' })")
        _take(page, "feedback-phone")
        page.goto(f"{address}/himaya/open/case-management/app#{SCENARIO}")
        page.locator(PLAYED).locator("h4").wait_for(timeout=60_000)
        _to_top(page)
        _take(page, "scenario-phone")
        browser.close()


def _window(browser: Browser, address: str, token: str, size: dict[str, int]) -> Page:
    page = browser.new_page(viewport=size, reduced_motion="reduce")
    page.goto(f"{address}/himaya?token={token}")
    return page


def _home(page: Page, address: str, role: str, name: str) -> None:
    page.goto(f"{address}/himaya/{role}")
    page.locator("h1").wait_for()
    _take(page, name)


def _play(page: Page) -> None:
    scenario = page.locator(PLAYED)
    scenario.wait_for(timeout=60_000)
    if scenario.locator('[data-key="start"]').count():
        scenario.locator('[data-key="start"]').click()
    scenario.locator("input").first.check()
    _to_top(page)


def _to_top(page: Page) -> None:
    page.locator(PLAYED).evaluate("it => { it.scrollIntoView({ block: 'start' }); document.activeElement.blur(); }")


def _take(page: Page, name: str) -> None:
    path = HERE / f"{name}.png"
    page.screenshot(path=path)
    if Image is not None:
        with Image.open(path) as picture:
            picture.convert("RGB").quantize(64).save(path, optimize=True)
    sys.stdout.write(f"{path.relative_to(HERE.parents[1])}: {path.stat().st_size:,} bytes\n")
    if path.stat().st_size > MOST:
        message = f"{path} has {path.stat().st_size} bytes, more than {MOST}"
        raise ValueError(message)


if __name__ == "__main__":
    with platform() as (at, secret, home):
        main(at, secret, home)
