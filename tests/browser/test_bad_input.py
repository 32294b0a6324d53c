"""Broken files, full disks, full browsers: a clear sentence, nothing lost, and saved when the fault is gone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from himaya.languages.interface import sentence
from himaya.publish.folder import open_folder
from tests.browser.conftest import MODULE
from tests.browser.kernels import run_in_kernel
from tests.browser.user_actions import activity, journal, reach, status, wait_drawn, wait_saved
from tests.browser.watched_session import answer
from tests.browser.websocket_frames import Frames
from tests.lanes import sampled
from tests.waiting import wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

    from tests.browser.conftest import Server
    from tests.browser.link import Link

pytestmark = pytest.mark.proof

_ITEM = "one-promise"
_NOT_SAVED = sentence("not-saved")
# As root no folder is read-only; the kernel is told so instead.
_READ_ONLY = """
import os
_really_open = os.open
def _denied(path, flags, *more, **named):
    if str(path).endswith("responses.jsonl") and flags & (os.O_WRONLY | os.O_RDWR):
        raise PermissionError(13, "read-only")
    return _really_open(path, flags, *more, **named)
os.open = _denied
"""
_FULL_DISK = """
import os, resource
_size = os.path.getsize("responses.jsonl") + 30
resource.setrlimit(resource.RLIMIT_FSIZE, (_size, resource.RLIM_INFINITY))
"""
_SPACE_AGAIN = "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))"
_FILL = """() => {
  let size = 1 << 22;
  for (let number = 0; size > 0; number += 1) {
    try { localStorage.setItem(`fill-${number}`, "x".repeat(size)); } catch { size >>= 1; }
  }
}"""


def _opened(server: Server, context: BrowserContext, name: str, port: int | None = None) -> Page:
    page = context.new_page()
    page.goto(server.door("app", name, port))
    wait_drawn(page)
    return page


def _wait_told(page: Page, key: str) -> None:
    """Wait until the item says it is not saved, and why."""
    words = f"{_NOT_SAVED}. {sentence(key)}"
    wait_for(activity(page, _ITEM).locator(".himaya-status", has_text=words), state="attached")


def _kept_in_the_browser(page: Page) -> int:
    """Return how many events a browser holds; where somebody is in the module is no event."""
    keys = page.evaluate("() => Object.keys(localStorage).filter(key => key.startsWith('himaya:'))")
    return sum(not key.endswith((":place", ":seen")) for key in keys)


def _answers(folder: Path) -> int:
    return sum(row["type"] == "answer" for row in journal(folder))


@pytest.mark.parametrize("kind", sampled([], ["directory", "link", "too-large"]))
def test_invalid_journal_keeps_answers_in_browser(
    server: Server, context: BrowserContext, kind: str, tmp_path: Path
) -> None:
    folder = server.new_trainee(f"journal-{kind}")
    path = folder / "responses.jsonl"
    key = "journal-too-large" if kind == "too-large" else "journal-foreign"
    if kind == "directory":
        path.mkdir()
    elif kind == "link":
        path.symlink_to(tmp_path / "elsewhere")
    else:
        path.write_bytes(b"\n" * 20_000_001)
    page = _opened(server, context, f"journal-{kind}")
    assert page.locator(".himaya-message", has_text=sentence(key)).count() > 0
    answer(page, _ITEM, 2)
    _wait_told(page, key)
    assert _kept_in_the_browser(page) == 3
    path.rmdir() if kind == "directory" else path.unlink()
    wait_saved(page, _ITEM)
    assert _answers(folder) == 2
    assert _kept_in_the_browser(page) == 0
    assert list(tmp_path.iterdir()) == []


def test_damaged_journal_still_saves_answers(server: Server, context: BrowserContext) -> None:
    """Random bytes and rows of another module are reported."""
    folder = server.new_trainee("journal-mixed")
    foreign = {"id": "foreign-0001", "activity": "of-another-module", "type": "answer"}
    before = b"\xff\x00 not json\n" + json.dumps(foreign).encode() + b"\n"
    (folder / "responses.jsonl").write_bytes(before)
    page = _opened(server, context, "journal-mixed")
    text = page.inner_text("body")
    assert sentence("damaged-lines", n=1) in text
    assert sentence("foreign-lines", n=1) in text
    answer(page, _ITEM)
    wait_saved(page, _ITEM)
    after = (folder / "responses.jsonl").read_bytes()
    assert after.startswith(before)
    assert after.count(b'"answer"') == 2


def test_read_only_folder_survives_a_reload(server: Server, context: BrowserContext) -> None:
    """The answers stay in the browser."""
    folder = server.new_trainee("read-only")
    page = _opened(server, context, "read-only")
    run_in_kernel(server, folder, _READ_ONLY)
    answer(page, _ITEM, 2)
    _wait_told(page, "journal-not-writable")
    assert journal(folder) == []
    page.reload()  # a new kernel, which may write
    wait_drawn(page)
    wait_saved(page, _ITEM)
    assert _answers(folder) == 2


def test_full_disk_keeps_answers_in_browser(server: Server, context: BrowserContext) -> None:
    folder = server.new_trainee("full-disk")
    page = _opened(server, context, "full-disk")
    answer(page, _ITEM)
    wait_saved(page, _ITEM)
    before = (folder / "responses.jsonl").read_bytes()
    run_in_kernel(server, folder, _FULL_DISK)
    answer(page, _ITEM, 2)
    _wait_told(page, "disk-full")
    assert (folder / "responses.jsonl").read_bytes() == before, "nothing half written stays"
    run_in_kernel(server, folder, _SPACE_AGAIN)
    wait_saved(page, _ITEM)
    assert _answers(folder) == 3


@pytest.mark.parametrize("text", [None, "{", '{"activities": {"one-promise": 1}}'], ids=["missing", "torn", "wrong"])
def test_app_refuses_broken_activities_and_answers_stay(
    server: Server, context: BrowserContext, text: str | None
) -> None:
    folder = server.new_trainee("activities-broken")
    whole = (folder / "activities.json").read_text(encoding="utf-8")
    page = _opened(server, context, "activities-broken")
    answer(page, _ITEM)
    wait_saved(page, _ITEM)
    (folder / "activities.json").unlink()
    if text is not None:
        (folder / "activities.json").write_text(text, encoding="utf-8")
    page.reload()
    wait_for(page.get_by_text(sentence("app-not-released")))
    assert "Traceback" not in page.inner_text("body")
    (folder / "activities.json").write_text(whole, encoding="utf-8")
    page.reload()
    wait_drawn(page)
    reach(page, _ITEM)
    wait_for(activity(page, _ITEM).locator("input:checked"))
    assert status(page, _ITEM) == sentence("saved")


def test_changed_activity_keeps_the_answer(server: Server, context: BrowserContext) -> None:
    folder = server.new_trainee("changed")
    page = _opened(server, context, "changed")
    answer(page, _ITEM)
    wait_saved(page, _ITEM)
    chosen = activity(page, _ITEM).locator("input:checked").input_value()
    content = json.loads((folder / "activities.json").read_text(encoding="utf-8"))
    content["activities"][_ITEM] |= {"hash": "0123456789abcdef", "stem": "A newer question?"}
    (folder / "activities.json").write_text(json.dumps(content), encoding="utf-8")
    server.allow(folder)
    page.reload()
    wait_drawn(page)
    assert sentence("changed") in activity(page, _ITEM).inner_text()
    assert "A newer question?" in activity(page, _ITEM).inner_text()
    assert activity(page, _ITEM).locator("input:checked").input_value() == chosen
    assert sentence("changed") not in activity(page, "after-no").inner_text()


def test_full_browser_storage_still_saves(server: Server, context: BrowserContext, link: Link) -> None:
    folder = server.new_trainee("storage-full")
    page = _opened(server, context, "storage-full", link.port)
    page.evaluate(_FILL)
    link.cut()
    answer(page, _ITEM, 2)
    _wait_told(page, "storage-full")
    link.restore()
    wait_saved(page, _ITEM)
    assert _answers(folder) == 2


def test_foreign_browser_storage_blocks_no_answer(server: Server, context: BrowserContext, link: Link) -> None:
    folder = server.new_trainee("storage-foreign")
    page = _opened(server, context, "storage-foreign", link.port)
    link.cut()
    answer(page, _ITEM, 2)
    key = page.evaluate("() => Object.keys(localStorage).find(key => key.startsWith('himaya:'))")
    prefix = key.rsplit(":", 1)[0]
    foreign = ["null", "{", "[]", "1", '{"id": 5}', '{"id": "foreign-0001", "activity": "after-no", "type": "answer"}']
    for number, text in enumerate(foreign):
        page.evaluate("([key, text]) => localStorage.setItem(key, text)", [f"{prefix}:foreign-{number}", text])
    link.restore()
    page.reload()
    wait_drawn(page)
    wait_saved(page, _ITEM)
    assert _answers(folder) == 2


_POISON = {
    "short": {},
    "half-\ud800-character": {},
    "x" * 65: {},
    "wrong-type-0001": {"type": 5},
    "no-type-0000001": {"type": None},
    "too-large-00001": {"value": "x" * 150_000},
    "too-many-bytes-1": {"value": "ش" * 60_000},  # as letters it would fit; only the kernel counts bytes
    "too-deep-000001": {"value": json.loads("[" * 40 + "]" * 40)},
    "__proto__": {"type": ["answer"]},
    "other-id-in-it-1": {"id": "other-id-than-its-key"},
    "of-another-activity": {"activity": "after-no"},
    "nearly-too-large-1": {"value": "y" * 99_000},  # the journal takes it, and the rest of the message goes along
}


def test_refused_event_blocks_no_other(server: Server, context: BrowserContext) -> None:
    folder = server.new_trainee("storage-poisoned")
    page = _opened(server, context, "storage-poisoned")
    prefix = f"himaya:{open_folder(folder).owner}:{_ITEM}:"
    kept = {}
    for number, (name, fields) in enumerate(_POISON.items()):
        event = {"id": name, "activity": _ITEM, "type": "answer", "turn": 0, "value": ["x"], "seq": number, **fields}
        kept[prefix + name] = json.dumps(event)
    page.evaluate("kept => Object.entries(kept).forEach(([key, text]) => localStorage.setItem(key, text))", kept)
    page.reload()
    wait_drawn(page)
    told = activity(page, _ITEM).locator(".himaya-status", has_text=sentence("event-refused"))
    wait_for(told, state="attached")
    answer(page, _ITEM)
    answer(page, "after-no")
    for name in (_ITEM, "after-no"):
        wait_saved(page, name)
    assert next(row["id"] for row in journal(folder) if row["type"] == "answer") == "nearly-too-large-1"
    assert _answers(folder) == 3
    assert sentence("event-refused") not in activity(page, "after-no").inner_text()
    reach(page, _ITEM)
    assert activity(page, _ITEM).locator(".himaya-status").inner_text().startswith(sentence("saved"))
    aside = page.evaluate("() => Object.keys(localStorage).filter(key => key.includes('::refused:')).length")
    assert aside == len(_POISON) - 1 == _kept_in_the_browser(page), "each is kept, and under another name"
    page.reload()
    wait_drawn(page)
    reach(page, _ITEM)
    wait_for(told)
    assert status(page, _ITEM).startswith(sentence("saved"))


def test_backlog_of_several_messages_is_saved(server: Server, context: BrowserContext, link: Link) -> None:
    folder = server.new_trainee("storage-much")
    page = _opened(server, context, "storage-much", link.port)
    prefix = f"himaya:{open_folder(folder).owner}:{_ITEM}:"
    page.evaluate(
        """([prefix, activity]) => {
          for (let seq = 0; seq < 45; seq += 1) {
            const id = `event-${String(seq).padStart(6, "0")}`;
            const event = { id, activity, type: "answer", turn: seq, value: ["x".repeat(95000)], seq };
            localStorage.setItem(prefix + id, JSON.stringify(event));
          }
        }""",
        [prefix, _ITEM],
    )
    frames = Frames()
    page.on("websocket", frames._socket)
    page.reload()
    wait_drawn(page)
    wait_saved(page, _ITEM)
    assert [row["seq"] for row in journal(folder)] == list(range(45))
    assert max(map(len, frames.sent)) < 2_000_000


def test_overlong_answer_blocks_no_other(server: Server, context: BrowserContext) -> None:
    folder = server.new_trainee("too-long")
    page = _opened(server, context, "too-long")
    reach(page, "no-signature")
    box = activity(page, "no-signature").locator("textarea")
    box.fill("x" * 120_000)
    box.blur()
    told = f"{_NOT_SAVED}. {sentence('event-too-large')}"
    wait_for(activity(page, "no-signature").locator(".himaya-status", has_text=told))
    box.fill("Short enough.")
    box.blur()
    wait_saved(page, "no-signature")
    assert [row["value"] for row in journal(folder) if row["type"] == "answer"] == ["Short enough."]


def test_an_unknown_activity_is_told_in_the_notebook(server: Server, context: BrowserContext) -> None:
    folder = server.new_trainee("unknown")
    path = folder / f"{MODULE}.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace('show(\\"after-no\\")', 'show(\\"after-now\\")'), "utf-8")
    server.allow(folder)
    page = _opened(server, context, "unknown")
    text = page.inner_text("body")
    assert sentence("unknown-activity", id="after-now") in text
    assert sentence("did-you-mean", id="after-no") in text
