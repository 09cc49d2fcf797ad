"""A network camera on loopback: MJPEG over HTTP, as OpenCV's VideoCapture reads it, with a scene that can be changed.

`CameraSimulator` serves from a thread of this process, `process.CameraProcess` from a process of its own. What is sent
is encoded beforehand (`pictures`) and sent round and round (`server`). The truth about the scene stays here: nothing of
it goes over the wire.
"""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Final, Self

from devices.camera.simulator.pictures import CameraFault, Round, Scene, picture_round
from devices.camera.simulator.server import Server, part
from devices.simulation.face import FaceTruth

__all__ = ["CameraFault", "CameraSimulator", "Scene"]

FPS: Final = 30.0
SLOW_FPS: Final = 2.0


class CameraSimulator:
    """One camera with a person in front of it, or nobody.

    Args:
        scene: what it sees.
        fps: frames a second.
        sway: the scene moves as a sitting person does; else noise alone differs from frame to frame, and `truth` holds
            for each of them to the pixel.
    """

    def __init__(self, scene: Scene = None, *, fps: float = FPS, sway: bool = True) -> None:
        self._fps = fps
        self._sway = sway
        self._fault: CameraFault | None = None
        self._scene = scene
        self._round = Round((0, 0), (), None)
        self._parts: tuple[bytes, ...] = ()
        self._server = Server(self._next_part)
        self._turn = 0
        self._lock = threading.Lock()
        """Held while a scene is rendered: the last one shown is the one that stays."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """What a driver is configured with; stays the same over unplug and replug. Valid once started."""
        return self._server.url

    @property
    def frames_sent(self) -> int:
        """Frames handed to clients since the start."""
        return self._server.sent

    @property
    def fault(self) -> CameraFault | None:
        """What is wrong now."""
        return self._fault

    @property
    def truth(self) -> FaceTruth | None:
        """Where things are in the pictures; None where nobody can be seen as they were meant to be. See `sway`."""
        return self._round.truth

    def start(self) -> None:
        """Plug in. Idempotent."""
        self.show(self._scene)
        self._server.start(self._interval())

    def stop(self) -> None:
        """Unplug for good, join the thread. Idempotent."""
        self._server.stop()

    def show(self, scene: Scene) -> None:
        """Put somebody else, a picture or nobody in front of it. Takes some 0.3 s; frames go on meanwhile.

        Where the size of the frames changes, connections break: a stream keeps its size to the end.
        """
        with self._lock:
            shown = picture_round(scene, self._fault, sway=self._sway)
            resized = shown.size != self._round.size and self._server.running
            self._scene, self._round, self._parts = scene, shown, tuple(part(each) for each in shown.pictures)
            if resized:
                self._server.ask(self._server.disconnect)

    def befall(self, fault: CameraFault | None) -> None:
        """Something goes wrong, instead of what was wrong before; None mends it."""
        self._fault = fault
        self.show(self._scene)
        self._server.interval_s = self._interval()

    def unplug(self) -> None:
        """Pull the cable: connections break, and none is taken. Returns when it is out."""
        self._server.ask(self._server.unplug)

    def replug(self) -> None:
        """Put the cable back, at the same address. Returns when it is in."""
        self._server.ask(self._server.plug)

    def _interval(self) -> float:
        return 1 / (SLOW_FPS if self._fault is CameraFault.SLOW else self._fps)

    def _next_part(self) -> bytes | None:
        """The next picture with its head, on the server's thread; None while none comes."""
        if self._fault is CameraFault.FREEZE:
            return None
        parts = self._parts
        if self._fault is not CameraFault.STUCK:
            self._turn += 1
        return parts[self._turn % len(parts)]
