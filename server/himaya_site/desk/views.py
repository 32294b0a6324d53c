"""Pages of staff: who is there, what waits, and what a trainer may do. Plain forms; no script runs in them.

They show numbers and pseudonyms, never names and never an answer. Whatever is done here with somebody's account is
written where its owner reads it.
"""

from __future__ import annotations

from collections import Counter
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from django.http import HttpResponse

from himaya.languages.dates import clock_time
from himaya_server.classroom.cards import CARD_STYLE, made_card, printed_card, square
from himaya_site.answers.work import Work, work_of
from himaya_site.classes.classes import ended
from himaya_site.classes.courses import is_own
from himaya_site.desk.pages import (
    COOKIE,
    draw,
    first_press,
    go_on,
    keeps,
    opens_room,
    site_address,
    spoken,
    staff_of,
    sure,
    trained,
)
from himaya_site.desk.signing import door, sign_in
from himaya_site.operate import desks, jobs, keeping
from himaya_site.people import cards, devices, staff
from himaya_site.people.enrolled import people
from himaya_site.refused import Refused
from himaya_site.requests import key_of, on_this_machine
from himaya_site.served import served

if TYPE_CHECKING:
    from django.http import HttpRequest

    from himaya_server.classroom.records import Signed
    from himaya_site.classes.models import Class
    from himaya_site.people.models import Person


def front(request: HttpRequest) -> HttpResponse:
    """Lead from the address that staff remember to the page in a language that the browser speaks."""
    if request.method != "GET":
        raise Refused(405)
    return go_on(f"{spoken(request)}/")


def classes(request: HttpRequest, language: str) -> HttpResponse:
    """Show one's classes, or the form to sign in; or sign in."""
    if request.method == "POST":
        return sign_in(request, language)
    signed = staff_of(request)
    if signed is None:
        return door(request, language)
    mine = staff.classes_of(signed.staff)
    first_page = {each.id: "" if staff.role_in(signed.staff, each.id) != "mentor" else "/wall" for each in mine}
    coordinator = staff.is_coordinator(signed.staff)
    if len(mine) == 1 and not coordinator:
        return go_on(f"{language}/c/{mine[0].id}{first_page[mine[0].id]}")
    return draw(
        request,
        "classes.html",
        language,
        classes=mine,
        over=[each.id for each in mine if ended(each.id)],
        first_page=first_page,
        coordinator=coordinator,
        to_room=opens_room(request, signed),
    )


def out(request: HttpRequest, language: str) -> HttpResponse:
    """End a session of staff."""
    if request.method != "POST":
        raise Refused(405)
    signed, _ = sure(request)
    devices.sign_out(signed.session)
    response = go_on(f"{language}/")
    response.delete_cookie(COOKIE, path="/class/staff/", samesite="Strict")
    return response


def one_class(request: HttpRequest, language: str, class_id: str) -> HttpResponse:
    """Show a class to those whose it is, or take a step and write it where the person reads it."""
    if request.method != "POST":
        signed = staff_of(request)
        return go_on(f"{language}/") if signed is None else _show(request, language, signed, trained(signed, class_id))
    signed, form = sure(request)
    row = trained(signed, class_id)
    step, number = form.get("step", ""), form.get("id", "")
    if step in (jobs.MAKE, jobs.GRADE, jobs.FEEDBACK):
        _begin(row, step, signed.who)
        return go_on(f"{language}/c/{class_id}")
    if step == "mark":
        return _mark(request, language, row, signed)
    if step in ("let-in", "turn-away"):
        device = next((each for each in devices.devices_in(class_id) if str(each.id) == number), None)
        if device is None or device.person_id is None:
            raise Refused(404)
        devices.answer_device(device.person_id, device.id, yes=step == "let-in", who=signed.who)
        return go_on(f"{language}/c/{class_id}")
    person = next((each for each in people(class_id) if str(each.id) == number), None)
    if person is None:
        raise Refused(404)
    back = f"{language}/c/{class_id}#p{number}"
    match step:
        case "new-card":
            seen = form.get("seen", "")
            # The page with the card was loaded again, which shows no second one.
            if seen and not first_press(f"pressed-{key_of(seen)}-{number}"):
                return go_on(back)
            return _card(request, language, row, person, signed.who)
        case "theirs":
            if not cards.confirm_card(person.id, signed.who, form.get("seen", "")):
                raise Refused(403)
        case "end":
            devices.end_sessions(person.id, signed.who)
        case _:
            raise Refused(404)
    return go_on(back)


def _mark(request: HttpRequest, language: str, row: Class, signed: Signed) -> HttpResponse:
    """Lead to the desk, which this page starts where nobody did; its address signs in, so no form is sent there."""
    if not _marks(request, row, signed):
        raise Refused(404)
    try:
        address = desks.desk.open(row.id)
    except (desks.DeskError, OSError):
        address = ""
    status = 200 if address else 500
    return draw(request, "desk.html", language, f"c/{row.id}", status=status, row=row, address=address)


def _marks(request: HttpRequest, row: Class, signed: Signed) -> bool:
    """Return whether somebody may open the desk: it holds all classes, and opens this machine."""
    own = is_own(row.course, served().folder)
    return own and on_this_machine(request) and staff.is_coordinator(signed.staff) and desks.is_installed()


def _card(request: HttpRequest, language: str, row: Class, person: Person, who: str) -> HttpResponse:
    card = made_card(person, who, cards.new_card, served().codes.kept)
    drawn = printed_card(row.title, site_address(request), card)
    rest = f"c/{row.id}"
    return draw(request, "card.html", language, rest, row=row, number=person.id, card=drawn, sheet_style=CARD_STYLE)


def _show(request: HttpRequest, language: str, signed: Signed, row: Class) -> HttpResponse:
    known, job = devices.devices_in(row.id), jobs.latest(row.id)
    here = Counter(each.person_id for each in known if each.allowed is not None)
    work, with_card, reissued = work_of(row.id), cards.with_card(row.id), cards.reissued(row.id)
    shown = [
        {
            "number": each.id,
            "pseudonym": each.pseudonym,
            "card": each.id in with_card,
            "devices": here[each.id],
            "reissued": reissued.get(each.id),
            "work": work.get(each.id, Work()),
        }
        for each in people(row.id)
    ]
    ready = served().ready(row.id)
    digits = served().pages_of(row.id).digits if ready else None

    def time(seconds: int) -> str:
        return clock_time(seconds, language, digits)

    address = f"{site_address(request)}/class/"
    return draw(
        request,
        "class.html",
        language,
        f"c/{row.id}",
        once=token_urlsafe(9),
        row=row,
        who=signed.who,
        ready=ready,
        over=ended(row.id),
        own=is_own(row.course, served().folder),
        job=job,
        busy=jobs.is_open(job),
        marks=_marks(request, row, signed),
        waiting=[each for each in known if each.allowed is None],
        time=time,
        address=address,
        square=square(address),
        room=served().codes.room(row.id, served().today()),
        people=shown,
        several=staff.is_coordinator(signed.staff) or len(staff.classes_of(signed.staff)) > 1,
        to_room=opens_room(request, signed),
        to_keep=keeps(request, signed) and keeping.state() == "off",
    )


def _begin(row: Class, step: str, who: str) -> None:
    """Let a step of a whole class be taken, where it makes sense."""
    if ended(row.id):
        raise Refused(404)
    if step == jobs.MAKE:
        if not is_own(row.course, served().folder):  # others may work in it
            raise Refused(404)
    elif not any(each.handed for each in work_of(row.id).values()):
        return
    jobs.begin(row, step, who)
