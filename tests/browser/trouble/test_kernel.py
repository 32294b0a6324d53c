"""Killed, restarted and busy kernels, two tabs, old outputs: every answer reaches the file once, every word is true."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from himaya.languages.interface import sentence
from himaya.publish.folder import open_folder
from tests.browser.kernels import (
    AT_AN_ACTIVITY,
    AT_START,
    dying_kernels,
    keep_busy,
    kernels,
    kill_kernel,
    only_kernel,
    restart_kernel,
)
from tests.browser.offline_pages import go_to
from tests.browser.user_actions import activity, until, wait_drawn
from tests.browser.watched_session import ITEMS, answer, wait_until_saved
from tests.lanes import sampled
from tests.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext

    from tests.browser.conftest import Server
    from tests.browser.watched_session import Desk


def _end_kernel_while_answering(desk: Desk, end: Callable[[], object]) -> None:
    """Answer, end the kernel, answer on; in the app a reload brings the new kernel."""
    page = desk.open_and_answer()
    before = set(kernels(desk.folder))
    answer(page, ITEMS[0])
    end()
    answer(page, ITEMS[0])
    answer(page, ITEMS[1], 2)
    until(lambda: kernels(desk.folder) and not before & set(kernels(desk.folder)), "a new kernel")
    if desk.door == "app":
        told = "Not saved yet. Your answer is kept in this browser"
        wait_for(activity(page, ITEMS[1]).locator(".himaya-status", has_text=told), state="attached")
        desk.reload(page)
    wait_until_saved(page)
    desk.assert_all_is_well(at_least=5)


def test_a_killed_kernel_loses_nothing(desk: Desk) -> None:
    _end_kernel_while_answering(desk, lambda: kill_kernel(desk.folder))


@pytest.mark.proof
def test_a_restarted_kernel_loses_nothing(desk: Desk, server: Server) -> None:
    _end_kernel_while_answering(desk, lambda: restart_kernel(server, desk.folder))


@pytest.mark.proof
def test_a_busy_kernel_loses_nothing(desk: Desk, server: Server) -> None:
    page = desk.open()
    keep_busy(server, desk.folder, 4.5)
    answer(page, ITEMS[0], 2)
    answer(page, ITEMS[1], 2)
    wait_until_saved(page)
    desk.assert_all_is_well(at_least=6)


@pytest.mark.proof
@pytest.mark.parametrize("how", [AT_AN_ACTIVITY, AT_START], ids=["at an activity", "at its start"])
def test_app_of_a_dying_kernel_offers_to_try_again(server: Server, context: BrowserContext, how: str) -> None:
    """It does not wait for ever; nothing of that kernel stays."""
    folder = server.new_trainee("dying")
    page = context.new_page()
    with dying_kernels(server.home / "ipython", how, folder):
        page.goto(server.door("app", "dying"))
        wait_for(page.get_by_role("alert").get_by_text(sentence("app-not-started")))
        until(lambda: not kernels(folder), "no kernel of the page that broke off")
    assert page.locator("#start h1").inner_text() == "Case management"
    page.get_by_role("button", name=sentence("app-again")).click()
    wait_drawn(page)
    assert page.get_by_text(sentence("app-not-started")).count() == 0
    page.close()


def test_app_that_is_left_while_it_opens_leaves_no_kernel(server: Server, context: BrowserContext) -> None:
    folder = server.new_trainee("leaving")
    page = context.new_page()
    page.goto(server.door("app", "leaving"), wait_until="commit")
    until(lambda: kernels(folder), "its kernel")
    process, _name = only_kernel(folder)
    os.kill(process, signal.SIGSTOP)  # it is not drawn meanwhile
    page.close()
    os.kill(process, signal.SIGCONT)
    until(lambda: not kernels(folder), "no kernel without a page")


@pytest.mark.parametrize("desk", ["app"], indirect=True)
@pytest.mark.parametrize("how", sampled([signal.SIGSTOP], [signal.SIGKILL]))
def test_handin_box_works_without_kernel(desk: Desk, how: signal.Signals) -> None:
    page = desk.open_and_answer()
    go_to(page, "answers")
    box = page.locator("section.himaya-handin")
    told = box.get_by_text(sentence("submit-no-answer"))
    page.clock.install()
    process, _name = only_kernel(desk.folder)
    os.kill(process, how)
    box.get_by_role("button", name=sentence("submit"), exact=True).click()
    page.clock.fast_forward(31_000)
    wait_for(told)
    if how is signal.SIGSTOP:
        box.get_by_role("button", name=sentence("submit"), exact=True).click()
        wait_for(box.get_by_text(sentence("submitting")))
        page.clock.fast_forward(31_000)
        wait_for(told)
        os.kill(process, signal.SIGCONT)
        wait_for(box.get_by_text(sentence("not-released")).or_(box.get_by_text(sentence("receipt"))).first)
    desk.screens.clear()  # what a page with a false clock says of time is not compared


_DRAW_AS_READ_BEFORE = """name => {
  const asked = [];
  const state = { activity: name, owner: "OWNER", seed: 1, keeps: true, rows: "[]" };
  const model = { get: key => state[key], set() {}, on() {}, off() {}, send: message => asked.push(message.type) };
  const root = document.body.appendChild(document.createElement("div"));
  Object.values(globalThis.himaya).find(page => page.drawings !== undefined).drawings.play(model, root);
  return [root.querySelector("input:checked")?.value ?? null, root.querySelector(".himaya-status").innerText, asked];
}"""


@pytest.mark.proof
@pytest.mark.parametrize("desk", ["app"], indirect=True)
def test_output_read_before_last_answer_catches_up(desk: Desk) -> None:
    """It shows the answer and asks for what it lacks."""
    page = desk.open_and_answer()
    chosen = activity(page, ITEMS[0]).locator("input:checked").input_value()
    owner = open_folder(desk.folder).owner
    drawn = page.evaluate(_DRAW_AS_READ_BEFORE.replace("OWNER", owner), ITEMS[0])
    assert drawn == [chosen, "Saved", ["put"]]


@pytest.mark.proof
def test_two_answering_tabs_lose_nothing(desk: Desk) -> None:
    one, other = desk.open(), desk.open()
    for _ in range(3):
        answer(one, ITEMS[0])
        answer(other, ITEMS[0])
        answer(other, ITEMS[1])
    for page in (one, other):
        wait_until_saved(page)
    answer(one, ITEMS[0])  # whoever writes last learns what the other wrote
    wait_until_saved(one)
    desk.reload(other)
    chosen = [activity(page, ITEMS[0]).locator("input:checked").input_value() for page in (one, other)]
    assert chosen[0] == chosen[1]
    desk.assert_all_is_well(at_least=11)
