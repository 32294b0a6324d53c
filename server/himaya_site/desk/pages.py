"""What all pages of staff share: who asks, what their forms prove, whose class it is, and how a page is drawn."""

from __future__ import annotations

import hmac
from functools import cache as made_once
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from django.core.cache import cache
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpResponse
from django.http.multipartparser import MultiPartParserError
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from himaya.languages.facts import ALL, LANGUAGES, direction
from himaya.languages.interface import interface
from himaya.languages.isolates import marked_up
from himaya.publish.look import look
from himaya_server.classroom.built_pages import chosen_language
from himaya_server.font import font_rule
from himaya_site.operate import keeping
from himaya_site.operate.room import room
from himaya_site.people import staff
from himaya_site.refused import Refused
from himaya_site.requests import (
    LARGEST_OF_STRANGERS,
    content_type,
    elsewhere,
    key_of,
    leads_here,
    on_this_machine,
    signed_by,
)
from himaya_site.served import served

if TYPE_CHECKING:
    from django.http import HttpRequest

    from himaya_server.classroom.records import Signed
    from himaya_site.classes.models import Class

COOKIE = "himaya-staff"
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_LIVE = f"{_POLICY}; script-src 'self'; connect-src 'self'"
HEADERS = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "same-origin"}
_FIELDS = 20
PRESSED = 24 * 3600
"""Seconds for which a form that was sent does nothing when it is sent once more."""


def staff_of(request: HttpRequest) -> Signed | None:
    """Return the staff member who asks."""
    if request.method not in ("GET", "POST"):
        raise Refused(405)
    signed = signed_by(request.COOKIES.get(COOKIE, ""))
    return signed if signed is not None and signed.staff is not None else None


def form_of(request: HttpRequest, fields: int = _FIELDS) -> dict[str, str]:
    """Return what a form of ours sent, with at most so many fields; a form of somebody else's is refused."""
    if content_type(request) != "application/x-www-form-urlencoded" or elsewhere(request):
        raise Refused(403)
    if len(request.body) > LARGEST_OF_STRANGERS:
        raise Refused(413)
    try:
        return dict(parse_qsl(request.body.decode("ascii"), max_num_fields=fields, errors="strict"))
    except ValueError:
        raise Refused(400) from None


def upload_of(request: HttpRequest) -> tuple[dict[str, str], dict[str, bytes]]:
    """Return what a form of ours with a file sent: its fields, and its files, which are kept in memory alone."""
    if content_type(request) != "multipart/form-data" or elsewhere(request):
        raise Refused(403)
    request.encoding = "utf-8"
    request.upload_handlers = [MemoryFileUploadHandler(request)]
    try:
        fields = {name: str(value) for name, value in request.POST.items()}
        files = {name: file.read() for name, file in request.FILES.items() if isinstance(file, UploadedFile)}
    except (MultiPartParserError, SuspiciousOperation):
        raise Refused(400) from None
    return fields, files


def sure(request: HttpRequest, fields: int = _FIELDS) -> tuple[Signed, dict[str, str]]:
    """Return the staff member who sent a form, and the form."""
    form = form_of(request, fields)
    return sure_of(request, form.get("key", "")), form


def sure_of(request: HttpRequest, proof: str) -> Signed:
    """Return the staff member whose page sent a form with this key."""
    signed, key = staff_of(request), key_of(request.COOKIES.get(COOKIE, ""))
    if signed is None or not hmac.compare_digest(key.encode(), proof.encode()):
        raise Refused(401)
    if not served().asks.take(key):
        raise Refused(429)
    return signed


def first_press(what: str) -> bool:
    """Return whether a form is sent for the first time, and not once more by a second press or a reload.

    Args:
        what: What it does, and the random word that stands in it, under a key.
    """
    return bool(cache.add(what, True, PRESSED))


def trained(signed: Signed, class_id: str) -> Class:
    """Return a class that the staff member trains; whether there is another one of that name is not told."""
    return _in_role(signed, class_id, ("coordinator", "trainer"))


def seen(signed: Signed, class_id: str) -> Class:
    """Return a class that the staff member sees, perhaps as a mentor: without answers and people's steps."""
    return _in_role(signed, class_id, ("coordinator", "trainer", "mentor"))


def _in_role(signed: Signed, class_id: str, roles: tuple[str, ...]) -> Class:
    row = next((each for each in staff.classes_of(signed.staff) if each.id == class_id), None)
    if row is None or staff.role_in(signed.staff, class_id) not in roles:
        raise Refused(404)
    return row


def keeps(request: HttpRequest, signed: Signed) -> bool:
    """Return whether somebody may let this machine serve by itself: a coordinator on it, once there is a class."""
    opened = room()
    if opened is None or opened.by_command or not on_this_machine(request) or not staff.is_coordinator(signed.staff):
        return False
    return bool(staff.classes_of(signed.staff)) and keeping.can_keep()


def opens_room(request: HttpRequest, signed: Signed) -> bool:
    """Return whether somebody may open the site to the room: on this machine, and no mentor."""
    if room() is None or not on_this_machine(request):
        return False
    roles = (staff.role_in(signed.staff, each.id) for each in staff.classes_of(signed.staff))
    return staff.is_coordinator(signed.staff) or "trainer" in roles


def coordinating(signed: Signed) -> None:
    """Refuse who may not make classes or add staff."""
    if not staff.is_coordinator(signed.staff):
        raise Refused(404)


@made_once
def _templates() -> Environment:
    loader = ChoiceLoader([PackageLoader("himaya_site"), PackageLoader("himaya_server.classroom")])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)


def draw(
    request: HttpRequest,
    template: str,
    language: str,
    rest: str = "",
    *,
    status: int = 200,
    live: bool = False,
    **values: object,
) -> HttpResponse:
    """Answer with a page.

    Args:
        request: Whose cookie the page's forms prove.
        template: A file of `himaya_site/templates`, or of `himaya_server/classroom/templates`.
        language: In which it is.
        rest: Its address behind the language, for the links to it in other ones.
        status: What the browser is told.
        live: Whether a script of the site runs in it, which asks the site.
        values: What the template shows; `key=""` for a page without a session.
    """
    headers = {**HEADERS, "Content-Security-Policy": _LIVE} if live else HEADERS
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
            of_site=True,
            **{"key": key_of(request.COOKIES.get(COOKIE, "")), **values},
        )
    )
    return HttpResponse(marked_up(drawn), "text/html; charset=utf-8", status, headers=headers)


def spoken(request: HttpRequest) -> str:
    """Return the first language of ours that a browser speaks."""
    return chosen_language(request.headers.get("Accept-Language", ""), LANGUAGES)


def only_here(request: HttpRequest) -> HttpResponse:
    """Say that staff are answered on this machine only, and where."""
    parts = request.path.split("/")
    language = parts[3] if len(parts) > 3 and parts[3] in LANGUAGES else spoken(request)
    here = f"http://127.0.0.1:{request.META.get('SERVER_PORT', '')}/class/staff/"
    return draw(request, "elsewhere.html", language, status=403, here=here, key="")


def go_on(address: str) -> HttpResponse:
    """Go on to a page of staff, also from a form."""
    return HttpResponse(status=303, headers={**HEADERS, "Location": f"/class/staff/{address}"})


def site_address(request: HttpRequest) -> str:
    """Return where phones find the site: at the room's address while it is open, else where this browser did.

    On this machine another name that the site answers to is better than an address that leads nowhere else.
    """
    here = f"{request.scheme}://{request.headers['Host']}"
    if not on_this_machine(request):
        return here
    if served().address:
        return served().address
    opened = room()
    if opened is not None and opened.link is not None:
        return opened.link
    others = sorted(host for host in served().hosts if not leads_here(host))
    if not others:
        return here
    host = f"[{others[0]}]" if ":" in others[0] else others[0]
    return f"http://{host}:{request.META.get('SERVER_PORT', '')}"


def send_script(request: HttpRequest, name: str) -> HttpResponse:
    """Send a script of a page of staff."""
    if request.method != "GET":
        raise Refused(405)
    text = files("himaya_site").joinpath("static", name).read_bytes()
    return HttpResponse(text, "text/javascript; charset=utf-8", headers=HEADERS)
