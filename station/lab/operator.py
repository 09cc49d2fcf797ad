"""A complete recording through the real services, without a screen: for the demonstration and the tests.

Does what an officer does, one service call after the other, and waits for each; the synthetic person does the rest.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from protocols.schema import Kind
from protocols.screening import ItemState, Mark, Status
from station.config import Approval
from station.domain.enrollment import Enrollment
from station.domain.history import EverRecorded
from station.domain.portraits import MAX_PORTRAITS
from station.domain.samples import Accepted
from station.services.sign_on import PRACTICE_OFFICERS, PRACTICE_PASSWORD

if TYPE_CHECKING:
    from station.bootstrap import Station
    from station.lab.persona import Citizen
    from station.services.screening import ScreeningView

T = TypeVar("T")

PATIENCE_S: Final = 60.0
PEN_REST_S: Final = 0.6
"""Silence after which the applicant has put the pen down: longer than the pen is in the air between two strokes."""
OPERATOR, SUPERVISOR = PRACTICE_OFFICERS[0].id, PRACTICE_OFFICERS[1].id
EVIDENCE: Final = "421/SMA-1/2020"
WARNINGS_STAND: Final = "Sesuai dokumen asli"
FORCED: Final = "Kamera yang ada; pemohon setuju"


class Stage(StrEnum):
    """What the operator has just finished."""

    SIGNED_ON = "signed_on"
    IDENTIFIED = "identified"
    CLEARED = "cleared"
    PORTRAIT_TAKEN = "portrait_taken"
    PORTRAIT_FORCED = "portrait_forced"
    PORTRAIT_ACCEPTED = "portrait_accepted"
    FINGER_TAKEN = "finger_taken"
    HANDS_TAKEN = "hands_taken"
    SIGNED = "signed"
    REVIEWED = "reviewed"
    RECEIPT_ISSUED = "receipt_issued"
    APPROVED = "approved"
    SEALED = "sealed"


Tell = Callable[[Stage, Enrollment | None], None]


@dataclass(frozen=True, slots=True)
class Recorded:
    """Where everything lies."""

    enrollment: Enrollment
    packet: Path
    receipt: Path


class Operator:
    """The officer at the counter of a station in practice.

    Args:
        station: started.
        tell: told each stage as it is done.
    """

    def __init__(self, station: Station, tell: Tell = lambda _, __: None) -> None:
        self._station = station
        self._tell = tell

    def record(self, citizen: Citizen, papers: Path) -> Recorded:
        """Everything, from sign-on to the sealed packet; the receipt is exported into `papers`.

        Raises:
            StationError, DeviceError, NotClearedError: whatever a step refused.
        """
        self.sign_on()
        visit_id = self.identify(citizen).visit_id
        self.screen(visit_id)
        self.portrait(visit_id)
        self.fingers(visit_id)
        self.sign(visit_id)
        return self.finish(visit_id, papers)

    def sign_on(self, officer_id: str = OPERATOR) -> None:
        """Begin to serve, unless that officer does already."""
        session = self._station.sign_on.session
        if session is None or session.officer.id != officer_id:
            self._do(lambda: self._station.sign_on.sign_on(officer_id, PRACTICE_PASSWORD))
        self._tell(Stage.SIGNED_ON, None)

    def identify(self, citizen: Citizen) -> Enrollment:
        """Open a visit for this citizen."""
        visits = self._station.visits

        def job() -> Enrollment:
            warned = bool(visits.check(citizen.form).warnings)
            return visits.identify(
                visits.open().visit_id,
                citizen.form,
                read_back=True,
                ever_recorded=EverRecorded.NO,
                reason=WARNINGS_STAND if warned else "",
            )

        return self._told(Stage.IDENTIFIED, self._do(job))

    def screen(self, visit_id: str) -> Enrollment:
        """Answer every item as it should be, and clear."""
        self.answer_all(visit_id)
        return self._told(Stage.CLEARED, self._do(lambda: self._station.screening.clear(visit_id)))

    def answer_all(self, visit_id: str) -> ScreeningView:
        """Answer what is missing, as it should be, until the verdict is cleared or nothing more can be answered."""
        view = self._do(lambda: self._station.screening.view(visit_id))
        while view.verdict.status is Status.INCOMPLETE:
            missing = {(each.item_id, each.subject) for each in view.verdict.missing}
            lines = [s for s in view.items if (s.item.id, s.subject) in missing or s.mark is Mark.FAILED]
            if not lines:
                break
            view = self._answer(visit_id, view, lines[0])
        return view

    def portrait(self, visit_id: str) -> Enrollment:
        """Take one that passes, or let a supervisor sign for the last one; the applicant accepts it.

        One that was taken before something came between is as good.
        """
        desk, visit = self._station.portrait, self._do(lambda: self._station.visits.load(visit_id))
        while visit.portrait_attempts_left and (
            visit.portrait_attempts_left == MAX_PORTRAITS or visit.portraits[-1].needs_force
        ):
            visit = self._told(Stage.PORTRAIT_TAKEN, self._wait(desk.take(visit_id)))
        last = visit.portraits[-1]
        if last.needs_force:
            forced = self._do(lambda: desk.force(visit_id, last.number, SUPERVISOR, PRACTICE_PASSWORD, FORCED))
            self._tell(Stage.PORTRAIT_FORCED, forced)
        return self._told(Stage.PORTRAIT_ACCEPTED, self._do(lambda: desk.accept(visit_id, last.number, Accepted.TOLD)))

    def fingers(self, visit_id: str) -> Enrollment:
        """All that are still wanted."""
        desk = self._station.fingers
        enrollment = self._do(lambda: self._station.visits.load(visit_id))
        while wanted := desk.next_request(enrollment):
            taken = self._wait(desk.take(visit_id, wanted, lambda _: None))
            enrollment = self._told(Stage.FINGER_TAKEN, taken)
        return self.finish_fingers(visit_id)

    def finish_fingers(self, visit_id: str) -> Enrollment:
        """End the step, with a picture of the hands where fingers are missing."""
        if self._do(lambda: self._station.visits.load(visit_id)).wants_hands:
            self._told(Stage.HANDS_TAKEN, self._wait(self._station.portrait.take_with_hands(visit_id)))
        return self._do(lambda: self._station.fingers.finish(visit_id))

    def sign(self, visit_id: str) -> Enrollment:
        """Wait until the pen rests, and keep what was signed."""
        desk, news, seen = self._station.signature, _News(), 0
        desk.start(visit_id, news.ring)
        try:
            while True:
                heard = news.after(seen, PEN_REST_S)
                failure = desk.failure()
                if failure is not None:
                    raise failure
                if desk.ink() and heard == seen:
                    break
                seen = heard
            self._wait(desk.take(visit_id))
        finally:
            desk.stop()
        return self._told(Stage.SIGNED, self._do(lambda: desk.finish(visit_id)))

    def finish(self, visit_id: str, papers: Path) -> Recorded:
        """Review, receipt, approval, seal."""
        desk = self._station.finishing
        self._told(Stage.REVIEWED, self._do(lambda: desk.review(visit_id)))
        self._told(Stage.RECEIPT_ISSUED, self._do(lambda: desk.issue_receipt(visit_id)))
        receipt = self._do(lambda: desk.export_receipt(visit_id, papers))
        by_itself = self._station.settings.approval is Approval.AUTOMATIC
        signed = ("", "") if by_itself else (SUPERVISOR, PRACTICE_PASSWORD)
        approved = self._do(lambda: self._station.approval.approve(visit_id, *signed))
        self._tell(Stage.APPROVED, approved)
        sealed = self._told(Stage.SEALED, self._do(lambda: desk.seal(visit_id)))
        return Recorded(sealed, self._do(lambda: desk.packet_path(visit_id)), receipt)

    def _answer(self, visit_id: str, view: ScreeningView, line: ItemState) -> ScreeningView:
        desk, item, subject = self._station.screening, line.item, line.subject
        match item.kind:
            case Kind.TEMPERATURE if view.thermometer:
                return self._wait(desk.measure(visit_id, item.id, subject))
            case Kind.TEMPERATURE:
                return self._wait(desk.enter_reading(visit_id, item.id, subject, 36.5))
            case Kind.OFFICER:
                return self._do(lambda: desk.approve(visit_id, item.id, SUPERVISOR, PRACTICE_PASSWORD))
            case Kind.CHOICE:
                return self._do(lambda: desk.answer(visit_id, item.id, subject, item.options[0].id))
            case Kind.TEXT:
                return self._do(lambda: desk.answer(visit_id, item.id, subject, EVIDENCE))
            case _:
                wanted = line.mark is not Mark.FAILED or line.answer is None or line.answer.value is False
                return self._do(lambda: desk.answer(visit_id, item.id, subject, wanted))

    def _told(self, stage: Stage, enrollment: Enrollment) -> Enrollment:
        self._tell(stage, enrollment)
        return enrollment

    def _do(self, job: Callable[[], T]) -> T:
        return self._wait(self._station.desk.submit(job))

    def _wait(self, future: Future[T]) -> T:
        return future.result(PATIENCE_S)


class _News:
    """Counts wake-ups, so that none is missed between two looks."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0

    def ring(self) -> None:
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def after(self, seen: int, timeout_s: float) -> int:
        """The count, as soon as it is another than `seen`, or after `timeout_s` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._count != seen, timeout_s)
            return self._count
