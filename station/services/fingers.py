"""Ten fingers, one by one or 4-4-2: laid, judged, kept, lifted, compared. All attempts stay."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from devices.device import Device, DeviceKind
from devices.errors import CaptureCancelledError
from devices.positions import GROUPS, FingerPosition
from protocols.clearance import Clearance
from station.config import FingerMatcherName, FingerPlan
from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.officer import SEES_APPLICANTS, Permission
from station.domain.samples import (
    CaptureSource,
    ExceptionCode,
    FingerAttempt,
    FingerException,
    FurtherScore,
    Likeness,
    LikenessVerdict,
    QualityScore,
    SlapAttempt,
    SlapSegment,
)
from station.domain.step import State
from station.errors import RuleError, WayOn
from station.services.calendar import Calendar
from station.services.capturing import CapturingDesk, source_of
from station.services.chain import acquire
from station.services.counter import Counter
from station.services.likeness import LikenessCheck
from station.services.prompts import Prompt, PromptKind
from station.services.records import Facts
from station.services.sign_on import SignOn
from station.services.trail import Look

if TYPE_CHECKING:
    from devices.fingerprint import FingerCapture, FingerImage, FingerSample
    from devices.fingerprint.nfiq2 import Nfiq2
    from devices.fingerprint.quality import FingerQuality
    from station.biometrics.matching import FingerMatcher
    from station.store import Work

SLOT = DeviceKind.FINGERPRINT.value
FINGER_WISHES: Final = frozenset({PromptKind.PLACE_FINGER, PromptKind.LIFT_FINGER})
Progress = Callable[[float], None]
Fingers = tuple[FingerPosition, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Taken:
    """What came of one request: the picture, and for each of its samples a quality and what NFIQ 2 says of it."""

    capture: FingerCapture
    qualities: tuple[FingerQuality, ...]
    further: tuple[tuple[FurtherScore, ...], ...]
    source: CaptureSource
    leave: Clearance


class FingersDesk(CapturingDesk):
    """`take`, `cancel` and `next_request` from any thread, the rest on the desk's."""

    def __init__(self, counter: Counter, sign_on: SignOn, calendar: Calendar) -> None:
        super().__init__(counter, sign_on, State.FINGERPRINTS, DeviceKind.FINGERPRINT)
        self._calendar = calendar
        matcher = counter.settings.capture.finger_matcher
        self._likeness = LikenessCheck(self._png, lambda: _matcher(matcher))
        self._second = _SecondOpinion()
        self._lock = threading.Lock()
        self._rounds: set[threading.Event] = set()
        """Of the rounds that are under way: set once they are given up."""

    def next_request(self, visit: Enrollment) -> Fingers:
        """Which fingers are wanted next, in the order that the settings name; none where all are done.

        Of a group those that are excepted are left out by `take`.
        """
        capture = self._counter.settings.capture
        if capture.fingers is FingerPlan.GROUPS:
            for group in GROUPS:
                wanted = [each for each in group if visit.exception(each) is None]
                if any(not visit.finger_done(each) for each in wanted):
                    return group if len(wanted) > 1 else tuple(wanted)
        wanted_one = visit.next_finger(capture.finger_order)
        return () if wanted_one is None else (wanted_one,)

    def take(self, visit_id: str, fingers: Fingers, progress: Progress) -> Future[Enrollment]:
        """One impression of one finger, or of a group that the scanner takes at once.

        The platen must be empty first, so that the fingers of the round before cannot be taken for these.

        Args:
            visit_id: whose.
            fingers: which: one, or one of `devices.positions.GROUPS`.
            progress: told 0.0 to 1.0 on the scanner's thread while the image travels.
        """
        given_up = threading.Event()
        with self._lock:
            self._rounds.add(given_up)
        taken = acquire(
            self._counter.desk,
            self._counter.bay,
            SLOT,
            check=lambda: self._wanted(visit_id, fingers),
            take=lambda device, checked: self._impression(device, *checked, progress, given_up),
            keep=lambda found: self._keep(visit_id, found),
        )

        def over(_: Future[Enrollment]) -> None:
            with self._lock:
                self._rounds.discard(given_up)

        taken.add_done_callback(over)
        return taken

    def compare(self, visit_id: str) -> Enrollment:
        """Compare what was taken since the last time with the other fingers; likenesses are kept with the recording.

        Raises:
            RuleError: `sign_on.needed`, `visit.out_of_turn`.
        """
        by, at = self._sign_on.officer().id, self._counter.clock.now()
        visit = self._counter.records.load(visit_id)
        found = self._likeness.news(visit)
        if not found:
            return visit
        entries: list[h.Entry] = [h.LikenessFound(likeness=each, at=at, by=by) for each in found]
        facts: Facts = {
            "position": int(found[0].position),
            "other": int(found[0].other),
            "count": len(found),
            "reliable": any(each.reliable for each in found),
        }
        return self._counter.records.keep(
            visit_id, lambda _, __: entries, action="fingerprint.likeness_found", facts=facts
        )

    def settle(self, visit_id: str, likeness: Likeness, verdict: LikenessVerdict, reason: str) -> Enrollment:
        """The officer has looked at both prints. Raises RuleError `likeness.*`, `visit.out_of_turn`, `sign_on.*`."""
        by, at = self._may_record(), self._counter.clock.now()
        return self._counter.records.keep(
            visit_id,
            lambda enrollment, _: [enrollment.settle_likeness(likeness, verdict, reason, at=at, by=by)],
            action="fingerprint.likeness_settled",
            facts={"position": int(likeness.position), "other": int(likeness.other), "verdict": verdict.value},
        )

    def finish(self, visit_id: str) -> Enrollment:
        """End the step; nothing is left uncompared. Raises RuleError: see `Enrollment.finish`."""
        self.compare(visit_id)
        finished = super().finish(visit_id)
        self._likeness.forget()
        return finished

    def cancel(self) -> None:
        """End every round that is under way; their futures get CaptureCancelledError."""
        self._give_up()

    def _end_all(self) -> None:
        with self._lock:
            for each in self._rounds:
                each.set()

    def image(self, visit_id: str, position: FingerPosition, number: int) -> bytes:
        """One attempt as it was taken, PNG. Raises RuleError `fingerprint.unknown`, `sign_on.needed`."""
        self._sign_on.allowed(*SEES_APPLICANTS)
        with self._counter.records.work() as work:
            for attempt in work.visits.load(visit_id).attempts(position):
                if attempt.number == number:
                    png = work.blobs.get(attempt.blob_id)
                    self._counter.trail.note(work, Look.FINGER, visit_id)
                    return png
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
        heals = self._counter.today() + timedelta(days=self._counter.settings.capture.return_days)
        return_on = None if permanent else self._calendar.working_day_from(heals)
        exception = FingerException(position, code, reason.strip(), permanent, by, second.id, at, return_on)
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

    def _png(self, attempt: FingerAttempt) -> bytes:
        with self._counter.records.work() as work:
            return work.blobs.get(attempt.blob_id)

    def _wanted(self, visit_id: str, fingers: Fingers) -> tuple[Clearance, Fingers, frozenset[FingerPosition]]:
        """The leave, what is asked of the scanner, and which of a group will not be there."""
        leave = self._turn(visit_id)
        enrollment = self._counter.records.load(visit_id)
        missing = frozenset(each for each in fingers if enrollment.exception(each) is not None)
        if missing == set(fingers):
            raise RuleError("fingerprint.excepted")
        if not any(enrollment.attempts_left(each) for each in fingers if each not in missing):
            raise RuleError("fingerprint.attempts_used", way_on=WayOn.ASK_SUPERVISOR)
        return leave, fingers, missing

    def _impression(  # noqa: PLR0917 - what the check found, and what the round is told by
        self,
        device: Device,
        leave: Clearance,
        fingers: Fingers,
        missing: frozenset[FingerPosition],
        progress: Progress,
        given_up: threading.Event,
    ) -> _Taken:
        """On the scanner's thread."""
        from devices.fingerprint import FingerprintScanner, FingerRequest  # noqa: PLC0415 - pixels are loaded late
        from devices.fingerprint.quality import assess  # noqa: PLC0415 - as the line above

        assert isinstance(device, FingerprintScanner)
        say, patience = self._counter.prompts.say, self._counter.settings.capture.finger_timeout_s
        if given_up.is_set():
            raise CaptureCancelledError("capture.cancelled")
        request = FingerRequest(fingers, missing)
        try:
            device.arm(leave)
            if device.finger_present(leave):
                say(Prompt(PromptKind.LIFT_FINGER, request.expected))
                device.wait_removed(leave, timeout_s=patience)
            say(Prompt(PromptKind.PLACE_FINGER, request.expected))
            capture = device.capture(leave, request, timeout_s=patience, progress=progress)
        except BaseException:
            self._counter.prompts.take_back(FINGER_WISHES)
            raise
        say(Prompt(PromptKind.LIFT_FINGER, request.expected))
        qualities = tuple(assess(each.image.image, each.image.dpi) for each in capture.samples)
        further = tuple(self._second.of(each.image) for each in capture.samples)
        return _Taken(capture, qualities, further, source_of(device), leave)

    def _keep(self, visit_id: str, taken: _Taken) -> Enrollment:
        from devices.fingerprint.quality import wanted_score  # noqa: PLC0415 - pixels are loaded late
        from station.biometrics.images import finger_png  # noqa: PLC0415 - as the line above
        from station.store import Purpose  # noqa: PLC0415 - the store is loaded late

        self._same_leave(visit_id, taken.leave)
        by, at = self._sign_on.officer().id, self._counter.clock.now()
        samples, slap = taken.capture.samples, taken.capture.slap
        pictures = [finger_png(each.image.image) for each in samples]
        whole = None if slap is None else finger_png(slap.image)

        def decide(enrollment: Enrollment, work: Work) -> list[h.Entry]:
            entries: list[h.Entry] = []
            number = 0
            if slap is not None and whole is not None:
                number = len(enrollment.slaps) + 1
                blob_id = work.blobs.put(visit_id, whole, Purpose.CAPTURE)
                entries.append(h.SlapTaken(attempt=_slap(slap, samples, number, blob_id, taken.source), at=at, by=by))
            for sample, picture, quality, further in zip(
                samples, pictures, taken.qualities, taken.further, strict=True
            ):
                if not enrollment.attempts_left(sample.position):
                    continue  # of a group that was laid for another finger's sake
                blob_id = work.blobs.put(visit_id, picture, Purpose.CAPTURE)
                attempt = FingerAttempt(
                    position=sample.position,
                    number=len(enrollment.attempts(sample.position)) + 1,
                    blob_id=blob_id,
                    width=sample.image.image.shape[1],
                    height=sample.image.image.shape[0],
                    dpi=sample.image.dpi,
                    source_bits=sample.image.source_bits,
                    taken_at=sample.image.taken_at,
                    source=taken.source,
                    quality=QualityScore(quality.algorithm, float(quality.score)),
                    reasons=tuple(quality.reasons),
                    wanted=float(wanted_score(sample.position, quality.algorithm)),
                    slap=number,
                    further=further,
                )
                entries.append(enrollment.take_finger(attempt, at=at, by=by))
            return entries

        facts = {
            "position": int(samples[0].position),
            "count": len(samples),
            "score": round(min(each.score for each in taken.qualities)),
            "simulated": taken.source.simulated,
        }
        return self._counter.records.keep(visit_id, decide, action="fingerprint.taken", facts=facts)


def _slap(
    image: FingerImage, samples: tuple[FingerSample, ...], number: int, blob_id: str, source: CaptureSource
) -> SlapAttempt:
    segments = tuple(
        SlapSegment(each.position, each.box.left, each.box.top, each.box.right, each.box.bottom)
        for each in samples
        if each.box is not None
    )
    height, width = image.image.shape
    return SlapAttempt(number, blob_id, width, height, image.dpi, image.source_bits, image.taken_at, source, segments)


class _SecondOpinion:
    """NFIQ 2 where it is installed, looked for once; on the scanner's thread."""

    def __init__(self) -> None:
        self._looked = False
        self._nfiq2: Nfiq2 | None = None

    def of(self, image: FingerImage) -> tuple[FurtherScore, ...]:
        from devices.fingerprint import nfiq2  # noqa: PLC0415 - pixels are loaded late

        if not self._looked:
            self._looked, self._nfiq2 = True, nfiq2.probe()
        if self._nfiq2 is None:
            return ()
        said = self._nfiq2.assess(image.image, image.dpi)
        return (FurtherScore(said.algorithm, None if said.score is None else float(said.score)),)


def _matcher(wanted: FingerMatcherName) -> FingerMatcher:
    """The one that the settings name; ours where NBIS is named but does not load: every score says whose it is."""
    from station.biometrics.matching import CylinderMatcher  # noqa: PLC0415 - OpenCV is loaded late
    from station.biometrics.nbis import nbis_matcher  # noqa: PLC0415 - as the line above

    nbis = nbis_matcher() if wanted is FingerMatcherName.NBIS else None
    return CylinderMatcher() if nbis is None else nbis
