"""Pages of staff: who is there, what waits, and what a trainer may do. Plain forms; no script runs in them.

They show numbers and pseudonyms, never names and never an answer. Whatever is done here with somebody's account is
written where its owner reads it.
"""

from __future__ import annotations

import hmac
import threading
from functools import cache as made_once
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from django.core.cache import cache
from django.http import HttpResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from himaya.languages.dates import clock_time
from himaya.languages.facts import ALL, LANGUAGES, direction
from himaya.languages.interface import interface
from himaya.languages.isolates import marked_up
from himaya.publish.look import look
from himaya_server.classroom.built_pages import chosen_language
from himaya_server.classroom.cards import CARD_STYLE, Printed, printed_card, square
from himaya_server.classroom.codes import device_of, new_code
from himaya_server.classroom.passwords import fits
from himaya_server.classroom.records import SESSION
from himaya_server.font import font_rule
from himaya_site.answers.handins import progress
from himaya_site.people import cards, devices, staff
from himaya_site.people.enrolled import people
from himaya_site.refused import Refused
from himaya_site.requests import LARGEST_OF_STRANGERS, address_of, content_type, elsewhere, key_of, signed_by
from himaya_site.served import served

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest

    from himaya_server.classroom.records import Signed
    from himaya_site.classes.models import Class
    from himaya_site.people.models import Person

COOKIE = "himaya-staff"
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "same-origin"}
_FIELDS = 10
_PRESSED = 24 * 3600  # seconds for which a form that made a card makes no second one
_one_password, _one_step = threading.Lock(), threading.Lock()


def front(request: HttpRequest) -> HttpResponse:
    """Lead from the address that staff remember to the page in a language that the browser speaks."""
    if request.method != "GET":
        raise Refused(405)
    return _on(f"{chosen_language(request.headers.get('Accept-Language', ''), LANGUAGES)}/")


def classes(request: HttpRequest, language: str) -> HttpResponse:
    """Show one's classes, or the form to sign in; or sign in."""
    if request.method == "POST":
        return _sign_in(request, language)
    signed = _staff(request)
    if signed is None:
        return _draw(request, "door.html", language, wrong=False, key="")
    mine = staff.classes_of(signed.staff)
    if len(mine) == 1:
        return _on(f"{language}/c/{mine[0].id}")
    return _draw(request, "classes.html", language, classes=mine)


def _sign_in(request: HttpRequest, language: str) -> HttpResponse:
    form = _form(request)
    login, password = form.get("login", "").strip().replace("\0", ""), form.get("password", "")
    wrong, device = served().wrong, device_of(address_of(request))
    soon = wrong.left(device) < 1 or not served().checks.take("all")
    if soon or not _right(login, password):
        wrong.take(device)
        return _draw(request, "door.html", language, status=429 if soon else 403, wrong=True, key="")
    secret = devices.sign_in_staff(login)
    response = _on(f"{language}/")
    response.set_cookie(
        COOKIE, secret, SESSION, path="/class/staff/", httponly=True, samesite="Strict", secure=request.is_secure()
    )
    return response


def _right(login: str, password: str) -> bool:
    """Return whether a password is a staff member's; one at a time, since each takes 64 MB."""
    kept = staff.staff_password(login)
    with _one_password:
        return fits(kept, password)


def out(request: HttpRequest, language: str) -> HttpResponse:
    """End a session of staff."""
    if request.method != "POST":
        raise Refused(405)
    signed, _ = _sure(request)
    devices.sign_out(signed.session)
    response = _on(f"{language}/")
    response.delete_cookie(COOKIE, path="/class/staff/", samesite="Strict")
    return response


def one_class(request: HttpRequest, language: str, class_id: str) -> HttpResponse:
    """Show a class to those whose it is, or take a step and write it where the person reads it."""
    if request.method != "POST":
        signed = _staff(request)
        return _on(f"{language}/") if signed is None else _show(request, language, signed, _mine(signed, class_id))
    signed, form = _sure(request)
    row = _mine(signed, class_id)
    step, number = form.get("step", ""), form.get("id", "")
    if step in ("collect", "feedback"):
        with _one_step:
            done, said = served().take(step, class_id)
        return _show(request, language, signed, row, done=done, said=said)
    if step in ("let-in", "turn-away"):
        device = next((each for each in devices.devices_in(class_id) if str(each.id) == number), None)
        if device is None or device.person_id is None:
            raise Refused(404)
        devices.answer_device(device.person_id, device.id, yes=step == "let-in", who=signed.who)
        return _on(f"{language}/c/{class_id}")
    person = next((each for each in people(class_id) if str(each.id) == number), None)
    if person is None:
        raise Refused(404)
    back = f"{language}/c/{class_id}#p{number}"
    match step:
        case "new-card":
            seen = form.get("seen", "")
            # The page with the card was loaded again, which shows no second one.
            if seen and not cache.add(f"pressed-{key_of(seen)}-{number}", True, _PRESSED):
                return _on(back)
            return _card(request, language, row, person, signed.who)
        case "theirs":
            if not cards.confirm_card(person.id, signed.who, form.get("seen", "")):
                raise Refused(403)
        case "end":
            devices.end_sessions(person.id, signed.who)
        case _:
            raise Refused(404)
    return _on(back)


def _staff(request: HttpRequest) -> Signed | None:
    """Return the staff member who asks."""
    if request.method not in ("GET", "POST"):
        raise Refused(405)
    signed = signed_by(request.COOKIES.get(COOKIE, ""))
    return signed if signed is not None and signed.staff is not None else None


def _form(request: HttpRequest) -> dict[str, str]:
    """Return what a form of ours sent; a form of somebody else's is refused."""
    if content_type(request) != "application/x-www-form-urlencoded" or elsewhere(request):
        raise Refused(403)
    if len(request.body) > LARGEST_OF_STRANGERS:
        raise Refused(413)
    try:
        return dict(parse_qsl(request.body.decode("ascii"), max_num_fields=_FIELDS, errors="strict"))
    except ValueError:
        raise Refused(400) from None


def _sure(request: HttpRequest) -> tuple[Signed, dict[str, str]]:
    """Return the staff member who sent a form, and the form."""
    form, signed = _form(request), _staff(request)
    key = key_of(request.COOKIES.get(COOKIE, ""))
    if signed is None or not hmac.compare_digest(key.encode(), form.get("key", "").encode()):
        raise Refused(401)
    if not served().asks.take(key):
        raise Refused(429)
    return signed, form


def _mine(signed: Signed, class_id: str) -> Class:
    """Return a class of the staff member's; whether there is another one of that name is not told."""
    row = next((each for each in staff.classes_of(signed.staff) if each.id == class_id), None)
    if row is None:
        raise Refused(404)
    return row


@made_once
def _templates() -> Environment:
    loader = PackageLoader("himaya_server.classroom")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def _draw(
    request: HttpRequest, template: str, language: str, rest: str = "", *, status: int = 200, **values: object
) -> HttpResponse:
    """Answer with a page."""
    drawn = (
        _templates()
        .get_template(template)
        .render(
            language=language,
            languages=[(code, each.name) for code, each in ALL.items()],
            direction=direction,
            say=interface(language),
            look=font_rule("/class/font/") + look(),
            rest=rest,
            **{"key": key_of(request.COOKIES.get(COOKIE, "")), **values},
        )
    )
    return HttpResponse(marked_up(drawn), "text/html; charset=utf-8", status, headers=_HEADERS)


def _on(address: str) -> HttpResponse:
    """Go on to a page, also from a form."""
    return HttpResponse(status=303, headers={**_HEADERS, "Location": f"/class/staff/{address}"})


def _address(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.headers['Host']}"


def _card(request: HttpRequest, language: str, row: Class, person: Person, who: str) -> HttpResponse:
    code = new_code()
    token = cards.new_card(person.id, who, served().codes.kept(person.id, code))
    card = Printed(person.pseudonym, person.pseudonym, person.language, token, person.id, code)
    drawn = printed_card(row.title, _address(request), card)
    rest = f"c/{row.id}"
    return _draw(request, "card.html", language, rest, row=row, number=person.id, card=drawn, sheet_style=CARD_STYLE)


def _show(
    request: HttpRequest, language: str, signed: Signed, row: Class, *, done: bool | None = None, said: str = ""
) -> HttpResponse:
    known = devices.devices_in(row.id)
    answered, with_card, reissued = progress(row.id), cards.with_card(row.id), cards.reissued(row.id)
    shown = [
        _person(each, answered.get(each.id, {}), each.id in with_card)
        | {"reissued": reissued.get(each.id)}
        | {"devices": sum(device.person_id == each.id and device.allowed is not None for device in known)}
        for each in people(row.id)
    ]
    digits = served().pages_of(row.id).digits

    def time(seconds: int) -> str:
        return clock_time(seconds, language, digits)

    address = f"{_address(request)}/class/"
    return _draw(
        request,
        "class.html",
        language,
        f"c/{row.id}",
        once=token_urlsafe(9),
        row=row,
        who=signed.who,
        done=done,
        said=said,
        waiting=[each for each in known if each.allowed is None],
        time=time,
        address=address,
        square=square(address),
        room=served().codes.room(row.id, served().today()),
        to_collect=sum(each["waiting"] for each in shown),
        people=shown,
        several=len(staff.classes_of(signed.staff)) > 1,
    )


def _person(person: Person, progress: Mapping[str, tuple[int, int, int]], card: bool) -> dict[str, Any]:
    modules = progress.values()
    return {
        "number": person.id,
        "pseudonym": person.pseudonym,
        "card": card,
        "answers": sum(rows for rows, _, _ in modules),
        "handed": sum(handed for _, handed, _ in modules),
        "waiting": sum(bool(rest) for _, _, rest in modules),
    }
