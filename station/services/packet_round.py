"""Packet files beside their rows: at the start by their names, then one after another by their sums and signatures.

Nothing is deleted here but what a write that was cut short has left; everything else is told and put on record. What is
gone cannot be sealed again, since its captures were destroyed: a backup has it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from station.domain.step import State
from station.errors import of_folder
from station.services.counter import Counter
from station.services.keys import PACKETS

if TYPE_CHECKING:
    from cryptography import x509

    from station.store import Work
    from station.store.packets import PacketRow

MISSING: Final = "packet.missing"
SIDECAR_MISSING: Final = "packet.sidecar_missing"
ALTERED: Final = "packet.altered"
FOREIGN: Final = "packet.foreign"
SUFFIX: Final = ".ktpel"
SIDECAR: Final = ".sig"


@dataclass(frozen=True, slots=True)
class PacketFinding:
    """One file that is not as it should be: its bare name, what is wrong (a code), whose it is, "" = nobody's here."""

    file: str
    fault: str
    visit_id: str = ""


class PacketRound:
    """On the desk's thread, but `subscribe` and `findings`."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._lock = threading.Lock()
        self._listeners: list[Callable[[PacketFinding], None]] = []
        self._findings: tuple[PacketFinding, ...] = ()
        self._certificate: x509.Certificate | None = None
        self._waiting: deque[PacketRow] = deque()

    @property
    def findings(self) -> tuple[PacketFinding, ...]:
        """What is known to be wrong. From any thread."""
        with self._lock:
            return self._findings

    def subscribe(self, listener: Callable[[PacketFinding], None]) -> None:
        """Tell `listener` of what is found after the start, on the desk's thread. From any thread."""
        with self._lock:
            self._listeners.append(listener)

    def begin(self, certificate: x509.Certificate) -> tuple[PacketFinding, ...]:
        """Compare names now, and the files themselves whenever nobody asks for anything; what is known so far.

        Raises:
            StoreError: the folder cannot be read, or the store not be written.
        """
        self._certificate = certificate
        rows, findings = self.look()
        with self._lock:
            self._findings = findings
        wrong = {each.file for each in findings}
        self._waiting = deque(row for row in rows if row.file not in wrong)
        self._counter.desk.between(self._next)
        return findings

    def look(self) -> tuple[tuple[PacketRow, ...], tuple[PacketFinding, ...]]:
        """All rows, and what the files' names alone tell; put on record where it is new.

        Raises:
            StoreError: as `begin`.
        """
        from station.packet.files import unfinished  # noqa: PLC0415 - loaded with the packets

        folder = self._counter.settings.folder / PACKETS
        try:
            for part in unfinished(folder):
                part.unlink()
            names = {each.name for each in folder.iterdir()} if folder.is_dir() else set()
        except OSError as error:
            raise of_folder(error) from error
        with self._counter.records.work() as work:
            rows = work.packets.all()
            known = {row.file for row in rows} | _being_sealed(work)
            missing = [
                PacketFinding(row.file, MISSING if row.file not in names else SIDECAR_MISSING, row.visit_id)
                for row in rows
                if row.file not in names or row.file + SIDECAR not in names
            ]
            strange = sorted(name for name in names if name.removesuffix(SIDECAR) not in known)
            foreign = [PacketFinding(name, FOREIGN) for name in strange]
            before = {row.visit_id: row.fault for row in rows}
            for each in missing:
                if before[each.visit_id] != each.fault:
                    self._note(work, each)
            if foreign:  # their names are anybody's, and go nowhere
                work.audit.append(FOREIGN, at=self._counter.clock.now(), by="", facts={"count": len(foreign)})
            work.commit()
        return rows, (*missing, *foreign)

    def mend(self, backup: Path) -> int:
        """Take what is missing or altered from a backup that has it as it was sealed; how many were mended.

        Raises:
            StationError: `backup.unreadable`, `backup.damaged`, or what the data folder says.
        """
        from station.security.backup_file import extract, read  # noqa: PLC0415 - crypto is loaded late

        held, folder = read(backup, whole=False), self._counter.settings.folder / PACKETS
        with self._counter.records.work() as work:
            rows = {row.visit_id: row for row in work.packets.all()}
        wanted = [rows[each.visit_id] for each in self.findings if each.visit_id in rows]
        mended = 0
        for row in wanted:
            name = f"{PACKETS}/{row.file}"
            if held.members.get(name, {}).get("sha256") != row.sha256 or name + SIDECAR not in held.members:
                continue
            try:
                for each in (name + SIDECAR, name):
                    place = folder / Path(each).name
                    part = place.with_name(f".{place.name}.part")
                    part.unlink(missing_ok=True)
                    folder.mkdir(exist_ok=True)
                    extract(held, each, part)
                    part.replace(place)
            except OSError as error:
                raise of_folder(error) from error
            mended += 1
        if mended:
            assert self._certificate is not None
            self.begin(self._certificate)
        return mended

    def _next(self) -> bool:
        """One packet, some 1.5 MB: a few ms in which a question may have to wait."""
        if not self._waiting:
            return False
        row = self._waiting.popleft()
        assert self._certificate is not None
        finding = check_packet(self._counter.settings.folder / PACKETS, row, self._certificate)
        fault = "" if finding is None else finding.fault
        if fault != row.fault:
            with self._counter.records.work() as work:
                self._note(work, PacketFinding(row.file, fault, row.visit_id))
                work.commit()
        if finding is not None:
            with self._lock:
                self._findings = (*self._findings, finding)
                listeners = tuple(self._listeners)
            for listener in listeners:
                listener(finding)
        return bool(self._waiting)

    def _note(self, work: Work, found: PacketFinding) -> None:
        """On record, in the same unit of work; "" is said of what is as it should be again."""
        work.packets.note_fault(found.visit_id, found.fault)
        at, facts = self._counter.clock.now(), {"file": found.file}
        if found.fault:
            told = {**facts, "code": found.fault}
            work.audit.append("packet.faulty", at=at, by="", visit_id=found.visit_id, facts=told)
        else:
            work.audit.append("packet.whole_again", at=at, by="", visit_id=found.visit_id, facts=facts)


def check_packet(folder: Path, row: PacketRow, certificate: x509.Certificate) -> PacketFinding | None:
    """Look at one file whole: its signature, its sum, and whether it is the one that was sealed; None = all is well."""
    from station.packet.checking import verify  # noqa: PLC0415 - crypto is loaded late
    from station.packet.errors import PacketError  # noqa: PLC0415 - with it

    try:
        report = verify(folder / row.file, certificate)
    except PacketError as error:
        return PacketFinding(row.file, error.code, row.visit_id)
    return None if report.sha256 == row.sha256 else PacketFinding(row.file, ALTERED, row.visit_id)


def _being_sealed(work: Work) -> set[str]:
    """Files of visits that are approved and not sealed: a seal that was cut short may have left them."""
    waiting = work.visits.summaries(frozenset({State.SEALING}))
    receipts = (work.visits.load(each.visit_id).receipt for each in waiting)
    return {f"{receipt.receipt_number}{SUFFIX}" for receipt in receipts if receipt is not None}
