"""The SFM packet protocol to the byte, and frames found again in whatever a line may carry."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import PersonCanRetryError, TechnicianNeededError
from devices.fingerprint.sfm_wire import (
    BAUDRATES,
    FRAME_SIZE,
    PUBLISHED,
    Command,
    ImageHeader,
    Meaning,
    Packet,
    Parameter,
    StreamParser,
    data_sum,
    refused,
)
from devices.fingerprint.simulator_sfm import SfmSimulator
from tests.support.soak import SOAK

VECTORS = [
    ("40 05 29990000 00000000 00 07 0a", Packet(Command.ENROL_BY_SCAN, param=0x9929)),  # the manual's own example
    ("40 01 00000000 30000000 6c dd 0a", Packet(Command.WRITE_PARAMETER, size=0x30, flag=Parameter.IMAGE_FORMAT)),
    ("40 03 00000000 00000000 71 b4 0a", Packet(Command.READ_PARAMETER, flag=Parameter.BAUDRATE)),
    ("40 15 00000000 00000000 00 55 0a", Packet(Command.SCAN_IMAGE)),
    ("40 20 00000000 1c680100 61 46 0a", Packet(Command.READ_IMAGE, size=0x1681C, flag=0x61)),
    ("40 84 17000000 00100000 00 eb 0a", Packet(Command.READ_IMAGE_EXTENDED, param=0x17, size=0x1000)),
]
numbers = st.integers(0, 0xFFFFFFFF)
packets = st.builds(Packet, st.integers(0, 255), numbers, numbers, st.integers(0, 255))


@pytest.mark.parametrize(("wire", "packet"), VECTORS)
def test_frames_have_the_bytes_of_the_manual(wire: str, packet: Packet) -> None:
    frame = bytes.fromhex(wire)
    assert packet.encode() == frame
    parser = StreamParser()
    parser.feed(frame)
    assert parser.packet() == packet
    assert parser.pending == parser.skipped == 0


@pytest.mark.parametrize(("wire", "packet"), VECTORS)
def test_the_simulator_hears_the_same_bytes(wire: str, packet: Packet) -> None:
    module = SfmSimulator()
    module._heard += b"\x40\x0a" + bytes.fromhex(wire)
    assert module._next_request() == (packet.command, packet.param, packet.size, packet.flag)


def test_a_number_that_does_not_fit_is_not_sent() -> None:
    with pytest.raises(OverflowError):
        Packet(Command.ENROL_BY_SCAN, param=1 << 32).encode()


def test_speeds_are_numbered_from_9600_to_921600() -> None:
    assert list(BAUDRATES) == sorted(BAUDRATES)
    assert list(BAUDRATES.values()) == list(range(0x31, 0x39))


def test_the_sum_behind_a_piece_is_that_of_its_bytes() -> None:
    assert data_sum(b"\xff" * 4096) == bytes.fromhex("00f00f00")


@given(st.lists(packets, max_size=5), st.integers(1, 30))
def test_frames_come_out_as_they_went_in_however_they_are_cut(sent: list[Packet], size: int) -> None:
    stream = b"".join(packet.encode() for packet in sent)
    parser = StreamParser()
    found = []
    for at in range(0, len(stream), size):
        parser.feed(stream[at : at + size])
        while (packet := parser.packet()) is not None:
            found.append(packet)
    assert found == sent
    assert parser.skipped == 0


@given(packets, packets, st.integers(2, 11), st.integers(0, 7))
def test_a_frame_with_a_flipped_bit_is_left_out_and_the_next_one_found(
    broken: Packet, whole: Packet, at: int, bit: int
) -> None:
    frame = bytearray(broken.encode())
    frame[at] ^= 1 << bit
    parser = StreamParser()
    parser.feed(bytes(frame) + whole.encode() + whole.encode())
    found = [parser.packet() for _ in range(3)]
    assert whole in found
    assert parser.skipped


@given(st.binary(max_size=200), st.integers(0, 60))
def test_data_is_handed_out_as_it_came_and_a_frame_after_it_is_read(data: bytes, cut: int) -> None:
    parser = StreamParser()
    stream = Packet(Command.READ_IMAGE, size=len(data), flag=0x61).encode() + data + Packet(Command.CANCEL).encode()
    parser.feed(stream[:cut])
    head = parser.packet()
    parser.feed(stream[cut:])
    head = head or parser.packet()
    assert head is not None
    assert parser.take(head.size) == data
    assert parser.packet() == Packet(Command.CANCEL)
    assert parser.take(1) is None


@pytest.mark.soak
def test_a_good_frame_is_read_again_after_any_million_of_bytes() -> None:
    chance = random.Random(20)
    parser = StreamParser()
    good = Packet(Command.CHECK_STATUS, param=0x30, flag=0x61)
    for _ in range(5000 if SOAK else 500):
        noise = bytearray(chance.randbytes(1000) + good.encode() * 70)
        for _ in range(chance.randrange(60)):
            noise[chance.randrange(len(noise))] = chance.choice((0x40, 0x0A, chance.randrange(256)))
        parser.feed(bytes(noise))
        while parser.packet() is not None:
            pass
        assert parser.pending < FRAME_SIZE
        parser.feed(good.encode() * 2)
        assert parser.packet() is not None
        while parser.packet() is not None:
            pass
    assert parser.skipped > 500_000
    parser.reset()
    parser.feed(good.encode())
    assert parser.packet() == good


class TestImageHeader:
    def test_it_is_seven_words(self) -> None:
        data = bytes.fromhex("20010000 40010000 00000000 00000000 00000000 00680100 00000000")
        assert ImageHeader.parse(data + b"pixels") == ImageHeader(288, 320, 0, 92160)

    @pytest.mark.parametrize("at", [8, 12])
    def test_a_packed_or_encrypted_image_is_none(self, at: int) -> None:
        data = bytearray(28)
        data[at] = 1
        with pytest.raises(ValueError, match="compressed or encrypted"):
            ImageHeader.parse(bytes(data))

    @given(st.binary(max_size=27))
    def test_too_little_is_none(self, data: bytes) -> None:
        with pytest.raises(ValueError, match="no header"):
            ImageHeader.parse(data)


@pytest.mark.parametrize(
    ("code", "kind", "expected"),
    [
        (0x6C, PersonCanRetryError, "fingerprint.no_finger"),
        (0x6B, PersonCanRetryError, "fingerprint.messy"),
        (0x63, PersonCanRetryError, "fingerprint.capture_failed"),
        (0x69, PersonCanRetryError, "fingerprint.image_gone"),
        (0x75, TechnicianNeededError, "fingerprint.refused"),
        (0xA1, TechnicianNeededError, "fingerprint.refused"),
    ],
)
def test_a_refusal_says_what_to_do(code: int, kind: type[Exception], expected: str) -> None:
    error = refused(Command.SCAN_IMAGE, code, PUBLISHED.get(code))
    assert type(error) is kind
    assert error.code == expected
    assert f"0x{code:02x}" in error.detail


def test_the_stations_own_two_codes_stand_in_the_table() -> None:
    assert (PUBLISHED[0x83], PUBLISHED[0x82]) == (Meaning.DATA_OK, Meaning.DATA_ERROR)
