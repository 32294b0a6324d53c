"""Run several programs as one: when one of them ends, or this process is told to, all end."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

_LOOK = 0.2  # seconds between looks at what runs
_PATIENCE = 20  # seconds in which a program that is told to end does so
_PARENT_DIED = 1  # prctl(2): PR_SET_PDEATHSIG


@dataclass(frozen=True)
class Program:
    """What is started.

    Attributes:
        name: What a person calls it.
        command: The program and its arguments.
        environment: All of its environment.
        folder: Where it starts; None for where this process is.
        says: Whether its output is shown; what it has to say of faults always is.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path | None = None
    says: bool = True


def run_together(programs: Sequence[Program], ready: Callable[[], bool], on_ready: Callable[[], None]) -> str | None:
    """Run programs until one ends, or until Control-C, SIGTERM or a closed terminal.

    All of them have ended when this returns. They end too where this process is killed (on Linux).

    Args:
        programs: What is started, at once.
        ready: Asked again and again until it says yes.
        on_ready: Called then, once.

    Returns:
        The name of the program that ended by itself; None if this process was told to end.
    """
    running: list[subprocess.Popen[bytes]] = []
    try:
        with _signals_stop():
            for program in programs:
                running.append(_started(program))
            waits = True
            while True:
                for program, process in zip(programs, running, strict=True):
                    if process.poll() is not None:
                        return program.name
                if waits and ready():
                    waits = False
                    on_ready()
                time.sleep(_LOOK)
    except KeyboardInterrupt:
        return None
    finally:
        _end(running)


def _started(program: Program) -> subprocess.Popen[bytes]:
    # In one process group: a terminal's Control-C reaches all, and none is left where the group is killed.
    return subprocess.Popen(  # noqa: S603 - programs of ours
        program.command,
        cwd=program.folder,
        env=program.environment,
        stdin=subprocess.DEVNULL,  # the terminal belongs to nobody of them
        stdout=None if program.says else subprocess.DEVNULL,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - there is no thread yet
    )


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PARENT_DIED, signal.SIGTERM)


@contextmanager
def _signals_stop() -> Iterator[None]:
    """Let SIGTERM and a closed terminal do what Control-C does; what is ignored, as under nohup, stays so."""

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    meant = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {each: signal.getsignal(each) for each in meant if signal.getsignal(each) != signal.SIG_IGN}
    for each in before:
        signal.signal(each, stop)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _end(running: Sequence[subprocess.Popen[bytes]]) -> None:
    """End what still runs, the last that was started first; who presses Control-C again waits no longer."""
    for process in reversed(running):
        process.terminate()
    late = time.monotonic() + _PATIENCE
    for process in running:
        try:
            process.wait(max(0.0, late - time.monotonic()))
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            process.kill()
            process.wait()
