from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from jupyterlab_server.translation_utils import get_language_pack

from himaya.languages.facts import ALL
from himaya_server import platform
from himaya_server.platform import Platform, write_configuration
from tests.courses import one_module_course

if TYPE_CHECKING:
    from pathlib import Path

_PLUGIN = "@jupyterlab/translation-extension:plugin"


def _overrides(home: Path, *languages: str) -> dict[str, dict[str, object]]:
    here = Platform(home, "core-protection")
    here.config.mkdir(parents=True)
    course = one_module_course(here.course) / "course.yaml"
    text = re.sub(
        r"^languages: .*$", f"languages: [{', '.join(languages)}]", course.read_text("utf-8"), flags=re.MULTILINE
    )
    course.write_text(text, encoding="utf-8")
    write_configuration(here)
    written = json.loads((here.config / "labconfig" / "default_setting_overrides.json").read_text(encoding="utf-8"))
    server = json.loads((here.config / "jupyter_server_config.json").read_text(encoding="utf-8"))
    assert server["HimayaHome"]["languages"][0] == languages[0]
    return dict(written)


def test_jupyterlab_is_arabic_in_arabic_course(tmp_path: Path) -> None:
    assert _overrides(tmp_path / "ar", "ar", "en")[_PLUGIN] == {"locale": ALL["ar"].pack}
    words, problem = get_language_pack(ALL["ar"].pack)
    assert problem == ""
    menus = words["jupyterlab"]["Close"]
    assert re.search("[\u0621-\u064a]", str(menus))


@pytest.mark.parametrize("languages", [("en", "ar"), ("ckb",)])
def test_jupyterlab_stays_english_for_other_courses(tmp_path: Path, languages: tuple[str, ...]) -> None:
    assert _PLUGIN not in _overrides(tmp_path / "other", *languages)


def test_missing_pack_breaks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "find_spec", lambda _name: None)
    assert _PLUGIN not in _overrides(tmp_path / "ar", "ar")
