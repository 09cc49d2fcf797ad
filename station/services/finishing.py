"""From the review to the sealed packet: looked at together, promised on paper, sealed, and forgotten here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.officer import Permission
from station.domain.step import CAPTURE_STATES, State
from station.errors import RuleError, StationError, WayOn
from station.services.calendar import Calendar
from station.services.counter import Counter
from station.services.keys import PACKETS
from station.services.papers import Papers
from station.services.position import PositionDesk
from station.services.records import Facts
from station.services.sign_on import SignOn
from station.services.trail import Look

if TYPE_CHECKING:
    from station.services.sealing import Sealer
    from station.store import Work


class Finishing:
    """On the desk's thread."""

    def __init__(
        self, counter: Counter, sign_on: SignOn, papers: Papers, calendar: Calendar, position: PositionDesk
    ) -> None:
        self._counter = counter
        self._sign_on = sign_on
        self._papers = papers
        self._calendar = calendar
        self._position = position
        self._sealer: Sealer | None = None

    def open(self, sealer: Sealer) -> None:
        """The keys are there: from now on recordings can be sealed."""
        self._sealer = sealer

    def review(self, visit_id: str) -> Enrollment:
        """Applicant and officer have looked at everything. Raises RuleError `visit.out_of_turn`."""
        by, at = self._sign_on.allowed(Permission.RECORD).id, self._counter.clock.now()
        where = self._position.entry(by)  # at the opening the receiver may still have been searching
        entries = [*([where] if where is not None else []), h.Reviewed(at=at, by=by)]
        return self._counter.records.keep(visit_id, lambda _, __: entries, action="visit.reviewed")

    def redo(self, visit_id: str, step: State) -> Enrollment:
        """Do one capture over; what it gave is kept.

        Raises:
            RuleError: `visit.no_such_step`, `visit.out_of_turn`.
        """
        if step not in CAPTURE_STATES:
            raise RuleError("visit.no_such_step")
        by, at = self._sign_on.allowed(Permission.RECORD).id, self._counter.clock.now()
        return self._counter.records.keep(
            visit_id,
            lambda _, __: [h.StepRedone(step=step, at=at, by=by)],
            action="step.redone",
            facts={"step": step.value},
        )

    def issue_receipt(self, visit_id: str) -> Enrollment:
        """Make the promise and the paper; both are kept in one transaction.

        Raises:
            RuleError: `visit.out_of_turn`, `sign_on.needed`.
        """
        from station.store import Purpose  # noqa: PLC0415 - the store is loaded late

        officer, at = self._sign_on.allowed(Permission.RECORD), self._counter.clock.now()
        settings, local = self._counter.settings, self._counter.local_now()
        promise = settings.receipt.rule.given_at(local, is_holiday=self._calendar.is_holiday)

        def decide(enrollment: Enrollment, work: Work) -> list[h.Entry]:
            if enrollment.state is not State.RECEIPT:
                raise RuleError("visit.out_of_turn", f"in {enrollment.state.value}")
            number = self._number(enrollment)
            pdf = self._papers.receipt(enrollment, number, promise, officer, local)
            blob_id = work.blobs.put(visit_id, pdf, Purpose.DOCUMENT)
            issued = h.ReceiptIssued(receipt_number=number, blob_id=blob_id, promise=promise, at=at, by=officer.id)
            return [issued]

        return self._counter.records.keep(visit_id, decide, action="receipt.issued")

    def receipt_pdf(self, visit_id: str) -> bytes:
        """The receipt as it was issued. Raises RuleError `receipt.missing`."""
        with self._counter.records.work() as work:
            receipt = work.visits.load(visit_id).receipt
            if receipt is None:
                raise RuleError("receipt.missing")
            pdf = work.blobs.get(receipt.blob_id)
            self._counter.trail.note(work, Look.RECEIPT, visit_id)
        return pdf

    def export_receipt(self, visit_id: str, folder: Path) -> Path:
        """Write the receipt where somebody asked for it; its file's name is its number.

        Raises:
            RuleError: `receipt.missing`.
            StationError: `paper.not_written`.
        """
        data, receipt = self.receipt_pdf(visit_id), self._counter.records.load(visit_id).receipt
        assert receipt is not None
        return self._export(visit_id, folder / f"{receipt.receipt_number}.pdf", data, "receipt.exported")

    def deferral_pdf(self, visit_id: str) -> bytes:
        """The slip of a visit that was put off, made anew each time. Raises RuleError `deferral.missing`."""
        enrollment = self._counter.records.load(visit_id)
        by = enrollment.deferred.by if enrollment.deferred is not None else ""
        officer = next((each for each in self._sign_on.everybody() if each.id == by), None)
        paper = self._papers.deferral(enrollment, officer)
        self._counter.trail.note_alone(Look.DEFERRAL, visit_id)
        return paper

    def export_deferral(self, visit_id: str, folder: Path) -> Path:
        """Write the slip where somebody asked for it. Raises as `export_receipt`, and `deferral.missing`."""
        data, enrollment = self.deferral_pdf(visit_id), self._counter.records.load(visit_id)
        assert enrollment.deferred is not None
        return self._export(visit_id, folder / f"{self._number(enrollment)}-tunda.pdf", data, "deferral.exported")

    def seal(self, visit_id: str) -> Enrollment:
        """Write the packet, then mark the visit sealed and destroy its captures, in one transaction.

        A crash in between leaves the state SEALING: sealed again, the same visit's file is written over.

        Raises:
            PacketError: it could not be written; the visit stays as it is.
            RuleError: `packet.*`, `visit.out_of_turn`.
        """
        from station.packet.sealing import write_packet  # noqa: PLC0415 - crypto is loaded late

        if self._sealer is None:
            raise StationError("store.closed", WayOn.RETRY)
        at = self._counter.clock.now()
        with self._counter.records.work() as work:
            enrollment = work.visits.load(visit_id)
            if enrollment.state is not State.SEALING or enrollment.approved is None:
                raise RuleError("visit.out_of_turn", f"in {enrollment.state.value}")
            packet = self._sealer.seal(work, enrollment, at)
        write_packet(self._folder(), packet)
        by = self._by() or enrollment.approved.by

        def decide(_: Enrollment, work: Work) -> list[h.Entry]:
            work.blobs.destroy_captures(visit_id)
            work.answers.forget_readings(visit_id)
            work.packets.add(visit_id, packet.name, packet.sha256)
            return [h.Sealed(file_name=packet.name, sha256=packet.sha256, at=at, by=by)]

        facts: Facts = {"file": packet.name, "sha256": packet.sha256, "simulated": enrollment.simulated}
        sign = self._sealer.sign
        sealed = self._counter.records.keep(
            visit_id,
            decide,
            action="packet.sealed",
            facts=facts,
            last=lambda work: work.audit.sign_head(sign, at=at),
        )
        self._counter.leave.drop(visit_id)
        return sealed

    def packet_path(self, visit_id: str) -> Path:
        """Where the packet lies. Raises RuleError `packet.not_sealed`."""
        sealed = self._counter.records.load(visit_id).sealed
        if sealed is None:
            raise RuleError("packet.not_sealed")
        return self._folder() / sealed.file_name

    def seal_interrupted(self, note: Callable[[BaseException], None] = lambda _: None) -> tuple[str, ...]:
        """At the start: seal what a power cut left approved and unsealed; returns the visits that still wait.

        One that cannot be sealed, whatever the cause, keeps nobody from working: `note` is told, and the screen offers
        it again.
        """
        with self._counter.records.work() as work:
            waiting = [each.visit_id for each in work.visits.summaries(frozenset({State.SEALING}))]
        left = []
        for visit_id in waiting:
            try:
                self.seal(visit_id)
            except Exception as error:  # noqa: BLE001 - a codec's bug in one visit must not close the station
                note(error)
                left.append(visit_id)
        return tuple(left)

    def _folder(self) -> Path:
        return self._counter.settings.folder / PACKETS

    def _number(self, enrollment: Enrollment) -> str:
        """Of its papers: the day is that of the opening, on which the visit's number is the only one of its kind."""
        settings, opened = self._counter.settings, enrollment.entries[0].at
        return f"{settings.station.code}-{opened.astimezone(settings.zone.tz):%Y%m%d}-{enrollment.number}"

    def _export(self, visit_id: str, path: Path, data: bytes, action: str) -> Path:
        from station.packet.files import write_whole  # noqa: PLC0415 - loaded with the papers

        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, data)
        except OSError as error:
            raise StationError("paper.not_written", WayOn.FREE_SPACE, type(error).__name__) from error
        with self._counter.records.work() as work:
            work.audit.append(action, at=self._counter.clock.now(), by=self._by(), visit_id=visit_id, facts={})
            work.commit()
        return path

    def _by(self) -> str:
        session = self._sign_on.session
        return session.officer.id if session is not None else ""
