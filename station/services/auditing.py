"""What an auditor takes away: a stretch of the audit trail, signed by the station."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from station.domain.officer import Permission
from station.errors import RuleError, StationError, WayOn
from station.services.counter import Counter
from station.services.records import Facts
from station.services.sign_on import SignOn

if TYPE_CHECKING:
    from station.security.keys import KeyRing


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: how many lines, and the file's SHA-256 (hex)."""

    entries: int
    sha256: str


class AuditDesk:
    """On the desk's thread."""

    def __init__(self, counter: Counter, sign_on: SignOn) -> None:
        self._counter = counter
        self._sign_on = sign_on
        self._keys: KeyRing | None = None

    def open(self, keys: KeyRing) -> None:
        """The keys are there: from now on exports can be signed."""
        self._keys = keys

    def export(self, path: Path, first: date | None = None, last: date | None = None) -> Exported:
        """Write the lines of these days, both included, in the office's zone; all of them where none is named.

        The export is itself a line of the trail, written before the file is: it holds the file's SHA-256.

        Raises:
            RuleError: `sign_on.*`; `paper.no_lines`, none was written on these days.
            StationError: `paper.not_written`.
        """
        from hashlib import sha256  # noqa: PLC0415 - loaded with the crypto

        from station.packet.files import write_whole  # noqa: PLC0415 - crypto is loaded late
        from station.security.audit_export import Exporter, export  # noqa: PLC0415 - with it

        officer, at = self._sign_on.allowed(Permission.READ_AUDIT), self._counter.clock.now()
        if self._keys is None:
            raise StationError("store.closed", WayOn.RETRY)
        keys, code = self._keys, self._counter.settings.station.code
        with self._counter.records.work() as work:
            work.audit.sign_head(keys.sign, at=at)
            entries = tuple(each for each in work.audit.entries() if self._within(each.at, first, last))
            if entries:  # where the clock went back, lines between the first and the last one belong to them
                entries = tuple(work.audit.entries(entries[0].seq, entries[-1].seq))
            if not entries:
                raise RuleError("paper.no_lines")
            exporter = Exporter(code, officer.id, at, keys.certificate, keys.sign)
            data = export(entries, work.audit.heads(), work.audit.hash_before(entries[0].seq), exporter)
            digest = sha256(data).hexdigest()
            facts: Facts = {"count": len(entries), "number": entries[0].seq, "sha256": digest}
            work.audit.append("audit.exported", at=at, by=officer.id, facts=facts)
            work.commit()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, data)
        except OSError as error:
            raise StationError("paper.not_written", WayOn.FREE_SPACE, type(error).__name__) from error
        return Exported(len(entries), digest)

    def _within(self, at: datetime, first: date | None, last: date | None) -> bool:
        zone = self._counter.settings.zone.tz
        begin = datetime.combine(first, time(), zone) if first is not None else None
        end = datetime.combine(last + timedelta(days=1), time(), zone) if last is not None else None
        return (begin is None or at >= begin) and (end is None or at < end)
