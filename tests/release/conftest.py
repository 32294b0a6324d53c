"""The rooms' shared fixtures, for the slow proof of the same things."""

from __future__ import annotations

from tests.autograde.conftest import released
from tests.browser.conftest import chromium

__all__ = ["chromium", "released"]
