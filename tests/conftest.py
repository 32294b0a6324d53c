"""Let tests of one room use another room's shared modules (`from engine.shipped import ...`); slow ones begin first."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

# At the end of the path: a real package of the same name always wins.
sys.path.append(str(Path(__file__).parent))


_LONGEST = ("test_long_cut.py", "test_batch_equal.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, then with the tests in a browser, which mostly wait."""
    browser = Path(__file__).parent / "browser"
    items.sort(key=lambda item: (item.path.name not in _LONGEST, browser not in item.path.parents))
