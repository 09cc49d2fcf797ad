"""Which protocol is in force: a decision of two named officers, as a value. Keeping it is the station's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from protocols.clearance import ProtocolRef


@dataclass(frozen=True, slots=True)
class InForce:
    """Two officers decided that this protocol text is in force.

    Attributes:
        ref: the text, by id, version and sha256.
        decided_by: ids of two different officers.
        decided_at: wall time, aware.
        reason: in the officers' words, e.g. the number of the order.

    Raises:
        ValueError: fewer than two different officers, no reason, or a time without a zone.
    """

    ref: ProtocolRef
    decided_by: tuple[str, str]
    decided_at: datetime
    reason: str

    def __post_init__(self) -> None:
        """Refuse a decision that nobody could answer for."""
        first, second = (officer.strip() for officer in self.decided_by)
        if not first or not second or first == second:
            raise ValueError("a protocol is put in force by two different officers")
        if not self.reason.strip():
            raise ValueError("a protocol is put in force for a stated reason")
        if self.decided_at.tzinfo is None:
            raise ValueError("the time of the decision needs a zone")
