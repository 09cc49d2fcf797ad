"""The portrait: a live preview under the clearance, attempts that are all kept, and the applicant's own approval."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Final, TypeVar

from devices.bay import BayEvent
from devices.device import Device, DeviceKind, HealthState
from protocols.clearance import Clearance, NotClearedError, Refusal
from station.domain import history as h
from station.domain.applicant import Background
from station.domain.enrollment import Enrollment
from station.domain.officer import SEES_APPLICANTS, Permission
from station.domain.samples import (
    Accepted,
    CheckFigure,
    ExceptionPortrait,
    PortraitAttempt,
    QualityScore,
    ReplacedBackground,
)
from station.domain.step import State
from station.errors import RuleError
from station.services.capturing import Bell, CapturingDesk
from station.services.chain import follow, on_device
from station.services.counter import Counter
from station.services.preview import Eye, Preview, PreviewFrame, Shot, shoot
from station.services.prompts import Prompt, PromptKind
from station.services.records import Facts
from station.services.sign_on import SignOn
from station.services.trail import Look

if TYPE_CHECKING:
    from devices.camera import BgrImage
    from devices.camera.backdrop import Backdrop
    from station.store import Work

SLOT = DeviceKind.CAMERA.value
ENROLMENT_PIXELS: Final = (1280, 720)
"""Longer and shorter side of the coarsest picture that is fit for enrolment: in one of 640 x 480, a head as large as it
may be has some 100 pixels between its eyes (camera reference, section 1)."""
FEW_PIXELS: Final = "portrait.few_pixels"
"""Hint of a picture that is coarser."""
T = TypeVar("T")


class PortraitDesk(CapturingDesk):
    """From any thread: `start`, `latest`, `failure`, `recovered`, `stop`, both takes, `heed`; the rest on the desk's.

    Attributes:
        auto: whether the settings want a portrait taken by itself after a steady second; the screen does it.
    """

    def __init__(self, counter: Counter, sign_on: SignOn) -> None:
        super().__init__(counter, sign_on, State.PORTRAIT, DeviceKind.CAMERA)
        self.auto = counter.settings.capture.portrait_auto
        self._burst = counter.settings.capture.burst_frames
        self._lock = threading.Lock()
        self._preview: Preview | None = None
        self._eye = Eye(counter.settings.capture.portrait)

    def start(self, visit_id: str, wake: Callable[[], None]) -> None:
        """Begin to show frames; what keeps it from that is told by `failure`.

        Args:
            visit_id: whose portrait it will be.
            wake: called on the camera's thread when there is something new, and not again until `latest` was called.
        """
        self.stop()
        preview = Preview(visit_id, Bell(wake), self._eye, self._burst)
        with self._lock:
            self._preview = preview
        self._counter.prompts.say(Prompt(PromptKind.LOOK_AT_CAMERA, subject=visit_id))
        running = self._on_camera(visit_id, preview.run)
        running.add_done_callback(lambda ended: self._ended(preview, ended.exception()))

    def latest(self) -> PreviewFrame | None:
        """The newest frame that nobody has taken yet."""
        preview = self._preview
        return None if preview is None else preview.take_frame()

    def failure(self) -> BaseException | None:
        """Why the preview ended by itself; None while it runs, or after `stop`."""
        preview = self._preview
        return None if preview is None else preview.failure

    def recovered(self) -> bool:
        """Whether the preview ended because of the camera, and the camera is there again: it can be started anew."""
        preview = self._preview
        return preview is not None and preview.recovered

    def stop(self) -> None:
        """End the preview. Idempotent; the camera is free after the frame that is under way."""
        with self._lock:
            preview, self._preview = self._preview, None
        if preview is not None:
            preview.stop()
            self._counter.prompts.say(Prompt(PromptKind.NOTHING))

    def heed(self, event: BayEvent) -> None:
        """The camera is there again: whoever looks at a preview that ended for its absence is woken."""
        preview = self._preview
        if event.slot == SLOT and event.health.state is HealthState.READY and preview is not None:
            preview.camera_is_back()

    def _ended(self, preview: Preview, failure: BaseException | None) -> None:
        with self._lock:
            current = preview is self._preview
        if current:
            self._counter.prompts.take_back(frozenset({PromptKind.LOOK_AT_CAMERA}))
        preview.end(failure)

    def _end_all(self) -> None:
        preview = self._preview
        if preview is not None:
            preview.end(NotClearedError(Refusal.REVOKED))

    def take(self, visit_id: str) -> Future[Enrollment]:
        """Keep the best of the next frames, without loss, as one attempt.

        The future's exceptions, beyond those of the camera and the gate: RuleError `portrait.attempts_used`.
        """
        return follow(
            self._shot(visit_id), lambda taken: self._counter.desk.submit(lambda: self._keep(visit_id, taken))
        )

    def take_with_hands(self, visit_id: str) -> Future[Enrollment]:
        """Keep the best of the next frames as the picture with both hands, where fingers are missing.

        The future's exceptions, beyond those of the camera and the gate: RuleError `exception.absent`.
        """
        return follow(
            self._shot(visit_id), lambda taken: self._counter.desk.submit(lambda: self._keep_hands(visit_id, taken))
        )

    def _shot(self, visit_id: str) -> Future[Shot]:
        preview = self._preview
        if preview is not None and preview.visit_id == visit_id:
            return preview.ask()
        return self._on_camera(
            visit_id, lambda device, leave, backdrop: shoot(self._eye, device, leave, backdrop, self._burst)
        )

    def _on_camera(self, visit_id: str, job: Callable[[Device, Clearance, Backdrop], T]) -> Future[T]:
        """Checked on the desk, done on the camera's thread."""
        checked = self._counter.desk.submit(lambda: (self._turn(visit_id), self.backdrop(visit_id)))
        return follow(checked, lambda found: on_device(self._counter.bay, SLOT, lambda device: job(device, *found)))

    def _turn(self, visit_id: str) -> Clearance:
        """Fingers that are missing give the camera another turn: for the picture with both hands."""
        self._may_record()
        visit = self._counter.records.load(visit_id)
        if visit.state is State.FINGERPRINTS and visit.exceptions:
            return self._counter.leave.of(visit_id)
        return super()._turn(visit_id)

    def backdrop(self, visit_id: str) -> Backdrop:
        """Which cloth the applicant has to stand before. Raises RuleError `visit.out_of_turn`, nobody is known yet."""
        from devices.camera.backdrop import Backdrop  # noqa: PLC0415 - pixels are loaded late

        applicant = self._counter.records.load(visit_id).applicant
        if applicant is None:
            raise RuleError("visit.out_of_turn", "nobody is identified")
        return Backdrop(applicant.background.value)

    def image(self, visit_id: str, number: int) -> bytes:
        """One attempt as the pass photo that it would be, with another background where the settings want that, PNG.

        Raises:
            RuleError: `portrait.unknown`, `sign_on.*`.
        """
        from station.biometrics.images import decode_png, portrait_png  # noqa: PLC0415 - pixels are loaded late
        from station.biometrics.portrait_image import cut  # noqa: PLC0415 - as the line above

        self._sign_on.allowed(*SEES_APPLICANTS)
        with self._counter.records.work() as work:
            attempt = _attempt(work.visits.load(visit_id), number)
            png = work.blobs.get((attempt.replaced or attempt).blob_id)
            self._counter.trail.note(work, Look.PORTRAIT, visit_id)
        return png if attempt.replaced is not None else portrait_png(cut(decode_png(png), attempt))

    def image_with_hands(self, visit_id: str) -> bytes:
        """The last picture with both hands, whole, PNG. Raises RuleError `exception.portrait_missing`, `sign_on.*`."""
        self._sign_on.allowed(*SEES_APPLICANTS)
        with self._counter.records.work() as work:
            taken = work.visits.load(visit_id).exception_portraits
            if not taken:
                raise RuleError("exception.portrait_missing")
            png = work.blobs.get(taken[-1].blob_id)
            self._counter.trail.note(work, Look.HANDS, visit_id)
        return png

    def force(self, visit_id: str, number: int, officer_id: str, password: str, reason: str) -> Enrollment:
        """A supervisor lets an attempt pass in spite of its hints.

        Raises:
            RuleError: `portrait.unknown`, `portrait.reason_missing`, `sign_on.*`.
        """
        by = self._may_record()
        if not reason.strip():
            raise RuleError("portrait.reason_missing")
        supervisor = self._sign_on.countersign(officer_id, password, Permission.FORCE_CAPTURE)

        def decide(enrollment: Enrollment, _: Work) -> list[h.Entry]:
            _attempt(enrollment, number)
            at = self._counter.clock.now()
            return [h.PortraitForced(number=number, forced_by=supervisor.id, reason=reason.strip(), at=at, by=by)]

        facts: Facts = {"attempt": number, "officer": supervisor.id}
        return self._counter.records.keep(visit_id, decide, action="portrait.forced", facts=facts)

    def grant(self, visit_id: str, officer_id: str, password: str, reason: str) -> Enrollment:
        """A supervisor lets as many portraits be taken again, for an applicant who approves none of those there are.

        Raises:
            RuleError: `portrait.attempts_left`, `portrait.reason_missing`, `visit.out_of_turn`, `sign_on.*`.
        """
        by = self._may_record()
        if not reason.strip():
            raise RuleError("portrait.reason_missing")
        supervisor = self._sign_on.countersign(officer_id, password, Permission.FORCE_CAPTURE)

        def decide(enrollment: Enrollment, _: Work) -> list[h.Entry]:
            return [enrollment.grant_portraits(supervisor.id, reason, at=self._counter.clock.now(), by=by)]

        facts: Facts = {"officer": supervisor.id}
        return self._counter.records.keep(visit_id, decide, action="portrait.more_granted", facts=facts)

    def accept(self, visit_id: str, number: int, accepted: Accepted) -> Enrollment:
        """The applicant approves an attempt, and the step is done: one transaction.

        Args:
            visit_id: whose.
            number: of the attempt, whichever of those that were kept.
            accepted: how they did.

        Raises:
            RuleError: `portrait.unknown`, `portrait.needs_force`, `visit.out_of_turn`, `sign_on.*`.
        """
        by, at = self._may_record(), self._counter.clock.now()

        def decide(enrollment: Enrollment, _: Work) -> list[h.Entry]:
            approved = enrollment.accept_portrait(number, accepted, at=at, by=by)
            return [approved, enrollment.then(approved).finish(at=at, by=by)]

        facts: Facts = {"attempt": number, "kind": accepted.value}
        enrollment = self._counter.records.keep(visit_id, decide, action="portrait.accepted", facts=facts)
        self.stop()
        return enrollment

    def _keep(self, visit_id: str, shot: Shot) -> Enrollment:
        from devices.camera.crop import pass_photo  # noqa: PLC0415 - pixels are loaded late
        from station.biometrics.images import portrait_png  # noqa: PLC0415 - as the line above
        from station.store import Purpose  # noqa: PLC0415 - the store is loaded late

        self._same_leave(visit_id, shot.leave)
        by, at = self._sign_on.officer().id, self._counter.clock.now()
        image, quality = shot.frame.image, shot.quality
        data = portrait_png(image)
        height, width = image.shape[:2]
        right, left = quality.right_eye, quality.left_eye
        eyes = (_point(right), _point(left)) if right is not None and left is not None else None
        hints = tuple(each.value for each in quality.hints)
        if max(width, height) < ENROLMENT_PIXELS[0] or min(width, height) < ENROLMENT_PIXELS[1]:
            hints = (*hints, FEW_PIXELS)
        face, crop = quality.face, pass_photo(width, height, eyes)
        figures = ((each.name, float(each.value), float(each.score)) for each in quality.checks)

        other = self._with_background(image, crop, shot.backdrop) if eyes is not None else None

        def decide(enrollment: Enrollment, work: Work) -> list[h.Entry]:
            replaced = None
            if other is not None:
                replaced = ReplacedBackground(work.blobs.put(visit_id, other[0], Purpose.CAPTURE), *other[1:])
            attempt = PortraitAttempt(
                number=len(enrollment.portraits) + 1,
                blob_id=work.blobs.put(visit_id, data, Purpose.CAPTURE),
                width=width,
                height=height,
                taken_at=shot.frame.taken_at,
                source=shot.source,
                quality=(QualityScore(quality.algorithm, float(quality.score)),),
                eyes=eyes,
                hints=hints,
                face=None if face is None else (int(face.x), int(face.y), int(face.width), int(face.height)),
                crop=crop,
                backdrop=shot.backdrop.value,
                checks=tuple(CheckFigure(*each) for each in figures if all(map(math.isfinite, each[1:]))),
                burst=shot.burst,
                replaced=replaced,
            )
            return [enrollment.take_portrait(attempt, at=at, by=by)]

        facts: Facts = {"slot": SLOT, "simulated": shot.source.simulated, "count": len(hints)}
        return self._counter.records.keep(visit_id, decide, action="portrait.taken", facts=facts)

    def _with_background(
        self, image: BgrImage, crop: tuple[int, int, int, int], backdrop: Backdrop
    ) -> tuple[bytes, str, str] | None:
        """The pass photo with the backdrop's colour behind it, where the settings want one: PNG, colour, method."""
        from station.biometrics.images import portrait_png  # noqa: PLC0415 - pixels are loaded late
        from station.biometrics.portrait_image import METHOD, with_background  # noqa: PLC0415 - as the line above

        capture = self._counter.settings.capture
        if not capture.replace_background:
            return None
        left, top, width, height = crop
        colour = capture.portrait.colours[Background(backdrop.value)]
        photo = with_background(image[top : top + height, left : left + width], colour)
        return portrait_png(photo), colour, METHOD

    def _keep_hands(self, visit_id: str, shot: Shot) -> Enrollment:
        from station.biometrics.images import portrait_png  # noqa: PLC0415 - pixels are loaded late
        from station.store import Purpose  # noqa: PLC0415 - the store is loaded late

        self._same_leave(visit_id, shot.leave)
        by, at = self._sign_on.officer().id, self._counter.clock.now()
        data = portrait_png(shot.frame.image)
        height, width = shot.frame.image.shape[:2]

        def decide(enrollment: Enrollment, work: Work) -> list[h.Entry]:
            portrait = ExceptionPortrait(
                number=len(enrollment.exception_portraits) + 1,
                blob_id=work.blobs.put(visit_id, data, Purpose.CAPTURE),
                width=width,
                height=height,
                taken_at=shot.frame.taken_at,
                source=shot.source,
                fingers=tuple(sorted(each.position for each in enrollment.exceptions)),
            )
            return [enrollment.take_exception_portrait(portrait, at=at, by=by)]

        facts: Facts = {"slot": SLOT, "simulated": shot.source.simulated}
        return self._counter.records.keep(visit_id, decide, action="exception.portrait_taken", facts=facts)


def _point(found: tuple[float, float]) -> tuple[float, float]:
    """In plain numbers, which are stored and read back alike."""
    return float(found[0]), float(found[1])


def _attempt(enrollment: Enrollment, number: int) -> PortraitAttempt:
    attempt = enrollment.portrait(number)
    if attempt is None:
        raise RuleError("portrait.unknown")
    return attempt
