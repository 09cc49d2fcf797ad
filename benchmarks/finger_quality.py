"""How long our measure of a print takes, and that it falls with whatever gets worse; for synthetic prints alone."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Final, TypeAlias

import numpy as np
import wsq  # noqa: F401 - teaches Pillow the format
from PIL import Image

from benchmarks.measure import Result, in_turn, median, spread
from devices.fingerprint import GreyImage
from devices.fingerprint.quality import ALGORITHM, assess
from devices.opencv_import import cv2
from devices.positions import FingerPosition
from devices.simulation.finger import DPI, PrintTraits, finger, impression

ROUNDS: Final = 25
BOUND_MS: Final = 12.0
PERSONS: Final = (100, 101)
"""Twenty fingers."""
STEPS: Final = (0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1.0)
STRENGTH: Final = 0.4

_Worse: TypeAlias = Callable[[int, FingerPosition], Iterable[GreyImage]]


def compare() -> list[Result]:
    """The time of three sizes of print, then of prints that get worse in four ways."""
    whole = _taken(PERSONS[0], FingerPosition.RIGHT_THUMB)
    sizes = {
        "256x288 px": whole[56:344, 32:288],
        "320x400 px": whole,
        "500x500 px": np.pad(whole, ((50, 50), (90, 90)), constant_values=250),
    }
    worse: dict[str, _Worse] = {"blur": _blurred, "contrast": _faded, "dryness": _drier, "area": _smaller}
    return [_timed(name, image) for name, image in sizes.items()] + [_falls(*each) for each in worse.items()]


def _timed(name: str, image: GreyImage) -> Result:
    ours, theirs = in_turn(lambda: _ms(lambda: assess(image, DPI)), lambda: _ms(lambda: _encoded(image)), ROUNDS)
    return Result(
        f"quality of a print of {name}",
        median(ours),
        median(theirs),
        "wsq encoding it",
        f"at most {BOUND_MS:g} ms",
        median(ours) <= BOUND_MS,
        f"{ALGORITHM}; ours {spread(ours)}",
    )


def _falls(name: str, worse: _Worse) -> Result:
    """On each of twenty fingers no step to the worse may score more than the step before it."""
    took, rising, fingers = [], 0, 0
    for person in PERSONS:
        for position in FingerPosition:
            scores = []
            for image in worse(person, position):
                began = time.perf_counter()
                scores.append(assess(image, DPI).score)
                took.append(1000 * (time.perf_counter() - began))
            fingers += 1
            rising += any(later > earlier for earlier, later in pairwise(scores))
    return Result(
        f"quality falls with {name}",
        median(took),
        BOUND_MS,
        "bound",
        "never rises, in time",
        not rising and median(took) <= BOUND_MS,
        f"{ALGORITHM}; {fingers - rising} of {fingers} fingers",
    )


def _taken(person: int, position: FingerPosition, traits: PrintTraits | None = None) -> GreyImage:
    return impression(finger(person, position), person, strength=STRENGTH, traits=traits or PrintTraits())


def _blurred(person: int, position: FingerPosition) -> Iterable[GreyImage]:
    good = _taken(person, position)
    yield good
    for sigma in (0.8, 1.2, 1.8, 2.5, 3.5):
        yield np.asarray(cv2.GaussianBlur(good, (0, 0), sigma), np.uint8)


def _faded(person: int, position: FingerPosition) -> Iterable[GreyImage]:
    good = _taken(person, position).astype(float)
    for part in (1.0, 0.8, 0.6, 0.4, 0.3, 0.2, 0.1):
        yield np.asarray(250 - (250 - good) * part, np.uint8)


def _drier(person: int, position: FingerPosition) -> Iterable[GreyImage]:
    return (_taken(person, position, PrintTraits(dryness=step)) for step in STEPS)


def _smaller(person: int, position: FingerPosition) -> Iterable[GreyImage]:
    return (_taken(person, position, PrintTraits(partial=step)) for step in STEPS)


def _encoded(image: GreyImage) -> None:
    """What is done to every print for exchange: judging it should not take longer."""
    Image.fromarray(image).save(io.BytesIO(), "WSQ")


def _ms(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)
