"""The portrait: a live preview under the clearance, attempts that are all kept, and the applicant's own approval.

Frames travel by a mailbox that holds the newest alone; what the screen does not take is lost, never queued.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from devices.device import Device, DeviceKind
from devices.errors import CaptureCancelledError
from protocols.clearance import Clearance, NotClearedError, Refusal
from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.officer import Permission
from station.domain.samples import CaptureSource, PortraitAttempt, QualityScore
from station.domain.step import State
from station.errors import RuleError
from station.services.capturing import Bell, CapturingDesk, source_of
from station.services.chain import follow, on_device
from station.services.counter import Counter
from station.services.prompts import Prompt, PromptKind
from station.services.records import Facts
from station.services.sign_on import SignOn

if TYPE_CHECKING:
    from devices.camera import BgrImage, Frame
    from devices.camera.quality import PortraitAnalyser, PortraitQuality
    from station.store import Work

SLOT = DeviceKind.CAMERA.value


@dataclass(frozen=True, slots=True, eq=False)
class PreviewFrame:
    """What the preview shows: BGR pixels, what was found in them, and the frame's number."""

    image: BgrImage = field(repr=False)
    quality: PortraitQuality = field(repr=False)
    sequence: int


@dataclass(frozen=True, slots=True, eq=False)
class _Shot:
    frame: Frame
    quality: PortraitQuality
    source: CaptureSource
    leave: Clearance


class PortraitDesk(CapturingDesk):
    """`start`, `latest`, `failure`, `stop` and `take` from any thread, the rest on the desk's."""

    def __init__(self, counter: Counter, sign_on: SignOn) -> None:
        super().__init__(counter, sign_on, State.PORTRAIT, DeviceKind.CAMERA)
        self._lock = threading.Lock()
        self._preview: _Preview | None = None
        self._eye = _Eye()

    def start(self, visit_id: str, wake: Callable[[], None]) -> None:
        """Begin to show frames; what keeps it from that is told by `failure`.

        Args:
            visit_id: whose portrait it will be.
            wake: called on the camera's thread when there is something new, and not again until `latest` was called.
        """
        self.stop()
        preview = _Preview(visit_id, Bell(wake), self._eye)
        with self._lock:
            self._preview = preview
        self._counter.prompts.say(Prompt(PromptKind.LOOK_AT_CAMERA, subject=visit_id))
        checked = self._counter.desk.submit(lambda: self._turn(visit_id))
        running = follow(
            checked, lambda leave: on_device(self._counter.bay, SLOT, lambda device: preview.run(device, leave))
        )
        running.add_done_callback(lambda ended: self._ended(preview, ended.exception()))

    def latest(self) -> PreviewFrame | None:
        """The newest frame that nobody has taken yet."""
        preview = self._preview
        return None if preview is None else preview.take_frame()

    def failure(self) -> BaseException | None:
        """Why the preview ended by itself; None while it runs, or after `stop`."""
        preview = self._preview
        return None if preview is None else preview.failure

    def stop(self) -> None:
        """End the preview. Idempotent; the camera is free after the frame that is under way."""
        with self._lock:
            preview, self._preview = self._preview, None
        if preview is not None:
            preview.stop()
            self._counter.prompts.say(Prompt(PromptKind.NOTHING))

    def _ended(self, preview: _Preview, failure: BaseException | None) -> None:
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
        """Keep the next frame, without loss."""
        preview = self._preview
        shot: Future[_Shot]
        if preview is not None and preview.visit_id == visit_id:
            shot = preview.ask()
        else:
            checked = self._counter.desk.submit(lambda: self._turn(visit_id))
            shot = follow(
                checked, lambda leave: on_device(self._counter.bay, SLOT, lambda each: self._eye.shoot(each, leave))
            )
        return follow(shot, lambda taken: self._counter.desk.submit(lambda: self._keep(visit_id, taken)))

    def image(self, visit_id: str, number: int) -> bytes:
        """One attempt as the pass photo that it would be, PNG. Raises RuleError `portrait.unknown`, `sign_on.*`."""
        from devices.camera.crop import pass_photo  # noqa: PLC0415 - pixels are loaded late
        from station.biometrics.images import decode_png, portrait_png  # noqa: PLC0415 - pixels are loaded late

        self._sign_on.officer()
        with self._counter.records.work() as work:
            attempt = _attempt(work.visits.load(visit_id), number)
            pixels = decode_png(work.blobs.get(attempt.blob_id))
        left, top, width, height = pass_photo(attempt.width, attempt.height, attempt.eyes)
        return portrait_png(pixels[top : top + height, left : left + width])

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

    def accept(self, visit_id: str, number: int) -> Enrollment:
        """The applicant approves an attempt, and the step is done: one transaction.

        Raises:
            RuleError: `portrait.unknown`, `portrait.needs_force`, `visit.out_of_turn`, `sign_on.*`.
        """
        by, at = self._may_record(), self._counter.clock.now()

        def decide(enrollment: Enrollment, _: Work) -> list[h.Entry]:
            accepted = enrollment.accept_portrait(number, at=at, by=by)
            return [accepted, enrollment.then(accepted).finish(at=at, by=by)]

        facts = {"attempt": number}
        enrollment = self._counter.records.keep(visit_id, decide, action="portrait.accepted", facts=facts)
        self.stop()
        return enrollment

    def _keep(self, visit_id: str, shot: _Shot) -> Enrollment:
        from station.biometrics.images import portrait_png  # noqa: PLC0415 - pixels are loaded late
        from station.store import Purpose  # noqa: PLC0415 - the store is loaded late

        self._same_leave(visit_id, shot.leave)
        by, at = self._sign_on.officer().id, self._counter.clock.now()
        data = portrait_png(shot.frame.image)
        height, width = shot.frame.image.shape[:2]
        quality = shot.quality
        right, left = quality.right_eye, quality.left_eye
        eyes = (right, left) if right is not None and left is not None else None

        def decide(enrollment: Enrollment, work: Work) -> list[h.Entry]:
            attempt = PortraitAttempt(
                number=len(enrollment.portraits) + 1,
                blob_id=work.blobs.put(visit_id, data, Purpose.CAPTURE),
                width=width,
                height=height,
                taken_at=shot.frame.taken_at,
                source=shot.source,
                quality=(QualityScore(quality.algorithm, float(quality.score)),),
                eyes=eyes,
                hints=tuple(each.value for each in quality.hints),
            )
            return [h.PortraitTaken(attempt=attempt, at=at, by=by)]

        facts: Facts = {"slot": SLOT, "simulated": shot.source.simulated, "count": len(quality.hints)}
        return self._counter.records.keep(visit_id, decide, action="portrait.taken", facts=facts)


class _Preview:
    """One run of the preview: its newest frame, and those who wait for the next one."""

    def __init__(self, visit_id: str, bell: Bell, eye: _Eye) -> None:
        self.visit_id = visit_id
        self._eye = eye
        self._bell = bell
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._frame: PreviewFrame | None = None
        self._asked: list[Future[_Shot]] = []
        self._over = False
        self._failure: BaseException | None = None

    @property
    def failure(self) -> BaseException | None:
        with self._lock:
            return self._failure

    def stop(self) -> None:
        self._stop.set()

    def take_frame(self) -> PreviewFrame | None:
        self._bell.answered()
        with self._lock:
            frame, self._frame = self._frame, None
            return frame

    def ask(self) -> Future[_Shot]:
        shot: Future[_Shot] = Future()
        shot.set_running_or_notify_cancel()
        with self._lock:
            if not self._over:
                self._asked.append(shot)
                return shot
            failure = self._failure
        shot.set_exception(failure or CaptureCancelledError("capture.cancelled"))
        return shot

    def run(self, device: Device, leave: Clearance) -> None:
        """On the camera's thread, until stopped. Raises what ends it."""
        while not self._stop.is_set():
            with self._lock:
                waiting, self._asked = self._asked, []
            try:
                shot = self._eye.shoot(device, leave)
            except BaseException:
                with self._lock:
                    self._asked += waiting  # whoever ends the run tells them
                raise
            with self._lock:
                if self._over:
                    self._asked += waiting
                    return
                self._frame = PreviewFrame(shot.frame.image, shot.quality, shot.frame.sequence)
            for each in waiting:
                each.set_result(shot)
            self._bell.ring()

    def end(self, failure: BaseException | None) -> None:
        """Show nothing more; the first cause of an end is the one that is told."""
        with self._lock:
            if not self._over:
                self._failure = None if self._stop.is_set() else failure
            self._over, self._frame = True, None
            failure = self._failure or failure
            waiting, self._asked = self._asked, []
        for each in waiting:
            each.set_exception(failure or CaptureCancelledError("capture.cancelled"))
        if not self._stop.is_set():
            self._bell.ring()


class _Eye:
    """Takes a frame and looks at it; on the camera's thread alone, where pixels are loaded too."""

    def __init__(self) -> None:
        self._analyser: PortraitAnalyser | None = None

    def shoot(self, device: Device, leave: Clearance) -> _Shot:
        from devices.camera import Camera  # noqa: PLC0415 - pixels are loaded on the camera's thread
        from devices.camera.quality import PortraitAnalyser  # noqa: PLC0415 - as the line above

        assert isinstance(device, Camera)
        if self._analyser is None:
            self._analyser = PortraitAnalyser()
        device.arm(leave)
        frame = device.read(leave)
        return _Shot(frame, self._analyser.analyse(frame.image), source_of(device), leave)


def _attempt(enrollment: Enrollment, number: int) -> PortraitAttempt:
    for attempt in enrollment.portraits:
        if attempt.number == number:
            return attempt
    raise RuleError("portrait.unknown")
