"""What a built page holds, read as a browser reads it: the very text of the file."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from py_mini_racer import MiniRacer

from tests.javascript import sources


@cache
def reader() -> MiniRacer:
    """Return V8 with what pages read and write files of saved answers with."""
    engine = MiniRacer()
    engine.eval(f"{sources('saved')} Object.assign(globalThis, player);")
    return engine


def parts(page: str) -> tuple[str, str]:
    """Return the data and the script of a page, as they stand in the file."""
    data = page.partition('id="himaya-data">')[2].partition("</script>")[0]
    return data, re.findall(r"<script>(.*?)</script>", page, re.DOTALL)[-1]


def data_of(page: str) -> dict[str, Any]:
    """Return what the page's own script reads out of it."""
    return dict(json.loads(parts(page)[0]))
