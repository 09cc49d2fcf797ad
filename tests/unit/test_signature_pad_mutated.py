"""Mutated bytes of every pad's wire: whatever comes, the parsers end, keep little, and find the next whole packet."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from devices.errors import DeviceError
from devices.signature_pad import simulator_topaz
from devices.signature_pad import simulator_wacom_stu as stu
from devices.signature_pad.page import Hand, Page
from devices.signature_pad.topaz_wire import FORMAT_0, FORMAT_1, PACKET_LENGTH, PacketFormat, PacketParser, Position
from devices.signature_pad.wacom_stu import WacomStuPad
from devices.signature_pad.wacom_stu_wire import (
    MAX_FIELDS,
    Capability,
    CrcVariant,
    FrameParser,
    parse_capability,
    parse_information,
    parse_pen,
    parse_status,
    parse_uid,
)
from devices.simulation.faults import Fault
from devices.transport import Deadline
from protocols.clearance import NotClearedError
from tests.support.counter import Counter
from tests.support.soak import SOAK

BYTES = 5_000_000 if SOAK else 200_000
ROUNDS = 60 if SOAK else 2
SECONDS_A_MEGABYTE = 60.0
"""Generous: a hang is what is looked for."""
SPAN = 4000
BEGINNINGS = {CrcVariant.NONE: None, CrcVariant.ZERO: 0, CrcVariant.ONES: 0xFFFF}


def mutated(stream: bytes, dice: random.Random) -> Iterator[bytes]:
    """Pieces of the stream with bytes flipped, dropped, doubled, put in and moved, until there have been `BYTES`."""
    told = 0
    while told < BYTES:
        begin = dice.randrange(len(stream))
        piece = bytearray(stream[begin : begin + dice.randint(1, SPAN)])
        for _ in range(dice.randint(1, 1 + len(piece) // 20)):
            at = dice.randrange(len(piece) + 1)
            match dice.randrange(6):
                case 0 if at < len(piece):
                    piece[at] ^= 1 << dice.randrange(8)
                case 1 if at < len(piece):
                    piece[at] = dice.randrange(256)
                case 2:
                    del piece[at : at + dice.randint(1, 9)]
                case 3:
                    piece[at:at] = dice.randbytes(dice.randint(1, 9))
                case 4:
                    piece[at:at] = piece[: dice.randint(1, 30)]
                case _:
                    piece[at:at] = bytes((dice.choice((0x00, 0x7F, 0x80, 0xFF)),)) * dice.randint(1, 40)
        told += len(piece)
        yield bytes(piece)


def pens(dice: random.Random) -> Iterator[bytes]:
    """Reports of a pen, of every kind, as a pad sends them."""
    for index in range(400):
        body = struct.pack(">BBHH", dice.choice((0x00, 0x80, 0x92)), dice.randrange(256), index * 20, index * 10)
        yield dice.choice(
            (b"\x01" + body, b"\x34" + body + struct.pack(">HH", index * 5, index), b"\x30" + body + b"xx")
        )


@pytest.mark.soak
@pytest.mark.parametrize("layout", [FORMAT_0, FORMAT_1], ids=["format 0", "format 1"])
def test_whatever_a_topaz_line_says_its_parser_ends_and_finds_the_next_packet(layout: PacketFormat) -> None:
    dice, parser, deadline = random.Random(layout.number), PacketParser(layout), Deadline(limit())
    path = [(dice.randrange(4000), dice.randrange(4000)) for _ in range(2000)]
    packets = [simulator_topaz._position(x, y, near=True, down=True, form=layout.number) for x, y in path]
    packets += [simulator_topaz._packet(kind, 5, 300, form=layout.number) for kind in (2, 3, 7)]
    whole = simulator_topaz._position(12, 34, near=True, down=True, form=layout.number)
    for piece in mutated(b"".join(packets), dice):
        for _ in parser.feed(piece):
            pass
        assert len(parser._heard) < PACKET_LENGTH
        assert list(parser.feed(whole))[-1] == Position(12, 34, near=True, down=True)
    assert not deadline.expired


@pytest.mark.soak
@pytest.mark.parametrize("variant", CrcVariant)
def test_whatever_an_stu_line_says_its_parser_ends_and_its_ink_lies_on_the_paper(variant: CrcVariant) -> None:
    dice, parser, deadline = random.Random(variant.value), FrameParser(variant), Deadline(limit())
    frames = [stu.frame_of(report, BEGINNINGS[variant]) for report in pens(dice)]
    whole = stu.frame_of(b"\x81\x00", BEGINNINGS[variant])
    pad = WacomStuPad("signature_pad", Counter().gate, "loop://")
    pad._able, page, now = Capability(9600, 6000, 1023, 320, 200, 200, 2540), Page(320, 200), 0.0
    pad._hand = Hand(page)
    for piece in mutated(b"".join(frames), dice):
        found = [pen for report in parser.feed(piece) if (pen := parse_pen(report)) is not None]
        now += 0.01
        samples = pad._samples(found, now) if found else ()
        assert all(each.y * 200 // 6001 < page.foot for each in samples if each.down)
        assert [each.time_ms for each in samples] == sorted(each.time_ms for each in samples)
        assert len(parser._heard) <= MAX_FIELDS + 2
        assert list(parser.feed(whole))[-1] == b"\x81\x00"
    assert not deadline.expired


@pytest.mark.soak
@pytest.mark.parametrize(
    ("read", "answer"),
    [
        (parse_status, b"\x03\x00\x00\x00\x00"),
        (parse_information, b"\x08STU-430V\x00\x01\x04\x00\xbb\x00\x00\x00"),
        (parse_capability, bytes.fromhex("09 2580 1770 03FF 0140 00C8 C8 09EC 03 0000")),
        (parse_uid, b"\x0b5JZQS00032"),
    ],
    ids=["status", "information", "capability", "uid"],
)
def test_whatever_a_pad_answers_is_read_or_refused(read: Callable[[bytes], object], answer: bytes) -> None:
    dice, refused, understood = random.Random(len(answer)), 0, 0
    for piece in mutated(answer * 40, dice):
        for at in range(0, len(piece), len(answer)):
            try:
                read(piece[at : at + len(answer)])
                understood += 1
            except ValueError:
                refused += 1
    assert refused
    assert understood


@pytest.mark.soak
def test_a_line_that_garbles_anything_at_any_time_ends_in_ink_or_in_one_error() -> None:
    for seed in range(ROUNDS):
        dice = random.Random(seed)
        with stu.WacomStuSimulator(seed=seed) as surface:
            counter = Counter()
            pad, deadline = WacomStuPad("signature_pad", counter.gate, surface.url), Deadline(20.0)
            for _ in range(3):
                fault = dice.choice((Fault.STRAY, Fault.NOISE, Fault.BAD_SUM, Fault.TRUNCATED, Fault.LOST))
                surface.faults.schedule(fault, skip=dice.randrange(30), times=dice.randint(1, 3))
            with suppress(DeviceError, NotClearedError):
                pad.open()
                leave = counter.armed(pad)
                pad.clear(leave)
                surface.tap((10, 10), (60, 40))
                pad.read_ink(leave, 0.1)
            pad.close()
            assert not deadline.expired


def limit() -> float:
    return 5.0 + SECONDS_A_MEGABYTE * BYTES / 1e6
