"""What happens to a recording, as facts that are only ever added: the aggregate is what they amount to.

Each entry is written once, in the transaction of the step that it tells of, and never changed. Every class here is part
of the stored format: a new fact is a new class, a new field has a default.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from devices.positions import FingerPosition
from protocols.clearance import ProtocolRef
from station.domain.applicant import Applicant
from station.domain.promise import Promise
from station.domain.samples import (
    Accepted,
    CardSeen,
    ExceptionPortrait,
    FingerAttempt,
    FingerException,
    Likeness,
    LikenessVerdict,
    NotCaptured,
    PortraitAttempt,
    Position,
    SignatureSample,
    SlapAttempt,
)
from station.domain.step import State


class EverRecorded(StrEnum):
    """Answer to "have you ever been recorded anywhere?"; a second recording ends as a duplicate at the centre."""

    NO = "no"
    YES = "yes"
    UNSURE = "unsure"


class EndReason(StrEnum):
    """Why a visit was cancelled."""

    APPLICANT_LEFT = "applicant_left"
    WRONG_PERSON = "wrong_person"
    ALREADY_RECORDED = "already_recorded"
    ENTERED_BY_MISTAKE = "entered_by_mistake"


class ParkReason(StrEnum):
    """Why a visit waits."""

    SECOND_READING = "second_reading"
    APPROVER_ABSENT = "approver_absent"
    OFFICER_CHANGE = "officer_change"
    DEVICE_BROKEN = "device_broken"
    ANOTHER_DAY = "another_day"


class DeferralReason(StrEnum):
    """Why the applicant comes back on another day."""

    NOT_URGENT = "not_urgent"
    APPLICANT_FEVER = "applicant_fever"
    OFFICER_UNFIT = "officer_unfit"
    TOO_YOUNG = "too_young"
    OTHER_RULE = "other_rule"


class OldCard(StrEnum):
    """What became of the card that the person had before."""

    TAKEN_BACK = "taken_back"
    NOT_TAKEN_BACK = "not_taken_back"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ScreenedItem:
    """One item of the checklist that had passed: what, about whom, when answered and by whom; never the reading.

    `about` is `visit`, `officer`, or the slot of a device; `source` of a temperature the thermometer's slot, which
    tells a measured one from one that was read by eye and typed, "" of other items and in records of before.
    """

    item_id: str
    about: str
    answered_at: datetime
    answered_by: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Wall time (UTC) and the officer who did it."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Entry):
    """A visit began; `number` is what the applicant is called by."""

    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified(Entry):
    """Biodata were read back aloud and confirmed by the applicant.

    Attributes:
        confirmed: codes of the warnings that the officer looked at and let stand.
        reason: why they stand; never empty where there are any.
        card: the KTP-el that the applicant brought, None where none was laid on the reader.
    """

    applicant: Applicant
    ever_recorded: EverRecorded
    confirmed: tuple[str, ...] = ()
    reason: str = ""
    card: CardSeen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected(Entry):
    """Biodata were put right at the review, before two officers; what stood there before stays in the history.

    Attributes:
        applicant: as it is now.
        confirmed: codes of the warnings that the officers looked at and let stand.
        reason: why; never empty.
        second: the other officer.
    """

    applicant: Applicant
    reason: str
    second: str
    confirmed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Positioned(Entry):
    """Where the station stood, by its receiver, beside what else was done then; `at` is the station's clock.

    Attributes:
        position: None where the receiver had none.
        missing: why it had none, a code; "" where there is one.
    """

    position: Position | None
    missing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared(Entry):
    """Screening passed. From SCREENING it moves on; in a capture step it renews a leave that had ended.

    Attributes:
        protocol: the text by which it was judged.
        decided_by: the two officers who put that text in force; `decided_at` and `decision_reason` likewise.
        expires_at: when the clearance ended at the latest.
        approver: the officer who approved the urgency, "" where the protocol asks for none.
        reason: coded urgent reason, "" where the protocol asks for none.
    """

    protocol: ProtocolRef
    decided_by: tuple[str, str]
    decided_at: datetime
    decision_reason: str
    items: tuple[ScreenedItem, ...]
    expires_at: datetime
    approver: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortraitTaken(Entry):
    """One portrait was taken and kept."""

    attempt: PortraitAttempt


@dataclass(frozen=True, slots=True, kw_only=True)
class PortraitForced(Entry):
    """A supervisor let a portrait pass in spite of its hints."""

    number: int
    forced_by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MorePortraits(Entry):
    """A supervisor let as many portraits be taken again: the applicant approved none of those that there are."""

    granted_by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PortraitAccepted(Entry):
    """The applicant saw this portrait and approved it (letter 400.8.1.2/13999 of 11 October 2024).

    Attributes:
        accepted: how; entries made before it was kept came from stations with one screen, the officer's.
    """

    number: int
    accepted: Accepted = Accepted.TOLD


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionPortraitTaken(Entry):
    """The applicant was photographed with both hands, since fingers are missing."""

    portrait: ExceptionPortrait


@dataclass(frozen=True, slots=True, kw_only=True)
class FingerTaken(Entry):
    """One impression was taken and kept."""

    attempt: FingerAttempt


@dataclass(frozen=True, slots=True, kw_only=True)
class SlapTaken(Entry):
    """Several fingers were taken in one picture; their own attempts follow."""

    attempt: SlapAttempt


@dataclass(frozen=True, slots=True, kw_only=True)
class LikenessFound(Entry):
    """Two prints look like one finger."""

    likeness: Likeness


@dataclass(frozen=True, slots=True, kw_only=True)
class LikenessSettled(Entry):
    """An officer has looked at both and decided."""

    position: FingerPosition
    number: int
    other: FingerPosition
    other_number: int
    verdict: LikenessVerdict
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FingerExcepted(Entry):
    """A finger is not taken, as two officers saw."""

    exception: FingerException


@dataclass(frozen=True, slots=True, kw_only=True)
class FingerExceptionWithdrawn(Entry):
    """The exception was a mistake; the finger is taken after all."""

    position: FingerPosition


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureTaken(Entry):
    """One signature was taken and kept."""

    sample: SignatureSample


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureNotCaptured(Entry):
    """The applicant cannot sign, as two officers saw."""

    reason: NotCaptured


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinished(Entry):
    """A capture step is done; the next of the plan begins."""

    step: State


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRedone(Entry):
    """At the review one step is to be done over; what it gave is kept, and new attempts are added."""

    step: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed(Entry):
    """The applicant and the officer looked at everything together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptIssued(Entry):
    """The receipt was made; the PDF rests encrypted under `blob_id`."""

    receipt_number: str
    blob_id: str
    promise: Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAsked(Entry):
    """No approver is here: one elsewhere is asked for a code that is good for the recording as it stands now."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved(Entry):
    """Ready to be sealed; `automatic` where the profile lets every complete recording pass.

    Attributes:
        by_code: whether `by` gave a code from afar and did not see the recording.
        entered_by: the officer who entered that code, "" where there was none.
    """

    automatic: bool
    by_code: bool = False
    entered_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned(Entry):
    """The approver sent it back: the applicant is screened again and `step` done over."""

    step: State
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed(Entry):
    """The packet is on disk, whole: its file's name and the SHA-256 (hex) of its bytes."""

    file_name: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver(Entry):
    """The card that was made from the recording was given to its person; nothing moves by it.

    Attributes:
        card: the new one, as it lay on the reader.
        receipt_shown: whether the person had the receipt.
        old_card: what became of the one before.
        supervisor: who signed too, where a card had been given for it before; "" for the first.
        reason: why another one was given; "" for the first.
    """

    card: CardSeen
    receipt_shown: bool
    old_card: OldCard
    supervisor: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked(Entry):
    """The visit waits."""

    reason: ParkReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(Entry):
    """The visit goes on, with screening."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred(Entry):
    """The applicant comes back; `rules` are the ids of the protocol's rules that held."""

    reason: DeferralReason
    proposed: date
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled(Entry):
    """The visit ended without a recording."""

    reason: EndReason


ENTRY_TYPES: tuple[type[Entry], ...] = (
    Opened,
    Positioned,
    Identified,
    Corrected,
    Cleared,
    PortraitTaken,
    PortraitForced,
    MorePortraits,
    PortraitAccepted,
    ExceptionPortraitTaken,
    FingerTaken,
    SlapTaken,
    LikenessFound,
    LikenessSettled,
    FingerExcepted,
    FingerExceptionWithdrawn,
    SignatureTaken,
    SignatureNotCaptured,
    StepFinished,
    StepRedone,
    Reviewed,
    ReceiptIssued,
    ApprovalAsked,
    Approved,
    Returned,
    Sealed,
    HandedOver,
    Parked,
    Resumed,
    Deferred,
    Cancelled,
)
"""Every kind of entry, for whoever stores them by name."""
