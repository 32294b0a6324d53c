"""Run a function as an ordinary Unix user, in a child of this process."""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

NOBODY = 65534


def as_user(uid: int, action: Callable[[], Any]) -> Any:
    """Return what `action` returns, as JSON tells it, when `uid` runs it."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reader)
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
            with os.fdopen(writer, "w", encoding="utf-8") as pipe:
                json.dump(action(), pipe)
            code = 0
        except BaseException:  # noqa: BLE001 - the child must end here whatever happens
            traceback.print_exc(file=sys.__stderr__)
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as pipe:
        answer = pipe.read()
    assert os.waitpid(child, 0)[1] == 0
    return json.loads(answer)
