"""A van's recording from the opening to the sealed packet: the data centre reads where it stood, and by whose word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from devices.device import DeviceKind
from station.domain import history as h
from station.lab.lab import Lab
from tests.support.practice import Practice, practising


@pytest.fixture
def van(tmp_path: Path) -> Iterator[Practice]:
    with Lab(lifelike=False, cards=False, positions=True) as lab, practising(lab, tmp_path) as made:
        made.station.bay.submit(DeviceKind.POSITIONING.value, lambda device: device.self_test()).result(30)
        yield made


def test_the_sealed_packet_tells_where_the_van_stood_with_time_satellites_and_source(
    van: Practice, tmp_path: Path
) -> None:
    van.operator.sign_on()
    sealed = van.operator.record(van.lab.citizen, tmp_path / "papers").enrollment
    kept = [each for each in sealed.entries if isinstance(each, h.Positioned)]
    assert len(kept) == 2, "at the opening and at the review"
    path = van.do(lambda: van.station.finishing.packet_path(sealed.visit_id))
    told = json.loads(van.unsealed(path).members["recording.json"])["positions"]
    assert len(told) == 2
    for fix in (each["fix"] for each in told):
        assert (round(fix["latitude"], 4), round(fix["longitude"], 4)) == (-6.9147, 107.6098)
        assert (fix["satellites"], fix["wire"], fix["quality"]) == (9, "nmea", "autonomous")
        assert abs(fix["station_ahead_s"]) < 30
        assert datetime.fromisoformat(fix["receiver_at"]).tzinfo is not None
        assert fix["source"]["slot"] == "positioning"
        assert fix["source"]["simulated"] is True
