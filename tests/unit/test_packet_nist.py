"""The ANSI/NIST-ITL file, read back: every capture is there, every finger is accounted for, nobody is named."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from nistitl import AsciiRecord, Message

from devices.positions import FingerPosition
from station.biometrics import images
from station.packet.nist import transaction
from tests.support.packets import EXCEPTED, FINGER_SHAPE, NAME, NIK, face, packet_input, ridges


def _read(data: bytes) -> Message:
    message = Message()
    message.parse(data)
    return message


@pytest.fixture(scope="module")
def message() -> Message:
    return _read(transaction(packet_input()))


def test_the_head_says_what_when_and_from_whom(message: Message) -> None:
    head = message[0]
    assert (head.VER, head.TOT, head.ORI, head.DAI) == ("0502", "KTPE", "SMR-LOKET-03", "DC-KTPEL")
    assert head.TCN == "SMR-20260422-0017"
    assert head.DAT == "20260422"
    assert head.GMT == "20260422013000Z"
    assert head.DOM == [["KTPEL", "1.0"]]


def test_the_count_names_one_face_and_ten_fingers(message: Message) -> None:
    count = [subfield.values for subfield in message[0]["CNT"]]
    assert count[0] == ["1", "11"]
    assert [kind for kind, _ in count[1:]] == ["10"] + ["14"] * 10
    numbers = [int(number) for _, number in count[1:]]
    assert len(set(numbers)) == 11


def test_every_record_is_as_long_as_it_says() -> None:
    """Walked by hand: a type's number, its length, and a file separator at that very place."""
    data, at, kinds = transaction(packet_input()), 0, []
    while at < len(data):
        head = re.match(rb"(\d+)\.001:(\d+)\x1d", data[at : at + 32])
        assert head is not None
        kinds.append(int(head[1]))
        at += int(head[2])
        assert data[at - 1 : at] == b"\x1c"
    assert kinds == [1, 10] + [14] * 10


def test_the_face_is_the_portrait_that_was_accepted(message: Message) -> None:
    record = message[(10, 1)]
    assert (record.IMT, record.CGA, record.CSP, record.POS) == ("FACE", "JP2", "SRGB", "F")
    assert (record.HLL, record.VLL, record.SLC, record.THPS, record.TVPS) == ("480", "640", "0", "1", "1")
    assert record.PHD == "20260422"
    assert record.MMS == [["Maker", "Model camera", "SN-0042"]]
    picture = images.jp2_decode(record.DATA)
    assert picture.shape == (int(record.VLL), int(record.HLL), 3)
    assert np.abs(picture.astype(int) - face()).mean() < 3


@pytest.mark.parametrize("position", [p for p in FingerPosition if p not in EXCEPTED])
def test_a_finger_that_was_taken_is_a_picture_of_that_finger(message: Message, position: FingerPosition) -> None:
    record = message[(14, position + 1)]
    assert str(int(position)) == record.FGP
    assert (record.IMP, record.CGA, record.BPX, record.SLC) == ("0", "WSQ20", "8", "1")
    assert (int(record.VLL), int(record.HLL)) == FINGER_SHAPE
    assert (record.THPS, record.TVPS) == ("500", "500")
    assert record.FCD == "20260422"
    assert [[str(int(position)), "72", "0000", "1"]] == record.FQM
    assert record.COM == "quality: ridge_energy_1 72.4"
    assert record["AMP"] is None
    picture = images.wsq_decode(record.DATA)
    off = {p: np.abs(picture.astype(int) - ridges(p)).mean() for p in FingerPosition}
    assert min(off, key=lambda p: off[p]) is position


@pytest.mark.parametrize("position", sorted(EXCEPTED))
def test_a_finger_that_was_not_taken_says_why_and_has_no_picture(message: Message, position: FingerPosition) -> None:
    record = message[(14, position + 1)]
    assert str(int(position)) == record.FGP
    assert [[str(int(position)), EXCEPTED[position].value]] == record.AMP
    assert [record[field] for field in ("HLL", "VLL", "CGA", "DATA", "FQM")] == [None] * 5


def test_what_a_simulator_gave_says_so_record_by_record() -> None:
    simulated = _read(transaction(packet_input(simulated=True)))
    taken = [record for record in simulated if record["DATA"] is not None]
    assert len(taken) == 1 + 8
    assert all(record.COM.startswith("SIMULATED; ") for record in taken)
    assert not any("SIMULATED" in record.COM for record in _read(transaction(packet_input())) if record["DATA"])


def test_a_print_that_wsq_would_lose_travels_as_png() -> None:
    packet = packet_input()
    first, *rest = packet.fingers
    whole = replace(first, image=images.finger_png(ridges(first.attempt.position)))
    record: AsciiRecord = _read(transaction(replace(packet, fingers=(whole, *rest))))[(14, 2)]
    assert record.CGA == "PNG"
    assert np.array_equal(images.decode_png(record.DATA), ridges(1))


def test_a_print_in_no_known_coding_is_refused() -> None:
    packet = packet_input()
    first, *rest = packet.fingers
    with pytest.raises(ValueError, match="WSQ or PNG"):
        transaction(replace(packet, fingers=(replace(first, image=b"raw"), *rest)))


def test_nobody_is_named_and_no_illness_told(message: Message) -> None:
    data = transaction(packet_input())
    for words in (NIK, NAME, *NAME.split(), "kecelakaan"):
        assert words.encode() not in data
    assert len(message) == 12


def test_a_separator_in_a_makers_name_cannot_break_the_file() -> None:
    packet = packet_input()
    first, *rest = packet.fingers
    odd = replace(first.attempt.source, maker="A\x1dB\x1cC", model="Ä" * 80, serial="")
    odd_finger = replace(first, attempt=replace(first.attempt, source=odd))
    record = _read(transaction(replace(packet, fingers=(odd_finger, *rest))))[(14, 2)]
    assert record.MMS == [["A?B?C", "?" * 50, "0"]]
