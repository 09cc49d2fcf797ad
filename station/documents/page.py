"""The sheet that all papers for people share: letterhead, type, marks, complaint numbers, footer.

Everything is in points from the lower left corner of an A4 page, as PDF counts. A `Sheet` draws what it is told where
it is told; which words stand on a paper is the paper's own matter.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from importlib import resources
from typing import Final

import segno
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

WIDTH: Final = A4[0]
HEIGHT: Final = A4[1]
LEFT: Final = 50.0
RIGHT: Final = WIDTH - LEFT
INNER: Final = RIGHT - LEFT

INK: Final = HexColor("#18222D")
MUTED: Final = HexColor("#566270")
RULE: Final = HexColor("#CBD3DB")
NAVY: Final = HexColor("#143D6B")
TINT: Final = HexColor("#EEF3F8")
GREEN: Final = HexColor("#0B6A4B")
AMBER: Final = HexColor("#8A5200")
RED: Final = HexColor("#B3261E")
WHITE: Final = HexColor("#FFFFFF")

PLAIN: Final = "DejaVuSansCondensed"
BOLD: Final = "DejaVuSansCondensed-Bold"


@dataclass(frozen=True, slots=True)
class Office:
    """Who gives the paper.

    Attributes:
        government: the regency or city above it.
        name: of the civil registry office.
        address: one line, or "".
        station: id of the station at which the paper was made.
    """

    government: str
    name: str
    address: str
    station: str


@dataclass(frozen=True, slots=True)
class Complaint:
    """One way to complain: what it is, and its number or address."""

    channel: str
    number: str


NATIONAL_COMPLAINTS: Final = (
    Complaint("Halo Dukcapil", "1500537"),
    Complaint("WhatsApp", "08118005373"),
    Complaint("SMS", "08118005371"),
)
"""Of the Directorate General (domain reference, section 5); an office adds its own."""


@cache
def _register_fonts() -> None:
    folder = resources.files("resources") / "fonts"
    for name in (PLAIN, BOLD):
        pdfmetrics.registerFont(TTFont(name, io.BytesIO((folder / f"{name}.ttf").read_bytes())))
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=BOLD, italic=PLAIN, boldItalic=BOLD)


def _pdf_date(when: datetime) -> str:
    """As the file's properties write it: `D:20260422091500+08'00'`."""
    zone = f"{when:%z}" or "+0000"
    return f"D:{when:%Y%m%d%H%M%S}{zone[:3]}'{zone[3:5]}'"


def _style(font: str, size: float, leading: float, color: Color = INK) -> ParagraphStyle:
    return ParagraphStyle("", fontName=font, fontSize=size, leading=size * leading, textColor=color, splitLongWords=1)


def width_of(words: str, size: float, *, font: str = PLAIN) -> float:
    """Of one line."""
    _register_fonts()
    return pdfmetrics.stringWidth(words, font, size)


def height_of(words: str, width: float, size: float, *, font: str = PLAIN, leading: float = 1.35) -> float:
    """What a paragraph of these words would take."""
    _register_fonts()
    return float(Paragraph(escape(words, quote=False), _style(font, size, leading)).wrap(width, HEIGHT)[1])


def fitting(
    words: str, width: float, size: float, *, font: str = PLAIN, leading: float = 1.35, lines: int = 2
) -> float:
    """The greatest size, from `size` down to half of it, at which the words take no more than so many lines."""
    least = size / 2
    while size > least and height_of(words, width, size, font=font, leading=leading) > lines * size * leading + 0.01:
        size -= 0.5
    return size


class Sheet:
    """One A4 page, or one after another."""

    def __init__(self, title: str, office: Office, made_at: datetime) -> None:
        """Args: title and office also stand in the file's properties, where no personal data may."""
        _register_fonts()
        self._buffer = io.BytesIO()
        # Invariant: the same words give the same bytes; the time of making is then told by the formatter alone.
        self._canvas = Canvas(self._buffer, pagesize=A4, invariant=1, lang="id", pageCompression=1)
        self._canvas.setDateFormatter(lambda *_: _pdf_date(made_at))
        self._canvas.setTitle(title)
        self._canvas.setAuthor(office.name)
        self._canvas.setSubject("KTP-el")
        self._canvas.setCreator("KTP-el station")
        self._canvas.setProducer("KTP-el station")

    def turn(self, *, simulated: bool) -> None:
        """The page is full: the next one begins. Of a simulated paper every page is marked."""
        if simulated:
            self._mark_simulated()
        self._canvas.showPage()

    def finish(self, *, simulated: bool) -> bytes:
        """The PDF. A simulated one is marked across the page, above everything else."""
        if simulated:
            self._mark_simulated()
        self._canvas.showPage()
        self._canvas.save()
        return self._buffer.getvalue()

    # -- type

    def text(self, x: float, y: float, words: str, size: float = 9.5, *, font: str = PLAIN, color: Color = INK) -> None:
        """One line that starts at `x`, on the base line `y`."""
        self._canvas.setFillColor(color)
        self._canvas.setFont(font, size)
        self._canvas.drawString(x, y, words)

    def text_right(
        self, x: float, y: float, words: str, size: float = 9.5, *, font: str = PLAIN, color: Color = INK
    ) -> None:
        """One line that ends at `x`."""
        self.text(x - width_of(words, size, font=font), y, words, size, font=font, color=color)

    def text_centred(
        self, x: float, y: float, words: str, size: float = 9.5, *, font: str = PLAIN, color: Color = INK
    ) -> None:
        """One line about `x`."""
        self.text(x - width_of(words, size, font=font) / 2, y, words, size, font=font, color=color)

    def paragraph(
        self,
        x: float,
        top: float,
        width: float,
        words: str,
        size: float = 9.5,
        *,
        font: str = PLAIN,
        color: Color = INK,
        leading: float = 1.35,
        marked_up: bool = False,
    ) -> float:
        """Lines that fill `width`, the first below `top`; the height they took. `marked_up`: the words hold tags."""
        block = Paragraph(words if marked_up else escape(words, quote=False), _style(font, size, leading, color))
        _, height = block.wrap(width, HEIGHT)
        block.drawOn(self._canvas, x, top - height)
        return float(height)

    # -- lines and areas

    def rule(self, y: float, *, left: float = LEFT, right: float = RIGHT, width: float = 0.6) -> None:
        """A horizontal line."""
        self._canvas.setStrokeColor(RULE)
        self._canvas.setLineWidth(width)
        self._canvas.line(left, y, right, y)

    def area(self, x: float, y: float, width: float, height: float, color: Color, *, radius: float = 0) -> None:
        """A filled area from its lower left corner."""
        self._canvas.setFillColor(color)
        self._canvas.roundRect(x, y, width, height, radius, stroke=0, fill=1)

    def tick(self, x: float, y: float, *, done: bool) -> None:
        """A small mark on the base line `y`: a green tick, or an amber dash for what was not taken."""
        canvas = self._canvas
        canvas.saveState()
        canvas.setLineCap(1)
        canvas.setLineJoin(1)
        canvas.setLineWidth(1.5)
        canvas.setStrokeColor(GREEN if done else AMBER)
        path = canvas.beginPath()
        if done:
            path.moveTo(x, y + 3.2)
            path.lineTo(x + 2.6, y + 0.6)
            path.lineTo(x + 7.4, y + 6.6)
        else:
            path.moveTo(x + 0.6, y + 3.2)
            path.lineTo(x + 6.8, y + 3.2)
        canvas.drawPath(path, stroke=1, fill=0)
        canvas.restoreState()

    def qr(self, x: float, y: float, side: float, payload: str) -> None:
        """A QR code of error correction M, its lower left corner at (x, y), without the quiet zone."""
        matrix = segno.make_qr(payload, error="m").matrix
        module = side / len(matrix)
        self._canvas.setFillColor(INK)
        for row, line in enumerate(matrix):
            for column, dark in enumerate(line):
                if dark:
                    # A hair wider than a module, or some printers show a grid between them.
                    self._canvas.rect(
                        x + column * module,
                        y + side - (row + 1) * module,
                        module + 0.05,
                        module + 0.05,
                        stroke=0,
                        fill=1,
                    )

    # -- what every paper has

    def letterhead(self, office: Office) -> float:
        """Who gives the paper, and that it is free; the height below which the paper's own words begin."""
        top = HEIGHT - 46
        self.text(LEFT, top - 9, office.government.upper(), 9, color=MUTED)
        room = INNER - 120
        name = office.name.upper()
        size = fitting(name, room, 13, font=BOLD, leading=1.2)
        taken = self.paragraph(LEFT, top - 13, room, name, size, font=BOLD, leading=1.2)
        below = top - 13 - taken
        if office.address:
            below -= self.paragraph(LEFT, below - 1, room, office.address, 8.5, color=MUTED) + 1
        self.area(RIGHT - 100, top - 38, 100, 36, GREEN, radius=4)
        self.text_centred(RIGHT - 50, top - 24, "GRATIS", 17, font=BOLD, color=WHITE)
        self.text_centred(RIGHT - 50, top - 34, "tidak dipungut biaya", 7, color=WHITE)
        line = min(below, top - 38) - 10
        self._canvas.setStrokeColor(INK)
        self._canvas.setLineWidth(1.6)
        self._canvas.line(LEFT, line, RIGHT, line)
        self._canvas.setLineWidth(0.5)
        self._canvas.line(LEFT, line - 3, RIGHT, line - 3)
        return line - 3

    def panel(self, top: float, *, label: str, day: str, hours: str, place: str, below: str = "") -> float:
        """The largest words of a paper: when and where to come; the height below it."""
        x, width = LEFT + 20, INNER - 40
        size = fitting(place, width, 12.5, font=BOLD, leading=1.2)
        taken = height_of(place, width, size, font=BOLD, leading=1.2)
        height = 80 + taken + (18 if below else 0)
        self.area(LEFT, top - height, INNER, height, TINT, radius=4)
        self.area(LEFT, top - height, 5, height, NAVY)
        self.text(x, top - 20, label, 9.5, color=MUTED)
        self.text(x, top - 44, day, 22, font=BOLD, color=NAVY)
        self.text(x, top - 60, hours, 11)
        self.paragraph(x, top - 67, width, place, size, font=BOLD, leading=1.2)
        self.text(x, top - height + 12, below, 8.5, color=MUTED)
        return top - height

    def heading(self, y: float, words: str, *, x: float = LEFT) -> None:
        """The name of a part."""
        self.text(x, y, words, 10.5, font=BOLD, color=NAVY)

    def complaints(self, top: float, width: float, complaints: Sequence[Complaint]) -> float:
        """Where to complain of a charge or a broker; the height taken."""
        self.heading(top - 10, "Pengaduan")
        taken = 14 + self.paragraph(
            LEFT, top - 14, width, "Diminta membayar, atau ditawari jasa calo? Laporkan:", 8.5, color=MUTED
        )
        numbers = LEFT + 12 + max((width_of(each.channel, 9) for each in complaints), default=0)
        for each in complaints:
            taken += 13.5
            self.text(LEFT, top - taken, each.channel, 9, color=MUTED)
            self.text(numbers, top - taken, each.number, 10, font=BOLD)
        return taken

    def footer(self, statement: str, office: Office, made: str) -> None:
        """What the paper is not, and where and when it was made."""
        self.area(LEFT, 44, INNER, 24, TINT, radius=3)
        self.text_centred(WIDTH / 2, 52.5, statement, 9.5, font=BOLD, color=NAVY)
        self.text(LEFT, 30, f"Stasiun {office.station}", 7.5, color=MUTED)
        self.text_right(RIGHT, 30, made, 7.5, color=MUTED)

    def _mark_simulated(self) -> None:
        canvas = self._canvas
        canvas.saveState()
        canvas.setFillColor(RED)
        canvas.rect(0, HEIGHT - 24, WIDTH, 24, stroke=0, fill=1)
        self.text_centred(
            WIDTH / 2, HEIGHT - 16, "SIMULASI: dibuat dengan alat tiruan, bukan perekaman", 10, font=BOLD, color=WHITE
        )
        canvas.translate(WIDTH / 2, HEIGHT / 2)
        canvas.rotate(52)
        canvas.setFillColor(RED)
        canvas.setFillAlpha(0.13)
        canvas.setFont(BOLD, 132)
        canvas.drawCentredString(0, -44, "SIMULASI")
        canvas.restoreState()
