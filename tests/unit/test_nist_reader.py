"""The reader that proves the packet's ANSI/NIST-ITL file takes what the standard's tables have, and nothing else."""

from __future__ import annotations

import random

import pytest

from tests.support.nist_reader import FS, GS, RS, US, SpoiltError, read


def _file(*records: dict[int, str], image: bytes = b"") -> bytes:
    """A file by hand, LEN and an empty CNT worked out; `|` parts subfields, `,` items; the last one has the image.

    A record is a Type-14, or what its field 0 says.
    """
    made = b""
    for place, record in enumerate(records):
        kind = _kind(record) if place else 1
        fields = {number: value or _count(records) for number, value in record.items() if number}
        body = GS.join(
            f"{kind}.{number:03}:{value}".encode("latin-1").replace(b"|", RS).replace(b",", US)
            for number, value in fields.items()
        )
        if image and place == len(records) - 1:
            body += GS + f"{kind}.999:".encode() + image
        body += FS
        length = next(n for n in range(len(body), len(body) + 20) if len(f"{kind}.001:{n}\x1d") + len(body) == n)
        made += f"{kind}.001:{length}\x1d".encode() + body
    return made


def _count(records: tuple[dict[int, str], ...]) -> str:
    return f"1,{len(records) - 1}" + "".join(
        f"|{_kind(each)},{n if (n := each.get(2, '')).isdigit() else 0}" for each in records[1:]
    )


def _kind(record: dict[int, str]) -> int:
    return int(record.get(0, "14"))


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

FACE = {
    0: "10",
    2: "1",
    3: "FACE",
    4: "STATION",
    5: "20260422",
    6: "32",
    7: "64",
    8: "0",
    9: "1",
    10: "1",
    11: "PNG",
    12: "SRGB",
    13: "0",
    20: "F",
    23: "DIGITAL VIDEO",
    24: "62,0000,3|254,0000,4",
    29: "1,12.2,5,20|1,12.1,25,21|2,prn,15,30",
    38: "live",
    904: "Maker,Model,0",
}
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x04JF\xff\xdb\x00\x03Q\xff\xc0\x00\x11\x08\x00\x40\x00\x20 components \xff\xda scan \xff\xd9"
)


def test_the_reader_takes_a_face_made_by_hand() -> None:
    _, face = read(_file(HEAD, FACE, image=PNG))
    assert face.rows(29)[0] == ["1", "12.2", "5", "20"]
    assert read(_file(HEAD, FACE | {11: "JPEGB", 12: "SYCC"}, image=JPEG))[1].image == JPEG
    angled = dict(sorted((FACE | {20: "A", 21: "-30"}).items()))
    assert read(_file(HEAD, angled, image=PNG))[1].text(21) == "-30"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({3: "TATTOO"}, "10.003 holds"),
        ({5: "20260230"}, "10.005 is no time"),
        ({6: "33"}, "10.999 is not as"),
        ({11: "JPEGB"}, "10.999 is not as"),
        ({12: "BGR"}, "10.012 holds"),
        ({20: "X"}, "10.020 holds"),
        ({20: "A"}, "10.021 stands beside"),
        ({21: "10"}, "10.021 stands beside"),
        ({20: "A", 21: "181"}, "10.021 holds"),
        ({23: "WEBCAM"}, "10.023 holds"),
        ({24: "101,0000,3"}, "10.024 holds"),
        ({24: "62,0000,3|60,0000,3"}, "10.024 has two figures"),
        ({24: "62,0000"}, "10.024 has another number"),
        ({29: "1,13.1,5,20"}, "10.029 holds"),
        ({29: "3,12.1,5,20"}, "10.029 holds"),
        ({29: "1,12.1,5"}, "10.029 has another number"),
        ({29: "1,prn,5,20"}, "as the other kind"),
        ({29: "2,12.1,5,20"}, "as the other kind"),
        ({29: "1,12.1,32,20"}, "outside the image"),
        ({29: "1,12.1,5,64"}, "outside the image"),
        ({29: "1,12.1,5,20|1,12.1,6,20"}, "a point twice"),
        ({29: "1,12.2,25,20|1,12.1,5,21"}, "wrong sides"),
        ({30: "x"}, "10.030 is no field"),
    ],
)
def test_the_reader_refuses_a_spoilt_face(changes: dict[int, str], told: str) -> None:
    with pytest.raises(SpoiltError, match=told):
        read(_file(HEAD, dict(sorted((FACE | changes).items())), image=PNG))


def test_the_reader_wants_a_face_in_its_record_and_a_whole_jpeg() -> None:
    with pytest.raises(SpoiltError, match=r"10\.999 is missing"):
        read(_file(HEAD, FACE))
    for spoilt in (JPEG[:-1], JPEG[2:], JPEG.replace(b"\xff\xc0", b"\xff\xc3"), b"\xff\xd8\xff\xd9"):
        with pytest.raises(SpoiltError, match=r"10\.999 is not as"):
            read(_file(HEAD, FACE | {11: "JPEGB"}, image=spoilt))


def test_the_reader_takes_a_file_made_by_hand() -> None:
    head, missing, taken = read(_file(HEAD, MISSING, TAKEN, image=PNG))
    assert head.rows(3) == [["1", "2"], ["14", "3"], ["14", "2"]]
    assert missing.rows(18) == [["7", "XX"]]
    assert taken.rows(21) == [["2", "0", "9", "0", "63"], ["3", "10", "31", "5", "60"]]
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
        ({11: "JPEGL"}, "not read"),
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
