"""A station in practice for tests: real simulators at real wires, a person at once, everything through the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from protocols.clock import Clock
from protocols.schema import Kind
from protocols.screening import ItemState
from station.bootstrap import StartReport, Station, build
from station.config import Settings
from station.lab.lab import Lab
from station.lab.operator import Operator
from station.packet.checking import OpenedPacket, open_packet
from station.services.screening import ScreeningView
from station.services.sign_on import PRACTICE_PASSWORD

T = TypeVar("T")

PATIENCE_S = 30.0
PASSWORD = PRACTICE_PASSWORD


@dataclass
class Practice:
    """One running station with its lab; `do` runs a job on the desk, `wait` waits for a future."""

    lab: Lab
    station: Station
    operator: Operator
    started: StartReport

    def do(self, job: Callable[[], T]) -> T:
        """On the desk."""
        return self.station.desk.submit(job).result(PATIENCE_S)

    def wait(self, future: Future[T]) -> T:
        """Its result."""
        return future.result(PATIENCE_S)

    def view(self, visit_id: str) -> ScreeningView:
        """The checklist."""
        return self.do(lambda: self.station.screening.view(visit_id))

    def line(self, visit_id: str, item_id: str) -> ItemState:
        """The first line of that item."""
        return next(line for line in self.view(visit_id).items if line.item.id == item_id)

    def answer(self, visit_id: str, item_id: str, value: Any) -> ScreeningView:
        """Answer the first line of that item."""
        line = self.line(visit_id, item_id)
        if line.item.kind is Kind.TEMPERATURE:
            entered = self.station.screening.enter_reading(visit_id, item_id, line.subject, value)
            return self.wait(entered)
        return self.do(lambda: self.station.screening.answer(visit_id, item_id, line.subject, value))

    def unsealed(self, packet: Path) -> OpenedPacket:
        """The packet as the practice data centre opens it."""
        return open_packet(packet, **centre_of(self.station.settings.folder))

    def identified(self) -> str:
        """A new visit of the lab's citizen, to be screened; returns its id."""
        self.operator.sign_on()
        return self.operator.identify(self.lab.citizen).visit_id

    def cleared(self) -> str:
        """The same, screened and cleared."""
        visit_id = self.identified()
        self.operator.screen(visit_id)
        return visit_id


def centre_of(folder: Path) -> dict[str, Any]:
    """What opens the packets of a practice folder: key, recipient, station."""
    key = load_pem_private_key((folder / "centre" / "centre.key.pem").read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    recipient, station = (
        x509.load_pem_x509_certificate((folder / path).read_bytes())
        for path in ("centre/centre.crt.pem", "keys/station.crt.pem")
    )
    return {"key": key, "recipient": recipient, "station": station}


@contextmanager
def practising(lab: Lab, folder: Path, *, clock: Clock | None = None, **settings: Any) -> Iterator[Practice]:
    """A station in the lab, started and with every device open, ended afterwards."""
    station = build(lab.settings(Settings(data_dir=folder, **settings)), clock=clock, makers=lab.makers)
    lab.serve(station.prompts)
    try:
        started = station.start().result(PATIENCE_S)
        station.bay.open_all(PATIENCE_S)
        yield Practice(lab, station, Operator(station), started)
    finally:
        station.stop()
        lab.person.stop()
