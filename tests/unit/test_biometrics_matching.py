"""One finger is told from another, whatever the impression; a small print only warns; templates give nothing away."""

from __future__ import annotations

import dataclasses
import pickle
import re
import sys
import time
from collections.abc import Iterator
from importlib import import_module, invalidate_caches
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from devices.fingerprint import GreyImage
from devices.opencv_import import cv2
from devices.positions import FingerPosition
from devices.simulation.finger import DPI, finger, impression
from station.biometrics.matching import CylinderMatcher, FingerMatcher, Match, Template, same_fingers
from station.biometrics.nbis import PACKAGE, NbisMatcher, nbis_matcher

SEED = 31
FINGERS = (
    FingerPosition.RIGHT_THUMB,
    FingerPosition.RIGHT_INDEX,
    FingerPosition.RIGHT_MIDDLE,
    FingerPosition.LEFT_INDEX,
)
MATCHER = CylinderMatcher()


def taken(position: FingerPosition, number: int) -> GreyImage:
    return impression(finger(SEED, position), 100 * position + number)


@pytest.fixture(scope="module")
def templates() -> dict[FingerPosition, tuple[Template, Template]]:
    """Two impressions of each finger."""
    return {
        position: (MATCHER.template(taken(position, 0), DPI), MATCHER.template(taken(position, 1), DPI))
        for position in FINGERS
    }


def test_two_impressions_of_one_finger_match_and_those_of_different_fingers_do_not(
    templates: dict[FingerPosition, tuple[Template, Template]],
) -> None:
    own = [MATCHER.compare(*pair) for pair in templates.values()]
    others = [MATCHER.compare(one[0], other[1]) for one, other in combinations(templates.values(), 2)]
    assert max(others) < MATCHER.threshold < min(own), (others, own)


def test_scores_lie_between_0_and_1_and_a_print_is_most_like_itself(
    templates: dict[FingerPosition, tuple[Template, Template]],
) -> None:
    one, other = templates[FingerPosition.RIGHT_INDEX]
    assert 0 <= MATCHER.compare(one, other) < MATCHER.compare(one, one) <= 1


def test_it_does_not_matter_which_print_comes_first(
    templates: dict[FingerPosition, tuple[Template, Template]],
) -> None:
    for pair in templates.values():
        assert MATCHER.compare(*pair) == pytest.approx(MATCHER.compare(*pair[::-1]), rel=0.05)


@pytest.mark.parametrize("degrees", [-40, 25])
def test_a_finger_laid_down_askew_is_still_the_finger(
    templates: dict[FingerPosition, tuple[Template, Template]], degrees: float
) -> None:
    position = FingerPosition.RIGHT_INDEX
    image = taken(position, 1)
    height, width = image.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    askew = cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_CONSTANT, borderValue=250)
    other = MATCHER.template(askew.astype(np.uint8, copy=False), DPI)
    assert MATCHER.compare(templates[position][0], other) > MATCHER.threshold


def test_a_modules_crop_matches_and_only_warns(templates: dict[FingerPosition, tuple[Template, Template]]) -> None:
    position = FingerPosition.RIGHT_THUMB
    crop = MATCHER.template(np.ascontiguousarray(taken(position, 1)[56:344, 32:288]), DPI)
    whole = templates[position][0]
    assert MATCHER.compare(whole, crop) > MATCHER.threshold
    assert MATCHER.reliable(whole)
    assert not MATCHER.reliable(crop)
    (match,) = same_fingers(crop, {position: whole}, MATCHER)
    assert not match.reliable


@pytest.mark.parametrize(
    ("area_mm2", "shown_mm2", "enough"),
    [(200, 256, True), (130, 210, True), (185, 190.3, False), (120, 256, False)],
)
def test_a_small_platen_and_a_fingers_tip_only_warn(area_mm2: float, shown_mm2: float, enough: bool) -> None:
    assert MATCHER.reliable(Template(MATCHER.algorithm, area_mm2, shown_mm2)) is enough


def test_nothing_is_like_an_empty_platen(templates: dict[FingerPosition, tuple[Template, Template]]) -> None:
    blank = MATCHER.template(np.full((400, 320), 250, np.uint8), DPI)
    assert MATCHER.compare(blank, blank) == 0
    assert MATCHER.compare(templates[FingerPosition.RIGHT_INDEX][0], blank) == 0
    assert not MATCHER.reliable(blank)


def test_noise_is_like_no_finger(templates: dict[FingerPosition, tuple[Template, Template]]) -> None:
    noise = MATCHER.template(np.random.default_rng(2).integers(0, 256, (400, 320), np.uint8), DPI)
    assert max(MATCHER.compare(pair[0], noise) for pair in templates.values()) < MATCHER.threshold


def test_the_same_finger_taken_as_two_is_found_with_its_position(
    templates: dict[FingerPosition, tuple[Template, Template]],
) -> None:
    standing = {position: pair[0] for position, pair in templates.items()}
    again = templates[FingerPosition.RIGHT_MIDDLE][1]
    (match,) = same_fingers(again, standing, MATCHER)
    assert match.position is FingerPosition.RIGHT_MIDDLE
    assert match.algorithm == MATCHER.algorithm
    assert match.score >= MATCHER.threshold
    assert match.reliable


def test_hands_swapped_is_every_finger_found_as_the_other_hands(
    templates: dict[FingerPosition, tuple[Template, Template]],
) -> None:
    standing = {FingerPosition.LEFT_INDEX: templates[FingerPosition.RIGHT_INDEX][0]}
    assert same_fingers(templates[FingerPosition.LEFT_INDEX][0], standing, MATCHER) == ()
    (match,) = same_fingers(templates[FingerPosition.RIGHT_INDEX][1], standing, MATCHER)
    assert match.position is FingerPosition.LEFT_INDEX


def test_matches_come_with_the_likest_first(templates: dict[FingerPosition, tuple[Template, Template]]) -> None:
    one, other = templates[FingerPosition.RIGHT_THUMB]
    found = same_fingers(one, {FingerPosition.LEFT_THUMB: other, FingerPosition.RIGHT_RING: one}, MATCHER)
    assert [match.position for match in found] == [FingerPosition.RIGHT_RING, FingerPosition.LEFT_THUMB]


def test_the_first_finger_has_nothing_to_be_compared_with(
    templates: dict[FingerPosition, tuple[Template, Template]],
) -> None:
    assert same_fingers(templates[FingerPosition.RIGHT_THUMB][0], {}, MATCHER) == ()


def test_a_new_print_is_compared_with_nine_in_time(
    templates: dict[FingerPosition, tuple[Template, Template]],
) -> None:
    """Processor time of the thread: what other programs do meanwhile does not count."""
    every = [template for pair in templates.values() for template in pair]
    nine = dict(zip(FingerPosition, [*every, every[0]], strict=False))
    began = time.thread_time()
    same_fingers(every[0], nine, MATCHER)
    assert time.thread_time() - began < 0.05


def test_a_template_of_another_matcher_is_refused() -> None:
    alien = Template("other-1", 200.0, 300.0)
    own = MATCHER.template(taken(FingerPosition.RIGHT_INDEX, 0), DPI)
    with pytest.raises(TypeError, match=MATCHER.algorithm):
        MATCHER.compare(own, alien)
    with pytest.raises(TypeError, match=MATCHER.algorithm):
        same_fingers(alien, {FingerPosition.RIGHT_THUMB: own}, MATCHER)


def test_a_template_shows_nothing_of_the_finger_and_cannot_be_changed() -> None:
    template = MATCHER.template(taken(FingerPosition.RIGHT_INDEX, 0), DPI)
    assert re.search(r"\d", repr(template).replace(MATCHER.algorithm, "")) is None
    with pytest.raises(dataclasses.FrozenInstanceError):
        template.area_mm2 = 0.0  # type: ignore[misc]  # that it cannot be set is what is tested


def test_a_template_travels_between_processes() -> None:
    one, other = (MATCHER.template(taken(FingerPosition.RIGHT_INDEX, number), DPI) for number in (0, 1))
    copied = pickle.loads(pickle.dumps(one))
    assert MATCHER.compare(copied, other) == MATCHER.compare(one, other)


def test_a_match_is_a_value() -> None:
    match = Match(FingerPosition.RIGHT_THUMB, 0.5, MATCHER.algorithm, reliable=True)
    assert match == dataclasses.replace(match)


# NIST's matcher: what a package of that interface, or of that name, makes of it.

PACKAGE_SOURCE = """
class NbisError(Exception): ...

class NbisExtractorSettings:
    def __init__(self, *, min_quality, get_center, check_fingerprint, compute_nfiq2, ppi):
        self.ppi = ppi

class Minutiae:
    def __init__(self, seen): self.seen = seen
    def compare(self, other): return 90 if self.seen == other.seen else 7

class Extractor:
    def __init__(self, settings): self.settings = settings
    def extract_minutiae(self, png):
        if not png.startswith(b"\\x89PNG"): raise ValueError("no PNG")
        if self.settings.ppi == 499: raise NbisError("/home/somebody/print.png")
        return Minutiae(png)

def new_nbis_extractor(settings): return Extractor(settings)
"""


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that packages are found in before all others; what was imported from it is forgotten."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, PACKAGE, raising=False)
    yield tmp_path
    sys.modules.pop(PACKAGE, None)
    invalidate_caches()


def test_nists_matcher_keeps_the_same_interface(packages: Path) -> None:
    (packages / f"{PACKAGE}.py").write_text(PACKAGE_SOURCE, "utf-8")
    matcher = nbis_matcher()
    assert isinstance(matcher, NbisMatcher)
    by_interface: FingerMatcher = matcher
    image = taken(FingerPosition.RIGHT_THUMB, 0)
    one, same = (by_interface.template(image, DPI) for _ in range(2))
    other = by_interface.template(taken(FingerPosition.RIGHT_INDEX, 0), DPI)
    assert by_interface.compare(one, same) > by_interface.threshold > by_interface.compare(one, other)
    assert by_interface.reliable(one)
    assert one.area_mm2 == MATCHER.template(image, DPI).area_mm2
    assert repr(one) == "_NbisTemplate(algorithm='nbis-bozorth3')"
    (match,) = same_fingers(one, {FingerPosition.LEFT_THUMB: same, FingerPosition.LEFT_INDEX: other}, by_interface)
    assert (match.position, match.algorithm) == (FingerPosition.LEFT_THUMB, "nbis-bozorth3")


def test_templates_of_nists_matcher_and_ours_are_never_compared(packages: Path) -> None:
    (packages / f"{PACKAGE}.py").write_text(PACKAGE_SOURCE, "utf-8")
    matcher = nbis_matcher()
    assert matcher is not None
    image = taken(FingerPosition.RIGHT_THUMB, 0)
    ours, nists = MATCHER.template(image, DPI), matcher.template(image, DPI)
    with pytest.raises(TypeError, match="nbis"):
        matcher.compare(nists, ours)
    with pytest.raises(TypeError, match="ktpel"):
        MATCHER.compare(nists, ours)


def test_what_nists_matcher_says_of_a_bad_print_names_no_file(packages: Path) -> None:
    (packages / f"{PACKAGE}.py").write_text(PACKAGE_SOURCE, "utf-8")
    matcher = nbis_matcher()
    assert matcher is not None
    with pytest.raises(ValueError, match="no minutiae") as caught:
        matcher.template(taken(FingerPosition.RIGHT_THUMB, 0), 499)
    assert "somebody" not in str(caught.value)


@pytest.mark.parametrize(
    "source",
    [
        "raise ImportError('no such wheel')",
        "raise OSError('liblapack.so.3: cannot open shared object file')",
        "raise RuntimeError('checksum mismatch')",
        "VERSION = 'another package of this name'",
    ],
)
def test_where_nists_matcher_does_not_load_there_is_none(packages: Path, source: str) -> None:
    (packages / f"{PACKAGE}.py").write_text(source, "utf-8")
    assert nbis_matcher() is None


def test_where_nists_matcher_is_not_installed_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, PACKAGE, None)  # how the interpreter marks what is not to be found
    with pytest.raises(ImportError):
        import_module(PACKAGE)
    assert nbis_matcher() is None
