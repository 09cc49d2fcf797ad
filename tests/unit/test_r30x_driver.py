"""The R30x driver against a module on a pty: every image whole or one clear error, whatever befalls the line."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.device import Health, HealthState
from devices.errors import (
    CaptureCancelledError,
    DeviceError,
    DeviceTimeoutError,
    PersonCanRetryError,
    TechnicianNeededError,
    WireError,
)
from devices.fingerprint import FingerImage, FingerRequest, GreyImage
from devices.fingerprint.r30x import R30xScanner
from devices.fingerprint.r30x_pace import Pace
from devices.fingerprint.simulator_r30x import ModuleTraits, R30xSimulator
from devices.positions import FingerPosition
from devices.simulation.faults import Fault
from devices.transcript import Direction, Transcript
from protocols.clearance import Clearance
from protocols.clock import ManualClock
from tests.support.counter import Counter

NOON = datetime(2020, 4, 13, 5, 0, tzinfo=UTC)
INDEX = FingerRequest((FingerPosition.RIGHT_INDEX,))


def picture(height: int = 288, width: int = 256) -> GreyImage:
    """Ridges of every grey level; no two rows alike, so that a lost or doubled frame shows."""
    row, column = np.mgrid[0:height, 0:width]
    return np.asarray((row * 7 + column * 3 + row * column // 64) % 256, np.uint8)


class Bench:
    """A module, its driver opened and armed for a visit."""

    def __init__(self, module: R30xSimulator, scanner: R30xScanner, clearance: Clearance) -> None:
        self.module = module
        self.scanner = scanner
        self.clearance = clearance

    def capture(self, timeout_s: float = 1.0) -> FingerImage:
        return self.scanner.capture(self.clearance, INDEX, timeout_s=timeout_s).samples[0].image

    def assert_whole(self, taken: FingerImage) -> None:
        assert self.module.seen is not None
        np.testing.assert_array_equal(taken.image, self.module.seen)


@contextmanager
def bench(
    traits: ModuleTraits | None = None,
    *,
    tcp: bool = False,
    paced: bool = False,
    fragment: int | None = None,
    bit_error_rate: float = 0.0,
    before: Callable[[R30xSimulator], None] = lambda _: None,
    transcript: Transcript | None = None,
    password: int = 0,
    address: int = 0xFFFFFFFF,
    pace: Pace | None = None,
    looks: int = 1,
) -> Iterator[Bench]:
    counter = Counter(ManualClock(NOON))
    with R30xSimulator(traits, tcp=tcp, paced=paced, fragment=fragment, bit_error_rate=bit_error_rate) as module:
        module.place_finger(picture(module.traits.height, module.traits.width))
        before(module)
        scanner = R30xScanner(
            "fingerprint",
            counter.gate,
            module.url,
            password=password,
            address=address,
            pace=pace,
            poll_s=0.005,
            looks=looks,
            clock=counter.clock,
            simulated=True,
            transcript=transcript,
        )
        try:
            scanner.open()
            yield Bench(module, scanner, counter.armed(scanner))
        finally:
            scanner.close()


class TestOpening:
    def test_it_says_who_it_is(self) -> None:
        with bench() as b:
            info = b.scanner.info
            assert (info.model, info.serial, info.firmware, info.simulated) == ("R307S", "SIM00001", "1.0", True)
            assert info.properties == {
                "port": b.module.url,
                "baudrate": "57600",
                "dpi": "500",
                "width": "256",
                "height": "288",
                "packet_size": "128",
                "capacity": "1000",
            }

    def test_an_old_module_without_a_description_goes_by_its_port(self) -> None:
        with bench(ModuleTraits(model="")) as b:
            assert b.scanner.info.model == "module 0000"
            assert b.scanner.info.serial == f"port:{b.module.url}"
            b.assert_whole(b.capture())

    @pytest.mark.parametrize(("factor", "baudrate"), [(6, "57600"), (12, "115200")])
    def test_it_finds_the_modules_speed(self, factor: int, baudrate: str) -> None:
        with bench(ModuleTraits(baud_factor=factor)) as b:
            assert b.scanner.info.properties["baudrate"] == baudrate
            b.assert_whole(b.capture())

    def test_a_module_at_none_of_the_speeds_does_not_answer(self) -> None:
        with (
            pytest.raises(DeviceTimeoutError, match=r"fingerprint.no_answer.*57600, 115200"),
            bench(ModuleTraits(baud_factor=1)),
        ):
            pass

    def test_a_wrong_password_is_a_technicians_matter_and_said_at_once(self) -> None:
        with (
            pytest.raises(TechnicianNeededError, match=r"fingerprint\.password"),
            bench(ModuleTraits(password=1234), password=4321),
        ):
            pass

    def test_password_and_address_are_told(self) -> None:
        with bench(ModuleTraits(password=0xC0FFEE, address=0x12345678), password=0xC0FFEE, address=0x12345678) as b:
            b.assert_whole(b.capture())

    def test_a_module_that_is_still_sending_an_image_is_waited_for(self) -> None:
        """Whoever used the port before went away in the middle of an upload."""
        with bench() as b:
            with pytest.raises(CaptureCancelledError):
                b.scanner.capture(b.clearance, INDEX, progress=lambda _: b.scanner.cancel())
            b.scanner.close()
            b.scanner.open()
            b.scanner.arm(b.clearance)
            b.assert_whole(b.capture())

    def test_it_tests_itself_and_says_when_the_sensor_is_broken(self) -> None:
        with bench(ModuleTraits(sensor_broken=True)) as b:
            result = b.scanner.self_test()
        assert not result.passed
        assert {name: passed for name, passed, _ in result.checks} == {
            "answer": True, "capacity": True, "handshake": True, "sensor": False,
        }  # fmt: skip


class TestImages:
    @pytest.mark.parametrize("size_code", range(4), ids=["32", "64", "128", "256"])
    @pytest.mark.parametrize("size", [(256, 288), (192, 192)], ids=["256x288", "192x192"])
    @pytest.mark.parametrize("tcp", [False, True], ids=["pty", "tcp"])
    def test_every_pixel_arrives(self, size_code: int, size: tuple[int, int], tcp: bool) -> None:
        width, height = size
        with bench(ModuleTraits(size_code=size_code, width=width, height=height), tcp=tcp) as b:
            taken = b.capture()
            assert taken.image.shape == (height, width)
            assert (taken.dpi, taken.source_bits, taken.taken_at) == (500, 4, NOON)
            b.assert_whole(taken)

    def test_eight_bits_a_pixel_are_taken_as_they_are(self) -> None:
        with bench(ModuleTraits(deep=True)) as b:
            taken = b.capture()
            assert taken.source_bits == 8
            np.testing.assert_array_equal(taken.image, picture())

    @pytest.mark.parametrize("fragment", [1, 7, 139])
    def test_replies_in_pieces_are_put_together(self, fragment: int) -> None:
        with bench(fragment=fragment) as b:
            b.assert_whole(b.capture())

    def test_left_pixel_is_in_the_high_bits_and_levels_spread_over_eight_bits(self) -> None:
        with bench() as b:
            image = np.full((288, 256), 255, np.uint8)
            image[0, :4] = (0, 16, 128, 255)
            b.module.place_finger(image)
            assert b.capture().image[0, :5].tolist() == [0, 17, 136, 255, 255]

    def test_the_image_belongs_to_the_receiver(self) -> None:
        with bench() as b:
            first = b.capture().image
            first[:] = 0
            b.assert_whole(b.capture())

    @pytest.mark.parametrize("faults", [0, 1])
    def test_progress_only_grows_and_ends_whole(self, faults: int) -> None:
        told: list[float] = []
        with bench() as b:
            if faults:
                b.module.faults.schedule(Fault.BAD_SUM, skip=200)
            b.scanner.capture(b.clearance, INDEX, progress=told.append)
        assert told == sorted(told)
        assert told[0] < 0.5
        assert told[-1] == 1.0

    def test_a_paced_line_takes_the_time_its_bytes_need(self) -> None:
        transcript = Transcript()
        with bench(ModuleTraits(baud_factor=12, width=192, height=192), paced=True, transcript=transcript) as b:
            b.assert_whole(b.capture())
        sent = [entry.at_s for entry in transcript.entries() if entry.direction is Direction.SENT]
        took = transcript.entries()[-1].at_s - sent[-1]
        needed = (12 + 192 * 192 // 2 + 144 * 11) * 10 / 115200
        assert 0.98 * needed < took < 1.2 * needed


class TestPersons:
    @pytest.mark.parametrize("looks", [1, 2, 3])
    def test_the_picture_is_the_last_of_so_many_looks_in_a_row_that_show_a_finger(self, looks: int) -> None:
        with bench(looks=looks) as b:
            b.assert_whole(b.capture())
            assert b.module.commands[0x01] == looks
            assert b.module.commands[0x0A] == 1

    def test_no_finger(self) -> None:
        with bench() as b:
            b.module.lift()
            with pytest.raises(PersonCanRetryError, match=r"fingerprint\.no_finger"):
                b.capture(timeout_s=0.05)
            assert not b.scanner.finger_present(b.clearance)
            b.scanner.wait_removed(b.clearance, timeout_s=0.05)

    def test_a_finger_that_comes_late_is_taken(self) -> None:
        with bench() as b:
            b.module.lift()
            looked = b.module.command_count + 2
            finger = threading.Thread(target=lambda: _until(lambda: b.module.command_count > looked, b.module))
            finger.start()
            b.assert_whole(b.capture(timeout_s=10))
            finger.join()

    def test_a_finger_that_stays(self) -> None:
        with bench() as b:
            assert b.scanner.finger_present(b.clearance)
            with pytest.raises(PersonCanRetryError, match=r"fingerprint\.not_lifted"):
                b.scanner.wait_removed(b.clearance, timeout_s=0.05)

    def test_a_cancel_in_the_middle_of_an_image_leaves_the_next_one_whole(self) -> None:
        with bench() as b:
            with pytest.raises(CaptureCancelledError):
                b.scanner.capture(b.clearance, INDEX, progress=lambda part: b.scanner.cancel() if part > 0.2 else None)
            assert b.scanner.health == Health(HealthState.READY)
            b.assert_whole(b.capture())


def _until(seen: Callable[[], bool], module: R30xSimulator) -> None:
    while not seen():
        pass
    module.place_finger(picture())


RECOVERED = [
    (Fault.STRAY, 0, 400),
    (Fault.NOISE, 0, 40),
    (Fault.BAD_SUM, 0, 1),
    (Fault.BAD_SUM, 1, 2),
    (Fault.BAD_SUM, 150, 1),
    (Fault.TRUNCATED, 0, 1),
    (Fault.TRUNCATED, 289, 1),
    (Fault.TRUNCATED, 100, 3),
    (Fault.LOST, 20, 2),
    (Fault.LOST, 289, 1),
    (Fault.MUTE, 30, 1),
    (Fault.MUTE, 280, 1),
]


class TestFaults:
    @pytest.mark.parametrize(("fault", "skip", "times"), RECOVERED, ids=[f"{f}-{s}x{t}" for f, s, t in RECOVERED])
    def test_what_a_line_does_now_and_then_is_mended_unseen(self, fault: Fault, skip: int, times: int) -> None:
        with bench() as b:
            b.module.faults.schedule(fault, skip=skip, times=times)
            b.assert_whole(b.capture())
            b.assert_whole(b.capture())
            assert b.module.faults.exhausted
            assert b.scanner.health == Health(HealthState.READY)

    def test_a_lost_answer_is_asked_for_again(self) -> None:
        with bench() as b:
            b.module.faults.schedule(Fault.LOST)
            assert b.scanner.finger_present(b.clearance)

    def test_opening_bears_a_garbled_answer(self) -> None:
        with bench(before=lambda module: module.faults.schedule(Fault.BAD_SUM, skip=1, times=2)) as b:
            assert b.module.faults.exhausted
            b.assert_whole(b.capture())

    def test_what_arrived_sound_is_kept_where_every_upload_has_a_spoiled_frame(self) -> None:
        with bench() as b:
            for frame in (40, 300, 310):
                b.module.faults.schedule(Fault.BAD_SUM, skip=frame)
            b.assert_whole(b.capture())
            assert b.module.commands[0x0A] == 2

    def test_ten_fingers_come_whole_over_a_line_of_flipping_bits(self) -> None:
        with bench(bit_error_rate=1e-5) as b:
            for _ in range(10):
                b.assert_whole(b.capture())
            assert 10 < b.module.commands[0x0A] <= 30

    def test_an_image_that_would_take_ever_so_many_uploads_is_given_up(self) -> None:
        with bench() as b:
            b.module.faults.schedule(Fault.BAD_SUM, skip=2, times=280)  # two acknowledgements, then frames
            for upload in range(1, 8):
                b.module.faults.schedule(Fault.BAD_SUM, skip=8 + upload, times=280 - upload)
            with pytest.raises(WireError, match=r"fingerprint\.image_incomplete"):
                b.capture()
            assert b.module.commands[0x0A] == 8
            b.assert_whole(b.capture())

    @pytest.mark.parametrize("fault", [Fault.TRUNCATED, Fault.LOST])
    def test_a_line_that_garbles_every_image_is_one_error_and_the_next_image_whole(self, fault: Fault) -> None:
        with bench() as b:
            # one frame of each of three uploads, a different one each time
            for frame in (40, 300, 310):
                b.module.faults.schedule(fault, skip=frame, times=1 + (frame == 300))
            with pytest.raises(WireError, match=r"fingerprint\.image_incomplete"):
                b.capture()
            assert b.scanner.health == Health(HealthState.READY)
            b.assert_whole(b.capture())

    def test_a_module_that_restarts_in_the_middle_of_an_image_has_lost_it(self) -> None:
        with bench() as b:
            b.module.faults.schedule(Fault.RESET, skip=100)
            with pytest.raises(PersonCanRetryError, match=r"fingerprint\.image_gone"):
                b.capture()
            b.assert_whole(b.capture())

    def test_a_module_that_restarts_wants_its_password_again_and_gets_it(self) -> None:
        with bench(ModuleTraits(password=7), password=7) as b:
            b.module.faults.schedule(Fault.RESET, skip=100)
            with pytest.raises(PersonCanRetryError, match=r"fingerprint\.image_gone"):
                b.capture()
            b.assert_whole(b.capture())

    def test_a_module_without_power_is_one_error_and_works_again_afterwards(self) -> None:
        with bench() as b:
            b.module.mute = True
            with pytest.raises(DeviceTimeoutError, match=r"fingerprint\.no_answer"):
                b.capture()
            b.module.mute = False
            b.assert_whole(b.capture())

    def test_a_module_whose_images_have_another_size_than_it_says_is_unfit(self) -> None:
        with (
            bench(ModuleTraits(model="", width=192, height=192)) as b,
            pytest.raises(TechnicianNeededError, match=r"fingerprint\.image_size.*18432 bytes instead of 36864"),
        ):
            b.capture()

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(
            st.tuples(
                st.sampled_from([Fault.STRAY, Fault.NOISE, Fault.BAD_SUM, Fault.TRUNCATED, Fault.RESET]),
                st.integers(0, 400),
                st.integers(1, 3),
            ),
            max_size=4,
        )
    )
    def test_any_mishaps_end_in_a_whole_image_or_one_error(self, plan: list[tuple[Fault, int, int]]) -> None:
        with bench() as b:
            for fault, skip, times in plan:
                b.module.faults.schedule(fault, skip=skip, times=times)
            code = ""
            try:
                b.assert_whole(b.capture())
            except DeviceError as error:
                code = error.code
            assert code in {"", "fingerprint.image_gone", "fingerprint.image_incomplete", "fingerprint.no_answer"}
            b.module.faults.clear()
            b.assert_whole(b.capture())
