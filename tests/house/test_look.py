"""Colours stand in one file: no surface has its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_SOURCES = ROOT / "widgets" / "player" / "src"
_TOKENS = _SOURCES / "styles" / "tokens.css"
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*[;}])|\brgb\(")
# What is drawn in colours of its own, in both themes: people, drawings on paper, the bar over Jupyter's pages.
_OWN = {"portrait.css", "exit.css"}
_WHITE_BEHIND_DRAWINGS = "background: #ffffff; border-radius"
_SURFACES = [
    *(path for path in sorted(_SOURCES.rglob("*.css")) if path != _TOKENS and path.name not in _OWN),
    *sorted((ROOT / "server" / "himaya_server").rglob("templates/*.html")),
    *sorted((ROOT / "autograde" / "himaya_autograde").rglob("templates/*.html")),
    *sorted((ROOT / "widgets" / "himaya_widgets" / "share").rglob("*.html.j2")),
]


@pytest.mark.parametrize("path", _SURFACES, ids=lambda path: str(path.relative_to(ROOT)))
def test_surface_takes_colours_from_the_tokens(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace(_WHITE_BEHIND_DRAWINGS, "")
    assert _COLOUR.findall(text) == []


def test_every_token_used_is_defined() -> None:
    defined = set(re.findall(r"(--himaya-[a-z-]+):", _TOKENS.read_text(encoding="utf-8")))
    local = {"--himaya-cloth"}
    for path in (*_SURFACES, *(_SOURCES.rglob("*.css"))):
        used = set(re.findall(r"var\((--himaya-[a-z-]+)", path.read_text(encoding="utf-8")))
        assert used <= defined | local, path


def test_each_colour_has_a_dark_one() -> None:
    text = _TOKENS.read_text(encoding="utf-8")
    light, dark = text.split("@supports", 1)
    colours = set(re.findall(r"(--himaya-[a-z-]+): #", light))
    assert colours == set(re.findall(r"(--himaya-[a-z-]+): light-dark\(", dark))
