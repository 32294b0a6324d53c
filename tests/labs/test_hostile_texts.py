"""Every shipped lab with markup in each of its texts, as a translator or an author might leave it: none of it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ipywidgets import HTML

from himaya.activities.fold import replay
from himaya.publish.assignment import activities_file
from himaya.publish.folder import ModuleFolder
from himaya_widgets.labs import open_lab
from tests.engine.shipped import loaded
from tests.labs.test_complaint import key_decisions
from tests.labs.test_find_me import SOUND
from tests.labs.test_referral import COUNTED, follow, refer
from tests.shipped import activities_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EVIL = """<img src=x onerror='alert(1)'>"><script>alert(1)</script>"""
TEXTS = {"text", "title", "says", "rationale", "names"}
WEEK = {"priority": "risk", "pause": False, "transfer": True, "staff": True, "protect": True}
DECISIONS: dict[str, list[Any]] = {
    "referral": [value for card in ("noor", "sabah", *COUNTED) for value in (refer(card), follow(card))],
    "find-me": SOUND,
    "complaint": key_decisions(),
    "caseload": [{**WEEK, "week": week} for week in (1, 2, 3, 4)],
}
LABS = {found.activity["lab"]: found for found in activities_of("lab")}


def _spoilt(value: Any, *, spoil: bool = False) -> Any:
    """Return a value with markup before each of its texts; ids and numbers stay."""
    if isinstance(value, str):
        return EVIL + value if spoil else value
    if isinstance(value, list):
        return [_spoilt(entry, spoil=spoil) for entry in value]
    if isinstance(value, dict):
        return {name: _spoilt(entry, spoil=spoil or name in TEXTS) for name, entry in value.items()}
    return value


def _all(widget: Any) -> Iterator[Any]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _all(child)


@pytest.mark.parametrize("finish", [False, True])
@pytest.mark.parametrize("name", LABS)
def test_markup_in_lab_texts_is_shown_as_text(name: str, tmp_path: Path, *, finish: bool) -> None:
    content = activities_file(loaded(LABS[name].module), "core-protection")
    lab = content["activities"][LABS[name].id]
    for field in ("words", "briefing", "first_step", "debrief", "content_note", "alternative", "title"):
        if field in lab:
            lab[field] = _spoilt(lab[field], spoil=True)
    for field in ("data", "key", "assumptions"):
        if field in lab:
            lab[field] = _spoilt(lab[field])
    folder = ModuleFolder(tmp_path, content)
    done = [{"type": "decide", "value": value} for value in DECISIONS[name]] + [{"type": "finish"}] * finish
    rows = [{"id": "begin-000", "activity": LABS[name].id, "type": "begin", "turn": 0, "content": lab["hash"]}]
    rows += [{"id": f"event-{at:03}", "activity": LABS[name].id, "turn": at, **event} for at, event in enumerate(done)]
    folder.journal.put(rows)
    assert replay(lab, folder.journal.rows(LABS[name].id))["finished"] is finish
    widgets = list(_all(open_lab(folder, LABS[name].id).root))
    markup = "".join(widget.value for widget in widgets if isinstance(widget, HTML))
    assert "&lt;script&gt;" in markup
    assert "<script" not in markup
    assert "<img" not in markup
    assert not any(getattr(widget, "description_allow_html", False) for widget in widgets)


def test_shipped_labs_draw_with_corrupted_texts() -> None:
    assert LABS.keys() == DECISIONS.keys()
    assert len(LABS) == len(activities_of("lab")), "a second lab of a sort needs decisions of its own"
