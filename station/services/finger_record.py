"""The fingers of a packet once more, as one ISO/IEC 19794-4:2011 record, for centres without ANSI/NIST-ITL."""

from __future__ import annotations

from collections.abc import Iterable

from station.biometrics.finger_iso import Coding, Quality, Representation, encode
from station.biometrics.images import decode_png
from station.domain.samples import FingerAttempt
from station.packet.contents import EncodedFinger
from station.packet.nist import NFIQ_2, NFIQ_2_ALGORITHM, OUR_QUALITY, Score

_PNG = b"\x89PNG"
NO_VENDOR = 0
"""Our figures come from no registered vendor; recording.json names the algorithms."""


def finger_record(fingers: Iterable[EncodedFinger]) -> bytes | None:
    """One representation a finger, in the standard's order; WSQ as it is, what WSQ would lose as raw pixels.

    None where there is no finger: the format knows no empty record.
    """
    ordered = sorted(fingers, key=lambda each: each.attempt.position)
    return encode([_representation(each) for each in ordered]) if ordered else None


def _representation(finger: EncodedFinger) -> Representation:
    attempt, raw = finger.attempt, finger.image.startswith(_PNG)
    return Representation(
        position=int(attempt.position),
        captured_at=attempt.taken_at,
        coding=Coding.RAW if raw else Coding.WSQ,
        image=decode_png(finger.image).tobytes() if raw else finger.image,
        width=attempt.width,
        height=attempt.height,
        sampling=(attempt.dpi, attempt.dpi),
        qualities=_qualities(attempt),
    )


def _qualities(attempt: FingerAttempt) -> tuple[Quality, ...]:
    scores: tuple[Score, ...] = (attempt.quality, *attempt.further)
    return tuple(
        Quality(
            None if score.value is None else round(score.value),
            NO_VENDOR,
            int(NFIQ_2 if score.algorithm == NFIQ_2_ALGORITHM else OUR_QUALITY),
        )
        for score in scores
    )
