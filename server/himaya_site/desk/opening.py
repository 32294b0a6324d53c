"""What staff do with this machine, and on it alone: let phones in and read why none comes, and keep classes running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya_server.classroom.cards import square
from himaya_site.desk.pages import draw, go_on, keeps, opens_room, staff_of, sure
from himaya_site.operate import keeping
from himaya_site.operate.networks import commands
from himaya_site.operate.room import Room, RoomError, room
from himaya_site.refused import Refused

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from himaya_server.classroom.records import Signed

_AGAIN = 5  # seconds until the page that waits for the first phone looks again
_AFTERWARDS = 10


def opening(request: HttpRequest, language: str) -> HttpResponse:
    """Show where the site is open and who has come; or open it at one of this machine's addresses, or close it."""
    if request.method != "POST":
        signed = staff_of(request)
        return go_on(f"{language}/") if signed is None else _show(request, language, _allowed(request, signed))
    signed, form = sure(request)
    opened = _allowed(request, signed)
    try:
        match form.get("step"):
            case "open":
                opened.open(form.get("address", ""))
            case "close":
                opened.close()
            case _:
                raise Refused(404)
    except RoomError as error:
        return _show(request, language, opened, problem=error.what)
    return go_on(f"{language}/room")


def _allowed(request: HttpRequest, signed: Signed) -> Room:
    opened = room()
    if opened is None or not opens_room(request, signed):
        raise Refused(404)
    return opened


def _show(request: HttpRequest, language: str, opened: Room, *, problem: str = "") -> HttpResponse:
    link, late = opened.link, opened.late
    address = None if link is None else f"{link}/class/"
    checks = opened.checks() if late else None
    network = None if checks is None else checks.network
    firewall = None if checks is None else checks.firewall
    response = draw(
        request,
        "room.html",
        language,
        "room",
        status=400 if problem else 200,
        problem=problem,
        address=address,
        square=None if address is None else square(address),
        phones=opened.phones,
        checks=checks,
        network=network,
        commands=None if network is None or firewall is None else commands(firewall, network, opened.port),
        networks={} if opened.by_command else {k: v for k, v in opened.networks().items() if k != opened.address},
        by_command=opened.by_command,
        lost=opened.lost,
    )
    if address is not None and not problem:
        response.headers["Refresh"] = str(_AFTERWARDS if late or opened.phones else _AGAIN)
    return response


def keep(request: HttpRequest, language: str) -> HttpResponse:
    """Show whether this machine serves all classes by itself; or let it, or no more."""
    if request.method != "POST":
        signed = staff_of(request)
        return go_on(f"{language}/") if signed is None else _keep(request, language, signed)
    signed, form = sure(request)
    opened = room()
    if opened is None or not keeps(request, signed) or form.get("step") not in ("keep", "undo"):
        raise Refused(404)
    good, said = keeping.change(opened.port, undo=form["step"] == "undo")
    return go_on(f"{language}/keep") if good else _keep(request, language, signed, said)


def _keep(request: HttpRequest, language: str, signed: Signed, said: str = "") -> HttpResponse:
    if not keeps(request, signed):
        raise Refused(404)
    status = 500 if said else 200
    return draw(request, "keep.html", language, "keep", status=status, state=keeping.state(), said=said)
