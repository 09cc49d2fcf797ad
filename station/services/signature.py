"""The signature: live ink under the clearance, kept as ISO/IEC 19794-7 once it is one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from itertools import dropwhile
from typing import TYPE_CHECKING

from devices.device import Device, DeviceKind
from devices.signature_pad import PadButton, PadGeometry, PenSample, SignaturePad
from devices.signature_pad.quality import SignatureLimits, assess
from protocols.clearance import Clearance, NotClearedError, Refusal
from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.officer import SEES_APPLICANTS, Permission
from station.domain.samples import CaptureSource, SignatureSample
from station.domain.step import State
from station.errors import RuleError, WayOn
from station.services.capturing import Bell, CapturingDesk, source_of
from station.services.chain import follow, on_device
from station.services.counter import Counter
from station.services.prompts import Prompt, PromptKind
from station.services.sign_on import SignOn
from station.services.trail import Look

if TYPE_CHECKING:
    from station.store import Work

SLOT = DeviceKind.SIGNATURE_PAD.value


@dataclass(frozen=True, slots=True)
class _Ink:
    samples: tuple[PenSample, ...] = field(repr=False)
    geometry: PadGeometry
    source: CaptureSource


class SignatureDesk(CapturingDesk):
    """On the desk's thread: `finish`, `cannot_sign` and `image`; the rest from any thread."""

    def __init__(self, counter: Counter, sign_on: SignOn) -> None:
        super().__init__(counter, sign_on, State.SIGNATURE, DeviceKind.SIGNATURE_PAD)
        self._lock = threading.Lock()
        self._stream: _Stream | None = None

    def start(self, visit_id: str, wake: Callable[[], None]) -> None:
        """Begin to take ink; what keeps it from that is told by `failure`.

        Args:
            visit_id: whose signature it will be.
            wake: called on the pad's thread when there is something new, and not again until `ink` was called.
        """
        self.stop()
        stream = _Stream(visit_id, Bell(wake))
        with self._lock:
            self._stream = stream
        checked = self._counter.desk.submit(lambda: self._turn(visit_id))

        def run(device: Device, leave: Clearance) -> None:
            stream.run(device, leave, lambda: self._counter.prompts.say(Prompt(PromptKind.SIGN)))

        running = follow(checked, lambda leave: on_device(self._counter.bay, SLOT, lambda device: run(device, leave)))
        running.add_done_callback(lambda ended: self._ended(stream, ended.exception()))

    def _ended(self, stream: _Stream, failure: BaseException | None) -> None:
        with self._lock:
            current = stream is self._stream
        if current:
            self._counter.prompts.take_back(frozenset({PromptKind.SIGN}))
        stream.end(failure)

    def _end_all(self) -> None:
        stream = self._stream
        if stream is not None:
            stream.withdraw()

    def ink(self) -> tuple[PenSample, ...]:
        """All samples since `start` or `clear`."""
        stream = self._stream
        return () if stream is None else stream.taken()

    def geometry(self) -> PadGeometry | None:
        """What the samples' numbers mean; None until the pad has answered."""
        stream = self._stream
        return None if stream is None else stream.geometry

    def has_buttons(self) -> bool:
        """Whether the applicant may accept or begin anew on the pad itself; False until the pad has answered."""
        stream = self._stream
        return stream is not None and stream.has_buttons

    def pressed(self) -> tuple[PadButton, ...]:
        """The buttons pressed on the pad since the last call, oldest first; each means what the officer's key means."""
        stream = self._stream
        return () if stream is None else stream.pressed()

    def clear(self, visit_id: str) -> None:
        """Throw the ink away; the applicant signs anew."""
        stream = self._stream
        if stream is not None and stream.visit_id == visit_id:
            stream.clear()

    def failure(self) -> BaseException | None:
        """Why the stream ended by itself; None while it runs, or after `stop`."""
        stream = self._stream
        return None if stream is None else stream.failure

    def stop(self) -> None:
        """Take no more ink, forget what came. Idempotent."""
        with self._lock:
            stream, self._stream = self._stream, None
        if stream is not None:
            stream.stop()
            self._counter.prompts.say(Prompt(PromptKind.NOTHING))

    def take(self, visit_id: str) -> Future[Enrollment]:
        """Keep what was signed. Where it is no signature the future fails, nothing is kept and the ink stays.

        What came before the pad was lost is no signature, nor what stands while the pen is down: nobody knows how it
        would have gone on.
        """
        stream = self._stream

        def keep() -> Enrollment:
            if stream is None or stream.visit_id != visit_id:
                raise RuleError("signature.not_started", way_on=WayOn.RETRY)
            if stream.failure is not None:
                raise stream.failure
            if self._turn(visit_id) is not stream.leave:
                raise RuleError("capture.not_cleared", way_on=WayOn.SCREEN_AGAIN)
            enrollment = self._keep(visit_id, stream.ink())
            self.stop()
            return enrollment

        return self._counter.desk.submit(keep)

    def cannot_sign(self, visit_id: str, officer_id: str, password: str) -> Enrollment:
        """The applicant cannot sign, as a second officer confirms. Raises RuleError `exception.*`, `sign_on.*`."""
        by, at = self._may_record(), self._counter.clock.now()
        second = self._sign_on.countersign(officer_id, password, Permission.CONFIRM_EXCEPTION)
        enrollment = self._counter.records.keep(
            visit_id,
            lambda enrollment, _: [enrollment.cannot_sign(second.id, at=at, by=by)],
            action="signature.not_captured",
            facts={"officer": second.id},
        )
        self.stop()
        return enrollment

    def image(self, visit_id: str, number: int = 0) -> bytes:
        """One signature, the last one without a number, PNG. Raises RuleError `signature.missing`, `sign_on.needed`."""
        from station.biometrics.signature_image import signature_png  # noqa: PLC0415 - pixels are loaded late
        from station.biometrics.signature_iso import decode  # noqa: PLC0415 - with its sister

        self._sign_on.allowed(*SEES_APPLICANTS)
        with self._counter.records.work() as work:
            signatures = [each for each in work.visits.load(visit_id).signatures if number in {0, each.number}]
            if not signatures:
                raise RuleError("signature.missing")
            geometry, samples = decode(work.blobs.get(signatures[-1].blob_id))
            self._counter.trail.note(work, Look.SIGNATURE, visit_id)
        return signature_png(samples, geometry)

    def _keep(self, visit_id: str, ink: _Ink | None) -> Enrollment:
        from station.biometrics.signature_iso import encode  # noqa: PLC0415 - encodings are loaded late
        from station.store import Purpose  # noqa: PLC0415 - the store is loaded late

        if ink is None:
            raise RuleError("signature.empty", way_on=WayOn.RETRY)
        capture = self._counter.settings.capture
        limits = SignatureLimits(min_points=capture.signature_points, min_extent_mm=capture.signature_mm)
        quality = assess(ink.samples, ink.geometry, limits)
        if not quality.acceptable:
            raise RuleError(quality.hints[0], way_on=WayOn.RETRY)
        if ink.samples[-1].down:
            raise RuleError("signature.pen_down", way_on=WayOn.RETRY)
        by, at = self._sign_on.officer().id, self._counter.clock.now()
        data = encode(_inside(_to_the_last_lift(ink.samples), ink.geometry), ink.geometry)

        def decide(enrollment: Enrollment, work: Work) -> list[h.Entry]:
            sample = SignatureSample(
                number=len(enrollment.signatures) + 1,
                blob_id=work.blobs.put(visit_id, data, Purpose.CAPTURE),
                points=quality.points,
                duration_ms=quality.duration_ms,
                taken_at=at,
                source=ink.source,
            )
            return [h.SignatureTaken(sample=sample, at=at, by=by)]

        facts = {"count": quality.points, "simulated": ink.source.simulated}
        return self._counter.records.keep(visit_id, decide, action="signature.taken", facts=facts)


class _Stream:
    """One run of the pad."""

    def __init__(self, visit_id: str, bell: Bell) -> None:
        self.visit_id = visit_id
        self._bell = bell
        self._stop = threading.Event()
        self._wipe = threading.Event()
        self._lock = threading.Lock()
        self._samples: list[PenSample] = []
        self._pressed: list[PadButton] = []
        self._has_buttons = False
        self._geometry: PadGeometry | None = None
        self._source: CaptureSource | None = None
        self._failure: BaseException | None = None
        self._over = False
        self.leave: Clearance | None = None
        """Under which the ink comes; written on the pad's thread before the first sample."""

    @property
    def geometry(self) -> PadGeometry | None:
        with self._lock:
            return self._geometry

    @property
    def has_buttons(self) -> bool:
        with self._lock:
            return self._has_buttons

    @property
    def failure(self) -> BaseException | None:
        with self._lock:
            return self._failure

    def pressed(self) -> tuple[PadButton, ...]:
        with self._lock:
            pressed = tuple(self._pressed)
            self._pressed.clear()
            return pressed

    def taken(self) -> tuple[PenSample, ...]:
        self._bell.answered()
        with self._lock:
            return tuple(self._samples)

    def ink(self) -> _Ink | None:
        with self._lock:
            if not self._samples or self._geometry is None or self._source is None:
                return None
            return _Ink(tuple(self._samples), self._geometry, self._source)

    def clear(self) -> None:
        with self._lock:
            self._forget()
            self._wipe.set()

    def stop(self) -> None:
        self._stop.set()
        with self._lock:
            self._forget()

    def run(self, device: Device, leave: Clearance, ready: Callable[[], None]) -> None:
        """On the pad's thread, until stopped; then nothing stays on the pad's own screen. Raises what ends it."""
        assert isinstance(device, SignaturePad)
        device.arm(leave)
        try:
            device.clear(leave)
            with self._lock:
                self._geometry, self._source, self.leave = device.geometry, source_of(device), leave
                self._has_buttons = device.has_buttons
            self._bell.ring()
            ready()
            while not (self._stop.is_set() or self._over):
                self._read(device, leave, ready)
        finally:
            device.disarm()

    def _read(self, pad: SignaturePad, leave: Clearance, ready: Callable[[], None]) -> None:
        """What was written and pressed since the last time."""
        if self._wipe.is_set():
            pad.clear(leave)
            with self._lock:
                self._forget()
                self._wipe.clear()
            self._bell.ring()
            ready()
        samples, pressed = pad.read_ink(leave), pad.read_buttons(leave)
        if not (samples or pressed):
            return
        with self._lock:
            if not (self._wipe.is_set() or self._stop.is_set() or self._over):
                self._samples += samples if self._samples else dropwhile(_hovers, samples)
                self._pressed += pressed
        self._bell.ring()

    def _forget(self) -> None:
        self._samples.clear()
        self._pressed.clear()

    def withdraw(self) -> None:
        """The leave has ended."""
        self.end(NotClearedError(Refusal.REVOKED))

    def end(self, failure: BaseException | None) -> None:
        """Forget the ink and take no more; the first cause of an end is the one that is told."""
        with self._lock:
            if not self._over:
                self._failure = None if self._stop.is_set() else failure
            self._over = True
            self._forget()
        if not self._stop.is_set():
            self._bell.ring()


def _hovers(sample: PenSample) -> bool:
    return not sample.down


def _to_the_last_lift(samples: Sequence[PenSample]) -> Sequence[PenSample]:
    """Without the pen's way afterwards, which may go on for minutes and would cost the record its milliseconds."""
    after = next((n for n, sample in enumerate(reversed(samples)) if sample.down), 0)
    return samples[: len(samples) - max(0, after - 1)]


def _inside(samples: Sequence[PenSample], pad: PadGeometry) -> tuple[PenSample, ...]:
    """Moved to the edge where the pen strayed beyond it: the standard's record cannot tell of anything outside."""
    return tuple(
        replace(s, x=min(max(s.x, pad.min_x), pad.max_x), y=min(max(s.y, pad.min_y), pad.max_y)) for s in samples
    )
