"""`show` and `submit` when something is wrong: a sentence for the person, never a traceback, and nothing lost."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from himaya.answers.journal import Journal
from himaya.errors import JournalError
from himaya.languages.facts import LANGUAGES, direction
from himaya.languages.interface import sentence
from himaya.publish.assignment import write_assignment
from himaya_widgets import cells
from himaya_widgets.widgets import HandIn, Player
from tests.engine.shipped import loaded
from tests.shipped import a_module, activities_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_MODULE = a_module("core-protection")
_ACTIVITY, _OTHER = (one.id for one in activities_of("choice", _MODULE)[:2])


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_assignment(loaded(_MODULE), tmp_path_factory.mktemp("b"), "course")


@pytest.fixture
def folder(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A trainee's folder, and the kernel's working directory."""
    (tmp_path / "activities.json").write_bytes((built / "activities.json").read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cells, "_folders", {})
    monkeypatch.setattr(cells, "_told", set())
    return tmp_path


@pytest.fixture
def displayed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What a person would see: widgets, and the text of HTML."""
    seen: list[Any] = []
    monkeypatch.setattr(cells, "display", lambda one: seen.append(getattr(one, "data", one)))
    yield seen
    for one in seen:
        if isinstance(one, Player | HandIn):
            one.close()


def _put(player: Player, *events: object, start: int = 0) -> list[Any]:
    """Send events as a page does and return the answers."""
    answers: list[Any] = []
    player.send = lambda content, **_: answers.append(content)
    player._receive(player, {"type": "put", "from": start, "events": list(events)}, [])
    return answers


def _event(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {"id": f"event-{number:06d}", "activity": _ACTIVITY, "type": "answer", "turn": 0, "value": ["x"], **fields}


def test_activity_is_drawn_from_its_journal(folder: Path, displayed: list[Any]) -> None:
    Journal(folder / "responses.jsonl").put([_event()])
    cells.show(_ACTIVITY)
    (player,) = displayed
    assert [row["id"] for row in json.loads(player.rows)] == ["event-000001"]


def test_unknown_activity_gets_nearest_spelling(folder: Path, displayed: list[Any]) -> None:
    misspelt = _ACTIVITY[:-2] + _ACTIVITY[-1]
    cells.show(misspelt)
    assert len(displayed) == 1
    assert f"There is no activity called &#x27;{misspelt}&#x27; in this module." in displayed[0]
    assert f"Did you mean &#x27;{_ACTIVITY}&#x27;?" in displayed[0]
    assert 'role="alert"' in displayed[0]
    assert not (folder / "responses.jsonl").exists()


def test_messages_are_never_markup(folder: Path, displayed: list[Any]) -> None:
    assert folder
    cells.show("<img src=x onerror=alert(1)>")
    assert "<img" not in displayed[0]


def test_a_folder_without_a_module_says_so(folder: Path, displayed: list[Any]) -> None:
    (folder / "activities.json").unlink()
    cells.show(_ACTIVITY)
    cells.submit()
    assert [sentence("no-module") in one for one in displayed] == [True, True]


def test_cell_without_module_speaks_every_language(folder: Path, displayed: list[Any]) -> None:
    (folder / "activities.json").unlink()
    cells.show(_ACTIVITY)
    for language in LANGUAGES:
        about = f'lang="{language}" dir="{direction(language)}">'
        assert f"{about}{sentence('no-module', language)}</p>" in displayed[0]


def test_module_fault_is_reported_in_its_language(folder: Path, displayed: list[Any]) -> None:
    path = folder / "activities.json"
    content = {**json.loads(path.read_text(encoding="utf-8")), "language": "ar"}
    path.write_text(json.dumps(content), encoding="utf-8")
    cells.show("no-such-activity")
    assert 'lang="ar" dir="rtl"' in displayed[0]
    assert 'lang="en"' not in displayed[0]


def test_a_folder_that_was_deleted_says_so(folder: Path, displayed: list[Any]) -> None:
    (folder / "activities.json").unlink()
    folder.rmdir()
    cells.show(_ACTIVITY)
    assert sentence("no-module") in displayed[0]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"activities": []}',
        b'{"activities": {"one-promise": 1}}',
        b'{"activities": {"one-promise": {"id": "another"}}}',
        b"\xff\xfe\x00\x80",
        b"[" * 100_000,
    ],
    ids=["empty", "torn", "list", "null", "no-ids", "number", "wrong-id", "no-text", "too-deep"],
)
def test_broken_activities_file_keeps_answers(text: bytes, folder: Path, displayed: list[Any], built: Path) -> None:
    Journal(folder / "responses.jsonl").put([_event()])
    (folder / "activities.json").write_bytes(text)
    cells.show(_ACTIVITY)
    cells.submit()
    assert [escape(sentence("module-unreadable")) in one for one in displayed] == [True, True]
    (folder / "activities.json").write_bytes((built / "activities.json").read_bytes())
    cells.show(_ACTIVITY)
    assert [row["id"] for row in json.loads(displayed[-1].rows)] == ["event-000001"]


def test_directory_as_journal_saves_once_removed(folder: Path, displayed: list[Any]) -> None:
    """The page says so until then."""
    (folder / "responses.jsonl").mkdir()
    cells.show(_ACTIVITY)
    told, player = displayed
    assert sentence("journal-foreign") in told
    assert _put(player, _event()) == [{"problem": "journal-foreign"}]
    (folder / "responses.jsonl").rmdir()
    (answer,) = _put(player, _event())
    assert [row["id"] for row in answer["rows"]] == ["event-000001"]


def test_symlinked_journal_is_reported_and_untouched(
    folder: Path, displayed: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    target = tmp_path_factory.mktemp("elsewhere") / "precious"
    target.write_text("not yours\n", encoding="utf-8")
    (folder / "responses.jsonl").symlink_to(target)
    cells.show(_ACTIVITY)
    assert sentence("journal-foreign") in displayed[0]
    assert _put(displayed[1], _event()) == [{"problem": "journal-foreign"}]
    assert target.read_text(encoding="utf-8") == "not yours\n"


def test_random_journal_bytes_are_reported_once(folder: Path, displayed: list[Any]) -> None:
    """Answers are still saved."""
    (folder / "responses.jsonl").write_bytes(b"\x00\xff\n{}\nnot json\n")
    cells.show(_ACTIVITY)
    cells.show(_OTHER)
    told = [one for one in displayed if isinstance(one, str)]
    assert told == [f'<p class="himaya-message" role="alert" lang="en" dir="ltr">{sentence("damaged-lines", n=3)}</p>']
    (answer,) = _put(displayed[1], _event())
    assert [row["id"] for row in answer["rows"]] == ["event-000001"]
    assert (folder / "responses.jsonl").read_bytes().startswith(b"\x00\xff\n{}\nnot json\n")


def test_rows_of_another_module_are_kept_unused(folder: Path, displayed: list[Any]) -> None:
    Journal(folder / "responses.jsonl").put([_event(1, activity="of-another-module"), _event(2)])
    cells.show(_ACTIVITY)
    assert sentence("foreign-lines", n=1) in displayed[0]
    assert [row["id"] for row in json.loads(displayed[1].rows)] == ["event-000002"]
    assert len(Journal(folder / "responses.jsonl").rows()) == 2


@pytest.mark.parametrize(
    "message",
    [
        {"type": "put"},
        {"type": "put", "from": -1, "events": []},
        {"type": "put", "from": "0", "events": []},
        {"type": "put", "from": 0, "events": [1]},
        {"type": "put", "from": 0, "events": [{"activity": _ACTIVITY}]},
        {"type": "other"},
        {},
    ],
)
def test_unknown_message_writes_nothing(message: dict[str, Any], folder: Path, displayed: list[Any]) -> None:
    cells.show(_ACTIVITY)
    answers: list[Any] = []
    displayed[0].send = lambda content, **_: answers.append(content)
    displayed[0]._receive(displayed[0], message, [])
    assert answers == [{"problem": "event-malformed"}]
    assert not (folder / "responses.jsonl").exists()


_REFUSED = {
    "id too short": {"id": "short"},
    "id too long": {"id": "x" * 65},
    "id with half a character": {"id": "\ud800-000000001"},
    "type is no text": {"type": 5},
    "no type": {"type": None},
    "other activity": {"activity": _OTHER},
    "activity is no text": {"activity": [_OTHER]},
    "too large": {"value": "x" * 100_001},
    "too large in bytes": {"value": "ش" * 60_000},
    "too deep": {"value": json.loads("[" * 30 + "]" * 30)},
    "no number": {"value": float("nan")},
    "endless number": {"turn": float("inf")},
    "id of another activity's answer": {"id": "elsewhere-1"},
}


@pytest.mark.parametrize("name", _REFUSED)
def test_refused_event_is_named_and_others_are_saved(name: str, folder: Path, displayed: list[Any]) -> None:
    Journal(folder / "responses.jsonl").put([_event(activity=_OTHER, id="elsewhere-1")])
    cells.show(_ACTIVITY)
    bad = _event(9, **_REFUSED[name])
    (answer,) = _put(displayed[0], _event(1), bad, _event(2))
    assert answer["refused"] == [bad["id"]]
    assert [row["id"] for row in answer["rows"]] == ["event-000001", "event-000002"]
    assert len(Journal(folder / "responses.jsonl").rows()) == 3
    (again,) = _put(displayed[0], _event(3))
    assert "refused" not in again


def test_full_disk_refuses_no_event(folder: Path, displayed: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    cells.show(_ACTIVITY)

    def full(*_: object) -> None:
        raise JournalError("disk-full")

    monkeypatch.setattr(Journal, "put", full)
    assert _put(displayed[0], _event(1), _event(2, id="short")) == [{"problem": "disk-full"}]
    assert folder


@pytest.mark.parametrize("message", [None, 1, "put", ["put"]])
def test_malformed_message_is_ignored(message: object, folder: Path, displayed: list[Any]) -> None:
    cells.show(_ACTIVITY)
    displayed[0]._receive(displayed[0], message, [])
    assert not (folder / "responses.jsonl").exists()


def test_page_ahead_of_journal_gets_every_row(folder: Path, displayed: list[Any]) -> None:
    cells.show(_ACTIVITY)
    (answer,) = _put(displayed[0], _event(), start=7)
    assert answer["from"] == 0
    assert [row["id"] for row in answer["rows"]] == ["event-000001"]
    assert folder


def test_many_reloads_do_not_keep_every_widget(folder: Path, displayed: list[Any]) -> None:
    for _ in range(cells._KEPT + 5):
        cells.show(_ACTIVITY)
    assert len(cells._drawn) == cells._KEPT
    assert displayed[0].comm is None
    assert displayed[-1].comm is not None
    assert folder
