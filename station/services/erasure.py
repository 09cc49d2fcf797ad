"""A record is destroyed for good: its keys, its history, its packet. The bare number and the audit trail stay.

What was written under a key that is gone opens for nobody, in a backup neither, once the store's own key has been
changed there too. The packet's file goes first: a power cut then leaves a record that is still there to be erased, and
never a file that nobody knows of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from station.domain.erasure import BY_PEOPLE, ErasureReason
from station.domain.officer import Permission
from station.domain.step import State
from station.errors import RuleError, WayOn, of_folder
from station.services.counter import Counter
from station.services.keys import PACKETS
from station.services.sign_on import SignOn
from station.services.subjects import one

if TYPE_CHECKING:
    from datetime import datetime

    from station.services.records import Facts
    from station.store import Work
    from station.store.packets import PacketRow

AT_REST: Final = frozenset({State.SEALED, State.CANCELLED, State.DEFERRED, State.PARKED, State.APPROVAL})
"""States from which a record may be erased: nobody works on it now."""
SIDECAR: Final = ".sig"


class Erasure:
    """On the desk's thread."""

    def __init__(self, counter: Counter, sign_on: SignOn) -> None:
        self._counter = counter
        self._sign_on = sign_on

    def find(self, wanted: str) -> str:
        """The id of the record that goes by what stands on a paper.

        Raises:
            RuleError: `sign_on.*`, `visit.unknown`, `visit.erased`.
        """
        self._sign_on.allowed(Permission.ANSWER_FOR_DATA)
        with self._counter.records.work() as work:
            return one(work, wanted, self._counter.settings.zone.tz)

    def erase(
        self,
        visit_id: str,
        reason: ErasureReason,
        officer_id: str,
        password: str,
        code: str | None = None,
        *,
        though_unacknowledged: bool = False,
    ) -> None:
        """A supervisor erases one record, and a second officer stands for it.

        Args:
            visit_id: of the record.
            reason: why; `RETENTION` is the station's own.
            officer_id: who stands for it too.
            password: that officer's.
            code: of their second factor, where they have one.
            though_unacknowledged: also where the centre has not said that it has the packet: then it is lost.

        Raises:
            RuleError: `sign_on.*`; `erasure.reason_missing`; `erasure.at_counter`, somebody works on it;
                `erasure.not_acknowledged`; `visit.unknown`, `visit.erased`.
            StoreError: file or store cannot be written.
        """
        by = self._sign_on.allowed(Permission.ANSWER_FOR_DATA).id
        if reason not in BY_PEOPLE:
            raise RuleError("erasure.reason_missing")
        second = self._sign_on.countersign(officer_id, password, Permission.CONFIRM_EXCEPTION, code).id
        with self._counter.records.work() as work:
            state, packet = work.visits.load(visit_id).state, work.packets.of(visit_id)
        if state not in AT_REST:
            raise RuleError("erasure.at_counter", state.value)
        if packet is not None and packet.acknowledged_at is None and not though_unacknowledged:
            raise RuleError("erasure.not_acknowledged", way_on=WayOn.ASK_SUPERVISOR)
        self._destroy_file(packet)
        facts: Facts = {"reason": reason.value, "officer": second, "from_state": state.value}
        with self._counter.records.work() as work:
            self._destroy(work, visit_id, reason, self._counter.clock.now(), by=by, facts=facts)
            work.commit()

    def expire(self, visit_id: str, packet: PacketRow | None) -> None:
        """The record's time has come: destroyed by the station itself. Raises StoreError."""
        self._destroy_file(packet)
        facts: Facts = {"reason": ErasureReason.RETENTION.value, "automatic": True}
        with self._counter.records.work() as work:
            self._destroy(work, visit_id, ErasureReason.RETENTION, self._counter.clock.now(), by="", facts=facts)
            work.commit()

    def _destroy(
        self, work: Work, visit_id: str, reason: ErasureReason, at: datetime, *, by: str, facts: Facts
    ) -> None:
        work.blobs.destroy(visit_id)
        work.answers.forget(visit_id)
        work.packets.forget(visit_id)
        work.visits.erase(visit_id, at=at, reason=reason.value)
        work.audit.append("record.erased", at=at, by=by, visit_id=visit_id, facts=facts)

    def _destroy_file(self, packet: PacketRow | None) -> None:
        from station.security.durable import sync_folder  # noqa: PLC0415 - loaded with the packets

        if packet is None:
            return
        folder = self._counter.settings.folder / PACKETS
        try:
            for name in (packet.file, packet.file + SIDECAR):
                (folder / name).unlink(missing_ok=True)
            if folder.is_dir():
                sync_folder(folder)
        except OSError as error:
            raise of_folder(error) from error
