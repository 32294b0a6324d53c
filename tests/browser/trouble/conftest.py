"""A trainee's desk at each door."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from browser.desks import Desk, opened_desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext

    from browser.conftest import Server
    from browser.link import Link


@pytest.fixture(params=["lab", "app"])
def desk(request: pytest.FixtureRequest, server: Server, context: BrowserContext, link: Link) -> Iterator[Desk]:
    """A new trainee with the module open nowhere yet."""
    case = request.node.name.split("[")[0].removeprefix("test_")[:40]
    made = opened_desk(server, context, link, request.param, f"{case}-{request.param}")
    with made.disk:
        yield made
