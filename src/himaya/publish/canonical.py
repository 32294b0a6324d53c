"""JSON in one form only, so that equal data are equal bytes in both engines, and equal bytes compressed alike."""

from __future__ import annotations

import gzip
import json


def canonical(value: object) -> str:
    """Return JSON as `JSON.stringify` writes it: compact, unescaped, in the order of the keys."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def in_script(value: object) -> str:
    """Return JSON that may stand in a `script` element: it holds no `<`."""
    return canonical(value).replace("<", "\\u003c")


def compressed(data: bytes, level: int = 9) -> bytes:
    """Return data gzipped, always to the same bytes; servers use level 6 for what they send."""
    return gzip.compress(data, level, mtime=0)
