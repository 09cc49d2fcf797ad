"""Questions and answers over the line of an R30x module, mended where the line garbles them."""

from __future__ import annotations

from collections import deque
from typing import Final

from devices.errors import (
    DeviceTimeoutError,
    PersonCanRetryError,
    Remedy,
    TechnicianNeededError,
    WireError,
)
from devices.fingerprint import Progress
from devices.fingerprint.r30x_codes import Confirmation, Instruction, refused
from devices.fingerprint.r30x_uploads import Merge, Upload
from devices.fingerprint.r30x_wire import FRAME_OVERHEAD, Ack, Packet, PacketKind, PacketParser, encode
from devices.transport import Deadline, Transport

PROBE_S: Final = 0.35
ANSWER_S: Final = 2.0
"""GenImg takes up to a second on the slower modules."""
GAP_S: Final = 0.5
"""Silence inside an image, beyond a frame's own time, that means the rest will not come."""
QUIET_S: Final = 0.03
ATTEMPTS: Final = 3
UPLOADS: Final = 8
"""However little each of them brings, nobody waits longer for an image; at bit errors of 1e-5 it takes two."""
LONGEST_REPLY: Final = 256 * 288
"""Bytes of the longest reply that may still be on its way when the line is opened."""


class R30xLine:
    """One transport and what has been made of its bytes so far.

    Attributes:
        packet_size: bytes of content in a data frame.
        stale: bytes of an abandoned reply may still be on their way, as when the line has just been opened.
        uploads: how many uploads have been begun.
    """

    def __init__(self, transport: Transport, address: int) -> None:
        self.transport = transport
        self.packet_size = 128
        self.stale = True
        self.uploads = 0
        self._address = address
        self._parser = PacketParser(address)
        self._inbox: deque[Packet] = deque()
        self._begin = 0

    def ask(self, instruction: Instruction, parameters: bytes = b"", *, wait_s: float = ANSWER_S) -> Ack:
        """One command and its acknowledgement; asks again where either was garbled or lost.

        Args:
            instruction: what to do.
            parameters: what with.
            wait_s: for the answer; where it is another time than `ANSWER_S`, silence is an answer too.

        Raises:
            DeviceTimeoutError: `fingerprint.no_answer`.
            DeviceLostError, CaptureCancelledError: from the transport.
        """
        command = encode(PacketKind.COMMAND, bytes([instruction]) + parameters, self._address)
        silences_left = int(wait_s == ANSWER_S)
        wait_s += self.transport.settings.seconds_for(len(command) + 64)
        refusal = None
        for _ in range(ATTEMPTS):
            self._calm()
            skipped = self._parser.skipped
            self.stale = True  # until the answer is here, whatever may end the wait
            self.transport.write(command)
            packet = self._await_ack(wait_s)
            if packet is not None:
                refusal = Ack.of(packet)
                if refusal.code != Confirmation.PACKET_ERROR:
                    self.stale = False
                    return refusal
            elif self._parser.skipped == skipped:
                if not silences_left:
                    break
                silences_left -= 1
        if refusal is not None:
            return refusal
        raise DeviceTimeoutError("fingerprint.no_answer", f"to instruction 0x{instruction:02x}")

    def next_ack(self, wait_s: float) -> Ack:
        """A further acknowledgement of the same command.

        Raises:
            DeviceTimeoutError: `fingerprint.no_answer`.
            DeviceError: from the transport.
        """
        self.stale = True
        packet = self._await_ack(wait_s)
        if packet is None:
            raise DeviceTimeoutError("fingerprint.no_answer", "to an instruction in progress")
        self.stale = False
        return Ack.of(packet)

    def break_off(self) -> None:
        """Tell the module to end the instruction in progress; its answer is thrown away with the next question."""
        self.stale = True
        self.transport.write(encode(PacketKind.COMMAND, bytes([Instruction.CANCEL]), self._address))

    def move(self, address: int) -> Ack:
        """Give the module another address: it answers from there."""
        parser = self._parser
        command = bytes([Instruction.SET_ADDRESS]) + address.to_bytes(4)
        self._calm()
        self._parser = PacketParser(address)
        moved = False
        try:
            self.transport.write(encode(PacketKind.COMMAND, command, self._address))
            ack = self.next_ack(ANSWER_S)
            moved = ack.ok
        finally:
            if not moved:
                self._parser = parser
        self._address = address if moved else self._address
        return ack

    def send_data(self, data: bytes) -> None:
        """What the instruction before announced, in data frames."""
        size = self.packet_size
        for at in range(0, len(data), size):
            kind = PacketKind.DATA if at + size < len(data) else PacketKind.END_OF_DATA
            self.transport.write(encode(kind, data[at : at + size], self._address))

    def read_data(self, instruction: Instruction, parameters: bytes, most: int) -> bytes:
        """An upload whose length only its last frame tells, so one that came without a fault.

        Raises:
            WireError: `fingerprint.data_incomplete` after several attempts.
            DeviceError: as in `read_image`.
        """
        for _ in range(ATTEMPTS):
            upload = self._upload(instruction, parameters, most, _Rising(None))
            if upload.clean:
                return upload.data
        raise WireError("fingerprint.data_incomplete", f"{instruction.name.lower()}", remedy=Remedy.RETRY)

    def ask_optional(self, instruction: Instruction) -> Ack | None:
        """Ask what not every module knows; None where it says nothing."""
        try:
            return self.ask(instruction, wait_s=PROBE_S)
        except DeviceTimeoutError:
            return None

    def read_image(self, pixels: int, progress: Progress | None) -> bytes:
        """The image buffer: two pixels a byte, or one where the module sends it so.

        What arrived sound is kept over repeated uploads, of which `ATTEMPTS` may bring nothing new.

        Raises:
            PersonCanRetryError: `fingerprint.image_gone`, the module has restarted meanwhile.
            WireError: `fingerprint.image_incomplete` after several attempts.
            TechnicianNeededError: `fingerprint.image_size`, the module's images have another size than it says.
            DeviceError: from the transport.
        """
        whole = {pixels // 2, pixels}
        merge = Merge(whole)
        sizes = []
        told = _Rising(progress)
        arrived, fruitless = 0, 0
        for _ in range(UPLOADS):
            upload = self._upload(Instruction.UPLOAD_IMAGE, b"", pixels, told)
            data = upload.data
            if upload.clean:
                if len(data) in whole:
                    return data
                sizes.append(len(data))
            fruitless += not merge.add(upload)
            merged = merge.whole()
            if merged is not None:
                return merged
            arrived = max(arrived, len(data))
            if fruitless == ATTEMPTS:
                break
        if len(sizes) == ATTEMPTS and len(set(sizes)) == 1:
            raise TechnicianNeededError("fingerprint.image_size", f"{sizes[0]} bytes instead of {pixels // 2}")
        raise WireError("fingerprint.image_incomplete", f"{arrived} of {pixels // 2} bytes", remedy=Remedy.RETRY)

    def _upload(self, instruction: Instruction, parameters: bytes, most: int, told: _Rising) -> Upload:
        """Ask for data and take frames up to the last one, or until nothing more comes."""
        self.uploads += 1
        ack = self.ask(instruction, parameters)
        if ack.code == Confirmation.PASSWORD_REQUIRED:
            raise PersonCanRetryError("fingerprint.image_gone", "the module has restarted")
        if not ack.ok:
            raise refused(instruction, ack.code)
        frame_s = self.transport.settings.seconds_for(self.packet_size + FRAME_OVERHEAD)
        deadline = Deadline(2 * frame_s * (most / self.packet_size + 1) + ANSWER_S)
        parser, inbox = self._parser, self._inbox
        upload = Upload(self._begin)
        arrived = 0
        self.stale = True
        while not upload.ended and not deadline.expired:
            while inbox and not upload.ended:
                packet = inbox.popleft()
                if packet.kind is PacketKind.DATA or packet.kind is PacketKind.END_OF_DATA:
                    upload.frames.append(packet)
                    upload.ended = packet.kind is PacketKind.END_OF_DATA
                    arrived += len(packet.content)
            told(1.0 if upload.ended else min(1.0, 2 * arrived / most))
            if not upload.ended and not self._fill(GAP_S + 2 * frame_s):
                break
        upload.end = upload.frames[-1].end if upload.ended else parser.fed
        self.stale = not upload.ended
        return upload

    def _await_ack(self, wait_s: float) -> Packet | None:
        """The next acknowledgement; other frames before it are leftovers."""
        deadline = Deadline(wait_s)
        bad_sums = self._parser.bad_sums
        while True:
            while self._inbox:
                packet = self._inbox.popleft()
                if packet.kind is PacketKind.ACK:
                    self._begin = packet.end
                    return packet
            if deadline.expired:
                return None
            # Once the answer is known to be garbled, only its remains are waited for.
            garbled = self._parser.bad_sums > bad_sums
            if not self._fill(min(deadline.remaining, 2 * QUIET_S) if garbled else deadline.remaining):
                return None

    def _fill(self, wait_s: float) -> bool:
        """Read what comes; False where nothing does, and nothing more could be made of what came before."""
        data = self.transport.read_some(wait_s)
        self._inbox += self._parser.feed(data) if data else self._parser.rescue()
        return bool(data) or bool(self._inbox)

    def _calm(self) -> None:
        """Throw away what an abandoned reply still sends, before the next question."""
        if self.stale:
            self.transport.drain(QUIET_S, self.transport.settings.seconds_for(LONGEST_REPLY))
            self._parser.reset()
        self._inbox.clear()


class _Rising:
    """Tells progress that never goes back, over however many uploads."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._most = 0.0

    def __call__(self, part: float) -> None:
        self._most = max(self._most, part)
        if self._progress is not None:
            self._progress(self._most)
