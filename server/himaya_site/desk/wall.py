"""The wall of a class, for a projector: where phones find it, the code to join, and who has arrived.

Trainers start and stop joining and let devices in here; a mentor sees the same without that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya.languages.dates import clock_time
from himaya_server.classroom.cards import square
from himaya_server.classroom.codes import in_groups, typed
from himaya_site.desk.pages import draw, go_on, seen, site_address, staff_of, sure, trained
from himaya_site.people import devices, joining, staff
from himaya_site.people.enrolled import people
from himaya_site.refused import Refused
from himaya_site.requests import host_in, leads_here
from himaya_site.served import served

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from himaya_server.classroom.records import Signed
    from himaya_site.classes.models import Class

_MINUTES, _PEOPLE = 30, 30  # that the form proposes


def wall(request: HttpRequest, language: str, class_id: str) -> HttpResponse:
    """Show the wall to whoever sees the class, or take a trainer's step on it."""
    if request.method != "POST":
        signed = staff_of(request)
        return go_on(f"{language}/") if signed is None else _show(request, language, signed, seen(signed, class_id))
    signed, form = sure(request)
    row = trained(signed, class_id)
    match form.get("step"):
        case "start":
            if not joining.start_joining(class_id, _number(form.get("minutes")), _number(form.get("most"))):
                return _show(request, language, signed, row, wrong=True)
        case "stop":
            joining.stop_joining(class_id)
        case "let-in" | "turn-away" as step:
            number = form.get("id", "")
            device = next((each for each in devices.devices_in(class_id) if str(each.id) == number), None)
            if device is None or device.person_id is None:
                raise Refused(404)
            devices.answer_device(device.person_id, device.id, yes=step == "let-in", who=signed.who)
        case _:
            raise Refused(404)
    return go_on(f"{language}/c/{class_id}/wall")


def _show(request: HttpRequest, language: str, signed: Signed, row: Class, *, wrong: bool = False) -> HttpResponse:
    known = devices.devices_in(row.id)
    digits = served().pages_of(row.id).digits if served().ready(row.id) else None
    open_to = joining.joinable(row.id)
    address = f"{site_address(request)}/class/"

    def time(seconds: int) -> str:
        return clock_time(seconds, language, digits)

    return draw(
        request,
        "wall.html",
        language,
        f"c/{row.id}/wall",
        status=400 if wrong else 200,
        live=True,
        row=row,
        trains=staff.role_in(signed.staff, row.id) != "mentor",
        wrong=wrong,
        address=address,
        here=leads_here(host_in(address)),
        square=square(address),
        room=served().codes.room(row.id, served().today()),
        code="" if open_to is None else in_groups(open_to.join_code or "", language),
        until="" if open_to is None else time(open_to.join_until or 0),
        left=0 if open_to is None else open_to.join_most,
        arrived=len({each.person_id for each in known if each.allowed is not None}),
        total=len(people(row.id)),
        waiting=[each for each in known if each.allowed is None],
        time=time,
        minutes=_MINUTES,
        most=_PEOPLE,
        longest=joining.LONGEST,
        largest=joining.MOST,
    )


def _number(text: str | None) -> int:
    digits = typed(text)
    return int(digits) if 0 < len(digits) <= 4 else 0
