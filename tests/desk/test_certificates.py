"""Certificates: what is signed reads back; what is forged, altered or signed with another key is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from himaya.course.pass_rule import PassRule, Result, Work, verdict
from himaya.errors import CourseError
from himaya_server.classroom import sealing
from himaya_server.desk import certificates
from himaya_server.desk.answers import Classes
from himaya_server.desk.certificates import CertificateError, Issuer, checked, signed
from himaya_server.desk.issuing import is_draft

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from himaya_autograde.export import Results

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
    changed = file[:-1] + bytes([file[-1] ^ 1])
    for wrong in ((file, "another passphrase"), (changed, "correct horse battery"), (b"", "x")):
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


def _course(folder: Path, *keys: Ed25519PrivateKey) -> list[Issuer]:
    for number, key in enumerate(keys):
        certificates.pin(folder, _issuer(key, "Example Unit" if not number else f"Unit {number}"))
    return certificates.pinned(folder)


def _revoked(folder: Path, ids: list[str], key: Ed25519PrivateKey) -> certificates.Revoked:
    return certificates.revoke(folder, ids, key, "2026-11-29")


def test_revoked_certificate_is_refused(tmp_path: Path, key: Ed25519PrivateKey) -> None:
    issuers = _course(tmp_path, key)
    one, other = (certificates.certificate_for("Noor", ABOUT) for _ in range(2))
    assert certificates.revoked_in(tmp_path) == []
    _revoked(tmp_path, [one.id], key)
    lists = certificates.revoked_in(tmp_path)
    with pytest.raises(CertificateError, match="revoked"):
        checked(signed(one, key), issuers, lists)
    assert checked(signed(other, key), issuers, lists) == other
    again = _revoked(tmp_path, [other.id], key)
    assert (again.number, set(again.ids)) == (2, {one.id, other.id}), "a list only grows"
    assert certificates.revoked_in(tmp_path) == [again]


def test_issuer_revokes_its_own_alone(tmp_path: Path, key: Ed25519PrivateKey) -> None:
    second = Ed25519PrivateKey.generate()
    issuers = _course(tmp_path, key, second)
    made = certificates.certificate_for("Noor", ABOUT)
    _revoked(tmp_path, [made.id], second)
    assert checked(signed(made, key), issuers, certificates.revoked_in(tmp_path)) == made
    _revoked(tmp_path, [made.id], key)
    assert {each.number for each in certificates.revoked_in(tmp_path)} == {1}, "each key has a list of its own"
    with pytest.raises(CertificateError, match="revoked"):
        checked(signed(made, key), issuers, certificates.revoked_in(tmp_path))


def test_altered_list_stops_every_check(tmp_path: Path, key: Ed25519PrivateKey) -> None:
    _course(tmp_path, key)
    file = tmp_path / "certificates" / "revoked.txt"
    _revoked(tmp_path, ["ABCDEFGH23"], key)
    good = file.read_text(encoding="ascii")
    mark, payload, signature = good.strip().split(".")
    stranger = Ed25519PrivateKey.generate()
    empty = certificates._encoded(b'[9,"2026-11-29",[]]')
    certificate = signed(certificates.certificate_for("Noor", ABOUT), key)
    for bad in (
        f"{mark}.{empty}.{signature}",
        certificates._sign(certificates.REVOKED_MARK, b'[9,"2026-11-29",[]]', stranger),
        certificates._sign(certificates.MARK, b'[9,"2026-11-29",[]]', key),
        certificate,
        f"{mark}.{payload}",
        certificates._sign(certificates.REVOKED_MARK, b"{}", key),
    ):
        file.write_text(bad + "\n", encoding="ascii")
        with pytest.raises(CourseError, match="cannot be read"):
            certificates.revoked_in(tmp_path)
        with pytest.raises(CourseError, match="cannot be read"):
            _revoked(tmp_path, ["ABCDEFGH24"], key)
        assert file.read_text(encoding="ascii") == bad + "\n", "and is not written over"
    with pytest.raises(CertificateError):
        checked(good, [_issuer(key)])


def test_older_list_replaces_no_newer(tmp_path: Path, key: Ed25519PrivateKey) -> None:
    _course(tmp_path, key)
    file = tmp_path / "certificates" / "revoked.txt"
    _revoked(tmp_path, ["ABCDEFGH23"], key)
    old = file.read_text(encoding="ascii")
    newest = _revoked(tmp_path, ["ABCDEFGH24"], key)
    for text in (old + file.read_text("ascii"), file.read_text("ascii") + old):
        file.write_text(text, encoding="ascii")
        assert certificates.revoked_in(tmp_path) == [newest]


@pytest.mark.parametrize("text", ["", "short", "ABCDEFGH01", "HIMAYA1.x.y"])
def test_only_codes_are_revoked(text: str, key: Ed25519PrivateKey) -> None:
    made = certificates.certificate_for("Noor", ABOUT)
    assert certificates.id_in(made.id.lower(), [_issuer(key)], {made.id}) == made.id
    assert certificates.id_in(signed(made, key), [_issuer(key)], ()) == made.id
    with pytest.raises(CertificateError, match="revoke-unknown"):
        certificates.id_in(made.id, [_issuer(key)], {"ABCDEFGH23"})
    with pytest.raises(CertificateError, match="revoke-wrong"):
        certificates.id_in(text, [_issuer(key)], ())


def test_lists_of_one_key_are_put_together(tmp_path: Path, key: Ed25519PrivateKey) -> None:
    """As after an older copy of the folder was put back: the next list has a number that was sent out before."""
    _course(tmp_path, key)
    file = tmp_path / "certificates" / "revoked.txt"
    texts = []
    for each in ("ABCDEFGH23", "ABCDEFGH24"):
        file.unlink(missing_ok=True)
        _revoked(tmp_path, [each], key)
        texts.append(file.read_text("ascii"))
    file.write_text("".join(texts), encoding="ascii")
    (found,) = certificates.revoked_in(tmp_path)
    assert (found.number, found.ids) == (1, ("ABCDEFGH23", "ABCDEFGH24"))
    assert _revoked(tmp_path, ["ABCDEFGH25"], key).ids == ("ABCDEFGH23", "ABCDEFGH24", "ABCDEFGH25")


def test_two_who_revoke_at_once_both_do(
    tmp_path: Path, key: Ed25519PrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    _course(tmp_path, key)
    other: list[Future[certificates.Revoked]] = []
    write = certificates.write_whole

    def slowly(*given: Any) -> None:
        if not other:
            other.append(pool.submit(_revoked, tmp_path, ["ABCDEFGH24"], key))
            wait(other, timeout=0.2)
        write(*given)

    monkeypatch.setattr(certificates, "write_whole", slowly)
    with ThreadPoolExecutor() as pool:
        _revoked(tmp_path, ["ABCDEFGH23"], key)
    (found,) = certificates.revoked_in(tmp_path)
    assert found.ids == ("ABCDEFGH23", "ABCDEFGH24")


def test_emptied_list_stops_every_check(tmp_path: Path, key: Ed25519PrivateKey) -> None:
    _course(tmp_path, key)
    (tmp_path / "certificates" / "revoked.txt").write_text("\n", encoding="ascii")
    with pytest.raises(CourseError, match="cannot be read"):
        certificates.revoked_in(tmp_path)


def test_draft_of_any_path_is_marked() -> None:
    results = SimpleNamespace(drafts={"m": set(), "m--police": {"q"}}, course=SimpleNamespace(modules=["m"]))
    known: Any = SimpleNamespace(results=results)
    assert is_draft(known)
    results.drafts["m--police"] = set()
    assert not is_draft(known)


@pytest.mark.parametrize(("earned", "passes"), [(1.0, True), (0.0, False)])
def test_nobody_passes_who_missed_a_danger(tmp_path: Path, earned: float, passes: bool) -> None:
    rule = PassRule(modules=["gbv"], pass_mark=80)
    results = (Result("gbv", "most", 9.0, 9.0), Result("gbv", "danger", 1.0, earned, safety_critical=True))
    known = SimpleNamespace(
        keys={}, trainees=[SimpleNamespace(id="noor")], verdict=lambda _: verdict(rule, [Work("gbv", results)])
    )
    assert known.verdict("noor").standing.reached
    assert Classes().of(tmp_path, lambda: cast("Results", known)).passed == ({"noor"} if passes else set())
