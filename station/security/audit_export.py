"""A stretch of the audit trail as a file for an auditor, who checks it without the station.

JSON Lines in ASCII, each line in the one form that `_line` writes, so that no byte can be changed unseen:

    header     format, station, period, who exported it and when, `previous`: the hash before the first entry
    entry ...  as in the trail, each with its hash, which chains it to the one before
    head ...   the heads that the station signed over these entries
    signature  SHA-256 of the three parts above, ECDSA over them, the station's certificate

The chain tells which entry was touched; the sums of the parts tell the rest.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from station.domain.audit import GENESIS, AuditEntry, AuditHead, canonical, link, moment, statement

FORMAT: Final = "ktpel-audit-export-1"
PARTS: Final = ("header", "entries", "heads")


class Fault(StrEnum):
    """What is wrong with an export."""

    NOT_ONE = "export.not_one"
    """The file is no export, or its first or last line cannot be read."""
    HEADER_ALTERED = "export.header_altered"
    UNREADABLE = "export.unreadable"
    ALTERED = "export.altered"
    MISSING = "export.missing"
    MOVED = "export.moved"
    HEAD_ALTERED = "export.head_altered"
    SIGNATURE_ALTERED = "export.signature_altered"
    OTHER_STATION = "export.other_station"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: at which line of the file (from 1), of which entry, and the time that the entry tells, if any."""

    fault: Fault
    line: int
    seq: int | None = None
    at: str = ""


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What an export says of itself, and what is wrong with it.

    Attributes:
        station: its code.
        entries, heads: how many there are.
        first, last: numbers of the first and the last entry, 0 where there is none.
        fingerprint: SHA-256 (hex) of the certificate in the file, to be compared with the station's; "" where none is.
        findings: the first one is where it begins to be wrong.
    """

    station: str
    entries: int
    heads: int
    first: int
    last: int
    fingerprint: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Exporter:
    """Who exports, and how the file is signed."""

    station: str
    by: str
    at: datetime
    certificate: x509.Certificate
    sign: Callable[[bytes], bytes]


def export(entries: Sequence[AuditEntry], heads: Iterable[AuditHead], previous: bytes, exporter: Exporter) -> bytes:
    """The file.

    Args:
        entries: without gaps, oldest first.
        heads: those over one of these entries are taken.
        previous: the hash of the entry before the first one; `GENESIS` where there is none.
        exporter: see there.

    Raises:
        ValueError: the entries have a gap.
    """
    if any(after.seq != before.seq + 1 for before, after in pairwise(entries)):
        raise ValueError("an export has no gaps")
    numbers = {each.seq for each in entries}
    header = {
        "kind": "header",
        "format": FORMAT,
        "station": exporter.station,
        "exported_at": moment(exporter.at),
        "exported_by": exporter.by,
        "first": entries[0].seq if entries else 0,
        "count": len(entries),
        "previous": previous.hex(),
    }
    parts = {
        "header": _line(header),
        "entries": b"".join(_line(_of_entry(each)) for each in entries),
        "heads": b"".join(_line(_of_head(each)) for each in heads if each.seq in numbers),
    }
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}
    trailer = _trailer(sums, exporter.certificate.public_bytes(Encoding.DER), exporter.sign(_signed(sums)))
    return b"".join(parts[name] for name in PARTS) + _line(trailer)


def check(data: bytes, station: x509.Certificate | None = None) -> ExportReport:
    """Everything that can be said of an export offline.

    Args:
        data: the file.
        station: the trusted certificate; None = the one in the file, whose fingerprint is then for a person to compare.
    """
    lines = data.split(b"\n")
    ended, lines = lines[-1] == b"", lines[:-1] if lines[-1] == b"" else lines
    header, trailer = _read(lines[0]) if lines else None, _read(lines[-1]) if lines else None
    if header is None or header.get("format") != FORMAT:
        return _no_report(Finding(Fault.NOT_ONE if trailer is None else Fault.HEADER_ALTERED, 1))
    last = len(lines)
    body = [(number, line, _read(line)) for number, line in enumerate(lines[1:], start=2)]
    if body and (trailer is None or trailer.get("kind") not in {"entry", "head"}):
        body.pop()
    heads_from = next((i for i, (_, __, read) in enumerate(body) if read and read.get("kind") == "head"), len(body))
    findings = _chain(body[:heads_from], header)
    certificate, sums = _certificate(trailer), _sums(trailer)
    signer = station or certificate
    signed = signer is not None and sums is not None and trailer is not None and _holds(signer, trailer, sums)
    if signer is not None and (signed or station is not None):  # else nothing in the file says who signed the heads
        findings += _heads(body[heads_from:], signer)
    if signed and sums is not None:
        findings += _sums_differ(lines, body, heads_from, sums, {each.fault for each in findings})
    if station is not None and certificate is not None and certificate != station:
        findings.append(Finding(Fault.OTHER_STATION, last))
    elif not signed or not ended or certificate is None:
        findings.append(Finding(Fault.SIGNATURE_ALTERED, last))
    numbers = [read["seq"] for _, __, read in body[:heads_from] if read and isinstance(read.get("seq"), int)]
    return ExportReport(
        station=str(header.get("station", "")),
        entries=heads_from,
        heads=len(body) - heads_from,
        first=numbers[0] if numbers else 0,
        last=numbers[-1] if numbers else 0,
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex() if certificate is not None else "",
        findings=tuple(sorted(findings, key=lambda each: each.line)),
    )


# -- writing


def _line(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode("ascii") + b"\n"


def _of_entry(entry: AuditEntry) -> dict[str, Any]:
    return {
        "kind": "entry",
        "seq": entry.seq,
        "at": moment(entry.at),
        "action": entry.action,
        "by": entry.by,
        "visit_id": entry.visit_id,
        "facts": dict(entry.facts),
        "hash": entry.hash.hex(),
    }


def _of_head(head: AuditHead) -> dict[str, Any]:
    signature = base64.b64encode(head.signature).decode()
    return {"kind": "head", "seq": head.seq, "hash": head.hash.hex(), "at": moment(head.at), "signature": signature}


def _trailer(sums: Mapping[str, str], certificate: bytes, signature: bytes) -> dict[str, Any]:
    return {
        "kind": "signature",
        "sums": dict(sums),
        "algorithm": "ecdsa-sha256",
        "certificate": base64.b64encode(certificate).decode(),
        "signature": base64.b64encode(signature).decode(),
    }


def _signed(sums: Mapping[str, str]) -> bytes:
    return f"{FORMAT}\n".encode() + b"".join(f"{name} {sums[name]}\n".encode() for name in PARTS)


# -- reading


Numbered = tuple[int, bytes, dict[str, Any] | None]
"""A line's number, its bytes, and what it says; None where it is not in the one form."""


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        fields = json.loads(line.decode("ascii"))
        return fields if isinstance(fields, dict) and _line(fields) == line + b"\n" else None
    except ValueError:
        return None


def _chain(body: Sequence[Numbered], header: Mapping[str, Any]) -> list[Finding]:
    """The first place where the entries are not what was written; what follows it cannot be judged."""
    previous, expected = _hex(header.get("previous")), header.get("first")
    count = header.get("count")
    seqs = {read["seq"] for _, __, read in body if read and isinstance(read.get("seq"), int)}
    for number, _, read in body:
        entry = _entry(read)
        if entry is None:
            return [Finding(Fault.UNREADABLE, number, expected if isinstance(expected, int) else None)]
        if entry.seq != expected:
            gone = expected not in seqs
            told = expected if gone and isinstance(expected, int) else entry.seq
            return [Finding(Fault.MISSING if gone else Fault.MOVED, number, told, "" if gone else moment(entry.at))]
        line = canonical(entry.seq, entry.at, entry.action, by=entry.by, visit_id=entry.visit_id, facts=entry.facts)
        if previous is None or link(previous, line) != entry.hash:
            return [Finding(Fault.ALTERED, number, entry.seq, moment(entry.at))]
        previous, expected = entry.hash, entry.seq + 1
    if len(body) != count:
        after = body[-1][0] + 1 if body else 2
        return [Finding(Fault.MISSING, after, expected if isinstance(expected, int) else None)]
    return []


def _heads(body: Sequence[Numbered], signer: x509.Certificate) -> list[Finding]:
    """Heads that are not as the station signed them."""
    found, key = [], signer.public_key()
    for number, _, read in body:
        told = dict(read or {})
        try:
            assert isinstance(key, ec.EllipticCurvePublicKey)
            at, digest = datetime.fromisoformat(told["at"]), bytes.fromhex(told["hash"])
            signed = AuditHead(told["seq"], digest, at, base64.b64decode(told["signature"], validate=True))
            assert _of_head(signed) == told
            key.verify(signed.signature, statement(signed.seq, digest, at), ec.ECDSA(hashes.SHA256()))
        except (AssertionError, KeyError, TypeError, ValueError, InvalidSignature):
            seq = told.get("seq")
            found.append(Finding(Fault.HEAD_ALTERED, number, seq if isinstance(seq, int) else None))
    return found


def _sums_differ(
    lines: Sequence[bytes], body: Sequence[Numbered], heads_from: int, sums: Mapping[str, str], known: set[Fault]
) -> list[Finding]:
    """What neither the chain nor a head's signature tells: the header, and whatever was taken out or put in whole."""
    found = []
    if hashlib.sha256(lines[0] + b"\n").hexdigest() != sums["header"]:
        found.append(Finding(Fault.HEADER_ALTERED, 1))
    entries = b"".join(line + b"\n" for _, line, __ in body[:heads_from])
    if hashlib.sha256(entries).hexdigest() != sums["entries"] and not known and not found:
        found.append(Finding(Fault.ALTERED, 2))  # rewritten from some entry on, with a chain of its own
    first_head = body[heads_from][0] if heads_from < len(body) else len(lines)
    heads = b"".join(line + b"\n" for _, line, __ in body[heads_from:])
    if hashlib.sha256(heads).hexdigest() != sums["heads"] and Fault.HEAD_ALTERED not in known:
        found.append(Finding(Fault.HEAD_ALTERED, first_head))
    return found


def _entry(read: Mapping[str, Any] | None) -> AuditEntry | None:
    """What a line says; None where it is no entry, or not in the one form (a hash in capitals, a time elsewhere)."""
    try:
        told = dict(read or {})
        at, digest = datetime.fromisoformat(told["at"]), bytes.fromhex(told["hash"])
        entry = AuditEntry(told["seq"], at, told["action"], told["by"], told["visit_id"], told["facts"], digest)
        return entry if type(told["seq"]) is int and _of_entry(entry) == told else None
    except (KeyError, TypeError, ValueError):
        return None


def _certificate(trailer: Mapping[str, Any] | None) -> x509.Certificate | None:
    """Of the station, which signed it itself: so any changed byte of it shows."""
    try:
        data = base64.b64decode((trailer or {})["certificate"], validate=True)
        certificate = x509.load_der_x509_certificate(data)
        certificate.verify_directly_issued_by(certificate)
        return certificate if certificate.public_bytes(Encoding.DER) == data else None
    except (KeyError, TypeError, ValueError, InvalidSignature, UnsupportedAlgorithm):
        return None


def _sums(trailer: Mapping[str, Any] | None) -> dict[str, str] | None:
    sums = (trailer or {}).get("sums")
    return sums if isinstance(sums, dict) and set(sums) == set(PARTS) else None


def _holds(signer: x509.Certificate, trailer: Mapping[str, Any], sums: Mapping[str, str]) -> bool:
    """Whether the last line is the signer's, to the byte."""
    key = signer.public_key()
    try:
        assert isinstance(key, ec.EllipticCurvePublicKey)
        signature = base64.b64decode(trailer["signature"], validate=True)
        assert dict(trailer) == _trailer(sums, base64.b64decode(trailer["certificate"], validate=True), signature)
        key.verify(signature, _signed(sums), ec.ECDSA(hashes.SHA256()))
    except (AssertionError, KeyError, TypeError, ValueError, InvalidSignature):
        return False
    return True


def _hex(value: object) -> bytes | None:
    try:
        return bytes.fromhex(value) if isinstance(value, str) and len(value) == 2 * len(GENESIS) else None
    except ValueError:
        return None


def _no_report(finding: Finding) -> ExportReport:
    return ExportReport("", 0, 0, 0, 0, "", (finding,))
