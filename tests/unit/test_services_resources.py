"""What is left of disk and battery: measured, told ahead in days, and in the colour of what is to be done."""

from __future__ import annotations

import shutil
from pathlib import Path

import psutil
import pytest

from station.bootstrap import build
from station.config import Settings
from station.services.keys import PACKETS
from station.services.resources import FEW, ROWS, UNDER_WAY, USUAL_DAY, Resources
from ui.presenters.resources import told


def looked(folder: Path) -> Resources:
    return build(Settings(data_dir=folder)).resources.look()


def packets(folder: Path, day: str, count: int, size: int) -> None:
    (folder / PACKETS).mkdir(exist_ok=True)
    for number in range(count):
        path = folder / PACKETS / f"STASIUN-01-{day}-A-{number:03d}.ktpel"
        path.write_bytes(bytes(size))
        path.with_name(path.name + ".sig").write_bytes(b"x")


def test_room_is_measured_at_the_newest_packets_and_counted_in_days_like_the_last(tmp_path: Path) -> None:
    packets(tmp_path, "20200501", 40, 10)
    packets(tmp_path, "20200504", 20, 300_000)
    found = looked(tmp_path)
    assert found.a_day == 30
    expected = (shutil.disk_usage(tmp_path).free - UNDER_WAY) // (300_000 + ROWS)
    assert found.recordings == pytest.approx(expected, rel=0.05)
    assert found.days == found.recordings // 30


def test_before_the_first_recording_it_is_guessed(tmp_path: Path) -> None:
    found = looked(tmp_path)
    assert found.a_day == USUAL_DAY
    assert found.recordings > 0


def test_the_battery_is_the_machines_own(tmp_path: Path) -> None:
    battery = psutil.sensors_battery()
    found = looked(tmp_path)
    if battery is None:
        assert (found.battery, found.minutes, found.charging) == (None, None, False)
    else:
        assert found.battery == pytest.approx(battery.percent, abs=2)


@pytest.mark.parametrize(
    ("left", "tone", "words"),
    [
        (Resources(100_000, 30), "", ("Disk: room for more than 60 days",)),
        (Resources(90, 30), "", ("Disk: room for 90 recordings, 3 days",)),
        (Resources(29, 30), "caution", ("Disk: room for 29 recordings",)),
        (Resources(FEW - 1, 5), "danger", ("Disk: room for 9 recordings, 1 days",)),
        (Resources(0, 30), "danger", ("Disk: room for 0 recordings",)),
        (Resources(90, 30, 80, 125), "", ("Disk: room for 90 recordings, 3 days", "Battery: 80 %, 2 h 5 min")),
        (Resources(90, 30, 12, None), "caution", ("Disk: room for 90 recordings, 3 days", "Battery: 12 %")),
        (Resources(90, 30, 12, None, True), "", ("Disk: room for 90 recordings, 3 days", "Battery: 12 %, charging")),
    ],
)
def test_it_is_told_in_words_and_in_the_colour_of_what_is_to_be_done(
    left: Resources, tone: str, words: tuple[str, ...]
) -> None:
    assert left.tone == tone
    assert tuple(each.en for each in told(left)) == words
