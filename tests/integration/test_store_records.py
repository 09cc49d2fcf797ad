"""Records in the store: whole or not at all, as they were, and gone when they are destroyed."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, text, update
from sqlalchemy.exc import IntegrityError, InvalidRequestError

from station.domain import history as h
from station.domain.step import DEFAULT_PLAN, State
from station.errors import RuleError, StoreError
from station.store import Purpose, Store
from station.store.tables import blobs, entries, record_keys
from station.store.visits import _adapter
from tests.support.histories import (
    AT,
    NAME,
    OFFICER,
    applicant,
    cleared,
    entries_of,
    eventful,
    identified,
    opened,
    receipt,
    to_review,
    to_seal,
)
from tests.support.stores import decrypted, kept, opened_store, record

SWAPPED = (State.PORTRAIT, State.SIGNATURE, State.FINGERPRINTS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


def connection(store: Store) -> Connection:
    return store._connection


def refused(code: str) -> pytest.RaisesExc[RuleError]:
    return pytest.raises(RuleError, check=lambda error: error.code == code)


class TestWork:
    def test_nothing_is_kept_unless_it_is_committed(self, path: Path) -> None:
        with opened_store(path) as store:
            with store.work() as work:
                record(work, [opened()])
            with store.work() as work:
                assert work.visits.summaries() == ()
                record(work, [opened()])
                work.commit()
            with store.work() as work:
                assert len(work.visits.summaries()) == 1

    def test_what_is_raised_inside_takes_everything_back(self, path: Path) -> None:
        kept_under: list[str] = []

        def fail(store: Store) -> None:
            with store.work() as work:
                record(work, [opened()])
                kept_under.append(work.blobs.put("visit-1", b"x", Purpose.CAPTURE))
                work.audit.append("visit.opened", at=AT, by=OFFICER)
                raise LookupError

        with opened_store(path) as store:
            with pytest.raises(LookupError):
                fail(store)
            with store.work() as work:
                assert work.visits.summaries() == ()
                assert work.audit.head()[0] == 0
                assert list(work.audit.entries()) == []
                with refused("blob.destroyed"):
                    work.blobs.get(kept_under[0])

    def test_a_refused_entry_leaves_the_rest_of_the_step_to_be_committed_or_not(self, path: Path) -> None:
        with opened_store(path) as store:
            with store.work() as work:
                record(work, [opened()])
                with refused("visit.out_of_turn"):
                    work.visits.append("visit-1", h.Reviewed(at=AT, by=OFFICER))
                work.commit()
            with store.work() as work:
                assert work.visits.entries("visit-1") == (opened(),)

    def test_one_inside_another_is_refused(self, path: Path) -> None:
        with opened_store(path) as store, store.work() as work:
            record(work, [opened()])
            with pytest.raises(InvalidRequestError), store.work():
                pass
            work.commit()

    def test_after_its_commit_nothing_more_can_be_added(self, path: Path) -> None:
        with opened_store(path) as store, store.work() as work:
            record(work, [opened()])
            work.commit()
            with pytest.raises((InvalidRequestError, StoreError)):
                work.commit()

    def test_closing_twice_is_closing(self, path: Path) -> None:
        with opened_store(path) as store:
            store.close()


class TestHistories:
    @pytest.mark.parametrize("plan", [DEFAULT_PLAN, SWAPPED])
    def test_a_recording_is_the_same_after_the_store_was_opened_anew(self, path: Path, plan: tuple[State, ...]) -> None:
        with kept(path) as work:
            before = record(work, to_review(plan), plan=plan)
        with opened_store(path) as store, store.work() as work:
            assert work.visits.load("visit-1") == before
            assert work.visits.load("visit-1").plan == plan
            assert work.visits.entries("visit-1") == tuple(to_review(plan))

    def test_so_is_every_kind_of_entry_there_is(self, path: Path) -> None:
        histories = eventful()
        with kept(path) as work:
            for number, history in enumerate(histories):
                record(work, history, visit_id=f"visit-{number}")
        with opened_store(path) as store, store.work() as work:
            found = [work.visits.entries(f"visit-{number}") for number in range(len(histories))]
        assert found == [tuple(history) for history in histories]
        assert {type(entry) for history in found for entry in history} == set(h.ENTRY_TYPES)

    @settings(max_examples=25, deadline=None)
    @pytest.mark.parametrize("kind", h.ENTRY_TYPES)
    @given(data=st.data())
    def test_whatever_an_entry_says_it_says_after_it_was_written(
        self, kind: type[h.Entry], data: st.DataObject
    ) -> None:
        entry = data.draw(entries_of(kind))
        adapter = _adapter(kind.__name__)
        again = adapter.validate_json(adapter.dump_json(entry))
        assert again == entry
        assert type(again) is kind
        assert again.at.tzinfo is not None

    def test_a_promise_keeps_the_offices_own_hour(self, path: Path) -> None:
        with kept(path) as work:
            record(work, [*to_review(), h.Reviewed(at=AT, by=OFFICER), receipt()])
        with opened_store(path) as store, store.work() as work:
            told = work.visits.load("visit-1").receipt
        assert told is not None
        assert told.promise.ready_from.isoformat() == "2020-04-14T13:00:00+07:00"

    def test_two_visits_do_not_mix(self, path: Path) -> None:
        with kept(path) as work:
            record(work, [opened("A-1")])
            record(work, [opened("A-2")], visit_id="visit-2")
            work.visits.append("visit-1", identified())
        with opened_store(path) as store, store.work() as work:
            assert work.visits.entries("visit-1") == (opened("A-1"), identified())
            assert work.visits.entries("visit-2") == (opened("A-2"),)

    def test_a_visit_that_nobody_opened_is_unknown(self, path: Path) -> None:
        with opened_store(path) as store, store.work() as work:
            for ask in (work.visits.load, work.visits.entries):
                with refused("visit.unknown"):
                    ask("visit-9")
            with refused("visit.unknown"):
                work.visits.append("visit-9", opened())

    def test_no_visit_is_opened_twice(self, path: Path) -> None:
        with opened_store(path) as store, store.work() as work:
            record(work, [opened()])
            with pytest.raises(IntegrityError) as caught:
                work.visits.add("visit-1", "A-1", DEFAULT_PLAN)
            assert "A-1" not in str(caught.value)

    def test_a_plan_that_is_none_is_refused(self, path: Path) -> None:
        with opened_store(path) as store, store.work() as work, pytest.raises(ValueError, match="portrait"):
            work.visits.add("visit-1", "A-1", (State.SIGNATURE, State.PORTRAIT, State.FINGERPRINTS))

    @pytest.mark.parametrize(
        "swap",
        [
            "UPDATE entries SET payload = (SELECT payload FROM entries WHERE visit_id = 'visit-1' AND seq = 2) {first}",
            "UPDATE entries SET payload = (SELECT payload FROM entries WHERE visit_id = 'visit-2' AND seq = 1) {first}",
            "UPDATE entries SET kind = 'Resumed' {first}",
            "UPDATE record_keys SET wrapped = (SELECT wrapped FROM record_keys WHERE visit_id = 'visit-2')",
        ],
    )
    def test_no_entry_can_stand_in_anothers_place(self, path: Path, swap: str) -> None:
        with kept(path) as work:
            record(work, [opened("A-1"), identified()])
            record(work, [opened("A-2"), identified()], visit_id="visit-2")
        with opened_store(path) as store, store.work() as work:
            connection(store).execute(text(swap.format(first="WHERE visit_id = 'visit-1' AND seq = 1")))
            with pytest.raises(StoreError, match=r"store\.damaged"):
                work.visits.load("visit-1")


class TestList:
    def test_it_tells_who_where_and_why(self, path: Path) -> None:
        later = AT + timedelta(minutes=5)
        with kept(path) as work:
            record(work, [opened("A-1")])
            parked = h.Parked(reason=h.ParkReason.SECOND_READING, at=later, by=OFFICER)
            record(work, [opened("A-2"), identified(), parked], visit_id="visit-2")
            work.visits.add("visit-3", "A-3", DEFAULT_PLAN)  # nothing has happened to it
        with opened_store(path) as store, store.work() as work:
            first, second = work.visits.summaries()
        assert (first.visit_id, first.number, first.state) == ("visit-1", "A-1", State.IDENTIFY)
        assert (first.masked_nik, first.name, first.reason, first.updated_at) == ("", "", "", AT)
        assert (second.state, second.reason, second.updated_at) == (State.PARKED, "second_reading", later)
        assert (second.masked_nik, second.name) == (applicant().nik.masked, NAME)
        assert NAME not in repr(second)

    def test_it_shows_the_states_that_are_asked_for(self, path: Path) -> None:
        with kept(path) as work:
            record(work, [opened("A-1")])
            record(work, [opened("A-2"), identified()], visit_id="visit-2")
            record(work, [opened("A-3"), identified(), cleared()], visit_id="visit-3")
            asked = work.visits.summaries(frozenset({State.SCREENING, State.PORTRAIT}))
            assert [each.visit_id for each in asked] == ["visit-2", "visit-3"]
            assert work.visits.summaries(frozenset()) == ()

    def test_a_reason_goes_with_the_pause(self, path: Path) -> None:
        with kept(path) as work:
            record(work, eventful()[1])
            assert [each.reason for each in work.visits.summaries()] == ["applicant_left"]

    def test_once_sealed_the_name_is_gone_from_it(self, path: Path) -> None:
        with kept(path) as work:
            record(work, to_seal()[:-1])
            assert [each.name for each in work.visits.summaries()] == [NAME]
            work.visits.append("visit-1", to_seal()[-1])
            (sealed,) = work.visits.summaries()
            assert (sealed.name, sealed.masked_nik) == ("", applicant().nik.masked)

    def test_numbers_begin_anew_each_day_and_are_given_once(self, path: Path) -> None:
        monday, tuesday = date(2020, 4, 13), date(2020, 4, 14)
        with kept(path) as work:
            assert [work.visits.next_number(day) for day in (monday, monday, tuesday)] == [1, 2, 1]
        with opened_store(path) as store:
            with store.work() as work:
                assert work.visits.next_number(monday) == 3
            with store.work() as work:
                assert work.visits.next_number(monday) == 3  # the one before was rolled back


class TestBlobs:
    def test_bytes_come_back_as_they_were(self, path: Path) -> None:
        capture, document = random.Random(1).randbytes(300_000), b"%PDF-1.4"
        with kept(path) as work:
            record(work, [opened()])
            ids = [
                work.blobs.put("visit-1", capture, Purpose.CAPTURE),
                work.blobs.put("visit-1", document, Purpose.DOCUMENT),
                work.blobs.put("visit-1", b"", Purpose.CAPTURE),
            ]
        with opened_store(path) as store, store.work() as work:
            assert [work.blobs.get(each) for each in ids] == [capture, document, b""]
        assert len(set(ids)) == 3

    def test_destroyed_captures_are_gone_for_good_and_the_rest_stays(self, path: Path) -> None:
        capture = random.Random(2).randbytes(50_000)
        with kept(path) as work:
            record(work, [opened(), identified()])
            record(work, [opened()], visit_id="visit-2")
            gone = [work.blobs.put("visit-1", capture, Purpose.CAPTURE) for _ in range(3)]
            receipt_id = work.blobs.put("visit-1", b"receipt", Purpose.DOCUMENT)
            others = work.blobs.put("visit-2", b"other", Purpose.CAPTURE)
        with opened_store(path) as store, store.work():
            rows = connection(store).execute(select(blobs.c.data).where(blobs.c.visit_id == "visit-1")).scalars()
            sealed = [row for row in rows if len(row) > 1000]
            key = (
                connection(store)
                .execute(
                    select(record_keys.c.wrapped).where(
                        (record_keys.c.visit_id == "visit-1") & (record_keys.c.purpose == "capture")
                    )
                )
                .scalar_one()
            )
        before = decrypted(path)
        assert key in before
        assert all(_some_of(each, before) for each in sealed)

        with kept(path) as work:
            work.blobs.destroy_captures("visit-1")
            work.blobs.destroy_captures("visit-1")  # nothing left, nothing said

        after = decrypted(path)
        assert key not in after
        assert not any(_some_of(each, after) for each in sealed)
        with opened_store(path) as store, store.work() as work:
            for blob_id in gone:
                with refused("blob.destroyed"):
                    work.blobs.get(blob_id)
            with refused("blob.destroyed"):
                work.blobs.put("visit-1", b"late", Purpose.CAPTURE)
            assert work.blobs.get(receipt_id) == b"receipt"
            assert work.blobs.get(others) == b"other"
            assert work.visits.load("visit-1").applicant == applicant()
            left = connection(store).execute(select(record_keys.c.visit_id, record_keys.c.purpose)).all()
        assert sorted(left) == [("visit-1", "document"), ("visit-2", "capture"), ("visit-2", "document")]

    def test_a_destruction_that_is_not_committed_destroys_nothing(self, path: Path) -> None:
        with kept(path) as work:
            record(work, [opened()])
            blob_id = work.blobs.put("visit-1", b"capture", Purpose.CAPTURE)
        with opened_store(path) as store:
            with store.work() as work:
                work.blobs.destroy_captures("visit-1")
            with store.work() as work:
                assert work.blobs.get(blob_id) == b"capture"

    def test_a_capture_cannot_be_put_in_anothers_place(self, path: Path) -> None:
        with kept(path) as work:
            record(work, [opened()])
            first = work.blobs.put("visit-1", b"first", Purpose.CAPTURE)
            second = work.blobs.put("visit-1", b"second", Purpose.CAPTURE)
        with opened_store(path) as store, store.work() as work:
            data = connection(store).execute(select(blobs.c.data).where(blobs.c.id == second)).scalar_one()
            connection(store).execute(update(blobs).where(blobs.c.id == first).values(data=data))
            with pytest.raises(StoreError, match=r"store\.damaged"):
                work.blobs.get(first)

    def test_nothing_is_kept_for_a_visit_that_nobody_opened(self, path: Path) -> None:
        with opened_store(path) as store, store.work() as work, refused("blob.destroyed"):
            work.blobs.put("visit-9", b"x", Purpose.CAPTURE)


def _some_of(data: bytes, within: bytes) -> bool:
    """Whether any stretch of it can be found: pages cut it at places of their own."""
    return any(data[at : at + 64] in within for at in range(0, len(data) - 64, 512))


def test_every_step_is_a_row_and_no_row_is_ever_changed(path: Path) -> None:
    with opened_store(path) as store:
        seen: list[tuple[int, bytes]] = []
        with store.work() as work:
            work.visits.add("visit-1", "A-1", DEFAULT_PLAN)
            work.commit()
        for entry in eventful()[0]:
            with store.work() as work:
                work.visits.append("visit-1", entry)
                work.commit()
            with store.work():
                query = select(entries.c.seq, entries.c.payload).order_by(entries.c.seq)
                rows = [(row.seq, row.payload) for row in connection(store).execute(query)]
            assert rows[:-1] == seen
            seen = rows
    assert [seq for seq, _ in seen] == list(range(1, len(eventful()[0]) + 1))


def test_a_time_is_kept_to_the_microsecond(path: Path) -> None:
    at = datetime(2020, 4, 13, 2, 0, 0, 123456, tzinfo=UTC)
    with kept(path) as work:
        record(work, [replace(opened(), at=at)])
        assert work.visits.summaries()[0].updated_at == at
        assert work.visits.load("visit-1").entries[0].at == at
