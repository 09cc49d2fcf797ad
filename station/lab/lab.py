"""Starts every simulator and a synthetic person, and tells a station where they are.

On Linux the serial devices are ptys; elsewhere, or where asked for, TCP ports on loopback. A card reader can be
simulated on Linux alone, and only where the system lets a private PC/SC service run; `notes` says so where it does not.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from devices.camera.simulator import CameraSimulator
from devices.card_reader.simulator import CardReaderSimulator, CardSimulationError
from devices.device import DeviceKind
from devices.fingerprint.simulator_r30x import ModuleTraits, R30xSimulator
from devices.fingerprint.simulator_slap import SimulatedSlapScanner, SlapGlass
from devices.position.simulator import NmeaSimulator
from devices.signature_pad.simulator_topaz import TopazSimulator
from devices.thermometer.simulator import Mcu90614Simulator
from station.attach import DeviceMaker
from station.config import Settings
from station.device_settings import (
    CameraDevice,
    CardReaderDevice,
    DevicesSection,
    FingerprintDevice,
    PositionDevice,
    SignaturePadDevice,
    ThermometerDevice,
)
from station.lab.body import AS_PEOPLE, AT_ONCE, Ends, SyntheticPerson
from station.lab.cards import ANSWER_S, ktpel
from station.lab.officer_cards import PracticeAuthority
from station.lab.persona import Citizen, citizen
from station.services.prompts import Prompts
from station.services.sign_on import PRACTICE_OFFICERS

FIRST_SEED = 2020
OFFICER = PRACTICE_OFFICERS[0].id
"""Whose card lies in the reader's second slot."""
RECEIVER_S = 0.25
"""Between two reports of the receiver: four a second, as many can."""


class Lab:
    """Simulators and a person.

    Args:
        portrait: a picture that the camera shows instead of a synthetic face.
        seed: of the first citizen; the next ones count up.
        lifelike: the person takes a person's time and the scanner's line its own; else everything at once.
        tcp: TCP ports instead of ptys; None = where there are no ptys.
        cards: whether a card reader is tried.
        slaps: the scanner takes 4-4-2; it has no wire, so the station is built with `makers`.
        positions: a receiver of positions stands on the roof, as on a van's; its time is the machine's.
        platen: width and height of the scanner's images, pixels; a synthetic finger has 320 x 400.
    """

    def __init__(
        self,
        *,
        portrait: Path | None = None,
        seed: int = FIRST_SEED,
        lifelike: bool = True,
        tcp: bool | None = None,
        cards: bool = True,
        platen: tuple[int, int] = (256, 288),
        slaps: bool = False,
        positions: bool = False,
    ) -> None:
        over_tcp = sys.platform == "win32" if tcp is None else tcp
        traits = ModuleTraits(*platen, baud_factor=12 if lifelike else 6)
        self.scanner = R30xSimulator(traits, tcp=over_tcp, paced=lifelike)
        self.glass = SlapGlass() if slaps else None
        self.pad = TopazSimulator(tcp=over_tcp)
        self.thermometer = Mcu90614Simulator(tcp=over_tcp)
        self.receiver = NmeaSimulator(interval_s=RECEIVER_S, tcp=over_tcp) if positions else None
        self.camera = CameraSimulator() if portrait is None else None
        self.cards = CardReaderSimulator() if cards else None
        self.notes: list[str] = []
        """What could not be simulated here, one line each."""
        self.citizen: Citizen = citizen(seed)
        ends = Ends(self.camera, self.scanner, self.pad, self.thermometer, self.glass)
        self.person = SyntheticPerson(ends, AS_PEOPLE if lifelike else AT_ONCE, self._seat)
        self._seats: dict[str, Citizen] = {}
        """Who came with which visit."""
        self._authorities: Path | None = None
        self._portrait = portrait
        self._answer_s = ANSWER_S if lifelike else 0.0
        self._running = ExitStack()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        """Stop."""
        self.stop()

    def start(self) -> None:
        """Plug everything in; the first citizen is there."""
        with ExitStack() as started:
            starts: list[tuple[Callable[[], None], Callable[[], None]]] = [
                (self.scanner.start, self.scanner.stop),
                (self.pad.start, self.pad.stop),
                (self.thermometer.start, self.thermometer.stop),
            ]
            if self.camera is not None:
                starts.append((self.camera.start, self.camera.stop))
            if self.receiver is not None:
                starts.append((self.receiver.start, self.receiver.stop))
            for start, stop in starts:
                start()
                started.callback(stop)
            self._start_cards(started)
            self._running = started.pop_all()
        self.person.be(self.citizen)

    def stop(self) -> None:
        """Unplug everything, join every thread. Idempotent. The station that uses it is stopped first."""
        self.person.stop()
        self._running.close()

    def next_citizen(self) -> Citizen:
        """Somebody else comes to the counter."""
        self._come(citizen(self.citizen.seed + 1))
        return self.citizen

    def serve(self, prompts: Prompts) -> None:
        """Let the person obey this station's prompts, until `stop`."""
        self.person.start(prompts)

    @property
    def devices(self) -> DevicesSection:
        """Where they are, for a station's settings; each marked as simulated. Valid once started."""
        source = self.camera.url if self.camera is not None else str(self._portrait)
        reader = None
        if self.cards is not None:
            reader = CardReaderDevice(
                reader=self.cards.readers[0],
                socket=self.cards.socket_path,
                officer_reader=self.cards.readers[1],
                officer_authorities=self._authorities,
                simulated=True,
            )
        receiver = PositionDevice(url=self.receiver.url, simulated=True) if self.receiver is not None else None
        return DevicesSection(
            camera=CameraDevice(source=source, simulated=True),
            fingerprint=FingerprintDevice(url=self.scanner.url, simulated=True),
            signature_pad=SignaturePadDevice(url=self.pad.url, simulated=True),
            card_reader=reader,
            thermometer=ThermometerDevice(url=self.thermometer.url, simulated=True),
            positioning=receiver,
        )

    @property
    def makers(self) -> Mapping[str, DeviceMaker]:
        """Devices that no setting can name, for `station.bootstrap.build`."""
        glass = self.glass
        if glass is None:
            return {}
        slot = DeviceKind.FINGERPRINT.value
        return {slot: lambda gate: SimulatedSlapScanner(slot, gate, glass)}

    def settings(self, base: Settings) -> Settings:
        """These settings with the lab's devices in place of any other."""
        return base.with_devices(self.devices)

    def _seat(self, visit_id: str) -> None:
        """With the first visit comes the citizen who is there, with every other one the next; on the person's thread.

        A visit that was parked brings back whom it brought before.
        """
        if visit_id not in self._seats:
            last = max((each.seed for each in self._seats.values()), default=None)
            self._seats[visit_id] = self.citizen if last is None else citizen(max(last, self.citizen.seed) + 1)
        if self._seats[visit_id] != self.citizen:
            self._come(self._seats[visit_id])

    def _come(self, who: Citizen) -> None:
        self.citizen = who
        self.person.be(who)
        self._lay_card()

    def _start_cards(self, started: ExitStack) -> None:
        if self.cards is None:
            return
        try:
            self.cards.start()
        except CardSimulationError as error:
            self.notes.append(str(error))
            self.cards = None
            return
        started.callback(self.cards.stop)
        authority = PracticeAuthority()
        self._authorities = Path(self.cards.socket_path).with_name("practice-authority.pem")
        self._authorities.write_bytes(authority.pem)
        self.cards.insert(authority.card(OFFICER), slot=1)
        self._lay_card()

    def _lay_card(self) -> None:
        """Whoever comes lays their card down; it stays there."""
        if self.cards is not None:
            self.cards.insert(ktpel(self.citizen, delay_s=self._answer_s))
