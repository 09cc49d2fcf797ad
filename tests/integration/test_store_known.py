"""A step reads nothing that the step before has told, and never trusts what was not committed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text

from station.errors import RuleError
from station.store import Purpose, Store
from tests.support.histories import AT, OFFICER, opened, to_review
from tests.support.stores import opened_store, record


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """The first words of everything that the database was asked."""
    asked: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(" ".join(statement.split()[:2]))

    connection: Connection = store._connection
    event.listen(connection.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(connection.engine, "before_cursor_execute", note)


def test_a_later_step_of_the_same_visit_only_writes(tmp_path: Path) -> None:
    history = to_review()
    with opened_store(tmp_path / "store.db") as store:
        with store.work() as work:
            record(work, history[:-1])
            work.audit.append("visit.opened", at=AT, by=OFFICER)
            work.commit()
        with statements(store) as asked, store.work() as work:
            work.blobs.put("visit-1", b"x", Purpose.CAPTURE)
            work.visits.append("visit-1", history[-1])
            work.audit.append("step.finished", at=AT, by=OFFICER)
            work.commit()
    assert asked == ["BEGIN IMMEDIATE", "INSERT INTO", "INSERT INTO", "UPDATE visits", "INSERT INTO"]


def test_a_step_that_was_taken_back_is_not_known(tmp_path: Path) -> None:
    with opened_store(tmp_path / "store.db") as store:
        with store.work() as work:
            record(work, to_review()[:1])
            work.audit.append("visit.opened", at=AT, by=OFFICER)
            work.commit()
        with store.work() as work:
            work.visits.append("visit-1", to_review()[1])
            work.audit.append("visit.identified", at=AT, by=OFFICER)
        with store.work() as work:
            assert len(work.visits.entries("visit-1")) == 1
            assert work.audit.head()[0] == 1


def test_what_was_written_past_the_units_of_work_is_read(tmp_path: Path) -> None:
    with opened_store(tmp_path / "store.db") as store:
        with store.work() as work:
            work.audit.append("visit.opened", at=AT, by=OFFICER)
            work.commit()
        with store._connection.begin():
            store._connection.execute(text("DELETE FROM audit_entries"))
        with store.work() as work:
            assert work.audit.head()[0] == 0


def test_a_destroyed_key_is_not_known_either(tmp_path: Path) -> None:
    with opened_store(tmp_path / "store.db") as store, store.work() as work:
        record(work, [opened()])
        blob_id = work.blobs.put("visit-1", b"x", Purpose.CAPTURE)
        work.blobs.destroy_captures("visit-1")
        with pytest.raises(RuleError, match=r"blob\.destroyed"):
            work.blobs.put("visit-1", b"x", Purpose.CAPTURE)
        with pytest.raises(RuleError, match=r"blob\.destroyed"):
            work.blobs.get(blob_id)


def test_of_many_visits_the_last_one_alone_stays_in_memory(tmp_path: Path) -> None:
    with opened_store(tmp_path / "store.db") as store:
        for number in range(3):
            with store.work() as work:
                record(work, [opened()], visit_id=f"visit-{number}")
                work.commit()
        with store.work() as work:
            work.visits.load("visit-0")
        assert list(store._known.enrollments) == ["visit-0"]
        assert {visit for visit, _ in store._known.keys} <= {"visit-0"}
