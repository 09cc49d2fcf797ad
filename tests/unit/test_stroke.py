"""Synthetic signatures: the same for a seed, drawn as a hand draws."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from devices.simulation.stroke import PROPORTION, REPORTS_PER_S, StrokePoint, line, signature, to_counts

SEEDS = range(40)
AREA = (500, 700, 2650, 2100)


def touches(points: tuple[StrokePoint, ...]) -> list[list[StrokePoint]]:
    found: list[list[StrokePoint]] = []
    before = False
    for point in points:
        if point.down:
            if not before:
                found.append([])
            found[-1].append(point)
        before = point.down
    return found


def test_a_seed_gives_one_signature_and_another_seed_another() -> None:
    assert signature(5) == signature(5)
    assert len({signature(seed) for seed in SEEDS}) == len(SEEDS)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_signature_is_a_few_strokes_within_the_box(seed: int) -> None:
    points = signature(seed)
    assert 2 <= len(touches(points)) <= 4
    assert points[0].down
    assert points[-1].down
    for point in points:
        assert -1e-9 <= point.x <= 1 + 1e-9
        assert -1e-9 <= point.y <= 1 + 1e-9
        assert (0 < point.pressure <= 1) if point.down else point.pressure == 0
    assert max(point.x for point in points) - min(point.x for point in points) > 0.95
    assert max(point.y for point in points) - min(point.y for point in points) > 0.95


@pytest.mark.parametrize("seed", SEEDS)
def test_reports_come_at_the_pens_pace(seed: int) -> None:
    points = signature(seed)
    gaps = [after.time_s - before.time_s for before, after in pairwise(points)]
    assert points[0].time_s == 0
    assert min(gaps) > 0
    assert max(gaps) < 3 / REPORTS_PER_S
    assert 1.5 < points[-1].time_s < 8


@pytest.mark.parametrize("seed", SEEDS)
def test_the_pen_moves_smoothly_slower_at_the_ends_and_never_jumps(seed: int) -> None:
    for stroke in touches(signature(seed)):
        steps = [math.hypot(PROPORTION * (b.x - a.x), b.y - a.y) for a, b in pairwise(stroke)]
        assert max(steps) < 0.15
        middle = steps[len(steps) // 4 : -len(steps) // 4]
        assert sum(steps[:3]) / 3 < sum(middle) / len(middle)
        assert max(middle) > 1.2 * min(middle)


@pytest.mark.parametrize("seed", SEEDS)
def test_pressure_rises_at_the_beginning_and_varies(seed: int) -> None:
    for stroke in touches(signature(seed)):
        presses = [point.pressure for point in stroke]
        assert presses[0] < 0.5 * max(presses)


def test_faster_pens_report_more_of_the_same_path() -> None:
    slow, fast = signature(3), signature(3, reports_per_s=200)
    assert 1.9 < len(fast) / len(slow) < 2.1
    assert abs(fast[-1].time_s - slow[-1].time_s) < 0.1


@pytest.mark.parametrize("area", [AREA, (400, 350, 2400, 950), (485, 170, 2800, 3200)])
def test_it_fits_any_pad_in_its_own_proportion(area: tuple[int, int, int, int]) -> None:
    points = to_counts(signature(1), area, max_pressure=255)
    left, top, right, bottom = area
    width = max(p.x for p in points) - min(p.x for p in points)
    height = max(p.y for p in points) - min(p.y for p in points)
    assert left < min(p.x for p in points)
    assert max(p.x for p in points) < right
    assert top < min(p.y for p in points)
    assert max(p.y for p in points) < bottom
    assert abs(width / height - PROPORTION) < 0.02
    assert max(width / (right - left), height / (bottom - top)) == pytest.approx(0.8, abs=0.01)
    assert 0 < max(p.pressure for p in points) <= 255


def test_a_line_is_one_stroke_from_left_to_right() -> None:
    points = line()
    assert len(touches(points)) == 1
    assert len({point.y for point in points}) == 1
    assert [point.x for point in points] == sorted(point.x for point in points)
