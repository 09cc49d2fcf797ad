"""The module's end of the SFM wire: frames, parameters, scans and image transfers of a Suprema serial module.

Speaks from the manual and the vendor's enumerations, not from our driver: its frames are made and read by its own
code, and the reference vectors of the tests hold both ends to the same bytes. It scans and sends images; it knows
nobody, and answers what it does not know as unsupported.
"""

from __future__ import annotations

import random
import struct
import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from devices.fingerprint import GreyImage
from devices.simulation.far_end import FarEnd
from devices.simulation.faults import Fault, FaultPlan
from devices.simulation.wire_end import WireEnd

SUCCESS, SCANNED, NOT_FOUND, NO_FINGER, UNSUPPORTED = 0x61, 0x62, 0x69, 0x6C, 0x75
BUSY, CANCELLED, DATA_ERROR, DATA_OK = 0x80, 0x81, 0x82, 0x83
TIMEOUT, SENSOR_TYPE, IMAGE_FORMAT, MODULE_ID, FIRMWARE = 0x62, 0x68, 0x6C, 0x6D, 0x6E
SERIAL, BAUDRATE, SEND_SCANNED = 0x6F, 0x71, 0x75
SCANS: Final = (0x11, 0x15, 0x83)
"""Identify, scan image, scan image in pieces."""
IN_PIECES: Final = (0x83, 0x84)
SPEEDS: Final = (9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)


@dataclass(slots=True)
class SfmTraits:
    """What a module is, and keeps in flash.

    Attributes:
        width, height: of its images, pixels; width a multiple of 8.
        serial: 32 bits.
        firmware: four characters.
        baudrate: bits per second, when it starts.
        extended: whether it knows the transfer in pieces; old firmware does not.
        quick_baud: whether a new speed holds at once, else it is forgotten with the next start, as all that is set.
        fastest: the highest speed that it can be set to.
        second_s: how long the module's own second takes.
        no_finger: the code that it says when none came; other firmware may use another.
    """

    width: int = 288
    height: int = 320
    serial: int = 0x05120001
    firmware: str = "V1.8"
    baudrate: int = 115200
    extended: bool = True
    quick_baud: bool = True
    fastest: int = 921600
    second_s: float = 1.0
    no_finger: int = NO_FINGER


@dataclass(slots=True)
class _Transfer:
    """Pieces on their way: which command they answer, and the one that was sent last."""

    command: int
    pieces: list[bytes] = field(repr=False)
    at: int = 0


class SfmSimulator(FarEnd):
    """A module on a pty or a TCP port, in a thread of its own.

    On a pty, requests at another speed than the module's are noise to it; TCP has no speed.

    Args:
        traits: what it is.
        tcp: a TCP port on loopback instead of a pty.
        paced: answers travel at the set speed instead of at once.
        fragment: answers are written in pieces of so many bytes; None = whole.
        seed: for noise.
    """

    def __init__(
        self,
        traits: SfmTraits | None = None,
        *,
        tcp: bool = False,
        paced: bool = False,
        fragment: int | None = None,
        seed: int = 0,
    ) -> None:
        self.traits = traits or SfmTraits()
        self.faults = FaultPlan()
        self.commands: Counter[int] = Counter()
        """How often each request arrived; written by the wire's thread."""
        self.mute = False
        """While true it hears nothing and says nothing, as a module without power on an adapter with power."""
        self.scan_ends: deque[int] = deque()
        """Codes with which the next scans end though a finger lies there: bad images, a locked module."""
        super().__init__(WireEnd("sfm", self._received, plugged=self._power_up, tcp=tcp))
        self._paced = paced
        self._fragment = fragment
        self._noise = random.Random(seed)  # noqa: S311 - noise on a wire, no secret
        self._lock = threading.Lock()
        self._platen: GreyImage | None = None
        self._scan: tuple[int, int] | None = None
        """Command and size of the scan that waits for a finger."""
        self._alarms: list[threading.Timer] = []
        self._heard = bytearray()
        self._parameters: dict[int, int] = {}
        self._speed = 0
        self._image: GreyImage | None = None
        self._transfer: _Transfer | None = None

    def stop(self) -> None:
        """Unplug and end the threads. Idempotent."""
        super().stop()
        for alarm in self._alarms:
            alarm.cancel()
            alarm.join()
        self._alarms.clear()

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
            waiting = self._scan is not None
        if waiting:
            self._wire.soon(self._see)

    def lift(self) -> None:
        """Take the finger away."""
        with self._lock:
            self._platen = None

    @property
    def seen(self) -> GreyImage | None:
        """The platen as the module shows it."""
        with self._lock:
            return self._platen

    @property
    def command_count(self) -> int:
        """Requests that have arrived so far."""
        return self.commands.total()

    # -- on the wire's thread

    def _power_up(self) -> None:
        self._heard.clear()
        self._image = self._transfer = None
        with self._lock:
            self._scan = None
        self._parameters = {
            TIMEOUT: 0x3A,
            SENSOR_TYPE: 0x33,
            IMAGE_FORMAT: 0x31,
            MODULE_ID: 1,
            FIRMWARE: int.from_bytes(self.traits.firmware.encode("ascii")[:4], "little"),
            SERIAL: self.traits.serial,
            BAUDRATE: 0x31 + SPEEDS.index(self.traits.baudrate),
            SEND_SCANNED: 0x31,
            0x81: 0x31,
        }
        self._run_at(self.traits.baudrate)

    def _run_at(self, baudrate: int) -> None:
        self._speed = baudrate
        self._wire.bytes_per_second = baudrate / 10 if self._paced else None

    def _received(self, data: bytes) -> None:
        if self.mute or self._wire.client_baudrate not in {None, self._speed}:
            return
        self._heard += data
        while (request := self._next_request()) is not None:
            self._obey(*request)

    def _next_request(self) -> tuple[int, int, int, int] | None:
        """Command, param, size and flag of the next whole request whose sum is right; None until there is one."""
        heard = self._heard
        while len(heard) >= 13:
            if heard[0] == 0x40 and heard[12] == 0x0A and sum(heard[:11]) % 256 == heard[11]:
                command, param, size, flag = struct.unpack_from("<BIIB", heard, 1)
                del heard[:13]
                return command, param, size, flag
            del heard[0]
        return None

    def _obey(self, command: int, param: int, size: int, flag: int) -> None:
        self.commands[command] += 1
        if self._transfer is not None and command == self._transfer.command and flag in {DATA_OK, DATA_ERROR}:
            self._go_on(self._transfer, right=flag == DATA_OK)
            return
        with self._lock:
            waiting = self._scan
        if command == 0x60:
            self._cancel(waiting)
        elif waiting is not None:
            self._answer(command, flag=BUSY)
        elif command in SCANS and (self.traits.extended or command not in IN_PIECES):
            self._transfer = None
            self._wait_for_finger(command, size)
        else:
            instruction = self._instructions.get(command)
            if instruction is None:
                self._answer(command, flag=UNSUPPORTED)
            else:
                instruction(self, command, param, size, flag)

    def _answer(self, command: int, *, param: int = 0, size: int = 0, flag: int = SUCCESS, data: bytes = b"") -> bool:
        """One frame and the data behind it, or what the plan makes of them; False where it restarted instead."""
        body = struct.pack("<BBIIB", 0x40, command, param, size, flag)
        sent = body + bytes([sum(body) % 256, 0x0A]) + data
        match self.faults.befalls():
            case Fault.STRAY:
                sent = b"\x55" + sent
            case Fault.NOISE:
                sent = self._noise.randbytes(self._noise.randint(1, 40)) + sent
            case Fault.BAD_SUM:
                at = self._noise.randrange(1, 11) if not data else self._noise.randrange(13, len(sent))
                sent = sent[:at] + bytes([sent[at] ^ 1 << self._noise.randrange(8)]) + sent[at + 1 :]
            case Fault.TRUNCATED:
                sent = sent[: len(sent) // 2]
            case Fault.LOST | Fault.MUTE:
                return True
            case Fault.RESET:
                self._power_up()
                return False
            case None:
                pass
        piece = self._fragment or len(sent)
        for at in range(0, len(sent), piece):
            self._wire.write(sent[at : at + piece])
        return True

    # -- scans

    def _wait_for_finger(self, command: int, size: int) -> None:
        with self._lock:
            self._scan = scan = (command, size)
            there = self._platen is not None
        if there:
            self._see()
            return
        seconds = self._parameters[TIMEOUT] - 0x30
        if seconds:
            self._alarms = [alarm for alarm in self._alarms if alarm.is_alive()]
            alarm = threading.Timer(seconds * self.traits.second_s, self._ring, [scan])
            self._alarms.append(alarm)
            alarm.start()

    def _ring(self, scan: tuple[int, int]) -> None:
        """On the alarm's thread: the module's own patience is over."""

        def give_up() -> None:
            with self._lock:
                if self._scan is not scan:
                    return
                self._scan = None
            self._answer(scan[0], flag=self.traits.no_finger)

        with self._lock:
            if self._scan is not scan:
                return
        try:
            self._wire.call(give_up)
        except RuntimeError:
            return  # it has been stopped meanwhile

    def _see(self) -> None:
        with self._lock:
            scan, platen = self._scan, self._platen
            if scan is None or platen is None:
                return
            self._scan = None
        self._image = platen
        command, size = scan
        if self._parameters[SEND_SCANNED] == 0x31 and not self._answer(command, flag=SCANNED):
            return
        if self.scan_ends:
            self._answer(command, flag=self.scan_ends.popleft())
        elif command == 0x11:
            self._answer(command, flag=NOT_FOUND)
        else:
            self._send_image(command, 0, size, 0)

    def _cancel(self, waiting: tuple[int, int] | None) -> None:
        self._transfer = None
        with self._lock:
            self._scan = None
        if waiting is not None:
            self._answer(waiting[0], flag=CANCELLED)
        self._answer(0x60)

    # -- instructions

    def _write_parameter(self, command: int, _: int, value: int, number: int) -> None:
        speeds = range(0x31, 0x32 + SPEEDS.index(self.traits.fastest))
        if number not in self._parameters or (number == BAUDRATE and value not in speeds):
            self._answer(command, flag=NOT_FOUND)
            return
        self._parameters[number] = value
        self._answer(command, size=value)
        if number == BAUDRATE and self.traits.quick_baud:
            self._run_at(SPEEDS[value - 0x31])

    def _read_parameter(self, command: int, _: int, __: int, number: int) -> None:
        value = self._parameters.get(number)
        if value is None:
            self._answer(command, flag=NOT_FOUND)
        else:
            self._answer(command, size=value)

    def _tell_status(self, command: int, *_: int) -> None:
        self._answer(command, param=0x30)

    def _send_image(self, command: int, _: int, size: int, __: int) -> None:
        """The last image that was scanned, in pieces of `size` bytes or whole."""
        if command in IN_PIECES and not self.traits.extended:
            self._answer(command, flag=UNSUPPORTED)
            return
        if self._image is None:
            self._answer(command, flag=NOT_FOUND)
            return
        data = self._as_set(self._image)
        if command not in IN_PIECES:
            self._answer(command, size=len(data), data=data + b"\x0a")
            return
        pieces = [data[at : at + size] for at in range(0, len(data), size)] if size else [data]
        self._transfer = _Transfer(command, pieces)
        if self._answer(command, size=len(data)):
            self._send_piece(self._transfer)

    def _as_set(self, image: GreyImage) -> bytes:
        """Header and pixels in the format that is set; binary ones eight to a byte."""
        grey = self._parameters[IMAGE_FORMAT] == 0x30
        pixels = image.tobytes() if grey else np.packbits(image > 127).tobytes()
        header = (image.shape[1], image.shape[0], 0, 0, 0 if grey else 1, len(pixels), 0)
        return struct.pack("<7I", *header) + pixels

    def _send_piece(self, transfer: _Transfer) -> None:
        piece = transfer.pieces[transfer.at]
        place = transfer.at << 16 | len(transfer.pieces)
        total = (sum(piece) % 2**32).to_bytes(4, "little")
        self._answer(transfer.command, param=place, size=len(piece), data=piece + total)

    def _go_on(self, transfer: _Transfer, *, right: bool) -> None:
        """The station has judged the piece: the next one, or the same again."""
        transfer.at += right
        if transfer.at < len(transfer.pieces):
            self._send_piece(transfer)
            return
        self._transfer = None
        if transfer.command == 0x84:
            self._answer(transfer.command)

    _instructions: Final[dict[int, Callable[[SfmSimulator, int, int, int, int], None]]] = {
        0x01: _write_parameter,
        0x03: _read_parameter,
        0x04: _tell_status,
        0x20: _send_image,
        0x84: _send_image,
    }
