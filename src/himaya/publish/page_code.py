"""What a page runs on. Publishing knows no player: the command line hands this in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["module", "scenario", "index"]


@dataclass(frozen=True)
class Code:
    """What one kind of page runs on.

    Attributes:
        script: What draws it.
        styles: Its sheet.
        says: The names of all it can say.
        asks: Whether it asks the server that it came from.
    """

    script: str
    styles: str
    says: frozenset[str]
    asks: bool = False
