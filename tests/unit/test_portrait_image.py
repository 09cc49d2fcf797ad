"""A portrait on its way out: within its size, as good as that allows, nothing in it but pixels; another background."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from devices.camera.backdrop import Backdrop
from devices.camera.crop import pass_photo
from devices.simulation.face import FaceTraits, render_face
from devices.simulation.face_model import Headwear
from station.biometrics import portrait_image
from station.biometrics.images import Pixels
from tests.support.histories import portrait
from tests.support.packets import face, ridges

BOTH = pytest.mark.parametrize("coding", ["jp2", "jpeg"])
BLUE = (255, 144, 0)


def off(one: Pixels, other: Pixels) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


@cache
def photo(seed: int = 3) -> Pixels:
    """The pass photo of somebody who does not exist, before a red cloth."""
    rendered = render_face(FaceTraits(seed=seed, backdrop=Backdrop.RED))
    height, width = rendered.image.shape[:2]
    assert rendered.truth is not None
    left, top, wide, high = pass_photo(width, height, (rendered.truth.right_eye, rendered.truth.left_eye))
    return np.ascontiguousarray(rendered.image[top : top + high, left : left + wide])


def segments(jpeg: bytes) -> Iterator[int]:
    """Markers from the first one to the scan."""
    at = 2
    while jpeg[at + 1] != 0xDA:
        yield jpeg[at + 1]
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")


@BOTH
@pytest.mark.parametrize("most_bytes", [8 * 1024, 20_000, 64 * 1024])
def test_a_portrait_is_as_good_as_its_size_allows(coding: str, most_bytes: int) -> None:
    coded = portrait_image.encode(photo(), coding, most_bytes)
    assert 0.85 * most_bytes < len(coded.data) <= most_bytes
    back = portrait_image.decode(coded.data)
    assert back.shape == (coded.height, coded.width, 3)
    if back.shape == photo().shape:
        assert off(back, photo()) < 2
    else:
        assert coded.height / coded.width == pytest.approx(photo().shape[0] / photo().shape[1], rel=0.01)


@BOTH
def test_what_fits_well_is_not_made_worse(coding: str) -> None:
    even = np.full((400, 300, 3), (40, 60, 200), np.uint8)
    coded = portrait_image.encode(even, coding, 64 * 1024)
    assert (coded.width, coded.height) == (300, 400)
    assert off(portrait_image.decode(coded.data), even) < 1


@BOTH
def test_noise_is_reduced_until_it_fits(coding: str) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (900, 700, 3)).astype(np.uint8)
    coded = portrait_image.encode(noise, coding, 8 * 1024)
    assert len(coded.data) <= 8 * 1024
    assert coded.width < 700


@BOTH
def test_nothing_but_pixels_travels(coding: str) -> None:
    data = portrait_image.encode(face(), coding, 64 * 1024).data
    assert b"Exif" not in data
    assert b"http" not in data
    if coding == "jpeg":
        assert list(segments(data)) == [0xE0, 0xDB, 0xDB, 0xC0, 0xC4, 0xC4, 0xC4, 0xC4]  # JFIF, tables, frame, tables
    else:
        assert b"xml " not in data
        assert b"uuid" not in data


def test_the_same_picture_gives_the_same_bytes() -> None:
    for coding in ("jp2", "jpeg"):
        one, other = (portrait_image.encode(face(), coding, 30_000).data for _ in range(2))
        assert one == other


@pytest.mark.parametrize("data", [b"", b"\x00" * 40, b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_portrait_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="neither"):
        portrait_image.decode(data)


def test_what_is_no_colour_picture_or_no_coding_is_refused() -> None:
    with pytest.raises(ValueError, match="colour"):
        portrait_image.encode(ridges(1), "jp2", 64 * 1024)
    with pytest.raises(ValueError, match="JPEG 2000 or JPEG"):
        portrait_image.encode(face(), "gif", 64 * 1024)
    with pytest.raises(ValueError, match="no picture is so small"):
        portrait_image.encode(face(), "jpeg", 10)


def test_the_pass_photo_is_cut_where_it_was_kept_or_else_by_the_eyes() -> None:
    original = np.zeros((640, 480, 3), np.uint8)
    attempt = portrait()
    assert portrait_image.crop_of(attempt) == pass_photo(480, 640, attempt.eyes)
    height, width = portrait_image.cut(original, attempt).shape[:2]
    assert width * 4 == pytest.approx(height * 3, abs=4)


# another background


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_background_is_replaced_and_the_person_is_not(seed: int) -> None:
    before = photo(seed)
    after = portrait_image.with_background(before, "#0090ff")
    assert after.shape == before.shape
    height, width = before.shape[:2]
    corners = (slice(0, height // 8), slice(0, width // 8)), (slice(0, height // 8), slice(-width // 8, None))
    for corner in corners:
        assert np.abs(after[corner].astype(int) - BLUE).mean() < 2
    inside = slice(int(0.3 * height), int(0.65 * height)), slice(int(0.35 * width), int(0.65 * width))
    assert off(after[inside], before[inside]) < 1
    hair = before.astype(int).sum(axis=2) < 120  # the darkest there is: hair, all of which has to stay
    assert np.abs(after.astype(int) - before)[hair].mean() < 6


@pytest.mark.parametrize("headwear", Headwear)
@pytest.mark.parametrize(("backdrop", "other"), [(Backdrop.RED, Backdrop.BLUE), (Backdrop.BLUE, Backdrop.ORANGE)])
def test_the_cut_follows_hair_scarf_and_shoulders(headwear: Headwear, backdrop: Backdrop, other: Backdrop) -> None:
    """Truth by what changes when the same person sits before another cloth."""
    traits = FaceTraits(seed=31, headwear=headwear, backdrop=backdrop)
    rendered = render_face(traits)
    assert rendered.truth is not None
    left, top, wide, high = pass_photo(1280, 720, (rendered.truth.right_eye, rendered.truth.left_eye))
    before, elsewhere = (
        np.ascontiguousarray(image[top : top + high, left : left + wide])
        for image in (rendered.image, render_face(replace(traits, backdrop=other)).image)
    )
    cloth = np.abs(before.astype(int) - elsewhere).sum(axis=2) > 60
    green = np.abs(portrait_image.with_background(before, "#00ff00").astype(int) - (0, 255, 0)).sum(axis=2) < 40
    assert (~cloth & ~green).sum() / (~cloth | ~green).sum() > 0.94  # 0.97 on average


def test_no_cloth_is_left_and_the_same_picture_gives_the_same_cut() -> None:
    after = portrait_image.with_background(photo(), "#0090ff").astype(int)
    blue, green, red = after[..., 0], after[..., 1], after[..., 2]
    assert ((red > 140) & (green < 60) & (blue < 70)).mean() < 0.002  # nothing as red as the cloth
    assert np.array_equal(portrait_image.with_background(photo(), "#0090ff"), after)
