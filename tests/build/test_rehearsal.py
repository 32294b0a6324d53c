"""The practice sheet: cards, an observer's list, a page for whoever leads; in every language, and nothing that runs."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from himaya.commands.main import main
from himaya.content.checks.rehearsal import rehearsal_problems
from himaya.languages.interface import interface
from himaya.publish.rehearsal import practice_sheet
from himaya.translation.translated import load_in
from tests.engine.shipped import MODULES, NAMES, loaded
from tests.shipped import a_module, modules

if TYPE_CHECKING:
    from pathlib import Path

    from himaya.content.module import Rehearsal


REHEARSED = a_module(with_=lambda module: module.module.rehearsal)


def _scene(name: str) -> Rehearsal:
    scene = loaded(name).module.rehearsal
    assert scene is not None
    return scene


@pytest.mark.parametrize("name", [name for name in NAMES if loaded(name).module.rehearsal])
def test_sheet_has_cards_list_and_leaders_page(name: str) -> None:
    sheet = practice_sheet(loaded(name))
    assert sheet is not None
    scene, say = _scene(name), interface("en")
    for text in (scene.title, scene.setting, scene.worker, scene.partner, *scene.script, *scene.talk, *scene.care):
        assert escape(text.strip()) in sheet
    looked = sheet[sheet.index(say["rehearsal-observer-help"]) : sheet.index(say["rehearsal-talk"])]
    for behaviour in loaded(name).module.behaviours:
        assert (f"<li>{escape(behaviour.text)}</li>" in looked) == (behaviour.id in scene.look_for)
    for key in ("room", "support", "invented", "out", "order", "stop", "real"):
        assert escape(say[f"rehearsal-{key}"]) in sheet[sheet.index('class="leader"') :]


@pytest.mark.parametrize("language", ["ar", "ckb"])
def test_translated_sheet_is_marked_a_draft(language: str) -> None:
    sheet = practice_sheet(load_in(MODULES / REHEARSED, language))
    assert sheet is not None
    assert f'<html lang="{language}" dir="rtl">' in sheet
    assert sheet.count('class="draft"') == 2
    assert _scene(REHEARSED).title not in sheet


def test_sheet_runs_and_fetches_nothing() -> None:
    sheet = practice_sheet(loaded(REHEARSED))
    assert sheet is not None
    assert "<script" not in sheet
    assert "http://" not in sheet
    assert "https://" not in sheet


def test_unknown_behaviour_is_named_with_its_line() -> None:
    whole = loaded(REHEARSED)
    scene = _scene(REHEARSED).model_copy(update={"look_for": ["limits-frist"]})
    changed = replace(whole, module=whole.module.model_copy(update={"rehearsal": scene}))
    (found,) = rehearsal_problems(changed)
    assert found.text.startswith("the observer looks for the behaviour 'limits-frist', which does not exist. Did you")
    assert found.file == f"modules/{REHEARSED}/rehearsal.yaml"


def test_command_writes_a_sheet_for_each_module(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["rehearsal", "core-protection", "--language", "ar", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    written = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.html"))
    assert written == sorted(f"ar/{name}.html" for name in modules("core-protection"))


def test_module_without_a_scene_has_no_sheet() -> None:
    whole = loaded(REHEARSED)
    assert practice_sheet(replace(whole, module=whole.module.model_copy(update={"rehearsal": None}))) is None
