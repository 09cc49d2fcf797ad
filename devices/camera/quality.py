"""What the capture loop needs to know of a portrait: where the face is, figures, and hints for the person.

Guidance, not conformance: the measures follow ISO/IEC 29794-5 as its open reference implementation (OFIQ) computes
them, on a face box and two eyes instead of landmarks, and no figure in here has been calibrated on real applicants.
What outlives the capture (matching, encoding) is the business of the station's biometrics.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from typing import Final

import numpy as np

from devices.camera import BgrImage, crop
from devices.camera.measures import Box, Grey, exposure, reduced, sharpness, unrest
from devices.opencv_import import CASCADES, cv2

ALGORITHM: Final = "ktpel-portrait-1"
"""Goes with every score: scores of different algorithms are not comparable."""

DETECTION_PIXELS: Final = 640 * 360
"""Faces are sought in at most so many pixels."""
LEAST_FACE: Final = 72
"""Width in pixels, there, of the smallest face that is sought first: a ninth of the width of a 720p picture."""
FAR_FACE: Final = 40
"""And of the smallest that is sought where there was none: somebody stands too far away. The small ones cost most."""
EYES_FACE: Final = 130
"""Width in pixels to which a face is reduced before its eyes are sought."""
RIVAL: Final = 0.6
"""A second face counts from this fraction of the first one's width: smaller ones are passers-by and pictures."""

Point = tuple[float, float]


class PortraitHint(StrEnum):
    """What the person or the operator can change, most important first. Left and right are those of the picture."""

    NO_FACE = "portrait.no_face"
    SEVERAL_FACES = "portrait.several_faces"
    EYES_UNSEEN = "portrait.eyes_unseen"
    TOO_SMALL = "portrait.too_small"
    TOO_NEAR = "portrait.too_near"
    TOO_FAR_LEFT = "portrait.too_far_left"
    TOO_FAR_RIGHT = "portrait.too_far_right"
    TOO_HIGH = "portrait.too_high"
    TOO_LOW = "portrait.too_low"
    TILTED = "portrait.tilted"
    BLURRED = "portrait.blurred"
    TOO_DARK = "portrait.too_dark"
    TOO_BRIGHT = "portrait.too_bright"
    UNEVEN_LIGHT = "portrait.uneven_light"
    BACKGROUND = "portrait.background"


@dataclass(frozen=True, slots=True)
class PortraitLimits:
    """Where a figure turns into a hint.

    Attributes:
        eye_distance: pixels between the eyes at the least. 90: ISO/IEC 19794-5; 240 is good practice at enrolment.
        roll: degrees at the most. 8: ISO/IEC 19794-5:2011.
        overhang: how much of the ideal crop may lie outside the picture, as a fraction of its side. Our own: moved
            by so much, the eyes' line is 0.40 to 0.50 of the height from the top, which ISO/IEC 19794-5 still allows.
        sharpness: variance of the Laplacian at the least. Our own: a synthetic face 290 pixels wide has 12
            when blurred by 1.5 of them.
        brightness: least and greatest mean of the face, of 1. OFIQ: luminance mean, turning points 0.2 and 0.8.
        burnt: fraction of the face at the most that is over-exposed (247 of 255 and above). Our own.
        evenness: darker half of the face to the brighter one at the least. Our own: about 2/5 of a stop.
        background: mean gradient at the most, grey values a pixel. Our own: plain cloth has 0.5, and 4 under heavy
            noise; a blotched studio backdrop has 9.
    """

    eye_distance: float = 90.0
    roll: float = 8.0
    overhang: float = 0.05
    sharpness: float = 12.0
    brightness: tuple[float, float] = (0.20, 0.80)
    burnt: float = 0.06
    evenness: float = 0.75
    background: float = 6.0


@dataclass(frozen=True, slots=True)
class PortraitQuality:
    """What was found in one picture. Figures about a face are 0 where there is none.

    Attributes:
        hints: what to change, most important first; empty is good.
        face: the largest face, as the detector draws it (brow to chin); pixels.
        right_eye, left_eye: centres, the person's right eye first (it is left in the picture); both or none.
        eye_distance: pixels between them.
        roll: degrees by which the line of the eyes falls to the right.
        sharpness: variance of the Laplacian of the face, noise reduced.
        brightness: mean grey of the face, 0 to 1.
        burnt: over-exposed fraction of the face, 0 to 1.
        evenness: darker half of the face to the brighter one, 0 to 1.
        background: mean gradient beside and above the head; 0 where nothing of it can be seen.
        score: 0 to 100, by `algorithm`.
        algorithm: what gave the score.
    """

    hints: tuple[PortraitHint, ...]
    face: Box | None = None
    right_eye: Point | None = None
    left_eye: Point | None = None
    eye_distance: float = 0.0
    roll: float = 0.0
    sharpness: float = 0.0
    brightness: float = 0.0
    burnt: float = 0.0
    evenness: float = 0.0
    background: float = 0.0
    score: int = 0
    algorithm: str = ALGORITHM

    @property
    def acceptable(self) -> bool:
        """Whether there is nothing to change."""
        return not self.hints


# -- the crop

BOX_EYES: Final = (0.5, 0.42)
BOX_EYE_DISTANCE: Final = 0.38
"""Where the detector's box has the eyes, of its sides; measured on synthetic faces and one real one."""


def _ideal_crop(quality: PortraitQuality) -> tuple[float, float, float] | None:
    """Left, top and width of the pass photo, wherever they lie; by the box where no eyes were found."""
    box = quality.face
    if box is None:
        return None
    if quality.right_eye is not None and quality.left_eye is not None:
        middle_x = (quality.right_eye[0] + quality.left_eye[0]) / 2
        middle_y = (quality.right_eye[1] + quality.left_eye[1]) / 2
        distance = quality.eye_distance
    else:
        middle_x, middle_y = box.x + BOX_EYES[0] * box.width, box.y + BOX_EYES[1] * box.height
        distance = BOX_EYE_DISTANCE * box.width
    return crop.ideal((middle_x, middle_y), distance)


# -- the figures


class PortraitAnalyser:
    """Looks at one picture at a time; owned by one thread. Some 15 ms for a 720p picture.

    Args:
        limits: where a figure turns into a hint.
    """

    def __init__(self, limits: PortraitLimits | None = None) -> None:
        self._limits = limits or PortraitLimits()
        self._faces = _cascade("haarcascade_frontalface_alt2.xml")
        self._eyes = _cascade("haarcascade_eye.xml")

    def analyse(self, image: BgrImage) -> PortraitQuality:
        """Find the face, measure it, say what to change."""
        grey = _grey(image)
        small, ratio = reduced(grey, math.sqrt(DETECTION_PIXELS / grey.size))
        faces = self._find_faces(small)
        if not faces:
            dark = float(small.mean()) / 255 < self._limits.brightness[0] / 2
            return PortraitQuality((PortraitHint.NO_FACE, PortraitHint.TOO_DARK)[: 1 + dark])
        x, y, wide, high = (round(side / ratio) for side in faces[0])
        face = Box(x, y, min(wide, grey.shape[1] - x), min(high, grey.shape[0] - y))
        eyes = self._find_eyes(grey, face)
        brightness, burnt, evenness = exposure(grey, face)
        found = PortraitQuality(
            hints=(),
            face=face,
            right_eye=eyes[0] if eyes else None,
            left_eye=eyes[1] if eyes else None,
            eye_distance=math.dist(*eyes) if eyes else 0.0,
            roll=_roll(*eyes) if eyes else 0.0,
            sharpness=sharpness(grey, face),
            brightness=brightness,
            burnt=burnt,
            evenness=evenness,
            background=unrest(small, faces[0]),
        )
        return _judged(found, self._limits, grey.shape[1], grey.shape[0], rivals=len(faces) - 1)

    def _find_faces(self, small: Grey) -> list[tuple[int, int, int, int]]:
        """Boxes of faces that count, the largest first."""
        found, votes = self._vote(small, LEAST_FACE, 0)
        if not len(found):
            found, votes = self._vote(small, FAR_FACE, LEAST_FACE)
        heads: list[tuple[int, int, int, int]] = []
        # a head in a scarf may be seen a second time, larger, with fewer votes
        for index in np.argsort(-np.asarray(votes).ravel(), kind="stable"):
            x, y, wide, high = (int(side) for side in found[index])
            if not any(_overlap((x, y, wide, high), head) for head in heads):
                heads.append((x, y, wide, high))
        heads.sort(key=lambda head: -head[2])
        return [head for head in heads if head[2] >= RIVAL * heads[0][2]]

    def _vote(self, small: Grey, least: int, most: int) -> tuple[Sequence[Sequence[int]], Sequence[int]]:
        """Boxes and how often each was seen; `most` of 0 is without limit."""
        found, votes = self._faces.detectMultiScale2(
            small, scaleFactor=1.15, minNeighbors=3, minSize=(least, least), maxSize=(most, most)
        )
        return found, votes

    def _find_eyes(self, grey: Grey, face: Box) -> tuple[Point, Point] | None:
        """The person's right eye and left eye."""
        top, bottom = face.y + face.height // 6, face.y + (face.height * 3) // 5
        part, ratio = reduced(grey[top:bottom, face.x : face.x + face.width], EYES_FACE / face.width)
        wide = part.shape[1]
        least, most = max(12, wide // 7), (wide * 2) // 5
        found = self._eyes.detectMultiScale(
            part, scaleFactor=1.1, minNeighbors=4, minSize=(least, least), maxSize=(most, most)
        )
        centres = [(x + w / 2, y + h / 2) for x, y, w, h in found]
        pairs = [(right, left) for right, left in product(centres, centres) if _plausible(right, left, wide)]
        if not pairs:
            return None
        right, left = min(pairs, key=lambda pair: _strangeness(pair[0], pair[1], wide))
        radius = 0.16 * (left[0] - right[0])
        pupils = [_pupil(part, eye, radius) for eye in (right, left)]
        (rx, ry), (lx, ly) = [(face.x + x / ratio, top + y / ratio) for x, y in pupils]
        return (rx, ry), (lx, ly)


def _cascade(name: str) -> cv2.CascadeClassifier:
    return cv2.CascadeClassifier(str(CASCADES / name))


def _grey(image: BgrImage) -> Grey:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)


def _overlap(box: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    """Whether the centre of the smaller lies in the larger."""
    (x, y, wide, high), (left, top, width, height) = sorted((box, other), key=lambda each: each[2])
    return left < x + wide / 2 < left + width and top < y + high / 2 < top + height


def _plausible(right: Point, left: Point, face_width: int) -> bool:
    apart, drop = left[0] - right[0], abs(left[1] - right[1])
    return 0.25 * face_width < apart < 0.6 * face_width and drop < 0.45 * apart


def _strangeness(right: Point, left: Point, face_width: int) -> float:
    """How far a pair lies from where the eyes of an upright face would be."""
    apart = math.dist(right, left) / face_width
    middle = (right[0] + left[0]) / 2 / face_width
    level = (right[1] + left[1]) / 2 / face_width
    return abs(apart - BOX_EYE_DISTANCE) + abs(middle - BOX_EYES[0]) + abs(level - (BOX_EYES[1] - 1 / 6))


def _pupil(part: Grey, eye: Point, radius: float) -> Point:
    """Centre of the dark that is the iris; the detector's box is off by a tenth of its size."""
    x0, y0 = max(0, round(eye[0] - radius)), max(0, round(eye[1] - radius))
    window = part[y0 : round(eye[1] + radius) + 1, x0 : round(eye[0] + radius) + 1].astype(np.float32)
    dark = np.clip(np.percentile(window, 18) - window, 0, None)
    weight = float(dark.sum())
    if weight <= 0:
        return eye
    x = float((dark.sum(axis=0) * np.arange(window.shape[1])).sum()) / weight
    y = float((dark.sum(axis=1) * np.arange(window.shape[0])).sum()) / weight
    return x0 + x, y0 + y


def _roll(right: Point, left: Point) -> float:
    return math.degrees(math.atan2(left[1] - right[1], left[0] - right[0]))


# -- the judgement


def _judged(found: PortraitQuality, limits: PortraitLimits, width: int, height: int, *, rivals: int) -> PortraitQuality:
    """The same with hints and score."""
    seen = found.eye_distance > 0
    dark, bright = limits.brightness
    verdicts = {
        PortraitHint.SEVERAL_FACES: rivals > 0,
        PortraitHint.EYES_UNSEEN: not seen,
        PortraitHint.TOO_SMALL: seen and found.eye_distance < limits.eye_distance,
        **_placing(found, limits, width, height),
        PortraitHint.TILTED: abs(found.roll) > limits.roll,
        PortraitHint.BLURRED: found.sharpness < limits.sharpness,
        PortraitHint.TOO_DARK: found.brightness < dark,
        PortraitHint.TOO_BRIGHT: found.brightness > bright or found.burnt > limits.burnt,
        PortraitHint.UNEVEN_LIGHT: found.evenness < limits.evenness,
        PortraitHint.BACKGROUND: found.background > limits.background,
    }
    hints = tuple(hint for hint in PortraitHint if verdicts.get(hint, False))
    return replace(found, hints=hints, score=_score(found, limits))


def _placing(found: PortraitQuality, limits: PortraitLimits, width: int, height: int) -> dict[PortraitHint, bool]:
    """Whether the ideal crop lies inside the picture, and if not, which way the person should move."""
    ideal = _ideal_crop(found)
    if ideal is None:
        return {}
    left, top, wide = ideal
    high = crop.ASPECT * wide
    over_x, over_y = limits.overhang * wide, limits.overhang * high
    too_near = wide > width + over_x or high > height + over_y
    return {
        PortraitHint.TOO_NEAR: too_near,
        PortraitHint.TOO_FAR_LEFT: not too_near and left < -over_x,
        PortraitHint.TOO_FAR_RIGHT: not too_near and left + wide > width + over_x,
        PortraitHint.TOO_HIGH: not too_near and top < -over_y,
        PortraitHint.TOO_LOW: not too_near and top + high > height + over_y,
    }


def _score(found: PortraitQuality, limits: PortraitLimits) -> int:
    """Geometric mean of what counts for recognition, the worst of it weighing most; 0 without eyes.

    The order of weight is that of BSI's evaluation of OFIQ: pose, then sharpness and size, then light, background last.
    """
    if not found.eye_distance:
        return 0
    light = _rise(found.brightness, 0.2, 0.05) * (1 - _rise(found.brightness, 0.8, 0.05))
    parts = (
        (3.0, math.cos(math.radians(min(90.0, 3 * abs(found.roll))))),
        (2.0, _rise(found.sharpness, limits.sharpness, limits.sharpness / 3)),
        (2.0, _rise(found.eye_distance, 70, 20)),  # OFIQ's curve
        (1.0, light * (1 - min(1.0, 4 * found.burnt))),  # OFIQ's curve of the mean
        (1.0, min(1.0, found.evenness / 0.9)),
        (0.5, 1 - _rise(found.background, 2 * limits.background, limits.background / 2)),
    )
    total = sum(weight for weight, _ in parts)
    return round(100 * math.exp(sum(weight * math.log(max(1e-6, part)) for weight, part in parts) / total))


def _rise(value: float, middle: float, width: float) -> float:
    """The logistic curve through a half at `middle`."""
    return 1 / (1 + math.exp(min(50.0, (middle - value) / width)))
