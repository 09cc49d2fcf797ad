"""What every Wacom STU pad does, whatever carries its reports: see `wacom_stu` (serial) and `wacom_stu_hid` (USB).

The pad tells its model, its number and what its coordinates reach. It shows the ink itself, on a page with two buttons
that is sent once and kept until the pad is disarmed: to sign anew wipes the paper alone, where the pad can do that.
Layouts of the reports are those of the maker's public SDK (see `wacom_stu_wire`). Encrypted capture is not used, nor
the pictures that a 540 keeps in its own memory.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from devices.device import DeviceInfo, SelfTestResult
from devices.errors import CaptureCancelledError, DeviceLostError, DeviceTimeoutError, TechnicianNeededError
from devices.gate import CaptureGate
from devices.signature_pad import PadButton, PadGeometry, PenSample, SignaturePad
from devices.signature_pad.arrival import Arrival, Pace
from devices.signature_pad.page import Hand, Page, Touch, one_bit, sixteen_bits
from devices.signature_pad.wacom_stu_links import StuLink
from devices.signature_pad.wacom_stu_wire import (
    BLOCK,
    DRAWING,
    READY,
    Capability,
    Encoding,
    PenReport,
    Report,
    Status,
    area,
    image_block,
    parse_capability,
    parse_information,
    parse_pen,
    parse_status,
    parse_uid,
)
from devices.transport import Deadline
from protocols.clock import Clock, SystemClock

READY_S: Final = 5.0
"""Longest wait for a pad that starts up, or clears its screen."""
POLL_S: Final = 0.02
QUIET_S: Final = 0.02
"""Silence by which foreign ink has all come: four reports of a pad that sends two hundred a second."""
DRAIN_S: Final = 0.25
"""Longest wait for that silence while somebody goes on writing."""
OPTION_TIME_AND_SEQUENCE: Final = 3
CLOCK_S: Final = 30.0
"""After a silence of so long the pad's clock of 65.5 s may have come round: the station's takes over."""
INK_OFF: Final = bytes((Report.INKING, 0))
INK_ON: Final = bytes((Report.INKING, 1))
CLEAR: Final = bytes((Report.CLEAR, 0))
COMMIT: Final = bytes((Report.IMAGE_END, 0))
ABANDON: Final = bytes((Report.IMAGE_END, 1))


class ScreenUse(StrEnum):
    """What the pad's screen is used for beside the ink."""

    MONO = "mono"
    """The page in black and white, which every pad takes: 5 to 48 kB, on a line of 128000 baud 0.5 to 4.3 s."""
    COLOUR = "colour"
    """The page in colours where the pad has them: sixteen times the bytes, some seconds on USB, a minute on a line."""
    OFF = "off"
    """Nothing: the whole surface is paper, and there are no buttons."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A page, as it is sent."""

    page: Page
    encoding: Encoding
    data: bytes


class StuPad(SignaturePad):
    """One pad on some road.

    Args:
        slot: its place at the station.
        gate: decides what may be acquired.
        place: where it is attached; stands for its number where the pad tells none.
        screen: what is shown on it.
        clock: for the time of a sample where the pad tells none.
        simulated: the other end is a simulator; everything captured is marked so.
    """

    def __init__(
        self, slot: str, gate: CaptureGate, place: str, *, screen: ScreenUse, clock: Clock | None, simulated: bool
    ) -> None:
        super().__init__(slot, gate)
        self._place = place
        self._screen = screen
        self._clock = clock or SystemClock()
        self._simulated = simulated
        self._link: StuLink | None = None
        self._able: Capability | None = None
        self._drawn: _Drawn | None = None
        self._hand: Hand | None = None
        self._page_shown = self._drawing = False
        """The page stands on the screen; a picture is being sent."""
        self._wipes_paper = True
        """As long as the pad has not refused it."""
        self._arrival = Arrival()
        self._pace = Pace()
        self._told_ms: int | None = None
        """The pad's own time of the last report; None before the first after clearing."""
        self._time_ms = 0
        self._sequence: int | None = None
        self._lost = 0
        """Reports that the pad counted and nobody received."""
        self._here = False
        """The pen is near, or was at the last report."""
        self._at = (0, 0)
        """Where it was last."""

    @property
    def geometry(self) -> PadGeometry:
        """As the pad reports it, without the foot of the page."""
        able = self._capability()
        bottom = able.max_y
        if self._drawn is not None:
            bottom = max(1, (self._drawn.page.foot * (able.max_y + 1) - 1) // able.height)
        return PadGeometry(0, 0, able.max_x, bottom, able.dpi, able.max_pressure)

    @property
    def has_buttons(self) -> bool:
        """Unless the settings or the pad refuse a page."""
        return self._drawn is not None

    @abstractmethod
    def _connect(self) -> tuple[StuLink, dict[str, str]]:
        """Open the road and keep it in `_link`; what a technician wants to know of it. Raises DeviceError."""

    def _has_colour(self, able: Capability) -> bool:
        return able.colour

    def _do_open(self) -> DeviceInfo:
        link, properties = self._connect()
        if self._status(link).state == DRAWING:  # the station fell over in the middle of a picture
            link.tell(ABANDON)
        self._await_ready(link)
        try:
            information = parse_information(link.get(Report.INFORMATION))
            self._able = able = parse_capability(link.get(Report.CAPABILITY))
        except ValueError as error:
            raise TechnicianNeededError("signature_pad.unfit", str(error)) from error
        self._lost = 0
        self._page_shown = self._drawing = False
        self._wipes_paper = True
        self._drawn = self._draw(able)
        link.tell(INK_OFF)  # nobody is asked to sign yet
        link.tell(CLEAR)  # whoever signed before the station fell over
        self._await_ready(link)
        link.tell(bytes((Report.PEN_OPTIONS, OPTION_TIME_AND_SEQUENCE)))  # a pad that cannot sends reports without
        return DeviceInfo(
            kind=self.kind,
            maker="Wacom",
            model=information.model or "STU",
            serial=self._uid(link) or f"port:{self._place}",
            firmware=information.firmware,
            simulated=self._simulated,
            properties={
                **properties,
                "dpi": str(able.dpi),
                "rate": str(able.rate),
                "screen": f"{able.width}x{able.height}",
            },
        )

    def _do_close(self) -> None:
        if self._link is not None:
            self._link.close()

    def _do_watch(self) -> None:
        self._connected().check()

    def _do_self_test(self) -> SelfTestResult:
        status = self._status(self._connected())
        ready = status.state == READY
        checks = (("state", ready, f"{status.state:02x}"), ("lost_reports", True, str(self._lost)))
        return SelfTestResult(ready, checks)

    # -- the screen

    def _do_clear(self) -> None:
        link = self._connected()
        if self._drawing:  # somebody cancelled in the middle of it
            link.tell(ABANDON)
            self._drawing = False
        self._told(link, INK_OFF)
        if self._drawn is None or not (self._wiped(link, self._drawn) or self._sent(link, self._drawn)):
            able, self._drawn = self._capability(), None
            link.tell(area(Report.INK_AREA, 0, 0, able.width - 1, able.height - 1))
            self._told(link, CLEAR)
        self._await_ready(link)
        self._told(link, INK_ON)
        link.drain(QUIET_S, DRAIN_S)
        self._hand = None if self._drawn is None else Hand(self._drawn.page)
        self._arrival.restart(self._clock.monotonic())
        self._told_ms = self._sequence = None
        self._time_ms = 0
        self._here = False

    def _do_cover(self) -> None:
        link = self._connected()
        self._page_shown = False
        if self._drawing:
            self._drawing = False
            link.say(ABANDON)
        link.say(INK_OFF)
        link.say(CLEAR)

    def _draw(self, able: Capability) -> _Drawn | None:
        if self._screen is ScreenUse.OFF:
            return None
        page = Page(able.width, able.height)
        if self._screen is ScreenUse.COLOUR and self._has_colour(able):
            return _Drawn(page, Encoding.SIXTEEN_BITS, sixteen_bits(page.picture()))
        return _Drawn(page, Encoding.ONE_BIT, one_bit(page.picture()))

    def _wiped(self, link: StuLink, drawn: _Drawn) -> bool:
        """Whether the page stood on the screen and its paper is clean again."""
        if not (self._page_shown and self._wipes_paper):
            return False
        self._wipes_paper = link.tell(area(Report.CLEAR_AREA, *drawn.page.paper))
        return self._wipes_paper

    def _sent(self, link: StuLink, drawn: _Drawn) -> bool:
        """Whether the page now stands on the screen: a pad may refuse it, and a piece may arrive garbled once."""
        self._page_shown = self._sent_once(link, drawn) or self._sent_once(link, drawn)
        if self._page_shown:
            self._await_ready(link)
            link.tell(area(Report.INK_AREA, *drawn.page.paper))  # else it is seen on the buttons, and counts for none
        return self._page_shown

    def _sent_once(self, link: StuLink, drawn: _Drawn) -> bool:
        self._drawing = True
        taken = link.tell(bytes((Report.IMAGE_START, drawn.encoding)))
        for at in range(0, len(drawn.data), BLOCK):
            taken = taken and link.tell(image_block(drawn.data[at : at + BLOCK]))
        taken = link.tell(COMMIT if taken else ABANDON) and taken
        self._drawing = False
        return taken

    # -- the pen

    def _do_read_ink(self, timeout_s: float) -> tuple[PenSample, ...]:
        link, deadline = self._connected(), Deadline(timeout_s)
        self._pace.keep()
        while True:
            found = [pen for report in link.read(deadline.remaining) if (pen := parse_pen(report)) is not None]
            samples = self._samples(found, self._clock.monotonic()) if found else ()
            if samples or deadline.expired or (self._hand is not None and self._hand.pressed):
                return samples

    def _do_read_buttons(self) -> tuple[PadButton, ...]:
        if self._hand is None:
            return ()
        pressed = tuple(self._hand.pressed)
        self._hand.pressed.clear()
        return pressed

    def _samples(self, found: Sequence[PenReport], now: float) -> tuple[PenSample, ...]:
        """What is ink of them. Each report has the pad's own time where it tells it, else by when it came."""
        able, bottom = self._capability(), self.geometry.max_y
        fresh = now - self._arrival.heard_at > CLOCK_S
        samples = []
        for pen, arrived_ms in zip(found, self._arrival.times(len(found), now), strict=True):
            if pen.time_ms is None or self._told_ms is None or fresh:
                self._time_ms = max(self._time_ms, arrived_ms)
            else:
                self._time_ms += (pen.time_ms - self._told_ms) & 0xFFFF
            if pen.time_ms is not None:
                self._told_ms, fresh = pen.time_ms, False
            if pen.sequence is not None:
                if self._sequence is not None:
                    self._lost += (pen.sequence - self._sequence - 1) & 0xFFFF
                self._sequence = pen.sequence
            here, was_here, self._here = pen.ready or pen.down, self._here, pen.ready or pen.down
            if here:
                self._at = (pen.x, pen.y)
            elif not was_here:
                continue
            x, y = self._at  # a pad whose pen has gone says 0, 0
            touch = self._touch(x, y, pen, able)
            if touch is not Touch.NOTHING:
                down = touch is Touch.INK and pen.down
                pressure = min(pen.pressure, able.max_pressure) if down else 0
                samples.append(PenSample(x, min(y, bottom), pressure, down=down, time_ms=self._time_ms))
        return tuple(samples)

    def _touch(self, x: int, y: int, pen: PenReport, able: Capability) -> Touch:
        if self._hand is None:
            return Touch.INK
        across, below = x * able.width // (able.max_x + 1), y * able.height // (able.max_y + 1)
        return self._hand.move(across, below, down=pen.down)

    # -- asked of the pad

    def _told(self, link: StuLink, command: bytes) -> None:
        if not link.tell(command):
            raise TechnicianNeededError("signature_pad.unfit", f"refuses {command[0]:02x}")

    def _await_ready(self, link: StuLink) -> None:
        deadline = Deadline(READY_S)
        while self._status(link).state != READY:
            if deadline.expired:
                raise DeviceTimeoutError("signature_pad.no_answer", "never ready")
            if self._cancelled.wait(POLL_S):
                raise CaptureCancelledError("capture.cancelled")

    def _status(self, link: StuLink) -> Status:
        try:
            return parse_status(link.get(Report.STATUS))
        except ValueError as error:
            raise TechnicianNeededError("signature_pad.unfit", str(error)) from error

    def _uid(self, link: StuLink) -> str:
        """Empty from a pad that has none, or does not know the question (300, 500, 520A)."""
        with suppress(ValueError, DeviceTimeoutError):
            return parse_uid(link.get(Report.UID))
        return ""

    def _capability(self) -> Capability:
        if self._able is None:
            raise DeviceLostError("signature_pad.closed", self.slot)
        return self._able

    def _connected(self) -> StuLink:
        if self._link is None:
            raise DeviceLostError("signature_pad.closed", self.slot)
        return self._link
