"""The simulated network camera as any HTTP client sees it."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import psutil
import pytest

from devices.camera import BgrImage
from devices.camera.simulator import CameraFault, CameraSimulator
from devices.camera.simulator.process import CameraProcess
from devices.opencv_import import cv2
from devices.simulation.face import FaceTraits, render_face
from devices.simulation.face_model import Headwear


def plain(grey: int, width: int = 160, height: int = 90) -> BgrImage:
    return np.full((height, width, 3), grey, np.uint8)


class Client:
    """A browser of sorts: reads parts by their Content-Length."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=5)
        self.connection.request("GET", parts.path)
        self.answer = self.connection.getresponse()

    def frame(self) -> BgrImage:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = self.answer.read(1)
            if not byte:
                raise ConnectionError("the stream has ended")
            head += byte
        assert head.lstrip().startswith(b"--frame\r\nContent-Type: image/jpeg")
        length = int(head.split(b"Content-Length:")[1].split()[0])
        image = cv2.imdecode(np.frombuffer(self.answer.read(length), np.uint8), cv2.IMREAD_COLOR)
        assert image is not None
        return np.asarray(image, np.uint8)

    def watch(self, frames: int) -> None:
        for _ in range(frames):
            self.frame()

    def close(self) -> None:
        self.answer.close()
        self.connection.close()


@pytest.fixture
def simulator() -> Iterator[CameraSimulator]:
    with CameraSimulator(plain(100), fps=50) as running:
        yield running


@pytest.fixture
def client(simulator: CameraSimulator) -> Iterator[Client]:
    with contextlib.closing(Client(simulator.url)) as connected:
        yield connected


def until_grey(client: Client, grey: int) -> BgrImage:
    """The first frame of about this grey; a few of the scene before may be on their way."""
    means = []
    for _ in range(5):
        frame = client.frame()
        means.append(frame.mean())
        if abs(means[-1] - grey) < 3:
            return frame
    raise AssertionError(means)


def test_it_sends_the_scene_as_it_is(client: Client) -> None:
    content_type = client.answer.headers["Content-Type"]
    assert content_type == "multipart/x-mixed-replace; boundary=frame"
    frame = client.frame()
    assert frame.shape == (90, 160, 3)
    assert abs(frame.mean() - 100) < 3


def test_another_scene_is_seen_on_the_same_connection(simulator: CameraSimulator, client: Client) -> None:
    client.frame()
    simulator.show(plain(200))
    until_grey(client, 200)


def test_a_scene_of_another_size_ends_the_connection(simulator: CameraSimulator, client: Client) -> None:
    client.frame()
    simulator.show(plain(100, 320, 180))
    with pytest.raises((ConnectionError, http.client.IncompleteRead)):
        client.watch(50)
    with contextlib.closing(Client(simulator.url)) as again:
        assert again.frame().shape == (180, 320, 3)


def test_a_person_who_sits_still_moves_a_little() -> None:
    stripes = plain(0)
    stripes[:, ::8] = 255
    with CameraSimulator(stripes, fps=100) as simulator, contextlib.closing(Client(simulator.url)) as client:
        first = client.frame().astype(int)
        assert max(np.abs(client.frame() - first).mean() for _ in range(8)) > 1


def test_a_black_lens_is_black_until_it_is_mended(simulator: CameraSimulator, client: Client) -> None:
    simulator.befall(CameraFault.BLACK)
    assert simulator.fault is CameraFault.BLACK
    until_grey(client, 0)
    simulator.befall(None)
    until_grey(client, 100)


def test_a_frozen_camera_keeps_the_connection_and_goes_on_when_mended(
    simulator: CameraSimulator, client: Client
) -> None:
    client.frame()
    simulator.befall(CameraFault.FREEZE)
    sent = simulator.frames_sent
    time.sleep(0.1)  # five frames' time
    assert simulator.frames_sent <= sent + 1
    simulator.befall(None)
    for _ in range(3):
        client.frame()


def test_a_stuck_camera_sends_the_same_frame_again_and_again() -> None:
    stripes = plain(0)
    stripes[:, ::8] = 255
    with CameraSimulator(stripes, fps=100) as simulator:
        simulator.befall(CameraFault.STUCK)
        with contextlib.closing(Client(simulator.url)) as client:
            first = client.frame()
            assert all(np.array_equal(client.frame(), first) for _ in range(8))
            simulator.befall(None)
            assert any(not np.array_equal(client.frame(), first) for _ in range(8))


def test_a_noisy_camera_has_another_coarse_grain_in_every_frame(simulator: CameraSimulator, client: Client) -> None:
    simulator.befall(CameraFault.NOISE)
    client.watch(5)
    first, second = (client.frame().astype(int) for _ in range(2))
    assert first.std() > 20
    assert np.abs(first - second).mean() > 20


def test_a_garbled_camera_sends_no_picture(simulator: CameraSimulator, client: Client) -> None:
    simulator.befall(CameraFault.GARBLED)
    with pytest.raises((AssertionError, cv2.error)):
        client.watch(5)


def test_a_still_scene_differs_by_noise_alone_and_its_truth_holds_for_every_frame() -> None:
    traits = FaceTraits(seed=5, roll=4.0)
    with CameraSimulator(traits, fps=50, sway=False) as simulator, contextlib.closing(Client(simulator.url)) as client:
        assert simulator.truth == render_face(traits).truth
        first, second = (client.frame().astype(int) for _ in range(2))
        assert 0.1 < np.abs(first - second).mean() < 4
        simulator.show(None)
        assert simulator.truth is None


def test_in_a_process_of_its_own_it_is_the_same_camera(tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(cv2.imencode(".png", plain(100))[1].tobytes())
    traits = FaceTraits(seed=5, headwear=Headwear.HEADSCARF, beside=FaceTraits(seed=6, centre=(0.8, 0.5)))
    with CameraProcess(picture, fps=50) as simulator:
        assert simulator.pid != os.getpid()
        with contextlib.closing(Client(simulator.url)) as client:
            assert abs(client.frame().mean() - 100) < 3
            assert simulator.frames_sent > 0
            simulator.befall(CameraFault.BLACK)
            until_grey(client, 0)
            simulator.befall(None)
            until_grey(client, 100)
            simulator.unplug()
            with pytest.raises((ConnectionError, http.client.IncompleteRead)):
                client.watch(50)
        simulator.replug()
        simulator.show(traits)
        assert simulator.truth == render_face(traits).truth
        with contextlib.closing(Client(simulator.url)) as client:
            assert client.frame().shape == (720, 1280, 3)
        with pytest.raises(ValueError, match="FileNotFoundError"):
            simulator.show(tmp_path / "nothing.png")
    with pytest.raises(RuntimeError, match="not running"):
        simulator.unplug()


def test_it_keeps_thirty_frames_a_second() -> None:
    with CameraSimulator(plain(100)) as simulator, contextlib.closing(Client(simulator.url)) as client:
        client.frame()
        began = time.monotonic()
        client.watch(30)
        assert 25 <= 30 / (time.monotonic() - began) <= 32


def test_unplugging_ends_the_connection_and_replugging_has_the_same_address(
    simulator: CameraSimulator, client: Client
) -> None:
    url = simulator.url
    client.frame()
    simulator.unplug()
    simulator.unplug()
    with pytest.raises((ConnectionError, http.client.IncompleteRead)):
        client.watch(50)
    with pytest.raises(ConnectionRefusedError):
        Client(url)
    simulator.replug()
    simulator.replug()
    assert simulator.url == url
    with contextlib.closing(Client(url)) as again:
        again.frame()


def test_two_clients_are_served_and_a_slow_one_holds_up_nobody(simulator: CameraSimulator, client: Client) -> None:
    simulator.show(np.random.default_rng(0).integers(0, 255, (90, 160, 3), dtype=np.uint8))
    with contextlib.closing(Client(simulator.url)):
        for _ in range(30):
            client.frame()


@pytest.mark.parametrize("request_line", [b"POST / HTTP/1.1\r\n\r\n", b"x" * 20000])
def test_what_is_no_request_ends_the_connection(
    simulator: CameraSimulator, client: Client, request_line: bytes
) -> None:
    parts = urlsplit(simulator.url)
    assert parts.port is not None
    with socket.create_connection(("127.0.0.1", parts.port), timeout=5) as stranger:
        stranger.sendall(request_line)
        with contextlib.suppress(ConnectionResetError):
            assert stranger.recv(100) == b""
    client.frame()


def test_starting_and_stopping_may_be_repeated() -> None:
    simulator = CameraSimulator(plain(100))
    with pytest.raises(RuntimeError, match="not been started"):
        _ = simulator.url
    simulator.start()
    simulator.start()
    url = simulator.url
    simulator.stop()
    simulator.stop()
    with pytest.raises(RuntimeError, match="not running"):
        simulator.unplug()
    simulator.start()
    assert simulator.url == url
    assert "simulated camera" in {thread.name for thread in threading.enumerate()}
    simulator.stop()


def test_it_listens_on_loopback_alone(simulator: CameraSimulator) -> None:
    port = urlsplit(simulator.url).port
    listening = [c.laddr for c in psutil.Process().net_connections("tcp") if c.status == psutil.CONN_LISTEN]
    assert {address.ip for address in listening if address.port == port} == {"127.0.0.1"}
