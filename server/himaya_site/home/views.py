"""Pages: the door, modules, feedback, and the font that they are drawn with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, HttpResponseRedirect

from himaya_server.classroom.built_pages import chosen_language, compressed
from himaya_server.font import KEPT, font
from himaya_site.grades.feedback import feedback_page
from himaya_site.refused import Refused
from himaya_site.requests import elsewhere, person_of
from himaya_site.served import served

if TYPE_CHECKING:
    from django.http import HttpRequest

_HTML = "text/html; charset=utf-8"
_FEEDBACK = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
_YEAR = 31_536_000


def door(request: HttpRequest) -> HttpResponse:
    """Lead to the door in a language that the browser speaks, of whichever course has it."""
    _only_get(request)
    courses = [pages for _, pages in sorted(served().pages.items())]
    if not courses:
        return _led("/class/staff/")  # nobody can sign in with a card before there is a class
    languages = list(dict.fromkeys(language for pages in courses for language in pages.languages))
    language = chosen_language(request.headers.get("Accept-Language", ""), languages)
    return _led(next(pages for pages in courses if language in pages.languages).address(language, "door"))


def page(request: HttpRequest, course: str, build: str, language: str, name: str) -> HttpResponse:
    """Send a page, the same for everybody; a browser keeps it, and opens it when the class is off."""
    _only_get(request)
    pages = served().pages.get(course)
    if pages is None or language not in pages.languages or name not in ("index", "door", *pages.modules):
        raise Refused(404)
    if name != "door" and person_of(request) is None:
        return _led("/class/")
    if build != pages.build:
        return _led(pages.address(language, name))
    file = pages.folder / language / f"{name}.html"
    headers = {"Cache-Control": f"private, max-age={_YEAR}, immutable", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(compressed(file), _HTML, headers={**headers, "Content-Encoding": "gzip"})
    return HttpResponse(file.read_bytes(), _HTML, headers=headers)


def send_font(request: HttpRequest, _name: str) -> HttpResponse:
    """Send the font that pages in Arabic script are drawn with, also before anybody signed in."""
    _only_get(request)
    kept = {"Cache-Control": f"public, max-age={KEPT}, immutable", "Content-Encoding": "identity"}
    return HttpResponse(font(), "font/woff2", headers=kept)


def feedback(request: HttpRequest, module: str) -> HttpResponse:
    """Send a person's own feedback on one module: a page in which nothing runs."""
    _only_get(request)
    signed = person_of(request)
    if signed is None or elsewhere(request):
        return _led("/class/")
    text = feedback_page(signed.person, module)
    if text is None:
        raise Refused(404)
    return HttpResponse(text, _HTML, headers={"Content-Security-Policy": _FEEDBACK})


def _led(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address)
    del response["Content-Type"]  # it is empty
    return response


def _only_get(request: HttpRequest) -> None:
    if request.method != "GET":
        raise Refused(405)
