"""The matcher: how long comparisons take, and how often it errs on synthetic fingers.

Synthetic prints are cleaner than real ones: these error rates tell whether the matcher works, never how well it will do
at a counter. Prints and templates are made by two processes; what is timed runs in this one.
"""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Result, median, spread
from devices.fingerprint import GreyImage
from devices.positions import FingerPosition
from devices.simulation.finger import DPI, finger, impression
from station.biometrics.matching import CylinderMatcher, Template, same_fingers
from station.biometrics.nbis import nbis_matcher

PERSONS = 20
IMPRESSIONS = 4
CROPS = 2
"""Impressions that are also taken as a module sees them."""
FIRST_SEED = 7000
PROCESSES = 2
ROUNDS = 21
ALLOWED_MS = 50.0
MODULE = (slice(56, 344), slice(32, 288))
"""What a module of 256 x 288 pixels sees of a print."""
POINTS = (0.0, 0.0001, 0.001, 0.01)
"""Rates of false matches at which false non-matches are told."""

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Prints:
    """Templates of one finger's impressions, by size, and how long the whole prints' took, milliseconds."""

    whole: list[Template]
    cropped: list[Template]
    took_ms: list[float]


@dataclass(frozen=True, slots=True)
class Errors:
    """Scores of comparisons of one finger with itself and of different fingers."""

    genuine: Scores
    impostor: Scores
    mean_ms: float

    def points(self) -> list[float]:
        """Share of false non-matches at each of `POINTS`: the threshold stands just above an impostor's score."""
        highest_first = np.sort(self.impostor)[::-1]
        return [float((self.genuine <= highest_first[int(rate * len(highest_first))]).mean()) for rate in POINTS]

    def told(self) -> str:
        """The points of the DET curve in words."""
        points = ", ".join(
            f"{100 * found:.2f} % at FMR {100 * rate:g} %" for rate, found in zip(POINTS, self.points(), strict=True)
        )
        return (
            f"FNMR {points}; {len(self.genuine)} genuine and {len(self.impostor)} impostor comparisons;"
            f" highest impostor {self.impostor.max():.3f}, lowest genuine {self.genuine.min():.3f}"
        )


def compare() -> list[Result]:
    """Ten fingers against each other, then the error rates of 200 fingers with four impressions each."""
    matcher = CylinderMatcher()
    fingers = [(FIRST_SEED + person, position) for person in range(PERSONS) for position in FingerPosition]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        prints = list(pool.map(_prints, fingers, chunksize=4))
    took = [each for one in prints for each in one.took_ms]
    results = [*_timed(matcher, prints[:10], median(took)), *_peer()]
    for name, every in (
        ("full-size prints", [p.whole for p in prints]),
        ("module's crops", [p.cropped for p in prints]),
    ):
        errors = _errors(matcher, every)
        bounded = name == "full-size prints"
        results.append(
            Result(
                f"one comparison of {name}",
                errors.mean_ms,
                ALLOWED_MS / 9,
                "allowed",
                bound="FNMR < 1 % at FMR 0" if bounded else "",
                met=not bounded or errors.points()[0] < 0.01,
                note=errors.told(),
            )
        )
    return results


def _prints(which: tuple[int, FingerPosition]) -> Prints:
    seed, position = which
    matcher, master = CylinderMatcher(), finger(seed, position)
    whole, cropped, took_ms = [], [], []
    for number in range(IMPRESSIONS):
        image = impression(master, IMPRESSIONS * (100 * seed + position) + number)
        began = time.perf_counter()
        whole.append(matcher.template(image, DPI))
        took_ms.append(1000 * (time.perf_counter() - began))
        if number < CROPS:
            cropped.append(matcher.template(np.ascontiguousarray(image[MODULE]), DPI))
    return Prints(whole, cropped, took_ms)


def _timed(matcher: CylinderMatcher, hand: list[Prints], template_ms: float) -> list[Result]:
    """A new print against nine that stand, and all of a visit's comparisons."""
    templates = {position: prints.whole[0] for position, prints in zip(FingerPosition, hand, strict=True)}
    new = hand[-1].whole[1]
    nine = dict(list(templates.items())[:9])

    def last() -> None:
        assert same_fingers(new, nine, matcher) == ()

    def visit() -> None:
        standing: dict[FingerPosition, Template] = {}
        for position, template in templates.items():
            same_fingers(template, standing, matcher)
            standing[position] = template

    results = []
    for name, job in (("a new print against nine", last), ("ten fingers, 45 comparisons", visit)):
        took = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            job()
            took.append(1000 * (time.perf_counter() - began))
        note = f"{spread(took)}; a template took {template_ms:.0f} ms before"
        results.append(Result(name, median(took), ALLOWED_MS, "allowed", "≤ 1", median(took) <= ALLOWED_MS, note))
    return results


def _peer() -> list[Result]:
    """NBIS on the same two prints, where it loads."""
    peer = nbis_matcher()
    if peer is None:
        return []
    master = finger(FIRST_SEED, FingerPosition.RIGHT_INDEX)
    images: list[GreyImage] = [impression(master, number) for number in range(2)]
    took: dict[str, list[float]] = {}
    for matcher in (CylinderMatcher(), peer):
        one, other = (matcher.template(image, DPI) for image in images)
        for _ in range(ROUNDS):
            began = time.perf_counter()
            matcher.compare(one, other)
            took.setdefault(matcher.algorithm, []).append(1000 * (time.perf_counter() - began))
    ours, theirs = took.values()
    return [Result("two prints of one finger compared", median(ours), median(theirs), peer.algorithm)]


def _errors(matcher: CylinderMatcher, fingers: list[list[Template]]) -> Errors:
    """Each finger's impressions with each other, and the first ones of all fingers, as FVC counts."""
    began = time.perf_counter()
    genuine = [matcher.compare(one, other) for prints in fingers for one, other in combinations(prints, 2)]
    impostor = [matcher.compare(one[0], other[0]) for one, other in combinations(fingers, 2)]
    mean_ms = 1000 * (time.perf_counter() - began) / (len(genuine) + len(impostor))
    return Errors(np.array(genuine), np.array(impostor), mean_ms)
