"""A synthetic person in front of a backdrop, for cameras without anybody there: shaded shapes with known eyes.

Nobody's likeness. The same traits give the same picture. Head and shoulders are modelled once a person
(`face_model`), then put into the picture by an affine map, so that the truth about eyes and head follows by the map.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from devices.camera.backdrop import Backdrop
from devices.opencv_import import cv2
from devices.simulation.face_canvas import HALF_WIDTH, SCALE, TOP, Plane, Point, plane
from devices.simulation.face_model import CHIN, CROWN, EYE_X, Headwear, figure, turn

__all__ = ["CLOTH", "Backdrop", "FaceTraits", "FaceTruth", "Portrait", "render_face"]

Bgr = NDArray[np.uint8]


CLOTH: Final = {
    Backdrop.RED: (38, 28, 176),
    Backdrop.BLUE: (168, 92, 24),
    Backdrop.ORANGE: (40, 120, 226),
}


LAMP: Final = 600.0
"""Grey value of a lamp's image, where white paper has 255: in the picture they are alike."""
MIRRORED: Final = (
    (0.10, -0.14, 0.17, 0.06, 35.0),
    (1.10, -0.14, 0.17, 0.06, 35.0),
    (0.40, -0.62, 0.14, 0.08, 0.0),
    (1.12, 0.42, 0.08, 0.11, 0.0),
)
"""A lamp's images, from the right eye in distances of the eyes: right and down, half width, half height; slant."""


@dataclass(frozen=True, slots=True)
class FaceTraits:
    """A person as the camera meets one.

    Attributes:
        seed: proportions, skin, hair and clothes.
        headwear: what is on the head.
        backdrop: the cloth behind.
        head_height: crown to chin, as a fraction of the picture's height.
        centre: the point between the eyes, as fractions of the picture's width and height.
        roll: degrees that the head leans to the viewer's right.
        yaw: how far it is turned to the viewer's right, 1 being about 20 degrees.
        light: brightness, 1 being well lit.
        side_light: light from one side: 0 is even, 1 is dark on the viewer's left, -1 on the right.
        eyes_open: 1 is open, 0 closed.
        glare: a lamp mirrored on forehead and cheek, and in the glasses before both eyes; 0 is none, 1 is white.
        clutter: what hangs behind instead of plain cloth: 0 is nothing, 1 is a room full of things.
        blur: out of focus, standard deviation in thousandths of the picture's height.
        noise: the sensor's, standard deviation in grey values.
        beside: somebody else in the same picture, behind; of their traits those of the person count, and the place.
    """

    seed: int = 0
    headwear: Headwear = Headwear.SHORT_HAIR
    backdrop: Backdrop = Backdrop.RED
    head_height: float = 0.52
    centre: Point = (0.5, 0.46)
    roll: float = 0.0
    yaw: float = 0.0
    light: float = 1.0
    side_light: float = 0.0
    eyes_open: float = 1.0
    glare: float = 0.0
    clutter: float = 0.0
    blur: float = 0.0
    noise: float = 1.5
    beside: FaceTraits | None = None


@dataclass(frozen=True, slots=True)
class FaceTruth:
    """Where things are in the picture, in pixels.

    Attributes:
        right_eye, left_eye: centres of the pupils, the person's right eye first (it is left in the picture).
        crown, chin: ends of the head.
        box: x, y, width and height of the upright head without hair or ears.
    """

    right_eye: Point
    left_eye: Point
    crown: Point
    chin: Point
    box: tuple[float, float, float, float]

    @property
    def eye_distance(self) -> float:
        """Between the pupils, in pixels."""
        return math.dist(self.right_eye, self.left_eye)


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A picture and the truth about it.

    Attributes:
        image: the pixels.
        truth: about the person; None where nobody is in it.
        beside: about somebody else, where there is one.
    """

    image: Bgr = field(repr=False)
    truth: FaceTruth | None
    beside: FaceTruth | None = None


def render_face(traits: FaceTraits | None, width: int = 1280, height: int = 720) -> Portrait:
    """Draw a person, or with None the empty red cloth; some 40 ms, and 0.6 s more for each new person.

    Args:
        traits: the person.
        width: of the picture, pixels.
        height: of the picture, pixels.
    """
    chosen = traits or FaceTraits()
    canvas = _cloth(chosen.backdrop, width, height).copy()
    if chosen.clutter:
        canvas += chosen.clutter * (_room(chosen.seed, width, height) - canvas)
    truth = beside = None
    if traits is not None:
        if traits.beside is not None:
            canvas, beside = _placed(canvas, traits.beside)
        canvas, truth = _placed(canvas, traits)
        if traits.glare:
            _mirror(canvas, truth, traits.glare)
        if traits.side_light:
            across = (np.arange(width, dtype=np.float32) - traits.centre[0] * width) / (
                0.4 * traits.head_height * height
            )
            canvas *= np.clip(1 + 1.1 * traits.side_light * np.clip(across, -1.5, 1.5), 0.1, 1.2)[None, :, None]
        canvas *= np.float32(traits.light)
    if chosen.blur:
        canvas = plane(cv2.GaussianBlur(canvas, (0, 0), chosen.blur * height / 1000))
    if chosen.noise:
        grain = np.random.default_rng(chosen.seed).standard_normal((height, width, 1), np.float32)
        canvas += np.float32(chosen.noise) * grain
    return Portrait(np.clip(canvas, 0, 255).astype(np.uint8), truth, beside)


# -- the picture


@lru_cache(maxsize=3)
def _cloth(backdrop: Backdrop, width: int, height: int) -> Plane:
    """Plain cloth, a little darker towards the corners as a lens shows it; not to be written."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    shade = 1.0 - 0.10 * (x * x + 0.7 * y * y)
    cloth = plane(shade[..., None] * np.array(CLOTH[backdrop], np.float32))
    cloth.setflags(write=False)
    return cloth


def _room(seed: int, width: int, height: int) -> Plane:
    """Things of many colours on a wall, a little out of focus."""
    rng = np.random.default_rng(seed + 2)
    wall = np.full((height, width, 3), rng.integers(90, 200, 3), np.uint8)
    for x, y in rng.uniform(-0.05, 1.0, (70, 2)) * (width, height):
        size = rng.uniform(0.03, 0.16, 2) * height
        corner = (round(x + size[0]), round(y + size[1]))
        cv2.rectangle(wall, (round(x), round(y)), corner, rng.integers(20, 240, 3).tolist(), -1)
    return plane(cv2.GaussianBlur(wall, (0, 0), 0.002 * height))


def _placed(canvas: Plane, traits: FaceTraits) -> tuple[Plane, FaceTruth]:
    """A person before what is there already, and where they are."""
    height, width = canvas.shape[:2]
    person = figure(traits.seed, traits.headwear, traits.yaw, traits.eyes_open)
    matrix = _placement(traits, width, height)
    area = cv2.INTER_AREA if traits.head_height * height < SCALE / 2 else cv2.INTER_LINEAR
    placed = cv2.warpAffine(person, matrix, (width, height), flags=area, borderMode=cv2.BORDER_CONSTANT)
    # the figure carries its coverage in a fourth plane, its colours multiplied by it
    return plane(canvas * (1 - placed[..., 3:]) + placed[..., :3]), _truth(matrix, traits.yaw)


def _mirror(canvas: Plane, truth: FaceTruth, strength: float) -> None:
    """Paint the lamp's images: a slanted pane in each glass, a spot on forehead and cheek."""
    distance = truth.eye_distance
    (right_x, right_y), (left_x, left_y) = truth.right_eye, truth.left_eye
    cos, sin = (left_x - right_x) / distance, (left_y - right_y) / distance
    mask = np.zeros(canvas.shape[:2], np.uint8)
    for u, v, wide, high, slant in MIRRORED:
        centre = right_x + distance * (u * cos - v * sin), right_y + distance * (u * sin + v * cos)
        size = (2 * wide * distance, 2 * high * distance)
        cv2.ellipse(mask, (centre, size, slant + math.degrees(math.atan2(sin, cos))), 255, -1, cv2.LINE_AA)
    top, bottom = max(0, round(min(right_y, left_y) - distance)), max(0, round(max(right_y, left_y) + distance))
    cover = cv2.GaussianBlur(mask[top:bottom].astype(np.float32), (0, 0), 0.02 * distance)[..., None]
    canvas[top:bottom] += (LAMP - canvas[top:bottom]) * cover * np.float32(strength / 255)


def _placement(traits: FaceTraits, width: int, height: int) -> NDArray[np.float64]:
    """From the figure's pixels to the picture's."""
    ratio = traits.head_height * height / SCALE
    angle = math.radians(traits.roll)
    cos, sin = ratio * math.cos(angle), ratio * math.sin(angle)
    origin_x, origin_y = HALF_WIDTH * SCALE, -TOP * SCALE
    matrix = np.array([[cos, -sin, 0.0], [sin, cos, 0.0]])
    matrix[:, 2] = np.array([traits.centre[0] * width, traits.centre[1] * height]) - matrix[:, :2] @ (
        origin_x,
        origin_y,
    )
    return matrix


def _truth(matrix: NDArray[np.float64], yaw: float) -> FaceTruth:
    def place(u: float, v: float) -> Point:
        x, y = matrix @ ((u + HALF_WIDTH) * SCALE, (v - TOP) * SCALE, 1.0)
        return float(x), float(y)

    shift = turn(yaw)
    corners = [place(u, v) for u in (-0.33, 0.33) for v in (CROWN, CHIN)]
    left, top = (min(values) for values in zip(*corners, strict=True))
    right, bottom = (max(values) for values in zip(*corners, strict=True))
    return FaceTruth(
        right_eye=place(-EYE_X + shift, 0.0),
        left_eye=place(EYE_X + shift, 0.0),
        crown=place(0.0, CROWN),
        chin=place(0.5 * shift, CHIN),
        box=(left, top, right - left, bottom - top),
    )
