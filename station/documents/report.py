"""Reports of several pages for officials and for a citizen who asks: headings, pairs, paragraphs and lists of lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from station.documents import wording
from station.documents.page import (
    BOLD,
    HEIGHT,
    INNER,
    LEFT,
    MUTED,
    NAVY,
    PLAIN,
    RED,
    RIGHT,
    TINT,
    Office,
    Sheet,
    height_of,
)

TOP: Final = HEIGHT - 60
BOTTOM: Final = 64.0
LABEL: Final = 150.0
"""Width of the labels' column, points."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a report.

    Attributes:
        heading: its name.
        pairs: label and words.
        text: a paragraph before them, "" = none.
        lines: one below the other, e.g. `09.00 WITA  petugas  dibuka`.
    """

    heading: str
    pairs: tuple[tuple[str, str], ...] = ()
    text: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report. `repr` shows none of its words.

    Attributes:
        title: also in the file's properties, so no personal data in it.
        subtitle: below the title.
        alert: one line in a frame, "" = none.
        made_at: aware, in the office's own zone.
        simulated: whether the station runs on simulators.
    """

    title: str
    subtitle: str
    alert: str
    parts: tuple[Part, ...]
    office: Office
    made_at: datetime
    simulated: bool

    def __repr__(self) -> str:
        return f"Report({self.title!r}, {len(self.parts)} parts)"


def report_pdf(report: Report) -> bytes:
    """The report as PDF; the same report gives the same bytes."""
    writer = _Writer(report)
    for part in report.parts:
        writer.part(part)
    return writer.finish()


class _Writer:
    def __init__(self, report: Report) -> None:
        self._report = report
        self._sheet = Sheet(report.title, report.office, report.made_at)
        self._page = 1
        self._y = TOP
        self._first()

    def part(self, part: Part) -> None:
        sheet = self._sheet
        self._room(60)
        self._y -= 12
        sheet.rule(self._y)
        self._y -= 18
        sheet.heading(self._y, part.heading)
        self._y -= 8
        if part.text:
            self._paragraph(part.text)
        for label, words in part.pairs:
            self._pair(label, words or "-")
        for words in part.lines:
            self._paragraph(words, size=8.5)

    def finish(self) -> bytes:
        self._foot()
        return self._sheet.finish(simulated=self._report.simulated)

    def _first(self) -> None:
        report, sheet = self._report, self._sheet
        sheet.text(LEFT, self._y, report.office.government.upper(), 9, color=MUTED)
        self._y -= 4
        self._y -= sheet.paragraph(LEFT, self._y, INNER, report.office.name.upper(), 11, font=BOLD)
        self._y -= 26
        sheet.text(LEFT, self._y, report.title, 18, font=BOLD)
        self._y -= 6
        self._y -= sheet.paragraph(LEFT, self._y, INNER, report.subtitle, 10, color=MUTED)
        if report.alert:
            height = height_of(report.alert, INNER - 28, 11, font=BOLD) + 18
            self._y -= 10
            sheet.area(LEFT, self._y - height, INNER, height, TINT, radius=4)
            sheet.area(LEFT, self._y - height, 5, height, RED)
            sheet.paragraph(LEFT + 16, self._y - 8, INNER - 28, report.alert, 11, font=BOLD, color=RED)
            self._y -= height

    def _pair(self, label: str, words: str) -> None:
        sheet, width = self._sheet, INNER - LABEL
        height = max(height_of(words, width, 9.5), 13)
        if height <= TOP - BOTTOM:
            self._room(height + 3)
            sheet.text(LEFT, self._y - 10, label, 9, color=MUTED)
            sheet.paragraph(LEFT + LABEL, self._y, width, words, 9.5)
            self._y -= height + 3
            return
        self._room(16)
        sheet.text(LEFT, self._y - 10, label, 9, color=MUTED)
        self._y -= 14
        self._paragraph(words)

    def _paragraph(self, words: str, *, size: float = 9.5) -> None:
        """Cut at words where it is longer than a page."""
        rest = words
        while rest:
            part = rest
            while height_of(part, INNER, size) > TOP - BOTTOM:
                part = part[: len(part) // 2].rsplit(" ", 1)[0] or part[: len(part) // 2]
            height = height_of(part, INNER, size)
            self._room(height + 3)
            self._sheet.paragraph(LEFT, self._y, INNER, part, size, font=PLAIN)
            self._y -= height + 3
            rest = rest[len(part) :].lstrip()

    def _room(self, height: float) -> None:
        if self._y - height < BOTTOM:
            self._foot()
            self._sheet.turn(simulated=self._report.simulated)
            self._page += 1
            self._y = TOP
            self._sheet.text(LEFT, TOP + 14, self._report.title, 8.5, color=NAVY)

    def _foot(self) -> None:
        report = self._report
        made = f"Dibuat {wording.day(report.made_at)} pukul {wording.clock(report.made_at)}"
        self._sheet.text(LEFT, 36, f"Stasiun {report.office.station} · {made}", 7.5, color=MUTED)
        self._sheet.text_right(RIGHT, 36, f"Halaman {self._page}", 7.5, color=MUTED)
