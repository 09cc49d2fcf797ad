"""The whole instruction table of R30x modules, typed: identification, library, notepad, light, versions, settings.

A recording needs none of it: it takes images (`R30xScanner.capture`). What reads, makes, compares or stores something
of whoever stands at the counter goes through the scanner's gate and wants a clearance; the rest is a technician's.
Whatever a module does not know or will not do raises what `refused` makes of its answer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Protocol, TypeVar

from devices.errors import CaptureCancelledError, TechnicianNeededError
from devices.fingerprint.r30x_codes import Confirmation, Instruction, refused
from devices.fingerprint.r30x_line import ANSWER_S, R30xLine
from devices.fingerprint.r30x_wire import Ack, ProductInfo, SystemParameters
from protocols.clearance import Clearance

T = TypeVar("T")

TEMPLATE_MOST: Final = 4096
"""Bytes that no module's template exceeds; 512 and 768 are common."""
INFORMATION_PAGE: Final = 512
NOTE_SIZE: Final = 32
INDEX_PAGES: Final = 256
"""Pages of the library that one index table tells of."""
ENROLLED: Final = 0x0F
IDENTIFIED: Final = 0x03
ANY_PAGE: Final = 0xC8
"""AutoEnroll: the module chooses a free page."""


class Register(IntEnum):
    """What SetSysPara sets."""

    BAUD_FACTOR = 4
    SECURITY = 5
    PACKET_SIZE = 6


class LightMode(IntEnum):
    """What the ring of light does."""

    BREATHE = 1
    FLASH = 2
    ON = 3
    OFF = 4
    FADE_IN = 5
    FADE_OUT = 6


class LightColour(IntEnum):
    """Its colour; older modules know the first three."""

    RED = 1
    BLUE = 2
    PURPLE = 3
    GREEN = 4
    YELLOW = 5
    CYAN = 6
    WHITE = 7


@dataclass(frozen=True, slots=True)
class Found:
    """A template of the library that matches: its page, and the module's score."""

    page: int
    score: int


class Asks(Protocol):
    """Ask the module, introducing ourselves again where it has restarted."""

    def __call__(self, instruction: Instruction, parameters: bytes = b"", wait_s: float = ANSWER_S) -> Ack:
        """One command and its acknowledgement."""
        ...


class Guards(Protocol):
    """Run what touches an applicant, under a clearance."""

    def __call__(self, clearance: Clearance | None, acquire: Callable[[], T], /) -> T:
        """Raises NotClearedError."""
        ...


class Watches(Protocol):
    """Run what touches the wire alone."""

    def __call__(self, operation: Callable[[], T], /) -> T:
        """Raises DeviceError."""
        ...


class R30xModule:
    """An opened scanner's module. Got from `R30xScanner.module`; used on the thread that uses the scanner.

    Methods without a clearance raise DeviceError; those with one raise NotClearedError too. Template buffers are
    numbered from 1; pages of the library and of the notepad from 0.
    """

    def __init__(self, line: Callable[[], R30xLine], ask: Asks, guarded: Guards, watched: Watches) -> None:
        self._line = line
        self._ask = ask
        self._guarded = guarded
        self._watched = watched

    # -- the module itself

    def handshake(self) -> None:
        """Ask whether it is ready."""
        self._order(Instruction.HANDSHAKE)

    def echo(self) -> bool:
        """Whether it answers the older question of the same kind."""
        return self._watched(lambda: self._ask(Instruction.ECHO)).code in {Confirmation.OK, Confirmation.ECHO}

    def check_sensor(self) -> None:
        """Raises TechnicianNeededError: `fingerprint.sensor`."""
        self._order(Instruction.CHECK_SENSOR)

    def parameters(self) -> SystemParameters:
        """Status, capacity, security, address, packet size, speed."""
        return _parsed(SystemParameters.parse, self._order(Instruction.READ_SYSTEM_PARAMETERS))

    def product(self) -> ProductInfo:
        """Model, serial number, image size."""
        return _parsed(ProductInfo.parse, self._order(Instruction.READ_PRODUCT_INFO))

    def information_page(self) -> bytes:
        """512 bytes of the maker's."""
        return self._watched(
            lambda: self._line().read_data(Instruction.READ_INFORMATION_PAGE, b"", 2 * INFORMATION_PAGE)
        )

    def algorithm_version(self) -> str:
        """As the module writes it."""
        return _text(self._order(Instruction.ALGORITHM_VERSION))

    def firmware_version(self) -> str:
        """As the module writes it."""
        return _text(self._order(Instruction.FIRMWARE_VERSION))

    def random_code(self) -> int:
        """32 random bits."""
        return int.from_bytes(_exactly(4, self._order(Instruction.RANDOM_CODE)))

    def set_parameter(self, register: Register, value: int) -> None:
        """Write to flash: baud factor in units of 9600, security 1 to 5, packet size 0 to 3 for 32 to 256 bytes.

        A new speed counts from the next start on, on some modules at once; close the scanner and open it again.
        """
        self._order(Instruction.SET_SYSTEM_PARAMETER, bytes([register, value]))

    def set_password(self, password: int) -> None:
        """Write to flash. The scanner has to be made anew with it."""
        self._order(Instruction.SET_PASSWORD, password.to_bytes(4))

    def set_address(self, address: int) -> None:
        """Write to flash; holds at once for this connection, and the next scanner has to be made with it."""
        ack = self._watched(lambda: self._line().move(address))
        if not ack.ok:
            raise refused(Instruction.SET_ADDRESS, ack.code)

    def set_port(self, on: bool) -> None:
        """Let it speak on its line, or no longer."""
        self._order(Instruction.CONTROL_PORT, bytes([on]))

    def restart(self) -> None:
        """What it holds in memory is lost."""
        self._order(Instruction.SOFT_RESET)
        self._line().stale = True  # the boot byte is on its way

    def stand_by(self) -> None:
        """Sleep until it is asked something."""
        self._order(Instruction.STAND_BY)

    def cancel(self) -> None:
        """End an automatic enrolment or identification, if there is one."""
        self._order(Instruction.CANCEL)

    # -- light and notepad

    def light(self, mode: LightMode, colour: LightColour, *, speed: int = 128, count: int = 0) -> None:
        """Ring of light: speed 0 to 255, how often 1 to 255 or 0 = for ever."""
        self._order(Instruction.CONTROL_LIGHT, bytes([mode, speed, colour, count]))

    def lamp(self, on: bool) -> None:
        """The light below the platen of optical modules."""
        self._order(Instruction.LIGHT_ON if on else Instruction.LIGHT_OFF)

    def write_note(self, page: int, note: bytes) -> None:
        """Up to 32 bytes, filled up with zeros. Raises ValueError where they are more."""
        if len(note) > NOTE_SIZE:
            raise ValueError(f"{len(note)} bytes do not fit a page of the notepad")
        self._order(Instruction.WRITE_NOTEPAD, bytes([page]) + note.ljust(NOTE_SIZE, b"\x00"))

    def read_note(self, page: int) -> bytes:
        """32 bytes."""
        return _exactly(NOTE_SIZE, self._order(Instruction.READ_NOTEPAD, bytes([page])))

    # -- library

    def template_count(self) -> int:
        """How many templates it holds."""
        return int.from_bytes(_exactly(2, self._order(Instruction.TEMPLATE_COUNT)))

    def used_pages(self, table: int = 0) -> frozenset[int]:
        """Which of the 256 pages of an index table (0 to 3) hold a template."""
        bits = int.from_bytes(
            _exactly(INDEX_PAGES // 8, self._order(Instruction.READ_INDEX_TABLE, bytes([table]))), "little"
        )
        return frozenset(INDEX_PAGES * table + bit for bit in range(INDEX_PAGES) if bits >> bit & 1)

    def delete(self, start: int, count: int = 1) -> None:
        """Delete templates."""
        self._order(Instruction.DELETE_TEMPLATES, start.to_bytes(2) + count.to_bytes(2))

    def empty(self) -> None:
        """Delete all templates."""
        self._order(Instruction.EMPTY_LIBRARY)

    def store(self, clearance: Clearance | None, page: int, buffer: int = 1) -> None:
        """Keep a buffer's template."""
        self._touch(clearance, Instruction.STORE_TEMPLATE, bytes([buffer]) + page.to_bytes(2))

    def load(self, clearance: Clearance | None, page: int, buffer: int = 1) -> None:
        """Bring a kept template into a buffer."""
        self._touch(clearance, Instruction.LOAD_TEMPLATE, bytes([buffer]) + page.to_bytes(2))

    def search(
        self, clearance: Clearance | None, count: int, *, start: int = 0, buffer: int = 1, fast: bool = False
    ) -> Found | None:
        """The kept template among `count` pages that matches a buffer's; None where there is none."""
        instruction = Instruction.FAST_SEARCH if fast else Instruction.SEARCH
        given = bytes([buffer]) + start.to_bytes(2) + count.to_bytes(2)
        ack = self._guarded(clearance, lambda: self._ask(instruction, given))
        return _found(instruction, ack.code, ack.parameters)

    # -- images and templates of whoever is there

    def take_image(self, clearance: Clearance | None, *, strict: bool = False, dark: bool = False) -> None:
        """Fill the image buffer; `strict` refuses a poor image, `dark` leaves the lamp alone.

        Raises:
            PersonCanRetryError: `fingerprint.no_finger`, `fingerprint.faint` ...
        """
        plain = Instruction.GENERATE_IMAGE_DARK if dark else Instruction.GENERATE_IMAGE
        self._touch(clearance, Instruction.GENERATE_IMAGE_STRICTLY if strict else plain)

    def make_template(self, clearance: Clearance | None, buffer: int = 1) -> None:
        """Features of the image into a buffer. The image is black afterwards: upload it before."""
        self._touch(clearance, Instruction.IMAGE_TO_TEMPLATE, bytes([buffer]))

    def merge_templates(self, clearance: Clearance | None) -> None:
        """One template of buffers 1 and 2, into both."""
        self._touch(clearance, Instruction.MERGE_TEMPLATES)

    def match(self, clearance: Clearance | None) -> int | None:
        """Score of buffers 1 and 2; None where they do not match."""
        ack = self._guarded(clearance, lambda: self._ask(Instruction.MATCH))
        if ack.code == Confirmation.NO_MATCH:
            return None
        if not ack.ok:
            raise refused(Instruction.MATCH, ack.code)
        return int.from_bytes(_exactly(2, ack.parameters))

    def read_template(self, clearance: Clearance | None, buffer: int = 1) -> bytes:
        """A buffer's template."""
        given = bytes([buffer])
        return self._guarded(
            clearance, lambda: self._line().read_data(Instruction.UPLOAD_TEMPLATE, given, TEMPLATE_MOST)
        )

    def write_template(self, clearance: Clearance | None, template: bytes, buffer: int = 1) -> None:
        """Bring a template into a buffer. The module does not tell whether it arrived: read it again to know."""
        self._guarded(clearance, lambda: self._download(Instruction.DOWNLOAD_TEMPLATE, bytes([buffer]), template))

    def write_image(self, clearance: Clearance | None, packed: bytes) -> None:
        """Bring an image into the image buffer, two pixels a byte."""
        self._guarded(clearance, lambda: self._download(Instruction.DOWNLOAD_IMAGE, b"", packed))

    def enroll(
        self,
        clearance: Clearance | None,
        page: int = ANY_PAGE,
        *,
        overwrite: bool = False,
        twice: bool = False,
        lift: bool = True,
        timeout_s: float = 30.0,
    ) -> int:
        """Let the module take a finger several times and keep it; returns its page.

        Args:
            clearance: leave for this visit.
            page: where to keep it, below 200; `ANY_PAGE` = the module chooses.
            overwrite: a template that is there may go.
            twice: the finger may be in the library already.
            lift: the finger has to be lifted between two images.
            timeout_s: seconds from one step to the next.

        Raises:
            CaptureCancelledError: `cancel` of the scanner was called; the module has been told.
        """
        given = bytes([page, overwrite, twice, True, lift])
        ack = self._guarded(clearance, lambda: self._automatic(Instruction.AUTO_ENROLL, given, ENROLLED, timeout_s))
        return _exactly(2, ack.parameters)[1]

    def identify(
        self,
        clearance: Clearance | None,
        count: int,
        *,
        start: int = 0,
        security: int = 3,
        errors: int = 1,
        timeout_s: float = 30.0,
    ) -> Found | None:
        """Let the module take a finger and look for it among `count` pages; None where it is not there."""
        given = bytes([security, start, count, True, errors])
        ack = self._guarded(clearance, lambda: self._automatic(Instruction.AUTO_IDENTIFY, given, IDENTIFIED, timeout_s))
        return _found(Instruction.AUTO_IDENTIFY, ack.code, ack.parameters[1:])

    def _order(self, instruction: Instruction, parameters: bytes = b"") -> bytes:
        """Do it; what the module said to it."""
        ack = self._watched(lambda: self._ask(instruction, parameters))
        if not ack.ok:
            raise refused(instruction, ack.code)
        return ack.parameters

    def _touch(self, clearance: Clearance | None, instruction: Instruction, parameters: bytes = b"") -> None:
        ack = self._guarded(clearance, lambda: self._ask(instruction, parameters))
        if not ack.ok:
            raise refused(instruction, ack.code)

    def _download(self, instruction: Instruction, parameters: bytes, data: bytes) -> None:
        ack = self._ask(instruction, parameters)
        if not ack.ok:
            raise refused(instruction, ack.code)
        self._line().send_data(data)

    def _automatic(self, instruction: Instruction, parameters: bytes, last: int, timeout_s: float) -> Ack:
        """An instruction of several steps, each acknowledged."""
        try:
            ack = self._ask(instruction, parameters, timeout_s)
            while ack.ok and ack.parameters[:1] != bytes([last]):
                ack = self._line().next_ack(timeout_s)
        except CaptureCancelledError:
            self._line().break_off()
            raise
        if not ack.ok and ack.code != Confirmation.NOT_FOUND:
            raise refused(instruction, ack.code)
        return ack


def _exactly(size: int, answer: bytes) -> bytes:
    if len(answer) != size:
        raise TechnicianNeededError("fingerprint.unfit", f"an answer of {len(answer)} bytes instead of {size}")
    return answer


def _parsed(parse: Callable[[bytes], T], answer: bytes) -> T:
    try:
        return parse(answer)
    except ValueError as error:
        raise TechnicianNeededError("fingerprint.unfit", str(error)) from error


def _found(instruction: Instruction, code: int, answer: bytes) -> Found | None:
    if code == Confirmation.NOT_FOUND:
        return None
    if code != Confirmation.OK:
        raise refused(instruction, code)
    answer = _exactly(4, answer)
    return Found(int.from_bytes(answer[:2]), int.from_bytes(answer[2:]))


def _text(answer: bytes) -> str:
    return answer.strip(b"\x00\xff ").decode("ascii", "replace")
