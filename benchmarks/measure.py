"""Timing two things in turn, and the table that comes of it."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """One comparison.

    Attributes:
        name: what was done.
        ours_ms, peer_ms: medians, milliseconds.
        peer: whom it was compared with.
        bound: what the ratio ours/peer is to be, in words; "" where there is none.
        met: whether it is so.
        note: what else should be known, e.g. the range.
    """

    name: str
    ours_ms: float
    peer_ms: float
    peer: str
    bound: str = ""
    met: bool = True
    note: str = ""

    @property
    def ratio(self) -> float:
        """Ours over the peer's."""
        return self.ours_ms / self.peer_ms

    def row(self) -> str:
        """A line of the table."""
        verdict = ("met" if self.met else "**missed**") if self.bound else ""
        cells = (
            self.name,
            f"{self.ours_ms:.2f}",
            f"{self.peer} {self.peer_ms:.2f}",
            f"{self.ratio:.3g}",
            self.bound,
            verdict,
            self.note,
        )
        return f"| {' | '.join(cells)} |"


HEADER = "| what | ours, ms | peer, ms | ratio | bound | | note |\n|-|-|-|-|-|-|-|"


def in_turn(ours: Callable[[], float], peer: Callable[[], float], rounds: int) -> tuple[list[float], list[float]]:
    """What each returned, in milliseconds, of `rounds` rounds of both; a first one does not count.

    They take turns at being the first of a round: whatever the machine does between two rounds meets both alike.
    """
    ours()
    peer()
    found: tuple[list[float], list[float]] = [], []
    for number in range(rounds):
        for mine in (True, False) if number % 2 else (False, True):
            found[not mine].append(ours() if mine else peer())
    return found


def spread(values: list[float]) -> str:
    """Least and greatest."""
    return f"{min(values):.1f}–{max(values):.1f}"


def median(values: list[float]) -> float:
    """The middle one."""
    return statistics.median(values)
