"""The portrait's part of a packet: every attempt, who approved which one and how, both hands, a marked derivative."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.samples import Accepted, ReplacedBackground
from station.errors import RuleError
from station.packet import archive
from station.packet.contents import EncodedHands, PacketInput, picture_name
from tests.support.packets import START, packet_input

JP2, JPEG = b"\x00\x00\x00\x0cjP  \r\n\x87\n...", b"\xff\xd8\xff\xe0..."
REPLACED = ReplacedBackground("blob-r2", "#0090ff", "grabcut-1")


def told(packet: PacketInput | None = None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(archive.members(packet or packet_input())["recording.json"])["portrait"]
    return found


def replaced(image: bytes = JP2) -> PacketInput:
    """The applicant approved a pass photo with another background."""
    packet = packet_input()
    portraits = tuple(replace(p, replaced=REPLACED) if p.number == 2 else p for p in packet.enrollment.portraits)
    enrollment = replace(packet.enrollment, portraits=portraits)
    accepted = enrollment.accepted()
    assert accepted is not None
    return replace(packet, enrollment=enrollment, face=replace(packet.face, attempt=accepted, replaced=image))


def refused(packet: PacketInput) -> None:
    with pytest.raises(RuleError) as caught:
        archive.members(packet)
    assert caught.value.code == "packet.incomplete"


def test_who_approved_which_portrait_how_and_when_is_told() -> None:
    assert told()["approval"] == {
        "how": "on_screen",
        "shown": "original",
        "at": "2026-04-22T01:00:00+00:00",
        "officer": "op-01",
    }
    first, second = told()["attempts"]
    assert (first["accepted"], first["accepted_at"]) == (None, None)
    assert (second["accepted"], second["accepted_at"]) == ("on_screen", "2026-04-22T01:00:00+00:00")


def test_a_portrait_that_was_done_over_tells_the_last_approval() -> None:
    packet = packet_input()
    again = h.PortraitAccepted(number=2, accepted=Accepted.TOLD, at=START, by="op-02")
    enrollment = replace(packet.enrollment, entries=(*packet.enrollment.entries, again))
    assert told(replace(packet, enrollment=enrollment))["approval"]["officer"] == "op-02"


def test_every_attempt_tells_what_was_seen_and_measured() -> None:
    (first, _) = told()["attempts"]
    assert first["eyes"] == {"right": [200.0, 250.0], "left": [280.0, 250.5]}
    assert first["face"] == {"left": 140, "top": 180, "width": 200, "height": 200}
    assert first["crop"] == {"left": 0, "top": 0, "width": 480, "height": 640}
    assert (first["backdrop"], first["burst"]) == ("red", 5)
    assert first["checks"] == [{"name": "eye_distance", "value": 80.0, "score": 41.5}]
    assert first["replaced_background"] is None


def test_an_attempt_of_before_these_were_kept_says_so() -> None:
    packet = packet_input()
    bare = replace(packet.enrollment.portraits[0], eyes=None, face=None, crop=None, backdrop="", checks=(), burst=1)
    enrollment = replace(packet.enrollment, portraits=(bare, *packet.enrollment.portraits[1:]))
    first = told(replace(packet, enrollment=enrollment))["attempts"][0]
    assert [first[each] for each in ("eyes", "face", "crop", "backdrop", "checks")] == [None, None, None, "", []]


def test_both_hands_travel_where_fingers_are_missing() -> None:
    hands = packet_input().hands
    assert hands is not None
    found = archive.members(packet_input())
    assert found["exception-portrait.jp2"] == hands.image
    (portrait,) = told()["with_hands"]
    assert portrait["fingers"] == [4, 6]
    assert portrait["source"]["slot"] == "camera"
    assert "exception-portrait.jpg" in archive.members(replace(packet_input(), hands=replace(hands, image=JPEG)))


def test_hands_that_are_missing_or_of_nobody_are_not_packed() -> None:
    packet = packet_input()
    assert packet.hands is not None
    refused(replace(packet, hands=None))
    refused(replace(packet, hands=EncodedHands(replace(packet.hands.portrait, number=2), JP2)))


def test_a_recording_of_a_station_that_wants_no_hands_is_whole_without() -> None:
    packet = packet_input()
    entries = [each for each in packet.enrollment.entries if not isinstance(each, h.ExceptionPortraitTaken)]
    without = replace(packet, enrollment=Enrollment.of("5f2a9c", entries), hands=None)
    assert "exception-portrait.jp2" not in archive.members(without)
    assert told(without)["with_hands"] == []


@pytest.mark.parametrize(("image", "name"), [(JP2, "jp2"), (JPEG, "jpg")])
def test_another_background_is_a_member_of_its_own_and_the_face_stays_the_original(image: bytes, name: str) -> None:
    packet = replaced(image)
    found = archive.members(packet)
    assert found[f"portrait-background-replaced.{name}"] == image
    assert packet.face.image in found["biometrics.an2"]
    assert image not in found["biometrics.an2"]
    assert told(packet)["attempts"][1]["replaced_background"] == {"colour": "#0090ff", "method": "grabcut-1"}
    assert told(packet)["approval"]["shown"] == "replaced_background"
    assert not any(each.startswith("portrait-background") for each in archive.members(packet_input()))


def test_another_background_that_is_missing_or_that_nobody_made_is_not_packed() -> None:
    refused(replace(replaced(), face=replace(replaced().face, replaced=None)))
    refused(replace(packet_input(), face=replace(packet_input().face, replaced=JP2)))


def test_a_member_that_is_no_portrait_is_refused() -> None:
    with pytest.raises(ValueError, match="JPEG 2000 or JPEG"):
        picture_name("exception-portrait", b"\x89PNG")


def test_no_approval_is_told_where_there_was_none() -> None:
    packet = packet_input()
    entries = tuple(each for each in packet.enrollment.entries if not isinstance(each, h.PortraitAccepted))
    assert told(replace(packet, enrollment=replace(packet.enrollment, entries=entries)))["approval"] is None
