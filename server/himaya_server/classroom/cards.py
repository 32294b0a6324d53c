"""The sheet of cards: for each person a square code that leads to the class and signs in. It holds every secret."""

from __future__ import annotations

import io
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import segno

from himaya.languages.facts import direction
from himaya.languages.interface import sentence
from himaya_server.classroom.codes import in_groups

if TYPE_CHECKING:
    from collections.abc import Sequence

CARD_STYLE = """
.printed { border: 1px dashed #777; padding: 4mm; display: flex; gap: 4mm; break-inside: avoid; align-items: center }
.printed { background: #ffffff; color: #000000 }
.printed svg { inline-size: 38mm; block-size: 38mm; flex: none }
.printed h2 { font-size: 14pt; margin: 0 }
.printed p { font-size: 9pt; margin: 1mm 0 }
"""
_STYLE = """
@page { size: A4; margin: 10mm }
body { font-family: sans-serif; margin: 0 }
.sheet { display: grid; grid-template-columns: 1fr 1fr; gap: 4mm }
.warning { padding: 4mm }
@media print { .warning { display: none } }
"""


@dataclass(frozen=True)
class Printed:
    """One card.

    Attributes:
        pseudonym: Who it is for.
        name: What stands on it; the pseudonym where the class keeps no names.
        language: In which it is written.
        token: The secret.
        number: What its owner types without a camera, with
        code: the other secret.
    """

    pseudonym: str
    name: str
    language: str
    token: str
    number: int
    code: str


def sheet(title: str, address: str, cards: Sequence[Printed]) -> str:
    """Return the sheet as a page to print.

    Args:
        title: Of the class.
        address: Where the class is served, such as `http://192.168.4.1:8600`.
        cards: One for each person.
    """
    shown = "".join(printed_card(title, address, card) for card in cards)
    warning = "Print this page, then delete the file: whoever has it can sign in as everybody on it."
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        f'<meta name="referrer" content="no-referrer">\n<style>{_STYLE}{CARD_STYLE}</style>\n</head>\n'
        f'<body><p class="warning">{warning}</p><main class="sheet">{shown}</main></body>\n</html>\n'
    )


def square(link: str) -> str:
    """Return a square code as a drawing."""
    code = io.BytesIO()
    segno.make(link, error="m", micro=False).save(code, kind="svg", xmldecl=False, svgns=False, omitsize=True, border=2)
    return code.getvalue().decode()


def printed_card(title: str, address: str, card: Printed) -> str:
    """Return one card as HTML that `CARD_STYLE` lays out."""
    link = f"{address.rstrip('/')}/class/#{card.token}"
    number = f"<p><bdi>{escape(card.pseudonym)}</bdi></p>" if card.name != card.pseudonym else ""
    code = sentence("class-card-code", card.language, n=card.number, code=in_groups(card.code, card.language))
    return (
        f'<section class="printed" lang="{card.language}" dir="{direction(card.language)}">{square(link)}'
        f"<div><h2><bdi>{escape(card.name)}</bdi></h2>{number}<p><bdi>{escape(title)}</bdi></p>"
        f"<p>{escape(sentence('class-door-help', card.language))}</p><p>{escape(code)}</p></div></section>"
    )
