"""The wire of the simulated camera: MJPEG over HTTP on loopback, by one thread that owns every socket.

Other threads post their wishes to it. A client that is slow to take a frame misses the next ones, as with a real
camera.
"""

from __future__ import annotations

import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Final

BOUNDARY: Final = b"frame"
HEAD: Final = (
    b"HTTP/1.0 200 OK\r\nConnection: close\r\nCache-Control: no-store\r\n"
    b"Content-Type: multipart/x-mixed-replace; boundary=" + BOUNDARY + b"\r\n\r\n"
)
LONGEST_REQUEST: Final = 8192
ASKED_S: Final = 5.0
"""Longest wait for the server's thread, which never blocks on anything but time."""


def part(jpeg: bytes) -> bytes:
    """One picture as it stands in the stream."""
    return b"--%s\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (BOUNDARY, len(jpeg), jpeg)


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


class Server:
    """A listening port on loopback and the thread that owns it.

    Args:
        next_part: the next picture with its head, asked on the server's thread; None while none comes.

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
