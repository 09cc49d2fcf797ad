"""The board's end of the MCU90614 wire: a thermometer pointed at something as warm as it is told.

Speaks from the board's description, not from our driver: replies are encoded by its own code, and the reference
vectors of the tests hold both ends to the same bytes.
"""

from __future__ import annotations

import random
import threading

from devices.simulation.faults import Fault, FaultPlan
from devices.simulation.wire_end import UnpluggedError, WireEnd


class Mcu90614Simulator:
    """A board on a pty or a TCP port, in a thread of its own.

    Args:
        object_celsius: of what it is pointed at.
        ambient_celsius: of the room.
        tcp: a TCP port on loopback instead of a pty.
        seed: for noise.
    """

    def __init__(
        self, object_celsius: float = 36.5, ambient_celsius: float = 28.0, *, tcp: bool = False, seed: int = 0
    ) -> None:
        self.faults = FaultPlan()
        self.mute = False
        """While true it hears nothing and says nothing."""
        self.queries = 0
        """How often it was asked; written by the wire's thread."""
        self._lock = threading.Lock()
        self._temperatures = (object_celsius, ambient_celsius)
        self._wire = WireEnd("mcu90614", self._received, tcp=tcp)
        self._noise = random.Random(seed)  # noqa: S311 - noise on a wire, no secret
        self._heard = bytearray()

    def start(self) -> None:
        """Plug in. Idempotent."""
        self._wire.start()

    def stop(self) -> None:
        """Unplug and end the thread. Idempotent."""
        self._wire.stop()

    def __enter__(self) -> Mcu90614Simulator:
        """Start."""
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        """Stop."""
        self.stop()

    @property
    def url(self) -> str:
        """What the driver is configured with; the same over unplug and replug."""
        return self._wire.url

    @property
    def client_baudrate(self) -> int | None:
        """The speed that the station has set; None over TCP."""
        return self._wire.client_baudrate

    def point_at(self, object_celsius: float, ambient_celsius: float | None = None) -> None:
        """Point it at something else; the room stays as it is unless told."""
        with self._lock:
            ambient = self._temperatures[1] if ambient_celsius is None else ambient_celsius
            self._temperatures = (object_celsius, ambient)

    def unplug(self) -> None:
        """Pull the cable."""
        self._wire.unplug()

    def replug(self) -> None:
        """Put the cable back."""
        self._wire.replug()

    def say_unasked(self, times: int = 1) -> None:
        """Send readings that nobody asked for, as a board left in its streaming mode does."""

        def say() -> None:
            for _ in range(times):
                self._reply()

        self._wire.call(say)

    # -- on the wire's thread

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
                self.queries += 1
                self._reply()

    def _reply(self) -> None:
        with self._lock:
            values = [round(100 * celsius) & 0xFFFF for celsius in self._temperatures]
        body = b"\x5a\x5a\x45\x04" + b"".join(value.to_bytes(2) for value in values)
        frame = body + bytes([sum(body) & 0xFF])
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
