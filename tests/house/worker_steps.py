"""A worker of the tests; see `himaya.worker`. Its first argument says what becomes of a step when the asker ends."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from himaya.errors import CourseError
from himaya.worker import serve


def _echo(*words: str) -> dict[str, Any]:
    print("this is no answer")
    return {"words": words, "process": os.getpid()}


def _refuse(sentence: str) -> dict[str, Any]:
    raise CourseError(sentence)


def _break(word: str) -> dict[str, Any]:
    raise KeyError(word)


def _sleep(place: str) -> dict[str, Any]:
    Path(place, "begun").write_text(str(os.getpid()))
    for _ in range(100):
        time.sleep(0.05)
        if Path(place, "go-on").exists():
            break
    Path(place, "done").touch()
    return {}


def _end(code: str) -> dict[str, Any]:
    sys.stderr.write("Out of luck.\n")
    sys.stderr.flush()
    os._exit(int(code))


STEPS = {"echo": _echo, "refuse": _refuse, "break": _break, "sleep": _sleep, "end": _end}

if __name__ == "__main__":
    serve(STEPS)
