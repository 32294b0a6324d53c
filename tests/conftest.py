"""Fixtures of all rooms; slow tests begin first."""

from __future__ import annotations

from pathlib import Path

import pytest

from himaya_server.ports import choose_kernel_ports
from tests.chromium import chromium
from tests.lanes import lane_of

__all__ = ["chromium"]

_LONGEST = ("test_long_cut.py", "test_batch_equal.py")


def pytest_configure() -> None:
    """Let the kernels of this process get ports that nothing else on a busy machine takes."""
    choose_kernel_ports()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put repeated cases into their lane; begin with the files that take longest, then with those in a browser."""
    for item in items:
        if (lane := lane_of(item)) is not None:
            item.add_marker(lane)
    browser = Path(__file__).parent / "browser"
    items.sort(key=lambda item: (item.path.name not in _LONGEST, browser not in item.path.parents))
