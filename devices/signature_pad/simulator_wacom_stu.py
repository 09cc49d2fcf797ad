"""The pad's end of an STU's serial line: its frames, and how its cable fails.

Frames are packed by its own code; the reference vectors of the tests hold both ends to the same bytes.
"""

from __future__ import annotations

import random
import struct
from contextlib import suppress

from devices.signature_pad.simulator_wacom_stu_pad import BAD_CRC, StuSimulatedPad, StuTraits
from devices.simulation.far_end import FarEnd
from devices.simulation.faults import Fault, FaultPlan
from devices.simulation.wire_end import UnpluggedError, WireEnd

GET, RESULT = 0x80, 0x81


class WacomStuSimulator(StuSimulatedPad, FarEnd):
    """A pad on a pty or a TCP port, in a thread of its own.

    Args:
        traits: what it is.
        tcp: a TCP port on loopback instead of a pty.
        seed: for noise.
    """

    def __init__(self, traits: StuTraits | None = None, *, tcp: bool = False, seed: int = 0) -> None:
        StuSimulatedPad.__init__(self, traits)
        FarEnd.__init__(self, WireEnd("stu", self._received, tcp=tcp))
        self.faults = FaultPlan()
        self._noise = random.Random(seed)  # noqa: S311 - noise on a wire, no secret
        self._frame = bytearray()
        self._silent = False

    def start(self) -> None:
        """Plug in. Idempotent."""
        self._stopping.clear()
        super().start()

    def stop(self) -> None:
        """Unplug, end the thread and whatever is being signed. Idempotent."""
        self._stopping.set()
        super().stop()
        self.wait_signed()

    def replug(self) -> None:
        """Put the cable back."""
        self._silent = False
        super().replug()

    def _emit(self, report: bytes, *, shown: bool) -> bool:
        heard = False

        def send() -> None:
            nonlocal heard
            self._seen(shown=shown)
            try:
                self._send(report)
                heard = True
            except UnpluggedError:
                pass

        try:
            self._wire.call(send)
        except RuntimeError:  # stopped meanwhile
            return False
        return heard

    # -- on the wire's thread

    def _send(self, report: bytes) -> None:
        frame = frame_of(report, self.traits.crc)
        match None if self._silent else self.faults.befalls():
            case Fault.STRAY:
                frame = b"\x55" + frame
            case Fault.NOISE:
                frame = self._noise.randbytes(self._noise.randint(1, 40)) + frame
            case Fault.BAD_SUM:
                at = self._noise.randrange(2, len(frame))
                frame = frame[:at] + bytes((frame[at] ^ 1 << self._noise.randrange(7),)) + frame[at + 1 :]
            case Fault.TRUNCATED:
                frame = frame[: len(frame) // 2]
            case Fault.LOST:
                return
            case Fault.MUTE | Fault.RESET:
                self._silent = True  # until the cable was out
            case None:
                pass
        if not self._silent:
            self._wire.write(frame)

    def _received(self, data: bytes) -> None:
        if self.traits.baudrate not in {None, self._wire.client_baudrate}:
            return
        for byte in data:
            if byte & 0x80:
                self._frame[:] = (byte,)
            elif self._frame:
                self._frame.append(byte)
            if len(self._frame) > 1 and len(self._frame) - 2 == ((self._frame[0] & 0x3F) << 7 | self._frame[1]):
                frame = bytes(self._frame)
                self._frame.clear()
                self._serve(report_of(frame, self.traits.crc))

    def _serve(self, report: bytes) -> None:
        if not report:
            answer = bytes((RESULT, BAD_CRC))
        elif report[0] == GET:
            answer = self._answer(report[1]) or bytes((RESULT, self._result))
        else:
            answer = bytes((RESULT, self._obey(report)))
        with suppress(UnpluggedError):  # what was said before the line went is obeyed all the same
            self._send(answer)


def crc_of(report: bytes, begin: int) -> int:
    """CRC-16 of polynomial 8005, bits reflected."""
    crc = begin
    for byte in report:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc


def frame_of(report: bytes, crc: int | None) -> bytes:
    """A report packed for the serial line, with the SDK's surplus zero where it sends one."""
    body = report if crc is None else report + struct.pack("<H", crc_of(report, crc))
    bits = "".join(f"{byte:08b}" for byte in body)
    fields = bytes(int(bits[at : at + 7].ljust(7, "0"), 2) for at in range(0, len(bits), 7))
    head = 0x80 | (crc is not None) << 6 | len(fields) >> 7
    return bytes((head, len(fields) & 0x7F)) + fields + (b"\x00" if len(body) % 7 == 6 else b"")


def report_of(frame: bytes, crc: int | None) -> bytes:
    """The report in a whole frame; empty where its checksum is wrong."""
    bits = "".join(f"{byte:07b}" for byte in frame[2:])
    body = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8))
    if not frame[0] & 0x40:
        return body
    report = body[:-2]
    return report if crc is not None and body[-2:] == struct.pack("<H", crc_of(report, crc)) else b""
