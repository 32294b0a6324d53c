"""A class's front door, service and Hub, killed again and again while people answer on pages and in kernels.

By hand, as root: it makes Unix users (see `tests/classroom/hubbed.py`). Each round kills the class's process (front
door and service), the Hub with its proxy, or both at once, and starts what was killed. Prints how many acknowledged
answers were lost or kept twice, and ends with 1 where there is one, or where a session did not survive. How many kills:
HIMAYA_KILLS (100).
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

import psutil

from himaya.answers.class_journal import ClassJournal, ClassLink
from himaya.errors import JournalError
from himaya_server.classroom.notebooks import DAY, Settings, sign
from himaya_server.classroom.store import open_store
from tests.classroom.hubbed import Hubbed, can_run
from tests.classroom.kills import Person, outcome
from tests.classroom.running import Address, Browser
from tests.classroom.test_store import MODULE, made

KILLS = int(os.environ.get("HIMAYA_KILLS", "100"))
PEOPLE = 8  # of whom the second half answers in kernels


class Kernel(threading.Thread):
    """Somebody who answers in a notebook all the time; each answer is in the kernel's own file first."""

    def __init__(self, folder: Path, who: str, settings: Settings, stop: threading.Event) -> None:
        """Begin with an empty journal."""
        super().__init__(daemon=True)
        token = sign(settings.key, "kernel", time.time() + DAY, who=who)
        self._journal = ClassJournal(folder / who, MODULE, ClassLink(f"http://127.0.0.1:{settings.kernels}", token))
        self._stop_now = stop
        self.acknowledged: list[str] = []
        self.refused: list[str] = []

    def run(self) -> None:
        """Answer until told to stop; an answer that was not taken is sent again."""
        number = 0
        while not self._stop_now.is_set():
            event = made(number)
            try:
                self._journal.put([event])
            except JournalError as error:
                if error.code != "class-unreachable":
                    self.refused.append(error.code)
                    return
                self._stop_now.wait(0.1)
                continue
            self.acknowledged.append(event["id"])
            number += 1
            self._stop_now.wait(0.05)


def kill(hubbed: Hubbed) -> None:
    """End the Hub and its proxy at once, as a power cut would."""
    whole = psutil.Process(hubbed.process)
    for process in [whole, *whole.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    hubbed.gone()


def main() -> None:
    """Kill, and compare."""
    if not can_run():
        sys.exit("needs root, jupyterhub, useradd, unshare and setpriv")
    draw = Random(19)  # noqa: S311 - repeatable
    with tempfile.TemporaryDirectory(prefix="himaya-kill-hub-") as made_here:
        place = Path(made_here)
        hubbed = Hubbed(place, PEOPLE)
        served = hubbed.served
        store = open_store(served.database)
        rows = store.people("north")
        cards = [store.new_card(row.id, "test") for row in rows]
        store.close()
        hubbed.start()
        stop = threading.Event()
        try:
            browsers = [Browser(Address(served.port), card) for card in cards]
            kernels = place / "kernels"
            kernels.mkdir()
            half = PEOPLE // 2
            people = [
                *(Person(browser, stop) for browser in browsers[:half]),
                *(Kernel(kernels, row.pseudonym, hubbed.settings, stop) for row in rows[half:]),
            ]
            for person in people:
                person.start()
            for number in range(KILLS):
                stop.wait(draw.uniform(0.1, 1.0))
                what = ("class", "hub", "both")[number % 3]
                if what != "class":
                    kill(hubbed)
                if what != "hub":
                    served.kill()
                    served.start()
                if what != "class":
                    hubbed.start_hub()
            stop.set()
            for person in people:
                person.join(60)
            refused = [each for person in people for each in person.refused]
            refused += [browser.who for browser in browsers if browser.ask("me", {})[0] != 200]
        finally:
            hubbed.stop()
        store = open_store(served.database)
        total, lost, twice = outcome(store, {row.id: each.acknowledged for each, row in zip(people, rows, strict=True)})
        store.close()
    print(
        f"{KILLS} kills of front door, Hub and proxy, or all; {PEOPLE} people, {total} acknowledged answers: "
        f"{lost} lost, {twice} kept twice, {len(refused)} sessions ended"
    )
    sys.exit(1 if lost or twice or refused or not total else 0)


if __name__ == "__main__":
    main()
