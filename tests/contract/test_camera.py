"""What every source of frames keeps to: a stream over HTTP from the simulator, a picture, a folder of them, a film."""

from __future__ import annotations

import itertools
import queue
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from devices.bay import BayEvent, DeviceBay
from devices.camera import BgrImage, Frame
from devices.camera.opencv import OpenCvCamera
from devices.camera.simulator import CameraFault
from devices.device import HealthState
from devices.errors import CaptureCancelledError, DeviceLostError, OperatorCanMendError, Remedy
from protocols.clearance import Clearance, DeviceKey, NotClearedError, Refusal
from tests.support.camera_rigs import (
    PATIENCE_S,
    SIZE,
    Counter,
    FileRig,
    FilmRig,
    FolderRig,
    PictureRig,
    Rig,
    StreamRig,
    in_thread,
    make,
    plain,
    stream_is_still,
    until_waiting,
    wait_for_loss,
)


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


def test_a_self_test_measures_and_hands_no_pixel_out(camera: OpenCvCamera) -> None:
    result = camera.self_test()
    assert result.passed, result
    assert [name for name, _, _ in result.checks] == ["size", "rate", "picture"]
    assert result.checks[0][2] == f"{SIZE[0]} x {SIZE[1]}"


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
