"""Why a recording deserves a look, in the words of the screens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from station.domain.enrollment import Enrollment
from station.domain.risk import WEIGHTS, Finding, Reason, findings
from ui.language import Text, fill, listed
from ui.widgets.queue_list import Chip

REASONS: Final = {
    Reason.LIKENESS: Text("Sidik jari mirip {n}", "Prints alike {n}"),
    Reason.RECORDED_BEFORE: Text("Pernah direkam", "Recorded before"),
    Reason.FORCED: Text("Dipaksakan", "Forced"),
    Reason.EXCEPTION: Text("Dikecualikan {n}", "Excepted {n}"),
    Reason.RETURNED: Text("Dikembalikan", "Sent back"),
    Reason.LOW_SCORE: Text("Mutu rendah {n}", "Low quality {n}"),
    Reason.CLOCK: Text("Jam tidak cocok", "Clocks differ"),
    Reason.BIODATA: Text("Peringatan biodata", "Biodata warnings"),
    Reason.PRIORITY: Text("Mendesak", "Urgent"),
}
HEAVY: Final = 30
"""Weight from which a chip has the colour of danger."""
NOTHING: Final = Text("Tidak ada catatan.", "Nothing stands out.")
NOTED: Final = Text("Sebutkan juga: {reasons}.", "Tell these too: {reasons}.")


def chips_of(found: Sequence[Finding]) -> tuple[Chip, ...]:
    """Reasons as chips, the heaviest first."""
    return tuple(
        Chip(
            fill(REASONS[each.reason], n=each.count),
            "info" if each.reason is Reason.PRIORITY else "danger" if WEIGHTS[each.reason] >= HEAVY else "caution",
        )
        for each in found
    )


def stands_out(visit: Enrollment) -> Text:
    """For an approver who does not see it: what the operator has to tell."""
    words = [chip.words for chip in chips_of(findings(visit))]
    return fill(NOTED, reasons=listed(words)) if words else NOTHING
