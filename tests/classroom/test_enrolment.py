"""A class's list, as spreadsheets write it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from himaya.errors import ClassError
from himaya_server.classroom.enrolment import enrol, written
from himaya_server.classroom.sealing import Seal, kept_key

if TYPE_CHECKING:
    from pathlib import Path

    from himaya_server.classroom.store import Store

LANGUAGES = ("en", "ar", "ckb")
ARABIC = "id,name,language\r\n,نور الدين,ar\r\n,ڕێژین,ckb\r\n"


@pytest.fixture
def seal(tmp_path: Path) -> Seal:
    """Return a seal whose key lies in a file that nobody else reads."""
    path = tmp_path / "class.key"
    kept_key(path)
    assert path.stat().st_mode & 0o077 == 0
    return Seal(kept_key(path))


def names(store: Store, seal: Seal) -> list[str]:
    """Return the names that a class keeps."""
    return [seal.opened(sealed) for sealed in store.sealed_names("north").values()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_list_of_any_spreadsheet_is_read(store: Store, seal: Seal, encoding: str, delimiter: str) -> None:
    done = enrol(store, "north", ARABIC.replace(",", delimiter).encode(encoding), seal, LANGUAGES)
    assert (len(done.added), done.refused) == (2, [])
    assert names(store, seal) == ["نور الدين", "ڕێژین"]
    assert [person.language for person in store.people("north")][2:] == ["ar", "ckb"]


def test_key_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "class.key"

    def cut(_descriptor: int) -> None:
        raise OSError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", cut)
        with pytest.raises(OSError, match="power cut"):
            kept_key(path)
    assert not path.exists()
    key = kept_key(path)
    assert len(key) == 32
    assert path.stat().st_mode & 0o077 == 0
    assert kept_key(path) == key
    assert [each.name for each in tmp_path.iterdir()] == ["class.key"]


def test_windows_1256_is_read(store: Store, seal: Seal) -> None:
    done = enrol(store, "north", "name;language\nنور;ar\n".encode("cp1256"), seal, LANGUAGES)
    assert (len(done.added), names(store, seal)) == (1, ["نور"])


def test_refused_line_is_named_and_others_go_on(store: Store, seal: Seal) -> None:
    lines = [
        "id,name,language",
        ",Noor,ar",
        ",Dilan,de",
        "t-nobody1,Amal,en",
        f",{'a' * 101},en",
        ",a\x07b,en",
        ",Sara,",
    ]
    done = enrol(store, "north", "\n".join(lines).encode(), seal, LANGUAGES)
    assert len(done.added) == 2
    assert [number for number, _ in done.refused] == [3, 4, 5, 6]
    assert "'de' is no language" in done.refused[0][1]
    assert names(store, seal) == ["Noor", "Sara"]


def test_list_goes_out_and_comes_back(store: Store, seal: Seal) -> None:
    enrol(store, "north", ARABIC.encode(), seal, LANGUAGES)
    out = written(store, "north", seal)
    assert out.startswith("\ufeffid,name,language\r\n")
    done = enrol(store, "north", out.encode(), seal, LANGUAGES)
    assert (done.added, done.changed, done.refused) == ([], [], [])
    done = enrol(store, "north", out.replace("نور الدين", "نور").encode(), seal, LANGUAGES)
    assert len(done.changed) == 1
    assert "نور" in names(store, seal)


def test_formula_goes_out_as_text(store: Store, seal: Seal) -> None:
    enrol(store, "north", b'name\n"=HYPERLINK(""x"")"\n', seal, LANGUAGES)
    out = written(store, "north", seal)
    assert "\"'=HYPERLINK(" in out
    assert enrol(store, "north", out.encode(), seal, LANGUAGES).changed == []


def test_forgotten_person_is_not_enrolled_again(store: Store, seal: Seal) -> None:
    gone = store.people("north")[0].pseudonym
    store.forget(gone)
    done = enrol(store, "north", f"id,name\n{gone},Noor\n".encode(), seal, LANGUAGES)
    assert "was forgotten" in done.refused[0][1]
    assert names(store, seal) == []


def test_names_stand_nowhere_in_clear(store: Store, seal: Seal, tmp_path: Path) -> None:
    enrol(store, "north", b"name\nPlantedNameOfNobody\n", seal, LANGUAGES)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "class").iterdir())
    assert b"PlantedNameOfNobody" not in kept


def test_class_keeps_no_names_without_a_seal(store: Store) -> None:
    assert len(enrol(store, "north", b"name\nNoor\n", None, LANGUAGES).added) == 1
    assert store.sealed_names("north") == {}


@pytest.mark.parametrize(
    "data", [b"", b"who,what\nNoor,en\n", b"name,name\nNoor,Noor\n", b'name\n"Noor\n', b"\xff\xfe\x00", b"\x81" * 3]
)
def test_no_list_is_reported(store: Store, seal: Seal, data: bytes) -> None:
    with pytest.raises(ClassError):
        enrol(store, "north", data, seal, LANGUAGES)


def test_other_key_opens_no_name(seal: Seal, tmp_path: Path) -> None:
    with pytest.raises(ClassError, match="another key"):
        Seal(kept_key(tmp_path / "other.key")).opened(seal.sealed("Noor"))
