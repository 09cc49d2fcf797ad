"""Visits are found by keyed hashes of NIK and name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """One row a word; visits of before are found by their number alone."""
    op.create_table(
        "search_words",
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("visit_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_search_words_visit_id_visits")),
        sa.PrimaryKeyConstraint("token", "visit_id", name=op.f("pk_search_words")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_search_words_visit_id"), "search_words", ["visit_id"], unique=False)
    op.create_index(op.f("ix_visits_number"), "visits", ["number"], unique=False)
