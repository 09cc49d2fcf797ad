"""Frames of R30x modules: the reference vectors hold for both ends, and no stream of bytes upsets the parser."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from devices.errors import DeviceError, PersonCanRetryError, Remedy, TechnicianNeededError
from devices.fingerprint.r30x_codes import Confirmation, Instruction, confirmation_name, refused
from devices.fingerprint.r30x_wire import (
    BROADCAST,
    MAX_CONTENT,
    Ack,
    Packet,
    PacketKind,
    PacketParser,
    ProductInfo,
    SystemParameters,
    encode,
)
from devices.fingerprint.simulator_r30x import ModuleTraits, R30xSimulator
from devices.transport import LineSettings, Transport
from tests.support.lines import read_exactly

COMMANDS = {
    "verify password": (bytes([0x13, 0, 0, 0, 0]), "ef01ffffffff0100071300000000001b"),
    "take image": (bytes([0x01]), "ef01ffffffff010003010005"),
    "upload image": (bytes([0x0A]), "ef01ffffffff0100030a000e"),
    "read parameters": (bytes([0x0F]), "ef01ffffffff0100030f0013"),
    "get echo": (bytes([0x53]), "ef01ffffffff010003530057"),
    "steady blue light": (bytes([0x35, 3, 0, 2, 0]), "ef01ffffffff01000735030002000042"),
}
"""Manuals' examples: content and frame."""
ACKS = {
    "ok": (0x00, "ef01ffffffff07000300000a"),
    "no finger": (0x02, "ef01ffffffff07000302000c"),
    "wrong password": (0x13, "ef01ffffffff07000313001d"),
}

packets = st.builds(Packet, st.sampled_from(PacketKind), st.binary(min_size=1, max_size=MAX_CONTENT))


def framed(packet: Packet) -> bytes:
    return encode(packet.kind, packet.content)


def fed(parser: PacketParser, stream: bytes, cuts: list[int]) -> list[Packet]:
    places = [0, *sorted(cut % (len(stream) + 1) for cut in cuts), len(stream)]
    return [packet for start, end in pairwise(places) for packet in parser.feed(stream[start:end])]


class TestOurEnd:
    @pytest.mark.parametrize(("content", "frame"), COMMANDS.values(), ids=COMMANDS)
    def test_commands_are_the_manuals_bytes(self, content: bytes, frame: str) -> None:
        assert encode(PacketKind.COMMAND, content).hex() == frame

    @pytest.mark.parametrize(("code", "frame"), ACKS.values(), ids=ACKS)
    def test_the_manuals_acknowledgements_are_read(self, code: int, frame: str) -> None:
        (packet,) = PacketParser().feed(bytes.fromhex(frame))
        assert packet.kind is PacketKind.ACK
        assert Ack.of(packet) == Ack(code, b"")
        assert Ack.of(packet).ok is (code == 0)

    def test_a_full_data_frame_gives_its_length_as_two_more_than_256(self) -> None:
        frame = encode(PacketKind.DATA, bytes(256))
        assert frame[7:9].hex() == "0102"
        assert len(frame) == 256 + 11

    @pytest.mark.parametrize("size", [0, 257])
    def test_what_fits_no_frame_is_refused(self, size: int) -> None:
        with pytest.raises(ValueError, match="do not fit"):
            encode(PacketKind.DATA, bytes(size))


class TestTheModulesEnd:
    @pytest.fixture(autouse=True)
    def _plugged(self) -> Iterator[None]:
        with R30xSimulator(ModuleTraits(password=0)) as module:
            self._module = module
            self._line = Transport.open(module.url, LineSettings(57600))
            yield
            self._line.close()

    def answer(self, frame: bytes, size: int) -> str:
        self._line.write(frame)
        return read_exactly(self._line, size, 2.0).hex()

    @pytest.mark.parametrize(
        ("command", "ack"),
        [
            ("verify password", ACKS["ok"][1]),
            ("take image", ACKS["no finger"][1]),
            ("steady blue light", ACKS["ok"][1]),
            ("get echo", "ef01ffffffff07000355005f"),
        ],
    )
    def test_the_manuals_commands_get_the_manuals_answers(self, command: str, ack: str) -> None:
        assert self.answer(bytes.fromhex(COMMANDS[command][1]), 12) == ack

    def test_a_wrong_password_is_refused_and_closes_everything_else(self) -> None:
        wrong = "ef01ffffffff0100071300000001001c"
        assert self.answer(bytes.fromhex(wrong), 12) == ACKS["wrong password"][1]
        assert self.answer(bytes.fromhex(COMMANDS["take image"][1]), 12) == "ef01ffffffff07000321002b"

    def test_parameters_are_28_bytes(self) -> None:
        answer = bytes.fromhex(self.answer(bytes.fromhex(COMMANDS["read parameters"][1]), 28))
        assert answer[:10].hex() == "ef01ffffffff07001300"
        assert answer[10:26].hex() == "00040000" + "03e80003" + "ffffffff" + "00020006"

    def test_a_command_with_a_wrong_sum_is_told_so(self) -> None:
        assert self.answer(bytes.fromhex("ef01ffffffff010003010006"), 12) == "ef01ffffffff07000301000b"

    def test_what_it_does_not_know_and_what_is_cut_short_is_told_so(self) -> None:
        assert self.answer(encode(PacketKind.COMMAND, b"\x99"), 12) == "ef01ffffffff070003fc0106"
        assert self.answer(encode(PacketKind.COMMAND, b"\x0e"), 12) == "ef01ffffffff07000301000b"

    def test_another_address_is_told_so(self) -> None:
        assert self.answer(encode(PacketKind.COMMAND, b"\x0f", 0x12345678), 12) == "ef01ffffffff07000320002a"

    def test_noise_before_a_command_is_skipped(self) -> None:
        noise = bytes.fromhex("ef01ffffffff01ffff55ef00")
        assert self.answer(noise + bytes.fromhex(COMMANDS["take image"][1]), 12) == ACKS["no finger"][1]

    @pytest.mark.parametrize(
        ("number", "value", "code"), [(6, 1, 0x00), (6, 4, 0x1B), (5, 0, 0x1B), (9, 1, 0x1A), (4, 13, 0x1B)]
    )
    def test_settings_are_kept_if_there_are_such(self, number: int, value: int, code: int) -> None:
        ack = encode(PacketKind.ACK, bytes([code]))
        assert self.answer(encode(PacketKind.COMMAND, bytes([0x0E, number, value])), 12) == ack.hex()
        assert self._module.traits.size_code == (1 if (number, value) == (6, 1) else 2)

    def test_a_new_speed_counts_from_the_next_start_on(self) -> None:
        ok = ACKS["ok"][1]
        assert self.answer(encode(PacketKind.COMMAND, bytes([0x0E, 4, 12])), 12) == ok
        assert self.answer(bytes.fromhex(COMMANDS["verify password"][1]), 12) == ok
        assert self.answer(encode(PacketKind.COMMAND, b"\x3d"), 13) == ok + "55"
        self._line.write(bytes.fromhex(COMMANDS["verify password"][1]))
        assert self._line.read_some(0.05) == b"", "at the old speed it hears noise"
        self._line.set_baudrate(115200)
        assert self.answer(bytes.fromhex(COMMANDS["verify password"][1]), 12) == ok


class TestParser:
    @given(st.lists(packets, max_size=6), st.lists(st.integers(0, 2000), max_size=12))
    def test_it_reads_what_was_encoded_however_it_is_cut(self, sent: list[Packet], cuts: list[int]) -> None:
        parser = PacketParser()
        assert fed(parser, b"".join(map(framed, sent)), cuts) == sent
        assert (parser.pending, parser.skipped, parser.bad_sums) == (0, 0, 0)

    @given(st.integers(1, 80), st.integers(1, 256), st.integers(0, 79), st.booleans(), st.integers(0, 30))
    def test_runs_of_equal_frames_are_read_up_to_a_spoiled_one_and_behind_it(
        self, count: int, size: int, spoiled: int, spoil: bool, before: int
    ) -> None:
        sent = [Packet(PacketKind.DATA, bytes((n * 7 + k) % 256 for k in range(size))) for n in range(count)]
        stream = [framed(packet) for packet in sent]
        if spoil and spoiled < count:
            stream[spoiled] = stream[spoiled][:-1] + bytes([stream[spoiled][-1] ^ 1])
            del sent[spoiled]
        parser = PacketParser()
        found = [*parser.feed(bytes(before) + b"".join(stream)), *parser.rescue()]
        assert found == sent
        whole = bytes(before) + b"".join(stream)
        assert [whole[packet.at : packet.end] for packet in found] == [framed(packet) for packet in sent]
        assert parser.fed == len(whole)

    @given(st.lists(st.one_of(packets, st.binary(max_size=40)), max_size=8), st.lists(st.integers(0, 2000), max_size=8))
    def test_noise_between_frames_costs_no_frame(self, sent: list[Packet | bytes], cuts: list[int]) -> None:
        # Noise that holds a whole start is another rule's: it may swallow what follows until the line falls silent.
        sent = [each for each in sent if isinstance(each, Packet) or b"\xef" not in each]
        stream = b"".join(each if isinstance(each, bytes) else framed(each) for each in sent)
        parser = PacketParser()
        assert fed(parser, stream, cuts) == [each for each in sent if isinstance(each, Packet)]

    @given(st.binary(max_size=2000), st.lists(st.integers(0, 2000), max_size=8))
    def test_any_bytes_at_all_are_borne_and_all_accounted_for(self, stream: bytes, cuts: list[int]) -> None:
        parser = PacketParser()
        found = [*fed(parser, stream, cuts), *parser.rescue()]
        assert parser.pending == 0
        assert parser.skipped + sum(len(framed(packet)) for packet in found) == len(stream)

    @given(st.lists(packets, min_size=1, max_size=3), st.integers(2, 258))
    def test_a_false_start_hides_frames_until_the_line_falls_silent_and_no_longer(
        self, sent: list[Packet], length: int
    ) -> None:
        parser = PacketParser()
        false_start = bytes.fromhex("ef01ffffffff02") + length.to_bytes(2)
        found = parser.feed(false_start + b"".join(map(framed, sent)))
        assert [*found, *parser.rescue()] == sent

    @settings(max_examples=200)
    @given(packets, packets, st.data())
    def test_a_flipped_bit_loses_its_frame_and_no_other(self, hit: Packet, after: Packet, data: st.DataObject) -> None:
        frame = bytearray(framed(hit))
        bit = data.draw(st.integers(0, 8 * len(frame) - 1))
        frame[bit // 8] ^= 1 << bit % 8
        parser = PacketParser()
        found = [*parser.feed(bytes(frame) + framed(after)), *parser.rescue()]
        assert found == [after]

    @given(packets, st.integers(1, 400), packets)
    def test_a_cut_frame_loses_itself_and_no_other(self, cut: Packet, kept: int, after: Packet) -> None:
        frame = framed(cut)
        kept = min(kept, len(frame) - 1)
        assume(not framed(after).startswith(frame[kept:]))  # else chance makes it whole
        parser = PacketParser()
        found = parser.feed(frame[:kept] + framed(after))
        assert [*found, *parser.rescue()] == [after]

    def test_frames_of_another_address_are_noise(self) -> None:
        parser = PacketParser(0x12345678)
        assert parser.feed(encode(PacketKind.ACK, b"\x00", BROADCAST)) == []
        assert parser.feed(encode(PacketKind.ACK, b"\x00", 0x12345678)) == [Packet(PacketKind.ACK, b"\x00")]

    def test_an_empty_frame_and_an_unknown_kind_are_noise(self) -> None:
        parser = PacketParser()
        assert parser.feed(bytes.fromhex("ef01ffffffff0700020009" + "ef01ffffffff030003000006")) == []
        assert parser.rescue() == []
        assert parser.skipped == 23

    def test_what_waits_can_be_forgotten(self) -> None:
        parser = PacketParser()
        parser.feed(bytes.fromhex("ef01ffffffff0700"))
        assert parser.pending == 8
        parser.reset()
        assert parser.feed(bytes.fromhex("0300000a")) == []
        assert parser.skipped == 12

    def test_a_noisy_image_is_read_in_time_that_grows_with_its_length_alone(self) -> None:
        noise = random.Random(3)
        frames = [encode(PacketKind.DATA, noise.randbytes(128)) for _ in range(288)]
        parser = PacketParser()
        stream = b"".join(noise.randbytes(20).replace(b"\xef", b"") + frame for frame in frames)
        found = [packet for at in range(0, len(stream), 64) for packet in parser.feed(stream[at : at + 64])]
        assert len(found) == 288


class TestAnswers:
    def test_system_parameters(self) -> None:
        answer = bytes.fromhex("0008000900c80005ffffffff0003000c")
        assert SystemParameters.parse(answer) == SystemParameters(8, 9, 200, 5, BROADCAST, 256, 115200)

    @pytest.mark.parametrize("answer", [bytes(15), bytes(17), bytes(12) + b"\x00\x04\x00\x06"])
    def test_other_system_parameters_are_refused(self, answer: bytes) -> None:
        with pytest.raises(ValueError, match="system parameters"):
            SystemParameters.parse(answer)

    def test_product_information(self) -> None:
        answer = (
            b"R503" + bytes(12) + b"0001" + bytes.fromhex("00a1b2c3d4e5f600") + bytes([1, 4]) + b"GC0308\x00\x00"
            + bytes.fromhex("00c000c0060000c8")
        )  # fmt: skip
        assert ProductInfo.parse(answer) == ProductInfo("R503", "0001", "a1b2c3d4e5f6", "1.4", "GC0308", 192, 192)

    def test_product_information_of_another_length_is_refused(self) -> None:
        with pytest.raises(ValueError, match="product"):
            ProductInfo.parse(bytes(45))

    @pytest.mark.parametrize("code", range(256))
    def test_every_code_is_an_error_that_says_what_to_do(self, code: int) -> None:
        error = refused(Instruction.GENERATE_IMAGE, code)
        assert isinstance(error, DeviceError)
        assert error.code.startswith("fingerprint.")
        assert confirmation_name(code) in error.detail
        assert error.remedy in {Remedy.RETRY, Remedy.CALL_TECHNICIAN}

    def test_a_messy_finger_is_the_persons_and_a_broken_sensor_the_technicians(self) -> None:
        assert isinstance(refused(Instruction.GENERATE_IMAGE, Confirmation.TOO_MESSY), PersonCanRetryError)
        assert isinstance(refused(Instruction.GENERATE_IMAGE, Confirmation.SENSOR_ERROR), TechnicianNeededError)
        assert refused(Instruction.GENERATE_IMAGE, 0x17).code == "fingerprint.refused"
