"""What pages ask: JSON by POST, from a page of ours that knows its session's key."""

from __future__ import annotations

import hmac
import json
import re
from datetime import UTC, datetime
from functools import partial
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from himaya.answers.journal import checked
from himaya.answers.limits import MAX_ID
from himaya.errors import JournalError
from himaya.languages.dates import clock_time, written_day
from himaya_server.classroom.codes import DIGITS, device_of, typed
from himaya_server.classroom.records import RETENTION, SESSION, Put, Use
from himaya_site.answers import handins, put
from himaya_site.classes.classes import class_of
from himaya_site.grades.feedback import feedback
from himaya_site.people import cards, devices, joining
from himaya_site.people.enrolled import person
from himaya_site.refused import Refused
from himaya_site.requests import COOKIE, LARGEST_OF_STRANGERS, address_of, content_type, elsewhere, key_of, signed_by
from himaya_site.served import served

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from himaya_server.classroom.built_pages import Pages
    from himaya_server.classroom.records import Reissued, Signed
    from himaya_site.classes.models import Class

_MOST_EVENTS = 2_000  # of one request
_LARGEST_ID = 2**63 - 1  # that a database keeps
_NOTEBOOKS = (("himaya-notebook", "/user/"), ("jupyterhub-hub-login", "/hub/"), ("jupyterhub-session-id", "/"))
_PHONE = "himaya-phone"
_CARD = re.compile(r"[\w-]{20,64}", re.ASCII)


def api(request: HttpRequest, what: str) -> HttpResponse:
    """Do one thing; refuse what can be refused by its head."""
    if request.method != "POST":
        raise Refused(405)
    if what not in _STEPS and what not in _FOR_ALL:
        raise Refused(404)
    if content_type(request) != "application/json" or elsewhere(request):
        raise Refused(403)
    if what in _FOR_ALL:
        if len(request.body) > LARGEST_OF_STRANGERS:
            raise Refused(413)
        return _FOR_ALL[what](request, _body(request))
    signed = _sure(request)
    asked = _body(request)
    if not signed.used:
        put.writer.take(Use(signed.session))
    if not signed.allowed and what != "me":
        raise Refused(401)
    return _answer(_STEPS[what](signed, asked))


def _sure(request: HttpRequest) -> Signed:
    """Return the trainee who asks, from a page of theirs."""
    secret = request.COOKIES.get(COOKIE, "")
    signed = signed_by(secret)
    if signed is None or signed.person is None:
        raise Refused(401)
    key = request.headers.get("X-Himaya-Key", "")
    if not hmac.compare_digest(key_of(secret).encode(), key.encode()):
        raise Refused(401)
    if request.headers.get("X-Himaya-Who") != signed.who:  # somebody else signed in meanwhile, in another tab
        raise Refused(401)
    if not served().asks.take(secret):
        raise Refused(429)
    return signed


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        asked = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Refused(400) from None
    if not isinstance(asked, dict):
        raise Refused(400)
    return asked


def _answer(answer: object) -> HttpResponse:
    return HttpResponse(json.dumps(answer, ensure_ascii=False), "application/json")


# Signing in and out


def _sign_in(request: HttpRequest, asked: dict[str, Any]) -> HttpResponse:
    return _signed_in(
        request, _with_code(request, asked) if "code" in asked else _with_card(request, asked.get("card"))
    )


def _signed_in(request: HttpRequest, secret: str | None, **more: object) -> HttpResponse:
    """Tell a device who it is now, by the secret of its new session."""
    signed = None if secret is None else devices.session(secret)
    whose = None if signed is None else person(signed.who)
    if secret is None or signed is None or whose is None:
        raise Refused(403)
    pages = served().pages_of(signed.class_id)
    response = _answer(
        {
            "who": signed.who,
            "key": key_of(secret),
            "home": pages.address(whose.language),
            "course": pages.course,
            "modules": pages.modules,
            "allowed": signed.allowed,
            **more,
        }
    )
    _leave_notebooks(response)
    # It is kept longer than the session lasts: by it this device is known again, see `cards.claim_card`.
    response.set_cookie(
        COOKIE, secret, RETENTION, path="/class/", httponly=True, samesite="Strict", secure=request.is_secure()
    )
    return response


def _with_card(request: HttpRequest, card: object) -> str | None:
    pace, device = served().cards, address_of(request)
    if pace.left(device) < 1:
        raise Refused(429)
    if isinstance(card, str) and _CARD.fullmatch(card) is not None:
        secret = devices.sign_in(card, request.COOKIES.get(COOKIE, ""))
        if secret is not None:
            return secret
    pace.take(device)  # only what is wrong is counted: a class comes through one router
    return None


def _with_code(request: HttpRequest, asked: dict[str, Any]) -> str | None:
    number, code, room = (typed(asked.get(name)) for name in ("number", "code", "room"))
    device, tries, codes = device_of(address_of(request)), served().tries, served().codes
    if not 0 < len(number) <= 9 or len(code) != DIGITS:
        return None
    if not tries.begin(number, device):
        raise Refused(429)
    class_id = devices.class_of_number(int(number))
    right = codes.room(class_id or "", served().today())
    if class_id is None or not hmac.compare_digest(right, room):
        return None
    kept = codes.kept(int(number), code)
    secret = devices.sign_in_with_code(int(number), kept, request.COOKIES.get(COOKIE, ""))
    if secret is not None:
        tries.right(number, device)
    return secret


def _join(request: HttpRequest, asked: dict[str, Any]) -> HttpResponse:
    """Make a person for whoever types the code on the wall, and tell the number and code of their card.

    Wrong codes are counted by phone, or by address where a phone has no name here: who guesses stops nobody else.
    """
    code, key, shared, address = typed(asked.get("code")), asked.get("key"), served(), device_of(address_of(request))
    if key is None:
        key = token_urlsafe(16)
    if not isinstance(key, str) or _CARD.fullmatch(key) is None:
        raise Refused(400)
    whose = _phone(request) or address
    if not shared.wrong_joins.take(whose):
        raise Refused(429)
    row, again = joining.class_to_join(code), joining.joined_before(key)
    if row is None and not again:
        raise Refused(403)
    shared.wrong_joins.give_back(whose)
    if not again and not shared.joins.take(address):
        raise Refused(429)
    language = "" if row is None else _language_to_join(row, asked)
    joined = joining.join(code, key, language, shared.codes, request.COOKIES.get(COOKIE, ""))
    if joined is None:
        raise Refused(403)
    return _signed_in(request, joined.secret, number=joined.number, code=joined.code)


def _language_to_join(row: Class, asked: dict[str, Any]) -> str:
    spoken = served().pages_of(row.id).languages
    return next((str(each) for each in (asked.get("language"), row.language) if each in spoken), spoken[0])


def _phone(request: HttpRequest) -> str:
    """Return the name that a phone was given today at its address; empty where it has none.

    So nobody gathers names, and with them tries, over days or in other networks.
    """
    name, _, proof = request.COOKIES.get(_PHONE, "")[:200].partition(".")
    return f"phone {name}" if name and hmac.compare_digest(_proof(request, name).encode(), proof.encode()) else ""


def _proof(request: HttpRequest, name: str) -> str:
    return served().codes.phone(f"{name} {served().today()} {device_of(address_of(request))}")


def _sign_out(request: HttpRequest, _asked: dict[str, Any]) -> HttpResponse:
    """Leave nobody known on this device, also where the session has ended or waits: the phone is handed on.

    The door asks it before anybody signs in or joins; a phone without a name gets one, for a pace of its own.
    """
    secret, shared = request.COOKIES.get(COOKIE, ""), served()
    if 0 < len(secret) <= 100:
        devices.hand_on(secret)
    response = _answer({})
    response.delete_cookie(COOKIE, path="/class/", samesite="Strict")
    if not _phone(request) and shared.phones.take(device_of(address_of(request))):
        name = token_urlsafe(9)
        named = f"{name}.{_proof(request, name)}"
        response.set_cookie(
            _PHONE, named, SESSION, path="/class/api/", httponly=True, samesite="Strict", secure=request.is_secure()
        )
    _leave_notebooks(response)
    return response


def _leave_notebooks(response: HttpResponse) -> None:
    """Take what opens the last person's notebook from this browser: cookies know no ports."""
    for name, path in _NOTEBOOKS:
        response.delete_cookie(name, path=path)


# What a signed-in page asks


def _me(signed: Signed, asked: dict[str, Any]) -> dict[str, Any]:
    if not signed.allowed or signed.person is None:
        return {"allowed": False}
    pages = served().pages_of(signed.class_id)
    said = partial(_said, asked=asked, pages=pages)
    card = cards.reissued_of(signed.person)
    waiting = [each for each in devices.devices(signed.person) if each.allowed is None]
    return {
        "allowed": True,
        "notebooks": False,
        "name": served().name(signed),
        "ends": _day(class_of(signed.class_id).ends, asked, pages),
        "card": None if card is None else _marked(card, said, signed.since < card.acted),
        "devices": [{"id": each.id, "said": said(each.made)} for each in waiting],
        "receipts": [
            {"module": each.module, "said": said(each.received), "answers": each.answers, "code": each.code}
            for each in handins.receipts(signed.person)
        ],
        "feedback": [{"module": module, "said": said(time)} for module, time in feedback(signed.person).items()],
        "notes": [{"what": each.what, "who": each.who, "said": said(each.time)} for each in cards.notes(signed.person)],
    }


def _marked(card: Reissued, said: Callable[[int], str], earlier: bool) -> dict[str, Any]:
    claimed = None if card.claimed is None or earlier else said(card.claimed)
    return {"who": card.who, "said": said(card.time), "n": card.steps, "claimed": claimed, "seen": card.seen}


def _day(time: int, asked: dict[str, Any], pages: Pages) -> str:
    day = datetime.fromtimestamp(time, UTC).astimezone().date()
    return written_day(day, _language(asked, pages), pages.digits)


def _language(asked: dict[str, Any], pages: Pages) -> str:
    language = asked.get("language")
    return str(language) if language in pages.languages else pages.languages[0]


def _said(time: int, asked: dict[str, Any], pages: Pages) -> str:
    return clock_time(time, _language(asked, pages), pages.digits)


def _module(signed: Signed, asked: dict[str, Any]) -> str:
    module = asked.get("module")
    if module not in served().pages_of(signed.class_id).modules:
        raise Refused(404)
    return str(module)


def _journal(signed: Signed, asked: dict[str, Any]) -> dict[str, Any]:
    module = _module(signed, asked)
    events, known, epoch = asked.get("events", []), asked.get("n", 0), asked.get("epoch")
    if not isinstance(events, list) or len(events) > _MOST_EVENTS or type(known) is not int:
        raise Refused(400)
    kept, refused = [], []
    for event in events:
        try:
            whole = checked(event)
            if "\0" in whole["id"]:  # PostgreSQL keeps no such text
                raise JournalError("event-malformed")
            kept.append(whole)
        except JournalError:
            refused.append(event.get("id") if isinstance(event, dict) else None)
    life = epoch if isinstance(epoch, str) else ""
    try:
        if kept:
            rows = put.writer.take(Put(signed.person or 0, module, kept, known, life))
        else:
            rows = put.rows(signed.person or 0, module, known, life)
    except JournalError:
        raise Refused(413) from None
    return {
        "epoch": rows.epoch,
        "from": rows.start,
        "total": rows.total,
        "rows": rows.rows,
        "refused": [each for each in refused if isinstance(each, str)],
    }


def _hand_in(signed: Signed, asked: dict[str, Any]) -> dict[str, Any]:
    module, request = _module(signed, asked), asked.get("request")
    if not isinstance(request, str) or not 8 <= len(request) <= MAX_ID or not request.isprintable():
        raise Refused(400)
    pages = served().pages_of(signed.class_id)
    try:
        receipt = handins.hand_in(signed.person or 0, module, request, partial(pages.answered, module))
    except JournalError:  # forgotten meanwhile
        raise Refused(401) from None
    if receipt is None:
        return {"receipt": None}
    said = _said(receipt.received, asked, pages)
    return {"receipt": {"said": said, "received": receipt.received, "answers": receipt.answers, "code": receipt.code}}


def _device(signed: Signed, asked: dict[str, Any]) -> dict[str, Any]:
    number, yes = asked.get("id"), asked.get("yes")
    if type(number) is not int or not 0 <= number <= _LARGEST_ID or not isinstance(yes, bool):
        raise Refused(400)
    return {"done": devices.answer_device(signed.person or 0, number, yes=yes)}


def _card(signed: Signed, asked: dict[str, Any]) -> dict[str, Any]:
    cards.claim_card(signed, str(asked.get("seen", "")))
    return {}


def _notebook(signed: Signed, asked: dict[str, Any]) -> dict[str, Any]:
    _module(signed, asked)
    raise Refused(404)  # notebooks on demand are not served by the site yet


_STEPS: dict[str, Callable[[Signed, dict[str, Any]], dict[str, Any]]] = {
    "me": _me,
    "journal": _journal,
    "hand-in": _hand_in,
    "device": _device,
    "card": _card,
    "notebook": _notebook,
}
_FOR_ALL: dict[str, Callable[[HttpRequest, dict[str, Any]], HttpResponse]] = {
    "sign-in": _sign_in,
    "sign-out": _sign_out,
    "join": _join,
}
