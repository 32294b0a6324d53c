"""What is a draft: everything that nobody has signed as it stands, and nothing else."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from himaya.content.load import load_module
from himaya.signoff.parts import parts_of
from himaya.signoff.reading import parts_to_read
from himaya.signoff.standing import standing_of, unsigned_graded
from himaya.translation.domains import domain_of
from himaya.translation.translated import load_in
from tests.content.interviews import module_with_interview
from tests.content.sound import loaded_sound_module
from tests.engine import shipped
from tests.i18n.pseudo import pseudo

if TYPE_CHECKING:
    from pathlib import Path

    from tests.signoff.conftest import Desk


@pytest.mark.parametrize("name", ["sound", "interviews", *shipped.NAMES])
def test_parts_hold_every_text_once_signed(name: str, tmp_path: Path) -> None:
    match name:
        case "sound":
            loaded = loaded_sound_module()
        case "interviews":
            loaded = load_module(module_with_interview(tmp_path / "modules" / "sound-module"))
        case _:
            loaded = shipped.loaded(name)
    wanted = {(entry.unit.place, entry.unit.text) for entry in domain_of(loaded).entries}
    parts = parts_of(loaded)
    assert {(unit.place, unit.text) for part in parts for entry in part.entries for unit in entry.units} == wanted
    names = [entry.id for part in parts for entry in part.entries]
    assert len(set(names)) == len(names)


def test_unsigned_module_is_a_draft(desk: Desk) -> None:
    assert standing_of(desk.loaded()).is_draft
    arabic = standing_of(load_in(desk.module, "ar"))
    assert (arabic.content_is_draft, arabic.words_are_draft) == (True, True)


def test_released_catalogue_lifts_no_draft(desk: Desk) -> None:
    po = desk.module / "locale" / "ar.po"
    po.write_text(po.read_text().replace("X-Himaya-State: draft", "X-Himaya-State: released"))
    assert standing_of(desk.loaded()).is_draft


def test_signed_languages_are_no_draft(desk: Desk) -> None:
    desk.take(desk.findings())
    assert not standing_of(desk.loaded()).is_draft
    assert standing_of(load_in(desk.module, "ar")).words_are_draft
    desk.take(desk.findings("ar"))
    assert not standing_of(load_in(desk.module, "ar")).is_draft


def test_changed_string_voids_its_part_alone(desk: Desk) -> None:
    desk.take(desk.findings())
    desk.take(desk.findings("ar"))
    path = desk.module / "items.yaml"
    text = path.read_text()
    first = desk.loaded().activities["who-first"].stem
    assert first in text
    path.write_text(text.replace(first, f"{first} Now."))
    standing = standing_of(desk.loaded())
    assert standing.content == {"a-first-talk"}
    assert standing.in_part
    assert standing.part_is_draft("a-first-talk")
    assert not standing.part_is_draft("words-you-need")


def test_changed_translation_voids_its_language_alone(desk: Desk) -> None:
    desk.take(desk.findings())
    desk.take(desk.findings("ar"))
    po = desk.module / "locale" / "ar.po"
    po.write_text(po.read_text().replace(pseudo("Consent"), "الرضا"))
    standing = standing_of(load_in(desk.module, "ar"))
    assert (standing.content, standing.words) == (frozenset(), {"words-you-need"})
    assert not standing_of(desk.loaded()).is_draft


@pytest.mark.parametrize("changed", ["key", "drawing"])
def test_what_no_text_says_is_signed_too(desk: Desk, changed: str) -> None:
    desk.take(desk.findings())
    path = desk.module / ("items.yaml" if changed == "key" else "media/chairs.svg")
    text = path.read_text()
    path.write_text(text.replace("correct: true", "correct: false", 1) if changed == "key" else f"{text}<!-- -->")
    assert standing_of(desk.loaded()).content == {"a-first-talk"}


def test_later_rejection_makes_a_draft_again(desk: Desk) -> None:
    desk.take(desk.findings())
    findings = desk.findings(parts=["words-you-need"])
    findings["reader"] |= {"name": "Karwan", "role": "lawyer"}
    findings["entries"][0] |= {"verdict": "reject", "note": "A yes may be forced."}
    desk.take(findings)
    assert standing_of(desk.loaded()).content == {"words-you-need"}
    findings["entries"][0] |= {"verdict": "accept", "note": ""}
    desk.take(findings)
    assert not standing_of(desk.loaded()).is_draft


def test_fact_is_signed_for_itself(desk: Desk) -> None:
    path = desk.module / "module.md"
    path.write_text(path.read_text().replace("Then you wait", "The law is this: [country: law]. Then you wait"))
    facts = next(part for part in parts_to_read(desk.loaded()) if part.id == "facts")
    assert [entry.id for entry in facts.entries] == ["fact.law"]
    taken = desk.take(desk.findings(parts=["facts"]))
    assert taken.signed == ("fact.law",)
    assert "fact.law" in (desk.base / "courses" / "signatures.yaml").read_text()


def test_interview_is_read_as_whole_conversations(tmp_path: Path) -> None:
    folder = module_with_interview(tmp_path / "modules" / "sound-module")
    entries = {entry.id: entry for part in parts_of(load_module(folder)) for entry in part.entries}
    talks = [name for name in entries if name.startswith("whole-talk.talk-")]
    interview = load_module(folder).activities["whole-talk"]
    assert len(talks) == len(interview.examples)
    said = [unit.text for unit in entries[talks[0]].units]
    moves = {move.id: move.text for move in interview.moves}
    assert said[0] == interview.opening
    wanted = [moves[name] for name in interview.examples[0]]
    assert [text for text in said if text in wanted] == wanted


def test_changed_reply_changes_where_it_is_spoken(tmp_path: Path) -> None:
    folder = module_with_interview(tmp_path / "modules" / "sound-module")

    def hashes() -> dict[str, str]:
        return {entry.id: entry.hash for part in parts_of(load_module(folder)) for entry in part.entries}

    before = hashes()
    path = folder / "interviews" / "whole-talk.yaml"
    path.write_text(path.read_text().replace("she says to the tank.", "she tells the tank.", 1))
    changed = {name for name, now in hashes().items() if now != before[name]}
    assert "whole-talk.silence" in changed
    assert changed <= {"whole-talk.silence", *(f"whole-talk.talk-{n}" for n in range(1, 9))}
    assert changed & {"whole-talk.talk-1"}


def test_graded_interview_waits_for_its_signature(desk: Desk) -> None:
    shutil.rmtree(desk.module)
    path = module_with_interview(desk.module) / "interviews" / "whole-talk.yaml"
    text = path.read_text().replace("mode: practice", "mode: graded\nsigned_first: true")
    path.write_text(text.replace("signed_first: true", "signed_first: false"))
    assert unsigned_graded(desk.loaded()) == []
    path.write_text(text)
    assert [problem.line for problem in unsigned_graded(desk.loaded())] == [4]
    desk.take(desk.findings())
    assert unsigned_graded(desk.loaded()) == []
