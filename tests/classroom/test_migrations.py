"""The migrations make what the tables say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from himaya_server.classroom.tables import Table
from tests.classroom.conftest import of_service

if TYPE_CHECKING:
    from himaya_server.classroom.store import Store


@of_service
def test_migrations_make_the_tables(store: Store) -> None:
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []
