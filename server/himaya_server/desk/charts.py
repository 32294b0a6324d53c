"""Bars as SVG, in the direction of the page and in its colours. Each stands beside its numbers in words and a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

if TYPE_CHECKING:
    from himaya.languages.facts import Direction
    from himaya.measures.proportions import Interval

_HEIGHT = 12


def bar(share: float, way: Direction, limits: Interval | None = None, kind: str = "main") -> Markup:
    """Return a bar that is as wide as it is given room.

    Args:
        share: Of the whole width, 0 to 1; what lies beyond is cut off.
        way: Where it starts.
        limits: Drawn as a line with two ends, if given.
        kind: main, quiet or bad, which names a colour of the tokens.
    """
    parts = [_box(0, 1, 0, _HEIGHT, "faint", way), _box(0, share, 0, _HEIGHT, kind, way)]
    if limits is not None:
        middle = _HEIGHT / 2
        parts.append(_box(limits.low, limits.high, middle - 0.75, 1.5, "ink", way))
        parts += [_box(end - 0.002, end + 0.002, 2, _HEIGHT - 4, "ink", way) for end in limits]
    drawn = "".join(parts)
    return Markup(  # noqa: S704 - numbers and names of our own alone
        f'<svg class="bar" viewBox="0 0 100 {_HEIGHT}" preserveAspectRatio="none" aria-hidden="true">{drawn}</svg>'
    )


def _box(begin: float, end: float, top: float, height: float, colour: str, way: Direction) -> str:
    low, high = (100 * min(1.0, max(0.0, each)) for each in (begin, end))
    left = low if way == "ltr" else 100 - high
    return (
        f'<rect x="{left:.2f}" y="{top:g}" width="{max(0.0, high - low):.2f}" height="{height:g}"'
        f' fill="var(--himaya-{colour})"/>'
    )
