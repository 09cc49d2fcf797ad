"""The PC/SC driver against a real service with a virtual reader: nothing here stands in for a part of it."""

from __future__ import annotations

import queue
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from smartcard import scard

from devices.bay import BayEvent, DeviceBay
from devices.card_reader import CardEventKind
from devices.card_reader.pcsc import PcscReader
from devices.card_reader.simulator import CardReaderSimulator
from devices.card_reader.virtual_card import CardKind, CardSpec
from devices.device import HealthState
from devices.errors import (
    CaptureCancelledError,
    DeviceError,
    DeviceLostError,
    DriverBugError,
    OperatorCanMendError,
    PersonCanRetryError,
    Remedy,
)
from protocols.clearance import NotClearedError
from tests.support.counter import Counter

UID = bytes.fromhex("04A1B2C3D4E5F6")
PHOTO = b"\xff\xd8\xff" + bytes(index * 7 & 0xFF for index in range(4000))
KTPEL = CardSpec(CardKind.KTPEL, UID, photo=PHOTO)
OTHER = CardSpec(CardKind.FOREIGN, bytes.fromhex("A1B2C3D4"))
ANSWER_S = 0.3
OPEN = re.compile(r"FFCA000000|00A40000027F0A|00A40000026FF2|00B0[0-7]\w{5}")
"""All that a card is asked in here, by its own log: what is open without an access module."""


class Bench(CardReaderSimulator):
    """A simulator that knows whether the usual card still lies there, noticed: noticing one takes 0.4 s."""

    laden = False

    def insert(self, card: CardSpec, slot: int = 0) -> None:
        self.laden = False
        super().insert(card, slot)

    def remove(self, slot: int = 0) -> None:
        self.laden = False
        super().remove(slot)

    def hold(self, *, delay_s: float = 0.0, muted: bool = False, slot: int = 0) -> None:
        self.laden &= not muted
        super().hold(delay_s=delay_s, muted=muted, slot=slot)

    def crash(self) -> None:
        self.laden = False
        super().crash()


@pytest.fixture(scope="module")
def service() -> Iterator[Bench]:
    with Bench() as simulator:
        yield simulator


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def reader(service: Bench, counter: Counter, request: pytest.FixtureRequest) -> Iterator[PcscReader]:
    """Open, and empty unless the test has a `card`."""
    if not service.laden or "card" not in request.fixturenames:
        service.remove()
        service.restart()
    device = PcscReader("card_reader", counter.gate, service=service.socket_path, answer_s=ANSWER_S, simulated=True)
    device.open()
    before = len(service.apdus())
    yield device
    service.hold()
    device.close()
    for thread in threading.enumerate():
        if thread.name.startswith("card talk"):
            thread.join()
    heard = [each.hex().upper() for each in service.apdus()[before:]]
    said = device.record.said()
    assert not [each for each in heard if not OPEN.fullmatch(each)]
    assert in_order(heard, [each.command for each in said])
    assert in_order([each.command for each in said if each.status is not None], heard)


def in_order(some: list[str], of: list[str]) -> bool:
    """Whether they come in it, in the same order."""
    rest = iter(of)
    return all(each in rest for each in some)


@pytest.fixture
def card(service: Bench, reader: PcscReader) -> CardSpec:
    """A KTP-el on the reader, noticed."""
    if service.laden:
        assert reader.wait_event(0) is not None
    else:
        lay(service, reader, KTPEL)
        service.laden = True
    return KTPEL


def lay(service: Bench, reader: PcscReader, card: CardSpec) -> None:
    service.insert(card)
    event = reader.wait_event(3)
    assert event is not None
    assert event.kind is CardEventKind.INSERTED


def test_a_card_is_noticed_when_it_comes_and_when_it_goes(service: Bench, reader: PcscReader) -> None:
    service.insert(KTPEL)
    came = reader.wait_event(3)
    service.remove()
    went = reader.wait_event(3)
    assert came is not None
    assert (came.kind, came.reader, came.atr) == (CardEventKind.INSERTED, service.readers[0], KTPEL.atr)
    assert went is not None
    assert (went.kind, went.reader, went.atr) == (CardEventKind.REMOVED, service.readers[0], b"")
    assert reader.wait_event(0.05) is None


def test_the_photo_is_read_whole_under_a_clearance(reader: PcscReader, card: CardSpec, counter: Counter) -> None:
    told: list[tuple[int, int]] = []
    assert reader.read_photo(counter.armed(reader), lambda done, whole: told.append((done, whole))) == card.photo
    whole = len(card.photo)
    assert told == [(min(done, whole), whole) for done in range(240, whole + 240, 240)]


@pytest.mark.usefixtures("card")
def test_without_a_clearance_no_command_reaches_the_card(service: Bench, reader: PcscReader) -> None:
    before = service.apdus()
    with pytest.raises(NotClearedError):
        reader.read_photo(None)
    assert service.apdus() == before


def test_a_slow_card_is_read_whole(service: Bench, reader: PcscReader, card: CardSpec, counter: Counter) -> None:
    """The limit is on one answer, not on the whole: real ones take seconds."""
    service.hold(delay_s=ANSWER_S / 16)
    began = time.monotonic()
    assert reader.read_photo(counter.armed(reader)) == card.photo
    assert time.monotonic() - began > ANSWER_S


def test_a_card_that_lies_there_already_is_told_once_after_opening(reader: PcscReader, card: CardSpec) -> None:
    reader.close()
    reader.open()
    event = reader.wait_event(0)
    assert event is not None
    assert (event.kind, event.atr) == (CardEventKind.INSERTED, card.atr)
    assert reader.wait_event(0.05) is None


def test_a_card_that_another_program_keeps_is_said_to_be_so(service: Bench, reader: PcscReader, card: CardSpec) -> None:
    _, other = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    _, held, _ = scard.SCardConnect(other, service.readers[0], scard.SCARD_SHARE_EXCLUSIVE, protocols)
    with pytest.raises(OperatorCanMendError, match=r"^card_reader\.shared") as caught:
        reader.read_uid()
    assert caught.value.remedy is Remedy.CLOSE_OTHER_PROGRAM
    release = threading.Timer(0.2, scard.SCardDisconnect, (held, scard.SCARD_LEAVE_CARD))
    release.start()
    assert reader.read_uid() == card.uid  # kept for a moment only: waited for
    release.join()
    scard.SCardReleaseContext(other)


@pytest.mark.usefixtures("card")
def test_nobody_else_talks_to_the_card_meanwhile_and_everybody_may_afterwards(
    service: Bench, reader: PcscReader
) -> None:
    _, other = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    service.hold(delay_s=0.15)
    before = len(service.apdus())
    reading = threading.Thread(target=reader.read_uid)
    reading.start()
    while len(service.apdus()) == before:
        assert reading.is_alive()
    refused, _, _ = scard.SCardConnect(other, service.readers[0], scard.SCARD_SHARE_SHARED, protocols)
    reading.join()
    allowed, held, _ = scard.SCardConnect(other, service.readers[0], scard.SCARD_SHARE_SHARED, protocols)
    scard.SCardDisconnect(held, scard.SCARD_LEAVE_CARD)
    scard.SCardReleaseContext(other)
    assert (refused & 0xFFFFFFFF, allowed) == (0x8010000B, 0)


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize("muted", [False, True], ids=["between two answers", "while it is silent"])
def test_a_read_is_cancelled_from_another_thread(
    service: Bench, reader: PcscReader, counter: Counter, muted: bool
) -> None:
    clearance = counter.armed(reader)
    service.hold(delay_s=0.1, muted=muted)
    canceller = threading.Timer(0.15, reader.cancel)
    canceller.start()
    with pytest.raises(CaptureCancelledError):
        reader.read_photo(clearance)
    canceller.join()
    if muted:
        service.remove()


def test_a_card_changed_for_another_while_nobody_looked_is_told(
    service: Bench, reader: PcscReader, card: CardSpec, counter: Counter
) -> None:
    onlooker = PcscReader("second", counter.gate, service=service.socket_path)
    onlooker.open()
    onlooker.wait_event(0)
    service.insert(replace(card, uid=bytes(4)))
    assert [event and event.kind for event in (onlooker.wait_event(3), onlooker.wait_event(3))] == [
        CardEventKind.REMOVED,
        CardEventKind.INSERTED,
    ]
    onlooker.close()
    event = reader.wait_event(0)
    assert event is not None
    assert event.kind is CardEventKind.INSERTED
    assert reader.read_uid() == bytes(4)


@pytest.mark.parametrize("size", [4, 7, 10])
def test_a_uid_is_read_whole_without_any_clearance(service: Bench, reader: PcscReader, size: int) -> None:
    uid = bytes(range(0xA0, 0xA0 + size))
    lay(service, reader, replace(KTPEL, uid=uid))
    assert reader.read_uid() == uid


def test_an_empty_reader_asks_for_a_card(reader: PcscReader) -> None:
    with pytest.raises(PersonCanRetryError, match=r"^card_reader\.no_card"):
        reader.read_uid()
    assert reader.health.state is HealthState.READY


def test_of_another_card_than_a_ktpel_nothing_is_read(service: Bench, reader: PcscReader, counter: Counter) -> None:
    lay(service, reader, OTHER)
    before, clearance = len(service.apdus()), counter.armed(reader)
    for read in (reader.read_uid, lambda: reader.read_photo(clearance)):
        with pytest.raises(PersonCanRetryError, match=r"^card_reader\.foreign_card"):
            read()
    assert {each.hex() for each in service.apdus()[before:]} == {"00a40000027f0a"}


def test_a_silent_card_is_one_error_in_time_until_it_is_taken_away(
    service: Bench, reader: PcscReader, card: CardSpec
) -> None:
    assert reader.read_uid() == card.uid
    service.hold(muted=True)
    began = time.monotonic()
    with pytest.raises(PersonCanRetryError, match=r"^card_reader\.mute") as caught:
        reader.read_uid()
    assert time.monotonic() - began < ANSWER_S + 1
    assert caught.value.remedy is Remedy.REPOSITION
    asked = service.apdus()
    with pytest.raises(PersonCanRetryError, match=r"^card_reader\.mute"):
        reader.read_uid()
    reader.watch()
    assert reader.health.state is HealthState.READY
    assert service.apdus() == asked
    service.remove()
    went = reader.wait_event(3)
    assert went is not None
    assert went.kind is CardEventKind.REMOVED
    lay(service, reader, card)
    assert reader.read_uid() == card.uid


@pytest.mark.usefixtures("card")
def test_a_reader_closed_under_a_silent_card_opens_again_once_the_card_is_gone(
    service: Bench, reader: PcscReader
) -> None:
    service.hold(muted=True)
    with pytest.raises(PersonCanRetryError, match=r"^card_reader\.mute"):
        reader.read_uid()
    reader.close()
    with pytest.raises(PersonCanRetryError, match=r"^card_reader\.mute"):
        reader.open()
    service.remove()
    reader.open()
    assert len([each for each in threading.enumerate() if each.name.startswith("card talk")]) == 1, "the new one alone"


def test_a_card_taken_away_in_the_middle_is_an_error_that_a_new_try_mends(
    service: Bench, reader: PcscReader, card: CardSpec, counter: Counter
) -> None:
    clearance = counter.armed(reader)
    service.hold(delay_s=0.1)
    thief = threading.Timer(0.25, service.remove)
    thief.start()
    with pytest.raises(PersonCanRetryError) as caught:
        reader.read_photo(clearance)
    thief.join()
    assert caught.value.code in {"card_reader.removed", "card_reader.unreadable"}
    assert reader.health.state is HealthState.READY
    went = reader.wait_event(3)
    assert went is not None
    lay(service, reader, card)
    assert reader.read_photo(clearance) == card.photo


def test_no_error_tells_whose_card_it_is(service: Bench, reader: PcscReader, counter: Counter) -> None:
    lay(service, reader, CardSpec(CardKind.FOREIGN, bytes.fromhex("A1B2C3D4E5")))
    clearance = counter.armed(reader)
    for act in (reader.read_uid, lambda: reader.read_photo(clearance)):
        with pytest.raises(DeviceError) as caught:
            act()
        assert "a1b2" not in f"{caught.value!s} {caught.value!r} {reader.info!r}".lower()


def test_the_reader_is_chosen_by_a_part_of_its_name(service: Bench, counter: Counter) -> None:
    second = PcscReader("card_reader", counter.gate, "qa reader 00 01", service=service.socket_path, simulated=True)
    info = second.open()
    second.close()
    assert (info.model, info.serial) == (service.readers[1], f"port:{service.readers[1]}")
    assert info.simulated
    missing = PcscReader("card_reader", counter.gate, "ACR122", service=service.socket_path)
    with pytest.raises(OperatorCanMendError, match=r"^card_reader\.no_reader") as caught:
        missing.open()
    assert caught.value.remedy is Remedy.PLUG_IN
    first = PcscReader("card_reader", counter.gate, service=service.socket_path)
    assert (first.open().model, first.info.simulated) == (service.readers[0], False)
    first.close()


@pytest.mark.usefixtures("reader")
def test_one_process_has_one_service(counter: Counter) -> None:
    """The client library reads its variable once; a second path would silently lead to the first one's cards."""
    second = PcscReader("second", counter.gate, service="/nowhere/pcscd.sock")
    with pytest.raises(DriverBugError, match=r"^card_reader\.second_service"):
        second.open()


@pytest.mark.usefixtures("card")
def test_a_service_that_dies_in_the_middle_of_a_read_is_a_lost_device(
    service: Bench, reader: PcscReader, counter: Counter
) -> None:
    clearance = counter.armed(reader)
    service.hold(delay_s=0.1)
    killer = threading.Timer(0.25, service.crash)
    killer.start()
    with pytest.raises(DeviceLostError, match=r"^card_reader\.service_lost"):
        reader.read_photo(clearance)
    killer.join()
    with pytest.raises(OperatorCanMendError, match=r"^card_reader\.no_service"):
        reader.open()
    service.restart()
    reader.open()


def test_a_reader_that_is_unplugged_is_lost_and_seen_again_when_it_is_back(service: Bench, reader: PcscReader) -> None:
    service.unplug()
    with pytest.raises(DeviceLostError) as caught:
        reader.wait_event(3)
    assert caught.value.code in {"card_reader.lost", "card_reader.service_lost"}
    assert not reader.is_back()
    with pytest.raises(OperatorCanMendError, match=r"^card_reader\.no_reader"):
        reader.open()
    service.plug()
    assert reader.is_back()
    assert reader.open().model == service.readers[0]


@pytest.mark.usefixtures("card")
def test_a_reader_is_not_back_while_a_silent_card_holds_it(service: Bench, reader: PcscReader) -> None:
    service.hold(muted=True)
    with pytest.raises(PersonCanRetryError, match=r"^card_reader\.mute"):
        reader.read_uid()
    reader.close()
    assert not reader.is_back()
    service.remove()
    reader.open()


def test_a_service_that_is_not_there_has_no_reader(service: Bench, reader: PcscReader) -> None:
    reader.close()
    assert reader.is_back()
    service.crash()
    assert not reader.is_back()
    service.restart()
    assert reader.is_back()


def test_every_command_is_on_record_without_what_the_card_holds(
    service: Bench, reader: PcscReader, card: CardSpec, counter: Counter
) -> None:
    before = len(service.apdus())
    reader.read_uid()
    reader.read_photo(counter.armed(reader))
    said = reader.record.said()
    assert [each.command for each in said] == [each.hex().upper() for each in service.apdus()[before:]]
    assert {each.status for each in said} == {0x9000}
    assert sum(each.received for each in said) == len(card.uid) + 2 + len(card.photo)
    text = "\n".join(str(each) for each in said).upper()
    assert card.uid.hex().upper() not in text
    assert card.photo[:8].hex().upper() not in text
    service.remove()
    with pytest.raises(PersonCanRetryError):
        reader.read_uid()


def test_the_bay_takes_the_reader_up_again_after_its_service_died(service: Bench, counter: Counter) -> None:
    told: queue.Queue[BayEvent] = queue.Queue()
    bay = DeviceBay(
        counter.gate,
        {"card_reader": lambda gate: PcscReader("card_reader", gate, service=service.socket_path)},
        told.put,
        first_pause_s=0.05,
        watch_s=0.05,
    )
    bay.start()
    try:
        assert told.get(timeout=5).health.state is HealthState.READY
        service.crash()
        assert told.get(timeout=5).health.state is HealthState.LOST
        absent = told.get(timeout=5).health.error
        assert absent is not None
        assert absent.code == "card_reader.no_service"
        service.restart()
        back = told.get(timeout=5)
        assert back.health.state is HealthState.READY
        assert not back.changed
        assert bay.self_test()["card_reader"].result(timeout=5).passed
    finally:
        bay.stop()
