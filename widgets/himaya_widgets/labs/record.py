"""What was done in one lab: its events, read from and written to the journal; in a practice app kept in memory."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from himaya.activities.fold import replay, step
from himaya.errors import JournalError

if TYPE_CHECKING:
    from collections.abc import Callable

    from himaya.activities.kinds import State
    from himaya.answers.journal import Journal
    from himaya.publish.folder import ModuleFolder


class Record:
    """The events of one activity of one folder.

    Attributes:
        state: What they replay to, as the screen last showed it.
        problem: Which sentence of the catalogue says why the last thing done is not kept; None if it is.
    """

    def __init__(self, folder: ModuleFolder, activity_id: str) -> None:
        """Read what was done before."""
        self._activity = folder.activity(activity_id)
        self._journal: Journal | None = folder.journal if folder.keeps else None
        self._seed = folder.seed(activity_id)
        self._rows: list[dict[str, Any]] = []
        self.problem: str | None = None
        self.state: State = replay(self._activity, [], self._seed)
        self.look()

    @property
    def keeps(self) -> bool:
        """Whether what is done here is written down."""
        return self._journal is not None

    @property
    def empty(self) -> bool:
        """Whether nothing was done yet."""
        return not self._rows

    def told(self, say: Callable[[str], str]) -> tuple[str, str]:
        """Return whether what was done is kept: as the page marks it, and in the words of `say`."""
        if self.problem is not None:
            return "not-saved", f"{say('not-saved')}. {say(self.problem)}"
        if self.empty:
            return "", ""
        return ("saved", say("saved")) if self.keeps else ("not-kept", say("lab-not-kept"))

    def look(self) -> bool:
        """Read what another window may have written, and return whether anything is new."""
        if self._journal is None:
            return False
        try:
            rows = self._journal.rows(self._activity["id"])
        except JournalError as error:
            self.problem = error.code
            return False
        if len(rows) == len(self._rows):
            return False
        self._rows = rows
        self.state = replay(self._activity, rows, self._seed)
        return True

    def write(self, kind: str, value: object = None) -> bool:
        """Keep one thing that was done on top of what the screen shows, and return whether it fits there.

        Where another window went on meanwhile, the event is kept and passed over, as everywhere.
        """
        event: dict[str, Any] = {
            "id": uuid.uuid4().hex,
            "activity": self._activity["id"],
            "type": kind,
            "turn": self.state["turn"],
            "time": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "seq": len(self._rows),
        }
        if value is not None:
            event["value"] = value
        if kind == "begin":
            event["content"] = self._activity["hash"]
        if step(self._activity, self.state, event)["ignored"] > self.state["ignored"]:
            return False
        if self._journal is None:
            self._rows = [*self._rows, event]
            self.state = step(self._activity, self.state, event)
            return True
        before = self.state["ignored"]
        try:
            self._journal.put([event])
        except JournalError as error:
            self.problem = error.code
            return False
        self.problem = None
        self.look()
        return bool(self.state["ignored"] == before)
