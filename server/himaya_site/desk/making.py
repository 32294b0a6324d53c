"""Making a class in the browser: a coordinator says what it is, and a job builds its pages."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from django.core.cache import cache

from himaya.errors import ClassError
from himaya.languages.facts import ALL
from himaya_server.classroom.records import RETENTION
from himaya_site import clock
from himaya_site.classes.courses import make_own, offered
from himaya_site.desk.pages import PRESSED, coordinating, draw, go_on, staff_of, sure
from himaya_site.operate import jobs
from himaya_site.people import staff
from himaya_site.requests import key_of
from himaya_site.served import served

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

REGIONS = ("federal", "kurdistan")
LONGEST_TITLE = 100  # letters
_LONGEST = timedelta(days=3 * 366)  # from now, that a class may begin and last
_one_class = threading.Lock()


def new_class(request: HttpRequest, language: str) -> HttpResponse:
    """Ask a coordinator what a new class is, or make it and begin to build its pages."""
    if request.method != "POST":
        signed = staff_of(request)
        if signed is None:
            return go_on(f"{language}/")
        coordinating(signed)
        return _form(request, language, {})
    signed, form = sure(request)
    coordinating(signed)
    courses = {each.id: each for each in offered(served().sources, language)}
    title, course = shown_title(form.get("title", "")), courses.get(form.get("course", ""))
    spoken, region = form.get("language", ""), form.get("region", "")
    dates = dates_of(form)
    if title is None:
        return _form(request, language, form, "new-title-wrong")
    if course is None or spoken not in course.languages or region not in REGIONS:
        return _form(request, language, form, "new-choice-missing")
    if dates is None:
        return _form(request, language, form, "new-dates-wrong")
    pressed = f"made-{key_of(form.get('once', ''))}"
    with _one_class:
        known: str | None = cache.get(pressed)
        if known is not None:  # the button was pressed twice
            return go_on(f"{language}/c/{known}")
        try:
            row = make_own(served().folder, served().sources / course.id, title, spoken, region=region, **dates)
        except (ClassError, OSError):
            return _form(request, language, form, "new-not-made")
        cache.set(pressed, row.id, PRESSED)
    staff.give_role(signed.who, row.id, "trainer")
    jobs.begin(row, jobs.MAKE, signed.who)
    return go_on(f"{language}/c/{row.id}")


def dates_of(form: dict[str, str]) -> dict[str, Any] | None:
    """Return when a class begins and ends, in seconds; None where what was typed makes no sense."""
    try:
        begins, ends = (date.fromisoformat(form[name]) if form.get(name) else None for name in ("begins", "ends"))
    except ValueError:
        return None
    today = served().today()
    if any(each is not None and abs(each - today) > _LONGEST for each in (begins, ends)):
        return None
    if ends is not None and ends < max(today, begins or today):
        return None
    first = None if begins is None else seconds(begins)
    last = max(clock.now(), first or 0) + RETENTION if ends is None else seconds(ends + timedelta(days=1)) - 1
    return {"begins": first, "ends": last}


def seconds(day: date) -> int:
    """Return when a day begins where this machine is."""
    return int(datetime(day.year, day.month, day.day).astimezone().timestamp())


def shown_title(typed: str) -> str | None:
    """Return a title with single spaces; None where it cannot be read on a page, or says nothing."""
    title = " ".join(typed.split())
    readable = all(each.isprintable() or each in "\u200c\u200d" for each in title)
    return title if readable and 0 < len(title) <= LONGEST_TITLE else None


def _form(request: HttpRequest, language: str, form: dict[str, str], problem: str = "") -> HttpResponse:
    courses = offered(served().sources, language)
    spoken = list(dict.fromkeys(each for course in courses for each in course.languages))
    return draw(
        request,
        "new.html",
        language,
        "new",
        status=400 if problem else 200,
        problem=problem,
        form=form,
        courses=courses,
        spoken=[(each, ALL[each].name) for each in spoken if each in ALL],
        regions=REGIONS,
        longest=LONGEST_TITLE,
        once=form.get("once") or token_urlsafe(9),
    )
