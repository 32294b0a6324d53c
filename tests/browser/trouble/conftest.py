"""A trainee's desk at each door."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.watched_session import Desk, opened_desk
from tests.lanes import sampled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext

    from tests.browser.conftest import Server
    from tests.browser.link import Link


@pytest.fixture(params=sampled(["app"], ["lab"]))
def desk(request: pytest.FixtureRequest, server: Server, context: BrowserContext, link: Link) -> Iterator[Desk]:
    """A new trainee with the module open nowhere yet."""
    # All that tells one case from another: a second one in the same folder would meet the kernel of the first.
    case = re.sub(r"\W+", "-", request.node.name).strip("-")[-60:].lstrip("-_")
    made = opened_desk(server, context, link, request.param, case)
    with made.disk:
        yield made
