"""A record destroyed by two officers, and by the station itself once its time has come."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from protocols.answers import Answer
from station.config import RetentionSection
from station.domain import history as h
from station.domain.erasure import ErasureReason
from station.domain.step import State
from station.errors import RuleError, StationError
from station.lab.operator import OPERATOR, SUPERVISOR
from station.packet.acknowledgement import make
from station.packet.practice import PracticeDataCentre, practice_data_centre
from station.services.sign_on import PRACTICE_PASSWORD
from station.store import Purpose, Work
from station.store.tables import audit_entries, metadata, record_keys, search_words
from tests.support.desks import NOON, RecordsDesk, records_desk
from tests.support.histories import AT, NAME, OFFICER, applicant, cleared, identified, opened, to_seal
from tests.support.stores import decrypted, opened_store

NIK = applicant().nik.digits


@pytest.fixture(scope="module")
def opened_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordsDesk]:
    with records_desk(tmp_path_factory.mktemp("station")) as desk:
        yield desk


@pytest.fixture
def desk(opened_desk: RecordsDesk) -> RecordsDesk:
    opened_desk.sign_on(SUPERVISOR)
    return opened_desk


def sealed(desk: RecordsDesk) -> tuple[str, Path]:
    """A sealed visit with a packet, a document and an answer; its id and the packet's file."""
    visit = desk.keep(to_seal())
    folder = desk.station.settings.folder / "packets"
    folder.mkdir(exist_ok=True)
    packet = folder / f"{visit[:8]}.ktpel"
    packet.write_bytes(secrets.token_bytes(64))
    packet.with_name(packet.name + ".sig").write_bytes(b"sidecar")

    def more(work: Work) -> None:
        work.packets.add(visit, packet.name, sha256(packet.read_bytes()).hexdigest())
        work.blobs.put(visit, b"a receipt", Purpose.DOCUMENT)
        work.answers.add(Answer("applicant_hands", visit, True, NOON, OFFICER))

    desk.within(more)
    return visit, packet


def erase(desk: RecordsDesk, visit: str, **changed: object) -> None:
    given: dict[str, object] = {"reason": ErasureReason.SUBJECT_REQUEST, "second": OPERATOR, "anyway": True} | changed
    desk.do(
        lambda: desk.station.erasure.erase(
            visit,
            ErasureReason(str(given["reason"])),
            str(given["second"]),
            PRACTICE_PASSWORD,
            though_unacknowledged=bool(given["anyway"]),
        )
    )


def rows(desk: RecordsDesk, visit: str) -> int:
    tables = [each for each in metadata.sorted_tables if "visit_id" in each.c and each is not audit_entries]
    assert {record_keys, search_words} <= set(tables)

    def count(work: Work) -> int:
        found = (work.visits._connection.execute(select(t).where(t.c.visit_id == visit)).all() for t in tables)
        return sum(map(len, found)) + len(work.answers.of([visit]))

    return desk.within(count)


def test_what_was_erased_is_a_bare_number_and_a_line_of_the_trail(desk: RecordsDesk) -> None:
    visit, packet = sealed(desk)
    erase(desk, visit)
    assert rows(desk, visit) == 0
    assert not packet.exists()
    assert not packet.with_name(packet.name + ".sig").exists()
    (line,) = [each for each in desk.do(desk.station.visits.listing) if each.visit_id == visit]
    assert (line.state, line.number, line.name, line.masked_nik) == (State.ERASED, "A-1", "", "")
    (told,) = [each for each in desk.lines("record.erased") if each.visit_id == visit]
    assert (told.by, dict(told.facts)) == (
        SUPERVISOR,
        {"reason": "subject_request", "officer": OPERATOR, "from_state": "sealed"},
    )
    for ask in (desk.station.visits.load, desk.station.finishing.receipt_pdf):
        with pytest.raises(RuleError, match=r"visit\.erased"):
            desk.do(partial(ask, visit))
    with pytest.raises(RuleError, match=r"visit\.erased"):
        erase(desk, visit)
    assert desk.do(lambda: desk.station.finding.find(NIK)) == ()
    assert visit in {each.visit_id for each in desk.do(lambda: desk.station.finding.find("A-1"))}
    assert desk.do(lambda: desk.station.finding.find("STASIUN-01-20200413-A-1")) == ()
    assert desk.do(desk.station.packet_round.look)[1] == ()


def test_nobody_gives_the_stations_own_reason(desk: RecordsDesk) -> None:
    visit, _ = sealed(desk)
    with pytest.raises(RuleError, match=r"erasure\.reason_missing"):
        erase(desk, visit, reason=ErasureReason.RETENTION)
    erase(desk, visit)


def test_a_packet_that_the_centre_may_not_have_is_kept_unless_that_is_said(desk: RecordsDesk) -> None:
    visit, packet = sealed(desk)
    with pytest.raises(RuleError, match=r"erasure\.not_acknowledged"):
        erase(desk, visit, anyway=False)
    assert packet.exists()
    digest = sha256(packet.read_bytes()).hexdigest()
    desk.within(lambda work: work.packets.acknowledge(digest, NOON))
    erase(desk, visit, anyway=False)
    assert not packet.exists()


def test_two_officers_are_wanted_of_whom_one_is_a_supervisor(desk: RecordsDesk) -> None:
    visit, _ = sealed(desk)
    with pytest.raises(RuleError, match=r"sign_on\.same_officer"):
        erase(desk, visit, second=SUPERVISOR)
    desk.sign_on(OPERATOR)
    with pytest.raises(RuleError, match=r"sign_on\.not_allowed"):
        erase(desk, visit, second=SUPERVISOR)
    desk.sign_on(SUPERVISOR)
    erase(desk, visit)


def test_what_somebody_works_on_is_not_erased(desk: RecordsDesk) -> None:
    visit = desk.keep([opened(), identified(), cleared()])
    with pytest.raises(RuleError, match=r"erasure\.at_counter"):
        erase(desk, visit)
    assert rows(desk, visit) > 0


def test_the_wrapped_keys_are_gone_from_every_file_once_it_is_durable(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with opened_store(path) as store, store.work() as work:
        for each in ("erased", "kept"):
            work.visits.add(each, "A-1", tuple(State(s) for s in ("portrait", "fingerprints", "signature")))
            work.visits.append(each, opened())
            work.visits.append(each, identified())
            work.blobs.put(each, b"\xa5" * 5000, Purpose.CAPTURE)
        keys = {
            (row.visit_id, row.purpose): row.wrapped
            for row in work.visits._connection.execute(select(record_keys)).all()
        }
        tokens = list(work.visits._connection.execute(select(search_words.c.token)).scalars())
        work.commit()
    before = decrypted(path)
    assert all(wrapped in before for wrapped in keys.values())
    with opened_store(path) as store:
        with store.work() as work:
            work.blobs.destroy("erased")
            work.visits.erase("erased", at=AT, reason="ordered")
            work.commit()
        journal = tmp_path / "store.db-journal"
        assert not journal.exists() or journal.stat().st_size == 0
        while_open = decrypted(path)
    for clear in (while_open, decrypted(path)):
        for (visit, _), wrapped in keys.items():
            assert (wrapped in clear) == (visit == "kept")
            assert (wrapped[:16] in clear) == (visit == "kept")
    files = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    for wrapped in keys.values():
        assert not any(wrapped[:16] in data for data in files.values())
    assert len(tokens) > 2
    assert NAME.encode() not in before


# -- when its time has come


@pytest.fixture(scope="module")
def centre() -> PracticeDataCentre:
    """Made once: such a key takes its time."""
    return practice_data_centre(NOON)


def sealing_for(desk: RecordsDesk, centre: PracticeDataCentre) -> None:
    """The station seals for this centre."""
    folder = desk.station.settings.folder / "centre"
    folder.mkdir(exist_ok=True)
    (folder / "centre.crt.pem").write_bytes(centre.certificate_pem)


def told_by(centre: PracticeDataCentre, path: Path, *packets: Path, station: str = "STASIUN-01") -> Path:
    sums = [sha256(each.read_bytes()).hexdigest() for each in packets]
    path.write_bytes(make(station, NOON, sums, key=centre.key, certificate=centre.certificate))
    return path


def test_what_the_centre_has_goes_after_its_days_and_what_it_has_not_stays(
    tmp_path: Path, centre: PracticeDataCentre
) -> None:
    kept_for = RetentionSection(acknowledged_days=10)
    with records_desk(tmp_path / "data", officer=SUPERVISOR, retention=kept_for) as desk:
        (first, packet), (second, other) = sealed(desk), sealed(desk)
        sealing_for(desk, centre)
        file = told_by(centre, tmp_path / "ack", packet)
        done = desk.do(lambda: desk.station.retention.acknowledge(file))
        assert (done.marked, done.known, done.unknown) == (1, 0, 0)
        assert [each.visit_id for each in desk.lines("packet.acknowledged")] == [first]
        done = desk.do(lambda: desk.station.retention.acknowledge(file))
        assert (done.marked, done.known, done.unknown) == (0, 1, 0)
        desk.clock.advance(timedelta(days=9, hours=23))
        desk.sign_on()
        assert packet.exists()
        desk.clock.advance(timedelta(days=1))
        desk.sign_on()
        assert not packet.exists()
        assert rows(desk, first) == 0
        assert other.exists()
        assert rows(desk, second) > 0
        (line,) = desk.lines("record.erased")
        assert (line.by, dict(line.facts)) == ("", {"reason": "retention", "automatic": True})


def test_many_go_between_other_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station.services.retention.AT_ONCE", 2)
    with records_desk(tmp_path, officer=SUPERVISOR, retention=RetentionSection(cancelled_days=1)) as desk:
        ended = [opened(), h.Cancelled(reason=h.EndReason.APPLICANT_LEFT, at=AT, by=OFFICER)]
        visits = [desk.keep(ended) for _ in range(5)]
        late = [
            opened(),
            identified(),
            h.Deferred(reason=h.DeferralReason.NOT_URGENT, proposed=date(2020, 4, 27), at=AT, by=OFFICER),
        ]
        put_off = desk.keep(late)
        desk.clock.advance(timedelta(days=2))
        desk.sign_on()
        assert desk.station.retention._next in desk.station.desk._chores
        while desk.do(desk.station.retention._next):
            assert len(desk.lines("record.erased")) > 2
        assert {each.visit_id for each in desk.lines("record.erased")} == set(visits)
        assert rows(desk, put_off) > 0
        desk.clock.advance(timedelta(days=90))
        desk.sign_on()
        assert rows(desk, put_off) == 0


def test_answers_and_temperatures_go_though_nothing_was_sealed_and_the_verdict_stays(tmp_path: Path) -> None:
    with records_desk(tmp_path, retention=RetentionSection(answers_hours=24)) as desk:
        visit = desk.keep([opened(), identified(), cleared()])

        def answer(work: Work, at: datetime) -> None:
            work.answers.add(Answer("applicant_temperature", visit, 36.7, at, OFFICER))
            work.answers.add(Answer("applicant_symptoms", visit, False, at, OFFICER))

        desk.within(lambda work: answer(work, NOON))
        desk.within(lambda work: answer(work, NOON + timedelta(hours=20)))
        desk.clock.advance(timedelta(hours=25))
        desk.do(desk.station.retention.forget_answers)
        assert {each.at for each in desk.within(lambda work: work.answers.of([visit]))} == {NOON + timedelta(hours=20)}
        assert desk.do(lambda: desk.station.visits.load(visit)).cleared is not None


def test_a_file_that_is_held_keeps_its_record_for_the_next_day(tmp_path: Path) -> None:
    with records_desk(tmp_path, officer=SUPERVISOR, retention=RetentionSection(acknowledged_days=0)) as desk:
        visit, packet = sealed(desk)
        digest = sha256(packet.read_bytes()).hexdigest()
        desk.within(lambda work: work.packets.acknowledge(digest, NOON))
        packet.unlink()
        packet.mkdir()  # a folder cannot be unlinked
        desk.clock.advance(timedelta(days=1))
        desk.sign_on()
        assert rows(desk, visit) > 0
        packet.rmdir()
        desk.clock.advance(timedelta(days=1))
        desk.sign_on()
        assert rows(desk, visit) == 0


class TestAcknowledgements:
    def refused(self, desk: RecordsDesk, file: Path) -> str:
        with pytest.raises(StationError) as refusal:
            desk.do(lambda: desk.station.retention.acknowledge(file))
        return refusal.value.code

    def test_nobody_but_the_centre_may_say_it(
        self, desk: RecordsDesk, centre: PracticeDataCentre, tmp_path: Path
    ) -> None:
        _, packet = sealed(desk)
        sealing_for(desk, centre)
        other = practice_data_centre(NOON)
        assert self.refused(desk, told_by(other, tmp_path / "other", packet)) == "acknowledgement.forged"
        good = told_by(centre, tmp_path / "good", packet)
        data = bytearray(good.read_bytes())
        for at in range(0, len(data), 211):
            broken = bytearray(data)
            broken[at] ^= 4
            good.write_bytes(bytes(broken))
            assert self.refused(desk, good) == "acknowledgement.forged"

    def test_a_list_for_another_station_or_none_at_all_is_refused(
        self, desk: RecordsDesk, centre: PracticeDataCentre, tmp_path: Path
    ) -> None:
        sealing_for(desk, centre)
        other = told_by(centre, tmp_path / "other", station="KUTIM-02")
        assert self.refused(desk, other) == "acknowledgement.other_station"
        assert self.refused(desk, tmp_path / "nothing") == "acknowledgement.absent"
        file = tmp_path / "odd"
        odd = make("STASIUN-01", NOON, ["no sum"], key=centre.key, certificate=centre.certificate)
        file.write_bytes(odd)
        assert self.refused(desk, file) == "acknowledgement.unreadable"

    def test_sums_of_other_packets_are_counted_and_change_nothing(
        self, desk: RecordsDesk, centre: PracticeDataCentre, tmp_path: Path
    ) -> None:
        sealing_for(desk, centre)
        stranger = tmp_path / "stranger"
        stranger.write_bytes(b"not ours")
        done = desk.do(lambda: desk.station.retention.acknowledge(told_by(centre, tmp_path / "a", stranger)))
        assert (done.marked, done.known, done.unknown) == (0, 0, 1)
