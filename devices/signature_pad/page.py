"""What stands on a pad's own screen while somebody signs, and what the pen does there: ink, or a press on a button.

Pixels of the screen, nothing of wires. Above is paper; the foot below it holds a button at either end, far from each
other, and the invitation between them. Its upper edge is the line to sign on, so that wiping the paper spares all else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from types import MappingProxyType
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from devices.signature_pad import PadButton

FOOT: Final = 0.2
"""Share of the screen's height that the foot takes: 12 to 15 mm of the pads that are sold."""
LEAST_FOOT: Final = 24
"""Pixels that a line of words and its frame need."""
TWO_LINES: Final = 32
"""Pixels of a box that is high enough for both languages one below the other."""
LEGIBLE: Final = 12
"""Pixels of letters that can be read in black and white."""
BUTTON: Final = 0.28
"""Share of the screen's width that each button takes."""
MARGIN: Final = 2
WHITE: Final = (255, 255, 255)
BLACK: Final = (0, 0, 0)
GREEN: Final = (198, 239, 206)
GREY: Final = (226, 226, 226)
WORDS: Final = MappingProxyType({PadButton.AGAIN: ("Ulangi", "Again"), PadButton.ACCEPT: ("Terima", "Accept")})
INVITATION: Final = ("Tanda tangan di sini", "Please sign here")

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels, the last two inclusive."""


@dataclass(frozen=True)
class Page:
    """The layout of one screen.

    Attributes:
        width, height: of the screen, pixels.
    """

    width: int
    height: int

    @cached_property
    def foot(self) -> int:
        """The first row below the paper."""
        return max(1, self.height - max(LEAST_FOOT, round(FOOT * self.height)))

    @property
    def paper(self) -> Box:
        """Where ink is ink."""
        return (0, 0, self.width - 1, self.foot - 1)

    def box(self, button: PadButton) -> Box:
        """Where a button stands: the one that throws away left, the one that keeps right."""
        wide = round(BUTTON * self.width)
        left = 0 if button is PadButton.AGAIN else self.width - wide
        return (left, self.foot, left + wide - 1, self.height - 1)

    def button_at(self, x: int, y: int) -> PadButton | None:
        """The button at a pixel; None on the paper and between the buttons."""
        for button in PadButton:
            left, top, right, bottom = self.box(button)
            if left <= x <= right and top <= y <= bottom:
                return button
        return None

    def picture(self) -> Image.Image:
        """The whole screen, mode RGB; black and white of it are enough to read it."""
        picture = Image.new("RGB", (self.width, self.height), WHITE)
        draw = ImageDraw.Draw(picture)
        draw.fontmode = "1"  # grey edges are noise on a screen of one bit
        draw.line((0, self.foot, self.width - 1, self.foot), BLACK)
        for button, words in WORDS.items():
            left, top, right, bottom = self.box(button)
            frame = (left + MARGIN, top + 2 * MARGIN, right - MARGIN, bottom - MARGIN)
            draw.rounded_rectangle(frame, 4, GREEN if button is PadButton.ACCEPT else GREY, BLACK, 1)
            _write(draw, words, frame)
        left, right = self.box(PadButton.AGAIN)[2], self.box(PadButton.ACCEPT)[0]
        _write(draw, INVITATION, (left + MARGIN, self.foot + 2 * MARGIN, right - MARGIN, self.height - MARGIN))
        return picture


def _write(draw: ImageDraw.ImageDraw, words: tuple[str, str], box: Box) -> None:
    """Both languages, centred, one below the other; on a low screen side by side, or the first alone."""
    left, top, right, bottom = box
    width, height, middle = round(0.92 * (right - left)), bottom - top, (left + right) / 2
    lines = [(words[0], 0.46, 0.3), (words[1], 0.34, 0.76)]
    if height < TWO_LINES:
        both = " / ".join(words)
        lines = [(both if _size(both, width, LEGIBLE) == LEGIBLE else words[0], 0.7, 0.5)]
    for text, share, part in lines:
        font = ImageFont.load_default(_size(text, width, round(share * height)))
        draw.text((middle, top + part * height), text, BLACK, font, anchor="mm")


def _size(text: str, width: int, size: int) -> int:
    """The largest up to `size` in which the text fits, pixels."""
    while size > 1 and ImageFont.load_default(size).getlength(text) > width:
        size -= 1
    return size


def one_bit(picture: Image.Image) -> bytes:
    """Eight pixels a byte, the left one on top, 1 is white; every row begins a byte of its own, filled with white."""
    bits = picture.convert("L").point(lambda level: 255 if level >= 128 else 0).convert("1", dither=Image.Dither.NONE)
    width, height = bits.size
    wide = Image.new("1", ((width + 7) // 8 * 8, height), 1)
    wide.paste(bits, (0, 0))
    return wide.tobytes()


def sixteen_bits(picture: Image.Image) -> bytes:
    """Red, green and blue in 5, 6 and 5 bits, the high byte first."""
    red, green, blue = np.moveaxis(np.asarray(picture, np.uint16), -1, 0)
    data: bytes = ((red >> 3) << 11 | (green >> 2) << 5 | blue >> 3).astype(">u2").tobytes()
    return data


class Touch(Enum):
    """What a report of the pen amounts to."""

    INK = auto()
    """It is ink, or the pen over the paper."""
    LIFT = auto()
    """The stroke ends here, though the pen stays down: it has left the paper."""
    NOTHING = auto()


class Hand:
    """Follows one pen over a page. A button is pressed where the pen came down on it and was lifted from it.

    A stroke that runs off the paper ends at its edge, and begins anew where it comes back.

    Attributes:
        pressed: the buttons pressed so far, oldest first; whoever takes them empties it.
    """

    def __init__(self, page: Page) -> None:
        self.pressed: list[PadButton] = []
        self._page = page
        self._down = False
        self._came_from_foot = False
        self._button: PadButton | None = None
        """The button that the pen came down on and has not left."""
        self._inking = False

    def move(self, x: int, y: int, *, down: bool) -> Touch:
        """Take one report, in pixels."""
        on_paper = y < self._page.foot
        if not down:
            if self._button is not None:
                self.pressed.append(self._button)
            ends = self._inking
            self._down = self._inking = self._came_from_foot = False
            self._button = None
            return Touch.INK if ends or on_paper else Touch.NOTHING
        button = None if on_paper else self._page.button_at(x, y)
        if not self._down:
            self._down, self._button, self._came_from_foot = True, button, not on_paper
        elif button is not self._button:
            self._button = None
        inked, self._inking = self._inking, on_paper and not self._came_from_foot
        if self._inking:
            return Touch.INK
        return Touch.LIFT if inked else Touch.NOTHING
