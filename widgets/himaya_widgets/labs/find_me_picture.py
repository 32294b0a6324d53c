"""Records by their own risk, as one inline drawing: a bar for each band, and a dashed line at the limit."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDE, _LINE, _EDGE = 400, 28, 6
_LABEL, _COUNT = 215, 50  # narrow, so that its words can be read on a phone


def risk_svg(rows: Sequence[tuple[int, str, str]], limit: int, *, rtl: bool, said: str) -> str:
    """Return the picture as markup.

    Args:
        rows: Records in each band of risk, lowest first; the band in words; the number as the page writes it.
        limit: After how many bands the dashed line stands.
        rtl: Whether bars grow from right to left.
        said: What the picture shows, for who does not see it.
    """
    room, top = _WIDE - _LABEL - _COUNT, max(1, *(value for value, _, _ in rows))

    def across(place: float) -> float:
        return _WIDE - place if rtl else place

    # In an SVG, "end" is where text of the given direction ends.
    script = f'direction="{"rtl" if rtl else "ltr"}"'
    parts = []
    for number, (value, name, count) in enumerate(rows):
        middle, long = _EDGE + number * _LINE + _LINE / 2, room * value / top
        start = across(_LABEL + long) if rtl else _LABEL
        look = 'fill="currentColor" fill-opacity="0.35"' if number < limit else 'fill="currentColor"'
        parts.append(
            f'<text x="{across(_LABEL - 10):.0f}" y="{middle + 5:.0f}" text-anchor="end" {script}>{escape(name)}</text>'
            f'<rect x="{start:.1f}" y="{middle - 10:.0f}" width="{long:.1f}" height="20" {look}/>'
            f'<text x="{across(_LABEL + long + 8):.1f}" y="{middle + 5:.0f}" {script}>{escape(count)}</text>'
        )
    line, high = _EDGE + limit * _LINE, 2 * _EDGE + len(rows) * _LINE
    return (
        f'<svg viewBox="0 0 {_WIDE} {high}" role="img" aria-label="{escape(said)}" font-size="16" fill="currentColor" '
        'style="max-inline-size:27rem;inline-size:100%;block-size:auto">'
        f'{"".join(parts)}<line x1="0" x2="{_WIDE}" y1="{line}" y2="{line}" stroke="currentColor" stroke-width="2" '
        'stroke-dasharray="8 5"/></svg>'
    )
