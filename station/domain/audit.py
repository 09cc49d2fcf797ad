"""The audit trail as values: what one line says, and how each line is chained to the one before.

Every line carries SHA-256 over the previous line's hash and its own canonical bytes, so that a line cannot be changed,
moved or taken out without every later hash being wrong. No line holds personal data: facts have names of a closed
set and are codes, numbers or yes and no; a space, and so a person's name, is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

GENESIS: Final = bytes(32)
"""What stands for the hash before the first line."""

Fact = str | int | bool

FACTS: Final = frozenset(
    {
        "algorithm", "attempt", "automatic", "certificate", "code", "count", "decided_by", "device", "event", "file",
        "firmware", "forced", "from_state", "item", "kind", "maker", "model", "number", "officer", "other", "outcome",
        "permission", "position", "protocol", "reason", "receipt", "reliable", "role", "rule", "score", "serial",
        "sha256", "simulated", "slot", "state", "step", "subject", "verdict", "version", "warnings",
    }
)  # fmt: skip
"""Names that a fact may have."""
_CODE: Final = re.compile(r"[\x21-\x7e]{0,128}")
_NIK: Final = re.compile(r"(?<!\d)\d{16}(?!\d)")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
"""A SHA-256 in hexadecimal has sixteen decimal digits in a row once in forty: that is no NIK."""
_ACTION: Final = re.compile(r"[a-z][a-z0-9_.]{0,63}")


CLOCK_WENT_BACK: Final = "clock.went_back"
"""The line that stands before the first one of an earlier time; its fact `number` says by how many seconds."""
TOLERANCE: Final = timedelta(minutes=1)
"""How much earlier a line may be than the one before: a step has the time at which it began."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line: `seq` from 1 without gaps, `at` in UTC, `by` an officer's id or "", `hash` as `link` gives it."""

    seq: int
    at: datetime
    action: str
    by: str
    visit_id: str
    facts: Mapping[str, Fact]
    hash: bytes

    def links_to(self, previous: bytes) -> bool:
        """Whether its hash is the one that follows `previous`."""
        line = canonical(self.seq, self.at, self.action, by=self.by, visit_id=self.visit_id, facts=self.facts)
        return link(previous, line) == self.hash


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The station's signature over how far the trail went: ECDSA over `statement(seq, hash, at)`."""

    seq: int
    hash: bytes
    at: datetime
    signature: bytes


def went_back(before: datetime, at: datetime) -> timedelta | None:
    """How far the station's clock has gone back since the line before; None where it has not, or by a moment only."""
    return before - at if before - at > TOLERANCE else None


def check(action: str, facts: Mapping[str, Fact]) -> None:
    """Refuse what may not stand in the trail.

    Raises:
        ValueError: an action that is no code, a fact of an unknown name, or text with a space or a NIK in it.
    """
    if not _ACTION.fullmatch(action):
        raise ValueError("an audited action is a dotted code")
    for name, fact in facts.items():
        if name not in FACTS:
            raise ValueError(f"no fact of the audit trail is called {name}")
        if isinstance(fact, str) and not _DIGEST.fullmatch(fact) and (not _CODE.fullmatch(fact) or _NIK.search(fact)):
            raise ValueError(f"the fact {name} is no code")


def canonical(seq: int, at: datetime, action: str, *, by: str, visit_id: str, facts: Mapping[str, Fact]) -> bytes:
    """One line as bytes that are the same wherever and whenever they are made: sorted JSON in ASCII, time in UTC."""
    line = {"seq": seq, "at": moment(at), "action": action, "by": by, "visit_id": visit_id, "facts": dict(facts)}
    return json.dumps(line, sort_keys=True, separators=(",", ":")).encode("ascii")


def link(previous: bytes, line: bytes) -> bytes:
    """The hash of a line: SHA-256 (32 bytes) over the previous hash and the line's canonical bytes."""
    return hashlib.sha256(previous + line).digest()


def statement(seq: int, head: bytes, at: datetime) -> bytes:
    """What the station signs."""
    return f"ktpel audit head\n{seq}\n{head.hex()}\n{moment(at)}\n".encode("ascii")


def moment(at: datetime) -> str:
    """A time as text that sorts: UTC, to the microsecond.

    Raises:
        ValueError: the time has no zone.
    """
    if at.tzinfo is None:
        raise ValueError("a kept time needs a zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds")
