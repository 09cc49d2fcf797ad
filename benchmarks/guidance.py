"""What the guidance makes of synthetic people: where their eyes are, and whether what is wrong gets its own hint.

The pictures are drawn, and the answers marked, in a process of their own: the one that looks at them gets JPEG, as
from a camera, and never a truth. Each run draws other people and prints by which seed. Times are the
processor's, of all threads: what else runs on the machine does not count.
"""

from __future__ import annotations

import math
import multiprocessing
import secrets
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, Final, TypeAlias

import numpy as np

from benchmarks.measure import Result, spread
from devices.camera import BgrImage
from devices.camera.backdrop import Backdrop
from devices.camera.detectors import Cascades
from devices.camera.hints import Point, PortraitHint
from devices.camera.measures import reduced
from devices.camera.quality import ALGORITHM, PortraitAnalyser
from devices.opencv_import import cv2
from devices.simulation.face import FaceTraits, Portrait, render_face
from devices.simulation.face_model import Headwear

FACES: Final = 500
PERSONS: Final = 100
CASE_PERSONS: Final = 12
GOOD_EACH: Final = 10
"""Good pictures of each of those persons."""
WITHIN: Final = 0.03
"""Of the distance between the eyes."""
BOUND_MS: Final = 20.0
JPEG_QUALITY: Final = 90

Eyes: TypeAlias = tuple[Point, Point]
Draw: TypeAlias = Callable[[np.random.Generator, FaceTraits], FaceTraits | None]


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that is wrong with a good picture; None is a good one.

    Attributes:
        name: what is wrong.
        hint: what has to be said about it.
        draw: makes it so.
    """

    name: str
    hint: PortraitHint | None
    draw: Draw


@dataclass(frozen=True, slots=True)
class Look:
    """How one picture fared: the hints that it got."""

    case: str
    hints: tuple[PortraitHint, ...]


def compare() -> list[Result]:
    """Time, eyes, hints."""
    seed = secrets.randbits(31)
    print(f"guidance: people by seed {seed}")
    return [*_eyes(seed), *_hints(seed)]


# -- people


def anybody(rng: np.random.Generator, seed: int, headwear: Headwear, yaw: float) -> FaceTraits:
    """Somebody as the camera may meet them: any light from 0.3 to 1.5, leaning up to ten degrees."""
    return FaceTraits(
        seed=seed,
        headwear=headwear,
        backdrop=list(Backdrop)[rng.integers(3)],
        head_height=rng.uniform(0.44, 0.60),
        centre=(rng.uniform(0.40, 0.60), rng.uniform(0.42, 0.50)),
        roll=rng.uniform(-10, 10),
        yaw=yaw,
        light=math.exp(rng.uniform(math.log(0.3), math.log(1.5))),
        side_light=rng.uniform(-0.25, 0.25),
        noise=rng.uniform(1, 4),
    )


def well_placed(rng: np.random.Generator, seed: int, headwear: Headwear) -> FaceTraits:
    """Somebody with whom nothing is wrong, and nothing quite as in the book either."""
    return FaceTraits(
        seed=seed,
        headwear=headwear,
        backdrop=list(Backdrop)[rng.integers(3)],
        head_height=rng.uniform(0.46, 0.56),
        centre=(rng.uniform(0.42, 0.58), rng.uniform(0.43, 0.49)),
        roll=rng.uniform(-5.5, 5.5),
        yaw=0.0,
        light=rng.uniform(0.7, 1.15),
        side_light=rng.uniform(-0.2, 0.2),
        noise=rng.uniform(1, 4),
        blur=rng.uniform(0.0, 1.0),
    )


def persons(rng: np.random.Generator, count: int) -> Iterator[tuple[int, Headwear]]:
    """Seeds of so many people, and what each wears on the head."""
    for index in range(count):
        yield int(rng.integers(2**31)), list(Headwear)[index % len(Headwear)]


def _either(rng: np.random.Generator, low: float, high: float) -> float:
    """Between the two, to one side or the other."""
    return float(rng.choice((-1, 1)) * rng.uniform(low, high))


def _beside(rng: np.random.Generator, traits: FaceTraits) -> FaceTraits:
    side = int(rng.choice((-1, 1)))
    other = FaceTraits(
        seed=traits.seed + 1,
        headwear=list(Headwear)[rng.integers(3)],
        head_height=traits.head_height * rng.uniform(0.85, 0.97),
        centre=(0.5 + side * 0.24, 0.47),
    )
    return replace(traits, centre=(0.5 - side * 0.2, traits.centre[1]), beside=other)


def _moved(traits: FaceTraits, across: float | None = None, down: float | None = None) -> FaceTraits:
    x, y = traits.centre
    return replace(traits, centre=(x if across is None else across, y if down is None else down))


CASES: Final[tuple[Case, ...]] = (
    Case("good", None, lambda _, t: t),
    Case("nobody", PortraitHint.NO_FACE, lambda _, t: None),  # noqa: ARG005 - nobody is like nobody
    Case("two faces", PortraitHint.SEVERAL_FACES, _beside),
    Case("closed eyes", PortraitHint.EYES_CLOSED, lambda rng, t: replace(t, eyes_open=float(rng.choice((0.0, 0.15))))),
    Case("too small", PortraitHint.TOO_SMALL, lambda rng, t: replace(t, head_height=rng.uniform(0.26, 0.39))),
    Case(
        "too near",
        PortraitHint.TOO_NEAR,
        lambda rng, t: replace(t, head_height=rng.uniform(0.70, 0.85), centre=(t.centre[0], 0.46)),
    ),
    Case("left", PortraitHint.TOO_FAR_LEFT, lambda rng, t: _moved(t, across=rng.uniform(0.09, 0.14))),
    Case("right", PortraitHint.TOO_FAR_RIGHT, lambda rng, t: _moved(t, across=rng.uniform(0.86, 0.91))),
    Case("high", PortraitHint.TOO_HIGH, lambda rng, t: _moved(t, down=rng.uniform(0.20, 0.26))),
    Case("low", PortraitHint.TOO_LOW, lambda rng, t: _moved(t, down=rng.uniform(0.64, 0.72))),
    Case("tilted", PortraitHint.TILTED, lambda rng, t: replace(t, roll=_either(rng, 10.5, 15))),
    Case("turned", PortraitHint.TURNED, lambda rng, t: replace(t, yaw=float(rng.choice((-1.2, -0.9, 0.9, 1.2))))),
    Case("blur", PortraitHint.BLURRED, lambda rng, t: replace(t, blur=rng.uniform(3.5, 6))),
    Case("blur and noise", PortraitHint.BLURRED, lambda rng, t: replace(t, blur=rng.uniform(3.8, 6), noise=8.0)),
    Case("too dark", PortraitHint.TOO_DARK, lambda rng, t: replace(t, light=rng.uniform(0.15, 0.25))),
    Case("too bright", PortraitHint.TOO_BRIGHT, lambda rng, t: replace(t, light=rng.uniform(2.0, 2.5))),
    Case("side light", PortraitHint.UNEVEN_LIGHT, lambda rng, t: replace(t, side_light=_either(rng, 0.75, 1.0))),
    Case("glare", PortraitHint.GLARE, lambda rng, t: replace(t, glare=rng.uniform(0.9, 1.0), light=min(t.light, 1.0))),
    Case("clutter", PortraitHint.BACKGROUND, lambda rng, t: replace(t, clutter=rng.uniform(0.6, 1.0))),
    Case("wrong cloth", PortraitHint.BACKGROUND_COLOUR, lambda _, t: t),
)
"""What the table shows; for the wrong cloth another one is asked for."""


def wanted(case: Case, traits: FaceTraits) -> Backdrop:
    """The cloth that is asked for."""
    backdrops = list(Backdrop)
    return backdrops[(backdrops.index(traits.backdrop) + (case.hint is PortraitHint.BACKGROUND_COLOUR)) % 3]


# -- the eyes


def _eyes(seed: int) -> list[Result]:
    analyser, cascades = PortraitAnalyser(), Cascades()
    took: list[float] = []
    detecting: list[float] = []

    def look(image: BgrImage, _: Backdrop) -> tuple[Eyes | None, Eyes | None]:
        began = time.process_time()
        quality = analyser.analyse(image, Backdrop.RED)
        between = time.process_time()
        theirs = _by_cascade(cascades, image)
        detecting.append(1000 * (time.process_time() - between))
        took.append(1000 * (between - began))
        ours = None if quality.right_eye is None or quality.left_eye is None else (quality.right_eye, quality.left_eye)
        return ours, theirs

    marks = _examined(partial(_set_eyes, seed), look)
    ours, theirs = zip(*marks, strict=True)
    within = [error is not None and error <= WITHIN for error in ours]
    return [
        Result(
            "every check of one 720p picture, processor time",
            statistics.median(took),
            statistics.median(detecting),
            "detecting alone",
            f"at most {BOUND_MS:g} ms",
            statistics.median(took) <= BOUND_MS,
            f"{ALGORITHM}; {FACES} pictures, {spread(took)}",
        ),
        Result(
            f"eyes of {FACES} faces, seed {seed}",
            statistics.median(took),
            statistics.median(detecting),
            "eye cascade",
            f"all within {100 * WITHIN:g} % of their distance",
            all(within),
            f"{_errors(ours)}; the cascade: {_errors(theirs)}",
        ),
    ]


def _by_cascade(cascades: Cascades, image: BgrImage) -> Eyes | None:
    """The boxes' centres of the public detector, as our own begins with."""
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    small, ratio = reduced(grey, 0.5)
    heads = cascades.heads(image, grey, small, ratio)
    return cascades.eyes(grey, heads[0]) if heads else None


def _errors(errors: tuple[float | None, ...]) -> str:
    found = [100 * error for error in errors if error is not None]
    within = sum(error <= 100 * WITHIN for error in found)
    middle, most = statistics.median(found), max(found)
    return (
        f"median {middle:.2f} %, p95 {float(np.percentile(found, 95)):.2f} %, most {most:.2f} %, "
        f"{within} within, {len(errors) - len(found)} not found"
    )


def _set_eyes(seed: int, ask: Ask) -> list[tuple[float | None, float | None]]:
    """Draw, ask, mark; where there is more than one answer, each is marked by its worse eye."""
    rng = np.random.default_rng(seed)
    marks = []
    for person, headwear in persons(rng, PERSONS):
        yaw = rng.uniform(-0.2, 0.2)
        for _ in range(FACES // PERSONS):
            portrait = render_face(anybody(rng, person, headwear, yaw))
            first, second = ask(portrait.image, Backdrop.RED)
            marks.append((_mark(portrait, first), _mark(portrait, second)))
    return marks


def _mark(portrait: Portrait, eyes: Eyes | None) -> float | None:
    truth = portrait.truth
    if eyes is None or truth is None:
        return None
    return max(math.dist(eyes[0], truth.right_eye), math.dist(eyes[1], truth.left_eye)) / truth.eye_distance


# -- the hints


def _hints(seed: int) -> list[Result]:
    analyser = PortraitAnalyser()
    took: list[float] = []

    def look(image: BgrImage, backdrop: Backdrop) -> tuple[PortraitHint, ...]:
        began = time.process_time()
        quality = analyser.analyse(image, backdrop)
        took.append(1000 * (time.process_time() - began))
        return quality.hints

    looks = _examined(partial(_set_cases, seed + 1), look)
    print(table(looks))
    asked = Counter(each.case for each in looks)
    right = Counter(each.case for each in looks if judged(each))
    wrong = {case.name: asked[case.name] - right[case.name] for case in CASES if asked[case.name] != right[case.name]}
    return [
        Result(
            f"hints on {len(looks)} pictures, seed {seed + 1}",
            statistics.median(took),
            BOUND_MS,
            "bound",
            "each bad one its own hint, no good one refused",
            not wrong,
            f"{right['good']} of {asked['good']} good ones pass; of {len(CASES) - 1} kinds of bad ones "
            f"{sum(right.values()) - right['good']} of {len(looks) - asked['good']} get their own hint"
            + (f"; amiss: {wrong}" if wrong else ""),
        )
    ]


def judged(look: Look) -> bool:
    """Whether a picture got the hint that it had to get, or none where it was good."""
    case = next(each for each in CASES if each.name == look.case)
    return case.hint in look.hints if case.hint is not None else not look.hints


def table(looks: list[Look]) -> str:
    """How often each kind of picture got which hint."""
    total = Counter(each.case for each in looks)
    said = Counter((each.case, hint) for each in looks for hint in each.hints)
    rows = []
    for case in CASES:
        told = sorted(((said[case.name, hint], hint) for hint in PortraitHint if said[case.name, hint]), reverse=True)
        words = ", ".join(f"{hint.removeprefix('portrait.')} {count}" for count, hint in told) or "nothing said"
        rows.append(f"  {case.name:<15} {total[case.name]:>4}  {words}")
    return "\n".join(["  picture        count  hints", *rows])


def _set_cases(seed: int, ask: Ask) -> list[Look]:
    rng = np.random.default_rng(seed)
    looks = []
    for person, headwear in persons(rng, CASE_PERSONS):
        for case in CASES:
            for _ in range(GOOD_EACH if case.hint is None else 1):
                image, backdrop = drawn(case, rng, person, headwear)
                looks.append(Look(case.name, tuple(PortraitHint(hint) for hint in ask(image, backdrop))))
    return looks


def drawn(case: Case, rng: np.random.Generator, person: int, headwear: Headwear) -> tuple[BgrImage, Backdrop]:
    """A picture of this kind, and the cloth that is asked for."""
    traits = well_placed(rng, person, headwear)
    return render_face(case.draw(rng, traits)).image, wanted(case, traits)


# -- two processes

Ask: TypeAlias = Callable[[BgrImage, Backdrop], "tuple[Any, ...]"]


def _examined(setter: Callable[[Ask], list[Any]], look: Callable[[BgrImage, Backdrop], tuple[Any, ...]]) -> list[Any]:
    """Look at every picture of an examiner, who marks in a process of their own."""
    ours, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    examiner = context.Process(target=_examine, args=(setter, theirs))
    examiner.start()
    theirs.close()
    try:
        while True:
            said = ours.recv()
            if isinstance(said, list):
                return said
            jpeg, backdrop = said
            image = np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)
            ours.send(look(image, backdrop))
    finally:
        ours.close()
        examiner.join()


def _examine(setter: Callable[[Ask], list[Any]], line: Connection) -> None:
    def ask(image: BgrImage, backdrop: Backdrop) -> tuple[Any, ...]:
        _, jpeg = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        line.send((jpeg.tobytes(), backdrop))
        answer: tuple[Any, ...] = line.recv()
        return answer

    line.send(setter(ask))
