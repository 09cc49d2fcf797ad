"""The page on a pad's own screen: where its buttons are, what the pen does on them, and how its pixels travel."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from devices.signature_pad import PadButton
from devices.signature_pad.page import Hand, Page, Touch, one_bit, sixteen_bits
from devices.signature_pad.simulator_wacom_stu_pad import Screen

SCREENS = [(396, 100), (320, 200), (640, 480), (800, 480)]
PAGE = Page(320, 200)
PAPER, ACCEPT, AGAIN, BETWEEN = (100, 80), (300, 180), (20, 180), (160, 180)

pages = st.builds(Page, st.integers(64, 1024), st.integers(64, 768))
pixels = st.tuples(st.integers(0, 319), st.integers(0, 199))


def followed(*path: tuple[int, int] | None) -> tuple[list[Touch], list[PadButton]]:
    """The pen touches one pixel after another; None lifts it, where it was."""
    hand, at, touches = Hand(PAGE), PAPER, []
    for pixel in path:
        at = pixel or at
        touches.append(hand.move(*at, down=pixel is not None))
    return touches, hand.pressed


# -- the layout


@given(pages, st.data())
def test_a_pixel_is_paper_or_foot_and_in_one_button_at_the_most(page: Page, data: st.DataObject) -> None:
    x, y = data.draw(st.integers(0, page.width - 1)), data.draw(st.integers(0, page.height - 1))
    button = page.button_at(x, y)
    inside = [each for each in PadButton if _holds(page.box(each), x, y)]
    assert inside == ([] if button is None else [button])
    assert button is None or y >= page.foot
    assert _holds(page.paper, x, y) is (y < page.foot)


def _holds(box: tuple[int, int, int, int], x: int, y: int) -> bool:
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


@pytest.mark.parametrize("size", SCREENS)
def test_words_stand_in_the_buttons_and_nothing_on_the_paper(size: tuple[int, int]) -> None:
    page = Page(*size)
    grey = np.asarray(page.picture().convert("L"))
    assert grey.shape == (page.height, page.width)
    assert grey[: page.foot].min() == 255
    assert grey[page.foot].max() == 0, "the line to sign on"
    for button in PadButton:
        left, top, right, bottom = page.box(button)
        inner = grey[top + 8 : bottom - 4, left + 8 : right - 8]
        assert 0.02 < float((inner < 128).mean()) < 0.4
        edges = np.concatenate([inner[:, 0], inner[:, -1]])
        assert edges.min() > 128, "the words keep a distance from the frame"


def test_both_languages_stand_on_every_button_indonesian_first() -> None:
    grey = np.asarray(Page(800, 480).picture().convert("L")) < 128
    left, top, right, bottom = Page(800, 480).box(PadButton.ACCEPT)
    rows = grey[top + 8 : bottom - 6, left + 8 : right - 8].any(axis=1)
    starts = [row for row, (before, here) in enumerate(pairwise(np.atleast_1d(rows)), 1) if here and not before]
    assert len(starts) == 2, "two lines of words"


# -- the pen


def test_what_is_written_on_the_paper_is_ink_and_presses_nothing() -> None:
    assert followed(PAPER, (110, 90), None) == ([Touch.INK] * 3, [])


@pytest.mark.parametrize(("at", "button"), [(ACCEPT, PadButton.ACCEPT), (AGAIN, PadButton.AGAIN)])
def test_a_button_is_pressed_by_putting_the_pen_down_on_it_and_lifting_it(
    at: tuple[int, int], button: PadButton
) -> None:
    assert followed(at, (at[0] + 5, at[1] + 5), None) == ([Touch.NOTHING] * 3, [button])


@pytest.mark.parametrize("astray", [PAPER, BETWEEN, AGAIN])
def test_a_pen_that_leaves_the_button_presses_nothing_and_writes_nothing(astray: tuple[int, int]) -> None:
    touches, pressed = followed(ACCEPT, astray, ACCEPT, None)
    assert pressed == []
    assert Touch.INK not in touches


def test_a_stroke_that_runs_over_a_button_ends_at_the_edge_and_begins_anew() -> None:
    touches, pressed = followed(PAPER, ACCEPT, BETWEEN, PAPER, (120, 60), None)
    assert touches == [Touch.INK, Touch.LIFT, Touch.NOTHING, Touch.INK, Touch.INK, Touch.INK]
    assert pressed == []


def test_presses_are_kept_in_their_order() -> None:
    assert followed(AGAIN, None, ACCEPT, None, AGAIN, None)[1] == [PadButton.AGAIN, PadButton.ACCEPT, PadButton.AGAIN]


@given(st.lists(pixels | st.none(), max_size=30))
def test_no_ink_comes_from_below_the_paper_and_no_press_from_above(path: list[tuple[int, int] | None]) -> None:
    touches, pressed = followed(*path)
    for pixel, touch in zip(path, touches, strict=True):
        assert pixel is None or touch is not Touch.INK or pixel[1] < PAGE.foot
    touched = sum(1 for pixel in path if pixel is not None and PAGE.button_at(*pixel) is not None)
    assert len(pressed) <= min(touched, path.count(None))


# -- how it travels, read by the pad's end


@given(st.integers(1, 40), st.integers(1, 12), st.randoms(use_true_random=False))
def test_one_bit_a_pixel_arrives_as_it_was(width: int, height: int, dice: object) -> None:
    del dice
    rows = np.random.default_rng(width * 100 + height).integers(0, 2, (height, width)).astype(np.uint8) * 255
    screen = Screen(width, height)
    assert screen.draw(0, one_bit(Image.fromarray(rows, "L").convert("RGB")))
    assert (np.frombuffer(screen.pixels, np.uint8).reshape(height, width, 3)[..., 0] == rows).all()


@given(st.integers(1, 20), st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_colours_arrive_as_near_as_sixteen_bits_allow(width: int, height: int, seed: int) -> None:
    colours = np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)
    screen = Screen(width, height)
    assert screen.draw(2, sixteen_bits(Image.fromarray(colours, "RGB")))
    shown = np.frombuffer(screen.pixels, np.uint8).reshape(height, width, 3)
    assert (shown == colours & np.array([0xF8, 0xFC, 0xF8], np.uint8)).all()


def test_pixels_lie_as_the_makers_own_converter_lays_them() -> None:
    picture = Image.new("RGB", (10, 2), "white")
    picture.putpixel((0, 0), (0, 0, 0))
    picture.putpixel((9, 1), (0, 0, 0))
    assert one_bit(picture) == bytes((0x7F, 0xFF, 0xFF, 0xBF)), "the left pixel on top, white filled up with white"
    assert sixteen_bits(Image.new("RGB", (1, 1), (255, 128, 8))) == bytes((0xFC, 0x01)), "the high byte first"
