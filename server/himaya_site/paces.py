"""How much somebody may do in a time. It stands in Django's cache, so all processes know it where they share one."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.cache import cache

if TYPE_CHECKING:
    from collections.abc import Callable

_lock = threading.Lock()


@dataclass
class Pace:
    """Tokens that come at a steady pace to each key; who takes more than there are waits until they have come.

    Attributes:
        name: What is slowed.
        rate: Tokens a second.
        most: How many are kept.
    """

    name: str
    rate: float
    most: float
    clock: Callable[[], float] = time.time

    def left(self, key: str) -> float:
        """Return how many tokens somebody has."""
        tokens, at = cache.get(self._key(key), (self.most, 0.0))
        passed = max(0.0, self.clock() - at)  # a machine's clock may be set back
        return float(min(self.most, tokens + passed * self.rate))

    def take(self, key: str, tokens: float = 1) -> bool:
        """Take tokens only if there are as many."""
        with _lock:
            left = self.left(key)
            if left >= tokens:
                self._keep(key, left - tokens)
            return left >= tokens

    def give_back(self, key: str) -> None:
        """Give one token back."""
        with _lock:
            self._keep(key, min(self.most, self.left(key) + 1))

    def fill(self, key: str) -> None:
        """Let somebody have all that may be kept."""
        with _lock:
            self._keep(key, self.most)

    def _keep(self, key: str, tokens: float) -> None:
        until_full = (self.most - tokens) / self.rate
        cache.set(self._key(key), (tokens, self.clock()), until_full + 1)

    def _key(self, key: str) -> str:
        return f"pace-{self.name}-{hashlib.sha256(key.encode()).hexdigest()[:32]}"
