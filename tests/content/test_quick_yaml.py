"""The quick reader of YAML gives what ruamel.yaml gives, values and places, or leaves the text to that."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from himaya.content.load import plain_data
from himaya.content.quick_yaml import UnsureError, quickly_parsed
from himaya.content.yaml import DEEPEST, _thoroughly_parsed, parsed
from himaya.errors import HimayaError
from tests.courses import ROOT
from tests.lanes import sampled

if TYPE_CHECKING:
    from pathlib import Path

FILES = sorted(file for folder in ("modules", "courses") for file in (ROOT / folder).rglob("*.yaml"))
FIRST = [file for file in FILES if "case-management" in file.parts or file.parent.name == "courses"]
SNIPPETS = [
    *(
        "a: b # c\n",
        "a: b#c\n",
        "a: 'b'#c\n",
        "# c\n\na: b\n\n# d\n",
        "a:\n  # c\n  b: c\n",
        "a : b\n",
        "a:b\n",
        "a: b: c\n",
    ),
    *("a: |\n  text", "a: |\n  x\n\n", "a: |+\n  x\n\n\n", "a: |-\n  x\n\n", "a: |2\n   x\n  y\n", "a: |\n\n   x\n"),
    *(
        "a: >\n  b\n  c\n\n  d\n",
        "a: >-\n \n  x\n  y\n",
        "a: |#\n  text\n",
        "a: 'x\n\n  y'\n",
        'a: "x\\\n  y \\/ \\x41"\n',
    ),
    *(
        "{a: b:c}",
        "[a,b,'c d']",
        "{a:1}",
        "{a, b: c,}",
        "[a, , b]",
        "[?a, ?b]",
        "[a: b, c]",
        "[a, b]: c\n",
        "? a\n: b\n",
    ),
    *("- - a\n  - b\n", "a:\n- b\n- c: d\n  e: f\n", "- a\n-\n- \n", "a: -\n", "a: - b\n", "a: x\n  y\n\n  z\n"),
    *("--- a\n...\n", "---\na: b\n...\nx", "--- |\n x\n", "a: ---\n", "a: ...\n", "%YAML 1.1\n---\na: yes\n", ""),
    *(
        "a: 012\n",
        "a: 0o12\n",
        "a: 1_000\n",
        "a: .5\n",
        "a: 1.\n",
        "a: 1e3\n",
        "a: 0x1f\n",
        "a: +1\n",
        "a: -0\n",
        "a: 00\n",
    ),
    *(
        "a: -1.50\n",
        "a: -1\n",
        "a: 123456789012345678901\n",
        "a: 1:20\n",
        "a: 10:20\n",
        "a: 10:20:30\n",
        "a: .nan\n",
        "a: NaN\n",
    ),
    *(
        "a: 2026-01-01\n",
        "a: 2026-13-01\n",
        "a: 2026-01-01T10:00:00Z\n",
        "a: 3 people\n",
        "a: 3-4\n",
        "a: 3%\n",
        "a: 1/2\n",
    ),
    *(
        "a: ٣\n",
        "a: ٢٠٢٦-٠١-٠١\n",
        "a: yes\nb: no\n",
        "a: true\nb: False\n",
        "a: Null\nb: nULL\nc: ~\nd: ~x\n",
        "a: =\n",
        "a: <<\n",
    ),
    *(
        "a: &x b\nc: *x\n",
        "&a:c x\n",
        "a: &x {b: c}\nd: [*x, *x]\n",
        "x: &x [*x]\n",
        "a: &x b\n*x : c\n",
        "a: &x b\nc: &x d\n",
    ),
    *(
        "a: {<<: &m {k: 1}}\n",
        "a: !!str 1\n",
        "a: @b\n",
        "a: `b`\n",
        "a: %b\n",
        "a: *none\n",
        "a: b\na: c\n",
        "1: a\n",
        "true: a\n",
    ),
    *(
        "a:\tb\n",
        "a: x\u2028y\n",
        "a: \u00a0b\n",
        "a: x\x85y\n",
        "\ufeffa: b\n",
        "a: '\\ud800'\n",
        'a: "\\ud800"\n',
        "a: \x00\n",
    ),
]


def _same(quick: Any, thorough: Any) -> None:
    if isinstance(quick, dict):
        assert list(quick) == list(thorough)
        for name in quick:
            assert quick.lc.key(name) == tuple(thorough.lc.key(name)), name
            _same(quick[name], thorough[name])
    elif isinstance(quick, list):
        assert len(quick) == len(thorough)
        for at, value in enumerate(quick):
            assert quick.lc.item(at) == tuple(thorough.lc.item(at)), at
            _same(value, thorough[at])
    else:
        expected = plain_data(thorough)
        assert quick == expected
        assert isinstance(expected, type(quick))


def _agree(text: str) -> bool:
    """Compare both readers on a text, and return whether the quick one read it."""
    try:
        quick = quickly_parsed(text, DEEPEST)
    except UnsureError:
        return False
    _same(quick, _thoroughly_parsed(text))
    return True


@pytest.mark.parametrize(
    "file", sampled(FIRST, [file for file in FILES if file not in FIRST]), ids=lambda file: file.stem
)
def test_both_readers_agree_on_a_shipped_file(file: Path) -> None:
    assert _agree(file.read_text(encoding="utf-8"))


def test_every_shipped_file_is_read_quickly() -> None:
    for file in FILES:
        assert quickly_parsed(file.read_text(encoding="utf-8"), DEEPEST), file


@pytest.mark.parametrize("text", SNIPPETS)
def test_odd_text_is_read_alike_or_not_at_all(text: str) -> None:
    _agree(text)


@pytest.mark.release
def test_both_readers_agree_on_changed_files() -> None:
    draw, read = Random(7), 0
    signs = " \n:-#'\"{}[],&*!|>?%@`~<=.0123456789abcxe\u0663\\"
    texts = [file.read_text(encoding="utf-8") for file in FILES]
    for _ in range(20_000):
        whole = draw.choice(texts)
        begin = draw.randrange(len(whole))
        text = draw.choice(SNIPPETS) + whole[begin : begin + draw.randrange(20, 300)]
        for _ in range(draw.randrange(4)):
            at = draw.randrange(len(text))
            text = text[:at] + draw.choice([*signs, "", *SNIPPETS]) + text[at + draw.randrange(2) :]
        read += _agree(text)
    assert read > 300


def test_without_libyaml_ruamel_reads_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("himaya.content.quick_yaml.CParser", None)
    assert not _agree("a: b\n")
    parsed.cache_clear()
    assert parsed("a: [b, 1]\n") == {"a": ["b", 1]}
    with pytest.raises(HimayaError):
        parsed("a: [b\n")
