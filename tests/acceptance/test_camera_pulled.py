"""The camera is pulled and put back while somebody is being captured: no crash, nothing stuck, soon there again."""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Iterator

import pytest

from devices.camera.simulator import CameraFault
from tests.support.pulled_camera import PulledCamera
from tests.support.soak import SOAK

PULLS = 50 if SOAK else 6
RECOVERY_S = 2.0
"""From the return of the camera until a new frame is there."""
NOTICE_S = 1.0
"""From the pull until whoever reads is told."""


@pytest.fixture
def drill() -> Iterator[PulledCamera]:
    with PulledCamera() as running:
        yield running


@pytest.mark.soak
@pytest.mark.timeout(600 if SOAK else 120)
def test_pulled_and_put_back_it_recovers_in_two_seconds_under_the_same_leave(drill: PulledCamera) -> None:
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)
    pulls = []
    for number in range(PULLS):
        drill.frames(chance.randrange(4))
        # mostly a jerk at the cable; now and then so long that the pauses between attempts have grown
        pulls.append(drill.pull(chance.uniform(0, 0.4) if number % 5 < 4 else chance.uniform(2, 8 if SOAK else 3)))
    recovery = [pull.recovered_s for pull in pulls]
    noticed = [pull.noticed_s for pull in pulls]
    report = (
        f"{PULLS} pulls, seed {seed}: recovered in {statistics.median(recovery):.2f} s (median), {max(recovery):.2f} s "
        f"(longest); noticed in {statistics.median(noticed):.3f} s (median), {max(noticed):.3f} s (longest)"
    )
    sys.stdout.write(f"{report}\n")
    assert max(recovery) <= RECOVERY_S, report
    assert max(noticed) <= NOTICE_S, report
    assert {pull.told for pull in pulls} == {"camera.lost"}
    assert all(pull.same for pull in pulls)


@pytest.mark.parametrize("fault", [CameraFault.FREEZE, CameraFault.STUCK])
def test_a_camera_that_hangs_ends_the_reading_and_recovers_when_it_runs_again(
    drill: PulledCamera, fault: CameraFault
) -> None:
    drill.simulator.befall(fault)
    error = drill.ended()  # a timeout, or a loss where that was sooner: never a read without end
    assert error.code in {"camera.no_frame", "camera.silent"}
    drill.simulator.befall(None)
    drill.capture()
    drill.frames(5)


def test_pulled_again_while_it_is_being_opened_it_is_still_taken_up(drill: PulledCamera) -> None:
    for _ in range(3):
        drill.simulator.unplug()
        drill.ended()
        drill.simulator.replug()
        drill.ready()
        drill.simulator.unplug()
        drill.simulator.replug()
        drill.ready()  # noticed by the bay, as nobody reads
        drill.capture()
