"""A network camera on loopback: MJPEG over HTTP, as OpenCV's VideoCapture reads it, with a scene that can be changed.

What it sends is encoded beforehand: a handful of JPEG pictures of the scene, swaying a little as a sitting person does,
sent round and round. One thread owns every socket; other threads post their wishes to it. A client that is slow to
take a frame misses the next ones, as with a real camera.
"""

from __future__ import annotations

import math
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from enum import StrEnum
from types import TracebackType
from typing import Final, Self

import numpy as np

from devices.camera import BgrImage
from devices.opencv_import import cv2
from devices.simulation.face import FaceTraits, render_face

SIZE: Final = (1280, 720)
FRAMES: Final = 16
"""Pictures of one round."""
JPEG_QUALITY: Final = 90
SLOW_FPS: Final = 2.0
SMALL: Final = (640, 360)
BOUNDARY: Final = b"frame"
HEAD: Final = (
    b"HTTP/1.0 200 OK\r\nConnection: close\r\nCache-Control: no-store\r\n"
    b"Content-Type: multipart/x-mixed-replace; boundary=" + BOUNDARY + b"\r\n\r\n"
)
LONGEST_REQUEST: Final = 8192
ASKED_S: Final = 5.0
"""Longest wait for the server's thread, which never blocks on anything but time."""

Scene = FaceTraits | BgrImage | None
"""A synthetic person; a picture, shown as it is; or nobody in front of the backdrop."""


class CameraFault(StrEnum):
    """What may be wrong with a camera that is plugged in."""

    FREEZE = "freeze"
    """No frame comes any more; the connection stands."""
    BLACK = "black"
    """Something covers the lens."""
    SLOW = "slow"
    """Two frames a second."""
    SMALL = "small"
    """Frames of 640 x 360 pixels."""


class CameraSimulator:
    """One camera with a person in front of it, or nobody.

    Args:
        scene: what it sees.
        fps: frames a second.
    """

    def __init__(self, scene: Scene = None, *, fps: float = 15.0) -> None:
        self._fps = fps
        self._fault: CameraFault | None = None
        self._scene = scene
        self._size = (0, 0)
        self._pictures: Sequence[bytes] = ()
        self._server = _Server(self._next_part)
        self._round = 0
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

    def start(self) -> None:
        """Plug in. Idempotent."""
        self.show(self._scene)
        self._server.start(self._interval())

    def stop(self) -> None:
        """Unplug for good, join the thread. Idempotent."""
        self._server.stop()

    def show(self, scene: Scene) -> None:
        """Put somebody else, a picture or nobody in front of it. Takes some 0.2 s; frames go on meanwhile.

        Where the size of the frames changes, connections break: a stream keeps its size to the end.
        """
        with self._lock:
            size, pictures = _encode_round(scene, self._fault)
            resized = size != self._size and self._server.running
            self._scene, self._size, self._pictures = scene, size, pictures
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
        pictures = self._pictures
        self._round = (self._round + 1) % len(pictures)
        return pictures[self._round]


def _encode_round(scene: Scene, fault: CameraFault | None) -> tuple[tuple[int, int], Sequence[bytes]]:
    """Width and height, and the pictures of one round."""
    image = scene if isinstance(scene, np.ndarray) else render_face(scene, *SIZE).image
    if fault is CameraFault.BLACK:
        image = np.zeros_like(image)
    if fault is CameraFault.SMALL:
        image = np.asarray(cv2.resize(image, SMALL, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    size = (image.shape[1], image.shape[0])
    return size, [_part(_swayed(image, step / FRAMES)) for step in range(FRAMES)]


def _swayed(image: BgrImage, phase: float) -> BgrImage:
    """The scene as a person who sits still shows it: 0.3 % of the width to and fro, 0.3 degrees, breathing."""
    height, width = image.shape[:2]
    turn = 2 * math.pi * phase
    matrix = cv2.getRotationMatrix2D((width / 2, height), 0.3 * math.sin(turn), 1 + 0.002 * math.cos(turn))
    matrix[0, 2] += 0.003 * width * math.sin(turn)
    moved = cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.uint8)


def _part(image: BgrImage) -> bytes:
    encoded, jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not encoded:
        raise ValueError("the scene is no picture that JPEG can hold")
    head = b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % (BOUNDARY, jpeg.size)
    return head + jpeg.tobytes() + b"\r\n"


class _Client:
    """A connection: first its question is read, then frames go out one by one."""

    def __init__(self, end: socket.socket) -> None:
        self.end = end
        self.asked = b""
        self.answered = False
        self.rest = memoryview(b"")

    def hear(self) -> bool:
        """Take what came; False where the client has gone or says nothing that makes sense."""
        try:
            data = self.end.recv(LONGEST_REQUEST)
        except ConnectionError:
            return False
        if not data:
            return False
        if not self.answered:
            self.asked += data
            if b"\r\n\r\n" in self.asked:
                self.answered = True
                self.rest = memoryview(HEAD)
        return len(self.asked) <= LONGEST_REQUEST and (not self.answered or self.asked.startswith(b"GET "))

    def push(self) -> bool:
        """Send what fits; False where the client has gone."""
        try:
            self.rest = self.rest[self.end.send(self.rest) :]
        except BlockingIOError:
            return True
        except ConnectionError:
            return False
        return True


class _Server:
    """A listening port on loopback and the thread that owns it.

    Attributes:
        interval_s: seconds between two frames.
        sent: frames begun to be sent.
    """

    def __init__(self, next_part: Callable[[], bytes | None]) -> None:
        self.interval_s = 1.0
        self.sent = 0
        self._next_part = next_part
        self._port = 0
        self._listener: socket.socket | None = None
        self._clients: dict[socket.socket, _Client] = {}
        self._alarm: tuple[socket.socket, socket.socket] | None = None
        self._wishes: deque[Callable[[], None]] = deque()
        self._stopping = False
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        if not self._port:
            raise RuntimeError("the simulator has not been started")
        return f"http://127.0.0.1:{self._port}/camera"

    @property
    def running(self) -> bool:
        return self._thread is not None

    def start(self, interval_s: float) -> None:
        if self._thread is not None:
            return
        self.interval_s = interval_s
        self._stopping = False
        self._alarm = socket.socketpair()
        self.plug()
        self._thread = threading.Thread(target=self._run, name="simulated camera")
        self._thread.start()

    def stop(self) -> None:
        if self._thread is None or self._alarm is None:
            return
        self._stopping = True
        self._alarm[0].send(b"!")
        self._thread.join()
        self._thread = None
        for end in self._alarm:
            end.close()
        self._alarm = None

    def ask(self, wish: Callable[[], None]) -> None:
        """Run something on the server's thread, wait for it, pass on what it raised."""
        if self._thread is None or self._alarm is None:
            raise RuntimeError("the simulator is not running")
        done: Future[None] = Future()

        def fulfil() -> None:
            try:
                wish()
            except OSError as error:
                done.set_exception(error)
            else:
                done.set_result(None)

        self._wishes.append(fulfil)
        self._alarm[0].send(b"!")
        done.result(timeout=ASKED_S)

    def plug(self) -> None:
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self._port))
            self._listener.setblocking(False)
            self._port = self._listener.getsockname()[1]

    def disconnect(self) -> None:
        for client in list(self._clients):
            self._drop(client)

    def unplug(self) -> None:
        self.disconnect()
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _run(self) -> None:
        assert self._alarm is not None
        due = time.monotonic()
        try:
            while not self._stopping:
                now = time.monotonic()
                if now >= due:
                    self._offer()
                    due = max(due + self.interval_s, now)
                readers = [self._alarm[1], *self._clients]
                if self._listener is not None:
                    readers.append(self._listener)
                writers = [end for end, client in self._clients.items() if client.rest]
                # with nobody to show anything to, the thread sleeps
                pause = max(0.0, due - now) if self._clients else None
                self._attend(*select.select(readers, writers, [], pause)[:2])
        finally:
            self.unplug()

    def _attend(self, readable: list[socket.socket], writable: list[socket.socket]) -> None:
        for end in readable:
            if self._alarm is not None and end is self._alarm[1]:
                end.recv(LONGEST_REQUEST)
                while self._wishes:
                    self._wishes.popleft()()
            elif end is self._listener:
                self._welcome(end)
            elif end in self._clients and not self._clients[end].hear():
                self._drop(end)
        for end in writable:
            if end in self._clients and not self._clients[end].push():
                self._drop(end)

    def _welcome(self, listener: socket.socket) -> None:
        try:
            newcomer, _ = listener.accept()
        except OSError:
            return  # gone again before it was taken
        newcomer.setblocking(False)
        newcomer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._clients[newcomer] = _Client(newcomer)

    def _offer(self) -> None:
        """Give the next picture to every client that has taken the one before."""
        waiting = [client for client in self._clients.values() if client.answered and not client.rest]
        part = self._next_part() if waiting else None
        if part is None:
            return
        for client in waiting:
            client.rest = memoryview(part)
            self.sent += 1

    def _drop(self, end: socket.socket) -> None:
        del self._clients[end]
        end.close()
