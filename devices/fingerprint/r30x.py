"""Driver for serial fingerprint modules of the R30x / ZFM-20 / AS608 / R503 family.

A module takes one plain impression of about 13 x 15 mm at 500 dpi in 16 grey levels: a single-finger aid, marked as
such by `source_bits`. The image is uploaded before anything else is done with it and never converted here: turning
it into a template blackens the module's image buffer, and a broken upload could then not be repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import numpy as np

from devices.device import DeviceInfo, SelfTestResult
from devices.errors import (
    CaptureCancelledError,
    DeviceError,
    DeviceLostError,
    DeviceTimeoutError,
    PersonCanRetryError,
    TechnicianNeededError,
)
from devices.fingerprint import FingerImage, GreyImage, Progress, SingleFingerScanner
from devices.fingerprint.r30x_codes import BROKEN, Confirmation, Instruction, confirmation_name, refused
from devices.fingerprint.r30x_line import ANSWER_S, PROBE_S, R30xLine
from devices.fingerprint.r30x_module import R30xModule
from devices.fingerprint.r30x_pace import DeafEvent, Pace, change
from devices.fingerprint.r30x_wire import BROADCAST, Ack, ProductInfo, SystemParameters
from devices.gate import CaptureGate
from devices.transcript import Transcript
from devices.transport import Deadline, LineSettings, Transport
from protocols.clock import Clock, SystemClock

DPI: Final = 500
FACTORY_SIZE: Final = (256, 288)
"""Width and height in pixels of the modules that cannot tell theirs."""
SIZES: Final = range(64, 1025)
"""Widths and heights that are believed when a module tells them."""
FASTER: Final = Pace()


class R30xScanner(SingleFingerScanner):
    """One module on a serial line.

    Args:
        slot: its place at the station.
        gate: decides what may be acquired.
        url: pyserial URL of its port.
        password: 32 bits, 0 as delivered.
        address: 32 bits, all ones as delivered.
        baudrates: speeds to try, in this order; a module keeps its own over a power cut.
        pace: what to raise it to while it is open, where it goes along; tried too. None leaves it as it is.
        poll_s: seconds between two looks at the platen.
        looks: how many in a row must show a finger before the last one is taken: the first often catches it while it
            is still being laid down.
        clock: for the time of a sample.
        simulated: the other end is a simulator; everything captured is marked so.
        transcript: records all that passes, images too.
    """

    def __init__(
        self,
        slot: str,
        gate: CaptureGate,
        url: str,
        *,
        password: int = 0,
        address: int = BROADCAST,
        baudrates: Sequence[int] = (57600, 115200),
        pace: Pace | None = FASTER,
        poll_s: float = 0.05,
        looks: int = 2,
        clock: Clock | None = None,
        simulated: bool = False,
        transcript: Transcript | None = None,
    ) -> None:
        super().__init__(slot, gate)
        self._url = url
        self._password = password
        self._address = address
        raised = (pace.baudrate,) if pace is not None else ()
        self._baudrates = tuple(dict.fromkeys((*baudrates, *raised)))
        self._pace = pace
        self._own: Pace | None = None
        """How the module was found, while it may be otherwise."""
        self._ended = DeafEvent(self._cancelled)
        self._poll_s = poll_s
        self._looks = looks
        self._clock = clock or SystemClock()
        self._simulated = simulated
        self._transcript = transcript
        self._wire: R30xLine | None = None
        self._size = FACTORY_SIZE

    @property
    def module(self) -> R30xModule:
        """All else that the module can do, for technicians and for tests; under the same gate."""
        return R30xModule(self._connected, self._ask, self._guarded, self._watched)

    def _do_open(self) -> DeviceInfo:
        transport = Transport.open(
            self._url,
            LineSettings(self._baudrates[0]),
            cancelled=self._ended,
            transcript=self._transcript,
        )
        wire = self._wire = R30xLine(transport, self._address)
        self._find_speed(wire)
        parameters = self._read_parameters(wire)
        wire.packet_size = parameters.packet_size
        self._hurry(wire, parameters)
        product = self._read_product(wire)
        self._size = FACTORY_SIZE
        if product is not None and product.width % 2 == 0 and product.width in SIZES and product.height in SIZES:
            self._size = (product.width, product.height)
        return DeviceInfo(
            kind=self.kind,
            maker="R30x family",
            model=(product and product.model) or f"module {parameters.system_id:04x}",
            serial=(product and product.serial) or f"port:{self._url}",
            firmware=product.hardware if product is not None else "",
            simulated=self._simulated,
            properties={
                "port": self._url,
                "baudrate": str(transport.settings.baudrate),
                "dpi": str(DPI),
                "width": str(self._size[0]),
                "height": str(self._size[1]),
                "packet_size": str(wire.packet_size),
                "capacity": str(parameters.capacity),
            },
        )

    def _do_close(self) -> None:
        wire, self._wire = self._wire, None
        if wire is None:
            return
        own, self._own = self._own, None
        if own is not None and not self._busy:  # a line that is in use elsewhere, or lost, is let go of as it is
            self._ended.deaf = True
            with suppress(DeviceError):
                self._put_back(wire, own)
            self._ended.deaf = False
        wire.transport.close()

    def _hurry(self, wire: R30xLine, parameters: SystemParameters) -> None:
        """Raise speed and packet size; a module that falls silent over it is looked for again."""
        if self._pace is None or parameters.baudrate != wire.transport.settings.baudrate:
            return
        own = Pace(parameters.baudrate, parameters.packet_size)
        wanted = Pace(max(own.baudrate, self._pace.baudrate), max(own.packet_size, self._pace.packet_size))
        if wanted == own:
            return
        self._own = own
        try:
            change(wire, parameters, wanted, self._introduce)
        except DeviceTimeoutError:
            self._find_speed(wire)

    def _put_back(self, wire: R30xLine, own: Pace) -> None:
        """Whatever became of the raising: what flash says now counts, at whichever speed it can be read."""
        try:
            flash = self._read_parameters(wire, PROBE_S)
        except DeviceTimeoutError:
            self._find_speed(wire)
            flash = self._read_parameters(wire, PROBE_S)
        change(wire, flash, own, self._introduce)

    def _do_watch(self) -> None:
        self._connected().transport.check()

    def _do_self_test(self) -> SelfTestResult:
        wire = self._connected()
        began = self._clock.monotonic()
        parameters = self._read_parameters(wire)
        answer_ms = 1000 * (self._clock.monotonic() - began)
        checks = [("answer", True, f"{answer_ms:.1f} ms"), ("capacity", True, str(parameters.capacity))]
        for name, instruction in (("handshake", Instruction.HANDSHAKE), ("sensor", Instruction.CHECK_SENSOR)):
            ack = wire.ask_optional(instruction)
            broken = ack is not None and ack.code in BROKEN
            known = ack is not None and (ack.ok or broken)
            checks.append((name, not broken, confirmation_name(ack.code) if ack and known else "unsupported"))
        return SelfTestResult(all(passed for _, passed, _ in checks), tuple(checks))

    def _do_finger_present(self) -> bool:
        return self._look() != Confirmation.NO_FINGER

    def _do_capture(self, timeout_s: float, progress: Progress | None) -> FingerImage:
        self._wait_for_finger(timeout_s)
        taken_at = self._clock.now()
        width, height = self._size
        packed = self._connected().read_image(width * height, progress)
        pixels = np.frombuffer(packed, dtype=np.uint8)
        deep = len(packed) == width * height  # the USB variant sends eight bits a pixel
        image = pixels.copy() if deep else _expanded(pixels)
        return FingerImage(image.reshape(height, width), DPI, 8 if deep else 4, taken_at)

    def _do_wait_removed(self, timeout_s: float) -> None:
        deadline = Deadline(timeout_s)
        while self._look() != Confirmation.NO_FINGER:
            if deadline.expired:
                raise PersonCanRetryError("fingerprint.not_lifted")
            self._pause()

    def _wait_for_finger(self, timeout_s: float) -> None:
        """Look until a finger lies still; what the sensor could not take is looked at again while time is left."""
        deadline = Deadline(timeout_s)
        seen = 0
        while True:
            code = self._look()
            seen = seen + 1 if code == Confirmation.OK else 0
            if seen >= self._looks or (seen and deadline.expired):
                return
            if deadline.expired:
                raise refused(Instruction.GENERATE_IMAGE, code)
            self._pause()

    def _look(self) -> int:
        """Take a picture of the platen into the module's image buffer; returns how that went."""
        ack = self._ask(Instruction.GENERATE_IMAGE)
        on_platen = {Confirmation.CAPTURE_FAILED, Confirmation.TOO_MESSY, Confirmation.TOO_FEW_FEATURES}
        if not ack.ok and ack.code != Confirmation.NO_FINGER and ack.code not in on_platen:
            raise refused(Instruction.GENERATE_IMAGE, ack.code)
        return ack.code

    def _pause(self) -> None:
        if self._cancelled.wait(self._poll_s):
            raise CaptureCancelledError("capture.cancelled")

    def _connected(self) -> R30xLine:
        if self._wire is None:
            raise DeviceLostError("fingerprint.closed", self.slot)
        return self._wire

    def _ask(self, instruction: Instruction, parameters: bytes = b"", wait_s: float = ANSWER_S) -> Ack:
        """Ask, and introduce ourselves again to a module that has restarted meanwhile."""
        wire = self._connected()
        ack = wire.ask(instruction, parameters, wait_s=wait_s)
        if ack.code == Confirmation.PASSWORD_REQUIRED:
            self._introduce(wire, ANSWER_S)
            ack = wire.ask(instruction, parameters, wait_s=wait_s)
        return ack

    def _introduce(self, wire: R30xLine, wait_s: float) -> None:
        ack = wire.ask(Instruction.VERIFY_PASSWORD, self._password.to_bytes(4), wait_s=wait_s)
        if not ack.ok:
            raise refused(Instruction.VERIFY_PASSWORD, ack.code)

    def _find_speed(self, wire: R30xLine) -> None:
        last: DeviceError | None = None
        for baudrate in self._baudrates:
            if wire.transport.settings.baudrate != baudrate:
                wire.transport.set_baudrate(baudrate)
                wire.stale = True
            try:
                self._introduce(wire, PROBE_S)
            except DeviceTimeoutError as error:
                last = error
            else:
                return
        tried = ", ".join(str(baudrate) for baudrate in self._baudrates)
        raise DeviceTimeoutError("fingerprint.no_answer", f"{self._url} at {tried} baud") from last

    def _read_parameters(self, wire: R30xLine, wait_s: float = ANSWER_S) -> SystemParameters:
        ack = wire.ask(Instruction.READ_SYSTEM_PARAMETERS, wait_s=wait_s)
        if not ack.ok:
            raise refused(Instruction.READ_SYSTEM_PARAMETERS, ack.code)
        try:
            return SystemParameters.parse(ack.parameters)
        except ValueError as error:
            raise TechnicianNeededError("fingerprint.unfit", str(error)) from error

    def _read_product(self, wire: R30xLine) -> ProductInfo | None:
        ack = wire.ask_optional(Instruction.READ_PRODUCT_INFO)
        if ack is None or not ack.ok:
            return None
        try:
            return ProductInfo.parse(ack.parameters)
        except ValueError:
            return None  # another maker's layout: the factory size stands, and the port's name for the serial number


def _expanded(packed: GreyImage) -> GreyImage:
    """Two pixels a byte, the left one in the high bits; 15 * 17 = 255."""
    pixels: GreyImage = np.empty(2 * packed.size, np.uint8)
    pixels[0::2] = (packed >> 4) * 17
    pixels[1::2] = (packed & 15) * 17
    return pixels
