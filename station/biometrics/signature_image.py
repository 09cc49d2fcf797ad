"""A signature as a picture: dark ink on white, smooth at any size, cropped to what was written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from devices.opencv_import import cv2
from devices.signature_pad import PadGeometry, PenSample
from devices.signature_pad.quality import strokes
from station.biometrics.images import Pixels
from station.biometrics.signature_pen import width_mm

DPI: Final = 300
MARGIN_MM: Final = 2.0
INK: Final = 25
PAPER: Final = 255
OVERSAMPLED: Final = 4
"""Drawn this many times larger and averaged down: smooth edges without a codec's halo."""
STEPS: Final = 4
"""Points of the curve between two reports of the pen."""
MM_PER_INCH: Final = 25.4

Curve = NDArray[np.float64]
"""Shape (n, 3): x and y in millimetres, width of the ink in millimetres."""


def signature_png(samples: Sequence[PenSample], geometry: PadGeometry) -> bytes:
    """One signature as a grey PNG of `DPI`.

    Raises:
        ValueError: the pen never touched.
    """
    curves = [smooth(stroke) for stroke in strokes_in_mm(samples, geometry)]
    done, data = cv2.imencode(".png", _drawn(curves))
    assert done
    return data.tobytes()


def strokes_in_mm(samples: Sequence[PenSample], geometry: PadGeometry) -> list[Curve]:
    """The touches, each from the pen's coming down to its lift, as the pad told them.

    Raises:
        ValueError: the pen never touched.
    """
    mm, most = MM_PER_INCH / geometry.dpi, geometry.max_pressure
    found = [
        np.array([(s.x * mm, s.y * mm, width_mm(s.pressure, most)) for s in stroke]) for stroke in strokes(samples)
    ]
    if not found:
        raise ValueError("no ink")
    return found


def smooth(points: Curve) -> Curve:
    """A centripetal feel at the cost of a uniform Catmull-Rom curve: through every point, bent by its neighbours."""
    if len(points) < 3:
        return points
    padded = np.vstack((points[:1], points, points[-1:]))
    before, start, end, after = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = np.linspace(0, 1, STEPS, endpoint=False)[:, None, None]
    curve = 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t**2
        + (3 * start - before - 3 * end + after) * t**3
    )
    between: Curve = curve.transpose(1, 0, 2).reshape(-1, 3)
    return np.vstack((between, points[-1:]))


def box(curves: Sequence[Curve]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Upper left and lower right corner of the picture, millimetres: the ink with a margin around it."""
    every = np.vstack(curves)[:, :2]
    return every.min(axis=0) - MARGIN_MM, every.max(axis=0) + MARGIN_MM


def _drawn(curves: list[Curve]) -> Pixels:
    low, high = box(curves)
    pixels_a_mm = DPI / MM_PER_INCH
    width, height = np.ceil((high - low) * pixels_a_mm).astype(int)
    scale = pixels_a_mm * OVERSAMPLED
    canvas = np.full((height * OVERSAMPLED, width * OVERSAMPLED), PAPER, np.uint8)
    for curve in curves:
        places = [(round(x), round(y)) for x, y in (curve[:, :2] - low) * scale]
        widths = [max(1, round(w)) for w in curve[:, 2] * scale]
        cv2.circle(canvas, places[0], widths[0] // 2, INK, cv2.FILLED)
        for start, end, thick in zip(places, places[1:], widths[1:], strict=False):
            cv2.line(canvas, start, end, INK, thick)
    return cv2.resize(canvas, (int(width), int(height)), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
