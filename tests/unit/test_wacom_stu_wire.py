"""STU reports and frames: the same bytes by hand, by the driver's codec and by the simulator's."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.signature_pad import simulator_wacom_stu as pad
from devices.signature_pad.wacom_stu_wire import (
    MAX_REPORT,
    Capability,
    CrcVariant,
    FrameParser,
    PenReport,
    crc16,
    encode_frame,
    parse_capability,
    parse_information,
    parse_pen,
    parse_status,
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


@given(st.binary(max_size=20))
def test_what_is_no_pens_report_is_none(report: bytes) -> None:
    whole = {0x01: 7, 0x34: 11}.get(report[0], 99) if report else 99
    assert (parse_pen(report) is None) == (len(report) < whole)


def test_a_pad_tells_what_it_is() -> None:
    capability = bytes.fromhex("09 2580 1770 03FF 0140 00C8 C8 09EC 01 0000")
    assert parse_capability(capability) == Capability(9600, 6000, 1023, 320, 200, 200, 2540)
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
