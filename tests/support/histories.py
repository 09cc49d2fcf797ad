"""Recordings for tests of the record: one made-up person, one example of every kind of entry, and whole histories."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import strategies as st

from devices.positions import FingerPosition
from protocols.clearance import ProtocolRef
from station.domain import history as h
from station.domain.applicant import Address, Applicant, Citizenship
from station.domain.enrollment import Enrollment
from station.domain.nik import Nik, Sex
from station.domain.promise import Promise
from station.domain.samples import (
    Accepted,
    CaptureSource,
    CardSeen,
    CheckFigure,
    ExceptionCode,
    ExceptionPortrait,
    FingerAttempt,
    FingerException,
    FurtherScore,
    Likeness,
    LikenessVerdict,
    NotCaptured,
    NotCapturedReason,
    PortraitAttempt,
    Position,
    QualityScore,
    ReplacedBackground,
    SignatureSample,
    SlapAttempt,
    SlapSegment,
)
from station.domain.step import CAPTURE_STATES, DEFAULT_PLAN, State

AT = datetime(2020, 4, 13, 2, 0, tzinfo=UTC)
TODAY = date(2020, 4, 13)
OFFICER, SECOND = "operator-1", "supervisor-1"
NAME = "WIDURI KARTIKANINGSIH"
SOURCE = CaptureSource("camera", "Maker", "Model", "S-1", "1.0", simulated=False)
SIMULATED = CaptureSource("fingerprint", "Maker", "Model", "S-2", "1.0", simulated=True)


def applicant(
    *,
    born: date = date(1995, 8, 17),
    marital_status: str = "1",
    citizenship: Citizenship = Citizenship.WNI,
    name: str = NAME,
) -> Applicant:
    """A woman of Bandung who does not exist."""
    return Applicant(
        nik=Nik.parse(f"327301{born.day + 40:02}{born.month:02}{born.year % 100:02}0001"),
        name=name,
        birth_place="BANDUNG",
        birth_date=born,
        sex=Sex.FEMALE,
        address=Address("JALAN CONTOH 1", "001", "002", "CITARUM", "BANDUNG WETAN", "KOTA BANDUNG", "JAWA BARAT"),
        religion="1",
        marital_status=marital_status,
        occupation="PELAJAR",
        blood_type="O",
        citizenship=citizenship,
    )


def portrait(number: int = 1, hints: tuple[str, ...] = (), source: CaptureSource = SOURCE) -> PortraitAttempt:
    """One portrait."""
    eyes = ((301.5, 400.25), (180.0, 399.75))
    return PortraitAttempt(number, f"blob-p{number}", 480, 640, AT, source, (QualityScore("focus", 71.5),), eyes, hints)


def finger(
    position: FingerPosition, number: int = 1, score: float = 80.0, source: CaptureSource = SOURCE
) -> FingerAttempt:
    """One impression."""
    quality = QualityScore("ridges", score)
    return FingerAttempt(position, number, f"blob-f{position}-{number}", 256, 288, 500, 4, AT, source, quality)


def exception(position: FingerPosition, *, declared_by: str = OFFICER, confirmed_by: str = SECOND) -> FingerException:
    """A finger that is not there."""
    return FingerException(position, ExceptionCode.AMPUTATED_PARTIAL, "accident", True, declared_by, confirmed_by, AT)


def with_hands(*fingers: FingerPosition, number: int = 1) -> ExceptionPortrait:
    """Face and hands in one picture."""
    return ExceptionPortrait(number, f"blob-h{number}", 1280, 720, AT, SOURCE, fingers)


def signature(number: int = 1) -> SignatureSample:
    """One signature."""
    return SignatureSample(number, f"blob-s{number}", 120, 1800, AT, SOURCE)


def identified(person: Applicant | None = None) -> h.Identified:
    """The person is who she says."""
    return h.Identified(applicant=person or applicant(), ever_recorded=h.EverRecorded.NO, at=AT, by=OFFICER)


def cleared() -> h.Cleared:
    """Screening passed."""
    return h.Cleared(
        protocol=ProtocolRef("emergency-2020", "1", "ab" * 32),
        decided_by=(OFFICER, SECOND),
        decided_at=AT,
        decision_reason="443.1/2978/Dukcapil",
        items=(
            h.ScreenedItem("applicant_hands", "visit", AT, OFFICER),
            h.ScreenedItem("device", "camera", AT, OFFICER),
        ),
        expires_at=AT + timedelta(minutes=30),
        approver=SECOND,
        reason="hospital",
        at=AT,
        by=OFFICER,
    )


def finished(step: State) -> h.StepFinished:
    """A step is done."""
    return h.StepFinished(step=step, at=AT, by=OFFICER)


def receipt(number: str = "R-1") -> h.ReceiptIssued:
    """The receipt, with its promise in the office's own zone."""
    ready = datetime(2020, 4, 14, 13, 0, tzinfo=timezone(timedelta(hours=7)))
    promise = Promise(ready, "Kantor Kecamatan", "13.00-15.00")
    return h.ReceiptIssued(receipt_number=number, blob_id="blob-receipt", promise=promise, at=AT, by=OFFICER)


def captured(plan: tuple[State, ...] = DEFAULT_PLAN) -> list[h.Entry]:
    """Everything between the clearance and the review, nothing left out."""
    steps: dict[State, list[h.Entry]] = {
        State.PORTRAIT: [
            h.PortraitTaken(attempt=portrait(), at=AT, by=OFFICER),
            h.PortraitAccepted(number=1, at=AT, by=OFFICER),
        ],
        State.FINGERPRINTS: [h.FingerTaken(attempt=finger(each), at=AT, by=OFFICER) for each in FingerPosition],
        State.SIGNATURE: [h.SignatureTaken(sample=signature(), at=AT, by=OFFICER)],
    }
    return [entry for step in plan for entry in (*steps[step], finished(step))]


def opened(number: str = "A-1") -> h.Opened:
    """The visit begins."""
    return h.Opened(number=number, at=AT, by=OFFICER)


RECEIVER = CaptureSource("positioning", "gpsd", "receiver", "port:1", "3.22", simulated=False)


def positioned() -> h.Positioned:
    """In the middle of Bandung; the station's clock is two seconds ahead."""
    fix = Position(-6.9147, 107.6098, AT - timedelta(seconds=2), 2.0, 9, "gpsd", "autonomous", 0.9, RECEIVER)
    return h.Positioned(position=fix, at=AT, by=OFFICER)


def to_review(plan: tuple[State, ...] = DEFAULT_PLAN) -> list[h.Entry]:
    """From the door to the review."""
    return [opened(), identified(), cleared(), *captured(plan)]


def to_seal() -> list[h.Entry]:
    """A whole recording."""
    return [
        *to_review(),
        h.Reviewed(at=AT, by=OFFICER),
        receipt(),
        h.Approved(automatic=False, at=AT, by=SECOND),
        h.Sealed(file_name="a1.ktpel", sha256="cd" * 32, at=AT, by=OFFICER),
    ]


def card(uid: str = "04A1B2C3D4E5F6") -> CardSeen:
    """A KTP-el on the reader."""
    return CardSeen(uid, AT, SOURCE)


def handed_over(uid: str = "04FFEEDDCCBBAA") -> h.HandedOver:
    """The new card was given."""
    return h.HandedOver(card=card(uid), receipt_shown=True, old_card=h.OldCard.TAKEN_BACK, at=AT, by=OFFICER)


def slap() -> SlapAttempt:
    """Two thumbs in one picture."""
    segments = (
        SlapSegment(FingerPosition.LEFT_THUMB, 100, 200, 350, 560),
        SlapSegment(FingerPosition.RIGHT_THUMB, 420, 190, 680, 570),
    )
    return SlapAttempt(1, "blob-slap", 800, 750, 500, 8, AT, SIMULATED, segments)


def likeness(
    position: FingerPosition = FingerPosition.LEFT_INDEX,
    other: FingerPosition = FingerPosition.RIGHT_INDEX,
    *,
    reliable: bool = True,
) -> Likeness:
    """The first prints of two fingers look alike."""
    return Likeness(position, 1, other, 1, 0.62, "test-1", reliable)


def settled(verdict: LikenessVerdict, found: Likeness | None = None) -> h.LikenessSettled:
    """An officer has decided."""
    each = found or likeness()
    return h.LikenessSettled(
        position=each.position,
        number=each.number,
        other=each.other,
        other_number=each.other_number,
        verdict=verdict,
        reason="seen side by side",
        at=AT,
        by=OFFICER,
    )


def corrected() -> h.Corrected:
    """A letter of the name was wrong."""
    applicant = replace(identified().applicant, name="CONTOH MELATTI")
    return h.Corrected(applicant=applicant, reason="akta", second=SECOND, at=AT, by=OFFICER)


def eventful() -> list[list[h.Entry]]:
    """Three histories in which every kind of entry happens at least once."""
    left = FingerPosition.LEFT_RING
    long = [
        opened(),
        positioned(),
        h.Parked(reason=h.ParkReason.SECOND_READING, at=AT, by=OFFICER),
        h.Resumed(at=AT, by=SECOND),
        identified(),
        cleared(),
        h.PortraitTaken(attempt=portrait(1, ("too_small",)), at=AT, by=OFFICER),
        h.PortraitForced(number=1, forced_by=SECOND, reason="scarf", at=AT, by=OFFICER),
        h.MorePortraits(granted_by=SECOND, reason="scarf", at=AT, by=OFFICER),
        h.PortraitAccepted(number=1, at=AT, by=OFFICER),
        finished(State.PORTRAIT),
        h.FingerExcepted(exception=exception(left), at=AT, by=OFFICER),
        h.ExceptionPortraitTaken(portrait=with_hands(), at=AT, by=OFFICER),
        h.FingerExceptionWithdrawn(position=left, at=AT, by=OFFICER),
        h.SlapTaken(attempt=slap(), at=AT, by=OFFICER),
        *[h.FingerTaken(attempt=finger(each, source=SIMULATED), at=AT, by=OFFICER) for each in FingerPosition],
        h.LikenessFound(likeness=likeness(), at=AT, by=OFFICER),
        settled(LikenessVerdict.DIFFERENT),
        finished(State.FINGERPRINTS),
        h.SignatureNotCaptured(
            reason=NotCaptured("signature", NotCapturedReason.UNABLE_TO_SIGN, SECOND), at=AT, by=OFFICER
        ),
        finished(State.SIGNATURE),
        h.StepRedone(step=State.SIGNATURE, at=AT, by=OFFICER),
        h.SignatureTaken(sample=signature(), at=AT, by=OFFICER),
        finished(State.SIGNATURE),
        corrected(),
        h.Reviewed(at=AT, by=OFFICER),
        receipt(),
        h.ApprovalAsked(reason="no supervisor in the van", at=AT, by=OFFICER),
        h.Returned(step=State.PORTRAIT, reason="eyes closed", at=AT, by=SECOND),
        cleared(),
        h.PortraitTaken(attempt=portrait(2), at=AT, by=OFFICER),
        h.PortraitAccepted(number=2, accepted=Accepted.ON_SCREEN, at=AT, by=OFFICER),
        finished(State.PORTRAIT),
    ]
    deferred = [
        opened("A-2"),
        h.Positioned(position=None, missing="searching", at=AT, by=OFFICER),
        identified(),
        h.Deferred(
            reason=h.DeferralReason.APPLICANT_FEVER, proposed=date(2020, 4, 27), rules=("fever",), at=AT, by=OFFICER
        ),
        h.Cancelled(reason=h.EndReason.APPLICANT_LEFT, at=AT, by=OFFICER),
    ]
    return [long, deferred, [*to_seal(), handed_over()]]


def folded(entries: list[h.Entry], plan: tuple[State, ...] = DEFAULT_PLAN) -> Enrollment:
    """What a history amounts to."""
    return Enrollment.of("visit-1", entries, plan)


def _hex(data: bytes) -> str:
    return data.hex().upper()


# -- any entry at all, for whoever writes and reads them back

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis wants bounds without a zone
NUMBERS = st.integers(0, 10**6)
FIGURES = st.floats(allow_nan=False, allow_infinity=False)
DAYS = st.dates(date(1900, 1, 1), date(2099, 1, 1))
SOURCES = st.builds(CaptureSource, TEXT, TEXT, TEXT, TEXT, TEXT, st.booleans())
SCORES = st.builds(QualityScore, TEXT, FIGURES)
POINTS = st.tuples(FIGURES, FIGURES)
BOXES = st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
NIKS = st.from_regex(r"[0-9]{12}[0-9]{3}[1-9]", fullmatch=True).map(Nik.parse)
APPLICANTS = st.builds(
    Applicant,
    nik=NIKS,
    name=TEXT,
    birth_place=TEXT,
    birth_date=DAYS,
    address=st.builds(Address, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT),
    religion=TEXT,
    marital_status=TEXT,
    occupation=TEXT,
    blood_type=TEXT,
    family_card=TEXT,
)
PORTRAITS = st.builds(
    PortraitAttempt,
    number=NUMBERS,
    blob_id=TEXT,
    width=NUMBERS,
    height=NUMBERS,
    taken_at=MOMENTS,
    source=SOURCES,
    quality=st.lists(SCORES, max_size=3).map(tuple),
    eyes=st.none() | st.tuples(POINTS, POINTS),
    hints=st.lists(TEXT, max_size=3).map(tuple),
    forced_by=TEXT,
    accepted_at=st.none() | MOMENTS,
    face=st.none() | BOXES,
    crop=st.none() | BOXES,
    backdrop=TEXT,
    checks=st.lists(st.builds(CheckFigure, TEXT, FIGURES, FIGURES), max_size=3).map(tuple),
    burst=NUMBERS,
    replaced=st.none() | st.builds(ReplacedBackground, TEXT, TEXT, TEXT),
)
FURTHER = st.lists(st.builds(FurtherScore, TEXT, st.none() | FIGURES), max_size=2).map(tuple)
FINGERS = st.builds(
    FingerAttempt,
    taken_at=MOMENTS,
    source=SOURCES,
    quality=SCORES,
    blob_id=TEXT,
    forced_by=TEXT,
    wanted=st.none() | FIGURES,
    further=FURTHER,
)
LIKENESSES = st.builds(Likeness, score=FIGURES, algorithm=TEXT)
EXCEPTIONS = st.builds(FingerException, reason=TEXT, declared_by=TEXT, confirmed_by=TEXT, declared_at=MOMENTS)
POSITIONS = st.builds(
    Position,
    latitude=st.floats(-90, 90),
    longitude=st.floats(-180, 180).filter(bool),
    receiver_at=MOMENTS,
    station_ahead_s=FIGURES,
    satellites=st.none() | NUMBERS,
    wire=TEXT,
    quality=TEXT,
    hdop=st.none() | FIGURES,
    source=SOURCES,
)
CARDS = st.builds(
    CardSeen,
    st.sampled_from((4, 7, 10)).flatmap(lambda n: st.binary(min_size=n, max_size=n)).map(_hex),
    MOMENTS,
    SOURCES,
)
PROMISES = st.builds(Promise, MOMENTS, TEXT, TEXT)
CLEARANCES = st.builds(
    h.Cleared,
    protocol=st.builds(ProtocolRef, TEXT, TEXT, TEXT),
    decided_by=st.tuples(TEXT, TEXT),
    decided_at=MOMENTS,
    decision_reason=TEXT,
    items=st.lists(st.builds(h.ScreenedItem, TEXT, TEXT, MOMENTS, TEXT), max_size=3).map(tuple),
    expires_at=MOMENTS,
    at=MOMENTS,
    by=TEXT,
)
_FIELDS: dict[type[h.Entry], dict[str, st.SearchStrategy[object]]] = {
    h.Positioned: {"position": st.none() | POSITIONS, "missing": TEXT},
    h.Identified: {
        "applicant": APPLICANTS,
        "confirmed": st.lists(TEXT, max_size=3).map(tuple),
        "reason": TEXT,
        "card": st.none() | CARDS,
    },
    h.HandedOver: {"card": CARDS, "supervisor": TEXT, "reason": TEXT},
    h.PortraitTaken: {"attempt": PORTRAITS},
    h.ExceptionPortraitTaken: {
        "portrait": st.builds(ExceptionPortrait, blob_id=TEXT, taken_at=MOMENTS, source=SOURCES)
    },
    h.FingerTaken: {"attempt": FINGERS},
    h.LikenessFound: {"likeness": LIKENESSES},
    h.FingerExcepted: {"exception": EXCEPTIONS},
    h.SignatureTaken: {"sample": st.builds(SignatureSample, blob_id=TEXT, taken_at=MOMENTS, source=SOURCES)},
    h.SignatureNotCaptured: {"reason": st.builds(NotCaptured, modality=TEXT, confirmed_by=TEXT)},
    h.ReceiptIssued: {"receipt_number": TEXT, "blob_id": TEXT, "promise": PROMISES},
    h.StepFinished: {"step": st.sampled_from(CAPTURE_STATES)},
    h.Deferred: {"proposed": DAYS, "rules": st.lists(TEXT, max_size=3).map(tuple)},
}


def entries_of(kind: type[h.Entry]) -> st.SearchStrategy[h.Entry]:
    """Any entry of one kind."""
    if kind is h.Cleared:
        return CLEARANCES
    return st.builds(kind, at=MOMENTS, by=TEXT, **_FIELDS.get(kind, {}))
