"""Cards that nobody owns: the citizens' KTP-el, and cards that give trouble."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final

from devices.camera.crop import pass_photo
from devices.card_reader.virtual_card import CardKind, CardSpec
from devices.simulation.face import render_face
from station.biometrics.portrait_image import JPEG, encode
from station.lab.body import face_of
from station.lab.persona import Citizen

ANSWER_S: Final = 0.25
"""What an answer of a real KTP-el takes: ten seconds are reported for a whole card, some forty commands."""
PHOTO_BYTES: Final = 2500
"""What a photo in the field has, about."""
FOREIGN: Final = CardSpec(CardKind.FOREIGN, bytes.fromhex("A1B2C3D4"))
"""A card for the bus, or a bank's."""


def ktpel(citizen: Citizen, *, made: int = 0, delay_s: float = 0.0) -> CardSpec:
    """The citizen's card with their face on it.

    Args:
        citizen: whose.
        made: how many they had before it; each has a number of its own.
        delay_s: that each answer takes.
    """
    uid = bytes([0x04, made]) + citizen.seed.to_bytes(5, "big")
    return CardSpec(CardKind.KTPEL, uid, photo=_photo(citizen), delay_s=delay_s)


def torn(card: CardSpec, after: int = 4) -> CardSpec:
    """The same card, taken away once it has answered so often."""
    return replace(card, torn_after=after)


@lru_cache(maxsize=4)
def _photo(citizen: Citizen) -> bytes:
    """As a card keeps it: small, JPEG."""
    portrait = render_face(face_of(citizen), 640, 480)
    assert portrait.truth is not None
    left, top, width, height = pass_photo(640, 480, (portrait.truth.right_eye, portrait.truth.left_eye))
    return encode(portrait.image[top : top + height, left : left + width], JPEG, PHOTO_BYTES).data
