"""What is asked of a request: whose it is, and whether a page of ours made it."""

from __future__ import annotations

import hashlib
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from himaya_site.people import devices

if TYPE_CHECKING:
    from django.http import HttpRequest

    from himaya_server.classroom.records import Signed

COOKIE = "himaya-class"
LARGEST_BODY = 1_000_000  # bytes; a page sends at most 150,000 letters at once
LARGEST_OF_STRANGERS = 10_000  # bytes; a request to sign in
LARGEST_UPLOAD = 8_000_000  # bytes of a file that staff choose: a list has less, and who chose another file is told
_PASSED_ON = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")
"""What a proxy adds: who asked is then somebody else than who connects."""


def elsewhere(request: HttpRequest) -> bool:
    """Return whether a request was made by a page of somebody else."""
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.headers.get("Host", "")
    return foreign or request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")


def content_type(request: HttpRequest) -> str:
    """Return what kind of body a request has."""
    return request.headers.get("Content-Type", "").split(";")[0].strip().lower()


def address_of(request: HttpRequest) -> str:
    """Return from where a request comes."""
    return str(request.META.get("REMOTE_ADDR", ""))


def host_of(request: HttpRequest) -> str:
    """Return the host that was asked, without a port; empty where it is none."""
    return host_in(f"//{request.headers.get('Host', '')}")


def host_in(address: str) -> str:
    """Return the host of an address; empty where it has none."""
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def on_this_machine(request: HttpRequest) -> bool:
    """Return whether a browser on this machine asks, at an address that means this machine alone."""
    if any(name in request.headers for name in _PASSED_ON):
        return False
    return _loopback(address_of(request)) and leads_here(host_of(request))


def leads_here(host: str) -> bool:
    """Return whether a host means whichever machine asks for it, so that no phone finds the site by it."""
    return host in ("localhost", "0.0.0.0", "::") or _loopback(host)  # noqa: S104 - nothing listens by it


def _loopback(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    mapped = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else None
    return (mapped or parsed).is_loopback


def signed_by(secret: str) -> Signed | None:
    """Return whose device or staff session a cookie is, also where the device still waits for a yes."""
    return devices.session(secret) if 0 < len(secret) <= 100 else None


def person_of(request: HttpRequest) -> Signed | None:
    """Return the trainee who asks."""
    signed = signed_by(request.COOKIES.get(COOKIE, ""))
    return signed if signed is not None and signed.person is not None and signed.allowed else None


def key_of(secret: str) -> str:
    """Return what a page proves with that it is ours: a script elsewhere has the cookie sent, and cannot read this."""
    return hashlib.sha256(f"key of {secret}".encode()).hexdigest()[:32]
