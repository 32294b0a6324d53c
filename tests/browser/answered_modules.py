"""A trainee's copy of a module in another language, answered as far as a test or a picture wants."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any

from himaya.activities.lab.model import data_of
from himaya.publish.assignment import compile_module, write_assignment
from himaya_autograde.synthetic import synthetic_journal
from tests.browser.test_lab_complaint import filled
from tests.labs.test_find_me import SOUND
from tests.labs.test_referral import RIGHT, follow, refer

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.content.load import LoadedModule
    from tests.browser.conftest import Server


def give(server: Server, trainee: str, shown: LoadedModule, english: LoadedModule, *, part: float) -> Path:
    """Give a trainee a module in two languages, answered as far as `part`, 0 to 1, of each activity's events."""
    folder = write_assignment(
        shown, server.home / "desk" / server.path_of(trainee), "core-protection", others=[english]
    )
    path = folder / f"{english.module.id}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        cell["source"] = source.split("\n### BEGIN HIDDEN TESTS")[0]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    server.allow(folder)
    (folder / "responses.jsonl").write_text(answers(english, part=part), encoding="utf-8")
    return folder


def answers(english: LoadedModule, *, part: float) -> str:
    """Return a journal with the first `part`, 0 to 1, of each activity's events; the labs are done, too."""
    whole = compile_module(english)
    rows = [json.loads(line) for line in synthetic_journal(whole, Random(7), 0.5, 1).splitlines()]
    kept: list[Any] = []
    for name, activity in whole.items():
        own = _played(activity) if activity["kind"] == "lab" else [row for row in rows if row["activity"] == name]
        kept += own[: round(len(own) * part)]
    return "".join(json.dumps({**row, "seq": at}) + "\n" for at, row in enumerate(kept))


def _played(lab: Any) -> list[dict[str, Any]]:
    events = [{"type": "begin", "content": lab["hash"]}]
    events += [{"type": "decide", "value": value} for value in _decisions(lab)]
    events.append({"type": "finish"})
    return [
        {"id": f"{lab['id']}-{at:03}", "activity": lab["id"], "turn": max(at - 1, 0), **each}
        for at, each in enumerate(events)
    ]


def _decisions(lab: Any) -> list[dict[str, Any]]:
    data = data_of(lab)
    if lab["lab"] == "caseload":
        levers = {"pause": False, "transfer": False, "staff": True, "protect": True}
        return [{"week": week, "priority": "risk", **levers} for week in (1, 2, 3, 4)]
    if lab["lab"] == "find-me":
        return list(SOUND)
    if lab["lab"] == "referral":
        return [value for card in RIGHT for value in (refer(card), follow(card))]
    done: list[dict[str, Any]] = []
    for concern in (each["id"] for each in data["concerns"]):
        done += [{"concern": concern, "field": name, "value": value} for name, value in filled(data, concern).items()]
        keys = [card for card in data["key"]["cards"] if card["concern"] in ("", concern)]
        done += [{"concern": concern, "card": card["id"], "at": card["last"]} for card in keys]
    return done
