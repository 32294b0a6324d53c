"""The month as one inline drawing: open cases as a line, late people as bars, target and maximum as dashes."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_WIDE, _HIGH, _EDGE = 400, 210, 32
_CASES = 'stroke-width="3"'
_TARGET = 'stroke-width="1.5" stroke-dasharray="3 4"'
_MAXIMUM = 'stroke-width="1.5" stroke-dasharray="12 5"'


def month_svg(view: dict[str, Any], *, rtl: bool, said: str, number: Callable[[object], str]) -> str:
    """Return the picture as markup.

    Args:
        view: What `himaya.activities.lab.caseload.model.view` says, with at least one day.
        rtl: Whether time runs from right to left.
        said: What the picture shows, for who does not see it.
        number: Writes a number as the page does.
    """
    days: list[dict[str, Any]] = view["days"]
    all_days: int = len(days) if view["over"] else len(days) * view["weeks"] // (view["week"] - 1)
    limits = [[view[name] * len(day["cases"]) for day in days] for name in ("target", "maximum")]
    open_cases, late = [day["open"] for day in days], [sum(day["late"]) for day in days]
    top: int = max(*open_cases, *late, *limits[1]) + 5
    step = (_WIDE - 2 * _EDGE) / all_days

    def across(day: float) -> float:
        place = _EDGE + day * step
        return _WIDE - place if rtl else place

    def up(value: float) -> float:
        return _HIGH - _EDGE + 10 - value * (_HIGH - _EDGE - 10) / top

    def line(values: list[int], look: str) -> str:
        points = " ".join(f"{across(day + 0.5):.1f},{up(value):.1f}" for day, value in enumerate(values))
        return f'<polyline points="{points}" fill="none" stroke="currentColor" {look}/>'

    ground = up(0)
    bars = "".join(
        f'<rect x="{across(day + 0.5) - step * 0.3:.1f}" y="{up(value):.1f}" width="{step * 0.6:.1f}" '
        f'height="{ground - up(value):.1f}" fill="currentColor" fill-opacity="0.35"/>'
        for day, value in enumerate(late)
    )
    marks = "".join(
        f'<text x="{across(day + 0.5):.1f}" y="{ground + 18:.1f}" text-anchor="middle">{number(day + 1)}</text>'
        for day in range(0, all_days, max(1, all_days // view["weeks"]))
    )
    edge = _WIDE - _EDGE + 6 if rtl else _EDGE - 6
    values = "".join(
        f'<text x="{edge}" y="{up(value) + 5:.1f}" text-anchor="{"start" if rtl else "end"}" direction="ltr">'
        f"{number(value)}</text>"
        for value in range(0, top, 20)
    )
    return (
        f'<svg viewBox="0 0 {_WIDE} {_HIGH}" role="img" aria-label="{escape(said)}" font-size="13" '
        'fill="currentColor" direction="ltr" style="max-inline-size:34rem;inline-size:100%;block-size:auto">'
        f"{bars}{line(open_cases, _CASES)}{line(limits[0], _TARGET)}{line(limits[1], _MAXIMUM)}"
        f'<line x1="{_EDGE}" x2="{_WIDE - _EDGE}" y1="{ground}" y2="{ground}" stroke="currentColor"/>'
        f"{marks}{values}</svg>"
    )
