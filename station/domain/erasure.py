"""Why a record is destroyed for good. The bare number and the audit trail stay."""

from __future__ import annotations

from enum import StrEnum


class ErasureReason(StrEnum):
    """Codes, since the reason stays in the audit trail for ever."""

    SUBJECT_REQUEST = "subject_request"
    """The person asked for it, and no duty stands against it."""
    WRONG_PERSON = "wrong_person"
    RECORDED_TWICE = "recorded_twice"
    ORDERED = "ordered"
    """By a court, or by the authority for personal data."""
    RETENTION = "retention"
    """Its time has come; the station does this by itself, nobody chooses it."""


BY_PEOPLE = tuple(each for each in ErasureReason if each is not ErasureReason.RETENTION)
"""What a supervisor may choose."""
