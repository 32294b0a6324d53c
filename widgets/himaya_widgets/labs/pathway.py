"""The picture of a referral's way: seven steps, how many are behind, and in words where it stands."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from himaya_widgets.labs.fields import text_html

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_WIDTH, _HEIGHT, _RADIUS = 56, 44, 17  # of one step's place and of its circle


def pathway(steps: Sequence[str], reached: int, said: str, number: Callable[[object], str], *, backward: bool) -> str:
    """Return the steps as a drawing with the names below it.

    A step that is done is filled and its line is whole; what is still ahead has an empty circle and a broken line, so
    nothing rests on colour.

    Args:
        steps: The name of each step, in order.
        reached: How many are done, 1 to all.
        said: In words where the card stands.
        number: Writes a number in the digits of the page.
        backward: Whether the first step is at the right, as in a script written from right to left.
    """
    width = _WIDTH * len(steps)
    places = [_WIDTH * at + _WIDTH / 2 for at in range(len(steps))]
    if backward:
        places.reverse()
    drawn = []
    for at in range(1, len(steps)):
        broken = "" if at < reached else ' stroke-dasharray="3 4"'
        ends = f'x1="{places[at - 1]:g}" x2="{places[at]:g}" y1="{_HEIGHT / 2:g}" y2="{_HEIGHT / 2:g}"'
        drawn.append(f'<line {ends} stroke="var(--himaya-line, #7b8794)" stroke-width="3"{broken}/>')
    for at, place in enumerate(places):
        done = at < reached
        fill = "var(--himaya-main, #0b5c55)" if done else "var(--himaya-paper, #fff)"
        ink = "var(--himaya-on-main, #fff)" if done else "var(--himaya-ink, #1c2733)"
        middle = f'cx="{place:g}" cy="{_HEIGHT / 2:g}" r="{_RADIUS}"'
        drawn.append(f'<circle {middle} fill="{fill}" stroke="var(--himaya-ink, #1c2733)" stroke-width="1.5"/>')
        drawn.append(
            f'<text x="{place:g}" y="{_HEIGHT / 2 + 5:g}" text-anchor="middle" font-size="15" fill="{ink}">'
            f"{escape(number(at + 1))}</text>"
        )
    names = "".join(
        f'<li style="display:inline-block;margin-inline-end:1em">{text_html(number(at + 1))}. '
        f"{f'<strong>{text_html(name)}</strong>' if at < reached else text_html(name)}</li>"
        for at, name in enumerate(steps)
    )
    return (
        f'<svg viewBox="0 0 {width} {_HEIGHT}" style="inline-size:100%;max-inline-size:{width}px;block-size:auto" '
        f'direction="ltr" role="img" aria-label="{escape(said)}">{"".join(drawn)}</svg>'
        f'<ol style="list-style:none;padding:0;margin:0">{names}</ol><p>{text_html(said)}</p>'
    )
