"""What was captured, as facts. Pixels and ink rest encrypted elsewhere; here stands the id under which.

Every attempt is kept until sealing; the best is chosen, not the last.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from devices.positions import FingerPosition

FAP_10_MM: Final = (12.7, 16.5)
"""Least width and height of a single finger's platen: FAP 10, 0.5 x 0.65 inch."""
FULL_BITS: Final = 8


def _refuse_infinite(value: float) -> None:
    if not math.isfinite(value):
        raise ValueError("a score is a finite number")


@dataclass(frozen=True, slots=True)
class CaptureSource:
    """Which device it came from, and whether the other end was a simulator."""

    slot: str
    maker: str
    model: str
    serial: str
    firmware: str
    simulated: bool


UID_SIZES: Final = frozenset({4, 7, 10})
"""ISO/IEC 14443-3: single, double, triple."""


@dataclass(frozen=True, slots=True)
class CardSeen:
    """A KTP-el that lay on the reader. Its chip's number and nothing else of it; `repr` hides that.

    Attributes:
        uid: 4, 7 or 10 bytes in hexadecimal, in capitals, never shortened.
        read_at: when, UTC.
        source: the reader.

    Raises:
        ValueError: no such number.
    """

    uid: str = field(repr=False)
    read_at: datetime
    source: CaptureSource

    def __post_init__(self) -> None:
        try:
            raw = bytes.fromhex(self.uid)
        except ValueError:
            raise ValueError("a card's number is hexadecimal") from None
        if len(raw) not in UID_SIZES or raw.hex().upper() != self.uid:
            raise ValueError("a card's number has 4, 7 or 10 bytes")

    @property
    def masked(self) -> str:
        """Its last four digits, which screens show."""
        return f"••••{self.uid[-4:]}"


@dataclass(frozen=True, slots=True)
class QualityScore:
    """A figure and the algorithm that gave it; scores of different algorithms are never compared.

    Raises:
        ValueError: no finite number: an algorithm that failed has no score.
    """

    algorithm: str
    value: float

    def __post_init__(self) -> None:
        _refuse_infinite(self.value)


@dataclass(frozen=True, slots=True)
class FurtherScore:
    """What one more algorithm said; it decides nothing. None where it failed, which is not a score of 0.

    Raises:
        ValueError: neither None nor a finite number.
    """

    algorithm: str
    value: float | None

    def __post_init__(self) -> None:
        if self.value is not None:
            _refuse_infinite(self.value)


class Accepted(StrEnum):
    """How the applicant approved a portrait."""

    ON_SCREEN = "on_screen"
    """They pressed on their own screen."""
    TOLD = "told"
    """They said so to the officer, who pressed for them."""


WARNINGS_ONLY: Final = frozenset({"portrait.background_colour"})
"""Hints that warn and are recorded, and that need no supervisor: whoever is recorded where there is no cloth of that
colour must be recorded all the same."""


@dataclass(frozen=True, slots=True)
class CheckFigure:
    """What one check of the guidance measured, and what it makes of it, 0 to 100."""

    name: str
    value: float
    score: float


@dataclass(frozen=True, slots=True)
class ReplacedBackground:
    """A pass photo whose background was replaced: made from the original, which stays.

    Attributes:
        blob_id: where it rests, encrypted.
        colour: of the new background, `#rrggbb`.
        method: what cut the person out.
    """

    blob_id: str
    colour: str
    method: str


@dataclass(frozen=True, slots=True)
class PortraitAttempt:
    """One portrait: the best picture of a burst.

    Attributes:
        number: from 1, in the order taken.
        blob_id: where the lossless original rests, encrypted.
        eyes: pixel positions ((x, y) of the subject's right eye, then left), or None where none were found.
        hints: codes of the checks that failed.
        forced_by: the supervisor who let it pass in spite of them, or "".
        accepted_at: when the applicant accepted it, or None.
        accepted: how they did, or None.
        face: left, top, width and height of the face in pixels, brow to chin, or None where none was found.
        crop: left, top, width and height of the pass photo in pixels; None in records made before it was kept.
        backdrop: colour of the cloth that the rules want, "" in records made before it was kept.
        checks: what was measured.
        burst: out of how many pictures it was chosen.
        replaced: its pass photo with another background, which the applicant was shown instead; None as a rule.
    """

    number: int
    blob_id: str
    width: int
    height: int
    taken_at: datetime
    source: CaptureSource
    quality: tuple[QualityScore, ...]
    eyes: tuple[tuple[float, float], tuple[float, float]] | None = field(repr=False)
    hints: tuple[str, ...] = ()
    forced_by: str = ""
    accepted_at: datetime | None = None
    accepted: Accepted | None = None
    face: tuple[int, int, int, int] | None = field(default=None, repr=False)
    crop: tuple[int, int, int, int] | None = field(default=None, repr=False)
    backdrop: str = ""
    checks: tuple[CheckFigure, ...] = field(default=(), repr=False)
    burst: int = 1
    replaced: ReplacedBackground | None = None

    @property
    def needs_force(self) -> bool:
        """Whether a supervisor must sign before it can be accepted."""
        return bool(set(self.hints) - WARNINGS_ONLY) and not self.forced_by


@dataclass(frozen=True, slots=True)
class ExceptionPortrait:
    """The applicant with both hands in the picture, where fingers are missing from the record.

    Attributes:
        number: from 1, in the order taken; the last one counts.
        blob_id: where the lossless picture rests, encrypted.
        fingers: that were excepted when it was taken.
    """

    number: int
    blob_id: str
    width: int
    height: int
    taken_at: datetime
    source: CaptureSource
    fingers: tuple[FingerPosition, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class FingerAttempt:
    """One plain impression of one finger.

    Attributes:
        source_bits: grey depth on the wire.
        reasons: codes of what lowered its score.
        wanted: score of that algorithm from which one attempt at this finger is enough; None in records made before it
            was kept.
        slap: number of the slap that it was cut from, 0 where it was taken alone.
        further: scores of other algorithms that the station has.
    """

    position: FingerPosition
    number: int
    blob_id: str
    width: int
    height: int
    dpi: int
    source_bits: int
    taken_at: datetime
    source: CaptureSource
    quality: QualityScore
    reasons: tuple[str, ...] = ()
    forced_by: str = ""
    wanted: float | None = None
    slap: int = 0
    further: tuple[FurtherScore, ...] = ()

    @property
    def undersized(self) -> bool:
        """Whether the platen was smaller than FAP 10 asks for, 12.7 x 16.5 mm; a slap's is large enough."""
        width_mm, height_mm = 25.4 * self.width / self.dpi, 25.4 * self.height / self.dpi
        return not self.slap and (width_mm < FAP_10_MM[0] or height_mm < FAP_10_MM[1])

    @property
    def coarse(self) -> bool:
        """Whether it came with fewer grey levels than 8 bits a pixel."""
        return self.source_bits < FULL_BITS


@dataclass(frozen=True, slots=True)
class SlapSegment:
    """Where in a slap one finger lies, pixels; right and bottom lie outside."""

    position: FingerPosition
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class SlapAttempt:
    """Several fingers in one picture, from which each one was cut."""

    number: int
    blob_id: str
    width: int
    height: int
    dpi: int
    source_bits: int
    taken_at: datetime
    source: CaptureSource
    segments: tuple[SlapSegment, ...]


@dataclass(frozen=True, slots=True)
class Likeness:
    """A print that looks like one of another finger: the same finger twice, or hands swapped.

    Attributes:
        position, number: the attempt that was taken later.
        other, other_number: the attempt that it resembles.
        score: the matcher's, of `algorithm`.
        reliable: False where a print is so small that the likeness is only worth a warning.

    Raises:
        ValueError: a score that is no finite number.
    """

    position: FingerPosition
    number: int
    other: FingerPosition
    other_number: int
    score: float
    algorithm: str
    reliable: bool

    def __post_init__(self) -> None:
        _refuse_infinite(self.score)


class LikenessVerdict(StrEnum):
    """What the officer says of a likeness."""

    DIFFERENT = "different"
    """They are two fingers: both prints stay."""
    RETAKE = "retake"
    """The later print is thrown out, and its finger taken again."""
    RETAKE_OTHER = "retake_other"
    """The earlier one is."""


class ExceptionCode(StrEnum):
    """Why a print cannot be taken: ANSI/NIST-ITL field 14.018 (AMP)."""

    AMPUTATED_PARTIAL = "XX"
    UNABLE_TO_PRINT = "UP"
    SCARRED = "SR"


@dataclass(frozen=True, slots=True)
class FingerException:
    """One finger that is not taken, declared before capture by an officer and confirmed by a second one."""

    position: FingerPosition
    code: ExceptionCode
    reason: str = field(repr=False)
    permanent: bool
    declared_by: str
    confirmed_by: str
    declared_at: datetime
    return_on: date | None = None
    """Of a passing injury: the day from which the finger should be taken after all."""


@dataclass(frozen=True, slots=True)
class SignatureSample:
    """One signature: strokes rest encrypted as ISO/IEC 19794-7 under `blob_id`."""

    number: int
    blob_id: str
    points: int
    duration_ms: int
    taken_at: datetime
    source: CaptureSource


@dataclass(frozen=True, slots=True)
class Position:
    """Where the station stood, as satellites told it. Its repr tells no place: it may be the applicant's own door.

    Attributes:
        latitude, longitude: degrees, north and east positive, WGS 84; never both 0, which is what receivers say
            without a fix.
        receiver_at: the receiver's own time, UTC.
        station_ahead_s: seconds by which the station's clock was ahead of it; negative where it was behind.
        satellites: how many were used; None where the source does not tell.
        wire: what it was told in, `nmea` or `gpsd`.
        quality: how it was measured.
        hdop: horizontal dilution of precision; None where the source does not tell.
        source: which receiver.

    Raises:
        ValueError: no place on earth, or both 0.
    """

    latitude: float = field(repr=False)
    longitude: float = field(repr=False)
    receiver_at: datetime
    station_ahead_s: float
    satellites: int | None
    wire: str
    quality: str
    hdop: float | None
    source: CaptureSource

    def __post_init__(self) -> None:
        on_earth = -90 <= self.latitude <= 90 and -180 <= self.longitude <= 180  # false for "not a number" too
        if not on_earth or (self.latitude == 0 and self.longitude == 0):
            raise ValueError("no place")


class NotCapturedReason(StrEnum):
    """Why a modality is missing altogether."""

    NO_DEVICE = "no_device"
    UNABLE_TO_SIGN = "unable_to_sign"


@dataclass(frozen=True, slots=True)
class NotCaptured:
    """A modality that belongs to a full recording and is missing, with the reason, and who confirmed it if anyone."""

    modality: str
    reason: NotCapturedReason
    confirmed_by: str = ""


IRISES_NOT_CAPTURED = NotCaptured("iris", NotCapturedReason.NO_DEVICE)
