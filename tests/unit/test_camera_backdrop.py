"""The cloths' colours: each is taken for itself in any light, and nothing else is taken for it."""

from __future__ import annotations

import numpy as np
import pytest

from devices.camera.backdrop import Backdrop
from devices.camera.limits import PortraitLimits
from devices.camera.quality import PortraitAnalyser, PortraitHint
from devices.simulation.face import CLOTH, FaceTraits, render_face

CLOTHS = PortraitLimits.standard().cloth
SHOPS = {Backdrop.RED: (0x14, 0x15, 0xDB), Backdrop.BLUE: (0xFF, 0x90, 0x00)}
"""Blue, green, red of what photo shops use."""
OTHERS = {
    "white": (235, 238, 240),
    "grey": (120, 122, 125),
    "black": (6, 6, 6),
    "green": (70, 140, 60),
    "wood": (96, 130, 160),
    "skin": (124, 164, 212),
}


def share(backdrop: Backdrop, colour: tuple[int, int, int], light: float = 1.0, noise: float = 3.0) -> float:
    shades = np.asarray(colour) * light * np.linspace(0.85, 1.1, 400)[:, None]
    grain = np.random.default_rng(3).normal(0, noise, shades.shape)
    return CLOTHS[backdrop].share(np.clip(shades + grain, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("light", [0.4, 0.7, 1.0])
@pytest.mark.parametrize("wanted", list(Backdrop))
@pytest.mark.parametrize("shown", list(Backdrop))
def test_a_cloth_is_itself_and_no_other_in_any_light(wanted: Backdrop, shown: Backdrop, light: float) -> None:
    found = share(wanted, CLOTH[shown], light)
    assert found > 0.95 if wanted is shown else found < 0.05


@pytest.mark.parametrize("backdrop", list(SHOPS))
def test_the_shops_colours_are_taken(backdrop: Backdrop) -> None:
    assert share(backdrop, SHOPS[backdrop]) > 0.95


@pytest.mark.parametrize("colour", list(OTHERS))
@pytest.mark.parametrize("wanted", list(Backdrop))
def test_walls_wood_and_skin_are_no_cloth(wanted: Backdrop, colour: str) -> None:
    assert share(wanted, OTHERS[colour]) < 0.1


def test_nothing_has_no_colour() -> None:
    assert CLOTHS[Backdrop.RED].share(np.zeros((0, 3), np.uint8)) == 0.0


@pytest.mark.parametrize("shown", list(Backdrop))
@pytest.mark.parametrize("wanted", list(Backdrop))
def test_the_wrong_cloth_is_told_the_right_one_is_not(wanted: Backdrop, shown: Backdrop) -> None:
    image = render_face(FaceTraits(seed=1, backdrop=shown)).image
    hints = PortraitAnalyser().analyse(image, wanted).hints
    assert hints == (() if wanted is shown else (PortraitHint.BACKGROUND_COLOUR,))


def test_without_a_wish_no_colour_is_wrong() -> None:
    quality = PortraitAnalyser().analyse(render_face(FaceTraits(seed=1)).image)
    assert quality.value("background_colour") is None
