"""One view of each module in each language, kept: its first scenario after a fixed walk, as both engines show it."""

from __future__ import annotations

import json
import os
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from himaya.languages.facts import LANGUAGES
from himaya.publish.assignment import compile_module
from himaya.translation.translated import translated
from tests.engine import golden, shipped
from tests.engine.two_engines import python_views, views
from tests.engine.walks import walk

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.two_engines import Case

REMEDY = "run HIMAYA_REGOLD=1 pytest tests/engine, and look at the difference in git"


def _case(name: str, language: str) -> Case:
    scenario = next(each for each in shipped.compiled(name).values() if each["kind"] == "scenario")
    events = walk(scenario, Random(name), golden.LENGTH, fitting=80)
    return compile_module(translated(shipped.loaded(name), language))[scenario["id"]], events, 7


def _file(name: str, language: str) -> Path:
    return golden.FOLDER / "languages" / f"{name}.{language}.json"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", shipped.NAMES)
def test_a_view_of_every_module_stands_in_every_language_as_it_is_kept(name: str, language: str) -> None:
    case = _case(name, language)
    python, javascript = python_views([case])[0], views([case])[0]
    assert python == javascript
    shown, score = json.loads(python)[-2:]
    found = json.dumps({"view": shown, "score": score}, ensure_ascii=False, indent=1) + "\n"
    path = _file(name, language)
    if os.environ.get("HIMAYA_REGOLD") == "1":
        path.write_text(found, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == found, f"{name} in {language}: {REMEDY}"


@pytest.mark.parametrize("name", shipped.NAMES)
def test_the_kept_views_differ_in_words_alone(name: str) -> None:
    kept = [json.loads(_file(name, language).read_text(encoding="utf-8")) for language in LANGUAGES]
    assert [each["score"] for each in kept] == [kept[0]["score"]] * len(LANGUAGES)
    assert [_shape(each) for each in kept] == [_shape(kept[0])] * len(LANGUAGES)


def _shape(value: Any) -> Any:
    """Return a view without its texts: what is in it, what is open, every number."""
    if isinstance(value, dict):
        return {name: _shape(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [_shape(entry) for entry in value]
    return "text" if isinstance(value, str) else value
