"""The adapter of NFIQ 2: found where it is installed, absent without a fuss, and a failure is never a score."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from devices.fingerprint.nfiq2 import ALGORITHM, MODULE, Nfiq2Score, probe
from devices.opencv_import import cv2
from devices.positions import FingerPosition
from devices.simulation.finger import finger

PRINT = finger(7, FingerPosition.RIGHT_INDEX)


class NbisError(Exception):
    """As the library's own: outside every tree that this program knows."""


@dataclass
class Library:
    """The calls of nbis-python that are made; answers with `score`, or raises where it is None."""

    score: int | None = 61
    settings: dict[str, Any] = field(default_factory=dict)
    seen: list[bytes] = field(default_factory=list)

    def module(self) -> ModuleType:
        module = ModuleType(MODULE)
        module.NbisExtractorSettings = self.keep  # type: ignore[attr-defined]  # a module is what its file defines
        module.new_nbis_extractor = lambda _: self  # type: ignore[attr-defined]  # a module is what its file defines
        return module

    def keep(self, **settings: Any) -> None:
        self.settings.update(settings)

    def extract_minutiae(self, image_bytes: bytes) -> SimpleNamespace:
        self.seen.append(image_bytes)
        return SimpleNamespace(quality=self.quality)

    def quality(self) -> SimpleNamespace:
        if self.score is None:
            raise NbisError("the print of 3273011501900001 is blank")
        return SimpleNamespace(score=self.score)


def installed(monkeypatch: pytest.MonkeyPatch, library: Library) -> None:
    monkeypatch.setitem(sys.modules, MODULE, library.module())


def test_where_it_is_absent_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, MODULE, None)  # so that the import says ImportError
    assert probe() is None


def test_where_it_speaks_otherwise_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, MODULE, ModuleType(MODULE))
    assert probe() is None


def test_its_score_is_given_under_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    installed(monkeypatch, library)
    adapter = probe()
    assert adapter is not None
    assert library.settings["compute_nfiq2"] is True
    assert adapter.assess(PRINT, 500) == Nfiq2Score(61, "", ALGORITHM)
    png = np.frombuffer(library.seen[0], np.uint8)
    np.testing.assert_array_equal(cv2.imdecode(png, cv2.IMREAD_GRAYSCALE), PRINT)


@pytest.mark.parametrize(("score", "why"), [(None, "NbisError"), (255, "no score"), (-1, "no score")])
def test_a_failure_is_a_failure_and_not_0_and_says_nothing_of_the_person(
    monkeypatch: pytest.MonkeyPatch, score: int | None, why: str
) -> None:
    installed(monkeypatch, Library(score))
    adapter = probe()
    assert adapter is not None
    result = adapter.assess(PRINT, 500)
    assert result.failed
    assert result.score is None
    assert result.failure == why


def test_0_is_a_score(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, Library(0))
    adapter = probe()
    assert adapter is not None
    assert not adapter.assess(PRINT, 500).failed


def test_another_resolution_is_not_asked_about(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    installed(monkeypatch, library)
    adapter = probe()
    assert adapter is not None
    assert adapter.assess(PRINT, 1000).failed
    assert library.seen == []
