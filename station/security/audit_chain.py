"""Whether an audit trail is whole: pure, over entries and signed heads, so that anyone with the certificate can check.

What it cannot see: lines after the newest signed head that were cut off together. `ChainReport.unsigned` says how many
lines stand after that head; the packets carry heads away from the station.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from station.domain.audit import CLOCK_WENT_BACK, GENESIS, AuditEntry, AuditHead, statement, went_back


class Fault(StrEnum):
    """What is wrong with a trail."""

    OUT_OF_ORDER = "audit.out_of_order"
    BROKEN_LINK = "audit.broken_link"
    CUT_OFF = "audit.cut_off"
    HEAD_DIFFERS = "audit.head_differs"
    BAD_SIGNATURE = "audit.bad_signature"


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault, at which line it was seen, and the time that the line tells (UTC); None of a head without its line."""

    fault: Fault
    seq: int
    at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ClockJump:
    """The station's clock went back before the line `seq`; `noted` where that line says so itself.

    No fault of the trail: a clock that was ahead is put right so. One that is not noted was written by another program.
    """

    seq: int
    back: timedelta
    noted: bool


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What was found: `unsigned` lines stand after the newest signed head."""

    entries: int
    heads: int
    unsigned: int
    problems: tuple[Problem, ...]
    jumps: tuple[ClockJump, ...] = ()

    @property
    def whole(self) -> bool:
        """Nothing is wrong."""
        return not self.problems


def verify(entries: Iterable[AuditEntry], heads: Iterable[AuditHead], certificate_pem: bytes) -> ChainReport:
    """Check every link and every signature.

    Args:
        entries: the whole trail, in stored order.
        heads: every signed head, in stored order.
        certificate_pem: the station's certificate (EC).
    """
    problems: list[Problem] = []
    known: dict[int, bytes] = {0: GENESIS}
    previous, count = GENESIS, 0
    jumps: list[ClockJump] = []
    before: datetime | None = None
    for entry in entries:
        count += 1
        back = went_back(before, entry.at) if before is not None else None
        if back is not None:
            jumps.append(ClockJump(entry.seq, back, entry.action == CLOCK_WENT_BACK))
        before = entry.at
        if entry.seq != count:
            problems.append(Problem(Fault.OUT_OF_ORDER, entry.seq, entry.at))
        if not entry.links_to(previous):
            problems.append(Problem(Fault.BROKEN_LINK, entry.seq, entry.at))
        previous = known[entry.seq] = entry.hash
    signer = _public_key(certificate_pem)
    signed, number = 0, 0
    for head in heads:
        number += 1
        if not _signed(signer, head):
            problems.append(Problem(Fault.BAD_SIGNATURE, head.seq, head.at))
        elif head.seq not in known:
            problems.append(Problem(Fault.CUT_OFF, head.seq, head.at))
        elif known[head.seq] != head.hash:
            problems.append(Problem(Fault.HEAD_DIFFERS, head.seq, head.at))
        signed = max(signed, head.seq)
    return ChainReport(count, number, max(0, count - signed), tuple(problems), tuple(jumps))


def _public_key(certificate_pem: bytes) -> ec.EllipticCurvePublicKey:
    key = x509.load_pem_x509_certificate(certificate_pem).public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("a station signs with an elliptic curve")  # noqa: TRY004 - a wrong file, not a wrong type
    return key


def _signed(signer: ec.EllipticCurvePublicKey, head: AuditHead) -> bool:
    try:
        signer.verify(head.signature, statement(head.seq, head.hash, head.at), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
