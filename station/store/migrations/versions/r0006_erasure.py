"""Packets that the centre has acknowledged, and visits whose record was destroyed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Nothing was acknowledged or erased before."""
    op.add_column("packets", sa.Column("acknowledged_at", sa.Text(), nullable=True))
    op.create_index(
        "ix_visits_erased_at", "visits", ["updated_at"], unique=False, sqlite_where=sa.text("state = 'erased'")
    )
