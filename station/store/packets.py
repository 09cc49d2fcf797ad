"""Which packet was sealed for which visit, and what was last found wrong with its file."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from station.store.tables import packets


@dataclass(frozen=True, slots=True)
class PacketRow:
    """One sealed packet: its file's bare name, SHA-256 (hex), and the code of what was found wrong, "" = nothing."""

    visit_id: str
    file: str
    sha256: str
    fault: str


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

    def note_fault(self, visit_id: str, fault: str) -> None:
        """What was found; "" = it is as it should be."""
        self._connection.execute(update(packets).where(packets.c.visit_id == visit_id).values(fault=fault))

    def forget(self, visit_id: str) -> None:
        """Its file has been destroyed on purpose, and is not missed from now on."""
        self._connection.execute(delete(packets).where(packets.c.visit_id == visit_id))
