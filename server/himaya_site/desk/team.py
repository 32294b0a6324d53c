"""Who of staff does what: accounts of the whole site, and who trains or mentors a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from himaya_server.classroom.passwords import SHORTEST, hashed
from himaya_site.desk.pages import coordinating, draw, go_on, keeps, staff_of, sure, trained
from himaya_site.desk.signing import LOGIN, let_in, problem_of, proved
from himaya_site.people import staff
from himaya_site.refused import Refused
from himaya_site.requests import on_this_machine
from himaya_site.served import served

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from himaya_server.classroom.records import Signed
    from himaya_site.classes.models import Class


def site(request: HttpRequest, language: str) -> HttpResponse:
    """Show one's own account, and to coordinators everybody's; or change them."""
    if request.method != "POST":
        signed = staff_of(request)
        changed = "site-password-changed" if "changed" in request.GET else ""
        return go_on(f"{language}/") if signed is None else _site(request, language, signed, done=changed)
    signed, form = sure(request)
    match form.get("step"):
        case "password":
            return _own_password(request, language, signed, form)
        case "add":
            coordinating(signed)
            return _add(request, language, signed, form)
        case "remove":
            coordinating(signed)
            login = form.get("login", "")
            if login == signed.who or not LOGIN.fullmatch(login) or not staff.remove_member(signed.staff, login):
                raise Refused(404)
            return go_on(f"{language}/site")
        case _:
            raise Refused(404)


def _own_password(request: HttpRequest, language: str, signed: Signed, form: dict[str, str]) -> HttpResponse:
    password = form.get("password", "")
    if problem := problem_of(signed.who, password, form.get("again", "")):
        return _site(request, language, signed, problem=problem)
    if (status := proved(request, signed.who, form.get("old", ""))) != 200:
        return _site(request, language, signed, status=status, problem="staff-wrong")
    staff.change_password(signed.staff or 0, hashed(password))
    return let_in(request, language, signed.who, "site?changed")


def _add(request: HttpRequest, language: str, signed: Signed, form: dict[str, str]) -> HttpResponse:
    login, password, role = form.get("login", "").strip().lower(), form.get("password", ""), form.get("role", "")
    class_id = None if role == "coordinator" else form.get("class", "")
    problem = problem_of(login, password, form.get("again", ""))
    if role not in (*staff.ROLES, "coordinator"):
        raise Refused(404)
    if not problem and class_id is not None and class_id not in {each.id for each in staff.classes_of(signed.staff)}:
        problem = "site-class-needed"
    if not problem and not staff.add_member(login, hashed(password), class_id, role):
        problem = "site-login-taken"
    if problem:
        return _site(request, language, signed, problem=problem, login=login)
    return _site(request, language, signed, done="site-added", added=login)


def _site(
    request: HttpRequest,
    language: str,
    signed: Signed,
    *,
    status: int = 200,
    problem: str = "",
    done: str = "",
    added: str = "",
    login: str = "",
) -> HttpResponse:
    coordinator = staff.is_coordinator(signed.staff)
    everybody = staff.members() if coordinator else []
    return draw(
        request,
        "site.html",
        language,
        "site",
        status=400 if problem and status == 200 else status,
        who=signed.who,
        coordinator=coordinator,
        members=everybody,
        alone=sum(each.coordinator for each in everybody) == 1,
        classes=staff.classes_of(signed.staff),
        problem=problem,
        done=done,
        added=added,
        login=login,
        shortest=SHORTEST,
        tour=served().tour if coordinator and on_this_machine(request) else "",  # its key runs code as this user
        to_keep=keeps(request, signed),
    )


def team(request: HttpRequest, language: str, class_id: str) -> HttpResponse:
    """Show who trains and mentors a class; let its trainers give it to others, take it from them, or hand it over."""
    if request.method != "POST":
        signed = staff_of(request)
        return go_on(f"{language}/") if signed is None else _team(request, language, signed, trained(signed, class_id))
    signed, form = sure(request)
    row, login = trained(signed, class_id), form.get("login", "").strip().lower()
    done = False
    match form.get("step"):
        case "give" | "take" | "hand-over" if not LOGIN.fullmatch(login):
            pass
        case "give" if form.get("role") in staff.ROLES:
            done = staff.give_role(login, class_id, form["role"])
        case "take":
            done = staff.take_role(login, class_id)
        case "hand-over":
            done = staff.hand_over(signed.staff or 0, login, class_id)
        case _:
            raise Refused(404)
    if not done:
        return _team(request, language, signed, row, status=400)
    still = staff.role_in(signed.staff, class_id) in ("coordinator", "trainer")
    return go_on(f"{language}/c/{class_id}/staff" if still else f"{language}/")


def _team(request: HttpRequest, language: str, signed: Signed, row: Class, *, status: int = 200) -> HttpResponse:
    return draw(
        request,
        "team.html",
        language,
        f"c/{row.id}/staff",
        status=status,
        row=row,
        who=signed.who,
        team=staff.team_of(row.id),
        coordinator=staff.is_coordinator(signed.staff),
        failed=status != 200,
    )
