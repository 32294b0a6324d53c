"""An authority of the tests, and certificates that it signed."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pathlib import Path


class Authority:
    """Signs certificates, and is trusted by `trusted`."""

    def __init__(self) -> None:
        """Make a key, and a certificate that it signed itself."""
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of the tests")])
        made = _begun(self._name, self._name, self._key.public_key(), days=30)
        self._own = made.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(
            self._key, hashes.SHA256()
        )

    def trusted(self) -> ssl.SSLContext:
        """Return what a phone that trusts this authority connects with."""
        context = ssl.create_default_context(cadata=self._own.public_bytes(Encoding.PEM).decode())
        context.verify_flags &= ~ssl.VerifyFlags.VERIFY_X509_STRICT
        return context

    def write(self, folder: Path, *names: str, days: int = 30, own: bool = False) -> tuple[Path, Path]:
        """Write a certificate for some names and its key; `own` for one that is signed by itself."""
        folder.mkdir(exist_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        held = [x509.IPAddress(ip_address(each)) if each[0].isdigit() else x509.DNSName(each) for each in names]
        made = _begun(name, name if own else self._name, key.public_key(), days)
        made = made.add_extension(x509.SubjectAlternativeName(held), critical=False)
        certificate, kept = folder / "certificate.pem", folder / "key.pem"
        certificate.write_bytes(made.sign(key if own else self._key, hashes.SHA256()).public_bytes(Encoding.PEM))
        kept.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return certificate, kept


def _begun(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int) -> x509.CertificateBuilder:
    ends = datetime.now(UTC) + timedelta(days=days)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - timedelta(days=60))
        .not_valid_after(ends)
    )
