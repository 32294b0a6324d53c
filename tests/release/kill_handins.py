"""Kill a kernel that hands in, its submitting process, or both, and look at what is left; in a process of its own.

Usage: python kill_handins.py HOME TIMES. HOME holds an exchange with one released module and a trainee's copy.
Prints one line of JSON for each kill.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from himaya.answers.journal import Journal
from himaya.publish.folder import open_folder
from himaya.publish.receipts import receipts
from himaya_server.home.state import trainee_modules

COURSE, MODULE = "core-protection", "case-management"
ACTIVITY = "one-promise"
KINDS = ("kernel", "process", "both")
_KERNEL = """
import sys
from pathlib import Path
from himaya.publish.folder import open_folder
from himaya_widgets.handin import hand_in
folder = open_folder(Path(sys.argv[1]))
print("ready", flush=True)
print(hand_in(folder, "en")["type"], flush=True)
"""


def submitting(folder: Path) -> list[psutil.Process]:
    """Return the processes that hand this folder in; they outlive the kernel that started them."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.cmdline()[-1:] == [str(folder)] and "himaya_autograde.submit" in process.cmdline():
                found.append(process)
    return found


def ended(folder: Path, seconds: float = 60) -> None:
    """Wait until nobody hands in any more."""
    left = psutil.wait_procs(submitting(folder), timeout=seconds)[1]
    if left:
        sys.exit(f"still handing in after {seconds} s")


def hand_in(folder: Path, kind: str | None, after: float) -> float:
    """Hand in from a process like a kernel; kill what `kind` names `after` seconds. Returns how long it took."""
    kernel = subprocess.Popen([sys.executable, "-c", _KERNEL, str(folder)], stdout=subprocess.PIPE, text=True)
    assert kernel.stdout is not None
    kernel.stdout.readline()
    began = time.monotonic()
    if kind is not None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            kernel.wait(after)  # the moment of death
        theirs = submitting(folder)
        if kind in ("kernel", "both"):
            kernel.kill()
        if kind in ("process", "both"):
            for process in theirs:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
    kernel.communicate()
    ended(folder)
    return time.monotonic() - began


def look(home: Path, folder: Path, before: set[str], kind: str) -> dict[str, Any]:
    """Return what the exchange, the receipts and the home page say."""
    inbound = home / "exchange" / COURSE / "inbound"
    arrived = {str(path) for path in inbound.iterdir() if not path.name.startswith(".")}
    told = list(receipts(open_folder(folder)))
    new = arrived - before
    whole = all(
        (Path(path) / name).is_file()
        for path in new
        for name in ("responses.jsonl", "timestamp.txt", "submission_secret.txt", f"{MODULE}.ipynb")
    )
    codes = {path: hashlib.sha256((Path(path) / "responses.jsonl").read_bytes()).hexdigest()[:8] for path in new}
    state = next(each.state for each in trainee_modules(folder.parent, home / "exchange", COURSE) if each.id == MODULE)
    return {
        "kind": kind,
        "new": len(new),
        "without receipt": sorted(arrived - {receipt["arrival"] for receipt in told}),
        "without arrival": sorted({receipt["arrival"] for receipt in told} - arrived),
        "whole": whole,
        "code": all(receipt["code"] == codes[receipt["arrival"]] for receipt in told if receipt["arrival"] in new),
        "state": state,
    }


def main() -> None:
    """Kill at random moments, each kind as often as the others."""
    home, times = Path(sys.argv[1]), int(sys.argv[2])
    folder = home / "trainee" / MODULE
    inbound = home / "exchange" / COURSE / "inbound"
    dice = random.Random("handins")
    journal = Journal(folder / "responses.jsonl")
    seconds = hand_in(folder, None, 0)
    for number in range(times):
        kind = KINDS[number % len(KINDS)]
        event = {"id": f"{number:024d}", "activity": ACTIVITY, "type": "answer", "turn": number, "value": ["x"]}
        journal.put([event])  # so that the code of this hand-in is like no other
        before = {str(path) for path in inbound.iterdir() if not path.name.startswith(".")}
        # Most of the time goes into starting; what matters happens at the end.
        after = dice.uniform(0, seconds) if number % 2 else seconds * dice.uniform(0.7, 1.05)
        hand_in(folder, kind, after)
        sys.stdout.write(json.dumps(look(home, folder, before, kind)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    os.environ.setdefault("JUPYTER_CONFIG_DIR", str(Path(sys.argv[1]) / "config"))
    main()
