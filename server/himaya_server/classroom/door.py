"""The front door: TLS where there is a certificate, and a bound on connections. It knows no class and no answer."""

from __future__ import annotations

import resource
import ssl
from collections import Counter
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from cryptography import x509
from tornado.httpserver import HTTPServer

from himaya.errors import ClassError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tornado.iostream import IOStream

MOST = 4_000
"""Connections at once, where the system allows as many open files."""
_FILES = 200  # open files that are no connections
_SOON = 14  # days before the end of a certificate in which the operator is told


class Door(HTTPServer):
    """A server that holds a limited number of connections and never shuts.

    When one more comes than there may be, one of the address that holds most goes: the one that has waited longest
    since its last whole request. So who opens many and says nothing, or says it slowly, displaces itself.
    """

    def initialize(self, *given: Any, most: int = MOST, **named: Any) -> None:
        """Take the bound beside what Tornado's server takes."""
        super().initialize(*given, **named)
        self._most = most
        self._held: dict[IOStream, str] = {}  # the one that waits longest first

    def handle_stream(self, stream: IOStream, address: Any) -> None:
        """Take a connection over."""
        if len(self._held) >= self._most:
            self._let_go()
        self._held[stream] = str(address[0])
        super().handle_stream(stream, address)

    def start_request(self, server_conn: Any, request_conn: Any) -> Any:
        """Note that the last request is over and the next may come."""
        if (address := self._held.pop(server_conn.stream, None)) is not None:
            self._held[server_conn.stream] = address
        return super().start_request(server_conn, request_conn)

    def on_close(self, server_conn: Any) -> None:
        """Forget a connection."""
        self._held.pop(server_conn.stream, None)
        super().on_close(server_conn)

    def _let_go(self) -> None:
        [(busiest, _)] = Counter(self._held.values()).most_common(1)
        stream = next(stream for stream, address in self._held.items() if address == busiest)
        del self._held[stream]
        stream.close()


def most_connections() -> int:
    """Let this process open as many files as it may, and return how many connections that allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return MOST if hard == resource.RLIM_INFINITY else max(50, min(MOST, hard - _FILES))


class Certificate:
    """A certificate that phones trust, and its key; read again when it was renewed.

    Attributes:
        context: What the server encrypts with.
        ends: When it ends.
    """

    def __init__(self, chain: Path, key: Path, names: Iterable[str]) -> None:
        """Read it.

        Args:
            chain: The certificate, and those between it and one that phones know, as PEM.
            key: Its key, as PEM, without a passphrase.
            names: By which the class is reached.

        Raises:
            ClassError: If phones would warn of it: self-signed, ended, or for another name.
        """
        self._chain, self._key, self._names = chain, key, list(names)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._read = 0
        self.renew()

    @property
    def files(self) -> tuple[Path, Path]:
        """The certificate with its chain, and its key."""
        return self._chain, self._key

    def renew(self) -> bool:
        """Read it again if its file has changed, and return whether it had; new connections use it."""
        changed = self._chain.stat().st_mtime_ns
        if changed == self._read:
            return False
        self.ends = _checked(self._chain, self._names)
        try:
            self.context.load_cert_chain(self._chain, self._key)
        except (OSError, ssl.SSLError) as error:
            message = f"{self._key} is not the key of {self._chain}, or needs a passphrase."
            raise ClassError(message) from error
        self._read = changed
        return True

    def days_left(self) -> int:
        """Return for how many days it holds."""
        return (self.ends - datetime.now(UTC)).days

    def ends_soon(self) -> bool:
        """Return whether it is time to renew it."""
        return self.days_left() < _SOON


def _checked(path: Path, names: list[str]) -> datetime:
    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())[0]
    except ValueError as error:
        message = f"{path} is no certificate in PEM."
        raise ClassError(message) from error
    if found.issuer == found.subject:
        message = (
            f"{path} is signed by itself: phones would warn, and nobody should learn to click a warning away. "
            "Get one from an authority that phones trust, or serve without one in a network of your own."
        )
        raise ClassError(message)
    if not found.not_valid_before_utc <= datetime.now(UTC) <= found.not_valid_after_utc:
        message = f"{path} holds from {found.not_valid_before_utc:%Y-%m-%d} to {found.not_valid_after_utc:%Y-%m-%d}."
        raise ClassError(message)
    held = _names_in(found)
    missing = [name for name in names if not _covers(held, name)]
    if missing:
        message = f"{path} is for {', '.join(sorted(held)) or 'nobody'}, not for {', '.join(missing)}."
        raise ClassError(message)
    ends: datetime = found.not_valid_after_utc
    return ends


def _names_in(found: x509.Certificate) -> set[str]:
    try:
        value = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    return {
        *(name.lower() for name in value.get_values_for_type(x509.DNSName)),
        *(str(each) for each in value.get_values_for_type(x509.IPAddress)),
    }


def _covers(held: set[str], name: str) -> bool:
    try:
        return str(ip_address(name)) in held
    except ValueError:
        return name.lower() in held or f"*.{name.lower().partition('.')[2]}" in held
