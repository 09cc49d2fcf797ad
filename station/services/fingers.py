"""Ten fingers, one at a time: laid, uploaded, judged, kept, lifted. All attempts stay; exceptions need two officers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from devices.device import Device, DeviceKind
from devices.errors import CaptureCancelledError
from devices.positions import FingerPosition
from protocols.clearance import Clearance
from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.officer import Permission
from station.domain.samples import CaptureSource, ExceptionCode, FingerAttempt, FingerException, QualityScore
from station.domain.step import State
from station.errors import RuleError, WayOn
from station.services.capturing import CapturingDesk, source_of
from station.services.chain import acquire
from station.services.counter import Counter
from station.services.prompts import Prompt, PromptKind
from station.services.sign_on import SignOn

if TYPE_CHECKING:
    from devices.fingerprint import FingerImage
    from devices.fingerprint.quality import FingerQuality
    from station.store import Work

SLOT = DeviceKind.FINGERPRINT.value
FINGER_WISHES: Final = frozenset({PromptKind.PLACE_FINGER, PromptKind.LIFT_FINGER})
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, eq=False)
class _Impression:
    image: FingerImage
    quality: FingerQuality
    source: CaptureSource
    leave: Clearance


class FingersDesk(CapturingDesk):
    """`take` and `cancel` from any thread, the rest on the desk's."""

    def __init__(self, counter: Counter, sign_on: SignOn) -> None:
        super().__init__(counter, sign_on, State.FINGERPRINTS, DeviceKind.FINGERPRINT)
        self._lock = threading.Lock()
        self._rounds: set[threading.Event] = set()
        """Of the rounds that are under way: set once they are given up."""

    def take(self, visit_id: str, position: FingerPosition, progress: Progress) -> Future[Enrollment]:
        """One impression of one finger.

        The platen must be empty first, so that the finger of the round before cannot be taken for this one.

        Args:
            visit_id: whose finger.
            position: which.
            progress: told 0.0 to 1.0 on the scanner's thread while the image travels.
        """
        given_up = threading.Event()
        with self._lock:
            self._rounds.add(given_up)
        taken = acquire(
            self._counter.desk,
            self._counter.bay,
            SLOT,
            check=lambda: self._wanted(visit_id, position),
            take=lambda device, leave: self._impression(device, leave, position, progress, given_up),
            keep=lambda impression: self._keep(visit_id, position, impression),
        )

        def over(_: Future[Enrollment]) -> None:
            with self._lock:
                self._rounds.discard(given_up)

        taken.add_done_callback(over)
        return taken

    def cancel(self) -> None:
        """End every round that is under way; their futures get CaptureCancelledError."""
        self._give_up()

    def _end_all(self) -> None:
        with self._lock:
            for each in self._rounds:
                each.set()

    def image(self, visit_id: str, position: FingerPosition, number: int) -> bytes:
        """One attempt as it was taken, PNG. Raises RuleError `fingerprint.unknown`, `sign_on.needed`."""
        self._sign_on.officer()
        with self._counter.records.work() as work:
            for attempt in work.visits.load(visit_id).attempts(position):
                if attempt.number == number:
                    return work.blobs.get(attempt.blob_id)
        raise RuleError("fingerprint.unknown")

    def except_(  # noqa: PLR0917 - the fields of one form, in its order
        self,
        visit_id: str,
        position: FingerPosition,
        code: ExceptionCode,
        reason: str,
        permanent: bool,
        officer_id: str,
        password: str,
    ) -> Enrollment:
        """A finger that is not taken, as two officers saw.

        Raises:
            RuleError: `exception.*`, `sign_on.*`, `visit.out_of_turn`.
        """
        by, at = self._may_record(), self._counter.clock.now()
        second = self._sign_on.countersign(officer_id, password, Permission.CONFIRM_EXCEPTION)
        exception = FingerException(position, code, reason.strip(), permanent, by, second.id, at)
        return self._counter.records.keep(
            visit_id,
            lambda enrollment, _: [enrollment.except_finger(exception, at=at, by=by)],
            action="fingerprint.excepted",
            facts={"position": int(position), "code": code.value, "officer": second.id},
        )

    def withdraw_exception(self, visit_id: str, position: FingerPosition) -> Enrollment:
        """The finger is taken after all. Raises RuleError `exception.absent`, `visit.out_of_turn`, `sign_on.*`."""
        by, at = self._may_record(), self._counter.clock.now()

        def decide(enrollment: Enrollment, _: Work) -> list[h.Entry]:
            if enrollment.exception(position) is None:
                raise RuleError("exception.absent")
            return [h.FingerExceptionWithdrawn(position=position, at=at, by=by)]

        facts = {"position": int(position)}
        return self._counter.records.keep(visit_id, decide, action="fingerprint.exception_withdrawn", facts=facts)

    def _wanted(self, visit_id: str, position: FingerPosition) -> Clearance:
        leave = self._turn(visit_id)
        enrollment = self._counter.records.load(visit_id)
        if enrollment.exception(position) is not None:
            raise RuleError("fingerprint.excepted")
        if not enrollment.attempts_left(position):
            raise RuleError("fingerprint.attempts_used", way_on=WayOn.ASK_SUPERVISOR)
        return leave

    def _impression(
        self,
        device: Device,
        leave: Clearance,
        position: FingerPosition,
        progress: Progress,
        given_up: threading.Event,
    ) -> _Impression:
        """On the scanner's thread."""
        from devices.fingerprint import FingerprintScanner, FingerRequest  # noqa: PLC0415 - pixels are loaded on the device's thread
        from devices.fingerprint.quality import assess  # noqa: PLC0415 - as the line above

        assert isinstance(device, FingerprintScanner)
        say, patience = self._counter.prompts.say, self._counter.settings.capture.finger_timeout_s
        if given_up.is_set():
            raise CaptureCancelledError("capture.cancelled")
        try:
            device.arm(leave)
            if device.finger_present(leave):
                say(Prompt(PromptKind.LIFT_FINGER, position))
                device.wait_removed(leave, timeout_s=patience)
            say(Prompt(PromptKind.PLACE_FINGER, position))
            taken = device.capture(leave, FingerRequest((position,)), timeout_s=patience, progress=progress)
        except BaseException:
            self._counter.prompts.take_back(FINGER_WISHES)
            raise
        say(Prompt(PromptKind.LIFT_FINGER, position))
        image = taken.samples[0].image
        return _Impression(image, assess(image.image, image.dpi), source_of(device), leave)

    def _keep(self, visit_id: str, position: FingerPosition, impression: _Impression) -> Enrollment:
        from station.biometrics.images import finger_png  # noqa: PLC0415 - pixels are loaded late
        from station.store import Purpose  # noqa: PLC0415 - the store is loaded late

        self._same_leave(visit_id, impression.leave)
        by, at = self._sign_on.officer().id, self._counter.clock.now()
        image, quality = impression.image, impression.quality
        data = finger_png(image.image)
        height, width = image.image.shape

        def decide(enrollment: Enrollment, work: Work) -> list[h.Entry]:
            attempt = FingerAttempt(
                position=position,
                number=len(enrollment.attempts(position)) + 1,
                blob_id=work.blobs.put(visit_id, data, Purpose.CAPTURE),
                width=width,
                height=height,
                dpi=image.dpi,
                source_bits=image.source_bits,
                taken_at=image.taken_at,
                source=impression.source,
                quality=QualityScore(quality.algorithm, float(quality.score)),
                reasons=tuple(quality.reasons),
            )
            return [enrollment.take_finger(attempt, at=at, by=by)]

        facts = {"position": int(position), "score": round(quality.score), "simulated": impression.source.simulated}
        return self._counter.records.keep(visit_id, decide, action="fingerprint.taken", facts=facts)
