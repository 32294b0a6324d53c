"""The first day as a line: the cards by their numbers above the time they got, and apart those that are never done."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from himaya.activities.lab.complaint.model import NEVER, Word
from himaya.activities.lab.listing import listed
from himaya.languages.facts import direction
from himaya.languages.isolates import without_isolates

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ROW, _INSET, _WIDE = 34, 8, 400  # narrow, so that its letters stay large on a phone
_LABEL, _DOT, _GAP = 160, 12, 28
_INK, _PAPER = "var(--himaya-ink, #1c2733)", "var(--himaya-on-main, #fff)"
_MAIN, _QUIET = "var(--himaya-main, #0b5c55)", "var(--himaya-quiet, #4d5b69)"


def day(
    data: Mapping[str, Any],
    cards: Mapping[str, str | None],
    word: Callable[..., str],
    number: Callable[[object], str],
    language: str,
) -> str:
    """Return the day as inline SVG, from the first minute down to the next day, with the same in words for a reader.

    Args:
        data: The lab's slots and cards.
        cards: The time of each card: a slot, "never" or None.
        word: Says one of the lab's words.
        number: Writes a number as the page does.
        language: In whose direction it is drawn.
    """
    numbers = {card["id"]: at for at, card in enumerate(data["cards"], 1)}
    rows = [*((slot["id"], slot["text"]) for slot in data["slots"]), (NEVER, word(Word.NEVER))]
    rtl = direction(language) == "rtl"
    parts, said = [], []
    for at, (place, label) in enumerate(rows):
        here = sorted(numbers[card] for card, where in cards.items() if where == place)
        middle = _INSET + _ROW * at + _ROW // 2
        anchor = _WIDE - _INSET if rtl else _INSET
        parts.append(_text(anchor, middle + 5, label, "start"))
        gap = min(_GAP, (_WIDE - _LABEL - 2 * _DOT) // max(1, len(here) - 1))
        for place_in_row, card in enumerate(here):
            x = _LABEL + _DOT + gap * place_in_row
            x = _WIDE - x if rtl else x
            square = place == NEVER  # the shape says it too, not the place alone
            parts.append(_mark(x, middle, square=square) + _text(x, middle + 5, number(card), "middle", fill=_PAPER))
        if here:
            said.append(f"{label}: {', '.join(map(number, here))}")
    axis = _WIDE - _LABEL + 8 if rtl else _LABEL - 8
    high = _INSET * 2 + _ROW * len(rows)
    line = (
        f'<line x1="{axis}" x2="{axis}" y1="{_INSET}" y2="{high - _INSET - _ROW}" stroke="{_MAIN}" stroke-width="3"/>'
    )
    told = without_isolates(word(Word.PICTURE_HELP, told=listed(said, ";") or word(Word.NOT_PLACED)))
    return (
        f'<h5>{escape(without_isolates(word(Word.PICTURE)))}</h5><svg viewBox="0 0 {_WIDE} {high}" role="img" '
        f'aria-label="{escape(told, quote=True)}" direction="{direction(language)}" font-size="16" '
        'style="max-inline-size:30rem;inline-size:100%">'
        f"{line}{''.join(parts)}</svg>"
    )


def _text(x: int, y: int, label: str, anchor: str, fill: str = _INK) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{fill}">{escape(without_isolates(label))}</text>'


def _mark(x: int, y: int, *, square: bool) -> str:
    if square:
        return f'<rect x="{x - _DOT}" y="{y - _DOT}" width="{2 * _DOT}" height="{2 * _DOT}" fill="{_QUIET}"/>'
    return f'<circle cx="{x}" cy="{y}" r="{_DOT}" fill="{_MAIN}"/>'
