"""What stands in a packet and what must not: nothing is missing, no reading is told, equal input gives equal bytes."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from devices.positions import FingerPosition
from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.samples import CardSeen, FurtherScore, LikenessVerdict, SlapAttempt, SlapSegment
from station.errors import RuleError
from station.packet import archive
from station.packet.contents import EncodedSlap, PacketInput
from station.packet.errors import PacketCode, PacketError
from tests.support.histories import AT, likeness, positioned, settled
from tests.support.packets import NAME, NIK, SEALED_AT, START, packet_input, source

NAMES = {
    "audit.json",
    "biodata.json",
    "biometrics.an2",
    "exception-portrait.jp2",
    "recording.json",
    "screening.json",
    "signature.iso19794-7",
    "signature.png",
    "signature.svg",
}
SIGNED = {"signature.iso19794-7", "signature.png", "signature.svg"}


def _json(name: str, packet: PacketInput | None = None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(archive.members(packet or packet_input())[name])
    return found


def test_every_member_is_there() -> None:
    assert set(archive.members(packet_input())) == NAMES
    assert set(archive.members(packet_input(signs=False))) == NAMES - SIGNED


def test_biodata_are_whole() -> None:
    told = _json("biodata.json")
    assert told["nik"] == NIK
    assert (told["name"], told["birth_date"], told["sex"]) == (NAME, "1995-12-05", "P")
    assert told["address"]["village"] == "Air Putih"
    assert told["identified"]["ever_recorded"] == "no"
    assert told["identified"]["read_back"] is True
    assert told["identified"]["card"] is None


def test_the_centre_is_told_which_card_was_brought() -> None:
    packet = packet_input()
    card = CardSeen("04A1B2C3D4E5F6", AT, source("card_reader", simulated=True))
    entries = [replace(e, card=card) if isinstance(e, h.Identified) else e for e in packet.enrollment.entries]
    brought = Enrollment.of(packet.enrollment.visit_id, entries, packet.enrollment.plan)
    told = _json("biodata.json", replace(packet, enrollment=brought))["identified"]["card"]
    assert (told["uid"], told["by"], told["source"]["slot"]) == (card.uid, "op-01", "card_reader")


def test_the_screening_names_the_text_the_deciders_and_the_items_but_no_reading() -> None:
    (given,) = _json("screening.json")["clearances"]
    assert given["protocol"] == {"id": "emergency-2020", "version": "1", "sha256": "ab" * 32}
    assert given["decision"]["by"] == ["spv-01", "spv-02"]
    assert given["verdict"] == "cleared"
    assert [item["id"] for item in given["items"]] == ["urgent", "applicant_temperature", "disinfected"]
    assert all(set(item) == {"id", "about", "answered_at", "answered_by", "source"} for item in given["items"])


def test_the_recording_tells_attempts_exceptions_sources_and_what_has_no_device() -> None:
    told = _json("recording.json")
    assert told["portrait"]["accepted"] == 2
    assert len(told["portrait"]["attempts"]) == 2
    assert told["fingerprints"]["used"] == {str(int(p)): 1 for p in FingerPosition if p not in {4, 6}}
    assert told["fingerprints"]["attempts"][0]["quality"] == {"algorithm": "ridge_energy_1", "value": 72.4}
    assert [(e["position"], e["code"], e["confirmed_by"]) for e in told["fingerprints"]["exceptions"]] == [
        (4, "XX", "spv-01"),
        (6, "UP", "spv-01"),
    ]
    assert told["not_captured"] == [{"modality": "iris", "reason": "no_device", "confirmed_by": ""}]
    assert told["approval"] == {
        "at": "2026-04-22T01:00:00+00:00",
        "by": "spv-01",
        "automatic": False,
        "by_code": False,
        "entered_by": "",
    }
    assert told["receipt"]["number"] == "SMR-20260422-0017"
    assert told["simulated"] is False
    assert _json("recording.json", packet_input(simulated=True))["simulated"] is True


def _slap(number: int = 1) -> SlapAttempt:
    segment = SlapSegment(FingerPosition.LEFT_INDEX, 300, 20, 556, 308)
    scanner = source("fingerprint", simulated=False)
    return SlapAttempt(number, f"blob-slap{number}", 800, 400, 500, 8, START, scanner, (segment,))


def _slapped() -> PacketInput:
    """The left index finger was cut from the second of two slaps."""
    packet = packet_input()
    cut = [replace(f, slap=2) if f.position is FingerPosition.LEFT_INDEX else f for f in packet.enrollment.fingers]
    attempts = {attempt.position: attempt for attempt in cut}
    return replace(
        packet,
        enrollment=replace(packet.enrollment, fingers=tuple(cut), slaps=(_slap(1), _slap(2))),
        fingers=tuple(replace(each, attempt=attempts[each.attempt.position]) for each in packet.fingers),
        slaps=(EncodedSlap(_slap(2), b"\xff\xa0"),),
    )


def test_the_recording_tells_every_slap_and_which_finger_came_from_which() -> None:
    told = _json("recording.json", _slapped())["fingerprints"]
    assert [each["number"] for each in told["slaps"]] == [1, 2]
    assert told["slaps"][0]["segments"] == [{"position": 7, "left": 300, "top": 20, "right": 556, "bottom": 308}]
    assert {each["position"]: each["slap"] for each in told["attempts"]} == {
        int(p): 2 if p is FingerPosition.LEFT_INDEX else 0 for p in FingerPosition if p not in {4, 6}
    }
    assert _json("recording.json")["fingerprints"]["slaps"] == []


def test_a_slap_may_be_left_out_but_must_be_of_this_recording_and_in_use() -> None:
    packet = _slapped()
    assert archive.members(replace(packet, slaps=())).keys() == NAMES
    (used,) = packet.slaps
    for slaps in ((EncodedSlap(_slap(1), used.image),), (EncodedSlap(_slap(3), used.image),), (used, used)):
        with pytest.raises(RuleError) as refused:
            archive.members(replace(packet, slaps=slaps))
        assert refused.value.code == "packet.incomplete"


def test_a_failed_score_is_null_and_the_day_to_come_back_is_told() -> None:
    packet = packet_input()
    first, *rest = packet.enrollment.fingers
    injured, gone = packet.enrollment.exceptions
    failed = replace(first, further=(FurtherScore("nfiq2", None),))
    enrollment = replace(
        packet.enrollment,
        fingers=(failed, *rest),
        exceptions=(replace(injured, permanent=False, return_on=date(2026, 5, 6)), gone),
    )
    fingers = tuple(replace(f, attempt=failed) if f.attempt == first else f for f in packet.fingers)
    told = _json("recording.json", replace(packet, enrollment=enrollment, fingers=fingers))["fingerprints"]
    assert told["attempts"][0]["further"] == [{"algorithm": "nfiq2", "value": None}]
    assert [each["return_on"] for each in told["exceptions"]] == ["2026-05-06", None]


def test_every_likeness_is_told_with_what_the_officer_decided() -> None:
    packet, found = packet_input(), likeness()
    entries = (
        h.LikenessFound(likeness=found, at=AT, by="op-01"),
        h.LikenessFound(likeness=replace(found, reliable=False, score=0.2, number=2), at=AT, by="op-01"),
        settled(LikenessVerdict.DIFFERENT, found),
    )
    enrollment = replace(packet.enrollment, entries=(*packet.enrollment.entries, *entries))
    told = _json("recording.json", replace(packet, enrollment=enrollment))["fingerprints"]["likenesses"]
    assert [(each["position"], each["other"], each["reliable"]) for each in told] == [(7, 2, True), (7, 2, False)]
    assert (told[0]["verdict"]["is"], told[0]["verdict"]["by"]) == ("different", entries[2].by)
    assert told[1]["verdict"] is None


def test_a_small_or_coarse_print_says_so() -> None:
    (first, *_) = _json("recording.json")["fingerprints"]["attempts"]
    assert (first["undersized"], first["coarse"]) == (True, first["source_bits"] < 8)


def test_a_signature_that_was_not_given_says_who_saw_it() -> None:
    missing = _json("recording.json", packet_input(signs=False))["not_captured"]
    assert missing[1] == {"modality": "signature", "reason": "unable_to_sign", "confirmed_by": "spv-01"}


def test_the_thumb_that_stands_for_a_signature_is_named_by_its_attempt() -> None:
    told = _json("recording.json", packet_input(signs=False))
    assert told["signature"] == {"attempts": [], "mark": {"kind": "thumbprint", "position": 1, "number": 1}}
    assert told["fingerprints"]["used"]["1"] == 1
    assert _json("recording.json")["signature"]["mark"] is None


def test_every_time_is_utc() -> None:
    def times(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [t for each in value.values() for t in times(each)]
        if isinstance(value, list):
            return [t for each in value for t in times(each)]
        return [value] if isinstance(value, str) and value[4:5] == "-" and "T" in value else []

    found = [t for name in NAMES if name.endswith(".json") for t in times(_json(name))]
    assert len(found) > 10
    assert all(datetime.fromisoformat(t).utcoffset() == SEALED_AT.utcoffset() * 0 for t in found)  # type: ignore[operator]  # it is aware


def _without_a_finger(packet: PacketInput) -> PacketInput:
    return replace(packet, fingers=packet.fingers[1:])


def _a_finger_twice(packet: PacketInput) -> PacketInput:
    return replace(packet, fingers=(*packet.fingers, packet.fingers[0]))


def _another_portrait(packet: PacketInput) -> PacketInput:
    return replace(packet, face=replace(packet.face, attempt=packet.enrollment.portraits[0]))


def _without_the_signature(packet: PacketInput) -> PacketInput:
    return replace(packet, signature=None)


def _a_signature_nobody_gave(packet: PacketInput) -> PacketInput:
    return replace(packet_input(signs=False), signature=packet.signature)


def _nothing_recorded(packet: PacketInput) -> PacketInput:
    return replace(packet, enrollment=Enrollment("empty"))


@pytest.mark.parametrize(
    "spoil",
    [
        _without_a_finger,
        _a_finger_twice,
        _another_portrait,
        _without_the_signature,
        _a_signature_nobody_gave,
        _nothing_recorded,
    ],
)
def test_what_is_not_what_was_recorded_is_not_packed(spoil: Any) -> None:
    with pytest.raises(RuleError) as refused:
        archive.assemble(spoil(packet_input()))
    assert refused.value.code == "packet.incomplete"


def test_the_same_recording_gives_the_same_bytes_whatever_the_order_of_fingers() -> None:
    packet = packet_input()
    shuffled = replace(packet, fingers=packet.fingers[::-1])
    assert archive.assemble(packet).data == archive.assemble(shuffled).data


def test_members_are_stored_after_the_manifest_and_by_name() -> None:
    with zipfile.ZipFile(io.BytesIO(archive.assemble(packet_input()).data)) as packed:
        infos = packed.infolist()
        assert packed.testzip() is None
    assert [info.filename for info in infos] == ["manifest.json", *sorted(NAMES)]
    assert {info.compress_type for info in infos} == {zipfile.ZIP_STORED}
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}


def test_what_was_packed_is_unpacked_and_every_sum_is_in_the_manifest() -> None:
    packed = archive.assemble(packet_input(simulated=True))
    manifest, found = archive.unpack(packed.data)
    assert found == archive.members(packet_input(simulated=True))
    assert manifest.sha256 == {name: hashlib.sha256(data).hexdigest() for name, data in found.items()}
    assert (manifest.visit, manifest.number, manifest.station) == ("5f2a9c", "017", "SMR-LOKET-03")
    assert manifest.sealed_at == SEALED_AT
    assert manifest.simulated
    assert packed.simulated


@pytest.fixture
def found() -> dict[str, bytes]:
    return archive.members(packet_input())


@pytest.fixture
def manifest() -> bytes:
    with zipfile.ZipFile(io.BytesIO(archive.assemble(packet_input()).data)) as packed:
        return packed.read(archive.MANIFEST)


def _refused(data: bytes) -> bool:
    with pytest.raises(PacketError) as refused:
        archive.unpack(data)
    return refused.value.code == PacketCode.MEMBER_ALTERED


def test_a_member_that_is_altered_missing_or_new_is_refused(found: dict[str, bytes], manifest: bytes) -> None:
    assert _refused(archive.pack({**found, "biodata.json": b"{}"}, manifest))
    assert _refused(archive.pack({**found, "extra.json": b"{}"}, manifest))
    del found["audit.json"]
    assert _refused(archive.pack(found, manifest))


@pytest.mark.parametrize(
    ("words", "instead"),
    [
        (b'"version": 1', b'"version": 2'),
        (b'"sealed_at": "2026', b'"sealed_at": "noon'),
        (b'"members"', b'"others"'),
        (b"{", b"["),
    ],
)
def test_a_manifest_of_another_kind_is_refused(
    found: dict[str, bytes], manifest: bytes, words: bytes, instead: bytes
) -> None:
    assert words in manifest
    assert _refused(archive.pack(found, manifest.replace(words, instead, 1)))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x00" * 100])
def test_what_is_no_archive_is_refused(data: bytes) -> None:
    assert _refused(data)


def test_a_member_by_the_same_name_twice_is_refused() -> None:
    data = io.BytesIO(archive.assemble(packet_input()).data)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(data, "a") as packed:
        packed.writestr("biodata.json", b"{}")
    assert _refused(data.getvalue())


def test_nothing_of_a_person_shows_in_a_repr() -> None:
    packed = archive.assemble(packet_input())
    assert NAME not in repr(packed)
    assert repr(packed) == f"Archive({len(packed.data)} bytes, simulated=False)"


# -- where the station stood


def test_the_recording_tells_where_the_station_stood_and_by_whose_word() -> None:
    packet = packet_input()
    entries = (
        *packet.enrollment.entries,
        positioned(),
        h.Positioned(position=None, missing="searching", at=AT, by="op"),
    )
    told = _json("recording.json", replace(packet, enrollment=replace(packet.enrollment, entries=entries)))
    assert told["positions"] == [
        {
            "at": "2020-04-13T02:00:00+00:00",
            "missing": "",
            "fix": {
                "latitude": -6.9147,
                "longitude": 107.6098,
                "receiver_at": "2020-04-13T01:59:58+00:00",
                "station_ahead_s": 2.0,
                "satellites": 9,
                "wire": "gpsd",
                "quality": "autonomous",
                "hdop": 0.9,
                "source": {
                    "slot": "positioning",
                    "maker": "gpsd",
                    "model": "receiver",
                    "serial": "port:1",
                    "firmware": "3.22",
                    "simulated": False,
                },
            },
        },
        {"at": "2020-04-13T02:00:00+00:00", "missing": "searching", "fix": None},
    ]


def test_a_station_without_a_receiver_tells_no_place() -> None:
    assert _json("recording.json")["positions"] == []
