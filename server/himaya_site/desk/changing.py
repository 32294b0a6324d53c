"""Settings of a class in the browser, and its end."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from himaya.errors import ClassError
from himaya.languages.facts import ALL
from himaya_site.answers.work import work_of
from himaya_site.classes.classes import ended
from himaya_site.classes.courses import languages_of
from himaya_site.classes.models import Class
from himaya_site.desk.making import LONGEST_TITLE, REGIONS, dates_of, shown_title
from himaya_site.desk.pages import draw, go_on, staff_of, sure, trained
from himaya_site.operate import jobs
from himaya_site.people.enrolled import people
from himaya_site.refused import Refused

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def settings(request: HttpRequest, language: str, class_id: str) -> HttpResponse:
    """Show what a class is called and until when it lasts; or change it, or end the class for ever."""
    if request.method != "POST":
        signed = staff_of(request)
        if signed is None:
            return go_on(f"{language}/")
        row = trained(signed, class_id)
        return _show(request, language, row, {}, "settings-saved" if "saved" in request.GET else "")
    signed, form = sure(request)
    row = trained(signed, class_id)
    if ended(class_id):
        raise Refused(404)
    match form.get("step"):
        case "save":
            if problem := _save(row, form):
                return _show(request, language, row, form, problem, status=400)
            return go_on(f"{language}/c/{class_id}/settings?saved")
        case "end":
            if " ".join(form.get("typed", "").split()) != " ".join(row.title.split()):
                return _show(request, language, row, {}, "settings-end-wrong", status=400)
            if jobs.begin(row, jobs.END, signed.who).step != jobs.END:  # another one is under way
                return _show(request, language, row, {}, "settings-busy", status=400)
            return go_on(f"{language}/c/{class_id}")
        case _:
            raise Refused(404)


def _save(row: Class, form: dict[str, str]) -> str:
    """Change a class, or return why not."""
    title, dates = shown_title(form.get("title", "")), dates_of(form)
    if title is None:
        return "new-title-wrong"
    if dates is None:
        return "new-dates-wrong"
    if form.get("region") not in REGIONS or form.get("language") not in _languages(row):
        return "settings-choice-missing"
    Class.objects.filter(id=row.id).update(title=title, language=form["language"], region=form["region"], **dates)
    return ""


def _languages(row: Class) -> list[str]:
    try:
        return languages_of(row.course)
    except ClassError:  # its folder is gone: what it had stays
        return [row.language]


def _show(
    request: HttpRequest, language: str, row: Class, form: dict[str, str], said: str = "", *, status: int = 200
) -> HttpResponse:
    known = {
        "title": row.title,
        "language": row.language,
        "region": row.region,
        "begins": _day(row.begins),
        "ends": _day(row.ends),
    }
    return draw(
        request,
        "settings.html",
        language,
        f"c/{row.id}/settings",
        status=status,
        row=row,
        over=ended(row.id),
        form={**known, **form},
        said=said,
        failed=status != 200,
        spoken=[(each, ALL[each].name) for each in _languages(row) if each in ALL],
        regions=REGIONS,
        longest=LONGEST_TITLE,
        number=len(people(row.id)),
        waiting=sum(each.waiting for each in work_of(row.id).values()),
    )


def _day(seconds: int | None) -> str:
    return "" if seconds is None else datetime.fromtimestamp(seconds).astimezone().date().isoformat()
