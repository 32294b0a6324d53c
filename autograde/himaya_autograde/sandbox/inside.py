"""The other side of `sandbox`: runs a trainee's cells in IPython's shell and tells, a line at a time, what came out.

Runs as a program of its own inside bubblewrap, and is no boundary: once a trainee's cell has run, every line may be the
trainee's. It may import nothing of Himaya, which is not there.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import math
import os
import re
import resource
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import FrameType

DEEPEST = 6
MOST_PARTS = 20_000
LONGEST_TEXT = 10_000
_LARGEST = 2**63
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class NotPlainError(Exception):
    """A value cannot be compared as data; the message says why."""


def plain(value: object) -> Any:
    """Return a value as JSON data of bounded size: the only thing about an answer that is ever compared.

    A table becomes `{"columns": [...], "rows": [[...]]}` and a series or array a list, both without their index; a set
    becomes a sorted list, a missing value None, a date its ISO text.

    Raises:
        NotPlainError: If it is too large, too deep, infinite, or of a kind that is not data.
    """
    return _plain(value, DEEPEST, [MOST_PARTS])


def _plain(value: object, depth: int, left: list[int]) -> Any:
    left[0] -= 1
    if depth < 0 or left[0] < 0:
        raise NotPlainError("it is too large or too deep to be compared")
    if value is None or isinstance(value, bool | int | float | str):
        return _single(value)
    if isinstance(value, dict):
        return {str(name): _plain(part, depth - 1, left) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part, depth - 1, left) for part in value]
    if isinstance(value, set | frozenset):
        return sorted((_plain(part, depth - 1, left) for part in value), key=lambda part: (str(type(part)), str(part)))
    return _plain(_unwrapped(value), depth - 1, left)


def _single(value: Any) -> Any:
    """Return a single value as JSON has it, without the subclass that a trainee or NumPy may have made of it."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)[:LONGEST_TEXT]
    if isinstance(value, int):
        if abs(int(value)) > _LARGEST:
            raise NotPlainError("it is too large a number")
        return int(value)
    if math.isinf(value):
        raise NotPlainError("it is infinite")
    return None if math.isnan(value) else float(value)


def _unwrapped(value: object) -> object:
    """Return what pandas and NumPy hold as data; neither is imported for it, they are known by their names."""
    kind = type(value).__name__
    if kind == "DataFrame":
        table: Any = value
        rows = list(table.itertuples(index=False, name=None))
        return {"columns": [str(name) for name in table.columns], "rows": rows}
    if kind in ("NaTType", "NAType"):
        return None
    for method in ("tolist", "isoformat"):
        if hasattr(value, method):
            return getattr(value, method)()
    message = f"it is a {kind}, which cannot be compared"
    raise NotPlainError(message)


def value_of(expression: str, names: dict[str, Any]) -> dict[str, Any]:
    """Return `{"value": data}`, or `{"problem": sentence}` where the expression gives none."""
    try:
        # The parentheses let an author break the line.
        return {"value": plain(eval(f"(\n{expression}\n)", names))}  # noqa: S307 - the author's expression, in here
    except BaseException as error:  # noqa: BLE001 - whatever a trainee's own code raises
        return {"problem": f"{type(error).__name__}: {error}"[:300]}


def _limit(limits: Mapping[str, int], uid: int | None) -> None:
    """Take on the limits for good, and leave root where the grader runs as root."""
    for name, most in (
        (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_NPROC, limits["processes"]),
        (resource.RLIMIT_NOFILE, limits["open_files"]),
        (resource.RLIMIT_FSIZE, limits["disk"]),
        (resource.RLIMIT_CPU, limits["seconds"]),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(name, (most, most))
    # If the machine itself runs short, this goes first.
    Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    if uid is not None:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def _shell() -> Any:
    from IPython.core.interactiveshell import InteractiveShell  # only where there is a cell to run
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.xmode = "Plain"
    shell = InteractiveShell.instance(config=config)
    # IPython keeps a second copy of whatever is printed, however much that is.
    shell.history_manager.outputs = _Forgetful()
    return shell


class _Forgetful(dict[int, list[Any]]):
    def __missing__(self, _key: int) -> list[Any]:
        return []


def _out_of_time(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError("this cell took too long")


class _Said(io.StringIO):
    """What a cell prints, as far as anybody would read it; the rest is forgotten at once."""

    def write(self, text: str, /) -> int:
        super().write(text[: max(0, LONGEST_TEXT - self.tell())])
        return len(text)


def _run(shell: Any, source: str, seconds: int) -> dict[str, Any]:
    said = _Said()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        signal.setitimer(signal.ITIMER_REAL, seconds)
        try:
            done = shell.run_cell(source, store_history=True)
            failed = done.error_in_exec or done.error_before_exec
        except TimeoutError as error:
            failed = error
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    return {"text": _COLOURS.sub("", said.getvalue()), "problem": type(failed).__name__ if failed else None}


def main() -> None:
    """Read the work from standard input, do it step by step, and tell each result as one line of JSON."""
    work = json.load(sys.stdin)
    nothing = os.open(os.devnull, os.O_RDWR)
    tell = _teller(os.dup(1))
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    _limit(work["limits"], work["uid"])
    folder = Path("/tmp/work")  # noqa: S108 - bubblewrap's own, empty
    folder.mkdir()
    os.chdir(folder)
    for name, content in work["files"].items():
        (folder / name).write_bytes(base64.b64decode(content))
    signal.signal(signal.SIGALRM, _out_of_time)
    if work["steps"]:
        _work(work["steps"], work["limits"]["cell_seconds"], tell)
    tell({"finished": True})
    os._exit(0)  # no trainee's `atexit` runs


def _work(steps: list[tuple[str, str]], seconds: int, tell: Callable[[dict[str, Any]], None]) -> None:
    shell = _shell()
    for number, (kind, source) in enumerate(steps):
        if kind == "run":
            tell({"step": number, **_run(shell, source, seconds)})
        else:
            signal.setitimer(signal.ITIMER_REAL, seconds)
            found = value_of(source, shell.user_ns)
            signal.setitimer(signal.ITIMER_REAL, 0)
            tell({"step": number, **found})


def _teller(descriptor: int) -> Callable[[dict[str, Any]], None]:
    def tell(line: dict[str, Any]) -> None:
        left = json.dumps(line).encode() + b"\n"
        while left:
            left = left[os.write(descriptor, left) :]

    return tell


if __name__ == "__main__":
    main()
