"""A cut link and a killed kernel in the middle of a conversation: it goes on where it was, with every line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from himaya.content.load import load_module
from tests.browser.kernels import kernels, kill_kernel
from tests.browser.offline_pages import view
from tests.browser.user_actions import activity, status, until
from tests.browser.watched_session import wait_until_saved
from tests.content.interviews import INTERVIEWS, MODULES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Page

    from tests.browser.link import Link
    from tests.browser.watched_session import Desk

NAME = "not-on-sunday"


def _example() -> list[str]:
    interview: Any = load_module(MODULES / INTERVIEWS[NAME]).activities[NAME]
    moves: list[str] = interview.examples[0]
    return moves


def _say(page: Page, moves: Sequence[str]) -> None:
    """Press each move, also under a dialog that JupyterLab puts over the page."""
    for move in moves:
        activity(page, NAME).locator(f'[data-key="say-{move}"]').evaluate("button => button.click()")


def _begin(page: Page, moves: Sequence[str]) -> None:
    activity(page, NAME).locator('[data-key="start"]').evaluate("button => button.click()")
    _say(page, moves)
    wait_until_saved(page)


def _said(page: Page) -> list[str]:
    return [line["move"] for line in view(activity(page, NAME))["lines"]]


def _go_on_to_the_end(desk: Desk, page: Page, said: int) -> None:
    moves = _example()
    assert _said(page) == moves[:said]
    _say(page, moves[said:])
    shown = view(activity(page, NAME))
    assert (shown["phase"], shown["ending"]["id"]) == ("ended", "nine-steps")
    wait_until_saved(page)
    desk.assert_all_is_well(at_least=len(moves))


@pytest.mark.proof
def test_link_cut_in_conversation_loses_nothing(desk: Desk, link: Link) -> None:
    page = desk.open()
    moves = _example()
    _begin(page, moves[:4])
    link.cut()
    _say(page, moves[4:9])
    until(lambda: status(page, NAME).startswith("Not saved yet"), "it says that it is not saved")
    link.restore()
    desk.reload(page)
    _go_on_to_the_end(desk, page, 9)


@pytest.mark.proof
def test_kernel_killed_in_conversation_loses_nothing(desk: Desk) -> None:
    page = desk.open()
    moves = _example()
    _begin(page, moves[:4])
    before = set(kernels(desk.folder))
    kill_kernel(desk.folder)
    _say(page, moves[4:9])
    until(lambda: kernels(desk.folder) and not before & set(kernels(desk.folder)), "a new kernel")
    if desk.door == "app":
        desk.reload(page)
    wait_until_saved(page)
    _go_on_to_the_end(desk, page, 9)
