"""Watches the words on the screen and the file on the disk, and tells whether the words were ever untrue."""

from __future__ import annotations

import json
import math
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from tests.browser.user_actions import journal

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

_SAMPLING = 50  # milliseconds
_SLACK = 120  # milliseconds: two samples and the file's coarse clock
_SCRIPT = """
{
  const runs = new Map();
  const end = (name) => { window.himayaTold({ what: "words", ...runs.get(name) }); runs.delete(name); };
  window.himayaFlush = () => { for (const name of [...runs.keys()]) end(name); };
  const { setItem, removeItem } = Storage.prototype;
  const tell = (what, key) => {
    if (!key.startsWith("himaya:")) return;
    const [, , activity, id] = key.split(":");
    window.himayaTold({ what, activity, id, time: Date.now() });
  };
  Storage.prototype.setItem = function (key, value) { tell("kept", key); return setItem.call(this, key, value); };
  Storage.prototype.removeItem = function (key) { tell("dropped", key); return removeItem.call(this, key); };
  setInterval(() => {
    const now = Date.now();
    for (const section of document.querySelectorAll("section.himaya[data-activity]")) {
      const name = section.dataset.activity;
      const text = section.querySelector(".himaya-status").textContent;
      if (runs.has(name) && runs.get(name).text !== text) end(name);
      if (!runs.has(name)) runs.set(name, { activity: name, text, from: now });
      runs.get(name).to = now;
    }
  }, SAMPLING);
}
""".replace("SAMPLING", str(_SAMPLING))


@dataclass
class Screen:
    """What one page recorded and said, in milliseconds since 1970.

    Attributes:
        kept: When the page recorded each event, by (activity, id).
        dropped: When the page held each event for written.
        words: From when to when an activity said what.
    """

    page: Page
    kept: dict[tuple[str, str], int] = field(default_factory=dict)
    dropped: dict[tuple[str, str], int] = field(default_factory=dict)
    words: list[dict[str, Any]] = field(default_factory=list)

    def watch(self) -> None:
        """Begin before the page is opened; goes on through reloads."""
        self.page.expose_binding("himayaTold", lambda _source, told: self._take(told))
        self.page.add_init_script(_SCRIPT)

    def _take(self, told: dict[str, Any]) -> None:
        what = told.pop("what")
        if what == "words":
            self.words.append(told)
        else:
            getattr(self, what).setdefault((told["activity"], told["id"]), told["time"])

    def flush(self) -> None:
        """Fetch what is still being said; call before a reload and before asking."""
        self.page.evaluate("window.himayaFlush?.()")


class Disk:
    """Notes until when each event was certainly not in a journal; used as `with Disk(folder) as disk`.

    The file's own time would tell of the last event in it alone, and on a busy machine several come between two looks.
    """

    def __init__(self, folder: Path) -> None:
        """Watch the journal of `folder`."""
        self._path = folder / "responses.jsonl"
        self._folder = folder
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.written: dict[str, float] = {}

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """End."""
        self._stop.set()
        self._thread.join(5)

    def _watch(self) -> None:
        size, looked = 0, time.time()
        while not self._stop.wait(0.005):
            before, looked = looked, time.time()
            try:
                status = self._path.stat()
                if status.st_size == size:
                    continue
                lines = self._path.read_bytes().splitlines(keepends=True)
            except OSError:
                continue
            size = status.st_size
            for line in lines:
                if line.endswith(b"\n") and line.strip():
                    self.written.setdefault(json.loads(line)["id"], before * 1000)

    def ids(self) -> list[str]:
        """Return the ids in the file as it is now."""
        return [row["id"] for row in journal(self._folder)]


def assert_nothing_lost(screens: list[Screen], disk: Disk) -> int:
    """Assert that what the pages recorded is in the file, each event once; return how many."""
    recorded = {event for screen in screens for _activity, event in screen.kept}
    ids = disk.ids()
    assert len(ids) == len(set(ids)), "an event was written twice"
    assert recorded <= set(ids), f"lost: {sorted(recorded - set(ids))}"
    assert set(ids) <= recorded, "the file holds events that no page recorded"
    return len(recorded)


def assert_words_were_true(screen: Screen, disk: Disk) -> None:
    """Assert that an activity said "Not saved yet" just as long as an event of it was not in the file."""
    screen.flush()
    for (activity, event), kept in screen.kept.items():
        written = disk.written.get(event, math.inf)
        dropped = screen.dropped.get((activity, event), math.inf)
        assert dropped >= written - _SAMPLING, f"{event} was held for saved {written - dropped:.0f} ms too early"
        for said in (said for said in screen.words if said["activity"] == activity):
            start, end = max(said["from"], kept), min(said["to"], written)
            if end - start > _SLACK:
                told = f"'{said['text']}' stood {end - start:.0f} ms while {event} was not in the file"
                assert said["text"].startswith("Not saved yet"), told


def unsaved_for(screen: Screen, activity: str) -> float:
    """Return for how many seconds an activity said "Not saved yet"."""
    screen.flush()
    said = [w for w in screen.words if w["activity"] == activity and w["text"].startswith("Not saved yet")]
    return sum(run["to"] - run["from"] for run in said) / 1000
