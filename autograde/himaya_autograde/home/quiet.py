"""formgrader's other buttons: where all went well, their dialogs show no log, only what a person has to know."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from nbgrader.server_extensions.formgrader import apihandlers

_LOUD = (
    apihandlers.AssignHandler,
    apihandlers.ReleaseHandler,
    apihandlers.UnReleaseHandler,
    apihandlers.CollectHandler,
    apihandlers.GenerateAllFeedbackHandler,
    apihandlers.ReleaseAllFeedbackHandler,
    apihandlers.GenerateFeedbackHandler,
    apihandlers.ReleaseFeedbackHandler,
)
_USUAL = ("Removing existing ", "Updating existing ")  # warnings about what every second press of a button does


def worth_telling(answer: dict[str, Any]) -> dict[str, Any]:
    """Return nbgrader's answer; of a success without its log, but for what it warns of."""
    if not answer.get("success"):
        return answer
    lines = [line.partition("] ")[2] for line in answer.get("log", "").splitlines() if line.startswith(("[W", "[E"))]
    told = [line for line in lines if not line.startswith(_USUAL)]
    return {"success": True, "log": "\n".join(told)} if told else {"success": True}


class _Quiet:
    def write(self, chunk: str) -> None:
        with contextlib.suppress(ValueError):  # a page that tells of an error
            chunk = json.dumps(worth_telling(json.loads(chunk)))
        super().write(chunk)  # type: ignore[misc]


ROUTES = [
    (route, type(f"Quiet{handler.__name__}", (_Quiet, handler), {}))
    for route, handler in apihandlers.default_handlers
    if handler in _LOUD
]
