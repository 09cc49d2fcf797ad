"""The whole instruction table of an R30x module: what a technician asks, and what touches an applicant."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from devices.errors import CaptureCancelledError, DeviceError, PersonCanRetryError, TechnicianNeededError
from devices.fingerprint.r30x import R30xScanner
from devices.fingerprint.r30x_codes import Instruction
from devices.fingerprint.r30x_module import Found, LightColour, LightMode, R30xModule, Register
from devices.fingerprint.simulator_r30x import ModuleTraits, R30xSimulator
from devices.positions import FingerPosition
from devices.simulation.faults import Fault
from devices.simulation.finger import finger
from protocols.clearance import Clearance, NotClearedError
from tests.support.counter import Counter

THUMB = finger(11, FingerPosition.LEFT_THUMB)
INDEX = finger(11, FingerPosition.RIGHT_INDEX)


class Bench:
    """A module with its driver, opened and armed."""

    def __init__(self, simulated: R30xSimulator, scanner: R30xScanner, leave: Clearance) -> None:
        self.simulated = simulated
        self.scanner = scanner
        self.leave = leave

    @property
    def module(self) -> R30xModule:
        return self.scanner.module

    def keep(self, image: np.ndarray[tuple[int, int], np.dtype[np.uint8]], page: int) -> None:
        """Put a finger into the library, step by step."""
        self.simulated.place_finger(image)
        for buffer in (1, 2):
            self.module.take_image(self.leave)
            self.module.make_template(self.leave, buffer)
        self.module.merge_templates(self.leave)
        self.module.store(self.leave, page)


@pytest.fixture
def bench() -> Iterator[Bench]:
    counter = Counter()
    with R30xSimulator(ModuleTraits(capacity=300)) as simulated:
        scanner = R30xScanner("fingerprint", counter.gate, simulated.url, poll_s=0.005, simulated=True)
        try:
            scanner.open()
            yield Bench(simulated, scanner, counter.armed(scanner))
        finally:
            scanner.close()


class TestTheModuleItself:
    def test_it_answers(self, bench: Bench) -> None:
        bench.module.handshake()
        bench.module.check_sensor()
        bench.module.cancel()
        bench.module.set_port(True)
        bench.module.lamp(True)
        bench.module.lamp(False)
        bench.module.stand_by()
        bench.module.light(LightMode.BREATHE, LightColour.BLUE)
        assert bench.module.echo()

    def test_it_says_what_it_is(self, bench: Bench) -> None:
        assert bench.module.parameters().capacity == 300
        assert bench.module.product().width == 256
        assert bench.module.algorithm_version() == "SIMULATED 1.0"
        assert bench.module.firmware_version() == "SIMULATOR 2.0"
        page = bench.module.information_page()
        assert (len(page), page[:9]) == (512, b"SIMULATED")

    def test_random_codes_differ(self, bench: Bench) -> None:
        assert bench.module.random_code() != bench.module.random_code()

    def test_the_notepad_keeps_what_is_written(self, bench: Bench) -> None:
        bench.module.write_note(3, b"calibrated")
        assert bench.module.read_note(3) == b"calibrated".ljust(32, b"\x00")
        assert bench.module.read_note(4) == bytes(32)
        with pytest.raises(ValueError, match="33 bytes"):
            bench.module.write_note(3, bytes(33))
        with pytest.raises(TechnicianNeededError, match="invalid_notepad_page"):
            bench.module.read_note(16)

    def test_settings_are_written_and_bad_ones_refused(self, bench: Bench) -> None:
        bench.module.set_parameter(Register.SECURITY, 5)
        assert bench.module.parameters().security == 5
        with pytest.raises(TechnicianNeededError, match="invalid_register_value"):
            bench.module.set_parameter(Register.SECURITY, 6)

    def test_a_new_address_holds_at_once(self, bench: Bench) -> None:
        bench.module.set_address(0x01020304)
        assert bench.module.parameters().address == 0x01020304

    def test_a_new_password_is_wanted_after_the_next_start(self, bench: Bench) -> None:
        bench.module.set_password(99)
        bench.module.handshake()
        bench.module.restart()
        with pytest.raises(TechnicianNeededError, match=r"fingerprint\.password"):
            bench.module.parameters()

    def test_a_restart_loses_the_image(self, bench: Bench) -> None:
        bench.simulated.place_finger(THUMB)
        bench.module.take_image(bench.leave)
        bench.module.restart()
        with pytest.raises(PersonCanRetryError, match=r"fingerprint\.image_gone"):
            bench.module.make_template(bench.leave)


class TestLibrary:
    def test_a_kept_finger_is_found_and_another_is_not(self, bench: Bench) -> None:
        bench.keep(THUMB, 7)
        assert bench.module.search(bench.leave, 300) == Found(7, 100)
        assert bench.module.search(bench.leave, 300, fast=True) == Found(7, 100)
        assert bench.module.search(bench.leave, 7) is None, "page 7 is the eighth"
        bench.simulated.place_finger(INDEX)
        bench.module.take_image(bench.leave)
        bench.module.make_template(bench.leave)
        assert bench.module.search(bench.leave, 300) is None

    def test_two_templates_are_compared(self, bench: Bench) -> None:
        bench.keep(THUMB, 0)
        assert bench.module.match(bench.leave) == 100
        bench.simulated.place_finger(INDEX)
        bench.module.take_image(bench.leave)
        bench.module.make_template(bench.leave, 2)
        assert bench.module.match(bench.leave) is None
        with pytest.raises(TechnicianNeededError, match="merge_failed"):
            bench.module.merge_templates(bench.leave)

    def test_it_counts_lists_and_deletes(self, bench: Bench) -> None:
        for page in (0, 9, 280):
            bench.keep(THUMB, page)
        assert bench.module.template_count() == 3
        assert bench.module.used_pages() == {0, 9}
        assert bench.module.used_pages(1) == {280}
        bench.module.delete(9)
        assert bench.module.used_pages() == {0}
        bench.module.empty()
        assert bench.module.template_count() == 0

    def test_what_is_not_there_is_refused(self, bench: Bench) -> None:
        with pytest.raises(TechnicianNeededError, match="page_out_of_range"):
            bench.module.load(bench.leave, 300)
        with pytest.raises(TechnicianNeededError, match="template_unreadable"):
            bench.module.load(bench.leave, 1)
        with pytest.raises(TechnicianNeededError, match="template_upload_failed"):
            bench.module.read_template(bench.leave, 3)

    def test_templates_and_images_travel_both_ways(self, bench: Bench) -> None:
        bench.keep(THUMB, 1)
        template = bench.module.read_template(bench.leave)
        bench.module.write_template(bench.leave, template, 4)
        assert bench.module.read_template(bench.leave, 4) == template
        bench.module.write_image(bench.leave, bytes(range(256)) * 144)
        bench.module.make_template(bench.leave, 5)
        assert bench.module.read_template(bench.leave, 5) != template

    def test_a_template_garbled_on_the_line_is_asked_for_again(self, bench: Bench) -> None:
        bench.keep(THUMB, 1)
        template = bench.module.read_template(bench.leave)
        bench.simulated.faults.schedule(Fault.BAD_SUM, skip=2)
        assert bench.module.read_template(bench.leave) == template

    def test_a_poor_finger_is_the_persons(self, bench: Bench) -> None:
        bench.simulated.place_finger(np.full((288, 256), 250, np.uint8))
        with pytest.raises(PersonCanRetryError, match=r"fingerprint\.faint"):
            bench.module.take_image(bench.leave, strict=True)
        bench.module.take_image(bench.leave, dark=True)
        with pytest.raises(PersonCanRetryError, match=r"fingerprint\.faint"):
            bench.module.make_template(bench.leave)


class TestAutomatic:
    def test_a_finger_is_enrolled_and_identified(self, bench: Bench) -> None:
        bench.simulated.place_finger(THUMB)
        assert bench.module.enroll(bench.leave) == 0
        assert bench.module.identify(bench.leave, 200) == Found(0, 100)
        bench.simulated.place_finger(INDEX)
        assert bench.module.identify(bench.leave, 200) is None
        assert bench.module.enroll(bench.leave, 5) == 5
        assert bench.module.used_pages() == {0, 5}

    def test_the_same_finger_is_not_enrolled_twice_unless_told(self, bench: Bench) -> None:
        bench.simulated.place_finger(THUMB)
        bench.module.enroll(bench.leave)
        with pytest.raises(TechnicianNeededError, match="already_exists"):
            bench.module.enroll(bench.leave)
        with pytest.raises(TechnicianNeededError, match="template_empty"):
            bench.module.enroll(bench.leave, 0)
        assert bench.module.enroll(bench.leave, 0, overwrite=True, twice=True) == 0

    def test_nobody_comes(self, bench: Bench) -> None:
        with pytest.raises(DeviceError, match="timed_out"):
            bench.module.enroll(bench.leave)
        with pytest.raises(DeviceError, match="library_empty"):
            bench.module.identify(bench.leave, 10)

    def test_a_cancel_is_told_to_the_module(self, bench: Bench) -> None:
        bench.simulated.place_finger(THUMB)
        bench.simulated.faults.schedule(Fault.MUTE)
        begun = bench.simulated.commands

        def cancel() -> None:
            while not begun[Instruction.AUTO_ENROLL]:
                pass
            bench.scanner.cancel()

        other = threading.Thread(target=cancel)
        other.start()
        with pytest.raises(CaptureCancelledError):
            bench.module.enroll(bench.leave)
        other.join()
        bench.module.handshake()
        assert begun[Instruction.CANCEL] == 1


TOUCHING: dict[str, Callable[[R30xModule], object]] = {
    "take_image": lambda module: module.take_image(None),
    "make_template": lambda module: module.make_template(None),
    "merge_templates": lambda module: module.merge_templates(None),
    "match": lambda module: module.match(None),
    "search": lambda module: module.search(None, 10),
    "store": lambda module: module.store(None, 1),
    "load": lambda module: module.load(None, 1),
    "read_template": lambda module: module.read_template(None),
    "write_template": lambda module: module.write_template(None, b"x"),
    "write_image": lambda module: module.write_image(None, b"x"),
    "enroll": lambda module: module.enroll(None),
    "identify": lambda module: module.identify(None, 10),
}


@pytest.mark.parametrize("touch", TOUCHING.values(), ids=TOUCHING)
def test_nothing_of_an_applicant_moves_without_leave(bench: Bench, touch: Callable[[R30xModule], object]) -> None:
    before = bench.simulated.command_count
    with pytest.raises(NotClearedError):
        touch(bench.module)
    bench.module.handshake()
    assert bench.simulated.command_count == before + 1


def test_the_table_is_whole() -> None:
    """Every instruction of the driver is answered by the simulated module, and the other way round."""
    simulated = R30xSimulator()
    assert simulated.module.known == {int(instruction) for instruction in Instruction}
