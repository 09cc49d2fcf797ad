"""Where the station stands, whose clock is right, and the test at the start of a shift, through a running station."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from devices.device import DeviceKind
from devices.position import Fix, NoFix, NoFixReason
from devices.position.simulator import NmeaSimulator
from devices.thermometer.simulator import Mcu90614Simulator
from protocols.clearance import DeviceKey
from protocols.clock import Clock, ManualClock
from station.bootstrap import StartReport, Station, build
from station.config import Settings
from station.device_settings import DevicesSection, PositionDevice, ThermometerDevice
from station.domain import history as h
from station.domain.audit import AuditEntry
from station.security.audit_chain import ChainReport, ClockJump, verify
from station.services.clock_check import ClockError
from station.services.position import Whereabouts
from station.services.shift import Outcome, SlotTest
from station.services.sign_on import PRACTICE_PASSWORD

T = TypeVar("T")

PATIENCE_S = 15.0
NOON = datetime(2020, 4, 13, 5, 0, tzinfo=UTC)
SLOT = DeviceKind.POSITIONING.value


@dataclass
class Van:
    """A station with a receiver and a thermometer, running."""

    station: Station
    receiver: NmeaSimulator
    thermometer: Mcu90614Simulator
    report: StartReport

    def do(self, job: Callable[[], T]) -> T:
        return self.station.desk.submit(job).result(PATIENCE_S)

    def sign_on(self, officer: str = "petugas") -> None:
        self.do(lambda: self.station.sign_on.sign_on(officer, PRACTICE_PASSWORD))

    def trail(self, action: str) -> list[AuditEntry]:
        def read() -> list[AuditEntry]:
            with self.station._records.work() as work:
                return [each for each in work.audit.entries() if each.action == action]

        return self.do(read)

    def until(self, wanted: Callable[[Whereabouts], bool]) -> None:
        """Return once the board shows what is wanted."""
        shown = threading.Event()
        self.station.position.subscribe(lambda news: shown.set() if wanted(news) else None)
        now = self.station.position.whereabouts
        assert (now is not None and wanted(now)) or shown.wait(PATIENCE_S)


@contextmanager
def van(
    folder: Path,
    receiver: NmeaSimulator,
    thermometer: Mcu90614Simulator,
    *,
    clock: Clock | None = None,
    trusted: bool = False,
) -> Iterator[Van]:
    devices = DevicesSection(
        positioning=PositionDevice(url=receiver.url, simulated=True),
        thermometer=ThermometerDevice(url=thermometer.url, simulated=True, calibrated=date(2020, 3, 1)),
    )
    station = build(Settings(data_dir=folder, devices=devices), clock=clock)
    station.bay._slots[SLOT]._pauses = type(station.bay._slots[SLOT]._pauses)(0.01, 0.05, 0.02)
    try:
        report = station.start(trust_clock=trusted).result(PATIENCE_S)
        station.bay.open_all(PATIENCE_S)
        yield Van(station, receiver, thermometer, report)
    finally:
        station.stop()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


@pytest.fixture
def running(tmp_path: Path, clock: ManualClock) -> Iterator[Van]:
    with (
        NmeaSimulator(clock.now, interval_s=0.02) as receiver,
        Mcu90614Simulator() as thermometer,
        van(tmp_path, receiver, thermometer, clock=clock) as made,
    ):
        yield made


def positions(visit: object) -> list[h.Positioned]:
    return [each for each in visit.entries if isinstance(each, h.Positioned)]  # type: ignore[attr-defined]  # an Enrollment


# -- where


def test_a_visit_keeps_where_it_was_opened_with_time_satellites_and_source(running: Van) -> None:
    running.until(lambda shown: shown.fix)
    running.sign_on()
    visit = running.do(running.station.visits.open)
    (entry,) = positions(visit)
    assert entry.position is not None
    assert round(entry.position.latitude, 4) == -6.9147
    assert (entry.position.satellites, entry.position.wire) == (9, "nmea")
    assert (entry.position.receiver_at, entry.position.station_ahead_s) == (NOON, 0.0)
    assert (entry.position.source.slot, entry.position.source.simulated) == (SLOT, True)
    assert visit.simulated


def test_a_receiver_that_searches_gives_a_word_and_no_place(running: Van) -> None:
    running.receiver.stand(satellites=0)
    running.until(lambda shown: not shown.fix)
    running.sign_on()
    (entry,) = positions(running.do(running.station.visits.open))
    assert (entry.position, entry.missing) == (None, "searching")
    assert running.station.position.newest() == NoFix(NoFixReason.SEARCHING, NOON)


def test_an_old_fix_is_no_place_and_a_torn_out_receiver_has_none(running: Van, clock: ManualClock) -> None:
    running.until(lambda shown: shown.fix)
    board_told(running, 3)  # its test at the shift's start is over before it falls silent
    running.receiver.mute = True
    running.station.bay.submit(SLOT, lambda device: device.watch()).result(PATIENCE_S)
    gone = threading.Event()
    running.station.on_health(lambda event: gone.set() if event.slot == SLOT and event.info is None else None)
    running.receiver.unplug()
    assert gone.wait(PATIENCE_S)
    assert running.station.position.whereabouts is None
    (entry,) = positions(running.do(running.station.visits.open))
    assert (entry.position, entry.missing) == (None, "no_word")
    running.receiver.mute = False
    back = threading.Event()
    running.station.position.subscribe(lambda _: back.set())
    running.receiver.stand(satellites=5)
    running.receiver.replug()
    assert back.wait(PATIENCE_S)
    assert isinstance(running.station.position.newest(), Fix)
    running.receiver.unplug()
    clock.advance(timedelta(minutes=3))
    assert running.station.position.newest() is None


def test_a_parked_visit_is_taken_up_where_the_van_stands_then(running: Van) -> None:
    running.until(lambda shown: shown.fix)
    running.sign_on()
    visit = running.do(running.station.visits.open)
    running.do(lambda: running.station.visits.park(visit.visit_id, h.ParkReason.ANOTHER_DAY))
    running.receiver.stand(latitude=-7.25, longitude=112.75, satellites=6)
    running.until(lambda shown: shown.satellites == 6)
    first, second = positions(running.do(lambda: running.station.visits.resume(visit.visit_id)))
    assert first.position is not None
    assert second.position is not None
    assert (round(first.position.latitude, 2), round(second.position.latitude, 2)) == (-6.91, -7.25)


def test_a_station_without_a_receiver_keeps_no_place(tmp_path: Path) -> None:
    station = build(Settings(data_dir=tmp_path))
    try:
        station.start().result(PATIENCE_S)
        assert station.desk.submit(lambda: station.position.entry("petugas")).result(PATIENCE_S) is None
    finally:
        station.stop()


# -- when


@pytest.mark.parametrize(("off", "number"), [(timedelta(minutes=-3), 180), (timedelta(minutes=5), -300)])
def test_clocks_more_than_two_minutes_apart_warn_and_are_on_record_until_they_agree(
    running: Van, off: timedelta, number: int
) -> None:
    running.until(lambda shown: shown.fix and shown.skew_s is None)
    running.receiver.stand(clock_off=off)
    running.until(lambda shown: shown.skew_s == number)
    (line,) = running.trail("clock.differs")
    assert line.facts == {"slot": SLOT, "number": number}
    running.receiver.stand(clock_off=timedelta(seconds=110))
    running.until(lambda shown: shown.skew_s == -120)
    assert running.trail("clock.agrees") == [], "not while it is so near"
    running.receiver.stand(clock_off=timedelta(0))
    running.until(lambda shown: shown.skew_s is None)
    assert len(running.trail("clock.agrees")) == 1
    assert len(running.trail("clock.differs")) == 1


def test_a_clock_that_jumped_back_is_told_at_the_start_and_stands_in_the_chain(
    tmp_path: Path, clock: ManualClock
) -> None:
    with NmeaSimulator(clock.now, interval_s=0.02) as receiver, Mcu90614Simulator() as thermometer:
        with van(tmp_path, receiver, thermometer, clock=clock) as before:
            before.sign_on()
        clock.set_wall(NOON - timedelta(days=2))
        with (
            pytest.raises(ClockError, match=r"time\.behind: -172800 s"),
            van(tmp_path, receiver, thermometer, clock=clock),
        ):
            pass
        with van(tmp_path, receiver, thermometer, clock=clock, trusted=True) as after:
            (trusted,) = after.trail("clock.trusted")
            assert trusted.facts == {"number": -2 * 24 * 3600}
            (line,) = after.trail("clock.went_back")
            assert line.facts == {"number": 2 * 24 * 3600}
            certificate = (after.station.settings.folder / "keys" / "station.crt.pem").read_bytes()

            def checked() -> ChainReport:
                with after.station._records.work() as work:
                    return verify(work.audit.entries(), work.audit.heads(), certificate)

            found = after.do(checked)
    assert found.whole
    assert found.jumps == (ClockJump(line.seq, timedelta(days=2), noted=True),)


# -- the shift


def board_told(running: Van, count: int) -> list[SlotTest]:
    """What the board is told until `count` tests have come; signs on."""
    told: list[SlotTest] = []
    done = threading.Event()

    def hear(test: SlotTest) -> None:
        told.append(test)
        if len(told) == count:
            done.set()

    running.station.shift.subscribe(hear)
    running.sign_on()
    assert done.wait(PATIENCE_S)
    return told


def test_the_first_officer_of_a_shift_has_every_device_tested_on_record(running: Van, clock: ManualClock) -> None:
    told = board_told(running, 3)
    assert {each.slot: each.outcome for each in told} == {
        SLOT: Outcome.PASSED,
        "thermometer": Outcome.PASSED,
        "thermometer_manual": Outcome.PASSED,
    }
    lines = running.trail("device.tested")
    assert len(lines) == 3
    assert {line.by for line in lines} == {"petugas"}
    assert all(set(line.facts) == {"slot", "outcome", "code", "event"} for line in lines)
    running.sign_on("penyelia")
    running.do(lambda: None)
    assert len(running.trail("device.tested")) == 3, "the second officer begins no shift"
    clock.advance(timedelta(hours=9))
    assert len(board_told(running, 3)) == 3


def test_a_failing_and_an_absent_device_are_on_the_board_with_the_cause(running: Van) -> None:
    running.thermometer.point_at(36.5, 90.0)
    gone = threading.Event()
    running.station.on_health(lambda event: gone.set() if event.slot == SLOT and event.info is None else None)
    running.receiver.unplug()
    assert gone.wait(PATIENCE_S)
    told = {each.slot: each for each in board_told(running, 3)}
    assert (told["thermometer"].outcome, told["thermometer"].code) == (Outcome.FAILED, "ambient")
    assert told[SLOT].outcome is Outcome.ABSENT
    assert told[SLOT].code.startswith("port.")
    board = {line.slot: line for line in running.do(running.station.shift.board)}
    assert board["thermometer"].test == told["thermometer"]
    assert board["thermometer"].calibrated == date(2020, 3, 1)
    assert board[SLOT].calibrated is None


# -- the memory of a disinfection


def test_what_was_used_is_used_after_a_restart_and_what_was_wiped_is_clean(tmp_path: Path, clock: ManualClock) -> None:
    glass, pad = DeviceKey("fingerprint", "S-1"), DeviceKey("signature_pad", "S-2")
    with NmeaSimulator(clock.now, interval_s=0.02) as receiver, Mcu90614Simulator() as thermometer:
        with van(tmp_path, receiver, thermometer, clock=clock) as before:
            log = before.station.gate._hygiene
            assert (log.used_by(glass), log.used_by(pad)) == ("?", "?"), "never seen is used"

            def wipe() -> None:
                with before.station._records.work() as work:
                    for key in (glass, pad):
                        work.hygiene.mark_clean(key, by="petugas", at=NOON)
                    work.commit()

            before.do(wipe)
            log.mark_used(glass, "visit-1")
        clock.advance(timedelta(hours=1))
        with van(tmp_path, receiver, thermometer, clock=clock) as after:
            log = after.station.gate._hygiene
            assert (log.used_by(glass), log.used_by(pad)) == ("visit-1", None)

            def wiped() -> dict[str, datetime]:
                with after.station._records.work() as work:
                    return work.hygiene.last_cleaned()

            assert after.do(wiped) == {"fingerprint": NOON, "signature_pad": NOON}
