"""What the store keeps for the station itself: answers, hygiene, decisions, officers, the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from protocols.answers import Answer
from protocols.clearance import DeviceKey, ProtocolRef
from protocols.in_force import InForce
from station.domain.audit import GENESIS, Fact
from station.domain.officer import Officer, Role
from station.errors import RuleError
from station.security.audit_chain import Fault, verify
from station.security.keys import KeyRing
from station.store import UNKNOWN_USER, Store
from tests.support.stores import decrypted, kept, opened_store

AT = datetime(2020, 4, 13, 2, 0, tzinfo=UTC)
SCANNER, PAD = DeviceKey("fingerprint", "F1"), DeviceKey("signature_pad", "P1")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with opened_store(path) as store:
        yield store


class TestAnswers:
    GIVEN = (
        Answer("applicant_temperature", "visit-1", 36.6, AT, "op", "thermometer"),
        Answer("applicant_hands", "visit-1", "soap", AT + timedelta(seconds=1), "op"),
        Answer("officer_mask", "op", True, AT + timedelta(seconds=2), "op"),
        Answer("officer_temperature", "op", 36.1, AT + timedelta(seconds=3), "op"),
        Answer("device_disinfected", "device:fingerprint:F1", False, AT - timedelta(hours=1), "op"),
        Answer("applicant_temperature", "visit-1", 37, AT, "op"),
        Answer("applicant_temperature", "visit-2", 36.9, AT, "op"),
    )

    def test_they_come_back_in_the_order_in_which_they_were_given(self, path: Path) -> None:
        with kept(path) as work:
            for answer in self.GIVEN:
                work.answers.add(answer)
        with opened_store(path) as store, store.work() as work:
            found = work.answers.of(["device:fingerprint:F1", "op", "visit-1"])
            assert found == self.GIVEN[:-1]
            assert [type(answer.value) for answer in found] == [float, str, bool, float, bool, int]
            assert work.answers.of(["visit-2"]) == self.GIVEN[-1:]
            assert work.answers.of([]) == ()

    def test_what_was_measured_of_an_applicant_is_forgotten_and_nothing_else(self, path: Path) -> None:
        with kept(path) as work:
            for answer in self.GIVEN:
                work.answers.add(answer)
        assert b"36.6" in decrypted(path)
        with kept(path) as work:
            work.answers.forget_readings("visit-1")
        with opened_store(path) as store, store.work() as work:
            found = work.answers.of(["visit-1", "visit-2", "op", "device:fingerprint:F1"])
            assert found == tuple(
                a for a in self.GIVEN if (a.item_id, a.subject) != ("applicant_temperature", "visit-1")
            )
        assert b"36.6" not in decrypted(path)

    def test_an_answer_after_a_forgotten_one_is_still_the_newest(self, path: Path) -> None:
        first, second = self.GIVEN[1], self.GIVEN[0]
        with kept(path) as work:
            work.answers.add(first)
            work.answers.add(second)
            work.answers.forget_readings("visit-1")
            work.answers.add(second)
            assert work.answers.of(["visit-1"]) == (first, second)


class TestHygiene:
    def test_what_was_never_seen_counts_as_used(self, store: Store) -> None:
        with store.work() as work:
            assert work.hygiene.used_by(SCANNER) == UNKNOWN_USER == "?"

    def test_it_is_clean_from_a_wipe_until_a_visit_touches_it(self, path: Path) -> None:
        with kept(path) as work:
            work.hygiene.mark_clean(SCANNER, "op", AT)
            assert work.hygiene.used_by(SCANNER) is None
            work.hygiene.mark_used(SCANNER, "visit-1")
        with kept(path) as work:
            assert work.hygiene.used_by(SCANNER) == "visit-1"
            work.hygiene.mark_used(SCANNER, "visit-2")
            assert work.hygiene.used_by(SCANNER) == "visit-2"
            work.hygiene.mark_clean(SCANNER, "op", AT)
            assert work.hygiene.used_by(SCANNER) is None

    def test_each_device_is_one_by_its_place_and_its_serial_number(self, store: Store) -> None:
        with store.work() as work:
            work.hygiene.mark_clean(SCANNER, "op", AT)
            assert work.hygiene.used_by(PAD) == "?"
            assert work.hygiene.used_by(DeviceKey("fingerprint", "F2")) == "?"
            assert work.hygiene.used_by(DeviceKey("signature_pad", "F1")) == "?"

    def test_a_use_that_is_not_committed_never_was(self, store: Store) -> None:
        with store.work() as work:
            work.hygiene.mark_clean(SCANNER, "op", AT)
        with store.work() as work:
            assert work.hygiene.used_by(SCANNER) == "?"


class TestDecisions:
    def test_the_newest_holds(self, path: Path) -> None:
        decisions = [
            InForce(ProtocolRef(name, "1", "ab" * 32), ("s-1", "s-2"), AT - timedelta(days=n), "443.1/2978")
            for n, name in enumerate(("routine", "emergency-2020"))
        ]
        with kept(path) as work:
            assert work.decisions.newest() is None
            for decision in decisions:
                work.decisions.add(decision)
        with opened_store(path) as store, store.work() as work:
            assert work.decisions.newest() == decisions[-1]


class TestOfficers:
    SITI, BUDI = Officer("siti", "SITI RAHAYU", Role.SUPERVISOR), Officer("budi", "BUDI", Role.OPERATOR)

    def test_they_are_listed_by_name(self, path: Path) -> None:
        with kept(path) as work:
            assert work.officers.all() == ()
            work.officers.add(self.SITI, "hash-1")
            work.officers.add(self.BUDI, "hash-2")
        with opened_store(path) as store, store.work() as work:
            assert work.officers.all() == (self.BUDI, self.SITI)
            assert work.officers.get("siti") == self.SITI
            assert work.officers.password_hash("budi") == "hash-2"

    def test_nobody_is_taken_on_twice(self, store: Store) -> None:
        with store.work() as work:
            work.officers.add(self.SITI, "hash-1")
            with pytest.raises(RuleError, match=r"officer\.exists"):
                work.officers.add(Officer("siti", "OTHER", Role.OPERATOR), "hash-2")
            assert work.officers.get("siti") == self.SITI

    def test_a_password_is_replaced(self, store: Store) -> None:
        with store.work() as work:
            work.officers.add(self.SITI, "hash-1")
            work.officers.set_password_hash("siti", "hash-2")
            assert work.officers.password_hash("siti") == "hash-2"

    def test_failures_are_counted_until_they_are_cleared(self, store: Store) -> None:
        with store.work() as work:
            work.officers.add(self.SITI, "hash-1")
            work.officers.add(self.BUDI, "hash-2")
            assert work.officers.failures("siti") == (0, None)
            work.officers.note_failure("siti", AT)
            work.officers.note_failure("siti", AT + timedelta(minutes=1))
            assert work.officers.failures("siti") == (2, AT + timedelta(minutes=1))
            assert work.officers.failures("budi") == (0, None)
            work.officers.clear_failures("siti")
            assert work.officers.failures("siti") == (0, None)

    def test_nothing_is_known_of_whoever_does_not_serve_here(self, store: Store) -> None:
        with store.work() as work:
            for ask in (
                work.officers.get,
                work.officers.password_hash,
                work.officers.failures,
                work.officers.clear_failures,
                lambda who: work.officers.note_failure(who, AT),
                lambda who: work.officers.set_password_hash(who, "hash"),
            ):
                with pytest.raises(RuleError, match=r"officer\.unknown"):
                    ask("nobody")


class TestAudit:
    @pytest.fixture
    def keys(self, tmp_path: Path) -> KeyRing:
        return KeyRing.open_or_create(tmp_path / "keys")

    @pytest.fixture
    def trail(self, path: Path, keys: KeyRing) -> Path:
        """Ten lines, signed after the eighth."""
        with kept(path) as work:
            for number in range(1, 11):
                facts: dict[str, Fact] = {"count": number, "step": "portrait", "simulated": True}
                work.audit.append("step.finished", at=AT, by="op", visit_id=f"visit-{number % 2}", facts=facts)
                if number == 8:
                    work.audit.sign_head(keys.sign, at=AT)
        return path

    def faults(self, path: Path, keys: KeyRing) -> set[Fault]:
        with opened_store(path) as store, store.work() as work:
            report = verify(work.audit.entries(), work.audit.heads(), keys.certificate_pem)
        return {problem.fault for problem in report.problems}

    def test_a_trail_that_was_only_added_to_is_whole(self, trail: Path, keys: KeyRing) -> None:
        with opened_store(trail) as store, store.work() as work:
            report = verify(work.audit.entries(), work.audit.heads(), keys.certificate_pem)
            assert (report.whole, report.entries, report.heads, report.unsigned) == (True, 10, 1, 2)
            assert [entry.seq for entry in work.audit.entries(from_seq=4)] == list(range(4, 11))
            assert [entry.seq for entry in work.audit.of("visit-1")] == [1, 3, 5, 7, 9]
            assert work.audit.head() == (10, [entry.hash for entry in work.audit.entries()][-1])

    def test_it_begins_with_nothing(self, store: Store) -> None:
        with store.work() as work:
            assert work.audit.head() == (0, GENESIS)
            assert work.audit.heads() == ()

    def test_what_append_returns_is_what_is_kept(self, store: Store) -> None:
        with store.work() as work:
            line = work.audit.append("visit.opened", at=AT, by="op", visit_id="v", facts={"number": "A-1"})
            assert list(work.audit.entries()) == [line]

    @pytest.mark.parametrize(
        ("tampering", "fault"),
        [
            ("UPDATE audit_entries SET by = 'other' WHERE seq = 3", Fault.BROKEN_LINK),
            ("UPDATE audit_entries SET at = '2020-04-13T02:00:00.000001+00:00' WHERE seq = 3", Fault.BROKEN_LINK),
            ("""UPDATE audit_entries SET facts = '{"count": 4}' WHERE seq = 3""", Fault.BROKEN_LINK),
            ("UPDATE audit_entries SET visit_id = '' WHERE seq = 10", Fault.BROKEN_LINK),
            ("DELETE FROM audit_entries WHERE seq = 3", Fault.OUT_OF_ORDER),
            ("DELETE FROM audit_entries WHERE seq = 1", Fault.OUT_OF_ORDER),
            ("UPDATE audit_entries SET seq = CASE seq WHEN 3 THEN -4 ELSE -3 END WHERE seq IN (3, 4)", None),
            ("DELETE FROM audit_entries WHERE seq >= 8", Fault.CUT_OFF),
            ("DELETE FROM audit_entries", Fault.CUT_OFF),
            ("UPDATE audit_heads SET hash = x'00'", Fault.BAD_SIGNATURE),
            ("UPDATE audit_heads SET seq = 7", Fault.BAD_SIGNATURE),
        ],
    )
    def test_whatever_is_changed_behind_its_back_is_seen(
        self, trail: Path, keys: KeyRing, tampering: str, fault: Fault | None
    ) -> None:
        with opened_store(trail) as store, store.work() as work:
            store._connection.execute(text(tampering))
            if fault is None:
                store._connection.execute(text("UPDATE audit_entries SET seq = -seq WHERE seq < 0"))
            work.commit()
        assert (fault or Fault.BROKEN_LINK) in self.faults(trail, keys)

    def test_a_head_is_signed_once(self, trail: Path, keys: KeyRing) -> None:
        with kept(trail) as work:
            first = work.audit.sign_head(keys.sign, at=AT)
            assert work.audit.sign_head(keys.sign, at=AT + timedelta(days=1)) == first
            assert [head.seq for head in work.audit.heads()] == [8, 10]

    def test_what_could_be_a_person_is_refused_and_leaves_no_line(self, store: Store) -> None:
        with store.work() as work:
            with pytest.raises(ValueError, match="no fact"):
                work.audit.append("visit.opened", at=AT, by="op", facts={"name": "X"})
            assert work.audit.head() == (0, GENESIS)
