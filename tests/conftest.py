"""Fixtures of all rooms; slow tests begin first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from himaya_server.ports import choose_kernel_ports
from tests.chromium import chromium

if TYPE_CHECKING:
    import pytest

__all__ = ["chromium"]

_LONGEST = ("test_long_cut.py", "test_batch_equal.py")


def pytest_configure() -> None:
    """Let the kernels of this process get ports that nothing else on a busy machine takes."""
    choose_kernel_ports()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, then with the tests in a browser, which mostly wait."""
    browser = Path(__file__).parent / "browser"
    items.sort(key=lambda item: (item.path.name not in _LONGEST, browser not in item.path.parents))
