"""Officers sign on by a card on a real service: what the card is told, and when it is told nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from devices.card_reader.access_module import GuardedFile
from devices.card_reader.pcsc import PcscReader
from devices.card_reader.piv import PinWrongError
from devices.card_reader.simulator import CardReaderSimulator
from devices.card_reader.virtual_card import CardKind, CardSpec
from devices.errors import DeviceError, PersonCanRetryError, TechnicianNeededError
from protocols.clock import SystemClock
from station.errors import RuleError
from station.security.officer_card import OfficerCard, fingerprint
from tests.support.cards import PIN, Key, issue, officer_card, p256, rsa2048
from tests.support.counter import Counter

ROOT = issue("Root of tests", authority=True)
BETWEEN = issue("Issuer of tests", ROOT, authority=True, path_length=0)
OFFICER = issue("petugas", BETWEEN)
CARD = OfficerCard([ROOT.certificate], SystemClock(), [BETWEEN.certificate])
SELECT = "00a404000ba00000030800001000010000"
GET_CERTIFICATE = "00cb3fff055c035fc10500"
TRIES = "00200080"
VERIFY = "0020008008" + PIN.encode().ljust(8, b"\xff").hex()


@pytest.fixture(scope="module")
def service() -> Iterator[CardReaderSimulator]:
    with CardReaderSimulator() as simulator:
        yield simulator


@dataclass(frozen=True, slots=True)
class Desk:
    """A reader, open, and the cards that are laid on it."""

    service: CardReaderSimulator
    reader: PcscReader
    before: int

    def lay(self, card: CardSpec) -> None:
        self.service.insert(card)
        while (event := self.reader.wait_event(3)) is None or not event.atr:
            assert event is not None

    def told(self) -> list[str]:
        """What cards were told here; answers that go on are left out."""
        return [each.hex() for each in self.service.apdus()[self.before :] if each[1] != 0xC0]


@pytest.fixture
def desk(service: CardReaderSimulator) -> Iterator[Desk]:
    service.remove()
    device = PcscReader("card_reader", Counter().gate, service=service.socket_path, answer_s=1.0, simulated=True)
    device.open()
    while device.wait_event(0) is not None:
        pass
    yield Desk(service, device, len(service.apdus()))
    service.remove()
    device.close()


@pytest.mark.parametrize("key", [p256, rsa2048])
def test_a_card_signs_its_officer_on(desk: Desk, key: Callable[[], Key]) -> None:
    officer = issue("petugas", BETWEEN, key=key())
    desk.lay(officer_card(officer))
    identity = CARD.sign_on(desk.reader, PIN, bound_to=fingerprint(officer.der))
    assert (identity.fingerprint, identity.subject) == (fingerprint(officer.der), "CN=petugas")
    assert identity.not_after == officer.certificate.not_valid_after_utc
    asked = desk.told()
    assert asked[:4] == [SELECT, GET_CERTIFICATE, TRIES, VERIFY]
    assert {each[:4] + each[6:8] for each in asked[4:]} in ({"00879a"}, {"00879a", "10879a"})


def test_no_two_challenges_are_the_same(desk: Desk) -> None:
    desk.lay(officer_card(OFFICER))
    CARD.sign_on(desk.reader, PIN)
    CARD.sign_on(desk.reader, PIN)
    signed = [each for each in desk.told() if each[2:4] == "87"]
    assert len(set(signed)) == 2


def test_a_wrong_pin_costs_a_try_and_the_third_blocks_the_card(desk: Desk) -> None:
    desk.lay(officer_card(OFFICER))
    for left in (2, 1):
        with pytest.raises(PinWrongError, match=r"^card_reader\.pin_wrong") as caught:
            CARD.sign_on(desk.reader, "000000")
        assert caught.value.tries_left == left
    with pytest.raises(TechnicianNeededError, match=r"^card_reader\.pin_blocked"):
        CARD.sign_on(desk.reader, "000000")
    asked = desk.told()
    with pytest.raises(TechnicianNeededError, match=r"^card_reader\.pin_blocked"):
        CARD.sign_on(desk.reader, PIN)
    assert desk.told()[len(asked) :] == [SELECT, GET_CERTIFICATE, TRIES]  # it is not told what would not help


def test_a_right_pin_gives_the_tries_back(desk: Desk) -> None:
    desk.lay(officer_card(OFFICER))
    for _ in range(2):
        with pytest.raises(PinWrongError) as caught:
            CARD.sign_on(desk.reader, "000000")
        assert caught.value.tries_left == 2
        CARD.sign_on(desk.reader, PIN)


@pytest.mark.parametrize("pin", ["", "12345", "123456789", "12a456", "１２３４５６"])
def test_a_pin_that_no_card_has_is_not_told(desk: Desk, pin: str) -> None:
    desk.lay(officer_card(OFFICER))
    with pytest.raises(PersonCanRetryError, match=r"^card_reader\.pin_unfit") as caught:
        CARD.sign_on(desk.reader, pin)
    assert desk.told() == []
    assert not pin or pin not in repr(caught.value)


@pytest.mark.parametrize(
    ("card", "bound_to", "code"),
    [
        (officer_card(issue("petugas", issue("Somebody", authority=True))), None, "officer_card.untrusted"),
        (officer_card(issue("petugas", BETWEEN, lasts=timedelta(hours=1))), None, "officer_card.expired"),
        (officer_card(OFFICER), "0" * 64, "officer_card.other_card"),
    ],
    ids=["untrusted", "expired", "another's"],
)
def test_a_card_that_is_refused_is_never_told_the_pin(
    desk: Desk,
    card: CardSpec,
    bound_to: str | None,
    code: str,
) -> None:
    desk.lay(card)
    with pytest.raises(RuleError) as caught:
        CARD.sign_on(desk.reader, PIN, bound_to=bound_to)
    assert caught.value.code == code
    assert desk.told() == [SELECT, GET_CERTIFICATE]


def test_a_card_that_holds_another_key_than_its_certificate_s_is_found_out(desk: Desk) -> None:
    """Whoever copies a certificate, which is no secret, has not its key."""
    copied = replace(officer_card(issue("thief", BETWEEN)), certificate=OFFICER.der)
    desk.lay(copied)
    with pytest.raises(RuleError, match=r"^officer_card\.signature_wrong"):
        CARD.sign_on(desk.reader, PIN)
    assert [each[2:4] for each in desk.told()] == ["a4", "cb", "20", "20", "87"]


@pytest.mark.parametrize(
    ("card", "code", "asked"),
    [
        (CardSpec(CardKind.FOREIGN, bytes(4)), "card_reader.no_officer_card", [SELECT]),
        (CardSpec(CardKind.KTPEL, bytes(7)), "card_reader.no_officer_card", [SELECT]),
        (replace(officer_card(OFFICER), certificate=b""), "card_reader.no_certificate", [SELECT, GET_CERTIFICATE]),
        (replace(officer_card(OFFICER), mute_after=1), "card_reader.mute", [SELECT, GET_CERTIFICATE]),
    ],
    ids=["foreign", "KTP-el", "empty", "falls silent"],
)
def test_another_card_than_an_officer_s_is_one_error(
    desk: Desk,
    card: CardSpec,
    code: str,
    asked: list[str],
) -> None:
    desk.lay(card)
    with pytest.raises(DeviceError) as caught:
        CARD.sign_on(desk.reader, PIN)
    assert caught.value.code == code
    assert desk.told() == asked


def test_guarded_files_are_refused_without_an_access_module(service: CardReaderSimulator) -> None:
    counter = Counter()
    before = service.apdus()
    reader = PcscReader("card_reader", counter.gate, service=service.socket_path)
    reader.open()
    with pytest.raises(TechnicianNeededError, match=r"^card_reader\.no_access_module"):
        reader.read_guarded(counter.armed(reader), GuardedFile.BIODATA)
    assert service.apdus() == before
    reader.close()


def test_what_a_card_was_told_is_on_record_without_its_pin(desk: Desk) -> None:
    desk.lay(officer_card(OFFICER))
    CARD.sign_on(desk.reader, PIN)
    text = "\n".join(str(each) for each in desk.reader.record.said())
    assert SELECT.upper() in text
    assert "0020008008<8 bytes>" in text
    secrets = [
        PIN,
        PIN.encode().hex(),
        OFFICER.der[:8].hex(),
        *(each[10:] for each in desk.told() if each[2:4] == "87"),
    ]
    assert not [each for each in secrets if each.lower() in text.lower()]
    assert len(desk.reader.record.said()) >= len(desk.told())
