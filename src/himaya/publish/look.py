"""The one look of all surfaces, for those that are not built from the player's sources: tokens and the header."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def look() -> str:
    """Return the styles of `widgets/player/src/entries/look.css`, as built."""
    return files("himaya.publish").joinpath("look.css").read_text(encoding="utf-8")
