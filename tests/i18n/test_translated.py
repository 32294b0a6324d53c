from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from himaya.activities.fold import replay, score, start, step
from himaya.activities.kinds import key_of
from himaya.languages.digits import in_digits, with_telephones_whole
from himaya.languages.interface import sentence
from himaya.languages.isolates import as_english
from himaya.publish.assignment import compile_module, write_assignment
from himaya.publish.compile import visible
from himaya.translation.units import has_words, with_texts
from tests.baseline.groups import JOURNALS
from tests.engine import screen
from tests.engine.shipped import NAMES, compiled, in_language, loaded
from tests.engine.walks import walk
from tests.i18n.pseudo import pseudo
from tests.lanes import sampled

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.content.load import LoadedModule

LANGUAGES = ("ar", "ckb")
_OF_ONE = sorted(JOURNALS.glob(f"{NAMES[0]}.*.jsonl"))
_OF_OTHERS = [path for path in sorted(JOURNALS.glob("*.jsonl")) if path not in _OF_ONE]
_TOLD: tuple[str, ...] = (
    "text",
    "title",
    "stem",
    "prompt",
    "unit",
    "shown",
    "key",
    "word",
    "label",
    "principle",
    "better",
    "consequence",
)
_TOLD += ("rationale", "source", "language", "rubric", "content_note", "alternative", "setting", "levels")
_TOLD += ("says", "briefing", "first_step", "debrief", "lines", "words")  # of labs
_TOLD += ("says", "briefing", "first_step", "debrief", "names")
_TOLD += ("name", "life", "opening", "leaving", "why", "questions", "stage", "friend")  # of interviews
_TOLD += ("known", "agreed")


@cache
def in_pseudo(name: str) -> LoadedModule:
    """Return a module as its complete translation would be loaded."""
    made = with_texts(loaded(name), lambda unit: in_digits(pseudo(unit.text), "arabic-indic"))
    return replace(made, language="ar", english=loaded(name), digits="arabic-indic")


def _bare(value: Any) -> Any:
    """Return data without anything that is said in words."""
    if isinstance(value, dict):
        told = {name: list(entry) if name == "words" else entry for name, entry in value.items()}
        return {name: _bare(entry) for name, entry in told.items() if name not in _TOLD or not _is_words(entry)}
    return [_bare(entry) for entry in value] if isinstance(value, list) else value


def _is_words(value: object) -> bool:
    parts = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else [value]
    return all(part is None or isinstance(part, str) or (isinstance(part, dict) and "text" in part) for part in parts)


@pytest.mark.parametrize("name", NAMES)
def test_translations_keep_ids_keys_and_hashes(name: str) -> None:
    english, other = compiled(name), compile_module(in_pseudo(name))
    assert list(english) == list(other)
    for activity_id, activity in english.items():
        assert _bare(other[activity_id]) == _bare(activity)
        assert _bare(key_of(other[activity_id])) == _bare(key_of(activity))
        assert other[activity_id]["language"] == "ar"


@pytest.mark.parametrize("name", sampled(NAMES[:2], NAMES[2:]))
def test_changing_language_keeps_the_score(name: str) -> None:
    other = compile_module(in_pseudo(name))
    for activity_id, whole in compiled(name).items():
        dice = Random(activity_id)
        pairs = [(whole, other[activity_id])]
        if whole["mode"] == "graded":
            pairs.append((visible(whole), visible(other[activity_id])))
        events = walk(whole, dice, 25, fitting=80)
        for english, arabic in pairs:
            alone = switching = start(english)
            for number, event in enumerate(events):
                alone = step(english, alone, event)
                spoken = (english, arabic)[number % 2]
                switching = step(spoken, switching, event)
                assert switching == alone
                assert _bare(screen.view(arabic, switching)) == _bare(screen.view(english, alone))
        assert score(other[activity_id], alone) == score(whole, alone)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_switching_within_an_interview_keeps_everything(name: str, language: str) -> None:
    spoken = compile_module(in_language(name, language))
    for activity_id, english in compiled(name).items():
        if english["kind"] != "interview":
            continue
        pair = (english, spoken[activity_id])
        events = walk(english, Random(activity_id), 25, fitting=100)
        alone = switching = start(english)
        for number, event in enumerate(events):
            alone = step(english, alone, event)
            switching = step(pair[number % 2], switching, event)
            assert switching == alone
            assert _bare(screen.view(pair[1], switching)) == _bare(screen.view(english, alone))
        assert score(pair[1], alone) == score(english, alone)


@pytest.mark.parametrize("journal", sampled(_OF_ONE, _OF_OTHERS), ids=lambda path: path.stem)
@pytest.mark.parametrize("language", LANGUAGES)
def test_saved_journal_scores_alike_in_each_language(journal: Path, language: str) -> None:
    name = journal.name.split(".")[0]
    events = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    spoken = compile_module(in_language(name, language))
    turns = 0
    for activity_id, english in compiled(name).items():
        other = spoken[activity_id]
        state = replay(english, events)
        assert replay(other, events) == state
        assert score(other, state) == score(english, state)
        turns += state["turn"]
    assert turns


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_shipped_translations_load_and_mark_gaps(name: str, language: str) -> None:
    made = in_language(name, language)
    known = with_texts(loaded(name), lambda unit: unit.text)
    assert list(made.activities) == list(known.activities)
    for activity_id, activity in compile_module(made).items():
        assert activity["hash"] == compiled(name)[activity_id]["hash"]
        title = activity.get("title") or activity["stem"]
        english = compiled(name)[activity_id].get("title") or compiled(name)[activity_id]["stem"]
        assert title == as_english(english) or not any("a" <= letter <= "z" for letter in title[:4])


def test_assignment_ships_other_languages_as_words_only(tmp_path: Path) -> None:
    name = NAMES[0]
    folder = write_assignment(in_pseudo(name), tmp_path, "course", others=[loaded(name)])
    content = json.loads((folder / "activities.json").read_text(encoding="utf-8"))
    other = json.loads((folder / "activities.en.json").read_text(encoding="utf-8"))
    notebook = json.loads((folder / f"{name}.ipynb").read_text(encoding="utf-8"))
    assert (content["language"], content["languages"], content["draft"]) == ("ar", ["ar", "en"], True)
    assert notebook["metadata"]["himaya"]["language"] == "ar"
    assert other["language"] == "en"
    assert other["activities"] == {key: visible(activity) for key, activity in compiled(name).items()}
    prose = [cell for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    note, first, *_ = (cell["id"] for cell in prose)
    assert sorted(other["prose"]) == sorted(cell["id"] for cell in prose), (
        "each cell is there in the other language, too"
    )
    assert sentence("draft-note") in other["prose"][note]
    title = other["prose"][first]
    assert title.startswith(f"<h1>{loaded(name).module.title}</h1>")


def test_the_other_languages_carry_no_key(tmp_path: Path) -> None:
    for name in NAMES:
        folder = write_assignment(loaded(name), tmp_path / name, "course", others=[in_pseudo(name)])
        other = json.loads((folder / "activities.ar.json").read_text(encoding="utf-8"))
        for activity in other["activities"].values():
            if activity["mode"] != "practice":
                assert not {"correct", "quality", "rationale", "key", "answer", "effects"} & set(_names(activity))


def _names(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(name for entry in value.values() for name in _names(entry))]
    return [name for entry in value for name in _names(entry)] if isinstance(value, list) else []


def test_authored_html_is_text_in_translations() -> None:
    from himaya.publish.notebook import prose_html  # only here

    module = loaded(NAMES[0])
    cells = [replace(cell, source="<img src=x onerror=alert(1)>") for cell in module.cells if cell.kind == "markdown"]
    assert all("<img" not in html for html in prose_html(replace(module, cells=cells[:2])).values())


def test_digits_follow_the_language_except_codes() -> None:
    examples = {
        "Within 72 hours, 2.5 or 1,000 of 3.": "Within ٧٢ hours, ٢٫٥ or ١٬٠٠٠ of ٣.",
        "[S1: step 3], Module 15B, {n} and PEP28": "[S1: step ٣], Module 15B, {n} and PEP28",
        "[door 3](media/door-3.svg) `x = 3` https://example.org/3": "[door ٣](media/door-3.svg) `x = 3` https://example.org/3",
        "(20) 30 %": "(٢٠) ٣٠ %",
        "07901 234 567": "07901 234 567",
    }
    for text, shown in examples.items():
        assert in_digits(text, "arabic-indic") == shown
        assert in_digits(text, "western") == text


def test_only_telephone_numbers_are_isolated() -> None:
    examples = {
        "اتصل 07901 234 567 الآن": "اتصل \u206807901 234 567\u2069 الآن",
        "+964 790 123 4567.": "\u2068+964 790 123 4567\u2069.",
        "[اتصل](tel:07901 234 567) `07901 234 567`": "[اتصل](tel:07901 234 567) `07901 234 567`",
        "من 72 إلى 120، أي 3,000 أو 12.5": "من 72 إلى 120، أي 3,000 أو 12.5",
    }
    assert {text: with_telephones_whole(text) for text in examples} == examples


def test_wordless_text_needs_no_translation() -> None:
    assert not has_words("72 – 120 %")
    assert has_words("72 h")
