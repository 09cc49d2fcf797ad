"""The module's end of the R30x wire: frames, instructions and mishaps of a serial fingerprint module.

Speaks from the manuals, not from our driver: its frames are encoded and parsed by its own code, and the reference
vectors of the tests hold both ends to the same bytes. It takes pictures and uploads them; it has no library of
templates, and answers what it does not know as a module does that lacks the instruction.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from devices.fingerprint import GreyImage
from devices.simulation.faults import Fault, FaultPlan
from devices.simulation.wire_end import WireEnd

COMMAND, DATA, ACK, LAST = 0x01, 0x02, 0x07, 0x08
OK, GARBLED, NO_FINGER, NO_IMAGE = 0x00, 0x01, 0x02, 0x0F
WRONG_PASSWORD, BAD_REGISTER, BAD_VALUE = 0x13, 0x1A, 0x1B
WRONG_ADDRESS, PASSWORD_REQUIRED, SENSOR_BROKEN, UNSUPPORTED = 0x20, 0x21, 0x29, 0xFC
BOOTED: Final = b"\x55"
LONGEST: Final = 256 + 2
"""The greatest length that a frame may give."""
TEMPLATE_SIZE: Final = 512


@dataclass(slots=True)
class ModuleTraits:
    """What a module is, and keeps in flash.

    Attributes:
        width, height: of its images, pixels; width even.
        model, serial: as ReadProdInfo tells them; model empty = an old module that does not know that instruction.
        capacity: templates that it says its library holds.
        password, address: 32 bits each.
        baud_factor: speed in units of 9600 baud.
        size_code: 0 to 3 = 32 to 256 bytes of content in a data frame.
        security: 1 to 5.
        deep: eight bits a pixel instead of four, as the USB variant sends them.
        sensor_broken: CheckSensor says so.
        exposure_s: seconds that GenImg takes.
    """

    width: int = 256
    height: int = 288
    model: str = "R307S"
    serial: str = "SIM00001"
    capacity: int = 1000
    password: int = 0
    address: int = 0xFFFFFFFF
    baud_factor: int = 6
    size_code: int = 2
    security: int = 3
    deep: bool = False
    sensor_broken: bool = False
    exposure_s: float = 0.0


class R30xSimulator:
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
        self._wire = WireEnd("r30x", self._received, plugged=self._power_up, tcp=tcp)
        self._paced = paced
        self._fragment = fragment
        self._bit_error_rate = bit_error_rate
        self._errors = np.random.default_rng(seed)
        self._noise = random.Random(seed)  # noqa: S311 - noise on a wire, no secret
        self._lock = threading.Lock()
        self._platen: GreyImage | None = None
        self._heard = bytearray()
        self._speed = 9600 * self.traits.baud_factor
        self._image: bytes | None = None
        self._trusted = False
        self._instructions = self._table()

    def start(self) -> None:
        """Plug in. Idempotent."""
        self._wire.start()

    def stop(self) -> None:
        """Unplug and end the thread. Idempotent."""
        self._wire.stop()

    def __enter__(self) -> R30xSimulator:
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

    def unplug(self) -> None:
        """Pull the cable; memory is lost, flash is not."""
        self._wire.unplug()

    def replug(self) -> None:
        """Put the cable back; the module starts."""
        self._wire.replug()

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
        self._image = None
        self._trusted = self.traits.password == 0
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
        if kind != COMMAND:
            return
        if not right:
            self._send((ACK, bytes([GARBLED])))
            return
        self.commands[content[0]] += 1
        if address != self.traits.address:
            self._send((ACK, bytes([WRONG_ADDRESS])))
        elif not self._trusted and content[0] not in {0x13, 0x40, 0x53}:
            self._send((ACK, bytes([PASSWORD_REQUIRED])))
        else:
            instruction = self._instructions.get(content[0])
            try:
                reply = instruction(content[1:]) if instruction is not None else bytes([UNSUPPORTED])
            except IndexError:  # parameters are missing
                reply = bytes([GARBLED])
            if reply:
                self._send((ACK, reply))

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

    # -- instructions: parameters in, content of the acknowledgement out

    def _table(self) -> dict[int, Callable[[bytes], bytes]]:
        return {
            0x01: self._generate_image,
            0x0A: self._upload_image,
            0x0E: self._set_parameter,
            0x0F: self._read_parameters,
            0x13: self._verify_password,
            0x30: lambda _: bytes([OK]),
            0x35: lambda light: bytes([OK if len(light) == 4 else GARBLED]),
            0x36: lambda _: bytes([SENSOR_BROKEN if self.traits.sensor_broken else OK]),
            0x3C: lambda _: bytes([OK]) + self._product() if self.traits.model else bytes([UNSUPPORTED]),
            0x3D: self._soft_reset,
            0x40: lambda _: bytes([OK]),
            0x53: lambda _: BOOTED,
        }

    def _generate_image(self, _: bytes) -> bytes:
        if self.traits.exposure_s:
            self._wire.pause(self.traits.exposure_s)
        with self._lock:
            platen = self._platen
        if platen is None:
            return bytes([NO_FINGER])
        levels = platen >> 4
        self._image = platen.tobytes() if self.traits.deep else (levels[:, 0::2] << 4 | levels[:, 1::2]).tobytes()
        return bytes([OK])

    def _upload_image(self, _: bytes) -> bytes:
        """Acknowledge, then send in data frames; nothing is left to answer."""
        data = self._image
        if data is None:
            return bytes([NO_IMAGE])
        size = 32 << self.traits.size_code
        places = range(0, len(data), size)
        frames = [(LAST if at + size >= len(data) else DATA, data[at : at + size]) for at in places]
        self._send((ACK, bytes([OK])), *frames)
        return b""

    def _set_parameter(self, parameters: bytes) -> bytes:
        """Flash is written now, the speed changes with the next start, as the manuals have it."""
        number, value = parameters[0], parameters[1]
        allowed = {4: range(1, 13), 5: range(1, 6), 6: range(4)}
        if number not in allowed:
            return bytes([BAD_REGISTER])
        if value not in allowed[number]:
            return bytes([BAD_VALUE])
        setattr(self.traits, {4: "baud_factor", 5: "security", 6: "size_code"}[number], value)
        return bytes([OK])

    def _read_parameters(self, _: bytes) -> bytes:
        kept = self.traits
        status = 4 * self._trusted + 8 * (self._image is not None)
        words = (status, 0, kept.capacity, kept.security, kept.address >> 16, kept.address & 0xFFFF)
        return bytes([OK]) + b"".join(word.to_bytes(2) for word in (*words, kept.size_code, kept.baud_factor))

    def _verify_password(self, parameters: bytes) -> bytes:
        self._trusted = int.from_bytes(parameters[:4]) == self.traits.password
        return bytes([OK if self._trusted else WRONG_PASSWORD])

    def _soft_reset(self, _: bytes) -> bytes:
        self._send((ACK, bytes([OK])))
        self._power_up()
        return b""

    def _product(self) -> bytes:
        kept = self.traits
        texts = kept.model.encode().ljust(16, b"\x00") + b"SIM " + kept.serial.encode().ljust(8, b"\x00")[:8]
        sizes = (kept.width, kept.height, TEMPLATE_SIZE, kept.capacity)
        return texts + b"\x01\x00" + b"OPTICAL\x00" + b"".join(size.to_bytes(2) for size in sizes)
