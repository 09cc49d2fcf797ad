"""Pictures survive their encodings: lossless ones to the bit, the others to the eye, none with its sides swapped."""

from __future__ import annotations

import numpy as np
import pytest

from station.biometrics import images
from tests.support.packets import FINGER_SHAPE, face, ridges


def _off(one: images.Pixels, other: images.Pixels) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def test_a_portrait_and_a_print_come_back_to_the_bit() -> None:
    assert np.array_equal(images.decode_png(images.portrait_png(face())), face())
    assert np.array_equal(images.decode_png(images.finger_png(ridges(3))), ridges(3))


def test_wsq_keeps_rows_rows_and_columns_columns() -> None:
    marked = np.full((288, 200), 255, np.uint8)
    marked[:40, :60] = 0  # one corner dark: a transposed or sheared picture shows at once
    back = images.wsq_decode(images.wsq_encode(marked, 500))
    assert back.shape == (288, 200)
    assert _off(back, marked) < 2
    assert back[5:35, 5:55].mean() < 10
    assert back[50:, 70:].mean() > 250


@pytest.mark.parametrize("shape", [(288, 256), (192, 192), (120, 200), (333, 111), (97, 250)])
def test_wsq_keeps_the_shape_of_any_picture(shape: tuple[int, int]) -> None:
    lines = np.resize(ridges(6), (400, FINGER_SHAPE[1]))[: shape[0], : shape[1]]
    back = images.wsq_decode(images.wsq_encode(lines, 500))
    assert back.shape == shape
    assert _off(back, lines) < 12


def tones(height: int, width: int, strength: int) -> images.Pixels:
    rows, columns = np.mgrid[:height, :width]
    pixels: images.Pixels = ((np.sin(rows / 3) + np.sin(columns / 5)) * strength + 128).astype(np.uint8)
    return pixels


def test_a_picture_that_wsq_would_lose_is_handed_on_whole() -> None:
    """Pure tones of full strength come back from the codec as an even grey, and it says nothing."""
    lost = tones(288, 256, 60)
    with pytest.raises(images.NotForWsqError):
        images.wsq_encode(lost, 500)
    coded = images.print_for_exchange(lost, 500)
    assert coded.startswith(b"\x89PNG")
    assert np.array_equal(images.decode_png(coded), lost)


def test_a_print_of_another_resolution_is_handed_on_whole() -> None:
    assert np.array_equal(images.decode_png(images.print_for_exchange(ridges(4), 1000)), ridges(4))


def test_faint_and_noisy_prints_are_still_wsq() -> None:
    noise = np.random.default_rng(3).normal(0, 45, (288, 256))
    noisy = np.clip(ridges(5) + noise, 0, 255).astype(np.uint8)
    faint = (250 + ridges(5) // 64).astype(np.uint8)
    even = np.full((288, 256), 255, np.uint8)
    for pixels in (noisy, faint, even):
        assert images.print_for_exchange(pixels, 500).startswith(b"\xff\xa0")


def test_wsq_makes_a_print_ten_times_smaller_and_still_a_print() -> None:
    coded = images.wsq_encode(ridges(1), 500)
    assert len(coded) < ridges(1).size / 4
    assert _off(images.wsq_decode(coded), ridges(1)) < 12


@pytest.mark.parametrize(("dpi", "fits"), [(500, True), (508, True), (490, True), (489, False), (1000, False)])
def test_wsq_is_for_five_hundred_dots_an_inch(dpi: int, fits: bool) -> None:
    if fits:
        assert images.wsq_encode(ridges(2), dpi)[:2] == b"\xff\xa0"
    else:
        with pytest.raises(ValueError, match="500 dpi"):
            images.wsq_encode(ridges(2), dpi)


@pytest.mark.parametrize("decode", [images.decode_png, images.wsq_decode])
@pytest.mark.parametrize("data", [b"", b"\x00" * 40, b"\xff\xa0\xff\xa2", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_refused(decode: object, data: bytes) -> None:
    assert callable(decode)
    with pytest.raises(ValueError, match="not"):
        decode(data)


def test_pictures_of_the_wrong_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="grey"):
        images.wsq_encode(face(), 500)
    with pytest.raises(ValueError, match="grey"):
        images.finger_png(np.zeros((4, 4, 4), np.uint8))
    with pytest.raises(ValueError, match="colour"):
        images.portrait_png(ridges(1))
