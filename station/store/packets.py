"""Which packet was sealed for which visit, and what was last found wrong with its file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from station.store.tables import packets


@dataclass(frozen=True, slots=True)
class PacketRow:
    """One sealed packet: its file's bare name, SHA-256 (hex), and the code of what was found wrong, "" = nothing.

    `acknowledged_at`: when the station learned that the centre has it; None = it has not.
    """

    visit_id: str
    file: str
    sha256: str
    fault: str
    acknowledged_at: datetime | None = None


class Packets:
    """Rows of packets, within one unit of work."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, visit_id: str, file: str, sha256: str) -> None:
        """It has been sealed."""
        row = {"visit_id": visit_id, "file": file, "sha256": sha256, "fault": ""}
        self._connection.execute(insert(packets), row)

    def all(self) -> tuple[PacketRow, ...]:
        """Every one that should lie in the folder."""
        return tuple(PacketRow(*row) for row in self._connection.execute(select(packets).order_by(packets.c.file)))

    def of(self, visit_id: str) -> PacketRow | None:
        """The visit's packet, None where none was sealed or it has been destroyed."""
        row = self._connection.execute(select(packets).where(packets.c.visit_id == visit_id)).one_or_none()
        return None if row is None else PacketRow(*row)

    def acknowledge(self, sha256: str, at: datetime) -> str | None:
        """The centre has the packet of that sum; its visit. None where it was known, or no packet has that sum."""
        where = (packets.c.sha256 == sha256) & packets.c.acknowledged_at.is_(None)
        found = self._connection.execute(select(packets.c.visit_id).where(where)).scalar_one_or_none()
        if found is not None:
            self._connection.execute(update(packets).where(where).values(acknowledged_at=at))
        return found

    def acknowledged_before(self, at: datetime) -> tuple[PacketRow, ...]:
        """Those of which the station has known for so long that the centre has them, longest first."""
        query = select(packets).where(packets.c.acknowledged_at < at).order_by(packets.c.acknowledged_at)
        return tuple(PacketRow(*row) for row in self._connection.execute(query))

    def note_fault(self, visit_id: str, fault: str) -> None:
        """What was found; "" = it is as it should be."""
        self._connection.execute(update(packets).where(packets.c.visit_id == visit_id).values(fault=fault))

    def forget(self, visit_id: str) -> None:
        """Its file has been destroyed on purpose, and is not missed from now on."""
        self._connection.execute(delete(packets).where(packets.c.visit_id == visit_id))
