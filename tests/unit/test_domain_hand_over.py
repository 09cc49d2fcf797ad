"""The finished card goes to its person: once, to the right recording, and never the old one for the new."""

from __future__ import annotations

from dataclasses import replace

import pytest

from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.hand_over import hand_over
from station.domain.samples import CardSeen
from station.domain.step import State
from station.errors import RuleError
from tests.support.histories import AT, OFFICER, SECOND, card, folded, handed_over, identified, to_review, to_seal

OLD, NEW, NEWER = card("04000000000001"), card("04000000000002"), card("04000000000003")


def sealed(*given: str) -> Enrollment:
    brought = [replace(e, card=OLD) if isinstance(e, h.Identified) else e for e in to_seal()]
    return folded([*brought, *(handed_over(uid) for uid in given)])


def give(enrollment: Enrollment, new: CardSeen | None, *, supervisor: str = "", reason: str = "") -> h.HandedOver:
    return hand_over(
        enrollment,
        new,
        receipt_shown=True,
        old_card=h.OldCard.TAKEN_BACK,
        at=AT,
        by=OFFICER,
        supervisor=supervisor,
        reason=reason,
    )


def test_the_new_card_is_bound_to_a_sealed_recording_and_nothing_moves() -> None:
    before = sealed()
    after = before.then(give(before, NEW))
    assert after.state is State.SEALED
    assert [(each.card, each.by, each.receipt_shown) for each in after.handed_over] == [(NEW, OFFICER, True)]
    assert after.sealed == before.sealed


@pytest.mark.parametrize(
    ("enrollment", "new", "code"),
    [
        (folded(to_review()), NEW, "hand_over.not_sealed"),
        (folded([*to_review()[:1], identified()]), NEW, "hand_over.not_sealed"),
        (sealed(), None, "hand_over.no_card"),
        (sealed(), OLD, "hand_over.old_card"),
        (sealed(NEW.uid), NEW, "hand_over.given_already"),
        (sealed(NEW.uid), NEWER, "hand_over.again"),
    ],
)
def test_what_is_not_to_be_given_is_refused(enrollment: Enrollment, new: CardSeen | None, code: str) -> None:
    with pytest.raises(RuleError, match=rf"^{code}"):
        give(enrollment, new)


def test_another_card_needs_a_second_officer_and_a_reason() -> None:
    given = sealed(NEW.uid)
    with pytest.raises(RuleError, match=r"^hand_over\.again"):
        give(given, NEWER, supervisor=OFFICER, reason="rusak")
    with pytest.raises(RuleError, match=r"^hand_over\.reason_missing"):
        give(given, NEWER, supervisor=SECOND, reason="  ")
    after = given.then(give(given, NEWER, supervisor=SECOND, reason=" rusak "))
    assert [(each.card.uid, each.supervisor, each.reason) for each in after.handed_over] == [
        (NEW.uid, "", ""),
        (NEWER.uid, SECOND, "rusak"),
    ]


def test_no_card_is_given_for_what_is_not_sealed_even_by_its_history() -> None:
    with pytest.raises(RuleError, match=r"^visit\.out_of_turn"):
        folded(to_review()).then(handed_over())
