"""What is told of one picture: what to change, how each check went, where the face and its eyes are."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from devices.camera.measures import Box

ALGORITHM: Final = "ktpel-portrait-2"
"""Goes with every score: scores of different algorithms are not comparable."""

Point = tuple[float, float]
"""Right and down from the upper left corner, pixels."""


class PortraitHint(StrEnum):
    """What the person or the operator can change, most important first. Left and right are those of the picture."""

    NO_FACE = "portrait.no_face"
    """Nobody is seen."""
    SEVERAL_FACES = "portrait.several_faces"
    """Somebody else is nearly as large."""
    EYES_UNSEEN = "portrait.eyes_unseen"
    """Neither an open eye nor a closed one is made out on one side at least: hair, a hand, dark glasses."""
    EYES_CLOSED = "portrait.eyes_closed"
    """One eye at least is shut, or nearly."""
    TOO_SMALL = "portrait.too_small"
    """Too far from the camera."""
    TOO_NEAR = "portrait.too_near"
    """The pass photo does not fit into the picture."""
    TOO_FAR_LEFT = "portrait.too_far_left"
    """The face is too near the picture's left edge: the person has to move towards its right."""
    TOO_FAR_RIGHT = "portrait.too_far_right"
    """And towards its left."""
    TOO_HIGH = "portrait.too_high"
    """The face is too near the upper edge."""
    TOO_LOW = "portrait.too_low"
    """The face is too near the lower edge."""
    TILTED = "portrait.tilted"
    """The head leans to a shoulder."""
    TURNED = "portrait.turned"
    """The face looks past the camera, to either side."""
    BLURRED = "portrait.blurred"
    """Moved, or out of focus."""
    TOO_DARK = "portrait.too_dark"
    """Too little light on the face."""
    TOO_BRIGHT = "portrait.too_bright"
    """Too much."""
    UNEVEN_LIGHT = "portrait.uneven_light"
    """One side of the face is much darker than the other."""
    GLARE = "portrait.glare"
    """A lamp is mirrored on the skin or in glasses."""
    BACKGROUND = "portrait.background"
    """What is behind the head is not plain."""
    BACKGROUND_COLOUR = "portrait.background_colour"
    """It is not the cloth that was asked for."""


@dataclass(frozen=True, slots=True)
class Check:
    """How one check went.

    Attributes:
        name: of the check, as in the profile.
        value: what was measured, in the unit that the profile tells.
        score: 0 to 100; about 50 at the bound from which there is a hint.
        hint: what to change, or None.
    """

    name: str
    value: float
    score: float
    hint: PortraitHint | None = None


@dataclass(frozen=True, slots=True)
class PortraitQuality:
    """What was found in one picture. Figures about a face are 0 where there is none.

    Attributes:
        hints: what to change, most important first; empty is good.
        face: the largest face, as the detector draws it (brow to chin); pixels.
        right_eye, left_eye: centres of the irises, or of the lids where they are closed; the person's right eye first
            (it is left in the picture); both or none.
        eye_distance: pixels between them.
        roll: degrees by which the line of the eyes falls to the right.
        score: 0 to 100, by `algorithm`.
        checks: every check that could be made, in the order of the hints.
        algorithm: what gave the score.
    """

    hints: tuple[PortraitHint, ...]
    face: Box | None = field(default=None, repr=False)
    right_eye: Point | None = field(default=None, repr=False)
    left_eye: Point | None = field(default=None, repr=False)
    eye_distance: float = field(default=0.0, repr=False)
    roll: float = field(default=0.0, repr=False)
    score: int = field(default=0, repr=False)
    checks: tuple[Check, ...] = field(default=(), repr=False)
    algorithm: str = ALGORITHM

    @property
    def acceptable(self) -> bool:
        """Whether there is nothing to change."""
        return not self.hints

    def value(self, name: str) -> float | None:
        """What the check of this name measured; None where it could not be made."""
        return next((check.value for check in self.checks if check.name == name), None)
