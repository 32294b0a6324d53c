"""A class opens the practice apps: 25 visitors within one second, then 60 over five minutes, in real browser contexts.

Server and browser share this machine. Every visitor must reach an app whose scenario can be begun; then the tab is
closed. Prints how long they waited, and what the server's kernels take and leave. The browsers take most
of that time, so 25 also come without one: the server's own share. Ends with 1 where somebody did not get an app or a
kernel was left over. Not part of the tests: it takes minutes.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from playwright.async_api import async_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from short import SHORT

from tests.browser.apps import TOKEN, AppsServer, serving
from tests.chromium import CHROMIUM, FLAGS

if TYPE_CHECKING:
    from playwright.async_api import Browser

SCENARIO = "app/en/case-management/quiet-visitor"
READY = 2
SLOWEST = 180  # seconds


class Memory:
    """Looks at the server's kernels while visitors come."""

    def __init__(self, server: AppsServer) -> None:
        self.server = server
        self.most_kernels = 0
        self.most_bytes = 0
        self.each: list[int] = []

    async def watch(self) -> None:
        """Look four times a second, until cancelled."""
        while True:
            sizes = await asyncio.to_thread(self._sizes)
            self.most_kernels = max(self.most_kernels, len(sizes))
            self.most_bytes = max(self.most_bytes, sum(sizes))
            self.each += sizes
            await asyncio.sleep(0.25)

    def _sizes(self) -> list[int]:
        found = []
        for process in self.server.kernels():
            try:
                found.append(process.memory_full_info().pss)
            except psutil.Error:
                continue
        return found


async def visit(browser: Browser, server: AppsServer, delay: float) -> float | None:
    """Open the link and the scenario, begin it, close the tab; return the seconds until it could be begun, or None."""
    await asyncio.sleep(delay)
    context = await browser.new_context()
    try:
        page = await context.new_page()
        began = time.monotonic()
        await page.goto(server.address(f"?token={TOKEN}"), timeout=SLOWEST * 1000)
        await page.goto(server.address(SCENARIO), wait_until="commit", timeout=SLOWEST * 1000)
        await page.locator('[data-key="start"]').click(timeout=SLOWEST * 1000)
        took = time.monotonic() - began
        await page.locator('[data-key="choose"]').wait_for(timeout=5000)
    except Exception as error:  # noqa: BLE001 - whatever it is, this visitor got no app
        print(f"  no app: {str(error).splitlines()[0]}")
        return None
    else:
        return took
    finally:
        await context.close()


async def wave(browser: Browser, server: AppsServer, visitors: int, within: float) -> bool:
    """Let visitors come, print the figures, and return whether all got an app and all kernels came back."""
    memory = Memory(server)
    watching = asyncio.create_task(memory.watch())
    delays = [within * number / visitors for number in range(visitors)]
    times = await asyncio.gather(*(visit(browser, server, delay) for delay in delays))
    end = time.monotonic() + 30
    while len(server.kernels()) > READY and time.monotonic() < end:  # noqa: ASYNC110 - processes send no event
        await asyncio.sleep(0.5)
    watching.cancel()
    left = len(server.kernels())
    got = sorted(seconds for seconds in times if seconds is not None)
    print(f"{visitors} visitors within {within:.0f} s: {len(got)} got an app")
    if got:
        cuts = statistics.quantiles(got, n=20) if len(got) > 1 else [got[0]] * 19
        print(f"  seconds until usable: median {cuts[9]:.1f}, 95th percentile {cuts[18]:.1f}, slowest {got[-1]:.1f}")
    middle = statistics.median(memory.each) / 2**20 if memory.each else 0
    print(f"  a kernel: {middle:.0f} MB; at most {memory.most_kernels} at once, {memory.most_bytes / 2**20:.0f} MB")
    print(f"  kernels left: {left}, of which {READY} are kept ready; server {_server(server):.0f} MB")
    return len(got) == visitors and left <= READY


def alone(server: AppsServer, visitors: int) -> None:
    """Print how long the server takes to send an app whole to so many at once, when nobody draws it."""

    def fetch(_visitor: int) -> float:
        began = time.monotonic()
        status, _page = server.ask(SCENARIO, server.cookie())
        assert status == 200
        return time.monotonic() - began

    with ThreadPoolExecutor(visitors) as pool:
        for opened in ("for the first time", "opened before"):
            print(
                f"{visitors} at once without browsers, {opened}: slowest {max(pool.map(fetch, range(visitors))):.2f} s"
            )


def _server(server: AppsServer) -> float:
    return float(psutil.Process(server.process.pid).memory_full_info().pss) / 2**20


async def main() -> int:
    """Run both waves."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), "--language", "en") as server:
        alone(server, 3 if SHORT else 25)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            waves = ((3, 1), (3, 3)) if SHORT else ((25, 1), (60, 300))
            fine = [await wave(browser, server, visitors, within) for visitors, within in waves]
            await browser.close()
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
