"""The ANSI/NIST-ITL file, read back by a reader that knows the standard alone: every capture is there, every finger is
accounted for, nobody is named."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from devices.opencv_import import cv2
from devices.positions import LEFT_FOUR, RIGHT_FOUR, THUMBS, FingerPosition, left_to_right
from station.biometrics import images, portrait_image
from station.domain.samples import CaptureSource, FingerAttempt, FurtherScore, QualityScore, SlapAttempt, SlapSegment
from station.packet.contents import EncodedFinger, EncodedSlap, PacketInput, check_whole
from station.packet.nist import transaction
from tests.support.nist_reader import Record, read
from tests.support.packets import (
    EXCEPTED,
    FACE_BYTES,
    FINGER_SHAPE,
    NAME,
    NIK,
    START,
    face,
    packet_input,
    ridges,
    source,
)

SLAP_SHAPE = (320, 1120)
AMP, COM, SEG, NQM, SQM, FQM, MMS = 18, 20, 21, 22, 23, 24, 904
POS, SQS, FFP = 20, 24, 29
OURS = "ridge_energy_1"


@pytest.fixture(scope="module")
def records() -> tuple[Record, ...]:
    return read(transaction(packet_input()))


def _record(packet: PacketInput, idc: int) -> Record:
    (found,) = (each for each in read(transaction(packet))[1:] if each.text(2) == str(idc))
    return found


def _of(records: tuple[Record, ...], position: int) -> Record:
    (found,) = (each for each in records if each.kind == 14 and each.text(13) == str(position))
    return found


def _with_first_finger(packet: PacketInput, **changes: object) -> PacketInput:
    """Its attempt changed, as if it had been recorded so."""
    first, *rest = packet.fingers
    return replace(packet, fingers=(replace(first, attempt=replace(first.attempt, **changes)), *rest))  # type: ignore[arg-type]  # any field


def _pixels(record: Record) -> images.Pixels:
    assert record.image is not None
    return images.wsq_decode(record.image)


def test_the_head_says_what_when_and_from_whom(records: tuple[Record, ...]) -> None:
    head = records[0]
    told = [head.text(number) for number in (2, 4, 5, 7, 8, 9, 14)]
    assert told == ["0502", "KTPE", "20260422", "DC-KTPEL", "SMR-LOKET-03", "SMR-20260422-0017", "20260422013000Z"]
    assert head.rows(13) == [["KTPEL", "1.0"]]


def test_one_face_and_ten_fingers_follow(records: tuple[Record, ...]) -> None:
    assert [each.kind for each in records] == [1, 10] + [14] * 10
    assert [each.text(13) for each in records[2:]] == [str(int(position)) for position in FingerPosition]


def test_the_face_is_the_portrait_that_was_accepted(records: tuple[Record, ...]) -> None:
    record = records[1]
    assert [record.text(number) for number in (3, 11, 12, 23)] == ["FACE", "JP2", "SRGB", "DIGITAL VIDEO"]
    assert [record.text(number) for number in (6, 7, 8, 9, 10)] == ["480", "640", "0", "1", "1"]
    assert record.text(5) == "20260422"
    assert record.rows(MMS) == [["Maker", "Model camera", "SN-0042"]]
    assert record.image is not None
    picture = portrait_image.decode(record.image)
    assert picture.shape == (640, 480, 3)
    assert np.abs(picture.astype(int) - face()).mean() < 3


def _with_face(**changes: object) -> PacketInput:
    """Its attempt changed, as if it had been recorded so."""
    packet = packet_input()
    return replace(packet, face=replace(packet.face, attempt=replace(packet.face.attempt, **changes)))  # type: ignore[arg-type]  # any field


def test_the_face_tells_where_the_eyes_are_how_it_looks_and_how_good_it_is(records: tuple[Record, ...]) -> None:
    record = records[1]
    assert record.rows(FFP) == [["1", "12.2", "200", "250"], ["1", "12.1", "280", "250"]]
    assert record.text(POS) == "F"
    assert record.rows(SQS) == [["62", "0000", "3"]]
    assert record.text(38) == "quality: ktpel-portrait-2 61.5"
    assert 21 not in record.fields


def test_the_eyes_are_told_as_they_lie_in_the_picture_that_travels() -> None:
    """Cut out at (100, 120), 320 wide of which 240 are left."""
    packet = packet_input()
    small = cv2.resize(face(), (240, 320), interpolation=cv2.INTER_AREA).astype(np.uint8)
    coded = portrait_image.encode(small, "jpeg", FACE_BYTES)
    reduced = replace(packet.face, image=coded.data, width=240, height=320, crop=(100, 120, 320, 427))
    record = _record(replace(packet, face=reduced), 1)
    assert record.rows(FFP) == [["1", "12.2", "75", "97"], ["1", "12.1", "135", "98"]]
    assert [record.text(number) for number in (6, 7, 11, 12)] == ["240", "320", "JPEGB", "SYCC"]


def test_eyes_that_were_not_found_or_lie_outside_are_not_told() -> None:
    for eyes in (None, ((-3.0, 250.0), (80.0, 250.0)), ((400.0, 250.0), (480.0, 250.0))):
        assert _record(_with_face(eyes=eyes), 1).rows(FFP) == []


@pytest.mark.parametrize("hint", ["portrait.turned", "portrait.eyes_unseen", "portrait.no_face"])
def test_no_pose_is_claimed_of_a_head_that_was_turned(hint: str) -> None:
    assert _record(_with_face(hints=("portrait.too_dark",)), 1).text(POS) == "F"
    assert _record(_with_face(hints=(hint,)), 1).text(POS) == ""


def test_a_face_in_no_known_coding_is_refused() -> None:
    packet = packet_input()
    with pytest.raises(ValueError, match="JPEG 2000 or JPEG"):
        transaction(replace(packet, face=replace(packet.face, image=b"raw")))


@pytest.mark.parametrize("position", [p for p in FingerPosition if p not in EXCEPTED])
def test_a_finger_that_was_taken_is_a_picture_of_that_finger(
    records: tuple[Record, ...], position: FingerPosition
) -> None:
    record, finger = _of(records, position), str(int(position))
    assert [record.text(number) for number in (3, 5, 8, 9, 10, 11, 12)] == [
        "0",
        "20260422",
        "1",
        "500",
        "500",
        "WSQ20",
        "8",
    ]
    assert (int(record.text(7)), int(record.text(6))) == FINGER_SHAPE
    assert record.rows(FQM) == [[finger, "72", "0000", "1"]]
    assert [record.rows(number) for number in (AMP, SEG, NQM, SQM)] == [[], [], [], []]
    picture = _pixels(record)
    off = {p: np.abs(picture.astype(int) - ridges(p)).mean() for p in FingerPosition}
    assert min(off, key=lambda p: off[p]) is position


@pytest.mark.parametrize("position", sorted(EXCEPTED))
def test_a_finger_that_was_not_taken_says_why_and_has_no_picture(
    records: tuple[Record, ...], position: FingerPosition
) -> None:
    record = _of(records, position)
    assert record.rows(AMP) == [[str(int(position)), EXCEPTED[position].value]]
    assert record.image is None
    assert set(record.fields) == {1, 2, 3, 4, 5, 13, AMP}


def test_what_a_simulator_gave_says_so_record_by_record(records: tuple[Record, ...]) -> None:
    taken = [each for each in read(transaction(packet_input(simulated=True))) if each.image is not None]
    comments = [each.text(38 if each.kind == 10 else COM) for each in taken]
    assert len(comments) == 1 + 8
    assert all(comment.startswith("SIMULATED; ") for comment in comments)
    assert not any("SIMULATED" in each.text(COM) for each in records if each.kind == 14)


def test_few_grey_levels_and_a_small_platen_are_marked_as_what_they_are() -> None:
    packet = packet_input()
    assert _record(packet, 2).text(COM) == "4-bit source; undersized; quality: ridge_energy_1 72.4"
    assert _record(_with_first_finger(packet, source_bits=8), 2).text(COM).startswith("undersized; quality")
    as_large_as_may_be = _with_first_finger(packet, dpi=440)  # 256 x 288 pixels: 0.58 x 0.65 inches
    assert _record(as_large_as_may_be, 2).text(COM).startswith("4-bit source; quality")
    assert _record(_with_first_finger(packet, slap=1), 2).text(COM).startswith("4-bit source; quality")


@pytest.mark.parametrize(
    ("algorithm", "value", "first", "other", "told"),
    [
        ("nfiq2", 57.0, [], [["1", "57", "0000", "2"]], "nfiq2 57"),
        ("nfiq2", None, [], [["1", "255", "0000", "2"]], "nfiq2 failed"),
        ("nfiq2", 255.0, [], [["1", "255", "0000", "2"]], "nfiq2 255"),
        ("nfiq2", -1.0, [], [["1", "255", "0000", "2"]], "nfiq2 -1"),
        ("nfiq", 2.0, [["1", "2"]], [], "nfiq 2"),
        ("nfiq", None, [["1", "255"]], [], "nfiq failed"),
        ("nfiq", 0.0, [["1", "255"]], [], "nfiq 0"),
    ],
)
def test_a_further_figure_stands_in_its_algorithms_field_and_a_failed_one_is_never_nought(
    algorithm: str, value: float | None, first: list[list[str]], other: list[list[str]], told: str
) -> None:
    own = QualityScore(OURS, 44.0)
    record = _record(_with_first_finger(packet_input(), quality=own, further=(FurtherScore(algorithm, value),)), 2)
    assert record.rows(NQM) == first
    assert record.rows(FQM) == [["1", "44", "0000", "1"], *other]
    assert record.text(COM).endswith(f"quality: {OURS} 44, {told}")


@pytest.mark.parametrize("value", [0.0, 44.4, 100.0])
def test_the_own_figure_is_told_as_a_whole_number_of_its_algorithm(value: float) -> None:
    record = _record(_with_first_finger(packet_input(), quality=QualityScore(OURS, value)), 2)
    assert record.rows(NQM) == []
    assert record.rows(FQM) == [["1", str(round(value)), "0000", "1"]]


def test_a_print_that_wsq_would_lose_travels_as_png() -> None:
    packet = packet_input()
    first, *rest = packet.fingers
    whole = replace(first, image=images.finger_png(ridges(first.attempt.position)))
    record = _record(replace(packet, fingers=(whole, *rest)), 2)
    assert record.text(11) == "PNG"
    assert record.image is not None
    assert np.array_equal(images.decode_png(record.image), ridges(1))


def test_a_print_in_no_known_coding_is_refused() -> None:
    packet = packet_input()
    first, *rest = packet.fingers
    with pytest.raises(ValueError, match="WSQ or PNG"):
        transaction(replace(packet, fingers=(replace(first, image=b"raw"), *rest)))


def test_nobody_is_named_and_no_illness_told() -> None:
    data = transaction(_slapped())
    for words in (NIK, NAME, *NAME.split(), "kecelakaan"):
        assert words.encode() not in data


def test_a_separator_in_a_makers_name_cannot_break_the_file() -> None:
    odd = CaptureSource("fingerprint", "A\x1dB\x1cC", "Ä" * 80, "", "1.2", simulated=False)
    assert _record(_with_first_finger(packet_input(), source=odd), 2).rows(MMS) == [["A?B?C", "?" * 50, "0"]]


# Slaps


def _slap(number: int, group: tuple[FingerPosition, ...]) -> tuple[SlapAttempt, images.Pixels]:
    """Fingers side by side, as they lie on a platen, those of `EXCEPTED` missing."""
    height, width = FINGER_SHAPE
    picture: images.Pixels = np.full(SLAP_SHAPE, 255, np.uint8)
    segments = []
    for place, position in enumerate(left_to_right(group)):
        if position not in EXCEPTED:
            left, top = 10 + place * 280, 2 * (position + 1)
            picture[top : top + height, left : left + width] = ridges(position)
            segments.append(SlapSegment(position, left, top, left + width, top + height))
    scanner = source("fingerprint", simulated=False)
    return SlapAttempt(
        number, f"blob-slap{number}", SLAP_SHAPE[1], SLAP_SHAPE[0], 500, 8, START, scanner, tuple(segments)
    ), picture


@cache
def _slapped() -> PacketInput:
    """The same person, taken as 4-4-2: right hand, left hand, thumbs."""
    packet = packet_input()
    groups = dict(enumerate((RIGHT_FOUR, LEFT_FOUR, THUMBS), start=1))
    taken = {number: _slap(number, group) for number, group in groups.items()}

    def cut(attempt: FingerAttempt) -> FingerAttempt:
        number = next(number for number, group in groups.items() if attempt.position in group)
        return replace(attempt, slap=number, source_bits=8)

    enrollment = replace(
        packet.enrollment,
        fingers=tuple(cut(attempt) for attempt in packet.enrollment.fingers),
        slaps=tuple(attempt for attempt, _ in taken.values()),
    )
    return replace(
        packet,
        enrollment=enrollment,
        fingers=tuple(EncodedFinger(cut(finger.attempt), finger.image) for finger in packet.fingers),
        slaps=tuple(EncodedSlap(attempt, images.print_for_exchange(p, 500)) for attempt, p in taken.values()),
    )


def _with_first_slap(**changes: object) -> PacketInput:
    packet = _slapped()
    first, *rest = packet.slaps
    return replace(packet, slaps=(replace(first, attempt=replace(first.attempt, **changes)), *rest))  # type: ignore[arg-type]  # any field


def test_slaps_follow_the_fingers_that_were_cut_from_them() -> None:
    check_whole(_slapped())
    records = read(transaction(replace(_slapped(), slaps=_slapped().slaps[::-1])))
    assert [each.text(13) for each in records[2:]] == [*(str(n) for n in range(1, 11)), "13", "14", "15"]
    assert [each.text(2) for each in records[12:]] == ["12", "13", "14"]


def test_a_slap_tells_where_each_finger_lies_and_how_good_it_is() -> None:
    record = _record(_slapped(), 13)
    assert record.rows(SEG) == [
        [str(int(position)), str(left), str(left + 255), str(top), str(top + 287)]
        for position, left, top in ((7, 850, 16), (8, 570, 18), (9, 290, 20), (10, 10, 22))
    ]
    fingers = ("7", "8", "9", "10")
    assert record.rows(SQM) == [[finger, "254", "0000", "1"] for finger in fingers]
    assert record.rows(FQM) == [[finger, "72", "0000", "1"] for finger in fingers]
    assert record.rows(AMP) == []
    assert record.text(COM) == "live"


def test_a_segment_of_a_slap_is_the_finger_that_it_names() -> None:
    record = _record(_slapped(), 12)
    picture = _pixels(record).astype(int)
    assert len(record.rows(SEG)) == 3
    for finger, *edges in record.rows(SEG):
        left, right, top, bottom = (int(edge) for edge in edges)
        inside = picture[top : bottom + 1, left : right + 1]
        off = {p: np.abs(inside - ridges(p)).mean() for p in FingerPosition}
        assert min(off, key=lambda p: off[p]) == int(finger)


def test_a_slap_says_which_of_its_fingers_are_missing_and_why() -> None:
    right, thumbs = _record(_slapped(), 12), _record(_slapped(), 14)
    assert right.rows(AMP) == [["4", "XX"]]
    assert [row[0] for row in right.rows(SEG)] == ["2", "3", "5"]
    assert thumbs.rows(AMP) == [["6", "UP"]]
    assert [row[0] for row in thumbs.rows(SEG)] == ["1"]


@pytest.mark.parametrize("slap", [0, 1])
def test_a_segment_has_no_figure_of_an_attempt_that_was_not_cut_from_it(slap: int) -> None:
    packet, little = _slapped(), FingerPosition.LEFT_LITTLE
    taken = tuple(replace(each, slap=slap) if each.position is little else each for each in packet.enrollment.fingers)
    record = _record(replace(packet, enrollment=replace(packet.enrollment, fingers=taken)), 13)
    assert record.rows(FQM)[-2:] == [["9", "72", "0000", "1"], ["10", "254", "0000", "1"]]


@pytest.mark.parametrize(
    "segments",
    [
        (),
        (SlapSegment(FingerPosition.RIGHT_INDEX, 0, 0, 1121, 20),),
        (SlapSegment(FingerPosition.RIGHT_INDEX, 0, 0, 20, 321),),
        (SlapSegment(FingerPosition.RIGHT_INDEX, -1, 0, 20, 20),),
        (SlapSegment(FingerPosition.RIGHT_INDEX, 5, 0, 6, 20),),
        (SlapSegment(FingerPosition.RIGHT_INDEX, 0, 0, 20, 20), SlapSegment(FingerPosition.LEFT_INDEX, 30, 0, 50, 20)),
        (SlapSegment(FingerPosition.RIGHT_INDEX, 0, 0, 20, 20), SlapSegment(FingerPosition.RIGHT_INDEX, 30, 0, 50, 20)),
    ],
)
def test_segments_that_lie_in_no_slap_are_refused(segments: tuple[SlapSegment, ...]) -> None:
    with pytest.raises(ValueError, match=r"a slap has|lie in its slap"):
        transaction(_with_first_slap(segments=segments))
