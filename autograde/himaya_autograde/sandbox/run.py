"""Runs a trainee's code where it can reach nothing: no network, no environment, no file but the assignment's own.

Code runs in bubblewrap, in `inside`; only data comes back, through one bounded pipe. Nothing here compares an answer or
gives points, and no right answer is ever sent in: a trainee's code can forge what it computed, never its grade.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import itertools
import json
import os
import selectors
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import psutil

from himaya.errors import SandboxError
from himaya_autograde.sandbox import seccomp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Step: TypeAlias = tuple[Literal["run", "value"], str]
"""A cell to run, or an expression whose value is wanted."""

_MB = 1024 * 1024
_LINE = 256 * 1024


class Ending(StrEnum):
    """How the code of one submission ended, as the end of the sentence "the code ..."."""

    FINISHED = "finished"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "used too much memory"
    TOO_MUCH_OUTPUT = "gave too much output"
    STOPPED = "stopped itself or was stopped by a limit"


@dataclass(frozen=True)
class Limits:
    """What the code of one submission may use, all its processes together unless said otherwise.

    Attributes:
        seconds: By the clock on the wall.
        cell_seconds: For one cell; the next ones still run.
        memory: Bytes; also the address space of each process.
        processes: Processes and threads.
        disk: Bytes of the private folder, the only place that can be written.
        open_files: For each process.
        output: Bytes that may come back.
    """

    seconds: int = 60
    cell_seconds: int = 20
    memory: int = 1024 * _MB
    processes: int = 32
    disk: int = 64 * _MB
    open_files: int = 128
    output: int = 2 * _MB


@dataclass
class Ran:
    """What came back, every word of it the trainee's.

    Attributes:
        ending: How it ended.
        results: By step: `text` and `problem` of a cell, `value` or `problem` of an expression. A step that was never
            reached has none.
        said: The last line that was no result: what bubblewrap said where it could not start.
    """

    ending: Ending
    results: dict[int, dict[str, Any]] = field(default_factory=dict)
    said: str = ""


@functools.cache
def missing() -> str | None:
    """Return why code cannot be run safely on this machine and what to do about it, or None if it can."""
    if shutil.which("bwrap") is None:
        return (
            "Code cells were not run, because bubblewrap is not installed. On Debian or Ubuntu an administrator gets "
            "it with: apt-get install bubblewrap. Then run: himaya grade COURSE --force, or mark these answers by hand."
        )
    ran = _run([], {}, Limits(seconds=20))
    if ran.ending is Ending.FINISHED:
        return None
    return (
        "Code cells were not run, because bubblewrap could not start on this machine"
        f" ({ran.said or ran.ending}). See docs/code-cells.md, or mark these answers by hand."
    )


def run(steps: Sequence[Step], files: Mapping[str, bytes], limits: Limits | None = None) -> Ran:
    """Run cells and read values, one after the other in one namespace, in a sandbox that lives only for this call.

    Args:
        steps: What to do, in order.
        files: What lies in the working folder, by plain file name. Nothing else of this machine's files is there but
            the system's and Python's own libraries, which cannot be changed.
        limits: What the code may use.

    Raises:
        SandboxError: If there is no sandbox on this machine. No step has run then.
    """
    reason = missing()
    if reason:
        raise SandboxError(reason)
    return _run(steps, files, limits or Limits())


def _run(steps: Sequence[Step], files: Mapping[str, bytes], limits: Limits) -> Ran:
    if any(name != Path(name).name or not name for name in files):
        message = f"the files of a sandbox have plain names, not {sorted(files)}"
        raise ValueError(message)
    work = {
        "limits": asdict(limits),
        "uid": _stranger() if os.geteuid() == 0 else None,
        "files": {name: base64.b64encode(content).decode() for name, content in files.items()},
        "steps": steps,
    }
    with _started(work, limits) as process:
        return _listen(process, limits)


@contextlib.contextmanager
def _started(work: Mapping[str, Any], limits: Limits) -> Iterator[subprocess.Popen[bytes]]:
    """Start the sandbox and make sure that nothing of it lives on."""
    with tempfile.TemporaryFile() as wanted, tempfile.TemporaryFile() as rules:
        wanted.write(json.dumps(work).encode())
        wanted.seek(0)
        filtered = seccomp.program()
        rules.write(filtered or b"")
        rules.seek(0)
        command = _command(limits, rules.fileno() if filtered else None)
        # Without an environment: bubblewrap's own first process can be looked at from inside.
        process = subprocess.Popen(  # noqa: S603 - our own command; the trainee's code is data on standard input
            command,
            stdin=wanted,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={},
            cwd="/",
            pass_fds=[rules.fileno()],
        )
    try:
        yield process
    finally:
        process.kill()  # and with it, because of --die-with-parent and the process namespace, everything inside
        process.communicate()


def _listen(process: subprocess.Popen[bytes], limits: Limits) -> Ran:
    """Read what comes out until it ends or a limit is reached."""
    ran = Ran(Ending.STOPPED)
    deadline = time.monotonic() + limits.seconds
    assert process.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
    pending, received = b"", 0
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while ran.ending is Ending.STOPPED:
            if selector.select(timeout=0.1):
                part = os.read(process.stdout.fileno(), 65_536)
                if not part:
                    break
                received += len(part)
                *lines, pending = (pending + part).split(b"\n")
                for line in lines:
                    _note(ran, line)
            if ran.ending is Ending.STOPPED:
                ran.ending = _beyond(process, limits, received, deadline)
    return ran


def _beyond(process: subprocess.Popen[bytes], limits: Limits, received: int, deadline: float) -> Ending:
    """Return which limit is reached, or that none is."""
    if received > limits.output:
        return Ending.TOO_MUCH_OUTPUT
    if time.monotonic() > deadline:
        return Ending.TIMED_OUT
    if _memory(process.pid) > limits.memory:
        return Ending.OUT_OF_MEMORY
    return Ending.STOPPED


def _memory(pid: int) -> int:
    """Return the bytes of memory that a process and all its descendants hold."""
    total = 0
    with contextlib.suppress(psutil.Error):
        for process in psutil.Process(pid).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                total += process.memory_info().rss
    return total


def _note(ran: Ran, line: bytes) -> None:
    """Keep one line if it is a result; the first one for a step counts."""
    try:
        found = json.loads(line) if len(line) <= _LINE else None
    except (ValueError, RecursionError):
        ran.said = line.decode(errors="replace")[:300]
        return
    if not isinstance(found, dict):
        return
    if found.get("finished") is True:
        ran.ending = Ending.FINISHED
    elif type(found.get("step")) is int:
        ran.results.setdefault(found["step"], found)


_turns = itertools.count()


def _stranger() -> int:
    """Return a user that owns nothing, other than that of any sandbox that runs at the same time.

    The kernel holds root to no number of processes, so a grader that is root runs code as somebody else.
    """
    ranges = [line.split() for line in Path("/proc/self/uid_map").read_text(encoding="ascii").splitlines()]
    top = min(2**31, max(int(first) + int(length) for first, _, length in ranges))
    spread = min(2**20, top // 16)
    return top - 2 - (os.getpid() * 16 + next(_turns)) % spread


def _command(limits: Limits, rules: int | None) -> list[str]:
    """Return bubblewrap's command line: the libraries, read-only, and one small private folder."""
    bubblewrap = shutil.which("bwrap") or "bwrap"
    inside = Path(__file__).with_name("inside.py")
    command = [bubblewrap, "--die-with-parent", "--new-session", "--clearenv"]
    command += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    if os.geteuid() == 0:
        command += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        command += ["--unshare-user"]
    # First, so that it hides no Python that lies below it.
    command += ["--perms", "1777", "--size", str(limits.disk), "--tmpfs", "/tmp"]  # noqa: S108 - bubblewrap's own
    command += _system()
    command += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    command += ["--ro-bind", str(inside), "/inside.py", "--remount-ro", "/"]
    for name, value in _ENVIRONMENT.items():
        command += ["--setenv", name, value]
    if rules is not None:
        command += ["--seccomp", str(rules)]
    return [*command, "--chdir", "/tmp", sys.executable, "-I", "-B", "/inside.py"]  # noqa: S108


_ENVIRONMENT = {
    "HOME": "/tmp",  # noqa: S108 - bubblewrap's own
    "LANG": "C.UTF-8",
    "USER": "trainee",
    # Every thread of these takes address space and counts as a process; so does each thread's own heap.
    "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


def _system() -> list[str]:
    """Return the arguments that show the libraries. Nobody's data lies there: nbgrader's exchange may be in /usr."""
    shown = [Path("/usr") / name for name in ("bin", "lib", "lib64", "share/zoneinfo")]
    for prefix in dict.fromkeys((sys.base_prefix, sys.prefix)):
        shown += [Path(prefix) / name for name in ("bin", "lib", "lib64", "pyvenv.cfg")]
    shown = [
        path for path in dict.fromkeys(shown) if path.exists() and not (path.is_symlink() and path.name == "lib64")
    ]
    arguments: list[str] = []
    # bubblewrap makes the folders above for root alone.
    for parent in dict.fromkeys(above for path in shown for above in reversed(path.parents) if above != Path("/")):
        arguments += ["--perms", "0755", "--dir", str(parent)]
    for path in shown:
        arguments += ["--ro-bind", str(path), str(path)]
    for name in ("ld.so.cache", "alternatives", "localtime"):
        arguments += ["--ro-bind-try", f"/etc/{name}", f"/etc/{name}"]
    for name in ("bin", "lib", "lib64"):
        link = Path("/") / name
        if link.is_symlink():
            arguments += ["--symlink", str(link.readlink()), str(link)]
        elif link.exists():
            arguments += ["--ro-bind", str(link), str(link)]
    return arguments
