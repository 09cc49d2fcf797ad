"""Who is in the picture: by the cascades that OpenCV brings, or by a YuNet network where a model file is at hand.

Either gives boxes as the cascade draws them, brow to chin, and where it can the place of the eyes, roughly: the
irises are found by `devices.camera.eyes`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from devices.camera import BgrImage
from devices.camera.hints import Point
from devices.camera.measures import Box, Grey, reduced
from devices.errors import TechnicianNeededError
from devices.opencv_import import CASCADES, cv2

CASCADE: Final = "cascade"
LEAST_FACE: Final = 90
"""Width in pixels of the smallest face that is sought first: a seventh of the width of a picture of 640, and three
quarters of what a face should have. Small ones cost most."""
FAR_FACE: Final = 40
"""And of the smallest that is sought where there was none: somebody stands too far away."""
EYES_FACE: Final = 130
"""Width in pixels to which a face is reduced before its eyes are sought."""
RIVAL: Final = 0.65
"""A second face counts from this fraction of the first one's width: smaller ones are passers-by and pictures."""
BOX_EYES: Final = (0.5, 0.42)
BOX_EYE_DISTANCE: Final = 0.38
"""Where the cascade's box has the eyes, of its sides; measured on synthetic faces and one real one."""
LIFT: Final = 0.4
"""Exponent of the curve that lifts shadows: with it all of 500 synthetic faces in 0.3 to 1.5 of a good light are found,
3 in 100 are missed without."""
YUNET_SCORE: Final = 0.7
YUNET_OVERLAP: Final = 0.3
"""Of OpenCV's own sample, the first a little lower: a face before a counter is near and frontal."""
LEAST_APART: Final = 8.0
"""Pixels from eye to eye, across, of a face that a network may see: what is smaller or upside down is none."""


@dataclass(frozen=True, slots=True)
class Head:
    """A face that was found.

    Attributes:
        box: as the cascade draws it, brow to chin; pixels, within the picture.
        eyes: the person's right eye and left eye, roughly, where the detector tells them at once.
    """

    box: Box
    eyes: tuple[Point, Point] | None = None


class Detector(ABC):
    """Owned by one thread."""

    @abstractmethod
    def heads(self, image: BgrImage, grey: Grey, small: Grey, ratio: float) -> list[Head]:
        """Those that count, the largest first, in pixels of the whole picture.

        Args:
            image: the picture.
            grey: without colour.
            small: the same reduced by `ratio`, for those who need no more.
            ratio: at most 1.
        """

    @abstractmethod
    def eyes(self, grey: Grey, head: Head) -> tuple[Point, Point] | None:
        """Of one of these heads the person's right eye and left eye, roughly; None where there is no likely pair."""


def detector(name: str) -> Detector:
    """By what the settings say: "cascade", or the path of a YuNet model.

    Raises:
        TechnicianNeededError: `camera.detector_unreadable`: no such file, or no YuNet model in it.
    """
    return Cascades() if name == CASCADE else YuNet(Path(name))


class Cascades(Detector):
    """Viola and Jones's, as trained by Lienhart (faces) and Hameed (eyes); some 4 ms each."""

    def __init__(self) -> None:
        self._faces = cv2.CascadeClassifier(str(CASCADES / "haarcascade_frontalface_alt2.xml"))
        self._eyes = cv2.CascadeClassifier(str(CASCADES / "haarcascade_eye.xml"))

    def heads(self, image: BgrImage, grey: Grey, small: Grey, ratio: float) -> list[Head]:  # noqa: ARG002 - grey does
        return [Head(_within(*(side / ratio for side in box), grey=grey)) for box in self._boxes(small)]

    def _boxes(self, small: Grey) -> list[tuple[int, int, int, int]]:
        """Boxes of faces that count, the largest first."""
        small = np.asarray(cv2.blur(lifted(small), (3, 3)), np.uint8)
        found, votes = self._vote(small, LEAST_FACE, 0)
        if not len(found):
            found, votes = self._vote(small, FAR_FACE, LEAST_FACE)
        boxes: list[tuple[int, int, int, int]] = []
        # a head in a scarf may be seen a second time, larger, with fewer votes
        for index in np.argsort(-np.asarray(votes).ravel(), kind="stable"):
            x, y, wide, high = (int(side) for side in found[index])
            if not any(_overlap((x, y, wide, high), box) for box in boxes):
                boxes.append((x, y, wide, high))
        return _rivals(boxes)

    def _vote(self, small: Grey, least: int, most: int) -> tuple[Sequence[Sequence[int]], Sequence[int]]:
        """Boxes and how often each was seen; `most` of 0 is without limit."""
        found, votes = self._faces.detectMultiScale2(
            small, scaleFactor=1.2, minNeighbors=3, minSize=(least, least), maxSize=(most, most)
        )
        return found, votes

    def eyes(self, grey: Grey, head: Head) -> tuple[Point, Point] | None:
        face = head.box
        top, bottom = face.y + face.height // 6, face.y + (face.height * 3) // 5
        part, ratio = reduced(grey[top:bottom, face.x : face.x + face.width], EYES_FACE / face.width)
        part = lifted(part)
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
        return (
            (face.x + right[0] / ratio, top + right[1] / ratio),
            (face.x + left[0] / ratio, top + left[1] / ratio),
        )


class YuNet(Detector):
    """OpenCV's adapter of that network. No model comes with the program or has ever been tried with it.

    Args:
        model: its ONNX file.

    Raises:
        TechnicianNeededError: `camera.detector_unreadable`.
    """

    def __init__(self, model: Path) -> None:
        try:
            weights = np.frombuffer(model.read_bytes(), np.uint8)
            self._net = cv2.FaceDetectorYN.create(
                "onnx", weights, np.empty(0, np.uint8), (320, 320), YUNET_SCORE, YUNET_OVERLAP
            )
            self.heads(*_nobody())  # a network of another kind shows itself at the first picture
        except OSError as error:
            raise TechnicianNeededError("camera.detector_unreadable", type(error).__name__) from None
        except cv2.error as error:
            raise TechnicianNeededError("camera.detector_unreadable", f"OpenCV {error.code}") from None

    def _rows(self, image: BgrImage) -> NDArray[np.float32] | None:
        """A row a face; OpenCV gives None where there is none, whatever its stub says."""
        found: NDArray[np.float32] | None = self._net.detect(image)[1]  # type: ignore[assignment]  # the stub lacks None
        return found

    def heads(self, image: BgrImage, grey: Grey, small: Grey, ratio: float) -> list[Head]:
        size = (small.shape[1], small.shape[0])
        self._net.setInputSize(size)
        rows = self._rows(np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8))
        if rows is None:
            return []
        heads = [_head(row.astype(float) / ratio, grey) for row in rows if row[6] - row[4] > LEAST_APART]
        largest = max((head.box.width for head in heads), default=0)
        heads.sort(key=lambda head: -head.box.width)
        return [head for head in heads if head.box.width >= RIVAL * largest]

    def eyes(self, grey: Grey, head: Head) -> tuple[Point, Point] | None:  # noqa: ARG002 - the network has told them
        return head.eyes


def _head(row: NDArray[np.float64], grey: Grey) -> Head:
    """From x, y, width, height, right eye, left eye, nose and mouth of YuNet, in pixels of the whole picture."""
    right, left = (float(row[4]), float(row[5])), (float(row[6]), float(row[7]))
    apart = float(np.hypot(left[0] - right[0], left[1] - right[1]))
    # its own box reaches from the hair's edge to the chin: one of the cascade's kind follows from the eyes
    side = max(8.0, apart / BOX_EYE_DISTANCE)
    x, y = (right[0] + left[0]) / 2 - BOX_EYES[0] * side, (right[1] + left[1]) / 2 - BOX_EYES[1] * side
    return Head(_within(x, y, side, side, grey=grey), (right, left))


def expected_eyes(box: Box) -> tuple[Point, Point]:
    """Where an upright face has them."""
    x, y = box.x + BOX_EYES[0] * box.width, box.y + BOX_EYES[1] * box.height
    half = BOX_EYE_DISTANCE * box.width / 2
    return (x - half, y), (x + half, y)


def lifted(grey: Grey) -> Grey:
    """With its shadows lifted, so that a face in a bad light has as much contrast as another one."""
    brightest = max(1.0, float(np.percentile(grey[::4, ::4], 99)))
    curve = 255 * np.clip(np.arange(256) / brightest, 0, 1) ** LIFT
    return np.asarray(cv2.LUT(grey, curve.astype(np.uint8)), np.uint8)


def _nobody() -> tuple[BgrImage, Grey, Grey, float]:
    grey = np.zeros((96, 96), np.uint8)
    return np.zeros((96, 96, 3), np.uint8), grey, grey, 1.0


def _within(x: float, y: float, wide: float, high: float, *, grey: Grey) -> Box:
    """Cut to the picture."""
    left, top = min(max(0, round(x)), grey.shape[1] - 1), min(max(0, round(y)), grey.shape[0] - 1)
    return Box(
        left,
        top,
        max(1, min(round(x + wide), grey.shape[1]) - left),
        max(1, min(round(y + high), grey.shape[0]) - top),
    )


def _rivals(boxes: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    boxes = sorted(boxes, key=lambda box: -box[2])
    return [box for box in boxes if box[2] >= RIVAL * boxes[0][2]]


def _overlap(box: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    """Whether the centre of the smaller lies in the larger."""
    (x, y, wide, high), (left, top, width, height) = sorted((box, other), key=lambda each: each[2])
    return left < x + wide / 2 < left + width and top < y + high / 2 < top + height


def _plausible(right: Point, left: Point, face_width: int) -> bool:
    apart, drop = left[0] - right[0], abs(left[1] - right[1])
    return 0.25 * face_width < apart < 0.6 * face_width and drop < 0.45 * apart


def _strangeness(right: Point, left: Point, face_width: int) -> float:
    """How far a pair lies from where the eyes of an upright face would be."""
    apart = float(np.hypot(left[0] - right[0], left[1] - right[1])) / face_width
    middle = (right[0] + left[0]) / 2 / face_width
    level = (right[1] + left[1]) / 2 / face_width
    return abs(apart - BOX_EYE_DISTANCE) + abs(middle - BOX_EYES[0]) + abs(level - (BOX_EYES[1] - 1 / 6))
