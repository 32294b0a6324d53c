"""JSON in one form only, so that equal data are equal bytes in both engines."""

from __future__ import annotations

import json


def canonical(value: object) -> str:
    """Return JSON as `JSON.stringify` writes it: compact, unescaped, in the order of the keys."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
