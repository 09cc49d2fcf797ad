"""The live picture: frames as fast as the camera gives them, judged beside it on a thread of their own.

The camera's thread alone reads, and hands each frame to a place that holds the newest. The judge looks at the newest
one whenever it is due, and at bursts first; what it has no time for is lost, never queued. It lives as long as the run
of the preview on the camera's thread, which joins it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from devices.device import Device
from devices.errors import CaptureCancelledError, DeviceError
from protocols.clearance import Clearance
from station.domain.samples import WARNINGS_ONLY, CaptureSource
from station.errors import StationError, WayOn
from station.services.capturing import Bell, source_of

if TYPE_CHECKING:
    from devices.camera import BgrImage, Camera, Frame
    from devices.camera.backdrop import Backdrop
    from devices.camera.limits import PortraitLimits
    from devices.camera.quality import PortraitAnalyser, PortraitQuality
    from devices.camera.steadiness import Guide, Steadiness
    from station.config import PortraitSection

JUDGED_EVERY_S: Final = 0.11
"""The longest time between two frames that are judged, as far as the camera's beat allows: nine a second and more, so
that a hint is never older than this and one judgement."""
PAINT_FIRST_S: Final = 0.006
"""How long the judge leaves a new frame to the screen: both at once would only make the picture late."""


@dataclass(frozen=True, slots=True, eq=False)
class PreviewFrame:
    """What the preview shows.

    Attributes:
        image: BGR pixels; nobody writes to them.
        sequence: the frame's number.
        monotonic: when it was decoded, seconds.
        guide: the newest advice, of this frame or an earlier one; None before the first.
        judged: `monotonic` of the frame that the advice is about.
    """

    image: BgrImage = field(repr=False)
    sequence: int
    monotonic: float
    guide: Guide | None = field(repr=False)
    judged: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """The best frame of a burst of `burst`."""

    frame: Frame
    quality: PortraitQuality
    source: CaptureSource
    leave: Clearance
    backdrop: Backdrop
    burst: int


class Eye:
    """Judges pictures, one at a time from whichever thread; pixels are loaded with the first."""

    def __init__(self, settings: PortraitSection) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._analyser: PortraitAnalyser | None = None

    def steadiness(self) -> Steadiness:
        """By the same profile."""
        from devices.camera.steadiness import Steadiness  # noqa: PLC0415 - pixels are loaded late

        return Steadiness(_profile(self._settings.guidance))

    def judge(self, image: BgrImage, backdrop: Backdrop) -> PortraitQuality:
        """What is found in it. Raises StationError `portrait.bad_profile`."""
        with self._lock:
            if self._analyser is None:
                self._analyser = self._made()
            return self._analyser.analyse(image, backdrop)

    def best(self, frames: Sequence[Frame], backdrop: Backdrop) -> tuple[Frame, PortraitQuality]:
        """The frame that needs no supervisor, then the one of the highest score, then the sharpest."""
        judged = [(frame, self.judge(frame.image, backdrop)) for frame in frames]
        return max(judged, key=lambda each: _merit(each[1]))

    def _made(self) -> PortraitAnalyser:
        from devices.camera.quality import PortraitAnalyser  # noqa: PLC0415 - pixels are loaded late

        return PortraitAnalyser(_profile(self._settings.guidance), str(self._settings.detector or "cascade"))


def _profile(path: Path | None) -> PortraitLimits | None:
    from devices.camera.limits import PortraitLimits  # noqa: PLC0415 - pixels are loaded late

    if path is None:
        return None
    try:
        return PortraitLimits.parse(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise StationError("portrait.bad_profile", WayOn.CHECK_SETTINGS, path.name) from error


def _merit(quality: PortraitQuality) -> tuple[bool, int, float]:
    passes = not {hint.value for hint in quality.hints} - WARNINGS_ONLY
    return passes, quality.score, quality.value("sharpness") or 0.0


class Preview:
    """One run: its newest frame, its newest advice, and those who wait for a picture."""

    def __init__(self, visit_id: str, bell: Bell, eye: Eye, burst: int) -> None:
        self.visit_id = visit_id
        self._eye = eye
        self._bell = bell
        self._burst = burst
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._frame: Frame | None = None
        self._guide: tuple[Guide, float] | None = None
        self._asked: list[_Burst] = []
        self._over = False
        self._failure: BaseException | None = None
        self._back = False

    @property
    def failure(self) -> BaseException | None:
        """Why it ended by itself."""
        with self._lock:
            return self._failure

    @property
    def recovered(self) -> bool:
        """Whether it ended for a camera that is there again."""
        with self._lock:
            return self._back

    def stop(self) -> None:
        """Read no more frames."""
        self._stop.set()

    def take_frame(self) -> PreviewFrame | None:
        """The newest frame that nobody has taken yet, with the newest advice."""
        self._bell.answered()
        with self._lock:
            frame, self._frame = self._frame, None
            guide, judged = self._guide or (None, 0.0)
        return None if frame is None else PreviewFrame(frame.image, frame.sequence, frame.monotonic, guide, judged)

    def ask(self) -> Future[Shot]:
        """The best of the next frames."""
        burst = _Burst()
        with self._lock:
            if not self._over:
                self._asked.append(burst)
                return burst.shot
            failure = self._failure
        burst.shot.set_exception(failure or CaptureCancelledError("capture.cancelled"))
        return burst.shot

    def run(self, device: Device, leave: Clearance, backdrop: Backdrop) -> None:
        """On the camera's thread, until stopped. Raises what ends it."""
        camera = _camera(device)
        camera.arm(leave)
        source = source_of(camera)
        judge = Judge(self._eye, backdrop, self._advise)
        with judge:
            while not self._stop.is_set() and judge.failure is None:
                frame = camera.read(leave)
                full = self._show(frame)
                if full is None:
                    return
                judge.see(frame)
                for each in full:
                    judge.choose(
                        each.frames, lambda *best, each=each: self._chosen(each, best, source, leave, backdrop)
                    )
                self._bell.ring()
        if judge.failure is not None:
            raise judge.failure

    def end(self, failure: BaseException | None) -> None:
        """Show nothing more, forget what was seen; the first cause of an end is the one that is told."""
        with self._lock:
            if not self._over:
                self._failure = None if self._stop.is_set() else failure
            self._over, self._frame, self._guide = True, None, None
            failure = self._failure or failure
            waiting, self._asked = self._asked, []
        for each in waiting:
            each.frames.clear()
            each.shot.set_exception(failure or CaptureCancelledError("capture.cancelled"))
        if not self._stop.is_set():
            self._bell.ring()

    def camera_is_back(self) -> None:
        """Tell it, if the camera's absence was what ended this run."""
        with self._lock:
            if self._back or not isinstance(self._failure, DeviceError):
                return
            self._back = True
        self._bell.ring()

    def _show(self, frame: Frame) -> list[_Burst] | None:
        """The bursts that are full with it; None once nothing may be shown any more."""
        with self._lock:
            if self._over:
                return None
            self._frame = frame
            growing = [each for each in self._asked if len(each.frames) < self._burst]
            for each in growing:
                each.frames.append(frame)
            return [each for each in growing if len(each.frames) == self._burst]

    def _advise(self, guide: Guide, judged: float) -> None:
        with self._lock:
            if not self._over:
                self._guide = guide, judged

    def _chosen(
        self,
        burst: _Burst,
        best: tuple[Frame, PortraitQuality],
        source: CaptureSource,
        leave: Clearance,
        backdrop: Backdrop,
    ) -> None:
        with self._lock:
            if burst not in self._asked:
                return  # it has been told of the end
            self._asked.remove(burst)
        burst.shot.set_result(Shot(*best, source, leave, backdrop, self._burst))


class _Burst:
    """Frames that one shot is chosen from."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.shot: Future[Shot] = Future()
        self.shot.set_running_or_notify_cancel()


Chosen = Callable[["Frame", "PortraitQuality"], None]


class Judge:
    """The judging thread of one run; a context that starts and joins it."""

    def __init__(self, eye: Eye, backdrop: Backdrop, advise: Callable[[Guide, float], None]) -> None:
        self._eye = eye
        self._backdrop = backdrop
        self._advise = advise
        self._changed = threading.Condition()
        self._due: Frame | None = None
        self._bursts: list[tuple[list[Frame], Chosen]] = []
        self._over = False
        self._failure: BaseException | None = None
        self._before = self._judged = 0.0
        self._thread = threading.Thread(target=self._work, name="judge of the preview")

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._over, self._due = True, None
            self._bursts.clear()
            self._changed.notify()
        self._thread.join()

    @property
    def failure(self) -> BaseException | None:
        """What ended it, if anything did."""
        with self._changed:
            return self._failure

    def see(self, frame: Frame) -> None:
        """The newest frame; it is looked at if waiting for the next one would be too long."""
        with self._changed:
            beat, self._before = frame.monotonic - self._before, frame.monotonic
            if self._due is not None:
                self._due = frame
            elif frame.monotonic - self._judged + beat > JUDGED_EVERY_S:
                self._due = frame
                self._changed.notify()

    def choose(self, frames: list[Frame], chosen: Chosen) -> None:
        """Find the best of them, before anything else."""
        with self._changed:
            self._bursts.append((frames, chosen))
            self._changed.notify()

    def _work(self) -> None:
        try:
            steadiness = self._eye.steadiness()
            while (work := self._next()) is not None:
                work(steadiness)
        except Exception as error:  # noqa: BLE001 - the camera's thread raises it
            with self._changed:
                self._failure = error

    def _next(self) -> Callable[[Steadiness], None] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._over or self._bursts or self._due is not None)
            if self._over:
                return None
            if self._bursts:
                frames, chosen = self._bursts.pop(0)
                return lambda _: self._choose(tuple(frames), chosen)
            self._changed.wait_for(lambda: self._over or self._bursts, PAINT_FIRST_S)
            frame, self._due = self._due, None
            if frame is None:
                return None
            self._judged = frame.monotonic
        return lambda steadiness: self._look(frame, steadiness)

    def _choose(self, frames: tuple[Frame, ...], chosen: Chosen) -> None:
        if frames:  # else whoever asked has been told of the end
            chosen(*self._eye.best(frames, self._backdrop))

    def _look(self, frame: Frame, steadiness: Steadiness) -> None:
        quality = self._eye.judge(frame.image, self._backdrop)
        self._advise(steadiness.update(quality, frame.monotonic), frame.monotonic)


def shoot(eye: Eye, device: Device, leave: Clearance, backdrop: Backdrop, burst: int) -> Shot:
    """A burst where no preview runs; on the camera's thread."""
    camera = _camera(device)
    camera.arm(leave)
    frames = [camera.read(leave) for _ in range(burst)]
    return Shot(*eye.best(frames, backdrop), source_of(camera), leave, backdrop, burst)


def _camera(device: Device) -> Camera:
    from devices.camera import Camera  # noqa: PLC0415 - pixels are loaded on the camera's thread

    assert isinstance(device, Camera)
    return device
