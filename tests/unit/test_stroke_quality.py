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
    quality = assess([*ink(line()), lift(700)], PAD)
    assert quality.acceptable
    assert (quality.strokes, quality.height_mm) == (1, 0.0)


def drawn(*, mm: tuple[float, float], seconds: float, hertz: int) -> list[PenSample]:
    """A straight line of this width and height, that somebody is said to have drawn a second after the beginning."""
    count, per_mm = max(2, round(seconds * hertz)), PAD.dpi / 25.4
    places = [index / (count - 1) for index in range(count)]
    return [
        PenSample(
            1000 + round(mm[0] * per_mm * at),
            1000 + round(mm[1] * per_mm * at),
            500,
            True,
            1000 + round(1000 * at * seconds),
        )
        for at in places
    ]


@pytest.mark.parametrize("mm", [(7.0, 0.0), (0.0, 7.0), (-20.0, 1.0), (60.0, 30.0), (7.0, -7.0)])
@pytest.mark.parametrize(("seconds", "hertz"), [(0.1, 100), (0.6, 60), (0.6, 500), (12.0, 200)])
def test_a_line_is_one_in_any_direction_however_slow_by_any_pad(
    mm: tuple[float, float], seconds: float, hertz: int
) -> None:
    samples = drawn(mm=mm, seconds=seconds, hertz=hertz)
    assert assess(samples, PAD).hints == ()
    assert assess([*samples, lift(samples[-1].time_ms + 10)], PAD).hints == ()


@pytest.mark.parametrize("samples", [[], [lift(0), lift(10)]])
def test_no_ink_is_none(samples: list[PenSample]) -> None:
    quality = assess(samples, PAD)
    assert not quality.acceptable
    assert quality.hints == ("signature.empty",)
    assert (quality.points, quality.strokes, quality.path_mm) == (0, 0, 0.0)


@pytest.mark.parametrize("count", [1, 3, 50])
def test_a_dot_is_too_small(count: int) -> None:
    assert assess([*row(count, time_ms=900), lift(2000)], PAD).hints[0] == "signature.too_small"


def test_dots_in_one_place_are_a_dot() -> None:
    dots = [each for n in range(9) for each in (*row(3, time_ms=500 * n), lift(500 * n + 40))]
    assert assess(dots, PAD).hints == ("signature.too_small",)


def test_a_wide_leap_of_few_points_is_too_few_points() -> None:
    assert assess([*row(4, step=200), lift(50)], PAD).hints == ("signature.too_few_points",)


# -- a pen, or a surface, that is stuck


def trembling(count: int, *, time_ms: int = 1000) -> list[PenSample]:
    """One place, told with noise of a third of a millimetre."""
    return [PenSample(1000 + 5 * (n % 2), 1000 - 5 * (n % 3 == 0), 500, True, time_ms + 10 * n) for n in range(count)]


def test_a_pen_that_stays_down_in_one_place_is_stuck_whatever_noise_the_pad_tells() -> None:
    assert assess([*trembling(400), lift(5010)], PAD).hints == ("signature.pen_stuck", "signature.too_small")
    assert assess(trembling(400), PAD).rest_ms == 3990


def test_a_point_that_is_repeated_for_seconds_spoils_the_signature_before_it() -> None:
    signed = [*ink(signature(3)), lift(7000)]
    assert assess(signed, PAD).acceptable
    assert assess([*signed, *trembling(1500, time_ms=8000), lift(23_500)], PAD).hints == ("signature.pen_stuck",)


def test_a_touch_that_was_there_before_the_signature_and_never_ends_is_stuck() -> None:
    wandering = row(100, step=10, time_ms=20)
    assert assess(wandering, PAD).hints == ("signature.pen_stuck",)
    assert assess([*wandering, lift(2000)], PAD).acceptable
    assert assess([lift(0), *wandering], PAD).acceptable
    assert assess(row(100, step=10, time_ms=150), PAD).acceptable


def test_somebody_who_thinks_with_the_pen_down_is_not_stuck() -> None:
    first, pause = row(100, step=10), [PenSample(1990, 1000, 500, True, 1000 + 10 * n) for n in range(330)]
    rest_of_it = [PenSample(1990 - 2 * n, 1000 + 2 * n, 500, True, 4300 + 10 * n) for n in range(300)]
    quality = assess([*first, *pause, *rest_of_it, lift(9000)], PAD)
    assert 3300 <= quality.rest_ms <= 3500
    assert quality.acceptable


def test_two_short_rests_are_not_one_long_one() -> None:
    rests = [*row(200), lift(2000), *row(200, time_ms=2010), lift(4010)]
    assert assess(rests, PAD).rest_ms == 1990
    assert assess(rests, PAD).hints == ("signature.too_small",)


def test_ink_beyond_the_writable_area_is_told_but_a_slip_over_the_edge_is_borne() -> None:
    assert assess([*row(200, step=15, x=500), lift(2000)], PAD).hints == ("signature.outside",)
    slip = row(143, step=15, x=520)
    assert slip[-1].x == PAD.max_x
    assert assess([*slip, PenSample(2651, 1000, 500, True, 1430), lift(1440)], PAD).acceptable


def test_figures_are_millimetres_and_milliseconds_of_the_touches_alone() -> None:
    samples = [lift(0), *row(42, step=10, time_ms=50), lift(600), *row(42, step=10, time_ms=1000), lift(2000)]
    quality = assess(samples, PAD)
    assert (quality.points, quality.strokes, quality.duration_ms) == (84, 2, 1360)
    assert quality.width_mm == pytest.approx(25.4)
    assert quality.path_mm == pytest.approx(50.8)
    assert quality.outside == 0.0


def test_limits_can_be_set() -> None:
    strict = SignatureLimits(min_points=100, min_extent_mm=120.0)
    assert assess([*ink(line()), lift(700)], PAD, strict).hints == ("signature.too_small", "signature.too_few_points")


def test_strokes_are_the_touches_in_order_without_what_hovers() -> None:
    first, second = row(3), row(2, time_ms=100)
    assert strokes([lift(0), *first, lift(40), lift(50), *second]) == (tuple(first), tuple(second))
    assert strokes([]) == ()
