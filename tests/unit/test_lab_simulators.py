"""The lab: every simulator at a URL of its own, over ptys or TCP, with a person who does what is asked last."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from devices.card_reader.simulator import CardReaderSimulator, CardSimulationError
from devices.positions import FingerPosition
from station.lab.lab import Lab
from station.services.prompts import Prompt, PromptKind, Prompts

PATIENCE_S = 10.0


@pytest.mark.parametrize("tcp", [True, sys.platform == "win32"])
def test_it_gives_a_station_devices_that_are_all_marked_simulated(tcp: bool) -> None:
    with Lab(lifelike=False, cards=False, tcp=tcp) as lab:
        devices = lab.devices
        assert len(devices.configured) == 4
        assert all(each.simulated for each in devices.configured)
        urls = [getattr(each, "url", "") for each in devices.configured if hasattr(each, "url")]
        assert all(url.startswith("socket://127.0.0.1:") is tcp for url in urls)
        assert devices.camera is not None
        assert devices.camera.source.startswith("http://127.0.0.1:")
    lab.stop()  # once more does no harm


def test_a_picture_stands_in_for_the_synthetic_face(tmp_path: Path) -> None:
    picture = tmp_path / "p.png"
    with Lab(lifelike=False, cards=False, portrait=picture) as lab:
        assert lab.devices.camera is not None
        assert lab.devices.camera.source == str(picture)


def test_where_no_card_reader_can_be_simulated_it_says_so_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: CardReaderSimulator) -> None:
        raise CardSimulationError("namespaces are forbidden here")

    monkeypatch.setattr(CardReaderSimulator, "start", refused)
    with Lab(lifelike=False) as lab:
        assert lab.notes == ["namespaces are forbidden here"]
        assert lab.devices.card_reader is None


def test_what_fails_to_start_takes_the_rest_down_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: CardReaderSimulator) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(CardReaderSimulator, "start", broken)
    with pytest.raises(RuntimeError, match="broken"):
        Lab(lifelike=False).start()  # the guard of the tests finds threads and ports left behind


def test_the_person_lays_lifts_and_does_what_was_asked_last() -> None:
    prompts = Prompts()
    with Lab(lifelike=False, cards=False) as lab:
        lab.serve(prompts)
        prompts.say(Prompt(PromptKind.PLACE_FINGER, (FingerPosition.LEFT_INDEX,)))
        _until(lambda: lab.scanner.seen is not None)
        prompts.say(Prompt(PromptKind.LIFT_FINGER, (FingerPosition.LEFT_INDEX,)))
        _until(lambda: lab.scanner.seen is None)


def test_the_next_citizen_is_somebody_else_with_another_face() -> None:
    with Lab(lifelike=False, cards=False) as lab:
        first = lab.citizen
        assert lab.next_citizen() is lab.citizen
        assert lab.citizen.seed == first.seed + 1
        assert lab.citizen.form.nik != first.form.nik


def test_each_visit_brings_the_next_citizen_and_a_parked_one_whom_it_brought_before() -> None:
    def after(*visits: str) -> int:
        for visit_id in visits:
            prompts.say(Prompt(PromptKind.LOOK_AT_CAMERA, subject=visit_id))
        lab.person.stop()  # joined: everything asked for has been done
        lab.serve(prompts)
        return lab.citizen.seed

    prompts = Prompts()
    with Lab(lifelike=False, cards=False, seed=2020) as lab:
        lab.serve(prompts)
        assert after("first") == 2020
        assert after("first", "second") == 2021
        assert after("first") == 2020
        assert after("third", "fourth") == 2023
        assert after("second") == 2021


def test_left_alone_the_person_lays_a_finger_until_told_to_stop() -> None:
    stop = threading.Event()
    with Lab(lifelike=False, cards=False) as lab:
        alone = threading.Thread(target=lab.person.act_alone, args=(stop,))
        alone.start()
        _until(lambda: lab.scanner.seen is not None)
        stop.set()
        alone.join(PATIENCE_S)
        assert not alone.is_alive()


def _until(holds: Callable[[], bool]) -> None:
    """The person has no bell of its own: look until it is so."""
    looked = threading.Event()
    for _ in range(int(PATIENCE_S / 0.01)):
        if holds():
            return
        looked.wait(0.01)
    pytest.fail("the person did not do it")
