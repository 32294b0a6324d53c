"""Reads plain YAML with libyaml, some 20 times as fast as ruamel.yaml, and tells what it had better leave to that."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from yaml import YAMLError
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

try:
    from yaml.cyaml import CParser
except ImportError:  # PyYAML that was built without libyaml
    CParser = None

# Where libyaml and ruamel.yaml differ: line ends, tabs, directives, blanks in the first line of a block, odd anchors.
_ODD = re.compile("[\t\x85\u2028\u2029\ufeff]|^%|[|>][-+0-9]*(?: *#| *\n\n* +$)", re.MULTILINE)
_ODD_ANCHOR = re.compile(r"[&*][\w-]*[^\w\s,\]}-]")

_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_TEXT = re.compile("[^-+.0-9<=~].*|[0-9]+[^-+._:0-9A-Za-z].*|[0-9][0-9]?:[0-9][0-9]", re.DOTALL)
_INTEGER = re.compile("0|-?[1-9][0-9]{0,17}")
_FRACTION = re.compile("-?(?:0|[1-9][0-9]{0,8})[.][0-9]{1,17}")
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


class UnsureError(Exception):
    """A text has a fault, or something that no file of ours needs."""


class _Lines:
    """Where entries begin, as `lc` of ruamel.yaml says it: line and column, both from 0."""

    def __init__(self, places: dict[str, tuple[int, int]] | list[tuple[int, int]]) -> None:
        self._places: Any = places

    def key(self, name: str | int) -> tuple[int, int]:
        place: tuple[int, int] = self._places[name]
        return place

    item = key


class _Fields(dict[str, Any]):
    def __init__(self) -> None:
        super().__init__()
        self.places: dict[str, tuple[int, int]] = {}
        self.lc = _Lines(self.places)


class _Entries(list[Any]):
    def __init__(self) -> None:
        super().__init__()
        self.places: list[tuple[int, int]] = []
        self.lc = _Lines(self.places)


def quickly_parsed(text: str, deepest: int) -> Any:
    """Return what a text holds, with the same values and places as ruamel.yaml gives.

    Args:
        text: In bounds as a whole.
        deepest: Levels of nesting at which it gives up.

    Raises:
        UnsureError: If it has anything but fields, lists, texts, plain numbers, days, yes or no, nothing, and aliases.
    """
    if CParser is None or _ODD.search(text):
        raise UnsureError
    try:
        return _Reader(text, deepest).whole()
    except (YAMLError, ValueError) as error:  # ValueError: half a character, a day that is none
        raise UnsureError from error


class _Reader:
    def __init__(self, text: str, deepest: int) -> None:
        self._text = text
        self._deepest = deepest
        self._next: Any = CParser(text).get_event
        self._anchors: dict[str, tuple[Any, tuple[int, int]]] = {}

    def whole(self) -> Any:
        self._expect(StreamStartEvent)
        self._expect(DocumentStartEvent)
        value, _ = self._value(self._next(), 0)
        self._expect(DocumentEndEvent)
        self._expect(StreamEndEvent)
        return value

    def _expect(self, kind: type) -> None:
        if type(self._next()) is not kind:
            raise UnsureError

    def _value(self, event: Any, level: int) -> tuple[Any, tuple[int, int]]:
        """Return the value that begins with an event, and where it was written."""
        kind = type(event)
        if kind is AliasEvent:
            if event.anchor not in self._anchors:  # nowhere, or round itself
                raise UnsureError
            return self._anchors[event.anchor]
        if event.tag or level > self._deepest:
            raise UnsureError
        value: Any
        if kind is ScalarEvent:
            value = _scalar(event)
        elif kind is MappingStartEvent:
            value = self._fields(level)
        elif kind is SequenceStartEvent:
            value = self._entries(level)
        else:
            raise UnsureError
        place = event.start_mark.line, event.start_mark.column
        if event.anchor:
            if event.anchor in self._anchors or (not self._anchors and _ODD_ANCHOR.search(self._text)):
                raise UnsureError
            self._anchors[event.anchor] = value, place
        return value, place

    def _fields(self, level: int) -> _Fields:
        found = _Fields()
        while type(event := self._next()) is not MappingEndEvent:
            name, place = self._value(event, level + 1)
            if type(name) is not str or name in found:
                raise UnsureError
            found.places[name] = place
            found[name], _ = self._value(self._next(), level + 1)
        return found

    def _entries(self, level: int) -> _Entries:
        found = _Entries()
        while type(event := self._next()) is not SequenceEndEvent:
            value, place = self._value(event, level + 1)
            found.append(value)
            found.places.append(place)
        return found


def _scalar(event: ScalarEvent) -> Any:
    text = event.value
    plain = event.implicit[0]
    if plain and text in _WORDS:
        return _WORDS[text]
    if not plain or _TEXT.fullmatch(text):
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FRACTION.fullmatch(text):
        return float(text)
    if _DAY.fullmatch(text):
        return date.fromisoformat(text)
    raise UnsureError
