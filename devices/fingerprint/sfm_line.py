"""Questions to an SFM module and its answers over one transport, mended where the line garbles them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from devices.errors import DeviceTimeoutError, PersonCanRetryError, Remedy, WireError
from devices.fingerprint import Progress
from devices.fingerprint.sfm_wire import (
    DATA_ERROR,
    DATA_OK,
    END,
    FRAME_SIZE,
    SUM_SIZE,
    Command,
    Meaning,
    Packet,
    StreamParser,
    data_sum,
    refused,
)
from devices.transport import Deadline, Transport

PROBE_S: Final = 0.35
REPLY_S: Final = 0.7
"""What needs no finger is answered at once."""
SCAN_S: Final = 2.0
"""A module waits one second for a finger and then needs a moment for its answer."""
GAP_S: Final = 0.5
"""Silence inside a transfer, beyond the bytes' own time, that means the rest will not come."""
QUIET_S: Final = 0.03
ATTEMPTS: Final = 3
PIECE: Final = 4096
"""Bytes of a piece in an extended transfer: lost ones are sent again, so that a whole image is not."""
MOST: Final = 1 << 20
"""Bytes that no image of these modules exceeds."""


class SfmLine:
    """One module's line.

    Args:
        transport: open.
        codes: what the module's answers mean.

    Attributes:
        stale: bytes of an abandoned reply may still be on their way, as when the line has just been opened.
    """

    def __init__(self, transport: Transport, codes: Mapping[int, Meaning]) -> None:
        self.transport = transport
        self.stale = True
        self._codes = codes
        self._parser = StreamParser()
        self._engaged = False
        """The module may be in the middle of something that has to be called off before anything else."""

    def meaning(self, packet: Packet) -> Meaning | None:
        """What an answer tells; None where the table has no such code."""
        return self._codes.get(packet.flag)

    def ask(self, request: Packet, *, wait_s: float = REPLY_S) -> Packet:
        """One request and its answer; asks again where either was garbled or lost.

        Raises:
            DeviceTimeoutError: `fingerprint.no_answer`.
            DeviceLostError, CaptureCancelledError: from the transport.
        """
        answer = None
        silences_left = int(wait_s >= REPLY_S)
        for _ in range(ATTEMPTS):
            skipped = self._parser.skipped
            self._send(request)
            answer = self._answer(request.command, wait_s + self._seconds_for(2 * FRAME_SIZE))
            if answer is not None:
                self.stale = False
                if self.meaning(answer) not in {Meaning.BUSY, Meaning.DATA_ERROR}:
                    return answer
                self._engaged = True
            elif self._parser.skipped + self._parser.pending == skipped:
                if not silences_left:
                    break
                silences_left -= 1
        if answer is not None:
            return answer
        raise DeviceTimeoutError("fingerprint.no_answer", f"to command 0x{request.command:02x}")

    def read(self, parameter: int) -> int:
        """A system parameter's value. Raises as `ask`, and `fingerprint.refused`."""
        return self._parameter(Packet(Command.READ_PARAMETER, flag=parameter))

    def write(self, parameter: int, value: int) -> None:
        """Set a system parameter until the module loses power. Raises as `read`."""
        self._parameter(Packet(Command.WRITE_PARAMETER, size=value, flag=parameter))

    def scan(self, command: int, patience_s: float) -> Packet | None:
        """Let the module look for a finger.

        Args:
            command: which kind of scan.
            patience_s: seconds in which it has to begin; then it is called off.

        Returns:
            How it ended; None where it was called off. After a success of a command that takes an image, that follows.

        Raises:
            DeviceTimeoutError: `fingerprint.no_answer`, it saw a finger and then said no more, or is dumb altogether.
            DeviceLostError, CaptureCancelledError: from the transport.
        """
        self._send(Packet(command, size=PIECE if command == Command.SCAN_IMAGE_EXTENDED else 0))
        self._engaged = True
        answer = self._answer(command, min(patience_s, SCAN_S) + self._seconds_for(2 * FRAME_SIZE))
        if answer is not None and self.meaning(answer) is Meaning.SCANNED:
            answer = self._answer(command, SCAN_S)
            if answer is None:
                raise DeviceTimeoutError("fingerprint.no_answer", f"to command 0x{command:02x}, after the scan")
        if answer is None:
            self.ask(Packet(Command.CHECK_STATUS))
            return None
        self._engaged = False
        self.stale = False
        return answer

    def look(self, patience_s: float) -> bool:
        """Whether a finger is seen within so many seconds. Raises as `scan`.

        It is an attempt to identify, whose outcome nobody asks for: of all scans the one that sends the least.
        """
        answer = self.scan(Command.IDENTIFY_BY_SCAN, patience_s)
        return answer is not None and self.meaning(answer) not in {Meaning.NO_FINGER, Meaning.CANCELLED, Meaning.BUSY}

    def receive_image(self, answer: Packet, progress: Progress | None) -> bytes:
        """Header and pixels of the image that `scan` or a reading has announced; asked for again where it is broken.

        Raises:
            WireError: `fingerprint.image_incomplete`, after several attempts.
            PersonCanRetryError: `fingerprint.image_gone`, the module has none any more.
            DeviceError: `fingerprint.refused`, or from the transport.
        """
        extended = answer.command in {Command.SCAN_IMAGE_EXTENDED, Command.READ_IMAGE_EXTENDED}
        again = Packet(Command.READ_IMAGE_EXTENDED, size=PIECE) if extended else Packet(Command.READ_IMAGE)
        for attempt in range(ATTEMPTS):
            if attempt:
                answer = self.ask(again)
                if self.meaning(answer) is not Meaning.SUCCESS:
                    raise refused(again.command, answer.flag, self.meaning(answer))
            if not 0 < answer.size <= MOST:
                raise PersonCanRetryError("fingerprint.image_gone", f"an image of {answer.size} bytes")
            self.stale = self._engaged = True
            data = self._pieces(answer, progress) if extended else self._whole(answer, progress)
            if data is not None:
                self._engaged = False
                # A reading in pieces is followed by one more answer, the others by nothing.
                self.stale = answer.command == Command.READ_IMAGE_EXTENDED
                if progress is not None:
                    progress(1.0)
                return data
        raise WireError("fingerprint.image_incomplete", f"{answer.size} bytes", remedy=Remedy.RETRY)

    def _parameter(self, request: Packet) -> int:
        answer = self.ask(request)
        if self.meaning(answer) is not Meaning.SUCCESS:
            raise refused(request.command, answer.flag, self.meaning(answer))
        return answer.size

    def _whole(self, answer: Packet, progress: Progress | None) -> bytes | None:
        """Data in one piece with an end byte and no sum."""
        data = self._take(answer.size + 1, progress)
        if data is None or data[-1] != END:
            return None
        return data[:-1]

    def _pieces(self, answer: Packet, progress: Progress | None) -> bytes | None:
        """Data in numbered pieces with sums, each one said to be right or wrong."""
        data = bytearray()
        wanted, broken = 0, 0
        while broken < ATTEMPTS:
            head = self._answer(answer.command, GAP_S + self._seconds_for(FRAME_SIZE))
            number, count = (head.param >> 16, head.param & 0xFFFF) if head is not None else (0, 0)
            piece = self._piece(head.size) if head is not None and 0 < head.size <= MOST else None
            if piece is None or number > wanted:
                broken += 1
                self.transport.drain(QUIET_S, self._seconds_for(MOST))
                self._parser.reset()
                self._say(answer.command, DATA_ERROR)
                continue
            if number == wanted:  # an older one is a repetition: our word for it was lost
                data += piece
                wanted, broken = wanted + 1, 0
            self._say(answer.command, DATA_OK)
            if progress is not None:
                progress(min(1.0, len(data) / answer.size))
            if wanted >= count:
                break
        return bytes(data) if len(data) == answer.size else None

    def _piece(self, size: int) -> bytes | None:
        data = self._take(size + SUM_SIZE)
        if data is None or data_sum(data[:-SUM_SIZE]) != data[-SUM_SIZE:]:
            return None
        return data[:-SUM_SIZE]

    def _say(self, command: int, flag: int) -> None:
        self.transport.write(Packet(command, flag=flag).encode())

    def _take(self, count: int, told: Progress | None = None) -> bytes | None:
        """So many bytes of data; None where the line falls silent before."""
        deadline = Deadline(2 * self._seconds_for(count) + SCAN_S)
        while (data := self._parser.take(count)) is None:
            if told is not None:
                told(self._parser.pending / count)
            if deadline.expired or not self._fill(GAP_S):
                return None
        return data

    def _answer(self, command: int, wait_s: float) -> Packet | None:
        """The next frame that answers to this command; others are leftovers, but after a cancel, where all are."""
        deadline = Deadline(wait_s)
        while True:
            while (packet := self._parser.packet()) is not None:
                if command in {packet.command, Command.CANCEL}:
                    return packet
            if deadline.expired or not self._fill(deadline.remaining):
                return None

    def _send(self, request: Packet) -> None:
        self._calm()
        self.stale = True  # until the answer is here, whatever may end the wait
        self.transport.write(request.encode())

    def _fill(self, wait_s: float) -> bool:
        """Read what comes; False where nothing does."""
        data = self.transport.read_some(wait_s)
        self._parser.feed(data)
        return bool(data)

    def _calm(self) -> None:
        """Before the next question: call off what still goes on, throw away what an abandoned reply still sends."""
        if self._engaged:
            self.transport.write(Packet(Command.CANCEL).encode())
            self._answer(Command.CANCEL, PROBE_S)
            self._engaged = False
            self.stale = True
        if self.stale:
            self.transport.drain(QUIET_S, self._seconds_for(MOST))
            self.stale = False
        self._parser.reset()

    def _seconds_for(self, count: int) -> float:
        return self.transport.settings.seconds_for(count)
