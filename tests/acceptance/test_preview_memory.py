"""The preview runs for as long as an applicant takes: what it holds does not grow with the frames that have gone by.

A few seconds here, ten minutes with KTPEL_SOAK set.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot

from station.config import Settings
from station.lab.operator import Operator
from tests.support.soak import SOAK
from tests.ui.conftest import practice
from ui.widgets.viewfinder import LiveView

SECONDS = 600.0 if SOAK else 5.0
WARM_UP_FRAMES = 60
FRAMES_A_SECOND = 10
"""At the least, on a machine that is busy with other tests; thirty are sent."""
MOST_MB = 16.0
"""Six frames of 1280 x 720: allocators breathe. Two seconds of frames that pile up are ten times as much."""


@pytest.mark.soak
@pytest.mark.timeout(SECONDS + 120)
def test_a_preview_that_runs_on_holds_no_more_than_one_that_has_begun(qtbot: QtBot, tmp_path: Path) -> None:
    with practice(qtbot, Settings(data_dir=tmp_path / "data")) as counter:
        counter.sign_on()
        counter.until(lambda: all(card.ready for card in counter.window.devices.cards.values()))
        operator = Operator(counter.station)
        visit = operator.screen(operator.identify(counter.lab.citizen).visit_id)
        counter.station.portrait.auto = False
        counter.opened.conductor.move(visit)
        counter.see("portrait")
        live = counter.window.findChild(LiveView, "portrait.live")
        assert live is not None
        counter.until(lambda: live.painted > WARM_UP_FRAMES)
        process, held, began, painted = psutil.Process(), list[float](), time.monotonic(), live.painted
        while time.monotonic() - began < SECONDS:
            held.append(process.memory_info().rss / 1e6)
            qtbot.wait(round(20 * SECONDS))
        shown = live.painted - painted
    fifth = len(held) // 5
    grown = min(held[-fifth:]) - min(held[:fifth])
    report = f"{shown} frames in {SECONDS:.0f} s: from {held[0]:.1f} to {held[-1]:.1f} MB, by fifths {grown:+.1f} MB"
    sys.stdout.write(f"{report}\n")
    assert shown > FRAMES_A_SECOND * SECONDS
    assert grown < MOST_MB, report
