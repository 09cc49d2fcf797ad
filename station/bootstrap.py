"""Composition root: the one place that knows every part of a station and ties them together.

Importing this is cheap on purpose: the store, the codecs and the PDF writer are loaded on the desk's thread, after the
first window has painted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from devices.bay import BayEvent, DeviceBay
from devices.errors import DeviceError
from devices.gate import CaptureGate
from devices.signature_pad.sheet import Sheet
from protocols.clearance import NotClearedError
from protocols.clock import Clock, SystemClock
from station.attach import DeviceMaker, device_makers
from station.config import Settings, StationSection
from station.errors import StationError, StoreDamagedError, of_folder
from station.services.approval import ApprovalDesk
from station.services.approval_codes import ApprovalCodes
from station.services.auditing import AuditDesk
from station.services.backup import COPY, BackupDesk
from station.services.calendar import Calendar
from station.services.card_photo import CardPhotoDesk
from station.services.cards import CardDesk
from station.services.chain import follow
from station.services.clock_check import ClockError, check_start
from station.services.codes import Codes
from station.services.counter import Counter
from station.services.desk import Desk
from station.services.erasure import Erasure
from station.services.factors import Factors
from station.services.finding import Finding
from station.services.fingers import FingersDesk
from station.services.finishing import Finishing
from station.services.hand_over import HandOver
from station.services.hygiene import StoreHygieneLog
from station.services.keys import DATABASE, KEYS, StationKeys
from station.services.leave import CaptureLeave
from station.services.officers import OfficersDesk
from station.services.packet_round import PacketFinding, PacketRound
from station.services.page_round import PageRound
from station.services.papers import Papers
from station.services.portrait import PortraitDesk
from station.services.position import PositionDesk
from station.services.privacy import Privacy
from station.services.prompts import Prompts
from station.services.protocol_choice import ProtocolChoice
from station.services.records import Records
from station.services.resources import ResourcesDesk
from station.services.restore import NOTE, SKIPPED, Restored, restore_over, take_note
from station.services.retention import Retention
from station.services.screening import ScreeningDesk
from station.services.sealing_line import SealingLine
from station.services.shift import ShiftDesk
from station.services.sign_on import PRACTICE_OFFICERS, Session, SignOn
from station.services.signature import SignatureDesk
from station.services.trail import Trail
from station.services.visits import Visits

if TYPE_CHECKING:
    from station.store import VisitSummary

__all__ = ["DATABASE", "KEYS", "LOG", "HealthListener", "StartReport", "Station", "build"]

LOG: Final = "log"
PRACTICE_PROTOCOL: Final = "emergency-2020"
PRACTICE_REASON: Final = "Latihan"

HealthListener = Callable[[BayEvent], None]
FaultListener = Callable[[StoreDamagedError], None]


@dataclass(frozen=True, slots=True)
class StartReport:
    """What the start found.

    Attributes:
        unfinished: visits that were open when the station ended, to be taken up at the same step.
        needs_first_officer: nobody has been taken on yet.
        practice: some device is simulated; nothing recorded is real.
        key_protection: what guards the keys at rest, e.g. `file`.
        unsealed: visits that were approved and could not be sealed even now.
        wrong_packets: packets whose files are missing, or are nobody's.
        restored_from: when the backup was made that was put in place since the last start.
    """

    unfinished: tuple[VisitSummary, ...]
    needs_first_officer: bool
    practice: bool
    key_protection: str
    unsealed: tuple[str, ...] = ()
    wrong_packets: tuple[PacketFinding, ...] = ()
    restored_from: datetime | None = None


class Station:
    """One station, wired. The parts are public: each says on which thread it may be used."""

    def __init__(self, settings: Settings, clock: Clock, makers: Mapping[str, DeviceMaker]) -> None:
        self.settings = settings
        self.clock = clock
        self.desk = Desk(on_bug=self._note_bug)
        self.prompts = Prompts()
        self._records = Records()
        self._listeners: list[HealthListener] = []
        self._fault_listeners: list[FaultListener] = []
        self._lock = threading.Lock()
        self._stopping, self._with_devices = False, True
        self._opened = ExitStack()
        self.gate = CaptureGate(clock, StoreHygieneLog(self.desk, self._records, clock))
        self.sheet = Sheet(clock)
        self.bay = DeviceBay(self.gate, {**device_makers(settings, clock, self.sheet), **makers}, self._tell_health)
        self._counter = Counter(
            settings=settings,
            clock=clock,
            desk=self.desk,
            records=self._records,
            bay=self.bay,
            gate=self.gate,
            leave=CaptureLeave(self.gate),
            prompts=self.prompts,
            trail=Trail(settings, clock, self._records),
        )
        calendar = Calendar()
        self.sign_on = SignOn(self._counter)
        self.officers = OfficersDesk(self._counter, self.sign_on)
        self.keys = StationKeys(self._counter, self.sign_on)
        self.protocol = ProtocolChoice(self._counter, self.sign_on)
        self.position = PositionDesk(self._counter)
        self.page_round = PageRound(self._counter)
        self.packet_round = PacketRound(self._counter)
        self.backup = BackupDesk(self._counter, self.sign_on, self.keys)
        self.shift = ShiftDesk(self._counter)
        self.audit = AuditDesk(self._counter, self.sign_on)
        self.erasure = Erasure(self._counter, self.sign_on)
        self.retention = Retention(self._counter, self.sign_on, self.erasure, self._note_bug)
        for begin in (self._counter.trail.begin, self._begin_shift, self.retention.begin):
            self.sign_on.on_sign_on(begin)
        self.screening = ScreeningDesk(self._counter, self.sign_on, self.protocol)
        self.cards = CardDesk(self._counter)
        self.factors = Factors(self._counter, self.sign_on, self.cards)
        self.card_photo = CardPhotoDesk(self._counter, self.sign_on)
        self.visits = Visits(
            self._counter,
            self.sign_on,
            calendar,
            self.screening.verdict,
            Codes.load(),
            position=self.position,
            cards=self.cards,
        )
        self.finding = Finding(self._counter, self.sign_on)
        self.hand_over = HandOver(self._counter, self.sign_on, self.finding, self.cards)
        self.portrait = PortraitDesk(self._counter, self.sign_on)
        self.fingers = FingersDesk(self._counter, self.sign_on, calendar)
        self.signature = SignatureDesk(self._counter, self.sign_on)
        papers = Papers(self._counter, self.protocol)
        self.privacy = Privacy(self._counter, self.sign_on, papers, lambda: self.keys.vault_name)
        self.finishing = Finishing(self._counter, self.sign_on, papers, calendar, self.position)
        self.approval = ApprovalDesk(self._counter, self.sign_on)
        self.approval_codes = ApprovalCodes(self._counter, self.sign_on)
        self.sealing_line = SealingLine(self.desk, self.finishing.seal)
        self.resources = ResourcesDesk(self._counter)
        self._listeners += [self.position.heed, self.cards.heed, self.portrait.heed]

    @property
    def identity(self) -> StationSection:
        """Code, name, office and regency of this station. From any thread."""
        return self.settings.station

    @property
    def simulated(self) -> bool:
        """Whether any device is a simulator. From any thread."""
        return self.settings.practice

    def start(self, passphrase: str | None = None, *, trust_clock: bool = False) -> Future[StartReport]:
        """Open keys, store and records on the desk, then begin to open the devices. From any thread.

        Args:
            passphrase: where the keys rest under one; without it the future fails with `keys.passphrase_needed`.
            trust_clock: somebody has looked, and the clock is right though the record says otherwise.

        The future fails with StationError where anything of it cannot be opened; `stop` is then still due.
        """
        with self._lock:
            self._stopping = False
            self._with_devices = True
        self.desk.start()

        def begin_devices(report: StartReport) -> Future[StartReport]:
            with self._lock:
                if not self._stopping:
                    self.bay.start()
            done: Future[StartReport] = Future()
            done.set_result(report)
            return done

        return follow(self.desk.submit(lambda: self._open_whole(passphrase, trust_clock=trust_clock)), begin_devices)

    def start_records(self, passphrase: str | None = None, *, trust_clock: bool = False) -> Future[StartReport]:
        """Open keys, store and records alone, for work without an applicant: no device is touched. Else as `start`."""
        with self._lock:
            self._stopping, self._with_devices = False, False
        self.desk.start()
        return self.desk.submit(lambda: self._open_whole(passphrase, trust_clock=trust_clock))

    def restore(self, backup: Path, office_key: Path) -> Future[Restored]:
        """Put a backup in the place of what cannot be opened, which is kept beside it; then `start`. From any thread.

        The future fails with StationError as `services.restore.restore` and `restore.bad_key`; all is as it was then.
        """
        self.desk.start()
        return self.desk.submit(
            lambda: restore_over(backup, office_key, self.settings.folder, self.settings.keys.vault, self.clock.now())
        )

    def stop(self) -> None:
        """End everything and join every thread. Idempotent; from any thread but the station's own."""
        with self._lock:
            self._stopping = True  # a start that is under way begins no device any more
        self.backup.stop()
        self.portrait.stop()
        self.signature.stop()
        self.cards.stop()
        self.bay.stop()
        self.desk.submit(self._opened.close)
        self.desk.stop()

    def on_health(self, listener: HealthListener) -> None:
        """Tell `listener` of every change at a device, on that device's thread. From any thread."""
        with self._lock:
            self._listeners.append(listener)

    def on_damage(self, listener: FaultListener) -> None:
        """Tell `listener`, on the desk, that a page of the store was found damaged at work. From any thread."""
        with self._lock:
            self._fault_listeners.append(listener)

    def _tell_health(self, event: BayEvent) -> None:
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(event)

    # -- on the desk

    def _begin_shift(self, session: Session) -> None:
        if self._with_devices:
            self.shift.begin(session)

    def _open_whole(self, passphrase: str | None, *, trust_clock: bool) -> StartReport:
        """All of it or nothing: what a failed start had opened would stand in the way of the next one."""
        try:
            return self._open(passphrase, trust_clock=trust_clock)
        except BaseException:
            self._opened.close()
            raise

    def _open(self, passphrase: str | None, *, trust_clock: bool) -> StartReport:
        from station.security.redaction import logging_to  # noqa: PLC0415 - crypto is loaded on the desk's thread
        from station.services.sealing import Sealer  # noqa: PLC0415 - as the line above

        folder = self.settings.folder
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._opened.enter_context(logging_to(folder / LOG))
        except OSError as error:
            raise of_folder(error) from error
        self._opened.callback(self._records.close)
        self._opened.callback(self.sign_on.forget)
        keys = self.keys.open(passphrase, lambda ring: Sealer(self.settings, self.clock, ring))
        self._counter.trail.open(keys.sign)
        self.audit.open(keys)
        sealer = Sealer(self.settings, self.clock, keys, lambda: self.keys.vault_name)
        self.finishing.open(sealer)
        self.retention.open(sealer)
        self._check_clock(trusted=trust_clock)
        restored = self._note_restored(folder)
        if self.settings.practice:
            self._make_practice_ready()
        self.screening.forget_expired()
        self.retention.forget_answers()
        unsealed = self.finishing.seal_interrupted(self._note_bug)
        self.page_round.begin()
        wrong = self.packet_round.begin(keys.certificate)
        return StartReport(
            unfinished=self.visits.unfinished(),
            needs_first_officer=self.sign_on.needs_first_officer(),
            practice=self.settings.practice,
            key_protection=keys.protection,
            unsealed=unsealed,
            wrong_packets=wrong,
            restored_from=restored,
        )

    def _check_clock(self, *, trusted: bool) -> None:
        now = self.clock.now()
        with self._records.work() as work:
            newest = work.audit.newest_at()
            try:
                check_start(newest, now, practice=self.settings.practice)
            except ClockError as error:
                if not trusted:
                    raise
                work.audit.append("clock.trusted", at=now, by="", facts={"number": error.seconds})
                work.commit()

    def _note_restored(self, folder: Path) -> datetime | None:
        """On record, and told by this one start."""
        (folder / COPY).unlink(missing_ok=True)  # of a backup that was cut short
        made_at = take_note(folder)
        if made_at is None:
            return None
        now = self.clock.now()
        with self._records.work() as work:
            lost = round((now - made_at).total_seconds())
            if made_at.astimezone(self.settings.zone.tz).date() == self._counter.today():
                work.visits.skip_numbers(
                    self._counter.today(), SKIPPED
                )  # given out after the backup, or not: who knows
            work.audit.append("backup.restored", at=now, by="", facts={"number": lost})
            work.commit()
        (folder / NOTE).unlink(missing_ok=True)
        return made_at

    def _make_practice_ready(self) -> None:
        if self.sign_on.needs_first_officer():
            self.sign_on.take_on(*PRACTICE_OFFICERS)
        if self.protocol.in_force() is None:
            deciders = [each.id for each in PRACTICE_OFFICERS[1:]]
            self.protocol.decide(PRACTICE_PROTOCOL, (deciders[0], deciders[1]), PRACTICE_REASON)

    def _note_bug(self, error: BaseException) -> None:
        """What no person can act on goes to the log, without its words."""
        if isinstance(error, StoreDamagedError):
            with self._lock:
                listeners = tuple(self._fault_listeners)
            for listener in listeners:
                listener(error)
        if isinstance(error, StationError | DeviceError | NotClearedError):
            return
        import structlog  # noqa: PLC0415 - only when something is wrong

        structlog.get_logger().error("desk.job_failed", exc_info=error)


def build(
    settings: Settings, *, clock: Clock | None = None, makers: Mapping[str, DeviceMaker] | None = None
) -> Station:
    """A station as the settings describe it; nothing is opened before `Station.start`.

    Args:
        settings: what it is.
        clock: instead of the machine's.
        makers: devices that no setting can name, slot by slot, in place of the settings' own.
    """
    return Station(settings, clock or SystemClock(), makers or {})
