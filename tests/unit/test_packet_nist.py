"""The ANSI/NIST-ITL file, read back by a reader that knows the standard alone: every capture is there, every finger is
accounted for, nobody is named."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from devices.positions import LEFT_FOUR, RIGHT_FOUR, THUMBS, FingerPosition, left_to_right
from station.biometrics import images
from station.domain.samples import CaptureSource, FingerAttempt, FurtherScore, QualityScore, SlapAttempt, SlapSegment
from station.packet.contents import EncodedFinger, EncodedSlap, PacketInput, check_whole
from station.packet.nist import transaction
from tests.support.nist_reader import FS, GS, RS, US, Record, SpoiltError, read
from tests.support.packets import EXCEPTED, FINGER_SHAPE, NAME, NIK, START, face, packet_input, ridges, source

SLAP_SHAPE = (320, 1120)
AMP, COM, SEG, NQM, SQM, FQM, MMS = 18, 20, 21, 22, 23, 24, 904
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
    assert [record.text(number) for number in (3, 11, 12, 20)] == ["FACE", "JP2", "SRGB", "F"]
    assert [record.text(number) for number in (6, 7, 8, 9, 10)] == ["480", "640", "0", "1", "1"]
    assert record.text(5) == "20260422"
    assert record.rows(MMS) == [["Maker", "Model camera", "SN-0042"]]
    assert record.image is not None
    picture = images.jp2_decode(record.image)
    assert picture.shape == (640, 480, 3)
    assert np.abs(picture.astype(int) - face()).mean() < 3


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


# The reader


def _file(*records: dict[int, str], image: bytes = b"") -> bytes:
    """A file by hand, LEN and an empty CNT worked out; `|` parts subfields, `,` items; the last one has the image."""
    made = b""
    for place, record in enumerate(records):
        kind = 14 if place else 1
        fields = {number: value or _count(records) for number, value in record.items()}
        body = GS.join(
            f"{kind}.{number:03}:{value}".encode("latin-1").replace(b"|", RS).replace(b",", US)
            for number, value in fields.items()
        )
        if image and place == len(records) - 1:
            body += GS + b"14.999:" + image
        body += FS
        length = next(n for n in range(len(body), len(body) + 20) if len(f"{kind}.001:{n}\x1d") + len(body) == n)
        made += f"{kind}.001:{length}\x1d".encode() + body
    return made


def _count(records: tuple[dict[int, str], ...]) -> str:
    return f"1,{len(records) - 1}" + "".join(
        f"|14,{n if (n := each.get(2, '')).isdigit() else 0}" for each in records[1:]
    )


def _without(record: dict[int, str], *numbers: int) -> dict[int, str]:
    return {number: value for number, value in record.items() if number not in numbers}


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x20\x00\x00\x00\x40 and so on"
HEAD = {
    2: "0502",
    3: "",  # counted
    4: "KTPE",
    5: "20260422",
    7: "DC",
    8: "STATION",
    9: "T-1",
    11: "00.00",
    12: "00.00",
    13: "KTPEL,1.0",
    14: "20260422013000Z",
}
MISSING = {2: "3", 3: "0", 4: "STATION", 5: "20260422", 13: "7", 18: "7,XX"}
TAKEN = {
    2: "2",
    3: "0",
    4: "STATION",
    5: "20260422",
    6: "32",
    7: "64",
    8: "1",
    9: "500",
    10: "500",
    11: "PNG",
    12: "8",
    13: "13",
    18: "4,UP",
    20: "live",
    21: "2,0,9,0,63|3,10,31,5,60",
    23: "2,254,0000,1|3,254,0000,1",
    24: "2,255,0000,1|3,72,0000,1",
    904: "Maker,Model,0",
}


def test_the_reader_takes_a_file_made_by_hand() -> None:
    head, missing, taken = read(_file(HEAD, MISSING, TAKEN, image=PNG))
    assert head.rows(3) == [["1", "2"], ["14", "3"], ["14", "2"]]
    assert missing.rows(AMP) == [["7", "XX"]]
    assert taken.rows(SEG) == [["2", "0", "9", "0", "63"], ["3", "10", "31", "5", "60"]]
    assert taken.image == PNG


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({2: "0400"}, "1.002 holds"),
        ({3: "1,2|14,2"}, "1.003 counts"),
        ({3: "1,1|14,3"}, "1.003 lists"),
        ({3: "1,1|10,2"}, "1.003 lists"),
        ({4: "WITH SPACE"}, "1.004 holds"),
        ({5: "20260431"}, "1.005 is no time"),
        ({7: "x" * 37}, "1.007 holds"),
        ({8: "Ä"}, "1.008 holds a byte"),
        ({9: "A,B"}, "1.009 has another number"),
        ({11: "19.69"}, "Type-4"),
        ({13: "KTPEL"}, "1.013 has another number"),
        ({13: "KTPEL,"}, "1.013 has an empty"),
        ({14: "20260422253000Z"}, "1.014 is no time"),
        ({20: "x"}, "1.020 is no field"),
    ],
)
def test_the_reader_refuses_a_spoilt_head(changes: dict[int, str], told: str) -> None:
    with pytest.raises(SpoiltError, match=told):
        read(_file(HEAD | changes, TAKEN, image=PNG))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({2: "x"}, "14.002 holds"),
        ({3: "30"}, "14.003 holds"),
        ({5: "20260230"}, "14.005 is no time"),
        ({6: "33"}, "14.999 is not as"),
        ({7: "064"}, "14.007 holds"),
        ({10: "501"}, "14.009 and 14.010"),
        ({11: "WSQ20"}, "14.999 is not as"),
        ({11: "GIF"}, "14.011 holds"),
        ({11: "JPEGB"}, "not read"),
        ({13: "14"}, "names a finger that 14.013 does not"),
        ({13: "2", 18: "2,XX", 23: "2,1,0000,1", 24: "2,1,0000,1", 21: "2,0,9,0,63"}, "beside a single finger"),
        ({18: "4,UP|4,XX"}, "14.018 names a finger twice"),
        ({18: "4,ZZ"}, "14.018 holds"),
        ({18: "2,UP"}, "could not be printed"),
        ({18: "7,UP"}, "14.018 names a finger that"),
        ({20: "x" * 127}, "14.020 holds"),
        ({21: "2,0,9,0,63|3,10,32,5,60"}, "outside the image"),
        ({21: "2,9,9,0,63|3,10,31,5,60"}, "outside the image"),
        ({21: "2,0,9,63,0|3,10,31,5,60"}, "outside the image"),
        ({21: "2,0,9,0|3,10,31,5"}, "14.021 has another number"),
        ({21: "2,0,9,0,63"}, "14.023 judges other fingers"),
        ({22: "2,0"}, "14.022 holds"),
        ({23: "2,254,0000,1"}, "14.023 judges other fingers"),
        ({23: "2,101,0000,1|3,254,0000,1"}, "14.023 holds"),
        ({23: "2,254,0,1|3,254,0000,1"}, "14.023 holds"),
        ({24: "2,255,0000,0|3,72,0000,1"}, "14.024 holds"),
        ({24: "2,255,0000,1|2,72,0000,1"}, "14.024 names a finger twice"),
        ({24: "5,255,0000,1"}, "14.024 judges other fingers"),
        ({904: "Maker,Model"}, "14.904 has another number"),
        ({905: "x"}, "14.905 is no field"),
    ],
)
def test_the_reader_refuses_a_spoilt_finger(changes: dict[int, str], told: str) -> None:
    spoilt = dict(sorted((TAKEN | changes).items()))
    with pytest.raises(SpoiltError, match=told):
        read(_file(HEAD, spoilt, image=PNG))


@pytest.mark.parametrize("number", [*range(2, 6), *range(6, 14)])
def test_the_reader_misses_what_is_not_there(number: int) -> None:
    with pytest.raises(SpoiltError, match=f"14.{number:03} is missing"):
        read(_file(HEAD, _without(TAKEN, number), image=PNG))


@pytest.mark.parametrize("number", [2, 4, 5, 7, 8, 9, 11, 12])
def test_the_reader_misses_what_a_head_lacks(number: int) -> None:
    with pytest.raises(SpoiltError, match=f"1.{number:03} is missing"):
        read(_file(_without(HEAD, number), TAKEN, image=PNG))


def test_the_reader_wants_a_reason_where_there_is_no_picture() -> None:
    for spoilt in (_without(MISSING, 18), MISSING | {12: "8"}, MISSING | {24: "7,1,0000,1"}, TAKEN):
        with pytest.raises(SpoiltError, match="without an image says why"):
            read(_file(HEAD, dict(sorted(spoilt.items()))))


def test_the_reader_wants_fields_in_order_and_records_as_counted() -> None:
    turned = _without(TAKEN, 3, 4) | {4: "STATION", 3: "0"}
    for spoilt, told in (
        (_file(HEAD, turned, image=PNG), "stands after"),
        (_file(HEAD, MISSING, MISSING), "share an IDC"),
        (_file(HEAD, MISSING)[_file(HEAD, MISSING).index(b"14.001") :], "begins with a Type-1"),
        (b"", "begins with a Type-1"),
        (_file(HEAD, TAKEN | {13: "13\x1d14.013:13"}, image=PNG), "stands after"),
        (_file(HEAD, MISSING | {18: "7,XX\x1d"}), "group separator after"),
        (_file(HEAD, MISSING | {13: "7\x1d10.018:7"}), "no field of Type-14 begins"),
    ):
        with pytest.raises(SpoiltError, match=told):
            read(spoilt)


def test_the_reader_refuses_every_wrong_length_and_every_cut() -> None:
    data = _file(HEAD, MISSING, TAKEN, image=PNG)
    for cut in range(len(data)):
        with pytest.raises(SpoiltError, match=r"\w"):
            read(data[:cut])
    for wrong in (data.replace(b"14.001:", b"14.001:1", 1), data.replace(b"14.001:", b"14.001:0", 1), data + b"\x1c"):
        with pytest.raises(SpoiltError, match=r"file separator|no record begins"):
            read(wrong)


def test_whatever_happens_to_a_file_the_reader_refuses_it_or_reads_it() -> None:
    data, chance, taken = _file(HEAD, MISSING, TAKEN, image=PNG), random.Random(14), 0
    for _ in range(4000):
        spoilt = bytearray(data)
        at, many = chance.randrange(len(data)), chance.randint(1, 3)
        spoilt[at : at + many] = chance.choice((chance.randbytes(many), b"", FS, GS, RS, US, b"1", b"9"))
        try:
            read(bytes(spoilt))
        except SpoiltError:
            continue
        taken += spoilt != data
    assert 0 < taken < 2000  # a station's name may change, a structure may not
