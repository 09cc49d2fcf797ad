"""Cards, reader and service are torn away while somebody reads: a result or one clear error, in time, no thread left.

A short pass here; with KTPEL_SOAK set the service is killed 20 times, and card, reader or service torn out 200 times.
"""

from __future__ import annotations

import contextlib
import random
import sys
import threading
import time
from collections import Counter as Tally
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from devices.bay import DeviceBay
from devices.card_reader import CardReader
from devices.card_reader.pcsc import PcscReader
from devices.card_reader.simulator import CardReaderSimulator
from devices.card_reader.virtual_card import CardKind, CardSpec
from devices.device import Device
from devices.errors import DeviceError
from devices.gate import CaptureGate
from protocols.clock import SystemClock
from station.security.officer_card import OfficerCard
from tests.support.cards import PIN, issue, officer_card
from tests.support.counter import Counter
from tests.support.soak import SOAK

KILLS = 20 if SOAK else 3
TEARS = 200 if SOAK else 12
SLOT = "card_reader"
ANSWER_S = 0.5
DEADLINE_S = ANSWER_S + 3.0
"""An answer, the wait for a card that others keep, and what a busy machine adds."""
BACK_S = 8.0
"""From the return of card, reader or service until the next good read."""
DELAY_S = 0.01
UID = bytes.fromhex("04A1B2C3D4E5F6")
PHOTO = b"\xff\xd8\xff" + bytes(index * 7 & 0xFF for index in range(2497))
KTPEL = CardSpec(CardKind.KTPEL, UID, photo=PHOTO, delay_s=DELAY_S)
ROOT = issue("Root of tests", authority=True)
OFFICER = replace(officer_card(issue("petugas", ROOT)), delay_s=DELAY_S)
SIGN_ON = OfficerCard([ROOT.certificate], SystemClock())
PERSON = {"card_reader.no_card", "card_reader.removed", "card_reader.unreadable", "card_reader.mute"}
GONE = {"card_reader.service_lost", "card_reader.lost", "card_reader.no_service", "card_reader.no_reader"}
EXPECTED = PERSON | GONE
PHOTO_SCRIPT = [
    "00a40000027f0a",
    "00a40000026ff2",
    "00b0000002",
    *(f"00b0{at:04x}{min(240, 2502 - at):02x}" for at in range(2, 2502, 240)),
]
SCRIPTS = {
    "uid": ["00a40000027f0a", "ffca000000"],
    "photo": PHOTO_SCRIPT,
    "officer": ["a4", "cb", "c0", "20", "20", "87"],  # the instructions: what they carry is new each time
}
RESULTS = {"uid": UID, "photo": PHOTO, "officer": "CN=petugas"}


class Drill:
    """A station's bay with a reader on a service of its own; what is asked of it, torn or not, is looked into."""

    def __init__(self, simulator: CardReaderSimulator) -> None:
        self.simulator = simulator
        self.counter = Counter()
        self.ends: Tally[str] = Tally()
        self.longest_s = self.back_s = 0.0
        self._lies: CardSpec | None = None
        self._news = threading.Event()
        self.bay = DeviceBay(
            self.counter.gate,
            {SLOT: self._made},
            lambda _: self._news.set(),
            first_pause_s=0.05,
            longest_pause_s=0.5,
            watch_s=0.1,
        )

    def _made(self, gate: CaptureGate) -> Device:
        return PcscReader(SLOT, gate, service=self.simulator.socket_path, answer_s=ANSWER_S, simulated=True)

    def lay(self, name: str) -> None:
        """The card for it, unless it lies there."""
        card = OFFICER if name == "officer" else KTPEL
        if self._lies is not card:
            self.simulator.insert(card)
            self._lies = card

    def lift(self) -> None:
        self.simulator.remove()
        self._lies = None

    def do(self, name: str, tear: Callable[[], None] | None = None) -> str:
        """Read, while something is torn: the error's code, or "" for the right result; the card's log bears it out."""
        before = len(self.simulator.apdus())
        began = time.monotonic()
        reading = self.bay.submit(SLOT, lambda device: self._read(name, device))
        if tear is not None:
            tear()
        code, result = "", None
        try:
            result = reading.result(timeout=2 * DEADLINE_S)
        except DeviceError as error:
            code = error.code
        took_s = time.monotonic() - began
        heard = [each.hex() for each in self.simulator.apdus()[before:]]
        told = [each[2:4] for each in heard] if name == "officer" else heard
        script = SCRIPTS[name]
        if code:
            assert code in EXPECTED
            assert told == script[: len(told)]
        else:
            assert (result, told) == (RESULTS[name], script)
        self.ends[code or "read"] += 1
        self.longest_s = max(self.longest_s, took_s)
        return code

    def _read(self, name: str, device: Device) -> object:
        assert isinstance(device, CardReader)
        if name == "uid":
            return device.read_uid()
        if name == "officer":
            return SIGN_ON.sign_on(device, PIN).subject
        return device.read_photo(self.counter.armed(device))

    def recover(self, name: str) -> None:
        """Until it can be read again."""
        began = time.monotonic()
        while code := self.do(name):
            assert time.monotonic() - began < BACK_S, (code, dict(self.ends))
            if code in GONE:
                self._news.wait(0.05)
                self._news.clear()
            else:
                with contextlib.suppress(DeviceError):
                    self.bay.submit(SLOT, _next_event).result()
        self.back_s = max(self.back_s, time.monotonic() - began)

    def report(self) -> str:
        ends = ", ".join(f"{end} {count}" for end, count in self.ends.most_common())
        return f"longest end {self.longest_s:.2f} s, longest way back {self.back_s:.2f} s; {ends}"


def _next_event(device: Device) -> object:
    assert isinstance(device, CardReader)
    return device.wait_event(0.1)


@pytest.fixture
def drill() -> Iterator[Drill]:
    with CardReaderSimulator() as simulator:
        running = Drill(simulator)
        running.bay.start()
        yield running
        running.lift()
        running.bay.stop()
        assert not [thread.name for thread in threading.enumerate() if thread.name.startswith(("card talk", "device"))]


def _told(drill: Drill, seed: int) -> None:
    sys.stdout.write(f"seed {seed}: {drill.report()}\n")
    assert drill.longest_s < DEADLINE_S
    assert drill.ends["read"] >= 1


@pytest.mark.soak
@pytest.mark.timeout(600 if SOAK else 120)
def test_the_service_is_killed_and_started_again_and_again(drill: Drill) -> None:
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)
    drill.lay("photo")
    drill.recover("photo")
    for _ in range(KILLS):
        moment_s = chance.uniform(0, len(PHOTO_SCRIPT) * DELAY_S)

        def kill(moment_s: float = moment_s) -> None:
            time.sleep(moment_s)  # a moment by chance is what is tried
            drill.simulator.crash()

        drill.do("photo", kill)
        if chance.random() < 0.5:
            assert drill.do("photo") in GONE  # nobody there: said at once
        drill.simulator.restart()
        drill.recover("photo")
    _told(drill, seed)


@pytest.mark.soak
@pytest.mark.timeout(2400 if SOAK else 120)
def test_card_and_reader_are_torn_out_at_random(drill: Drill) -> None:
    seed = random.SystemRandom().randrange(10**6)
    chance = random.Random(seed)
    mended: dict[Callable[[], None], Callable[[], None]] = {
        drill.lift: lambda: None,
        lambda: drill.simulator.hold(muted=True): drill.lift,
        drill.simulator.unplug: drill.simulator.plug,
        drill.simulator.crash: drill.simulator.restart,
    }
    for _ in range(TEARS):
        name = chance.choice(list(SCRIPTS))
        (pull,) = chance.choices(list(mended), (4, 2, 2, 1))
        moment_s = chance.uniform(0, len(SCRIPTS[name]) * DELAY_S)
        drill.lay(name)
        if chance.random() < 0.8:
            drill.recover(name)  # else it has hardly been laid down

        def tear(moment_s: float = moment_s, pull: Callable[[], None] = pull) -> None:
            time.sleep(moment_s)  # a moment by chance is what is tried
            pull()

        drill.do(name, tear)
        mended[pull]()
    drill.lay("photo")
    drill.recover("photo")
    _told(drill, seed)
