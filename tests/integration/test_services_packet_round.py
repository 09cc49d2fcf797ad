"""Packet files beside their rows: what is missing, altered, half or nobody's is told and kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from station.bootstrap import Station
from station.packet.files import beside
from station.services.packet_round import PacketFinding
from tests.support.recorded import Data, trail


def checked(station: Station) -> tuple[PacketFinding, ...]:
    """What is known once every file has been looked at."""
    done = threading.Event()
    station.desk.submit(lambda: station.desk.between(lambda: _told(station, done))).result(10)
    assert done.wait(20)
    return station.packet_round.findings


def _told(station: Station, done: threading.Event) -> bool:
    if not station.packet_round._waiting:
        done.set()
    return not done.is_set()


def test_what_is_as_it_should_be_is_nothing_to_tell(data: Data) -> None:
    with data.opened() as (station, report):
        assert (report.wrong_packets, checked(station)) == ((), ())


def test_a_missing_packet_is_told_once_on_record_and_again_when_it_is_back(data: Data) -> None:
    packet = data.packet
    whole = packet.read_bytes()
    packet.unlink()
    for _ in range(2):
        with data.opened() as (station, report):
            assert [(each.file, each.fault) for each in report.wrong_packets] == [(packet.name, "packet.missing")]
            (line,) = trail(station, "packet.faulty")
            assert (line.visit_id, line.facts) == (
                report.wrong_packets[0].visit_id,
                {"code": "packet.missing", "file": packet.name},
            )
    packet.write_bytes(whole)
    with data.opened() as (station, report):
        assert (report.wrong_packets, checked(station)) == ((), ())
        assert [each.facts for each in trail(station, "packet.whole_again")] == [{"file": packet.name}]


def alter(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


@pytest.mark.parametrize(
    ("harm", "fault", "at_once"),
    [
        (alter, "packet.altered", False),
        (lambda path: path.write_bytes(path.read_bytes()[:1000]), "packet.altered", False),
        (lambda path: path.with_name(path.name + ".sig").unlink(), "packet.sidecar_missing", True),
        (lambda path: alter(path.with_name(path.name + ".sig")), "packet.sidecar_forged", False),
    ],
    ids=["a flipped bit", "half of it", "no sidecar", "another sidecar"],
)
def test_what_was_changed_is_told_kept_and_put_on_record(
    data: Data, harm: Callable[[Path], object], fault: str, at_once: bool
) -> None:
    packet = data.packet
    harm(packet)
    left = packet.read_bytes()
    with data.opened() as (station, report):
        assert [each.fault for each in report.wrong_packets] == ([fault] if at_once else [])
        assert [(each.file, each.fault) for each in checked(station)] == [(packet.name, fault)]
        assert trail(station, "packet.faulty")[-1].facts == {"code": fault, "file": packet.name}
    assert packet.read_bytes() == left


def test_a_file_of_no_visit_is_told_without_its_name_on_record_and_stays(data: Data) -> None:
    stranger = data.packet.with_name("KTP BUDI 3171234567890123.ktpel")
    stranger.write_bytes(b"whatever")
    with data.opened() as (station, report):
        assert [(each.file, each.fault, each.visit_id) for each in report.wrong_packets] == [
            (stranger.name, "packet.foreign", "")
        ]
        assert trail(station, "packet.foreign")[-1].facts == {"count": 1}
    assert stranger.read_bytes() == b"whatever"
    log = (data.folder / "log" / "station.log").read_text("utf-8")
    assert "BUDI" not in log


def test_what_a_write_that_was_cut_short_left_is_removed(data: Data) -> None:
    part = beside(data.packet)
    part.write_bytes(b"half")
    with data.opened() as (_, report):
        assert report.wrong_packets == ()
    assert not part.exists()


def test_what_the_seal_of_a_waiting_visit_left_is_not_nobodys(data: Data) -> None:
    """Its files were written, and the store was cut off before it knew."""
    with data.opened() as (station, _):
        station.desk.submit(lambda: _forget_the_seal(station)).result(10)
        rows, wrong = station.desk.submit(station.packet_round.look).result(10)
        assert not rows
        assert not wrong


def _forget_the_seal(station: Station) -> None:
    store = station._records._store
    assert store is not None
    with store.work() as work:
        store._connection.execute(text("DELETE FROM packets"))
        store._connection.execute(text("UPDATE visits SET state = 'sealing'"))
        work.commit()
