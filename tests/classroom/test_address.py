"""Where a class is kept: addresses that would give answers or a password away are refused, and repeated nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from himaya.errors import ClassError
from himaya_server.classroom import store as stores
from himaya_server.classroom.address import ADDRESS, DATABASE, checked_address, keep_in, place_of, place_to_be, shown
from himaya_server.classroom.store import open_store

if TYPE_CHECKING:
    from pathlib import Path

    from himaya_server.classroom.store import Store

SECRET = "planted-tulip"  # noqa: S105 - of no database
AWAY = f"postgresql://himaya:{SECRET}@db.example.org/himaya"


@pytest.mark.parametrize(
    "text",
    [
        "",
        SECRET,
        f"mysql://himaya:{SECRET}@localhost/himaya",
        f"postgresql+psycopg2://himaya:{SECRET}@localhost/himaya",
        f"postgresql://himaya:a@{SECRET}@localhost/himaya",
        f"postgresql://himaya:a@localhost:{SECRET}/himaya",
        f"postgresql://himaya@localhost/himaya?password={SECRET}",
        AWAY,
        f"{AWAY}?sslmode=require",
        f"postgresql://himaya:{SECRET}@/himaya?host=db.example.org",
        f"postgresql://himaya:{SECRET}@localhost/himaya?hostaddr=192.0.2.7",
        f"postgresql://himaya:{SECRET}@/himaya?host=/run/postgresql,db.example.org",
        f"postgresql://himaya:{SECRET}@192.168.4.7/himaya",
    ],
)
def test_unsafe_address_is_refused(text: str) -> None:
    with pytest.raises(ClassError) as refused:
        checked_address(text)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{AWAY}?sslmode=verify-full", "himaya on db.example.org"),
        ("postgresql:///himaya", "himaya on this machine"),
        (f"postgresql+psycopg://himaya:{SECRET}@127.0.0.1:5433/north", "north on 127.0.0.1"),
        ("postgresql://himaya@/north?host=/run/postgresql", "north on /run/postgresql"),
        (f"postgresql://himaya:{SECRET}@[::1]/north", "north on ::1"),
    ],
)
def test_address_is_shown_without_its_password(text: str, said: str) -> None:
    assert shown(checked_address(text)) == f"PostgreSQL, {said}"


def test_password_that_was_asked_for_needs_no_signs() -> None:
    url = checked_address("postgresql://himaya@localhost/himaya", "a@b/c%d")
    assert checked_address(url.render_as_string(hide_password=False)).password == "a@b/c%d"  # noqa: S105 - of none


def test_password_of_nobody_is_refused() -> None:
    with pytest.raises(ClassError, match="user") as refused:
        checked_address("postgresql://localhost/himaya", SECRET)
    assert SECRET not in str(refused.value)


def test_address_that_others_can_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / ADDRESS).write_text("postgresql:///himaya\n", encoding="utf-8")
    (tmp_path / ADDRESS).chmod(0o640)
    with pytest.raises(ClassError, match="chmod 600"):
        place_of(tmp_path)
    (tmp_path / ADDRESS).chmod(0o600)
    assert place_of(tmp_path) == checked_address("postgresql:///himaya")


def test_class_in_a_file_stays_there(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "class"
    with pytest.raises(ClassError, match="kept elsewhere already"):
        keep_in(folder, checked_address("postgresql:///himaya"))
    assert place_of(folder) == place_to_be(folder) == folder / DATABASE
    assert not (folder / ADDRESS).exists()
    store.close()


def test_missing_psycopg_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: Any) -> None:
        raise ModuleNotFoundError("No module named 'psycopg'")

    monkeypatch.setattr(stores, "create_engine", missing)
    with pytest.raises(ClassError, match=r"pip install 'himaya\[platform,class,postgres\]'"):
        open_store(checked_address("postgresql:///himaya"))
