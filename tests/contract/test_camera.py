"""What every source of frames keeps to: a stream over HTTP from the simulator, a picture, a folder of them, a film."""

from __future__ import annotations

import itertools
import queue
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from devices.bay import BayEvent, DeviceBay
from devices.camera import BgrImage, Frame, fit_for_enrolment
from devices.camera.opencv import OpenCvCamera
from devices.camera.simulator import CameraFault, CameraSimulator
from devices.camera.simulator.server import part
from devices.camera.sources import open_source
from devices.camera.tuning import Tuning
from devices.device import HealthState
from devices.errors import CaptureCancelledError, DeviceLostError, DeviceTimeoutError, OperatorCanMendError, Remedy
from devices.gate import CaptureGate
from devices.opencv_import import cv2
from protocols.clearance import Clearance, DeviceKey, NotClearedError, Refusal
from protocols.clock import ManualClock
from protocols.schema import builtin
from protocols.screening import Answer, Screening

SIZE = (1280, 720)
PATIENCE_S = 10.0
QUICKLY_S = 0.5
"""In place of the seconds after which a picture that stands still is a loss."""


def plain(grey: int) -> BgrImage:
    return np.full((SIZE[1], SIZE[0], 3), grey, np.uint8)


class Rig(ABC):
    """A source of frames whose cable can be pulled."""

    source: str

    @abstractmethod
    def unplug(self) -> None: ...

    @abstractmethod
    def replug(self) -> None: ...

    @abstractmethod
    def stop(self) -> None: ...


class StreamRig(Rig):
    def __init__(self, _: Path) -> None:
        self.simulator = CameraSimulator(plain(90), fps=30)
        self.simulator.start()
        self.source = self.simulator.url

    def unplug(self) -> None:
        self.simulator.unplug()

    def replug(self) -> None:
        self.simulator.replug()

    def stop(self) -> None:
        self.simulator.stop()

    def let_pass(self, frames: int) -> None:
        """Until so many more frames have gone out."""
        goal, deadline = self.simulator.frames_sent + frames, time.monotonic() + PATIENCE_S
        while self.simulator.frames_sent < goal:
            assert time.monotonic() < deadline
            time.sleep(0.005)


class FileRig(Rig):
    def __init__(self, folder: Path) -> None:
        self.file = folder / self.name
        self.away = folder / "away"
        self.write(self.file)
        self.source = str(self.file)

    name: str

    @abstractmethod
    def write(self, file: Path) -> None: ...

    def unplug(self) -> None:
        self.file.rename(self.away)

    def replug(self) -> None:
        self.away.rename(self.file)

    def stop(self) -> None:
        """A file needs no stopping."""


class PictureRig(FileRig):
    name = "siti %03d 01.png"  # a pattern of numbered files to OpenCV's own reader

    def write(self, file: Path) -> None:
        file.write_bytes(cv2.imencode(".png", plain(90))[1].tobytes())


class FolderRig(FileRig):
    name = "siti"

    def write(self, file: Path) -> None:
        file.mkdir()
        for index in range(12):
            (file / f"{index:02}.png").write_bytes(cv2.imencode(".png", plain(60 + index))[1].tobytes())
        (file / "notes.txt").write_text("no picture")


class FilmRig(FileRig):
    name = "siti.avi"

    def write(self, file: Path) -> None:
        writer = cv2.VideoWriter(str(file), cv2.CAP_OPENCV_MJPEG, cv2.VideoWriter.fourcc(*"MJPG"), 30, SIZE)
        for index in range(12):
            writer.write(plain(60 + index))
        writer.release()


class Clean:
    """A log of a station without contact devices: a camera touches nobody."""

    def used_by(self, device: DeviceKey) -> str | None:
        raise AssertionError(device)

    def mark_used(self, device: DeviceKey, visit_id: str) -> None:
        raise AssertionError((device, visit_id))


class Counter:
    """The counter where visit "v" is served by officer "o"."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.gate = CaptureGate(self.clock, Clean())

    def clear(self, key: DeviceKey, visit: str = "v") -> Clearance:
        answers = (Answer("applicant_hands_clean", visit, True, self.clock.now(), "o"),)
        devices = frozenset({key})
        return Screening(builtin("routine"), visit, "o", devices, frozenset(), answers, frozenset()).clear(self.clock)

    def admit(self, camera: OpenCvCamera) -> Clearance:
        """Screen the visit and arm the camera for it."""
        leave = self.clear(camera.key)
        self.gate.attend("v", "o")
        camera.arm(leave)
        return leave


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture(params=[StreamRig, PictureRig, FolderRig, FilmRig])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    made: Rig = request.param(tmp_path)
    yield made
    made.stop()


@pytest.fixture
def stream(tmp_path: Path) -> Iterator[StreamRig]:
    made = StreamRig(tmp_path)
    yield made
    made.stop()


def make(rig: Rig, counter: Counter) -> OpenCvCamera:
    return OpenCvCamera("camera", counter.gate, rig.source, width=SIZE[0], height=SIZE[1], simulated=True)


@pytest.fixture
def camera(rig: Rig, counter: Counter) -> Iterator[OpenCvCamera]:
    made = make(rig, counter)
    made.open()
    yield made
    made.close()


@pytest.fixture
def live(stream: StreamRig, counter: Counter) -> Iterator[OpenCvCamera]:
    """A camera on the stream."""
    made = make(stream, counter)
    made.open()
    yield made
    made.close()


def in_thread(act: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """Run in another thread; the list gets what it returned or raised."""
    outcome: list[object] = []

    def run() -> None:
        try:
            outcome.append(act())
        except Exception as error:  # noqa: BLE001 - the test looks at whatever it is
            outcome.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, outcome


def until_waiting(camera: OpenCvCamera) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while camera.health.state is not HealthState.BUSY:
        assert time.monotonic() < deadline
        time.sleep(0.001)


# -- the gate


def test_no_pixel_comes_without_a_clearance_that_holds(camera: OpenCvCamera, counter: Counter) -> None:
    def refusal(leave: Clearance | None) -> Refusal:
        with pytest.raises(NotClearedError) as caught:
            camera.read(leave)
        return caught.value.refusal

    leave = counter.clear(camera.key)
    assert refusal(leave) is Refusal.REVOKED, "nobody stands at the counter"
    counter.gate.attend("v", "o")
    assert refusal(None) is Refusal.NO_CLEARANCE
    assert refusal(leave) is Refusal.NOT_ARMED
    camera.arm(leave)
    assert camera.read(leave).image.shape == (SIZE[1], SIZE[0], 3)
    assert refusal(counter.clear(camera.key, "w")) is Refusal.OTHER_VISIT
    assert refusal(counter.clear(DeviceKey("camera", "another"))) is Refusal.OTHER_DEVICE
    counter.clock.advance(timedelta(hours=1, seconds=1))
    assert refusal(leave) is Refusal.EXPIRED


def test_a_frame_that_arrives_after_the_leave_has_ended_is_not_handed_over(
    stream: StreamRig, live: OpenCvCamera, counter: Counter
) -> None:
    leave = counter.admit(live)
    stream.simulator.befall(CameraFault.FREEZE)
    stream_is_still(live, leave)
    thread, outcome = in_thread(lambda: live.read(leave, PATIENCE_S))
    until_waiting(live)
    counter.gate.leave()
    stream.simulator.befall(None)
    thread.join(PATIENCE_S)
    assert isinstance(outcome[0], NotClearedError)


def stream_is_still(camera: OpenCvCamera, leave: Clearance) -> None:
    """Until no frame comes any more."""
    while True:
        try:
            camera.read(leave, 0.2)
        except DeviceTimeoutError:
            return


def test_what_the_camera_saw_before_it_was_armed_is_never_handed_out(
    stream: StreamRig, live: OpenCvCamera, counter: Counter
) -> None:
    stream.let_pass(10)
    stream.simulator.show(plain(250))
    stream.let_pass(2)
    leave = counter.admit(live)
    assert live.read(leave).image.min() > 200


def test_frames_that_nobody_waits_for_are_not_even_decoded(
    stream: StreamRig, live: OpenCvCamera, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert live._reader is not None
    source = live._reader._source
    assert source is not None
    decode, decoded = source.decode, itertools.count()

    def counted() -> BgrImage | None:
        next(decoded)
        return decode()

    monkeypatch.setattr(source, "decode", counted)
    stream.let_pass(10)
    assert next(decoded) == 0
    live.read(counter.admit(live))
    assert next(decoded) == 2, "one frame, and the look above"


# -- frames


def test_a_frame_is_taken_after_it_was_asked_for_and_older_ones_are_dropped(
    camera: OpenCvCamera, counter: Counter
) -> None:
    leave = counter.admit(camera)
    first = camera.read(leave)
    time.sleep(0.35)  # lets frames go by
    asked = time.monotonic()
    second = camera.read(leave)
    assert second.monotonic >= asked
    assert second.sequence >= first.sequence + 3
    assert second.taken_at > first.taken_at
    assert second.taken_at.utcoffset() == timedelta(0)


def test_reading_without_pause_keeps_up_with_the_stream(live: OpenCvCamera, counter: Counter) -> None:
    leave = counter.admit(live)
    numbers = [live.read(leave).sequence for _ in range(30)]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] - numbers[0] <= 1.5 * len(numbers)


def test_no_backlog_grows_while_nobody_reads(stream: StreamRig, live: OpenCvCamera, counter: Counter) -> None:
    leave = counter.admit(live)
    live.read(leave)
    stream.let_pass(20)
    stream.simulator.show(plain(250))
    stream.let_pass(2)
    assert live.read(leave).image.min() > 200


def test_a_frame_belongs_to_whoever_got_it(camera: OpenCvCamera, counter: Counter) -> None:
    leave = counter.admit(camera)
    first = camera.read(leave).image
    first[:] = 0
    second = camera.read(leave).image
    assert not np.shares_memory(first, second)
    assert second.mean() > 50
    assert second.flags.writeable


@pytest.mark.parametrize("kind", [FilmRig, FolderRig])
def test_a_film_or_a_folder_begins_again_at_its_end(tmp_path: Path, counter: Counter, kind: type[FileRig]) -> None:
    camera = make(kind(tmp_path), counter)
    camera.open()
    leave = counter.admit(camera)
    shades = [round(float(camera.read(leave).image.mean())) for _ in range(20)]
    camera.close()
    assert min(shades) < 64
    assert max(shades) > 68
    assert any(after < before - 5 for before, after in itertools.pairwise(shades))


# -- life


def test_open_and_close_may_be_repeated(camera: OpenCvCamera, counter: Counter) -> None:
    assert camera.open() is camera.open()
    camera.close()
    camera.close()
    with pytest.raises(DeviceLostError):
        camera.read(None)
    again = camera.open()
    assert camera.read(counter.admit(camera)).sequence >= 1
    assert again.serial == camera.key.serial


def test_identity_is_never_empty_and_holds_no_word_that_a_person_chose(rig: Rig, camera: OpenCvCamera) -> None:
    info = camera.info
    assert info.serial.startswith("port:")
    assert info.simulated
    assert (info.properties["width"], info.properties["height"]) == (str(SIZE[0]), str(SIZE[1]))
    assert "siti" not in repr(info)
    rig.unplug()
    with pytest.raises(DeviceLostError) as lost:
        wait_for_loss(camera)
    camera.close()
    with pytest.raises(OperatorCanMendError) as absent:
        camera.open()
    assert "siti" not in f"{lost.value} {absent.value}"
    assert absent.value.__cause__ is None


def wait_for_loss(camera: OpenCvCamera) -> None:
    """Look as the bay does, until it raises."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        camera.watch()
        time.sleep(0.01)


def test_a_self_test_measures_and_hands_no_pixel_out(camera: OpenCvCamera) -> None:
    result = camera.self_test()
    assert result.passed, result
    assert [name for name, _, _ in result.checks] == ["size", "rate", "picture"]
    assert result.checks[0][2] == f"{SIZE[0]} x {SIZE[1]}"


@pytest.mark.parametrize(
    ("fault", "failed"), [(CameraFault.BLACK, "picture"), (CameraFault.SLOW, "rate"), (CameraFault.SMALL, "size")]
)
def test_a_self_test_names_what_is_wrong(tmp_path: Path, counter: Counter, fault: CameraFault, failed: str) -> None:
    rig = StreamRig(tmp_path)
    rig.simulator.befall(fault)
    camera = OpenCvCamera("camera", counter.gate, rig.source)
    camera.open()
    result = camera.self_test()
    camera.close()
    rig.stop()
    assert not result.passed
    assert [name for name, passed, _ in result.checks if not passed] == [failed]


def test_a_pulled_cable_is_a_loss(rig: Rig, camera: OpenCvCamera, counter: Counter) -> None:
    leave = counter.admit(camera)
    camera.read(leave)
    rig.unplug()

    def read_on() -> None:
        while True:
            camera.read(leave)

    with pytest.raises(DeviceLostError) as caught:
        read_on()
    assert caught.value.code == "camera.lost"
    assert camera.health.state is HealthState.LOST


def test_a_loss_is_noticed_while_nobody_reads(rig: Rig, camera: OpenCvCamera) -> None:
    camera.watch()
    rig.unplug()
    with pytest.raises(DeviceLostError):
        wait_for_loss(camera)


def test_the_bay_takes_it_up_again_when_it_is_plugged_in(rig: Rig, counter: Counter) -> None:
    events: queue.Queue[BayEvent] = queue.Queue()
    bay = DeviceBay(
        counter.gate,
        {"camera": lambda gate: OpenCvCamera("camera", gate, rig.source, width=SIZE[0], height=SIZE[1])},
        events.put,
        first_pause_s=0.05,
        longest_pause_s=0.1,
        watch_s=0.02,
    )

    def wait_for(state: HealthState) -> BayEvent:
        while (event := events.get(timeout=PATIENCE_S)).health.state is not state:
            pass
        return event

    bay.start()
    before = wait_for(HealthState.READY)
    rig.unplug()
    wait_for(HealthState.LOST)
    rig.replug()
    after = wait_for(HealthState.READY)
    assert not after.changed
    assert before.info == after.info
    (key,) = bay.keys()
    assert bay.contact_keys() == frozenset()
    leave = counter.clear(key)
    counter.gate.attend("v", "o")

    def read(device: object) -> Frame:
        assert isinstance(device, OpenCvCamera)
        device.arm(leave)
        return device.read(leave)

    assert bay.submit("camera", read).result(PATIENCE_S).sequence >= 1
    bay.stop()


def test_a_cancel_ends_the_next_read_and_no_other(camera: OpenCvCamera, counter: Counter) -> None:
    leave = counter.admit(camera)
    camera.cancel()
    with pytest.raises(CaptureCancelledError):
        camera.read(leave)
    camera.read(leave)


def test_a_cancel_ends_a_wait(stream: StreamRig, live: OpenCvCamera, counter: Counter) -> None:
    leave = counter.admit(live)
    stream.simulator.befall(CameraFault.FREEZE)
    stream_is_still(live, leave)
    thread, outcome = in_thread(lambda: live.read(leave, PATIENCE_S))
    until_waiting(live)
    live.cancel()
    thread.join(0.5)
    assert isinstance(outcome[0], CaptureCancelledError)


def test_closing_from_another_thread_ends_a_wait(stream: StreamRig, live: OpenCvCamera, counter: Counter) -> None:
    leave = counter.admit(live)
    stream.simulator.befall(CameraFault.FREEZE)
    stream_is_still(live, leave)
    thread, outcome = in_thread(lambda: live.read(leave, PATIENCE_S))
    until_waiting(live)
    began = time.monotonic()
    live.close()
    assert time.monotonic() - began < 3.0, "OpenCV's own wait is limited"
    thread.join(PATIENCE_S)
    assert isinstance(outcome[0], DeviceLostError)


def test_a_frozen_stream_is_a_timeout_first_and_a_loss_when_it_stays(
    stream: StreamRig, live: OpenCvCamera, counter: Counter
) -> None:
    leave = counter.admit(live)
    stream.simulator.befall(CameraFault.FREEZE)
    stream_is_still(live, leave)
    with pytest.raises(DeviceLostError) as caught:
        live.read(leave, PATIENCE_S)
    assert caught.value.code == "camera.silent"


def test_a_camera_that_repeats_its_picture_is_a_timeout_first_and_a_loss_when_it_stays(
    stream: StreamRig, live: OpenCvCamera, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devices.camera.opencv.FROZEN_S", QUICKLY_S)
    leave = counter.admit(live)
    stream.simulator.show(striped())
    stream.simulator.befall(CameraFault.STUCK)
    stream_is_still(live, leave)
    with pytest.raises(DeviceLostError) as caught:
        live.read(leave, PATIENCE_S)
    assert caught.value.code == "camera.silent"
    live.open()
    live.arm(leave)
    with pytest.raises(DeviceTimeoutError):
        live.read(leave, 0.3)  # opened anew it still shows its old picture
    stream.simulator.befall(None)
    live.read(leave, PATIENCE_S)


def striped() -> BgrImage:
    """A scene in which a movement can be seen."""
    image = plain(90)
    image[:, ::16] = 200
    return image


def test_a_covered_lens_is_a_black_picture_and_no_loss(stream: StreamRig, live: OpenCvCamera, counter: Counter) -> None:
    leave = counter.admit(live)
    stream.simulator.befall(CameraFault.BLACK)
    stream.let_pass(2)
    until = time.monotonic() + 2 * QUICKLY_S
    while time.monotonic() < until:
        assert live.read(leave).image.max() < 8


def test_a_noisy_camera_goes_on(stream: StreamRig, live: OpenCvCamera, counter: Counter) -> None:
    leave = counter.admit(live)
    stream.simulator.befall(CameraFault.NOISE)
    stream.let_pass(2)
    assert live.read(leave).image.std() > 10


def test_what_is_no_picture_is_never_handed_out_and_ends_in_a_loss(
    stream: StreamRig, live: OpenCvCamera, counter: Counter
) -> None:
    leave = counter.admit(live)
    stream.simulator.befall(CameraFault.GARBLED)

    def read_on() -> None:
        while True:
            assert live.read(leave, PATIENCE_S).image.shape == (SIZE[1], SIZE[0], 3)

    with pytest.raises(DeviceLostError):
        read_on()


def test_a_camera_that_comes_back_with_another_size_says_so(
    stream: StreamRig, live: OpenCvCamera, counter: Counter
) -> None:
    counter.admit(live)
    assert live.info.properties["enrolment"] == "yes"
    stream.simulator.befall(CameraFault.SMALL)
    with pytest.raises(DeviceLostError):
        wait_for_loss(live)
    info = live.open()
    assert (info.properties["width"], info.properties["height"]) == ("640", "360")
    assert info.properties["enrolment"].startswith("no")
    assert [name for name, passed, _ in live.self_test().checks if not passed] == ["size"]


def test_a_stream_that_changes_its_size_on_the_way_is_seen_as_it_is(
    stream: StreamRig, live: OpenCvCamera, counter: Counter
) -> None:
    leave = counter.admit(live)
    assert live.read(leave).image.shape == (720, 1280, 3)
    small = cv2.imencode(".jpg", np.full((360, 640, 3), 90, np.uint8))[1].tobytes()
    stream.simulator._parts = (part(small),)
    stream.let_pass(2)
    assert live.read(leave).image.shape == (360, 640, 3)
    assert [name for name, passed, _ in live.self_test().checks if not passed] == ["size"]


def test_what_a_stream_sent_while_it_was_opened_is_thrown_away(stream: StreamRig) -> None:
    source = open_source(stream.source, None, Tuning(), threading.Event())
    sent = stream.simulator.frames_sent
    source.take()
    source.close()
    assert stream.simulator.frames_sent > sent


def test_a_picture_too_small_to_enrol_with_is_shown_and_told(tmp_path: Path, counter: Counter) -> None:
    file = tmp_path / "small.png"
    file.write_bytes(cv2.imencode(".png", np.full((512, 512, 3), 90, np.uint8))[1].tobytes())
    camera = OpenCvCamera("camera", counter.gate, str(file))
    assert camera.open().properties["enrolment"].startswith("no")
    assert camera.read(counter.admit(camera)).image.shape == (512, 512, 3)
    assert [name for name, passed, _ in camera.self_test().checks if not passed] == ["size"]
    camera.close()


@pytest.mark.parametrize(
    ("width", "height", "fit"),
    [(1280, 720, True), (720, 1280, True), (1920, 1080, True), (1280, 719, False), (960, 960, False)],
)
def test_enrolment_wants_1280_by_720_or_better(width: int, height: int, fit: bool) -> None:
    assert fit_for_enrolment(width, height) is fit


# -- what cannot be opened


@pytest.mark.parametrize(
    ("source", "code", "remedy"),
    [
        ("/dev/video63", "camera.absent", Remedy.PLUG_IN),
        ("63", "camera.absent", Remedy.PLUG_IN),
        ("http://someone:secret@127.0.0.1:9/siti?key=secret", "camera.no_stream", Remedy.PLUG_IN),
        ("{folder}/siti.png", "camera.absent", Remedy.CHOOSE_PORT),
        ("{folder}/siti.mp4", "camera.absent", Remedy.CHOOSE_PORT),
        ("{folder}/text.png", "camera.unreadable", Remedy.CHOOSE_PORT),
        ("{folder}/text.mp4", "camera.unreadable", Remedy.CHOOSE_PORT),
        ("{folder}/empty.jpg", "camera.unreadable", Remedy.CHOOSE_PORT),
        ("{folder}", "camera.unreadable", Remedy.CHOOSE_PORT),
        ("camera:vid=046d;pid=ffff", "camera.absent", Remedy.PLUG_IN),
        ("camera:colour=red", "camera.absent", Remedy.CHOOSE_PORT),
    ],
)
def test_what_cannot_be_opened_says_what_to_do(
    tmp_path: Path, counter: Counter, source: str, code: str, remedy: Remedy
) -> None:
    for name, content in (("text.png", b"no picture"), ("text.mp4", b"no film"), ("empty.jpg", b"")):
        (tmp_path / name).write_bytes(content)
    camera = OpenCvCamera("camera", counter.gate, source.format(folder=tmp_path))
    with pytest.raises(OperatorCanMendError) as caught:
        camera.open()
    assert (caught.value.code, caught.value.remedy) == (code, remedy)
    assert "secret" not in str(caught.value)
    assert tmp_path.name not in str(caught.value)
    assert camera.health.state is HealthState.FAILED
