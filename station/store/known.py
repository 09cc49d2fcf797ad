"""What is known of the file without reading it again: nobody else writes it while this program holds it.

A step of a recording then reads nothing: its history is known from the step before, so the time to keep a step does not
grow with what was kept already.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from station.domain.enrollment import Enrollment


@dataclass(slots=True)
class Known:
    """Holds for as long as every unit of work that wrote was committed; thrown away whole otherwise.

    Attributes:
        enrollments: as their histories tell, by visit.
        keys: wrapped, by visit and purpose.
        head: number, hash and time of the audit trail's newest line.
    """

    enrollments: dict[str, Enrollment] = field(default_factory=dict, repr=False)
    keys: dict[tuple[str, str], bytes] = field(default_factory=dict, repr=False)
    head: tuple[int, bytes, datetime | None] | None = None

    def forget_visit(self, visit_id: str) -> None:
        """A key of it was destroyed: nothing that was opened with it may stay."""
        self.enrollments.pop(visit_id, None)
        for each in [key for key in self.keys if key[0] == visit_id]:
            del self.keys[each]

    def narrow(self) -> None:
        """Keep the visit that was used last, which is the one at the counter."""
        if len(self.enrollments) > 1:
            newest = next(reversed(self.enrollments))
            self.enrollments = {newest: self.enrollments[newest]}
        if len(self.keys) > len(self.enrollments):
            self.keys = {key: wrapped for key, wrapped in self.keys.items() if key[0] in self.enrollments}
