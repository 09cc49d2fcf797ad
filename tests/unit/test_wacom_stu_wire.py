"""STU reports and frames: the same bytes by hand, by the driver's codec and by the simulator's."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.signature_pad import simulator_wacom_stu as pad
from devices.signature_pad.wacom_stu_wire import (
    BLOCK,
    MAX_REPORT,
    Capability,
    CrcVariant,
    FrameParser,
    PenReport,
    Report,
    area,
    crc16,
    encode_frame,
    image_block,
    parse_capability,
    parse_information,
    parse_pen,
    parse_status,
    parse_uid,
)

PEN = bytes.fromhex("01 92 00 12C0 0960")
FRAME = bytes.fromhex("C0 0B 00 64 40 01 16 00 12 60 07 53 40")
BEGINNINGS = {CrcVariant.NONE: None, CrcVariant.ZERO: 0, CrcVariant.ONES: 0xFFFF}

variants = st.sampled_from(CrcVariant)
reports = st.binary(min_size=1, max_size=80)
words = st.integers(0, 0xFFFF)


def parsed(variant: CrcVariant, *pieces: bytes) -> list[bytes]:
    parser = FrameParser(variant)
    return [report for piece in pieces for report in parser.feed(piece)]


def test_the_frame_of_a_pens_report_is_the_known_one() -> None:
    assert encode_frame(PEN, CrcVariant.ZERO) == FRAME
    assert pad.frame_of(PEN, 0) == FRAME
    assert parsed(CrcVariant.ZERO, FRAME) == [PEN]
    assert parse_pen(PEN) == PenReport(4800, 2400, 512, ready=True, down=True)


@pytest.mark.parametrize(("variant", "crc"), [(CrcVariant.ZERO, 0xBB3D), (CrcVariant.ONES, 0x4B37)])
def test_the_checksum_has_its_published_check_value(variant: CrcVariant, crc: int) -> None:
    assert crc16(b"123456789", variant) == crc


@given(reports, variants)
def test_a_report_comes_out_of_its_frame_as_it_went_in(report: bytes, variant: CrcVariant) -> None:
    frame = encode_frame(report, variant)
    assert frame[0] & 0x80
    assert max(frame[1:]) < 0x80
    assert parsed(variant, frame) == [report]
    assert pad.report_of(frame, BEGINNINGS[variant]) == report


@given(st.lists(reports, max_size=5), variants, st.integers(1, 30))
def test_frames_of_the_pad_are_found_in_pieces_of_any_size(sent: list[bytes], variant: CrcVariant, size: int) -> None:
    stream = b"".join(pad.frame_of(report, BEGINNINGS[variant]) for report in sent)  # with the SDK's surplus zeros
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    assert parsed(variant, *pieces) == sent


@given(st.binary(max_size=60).map(lambda noise: bytes(byte & 0x7F for byte in noise)))
def test_bytes_outside_a_frame_are_skipped(noise: bytes) -> None:
    assert parsed(CrcVariant.ZERO, noise, FRAME, noise, FRAME) == [PEN, PEN]


@given(st.integers(2, len(FRAME) - 2), st.integers(0, 6))
def test_a_frame_with_a_wrong_bit_is_refused_and_costs_no_other(at: int, bit: int) -> None:
    wrong = bytearray(FRAME)
    wrong[at] ^= 1 << bit
    parser = FrameParser(CrcVariant.ZERO)
    assert list(parser.feed(bytes(wrong) + FRAME)) == [PEN]
    assert parser.refused == 1


def test_a_frame_that_is_cut_off_or_has_no_checksum_or_no_length_is_refused() -> None:
    for wrong in (FRAME[:5], encode_frame(PEN, CrcVariant.NONE), b"\xc0\x00", b"\xff\x7f"):
        parser = FrameParser(CrcVariant.ZERO)
        assert list(parser.feed(wrong + FRAME)) == [PEN]
        assert parser.refused == 1


@pytest.mark.parametrize("size", [0, MAX_REPORT + 1])
def test_nothing_and_too_much_are_no_report(size: int) -> None:
    with pytest.raises(ValueError, match="2560"):
        encode_frame(bytes(size), CrcVariant.ZERO)


@given(words, words, st.integers(0, 0xFFF), st.booleans(), st.booleans(), words, words)
def test_a_pens_report_says_what_was_put_in(  # noqa: PLR0917 - one argument a field
    x: int, y: int, pressure: int, ready: bool, down: bool, time_ms: int, sequence: int
) -> None:
    body = struct.pack(">BBHH", ready << 7 | down << 4 | pressure >> 8, pressure & 0xFF, x, y)
    assert parse_pen(b"\x01" + body) == PenReport(x, y, pressure, ready, down)
    timed = b"\x34" + body + struct.pack(">HH", time_ms, sequence)
    assert parse_pen(timed) == PenReport(x, y, pressure, ready, down, time_ms, sequence)


@given(words, words, st.integers(0, 0xFFF), words)
def test_a_pens_report_with_an_option_is_one_without(x: int, y: int, pressure: int, option: int) -> None:
    body = struct.pack(">BBHH", 0x90 | pressure >> 8, pressure & 0xFF, x, y)
    assert parse_pen(b"\x30" + body + struct.pack(">H", option)) == parse_pen(b"\x01" + body)


@given(st.binary(max_size=20))
def test_what_is_no_pens_report_is_none(report: bytes) -> None:
    whole = {0x01: 7, 0x30: 7, 0x34: 11}.get(report[0], 99) if report else 99
    assert (parse_pen(report) is None) == (len(report) < whole)


def test_a_pad_tells_what_it_is() -> None:
    capability = bytes.fromhex("09 2580 1770 03FF 0140 00C8 C8 09EC 01 0000")
    assert parse_capability(capability) == Capability(9600, 6000, 1023, 320, 200, 200, 2540)
    assert parse_capability(capability[:14] + b"\x0e\x00\x00").colour, "sixteen bits among its encodings"
    information = b"\x08STU-430V\x00\x01\x04\x00abcd"
    found = parse_information(information)
    assert (found.model, found.firmware) == ("STU-430V", "1.04")
    status = parse_status(b"\x03\x04\x01\x00\x00")
    assert (status.state, status.result) == (4, 1)


def test_a_pad_that_tells_no_resolution_counts_hundredths_of_a_millimetre() -> None:
    told = bytes.fromhex("09 2580 1770 03FF 0140 00C8 C8 0000 00 0000")
    assert parse_capability(told).dpi == 2540


@pytest.mark.parametrize("report", [b"", b"\x09", bytes(17), b"\x09" + bytes(16)])
def test_half_a_report_another_or_a_pad_without_surface_is_refused(report: bytes) -> None:
    with pytest.raises(ValueError, match=r"no report|without"):
        parse_capability(report)


def test_a_pens_report_shows_no_ink_in_its_repr() -> None:
    assert "4800" not in repr(parse_pen(PEN))


def test_what_a_pad_of_the_makers_own_documents_told_is_read() -> None:
    told = bytes.fromhex("08 53 54 55 2d 35 34 30 00 00 01 00 00 02 00 00 00")
    assert (parse_information(told).model, parse_information(told).firmware) == ("STU-540", "1.00")
    assert parse_uid(b"\x0b5JZQS00032") == "5JZQS00032"
    assert parse_uid(b"\x0b" + bytes(10)) == "", "a pad that was given no number"


reach = st.integers(1, 0xFFFF)


@given(reach, reach, reach, reach, reach, st.integers(0, 255), words, st.integers(0, 15))
def test_what_a_pad_reaches_comes_out_as_it_went_in(  # noqa: PLR0917 - one argument a field
    x: int, y: int, pressure: int, width: int, height: int, rate: int, dpi: int, encodings: int
) -> None:
    report = struct.pack(">BHHHHHBHBH", 9, x, y, pressure, width, height, rate, dpi, encodings, 0)
    expected = Capability(x, y, pressure, width, height, rate, dpi or 2540, bool(encodings & 4))
    assert parse_capability(report) == expected


@given(st.text("ABCSTU-0123456789", min_size=1, max_size=9), st.integers(0, 255), st.integers(0, 99))
def test_who_a_pad_is_comes_out_as_it_went_in(model: str, major: int, minor: int) -> None:
    found = parse_information(struct.pack(">B9sBBB4s", 8, model.encode(), major, minor, 0, b""))
    assert (found.model, found.firmware) == (model, f"{major}.{minor:02d}")


@given(st.integers(0, 255), st.integers(0, 255), words)
def test_how_a_pad_is_comes_out_as_it_went_in(state: int, result: int, word: int) -> None:
    found = parse_status(struct.pack("<BBBH", 3, state, result, word))
    assert (found.state, found.result) == (state, result)


@given(st.text("ABCXYZ0123456789", max_size=10))
def test_the_pads_number_comes_out_as_it_went_in(uid: str) -> None:
    assert parse_uid(b"\x0b" + uid.encode().ljust(10, b"\0")) == uid


@given(words, words, words, words)
def test_a_part_of_the_screen_is_told_by_its_edges(left: int, top: int, right: int, bottom: int) -> None:
    edges = struct.pack("<4H", left, top, right, bottom)
    assert area(Report.INK_AREA, left, top, right, bottom) == b"\x2a" + edges
    assert area(Report.CLEAR_AREA, left, top, right, bottom) == b"\x23\x00\x01" + edges


@given(st.binary(min_size=1, max_size=BLOCK))
def test_a_piece_of_a_picture_has_its_length_and_always_the_same_size(data: bytes) -> None:
    block = image_block(data)
    assert (len(block), block[0]) == (256, 0x26)
    (length,) = struct.unpack_from("<H", block, 1)
    assert block[3 : 3 + length] == data
