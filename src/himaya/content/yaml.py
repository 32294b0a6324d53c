"""Reads YAML 1.2 that anybody may have written, in bounded time and memory."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from himaya.content.source import LARGEST_FILE, LARGEST_TEXT
from himaya.errors import HimayaError

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 40  # levels; the deepest file has some 10
MOST_VALUES = 100_000  # with what aliases repeat; the largest file has some 3,000
_LARGEST_NUMBER = 2**63
_DIGITS = re.compile(r"\d{1000,}")
_DEEP = f"lists and fields stand in each other on more than {DEEPEST} levels here; allowed: up to {DEEPEST}."

_FAULTS = {
    _DEEP: _DEEP,
    "'\\t'": "a tab stands here; use spaces.",
    "mapping values are not allowed": (
        "a text with a colon and a space in it needs quotes around it; or a quote is missing in a line above."
    ),
    "expected <block end>": "this line does not begin under its neighbours; use as many spaces as they do.",
}


class YamlError(HimayaError):
    """A text is not YAML that can be used; the sentence says why.

    Attributes:
        line: From 1.
    """

    def __init__(self, text: str, line: int = 1) -> None:
        super().__init__(text)
        self.line = line


class _Composer(Composer):
    """Stops at nesting that would fill the stack."""

    _levels = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Compose one node and what is in it."""
        if self._levels > DEEPEST:
            raise MarkedYAMLError(problem=_DEEP, problem_mark=self.parser.peek_event().start_mark)
        self._levels += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self._levels -= 1


def _loaded(text: str) -> Any:
    loader = YAML(typ="rt")
    loader.Composer = _Composer
    return loader.load(text)


@lru_cache(maxsize=256)
def parsed(text: str) -> Any:
    """Return what a text holds, never to be changed: one command reads a module up to five times.

    Raises:
        YamlError: If it is not YAML, or larger, deeper or with longer texts and numbers than any file of ours.
    """
    try:
        data = _loaded(text)
        fault = next(_unbounded(data), None)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        sentence = f"this is not YAML: {_plainly(error.problem or error.context or '')}"
        raise YamlError(sentence, mark.line + 1 if mark else 1) from None
    except YAMLError as error:
        sentence = f"this is not YAML: {str(error).splitlines()[0]}"
        raise YamlError(sentence) from None
    except Exception as error:  # noqa: BLE001 - what its constructors raise on a date, a number, a merge of itself
        long = _DIGITS.search(text)
        line = text.count("\n", 0, long.start()) + 1 if long else 1
        reason = "a number is too long" if long else f"{error}"[:200] or type(error).__name__
        sentence = f"this is not YAML that can be used: {reason}."
        raise YamlError(sentence, line) from None
    if fault is not None:
        raise YamlError(fault)
    return data


def _plainly(problem: str) -> str:
    """Return what YAML's reader found, in an author's words where we know them."""
    known = (remedy for sign, remedy in _FAULTS.items() if sign in problem)
    return next(known, f"{problem}. Look for a missing quote, colon or space.")


def _unbounded(data: Any) -> Iterator[str]:
    """Yield what makes data too much to look at; what an alias repeats counts each time."""
    values = letters = 0
    left: list[tuple[Any, int]] = [(data, 0)]
    while left:
        value, level = left.pop()
        values += 1
        if level > DEEPEST:
            yield _DEEP
        if isinstance(value, dict):
            left += [(each, level + 1) for pair in value.items() for each in pair]
        elif isinstance(value, list | tuple | set):
            left += [(each, level + 1) for each in value]
        elif isinstance(value, str):
            letters += len(value)
            if len(value) > LARGEST_TEXT:
                yield f"the text '{value[:40]} ...' has {len(value):,} letters; allowed: up to {LARGEST_TEXT:,}."
        elif isinstance(value, int) and abs(value) >= _LARGEST_NUMBER:
            yield f"a number has {value.bit_length() * 3 // 10:,} digits; allowed: up to 18."
        if values > MOST_VALUES or letters > 2 * LARGEST_FILE:
            yield "this file is too large, with what its aliases (*name) repeat; write less."
