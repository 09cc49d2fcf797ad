"""The captures as one ANSI/NIST-ITL 1-2011 (update 2015) file: Type-1, a Type-10 face, a Type-14 for every finger.

A finger that was not taken is a Type-14 record too, without an image but with field 14.018 saying why. Slaps follow the
fingers that were cut from them, one Type-14 each with its segments. No name and no NIK stands in this file: the
transaction is known by the receipt's number.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from nistitl import AsciiRecord, Message

from devices.positions import LEFT_FOUR, RIGHT_FOUR, THUMBS, FingerPosition
from station.domain.samples import (
    CaptureSource,
    FingerAttempt,
    FingerException,
    FurtherScore,
    QualityScore,
    SlapAttempt,
    SlapSegment,
)
from station.packet.contents import EncodedFace, EncodedFinger, EncodedSlap, PacketInput, picture_name

Score = QualityScore | FurtherScore

VERSION: Final = "0502"
"""Of the standard: 1-2011, update 2015."""
TRANSACTION: Final = "KTPE"
"""Type of transaction. Four characters, the limit of readers that know the standard of 2000 only."""
DOMAIN: Final = ("KTPEL", "1.0")
FACE_IDC: Final = 1
FIRST_FINGER_IDC: Final = 2
"""Identification number of the right thumb's record; the other fingers follow in the standard's order."""
FIRST_SLAP_IDC: Final = FIRST_FINGER_IDC + len(FingerPosition)
SLAPS: Final = {13: RIGHT_FOUR, 14: LEFT_FOUR, 15: THUMBS}
"""Fingers of one picture, by the picture's own position (table 8)."""
LIVE_SCAN_PLAIN: Final = "0"
PIXELS_PER_INCH: Final = "1"
NO_UNITS: Final = "0"
SAP_UNKNOWN: Final = "0"
"""Subject acquisition profile: what a webcam gives is claimed to be none."""
_CODECS: Final = ((b"\xff\xa0", "WSQ20"), (b"\x89PNG", "PNG"))
VENDOR_UNREPORTED: Final = "0000"
"""Our quality figures come from no registered vendor; the algorithm's name stands in the comment."""
OUR_QUALITY: Final = "1"
NFIQ_2: Final = "2"
"""Numbers of algorithms, as we give them: figures of two algorithms must not look alike. NFIQ 2 has registered numbers,
but other ones with each of its versions, and which version is installed is not known here."""
NFIQ_ALGORITHM: Final = "nfiq"
NFIQ_2_ALGORITHM: Final = "nfiq2"
"""Names in `QualityScore`: of the first NFIQ, which has a field of its own (14.022), and of its successor."""
NO_SCORE_TRIED: Final = "254"
NO_SCORE: Final = "255"
"""Written for a figure that nobody asked for, and for one that the algorithm could not give: never 0, which is one."""
SMALLEST_IN: Final = (0.5, 0.65)
"""Width and height of the smallest single-finger platen that the standard's profiles know (FAP 10), inches."""
FULL_BITS: Final = 8
FRONTAL: Final = "F"
NOT_FRONTAL: Final = frozenset({"portrait.no_face", "portrait.eyes_unseen", "portrait.turned"})
"""Hints with which no pose is claimed: how far a head is turned, nobody has measured."""
DIGITAL_VIDEO: Final = "DIGITAL VIDEO"
"""Source of the photograph: one frame of a digital video camera."""
MPEG_4: Final = "1"
RIGHT_EYE, LEFT_EYE = "12.2", "12.1"
"""Eye centres among the feature points of MPEG-4, the person's own right and left; measured at the irises."""
PORTRAIT_QUALITY: Final = "3"
"""Number of our guidance's score."""
SIMULATED: Final = "SIMULATED"
"""First word of the comment of every record that came from a simulator."""


def transaction(packet: PacketInput) -> bytes:
    """The whole file, for a packet that was found complete."""
    message = Message()
    head, enrollment, at = message[0], packet.enrollment, packet.sealed_at
    number = enrollment.receipt.receipt_number if enrollment.receipt else enrollment.number
    head.VER = VERSION
    head.TOT = TRANSACTION
    head.DAT = _day(at)
    head.DAI = _text(packet.station.destination)
    head.ORI = _text(packet.station.id)
    head.TCN = _text(number)
    head.DOM = [list(DOMAIN)]
    head.GMT = f"{at.astimezone(UTC):%Y%m%d%H%M%S}Z"
    message += _face(packet, packet.face)
    taken = {finger.attempt.position: finger for finger in packet.fingers}
    for position in FingerPosition:
        exception = enrollment.exception(position)
        message += _finger(packet, taken[position]) if exception is None else _missing(packet, exception)
    slaps = sorted(packet.slaps, key=lambda slap: (_slap_position(slap.attempt), slap.attempt.number))
    for idc, slap in enumerate(slaps, FIRST_SLAP_IDC):
        message += _slap(packet, slap, idc)
    written: bytes = message.NIST
    return written


def _face(packet: PacketInput, face: EncodedFace) -> AsciiRecord:
    record, attempt = AsciiRecord(10), face.attempt
    record.IDC = FACE_IDC
    record.IMT = "FACE"
    record.SRC = _text(packet.station.id)
    record.PHD = _day(attempt.taken_at.astimezone(packet.sealed_at.tzinfo))
    record.HLL, record.VLL = str(face.width), str(face.height)
    record.SLC = NO_UNITS
    record.THPS = record.TVPS = "1"  # pixel aspect ratio, where there is no scale
    record.CGA, record.CSP = _face_coding(face.image)
    record.SAP = SAP_UNKNOWN
    if not NOT_FRONTAL & set(attempt.hints):
        record.POS = FRONTAL
    record.PAS = DIGITAL_VIDEO
    if attempt.quality:
        record.SQS = [[_figure(each, 0, 100), VENDOR_UNREPORTED, PORTRAIT_QUALITY] for each in attempt.quality[:1]]
    points = _eyes(face)
    if points:
        record.FFP = points
    record.COM = _comment(attempt.source, attempt.quality)
    record.MMS = [_maker(attempt.source)]
    record.DATA = face.image
    return record


def _face_coding(image: bytes) -> tuple[str, str]:
    """Fields 10.011 and 10.012. Raises ValueError: neither JPEG 2000 nor JPEG."""
    return ("JP2", "SRGB") if picture_name("", image) == ".jp2" else ("JPEGB", "SYCC")


def _eyes(face: EncodedFace) -> list[list[str]]:
    """Field 10.029: the eyes as they lie in the encoded picture; none where one of them would lie outside."""
    if face.attempt.eyes is None:
        return []
    left, top, wide, high = face.crop
    points = []
    for code, (x, y) in zip((RIGHT_EYE, LEFT_EYE), face.attempt.eyes, strict=True):
        across, down = round((x - left) * face.width / wide), round((y - top) * face.height / high)
        if not (0 <= across < face.width and 0 <= down < face.height):
            return []
        points.append([MPEG_4, code, str(across), str(down)])
    return points


def _finger(packet: PacketInput, finger: EncodedFinger) -> AsciiRecord:
    attempt = finger.attempt
    record = _fourteen(packet, _idc(attempt.position), attempt.position, attempt.taken_at)
    _add_image(record, attempt, finger.image)
    scores: tuple[Score, ...] = (attempt.quality, *attempt.further)
    record.COM = _comment(attempt.source, scores, _marks(attempt))
    _add_quality(record, [(attempt.position, score) for score in scores])
    return record


def _missing(packet: PacketInput, exception: FingerException) -> AsciiRecord:
    """The reason in words stays out: it may tell of an illness, and recording.json has it."""
    record = _fourteen(packet, _idc(exception.position), exception.position, exception.declared_at)
    record.AMP = [_amputated(exception)]
    return record


def _slap(packet: PacketInput, slap: EncodedSlap, idc: int) -> AsciiRecord:
    """Its quality is that of the attempts cut from it; how sure the segmentation is, nobody has measured."""
    attempt, enrollment = slap.attempt, packet.enrollment
    position = _slap_position(attempt)
    segments = sorted(attempt.segments, key=lambda segment: segment.position)
    record = _fourteen(packet, idc, position, attempt.taken_at)
    _add_image(record, attempt, slap.image)
    excepted = [enrollment.exception(each) for each in SLAPS[position]]
    missing = [_amputated(each) for each in excepted if each is not None]
    if missing:
        record.AMP = missing
    record.COM = _comment(attempt.source, (), _depth(attempt))
    record.SEG = [_segment(each, attempt) for each in segments]
    record.SQM = [[str(int(each.position)), NO_SCORE_TRIED, VENDOR_UNREPORTED, OUR_QUALITY] for each in segments]
    cut = {each.position: each.quality for each in enrollment.fingers if each.slap == attempt.number}
    _add_quality(record, [(each.position, cut.get(each.position)) for each in segments])
    return record


def _slap_position(attempt: SlapAttempt) -> int:
    """Position 13, 14 or 15.

    Raises:
        ValueError: no segment, a finger twice, or fingers that do not lie in one picture.
    """
    fingers = [segment.position for segment in attempt.segments]
    found = [position for position, group in SLAPS.items() if fingers and set(fingers) <= set(group)]
    if not found or len(set(fingers)) != len(fingers):
        raise ValueError("a slap has the segments of one group, each finger once")
    return found[0]


def _segment(segment: SlapSegment, attempt: SlapAttempt) -> list[str]:
    """Finger, left, right, top, bottom. The standard's right and bottom are the last column and line inside.

    Raises:
        ValueError: outside the picture, or less than two pixels wide or high.
    """
    left, right, top, bottom = segment.left, segment.right - 1, segment.top, segment.bottom - 1
    if not (0 <= left < right < attempt.width and 0 <= top < bottom < attempt.height):
        raise ValueError("a segment that does not lie in its slap")
    return [str(int(each)) for each in (segment.position, left, right, top, bottom)]


def _amputated(exception: FingerException) -> list[str]:
    return [str(int(exception.position)), exception.code.value]


def _add_image(record: AsciiRecord, attempt: FingerAttempt | SlapAttempt, image: bytes) -> None:
    record.HLL, record.VLL = str(attempt.width), str(attempt.height)
    record.SLC = PIXELS_PER_INCH
    record.THPS = record.TVPS = str(attempt.dpi)
    record.CGA = _codec(image)
    record.BPX = "8"
    record.MMS = [_maker(attempt.source)]
    record.DATA = image


def _add_quality(record: AsciiRecord, judged: Iterable[tuple[FingerPosition, Score | None]]) -> None:
    """Field 14.022 for what the first NFIQ said, 14.024 for what any other algorithm said."""
    first, others = [], []
    for position, score in judged:
        if score is not None and score.algorithm == NFIQ_ALGORITHM:
            first.append([str(int(position)), _figure(score, 1, 5)])
        else:
            product = NFIQ_2 if score is not None and score.algorithm == NFIQ_2_ALGORITHM else OUR_QUALITY
            figure = NO_SCORE_TRIED if score is None else _figure(score, 0, 100)
            others.append([str(int(position)), figure, VENDOR_UNREPORTED, product])
    if first:
        record.NQM = first
    if others:
        record.FQM = others


def _figure(score: Score, lowest: int, highest: int) -> str:
    """A whole number within the algorithm's range; anything else means that the algorithm failed."""
    rounded = None if score.value is None else round(score.value)
    return NO_SCORE if rounded is None or not lowest <= rounded <= highest else str(rounded)


def _idc(position: FingerPosition) -> int:
    return FIRST_FINGER_IDC + position - FingerPosition.RIGHT_THUMB


def _fourteen(packet: PacketInput, idc: int, position: int, at: datetime) -> AsciiRecord:
    record = AsciiRecord(14)
    record.IDC = idc
    record.IMP = LIVE_SCAN_PLAIN
    record.SRC = _text(packet.station.id)
    record.FCD = _day(at.astimezone(packet.sealed_at.tzinfo))
    record.FGP = str(int(position))
    return record


def _marks(attempt: FingerAttempt) -> str:
    """What a reader cannot tell from the pixels: few grey levels, a platen too small. A finger of a slap had room."""
    small = attempt.width < SMALLEST_IN[0] * attempt.dpi or attempt.height < SMALLEST_IN[1] * attempt.dpi
    undersized = "undersized" if small and not attempt.slap else ""
    return "; ".join(word for word in (_depth(attempt), undersized) if word)


def _depth(attempt: FingerAttempt | SlapAttempt) -> str:
    return f"{attempt.source_bits}-bit source" if attempt.source_bits < FULL_BITS else ""


def _comment(source: CaptureSource, quality: Sequence[Score], marks: str = "") -> str:
    scores = ", ".join(
        f"{score.algorithm} {'failed' if score.value is None else f'{score.value:g}'}" for score in quality
    )
    words = (SIMULATED if source.simulated else "", marks, f"quality: {scores}" if scores else "")
    return _text("; ".join(word for word in words if word) or "live", 126)


def _codec(image: bytes) -> str:
    """Field 14.011, told from the picture's own first bytes.

    Raises:
        ValueError: neither WSQ nor PNG.
    """
    found = next((name for mark, name in _CODECS if image.startswith(mark)), None)
    if found is None:
        raise ValueError("a print is WSQ or PNG")
    return found


def _maker(source: CaptureSource) -> list[str]:
    """Field 904: make, model, serial; "0" says unreported."""
    return [_text(word, 50) if word else "0" for word in (source.maker, source.model, source.serial)]


def _day(at: datetime) -> str:
    return f"{at:%Y%m%d}"


def _text(words: str, longest: int = 36) -> str:
    """Printable ASCII alone, since the standard's separators are control characters; never empty."""
    kept = "".join(c if " " <= c <= "~" else "?" for c in words).strip()
    return kept[:longest] or "0"
