"""The packet protocol of Suprema's SFM (UniFinger) modules: frames, commands, parameters, codes. Bytes alone, no line.

Sources: the UF Protocol Manual (frame, commands, system parameters) and the enumerations of the vendor's public SDK
(answer codes, the header of an image). The manual's own table of codes is not public, so codes are data here: a
module that answers otherwise is met by another table, not by another program.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import ClassVar, Final

from devices.errors import DeviceError, PersonCanRetryError, TechnicianNeededError

START: Final = 0x40
END: Final = 0x0A
"""Ends a frame, and the binary data after it where that travels in one piece."""
FRAME_SIZE: Final = 13
SUM_SIZE: Final = 4
"""Bytes of the sum behind each piece of an extended transfer, little-endian."""
ALIVE: Final = 0x30
"""What a well module says of itself when asked for its status."""


class Command(IntEnum):
    """What a module is told."""

    WRITE_PARAMETER = 0x01
    READ_PARAMETER = 0x03
    CHECK_STATUS = 0x04
    ENROL_BY_SCAN = 0x05
    ENROL_BY_IMAGE = 0x06
    VERIFY_BY_SCAN = 0x08
    IDENTIFY_BY_SCAN = 0x11
    SCAN_IMAGE = 0x15
    READ_IMAGE = 0x20
    CANCEL = 0x60
    SCAN_IMAGE_EXTENDED = 0x83
    READ_IMAGE_EXTENDED = 0x84


class Parameter(IntEnum):
    """System parameters: what is written lasts until the module loses power, as it is never saved to flash."""

    TIMEOUT = 0x62
    SENSOR_TYPE = 0x68
    IMAGE_FORMAT = 0x6C
    MODULE_ID = 0x6D
    FIRMWARE_VERSION = 0x6E
    SERIAL_NUMBER = 0x6F
    BAUDRATE = 0x71
    SEND_SCAN_SUCCESS = 0x75
    IMAGE_QUALITY = 0x81


BAUDRATES: Final[Mapping[int, int]] = MappingProxyType(
    {9600: 0x31, 19200: 0x32, 38400: 0x33, 57600: 0x34, 115200: 0x35, 230400: 0x36, 460800: 0x37, 921600: 0x38}
)
"""Bits per second to the value of the parameter; 115200 as delivered."""
GREY: Final = 0x30
"""Image format of 8 bits a pixel; modules are delivered with binary images."""
ON: Final = 0x31
ONE_SECOND: Final = 0x31
"""How long a module waits for a finger; 0x30 would be for ever, 0x3A is ten seconds."""


class Meaning(StrEnum):
    """What an answer's code tells, as far as it matters here."""

    SUCCESS = "success"
    SCANNED = "scanned"
    """A finger has been seen; the result follows."""
    SCAN_FAILED = "scan_failed"
    TRY_AGAIN = "try_again"
    """The image is not good enough."""
    NO_FINGER = "no_finger"
    """None came within the module's own time."""
    NOT_FOUND = "not_found"
    """Nobody the module knows; or it has no image."""
    UNSUPPORTED = "unsupported"
    BUSY = "busy"
    CANCELLED = "cancelled"
    DATA_ERROR = "data_error"
    DATA_OK = "data_ok"


PUBLISHED: Final[Mapping[int, Meaning]] = MappingProxyType(
    {
        0x61: Meaning.SUCCESS,
        0x62: Meaning.SCANNED,
        0x63: Meaning.SCAN_FAILED,
        0x69: Meaning.NOT_FOUND,
        0x6B: Meaning.TRY_AGAIN,
        0x6C: Meaning.NO_FINGER,
        0x75: Meaning.UNSUPPORTED,
        0x80: Meaning.BUSY,
        0x81: Meaning.CANCELLED,
        0x82: Meaning.DATA_ERROR,
        0x83: Meaning.DATA_OK,
    }
)
"""Codes as the vendor's SDK names them; any other means a refusal."""
DATA_OK: Final = 0x83
DATA_ERROR: Final = 0x82
"""The two that the station says, piece by piece."""

_PERSON: Final[Mapping[Meaning, str]] = MappingProxyType(
    {
        Meaning.SCAN_FAILED: "fingerprint.capture_failed",
        Meaning.TRY_AGAIN: "fingerprint.messy",
        Meaning.NO_FINGER: "fingerprint.no_finger",
        Meaning.NOT_FOUND: "fingerprint.image_gone",
    }
)


def refused(command: int, code: int, meaning: Meaning | None) -> DeviceError:
    """The module said no; unknown codes are a technician's matter and never a crash."""
    detail = f"command 0x{command:02x}: {meaning.value if meaning else 'unknown'}, code 0x{code:02x}"
    if meaning is not None and meaning in _PERSON:
        return PersonCanRetryError(_PERSON[meaning], detail)
    return TechnicianNeededError("fingerprint.refused", detail)


@dataclass(frozen=True, slots=True)
class Packet:
    """One frame.

    Attributes:
        command: which, in a request; to which it answers, in a response.
        param: 32 bits: a user, or a piece's number in the upper and their count in the lower half.
        size: 32 bits: of the data that follows, or a parameter's value.
        flag: which parameter or option, in a request; the code of an answer.
    """

    command: int
    param: int = 0
    size: int = 0
    flag: int = 0

    def encode(self) -> bytes:
        """The 13 bytes. Raises OverflowError where a number does not fit its field."""
        body = bytes([START, self.command]) + self.param.to_bytes(4, "little") + self.size.to_bytes(4, "little")
        body += self.flag.to_bytes(1)
        return body + bytes([sum(body) & 0xFF, END])


class StreamParser:
    """Frames and data out of a stream that may start anywhere and hold anything.

    A frame says how much data follows it, so the two are asked for one after the other. Bytes before a frame that
    belong to none are skipped, and counted.

    Attributes:
        skipped: bytes thrown away so far.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.skipped = 0

    @property
    def pending(self) -> int:
        """Bytes that wait to be asked for, or for the rest of their frame."""
        return len(self._buffer)

    def feed(self, data: bytes) -> None:
        """Take what arrived."""
        self._buffer += data

    def packet(self) -> Packet | None:
        """The next frame whose sum and end are right; None until there is one."""
        buffer = self._buffer
        at = 0
        while True:
            found = buffer.find(START, at)
            at = len(buffer) if found < 0 else found
            if len(buffer) - at < FRAME_SIZE:
                self._drop(at)
                return None
            if buffer[at + 12] == END and sum(buffer[at : at + 11]) & 0xFF == buffer[at + 11]:
                break
            at += 1  # a true frame may begin inside this false one
        self._drop(at)
        frame = bytes(buffer[:FRAME_SIZE])
        del buffer[:FRAME_SIZE]
        return Packet(frame[1], int.from_bytes(frame[2:6], "little"), int.from_bytes(frame[6:10], "little"), frame[10])

    def take(self, count: int) -> bytes | None:
        """The next `count` bytes as they are; None until so many have come."""
        if len(self._buffer) < count:
            return None
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        return data

    def reset(self) -> None:
        """Forget what waits."""
        self._drop(len(self._buffer))

    def _drop(self, count: int) -> None:
        self.skipped += count
        del self._buffer[:count]


def data_sum(data: bytes) -> bytes:
    """What follows a piece of an extended transfer: the sum of its bytes, 32 bits."""
    return (sum(data) & 0xFFFFFFFF).to_bytes(SUM_SIZE, "little")


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """What precedes the pixels, seven words of 32 bits.

    Attributes:
        width, height: pixels.
        format: 0 = 8 bits a pixel, 1 = binary, 2 = 4 bits.
        size: of the pixels, bytes.
    """

    width: int
    height: int
    format: int
    size: int

    SIZE: ClassVar[int] = 28

    @classmethod
    def parse(cls, data: bytes) -> ImageHeader:
        """Read the beginning of an image. Raises ValueError where there is too little, or it is packed or encrypted."""
        if len(data) < cls.SIZE:
            raise ValueError("no header of an image")
        words = [int.from_bytes(data[at : at + 4], "little") for at in range(0, cls.SIZE, 4)]
        if words[2] or words[3]:
            raise ValueError("the image is compressed or encrypted")
        return cls(words[0], words[1], words[4], words[5])
