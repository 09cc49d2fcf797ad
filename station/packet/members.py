"""The record's own words: the members of a packet that are JSON."""

from __future__ import annotations

from typing import Any

from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.samples import (
    CaptureSource,
    CardSeen,
    ExceptionPortrait,
    FingerAttempt,
    FurtherScore,
    Likeness,
    PortraitAttempt,
    QualityScore,
    SignatureSample,
    SlapAttempt,
)
from station.packet.contents import (
    AUDIT,
    BIODATA,
    RECORDING,
    SCHEMA_VERSION,
    SCREENING,
    PacketInput,
    canonical,
    moment,
)


def texts(packet: PacketInput) -> dict[str, bytes]:
    """The members that are JSON, by name."""
    return {
        BIODATA: canonical(_biodata(packet.enrollment)),
        SCREENING: canonical(_screening(packet.enrollment)),
        RECORDING: canonical(_recording(packet)),
        AUDIT: packet.audit_extract,
    }


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
            "card": _card(identified.card, identified.by),
        },
        "corrected": [
            {
                "at": moment(each.at),
                "by": each.by,
                "second_officer": each.second,
                "confirmed_warnings": list(each.confirmed),
                "reason": each.reason,
            }
            for each in enrollment.entries
            if isinstance(each, h.Corrected)
        ],
    }


def _card(card: CardSeen | None, by: str) -> dict[str, Any] | None:
    """The KTP-el that the applicant brought: the number of its chip, by which a card can be told from its successor."""
    if card is None:
        return None
    return {"uid": card.uid, "at": moment(card.read_at), "by": by, "source": _source(card.source)}


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
                "source": item.source,
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
        "positions": [_position(each) for each in enrollment.entries if isinstance(each, h.Positioned)],
        "station": {
            "id": packet.station.id,
            "office": packet.station.office,
            "software": packet.station.software,
            "keys": packet.station.keys,
        },
        "portrait": {
            "accepted": enrollment.accepted_portrait,
            "approval": _approval(enrollment),
            "attempts": [_portrait(attempt) for attempt in enrollment.portraits],
            "with_hands": [_with_hands(portrait) for portrait in enrollment.exception_portraits],
        },
        "fingerprints": {
            "used": {
                str(int(f.attempt.position)): f.attempt.number
                for f in sorted(packet.fingers, key=lambda f: f.attempt.position)
            },
            "attempts": [_finger(attempt) for attempt in enrollment.fingers],
            "slaps": [_slap(attempt) for attempt in enrollment.slaps],
            "likenesses": [_likeness(each, enrollment) for each in _likenesses(enrollment)],
            "thrown_out": [{"position": int(p), "number": n} for p, n in sorted(enrollment.thrown_out)],
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
        "signature": {
            "attempts": [_signature(sample) for sample in enrollment.signatures],
            "mark": _mark(enrollment.mark),
        },
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
        else {
            "at": moment(approved.at),
            "by": approved.by,
            "automatic": approved.automatic,
            "by_code": approved.by_code,
            "entered_by": approved.entered_by,
        },
        "approval_asked": [
            {"reason": e.reason, "by": e.by, "at": moment(e.at)}
            for e in enrollment.entries
            if isinstance(e, h.ApprovalAsked)
        ],
        "forced": [
            {"number": e.number, "by": e.forced_by, "reason": e.reason, "at": moment(e.at)}
            for e in enrollment.entries
            if isinstance(e, h.PortraitForced)
        ],
        "more_portraits": [
            {"by": e.granted_by, "reason": e.reason, "at": moment(e.at)}
            for e in enrollment.entries
            if isinstance(e, h.MorePortraits)
        ],
        "returned": [
            {"step": e.step.value, "reason": e.reason, "by": e.by, "at": moment(e.at)}
            for e in enrollment.entries
            if isinstance(e, h.Returned)
        ],
    }


def _position(entry: h.Positioned) -> dict[str, Any]:
    """Where the station stood; without a fix there is no place, and a word for why."""
    fix = entry.position
    return {
        "at": moment(entry.at),
        "missing": entry.missing,
        "fix": None
        if fix is None
        else {
            "latitude": fix.latitude,
            "longitude": fix.longitude,
            "receiver_at": moment(fix.receiver_at),
            "station_ahead_s": fix.station_ahead_s,
            "satellites": fix.satellites,
            "wire": fix.wire,
            "quality": fix.quality,
            "hdop": fix.hdop,
            "source": _source(fix.source),
        },
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
        "accepted": attempt.accepted.value if attempt.accepted else None,
        "eyes": None if attempt.eyes is None else {"right": list(attempt.eyes[0]), "left": list(attempt.eyes[1])},
        "face": _box(attempt.face),
        "crop": _box(attempt.crop),
        "backdrop": attempt.backdrop,
        "checks": [{"name": each.name, "value": each.value, "score": each.score} for each in attempt.checks],
        "burst": attempt.burst,
        "replaced_background": None
        if attempt.replaced is None
        else {"colour": attempt.replaced.colour, "method": attempt.replaced.method},
    }


def _box(box: tuple[int, int, int, int] | None) -> dict[str, int] | None:
    return None if box is None else dict(zip(("left", "top", "width", "height"), box, strict=True))


def _approval(enrollment: Enrollment) -> dict[str, Any] | None:
    """The applicant's, of the portrait that is sealed: how, when, and which officer was there."""
    given = [entry for entry in enrollment.entries if isinstance(entry, h.PortraitAccepted)]
    if not given:
        return None
    last, attempt = given[-1], enrollment.accepted()
    shown = "original" if attempt is None or attempt.replaced is None else "replaced_background"
    return {"how": last.accepted.value, "shown": shown, "at": moment(last.at), "officer": last.by}


def _with_hands(portrait: ExceptionPortrait) -> dict[str, Any]:
    return {
        "number": portrait.number,
        "width": portrait.width,
        "height": portrait.height,
        "taken_at": moment(portrait.taken_at),
        "source": _source(portrait.source),
        "fingers": [int(position) for position in portrait.fingers],
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
        "undersized": attempt.undersized,
        "coarse": attempt.coarse,
        "slap": attempt.slap,
        "further": [_score(each) for each in attempt.further],
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


def _likenesses(enrollment: Enrollment) -> list[Likeness]:
    """All that were found, decided or not."""
    return [entry.likeness for entry in enrollment.entries if isinstance(entry, h.LikenessFound)]


def _likeness(found: Likeness, enrollment: Enrollment) -> dict[str, Any]:
    pair = (found.position, found.number, found.other, found.other_number)
    settled = next(
        (
            entry
            for entry in enrollment.entries
            if isinstance(entry, h.LikenessSettled)
            and (entry.position, entry.number, entry.other, entry.other_number) == pair
        ),
        None,
    )
    return {
        "position": int(found.position),
        "number": found.number,
        "other": int(found.other),
        "other_number": found.other_number,
        "score": found.score,
        "algorithm": found.algorithm,
        "reliable": found.reliable,
        "verdict": None
        if settled is None
        else {
            "is": settled.verdict.value,
            "reason": settled.reason,
            "by": settled.by,
            "at": moment(settled.at),
        },
    }


def _signature(sample: SignatureSample) -> dict[str, Any]:
    return {
        "number": sample.number,
        "points": sample.points,
        "duration_ms": sample.duration_ms,
        "taken_at": moment(sample.taken_at),
        "source": _source(sample.source),
    }


def _mark(thumb: FingerAttempt | None) -> dict[str, Any] | None:
    """What stands for the signature of whoever cannot sign: which print, by its place among the attempts."""
    return None if thumb is None else {"kind": "thumbprint", "position": int(thumb.position), "number": thumb.number}


def _source(source: CaptureSource) -> dict[str, Any]:
    return {
        "slot": source.slot,
        "maker": source.maker,
        "model": source.model,
        "serial": source.serial,
        "firmware": source.firmware,
        "simulated": source.simulated,
    }


def _score(score: QualityScore | FurtherScore) -> dict[str, Any]:
    """An algorithm that failed has null."""
    return {"algorithm": score.algorithm, "value": score.value}
