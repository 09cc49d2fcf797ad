"""The audit trail: every change of what was written is seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from station.domain.audit import CLOCK_WENT_BACK, GENESIS, AuditEntry, AuditHead, Fact, canonical, link, statement
from station.security.audit_chain import ClockJump, Fault, Problem, verify
from station.security.keys import KeyRing

AT = datetime(2020, 4, 13, 2, 0, tzinfo=UTC)
LENGTH = 8
Trail = list[AuditEntry]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return KeyRing.open_or_create(tmp_path_factory.mktemp("station") / "keys")


def trail(length: int = LENGTH) -> Trail:
    entries: Trail = []
    previous = GENESIS
    for seq in range(1, length + 1):
        at, facts = AT + timedelta(seconds=seq), {"count": seq}
        previous = link(previous, canonical(seq, at, "step.finished", by="op", visit_id="v1", facts=facts))
        entries.append(AuditEntry(seq, at, "step.finished", "op", "v1", facts, previous))
    return entries


def head(keys: KeyRing, entries: Trail) -> AuditHead:
    newest = entries[-1]
    return AuditHead(newest.seq, newest.hash, AT, keys.sign(statement(newest.seq, newest.hash, AT)))


def test_an_untouched_trail_is_whole(keys: KeyRing) -> None:
    entries = trail()
    report = verify(entries, [head(keys, entries[:3]), head(keys, entries[:6])], keys.certificate_pem)
    assert report.whole
    assert (report.entries, report.heads, report.unsigned) == (LENGTH, 2, LENGTH - 6)


def test_so_is_an_empty_one(keys: KeyRing) -> None:
    report = verify([], [], keys.certificate_pem)
    assert report.whole
    assert (report.entries, report.unsigned) == (0, 0)


CHANGES: dict[str, Callable[[AuditEntry], AuditEntry]] = {
    "time": lambda e: replace(e, at=e.at + timedelta(microseconds=1)),
    "action": lambda e: replace(e, action="step.redone"),
    "officer": lambda e: replace(e, by="other"),
    "visit": lambda e: replace(e, visit_id="v2"),
    "fact": lambda e: replace(e, facts={"count": 99}),
    "yes for one": lambda e: replace(e, facts={"count": True} if e.facts == {"count": 1} else {"count": 0}),
    "another fact": lambda e: replace(e, facts={**e.facts, "step": "portrait"}),
    "number": lambda e: replace(e, seq=e.seq + 100),
    "hash": lambda e: replace(e, hash=bytes(32)),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("seq", [1, 4, LENGTH])
def test_no_field_of_a_line_can_be_changed(keys: KeyRing, change: str, seq: int) -> None:
    entries = trail()
    entries[seq - 1] = CHANGES[change](entries[seq - 1])
    assert not verify(entries, [], keys.certificate_pem).whole


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_line_can_be_taken_out_moved_or_doubled(keys: KeyRing, data: st.DataObject) -> None:
    entries = trail()
    at = data.draw(st.integers(0, LENGTH - 2))
    match data.draw(st.sampled_from(["take out", "move", "double"])):
        case "take out":
            del entries[at]
        case "move":
            entries.insert(data.draw(st.integers(at + 1, LENGTH - 1)), entries.pop(at))
        case "double":
            entries.insert(at, entries[at])
    assert not verify(entries, [], keys.certificate_pem).whole


def test_a_trail_forged_from_some_line_on_contradicts_its_signed_head(keys: KeyRing) -> None:
    entries = trail()
    signed = head(keys, entries)
    forged = trail(LENGTH - 1)
    facts: dict[str, Fact] = {"count": 0}
    line = canonical(LENGTH, AT, "step.finished", by="op", visit_id="v1", facts=facts)
    forged.append(AuditEntry(LENGTH, AT, "step.finished", "op", "v1", facts, link(forged[-1].hash, line)))
    assert verify(forged, [], keys.certificate_pem).whole  # the links alone do not tell
    report = verify(forged, [signed], keys.certificate_pem)
    assert report.problems == (Problem(Fault.HEAD_DIFFERS, LENGTH),)


@pytest.mark.parametrize("left", [0, 1, LENGTH - 1])
def test_a_trail_cut_off_before_its_signed_head_is_seen(keys: KeyRing, left: int) -> None:
    report = verify(trail()[:left], [head(keys, trail())], keys.certificate_pem)
    assert report.problems == (Problem(Fault.CUT_OFF, LENGTH),)
    assert report.unsigned == 0


@pytest.mark.parametrize(
    "change", [{"seq": 3}, {"hash": bytes(32)}, {"at": AT + timedelta(days=1)}, {"signature": b"x"}]
)
def test_a_head_that_was_changed_does_not_carry_its_signature(keys: KeyRing, change: dict[str, object]) -> None:
    signed = replace(head(keys, trail()), **change)  # type: ignore[arg-type]  # one field of its own type each
    assert [p.fault for p in verify(trail(), [signed], keys.certificate_pem).problems] == [Fault.BAD_SIGNATURE]


def test_a_head_that_another_station_signed_is_none(keys: KeyRing, tmp_path: Path) -> None:
    other = KeyRing.open_or_create(tmp_path / "keys")
    assert not verify(trail(), [head(other, trail())], keys.certificate_pem).whole


def test_a_broken_link_is_told_by_its_line(keys: KeyRing) -> None:
    entries = trail()
    entries[3] = replace(entries[3], by="other")
    assert verify(entries, [], keys.certificate_pem).problems == (Problem(Fault.BROKEN_LINK, 4),)


def test_a_certificate_of_another_kind_is_refused() -> None:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "other")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    certificate = (
        builder.serial_number(1).not_valid_before(AT).not_valid_after(AT + timedelta(days=1)).sign(key, hashes.SHA256())
    )
    with pytest.raises(ValueError, match="elliptic curve"):
        verify([], [], certificate.public_bytes(serialization.Encoding.PEM))


def test_a_clock_that_went_back_is_seen_and_is_no_fault_of_the_trail(keys: KeyRing) -> None:
    times = [0, 60, 59, -3600, -3599]
    previous, lines = GENESIS, Trail()
    for seq, seconds in enumerate(times, start=1):
        at, action = AT + timedelta(seconds=seconds), CLOCK_WENT_BACK if seconds == -3600 else "visit.opened"
        digest = link(previous, canonical(seq, at, action, by="", visit_id="", facts={}))
        lines.append(AuditEntry(seq, at, action, "", "", {}, digest))
        previous = digest
    report = verify(lines, [], keys.certificate_pem)
    assert report.whole
    assert report.jumps == (ClockJump(4, timedelta(seconds=3659), noted=True),)
    assert verify(lines[:3], [], keys.certificate_pem).jumps == ()
