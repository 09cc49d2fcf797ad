"""What comes out of a device is a person's: no `repr` of any value tells pixels, ink, readings or bytes of it."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from devices.camera import Frame
from devices.camera.quality import PortraitQuality
from devices.camera.steadiness import Guide
from devices.card_reader import CardEvent, CardEventKind
from devices.card_reader.virtual_card import CardKind, CardSpec
from devices.fingerprint import FingerCapture, FingerImage, FingerRequest, FingerSample
from devices.fingerprint.r30x_wire import Ack, Packet, PacketKind
from devices.positions import THUMBS, FingerPosition
from devices.signature_pad import PenSample
from devices.signature_pad.topaz_wire import Position, Pressure
from devices.thermometer import ReadingSource, TemperatureReading
from devices.thermometer.board import Temperatures
from devices.transcript import Direction, Entry
from station.biometrics.portrait_image import Encoded
from station.domain.samples import CheckFigure
from station.packet.contents import EncodedFace, EncodedFinger, EncodedHands, EncodedSignature, EncodedSlap
from station.services.preview import PreviewFrame
from tests.support.histories import portrait, slap, with_hands
from tests.support.packets import packet_input

NOW = datetime(2020, 4, 22, tzinfo=UTC)
TOLD = 213
"""Of a person; wherever it shows, as a number or as a byte, the `repr` has told."""
BYTES = bytes([TOLD]) * 12
PIXELS = np.full((3, 4, 3), TOLD, np.uint8)
FACE, FINGERS, SIGNATURE = packet_input().face, packet_input().fingers, packet_input().signature
HANDS = packet_input().hands
assert HANDS is not None
assert SIGNATURE is not None

VALUES = [
    Frame(PIXELS, NOW, 1.0, 1),
    PreviewFrame(PIXELS, 1, 1.0, Guide((), PortraitQuality((), right_eye=(TOLD, TOLD)), 0.5)),
    FingerImage(PIXELS[..., 0], 500, 4, NOW),
    FingerSample(FingerPosition.LEFT_THUMB, FingerImage(PIXELS[..., 0], 500, 4, NOW)),
    FingerCapture((), FingerImage(PIXELS[..., 0], 500, 4, NOW)),
    PenSample(TOLD, TOLD, TOLD, True, TOLD),
    TemperatureReading(TOLD, TOLD, ReadingSource.MANUAL, "petugas", NOW),
    Temperatures(TOLD, TOLD),
    CardEvent(CardEventKind.INSERTED, "reader", BYTES),
    CardSpec(CardKind.KTPEL, BYTES, photo=BYTES, control=BYTES),
    Packet(PacketKind.DATA, BYTES),
    Ack(0, BYTES),
    Position(TOLD, TOLD, True, True),
    Pressure(TOLD),
    Entry(1.0, Direction.RECEIVED, BYTES),
    EncodedFace(FACE.attempt, BYTES, 3, 4, FACE.crop),
    EncodedHands(HANDS.portrait, BYTES),
    replace(portrait(), eyes=((TOLD, TOLD), (TOLD, TOLD)), checks=(CheckFigure("eye_distance", TOLD, TOLD),)),
    replace(portrait(), face=(TOLD, TOLD, TOLD, TOLD), crop=(TOLD, TOLD, TOLD, TOLD)),
    Encoded(BYTES, 3, 4),
    EncodedFinger(FINGERS[0].attempt, BYTES),
    EncodedSlap(slap(), BYTES),
    EncodedSignature(SIGNATURE.sample, BYTES, BYTES, BYTES),
]


def test_a_request_does_not_tell_which_fingers_a_person_lacks() -> None:
    lacking = FingerRequest(THUMBS, frozenset({FingerPosition.LEFT_THUMB}))
    assert repr(lacking) == repr(FingerRequest(THUMBS))


def test_a_picture_with_hands_does_not_tell_them_either() -> None:
    assert repr(with_hands(FingerPosition.LEFT_THUMB)) == repr(with_hands())


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_repr_tells_nothing_of_a_person(value: object) -> None:
    assert bytes([TOLD]) in pickle.dumps(value)  # it does hold it
    said = repr(value)
    assert said.startswith(type(value).__name__)
    assert str(TOLD) not in said
    assert "\\xd5" not in said


def test_a_repr_of_everything_that_a_packet_is_made_of_has_no_name_and_no_bytes() -> None:
    said = repr(packet_input())
    for told in ("RAHMAWATI", "6472014512950003", "\\x", "b'"):
        assert told not in said
