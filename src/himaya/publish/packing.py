"""Data as a page carries them: strings that repeat stand in a table once, equal objects in a list as rows.

Twin of `packed.mjs`. A page must be small before it is compressed, too: a phone reads every byte of it.
"""

from __future__ import annotations

import gzip
from collections import Counter
from typing import TYPE_CHECKING, Any

from himaya.publish.canonical import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORTH = 8  # characters; a shorter string costs no more than a reference
_MARK = "~"


def packed(value: object) -> str:
    """Return JSON data as text that may stand in a `script` element: `[table, value]`, without any `<`."""
    counts = Counter(_strings(value))
    table = [text for text, count in counts.items() if text.startswith(_MARK) or (count > 1 and len(text) >= _WORTH)]
    places = {text: f"{_MARK}{number}" for number, text in enumerate(table)}
    return canonical([table, _packed(value, places)]).replace("<", "\\u003c")


def compressed(data: bytes, level: int = 9) -> bytes:
    """Return data gzipped, always to the same bytes; servers use level 6 for what they send."""
    return gzip.compress(data, level, mtime=0)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for entry in value.values():
            yield from _strings(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _strings(entry)


def _packed(value: Any, places: dict[str, str]) -> Any:  # noqa: ANN401 - JSON holds anything
    if isinstance(value, str):
        return places.get(value, value)
    if isinstance(value, dict):
        return {name: _packed(entry, places) for name, entry in value.items()}
    if not isinstance(value, list):
        return value
    names = list(value[0]) if len(value) > 1 and isinstance(value[0], dict) else []
    if names and all(isinstance(entry, dict) and list(entry) == names for entry in value):
        return {_MARK: [names, *([_packed(entry[name], places) for name in names] for entry in value)]}
    return [_packed(entry, places) for entry in value]
