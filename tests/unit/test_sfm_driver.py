"""The SFM driver against a module on a pty: every image whole or one clear error, whatever befalls the line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.errors import (
    CaptureCancelledError,
    DeviceError,
    DeviceTimeoutError,
    PersonCanRetryError,
    TechnicianNeededError,
    WireError,
)
from devices.fingerprint import FingerImage, FingerRequest, GreyImage
from devices.fingerprint.sfm import SfmScanner
from devices.fingerprint.sfm_wire import PUBLISHED, Command, Meaning
from devices.fingerprint.simulator_sfm import SfmSimulator, SfmTraits
from devices.positions import RIGHT_FOUR, FingerPosition
from devices.simulation.faults import Fault
from protocols.clearance import Clearance
from protocols.clock import ManualClock
from tests.support.counter import Counter

NOON = datetime(2020, 4, 13, 5, 0, tzinfo=UTC)
THUMB = FingerRequest((FingerPosition.LEFT_THUMB,))


BREAKING = frozenset({Fault.STRAY, Fault.NOISE, Fault.BAD_SUM, Fault.TRUNCATED, Fault.LOST})


def picture(height: int, width: int) -> GreyImage:
    """Every grey level; no two rows alike, so that a lost or doubled piece shows."""
    row, column = np.mgrid[0:height, 0:width]
    return np.asarray((row * 7 + column * 3 + row * column // 64) % 256, np.uint8)


class Bench:
    """A module, its driver opened and armed for a visit."""

    def __init__(self, module: SfmSimulator, scanner: SfmScanner, clearance: Clearance) -> None:
        self.module = module
        self.scanner = scanner
        self.clearance = clearance

    def capture(self, timeout_s: float = 1.0) -> FingerImage:
        (sample,) = self.scanner.capture(self.clearance, THUMB, timeout_s=timeout_s).samples
        assert sample.position is FingerPosition.LEFT_THUMB
        return sample.image

    def assert_whole(self, taken: FingerImage) -> None:
        assert self.module.seen is not None
        np.testing.assert_array_equal(taken.image, self.module.seen)


@contextmanager
def bench(
    traits: SfmTraits | None = None,
    *,
    tcp: bool = False,
    fragment: int | None = None,
    seed: int = 0,
    before: Callable[[SfmSimulator], None] = lambda _: None,
    codes: Mapping[int, Meaning] = PUBLISHED,
    fastest: int | None = 921600,
) -> Iterator[Bench]:
    counter = Counter(ManualClock(NOON))
    with SfmSimulator(traits, tcp=tcp, fragment=fragment, seed=seed) as module:
        module.place_finger(picture(module.traits.height, module.traits.width))
        before(module)
        scanner = SfmScanner(
            "fingerprint",
            counter.gate,
            module.url,
            poll_s=0.005,
            codes=codes,
            fastest=fastest,
            clock=counter.clock,
            simulated=True,
        )
        try:
            scanner.open()
            yield Bench(module, scanner, counter.armed(scanner))
        finally:
            scanner.close()


class TestOpening:
    def test_it_says_who_it_is_and_raises_the_speed(self) -> None:
        with bench() as b:
            info = b.scanner.info
            assert (info.maker, info.model, info.serial) == ("Suprema", "SFM, sensor 33", "05120001")
            assert (info.firmware, info.simulated) == ("V1.8", True)
            assert info.properties == {"port": b.module.url, "baudrate": "921600", "dpi": "500", "module": "1"}

    def test_a_module_that_changes_its_speed_at_the_next_start_only_is_spoken_to_as_before(self) -> None:
        with bench(SfmTraits(quick_baud=False)) as b:
            assert b.scanner.info.properties["baudrate"] == "115200"
            b.assert_whole(b.capture())

    @pytest.mark.parametrize("baudrate", [57600, 921600])
    def test_it_is_found_at_whatever_speed_it_was_left(self, baudrate: int) -> None:
        with bench(SfmTraits(baudrate=baudrate), fastest=None) as b:
            assert b.scanner.info.properties["baudrate"] == str(baudrate)

    def test_one_that_cannot_be_raised_stays_as_fast_as_it_is(self) -> None:
        with bench(SfmTraits(fastest=230400)) as b:
            assert b.scanner.info.properties["baudrate"] == "115200"
            b.assert_whole(b.capture())

    def test_one_that_says_nothing_is_one_error(self) -> None:
        def silence(module: SfmSimulator) -> None:
            module.mute = True

        with (
            pytest.raises(DeviceTimeoutError, match=r"fingerprint\.no_answer.*115200, 921600, 57600"),
            bench(before=silence),
        ):
            pass

    def test_one_without_a_number_goes_by_its_port(self) -> None:
        with bench(SfmTraits(serial=0)) as b:
            assert b.scanner.info.serial == f"port:{b.module.url}"

    def test_its_own_test_looks_at_the_answer_the_status_and_the_image_format(self) -> None:
        with bench() as b:
            result = b.scanner.self_test()
            assert result.passed
            assert [name for name, _, _ in result.checks] == ["answer", "status", "grey"]


class TestCapture:
    @pytest.mark.parametrize("extended", [True, False])
    @pytest.mark.parametrize("tcp", [False, True])
    def test_an_image_comes_whole_in_256_grey_levels(self, extended: bool, tcp: bool) -> None:
        with bench(SfmTraits(extended=extended), tcp=tcp) as b:
            taken = b.capture()
            b.assert_whole(taken)
            assert (taken.dpi, taken.source_bits, taken.taken_at) == (500, 8, NOON)
            b.assert_whole(b.capture())

    @pytest.mark.parametrize(("width", "height"), [(64, 64), (248, 292), (352, 500)])
    def test_an_image_of_any_size(self, width: int, height: int) -> None:
        with bench(SfmTraits(width=width, height=height)) as b:
            assert b.capture().image.shape == (height, width)

    def test_a_size_no_sensor_has_is_not_believed(self) -> None:
        with (
            bench(SfmTraits(width=32, height=2000)) as b,
            pytest.raises(TechnicianNeededError, match=r"fingerprint\.image_size"),
        ):
            b.capture()

    @pytest.mark.parametrize("fragment", [1, 7, 64])
    def test_fragments_are_put_together(self, fragment: int) -> None:
        with bench(SfmTraits(width=96, height=80), fragment=fragment) as b:
            b.assert_whole(b.capture())

    def test_progress_rises_to_one(self) -> None:
        for extended in (True, False):
            told: list[float] = []
            with bench(SfmTraits(extended=extended), fragment=1000) as b:
                b.scanner.capture(b.clearance, THUMB, progress=told.append)
            assert told == sorted(told)
            assert len(told) > 10
            assert told[-1] == 1.0

    def test_a_finger_laid_while_it_waits_is_taken(self) -> None:
        with bench() as b:
            finger = b.module.seen
            assert finger is not None
            b.module.lift()
            assert not b.scanner.finger_present(b.clearance)
            b.module.place_finger(finger)
            assert b.scanner.finger_present(b.clearance)
            b.assert_whole(b.capture())

    @pytest.mark.parametrize("second_s", [0.01, 30.0])
    def test_no_finger_is_told_whoever_loses_patience_first(self, second_s: float) -> None:
        with bench(SfmTraits(second_s=second_s)) as b:
            b.module.lift()
            with pytest.raises(PersonCanRetryError, match=r"fingerprint\.no_finger"):
                b.capture(timeout_s=0.05)
            b.scanner.wait_removed(b.clearance)
            assert b.module.commands[Command.CANCEL] == (0 if second_s < 1 else 2)

    def test_a_finger_that_stays_is_told(self) -> None:
        with bench() as b, pytest.raises(PersonCanRetryError, match=r"fingerprint\.not_lifted"):
            b.scanner.wait_removed(b.clearance, timeout_s=0.05)

    def test_a_bad_image_is_taken_again_while_there_is_time(self) -> None:
        with bench() as b:
            b.module.scan_ends.extend([0x6B, 0x63, 0x80])
            b.assert_whole(b.capture())

    @pytest.mark.parametrize(
        ("code", "expected"),
        [(0x6B, "fingerprint.messy"), (0x63, "fingerprint.capture_failed"), (0xA1, "fingerprint.refused")],
    )
    def test_one_that_stays_bad_is_told(self, code: int, expected: str) -> None:
        with bench() as b:
            b.module.scan_ends.extend([code] * 1000)
            with pytest.raises(DeviceError) as caught:
                b.capture(timeout_s=0.05)
            assert caught.value.code == expected
            b.module.scan_ends.clear()
            b.assert_whole(b.capture())

    def test_four_fingers_do_not_fit_and_the_wire_is_not_asked(self) -> None:
        with bench() as b:
            before = b.module.command_count
            with pytest.raises(TechnicianNeededError, match=r"fingerprint\.one_finger_only"):
                b.scanner.capture(b.clearance, FingerRequest(RIGHT_FOUR))
            assert b.module.command_count == before

    def test_another_table_of_codes_is_read_by_another_configuration(self) -> None:
        odd = SfmTraits(no_finger=0xE0, second_s=0.01)
        with bench(odd) as b:
            b.module.lift()
            with pytest.raises(TechnicianNeededError, match=r"fingerprint\.refused.*0xe0"):
                b.capture(timeout_s=0.05)
        with bench(odd, codes={**PUBLISHED, 0xE0: Meaning.NO_FINGER}) as b:
            b.module.lift()
            with pytest.raises(PersonCanRetryError, match=r"fingerprint\.no_finger"):
                b.capture(timeout_s=0.05)


class TestMishaps:
    @pytest.mark.parametrize(
        ("fault", "extended", "skip"),
        [
            *((fault, True, skip) for fault in sorted(BREAKING) for skip in (0, 1, 2)),
            *((fault, False, skip) for fault in sorted(BREAKING - {Fault.BAD_SUM}) for skip in (0, 1)),
        ],
    )
    def test_a_broken_piece_is_sent_again(self, fault: Fault, extended: bool, skip: int) -> None:
        with bench(SfmTraits(extended=extended)) as b:
            b.capture()
            b.module.faults.schedule(fault, skip=skip)
            b.assert_whole(b.capture())

    def test_data_in_one_piece_has_no_sum_and_a_bad_byte_in_it_is_not_seen(self) -> None:
        with bench(SfmTraits(extended=False), seed=3) as b:
            b.capture()
            b.module.faults.schedule(Fault.BAD_SUM, skip=1)
            taken = b.capture()
            assert b.module.faults.exhausted
            assert b.module.seen is not None
            assert np.count_nonzero(taken.image != b.module.seen) == 1

    def test_only_the_broken_piece_is_sent_again(self) -> None:
        with bench() as b:
            b.module.faults.schedule(Fault.BAD_SUM, skip=5)
            b.assert_whole(b.capture())
            pieces = -(-(28 + 288 * 320) // 4096)
            b.scanner.self_test()  # what is asked later has been heard later
            # The scan itself, a word for each piece, and one more for the broken one.
            assert b.module.commands[Command.SCAN_IMAGE_EXTENDED] == 1 + pieces + 1
            assert b.module.commands[Command.READ_IMAGE_EXTENDED] == 0

    def test_an_image_that_never_comes_whole_is_one_error(self) -> None:
        with bench(SfmTraits(width=96, height=80)) as b:
            b.module.faults.schedule(Fault.BAD_SUM, skip=2, times=1000)
            with pytest.raises(DeviceError) as caught:
                b.capture()
            assert isinstance(caught.value, (WireError, DeviceTimeoutError))
            b.module.faults.clear()
            b.assert_whole(b.capture())

    @pytest.mark.parametrize("skip", range(4))
    def test_a_module_that_restarts_is_made_ready_again(self, skip: int) -> None:
        with bench(SfmTraits(width=96, height=80)) as b:
            b.module.faults.schedule(Fault.RESET, skip=skip)
            code = ""
            try:
                b.assert_whole(b.capture())
            except PersonCanRetryError as error:
                code = error.code
            assert code in {"", "fingerprint.image_gone"}
            b.assert_whole(b.capture())

    def test_binary_images_of_a_module_that_restarted_unnoticed_are_not_taken_for_prints(self) -> None:
        with bench(SfmTraits(width=96, height=80), fastest=None) as b:
            b.module.faults.schedule(Fault.RESET)
            assert not b.scanner.finger_present(b.clearance)
            with pytest.raises(PersonCanRetryError, match=r"fingerprint\.image_gone: the module has restarted"):
                b.capture()
            b.assert_whole(b.capture())

    def test_a_cancel_ends_a_wait_for_the_finger_to_leave(self) -> None:
        with bench() as b:
            b.scanner.cancel()
            with pytest.raises(CaptureCancelledError):
                b.scanner.wait_removed(b.clearance)
            b.assert_whole(b.capture())

    def test_a_cancel_ends_a_transfer_and_the_next_one_is_whole(self) -> None:
        with bench(fragment=500) as b:
            with pytest.raises(CaptureCancelledError):
                b.scanner.capture(b.clearance, THUMB, progress=lambda part: b.scanner.cancel() if part > 0.2 else None)
            b.assert_whole(b.capture())

    @settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(
        st.lists(
            st.tuples(
                st.sampled_from([Fault.STRAY, Fault.NOISE, Fault.BAD_SUM, Fault.TRUNCATED]),
                st.integers(0, 12),
                st.integers(1, 2),
            ),
            max_size=3,
        )
    )
    def test_any_mishaps_end_in_a_whole_image_or_one_error(self, plan: list[tuple[Fault, int, int]]) -> None:
        with bench(SfmTraits(width=160, height=128)) as b:
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
