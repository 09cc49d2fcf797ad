"""Nothing of a person can be read on the disk: at no step of a recording, in no file of data or temporaries."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from station.bootstrap import Station, build
from station.config import Settings
from station.domain.enrollment import Enrollment
from station.lab.lab import Lab
from station.packet.checking import open_packet
from tests.support.at_rest import SLICE, Slices, files, words_in
from tests.support.practice import centre_of
from tests.support.recorder import Recorder
from tests.support.soak import SOAK

STEP = 1 if SOAK else SLICE


class Watch:
    """Looks at every file after every step."""

    def __init__(self, station: Station, folder: Path, words: list[str]) -> None:
        self._station = station
        self._folders = (folder, Path(tempfile.gettempdir()))
        self._words = words
        self.slices = Slices()
        self.steps: list[str] = []
        self.wrong: list[str] = []

    def tell(self, step: str, enrollment: Enrollment) -> None:
        self.steps.append(step)
        self._take(enrollment)
        if SOAK or self.steps.count(step) in {1, 10}:
            self.look(step)

    def look(self, step: str) -> None:
        for path, data in files(*self._folders):
            self.wrong += [f"{word} in {path.name} after {step}" for word in words_in(data, self._words)]
            if self.slices.found_in(data, STEP) is not None:
                self.wrong.append(f"a slice of a capture in {path.name} after {step}")

    def _take(self, enrollment: Enrollment) -> None:
        """What was captured, in the clear."""
        if enrollment.sealed is not None:
            return
        taken = [each.blob_id for each in enrollment.portraits]
        taken += [each.blob_id for each in enrollment.fingers]
        taken += [each.blob_id for each in enrollment.signatures]

        def read() -> list[bytes]:
            with self._station._records.work() as work:
                return [work.blobs.get(blob_id) for blob_id in taken]

        for data in self._station.desk.submit(read).result(30):
            self.slices.add(data)


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_nothing_of_the_applicant_can_be_read_on_the_disk_at_any_step(tmp_path: Path) -> None:
    with Lab(lifelike=False, cards=False) as lab:
        form = lab.citizen.form
        words = [form.nik, form.name, form.name.title(), form.name.split()[-1]]
        station = build(lab.settings(Settings(data_dir=tmp_path)))
        watch = Watch(station, tmp_path, words)
        try:
            recorder = Recorder(station, lab, watch.tell)
            recorder.begin()
            sealed = recorder.run()
            assert sealed.sealed is not None
            packet = station.settings.folder / "packets" / sealed.sealed.file_name
            for name, data in open_packet(packet, **centre_of(station.settings.folder)).members.items():
                if not name.endswith(".json"):  # whose words the sidecar has too: ids, names of files
                    watch.slices.add(data)
            watch.look("the end")
        finally:
            station.stop()
        watch.look("the program's end")
    assert watch.steps[-1] == "sealed"
    assert len(watch.steps) > 17
    assert len(watch.slices) > 300_000
    assert watch.wrong == []


def test_the_watch_sees_a_word_and_a_slice_wherever_they_lie(tmp_path: Path) -> None:
    import random

    capture, slices = random.Random(1).randbytes(5000), Slices()
    slices.add(capture)
    for at in (0, 1, 7, 4095, 10_000):
        assert slices.found_in(bytes(at) + capture[1234 : 1234 + SLICE] + bytes(100), 1) is not None
        assert slices.found_in(bytes(at) + capture[1234 : 1234 + 2 * SLICE - 1] + bytes(100), SLICE) is not None
    assert slices.found_in(random.Random(2).randbytes(100_000), 1) is None
    assert slices.found_in(bytes(100_000), 1) is None
    assert words_in("...BUDI...".encode("utf-16-le"), ["BUDI", "SARI"]) == ["BUDI"]
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "file").write_bytes(b"x")
    assert [path.name for path, _ in files(tmp_path)] == ["file"]
