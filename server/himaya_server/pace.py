"""How much somebody may do in a time."""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


_REMEMBERED = 5_000  # keys whose pace is known


@dataclass(eq=False)
class Bucket:
    """Tokens that come at a steady pace; who takes more than there are waits until they have come.

    Args:
        rate: Tokens a second.
        most: How many are kept.
    """

    rate: float
    most: float
    clock: Callable[[], float] = time.monotonic
    _left: float = field(init=False)
    _at: float = field(init=False)

    def __post_init__(self) -> None:
        """Begin full."""
        self._left, self._at = self.most, self.clock()

    def left(self) -> float:
        """Return how many tokens there are; fewer than 0 are owed."""
        now = self.clock()
        self._left = min(self.most, self._left + (now - self._at) * self.rate)
        self._at = now
        return self._left

    def charge(self, tokens: float) -> float:
        """Take tokens, whether there are as many or not, and return the seconds to wait for them."""
        self._left = self.left() - tokens
        return max(0.0, -self._left / self.rate)

    def take(self, tokens: float = 1) -> bool:
        """Take tokens only if there are as many."""
        enough = self.left() >= tokens
        if enough:
            self._left -= tokens
        return enough


@dataclass
class Paces:
    """A bucket for each key, the least used forgotten first."""

    rate: float
    most: float
    _known: OrderedDict[str, Bucket] = field(default_factory=OrderedDict)

    def of(self, key: str) -> Bucket:
        """Return the bucket of somebody."""
        bucket = self._known.pop(key, None) or Bucket(self.rate, self.most)
        self._known[key] = bucket
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return bucket
