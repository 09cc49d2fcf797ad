"""Which packet belongs to which visit, in the clear, so that files can be compared with rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Filled from the audit trail, which has told every seal since the first program."""
    op.create_table(
        "packets",
        sa.Column("visit_id", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_packets_visit_id_visits")),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_packets")),
        sa.UniqueConstraint("file", name=op.f("uq_packets_file")),
    )
    op.execute(
        "INSERT OR IGNORE INTO packets (visit_id, file, sha256, fault) "
        "SELECT a.visit_id, json_extract(a.facts, '$.file'), json_extract(a.facts, '$.sha256'), '' "
        "FROM audit_entries AS a JOIN visits AS v ON v.id = a.visit_id "
        "WHERE a.action = 'packet.sealed' AND v.state = 'sealed' ORDER BY a.seq DESC"
    )
