"""Kernels for the apps' visitors: in turn, one for each page, given back, whatever goes wrong."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from himaya_server.apps import kernels as module
from himaya_server.apps.kernels import Kernels, NoKernelError, _after_the_server
from tests.waiting import let_time_pass_async, take_turns, wait_until_async

if TYPE_CHECKING:
    from collections.abc import Coroutine


def _run(test: Coroutine[Any, Any, None]) -> None:
    """Run it in a thread of its own: Playwright leaves a loop running in the thread of the tests."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, test).result()


class _Kernel:
    """Stands for a kernel that answers at once."""

    def __init__(self, manager: _Manager) -> None:
        self._manager = manager
        self.last_activity = datetime.now(UTC)

    def client(self) -> _Kernel:
        return self

    def start_channels(self) -> None:
        """Nothing to open."""

    def stop_channels(self) -> None:
        """Nothing to close."""

    async def wait_for_ready(self, timeout: float) -> None:  # noqa: ASYNC109 - as Jupyter's clients have it
        del timeout
        await let_time_pass_async(0.01, "a kernel takes a moment to start")
        self._manager.starting -= 1
        if self._manager.broken:
            raise RuntimeError("Kernel died before replying to kernel_info")

    async def execute(self, _code: str, **_options: Any) -> dict[str, Any]:
        if self._manager.dies_at_import:
            await asyncio.Event().wait()
        return {"content": {"status": "ok"}}

    async def is_alive(self) -> bool:
        return not self._manager.dies_at_import


class _Manager(dict[str, _Kernel]):
    """Stands for Jupyter's manager and remembers how many kernels were starting at the same time."""

    broken = False
    dies_at_import = False
    starting = 0
    most = 0
    made = 0

    async def start_kernel(self, **_options: Any) -> str:
        self.starting += 1
        self.made += 1
        self.most = max(self.most, self.starting)
        name = f"kernel-{self.made}"
        self[name] = _Kernel(self)
        return name

    def get_kernel(self, name: str) -> _Kernel:
        return self[name]

    async def shutdown_kernel(self, name: str, *, now: bool) -> None:
        del now, self[name]


async def _until(holds: Any) -> None:
    await wait_until_async(holds, "the tasks got there")


def test_twenty_five_kernels_start_two_by_two() -> None:
    """Each visitor gets one of their own."""

    async def rush() -> None:
        manager = _Manager()
        kernels = Kernels(manager, warm=0, most=50, at_once=2)
        waiting = [asyncio.create_task(kernels.take(f"visitor-{n}", n)) for n in range(25)]
        await take_turns()
        assert (kernels.before(0), kernels.before(24)) == (0, 24)
        given = await asyncio.gather(*waiting)
        assert len(set(given)) == 25
        assert manager.most == 2
        assert await kernels.belongs(given[0], "visitor-0")
        assert not await kernels.belongs(given[0], "visitor-1")
        assert kernels.counts() == {"given": 25, "warm": 0, "waiting": 0}

    _run(rush())


def test_visitor_queues_and_times_out() -> None:
    async def full() -> None:
        kernels = Kernels(_Manager(), warm=0, most=1, at_once=2, patience=0.2)
        first = await kernels.take("one", 1)
        with pytest.raises(NoKernelError):
            await kernels.take("two", 2)
        later = asyncio.create_task(kernels.take("three", 3))
        await take_turns()
        await kernels.free(first)
        assert await later != first
        assert not await kernels.belongs(first, "one")

    _run(full())


def test_visitor_gets_two_kernels_and_queues_for_more() -> None:
    async def greedy() -> None:
        kernels = Kernels(_Manager(), warm=0, most=9, at_once=9)
        first, _ = [await kernels.take("one", n) for n in range(2)]
        third = asyncio.create_task(kernels.take("one", 3))
        assert await kernels.take("two", 4)  # who comes later does not wait for them
        assert kernels.held_back(3)
        await kernels.free(first)
        assert await third
        assert not kernels.held_back(3)

    _run(greedy())


def test_new_kernel_replaces_visitors_abandoned_one() -> None:
    async def abandoned() -> None:
        kernels = Kernels(_Manager(), warm=0, most=9, at_once=9)
        left, stays = [await kernels.take("one", n) for n in range(2)]
        kernels.connected(stays)
        for given in kernels._given.values():
            given.alone -= 11
        await kernels.take("one", 3)
        assert not await kernels.belongs(left, "one")
        assert await kernels.belongs(stays, "one")

    _run(abandoned())


def test_address_gets_half_of_all_kernels() -> None:
    async def one_device() -> None:
        kernels = Kernels(_Manager(), warm=0, most=8, at_once=9, patience=0.2)
        for n in range(4):
            await kernels.take(f"cookie-{n}", n, "10.0.0.1")
        with pytest.raises(NoKernelError):
            await kernels.take("cookie-4", 4, "10.0.0.1")
        assert await kernels.take("another", 5, "10.0.0.2")

    _run(one_device())


def test_kernels_dropped_and_taken_again_come_slowly() -> None:
    async def churn() -> None:
        kernels = Kernels(_Manager(), warm=0, most=50, at_once=9, patience=0.2)
        for n in range(12):
            await kernels.free(await kernels.take(f"cookie-{n}", n, "10.0.0.1"))
        with pytest.raises(NoKernelError):
            await kernels.take("one more", 13, "10.0.0.1")

    _run(churn())


def test_line_for_kernels_has_an_end() -> None:
    async def crowd() -> None:
        kernels = Kernels(_Manager(), warm=0, most=1, at_once=1, patience=5)
        await kernels.take("one", "one")
        waiting = [asyncio.create_task(kernels.take(f"visitor-{n}", n)) for n in range(60)]
        await take_turns()
        with pytest.raises(NoKernelError, match="too many"):
            await kernels.take("late", "late")
        for one in waiting:
            one.cancel()

    _run(crowd())


def test_failed_kernel_start_frees_its_slot() -> None:
    async def trouble() -> None:
        manager = _Manager()
        kernels = Kernels(manager, warm=0, most=1, at_once=1)
        manager.broken = True
        for _ in range(3):
            with pytest.raises(NoKernelError, match="died"):
                await kernels.take("one", 1)
        assert dict(manager) == {}
        manager.broken = False
        assert await kernels.take("one", 1) in manager

    _run(trouble())


def test_kernel_that_dies_at_its_import_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LOOK", 0.01)

    async def trouble() -> None:
        manager = _Manager()
        manager.dies_at_import = True
        with pytest.raises(NoKernelError, match="died"):
            await Kernels(manager, warm=0, most=1, at_once=1, patience=5).take("one", 1)
        assert dict(manager) == {}

    _run(trouble())


def test_leaving_the_queue_serves_the_next_visitor() -> None:
    async def leaving() -> None:
        kernels = Kernels(_Manager(), warm=0, most=1, at_once=1)
        first = await kernels.take("one", 1)
        gone, stays = (asyncio.create_task(kernels.take(name, name)) for name in ("two", "three"))
        await take_turns()
        assert kernels.before("three") == 1
        gone.cancel()
        await take_turns()
        assert kernels.before("three") == 0
        await kernels.free(first)
        assert await stays

    _run(leaving())


def test_warm_kernels_are_ready_and_refilled() -> None:
    """None that died is given out."""

    async def warm() -> None:
        manager = _Manager()
        kernels = Kernels(manager, warm=2, most=9, at_once=1)
        keeping = asyncio.create_task(kernels.keep())
        await _until(lambda: kernels.counts()["warm"] == 2)
        await manager.shutdown_kernel("kernel-1", now=True)
        assert await kernels.take("one", 1) == "kernel-2"
        await _until(lambda: kernels.counts()["warm"] == 2)
        keeping.cancel()

    _run(warm())


def test_returned_kernel_is_reused_when_clean() -> None:
    async def back() -> None:
        manager = _Manager()
        kernels = Kernels(manager, warm=1, most=2, at_once=1)
        one, two = [await kernels.take("page", n) for n in range(2)]
        await kernels.give_back(one, good=True)
        await kernels.give_back(two, good=True)  # one warm kernel is enough
        assert (kernels.counts(), set(manager)) == ({"given": 0, "warm": 1, "waiting": 0}, {one})
        assert await kernels.take("page", 3) == one
        await kernels.give_back(one, good=False)
        assert (kernels.counts(), set(manager)) == ({"given": 0, "warm": 0, "waiting": 0}, set())

    _run(back())


def test_only_idle_kernels_are_freed() -> None:
    async def abandoned() -> None:
        manager = _Manager()
        kernels = Kernels(manager, warm=0, most=9, at_once=9, grace=0.05, idle=60)
        never, left, back, stays = [await kernels.take(f"visitor-{n}", n) for n in range(4)]
        for kernel in (left, back, stays):
            kernels.connected(kernel)
        for kernel in (left, back):
            kernels.disconnected(kernel)
        kernels.connected(back)
        await let_time_pass_async(0.1, "twice the grace of a kernel without a page")
        await kernels._free_abandoned()
        assert set(manager) == {back, stays}
        assert never not in manager
        manager[stays].last_activity -= timedelta(seconds=61)  # its page is open, and nothing happens
        await kernels._free_abandoned()
        assert set(manager) == {back}

    _run(abandoned())


def test_kernel_comes_after_the_server() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True) as process:
        _after_the_server(SimpleNamespace(provisioner=SimpleNamespace(pid=process.pid)))
        own, its = (os.getpriority(os.PRIO_PROCESS, number) for number in (0, process.pid))
        process.kill()
    assert its == min(19, own + 5)
