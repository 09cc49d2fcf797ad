"""What an officer shows besides a password, before it is looked at together with that password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from station.domain.officer import FactorKind
from station.errors import RuleError, WayOn

if TYPE_CHECKING:
    from station.store import Work

SHOWN_S: Final = 60.0
"""How long a card that has proved itself counts, until the password is typed."""


@dataclass(frozen=True, slots=True)
class CardShown:
    """A card on the reader has signed a challenge.

    Attributes:
        fingerprint: of its certificate.
        monotonic: when, on the clock that only grows.
    """

    fingerprint: str
    monotonic: float


Proof = str | CardShown
"""A code as typed, or a card that has proved itself."""


class FactorNeededError(RuleError):
    """`sign_on.code_needed` or, of whoever has a card alone, `sign_on.card_needed`: the password is right.

    Attributes:
        officer_id: whose second factor is asked for.
        kinds: any one of these will do.
    """

    def __init__(self, officer_id: str, kinds: frozenset[FactorKind]) -> None:
        self.officer_id = officer_id
        self.kinds = kinds
        code = "sign_on.code_needed" if FactorKind.CODE in kinds else "sign_on.card_needed"
        super().__init__(code, way_on=WayOn.SIGN_ON)


def kinds_of(work: Work, officer_id: str) -> frozenset[FactorKind]:
    """What this officer has."""
    has = {FactorKind.CODE: work.factors.get(officer_id), FactorKind.CARD: work.cards.get(officer_id)}
    return frozenset(kind for kind, kept in has.items() if kept is not None)
