"""Let tests of one room use another's shared modules (`from engine.shipped import ...`); share out the work."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# At the end of the path: a real package of the same name always wins.
sys.path.append(str(Path(__file__).parent))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests in one process, and all that use one browser and one platform."""
    browser = Path(__file__).parent / "browser"
    for item in items:
        group = "browser" if browser in item.path.parents else str(item.path)
        item.add_marker(pytest.mark.xdist_group(group))
