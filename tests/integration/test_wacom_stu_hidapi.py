"""The USB driver on the real hidapi, over a stand-in for the kernel: pages, ink, presses and a pulled cable."""

from __future__ import annotations

from pathlib import Path

from devices.signature_pad import PadButton
from devices.signature_pad.page import Page
from devices.simulation.stroke import signature, to_counts
from tests.support.hidraw_end import station_end


def test_a_pad_behind_hidapi_shows_the_page_hands_over_ink_and_presses_and_is_lost_when_pulled(tmp_path: Path) -> None:
    with station_end(tmp_path) as (pad, told):
        assert next(told) == {"model": "STU-430V", "serial": "5JZQS00032", "passed": True, "buttons": True}
        assert pad.pictures == 1
        names = signature(7)
        expected = [[each.x, each.y, each.pressure] for each in to_counts(names, pad.area) if each.down]
        pad.sign(names, fast=True)
        ink: list[list[int]] = []
        while len(ink) < len(expected):
            ink += next(told)["ink"]
        assert ink == expected
        left, top, right, bottom = Page(320, 200).box(PadButton.ACCEPT)
        pad.tap(((left + right) // 2, (top + bottom) // 2))
        while not (heard := next(told))["pressed"]:
            assert heard["ink"] == []
        assert heard == {"ink": [], "pressed": ["accept"]}
        next(told)  # its read began after the page was wiped
        assert pad.screen.ink == 0
        pad.unplug()
        assert [each for each in told if "lost" in each] == [{"lost": "port.lost"}]
