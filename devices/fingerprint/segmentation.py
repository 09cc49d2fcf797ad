"""A slap's fingers told apart: where in the picture each one lies, and whose it is by the order in which they lie.

The picture is blurred until ridges flow together, and cut where it is dark; fingers that touch are parted at their
waists. Names are given by place alone, left to right, and only where exactly as many fingers lie there as were asked
for: with one too many or too few nobody can tell which, so the hand is laid again.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from devices.errors import PersonCanRetryError, Remedy
from devices.fingerprint import Box, FingerImage, FingerRequest, FingerSample, GreyImage
from devices.opencv_import import cv2
from devices.positions import left_to_right

WORKING_DPI: Final = 100
"""Fine enough to tell where a finger ends to a quarter of a millimetre, at a 25th of the pixels of 500 dpi."""
COARSER: Final = 4
"""How much coarser the picture is in which the bare glass is looked for."""
BARE_MM: Final = 32.0
"""Somewhere within so much the glass is bare: wider than any finger, narrower than a hand."""
BLUR_MM: Final = 0.8
"""Standard deviation: two ridges and their valley become one."""
FAINTEST: Final = 10.0
"""Darkness against the bare glass, blurred, in grey levels, below which nothing is a finger."""
SHARE: Final = 0.25
"""A finger is at least so dark, as a share of the darkest places: what earlier hands left on the glass is not."""
NEARBY_SHARE: Final = 0.4
NEARBY_MM: Final = 8.0
"""And so dark as a share of the darkest place nearby: what lies between two fingers is not."""
WAISTS_MM: Final = (5.5, 8.0, 10.5)
"""Two fingers are one where they are joined over more than this; tried in turn while something is too wide."""
SMALLEST_MM2: Final = 40.0
"""A little finger's tip; less is dirt, or the edge of the palm."""
WIDEST_MM: Final = 24.0
"""No finger is wider across, a large thumb pressed flat included, but two that lie on each other are."""
TALLEST_MM: Final = 28.0
"""From the tip to below the first crease; what lies lower is the next phalanx."""
MARGIN_MM: Final = 1.0
"""White that is left around a finger, so that its outermost ridges stay whole."""

_Mask = NDArray[np.uint8]


def fingers_of(slap: FingerImage, request: FingerRequest) -> tuple[FingerSample, ...]:
    """Cut a slap into its fingers; some 8 ms for 1600 x 1500 pixels.

    Args:
        slap: upright, fingertips up, as ink on paper would show it.
        request: which fingers were asked for, and which of them are not there.

    Returns:
        One sample for each expected finger, in the request's order, each with pixels of its own.

    Raises:
        PersonCanRetryError: `fingerprint.segments`, more or fewer fingers lie there, or some lie on each other.
    """
    expected = request.expected
    boxes = find_fingers(slap.image, slap.dpi)
    if len(boxes) != len(expected):
        detail = "fewer than expected" if len(boxes) < len(expected) else "more than expected"
        raise PersonCanRetryError("fingerprint.segments", detail, remedy=Remedy.REPOSITION)
    order = [position for position in left_to_right(request.positions) if position in expected]
    found = dict(zip(order, boxes, strict=True))
    return tuple(FingerSample(position, _cut(slap, found[position]), found[position]) for position in expected)


def find_fingers(image: GreyImage, dpi: int) -> tuple[Box, ...]:
    """Where fingers lie, from left to right; empty where one is too wide to be a single one.

    Args:
        image: shape (height, width), ridges dark on a lighter glass, fingertips up.
        dpi: its resolution, both ways.
    """
    step = max(1, round(dpi / WORKING_DPI))  # whole steps are three times as fast
    height, width = image.shape[0] // step, image.shape[1] // step
    whole = image[: height * step, : width * step]
    small = np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    touched = _touched(small)
    for waist in WAISTS_MM:
        parts = _parts(touched, waist)
        if all(_across(part) <= _pixels(WIDEST_MM) for part in parts):
            found = [_around(part) for part in parts]
            tips = [box for box in found if not any(_below(box, other) for other in found if other is not box)]
            tips.sort(key=lambda box: box.left + box.right)
            return tuple(_enlarged(box, step, image.shape) for box in tips)
    return ()


def _touched(small: GreyImage) -> _Mask:
    """1 where skin lies on the glass, holes filled."""
    calm = np.asarray(cv2.GaussianBlur(small, (0, 0), _pixels(BLUR_MM)), np.uint8)
    darkness = cv2.subtract(_bare_glass(calm), calm)
    nearby = cv2.dilate(darkness, _disc(_pixels(NEARBY_MM)))
    least = np.maximum(NEARBY_SHARE * nearby, max(FAINTEST, SHARE * float(darkness.max())))
    mask = np.asarray(darkness > least, np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    filled = np.zeros_like(mask)
    cv2.drawContours(filled, outlines, -1, 1, cv2.FILLED)
    return filled


def _bare_glass(calm: GreyImage) -> GreyImage:
    """What the picture would be without a hand, however unevenly the glass is lit."""
    height, width = calm.shape
    coarse = cv2.resize(calm, (width // COARSER, height // COARSER), interpolation=cv2.INTER_AREA)
    disc = _disc(_pixels(BARE_MM) / COARSER)
    bare = cv2.erode(cv2.dilate(coarse, disc), disc)
    return np.asarray(cv2.resize(bare, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def _disc(diameter: float) -> _Mask:
    side = 2 * round(diameter / 2) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)


def _parts(mask: _Mask, waist_mm: float) -> list[_Mask]:
    """The mask in pieces that hang together over more than a waist, each pixel with the nearest of them; no dirt."""
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, cv2.DIST_MASK_5)
    away = np.asarray(depth <= _pixels(waist_mm / 2), np.uint8)
    if away.all():
        return []
    _, nearest = cv2.distanceTransformWithLabels(away, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_CCOMP)
    labels = np.where(mask > 0, nearest, 0)
    smallest = SMALLEST_MM2 * _pixels(1) ** 2
    areas = np.bincount(labels.ravel())
    return [np.asarray(labels == label, np.uint8) for label in range(1, len(areas)) if areas[label] >= smallest]


def _across(part: _Mask) -> float:
    """A finger's width at right angles to how it leans, pixels; for two side by side that of both."""
    outlines, _ = cv2.findContours(part, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    _, (first, second), degrees = cv2.minAreaRect(np.concatenate(outlines))
    return float(first if degrees % 180 <= 45 or degrees % 180 > 135 else second)


def _around(part: _Mask) -> Box:
    """A finger's box, from its tip down to below the first crease."""
    left, top, width, height = cv2.boundingRect(part)
    return Box(left, top, left + width, top + min(height, round(_pixels(TALLEST_MM))))


def _below(box: Box, other: Box) -> bool:
    """Whether it lies under the other one, as a finger's second phalanx does."""
    shared = min(box.right, other.right) - max(box.left, other.left)
    return box.top > other.top and 2 * shared > min(box.right - box.left, other.right - other.left)


def _enlarged(box: Box, step: int, shape: tuple[int, ...]) -> Box:
    """In the picture's own pixels, with its margin, inside the picture."""
    margin = _pixels(MARGIN_MM)
    return Box(
        left=max(0, round((box.left - margin) * step)),
        top=max(0, round((box.top - margin) * step)),
        right=min(shape[1], round((box.right + margin) * step)),
        bottom=min(shape[0], round((box.bottom + margin) * step)),
    )


def _cut(slap: FingerImage, box: Box) -> FingerImage:
    image = slap.image[box.top : box.bottom, box.left : box.right].copy()
    return FingerImage(image, slap.dpi, slap.source_bits, slap.taken_at)


def _pixels(mm: float) -> float:
    """In the reduced picture."""
    return mm / 25.4 * WORKING_DPI
