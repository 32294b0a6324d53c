"""Lead an activity through everything it can show, one stage after another, as a person at the keyboard would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.browser.user_actions import activity, reach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Locator, Page

EVERY_KIND = (
    "quiet-visitor",
    "time-to-close",
    *("plan-owner", "share-what", "need-or-wish", "consent-moves", "follow-up-load"),
    *("one-promise", "before-she-leaves", "step-and-task", "the-six-steps", "cases-above-target", "no-signature"),
)
"""Every kind of activity in both modes; one scenario that teaches and one that waits."""
_LONGEST = 20  # decisions; a run is far shorter


def stages(page: Page, whole: Any) -> Iterator[str]:
    """Show every stage of one activity and yield each one's name while it stands on the screen.

    Args:
        page: A page with the module drawn and this activity not begun.
        whole: The compiled activity with its key.
    """
    here = activity(page, whole["id"])
    reach(page, whole["id"])
    here.scroll_into_view_if_needed()
    if whole["kind"] == "scenario":
        yield from _scenario(page, here)
    else:
        yield from _item(page, here, whole)


def push(page: Page, here: Locator, key: str) -> None:
    """Go to an element of the activity and press Enter on it."""
    reach(page, here.get_attribute("data-activity") or "")
    here.locator(f'[data-key="{key}"]').focus()
    page.keyboard.press("Enter")


def _scenario(page: Page, here: Locator) -> Iterator[str]:
    yield "content note"
    push(page, here, "skip")
    yield "skipped"
    here.locator("textarea").focus()
    page.keyboard.type("I would ask first.")
    page.keyboard.press("Tab")
    yield "skipped and answered"
    push(page, here, "unskip")
    yield "decision"
    push(page, here, "choose")
    yield "decision without a choice"
    for number in range(_LONGEST):
        here.locator("input").nth(number % here.locator("input").count()).focus()
        page.keyboard.press("Space")
        push(page, here, "choose")
        if number == 0:
            yield "consequence"
        if number == 0 and here.locator("summary").count():
            push(page, here, "why")
            yield "consequence with the reason"
        push(page, here, "continue")
        if here.locator('[data-key="choose"]').count() == 0:
            break
    yield "ending"
    if here.locator('[data-key="restart"]').count():
        push(page, here, "restart")
        yield "played again"


def _item(page: Page, here: Locator, whole: Any) -> Iterator[str]:
    yield "question"
    practice = whole["mode"] == "practice"
    if practice and whole["kind"] != "order":
        push(page, here, "check")
        yield "checked without an answer"
    for right in (False, True) if practice else (True,):
        answer(page, here, whole, right=right)
        yield "answered right" if right else "answered wrong"
        if practice:
            push(page, here, "check")
            yield "checked right" if right else "checked wrong"
        if practice and not right:
            push(page, here, "retry")
            yield "another try"


def answer(page: Page, here: Locator, whole: Any, *, right: bool) -> None:
    """Give the right or a wrong answer, whatever the kind."""
    reach(page, whole["id"])
    kind = whole["kind"]
    if kind == "choice":
        wanted = [option["id"] for option in whole["options"] if option["correct"]]
        for option in whole["options"]:
            box = here.locator(f'[data-key="pick-{option["id"]}"]')
            if box.is_checked() != ((option["id"] in wanted) is right):
                box.focus()
                page.keyboard.press("Space")
    elif kind == "match":
        spare = ({option["id"] for option in whole["options"]} - {row["answer"] for row in whole["rows"]}).pop()
        for row in whole["rows"]:
            if here.locator(f'details[open] > [data-key="match-{row["id"]}"]').count() == 0:
                push(page, here, f"match-{row['id']}")
            push(page, here, f"put-{row['id']}.{row['answer'] if right else spare}")
    elif kind == "order":
        wanted = whole["key"] if right else whole["key"][::-1]
        _sort(page, here, wanted)
    else:
        text = {"number": whole.get("shown") if right else "999", "text": "I would ask first."}[kind]
        here.locator("[data-live]").fill(text)
        here.locator("[data-live]").focus()
        page.keyboard.press("Tab")


def _sort(page: Page, here: Locator, wanted: list[str]) -> None:
    script = "list => Array.from(list.children, s => s.querySelector('button').dataset.key.replace(/^(up|down)-/, ''))"
    for position, step in enumerate(wanted):
        while here.locator("ol.himaya-order").evaluate(script).index(step) > position:
            push(page, here, f"up-{step}")
    if here.locator('[data-key="keep"]').count():
        push(page, here, "keep")
