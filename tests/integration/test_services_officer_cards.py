"""Officers' cards as second factor, from end to end: a station, a private card service, a simulated PIV card."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import TypeVar

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from devices.card_reader import CardEventKind, CardReader
from devices.card_reader.piv import PinWrongError
from devices.card_reader.simulator import CardReaderSimulator
from devices.card_reader.virtual_card import CardKind, CardSpec
from devices.device import Device
from devices.errors import DeviceError
from protocols.clock import ManualClock
from station.bootstrap import Station, build
from station.config import OfficersSection, Settings
from station.device_settings import OFFICER_READER, CardReaderDevice, DevicesSection
from station.domain.officer import FactorKind, Permission, Role
from station.errors import RuleError, StationError
from station.security.officer_card import fingerprint
from station.services.cards import SLOT, CardWord
from station.services.proofs import SHOWN_S, FactorNeededError
from station.services.sign_on import PRACTICE_PASSWORD
from tests.support.cards import PIN, issue, officer_card

T = TypeVar("T")

PATIENCE_S = 30.0
ROOT = issue("Root of tests", authority=True)
BETWEEN = issue("Issuer of tests", ROOT, authority=True, path_length=0)
BUDI, SARI = issue("budi", BETWEEN), issue("sari", BETWEEN)
FOREIGN = CardSpec(CardKind.FOREIGN, bytes(4))
OFFICERS_SLOT = 1


@pytest.fixture(scope="module")
def service() -> Iterator[CardReaderSimulator]:
    with CardReaderSimulator() as simulator:
        yield simulator


@dataclass
class Office:
    """A station with a reader of two slots, the second one for officers' cards."""

    station: Station
    service: CardReaderSimulator
    slot: str = OFFICER_READER
    laid: bool = False

    def do(self, job: Callable[[], T]) -> T:
        return self.station.desk.submit(job).result(PATIENCE_S)

    def lay(self, card: CardSpec) -> None:
        """Put it in, in place of the one before; the reader has noticed both."""
        self.take_out()
        self.service.insert(card, OFFICERS_SLOT)
        self._noticed(CardEventKind.INSERTED)
        self.laid = True

    def take_out(self) -> None:
        """Nothing where none lies there."""
        if self.laid:
            self.service.remove(OFFICERS_SLOT)
            self._noticed(CardEventKind.REMOVED)
            self.laid = False

    def _noticed(self, kind: CardEventKind) -> None:
        def wait(device: Device) -> None:
            assert isinstance(device, CardReader)
            while (event := device.wait_event(5)) is not None and event.kind is not kind:
                pass
            assert event is not None

        self.station.bay.submit(self.slot, wait).result(PATIENCE_S)

    def bind(self, who: str, card: CardSpec, pin: str = PIN) -> None:
        self.do(lambda: self.station.sign_on.sign_on(who, PRACTICE_PASSWORD))
        self.lay(card)
        self.station.factors.bind_card(PRACTICE_PASSWORD, pin).result(PATIENCE_S)

    def sign_on(self, who: str, pin: str = PIN) -> None:
        self.station.factors.show_card(who, pin).result(PATIENCE_S)
        self.do(lambda: self.station.sign_on.sign_on(who, PRACTICE_PASSWORD))

    def audited(self, action: str) -> list[tuple[str, dict[str, object]]]:
        def read() -> list[tuple[str, dict[str, object]]]:
            with self.station._records.work() as work:
                return [(each.by, dict(each.facts)) for each in work.audit.entries() if each.action == action]

        return self.do(read)


@contextmanager
def opened(
    service: CardReaderSimulator,
    folder: Path,
    *,
    clock: ManualClock | None = None,
    roles: frozenset[Role] = frozenset(),
    shared: bool = False,
) -> Iterator[Office]:
    pem = folder / "authorities.pem"
    pem.write_bytes(b"".join(each.certificate.public_bytes(Encoding.PEM) for each in (ROOT, BETWEEN)))
    applicants, officers = service.readers
    reader = CardReaderDevice(
        reader=officers if shared else applicants,
        officer_reader="" if shared else officers,
        socket=service.socket_path,
        simulated=True,
        officer_authorities=pem,
    )
    settings = Settings(
        data_dir=folder, devices=DevicesSection(card_reader=reader), officers=OfficersSection(second_factor=roles)
    )
    station = build(settings, clock=clock)
    service.remove(OFFICERS_SLOT)
    try:
        station.start().result(PATIENCE_S)
        station.bay.open_all(PATIENCE_S)
        yield Office(station, service, SLOT if shared else OFFICER_READER)
    finally:
        station.stop()


@pytest.fixture
def office(service: CardReaderSimulator, tmp_path: Path) -> Iterator[Office]:
    with opened(service, tmp_path) as made:
        yield made


def code_of(future: Future[None]) -> str:
    with pytest.raises((StationError, DeviceError)) as refusal:
        future.result(PATIENCE_S)
    return str(getattr(refusal.value, "code", ""))


def refused(office: Office, who: str, card: CardSpec, pin: str = PIN) -> str:
    office.lay(card)
    return code_of(office.station.factors.show_card(who, pin))


def test_a_bound_card_is_asked_for_beside_the_password_and_signs_its_officer_on(office: Office) -> None:
    office.bind("penyelia", officer_card(BUDI))
    assert office.do(lambda: office.station.factors.of("penyelia")) == {FactorKind.CARD}
    mark = fingerprint(BUDI.der)
    assert office.audited("officer.factor_added")[-1:] == [
        ("penyelia", {"officer": "penyelia", "kind": "card", "certificate": mark})
    ]
    office.do(office.station.sign_on.sign_off)
    with pytest.raises(FactorNeededError) as needed:
        office.do(lambda: office.station.sign_on.sign_on("penyelia", PRACTICE_PASSWORD))
    assert (needed.value.code, set(needed.value.kinds)) == ("sign_on.card_needed", {FactorKind.CARD})
    office.sign_on("penyelia")
    session = office.station.sign_on.session
    assert session is not None
    assert session.officer.id == "penyelia"
    with pytest.raises(FactorNeededError):  # it was used up
        office.do(lambda: office.station.sign_on.sign_on("penyelia", PRACTICE_PASSWORD))


def test_a_second_signature_is_given_with_a_card(office: Office) -> None:
    office.bind("penyelia2", officer_card(SARI))
    sign_on = office.station.sign_on
    office.do(lambda: sign_on.sign_on("penyelia", PRACTICE_PASSWORD))
    with pytest.raises(FactorNeededError):
        office.do(lambda: sign_on.countersign("penyelia2", PRACTICE_PASSWORD, Permission.APPROVE))
    office.station.factors.show_card("penyelia2", PIN).result(PATIENCE_S)
    signed = office.do(lambda: sign_on.countersign("penyelia2", PRACTICE_PASSWORD, Permission.APPROVE))
    assert signed.id == "penyelia2"


def test_what_a_card_has_proved_does_not_help_another_officer_and_not_for_long(
    service: CardReaderSimulator, tmp_path: Path
) -> None:
    clock = ManualClock(BUDI.certificate.not_valid_before_utc + timedelta(days=1))
    with opened(service, tmp_path, clock=clock) as office:
        office.bind("penyelia", officer_card(BUDI))
        office.bind("penyelia2", officer_card(SARI))
        office.station.factors.show_card("penyelia2", PIN).result(PATIENCE_S)
        with pytest.raises(FactorNeededError):
            office.do(lambda: office.station.sign_on.sign_on("penyelia", PRACTICE_PASSWORD))
        clock.advance(timedelta(seconds=SHOWN_S + 1))
        with pytest.raises(FactorNeededError):
            office.do(lambda: office.station.sign_on.sign_on("penyelia2", PRACTICE_PASSWORD))


def test_any_other_card_is_refused_and_stands_in_the_audit_trail(office: Office) -> None:
    office.bind("penyelia", officer_card(BUDI))
    copied = replace(officer_card(issue("thief", BETWEEN)), certificate=BUDI.der)
    codes = {
        "officer_card.other_card": officer_card(SARI),
        "card_reader.no_officer_card": FOREIGN,
        "officer_card.signature_wrong": copied,
    }
    for code, card in codes.items():
        assert refused(office, "penyelia", card) == code
    office.do(lambda: None)
    assert office.audited("sign_on.failed")[-3:] == [("", {"officer": "penyelia", "code": code}) for code in codes]
    with pytest.raises(FactorNeededError):
        office.do(lambda: office.station.sign_on.sign_on("penyelia", PRACTICE_PASSWORD))


def test_a_card_that_may_sign_nobody_on_is_not_bound(office: Office) -> None:
    office.do(lambda: office.station.sign_on.sign_on("penyelia", PRACTICE_PASSWORD))
    codes = {
        "officer_card.expired": officer_card(issue("budi", BETWEEN, lasts=timedelta(hours=1))),
        "officer_card.untrusted": officer_card(issue("budi", issue("Somebody", authority=True))),
        "card_reader.no_officer_card": FOREIGN,
    }
    for code, card in codes.items():
        office.lay(card)
        assert code_of(office.station.factors.bind_card(PRACTICE_PASSWORD, PIN)) == code
    assert office.do(lambda: office.station.factors.of("penyelia")) == set()


def test_a_card_is_bound_with_the_own_password_and_is_one_officers_alone(office: Office) -> None:
    office.bind("penyelia", officer_card(BUDI))
    office.do(lambda: office.station.sign_on.sign_on("penyelia2", PRACTICE_PASSWORD))
    assert code_of(office.station.factors.bind_card("not the password", PIN)) == "sign_on.failed"
    assert code_of(office.station.factors.bind_card(PRACTICE_PASSWORD, PIN)) == "officer_card.taken"
    assert code_of(office.station.factors.show_card("petugas", PIN)) == "officer_card.none"


def test_wrong_pins_tell_the_tries_left_and_then_the_card_is_blocked(office: Office) -> None:
    office.bind("penyelia", officer_card(BUDI, tries=3))
    for left in (2, 1):
        with pytest.raises(PinWrongError) as wrong:
            office.station.factors.show_card("penyelia", "000000").result(PATIENCE_S)
        assert wrong.value.tries_left == left
    assert code_of(office.station.factors.show_card("penyelia", "000000")) == "card_reader.pin_blocked"
    assert code_of(office.station.factors.show_card("penyelia", PIN)) == "card_reader.pin_blocked"


def test_a_lost_card_is_taken_away_by_another_and_given_up_by_its_own(office: Office) -> None:
    office.bind("penyelia", officer_card(BUDI))
    with pytest.raises(FactorNeededError):
        office.do(lambda: office.station.factors.give_up(FactorKind.CARD, PRACTICE_PASSWORD))
    office.station.factors.show_card("penyelia", PIN).result(PATIENCE_S)
    office.do(lambda: office.station.factors.give_up(FactorKind.CARD, PRACTICE_PASSWORD))
    office.bind("penyelia", officer_card(BUDI))
    office.do(lambda: office.station.sign_on.sign_on("petugas", PRACTICE_PASSWORD))
    with pytest.raises(RuleError, match=r"sign_on\.not_allowed"):
        office.do(lambda: office.station.factors.remove("penyelia", PRACTICE_PASSWORD))
    office.do(lambda: office.station.sign_on.sign_on("penyelia2", PRACTICE_PASSWORD))
    office.do(lambda: office.station.factors.remove("penyelia", PRACTICE_PASSWORD))
    office.do(lambda: office.station.sign_on.sign_on("penyelia", PRACTICE_PASSWORD))
    removed = [by for by, facts in office.audited("officer.factor_removed") if facts["officer"] == "penyelia"]
    assert removed[-2:] == ["penyelia", "penyelia2"]


def test_a_role_that_must_have_a_second_factor_does_nothing_before_it_has_one(
    service: CardReaderSimulator, tmp_path: Path
) -> None:
    with opened(service, tmp_path, roles=frozenset({Role.SUPERVISOR})) as office:
        sign_on, factors = office.station.sign_on, office.station.factors
        office.do(lambda: sign_on.sign_on("petugas", PRACTICE_PASSWORD))
        office.do(lambda: sign_on.allowed(Permission.RECORD))
        with pytest.raises(RuleError, match=r"sign_on\.factor_missing"):
            office.do(lambda: sign_on.countersign("penyelia", PRACTICE_PASSWORD, Permission.APPROVE))
        office.do(lambda: sign_on.sign_on("penyelia", PRACTICE_PASSWORD))
        assert sign_on.must_enrol
        for job in (lambda: sign_on.allowed(Permission.RECORD), lambda: sign_on.confirm(PRACTICE_PASSWORD)):
            with pytest.raises(RuleError, match=r"sign_on\.factor_missing"):
                office.do(job)
        office.lay(officer_card(BUDI))
        factors.bind_card(PRACTICE_PASSWORD, PIN).result(PATIENCE_S)
        assert office.do(lambda: sign_on.allowed(Permission.APPROVE)).id == "penyelia"
        factors.show_card("penyelia", PIN).result(PATIENCE_S)
        with pytest.raises(RuleError, match=r"officer\.factor_required"):
            office.do(lambda: factors.give_up(FactorKind.CARD, PRACTICE_PASSWORD))


def test_an_officers_card_in_the_applicants_reader_does_not_wait_for_an_applicants_card(
    service: CardReaderSimulator, tmp_path: Path
) -> None:
    with opened(service, tmp_path, shared=True) as office:
        office.lay(officer_card(BUDI))
        office.do(lambda: office.station.sign_on.sign_on("penyelia", PRACTICE_PASSWORD))
        office.station.cards.watch("visit")
        office.station.factors.bind_card(PRACTICE_PASSWORD, PIN).result(PATIENCE_S)
        office.station.factors.show_card("penyelia", PIN).result(PATIENCE_S)
        heard: SimpleQueue[CardWord] = SimpleQueue()
        office.station.cards.subscribe(lambda news: heard.put(news.word))
        service.remove(OFFICERS_SLOT)
        while heard.get(timeout=PATIENCE_S) is not CardWord.REMOVED:
            pass  # the screen that waited for an applicant's card still does
        office.station.cards.stop()
