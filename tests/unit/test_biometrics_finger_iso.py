"""Finger images as ISO/IEC 19794-4:2011 records."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.biometrics import finger_iso, images
from station.biometrics.finger_iso import (
    Certificate,
    Coding,
    FingerFormatError,
    Impression,
    Quality,
    Representation,
    ScaleUnit,
    Technology,
    decode,
    encode,
)
from tests.support.packets import FINGER_SHAPE, ridges

# Worked out by hand from tables 2 to 4: two impressions of the right thumb and one of both thumbs, certified.
REFERENCE = bytes.fromhex(
    "46495200"  # FIR
    "30323000"  # 020
    "000000c0"  # 192 bytes: 16 + 67 + 53 + 56
    "0003"  # three representations
    "01"  # certified
    "02"  # two positions
    # the first: 19 + two of quality (10) + one certificate (4) + 22 + 12 bytes = 67
    "00000043"
    "07ea 04 16 01 05 09 007b"  # 2026-04-22 01:05:09.123
    "0d"  # capacitive
    "abcd 1234"  # maker and model
    "02"  # two figures of quality
    "48 0000 0001"  # 72, vendor unreported, its algorithm 1
    "ff 000f 377d"  # failed: NIST, NFIQ
    "01 0007 03"  # one certificate: authority 7, scheme 3
    "01 00 01"  # right thumb, number 0, pixels an inch
    "01fc 01fc 01f4 01f4"  # scanned at 508, image at 500
    "08 00 00"  # 8 bits, raw, live-scan plain
    "0004 0003"  # 4 wide, 3 high
    "0000000c"
    "000102030405060708090aff"
    # the second: 19 + no quality + a certificate count of 0 (1) + 22 + 11 bytes = 53
    "00000035"
    "ffff ff ff ff ff ff ffff"  # nobody knows when
    "00 0000 0000"
    "00"
    "00"
    "01 01 01"  # right thumb, number 1
    "01f4 01f4 01f4 01f4"
    "08 00 1d"  # unknown impression
    "000b 0001"
    "0000000b"
    "0102030405060708090a0b"
    # the third: 19 + 1 + 22 + 14 bytes = 56
    "00000038"
    "07e8 02 1d 17 3b 3b 03e7"  # 2024-02-29 23:59:59.999
    "01 0000 0000"
    "00"
    "00"
    "0f 00 02"  # both thumbs, number 0, pixels a centimetre
    "00c5 00c5 00c5 00c5"  # 197
    "08 00 01"  # live-scan rolled
    "0007 0002"
    "0000000e"
    "0d0c0b0a09080706050403020100"
)
THREE = (
    Representation(
        position=1,
        captured_at=datetime(2026, 4, 22, 1, 5, 9, 123_000, tzinfo=UTC),
        coding=Coding.RAW,
        image=bytes((0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255)),
        width=4,
        height=3,
        sampling=(500, 500),
        scanned=(508, 508),
        technology=Technology.CAPACITIVE,
        vendor=0xABCD,
        device=0x1234,
        qualities=(Quality(72, 0, 1), Quality(None, 15, 0x377D)),
        certificates=(Certificate(7, 3),),
    ),
    Representation(
        position=1,
        captured_at=None,
        coding=Coding.RAW,
        image=bytes(range(1, 12)),
        width=11,
        height=1,
        sampling=(500, 500),
        impression=Impression.UNKNOWN,
    ),
    Representation(
        position=15,
        captured_at=datetime(2024, 2, 29, 23, 59, 59, 999_000, tzinfo=UTC),
        coding=Coding.RAW,
        image=bytes(range(13, -1, -1)),
        width=7,
        height=2,
        sampling=(197, 197),
        unit=ScaleUnit.CENTIMETRE,
        impression=Impression.LIVE_SCAN_ROLLED,
        technology=Technology.WHITE_LIGHT_TIR,
    ),
)
ONE = THREE[1]
FUZZED = 60_000
"""Mutated records; some two seconds."""

words = st.integers(0, 0xFFFF)


@st.composite
def representations(draw: st.DrawFn) -> Representation:
    width, height = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    sampling = draw(st.tuples(st.integers(1, 0x7FFF), st.integers(1, 0x7FFF)))
    more = draw(st.tuples(st.integers(0, 0x7FFF), st.integers(0, 0x7FFF)))
    at = draw(st.none() | st.datetimes(datetime(1000, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants naive bounds
    return Representation(
        position=draw(st.sampled_from(sorted(finger_iso.POSITIONS))),
        captured_at=at and at.replace(microsecond=at.microsecond // 1000 * 1000),
        coding=Coding.RAW,
        image=draw(st.binary(min_size=width * height, max_size=width * height)),
        width=width,
        height=height,
        sampling=sampling,
        scanned=(sampling[0] + more[0], sampling[1] + more[1]),
        unit=draw(st.sampled_from(ScaleUnit)),
        impression=draw(st.sampled_from(Impression)),
        technology=draw(st.sampled_from(Technology)),
        vendor=draw(words),
        device=draw(words),
        qualities=tuple(draw(st.lists(st.builds(Quality, st.none() | st.integers(0, 100), words, words), max_size=3))),
        certificates=tuple(draw(st.lists(st.builds(Certificate, words, st.integers(0, 255)), max_size=2))),
    )


def test_the_layout_is_the_standards() -> None:
    assert encode(THREE) == REFERENCE
    assert decode(REFERENCE) == THREE


@given(st.lists(representations(), min_size=1, max_size=5))
def test_what_was_written_is_read(found: list[Representation]) -> None:
    data = encode(found)
    assert decode(data) == tuple(found)
    assert encode(decode(data)) == data


def test_a_wsq_print_keeps_its_bytes() -> None:
    height, width = FINGER_SHAPE
    coded = images.wsq_encode(ridges(3), 500)
    each = replace(ONE, position=3, coding=Coding.WSQ, image=coded, width=width, height=height)
    (back,) = decode(encode([each]))
    assert back.image == coded
    assert np.array_equal(images.wsq_decode(back.image), images.wsq_decode(coded))


def test_a_wsq_print_of_another_size_is_refused() -> None:
    """Swapped rows and columns make a file that nothing else notices."""
    height, width = FINGER_SHAPE
    coded = images.wsq_encode(ridges(3), 500)
    with pytest.raises(FingerFormatError, match="another width and height"):
        replace(ONE, coding=Coding.WSQ, image=coded, width=height, height=width)
    for spoilt in (
        b"",
        coded[:40],
        coded[:40] + coded[-2:],
        b"\xff\xa0\xff\xa8\x00\x00\xff\xa1",
        coded[2:],
        b"\xff" * 9,
    ):
        with pytest.raises(FingerFormatError, match="WSQ"):
            replace(ONE, coding=Coding.WSQ, image=spoilt, width=width, height=height)


def test_png_is_not_handed_on() -> None:
    data = bytearray(encode([ONE]))
    data[16 + 19 + 12] = 6
    with pytest.raises(FingerFormatError, match="a coding that is not read here"):
        decode(bytes(data))


def test_times_are_utc_and_whole_milliseconds() -> None:
    wita = timezone(timedelta(hours=8))
    (back,) = decode(encode([replace(ONE, captured_at=datetime(2026, 4, 22, 9, 30, 0, 1_999, tzinfo=wita))]))
    assert back.captured_at == datetime(2026, 4, 22, 1, 30, 0, 1_000, tzinfo=UTC)
    with pytest.raises(FingerFormatError, match="without a zone"):
        replace(ONE, captured_at=datetime(2026, 4, 22))  # noqa: DTZ001 - that is the point


def test_a_scan_at_the_images_own_rate_is_said_in_one_way() -> None:
    assert replace(ONE, scanned=ONE.sampling) == ONE


def test_a_failed_quality_is_never_nought() -> None:
    failed = encode([replace(ONE, qualities=(Quality(None, 0, 1),))])
    assert failed[16 + 19] == 255
    assert decode(failed)[0].qualities[0].score is None


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("position", 11, "position"),
        ("position", 51, "position"),
        ("width", 0, "a width"),
        ("height", 0x10000, "a height"),
        ("width", 12, "raw pixels"),
        ("sampling", (0, 500), "sampling rate"),
        ("scanned", (499, 500), "sampling rate"),
        ("scanned", (500, 0x10000), "sampling rate"),
        ("vendor", -1, "a vendor"),
        ("device", 0x10000, "a device"),
        ("qualities", (Quality(1, 0, 0),) * 256, "quality"),
        ("certificates", (Certificate(1, 0),) * 256, "certification"),
    ],
)
def test_what_the_format_cannot_hold_is_refused(field: str, value: object, told: str) -> None:
    with pytest.raises(FingerFormatError, match=told):
        replace(ONE, **{field: value})  # type: ignore[arg-type]  # wrong values are the point


@pytest.mark.parametrize("numbers", [(101, 0, 0), (255, 0, 0), (-1, 0, 0), (1, 0x10000, 0), (1, 0, -1)])
def test_a_quality_that_the_format_cannot_hold_is_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(FingerFormatError, match="quality"):
        Quality(*numbers)


def test_a_certificate_that_the_format_cannot_hold_is_refused() -> None:
    for authority, scheme in ((0x10000, 0), (0, 256)):
        with pytest.raises(FingerFormatError, match="certification"):
            Certificate(authority, scheme)


def test_a_record_holds_one_to_sixteen_of_a_position() -> None:
    sixteen = [ONE] * 16
    assert decode(encode(sixteen)) == tuple(sixteen)
    for count in (0, 17):
        with pytest.raises(FingerFormatError, match="representations"):
            encode([ONE] * count)


@pytest.mark.parametrize(
    ("at", "byte", "told"),
    [
        (0, 0x47, "another format"),
        (5, 0x31, "another format"),
        (11, 0xC1, "another length"),
        (13, 0x00, "without a representation"),
        (13, 0x02, "left over"),
        (13, 0x04, "cut short"),
        (14, 0x02, "certification flag"),
        (15, 0x03, "number of positions"),
        (19, 0x44, "another length than it says"),
        (22, 0x0D, "never was"),  # month 13
        (29, 0x14, "technology"),
        (35, 0x65, "quality score"),
        (49, 0x0B, "position that"),
        (50, 0x10, "count up"),
        (51, 0x03, "other units"),
        (60, 0x01, "8 bits"),
        (61, 0x01, "coding"),
        (62, 0x10, "impression"),
        (64, 0x05, "raw pixels"),
    ],
)
def test_a_record_that_is_spoilt_says_where(at: int, byte: int, told: str) -> None:
    spoilt = bytearray(REFERENCE)
    assert spoilt[at] != byte
    spoilt[at] = byte
    with pytest.raises(FingerFormatError, match=told):
        decode(bytes(spoilt))


def test_representations_may_leave_numbers_out_but_not_go_back() -> None:
    second = 16 + 67 + 19 + 1 + 1
    assert REFERENCE[second] == 1
    data = bytearray(REFERENCE)
    data[second] = 9
    assert decode(bytes(data)) == THREE
    data[second] = 0
    with pytest.raises(FingerFormatError, match="count up"):
        decode(bytes(data))


def test_a_flag_without_a_certificate_is_refused() -> None:
    plain = bytearray(encode([ONE]))
    plain[14] = 1
    plain[35:35] = b"\x00"
    plain[11], plain[19] = plain[11] + 1, plain[19] + 1
    with pytest.raises(FingerFormatError, match="without a certificate"):
        decode(bytes(plain))


def test_extended_data_are_refused_and_not_left_out() -> None:
    data = bytearray(encode([ONE]) + b"\x00\x01\x00\x04")
    data[11], data[19] = data[11] + 4, data[19] + 4
    with pytest.raises(FingerFormatError, match="extended data"):
        decode(bytes(data))


@pytest.mark.parametrize("cut", range(len(REFERENCE)))
def test_a_record_cut_anywhere_is_refused(cut: int) -> None:
    with pytest.raises(FingerFormatError):
        decode(REFERENCE[:cut])


@given(st.binary(max_size=120))
def test_nothing_but_a_record_is_taken(tail: bytes) -> None:
    for data in (tail, REFERENCE[:16] + tail, REFERENCE + tail):
        if data != REFERENCE:
            with pytest.raises(FingerFormatError):
                decode(data)


def test_whatever_happens_to_a_record_it_is_refused_or_read_whole() -> None:
    """Bytes changed, cut out, doubled; lengths mended now and then, so that the inside is reached too."""
    height, width = FINGER_SHAPE
    coded = images.wsq_encode(ridges(1), 500)
    wsq = encode([replace(ONE, coding=Coding.WSQ, image=coded, width=width, height=height)])
    chance, read = random.Random(19794), 0
    for turn in range(FUZZED):
        data = bytearray(wsq if turn % 4 == 0 else REFERENCE)
        for _ in range(chance.randint(1, 3)):
            at, many = chance.randrange(min(len(data), 250)), chance.randint(1, 4)
            what = chance.randrange(4)
            if what == 0:
                data[at : at + many] = chance.randbytes(many)
            elif what == 1:
                del data[at : at + many]
            elif what == 2:
                data[at:at] = data[at : at + many]
            else:
                data[at] = chance.choice((0, 1, 0x7F, 0x80, 0xFF))
        if chance.random() < 0.5:
            data[8:12] = len(data).to_bytes(4, "big")
        try:
            found = decode(bytes(data))
        except FingerFormatError:
            continue
        read += 1
        assert decode(encode(found)) == found
    assert read > FUZZED / 20  # many changes hit pixels and free numbers: the inside was reached
    assert decode(REFERENCE) == THREE


def test_no_pixel_shows_in_a_repr() -> None:
    assert "image" not in repr(THREE[0])
