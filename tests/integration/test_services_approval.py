"""The approver's list and what is done from it: its order, the look that is on record, many at once."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from station.domain import history as h
from station.domain.risk import Reason
from station.domain.step import State
from station.errors import RuleError
from station.store import Purpose
from tests.support.approvals import PASSWORDS, Office, office, person, waiting
from tests.support.histories import AT, OFFICER, identified

MANY = 200
IN_A_MOMENT_S = 1.0

RECORDED = replace(identified(), ever_recorded=h.EverRecorded.YES, reason="lost card")
WARNED = replace(identified(), confirmed=("biodata.name_one_word",), reason="as in the deed")


def _numbers(made: Office) -> list[str]:
    return [each.number for each in made.do(made.station.approval.queue)]


def test_the_list_puts_risk_first_then_whoever_waits_longest_and_last_what_is_approved(tmp_path: Path) -> None:
    with office(tmp_path) as made:
        made.keep("v1", waiting("A-001", after=timedelta(minutes=9)))
        made.keep("v2", waiting("A-002", after=timedelta(minutes=3)))
        made.keep("v3", waiting("A-003", who=WARNED, after=timedelta(minutes=20)))
        made.keep("v4", waiting("A-004", who=RECORDED, after=timedelta(minutes=30)))
        made.keep("v5", [*waiting("A-005", who=RECORDED), h.Approved(automatic=False, at=AT, by="agus")])
        made.keep("v6", waiting("A-006")[:-1])
        made.sign_on("dewi")
        assert _numbers(made) == ["A-004", "A-003", "A-002", "A-001", "A-005"]
        first = made.do(made.station.approval.queue)[0]
        assert [each.reason for each in first.found] == [Reason.RECORDED_BEFORE]
        assert "WIDURI" not in repr(first)


def test_the_list_and_a_look_are_for_those_who_may_approve(tmp_path: Path) -> None:
    with office(tmp_path) as made:
        made.keep("v1", waiting())
        for expected in ("sign_on.needed", "sign_on.not_allowed"):
            for ask in (made.station.approval.queue, lambda: made.station.approval.look("v1")):
                with pytest.raises(RuleError, match=expected):
                    made.do(ask)
            made.sign_on("rina")
        assert not [each for each in made.actions() if each[0] == "record.viewed"]


def test_every_look_is_on_record(tmp_path: Path) -> None:
    with office(tmp_path) as made:
        made.keep("v1", waiting())
        made.sign_on("dewi")
        assert made.do(lambda: made.station.approval.look("v1")).applicant is not None
        assert made.actions().count(("record.viewed", "v1", "dewi")) == 1


def test_a_batch_takes_the_clean_ones_each_on_record_and_leaves_out_what_is_not_for_this_officer(
    tmp_path: Path,
) -> None:
    with office(tmp_path) as made:
        made.keep("v1", waiting("A-001"))
        made.keep("v2", waiting("A-002", by="dewi"))
        made.keep("v3", waiting("A-003", who=WARNED))
        made.keep("v4", waiting("A-004"))
        made.keep("v5", [*waiting("A-005"), h.Approved(automatic=False, at=AT, by="agus")])
        made.sign_on("dewi")
        batch = ["v1", "v2", "v3", "v4", "v5"]
        with pytest.raises(RuleError, match=r"sign_on\.failed"):
            made.do(lambda: made.station.approval.approve_clean(batch, "wrong"))
        done = made.do(lambda: made.station.approval.approve_clean(batch, PASSWORDS["dewi"]))
        assert (done.approved, done.own, done.changed) == (("v1", "v4"), ("A-002",), ("A-003", "A-005"))
        approved = [each for each in made.actions() if each[0] == "visit.approved"]
        assert approved == [("visit.approved", "v1", "dewi"), ("visit.approved", "v4", "dewi")]
        state = made.do(lambda: made.station.visits.load("v1")).approved
        assert state is not None
        assert (state.by, state.automatic) == ("dewi", False)


def test_nobody_approves_what_they_captured_and_everybody_may_send_it_back(tmp_path: Path) -> None:
    with office(tmp_path) as made:
        made.keep("v1", waiting(by="dewi"))
        made.sign_on("dewi")
        approval = made.station.approval
        with pytest.raises(RuleError, match=r"approval\.own_recording"):
            made.do(lambda: approval.approve("v1", "dewi", PASSWORDS["dewi"]))
        back = made.do(lambda: approval.send_back("v1", State.SIGNATURE, "blurred", "dewi", PASSWORDS["dewi"]))
        assert back.state is State.SCREENING
        (line,) = made.do(made.station.visits.listing)
        assert line.returned == (State.SIGNATURE, "blurred")
        assert _numbers(made) == []


def test_heads_of_an_older_program_are_read_from_the_history(tmp_path: Path) -> None:
    with office(tmp_path) as made:
        made.keep("v1", waiting(who=WARNED))
        made.sign_on("dewi")
        (before,) = made.do(made.station.approval.queue)

        def as_before() -> None:
            from sqlalchemy import update

            from station.store.tables import visits

            with made.station._records.work() as work:
                old = json.dumps({"masked_nik": before.masked_nik, "name": "WIDURI"}).encode()
                person_ = work.visits._seal.seal("v1", Purpose.DOCUMENT, "person", old)
                work.visits._connection.execute(update(visits).values(person=person_))
                work.commit()

        made.do(as_before)
        assert made.do(made.station.approval.queue) == (before,)


def test_two_hundred_waiting_are_listed_in_a_moment_without_reading_a_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with office(tmp_path) as made:

        def keep() -> None:
            with made.station._records.work() as work:
                for number in range(MANY):
                    visit_id = f"v{number}"
                    work.visits.add(visit_id, f"A-{number:03}", made.station.settings.plan)
                    for entry in waiting(f"A-{number:03}", who=person(number)):
                        work.visits.append(visit_id, entry)
                work.commit()

        made.do(keep)
        made.sign_on("dewi")

        def unread(*_: object) -> None:
            raise AssertionError("a history was read for the list")

        monkeypatch.setattr("station.store.visits.Visits.load", unread)
        begun = time.perf_counter()
        heads = made.do(made.station.approval.queue)
        took = time.perf_counter() - begun
        assert len(heads) == MANY
        assert took < IN_A_MOMENT_S
        assert OFFICER in heads[0].captured_by
