"""A counter whose reader is watched: cards are laid on it, and what is told of them is heard."""

from __future__ import annotations

import queue
from collections.abc import Mapping

from devices.card_reader import CardReader
from devices.card_reader.pcsc import PcscReader
from devices.card_reader.virtual_card import CardKind, CardSpec
from devices.device import Device
from devices.errors import PersonCanRetryError
from station.attach import DeviceMaker
from station.domain.history import EverRecorded, Identified
from station.lab.lab import Lab
from station.services.cards import CardNews, CardWord
from tests.support.practice import PATIENCE_S, Practice

UID = "04A1B2C3D4E5F6"
KTPEL = CardSpec(CardKind.KTPEL, bytes.fromhex(UID))
FOREIGN = CardSpec(CardKind.FOREIGN, bytes.fromhex("A1B2C3D4"))
READ = CardNews(CardWord.READ, "••••E5F6")
ANSWER_S = 0.3


class HastyLab(Lab):
    """Its reader gives up on a silent card sooner."""

    @property
    def makers(self) -> Mapping[str, DeviceMaker]:
        assert self.cards is not None
        name, service = self.cards.readers[0], self.cards.socket_path
        return {
            "card_reader": lambda gate: PcscReader(
                "card_reader", gate, name, service=service, answer_s=ANSWER_S, simulated=True
            )
        }


class CardPractice(Practice):
    """A counter with a visit to be identified, and what is told of its reader."""

    def begin(self) -> None:
        self.lift()
        self.empty()
        self.news: queue.Queue[CardNews] = queue.Queue()
        self.station.cards.subscribe(self.news.put)

    def opened(self) -> str:
        visit_id: str = self.do(self.station.visits.open).visit_id
        self.station.cards.watch(visit_id)
        return visit_id

    def lay(self, card: CardSpec) -> CardNews:
        assert self.lab.cards is not None
        self.lab.cards.insert(card)
        return self.told()

    def empty(self) -> None:
        """Wait until nothing lies on the reader: the service looks every 0.4 s."""
        self.wait(self.station.bay.submit("card_reader", until_empty))

    def laid(self) -> None:
        """Wait until a card is seen."""
        self.wait(self.station.bay.submit("card_reader", until_laid))

    def audited(self, action: str) -> list[dict[str, str | int | bool]]:
        """The facts of every line of the audit trail with this action."""

        def found() -> list[dict[str, str | int | bool]]:
            with self.station._counter.records.work() as work:
                return [dict(each.facts) for each in work.audit.entries() if each.action == action]

        return self.do(found)

    def apdus(self) -> list[str]:
        """What cards in the first slot were told."""
        assert self.lab.cards is not None
        return [each.hex() for each in self.lab.cards.apdus()]

    def lift(self) -> None:
        assert self.lab.cards is not None
        self.lab.cards.remove()

    def told(self) -> CardNews:
        return self.news.get(timeout=PATIENCE_S)

    def identify(self, visit_id: str) -> Identified:
        form, visits = self.lab.citizen.form, self.station.visits
        done = self.do(
            lambda: visits.identify(
                visit_id, form, read_back=True, ever_recorded=EverRecorded.NO, reason="sesuai dokumen"
            )
        )
        assert done.identified is not None
        return done.identified


def until_empty(device: Device) -> None:
    """The service sees only every 0.4 s what lies on the reader."""
    assert isinstance(device, CardReader)
    code = ""
    while code != "card_reader.no_card":
        device.wait_event(0.1)
        try:
            device.read_uid()
        except PersonCanRetryError as error:
            code = error.code


def until_laid(device: Device) -> None:
    """On the reader's thread."""
    assert isinstance(device, CardReader)
    while (event := device.wait_event(PATIENCE_S)) is None or not event.atr:
        assert event is not None
