"""Where tests wait: for a condition, never for a time. Each wait says what for, and fails with what it saw instead."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import TimeoutError as Waited

if TYPE_CHECKING:
    import re
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Frame, Locator, Page

T = TypeVar("T")

PATIENCE = 120
"""Seconds until a test gives up. It finds what never comes; how fast something comes is measured elsewhere."""
_SHOWN = 1500  # letters of a page that a failure repeats


def wait_until(
    condition: Callable[[], T],
    what: str,
    *,
    seconds: float = PATIENCE,
    every: float = 0.02,
    saw: Callable[[], object] | None = None,
    process: subprocess.Popen[bytes] | None = None,
) -> T:
    """Wait until a condition is true, and return what it gave.

    Args:
        condition: Asked again and again.
        what: What is waited for, as a failure says it.
        seconds: More than it could ever take.
        every: Seconds between two looks.
        saw: Tells what there is instead, for a failure, such as the end of a log.
        process: Whose end ends the wait, too.
    """
    end = time.monotonic() + seconds
    while not (found := condition()):
        ended = process is not None and process.poll() is not None
        assert not ended, f"the process ended before {what}; there is: {saw() if saw else found}"
        assert time.monotonic() < end, _vain(what, seconds, saw() if saw else found)
        time.sleep(every)
    return found


def end_of(log: Path) -> Callable[[], str]:
    """Return what tells the end of a log, for a failure."""
    return lambda: log.read_text(encoding="utf-8")[-3000:]


class Deadline:
    """When a wait ends that has a way of its own to wait: for a socket, a pipe, a queue, a thread."""

    def __init__(self, seconds: float = PATIENCE) -> None:
        """Begin to wait for at most so many seconds."""
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds until then, 0 when it has passed."""
        return max(0.0, self._end - time.monotonic())


async def take_turns() -> None:
    """Let every other task that is ready run once."""
    await asyncio.sleep(0)


async def wait_until_async(condition: Callable[[], T], what: str, *, seconds: float = PATIENCE) -> T:
    """Wait as `wait_until` does, where an event loop goes on meanwhile."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, _vain(what, seconds, found)
        await asyncio.sleep(0.01)
    return found


def let_time_pass(seconds: float, why: str, page: Page | None = None) -> None:
    """Let a time pass that is itself what is tested, or in which nothing must happen.

    Args:
        seconds: How long.
        why: What takes this long.
        page: A page whose events go on meanwhile.
    """
    assert why
    if page is None:
        time.sleep(seconds)
    else:
        page.wait_for_timeout(seconds * 1000)


async def let_time_pass_async(seconds: float, why: str) -> None:
    """Let a time pass as `let_time_pass` does, where an event loop goes on meanwhile."""
    assert why
    await asyncio.sleep(seconds)


def wait_for(
    target: Locator,
    *,
    state: Literal["attached", "detached", "hidden", "visible"] = "visible",
    seconds: float = PATIENCE,
) -> Locator:
    """Wait until an element of a page is there, or gone, and return it; a failure tells what the page shows instead."""
    try:
        target.wait_for(state=state, timeout=seconds * 1000)
    except Waited as error:
        error.add_note(_vain(f"{target} to be {state}", seconds, _seen(target.page)))
        raise
    return target


def wait_for_address(page: Page, address: str | re.Pattern[str] | Callable[[str], bool]) -> None:
    """Wait until a page has gone somewhere."""
    try:
        page.wait_for_url(address, timeout=PATIENCE * 1000)
    except Waited as error:
        error.add_note(_vain(f"the address {address}", PATIENCE, _seen(page)))
        raise


def wait_for_load(page: Page | Frame, state: Literal["domcontentloaded", "load", "networkidle"] = "load") -> None:
    """Wait until a page has loaded, or asks for nothing any more."""
    try:
        page.wait_for_load_state(state, timeout=PATIENCE * 1000)
    except Waited as error:
        error.add_note(_vain(f"{state} of {page.url}", PATIENCE, "it still loads"))
        raise


def _vain(what: str, seconds: float, saw: object) -> str:
    return f"waited {seconds:g} s in vain for {what}; there is: {saw}"


def _seen(page: Page) -> str:
    try:
        shown: Any = page.locator("body").inner_text(timeout=2000)
    except PlaywrightError as error:
        shown = error
    return f"{page.url}: {str(shown)[:_SHOWN]!r}"
