"""The far end of a serial line: a pty, or a TCP port where there are no ptys, with a cable that can be pulled.

A simulator hands in what to do with bytes; this room knows how they travel, never what they mean. One thread owns
every descriptor; other threads post their wishes to it, so nothing is closed under a wait.
"""

from __future__ import annotations

import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from devices.simulation.line_ends import BULK, End, UnpluggedError, line_end

__all__ = ["UnpluggedError", "WireEnd"]

PACED_PIECE_S = 0.005
"""A paced line sends in pieces of this length."""


class WireEnd:
    """One port with a device behind it.

    Args:
        name: for the thread and the port's file name.
        received: called on the wire's thread with bytes from the station; answers with `write`.
        plugged: called on the wire's thread whenever somebody can hear the device start (power up).
        tcp: a TCP port on loopback instead of a pty.
    """

    def __init__(
        self,
        name: str,
        received: Callable[[bytes], None],
        *,
        plugged: Callable[[], None] = lambda: None,
        tcp: bool = False,
    ) -> None:
        self._name = name
        self._received = received
        self._plugged = plugged
        self._end: End = line_end(name, tcp=tcp)
        self._wishes: deque[Callable[[], None]] = deque()
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._alarm: tuple[socket.socket, socket.socket] | None = None
        self.bytes_per_second: float | None = None
        """How fast the line carries replies; None = at once."""

    @property
    def url(self) -> str:
        """What a driver is configured with; stays the same over unplug and replug. Valid once started."""
        return self._end.url

    @property
    def client_baudrate(self) -> int | None:
        """The speed that the station has set; None where it cannot be told (TCP, an unusual speed)."""
        return self._end.baudrate()

    def start(self) -> None:
        """Plug in and listen. Idempotent."""
        if self._thread is not None:
            return
        self._stopping = False
        self._alarm = socket.socketpair()
        self._alarm[1].setblocking(False)
        self._end.plug()
        greeted = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(greeted,), name=f"simulated {self._name}")
        self._thread.start()
        greeted.wait()  # a client that opens the port from here on finds a device that has started

    def stop(self) -> None:
        """Unplug for good, join the thread. Idempotent."""
        if self._thread is None or self._alarm is None:
            return
        self._stopping = True
        self._wake()
        self._thread.join()
        self._thread = None
        for end in self._alarm:
            end.close()
        self._alarm = None

    def unplug(self) -> None:
        """Pull the cable; the station sees its port vanish. Returns when it is out."""
        self._ask(self._end.unplug)

    def replug(self) -> None:
        """Put the cable back; the port has its old name. Returns when it is in."""
        self._ask(self._plug)

    def call(self, wish: Callable[[], None]) -> None:
        """Run something on the wire's thread and wait for it; what it writes to nobody is lost, its errors are raised.

        It may come in the middle of a paced reply, as the pulling of a cable does.
        """
        self._ask(wish)

    def soon(self, wish: Callable[[], None]) -> None:
        """As `call`, without waiting for it: for what writes more than fits on the line while nobody reads."""

        def fulfil() -> None:
            with suppress(UnpluggedError):
                wish()

        self._wishes.append(fulfil)
        self._wake()

    def write(self, data: bytes) -> None:
        """Send to the station; on the wire's thread only.

        Raises:
            UnpluggedError: nobody can hear it any more.
        """
        rate = self.bytes_per_second
        size = len(data) if rate is None else max(1, int(rate * PACED_PIECE_S))
        due = time.monotonic()
        for start in range(0, len(data), size):
            piece = data[start : start + size]
            if rate is not None:
                due += len(piece) / rate
                while (left := due - time.monotonic()) > 0:
                    self._wait([], left)
            self._write_piece(piece)

    def pause(self, seconds: float) -> None:
        """Let time pass on the wire's thread, as a slow device does. Raises UnpluggedError."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._wait([], left)

    def _write_piece(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            sent = self._end.send(rest)
            rest = rest[sent:]
            if rest:
                writer = self._end.writer()
                if writer is None:
                    raise UnpluggedError
                self._wait([writer], 1.0)

    def _wait(self, writers: list[int], seconds: float) -> None:
        """Wait for room to write or for the time; wishes are fulfilled meanwhile, and may end the reply."""
        assert self._alarm is not None
        ready, _, _ = select.select([self._alarm[1]], writers, [], seconds)
        if ready:
            self._fulfil()
        if self._stopping or not self._end.attached():
            raise UnpluggedError

    def _run(self, greeted: threading.Event) -> None:
        assert self._alarm is not None
        alarm = self._alarm[1].fileno()
        try:
            if self._end.attached():
                self._greet()
            greeted.set()
            while not self._stopping:
                ready, _, _ = select.select([alarm, *self._end.readers()], [], [])
                # What has come before a wish goes before it: a client that is waiting to be let in, above all.
                before = self._end.attached()
                data = self._end.receive(ready)
                if not before and self._end.attached():
                    self._greet()
                if data:
                    self._serve(data)
                self._fulfil()
        finally:
            greeted.set()
            self._end.unplug()
            self._end.remove()
            self._fulfil()

    def _serve(self, data: bytes) -> None:
        try:
            self._received(data)
        except UnpluggedError:
            return

    def _greet(self) -> None:
        try:
            self._plugged()
        except UnpluggedError:
            return

    def _plug(self) -> None:
        if self._stopping:
            return
        self._end.plug()
        if self._end.attached():
            self._greet()

    def _ask(self, wish: Callable[[], None]) -> None:
        thread = self._thread
        if thread is None or not thread.is_alive():
            raise RuntimeError("the simulator is not running")
        if threading.current_thread() is thread:
            wish()
            return
        done = threading.Event()
        failures: list[Exception] = []

        def fulfil() -> None:
            try:
                wish()
            except UnpluggedError:
                pass  # nobody hears it
            except Exception as error:  # noqa: BLE001 - raised where it was wished for
                failures.append(error)
            finally:
                done.set()

        self._wishes.append(fulfil)
        self._wake()
        while not done.wait(0.5) and thread.is_alive():
            pass
        if failures:
            raise failures[0]

    def _wake(self) -> None:
        if self._alarm is not None:
            self._alarm[0].send(b"!")

    def _fulfil(self) -> None:
        if self._alarm is not None:
            with suppress(BlockingIOError):
                self._alarm[1].recv(BULK)
        while self._wishes:
            self._wishes.popleft()()
