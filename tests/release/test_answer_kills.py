"""A hundred kills at random moments: 70 of a light process that hosts the player, 30 of real kernels.

Both run the same `Player` and `Journal`; the light process starts in a third of a kernel's time. What is
tested is the promise behind the word "Saved": an acknowledged event is in the file, once, whatever ends the kernel.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from himaya.activities.fold import replay, step
from himaya.answers.journal import Journal, read_line
from himaya.content.load import load_module
from himaya.publish.assignment import write_assignment
from tests.shipped import a_module, activities_of
from tests.waiting import let_time_pass
from tests.widgets.hosts import KernelHost, LightHost

if TYPE_CHECKING:
    from himaya.activities.kinds import State

_ROOT = Path(__file__).parents[2]
_MODULE = a_module("core-protection")
_ACTIVITY, _OTHER, *_ = (one.id for one in activities_of("choice", _MODULE) if one.activity["mode"] == "graded")
_ANSWER_WAIT = 10.0  # seconds; a live host answers in milliseconds


class _Page:
    """The page's side of the protocol: an outbox that is emptied by acknowledgements only, as in session.js."""

    def __init__(self, activity: Any, rng: random.Random) -> None:
        self.activity = activity
        self.known: list[dict[str, Any]] = []
        self.waiting: list[dict[str, Any]] = []
        self.recorded: list[str] = []
        self.acknowledged: set[str] = set()
        self._rng = rng

    def state(self) -> State:
        return replay(self.activity, [*self.known, *self.waiting])

    def record(self) -> None:
        state = self.state()
        if state["content"] is None:
            self._append({"type": "begin", "content": self.activity["hash"]})
        option = self._rng.choice(self.activity["options"])["id"]
        self._append({"type": "answer", "value": [option], "turn": state["turn"]})

    def _append(self, fields: dict[str, Any]) -> None:
        event = {"id": f"{self._rng.getrandbits(96):024x}", "activity": _ACTIVITY, "time": "2026-01-11", **fields}
        event["seq"] = len(self.known) + len(self.waiting)
        assert step(self.activity, self.state(), event)["ignored"] == 0
        self.waiting.append(event)
        self.recorded.append(event["id"])

    def message(self) -> dict[str, Any]:
        return {"type": "put", "from": len(self.known), "events": self.waiting}

    def take(self, answer: dict[str, Any]) -> None:
        assert "problem" not in answer
        self.known = [*self.known[: answer["from"]], *answer["rows"]]
        written = {row["id"] for row in self.known}
        self.acknowledged |= written
        self.waiting = [event for event in self.waiting if event["id"] not in written]


def _tear(path: Path, page: _Page, rng: random.Random) -> bool:
    """Lose bytes that nobody was told are safe, as a power cut does; return whether there were any."""
    data = path.read_bytes() if path.exists() else b""
    if data and not data.endswith(b"\n"):
        return False
    lines = data.splitlines(keepends=True)
    if lines and json.loads(lines[-1])["id"] not in page.acknowledged:
        path.write_bytes(data[: -rng.randrange(2, len(lines[-1]))])
        return True
    if page.waiting:
        line = json.dumps(page.waiting[0], separators=(",", ":")).encode()
        path.write_bytes(data + line[: rng.randrange(1, len(line))])
        return True
    return False


def _assert_nothing_acknowledged_is_lost(path: Path, page: _Page) -> None:
    rows = Journal(path).rows()
    # Read plainly: the journal itself would pass over an event that stands in the file twice.
    lines = path.read_bytes().splitlines() if path.exists() else []
    ids = [row["id"] for row in map(read_line, lines) if row is not None]
    assert len(ids) == len(set(ids))
    assert page.acknowledged <= set(ids)
    assert set(ids) <= set(page.recorded)
    assert replay(page.activity, rows)["ignored"] == 0


def _live_and_die(host: LightHost | KernelHost, page: _Page, rng: random.Random, longest: float) -> None:
    """Resend what waits, answer a few times, and die somewhere in it."""
    for _ in range(rng.randrange(1, 4)):
        page.record()
        host.put(page.message())
        if rng.random() < 0.6:
            answer = host.answer(_ANSWER_WAIT)
            assert answer is not None
            page.take(answer)
    page.record()
    host.put(page.message())
    let_time_pass(rng.random() * longest, "the moment of death")
    host.kill()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_assignment(load_module(_ROOT / "modules" / _MODULE), tmp_path, "course")


@pytest.mark.parametrize(
    ("kind", "kills", "longest"),
    [
        (LightHost, 35, 0.002),
        (KernelHost, 15, 0.004),
        pytest.param(LightHost, 70, 0.002, marks=pytest.mark.extended),
        pytest.param(KernelHost, 30, 0.004, marks=pytest.mark.extended),
    ],
)
def test_what_was_acknowledged_survives_every_kill_exactly_once(
    kind: type[LightHost | KernelHost], kills: int, longest: float, folder: Path
) -> None:
    rng = random.Random(kind.__name__)
    activities = json.loads((folder / "activities.json").read_text(encoding="utf-8"))["activities"]
    page = _Page(activities[_ACTIVITY], rng)
    path = folder / "responses.jsonl"
    torn = unwritten = 0
    for _ in range(kills):
        host = kind(folder, _ACTIVITY)
        assert page.acknowledged <= {row["id"] for row in host.rows}
        _live_and_die(host, page, rng, longest)
        written = {row["id"] for row in Journal(path).rows()}
        unwritten += any(event["id"] not in written for event in page.waiting)
        torn += rng.random() < 0.4 and _tear(path, page, rng)
        _assert_nothing_acknowledged_is_lost(path, page)
    last = kind(folder, _ACTIVITY)
    last.put(page.message())
    answer = last.answer(_ANSWER_WAIT)
    assert answer is not None
    page.take(answer)
    last.kill()
    assert page.waiting == []
    journal = Journal(path)
    assert [row["id"] for row in journal.rows()] == page.recorded
    assert journal.damaged == torn > kills // 10
    assert replay(page.activity, journal.rows()) == page.state()
    assert unwritten > 0, "no kill came before the write, so nothing was sent again"
    print(
        f"{kind.__name__}: {kills} kills, {len(page.recorded)} events, none lost, none twice; "
        f"{unwritten} died before writing, {torn} lines torn"
    )


def test_torn_line_is_reported_once_at_opening(folder: Path) -> None:
    row = {"id": "event-000001", "activity": _ACTIVITY, "type": "begin", "content": "x"}
    (folder / "responses.jsonl").write_text('{"id":"torn\n' + json.dumps(row) + "\n", encoding="utf-8")
    host = KernelHost(folder, _ACTIVITY)
    assert [one["id"] for one in host.rows] == ["event-000001"]
    host.run(f'show("{_OTHER}")')
    host.kill()
    told = [html for html in host.shown if "Damaged lines" in html]
    assert len(told) == 1
    assert "Damaged lines among your saved answers, perhaps from a power cut: 1." in told[0]
