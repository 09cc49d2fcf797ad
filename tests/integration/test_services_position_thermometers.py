"""Who measured and with what is kept with a temperature that counted, whether measured or read by eye and typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from protocols.schema import Kind
from station.lab.lab import Lab
from station.services.screening import MANUAL_SLOT
from tests.support.practice import Practice, practising


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[Practice]:
    with Lab(lifelike=False, cards=False) as lab, practising(lab, tmp_path) as made:
        yield made


def sources(practice: Practice, visit_id: str) -> dict[str, tuple[str, str]]:
    """Of each temperature that the clearance names: source and who measured."""
    cleared = practice.do(lambda: practice.station.visits.load(visit_id)).cleared
    assert cleared is not None
    definition = practice.view(visit_id).definition
    temperatures = {item.id for item in definition.items if item.kind is Kind.TEMPERATURE}
    return {each.item_id: (each.source, each.answered_by) for each in cleared.items if each.item_id in temperatures}


def test_a_measured_temperature_names_the_thermometer_and_a_typed_one_the_eye(practice: Practice) -> None:
    visit_id = practice.identified()
    practice.operator.screen(visit_id)
    measured = sources(practice, visit_id)
    assert measured
    assert set(measured.values()) == {("thermometer", "petugas")}
    item_id = "applicant_temperature"
    practice.answer(visit_id, item_id, 36.6)
    practice.do(lambda: practice.station.screening.clear(visit_id))
    assert sources(practice, visit_id)[item_id] == (MANUAL_SLOT, "petugas")
