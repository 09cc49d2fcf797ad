"""How long the station keeps what it holds of a person: the centre's acknowledgement, and what goes in its time.

What is due goes with the first sign-on of a day, some of it at a time so that nobody waits; docs/retention.md has the
table. A clock that is wrong opens no station (see `clock_check`), so nothing goes before its time by that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from station.domain.officer import Permission
from station.domain.step import State
from station.errors import RuleError, StationError, WayOn
from station.services.counter import Counter
from station.services.erasure import Erasure
from station.services.sign_on import Session, SignOn

if TYPE_CHECKING:
    from cryptography import x509

    from station.services.sealing import Sealer
    from station.store.packets import PacketRow

AT_ONCE: Final = 20
"""Records destroyed while the officer waits: a fraction of a second. The rest goes between other work."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """What came of one file: packets newly marked, known before, and not of this station's store."""

    marked: int
    known: int
    unknown: int


class Retention:
    """On the desk's thread.

    Args:
        counter, sign_on: the station's.
        erasure: destroys.
        note: told what kept a record from being destroyed; it is tried again the next day.
    """

    def __init__(
        self, counter: Counter, sign_on: SignOn, erasure: Erasure, note: Callable[[BaseException], None]
    ) -> None:
        self._counter = counter
        self._sign_on = sign_on
        self._erasure = erasure
        self._note = note
        self._sealer: Sealer | None = None
        self._ran: date | None = None

    def open(self, sealer: Sealer) -> None:
        """It is known for whom packets are sealed."""
        self._sealer = sealer

    def begin(self, session: Session) -> None:
        """An officer signed on: with the first one of a day, what is due goes."""
        del session
        today = self._counter.today()
        if self._ran == today:
            return
        self._ran = today
        try:
            self.forget_answers()
            if self.purge(AT_ONCE) == AT_ONCE:
                self._counter.desk.between(self._next)
        except StationError as error:  # a full disk must not keep an officer out
            self._note(error)

    def acknowledge(self, file: Path) -> Acknowledged:
        """Take the centre's list of packets that it has.

        Raises:
            RuleError: `sign_on.*`, `acknowledgement.*`, `packet.*` where the centre's certificate may not be used.
            StationError: `acknowledgement.absent`; `packet.recipient_unreadable`.
        """
        from station.packet import acknowledgement  # noqa: PLC0415 - crypto is loaded late

        by, at = self._sign_on.allowed(Permission.APPROVE).id, self._counter.clock.now()
        try:
            with file.open("rb") as opened:
                data = opened.read(acknowledgement.MOST_BYTES + 1)
        except OSError as error:
            raise StationError("acknowledgement.absent", WayOn.CORRECT_INPUT, type(error).__name__) from error
        if len(data) > acknowledgement.MOST_BYTES:
            raise RuleError("acknowledgement.unreadable", "too large")
        told = acknowledgement.read(data, self._centre(), self._counter.settings.station.code)
        with self._counter.records.work() as work:
            ours = {each.sha256 for each in work.packets.all()}
            marked = 0
            for sha256 in told.packets:
                visit_id = work.packets.acknowledge(sha256, at)
                if visit_id is not None:
                    marked += 1
                    work.audit.append("packet.acknowledged", at=at, by=by, visit_id=visit_id, facts={"sha256": sha256})
            unknown = len(set(told.packets) - ours)
            work.audit.append("acknowledgement.taken", at=at, by=by, facts={"count": marked, "other": unknown})
            work.commit()
        return Acknowledged(marked, len(set(told.packets) & ours) - marked, unknown)

    def purge(self, most: int) -> int:
        """Destroy at most so many records whose time has come; how many were."""
        now, kept = self._counter.clock.now(), self._counter.settings.retention
        with self._counter.records.work() as work:
            packets = work.packets.acknowledged_before(now - timedelta(days=kept.acknowledged_days))[:most]
            ended = (
                *work.visits.ended_before(State.CANCELLED, now - timedelta(days=kept.cancelled_days)),
                *work.visits.ended_before(State.DEFERRED, now - timedelta(days=kept.deferred_days)),
            )
        due: list[tuple[str, PacketRow | None]] = [(each.visit_id, each) for each in packets]
        due += [(visit_id, None) for visit_id in ended[: most - len(packets)]]
        done = 0
        for visit_id, packet in due:
            try:
                self._erasure.expire(visit_id, packet)
                done += 1
            except StationError as error:  # a full disk, a file that is held: it stays for the next day
                self._note(error)
                break
        return done

    def forget_answers(self) -> None:
        """Erase what was answered and measured for too long ago; the verdict stays in the record."""
        before = self._counter.clock.now() - timedelta(hours=self._counter.settings.retention.answers_hours)
        with self._counter.records.work() as work:
            if work.answers.forget_before(before):
                work.commit()

    def _next(self) -> bool:
        return self.purge(1) == 1

    def _centre(self) -> x509.Certificate:
        """By which the centre signs; checked as the one for which it seals, and that it may sign."""
        from cryptography import x509  # noqa: PLC0415 - crypto is loaded late

        from station.packet.practice import is_practice  # noqa: PLC0415 - with it
        from station.security import certificates  # noqa: PLC0415 - with it
        from station.services.sealing import read_certificate  # noqa: PLC0415 - with it

        settings, now = self._counter.settings, self._counter.clock.now()
        configured = settings.retention.acknowledgement_certificate
        if self._sealer is None:
            raise StationError("store.closed", WayOn.RETRY)
        centre = read_certificate(configured) if configured is not None else self._sealer.recipient()
        if is_practice(centre) and settings.practice:
            return centre
        if is_practice(centre):
            raise RuleError("packet.practice_recipient", way_on=WayOn.CHECK_SETTINGS)
        try:
            usage = centre.extensions.get_extension_for_class(x509.KeyUsage).value
        except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError) as error:
            raise RuleError("acknowledgement.unfit", "no key usage", WayOn.CHECK_SETTINGS) from error
        if not usage.digital_signature:
            raise RuleError("acknowledgement.unfit", "not for signatures", WayOn.CHECK_SETTINGS)
        certificates.check_time(centre, now)
        if settings.recipient_authorities is None:
            raise RuleError("packet.no_authorities", way_on=WayOn.CHECK_SETTINGS)
        certificates.check_chain(centre, certificates.read_authorities(settings.recipient_authorities), now)
        return centre
