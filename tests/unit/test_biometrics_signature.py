"""Signatures as ISO/IEC 19794-7:2007 records and as pictures."""

from __future__ import annotations

import random
import re
import time
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.signature_pad import PadGeometry, PenSample
from station.biometrics import images, signature_iso
from station.biometrics.signature_image import DPI, signature_png
from station.biometrics.signature_iso import SignatureFormatError, decode, encode, scaling_to_word, word_to_scaling
from station.biometrics.signature_svg import signature_svg
from tests.support.packets import PAD, strokes
from tests.support.soak import SOAK

MUTATED = 5_000_000 if SOAK else 300_000
"""Bytes."""

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
        low_x, low_y, high_x, high_y, draw(st.integers(1, 2047) | st.just(2540)), draw(st.integers(1, 0xFFFF))
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
@settings(deadline=None)  # an example of thirty points takes long where the machine is busy
def test_what_was_written_is_read(signature: tuple[PadGeometry, tuple[PenSample, ...]]) -> None:
    pad, samples = signature
    record = encode(samples, pad)
    assert decode(record) == (pad, samples)
    pad, samples = decode(record)
    assert encode(samples, pad) == record


@pytest.mark.parametrize(
    ("at", "word"),
    [
        (REFERENCE.index(b"\xa0\x12"), "0000"),  # of X: 2 ** -16 counts a millimetre
        (REFERENCE.index(b"\x87\xd0"), "8000"),  # X from 0 to 0
        (REFERENCE.index(b"\x82\x58"), "7fff"),  # Y from 0 to -1
        (REFERENCE.index(b"\x03\xff"), "0000"),  # F from 0 to 0
    ],
)
def test_a_pad_without_a_surface_or_force_is_refused(at: int, word: str) -> None:
    spoiled = REFERENCE[:at] + bytes.fromhex(word) + REFERENCE[at + 2 :]
    with pytest.raises(SignatureFormatError, match="without a surface"):
        decode(spoiled)


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


# -- as SVG

SVG = "{http://www.w3.org/2000/svg}"
DRAWS = {f"{SVG}svg", f"{SVG}g", f"{SVG}path"}
STYLE = {"fill", "stroke", "stroke-linecap", "stroke-linejoin", "stroke-width"}
TOLD = {"width", "height", "viewBox", "version", "d", *STYLE}
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def svg_of(samples: tuple[PenSample, ...], pad: PadGeometry = PAD) -> ET.Element:
    return ET.fromstring(signature_svg(samples, pad))


def paths(group: ET.Element) -> list[tuple[float, list[tuple[float, float]]]]:
    """Width and the points of each, those between which it is bent among them."""
    found = []
    for path in group.iter(f"{SVG}path"):
        numbers = [float(each) for each in NUMBER.findall(path.get("d", ""))]
        found.append((float(path.get("stroke-width", "nan")), list(zip(numbers[::2], numbers[1::2], strict=True))))
    return found


def test_the_svg_draws_and_does_nothing_else() -> None:
    document = svg_of(strokes())
    for element in document.iter():
        assert element.tag in DRAWS
        assert set(element.attrib) <= TOLD
        assert not (element.text or "").strip()
    assert b"<!" not in signature_svg(strokes(), PAD), "no declarations of entities"


def test_it_is_as_large_as_it_was_written_and_as_the_picture_is() -> None:
    document = svg_of(strokes())
    picture = images.decode_png(signature_png(strokes(), PAD))
    wide, high = (float(document.get(name, "").removesuffix("mm")) for name in ("width", "height"))
    assert document.get("viewBox") == f"0 0 {document.get('width', '')[:-2]} {document.get('height', '')[:-2]}"
    assert (picture.shape[1], picture.shape[0]) == pytest.approx((wide * DPI / 25.4, high * DPI / 25.4), abs=1)


def test_every_stroke_is_a_group_that_runs_on_and_goes_through_the_pens_places() -> None:
    document, samples = svg_of(strokes()), strokes()
    touches = [[s for s in run if s.down] for run in (samples[:120], samples[128:])]
    groups = [group for group in document.iter(f"{SVG}g") if group.get("fill") is None]
    assert len(groups) == len(touches) == 2
    low_x, low_y = (min(at[n] for _, points in paths(document) for at in points) for n in (0, 1))
    assert min(low_x, low_y) > 1.5
    for group, touch in zip(groups, touches, strict=True):
        runs = paths(group)
        assert all(before[1][-1] == after[1][0] for before, after in pairwise(runs)), "a gap in a stroke"
        places = [runs[0][1][0], *(at for _, points in runs for at in points[3::3])]
        assert len(places) == len(touch)
        moved = [(s.x - touch[0].x) * 25.4 / PAD.dpi for s in touch]
        assert [at[0] - places[0][0] for at in places] == pytest.approx(moved, abs=0.011)


def test_a_path_is_as_wide_as_the_pen_presses() -> None:
    rising = tuple(PenSample(600 + 10 * n, 1000, 10 * n, True, 8 * n) for n in range(103))
    widths = [width for width, _ in paths(svg_of(rising))]
    assert widths == sorted(set(widths))
    assert (widths[0], widths[-1]) == pytest.approx((0.30, 0.75), abs=0.02)
    even = tuple(PenSample(600 + 10 * n, 1000, 512, True, 8 * n) for n in range(103))
    assert len(paths(svg_of(even))) == 1


def test_a_dot_a_line_of_two_points_and_no_ink() -> None:
    dot = (PenSample(1000, 1000, 1023, True, 0),)
    assert b'<path stroke-width="0.75" d="M2 2l0 0"/>' in signature_svg(dot, PAD)
    assert b"L4.48 2" in signature_svg((*dot, PenSample(1040, 1000, 1023, True, 8)), PAD)
    with pytest.raises(ValueError, match="no ink"):
        signature_svg((PenSample(1000, 1000, 0, False, 0),), PAD)


def test_another_programs_eyes_see_the_same_ink_as_in_the_picture() -> None:
    from PySide6.QtCore import QByteArray, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    picture = images.decode_png(signature_png(strokes(), PAD))
    high, wide = picture.shape
    renderer = QSvgRenderer(QByteArray(signature_svg(strokes(), PAD)))
    drawn = QImage(wide, high, QImage.Format.Format_Grayscale8)
    assert renderer.isValid()
    drawn.fill(Qt.GlobalColor.white)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter)
    painter.end()
    seen = np.frombuffer(drawn.constBits(), np.uint8).reshape(high, drawn.bytesPerLine())[:, :wide]
    ours, theirs = picture < 128, seen < 128
    assert ours.sum() == pytest.approx(theirs.sum(), rel=0.1)
    for ink, other in ((ours, theirs), (theirs, ours)):
        near = np.lib.stride_tricks.sliding_window_view(np.pad(other, 1), (3, 3)).any(axis=(2, 3))
        assert (ink & near).sum() / ink.sum() > 0.999  # to a pixel


@given(signatures())
@settings(max_examples=50, deadline=None)
def test_whatever_was_written_is_drawn_within_the_sheet(signature: tuple[PadGeometry, tuple[PenSample, ...]]) -> None:
    pad, samples = signature
    if not any(sample.down for sample in samples):
        return
    document = svg_of(samples, pad)
    wide, high = (float(document.get(name, "").removesuffix("mm")) for name in ("width", "height"))
    for width, points in paths(document):
        assert 0.29 <= width <= 0.76
        through = [points[0], *(points[3::3] if len(points) > 3 else points[1:])]
        assert all(-0.01 <= x <= wide + 0.01 and -0.01 <= y <= high + 0.01 for x, y in through)


# -- bytes that were spoiled


@pytest.mark.soak
@pytest.mark.timeout(1200 if SOAK else 120)
def test_mutated_records_are_read_or_refused_and_never_take_long() -> None:
    noise, read, accepted = random.Random(13), 0, 0
    long = encode(strokes(), PAD)
    began = time.monotonic()
    while read < MUTATED:
        data = bytearray(noise.choice((REFERENCE, long)))
        for _ in range(noise.randint(1, 4)):
            at = noise.randrange(len(data) + 1)
            data[at : at + noise.randint(0, 3)] = noise.randbytes(noise.randint(0, 3))
        read += len(data)
        try:
            pad, samples = decode(bytes(data))
        except SignatureFormatError:
            continue
        accepted += 1
        assert pad.dpi >= 1
        assert len(samples) <= len(data)
    assert accepted > 0, "nothing but the head was ever looked at"
    assert time.monotonic() - began < (600 if SOAK else 20)
