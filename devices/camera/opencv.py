"""Driver for whatever OpenCV can open: a webcam, MJPEG over HTTP, a picture, a folder of them, or a film.

A thread of the driver's own takes every frame off the source, so that none grows old in a buffer. A frame that nobody
waits for is thrown away, undecoded where the source allows it: no picture of an applicant lies in memory unasked. A
wait begins after the gate has admitted it and ends with a frame taken after it began; a picture that only repeats the
one before is none. OpenCV itself is imported on that thread, at the first opening.

A camera of this machine that was open once is known by its identity from then on: whatever number it has when it comes
back, it is the one that is opened, and no other.
"""

from __future__ import annotations

import threading
import time
import zlib
from typing import TYPE_CHECKING, Final

from devices.camera import LONG_SIDE, SHORT_SIDE, BgrImage, Camera, Frame, fit_for_enrolment
from devices.camera.identity import CameraIdentity
from devices.camera.tuning import Setting, Tuning
from devices.device import DeviceInfo, SelfTestResult
from devices.errors import CaptureCancelledError, DeviceError, DeviceLostError, DeviceTimeoutError
from devices.gate import CaptureGate
from devices.transport import Deadline
from protocols.clock import Clock, SystemClock

if TYPE_CHECKING:
    from devices.camera.captured import Source

SLICE_S: Final = 0.05
"""Longest single wait: how soon a cancel from another thread is noticed."""
OPEN_S: Final = 15.0
"""Windows' Media Foundation has been seen to take 8 s (opencv issue 26495)."""
STUTTER_FRAMES: Final = 30
"""So many undecodable frames in a row mean that no good one will come."""

FROZEN_S: Final = 2.0
"""So long the same picture means that the camera hangs: a live one differs by its sensor's noise alone."""
FLAT: Final = 8
"""Grey values within which a picture shows nothing: a covered lens, compressed, repeats itself without hanging."""
LOOK_AT: Final = 8
"""Every so many pixels are compared, each way."""

TEST_FRAMES: Final = 8
TEST_S: Final = 3.0
LEAST_FPS: Final = 8.0
"""Below this a person cannot follow the guidance on the screen: it lags by more than 150 ms."""
BLACK: Final = 8.0
"""Mean grey value, of 255, that a picture of a lit room exceeds: a cap on the lens stays below."""


class OpenCvCamera(Camera):
    """One source of live frames.

    Args:
        slot: its place at the station.
        gate: decides what may be acquired.
        source: a camera by number ("0"), by node ("/dev/video0") or by identity ("camera:vid=046d;pid=0825", see
            `identity`; an opened one tells its own in `properties`), "http://host:port/path" of an MJPEG stream, or
            the path of a picture (given again and again), of a folder of pictures or of a film (each from the start
            again at its end).
        width, height: pixels asked of a camera; files and streams have their own. A self-test finds anything smaller
            than 1280 x 720 unfit, wherever it comes from.
        fps: frames a second asked of a camera.
        exposure, focus: asked of a camera; `properties` tells what it took.
        clock: for the time of a frame.
        simulated: the other end is a simulator; everything captured is marked so.
    """

    def __init__(
        self,
        slot: str,
        gate: CaptureGate,
        source: str,
        *,
        width: int = 1280,
        height: int = 720,
        fps: int = 30,
        exposure: Setting = None,
        focus: Setting = None,
        clock: Clock | None = None,
        simulated: bool = False,
    ) -> None:
        super().__init__(slot, gate)
        self._source = source
        self._tuning = Tuning(width, height, fps, exposure, focus)
        self._known: CameraIdentity | None = None
        self._motion = _Motion()
        self._clock = clock or SystemClock()
        self._simulated = simulated
        self._reader: _Reader | None = None

    def _do_open(self) -> DeviceInfo:
        reader = self._reader = _Reader(
            self.slot, self._source, self._known, self._tuning, self._motion, clock=self._clock
        )
        source = reader.start(self._cancelled)
        self._known = source.identity or self._known
        width, height = source.size
        fit = "yes" if fit_for_enrolment(width, height) else f"no: less than {LONG_SIDE} x {SHORT_SIDE}"
        return DeviceInfo(
            kind=self.kind,
            maker=source.maker,
            model=source.model,
            serial=source.serial,
            simulated=self._simulated,
            properties={
                "port": source.name,
                "backend": source.backend,
                "width": str(width),
                "height": str(height),
                "enrolment": fit,
                **source.facts,
            },
        )

    def is_back(self) -> bool:
        """Whether, after a loss, it can be seen again. Some milliseconds; asked by the bay between its attempts."""
        from devices.camera.sources import is_there  # noqa: PLC0415 - on the device's thread, and with OpenCV

        return is_there(self._source, self._known)

    def _do_close(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.stop()

    def _do_watch(self) -> None:
        self._connected().check()

    def _do_read(self, timeout_s: float) -> Frame:
        return self._connected().next_frame(timeout_s, self._cancelled)

    def _do_self_test(self) -> SelfTestResult:
        """Look at a few frames and keep their figures alone; no pixel leaves."""
        reader = self._connected()
        deadline = Deadline(TEST_S)
        frames: list[Frame] = []
        try:
            while len(frames) < TEST_FRAMES:
                frames.append(reader.next_frame(deadline.remaining, self._cancelled))
        except DeviceTimeoutError:
            if not frames:
                raise
        first, last = frames[0], frames[-1]
        height, width = last.image.shape[:2]
        seconds = last.monotonic - first.monotonic
        fps = (last.sequence - first.sequence) / seconds if seconds > 0 else 0.0
        mean = float(last.image[::8, ::8].mean())
        checks = (
            ("size", fit_for_enrolment(width, height), f"{width} x {height}"),
            ("rate", fps >= LEAST_FPS, f"{fps:.1f} fps"),
            ("picture", mean > BLACK, f"mean {mean:.0f}"),
        )
        return SelfTestResult(all(passed for _, passed, _ in checks), checks)

    def _connected(self) -> _Reader:
        reader = self._reader
        if reader is None:
            raise DeviceLostError("camera.closed", self.slot)
        return reader


class _Reader:
    """The thread that owns a source, and the one place a frame can be waited for."""

    def __init__(
        self, slot: str, source: str, known: CameraIdentity | None, tuning: Tuning, motion: _Motion, *, clock: Clock
    ) -> None:
        self._wanted = (source, known, tuning)
        self._motion = motion
        self._clock = clock
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._source: Source | None = None
        self._error: DeviceError | None = None
        self._begun = 0
        """Frames begun to be taken; a frame's number, too."""
        self._asked_at: int | None = None
        """What `_begun` was when somebody began to wait; None while nobody does."""
        self._given: Frame | None = None
        self._last_given = 0
        self._thread = threading.Thread(target=self._run, name=f"camera {slot}")

    # -- from the device's thread

    def start(self, cancelled: threading.Event) -> Source:
        """Open the source. Raises DeviceError."""
        deadline = Deadline(OPEN_S)
        self._thread.start()
        with self._changed:
            while self._source is None:
                self._refuse(cancelled)
                if deadline.expired:
                    raise DeviceTimeoutError("camera.no_answer")
                self._changed.wait(SLICE_S)
            return self._source

    def stop(self) -> None:
        """End every wait with DeviceLostError, join the thread. Idempotent, from any thread.

        A wait inside OpenCV cannot be cut short: with a source that has gone silent this takes up to its 2 s.
        """
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join()

    def check(self) -> None:
        """Raises DeviceLostError where the source has ended."""
        with self._changed:
            self._refuse(None)

    def next_frame(self, timeout_s: float, cancelled: threading.Event) -> Frame:
        """A frame taken from now on. Raises DeviceTimeoutError, DeviceLostError, CaptureCancelledError."""
        deadline = Deadline(timeout_s)
        with self._changed:
            self._asked_at = self._begun
            try:
                while self._given is None:
                    self._refuse(cancelled)
                    if deadline.expired:
                        raise DeviceTimeoutError("camera.no_frame", f"within {timeout_s:.1f} s")
                    self._changed.wait(min(SLICE_S, deadline.remaining))
                return self._given
            finally:
                self._asked_at = self._given = None

    def _refuse(self, cancelled: threading.Event | None) -> None:
        if cancelled is not None and cancelled.is_set():
            raise CaptureCancelledError("capture.cancelled")
        if self._stopping.is_set():
            raise DeviceLostError("camera.closed")
        if self._error is not None:
            raise self._error

    # -- on the reader's own thread

    def _run(self) -> None:
        error: DeviceError = DeviceLostError("camera.reader_died")  # unless told otherwise below
        try:
            # 0.1 s of importing that the thread of the screen is spared
            from devices.camera.sources import open_source  # noqa: PLC0415 - see the line above

            source = open_source(*self._wanted, self._stopping)
            try:
                self._serve(source)
            finally:
                source.close()
            error = DeviceLostError("camera.closed")
        except DeviceError as known:
            error = known
        finally:
            with self._changed:
                self._error = error
                self._changed.notify_all()

    def _serve(self, source: Source) -> None:
        with self._changed:
            self._source = source
            self._changed.notify_all()
        undecodable = 0
        while not self._stopping.is_set():
            with self._changed:
                self._begun += 1
            source.take()
            if not self._wanted_now():
                continue
            image = source.decode()
            if image is not None:
                undecodable = 0
                if source.recorded or self._motion.moved(image):
                    self._give(image)
            else:
                undecodable += 1
                if undecodable == STUTTER_FRAMES:
                    raise DeviceLostError("camera.garbled", f"{undecodable} frames in a row")

    def _wanted_now(self) -> bool:
        """Whether the frame just taken may be given.

        A frame exposed before somebody asked is nobody's: its taking must have begun after that. Where the one before
        it was given, it may have begun in the moment between two reads, or a preview would get every second frame.
        """
        with self._changed:
            asked_at = self._asked_at
            if asked_at is None or self._given is not None:
                return False
            return self._begun > asked_at or self._last_given == self._begun - 1

    def _give(self, image: BgrImage) -> None:
        frame = Frame(image, self._clock.now(), self._clock.monotonic(), self._begun)
        with self._changed:
            if self._asked_at is not None:
                self._given = frame
                self._last_given = frame.sequence
                self._changed.notify_all()


class _Motion:
    """Tells a live camera from one that hangs and shows its last picture again and again.

    It outlives a reader: a camera that hangs and is opened anew does not pass its old picture off as a new one.
    """

    def __init__(self) -> None:
        self._last: int | None = None
        """A checksum of the last picture; no pixel is kept."""
        self._still_since: float | None = None

    def moved(self, image: BgrImage) -> bool:
        """Whether this picture differs from the one before. Raises DeviceLostError where none has for `FROZEN_S`."""
        some = image[::LOOK_AT, ::LOOK_AT]
        last, self._last = self._last, zlib.crc32(some.tobytes())
        if self._last != last or int(some.max()) - int(some.min()) < FLAT:
            self._still_since = None
            return True
        now = time.monotonic()
        if self._still_since is None:
            self._still_since = now
        if now - self._still_since >= FROZEN_S:
            self._still_since = None
            raise DeviceLostError("camera.silent", f"the same picture for {FROZEN_S:g} s")
        return False
