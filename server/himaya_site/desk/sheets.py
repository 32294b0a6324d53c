"""A sheet of cards for a class, printed from the browser. It holds every secret: it is shown once and not kept."""

from __future__ import annotations

import re
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from himaya.answers.private import write_whole
from himaya_server.classroom.cards import CARD_STYLE, LEAD_TO, made_card, printed_card
from himaya_site.desk.pages import draw, first_press, go_on, site_address, staff_of, sure, trained
from himaya_site.people import cards
from himaya_site.people.enrolled import people
from himaya_site.refused import Refused
from himaya_site.requests import host_in, key_of, leads_here
from himaya_site.served import served
from himaya_site.writing import writing

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from himaya_site.classes.models import Class

_ADDRESS = re.compile(r"https?://(?:[a-z0-9.-]{1,100}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?/?", re.IGNORECASE)
_EXAMPLE = "http://192.168.4.1:8600"
_LONGEST_NETWORK = 40  # letters; a Wi-Fi's name has at most 32 bytes
_FIELDS = 2_000


def sheet(request: HttpRequest, language: str, class_id: str) -> HttpResponse:
    """Show who may get a card, or make cards and show them this once."""
    if request.method != "POST":
        signed = staff_of(request)
        return go_on(f"{language}/") if signed is None else _choose(request, language, trained(signed, class_id))
    signed, form = sure(request, _FIELDS)
    row = trained(signed, class_id)
    address, network = form.get("address", "").strip(), form.get("network", "").strip()
    everybody, with_card = people(class_id), cards.with_card(class_id)
    match form.get("for"):
        case "missing":
            chosen = [each for each in everybody if each.id not in with_card]
        case "chosen":
            chosen = [each for each in everybody if f"p{each.id}" in form]
        case _:
            raise Refused(404)
    right = _ADDRESS.fullmatch(address) and len(network) <= _LONGEST_NETWORK and network.isprintable()
    if not chosen or not right:
        return _choose(request, language, row, form, wrong=True)
    once = form.get("once", "")
    # The sheet was loaded again, which shows no second one: the first may be printed already.
    if not once or not first_press(f"pressed-{key_of(once)}"):
        return go_on(f"{language}/c/{class_id}/cards")
    kept = served().codes.kept
    with writing():  # all of the sheet, or no card has changed
        made = [made_card(each, signed.who, cards.new_card, kept) for each in chosen]
    write_whole(served().folder / LEAD_TO, address.rstrip("/").encode())
    drawn = [printed_card(row.title, address, each, network) for each in made]
    rest = f"c/{class_id}/cards"
    return draw(request, "sheet.html", language, rest, live=True, row=row, drawn=drawn, card_style=CARD_STYLE)


def _choose(
    request: HttpRequest, language: str, row: Class, form: dict[str, str] | None = None, *, wrong: bool = False
) -> HttpResponse:
    typed = form or {}
    with_card = cards.with_card(row.id)
    address = typed.get("address") or site_address(request)
    everybody = people(row.id)
    return draw(
        request,
        "cards.html",
        language,
        f"c/{row.id}/cards",
        status=400 if wrong else 200,
        row=row,
        wrong=wrong,
        example=_EXAMPLE,
        once=token_urlsafe(9),
        people=everybody,
        with_card=with_card,
        missing=sum(each.id not in with_card for each in everybody),
        ticked=typed,
        address=address,
        here=leads_here(host_in(address)),
        network=typed.get("network", ""),
        longest=_LONGEST_NETWORK,
    )
