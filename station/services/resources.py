"""How long the station can go on: room on the disk as recordings and days, and the battery. It tells; it never blocks.

What a recording needs is measured at those that lie there. One under way needs more for a while, since its captures lie
in the store until it is sealed, so that much is set aside before anything is counted.
"""

from __future__ import annotations

import shutil
from collections import Counter as Tally
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from station.errors import of_folder
from station.services.counter import Counter
from station.services.keys import PACKETS
from station.services.packet_round import SIDECAR, SUFFIX

UNDER_WAY: Final = 16 * 1024 * 1024
"""Bytes that one recording may take before it is sealed: three portraits and thirty prints as PNG, and the journal."""
FIRST_GUESS: Final = 2 * 1024 * 1024
"""Bytes of a sealed recording, before there is one to measure."""
ROWS: Final = 128 * 1024
"""Bytes of its rows and papers in the store."""
MEASURED: Final = 20
"""Newest packets of which the mean is taken."""
USUAL_DAY: Final = 40
"""Recordings a day, before there are days to count."""
DAYS: Final = 7
"""Newest days with recordings of which the mean is taken."""
FEW: Final = 10
LOW_BATTERY: Final = 20
"""Percent."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What is left.

    Attributes:
        recordings: how many more there is room for.
        a_day: how many this station makes.
        battery: percent, None where there is none.
        minutes: until it is empty, None while it is charged or nobody knows.
        charging: whether it is.
    """

    recordings: int
    a_day: int
    battery: int | None = None
    minutes: int | None = None
    charging: bool = False

    @property
    def days(self) -> int:
        """Whole days of work for which there is room."""
        return self.recordings // self.a_day

    @property
    def tone(self) -> str:
        """`danger` under ten recordings, `caution` under a day's work or with a battery that runs low, else ""."""
        if self.recordings < FEW:
            return "danger"
        low = self.battery is not None and self.battery < LOW_BATTERY and not self.charging
        return "caution" if low or self.recordings < self.a_day else ""


class ResourcesDesk:
    """On the desk's thread: a look takes a millisecond, and one more for each thousand packets."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def look(self) -> Resources:
        """As it is now.

        Raises:
            StoreError: the data folder is out of reach.
        """
        folder = self._counter.settings.folder
        try:
            free = shutil.disk_usage(folder).free
            names = sorted(each.name for each in _packets(folder / PACKETS))
            newest = sorted(names, key=_day)[-MEASURED:]
            sizes = [(folder / PACKETS / name).stat().st_size for name in newest]
        except OSError as error:
            raise of_folder(error) from error
        each = (sum(sizes) // len(sizes) if sizes else FIRST_GUESS) + ROWS
        recordings = max(0, (free - UNDER_WAY) // each)
        return Resources(recordings, _a_day(map(_day, names)), *_battery())


def _packets(folder: Path) -> Iterable[Path]:
    return (each for each in folder.iterdir() if each.suffix == SUFFIX) if folder.is_dir() else ()


def _day(name: str) -> str:
    """When it was opened, as the file's name has it: ...-20200504-A-001.ktpel."""
    return name.removesuffix(SIDECAR).split("-")[-3] if name.count("-") >= 3 else ""


def _a_day(days: Iterable[str]) -> int:
    """The mean of the newest days, each at least one."""
    counts = sorted(Tally(days).items())[-DAYS:]
    return max(1, round(sum(count for _, count in counts) / len(counts))) if counts else USUAL_DAY


def _battery() -> tuple[int | None, int | None, bool]:
    """Percent, minutes, whether it is charged."""
    import psutil  # noqa: PLC0415 - loaded behind the window

    found = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    if found is None:
        return None, None, False
    charging = bool(found.power_plugged)
    seconds = found.secsleft if found.secsleft > 0 else None  # else one of its words for "nobody knows"
    return round(found.percent), None if charging or seconds is None else seconds // 60, charging
