"""What every answer has in common: which hosts are answered, what browsers are told, and what is logged."""

from __future__ import annotations

import logging
import time
import traceback
from typing import TYPE_CHECKING

from django.http import HttpResponse

from himaya_site.desk.pages import only_here
from himaya_site.operate.room import room
from himaya_site.refused import Refused
from himaya_site.requests import address_of, host_of, on_this_machine
from himaya_site.served import served

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
_OF_STAFF = ("/class/staff", "/class/first")
_log = logging.getLogger("himaya.class")


class Guard:
    """Refuse other hosts, answer a number where something is refused, and log without secrets."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        """Take what answers."""
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request: a page elsewhere may have had its name lead here."""
        begun = time.monotonic()
        known = host_of(request) in served().hosts
        if known:
            served().look_again()
            if (opened := room()) is not None:
                opened.seen(address_of(request))
        response = self._answer(request) if known else HttpResponse("421", status=421)
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if isinstance(response, HttpResponse):
            response.headers.setdefault("Content-Length", str(len(response.content)))  # or the connection ends with it
        if request.is_secure():
            response.headers["Strict-Transport-Security"] = "max-age=2592000"
        match = request.resolver_match
        name = "unknown" if match is None else str(match.view_name)
        # Without an address or anybody's name: a mistyped link may hold a secret in its path.
        what = request.path if name == "api" and response.status_code != 404 else name
        level = logging.WARNING if response.status_code >= 500 else logging.INFO
        took = 1000 * (time.monotonic() - begun)
        _log.log(level, "%s %s %d %.0f ms", request.method, what, response.status_code, took)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        """Answer staff on this machine only, where nothing is encrypted: a password would be read along."""
        open_to_all = request.is_secure() or on_this_machine(request) or not request.path.startswith(_OF_STAFF)
        return self._get_response(request) if open_to_all else only_here(request)

    def process_exception(self, _request: HttpRequest, error: Exception) -> HttpResponse:
        """Answer a number, and no more; write where our own code failed, and nothing of the request."""
        if isinstance(error, Refused):
            return HttpResponse(str(error.status), status=error.status)
        where = "".join(traceback.format_tb(error.__traceback__))
        _log.error("a view failed: %s%s", where, type(error).__name__)
        return HttpResponse("500", status=500)
