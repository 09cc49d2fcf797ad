"""What goes into a packet: the encoded captures and the record's own words, as named bytes.

Takes values and bytes, gives bytes: no store, no pixels, no clock. The NIK stands here in full, since the packet is
encrypted before it touches a disk; no temperature or other reading ever does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from devices.positions import FingerPosition
from station.domain.enrollment import Enrollment
from station.domain.samples import (
    ExceptionPortrait,
    FingerAttempt,
    PortraitAttempt,
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
SIGNATURE_SVG: Final = "signature.svg"
FINGERS_ISO: Final = "fingerprints.iso19794-4"
REPLACED: Final = "portrait-background-replaced"
"""A derivative: what the camera saw is the face in the ANSI/NIST-ITL file. The coding's suffix follows."""
HANDS: Final = "exception-portrait"
"""Face and hands; the suffix follows."""
JP2_MARK: Final = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
JPEG_MARK: Final = b"\xff\xd8\xff"

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
        keys: what guards the station's keys at rest, by the vault's name.
    """

    id: str
    office: str
    destination: str
    software: str
    keys: str = ""


@dataclass(frozen=True, slots=True)
class EncodedFace:
    """The accepted portrait as JPEG 2000 or JPEG.

    Attributes:
        image: the pass photo, of what the camera saw.
        width: of the encoded picture, pixels.
        height: likewise.
        crop: left, top, width and height of the pass photo in the original, pixels.
        replaced: the pass photo with another background, where the applicant approved that; in no other place than a
            member of its own.
    """

    attempt: PortraitAttempt
    image: bytes = field(repr=False)
    width: int
    height: int
    crop: tuple[int, int, int, int]
    replaced: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class EncodedHands:
    """The picture with both hands, whole, as JPEG 2000 or JPEG."""

    portrait: ExceptionPortrait
    image: bytes = field(repr=False)


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
    """The last signature: the record as ISO/IEC 19794-7, and two pictures of it in its own size."""

    sample: SignatureSample
    iso: bytes = field(repr=False)
    png: bytes = field(repr=False)
    svg: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PacketInput:
    """Everything that a packet is made of.

    Attributes:
        enrollment: approved and about to be sealed.
        fingers: one for every finger that is not excepted, in any order.
        signature: None where the applicant could not sign.
        audit_extract: JSON, the audit trail of this visit.
        sealed_at: aware, in the office's own zone: the ANSI/NIST-ITL file tells dates in it.
        hands: None where no finger is missing, or no such picture was taken.
        finger_record: the same fingers as an ISO/IEC 19794-4:2011 record, where the centre wants one.
        slaps: pictures from which some of `fingers` were cut, in any order; they may be left out.
    """

    enrollment: Enrollment
    station: StationIdentity
    face: EncodedFace
    fingers: tuple[EncodedFinger, ...]
    signature: EncodedSignature | None
    audit_extract: bytes = field(repr=False)
    sealed_at: datetime
    hands: EncodedHands | None = None
    slaps: tuple[EncodedSlap, ...] = ()
    finger_record: bytes | None = field(default=None, repr=False)


def picture_name(stem: str, image: bytes) -> str:
    """Of a member that is a portrait, by the picture's own first bytes.

    Raises:
        ValueError: neither JPEG 2000 nor JPEG.
    """
    if image.startswith(JP2_MARK):
        return f"{stem}.jp2"
    if image.startswith(JPEG_MARK):
        return f"{stem}.jpg"
    raise ValueError("a portrait is JPEG 2000 or JPEG")


def canonical(value: Mapping[str, Any]) -> bytes:
    """JSON whose bytes depend on the value alone: UTF-8, sorted keys, one line (indenting costs tenfold)."""
    return (json.dumps(value, ensure_ascii=False, sort_keys=True) + "\n").encode()


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
    if (packet.face.attempt.replaced is None) is not (packet.face.replaced is None):
        raise RuleError("packet.incomplete", "replaced background")
    if (packet.hands.portrait if packet.hands else None) != enrollment.exception_portrait():
        raise RuleError("packet.incomplete", "picture with hands")
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
