"""Let tests of one room use another's shared modules (`from engine.shipped import ...`); share out the work."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# At the end of the path: a real package of the same name always wins.
sys.path.append(str(Path(__file__).parent))


_WAITING = ("test_apps.py", "test_apps_access.py", "test_bad_input.py", "test_pages.py", "test_trouble.py")


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in the same hook
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests in one process; those in a browser, which mostly wait, begin first and in two processes."""
    browser = Path(__file__).parent / "browser"
    items.sort(key=lambda item: browser not in item.path.parents)
    for item in items:
        group = str(item.path)
        if browser in item.path.parents:
            group = "waiting" if item.path.name in _WAITING else "browser"
        item.add_marker(pytest.mark.xdist_group(group))
