"""What the simulated camera sees: a round of JPEG pictures of a scene, rendered and encoded beforehand.

The scene is rendered once; each picture of the round is a warp of it, so that a camera of 30 frames a second costs its
machine nothing but the sending.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from devices.camera import BgrImage
from devices.opencv_import import cv2
from devices.simulation.face import FaceTraits, FaceTruth, render_face

SIZE: Final = (1280, 720)
FRAMES: Final = 32
"""Pictures of one round: a breath of a second at 30 a second."""
STILL_FRAMES: Final = 4
"""Of one in which nothing moves: the sensor's noise alone differs."""
SENSOR: Final = 1.5
GRAINY: Final = 40.0
"""Standard deviations of the noise, in grey values: as it should be, and in the dark with the gain turned up."""
JPEG_QUALITY: Final = 90
SMALL: Final = (640, 360)

Scene = FaceTraits | BgrImage | None
"""A synthetic person; a picture, shown as it is; or nobody in front of the backdrop."""


class CameraFault(StrEnum):
    """What may be wrong with a camera that is plugged in."""

    FREEZE = "freeze"
    """No frame comes any more; the connection stands."""
    STUCK = "stuck"
    """The same frame comes again and again."""
    BLACK = "black"
    """Something covers the lens."""
    SLOW = "slow"
    """Two frames a second."""
    SMALL = "small"
    """Frames of 640 x 360 pixels."""
    NOISE = "noise"
    """Coarse grain all over, in every frame another."""
    GARBLED = "garbled"
    """No frame is a picture."""


@dataclass(frozen=True, slots=True)
class Round:
    """Pictures to be sent round and round, and where things are in them.

    Attributes:
        size: width and height, pixels.
        pictures: JPEG.
        truth: of the scene before it sways, in the pixels of these pictures; None where nobody is in it.
    """

    size: tuple[int, int]
    pictures: tuple[bytes, ...]
    truth: FaceTruth | None


def picture_round(scene: Scene, fault: CameraFault | None, *, sway: bool) -> Round:
    """Render and encode; some 0.2 s, and 0.6 s more for each new person."""
    if isinstance(scene, np.ndarray):
        image, truth = scene, None
    else:
        rendered = render_face(scene, *SIZE)
        image, truth = rendered.image, rendered.truth
    match fault:
        case CameraFault.BLACK:
            image, truth = np.zeros_like(image), None
        case CameraFault.SMALL:
            image, truth = np.asarray(cv2.resize(image, SMALL, interpolation=cv2.INTER_AREA), dtype=np.uint8), None
        case _:
            pass
    size = (image.shape[1], image.shape[0])
    if fault is CameraFault.GARBLED:
        return Round(size, tuple(np.random.default_rng(step).bytes(20_000) for step in range(STILL_FRAMES)), None)
    frames = FRAMES if sway else STILL_FRAMES
    moved = (_swayed(image, step / frames) if sway else image for step in range(frames))
    noise = GRAINY if fault is CameraFault.NOISE else 0.0 if sway else SENSOR
    return Round(size, tuple(_jpeg(_grained(each, noise, step)) for step, each in enumerate(moved)), truth)


def _swayed(image: BgrImage, phase: float) -> BgrImage:
    """The scene as a person who sits still shows it: 0.3 % of the width to and fro, 0.3 degrees, breathing."""
    height, width = image.shape[:2]
    turn = 2 * math.pi * phase
    matrix = cv2.getRotationMatrix2D((width / 2, height), 0.3 * math.sin(turn), 1 + 0.002 * math.cos(turn))
    matrix[0, 2] += 0.003 * width * math.sin(turn)
    moved = cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.uint8)


def _grained(image: BgrImage, noise: float, seed: int) -> BgrImage:
    if not noise:
        return image
    grain = np.random.default_rng(seed).normal(0, noise, (*image.shape[:2], 1)).astype(np.float32)
    return np.asarray(np.clip(image + grain, 0, 255), dtype=np.uint8)


def _jpeg(image: BgrImage) -> bytes:
    encoded, jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    if not encoded:
        raise ValueError("the scene is no picture that JPEG can hold")
    return jpeg.tobytes()
