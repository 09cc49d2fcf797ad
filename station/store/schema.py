"""Which version the tables are, and how they become the newest. Alembic is imported only where there is work for it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, inspect, text

from station.errors import StoreError, WayOn

HEAD: Final = "0007"
"""The newest migration; a test compares it with the folder."""


def upgrade(connection: Connection) -> None:
    """Bring the tables to `HEAD`, all migrations in one transaction.

    Raises:
        StoreError: `store.newer`, a newer program wrote it.
    """
    with connection.begin() as transaction:
        found = version(connection)
        if found == HEAD:
            return
        _migrate(connection, found)
        transaction.commit()


def version(connection: Connection) -> str | None:
    """The migration that the tables stand at, None for an empty store."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _migrate(connection: Connection, found: str | None) -> None:
    from alembic import command  # noqa: PLC0415 - a fifth of a second that an ordinary start does not pay
    from alembic.config import Config  # noqa: PLC0415 - as above
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", "station.store:migrations")
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise StoreError("store.newer", WayOn.UPDATE_PROGRAM, f"version {found}, this program knows {HEAD}")
    command.upgrade(config, "head")
