"""Certificates: what is signed reads back; what is forged, altered or signed with another key is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from himaya.errors import CourseError
from himaya_server.classroom import sealing
from himaya_server.desk import certificates
from himaya_server.desk.certificates import CertificateError, Issuer, checked, signed

if TYPE_CHECKING:
    from pathlib import Path

ABOUT: dict[str, Any] = {
    "course": "حماية: أساسيات",
    "day": "2026-11-29",
    "hours": 12,
    "draft": True,
    "language": "ckb",
    "issuer": "Example Unit",
}


@pytest.fixture
def key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def _issuer(key: Ed25519PrivateKey, name: str = "Example Unit") -> Issuer:
    return Issuer(name, key.public_key().public_bytes_raw())


def test_signed_certificate_reads_back(key: Ed25519PrivateKey) -> None:
    made = certificates.certificate_for("ڕێبوار عه\u200cلی", ABOUT)
    assert checked(signed(made, key), [_issuer(key)]) == made
    assert made.name == "ڕێبوار عه\u200cلی"
    assert len(signed(made, key)) < 600


def test_name_cannot_turn_the_line(key: Ed25519PrivateKey) -> None:
    made = certificates.certificate_for("Noor\u202e\n<b>", ABOUT)
    assert "\u202e" not in made.name
    assert "\n" not in made.name
    assert checked(signed(made, key), [_issuer(key)]) == made


def test_altered_certificate_is_refused(key: Ed25519PrivateKey) -> None:
    made = certificates.certificate_for("Noor", ABOUT)
    mark, payload, signature = signed(made, key).split(".")
    for other in (replace(made, name="Hana"), replace(made, draft=False), replace(made, hours=99)):
        altered = signed(other, key).split(".")[1]
        with pytest.raises(CertificateError, match="forged"):
            checked(f"{mark}.{altered}.{signature}", [_issuer(key)])
    swapped = signed(certificates.certificate_for("Hana", ABOUT), key).split(".")[2]
    with pytest.raises(CertificateError, match="forged"):
        checked(f"{mark}.{payload}.{swapped}", [_issuer(key)])


def test_certificate_of_another_key_is_refused(key: Ed25519PrivateKey) -> None:
    made = certificates.certificate_for("Noor", ABOUT)
    other = Ed25519PrivateKey.generate()
    with pytest.raises(CertificateError, match="forged"):
        checked(signed(made, other), [_issuer(key)])
    with pytest.raises(CertificateError, match="forged"):
        checked(signed(made, other), [])
    named = replace(made, issuer="Another Unit")  # a pinned issuer signs in the name of another
    with pytest.raises(CertificateError, match="forged"):
        checked(signed(named, key), [_issuer(key)])


def test_every_changed_letter_is_refused(key: Ed25519PrivateKey) -> None:
    text = signed(certificates.certificate_for("Noor", ABOUT), key)
    for at in range(len(text)):
        for letter in ("A", "b", ".", "="):
            if letter != text[at]:
                with pytest.raises(CertificateError):
                    checked(text[:at] + letter + text[at + 1 :], [_issuer(key)])


@pytest.mark.parametrize("text", ["", "HIMAYA1", "HIMAYA1..", "HIMAYA2.AA.AA", "x" * 5000, "HIMAYA1.é.é", "\x00"])
def test_other_texts_are_refused(text: str, key: Ed25519PrivateKey) -> None:
    with pytest.raises(CertificateError):
        checked(text, [_issuer(key)])


def test_signed_nonsense_is_refused(key: Ed25519PrivateKey) -> None:
    for payload in (b"{}", b"[]", b"[1,2]", b'["a","b","c",1,true,"en","Example Unit","x"] ', b"\xff"):
        text = f"HIMAYA1.{certificates._encoded(payload)}."
        text += certificates._encoded(key.sign(b"HIMAYA1." + payload))
        with pytest.raises(CertificateError):
            checked(text, [_issuer(key)])


def test_key_file_opens_with_its_passphrase_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "_COST", 2**10)
    file, public = certificates.new_key("correct horse battery")
    assert certificates.opened_key(file, "correct horse battery").public_key().public_bytes_raw() == public
    for wrong in ((file, "another passphrase"), (file[:-1] + b"x", "correct horse battery"), (b"", "x")):
        with pytest.raises(CertificateError, match="key-wrong"):
            certificates.opened_key(*wrong)


def test_earlier_issuers_stay_pinned(tmp_path: Path, key: Ed25519PrivateKey) -> None:
    assert certificates.pinned(tmp_path) == []
    newer = _issuer(Ed25519PrivateKey.generate(), "New Unit")
    for one in (_issuer(key), newer, newer):
        certificates.pin(tmp_path, one)
    assert certificates.pinned(tmp_path) == [newer, _issuer(key)]
    old = signed(certificates.certificate_for("Noor", ABOUT), key)
    assert checked(old, certificates.pinned(tmp_path)).name == "Noor"
    (tmp_path / "certificates" / "issuer.json").write_text("{", encoding="utf-8")
    with pytest.raises(CourseError, match="cannot be read"):
        certificates.pin(tmp_path, newer)
