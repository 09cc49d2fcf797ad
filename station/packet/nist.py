"""The captures as one ANSI/NIST-ITL 1-2011 (update 2015) file: Type-1, a Type-10 face, a Type-14 for every finger.

A finger that was not taken is a Type-14 record too, without an image but with field 14.018 saying why. No name and no
NIK stands in this file: the transaction is known by the receipt's number.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from nistitl import AsciiRecord, Message

from devices.positions import FingerPosition
from station.domain.samples import CaptureSource, FingerException, QualityScore
from station.packet.contents import EncodedFace, EncodedFinger, PacketInput

VERSION: Final = "0502"
"""Of the standard: 1-2011, update 2015."""
TRANSACTION: Final = "KTPE"
"""Type of transaction. Four characters, the limit of readers that know the standard of 2000 only."""
DOMAIN: Final = ("KTPEL", "1.0")
FACE_IDC: Final = 1
FIRST_FINGER_IDC: Final = 2
"""Identification number of the right thumb's record; the other fingers follow in the standard's order."""
LIVE_SCAN_PLAIN: Final = "0"
PIXELS_PER_INCH: Final = "1"
NO_UNITS: Final = "0"
SAP_UNKNOWN: Final = "0"
"""Subject acquisition profile: what a webcam gives is claimed to be none."""
_CODECS: Final = ((b"\xff\xa0", "WSQ20"), (b"\x89PNG", "PNG"))
VENDOR_UNREPORTED: Final = "0000"
"""Our quality figures come from no registered vendor; the algorithm's name stands in the comment."""
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
    record.CGA = "JP2"
    record.CSP = "SRGB"
    record.SAP = SAP_UNKNOWN
    record.POS = "F"
    record.COM = _comment(attempt.source, attempt.quality)
    record.MMS = [_maker(attempt.source)]
    record.DATA = face.jp2
    return record


def _finger(packet: PacketInput, finger: EncodedFinger) -> AsciiRecord:
    attempt = finger.attempt
    record = _fourteen(packet, attempt.position, attempt.taken_at)
    record.HLL, record.VLL = str(attempt.width), str(attempt.height)
    record.SLC = PIXELS_PER_INCH
    record.THPS = record.TVPS = str(attempt.dpi)
    record.CGA = _codec(finger.image)
    record.BPX = "8"
    record.COM = _comment(attempt.source, (attempt.quality,))
    score = str(round(min(100.0, max(0.0, attempt.quality.value))))
    record.FQM = [[str(int(attempt.position)), score, VENDOR_UNREPORTED, "1"]]
    record.MMS = [_maker(attempt.source)]
    record.DATA = finger.image
    return record


def _missing(packet: PacketInput, exception: FingerException) -> AsciiRecord:
    """The reason in words stays out: it may tell of an illness, and recording.json has it."""
    record = _fourteen(packet, exception.position, exception.declared_at)
    record.AMP = [[str(int(exception.position)), exception.code.value]]
    return record


def _fourteen(packet: PacketInput, position: FingerPosition, at: datetime) -> AsciiRecord:
    record = AsciiRecord(14)
    record.IDC = FIRST_FINGER_IDC + position - FingerPosition.RIGHT_THUMB
    record.IMP = LIVE_SCAN_PLAIN
    record.SRC = _text(packet.station.id)
    record.FCD = _day(at.astimezone(packet.sealed_at.tzinfo))
    record.FGP = str(int(position))
    return record


def _comment(source: CaptureSource, quality: tuple[QualityScore, ...]) -> str:
    scores = ", ".join(f"{score.algorithm} {score.value:g}" for score in quality)
    words = (SIMULATED if source.simulated else "", f"quality: {scores}" if scores else "")
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
