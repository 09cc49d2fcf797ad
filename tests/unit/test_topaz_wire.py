"""Topaz packets: the same bytes by hand, by the driver's parser and by the simulator's encoder."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.signature_pad import simulator_topaz
from devices.signature_pad.topaz_wire import (
    DEFAULT_MODEL,
    FORMAT_0,
    FORMAT_1,
    MODELS,
    Packet,
    PacketFormat,
    PacketParser,
    PadInfo,
    Position,
    Pressure,
    Response,
    parse_packet,
)

VECTORS: list[tuple[str, Packet]] = [
    ("c1 52 09 5c 0b", Position(1234, 1500, near=True, down=True)),
    ("c0 00 00 00 00", Position(0, 0, near=True, down=False)),
    ("80 7f 1f 7e 1f", Position(4095, 4094, near=False, down=False)),
    ("c5 74 03 3c 05", Position(500, 700, near=True, down=True)),
    ("d1 5a 14 34 10", Position(2650, 2100, near=True, down=True)),
    ("dd 00 00 7f 07", Pressure(1023)),
    ("dd 00 00 2c 02", Pressure(300)),
    ("c8 31 00 40 44", PadInfo(model=12, serial=1 << 16 | 8768)),
    ("8c 04 00 00 00", Response((4, 0))),
]

VECTORS_1: list[tuple[str, Packet]] = [
    ("45 12 13 1c 17", Position(1234, 1500, near=True, down=True)),
    ("44 10 06 1e 05", Position(400, 350, near=True, down=False)),
    ("40 3f 3f 3e 3f", Position(4095, 4094, near=False, down=False)),
    ("5d 00 00 3f 0f", Pressure(1023)),
    ("48 31 00 20 08", PadInfo(model=12, serial=1 << 16 | 544)),
    ("4c 04 00 00 00", Response((4, 0))),
]

formats = st.sampled_from((FORMAT_0, FORMAT_1))
positions = st.builds(
    Position,
    x=st.integers(0, 4094),
    y=st.integers(0, 4095),
    near=st.booleans(),
    down=st.booleans(),
)


def on_the_wire(position: Position, layout: PacketFormat = FORMAT_0) -> bytes:
    near, down = position.near, position.down
    return simulator_topaz._position(position.x, position.y, near=near, down=down, form=layout.number)


@pytest.mark.parametrize(("wire", "packet"), VECTORS)
def test_a_packet_reads_as_the_descriptions_say(wire: str, packet: Packet) -> None:
    assert parse_packet(bytes.fromhex(wire)) == packet


@pytest.mark.parametrize(("wire", "packet"), VECTORS_1)
def test_a_packet_of_seven_bits_reads_by_halves_of_six(wire: str, packet: Packet) -> None:
    data = bytes.fromhex(wire)
    assert parse_packet(data, FORMAT_1) == packet
    assert data[0] & 0x70 != 0x30, "a first byte by the published rule too"
    if isinstance(packet, Position):
        assert on_the_wire(packet, FORMAT_1) == data


@pytest.mark.parametrize(
    "wire", ["41 3f 3f 3f 3f", "55 01 02 03 04", "c1 01 02 03 04", "41 01 42 03 04", "5d 00 00 3f 1f"]
)
def test_what_no_pad_of_seven_bits_sends_is_no_packet(wire: str) -> None:
    assert parse_packet(bytes.fromhex(wire), FORMAT_1) is None


@pytest.mark.parametrize("wire", [wire for wire, packet in VECTORS if isinstance(packet, Position)])
def test_the_simulator_writes_the_same_bytes_but_for_the_kind_of_position(wire: str) -> None:
    data = bytes.fromhex(wire)
    packet = parse_packet(data)
    assert isinstance(packet, Position)
    assert on_the_wire(packet) == bytes([data[0] & ~0x1C]) + data[1:]


@pytest.mark.parametrize(
    "wire",
    [
        "c1 7f 1f 7f 1f",  # nowhere: FFF/FFF
        "c1 52 89 5c 0b",  # bit 7 in a field
        "c1 52 29 5c 0b",  # thirteenth bit of x
        "c1 52 09 5c 4b",  # fourteenth bit of y
        "d5 52 09 5c 0b",  # reserved type 5
        "d9 52 09 5c 0b",  # reserved type 6
        "dd 00 00 00 08",  # eleventh bit of the pressure
        "41 52 09 5c 0b",  # no sync
        "c1 52 09 5c",
        "c1 52 09 5c 0b 00",
    ],
)
def test_what_no_pad_sends_is_no_packet(wire: str) -> None:
    data = bytes.fromhex(wire)
    assert parse_packet(data) is None
    if len(data) == 5:
        parser = PacketParser()
        found = list(parser.feed(data + on_the_wire(Position(1, 2, near=True, down=True))))
        assert found == [Position(1, 2, near=True, down=True)]
        assert parser.skipped == 5


@given(st.lists(positions, max_size=8), formats, st.data())
def test_pieces_of_any_size_make_the_same_packets(
    path: list[Position], layout: PacketFormat, data: st.DataObject
) -> None:
    stream = b"".join(on_the_wire(each, layout) for each in path)
    found: list[Packet] = []
    parser, at = PacketParser(layout), 0
    while at < len(stream):
        size = data.draw(st.integers(1, len(stream) - at))
        found += parser.feed(stream[at : at + size])
        at += size
    assert found == path
    assert parser.skipped == 0


@given(st.binary(max_size=64), st.lists(positions, min_size=1, max_size=4), formats)
def test_whatever_came_before_every_whole_packet_is_found(
    junk: bytes, path: list[Position], layout: PacketFormat
) -> None:
    parser = PacketParser(layout)
    found = list(parser.feed(junk + b"".join(on_the_wire(each, layout) for each in path)))
    assert found[-len(path) :] == path
    assert parser.skipped == len(junk) - 5 * (len(found) - len(path))


@given(positions, st.integers(1, 4), formats)
def test_a_packet_that_lost_a_byte_costs_no_other(position: Position, missing: int, layout: PacketFormat) -> None:
    whole = on_the_wire(position, layout)
    parser = PacketParser(layout)
    found = list(parser.feed(whole + whole[:missing] + whole[missing + 1 :] + whole))
    assert found == [position, position]
    assert parser.skipped == 4


def test_after_a_reset_the_rest_of_a_packet_is_no_packet() -> None:
    whole = on_the_wire(Position(1234, 1500, near=True, down=True))
    parser = PacketParser()
    assert list(parser.feed(whole[:3])) == []
    parser.reset()
    assert list(parser.feed(whole[3:])) == []
    assert list(parser.feed(whole)) == [Position(1234, 1500, near=True, down=True)]


def test_the_models_are_those_of_the_field() -> None:
    assert DEFAULT_MODEL is MODELS["SigLite 1x5"]
    area = (DEFAULT_MODEL.min_x, DEFAULT_MODEL.min_y, DEFAULT_MODEL.max_x, DEFAULT_MODEL.max_y)
    assert (area, DEFAULT_MODEL.dpi, DEFAULT_MODEL.baudrate) == ((500, 700, 2650, 2100), 410, 19200)
    for model in MODELS.values():
        assert 0 <= model.min_x < model.max_x < 4096
        assert 0 <= model.min_y < model.max_y < 4096
        assert model.format in {FORMAT_0, FORMAT_1}
        assert model.baudrate in {9600, 19200, 38400, 115200}
