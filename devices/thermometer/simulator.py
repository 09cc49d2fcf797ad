"""The boards' end of each thermometer's wire: pointed at something as warm as it is told.

Speaks from the board's description, not from our driver: replies are encoded by its own code, and the reference
vectors of the tests hold both ends to the same bytes.
"""

from __future__ import annotations

import random
import threading
from abc import ABC, abstractmethod
from typing import Final

from devices.simulation.far_end import FarEnd
from devices.simulation.faults import Fault, FaultPlan
from devices.simulation.wire_end import UnpluggedError, WireEnd

STREAM_S: Final = 0.02
"""Between two readings of a board that streams; real ones take some five times as long."""


class _Board(FarEnd, ABC):
    """A board on a pty or a TCP port, in a thread of its own; it streams from a second one, where it does.

    Args:
        name: of the wire.
        object_celsius: of what it is pointed at.
        ambient_celsius: of the room.
        tcp: a TCP port on loopback instead of a pty.
        seed: for noise.
    """

    def __init__(self, name: str, object_celsius: float, ambient_celsius: float, *, tcp: bool, seed: int) -> None:
        self.faults = FaultPlan()
        self.mute = False
        """While true it hears nothing and says nothing."""
        self.queries = 0
        """How often it was asked; written by the wire's thread."""
        self._lock = threading.Lock()
        self._temperatures = (object_celsius, ambient_celsius)
        super().__init__(WireEnd(name, self._received, plugged=self._plugged, tcp=tcp), every_s=STREAM_S)
        self._noise = random.Random(seed)  # noqa: S311 - noise on a wire, no secret
        self._heard = bytearray()
        self._streaming = False
        self._saying = False

    def point_at(self, object_celsius: float, ambient_celsius: float | None = None) -> None:
        """Point it at something else; the room stays as it is unless told."""
        with self._lock:
            ambient = self._temperatures[1] if ambient_celsius is None else ambient_celsius
            self._temperatures = (object_celsius, ambient)

    def say_unasked(self, times: int = 1) -> None:
        """Send readings that nobody asked for, as a board left in its streaming mode does."""

        def say() -> None:
            for _ in range(times):
                self._reply()

        self._wire.call(say)

    def _beat(self) -> None:
        if self._streaming and not self._saying:  # nobody reads: what does not fit on the line is lost
            self._wire.soon(self._stream)

    # -- on the wire's thread

    @abstractmethod
    def _received(self, data: bytes) -> None:
        """What the station says."""

    @abstractmethod
    def _plugged(self) -> None:
        """It has power."""

    @abstractmethod
    def _frame(self, object_celsius: float, ambient_celsius: float) -> bytes:
        """These temperatures as the board tells them."""

    def _stream(self) -> None:
        if self._saying or self.mute or not self._streaming:
            return
        self._saying = True
        try:
            self._reply()
        finally:
            self._saying = False

    def _reply(self) -> None:
        with self._lock:
            frame = self._frame(*self._temperatures)
        match self.faults.befalls():
            case Fault.STRAY:
                frame = b"\x5a" + frame
            case Fault.NOISE:
                frame = self._noise.randbytes(self._noise.randint(1, 40)) + frame
            case Fault.BAD_SUM:
                at = self._noise.randrange(len(frame))
                frame = frame[:at] + bytes([frame[at] ^ 1 << self._noise.randrange(8)]) + frame[at + 1 :]
            case Fault.TRUNCATED:
                frame = frame[: len(frame) // 2]
            case Fault.LOST | Fault.MUTE | Fault.RESET:
                return
            case None:
                pass
        try:
            self._wire.write(frame)
        except UnpluggedError:
            return


class Mcu90614Simulator(_Board):
    """A GY-MCU90614, or a GY-MCU90615, which differs in its speed alone: queried, or streaming once it is told to.

    Args:
        object_celsius: of what it is pointed at.
        ambient_celsius: of the room.
        tcp: a TCP port on loopback instead of a pty.
        seed: for noise.
    """

    def __init__(
        self, object_celsius: float = 36.5, ambient_celsius: float = 28.0, *, tcp: bool = False, seed: int = 0
    ) -> None:
        super().__init__("mcu90614", object_celsius, ambient_celsius, tcp=tcp, seed=seed)

    @property
    def streaming(self) -> bool:
        """Whether it speaks of its own accord."""
        return self._streaming

    def _plugged(self) -> None:
        self._streaming = False

    def _received(self, data: bytes) -> None:
        if self.mute:
            return
        self._heard += data
        while (at := self._heard.find(b"\xa5")) >= 0 and len(self._heard) >= at + 3:
            command, checksum = self._heard[at + 1], self._heard[at + 2]
            if (0xA5 + command) & 0xFF != checksum:
                del self._heard[: at + 1]
                continue
            del self._heard[: at + 3]
            if command == 0x15:
                self._streaming = False
                self.queries += 1
                self._reply()
            elif command == 0x45:
                self._streaming = True

    def _frame(self, object_celsius: float, ambient_celsius: float) -> bytes:
        values = [round(100 * celsius) & 0xFFFF for celsius in (object_celsius, ambient_celsius)]
        body = b"\x5a\x5a\x45\x04" + b"".join(value.to_bytes(2) for value in values)
        return body + bytes([sum(body) & 0xFF])


class Aa55Simulator(_Board):
    """A board that tells whole degrees and tenths, without end, and hears nothing.

    Args:
        object_celsius: of what it is pointed at, 0 to 255.
        tcp: a TCP port on loopback instead of a pty.
        seed: for noise.
    """

    def __init__(self, object_celsius: float = 36.5, *, tcp: bool = False, seed: int = 0) -> None:
        super().__init__("aa55", object_celsius, 0.0, tcp=tcp, seed=seed)

    def _plugged(self) -> None:
        self._streaming = True

    def _received(self, data: bytes) -> None:
        """It takes no orders."""

    def _frame(self, object_celsius: float, ambient_celsius: float) -> bytes:  # noqa: ARG002 - it does not tell the room's
        body = bytes([0xAA, 0x55, 0x06, *divmod(round(10 * object_celsius), 10)])
        return body + bytes([sum(body) & 0xFF])
