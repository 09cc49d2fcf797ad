"""What each kind of entry adds to the facts of a recording. No rule is asked here; `Enrollment.then` has done that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from station.domain import history as h
from station.domain.samples import LikenessVerdict, PortraitAttempt
from station.domain.step import State

if TYPE_CHECKING:
    from station.domain.enrollment import Enrollment


def told(e: Enrollment, entry: h.Entry) -> Enrollment:  # noqa: C901, PLR0911, PLR0912 - one line a kind of entry
    """What the entry adds to the facts."""
    match entry:
        case h.Opened():
            return replace(e, number=entry.number)
        case h.Identified():
            return replace(e, applicant=entry.applicant, identified=entry)
        case h.Corrected():
            return replace(e, applicant=entry.applicant)
        case h.Cleared():
            return replace(e, cleared=entry)
        case h.PortraitTaken() | h.PortraitForced() | h.PortraitAccepted():
            return _portrait_told(e, entry)
        case h.MorePortraits():
            return replace(e, portraits_before=len(e.portraits))
        case h.ExceptionPortraitTaken():
            return replace(e, exception_portraits=(*e.exception_portraits, entry.portrait))
        case h.FingerTaken() | h.FingerExcepted() | h.FingerExceptionWithdrawn():
            return _finger_told(e, entry)
        case h.SlapTaken():
            return replace(e, slaps=(*e.slaps, entry.attempt))
        case h.LikenessFound():
            return replace(e, likenesses=(*e.likenesses, entry.likeness))
        case h.LikenessSettled():
            return _likeness_settled(e, entry)
        case h.SignatureTaken():
            signed, due = (*e.signatures, entry.sample), e.due_anew - {State.SIGNATURE}
            return replace(e, signatures=signed, signature_missing=None, due_anew=due)
        case h.SignatureNotCaptured():
            return replace(e, signature_missing=entry.reason, due_anew=e.due_anew - {State.SIGNATURE})
        case h.StepRedone() | h.Returned():
            return _step_undone(e, entry)
        case h.HandedOver():
            return replace(e, handed_over=(*e.handed_over, entry))
        case h.ReceiptIssued():
            return replace(e, receipt=entry)
        case h.Approved() | h.Sealed() | h.Parked() | h.Resumed() | h.Deferred():
            return _course_told(e, entry)
    return e


def _portrait_told(e: Enrollment, entry: h.PortraitTaken | h.PortraitForced | h.PortraitAccepted) -> Enrollment:
    match entry:
        case h.PortraitTaken():
            return replace(e, portraits=(*e.portraits, entry.attempt), due_anew=e.due_anew - {State.PORTRAIT})
        case h.PortraitForced():
            return _portrait_changed(e, entry.number, lambda p: replace(p, forced_by=entry.forced_by))
        case h.PortraitAccepted():
            how = entry.accepted
            accepted = _portrait_changed(e, entry.number, lambda p: replace(p, accepted_at=entry.at, accepted=how))
            return replace(accepted, accepted_portrait=entry.number)


def _portrait_changed(e: Enrollment, number: int, change: Callable[[PortraitAttempt], PortraitAttempt]) -> Enrollment:
    return replace(e, portraits=tuple(change(p) if p.number == number else p for p in e.portraits))


def _finger_told(e: Enrollment, entry: h.FingerTaken | h.FingerExcepted | h.FingerExceptionWithdrawn) -> Enrollment:
    match entry:
        case h.FingerTaken():
            return replace(e, fingers=(*e.fingers, entry.attempt), due_anew=e.due_anew - {State.FINGERPRINTS})
        case h.FingerExcepted():
            excepted = (*e.exceptions, entry.exception)
            return replace(e, exceptions=excepted, due_anew=e.due_anew - {State.FINGERPRINTS})
        case h.FingerExceptionWithdrawn():
            kept = tuple(each for each in e.exceptions if each.position is not entry.position)
            return replace(e, exceptions=kept)


def _likeness_settled(e: Enrollment, entry: h.LikenessSettled) -> Enrollment:
    """Of a print that is thrown out no other likeness matters any more."""
    later, earlier = (entry.position, entry.number), (entry.other, entry.other_number)
    thrown = {LikenessVerdict.RETAKE: {later}, LikenessVerdict.RETAKE_OTHER: {earlier}}.get(entry.verdict, set())
    left = tuple(
        each
        for each in e.likenesses
        if {(each.position, each.number), (each.other, each.other_number)} != {later, earlier}
        and not thrown & {(each.position, each.number), (each.other, each.other_number)}
    )
    different = e.found_different
    if entry.verdict is LikenessVerdict.DIFFERENT:
        different |= {frozenset({later, earlier})}
    return replace(e, likenesses=left, thrown_out=e.thrown_out | thrown, found_different=different)


def _step_undone(e: Enrollment, entry: h.StepRedone | h.Returned) -> Enrollment:
    """What was taken stays; the step is asked for anew, with a fresh count of attempts."""
    e = replace(e, due_anew=e.due_anew | {entry.step})
    if entry.step is State.PORTRAIT:
        return replace(e, accepted_portrait=0, portraits_before=len(e.portraits))
    if entry.step is State.FINGERPRINTS:
        return replace(e, fingers_before=len(e.fingers))
    return e


def _course_told(e: Enrollment, entry: h.Approved | h.Sealed | h.Parked | h.Resumed | h.Deferred) -> Enrollment:
    match entry:
        case h.Approved():
            return replace(e, approved=entry)
        case h.Sealed():
            return replace(e, sealed=entry)
        case h.Parked():
            return replace(e, parked=entry)
        case h.Resumed():
            return replace(e, parked=None, parked_from=None, deferred=None)
        case h.Deferred():
            return replace(e, deferred=entry)
