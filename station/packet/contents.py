"""What goes into a packet: the encoded captures and the record's own words, as named bytes.

Takes values and bytes, gives bytes: no store, no pixels, no clock. The NIK stands here in full, since the packet is
encrypted before it touches a disk; no temperature or other reading ever does.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from devices.positions import FingerPosition
from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.samples import (
    CaptureSource,
    FingerAttempt,
    PortraitAttempt,
    QualityScore,
    SignatureSample,
    SlapAttempt,
)
from station.errors import RuleError

BIOMETRICS: Final = "biometrics.an2"
BIODATA: Final = "biodata.json"
SCREENING: Final = "screening.json"
RECORDING: Final = "recording.json"
AUDIT: Final = "audit.json"
SIGNATURE_ISO: Final = "signature.iso19794-7"
SIGNATURE_PNG: Final = "signature.png"

SCHEMA_VERSION: Final = 1
"""Of the JSON members; a field is only ever added under the same number."""


@dataclass(frozen=True, slots=True)
class StationIdentity:
    """Who made the packet.

    Attributes:
        id: the station's own, up to 32 printable ASCII characters; the originating agency of the ANSI/NIST-ITL file.
        office: the civil registry office it belongs to, in words.
        destination: the data centre, as the ANSI/NIST-ITL file names it.
        software: program and version.
    """

    id: str
    office: str
    destination: str
    software: str


@dataclass(frozen=True, slots=True)
class EncodedFace:
    """The accepted portrait as JPEG 2000; `width` and `height` are those of the encoded picture, in pixels."""

    attempt: PortraitAttempt
    jp2: bytes = field(repr=False)
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class EncodedFinger:
    """The best impression of one finger as WSQ or PNG, of the attempt's own width and height."""

    attempt: FingerAttempt
    image: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class EncodedSlap:
    """A picture from which several fingers were cut, as WSQ or PNG, of the attempt's own width and height."""

    attempt: SlapAttempt
    image: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class EncodedSignature:
    """The last signature, as ISO/IEC 19794-7 and as a picture."""

    sample: SignatureSample
    iso: bytes = field(repr=False)
    png: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PacketInput:
    """Everything that a packet is made of.

    Attributes:
        enrollment: approved and about to be sealed.
        fingers: one for every finger that is not excepted, in any order.
        signature: None where the applicant could not sign.
        audit_extract: JSON, the audit trail of this visit.
        sealed_at: aware, in the office's own zone: the ANSI/NIST-ITL file tells dates in it.
        slaps: pictures from which some of `fingers` were cut, in any order; they may be left out.
    """

    enrollment: Enrollment
    station: StationIdentity
    face: EncodedFace
    fingers: tuple[EncodedFinger, ...]
    signature: EncodedSignature | None
    audit_extract: bytes = field(repr=False)
    sealed_at: datetime
    slaps: tuple[EncodedSlap, ...] = ()


def texts(packet: PacketInput) -> dict[str, bytes]:
    """The members that are JSON, by name."""
    return {
        BIODATA: canonical(_biodata(packet.enrollment)),
        SCREENING: canonical(_screening(packet.enrollment)),
        RECORDING: canonical(_recording(packet)),
        AUDIT: packet.audit_extract,
    }


def canonical(value: Mapping[str, Any]) -> bytes:
    """JSON whose bytes depend on the value alone: UTF-8, sorted keys, two spaces, a line feed at the end."""
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def check_whole(packet: PacketInput) -> None:
    """Whether what is to be sealed is what was recorded.

    Raises:
        RuleError: `packet.incomplete`, a capture is missing, or one is there that the record does not know.
    """
    enrollment = packet.enrollment
    if enrollment.applicant is None or enrollment.cleared is None:
        raise RuleError("packet.incomplete", "biodata or screening")
    if packet.face.attempt != enrollment.accepted():
        raise RuleError("packet.incomplete", "portrait")
    wanted = {p: enrollment.best(p) for p in FingerPosition if enrollment.exception(p) is None}
    given = {finger.attempt.position: finger.attempt for finger in packet.fingers}
    if wanted != given or len(given) != len(packet.fingers):
        raise RuleError("packet.incomplete", "fingerprints")
    used = {attempt.slap for attempt in given.values()}
    known = [slap for slap in enrollment.slaps if slap.number in used]
    slaps = [each.attempt for each in packet.slaps]
    if any(slap not in known for slap in slaps) or len({slap.number for slap in slaps}) != len(slaps):
        raise RuleError("packet.incomplete", "slaps")
    signed = enrollment.signatures[-1] if enrollment.signatures and enrollment.signature_missing is None else None
    if (packet.signature.sample if packet.signature else None) != signed:
        raise RuleError("packet.incomplete", "signature")
    if signed is None and enrollment.signature_missing is None:
        raise RuleError("packet.incomplete", "signature")


def moment(at: datetime) -> str:
    """A time as all JSON members write it: ISO 8601, UTC."""
    return at.astimezone(UTC).isoformat()


def _biodata(enrollment: Enrollment) -> dict[str, Any]:
    applicant, identified = enrollment.applicant, enrollment.identified
    assert applicant is not None
    assert identified is not None
    address = applicant.address
    return {
        "schema": SCHEMA_VERSION,
        "nik": applicant.nik.digits,
        "family_card": applicant.family_card,
        "name": applicant.name,
        "birth_place": applicant.birth_place,
        "birth_date": applicant.birth_date.isoformat(),
        "sex": applicant.sex.value,
        "address": {
            "street": address.street,
            "rt": address.rt,
            "rw": address.rw,
            "village": address.village,
            "district": address.district,
            "regency": address.regency,
            "province": address.province,
        },
        "religion": applicant.religion,
        "marital_status": applicant.marital_status,
        "occupation": applicant.occupation,
        "blood_type": applicant.blood_type,
        "citizenship": applicant.citizenship.value,
        "identified": {
            "at": moment(identified.at),
            "by": identified.by,
            "read_back": True,
            "ever_recorded": identified.ever_recorded.value,
            "confirmed_warnings": list(identified.confirmed),
            "reason": identified.reason,
        },
    }


def _screening(enrollment: Enrollment) -> dict[str, Any]:
    """Every clearance that was given, oldest first: a parked or sent-back visit has several."""
    return {
        "schema": SCHEMA_VERSION,
        "clearances": [_cleared(entry) for entry in enrollment.entries if isinstance(entry, h.Cleared)],
    }


def _cleared(entry: h.Cleared) -> dict[str, Any]:
    return {
        "verdict": "cleared",
        "at": moment(entry.at),
        "by": entry.by,
        "expires_at": moment(entry.expires_at),
        "urgent_reason": entry.reason,
        "approver": entry.approver,
        "protocol": {"id": entry.protocol.id, "version": entry.protocol.version, "sha256": entry.protocol.sha256},
        "decision": {
            "by": list(entry.decided_by),
            "at": moment(entry.decided_at),
            "reason": entry.decision_reason,
        },
        "items": [
            {
                "id": item.item_id,
                "about": item.about,
                "answered_at": moment(item.answered_at),
                "answered_by": item.answered_by,
            }
            for item in entry.items
        ],
    }


def _recording(packet: PacketInput) -> dict[str, Any]:
    enrollment = packet.enrollment
    receipt, approved = enrollment.receipt, enrollment.approved
    return {
        "schema": SCHEMA_VERSION,
        "visit": enrollment.visit_id,
        "number": enrollment.number,
        "plan": [state.value for state in enrollment.plan],
        "simulated": enrollment.simulated,
        "sealed_at": moment(packet.sealed_at),
        "station": {
            "id": packet.station.id,
            "office": packet.station.office,
            "software": packet.station.software,
        },
        "portrait": {
            "accepted": enrollment.accepted_portrait,
            "attempts": [_portrait(attempt) for attempt in enrollment.portraits],
        },
        "fingerprints": {
            "used": {
                str(int(f.attempt.position)): f.attempt.number
                for f in sorted(packet.fingers, key=lambda f: f.attempt.position)
            },
            "attempts": [_finger(attempt) for attempt in enrollment.fingers],
            "slaps": [_slap(attempt) for attempt in enrollment.slaps],
            "exceptions": [
                {
                    "position": int(each.position),
                    "code": each.code.value,
                    "reason": each.reason,
                    "permanent": each.permanent,
                    "declared_by": each.declared_by,
                    "confirmed_by": each.confirmed_by,
                    "declared_at": moment(each.declared_at),
                    "return_on": each.return_on.isoformat() if each.return_on else None,
                }
                for each in enrollment.exceptions
            ],
        },
        "signature": {"attempts": [_signature(sample) for sample in enrollment.signatures]},
        "not_captured": [
            {"modality": each.modality, "reason": each.reason.value, "confirmed_by": each.confirmed_by}
            for each in enrollment.not_captured
        ],
        "receipt": None
        if receipt is None
        else {
            "number": receipt.receipt_number,
            "issued_at": moment(receipt.at),
            "by": receipt.by,
            "ready_from": moment(receipt.promise.ready_from),
            "place": receipt.promise.place,
        },
        "approval": None
        if approved is None
        else {"at": moment(approved.at), "by": approved.by, "automatic": approved.automatic},
        "forced": [
            {"number": e.number, "by": e.forced_by, "reason": e.reason, "at": moment(e.at)}
            for e in enrollment.entries
            if isinstance(e, h.PortraitForced)
        ],
        "returned": [
            {"step": e.step.value, "reason": e.reason, "by": e.by, "at": moment(e.at)}
            for e in enrollment.entries
            if isinstance(e, h.Returned)
        ],
    }


def _portrait(attempt: PortraitAttempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "width": attempt.width,
        "height": attempt.height,
        "taken_at": moment(attempt.taken_at),
        "source": _source(attempt.source),
        "quality": [_score(score) for score in attempt.quality],
        "hints": list(attempt.hints),
        "forced_by": attempt.forced_by,
        "accepted_at": moment(attempt.accepted_at) if attempt.accepted_at else None,
    }


def _finger(attempt: FingerAttempt) -> dict[str, Any]:
    return {
        "position": int(attempt.position),
        "number": attempt.number,
        "width": attempt.width,
        "height": attempt.height,
        "dpi": attempt.dpi,
        "source_bits": attempt.source_bits,
        "taken_at": moment(attempt.taken_at),
        "source": _source(attempt.source),
        "quality": _score(attempt.quality),
        "reasons": list(attempt.reasons),
        "forced_by": attempt.forced_by,
        "wanted": attempt.wanted,
        "slap": attempt.slap,
    }


def _slap(attempt: SlapAttempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "width": attempt.width,
        "height": attempt.height,
        "dpi": attempt.dpi,
        "source_bits": attempt.source_bits,
        "taken_at": moment(attempt.taken_at),
        "source": _source(attempt.source),
        "segments": [
            {
                "position": int(each.position),
                "left": each.left,
                "top": each.top,
                "right": each.right,
                "bottom": each.bottom,
            }
            for each in attempt.segments
        ],
    }


def _signature(sample: SignatureSample) -> dict[str, Any]:
    return {
        "number": sample.number,
        "points": sample.points,
        "duration_ms": sample.duration_ms,
        "taken_at": moment(sample.taken_at),
        "source": _source(sample.source),
    }


def _source(source: CaptureSource) -> dict[str, Any]:
    return {
        "slot": source.slot,
        "maker": source.maker,
        "model": source.model,
        "serial": source.serial,
        "firmware": source.firmware,
        "simulated": source.simulated,
    }


def _score(score: QualityScore) -> dict[str, Any]:
    """JSON has no word for what is no number: an algorithm that failed has null."""
    return {"algorithm": score.algorithm, "value": score.value if math.isfinite(score.value) else None}
