"""Record while the disk is full before every step: what is refused, what is still there, and that it goes on after.

Run in a mount namespace of its own, where the data folder is a file system of eight megabytes that ends with it.
"""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from devices.positions import FingerPosition
from devices.simulation.finger import finger
from protocols.clearance import NotClearedError
from station.bootstrap import Station, build
from station.config import Settings
from station.domain.enrollment import Enrollment
from station.errors import StationError
from station.lab.lab import Lab
from tests.support.power_cut import blobs_of, digest
from tests.support.recorder import Recorder
from ui.messages import action_of, code_of

SIZE_MB: Final = 8
SEED: Final = 11
PIECE: Final = 4096
LEAST_FREE: Final = 48 * 1024
"""Up to so many bytes are left, so that the disk is full in the middle of a step too."""


class Disk:
    """A small file system, and what fills it."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self._filler = folder / "filler"
        self._chance = chance
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(folder)]
        subprocess.run(mount, check=True)

    def fill(self) -> None:
        """Leave next to nothing."""
        with self._filler.open("ab", buffering=0) as file:
            try:
                while file.write(bytes(PIECE)) == PIECE:
                    pass
            except OSError:
                pass
            left = self._chance.choice((0, 0, self._chance.randrange(LEAST_FREE)))
            file.truncate(max(0, file.tell() - left))

    def free(self) -> None:
        """Make room again."""
        self._filler.unlink(missing_ok=True)


class Confirmed:
    """What was said to be kept: digests of the history and of every capture."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self.visit_id = ""
        self._entries = 0
        self._history = ""
        self._blobs: dict[str, str] = {}

    def note(self, enrollment: Enrollment) -> None:
        self.visit_id = enrollment.visit_id
        self._entries = len(enrollment.entries)
        self._history = digest(enrollment, self._entries)
        self._blobs = self._read(enrollment)

    def lost(self) -> list[str]:
        """What of it is not there any more."""
        if not self.visit_id:
            return []
        now = self._station.desk.submit(lambda: self._station._records.load(self.visit_id)).result(30)
        wrong = [] if digest(now, self._entries) == self._history else ["history"]
        there = self._read(now)
        kept = {} if now.sealed is not None else self._blobs
        return wrong + [f"capture {name}" for name, told in kept.items() if there.get(name) != told]

    def _read(self, enrollment: Enrollment) -> dict[str, str]:
        def read() -> dict[str, str]:
            with self._station._records.work() as work:
                return blobs_of(work, enrollment)

        return self._station.desk.submit(read).result(30)


def main(folder: Path, seed: int) -> None:
    """Print what came of it as one JSON object."""
    for position in FingerPosition:
        finger(SEED, position)
    disk = Disk(folder, random.Random(seed))
    refused: list[str] = []
    asked: list[str] = []
    lost: list[str] = []
    with Lab(lifelike=False, cards=False, seed=SEED) as lab:
        station = build(lab.settings(Settings(data_dir=folder)))
        confirmed = Confirmed(station)
        told: list[str] = []

        def tell(step: str, enrollment: Enrollment) -> None:
            told.append(step)
            confirmed.note(enrollment)
            disk.fill()

        try:
            recorder = Recorder(station, lab, tell)
            recorder.begin()
            sealed = None
            while sealed is None:
                try:
                    sealed = recorder.run()
                except (StationError, NotClearedError) as error:
                    refused.append(code_of(error))
                    asked.append(action_of(error).en)
                    lost += confirmed.lost()
                    disk.free()
            disk.free()
            assert sealed.sealed is not None
            packets = list(station.settings.folder.joinpath("packets").iterdir())
            answer: dict[str, Any] = {
                "told": told,
                "refused": refused,
                "asked": asked,
                "lost": lost,
                "state": sealed.state.value,
                "packets": sorted(each.name for each in packets),
                "sealed": sealed.sealed.file_name,
                "sums": [hashlib.sha256(each.read_bytes()).hexdigest() for each in packets],
                "sum": sealed.sealed.sha256,
            }
        finally:
            station.stop()
    print(json.dumps(answer))  # noqa: T201 - the answer to the test


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
