"""Several programs that run as one: none is left when another ends, whatever ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.waiting import end_of, wait_until

_ROOT = Path(__file__).parents[2]
_PARENT = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # as in a terminal; a shell ignores it for what runs behind
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # and nohup this one
from himaya.commands import together
from himaya.commands.together import Program, run_together
together._PATIENCE = 1
programs = [Program(name, [sys.executable, "-c", code, name], {}) for name, code in zip(("one", "two"), sys.argv[1:])]
ended = run_together(programs, lambda: True, lambda: print("ready", flush=True))
print("ended:", ended, flush=True)
"""
_STAYS = "import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(600)"
_DEAF = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {_STAYS}"
_WAITS = "import pathlib, time\nwhile not pathlib.Path('go').exists(): time.sleep(0.01)\nraise SystemExit(3)"


class _Started:
    def __init__(self, folder: Path, *codes: str) -> None:
        self.folder, self.log = folder, folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _PARENT, *codes],
                cwd=folder, env={**os.environ, "PYTHONPATH": str(_ROOT / "src")},
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.sees("ready")

    def sees(self, what: str) -> None:
        """Wait for a line of the log."""
        said = end_of(self.log)
        wait_until(lambda: what in said(), what, saw=said)

    def child(self, name: str) -> int:
        """Return the process of a child that stays."""
        written = self.folder / name
        return int(wait_until(lambda: written.exists() and written.read_text(encoding="utf-8"), f"{name} runs"))

    def end(self) -> None:
        """Leave nothing behind."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)


def _runs(process: int) -> bool:
    stat = Path(f"/proc/{process}/stat")
    try:
        return stat.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL], ids=lambda each: each.name
)
def test_signal_to_the_parent_ends_all(tmp_path: Path, number: signal.Signals) -> None:
    started = _Started(tmp_path, _STAYS, _STAYS)
    try:
        children = [started.child("one"), started.child("two")]
        started.process.send_signal(number)
        status = started.process.wait(30)
        wait_until(lambda: not any(map(_runs, children)), "both have ended", saw=end_of(started.log))
        if number != signal.SIGKILL:
            assert status == 0
            started.sees("ended: None")
    finally:
        started.end()


def test_one_that_ends_ends_the_other(tmp_path: Path) -> None:
    started = _Started(tmp_path, _STAYS, _WAITS)
    try:
        stays = started.child("one")
        (tmp_path / "go").touch()
        assert started.process.wait(30) == 0
        started.sees("ended: two")
        assert not _runs(stays)
    finally:
        started.end()


def test_deaf_program_is_killed(tmp_path: Path) -> None:
    started = _Started(tmp_path, _DEAF, _STAYS)
    try:
        children = [started.child("one"), started.child("two")]
        started.process.terminate()
        assert started.process.wait(30) == 0
        assert not any(map(_runs, children))
    finally:
        started.end()
