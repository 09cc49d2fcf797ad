"""Lines to devices, over a pty and over TCP: waits end, losses are one error, and nobody shares a port."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.errors import (
    CaptureCancelledError,
    DeviceLostError,
    OperatorCanMendError,
    Remedy,
)
from devices.simulation.wire_end import WireEnd
from devices.transcript import Direction, Transcript
from devices.transport import Deadline, LineSettings, Parity, Transport
from tests.support.lines import read_exactly

SETTINGS = LineSettings(57600)
SOON_S = 2.0


class Echo:
    """A far end that says back what it hears, once told to; and counts."""

    def __init__(self, *, tcp: bool) -> None:
        self.silent = False
        self.heard = bytearray()
        self.end = WireEnd("echo", self._received, tcp=tcp)

    def _received(self, data: bytes) -> None:
        self.heard += data
        if not self.silent:
            self.end.write(data)

    def say(self, data: bytes) -> None:
        self.end.call(lambda: self.end.write(data))


@pytest.fixture(params=[False, True], ids=["pty", "tcp"])
def echo(request: pytest.FixtureRequest) -> Iterator[Echo]:
    far = Echo(tcp=request.param)
    far.end.start()
    yield far
    far.end.stop()


@pytest.fixture
def cancelled() -> threading.Event:
    return threading.Event()


@pytest.fixture
def line(echo: Echo, cancelled: threading.Event) -> Iterator[Transport]:
    transport = Transport.open(echo.end.url, SETTINGS, cancelled=cancelled)
    yield transport
    transport.close()


class Waiter:
    """A read on another thread, and how it ended."""

    def __init__(self, line: Transport) -> None:
        self.error: Exception | None = None
        self._line = line
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._line.read_some(60)
        except Exception as error:  # noqa: BLE001 - handed to the test
            self.error = error

    def end(self) -> Exception | None:
        self._thread.join(SOON_S)
        assert not self._thread.is_alive(), "still waiting"
        return self.error


class TestBytes:
    def test_what_is_sent_arrives_whatever_the_bytes(self, line: Transport) -> None:
        every = bytes(range(256)) * 64
        line.write(every)
        assert read_exactly(line, len(every), SOON_S) == every

    def test_what_waits_comes_in_one_piece(self, line: Transport) -> None:
        line.write(b"abc")
        data = line.read_some(SOON_S)
        while data != b"abc":
            data += line.read_some(SOON_S)
        assert line.read_some(0) == b""

    def test_a_silence_ends_with_the_deadline(self, line: Transport) -> None:
        before = Deadline(0.12)
        assert line.read_some(0.12) == b""
        assert before.expired

    def test_draining_throws_away_until_it_is_quiet(self, echo: Echo, line: Transport) -> None:
        echo.say(b"x" * 5000)
        assert line.drain(quiet_s=0.05) == 5000
        line.write(b"y")
        assert read_exactly(line, 1, SOON_S) == b"y"

    def test_draining_a_line_that_never_falls_silent_ends_too(self, echo: Echo, line: Transport) -> None:
        enough = threading.Event()

        def chatter() -> None:
            while not enough.is_set():
                echo.say(b"z" * 10)

        thread = threading.Thread(target=chatter)
        thread.start()
        try:
            limit = Deadline(SOON_S)
            assert line.drain(quiet_s=0.05, limit_s=0.2) > 0
            assert not limit.expired
        finally:
            enough.set()
            while thread.is_alive():
                line.drain(0.01, 0.05)

    def test_a_transcript_holds_both_directions_in_order(self, echo: Echo) -> None:
        transcript = Transcript()
        line = Transport.open(echo.end.url, SETTINGS, transcript=transcript)
        line.write(b"ping")
        read_exactly(line, 4, SOON_S)
        line.close()
        sent, *received = transcript.entries()
        assert (sent.direction, sent.data) == (Direction.SENT, b"ping")
        assert b"".join(entry.data for entry in received) == b"ping"
        assert {entry.direction for entry in received} == {Direction.RECEIVED}


class TestEndsOfWaits:
    def test_a_cancel_from_another_thread_ends_a_wait(self, line: Transport, cancelled: threading.Event) -> None:
        waiter = Waiter(line)
        cancelled.set()
        assert isinstance(waiter.end(), CaptureCancelledError)
        cancelled.clear()
        line.write(b"a")
        assert read_exactly(line, 1, SOON_S) == b"a"

    def test_a_cancel_before_a_wait_ends_it_too(self, line: Transport, cancelled: threading.Event) -> None:
        cancelled.set()
        with pytest.raises(CaptureCancelledError):
            line.read_some(60)

    def test_closing_ends_a_wait_in_another_thread(self, line: Transport) -> None:
        waiter = Waiter(line)
        line.close()
        error = waiter.end()
        assert isinstance(error, DeviceLostError)
        assert error.code == "port.closed"

    def test_pulling_the_cable_ends_a_wait(self, echo: Echo, line: Transport) -> None:
        waiter = Waiter(line)
        echo.end.unplug()
        error = waiter.end()
        assert isinstance(error, DeviceLostError)
        assert error.code == "port.lost"

    def test_a_closed_line_refuses_everything_but_closing(self, line: Transport) -> None:
        line.close()
        line.close()
        for act in (
            lambda: line.write(b"a"),
            lambda: line.read_some(0),
            lambda: line.set_baudrate(9600),
            line.check,
        ):
            with pytest.raises(DeviceLostError, match=r"port\.closed"):
                act()


class TestUnplugged:
    def test_looking_finds_nothing_while_it_is_plugged_in_and_takes_no_byte(self, line: Transport) -> None:
        line.check()
        line.write(b"a")
        line.check()
        assert read_exactly(line, 1, SOON_S) == b"a"

    def test_looking_notices_a_pulled_cable(self, echo: Echo, line: Transport) -> None:
        echo.end.unplug()
        with pytest.raises(DeviceLostError, match=r"port\.lost"):
            line.check()

    def test_reading_notices_a_pulled_cable(self, echo: Echo, line: Transport) -> None:
        echo.end.unplug()
        with pytest.raises(DeviceLostError, match=r"port\.lost"):
            line.read_some(SOON_S)

    def test_writing_notices_a_pulled_cable(self, echo: Echo, line: Transport) -> None:
        echo.end.unplug()

        def write_twice() -> None:  # a socket takes the first bytes before it is told
            line.write(b"a" * 1000)
            line.check()
            line.write(b"a")

        with pytest.raises(DeviceLostError, match=r"port\.lost"):
            write_twice()

    def test_the_port_is_itself_again_after_the_cable_was_out(self, echo: Echo, line: Transport) -> None:
        line.close()
        url = echo.end.url
        echo.end.unplug()
        with pytest.raises(OperatorCanMendError, match=r"port\.absent"):
            Transport.open(url, SETTINGS)
        echo.end.replug()
        assert echo.end.url == url
        again = Transport.open(url, SETTINGS)
        again.write(b"a")
        assert read_exactly(again, 1, SOON_S) == b"a"
        again.close()


class TestOpening:
    def test_an_absent_port_asks_to_plug_in(self, tmp_path: Path) -> None:
        for url in (str(tmp_path / "ttyUSB9"), "socket://127.0.0.1:1"):
            with pytest.raises(OperatorCanMendError) as caught:
                Transport.open(url, SETTINGS)
            assert (caught.value.code, caught.value.remedy) == ("port.absent", Remedy.PLUG_IN)

    def test_a_port_in_use_asks_to_close_the_other_program(self) -> None:
        far = Echo(tcp=False)
        far.end.start()
        first = Transport.open(far.end.url, SETTINGS)
        with pytest.raises(OperatorCanMendError) as caught:
            Transport.open(far.end.url, SETTINGS)
        assert (caught.value.code, caught.value.remedy) == ("port.busy", Remedy.CLOSE_OTHER_PROGRAM)
        first.close()
        Transport.open(far.end.url, SETTINGS).close()
        far.end.stop()

    @pytest.mark.parametrize("url", ["socket://", "socket://host", "socket://host:port", "nonsense://x", "/dev/null"])
    def test_what_is_no_port_asks_for_another_one(self, url: str) -> None:
        with pytest.raises(OperatorCanMendError) as caught:
            Transport.open(url, SETTINGS)
        assert (caught.value.code, caught.value.remedy) == ("port.invalid", Remedy.CHOOSE_PORT)

    def test_an_impossible_speed_asks_for_another_port_and_leaves_none_open(self) -> None:
        far = Echo(tcp=False)
        far.end.start()
        line = Transport.open(far.end.url, SETTINGS)
        with pytest.raises(OperatorCanMendError, match=r"port\.invalid"):
            line.set_baudrate(-1)
        assert line.settings == SETTINGS
        line.set_baudrate(115200)
        assert line.settings == LineSettings(115200)
        assert far.end.client_baudrate == 115200
        line.close()
        far.end.stop()

    def test_parity_does_no_harm_on_a_line_that_has_none(self, echo: Echo) -> None:
        odd = LineSettings(19200, parity=Parity.ODD)
        for _ in range(2):
            line = Transport.open(echo.end.url, odd)
            assert line.settings == odd
            line.write(b"a")
            assert read_exactly(line, 1, SOON_S) == b"a"
            assert line.read_some(0.01) == b""
            line.set_baudrate(9600)
            line.close()

    def test_a_port_that_may_not_be_opened_is_the_technicians(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(*_: object) -> int:
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr(os, "open", refuse)  # root, as whom tests may run, is refused nothing
        with pytest.raises(OperatorCanMendError) as caught:
            Transport.open("/dev/ttyS0", SETTINGS)
        assert (caught.value.code, caught.value.remedy) == ("port.denied", Remedy.CALL_TECHNICIAN)


class TestSettings:
    @pytest.mark.parametrize(
        ("settings", "bits"),
        [
            (LineSettings(9600), 10),
            (LineSettings(9600, parity=Parity.ODD), 11),
            (LineSettings(9600, bytesize=7, parity=Parity.EVEN, stopbits=2), 11),
        ],
    )
    def test_time_on_the_wire_counts_every_bit(self, settings: LineSettings, bits: int) -> None:
        assert settings.bits_per_byte == bits
        assert settings.seconds_for(960) == pytest.approx(0.1 * bits)

    def test_a_deadline_ends_and_is_never_negative(self) -> None:
        assert Deadline(0).expired
        assert Deadline(-1).remaining == 0
        assert not Deadline(60).expired
        assert 59 < Deadline(60).remaining <= 60
