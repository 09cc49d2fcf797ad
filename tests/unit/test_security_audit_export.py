"""An export for an auditor: checked with nothing but the file, and whatever was done to it is named."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from station.domain.audit import GENESIS, AuditEntry, AuditHead, Fact, canonical, link, statement
from station.security.audit_export import Exporter, Fault, check, export
from station.security.keys import KeyRing

AT = datetime(2020, 4, 13, 2, 0, tzinfo=UTC)
LENGTH = 30
FIRST = 11
"""The export begins in the middle of a trail."""


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return KeyRing.open_or_create(tmp_path_factory.mktemp("station") / "keys")


def trail(length: int = LENGTH) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    previous = GENESIS
    for seq in range(1, length + 1):
        at = AT + timedelta(seconds=seq)
        kept: dict[str, Fact] = {"count": seq, "forced": seq % 2 == 0, "code": "a.b"}
        previous = link(previous, canonical(seq, at, "step.finished", by="op", visit_id="v1", facts=kept))
        entries.append(AuditEntry(seq, at, "step.finished", "op", "v1", kept, previous))
    return entries


def head(keys: KeyRing, entry: AuditEntry) -> AuditHead:
    return AuditHead(entry.seq, entry.hash, AT, keys.sign(statement(entry.seq, entry.hash, AT)))


def written(keys: KeyRing, first: int = FIRST, entries: list[AuditEntry] | None = None) -> bytes:
    whole = entries or trail()
    heads = [head(keys, whole[each]) for each in (4, 14, 24)]
    exporter = Exporter("KUTIM-01", "auditor", AT, keys.certificate, keys.sign)
    return export(whole[first - 1 :], heads, whole[first - 2].hash if first > 1 else GENESIS, exporter)


def lines(data: bytes) -> list[bytes]:
    return data.split(b"\n")[:-1]


def joined(parts: list[bytes]) -> bytes:
    return b"\n".join(parts) + b"\n"


def test_an_untouched_export_is_whole_with_and_without_the_stations_certificate(keys: KeyRing) -> None:
    for first, heads in ((FIRST, 2), (1, 3)):
        for certificate in (None, keys.certificate):
            report = check(written(keys, first), certificate)
            assert report.findings == ()
            assert (report.station, report.first, report.last, report.heads) == ("KUTIM-01", first, LENGTH, heads)
            assert report.entries == LENGTH - first + 1


def test_of_nothing_written_an_export_is_none_with_a_gap(keys: KeyRing) -> None:
    entries = trail()
    with pytest.raises(ValueError, match="no gaps"):
        written(keys, 1, [*entries[:20], *entries[21:]])


def test_a_bit_flipped_anywhere_is_seen_and_named(keys: KeyRing) -> None:
    data, chance = written(keys), random.Random(500)
    starts = [0]
    for line in lines(data):
        starts.append(starts[-1] + len(line) + 1)
    for _ in range(500):
        at, bit = chance.randrange(len(data)), chance.randrange(8)
        broken = bytearray(data)
        broken[at] ^= 1 << bit
        findings = check(bytes(broken)).findings
        number = next(number for number, start in enumerate(starts) if at < start)
        assert findings, (at, bit)
        assert findings[0].line in {number, number + 1}, (at, bit, findings)  # a line's end belongs to two
        if 2 <= number <= LENGTH - FIRST + 2 and data[at : at + 1] != b"\n":
            assert findings[0].line == number
            assert findings[0].fault in {Fault.UNREADABLE, Fault.ALTERED, Fault.MOVED, Fault.MISSING}


def test_a_row_taken_out_is_named(keys: KeyRing) -> None:
    parts = lines(written(keys))
    del parts[5]
    found = check(joined(parts)).findings[0]
    assert (found.fault, found.line, found.seq) == (Fault.MISSING, 6, FIRST + 4)


def test_so_is_the_last_one(keys: KeyRing) -> None:
    parts = lines(written(keys))
    del parts[LENGTH - FIRST + 1]
    found = check(joined(parts)).findings[0]
    assert (found.fault, found.seq) == (Fault.MISSING, LENGTH)


def test_two_rows_that_changed_places_are_named(keys: KeyRing) -> None:
    parts = lines(written(keys))
    parts[4], parts[5] = parts[5], parts[4]
    found = check(joined(parts)).findings[0]
    assert (found.fault, found.line, found.seq) == (Fault.MOVED, 5, FIRST + 4)


def test_a_row_that_was_altered_is_named_with_its_time(keys: KeyRing) -> None:
    parts = lines(written(keys))
    told = json.loads(parts[7])
    told["by"] = "nobody"
    parts[7] = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
    found = check(joined(parts)).findings[0]
    assert (found.fault, found.line, found.seq) == (Fault.ALTERED, 8, FIRST + 6)
    assert found.at.startswith("2020-04-13T02:00:17")


def test_a_trail_rewritten_with_a_chain_of_its_own_does_not_carry_the_signature(keys: KeyRing) -> None:
    forged = lines(written(keys, 1, trail()))
    other = trail()
    other[-1] = AuditEntry(LENGTH, AT, "step.redone", "op", "v1", {}, bytes(32))
    line = canonical(LENGTH, AT, "step.redone", by="op", visit_id="v1", facts={})
    other[-1] = AuditEntry(LENGTH, AT, "step.redone", "op", "v1", {}, link(other[-2].hash, line))
    rewritten = lines(written(keys, 1, other))
    forged[LENGTH] = rewritten[LENGTH]
    assert [each.fault for each in check(joined(forged)).findings] == [Fault.ALTERED]


def test_heads_that_were_taken_out_are_missed(keys: KeyRing) -> None:
    parts = lines(written(keys))
    del parts[-2]
    assert [each.fault for each in check(joined(parts)).findings] == [Fault.HEAD_ALTERED]


def test_a_signature_taken_off_is_missed(keys: KeyRing) -> None:
    assert Fault.SIGNATURE_ALTERED in {each.fault for each in check(joined(lines(written(keys))[:-1])).findings}


def test_another_stations_export_is_not_this_ones(keys: KeyRing, tmp_path: Path) -> None:
    other = KeyRing.open_or_create(tmp_path / "keys")
    assert check(written(other)).findings == ()
    assert Fault.OTHER_STATION in {each.fault for each in check(written(other), keys.certificate).findings}


@pytest.mark.parametrize("data", [b"", b"\n", b"{}\n", b"hello", bytes(range(256)), b'{"kind":"signature"}\n'])
def test_what_is_no_export_is_told_so(data: bytes) -> None:
    assert check(data).findings
