"""The sheet of cards: for each person a square code that leads to the class and signs in. It holds every secret."""

from __future__ import annotations

import io
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Protocol

import segno

from himaya.languages.facts import direction
from himaya.languages.interface import sentence
from himaya_server.classroom.codes import in_groups, new_code

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    class _Person(Protocol):
        id: int
        pseudonym: str
        language: str


LEAD_TO = "cards-lead-to"
"""A file in the folder of the classes: the address on the cards that were printed last."""

CARD_STYLE = """
@page { size: A4; margin: 7mm }
.printed { box-sizing: border-box; inline-size: 85mm; block-size: 54mm; padding: 3mm; overflow: hidden }
.printed { display: flex; gap: 3mm; align-items: center; break-inside: avoid; border: 1px dashed #777 }
.printed { background: #ffffff; color: #000000; overflow-wrap: anywhere }
.printed svg { inline-size: 31mm; block-size: 31mm; flex: none }
.printed div { flex: 1; min-inline-size: 0; max-block-size: 100%; display: flex; flex-direction: column }
.printed h2 { font-size: 11pt; line-height: 1.2; margin: 0 }
.printed p { font-size: 6.5pt; line-height: 1.25; margin: 0.6mm 0 0; min-block-size: 0; overflow: hidden }
.printed .title, .printed h2 { max-block-size: 2.5em; overflow: hidden; flex: none }
.printed .typed { font-size: 8.5pt; font-weight: bold; flex: none; max-block-size: 3.8em }
.sheet { display: grid; grid-template-columns: repeat(auto-fill, 85mm); gap: 3mm }
"""
"""A card has the size of a bank card, so that it fits where people keep one; ten fill a sheet."""
_STYLE = """
body { font-family: sans-serif; margin: 0 }
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


def made_card(
    person: _Person,
    who: str,
    new_card: Callable[[int, str, bytes], str],
    kept: Callable[[int, str], bytes],
    name: str = "",
) -> Printed:
    """Make somebody a new card, which ends the old one.

    Args:
        person: Whose card it is.
        who: Who makes it.
        new_card: Keeps it (`Store.new_card`).
        kept: What is kept of the code on it (`Codes.kept`).
        name: What stands on it in the place of the pseudonym.
    """
    code = new_code()
    token = new_card(person.id, who, kept(person.id, code))
    return Printed(person.pseudonym, name or person.pseudonym, person.language, token, person.id, code)


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


def printed_card(title: str, address: str, card: Printed, network: str = "") -> str:
    """Return one card as HTML that `CARD_STYLE` lays out.

    Args:
        title: Of the class.
        address: Where the class is served.
        card: What stands on it.
        network: The name of the Wi-Fi that leads there, where phones have to join one.
    """
    door = f"{address.rstrip('/')}/class/"
    code = sentence("class-card-code", card.language, n=card.number, code=in_groups(card.code, card.language))
    wifi = escape(sentence("class-card-network", card.language, name=network))
    lines = [
        f"<p><bdi>{escape(card.pseudonym)}</bdi></p>" if card.name != card.pseudonym else "",
        f'<p class="title"><bdi>{escape(title)}</bdi></p>',
        f"<p>{escape(sentence('class-card-keep', card.language))}</p>",
        f'<p class="typed">{wifi}</p>' if network else "",
        f'<p class="typed"><bdi dir="ltr">{escape(door.removeprefix("http://"))}</bdi></p>',
        f'<p class="typed">{escape(code)}</p>',
    ]
    return (
        f'<section class="printed" lang="{card.language}" dir="{direction(card.language)}">'
        f"{square(f'{door}#{card.token}')}<div><h2><bdi>{escape(card.name)}</bdi></h2>{''.join(lines)}</div></section>"
    )
