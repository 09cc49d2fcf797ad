"""Who saw what stands in the trail, and how far it went is signed every day."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import insert

from station.domain.audit import AuditHead
from station.errors import RuleError, StoreError, WayOn
from station.lab.operator import OPERATOR, SUPERVISOR
from station.services.trail import AGAIN_AFTER, Look
from station.store import Work
from station.store.tables import audit_entries
from tests.support.desks import NOON, RecordsDesk, records_desk
from tests.support.histories import NAME, applicant, cleared, identified, opened
from tests.support.stores import opened_store


@pytest.fixture(scope="module")
def opened_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordsDesk]:
    with records_desk(tmp_path_factory.mktemp("station")) as desk:
        yield desk


@pytest.fixture
def desk(opened_desk: RecordsDesk) -> RecordsDesk:
    """The same station for every test, in a new turn."""
    opened_desk.sign_on(OPERATOR)
    return opened_desk


def seen(desk: RecordsDesk, visit_id: str) -> list[tuple[str, object]]:
    lines = desk.lines("record.seen")
    return [(each.by, each.facts["kind"]) for each in lines if each.visit_id == visit_id]


def heads(desk: RecordsDesk) -> tuple[AuditHead, ...]:
    return desk.within(lambda work: work.audit.heads())


def test_a_person_on_the_list_was_seen_once_in_a_turn(desk: RecordsDesk) -> None:
    visit = desk.keep([opened(), identified(), cleared()])
    nobody = desk.keep([opened("A-2")])  # nobody is identified: there is nobody to see
    for _ in range(2):
        desk.do(desk.station.visits.listing)
    assert seen(desk, visit) == [(OPERATOR, "listed")]
    desk.sign_on(SUPERVISOR)
    desk.do(desk.station.visits.listing)
    assert seen(desk, visit)[1:] == [(SUPERVISOR, "listed")]
    assert seen(desk, nobody) == []


def test_a_record_that_is_opened_again_after_a_quarter_of_an_hour_is_noted_again(desk: RecordsDesk) -> None:
    visit = desk.keep([opened(), identified()])
    for wait in (timedelta(0), AGAIN_AFTER - timedelta(seconds=1), timedelta(seconds=1)):
        desk.clock.advance(wait)
        desk.do(lambda: desk.station.visits.load(visit))
    assert seen(desk, visit) == [(OPERATOR, "opened")] * 2


def test_no_personal_byte_stands_in_the_line(desk: RecordsDesk) -> None:
    visit = desk.keep([opened(), identified()])
    desk.do(lambda: desk.station.visits.load(visit))
    text = repr([(each.action, each.by, each.visit_id, dict(each.facts)) for each in desk.lines()])
    assert NAME.split()[0] not in text
    assert applicant().nik.digits not in text


def test_what_does_not_exist_was_not_seen(desk: RecordsDesk) -> None:
    with pytest.raises(RuleError, match=r"visit\.unknown"):
        desk.do(lambda: desk.station.visits.load("nobody"))
    assert seen(desk, "nobody") == []


def test_what_cannot_be_noted_is_not_shown(desk: RecordsDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    visit = desk.keep([opened(), identified()])

    def full(*_: object) -> None:
        raise StoreError("store.disk_full", WayOn.FREE_SPACE)

    with monkeypatch.context() as patch:
        patch.setattr("station.store.store.Work.commit", full)
        with pytest.raises(StoreError, match=r"store\.disk_full"):
            desk.do(lambda: desk.station.visits.load(visit))
    assert seen(desk, visit) == []
    desk.do(lambda: desk.station.visits.load(visit))
    assert seen(desk, visit) == [(OPERATOR, "opened")]


def test_the_head_is_signed_with_the_first_work_of_a_day_and_when_a_turn_ends(tmp_path: Path) -> None:
    with records_desk(tmp_path) as desk:
        (first,) = heads(desk)
        assert first.at == NOON
        desk.do(desk.station.visits.open)
        assert len(heads(desk)) == 1
        desk.do(desk.station.sign_on.sign_off)
        ended = heads(desk)[-1]
        assert desk.lines()[ended.seq - 1].action == "sign_on.ended"
        desk.clock.advance(timedelta(hours=1))
        desk.sign_on()
        assert len(heads(desk)) == 2
        desk.clock.advance(timedelta(hours=11))  # past midnight in Jakarta
        desk.do(desk.station.visits.open)
        assert len(heads(desk)) == 3
        assert heads(desk)[-1].seq == desk.lines()[-1].seq


def test_every_way_of_looking_is_a_code_the_trail_takes(desk: RecordsDesk) -> None:
    visit = desk.keep([opened(), identified()])
    for look in Look:
        desk.do(lambda look=look: desk.station._counter.trail.note_alone(look, visit))  # type: ignore[misc]  # bound now
    assert [kind for _, kind in seen(desk, visit)] == [look.value for look in Look]


def test_a_line_costs_the_same_after_twenty_thousand(tmp_path: Path) -> None:
    def cost(work: Work) -> float:
        spent = []
        for _ in range(60):
            begun = time.perf_counter()
            work.audit.append("step.finished", at=NOON, by="op", facts={"step": "portrait"})
            spent.append(time.perf_counter() - begun)
        return median(spent)

    with opened_store(tmp_path / "store.db") as store, store.work() as work:
        cost(work)  # whatever is prepared once
        few = cost(work)
        last = work.audit.head()[0]
        many = [
            {"seq": last + i, "at": NOON, "action": "a", "by": "", "visit_id": "", "facts": "{}", "hash": bytes(32)}
            for i in range(1, 20_001)
        ]
        work.audit._connection.execute(insert(audit_entries), many)
        work.audit._known.head = None  # asked anew, as after a start
        assert cost(work) < 2 * few
