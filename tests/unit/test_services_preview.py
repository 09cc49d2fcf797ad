"""The judge beside the preview looks at the newest frame alone, and at bursts first; which picture is the best."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from devices.camera import BgrImage, Frame
from devices.camera.backdrop import Backdrop
from devices.camera.hints import Check, PortraitHint, PortraitQuality
from devices.camera.limits import FILE
from devices.camera.steadiness import Guide
from devices.errors import TechnicianNeededError
from devices.opencv_import import cv2
from devices.simulation.face import FaceTraits, render_face
from station.config import PortraitSection
from station.errors import StationError, WayOn
from station.services.preview import JUDGED_EVERY_S, Eye, Judge
from tests.support.practice import PATIENCE_S

AT = datetime(2020, 4, 13, tzinfo=UTC)
PIXEL: BgrImage = np.zeros((1, 1, 3), np.uint8)
GOOD = PortraitQuality(hints=(), score=80)


def frame(number: int, fps: float = 30.0) -> Frame:
    return Frame(PIXEL, AT, 100 + number / fps, number)


class SlowEye(Eye):
    """Takes its time: each look waits until it is let."""

    def __init__(self) -> None:
        super().__init__(PortraitSection())
        self.looking = threading.Semaphore(0)
        self.let = threading.Semaphore(0)

    def judge(self, image: BgrImage, backdrop: Backdrop) -> PortraitQuality:  # noqa: ARG002 - it is the base class's
        self.looking.release()
        assert self.let.acquire(timeout=PATIENCE_S)
        return GOOD


class Advice:
    """What the judge says, as it comes."""

    def __init__(self) -> None:
        self.about: list[float] = []
        self._came = threading.Semaphore(0)

    def __call__(self, guide: Guide, judged: float) -> None:
        assert guide.quality is GOOD
        self.about.append(round(judged, 3))
        self._came.release()

    def wait(self) -> None:
        assert self._came.acquire(timeout=PATIENCE_S)


@contextmanager
def judging(eye: Eye, advice: Advice) -> Iterator[Judge]:
    judge = Judge(eye, Backdrop.RED, advice)
    with judge:
        yield judge


def test_of_what_comes_while_it_looks_the_newest_alone_is_looked_at() -> None:
    eye, advice = SlowEye(), Advice()
    with judging(eye, advice) as judge:
        judge.see(frame(0))
        assert eye.looking.acquire(timeout=PATIENCE_S)
        for number in range(1, 20):
            judge.see(frame(number))
        for _ in range(2):
            eye.let.release()
            advice.wait()
    assert advice.about == [100.0, round(frame(19).monotonic, 3)]


@pytest.mark.parametrize(("fps", "stride"), [(60.0, 6), (30.0, 3), (25.0, 2), (15.0, 1), (10.0, 1)])
def test_it_looks_nine_times_a_second_as_far_as_the_cameras_beat_allows(fps: float, stride: int) -> None:
    eye, advice = SlowEye(), Advice()
    for _ in range(100):
        eye.let.release()
    with judging(eye, advice) as judge:
        for number in range(7):
            judge.see(frame(number, fps))
            if number % stride == 0:
                advice.wait()
    apart = np.diff(advice.about)
    assert len(advice.about) == 1 + 6 // stride
    assert all(apart <= max(JUDGED_EVERY_S, 1 / fps) + 1e-3)


def test_a_burst_is_chosen_from_before_the_next_frame_is_looked_at() -> None:
    eye, advice = SlowEye(), Advice()
    chosen: list[tuple[int, PortraitQuality, int]] = []

    def kept(best: Frame, quality: PortraitQuality) -> None:
        chosen.append((best.sequence, quality, len(advice.about)))

    with judging(eye, advice) as judge:
        judge.see(frame(0))
        assert eye.looking.acquire(timeout=PATIENCE_S)
        judge.see(frame(10))
        judge.choose(
            [frame(4), frame(5)], lambda best, quality: chosen.append((best.sequence, quality, len(advice.about)))
        )
        for _ in range(4):
            eye.let.release()
        advice.wait()
        advice.wait()
    assert chosen == [(4, GOOD, 1)]


def test_whoever_has_been_told_of_the_end_is_chosen_nothing() -> None:
    eye, advice = SlowEye(), Advice()
    frames, chosen = [frame(4)], []
    with judging(eye, advice) as judge:
        judge.see(frame(0))
        assert eye.looking.acquire(timeout=PATIENCE_S)
        judge.choose(frames, lambda *best: chosen.append(best))
        judge.see(frame(10))
        frames.clear()
        for _ in range(2):
            eye.let.release()
            advice.wait()
    assert chosen == []


def test_nothing_is_looked_at_after_the_end_and_its_thread_is_gone() -> None:
    eye, advice = SlowEye(), Advice()

    def let_once_it_is_over(judge: Judge) -> None:
        with judge._changed:
            judge._changed.wait_for(lambda: judge._over, PATIENCE_S)
        eye.let.release()

    with judging(eye, advice) as judge:
        judge.see(frame(0))
        assert eye.looking.acquire(timeout=PATIENCE_S)
        judge.see(frame(10))
        eye.let.release()
        advice.wait()
        assert eye.looking.acquire(timeout=PATIENCE_S)  # it is at the second one when the end comes
        judge.see(frame(20))
        judge.choose([frame(4)], lambda *_: None)
        threading.Thread(target=let_once_it_is_over, args=(judge,)).start()
    assert advice.about == [100.0, round(frame(10).monotonic, 3)]
    assert not any(each.name == "judge of the preview" for each in threading.enumerate())


# which picture is best

LOOKING = FaceTraits(seed=11)


@cache
def picture(traits: FaceTraits = LOOKING, blur: float = 0.0) -> BgrImage:
    image = render_face(traits).image
    return np.asarray(cv2.GaussianBlur(image, (0, 0), blur), np.uint8) if blur else image


def shots(*images: BgrImage) -> list[Frame]:
    return [Frame(image, AT, number / 30, number) for number, image in enumerate(images)]


@pytest.fixture(scope="module")
def eye() -> Eye:
    return Eye(PortraitSection())


def test_the_picture_with_open_eyes_is_kept(eye: Eye) -> None:
    shut = picture(replace(LOOKING, eyes_open=0.0))
    best, quality = eye.best(shots(shut, picture(), shut), Backdrop.RED)
    assert best.sequence == 1
    assert quality.hints == ()


def test_the_sharpest_is_kept(eye: Eye) -> None:
    best, _ = eye.best(shots(picture(blur=1.2), picture(blur=0.8), picture(), picture(blur=1.0)), Backdrop.RED)
    assert best.sequence == 2


SAID: list[PortraitQuality] = []


def sharp(value: float) -> Check:
    return Check("sharpness", value, 50.0)


def test_of_equals_the_sharpest_is_kept_and_a_warning_costs_no_rank() -> None:
    class Judged(Eye):
        """Says of every picture what its first byte stands for."""

        def judge(self, image: BgrImage, backdrop: Backdrop) -> PortraitQuality:  # noqa: ARG002 - it is the base class's
            return SAID[int(image[0, 0, 0])]

    colour = (PortraitHint.BACKGROUND_COLOUR,)
    said = [
        PortraitQuality(hints=(PortraitHint.TILTED,), score=95, checks=(sharp(90),)),
        PortraitQuality(hints=(), score=70, checks=(sharp(20),)),
        PortraitQuality(hints=colour, score=70, checks=(sharp(40),)),
        PortraitQuality(hints=(), score=69, checks=(sharp(99),)),
        PortraitQuality(hints=(), score=70),
    ]
    SAID[:] = said
    frames = shots(*(np.full((1, 1, 3), number, np.uint8) for number in range(len(said))))
    best, quality = Judged(PortraitSection()).best(frames, Backdrop.RED)
    assert (best.sequence, quality) == (2, said[2])


def test_a_profile_of_the_offices_own_is_judged_by(eye: Eye, tmp_path: Path) -> None:
    import devices.camera

    text = (Path(devices.camera.__file__).parent / FILE).read_text("utf-8")
    strict = tmp_path / "profile.toml"
    strict.write_text(text.replace("least = 90.0", "least = 900.0", 1), "utf-8")
    assert eye.judge(picture(), Backdrop.RED).hints == ()
    judged = Eye(PortraitSection(guidance=strict)).judge(picture(), Backdrop.RED)
    assert judged.hints[0] is PortraitHint.TOO_SMALL


@pytest.mark.parametrize("text", [None, "[", "[eye_distance]\nleast = 1.0"])
def test_a_profile_that_is_none_is_told_by_its_name(tmp_path: Path, text: str | None) -> None:
    bad = tmp_path / "profile.toml"
    if text is not None:
        bad.write_text(text, "utf-8")
    uses: tuple[Callable[[Eye], object], ...] = (lambda e: e.judge(PIXEL, Backdrop.RED), lambda e: e.steadiness())
    for use in uses:
        with pytest.raises(StationError, match=r"portrait\.bad_profile: profile\.toml") as told:
            use(Eye(PortraitSection(guidance=bad)))
        assert told.value.way_on is WayOn.CHECK_SETTINGS


def test_a_detector_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(TechnicianNeededError, match=r"camera\.detector_unreadable"):
        Eye(PortraitSection(detector=tmp_path / "none.onnx")).judge(picture(), Backdrop.RED)
