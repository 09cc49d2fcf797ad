"""The portrait at the counter: a preview under the leave, the best of a burst, three attempts, the applicant's word."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from devices.camera import Frame
from devices.camera.backdrop import Backdrop
from devices.errors import DeviceError
from devices.opencv_import import cv2
from devices.simulation.face import FaceTraits, render_face
from protocols.clearance import NotClearedError
from station.biometrics.images import decode_png
from station.config import CaptureSection, PortraitSection
from station.domain.history import ParkReason
from station.domain.samples import Accepted
from station.domain.step import State
from station.errors import RuleError, StationError, WayOn
from station.lab.body import face_of
from station.lab.lab import Lab
from station.lab.operator import SUPERVISOR
from station.lab.persona import citizen
from station.services.prompts import PromptKind
from tests.support.power_cut import digest
from tests.support.practice import PASSWORD, PATIENCE_S, Practice, practising

PROMPTLY_S = 5.0


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(lifelike=False, cards=False) as running:
        yield running


@pytest.fixture
def practice(lab: Lab, tmp_path: Path) -> Iterator[Practice]:
    with practising(lab, tmp_path) as running:
        yield running


class Preview:
    """A preview that is looked at whenever it rings."""

    def __init__(self, practice: Practice, visit_id: str) -> None:
        self.desk = practice.station.portrait
        self._woken = threading.Event()
        self.desk.start(visit_id, self._woken.set)
        self.wait()

    def wait(self) -> None:
        """Until it rings."""
        assert self._woken.wait(PATIENCE_S)
        self._woken.clear()


def blob(practice: Practice, blob_id: str) -> bytes:
    def get() -> bytes:
        with practice.station._records.work() as work:
            return work.blobs.get(blob_id)

    return practice.do(get)


def frames() -> list[Frame]:
    """Every one that is still in memory."""
    gc.collect()
    return [each for each in gc.get_objects() if isinstance(each, Frame)]


# the preview


def test_no_frame_comes_before_the_leave_and_none_after_it(practice: Practice) -> None:
    visit_id, woken, portrait = practice.identified(), threading.Event(), practice.station.portrait
    portrait.start(visit_id, woken.set)
    assert woken.wait(PATIENCE_S)
    assert portrait.latest() is None
    assert isinstance(portrait.failure(), RuleError)

    practice.operator.screen(visit_id)
    woken.clear()
    portrait.start(visit_id, woken.set)
    assert woken.wait(PATIENCE_S)
    first = portrait.latest()
    assert first is not None
    assert first.image.shape == (720, 1280, 3)
    while first is None or first.guide is None:
        assert woken.wait(PATIENCE_S)
        woken.clear()
        first = portrait.latest()
    assert first.guide.quality.face is not None
    assert 0 <= first.monotonic - first.judged < PATIENCE_S

    woken.clear()
    practice.do(lambda: practice.station.visits.park(visit_id, ParkReason.DEVICE_BROKEN))
    while portrait.failure() is None:
        portrait.latest()
        assert woken.wait(PATIENCE_S)
        woken.clear()
    assert isinstance(portrait.failure(), NotClearedError)


def test_the_preview_wakes_once_until_it_is_looked_at_and_holds_the_newest_frame(practice: Practice) -> None:
    visit_id, portrait = practice.cleared(), practice.station.portrait
    calls, woken = [0], threading.Event()

    def wake() -> None:
        calls[0] += 1
        woken.set()

    portrait.start(visit_id, wake)
    assert woken.wait(PATIENCE_S)
    taken = [practice.wait(portrait.take(visit_id)) for _ in range(3)]  # frames go by meanwhile
    assert calls == [1]
    newest = portrait.latest()
    assert newest is not None
    assert portrait.latest() is None or calls == [2]
    assert [len(each.portraits) for each in taken] == [1, 2, 3]
    portrait.stop()
    assert portrait.latest() is None
    assert portrait.failure() is None


def test_a_portrait_is_kept_without_loss_and_shown_three_by_four(practice: Practice) -> None:
    visit_id = practice.cleared()
    attempt = practice.wait(practice.station.portrait.take(visit_id)).portraits[0]
    assert attempt.source.simulated
    assert attempt.hints == ()
    assert attempt.eyes is not None

    def original() -> bytes:
        with practice.station._records.work() as work:
            return work.blobs.get(attempt.blob_id)

    assert decode_png(practice.do(original)).shape == (attempt.height, attempt.width, 3)
    shown = decode_png(practice.do(lambda: practice.station.portrait.image(visit_id, 1)))
    height, width = shown.shape[:2]
    assert abs(width * 4 - height * 3) <= 4


def test_a_portrait_with_hints_is_accepted_only_once_a_supervisor_signed(tmp_path: Path) -> None:
    picture = tmp_path / "nobody.png"
    from devices.opencv_import import cv2

    cv2.imwrite(str(picture), np.full((720, 1280, 3), 90, np.uint8))
    with Lab(lifelike=False, cards=False, portrait=picture) as lab, practising(lab, tmp_path) as practice:
        visit_id, portrait = practice.cleared(), practice.station.portrait
        attempt = practice.wait(portrait.take(visit_id)).portraits[0]
        assert attempt.hints == ("portrait.no_face",)
        with pytest.raises(RuleError, match=r"portrait\.needs_force"):
            practice.do(lambda: portrait.accept(visit_id, 1, Accepted.TOLD))
        with pytest.raises(RuleError, match=r"sign_on\.same_officer"):
            practice.do(lambda: portrait.force(visit_id, 1, "petugas", PASSWORD, "terburu-buru"))
        with pytest.raises(RuleError, match=r"portrait\.reason_missing"):
            practice.do(lambda: portrait.force(visit_id, 1, SUPERVISOR, PASSWORD, " "))
        forced = practice.do(lambda: portrait.force(visit_id, 1, SUPERVISOR, PASSWORD, "Kamera rusak"))
        assert forced.portraits[0].forced_by == SUPERVISOR
        assert practice.do(lambda: portrait.accept(visit_id, 1, Accepted.TOLD)).state is State.FINGERPRINTS


def test_a_preview_whose_leave_has_ended_shows_no_frame_and_asks_for_nothing(practice: Practice) -> None:
    visit_id = practice.cleared()
    preview = Preview(practice, visit_id)  # a frame is there, and nobody has looked at it
    practice.do(practice.station.sign_on.sign_off)
    assert isinstance(preview.desk.failure(), NotClearedError)
    assert preview.desk.latest() is None
    assert practice.station.prompts.current.kind is PromptKind.NOTHING


def test_a_camera_that_is_pulled_leaves_no_frame_and_no_wish(tmp_path: Path) -> None:
    with Lab(lifelike=False, cards=False) as lab, practising(lab, tmp_path) as practice:
        preview = Preview(practice, practice.cleared())
        assert lab.camera is not None
        lab.camera.unplug()
        while preview.desk.failure() is None:
            preview.desk.latest()
            preview.wait()
        assert isinstance(preview.desk.failure(), DeviceError)
        assert preview.desk.latest() is None
        assert practice.station.prompts.current.kind is PromptKind.NOTHING


def test_a_camera_that_comes_back_is_told_and_looked_through_again(tmp_path: Path) -> None:
    with Lab(lifelike=False, cards=False) as lab, practising(lab, tmp_path) as practice:
        visit_id = practice.cleared()
        preview = Preview(practice, visit_id)
        assert lab.camera is not None
        lab.camera.unplug()
        while preview.desk.failure() is None:
            preview.desk.latest()
            preview.wait()
        preview.desk.latest()
        lab.camera.replug()
        while not preview.desk.recovered():
            preview.wait()
            preview.desk.latest()
        again = Preview(practice, visit_id)
        assert again.desk.failure() is None
        assert not again.desk.recovered()
        assert practice.wait(again.desk.take(visit_id)).portraits


def test_a_preview_that_was_stopped_hears_of_no_camera(practice: Practice) -> None:
    preview = Preview(practice, practice.cleared())
    preview.desk.stop()
    assert not preview.desk.recovered()
    assert practice.station.bay.submit("camera", lambda device: device.self_test()).result(PROMPTLY_S).passed
    assert not any(each.name == "judge of the preview" for each in threading.enumerate())


def test_a_profile_that_is_none_ends_the_preview_and_says_so(lab: Lab, tmp_path: Path) -> None:
    capture = CaptureSection(portrait=PortraitSection(guidance=tmp_path / "none.toml"))
    with practising(lab, tmp_path, capture=capture) as practice:
        preview = Preview(practice, practice.cleared())
        while (failure := preview.desk.failure()) is None:
            preview.desk.latest()
            preview.wait()
        assert isinstance(failure, StationError)
        assert (failure.code, failure.way_on) == ("portrait.bad_profile", WayOn.CHECK_SETTINGS)
        assert preview.desk.latest() is None


def test_what_was_seen_is_forgotten_with_the_leave(lab: Lab, tmp_path: Path) -> None:
    with practising(lab, tmp_path, capture=CaptureSection(burst_frames=15)) as practice:
        visit_id = practice.cleared()
        began = time.monotonic()
        preview = Preview(practice, visit_id)
        shot = preview.desk.take(visit_id)  # half a second of frames
        practice.do(practice.station.sign_on.sign_off)
        with pytest.raises(NotClearedError):
            shot.result(PROMPTLY_S)
        assert practice.station.bay.submit("camera", lambda device: device.self_test()).result(PROMPTLY_S).passed
        kept = [each for each in frames() if each.monotonic >= began]
        assert len(kept) <= 1  # the newest that the driver has read, which no one gets without a new leave


# attempts


def test_three_attempts_are_kept_and_any_of_them_is_approved(practice: Practice) -> None:
    visit_id, portrait = practice.cleared(), practice.station.portrait
    taken = [practice.wait(portrait.take(visit_id)) for _ in range(3)]
    assert [each.portrait_attempts_left for each in taken] == [2, 1, 0]
    with pytest.raises(RuleError, match=r"portrait\.attempts_used") as refused:
        practice.wait(portrait.take(visit_id))
    assert refused.value.way_on is WayOn.ASK_SUPERVISOR
    assert len({blob(practice, each.blob_id) for each in taken[-1].portraits}) == 3
    approved = practice.do(lambda: portrait.accept(visit_id, 2, Accepted.ON_SCREEN))
    assert approved.state is State.FINGERPRINTS
    accepted = approved.accepted()
    assert accepted is not None
    assert (accepted.number, accepted.accepted) == (2, Accepted.ON_SCREEN)
    assert accepted.accepted_at == approved.entries[-2].at


def test_an_applicant_who_approves_none_of_three_is_photographed_again_if_a_supervisor_lets_them(
    practice: Practice,
) -> None:
    visit_id, portrait = practice.cleared(), practice.station.portrait
    for _ in range(3):
        practice.wait(portrait.take(visit_id))
    with pytest.raises(RuleError, match=r"sign_on\."):
        practice.do(lambda: portrait.grant(visit_id, "petugas", PASSWORD, "mata terpejam"))
    granted = practice.do(lambda: portrait.grant(visit_id, SUPERVISOR, PASSWORD, "mata terpejam"))
    assert granted.portrait_attempts_left == 3
    taken = practice.wait(portrait.take(visit_id))
    assert [each.number for each in taken.portraits] == [1, 2, 3, 4]


def test_a_burst_is_one_attempt_with_all_that_was_measured(practice: Practice) -> None:
    visit_id, portrait = practice.cleared(), practice.station.portrait
    Preview(practice, visit_id)
    (attempt,) = practice.wait(portrait.take(visit_id)).portraits
    portrait.stop()
    assert attempt.burst == practice.station.settings.capture.burst_frames == 5
    assert attempt.backdrop == practice.do(lambda: portrait.backdrop(visit_id)).value
    assert {"eye_distance", "roll", "sharpness", "background_colour"} <= {each.name for each in attempt.checks}
    assert attempt.eyes is not None
    assert attempt.face is not None
    assert attempt.crop is not None
    (x, y), _ = attempt.eyes
    for left, top, width, height in (attempt.face, attempt.crop):
        assert left < x < left + width
        assert top < y < top + height
    assert all(type(each.value) is float and type(each.score) is float for each in attempt.checks)


def test_what_is_kept_is_read_back_as_it_was(practice: Practice) -> None:
    visit_id = practice.cleared()
    kept = practice.wait(practice.station.portrait.take(visit_id))
    read_back = practice.do(lambda: practice.station.visits.load(visit_id))
    assert read_back == kept
    assert digest(read_back, len(read_back.entries)) == digest(kept, len(kept.entries))  # figures as figures


def test_a_picture_of_a_coarse_camera_needs_a_supervisor(tmp_path: Path) -> None:
    small = tmp_path / "small.png"
    cv2.imwrite(
        str(small), cv2.resize(render_face(face_of(citizen(2020))).image, (960, 540), interpolation=cv2.INTER_AREA)
    )
    with Lab(lifelike=False, cards=False, portrait=small) as lab, practising(lab, tmp_path) as practice:
        visit_id, portrait = practice.cleared(), practice.station.portrait
        attempt = practice.wait(portrait.take(visit_id)).portraits[0]
        assert "portrait.few_pixels" in attempt.hints
        with pytest.raises(RuleError, match=r"portrait\.needs_force"):
            practice.do(lambda: portrait.accept(visit_id, 1, Accepted.ON_SCREEN))


# the backdrop


def with_picture(folder: Path, traits: FaceTraits) -> Path:
    picture = folder / "somebody.png"
    cv2.imwrite(str(picture), render_face(traits).image)
    return picture


def test_the_backdrop_is_that_of_the_year_of_birth(practice: Practice) -> None:
    visit_id = practice.identified()
    odd = practice.lab.citizen.birth_year % 2
    assert practice.do(lambda: practice.station.portrait.backdrop(visit_id)) is (Backdrop.RED if odd else Backdrop.BLUE)
    opened = practice.do(practice.station.visits.open).visit_id
    with pytest.raises(RuleError, match=r"visit\.out_of_turn"):
        practice.do(lambda: practice.station.portrait.backdrop(opened))


def test_a_wrong_cloth_warns_is_kept_and_asks_for_no_supervisor(tmp_path: Path) -> None:
    face = replace(face_of(citizen(2020)), backdrop=Backdrop.ORANGE)
    with (
        Lab(lifelike=False, cards=False, portrait=with_picture(tmp_path, face)) as lab,
        practising(lab, tmp_path) as practice,
    ):
        visit_id, portrait = practice.cleared(), practice.station.portrait
        attempt = practice.wait(portrait.take(visit_id)).portraits[0]
        assert attempt.hints == ("portrait.background_colour",)
        assert not attempt.needs_force
        accepted = practice.do(lambda: portrait.accept(visit_id, 1, Accepted.TOLD)).accepted()
        assert accepted is not None
        assert accepted.hints == ("portrait.background_colour",)
