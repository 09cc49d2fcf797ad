"""Driver for Suprema's SFM (UniFinger) serial modules.

A module takes one plain impression in 256 grey levels and sends it in pieces, each with a sum, so that a bad byte
costs a piece and not the image; older firmware sends it in one piece. What is set here (grey images, speed, waiting
time) is never saved to the module's flash: after a power cut it is as it was delivered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

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
from devices.fingerprint import FingerImage, Progress, SingleFingerScanner
from devices.fingerprint.sfm_line import PROBE_S, SfmLine
from devices.fingerprint.sfm_wire import (
    ALIVE,
    BAUDRATES,
    GREY,
    ON,
    ONE_SECOND,
    PUBLISHED,
    Command,
    ImageHeader,
    Meaning,
    Packet,
    Parameter,
    refused,
)
from devices.gate import CaptureGate
from devices.transcript import Transcript
from devices.transport import Deadline, LineSettings, Transport
from protocols.clock import Clock, SystemClock

T = TypeVar("T")

DPI: Final = 500
SIZES: Final = range(64, 1025)
"""Widths and heights that are believed when a module tells them."""
LOOK_S: Final = 0.25
"""How long a module gets to see a finger that lies there."""
_AGAIN: Final = frozenset(
    {Meaning.NO_FINGER, Meaning.SCAN_FAILED, Meaning.TRY_AGAIN, Meaning.BUSY, Meaning.CANCELLED, Meaning.DATA_ERROR}
)
"""Ends of a scan after which another one may do better."""


class SfmScanner(SingleFingerScanner):
    """One module on a serial line.

    Args:
        slot: its place at the station.
        gate: decides what may be acquired.
        url: pyserial URL of its port.
        baudrates: speeds to try, in this order: as delivered, and as an earlier opening may have left it.
        fastest: speed to raise the line to where the module can; None leaves it.
        dpi: resolution of its sensor, pixels per inch; modules do not tell it.
        codes: what its answers mean.
        poll_s: seconds between two looks at the platen.
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
        baudrates: Sequence[int] = (115200, 921600, 57600),
        fastest: int | None = 921600,
        dpi: int = DPI,
        codes: Mapping[int, Meaning] = PUBLISHED,
        poll_s: float = 0.05,
        clock: Clock | None = None,
        simulated: bool = False,
        transcript: Transcript | None = None,
    ) -> None:
        super().__init__(slot, gate)
        self._url = url
        self._baudrates = tuple(baudrates)
        self._fastest = fastest
        self._dpi = dpi
        self._codes = codes
        self._poll_s = poll_s
        self._clock = clock or SystemClock()
        self._simulated = simulated
        self._transcript = transcript
        self._line: SfmLine | None = None
        self._extended = True

    def _do_open(self) -> DeviceInfo:
        transport = Transport.open(
            self._url, LineSettings(self._baudrates[0]), cancelled=self._cancelled, transcript=self._transcript
        )
        line = self._line = SfmLine(transport, self._codes)
        self._extended = True
        self._make_ready(line)
        serial = line.read(Parameter.SERIAL_NUMBER)
        firmware = line.read(Parameter.FIRMWARE_VERSION).to_bytes(4, "little").strip(b"\x00 ")
        return DeviceInfo(
            kind=self.kind,
            maker="Suprema",
            model=f"SFM, sensor {line.read(Parameter.SENSOR_TYPE):02x}",
            serial=f"{serial:08x}" if serial else f"port:{self._url}",
            firmware=firmware.decode("ascii", "replace"),
            simulated=self._simulated,
            properties={
                "port": self._url,
                "baudrate": str(transport.settings.baudrate),
                "dpi": str(self._dpi),
                "module": str(line.read(Parameter.MODULE_ID)),
            },
        )

    def _do_close(self) -> None:
        if self._line is not None:
            self._line.transport.close()

    def _do_watch(self) -> None:
        self._connected().transport.check()

    def _do_self_test(self) -> SelfTestResult:
        line = self._connected()
        began = self._clock.monotonic()
        status = line.ask(Packet(Command.CHECK_STATUS))
        answer_ms = 1000 * (self._clock.monotonic() - began)
        grey = line.read(Parameter.IMAGE_FORMAT) == GREY
        checks = (
            ("answer", True, f"{answer_ms:.1f} ms"),
            ("status", status.param == ALIVE, f"0x{status.param:02x}"),
            ("grey", grey, "8 bits" if grey else "fewer"),
        )
        return SelfTestResult(all(passed for _, passed, _ in checks), checks)

    def _do_finger_present(self) -> bool:
        return self._mended(lambda line: line.look(LOOK_S))

    def _do_capture(self, timeout_s: float, progress: Progress | None) -> FingerImage:
        return self._mended(lambda line: self._capture(line, Deadline(timeout_s), progress))

    def _do_wait_removed(self, timeout_s: float) -> None:
        deadline = Deadline(timeout_s)
        while self._mended(lambda line: line.look(LOOK_S)):
            if deadline.expired:
                raise PersonCanRetryError("fingerprint.not_lifted")
            if self._cancelled.wait(self._poll_s):
                raise CaptureCancelledError("capture.cancelled")

    def _capture(self, line: SfmLine, deadline: Deadline, progress: Progress | None) -> FingerImage:
        answer = self._scanned(line, deadline)
        taken_at = self._clock.now()
        data = line.receive_image(answer, progress)
        try:
            header = ImageHeader.parse(data)
        except ValueError as error:
            raise TechnicianNeededError("fingerprint.unfit", str(error)) from error
        if header.format:  # it has restarted, and takes images as it was delivered to
            self._make_ready(line)
            raise PersonCanRetryError("fingerprint.image_gone", "the module has restarted")
        pixels = data[ImageHeader.SIZE :]
        believed = header.width in SIZES and header.height in SIZES
        if not believed or not len(pixels) == header.size == header.width * header.height:
            detail = f"{len(pixels)} bytes for {header.width} x {header.height} pixels"
            raise TechnicianNeededError("fingerprint.image_size", detail)
        image = np.frombuffer(pixels, np.uint8).reshape(header.height, header.width).copy()
        return FingerImage(image, self._dpi, 8, taken_at)

    def _scanned(self, line: SfmLine, deadline: Deadline) -> Packet:
        """The answer that announces an image; what the sensor could not take is scanned again while time is left."""
        while True:
            command = Command.SCAN_IMAGE_EXTENDED if self._extended else Command.SCAN_IMAGE
            answer = line.scan(command, max(LOOK_S, deadline.remaining))
            meaning = Meaning.NO_FINGER if answer is None else line.meaning(answer)
            if answer is not None and meaning is Meaning.SUCCESS:
                return answer
            if meaning is Meaning.UNSUPPORTED and self._extended:
                self._extended = False
                continue
            code = 0 if answer is None else answer.flag
            if meaning not in _AGAIN or deadline.expired:
                raise refused(command, code, meaning)
            if self._cancelled.wait(self._poll_s):
                raise CaptureCancelledError("capture.cancelled")

    def _connected(self) -> SfmLine:
        if self._line is None:
            raise DeviceLostError("fingerprint.closed", self.slot)
        return self._line

    def _mended(self, operation: Callable[[SfmLine], T]) -> T:
        """Do it; once more where the module had restarted meanwhile and speaks as slowly as it was delivered to."""
        line = self._connected()
        try:
            return operation(line)
        except DeviceTimeoutError:
            self._make_ready(line)
            return operation(line)

    def _make_ready(self, line: SfmLine) -> None:
        self._find_speed(line)
        line.write(Parameter.IMAGE_FORMAT, GREY)
        line.write(Parameter.SEND_SCAN_SUCCESS, ON)
        line.write(Parameter.TIMEOUT, ONE_SECOND)
        self._raise_speed(line)

    def _find_speed(self, line: SfmLine) -> None:
        last: DeviceError | None = None
        for baudrate in self._baudrates:
            try:
                if self._answers_at(line, baudrate):
                    return
            except DeviceTimeoutError as error:
                last = error
        tried = ", ".join(str(baudrate) for baudrate in self._baudrates)
        raise DeviceTimeoutError("fingerprint.no_answer", f"{self._url} at {tried} baud") from last

    def _answers_at(self, line: SfmLine, baudrate: int) -> bool:
        """Whether a module answers at this speed. Raises DeviceTimeoutError where none does."""
        if line.transport.settings.baudrate != baudrate:
            line.transport.set_baudrate(baudrate)
            line.stale = True
        line.ask(Packet(Command.CHECK_STATUS), wait_s=PROBE_S)
        return True

    def _raise_speed(self, line: SfmLine) -> None:
        """Ask for the fastest speed, and stay with what the module then speaks: some change at the next start only."""
        before = line.transport.settings.baudrate
        if self._fastest is None or self._fastest <= before:
            return
        request = Packet(Command.WRITE_PARAMETER, size=BAUDRATES[self._fastest], flag=Parameter.BAUDRATE)
        try:
            if line.meaning(line.ask(request, wait_s=PROBE_S)) is not Meaning.SUCCESS:
                return  # it cannot: slower, and as good
            self._answers_at(line, self._fastest)
        except DeviceTimeoutError:
            self._answers_at(line, before)
