"""Signing in with a password, and the first account.

Wrong passwords slow down the address or the browser that they come from, and never a login: nobody shuts out anybody.
"""

from __future__ import annotations

import hmac
import re
import secrets
import threading
from typing import TYPE_CHECKING

from himaya.languages.facts import LANGUAGES
from himaya_server.classroom.codes import device_of
from himaya_server.classroom.passwords import SHORTEST, fits, hashed
from himaya_server.classroom.records import RETENTION, SESSION
from himaya_site.desk.pages import COOKIE, draw, form_of, go_on, spoken
from himaya_site.people import devices, first, staff
from himaya_site.refused import Refused
from himaya_site.requests import address_of, on_this_machine
from himaya_site.served import served

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

LOGIN = re.compile(r"[a-z][a-z0-9.-]{1,39}")
_LONGEST = 200
_BROWSER = "himaya-staff-browser"
_one_password = threading.Lock()


def door(request: HttpRequest, language: str, *, status: int = 200, wrong: bool = False) -> HttpResponse:
    """Show the form to sign in."""
    return draw(request, "door.html", language, status=status, wrong=wrong, nobody=first.nobody_yet(), key="")


def sign_in(request: HttpRequest, language: str) -> HttpResponse:
    """Sign in who knows a password."""
    form = form_of(request)
    login, password = form.get("login", "").strip().replace("\0", ""), form.get("password", "")
    if (status := proved(request, login, password)) != 200:
        return door(request, language, status=status, wrong=True)
    return let_in(request, language, login)


def proved(request: HttpRequest, login: str, password: str) -> int:
    """Return 200 where a password is a staff member's, 403 where it is not, and 429 where it is too soon to say."""
    browser = _browser(request)
    whose = f"browser {browser}" if browser else device_of(address_of(request))
    known = whose if browser else "here" if on_this_machine(request) else "all"
    if not served().wrong.take(whose) or not served().checks.take(known):
        return 429
    kept = staff.staff_password(login)
    with _one_password:  # each takes 64 MB
        if not fits(kept, password):
            return 403
    served().wrong.give_back(whose)
    return 200


def let_in(request: HttpRequest, language: str, login: str, rest: str = "") -> HttpResponse:
    """Sign somebody in, and go on to a page of theirs."""
    response = go_on(f"{language}/{rest}")
    name = _browser(request) or secrets.token_urlsafe(16)
    kept = (
        (_BROWSER, f"{name}.{served().codes.device(name)}", RETENTION),
        (COOKIE, devices.sign_in_staff(login), SESSION),
    )
    for cookie, value, lasts in kept:
        response.set_cookie(
            cookie, value, lasts, path="/class/staff/", httponly=True, samesite="Strict", secure=request.is_secure()
        )
    return response


def _browser(request: HttpRequest) -> str:
    """Return the name of a browser in which somebody of staff signed in before; empty where nobody did."""
    name, _, proof = request.COOKIES.get(_BROWSER, "")[:200].partition(".")
    return name if name and hmac.compare_digest(served().codes.device(name).encode(), proof.encode()) else ""


def first_visit(request: HttpRequest) -> HttpResponse:
    """Let whoever has the key of this machine's folder make the first account, and sign them in."""
    if request.method not in ("GET", "POST"):
        raise Refused(405)
    form = form_of(request) if request.method == "POST" else {}
    asked = form or request.GET
    language = asked.get("language", "") if asked.get("language", "") in LANGUAGES else spoken(request)
    folder, key = served().folder, asked.get("k", "")
    if not first.opens(folder, key):  # nobody guesses 32 bytes, so nobody is slowed down
        return draw(request, "first-closed.html", language, status=403, nobody=first.nobody_yet(), key="", k="")
    login, problem = form.get("login", "").strip().lower(), ""
    if request.method == "POST":
        problem = problem_of(login, form.get("password", ""), form.get("again", ""))
        if not problem and first.make_first(folder, login, hashed(form["password"])):
            return let_in(request, language, login)
    tour = served().tour if on_this_machine(request) else ""
    return draw(
        request,
        "first.html",
        language,
        status=400 if problem else 200,
        k=key,
        key="",
        problem=problem,
        login=login,
        shortest=SHORTEST,
        tour=tour,
    )


def problem_of(login: str, password: str, again: str) -> str:
    """Return which sentence says what is wrong with a new account; empty where nothing is."""
    if not LOGIN.fullmatch(login):
        return "account-login-wrong"
    if not SHORTEST <= len(password) <= _LONGEST:
        return "account-password-short"
    return "" if password == again else "account-passwords-differ"
