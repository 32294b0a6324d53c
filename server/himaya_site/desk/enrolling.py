"""The people of a class: a number of them, a list that is pasted or chosen, and the language of each.

Whatever names a list holds are sealed, as `himaya class enrol` does, and shown nowhere.
"""

from __future__ import annotations

from secrets import token_urlsafe
from typing import TYPE_CHECKING

from himaya.errors import ClassError
from himaya.languages.facts import ALL
from himaya_server.classroom.enrolment import LARGEST, ListError, enrol
from himaya_site.classes.classes import class_of, ended
from himaya_site.classes.courses import languages_of
from himaya_site.desk.pages import draw, first_press, go_on, staff_of, sure, sure_of, trained, upload_of
from himaya_site.people import enrolled
from himaya_site.people.models import Person
from himaya_site.refused import Refused
from himaya_site.requests import content_type, elsewhere, key_of
from himaya_site.served import served
from himaya_site.writing import writing

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from himaya_server.classroom.enrolment import Reason
    from himaya_server.classroom.records import Signed
    from himaya_site.classes.models import Class

MOST_AT_ONCE = 1_000
MOST = 5_000  # people of a class
_SHOWN = 50  # lines of a list that are named
_AROUND = 10_000  # bytes of a form beside the list


class _Register:
    """The site's people, as a list is taken in among them: what it adds and changes waits for `keep`."""

    class_of = staticmethod(class_of)
    people = staticmethod(enrolled.people)
    sealed_names = staticmethod(enrolled.sealed_names)
    forgotten = staticmethod(enrolled.forgotten)

    def __init__(self) -> None:
        """Have nothing yet."""
        self._added: list[tuple[str, bytes | None]] = []
        self._changed: list[tuple[int, str, bytes | None]] = []

    def enrol(self, _class_id: str, language: str, sealed: bytes | None) -> str:
        """Add somebody later, under a pseudonym of then."""
        self._added.append((language, sealed))
        return ""

    def change(self, person_id: int, language: str, sealed: bytes | None) -> None:
        """Change somebody later."""
        self._changed.append((person_id, language, sealed))

    def keep(self, class_id: str) -> None:
        """Keep all of it at once: phones that send answers wait meanwhile."""
        with writing():
            enrolled.enrol_all(class_id, self._added)
            for each in self._changed:
                enrolled.change(*each)


def enrolling(request: HttpRequest, language: str, class_id: str) -> HttpResponse:
    """Show who is in a class, or add people, or change their languages."""
    if request.method != "POST":
        signed = staff_of(request)
        return go_on(f"{language}/") if signed is None else _show(request, language, _mine(signed, class_id))
    if content_type(request) == "multipart/form-data":
        return _list(request, language, class_id)
    signed, form = sure(request)
    row = _mine(signed, class_id)
    spoken = form.get("language", "")
    if spoken not in languages_in(row):
        return _show(request, language, row, problem="people-language-wrong")
    match form.get("step"):
        case "number":
            return _number(request, language, row, form)
        case "language":
            number = form.get("id", "")
            person = next((each for each in enrolled.people(row.id) if str(each.id) == number), None)
            if person is None:
                raise Refused(404)
            enrolled.change(person.id, spoken, None)
            return go_on(f"{language}/c/{row.id}/people#p{number}")
        case _:
            raise Refused(404)


def languages_in(row: Class) -> list[str]:
    """Return the languages that people of a class may have, that of new people first."""
    spoken = served().pages_of(row.id).languages if served().ready(row.id) else languages_of(row.course)
    return sorted((each for each in spoken if each in ALL), key=lambda each: each != row.language)


def _mine(signed: Signed, class_id: str) -> Class:
    row = trained(signed, class_id)
    if ended(row.id):
        raise Refused(404)
    return row


def _number(request: HttpRequest, language: str, row: Class, form: dict[str, str]) -> HttpResponse:
    typed = form.get("number", "")
    number = int(typed) if typed.isdecimal() and len(typed) <= len(str(MOST_AT_ONCE)) else 0
    if not 1 <= number <= MOST_AT_ONCE:
        return _show(request, language, row, problem="people-number-wrong", most=MOST_AT_ONCE)
    if not _first_time(form):
        return go_on(f"{language}/c/{row.id}/people")
    with writing():
        fits = Person.objects.filter(group=row.id).count() + number <= MOST
        if fits:
            enrolled.enrol_all(row.id, [(form["language"], None)] * number)
    if not fits:
        return _show(request, language, row, problem="people-too-many", most=MOST)
    return go_on(f"{language}/c/{row.id}/people?added={number}")


def _list(request: HttpRequest, language: str, class_id: str) -> HttpResponse:
    """Take in a list, all of it or nothing."""
    if elsewhere(request):
        raise Refused(403)
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST + _AROUND:  # not read, so its key is not known
        signed = staff_of(request)
        if signed is None:
            raise Refused(401)
        return _show(request, language, _mine(signed, class_id), problem="list-large", most=LARGEST // 1_000_000)
    form, files = upload_of(request)
    row = _mine(sure_of(request, form.get("key", "")), class_id)
    pasted, file = form.get("list", "").strip(), files.get("file", b"")
    if bool(pasted) == bool(file):
        return _show(request, language, row, problem="people-one-list", pasted=pasted)
    data = file or pasted.encode()
    if len(data) > LARGEST:
        return _show(request, language, row, problem="list-large", most=LARGEST // 1_000_000)
    register, here = _Register(), Person.objects.filter(group=row.id).count()
    try:
        done = enrol(register, row.id, data, served().seal, languages_in(row))
        if done.refused:
            return _show(request, language, row, refused=done.refused, pasted=pasted)
        if here + len(done.added) > MOST:
            return _show(request, language, row, problem="people-too-many", most=MOST, pasted=pasted)
        if not _first_time(form):
            return go_on(f"{language}/c/{row.id}/people")
        register.keep(row.id)
    except ListError as error:
        return _show(request, language, row, said=error.reason.in_language(language), pasted=pasted)
    except ClassError as error:
        return _show(request, language, row, said=str(error), pasted=pasted)
    return go_on(f"{language}/c/{row.id}/people?added={len(done.added)}&changed={len(done.changed)}")


def _first_time(form: dict[str, str]) -> bool:
    """Return whether a form is sent for the first time, and not once more by a second press."""
    once = form.get("once", "")
    return not once or first_press(f"added-{key_of(once)}")


def _counted(request: HttpRequest, name: str) -> int:
    typed = request.GET.get(name, "")
    return int(typed) if typed.isdecimal() and len(typed) <= len(str(MOST)) else 0


def _show(
    request: HttpRequest,
    language: str,
    row: Class,
    *,
    problem: str = "",
    most: int = 0,
    said: str = "",
    refused: list[tuple[int, Reason]] | None = None,
    pasted: str = "",
) -> HttpResponse:
    lines = [(number, reason.in_language(language)) for number, reason in (refused or [])[:_SHOWN]]
    return draw(
        request,
        "people.html",
        language,
        f"c/{row.id}/people",
        status=400 if problem or said or refused else 200,
        row=row,
        people=enrolled.people(row.id),
        spoken=[(each, ALL[each].name) for each in languages_in(row)],
        names={code: each.name for code, each in ALL.items()},
        sealed=served().seal is not None,
        added=_counted(request, "added") if request.method == "GET" else 0,
        changed=_counted(request, "changed") if request.method == "GET" else 0,
        problem=problem,
        most=most,
        said=said,
        refused=lines,
        more=len(refused or []) - len(lines),
        pasted=pasted,
        most_at_once=MOST_AT_ONCE,
        once=token_urlsafe(9),
    )
