"""The module's end of the R30x wire: frames, instructions and mishaps of a serial fingerprint module.

Speaks from the manuals, not from our driver: its frames are encoded and parsed by its own code, and the reference
vectors of the tests hold both ends to the same bytes. What the module does is the next room's; here it is spoken to.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from typing import Final

import numpy as np

from devices.fingerprint import GreyImage
from devices.fingerprint.simulator_r30x_module import (
    ACK,
    COMMAND,
    DATA,
    GARBLED,
    LAST,
    OK,
    WRONG_ADDRESS,
    Module,
    ModuleTraits,
)
from devices.simulation.far_end import FarEnd
from devices.simulation.faults import Fault, FaultPlan
from devices.simulation.wire_end import WireEnd

__all__ = ["ModuleTraits", "R30xSimulator"]

BOOTED: Final = b"\x55"
SET_PARAMETER, SOFT_RESET = 0x0E, 0x3D
LONGEST: Final = 256 + 2
"""The greatest length that a frame may give."""


class R30xSimulator(FarEnd):
    """A module on a pty or a TCP port, in a thread of its own.

    On a pty, commands at another speed than the module's are noise to it; TCP has no speed.

    Args:
        traits: what it is; changed by the instructions that write flash.
        tcp: a TCP port on loopback instead of a pty.
        paced: replies travel at the set speed instead of at once.
        fragment: replies are written in pieces of so many bytes; None = whole.
        bit_error_rate: how probable it is for a bit to arrive wrong, both ways.
        seed: for noise and bit errors.
    """

    def __init__(
        self,
        traits: ModuleTraits | None = None,
        *,
        tcp: bool = False,
        paced: bool = False,
        fragment: int | None = None,
        bit_error_rate: float = 0.0,
        seed: int = 0,
    ) -> None:
        self.traits = traits or ModuleTraits()
        self.faults = FaultPlan()
        self.commands: Counter[int] = Counter()
        """How often each instruction arrived; written by the wire's thread."""
        self.mute = False
        """While true it hears nothing and says nothing, as a module without power on an adapter with power."""
        super().__init__(WireEnd("r30x", self._received, plugged=self._power_up, tcp=tcp))
        self._paced = paced
        self._fragment = fragment
        self._bit_error_rate = bit_error_rate
        self._errors = np.random.default_rng(seed)
        self._noise = random.Random(seed)  # noqa: S311 - noise on a wire, no secret
        self._lock = threading.Lock()
        self._platen: GreyImage | None = None
        self._heard = bytearray()
        self._speed = 9600 * self.traits.baud_factor
        self.module = Module(self.traits, self._look, self._wait, seed)
        """Its memory and flash; changed by the wire's thread."""

    def place_finger(self, image: GreyImage) -> None:
        """Lay a finger on the platen: 8-bit pixels, at least as large as the sensor, whose middle is seen.

        Raises:
            ValueError: it is smaller than the sensor.
        """
        height, width = self.traits.height, self.traits.width
        top, left = (image.shape[0] - height) // 2, (image.shape[1] - width) // 2
        if top < 0 or left < 0:
            raise ValueError("the finger must cover the sensor; pad it with white")
        with self._lock:
            self._platen = image[top : top + height, left : left + width].copy()

    def lift(self) -> None:
        """Take the finger away."""
        with self._lock:
            self._platen = None

    @property
    def seen(self) -> GreyImage | None:
        """The platen as the module shows it: in 16 grey levels, expanded to 8 bits, unless it is a deep one."""
        with self._lock:
            if self._platen is None or self.traits.deep:
                return self._platen
            return ((self._platen >> 4) * 17).astype(np.uint8)

    @property
    def command_count(self) -> int:
        """Commands that have arrived so far."""
        return self.commands.total()

    # -- on the wire's thread

    def _power_up(self) -> None:
        self._restart()
        self._wire.write(BOOTED)

    def _restart(self) -> None:
        self._heard.clear()
        self.module.restart()
        self._set_speed()

    def _set_speed(self) -> None:
        self._speed = 9600 * self.traits.baud_factor
        self._wire.bytes_per_second = self._speed / 10 if self._paced else None

    def _received(self, data: bytes) -> None:
        if self.mute or self._wire.client_baudrate not in {None, self._speed}:
            return
        self._heard += self._flipped(data)
        while (frame := self._next_frame()) is not None:
            self._obey(*frame)

    def _next_frame(self) -> tuple[int, int, bytes, bool] | None:
        """Kind, address, content and whether the sum is right, of the next whole frame; None until there is one."""
        heard = self._heard
        while True:
            start = heard.find(b"\xef\x01")
            if start < 0:
                del heard[: max(0, len(heard) - 1)]
                return None
            del heard[:start]
            if len(heard) < 9:
                return None
            length = int.from_bytes(heard[7:9])
            if length <= LONGEST:
                break
            del heard[0]
        if len(heard) < 9 + length:
            return None
        kind, address = heard[6], int.from_bytes(heard[2:6])
        content = bytes(heard[9 : 7 + length])
        right = length > 2 and sum(heard[6 : 7 + length]) & 0xFFFF == int.from_bytes(heard[7 + length : 9 + length])
        del heard[: 9 + length]
        return kind, address, content, right

    def _obey(self, kind: int, address: int, content: bytes, right: bool) -> None:
        if not right:
            if kind == COMMAND:
                self._send((ACK, bytes([GARBLED])))
        elif kind in {DATA, LAST}:
            self.module.take(content, last=kind == LAST)
        elif kind == COMMAND:
            self._command(address, content)

    def _command(self, address: int, content: bytes) -> None:
        self.commands[content[0]] += 1
        if address != self.traits.address:
            self._send((ACK, bytes([WRONG_ADDRESS])))
            return
        answer = self.module.obey(content)
        self._send(*answer)
        done = answer[0] == (ACK, bytes([OK]))
        if done and content[0] == SOFT_RESET:
            self._power_up()
        elif done and content[0] == SET_PARAMETER and self.traits.at_once:
            self._set_speed()

    def _look(self) -> GreyImage | None:
        with self._lock:
            return self._platen

    def _wait(self, seconds: float) -> None:
        self._wire.pause(seconds)

    def _send(self, *frames: tuple[int, bytes]) -> None:
        """Frames, given by kind and content, or what the plan makes of them."""
        if self.faults.exhausted:
            self._write(b"".join([self._frame(*frame) for frame in frames]))
            return
        for frame in frames:
            if not self._send_through_faults(self._frame(*frame)):
                break

    def _frame(self, kind: int, content: bytes) -> bytes:
        body = bytes([kind, *(len(content) + 2).to_bytes(2)]) + content
        return b"\xef\x01" + self.traits.address.to_bytes(4) + body + (sum(body) & 0xFFFF).to_bytes(2)

    def _send_through_faults(self, frame: bytes) -> bool:
        """One frame or what befalls it; False where the rest of the reply is lost with it."""
        match self.faults.befalls():
            case Fault.STRAY:
                frame = BOOTED + frame
            case Fault.NOISE:
                frame = self._noise.randbytes(self._noise.randint(1, 40)) + frame
            case Fault.BAD_SUM:
                at = self._noise.randrange(9, len(frame))
                frame = frame[:at] + bytes([frame[at] ^ 1 << self._noise.randrange(8)]) + frame[at + 1 :]
            case Fault.TRUNCATED:
                frame = frame[: len(frame) // 2]
            case Fault.LOST:
                return True
            case Fault.MUTE:
                return False
            case Fault.RESET:
                self._power_up()
                return False
            case None:
                pass
        self._write(frame)
        return True

    def _write(self, data: bytes) -> None:
        data = self._flipped(data)
        size = self._fragment or len(data)
        for at in range(0, len(data), size):
            self._wire.write(data[at : at + size])

    def _flipped(self, data: bytes) -> bytes:
        """What the line makes of it: each bit arrives wrong with the same small probability."""
        if not self._bit_error_rate:
            return data
        bits = np.unpackbits(np.frombuffer(data, np.uint8))
        bits ^= self._errors.random(bits.size) < self._bit_error_rate
        return np.packbits(bits).tobytes()
