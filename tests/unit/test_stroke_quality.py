"""When ink is a signature: signatures and a single line are, dots and scrawls beside the pad are not."""

from __future__ import annotations

import pytest

from devices.signature_pad import PadGeometry, PenSample
from devices.signature_pad.quality import SignatureLimits, assess, strokes
from devices.simulation.stroke import StrokePoint, line, signature, to_counts

PAD = PadGeometry(500, 700, 2650, 2100, 410, 1023)
AREA = (500, 700, 2650, 2100)


def ink(points: tuple[StrokePoint, ...]) -> list[PenSample]:
    return [PenSample(p.x, p.y, p.pressure, p.down, round(1000 * p.time_s)) for p in to_counts(points, AREA)]


def row(count: int, *, step: int = 0, x: int = 1000, y: int = 1000, time_ms: int = 0) -> list[PenSample]:
    return [PenSample(x + index * step, y, 500, True, time_ms + 10 * index) for index in range(count)]


def lift(time_ms: int) -> PenSample:
    return PenSample(1000, 1000, 0, False, time_ms)


@pytest.mark.parametrize("seed", range(20))
def test_a_signature_is_one(seed: int) -> None:
    quality = assess(ink(signature(seed)), PAD)
    assert quality.acceptable
    assert quality.hints == ()
    assert 90 < quality.width_mm < 110
    assert quality.path_mm > quality.width_mm


def test_a_single_line_is_one() -> None:
    quality = assess(ink(line()), PAD)
    assert quality.acceptable
    assert (quality.strokes, quality.height_mm) == (1, 0.0)


@pytest.mark.parametrize("samples", [[], [lift(0), lift(10)]])
def test_no_ink_is_none(samples: list[PenSample]) -> None:
    quality = assess(samples, PAD)
    assert not quality.acceptable
    assert quality.hints == ("signature.too_few_points",)
    assert (quality.points, quality.strokes, quality.path_mm) == (0, 0, 0.0)


def test_a_tap_is_too_few_points_and_too_small() -> None:
    assert assess(row(3), PAD).hints == ("signature.too_few_points", "signature.too_small")


def test_a_pen_left_on_one_spot_is_too_small() -> None:
    assert assess(row(300), PAD).hints == ("signature.too_small",)


def test_a_wide_leap_of_few_points_is_too_few_points() -> None:
    assert assess(row(4, step=200), PAD).hints == ("signature.too_few_points",)


def test_ink_beyond_the_writable_area_is_told_but_a_slip_over_the_edge_is_borne() -> None:
    assert assess(row(200, step=15, x=500), PAD).hints == ("signature.outside",)
    slip = row(143, step=15, x=520)
    assert slip[-1].x == PAD.max_x
    assert assess([*slip, PenSample(2651, 1000, 500, True, 1430)], PAD).acceptable


def test_figures_are_millimetres_and_milliseconds_of_the_touches_alone() -> None:
    samples = [lift(0), *row(42, step=10, time_ms=50), lift(600), *row(42, step=10, time_ms=1000), lift(2000)]
    quality = assess(samples, PAD)
    assert (quality.points, quality.strokes, quality.duration_ms) == (84, 2, 1360)
    assert quality.width_mm == pytest.approx(25.4)
    assert quality.path_mm == pytest.approx(50.8)
    assert quality.outside == 0.0


def test_limits_can_be_set() -> None:
    strict = SignatureLimits(min_points=100, min_extent_mm=120.0)
    assert assess(ink(line()), PAD, strict).hints == ("signature.too_few_points", "signature.too_small")


def test_strokes_are_the_touches_in_order_without_what_hovers() -> None:
    first, second = row(3), row(2, time_ms=100)
    assert strokes([lift(0), *first, lift(40), lift(50), *second]) == (tuple(first), tuple(second))
    assert strokes([]) == ()
