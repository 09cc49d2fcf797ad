"""Thresholds: a table for each algorithm, with its source, that nobody can change or mistake for another's."""

from __future__ import annotations

import pytest

from devices.fingerprint import nfiq2, quality
from devices.fingerprint.quality_thresholds import thresholds
from devices.positions import FingerPosition


@pytest.mark.parametrize("algorithm", [quality.ALGORITHM, nfiq2.ALGORITHM])
def test_every_algorithm_in_use_has_those_of_the_guideline_for_ten_fingers(algorithm: str) -> None:
    table = thresholds(algorithm)
    assert table.algorithm == algorithm
    assert "BSI TR-03121" in table.source
    assert [table.wanted[position] for position in FingerPosition] == [30, 30, 20, 10, 10] * 2


def test_what_is_wanted_of_a_finger_is_what_our_own_table_says() -> None:
    table = thresholds(quality.ALGORITHM)
    assert {each: quality.wanted_score(each) for each in FingerPosition} == dict(table.wanted)


def test_they_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        thresholds(quality.ALGORITHM).wanted[FingerPosition.LEFT_RING] = 0  # type: ignore[index]  # that is the test


def test_scores_of_an_algorithm_without_a_table_are_not_judged_by_another_ones() -> None:
    with pytest.raises(ValueError, match="ktpel-ridge-1"):
        quality.wanted_score(FingerPosition.LEFT_RING, "ktpel-ridge-1")
