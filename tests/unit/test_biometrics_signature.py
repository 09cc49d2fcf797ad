"""Signatures as ISO/IEC 19794-7:2007 records and as pictures."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.signature_pad import PadGeometry, PenSample
from station.biometrics import images, signature_iso
from station.biometrics.signature_image import DPI, signature_png
from station.biometrics.signature_iso import SignatureFormatError, decode, encode, scaling_to_word, word_to_scaling
from tests.support.packets import PAD, strokes

# Worked out by hand from the layout: a pad of 410 dpi, x 0..2000, y 0..600, force to 1023, two points.
REFERENCE = bytes.fromhex(
    "53444900"  # SDI
    "20313000"  # version 1.0
    "c160"  # X, Y, T, F, S
    "e0a012800087d0"  # X: 16.142 counts a millimetre = (1 + 18/2048) * 2^4, from 0 to 2000
    "e0a01280008258"  # Y: the same, from 0 to 600
    "80cfa0"  # T: 1000 counts a second = (1 + 1952/2048) * 2^9
    "60000003ff"  # F: from 0 to 1023, no scaling
    "00"  # S
    "00"  # reserved
    "00000002"  # no extended data, two points
    "806481900000020001"  # x 100, y 200 mirrored to 400, t 0, force 512, down
    "8069818d000a020801"  # x 105, y 203 mirrored to 397, t 10, force 520, down
)
SMALL_PAD = PadGeometry(0, 0, 2000, 600, 410, 1023)
TWO = (PenSample(100, 200, 512, True, 0), PenSample(105, 203, 520, True, 10))


@st.composite
def signatures(draw: st.DrawFn) -> tuple[PadGeometry, tuple[PenSample, ...]]:
    low_x, low_y = draw(st.integers(-0x8000, 0x7FF0)), draw(st.integers(-0x8000, 0x7FF0))
    high_x, high_y = draw(st.integers(low_x + 1, 0x7FFF)), draw(st.integers(low_y + 1, 0x7FFF))
    pad = PadGeometry(
        low_x, low_y, high_x, high_y, draw(st.sampled_from((100, 410, 508, 2540))), draw(st.integers(1, 0xFFFF))
    )
    steps = draw(st.lists(st.integers(0, 60), min_size=0, max_size=30))
    times = [0, *np.cumsum(steps).tolist()] if steps else [0]
    return pad, tuple(
        PenSample(
            draw(st.integers(low_x, high_x)),
            draw(st.integers(low_y, high_y)),
            draw(st.integers(0, pad.max_pressure)),
            draw(st.booleans()),
            time,
        )
        for time in times
    )


def test_the_layout_is_the_standards() -> None:
    assert encode(TWO, SMALL_PAD) == REFERENCE


@given(signatures())
def test_what_was_written_is_read(signature: tuple[PadGeometry, tuple[PenSample, ...]]) -> None:
    pad, samples = signature
    assert decode(encode(samples, pad)) == (pad, samples)


@given(st.floats(2.0**-16, 2.0**15.99))
def test_a_scaling_is_held_to_one_part_in_four_thousand(value: float) -> None:
    assert word_to_scaling(scaling_to_word(value)) == pytest.approx(value, rel=1 / 4096 + 1e-9)


@given(st.integers(0, 0xFFFF))
def test_every_word_is_a_scaling_of_its_own(word: int) -> None:
    assert scaling_to_word(word_to_scaling(word)) == word


def test_times_count_from_the_first_sample_and_long_ones_lose_the_last_digit() -> None:
    late = tuple(PenSample(100, 200, 1, True, t) for t in (5_000, 5_010, 75_010))
    _, samples = decode(encode(late, SMALL_PAD))
    assert [s.time_ms for s in samples] == [0, 10, 70_010]


@pytest.mark.parametrize("cut", range(len(REFERENCE)))
def test_a_record_cut_anywhere_is_refused(cut: int) -> None:
    with pytest.raises(SignatureFormatError):
        decode(REFERENCE[:cut])


@given(st.binary(max_size=80))
def test_nothing_but_a_record_is_taken(tail: bytes) -> None:
    for data in (tail, REFERENCE[:8] + tail, REFERENCE + tail[:1]):
        if data != REFERENCE:
            try:
                pad, samples = decode(data)
            except SignatureFormatError:
                continue
            assert isinstance(pad, PadGeometry)  # by chance a record of another content
            assert all(isinstance(s, PenSample) for s in samples)


def test_a_record_of_more_channels_and_extended_data_is_read() -> None:
    """Azimuth with mean and deviation, and three bytes of a vendor's at the end."""
    data = bytearray(REFERENCE)
    data[8:10] = (int.from_bytes(REFERENCE[8:10], "big") | signature_iso.Channel.AZ.bit).to_bytes(2, "big")
    at = REFERENCE.index(bytes.fromhex("60000003ff")) + 5 + 1
    data[at:at] = bytes.fromhex("18 00b4 0005")
    head, points = bytes(data[: at + 5]), REFERENCE[-18:]
    body = b"\x00" + b"\x01\x00\x00\x02" + points[:9] + b"\x00\x5a" + points[9:] + b"\x00\x5b" + b"\x00\x03abc"
    assert decode(head + body) == (SMALL_PAD, TWO)


@pytest.mark.parametrize(
    ("samples", "pad"),
    [
        ((), SMALL_PAD),
        ((PenSample(2001, 0, 0, True, 0),), SMALL_PAD),
        ((PenSample(0, 0, 1024, True, 0),), SMALL_PAD),
        ((PenSample(0, 0, 0, True, 5), PenSample(0, 0, 0, True, 4)), SMALL_PAD),
        ((PenSample(0, 0, 0, True, 0),), PadGeometry(0, 0, 40_000, 600, 410, 1023)),
        ((PenSample(0, 0, 0, True, 0),), PadGeometry(0, 0, 10, 10, 0, 1023)),
        ((PenSample(0, 0, 0, True, 0), PenSample(0, 0, 0, True, 86_400_000)), SMALL_PAD),
    ],
)
def test_what_the_format_cannot_hold_is_refused(samples: tuple[PenSample, ...], pad: PadGeometry) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        encode(samples, pad)


def test_the_picture_is_dark_ink_on_white_with_smooth_edges() -> None:
    picture = images.decode_png(signature_png(strokes(), PAD))
    height, width = picture.shape
    xs, ys = [s.x for s in strokes() if s.down], [s.y for s in strokes() if s.down]
    assert width == pytest.approx((max(xs) - min(xs)) / 410 * DPI + 4 / 25.4 * DPI, abs=4)
    assert height == pytest.approx((max(ys) - min(ys)) / 410 * DPI + 4 / 25.4 * DPI, abs=8)
    assert picture.min() < 40
    assert (picture == 255).mean() > 0.8
    assert (picture[0] == 255).all()
    assert (picture[:, 0] == 255).all()
    between = ((picture > 60) & (picture < 220)).sum()
    assert between > 0.15 * (picture < 60).sum()


def test_a_lift_of_the_pen_leaves_a_gap() -> None:
    line = [PenSample(600 + 10 * i, 1000, 500, not 40 <= i < 60, i * 8) for i in range(100)]
    picture = images.decode_png(signature_png(line, PAD))
    dark = np.flatnonzero((picture < 128).any(axis=0))
    gaps = np.diff(dark)
    assert gaps.max() > 15 * 10 / 410 * DPI
    assert (gaps > 1).sum() == 1


def test_a_dot_is_ink_and_no_ink_is_refused() -> None:
    dot = images.decode_png(signature_png([PenSample(1000, 1000, 1023, True, 0)], PAD))
    assert (dot < 128).any()
    with pytest.raises(ValueError, match="no ink"):
        signature_png([PenSample(1000, 1000, 0, False, 0)], PAD)
