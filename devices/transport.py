"""Bytes to and from a device: serial ports and TCP, with deadlines, cancelling and a transcript.

Everything that a driver says on a serial line goes through here, so that an unplugged cable is one error everywhere
(`DeviceLostError`) and a wait always ends. No protocol's frames enter; nothing here knows what it carries.

URLs are pyserial's: `/dev/ttyUSB0`, `COM3`, `rfc2217://host:port`, `loop://`. `socket://host:port` is served by a few
lines of our own: pyserial's handler cannot tell how much waits, sleeps 0.3 s in `close`, and drops a socket unclosed
when the peer has reset it.
"""

from __future__ import annotations

import errno
import os
import select
import socket
import sys
import threading
import time
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import serial

from devices.errors import (
    CaptureCancelledError,
    DeviceError,
    DeviceLostError,
    DeviceTimeoutError,
    OperatorCanMendError,
    Remedy,
)
from devices.transcript import Direction, Transcript

if sys.platform == "win32":
    PORT_ERRORS: tuple[type[Exception], ...] = (OSError,)
else:
    import termios

    # termios.error is no OSError; pyserial lets it through when a port vanishes while it is being set up.
    PORT_ERRORS = (OSError, termios.error)

SLICE_S = 0.05
"""Longest single wait: how soon a cancel from another thread is noticed."""
WRITE_TIMEOUT_S = 2.0
CONNECT_TIMEOUT_S = 2.0
BULK = 65536


class Parity(StrEnum):
    """Parity bit, by pyserial's letters."""

    NONE = "N"
    EVEN = "E"
    ODD = "O"


@dataclass(frozen=True, slots=True)
class LineSettings:
    """How a serial line is set.

    Attributes:
        baudrate: bits per second.
        bytesize: data bits, 7 or 8.
        parity: parity bit.
        stopbits: 1 or 2.
    """

    baudrate: int
    bytesize: int = 8
    parity: Parity = Parity.NONE
    stopbits: int = 1

    @property
    def bits_per_byte(self) -> int:
        """Bits on the wire for one byte, start bit included."""
        return 1 + self.bytesize + (self.parity is not Parity.NONE) + self.stopbits

    def seconds_for(self, count: int) -> float:
        """How long `count` bytes take on this line at the least."""
        return count * self.bits_per_byte / self.baudrate


class Deadline:
    """A moment on the monotonic clock that a wait must not outlast."""

    __slots__ = ("_end",)

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._end - time.monotonic())

    @property
    def expired(self) -> bool:
        """Whether the moment has passed."""
        return time.monotonic() >= self._end


class Line(Protocol):
    """The operating system's end of a wire: a serial port, a socket, or a transcript being replayed.

    Methods raise `OSError` (or termios.error) when the other end is gone.
    """

    def receive(self, wait_s: float) -> bytes:
        """Everything that has arrived; waits up to `wait_s` seconds for the first byte, then returns empty."""
        ...

    def send(self, data: bytes) -> None:
        """Hand over all of `data`. Raises serial.SerialTimeoutException when it is not taken in time."""
        ...

    def apply(self, settings: LineSettings) -> None:
        """Set speed and format; a line that has none ignores it."""
        ...

    def check(self) -> None:
        """Ask the operating system, not the wire, whether the other end is still there."""
        ...

    def close(self) -> None:
        """Let go. Idempotent."""
        ...


class Transport:
    """An open line to a device. Made by `Transport.open`; one thread uses it, `close` alone may come from another.

    Args:
        line: what carries the bytes.
        url: where it leads, for messages.
        settings: as the line was opened.
        cancelled: an event that ends every wait with CaptureCancelledError; a device hands in its own.
        transcript: records all that passes. It then holds captured biometrics: for a technician, on request.
    """

    def __init__(
        self,
        line: Line,
        url: str,
        settings: LineSettings,
        *,
        cancelled: threading.Event | None = None,
        transcript: Transcript | None = None,
    ) -> None:
        self._line = line
        self._url = url
        self._settings = settings
        self._cancelled = cancelled or threading.Event()
        self._transcript = transcript
        self._closed = False
        self._in_use = threading.Lock()
        """Held for one slice at most, so that a closing thread never pulls a descriptor from under a wait."""

    @classmethod
    def open(
        cls,
        url: str,
        settings: LineSettings,
        *,
        cancelled: threading.Event | None = None,
        transcript: Transcript | None = None,
    ) -> Transport:
        """Open the port for ourselves alone, where the platform can say so.

        Raises:
            OperatorCanMendError: `port.absent`, `port.busy`, `port.denied`, or `port.invalid` where it is no port.
        """
        try:
            line: Line = _SocketLine(url) if url.startswith("socket://") else _SerialLine(url, settings)
        except ValueError as error:
            raise OperatorCanMendError("port.invalid", str(error), remedy=Remedy.CHOOSE_PORT) from error
        except PORT_ERRORS as error:
            raise _not_opened(url, error) from error
        return cls(line, url, settings, cancelled=cancelled, transcript=transcript)

    @property
    def url(self) -> str:
        """Where the line leads."""
        return self._url

    @property
    def settings(self) -> LineSettings:
        """As last applied. A pty enforces none of it, so tests read it here."""
        return self._settings

    def set_baudrate(self, baudrate: int) -> None:
        """Change the speed, keeping the format. Raises DeviceLostError."""
        settings = replace(self._settings, baudrate=baudrate)
        with self._in_use:
            self._refuse_closed()
            try:
                self._line.apply(settings)
            except ValueError as error:
                raise OperatorCanMendError("port.invalid", str(error), remedy=Remedy.CHOOSE_PORT) from error
            except PORT_ERRORS as error:
                raise self._lost(error) from error
        self._settings = settings

    def read_some(self, timeout_s: float) -> bytes:
        """What has arrived, in one piece; empty when nothing came for `timeout_s` seconds.

        Raises:
            DeviceLostError: the other end is gone, or the transport is closed.
            CaptureCancelledError: somebody cancelled.
        """
        deadline = Deadline(timeout_s)
        while True:
            if self._cancelled.is_set():
                raise CaptureCancelledError("capture.cancelled")
            with self._in_use:
                self._refuse_closed()
                try:
                    data = self._line.receive(min(SLICE_S, deadline.remaining))
                except PORT_ERRORS as error:
                    raise self._lost(error) from error
            if data:
                if self._transcript is not None:
                    self._transcript.add(Direction.RECEIVED, data)
                return data
            if deadline.expired:
                return b""

    def write(self, data: bytes) -> None:
        """Send all of `data`.

        Raises:
            DeviceTimeoutError: `port.stuck`, the line did not take it (flow control, a dead adapter).
            DeviceLostError: the other end is gone, or the transport is closed.
        """
        with self._in_use:
            self._refuse_closed()
            try:
                self._line.send(data)
            except serial.SerialTimeoutException as error:
                raise DeviceTimeoutError("port.stuck", self._url) from error
            except PORT_ERRORS as error:
                raise self._lost(error) from error
        if self._transcript is not None:
            self._transcript.add(Direction.SENT, data)

    def drain(self, quiet_s: float = 0.0, limit_s: float = 1.0) -> int:
        """Throw away what waits, until nothing comes for `quiet_s` seconds or `limit_s` are over.

        Returns:
            How many bytes were thrown away.

        Raises:
            DeviceLostError, CaptureCancelledError: as in `read_some`.
        """
        deadline = Deadline(limit_s)
        thrown = 0
        while data := self.read_some(min(quiet_s, deadline.remaining)):
            thrown += len(data)
            if deadline.expired:
                break
        return thrown

    def check(self) -> None:
        """Notice a pulled cable while idle; says nothing on the wire. Raises DeviceLostError."""
        with self._in_use:
            self._refuse_closed()
            try:
                self._line.check()
            except PORT_ERRORS as error:
                raise self._lost(error) from error

    def close(self) -> None:
        """Let go of the port. Idempotent, from any thread; a wait in another thread ends with DeviceLostError."""
        self._closed = True
        with self._in_use:
            self._line.close()

    def _refuse_closed(self) -> None:
        if self._closed:
            raise DeviceLostError("port.closed", self._url)

    def _lost(self, error: Exception) -> DeviceLostError:
        return DeviceLostError("port.lost", f"{self._url}: {type(error).__name__}")


class _SerialLine:
    """A port opened by pyserial."""

    def __init__(self, url: str, settings: LineSettings) -> None:
        self._pty = "://" not in url and Path(url).resolve().is_relative_to("/dev/pts")
        self._port = serial.serial_for_url(
            url, timeout=SLICE_S, write_timeout=WRITE_TIMEOUT_S, do_not_open=True, **self._shape(settings)
        )
        if "://" not in url and sys.platform != "win32":
            self._port.exclusive = True  # Windows' ports are exclusive anyway, and pyserial refuses the word there
        self._wait_s = SLICE_S
        self._port.open()
        self._file = self._port.fileno() if sys.platform == "linux" and isinstance(self._port, serial.Serial) else None
        """Of Linux' ports; None of others, and of URLs."""

    def receive(self, wait_s: float) -> bytes:
        if self._file is not None:
            return self._received(self._file, wait_s)
        port = self._port
        waiting = port.in_waiting
        if waiting:
            return port.read(waiting)
        if wait_s != self._wait_s:  # setting it costs several system calls
            self._wait_s = port.timeout = wait_s
        first = port.read(1)
        waiting = port.in_waiting if first else 0
        return first + port.read(waiting) if waiting else first

    def send(self, data: bytes) -> None:
        self._port.write(data)

    def apply(self, settings: LineSettings) -> None:
        for name, value in self._shape(settings).items():
            setattr(self._port, name, value)

    def check(self) -> None:
        _ = self._port.in_waiting

    def close(self) -> None:
        self._port.close()

    def _received(self, file: int, wait_s: float) -> bytes:
        """As pyserial reads a file, in one system call instead of five where something waits already.

        The port is set so that a read never waits: with nothing there it returns nothing, as it does once it is gone.
        """
        data = os.read(file, BULK)
        if data or not select.select([file], [], [], wait_s)[0]:
            return data
        data = os.read(file, BULK)
        if not data:
            raise OSError(errno.ENODEV, "ready, and says nothing")
        return data

    def _shape(self, settings: LineSettings) -> dict[str, Any]:
        """A pty carries bytes, not bits: Linux drops parity and keeps 8 bits, and glibc then refuses every setting."""
        bits, parity = (8, Parity.NONE) if self._pty else (settings.bytesize, settings.parity)
        baudrate, stopbits = settings.baudrate, settings.stopbits
        return {"baudrate": baudrate, "bytesize": bits, "parity": parity.value, "stopbits": stopbits}


class _SocketLine:
    """A TCP connection: a serial server in the network, or a simulator where there are no ptys."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if not parts.hostname or parts.port is None:
            raise ValueError("a socket URL reads socket://host:port")
        self._socket = socket.create_connection((parts.hostname, parts.port), timeout=CONNECT_TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def receive(self, wait_s: float) -> bytes:
        ready, _, _ = select.select([self._socket], [], [], wait_s)
        if not ready:
            return b""
        data = self._socket.recv(BULK)
        if not data:
            raise ConnectionResetError("closed by the other end")
        return data

    def send(self, data: bytes) -> None:
        self._socket.settimeout(WRITE_TIMEOUT_S)
        try:
            self._socket.sendall(data)
        except TimeoutError as error:
            raise serial.SerialTimeoutException("write timeout") from error

    def apply(self, settings: LineSettings) -> None:
        """A socket has no speed."""

    def check(self) -> None:
        ready, _, _ = select.select([self._socket], [], [], 0)
        if ready and not self._socket.recv(1, socket.MSG_PEEK):
            raise ConnectionResetError("closed by the other end")

    def close(self) -> None:
        self._socket.close()


def _not_opened(url: str, error: Exception) -> DeviceError:
    """Tell what the operator can do; pyserial hides some causes in its text, on Windows all of them."""
    number = error.errno if isinstance(error, OSError) else None
    text = str(error)
    detail = f"{url}: {type(error).__name__} {number or ''}".rstrip()
    if number in {errno.EBUSY, errno.EAGAIN} or (sys.platform == "win32" and "PermissionError" in text):
        return OperatorCanMendError("port.busy", detail, remedy=Remedy.CLOSE_OTHER_PROGRAM)
    if number in {errno.EACCES, errno.EPERM}:
        return OperatorCanMendError("port.denied", detail, remedy=Remedy.CALL_TECHNICIAN)
    if f"({errno.ENOTTY}," in text:  # pyserial tells it in words alone
        return OperatorCanMendError("port.invalid", detail, remedy=Remedy.CHOOSE_PORT)
    return OperatorCanMendError("port.absent", detail, remedy=Remedy.PLUG_IN)
