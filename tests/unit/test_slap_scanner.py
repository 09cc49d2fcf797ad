"""The simulated slap scanner: a group in one picture, one sample a finger, single fingers too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pytest

from devices.errors import PersonCanRetryError
from devices.fingerprint import FingerCapture, FingerRequest
from devices.fingerprint.simulator_slap import SimulatedSlapScanner, SlapGlass
from devices.positions import GROUPS, LEFT_FOUR, RIGHT_FOUR, FingerPosition
from devices.simulation.finger_slap import slap
from protocols.clearance import Clearance
from protocols.clock import ManualClock
from tests.support.counter import Counter

NOON = datetime(2020, 4, 13, 5, 0, tzinfo=UTC)
SEED = 7


class Bench:
    """A glass, its driver opened and armed for a visit."""

    def __init__(self, glass: SlapGlass, scanner: SimulatedSlapScanner, clearance: Clearance) -> None:
        self.glass = glass
        self.scanner = scanner
        self.clearance = clearance

    def capture(self, request: FingerRequest, timeout_s: float = 0.05) -> FingerCapture:
        return self.scanner.capture(self.clearance, request, timeout_s=timeout_s)


@pytest.fixture
def bench() -> Iterator[Bench]:
    counter = Counter(ManualClock(NOON))
    glass = SlapGlass()
    scanner = SimulatedSlapScanner("fingerprint", counter.gate, glass, clock=counter.clock)
    scanner.open()
    yield Bench(glass, scanner, counter.armed(scanner))
    scanner.close()


def test_it_says_that_it_is_simulated_and_takes_every_group(bench: Bench) -> None:
    assert bench.scanner.info.simulated
    assert bench.scanner.groups == set(GROUPS)


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_comes_as_the_slap_and_a_sample_a_finger(bench: Bench, group: tuple[FingerPosition, ...]) -> None:
    laid = slap(SEED, group)
    bench.glass.place(laid)
    taken = bench.capture(FingerRequest(group))
    assert taken.slap is not None
    np.testing.assert_array_equal(taken.slap.image, np.minimum(laid, 250))
    assert tuple(sample.position for sample in taken.samples) == group
    assert all(sample.box is not None for sample in taken.samples)
    assert (taken.slap.dpi, taken.slap.source_bits, taken.slap.taken_at) == (500, 8, NOON)


def test_a_single_finger_comes_alone(bench: Bench) -> None:
    thumb = (FingerPosition.RIGHT_THUMB,)
    bench.glass.place(slap(SEED, thumb))
    taken = bench.capture(FingerRequest(thumb))
    assert taken.slap is None
    (sample,) = taken.samples
    assert (sample.position, sample.box) == (FingerPosition.RIGHT_THUMB, None)
    assert max(sample.image.image.shape) < 500


def test_a_declared_amputee_has_three_fingers(bench: Bench) -> None:
    missing = frozenset({FingerPosition.LEFT_RING})
    bench.glass.place(slap(SEED, LEFT_FOUR, missing))
    taken = bench.capture(FingerRequest(LEFT_FOUR, missing))
    assert [sample.position for sample in taken.samples] == [each for each in LEFT_FOUR if each not in missing]
    with pytest.raises(PersonCanRetryError, match=r"fingerprint\.segments: fewer"):
        bench.capture(FingerRequest(LEFT_FOUR))


def test_a_bare_glass_and_a_hand_that_stays_are_told(bench: Bench) -> None:
    assert not bench.scanner.finger_present(bench.clearance)
    with pytest.raises(PersonCanRetryError, match=r"fingerprint\.no_finger"):
        bench.capture(FingerRequest(RIGHT_FOUR))
    bench.scanner.wait_removed(bench.clearance)
    bench.glass.place(slap(SEED, RIGHT_FOUR))
    assert bench.scanner.finger_present(bench.clearance)
    with pytest.raises(PersonCanRetryError, match=r"fingerprint\.not_lifted"):
        bench.scanner.wait_removed(bench.clearance, timeout_s=0.05)


def test_a_picture_of_another_size_does_not_fit_the_glass() -> None:
    with pytest.raises(ValueError, match="1600 x 1500"):
        SlapGlass().place(np.zeros((10, 10), np.uint8))
