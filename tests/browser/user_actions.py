"""What a person does at the keyboard, and what they can see."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from playwright.sync_api import TimeoutError as Waited

from tests.waiting import wait_for, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page

_ACTIVE = """() => {
  const it = document.activeElement;
  const where = it?.closest("section.himaya")?.dataset.activity ?? null;
  return [where, it?.dataset?.key ?? null, it?.value ?? null, it?.tagName];
}"""


_PRESSED = """() => {
  globalThis.pressed = new Promise(done => addEventListener("click", () => setTimeout(done), { once: true }));
}"""


_ELSEWHERE = """name => {
  const it = document.querySelector(`section.himaya[data-activity="${name}"]`);
  const elsewhere = document.documentElement.dataset.steps !== undefined && it !== null && !it.checkVisibility();
  if (elsewhere) location.hash = name;
  return elsewhere;
}"""
_SHOWN = """name => document.querySelector(`section.himaya[data-activity="${name}"]`).checkVisibility()"""


def activity(page: Page, name: str) -> Locator:
    """Return the drawn activity."""
    return page.locator(f'section.himaya[data-activity="{name}"]')


def reach(page: Page, name: str) -> None:
    """Show the step of a drawn activity by a link to it, where it stands in another step than the one that is shown."""
    if page.evaluate(_ELSEWHERE, name):
        wait_true(page, _SHOWN, name)


def wait_drawn(page: Page) -> None:
    """Wait until the hand-in box, the last thing of a module, is drawn."""
    wait_for(page.locator("section.himaya-handin").first, state="attached")


def until(condition: Callable[[], object], what: str) -> None:
    """Wait for something that the page cannot tell."""
    wait_until(condition, what, every=0.05)


def wait_true(page: Page, script: str, argument: object = None) -> None:
    """Wait until the script returns something true.

    Unlike Playwright's wait_for_function it also works on pages whose policy forbids eval.
    """
    until(lambda: page.evaluate(script, argument), script)


def touch(target: Locator) -> None:
    """Touch a control, and wait until the touch has become a press: that is a moment later, when `tap` has returned."""
    target.evaluate(_PRESSED)
    target.tap()
    target.page.evaluate("() => globalThis.pressed")


def wait_saved(page: Page, name: str) -> None:
    """Wait until the activity says Saved; a failure tells what it says instead, and where the focus is."""
    saved = activity(page, name).locator('.himaya-status[data-status="saved"]')
    try:
        wait_for(saved, state="attached")
    except Waited as error:
        error.add_note(f"{name} says {activity(page, name).inner_text()!r}; the focus is at {focused(page)}")
        raise


def status(page: Page, name: str) -> str:
    """Return the words about saving that the activity shows."""
    return activity(page, name).locator(".himaya-status").inner_text()


def focused(page: Page) -> tuple[str | None, str | None, str | None, str]:
    """Return activity, key, value and tag of the element that has the focus."""
    where, key, value, tag = page.evaluate(_ACTIVE)
    return where, key, value, tag


def _press_until(page: Page, key: str, reached: Callable[[], bool], what: str, presses: int) -> None:
    for _ in range(presses):
        if reached():
            return
        page.keyboard.press(key)
    message = f"{what} was not reached with {presses} presses of {key}; focus is at {focused(page)}"
    raise AssertionError(message)


def tab_to(page: Page, name: str, key: str, *, presses: int = 500) -> None:
    """Press Tab until the element `key` of an activity has the focus."""
    reach(page, name)
    _press_until(page, "Tab", lambda: focused(page)[:2] == (name, key), f"{key} of {name}", presses)


def tab_into(page: Page, name: str, prefix: str) -> None:
    """Press Tab until an element of an activity whose key begins with `prefix` has the focus."""

    def reached() -> bool:
        where, what, *_rest = focused(page)
        return where == name and (what or "").startswith(prefix)

    reach(page, name)
    _press_until(page, "Tab", reached, f"{prefix}... of {name}", 500)


def press(page: Page, name: str, key: str) -> None:
    """Go to a button with Tab and press it with Enter."""
    tab_to(page, name, key)
    page.keyboard.press("Enter")


def pick_radio(page: Page, name: str, value: str) -> None:
    """Enter a group of radio buttons with Tab and choose one with Space and the arrow keys."""
    tab_into(page, name, "pick-")
    page.keyboard.press("Space")
    _press_until(page, "ArrowDown", lambda: focused(page)[2] == value, f"{value} of {name}", 10)


def tick(page: Page, name: str, values: list[str]) -> None:
    """Tick check boxes with Tab and Space."""
    for value in values:
        tab_to(page, name, f"pick-{value}")
        page.keyboard.press("Space")


def match(page: Page, name: str, row: str, value: str) -> None:
    """Put an option to a row with Tab and Enter."""
    if focused(page)[:2] != (name, f"match-{row}"):
        tab_to(page, name, f"match-{row}")
    if activity(page, name).locator(f'details[open] > [data-key="match-{row}"]').count() == 0:
        page.keyboard.press("Enter")
    press(page, name, f"put-{row}.{value}")


def put_in_order(page: Page, name: str, wanted: list[str]) -> None:
    """Sort steps with the Up buttons."""
    for position, step in enumerate(wanted):
        while (shown := steps(page, name)).index(step) > position:
            tab_to(page, name, f"up-{step}")
            page.keyboard.press("Enter")
            assert steps(page, name) != shown
    if activity(page, name).locator('[data-key="keep"]').count():
        press(page, name, "keep")


def steps(page: Page, name: str) -> list[str]:
    """Return the ids of an ordering item's steps as they stand."""
    script = """list => Array.from(list.children, step =>
        step.querySelector("[data-key]")?.dataset.key.replace(/^(up|down)-/, "") ?? step.textContent)"""
    return list(activity(page, name).locator("ol.himaya-order").evaluate(script))


def write(page: Page, name: str, key: str, text: str) -> None:
    """Go to a field with Tab and type."""
    tab_to(page, name, key)
    page.keyboard.type(text)


def journal(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of the journal on the disk."""
    path = folder / "responses.jsonl"
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
