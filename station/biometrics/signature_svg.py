"""A signature as SVG: the same curves as the picture's, in millimetres, for whoever prints it larger.

Elements that draw and nothing else: no script, no style, no reference to anything outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from devices.signature_pad import PadGeometry, PenSample
from station.biometrics.signature_image import INK, Curve, box, smooth, strokes_in_mm

WIDTH_STEP_MM: Final = 0.03
"""Widths are told in steps of this: what differs less runs on as one path."""


def signature_svg(samples: Sequence[PenSample], geometry: PadGeometry) -> bytes:
    """One signature as an SVG document as large as it was written; one group a stroke, its paths as wide as it pressed.

    Raises:
        ValueError: the pen never touched.
    """
    strokes = strokes_in_mm(samples, geometry)
    low, high = box([smooth(stroke) for stroke in strokes])
    width, height = (_number(each) for each in high - low)
    size = f'width="{width}mm" height="{height}mm" viewBox="0 0 {width} {height}"'
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" version="1.1" {size}>',
        f'<g fill="none" stroke="#{3 * f"{INK:02x}"}" stroke-linecap="round" stroke-linejoin="round">',
    ]
    for stroke in strokes:
        stroke[:, :2] -= low
        lines += ["<g>", *_paths(stroke), "</g>"]
    return "\n".join([*lines, "</g>", "</svg>", ""]).encode()


def _paths(stroke: Curve) -> Iterator[str]:
    """Runs of segments of one width, each segment as wide as the pen at its end."""
    if len(stroke) == 1:
        yield _path(stroke[0], stroke[0, 2], ["l0 0"])
        return
    steps = [round(width / WIDTH_STEP_MM) for width in stroke[1:, 2]]
    at = 0
    for step, run in groupby(steps):
        end = at + len(list(run))
        yield _path(stroke[at], step * WIDTH_STEP_MM, [_segment(stroke, n) for n in range(at, end)])
        at = end


def _segment(stroke: Curve, start: int) -> str:
    """The Catmull-Rom curve of the picture from this point to the next one, as a cubic of Bézier's."""
    if len(stroke) == 2:
        return f"L{_numbers(stroke[1, :2])}"
    here, there = stroke[start, :2], stroke[start + 1, :2]
    before, after = stroke[max(0, start - 1), :2], stroke[min(len(stroke) - 1, start + 2), :2]
    return f"C{_numbers(here + (there - before) / 6, there - (after - here) / 6, there)}"


def _path(start: Curve, width: float, drawn: list[str]) -> str:
    return f'<path stroke-width="{_number(width)}" d="M{_numbers(start[:2])}{"".join(drawn)}"/>'


def _numbers(*points: Curve) -> str:
    return " ".join(f"{_number(x)} {_number(y)}" for x, y in points)


def _number(value: float) -> str:
    """Millimetres to a hundredth."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
