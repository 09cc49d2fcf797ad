"""The card that was made from a recording is given to its person: what must be so, and what is kept of it."""

from __future__ import annotations

from datetime import datetime

from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.samples import CardSeen
from station.domain.step import State
from station.errors import RuleError, WayOn


def hand_over(
    enrollment: Enrollment,
    card: CardSeen | None,
    *,
    receipt_shown: bool,
    old_card: h.OldCard,
    at: datetime,
    by: str,
    supervisor: str = "",
    reason: str = "",
) -> h.HandedOver:
    """Bind a card to its recording.

    Args:
        enrollment: the recording as it stands.
        card: the new one, as it lies on the reader.
        receipt_shown: whether the person had the receipt with them.
        old_card: what became of the card that they had before.
        at: when.
        by: who gives it.
        supervisor: who else signed, where a card was given for it already.
        reason: why another one is given then.

    Raises:
        RuleError: `hand_over.not_sealed`; `hand_over.no_card`; `hand_over.old_card`, it is the one that was brought to
            the recording; `hand_over.given_already`, this very card was given for it; `hand_over.again`, another one
            was and no supervisor signed; `hand_over.reason_missing`.
    """
    if enrollment.state is not State.SEALED:
        raise RuleError("hand_over.not_sealed")
    if card is None:
        raise RuleError("hand_over.no_card")
    brought = enrollment.identified.card if enrollment.identified is not None else None
    if brought is not None and brought.uid == card.uid:
        raise RuleError("hand_over.old_card")
    if any(each.card.uid == card.uid for each in enrollment.handed_over):
        raise RuleError("hand_over.given_already")
    if enrollment.handed_over and (not supervisor or supervisor == by):
        raise RuleError("hand_over.again", way_on=WayOn.ASK_SUPERVISOR)
    if enrollment.handed_over and not reason.strip():
        raise RuleError("hand_over.reason_missing")
    return h.HandedOver(
        card=card,
        receipt_shown=receipt_shown,
        old_card=old_card,
        supervisor=supervisor,
        reason=reason.strip(),
        at=at,
        by=by,
    )
