"""The data of a station in practice that sealed one recording, made once a session, and stations over copies of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from station.bootstrap import StartReport, Station, build
from station.config import PRACTICE_FOLDER, KeysSection, Settings
from station.device_settings import DevicesSection, ThermometerDevice
from station.domain.audit import AuditEntry
from station.lab.lab import Lab
from station.services.keys import PACKETS
from tests.support.practice import practising

PATIENCE_S = 30.0
NO_DEVICE = DevicesSection(thermometer=ThermometerDevice(url="/dev/ktpel-none", simulated=True))
"""Simulated, so that it is practice; and not there, so that nothing is opened."""


@dataclass(frozen=True)
class Data:
    """A folder of data.

    Attributes:
        base: as the settings name it.
        office: the certificate of the office that can restore its keys, for the settings.
    """

    base: Path
    office: Path | None = None

    @property
    def folder(self) -> Path:
        """Where practice lies in it."""
        return self.base / PRACTICE_FOLDER

    @property
    def packet(self) -> Path:
        """The one packet."""
        (path,) = (self.folder / PACKETS).glob("*.ktpel")
        return path

    @property
    def settings(self) -> Settings:
        """Of a station over it, without any device."""
        return Settings(data_dir=self.base, devices=NO_DEVICE, keys=KeysSection(office_certificate=self.office))

    @contextmanager
    def opened(self) -> Iterator[tuple[Station, StartReport]]:
        """A station over it, started."""
        station = build(self.settings)
        try:
            yield station, station.start().result(PATIENCE_S)
        finally:
            station.stop()


def record(base: Path, office: Path | None = None) -> Data:
    """One whole recording."""
    with (
        Lab(lifelike=False, cards=False) as lab,
        practising(lab, base, keys=KeysSection(office_certificate=office)) as at,
    ):
        at.operator.record(lab.citizen, base / "papers")
    return Data(base, office)


def trail(station: Station, action: str) -> list[AuditEntry]:
    """Lines of that action."""

    def read() -> list[AuditEntry]:
        with station._records.work() as work:
            return [each for each in work.audit.entries() if each.action == action]

    return station.desk.submit(read).result(PATIENCE_S)
