"""What the capture loop needs to know of a portrait: where the face is, figures, and hints for the person.

Guidance, not conformance: the measures follow ISO/IEC 29794-5 as its open reference implementation (OFIQ) computes
them, on a face box and two eyes instead of landmarks, and no figure in here has been calibrated on real applicants.
What outlives the capture (matching, encoding) is the business of the station's biometrics.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from devices.camera import BgrImage, detectors
from devices.camera import checks as ch
from devices.camera.backdrop import Backdrop
from devices.camera.detectors import BOX_EYE_DISTANCE, Head, expected_eyes
from devices.camera.eyes import IRIS, SURE, Eye, find_eyes
from devices.camera.hints import ALGORITHM, Check, Point, PortraitHint, PortraitQuality
from devices.camera.limits import PortraitLimits
from devices.camera.measures import Box, Grey, behind, coarse, glare, light, reduced, sharpness, unrest
from devices.camera.turn import turn
from devices.opencv_import import cv2

__all__ = ["ALGORITHM", "Check", "PortraitAnalyser", "PortraitHint", "PortraitLimits", "PortraitQuality"]

DETECTION_PIXELS: Final = 640 * 360
"""Faces are sought in at most so many pixels."""
CLOTH_STEP: Final = 8
"""The colour of what is behind is that of squares of so many pixels."""


class PortraitAnalyser:
    """Looks at one picture at a time; owned by one thread. Some 10 ms of a processor for a 720p picture.

    Args:
        limits: where a figure turns into a hint; those of the program where none are given.
        detector: "cascade", or the path of a YuNet model.

    Raises:
        TechnicianNeededError: `camera.detector_unreadable`: no such file, or no YuNet model in it.
    """

    def __init__(self, limits: PortraitLimits | None = None, detector: str = "cascade") -> None:
        self._limits = limits or PortraitLimits.standard()
        self._detector = detectors.detector(detector)

    def analyse(self, image: BgrImage, backdrop: Backdrop | None = None) -> PortraitQuality:
        """Find the face, measure it, say what to change.

        Args:
            image: the picture.
            backdrop: the cloth that should be behind; None asks for none.
        """
        grey = _grey(image)
        small, ratio = reduced(grey, math.sqrt(DETECTION_PIXELS / grey.size))
        heads = self._detector.heads(image, grey, small, ratio)
        if not heads:
            return self._nobody(small)
        face = heads[0].box
        eyes = self._eyes(grey, heads[0])
        centres = (eyes[0].centre, eyes[1].centre) if eyes else None
        distance = math.dist(*centres) if centres else BOX_EYE_DISTANCE * face.width
        roll = _roll(*centres) if centres else 0.0
        place = ch.placing(face, centres, grey.shape[1], grey.shape[0])
        lit = light(grey, face)
        figures: dict[str, float | None] = {
            "eyes_open": min(eye.openness for eye in eyes) if eyes else None,
            "eye_distance": distance if eyes else None,
            "head_size": place.head_size,
            "across": place.across,
            "down": place.down,
            "roll": roll if eyes else None,
            "turn": turn(grey, centres) if centres else None,
            "sharpness": sharpness(grey, face),
            "brightness": lit.brightness,
            "dark": lit.dark,
            "burnt": lit.burnt,
            "evenness": lit.evenness,
            "glare": glare(grey, face, distance),
            "background": unrest(small, face.scaled(ratio)),
            "background_colour": self._of_cloth(image, backdrop, face),
        }
        made = (
            ch.face_count(len(heads)),
            ch.eyes_seen(eyes is not None),
            *(
                ch.judged(name, value, getattr(self._limits, name))
                for name, value in figures.items()
                if value is not None
            ),
        )
        return PortraitQuality(
            hints=ch.hints(made),
            face=face,
            right_eye=centres[0] if centres else None,
            left_eye=centres[1] if centres else None,
            eye_distance=distance if eyes else 0.0,
            roll=roll,
            score=ch.overall(made, self._limits),
            checks=made,
        )

    def _eyes(self, grey: Grey, head: Head) -> tuple[Eye, Eye] | None:
        """The person's right eye and left eye, open or shut; where a face has them, else where the detector does."""
        guess = find_eyes(grey, head.eyes or expected_eyes(head.box))
        if min(eye.openness for eye in guess) >= SURE:
            return guess
        near = self._detector.eyes(grey, head)
        if near is not None:
            pair = find_eyes(grey, near)
            if min(eye.openness for eye in pair) >= IRIS:
                return pair
        return guess if all(eye.seen for eye in guess) else None

    def _nobody(self, small: Grey) -> PortraitQuality:
        """Empty, or so dark that nobody can be seen."""
        brightness = float(small.mean()) / 255
        made = [ch.face_count(0)]
        if brightness < self._limits.brightness.least / 2:
            made.append(ch.judged("brightness", brightness, self._limits.brightness))
        return PortraitQuality(ch.hints(made), checks=tuple(made))

    def _of_cloth(self, image: BgrImage, backdrop: Backdrop | None, face: Box) -> float | None:
        """Part of what is behind that has the wanted colour; None where nothing is wanted or seen."""
        if backdrop is None:
            return None
        parts = [coarse(part, CLOTH_STEP).reshape(-1, 3) for part in behind(image, face)]
        return self._limits.cloth[backdrop].share(np.concatenate(parts)) if parts else None


def _grey(image: BgrImage) -> Grey:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)


def _roll(right: Point, left: Point) -> float:
    return math.degrees(math.atan2(left[1] - right[1], left[0] - right[0]))
