"""NBIS and NFIQ 2 at a station: asked where they are installed, missed by nobody where they are not.

The package that is found here is a file that answers as theirs does: their wheels do not load on every system.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import invalidate_caches
from pathlib import Path

import pytest

from devices.fingerprint.nfiq2 import MODULE
from devices.positions import FingerPosition as F
from station.config import CaptureSection, FingerMatcherName
from station.domain.samples import FurtherScore
from station.lab.lab import Lab
from tests.support.practice import Practice, practising

PACKAGE = """
class NbisError(Exception): ...

class NbisExtractorSettings:
    def __init__(self, **settings): ...

class Quality:
    score = 61

class Minutiae:
    def quality(self):
        if FAILS: raise NbisError("blank")
        return Quality()
    def compare(self, other): return 90

class Extractor:
    def extract_minutiae(self, image_bytes): return Minutiae()

def new_nbis_extractor(settings): return Extractor()
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the package's file has to be written for it to be found."""
    folder = tmp_path / "packages"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.delitem(sys.modules, MODULE, raising=False)
    yield folder / f"{MODULE}.py"
    sys.modules.pop(MODULE, None)
    invalidate_caches()


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(lifelike=False, cards=False) as running:
        yield running


def _thumbs(practice: Practice) -> str:
    visit_id = practice.cleared()
    practice.operator.portrait(visit_id)
    for thumb in (F.RIGHT_THUMB, F.LEFT_THUMB):
        practice.wait(practice.station.fingers.take(visit_id, (thumb,), lambda _: None))
    return visit_id


@pytest.mark.parametrize(
    ("source", "further"),
    [
        ("FAILS = False" + PACKAGE, (FurtherScore("nfiq2", 61.0),)),
        ("FAILS = True" + PACKAGE, (FurtherScore("nfiq2", None),)),
        ("raise OSError('a library is missing')", ()),
    ],
    ids=["installed", "fails", "does not load"],
)
def test_nfiq2_stands_beside_our_own_score_where_it_is_installed(
    lab: Lab, tmp_path: Path, package: Path, source: str, further: tuple[FurtherScore, ...]
) -> None:
    package.write_text(source, "utf-8")
    with practising(lab, tmp_path) as practice:
        visit_id = _thumbs(practice)
        visit = practice.do(lambda: practice.station.visits.load(visit_id))
    assert [each.further for each in visit.fingers] == [further, further]
    assert {each.quality.algorithm for each in visit.fingers} == {"ktpel-ridge-2"}


def test_nbis_compares_where_the_settings_name_it(lab: Lab, tmp_path: Path, package: Path) -> None:
    package.write_text("FAILS = False" + PACKAGE, "utf-8")
    with practising(lab, tmp_path, capture=CaptureSection(finger_matcher=FingerMatcherName.NBIS)) as practice:
        visit_id = _thumbs(practice)
        visit = practice.do(lambda: practice.station.fingers.compare(visit_id))
    assert [each.algorithm for each in visit.likenesses] == ["nbis-bozorth3"]


def test_ours_compares_where_nbis_is_named_and_does_not_load(lab: Lab, tmp_path: Path, package: Path) -> None:
    package.write_text("raise OSError('a library is missing')", "utf-8")
    with practising(lab, tmp_path, capture=CaptureSection(finger_matcher=FingerMatcherName.NBIS)) as practice:
        visit_id = _thumbs(practice)
        visit = practice.do(lambda: practice.station.fingers.compare(visit_id))
    assert visit.likenesses == ()
