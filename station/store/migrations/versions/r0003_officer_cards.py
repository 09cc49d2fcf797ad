"""Officers' cards, and officers who serve here no longer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """A card is one officer's alone; an officer who goes stays on record, with the time of their going."""
    op.create_table(
        "officer_cards",
        sa.Column("officer_id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_officer_cards_officer_id_officers")),
        sa.PrimaryKeyConstraint("officer_id", name=op.f("pk_officer_cards")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_officer_cards_fingerprint")),
    )
    op.add_column("officers", sa.Column("off_since", sa.Text(), nullable=True))
