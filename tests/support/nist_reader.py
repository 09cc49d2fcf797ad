"""A strict reader of ANSI/NIST-ITL 1-2011 (update 2015) files in traditional encoding: Types 1, 10 and 14, no others.

Written from the standard's tables, without a line of the writer's or of its library's, so that the two prove each
other. It takes nothing that the tables do not have: an unknown field, a code out of range, an item too many.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

FS, GS, RS, US = b"\x1c", b"\x1d", b"\x1e", b"\x1f"
IMAGE: Final = 999
Rows = tuple[tuple[str, ...], ...]


class SpoiltError(ValueError):
    """Not a file of that standard; says what is wrong and where."""


@dataclass(frozen=True)
class Record:
    """One record.

    Attributes:
        kind: its type's number.
        fields: subfields of information items by the field's number, without 999.
        image: field 999, or None.
    """

    kind: int
    fields: dict[int, Rows]
    image: bytes | None = field(default=None, repr=False)

    def rows(self, number: int) -> list[list[str]]:
        """Subfields of information items; empty where the field is absent."""
        return [list(row) for row in self.fields.get(number, ())]

    def text(self, number: int) -> str:
        """The one information item of a field that has one; "" where it is absent."""
        rows = self.rows(number)
        if not rows:
            return ""
        ((only,),) = rows
        return only


@dataclass(frozen=True)
class _Field:
    """What a field may hold.

    Attributes:
        items: a pattern for each information item of a subfield.
        always: whether every record of the type has it.
        most: subfields at most.
    """

    items: tuple[str, ...]
    always: bool = False
    most: int = 1


def _one(pattern: str, *, always: bool = False) -> _Field:
    return _Field((pattern,), always)


_NUMBER: Final = r"[1-9]\d{0,4}"
_COUNT: Final = r"0|[1-9]\d{0,4}"
_DATE: Final = r"\d{8}"
_TEXT: Final = r"[ -~]{1,36}"
_FINGER: Final = r"[1-9]|10|16|17"
_SCORE: Final = (r"\d|[1-9]\d|100|254|255", r"[0-9A-F]{4}", _NUMBER)
_METRIC: Final = (_FINGER, *_SCORE)
_PHOTOGRAPHS: Final = "UNSPECIFIED|(UNKNOWN|ANALOG|DIGITAL) VIDEO|UNKNOWN PHOTO|DIGITAL CAMERA|SCANNER|TYPE20|OTHER"
_POINT: Final = r"([2-9]|1[0-2])\.([1-9]|1\d)|[a-z]{1,5}"
_MAKER: Final = _Field((r"[ -~]{1,50}",) * 3)

_TYPE_1: Final = {
    1: _one(r"[1-9]\d*", always=True),
    2: _one("0500|0501|0502", always=True),
    3: _Field((r"\d{1,2}", r"\d{1,2}"), always=True, most=1000),
    4: _one(r"[!-~]{1,16}", always=True),
    5: _one(_DATE, always=True),
    6: _one("[1-9]"),
    7: _one(_TEXT, always=True),
    8: _one(_TEXT, always=True),
    9: _one(_TEXT, always=True),
    10: _one(_TEXT),
    11: _one(r"00\.00|\d\d\.\d\d", always=True),
    12: _one(r"00\.00|\d\d\.\d\d", always=True),
    13: _Field((r"[ -~]{1,36}", r"[ -~]{1,36}")),
    14: _one(r"\d{14}Z"),
}
_TYPE_10: Final = {
    1: _one(r"[1-9]\d*", always=True),
    2: _one(r"\d{1,2}", always=True),
    3: _one("FACE", always=True),
    4: _one(_TEXT, always=True),
    5: _one(_DATE, always=True),
    6: _one(_NUMBER, always=True),
    7: _one(_NUMBER, always=True),
    8: _one("[012]", always=True),
    9: _one(_NUMBER, always=True),
    10: _one(_NUMBER, always=True),
    11: _one("NONE|JPEGB|JPEGL|JP2|JP2L|PNG", always=True),
    12: _one("UNK|GRAY|RGB|SRGB|YCC|SYCC", always=True),
    13: _one("0|1|10|11|12|13|14|15|20|30|32|40|42|50|51|52", always=True),
    20: _one("[FRLAD]"),
    21: _one(r"-?(\d|[1-9]\d|1[0-7]\d|180)"),
    23: _one(_PHOTOGRAPHS),
    24: _Field(_SCORE, most=9),
    29: _Field(("[12]", _POINT, _COUNT, _COUNT), most=88),
    38: _one("[ -~]{1,126}"),
    904: _MAKER,
}
_TYPE_14: Final = {
    1: _one(r"[1-9]\d*", always=True),
    2: _one(r"\d{1,2}", always=True),
    3: _one(r"[0-9]|1\d|2[0-9]", always=True),
    4: _one(_TEXT, always=True),
    5: _one(_DATE, always=True),
    6: _one(_NUMBER),
    7: _one(_NUMBER),
    8: _one("[012]"),
    9: _one(_NUMBER),
    10: _one(_NUMBER),
    11: _one("NONE|WSQ20|JPEGB|JPEGL|JP2|JP2L|PNG"),
    12: _one("8|16"),
    13: _one(r"\d|1\d", always=True),
    18: _Field((_FINGER, "XX|UP|SR"), most=5),
    20: _one("[ -~]{1,126}"),
    21: _Field((_FINGER, _COUNT, _COUNT, _COUNT, _COUNT), most=5),
    22: _Field((_FINGER, "[1-5]|254|255"), most=5),
    23: _Field(_METRIC, most=45),
    24: _Field(_METRIC, most=45),
    904: _MAKER,
}
_TABLES: Final = {1: _TYPE_1, 10: _TYPE_10, 14: _TYPE_14}
_ABOUT_AN_IMAGE: Final = frozenset(range(6, 13))
_SLAPS: Final = {"13": {"2", "3", "4", "5"}, "14": {"7", "8", "9", "10"}, "15": {"1", "6"}}


def read(data: bytes) -> tuple[Record, ...]:
    """All records of a file, Type-1 first.

    Raises:
        SpoiltError: anything that the standard's tables do not have.
    """
    at, records = 0, []
    while at < len(data):
        record, at = _record(data, at)
        records.append(record)
    if not records or records[0].kind != 1:
        raise SpoiltError("a file begins with a Type-1 record")
    head, *others = records
    _check_head(head, others)
    for each in others:
        _CHECKS[each.kind](each)
    return tuple(records)


def _record(data: bytes, at: int) -> tuple[Record, int]:
    start = re.compile(rb"([1-9]\d?)\.001:([1-9]\d{0,9})\x1d").match(data, at)
    if start is None:
        raise SpoiltError(f"no record begins at byte {at}")
    kind, end = int(start[1]), at + int(start[2])
    if kind not in _TABLES:
        raise SpoiltError(f"Type-{kind} is not read")
    if end > len(data) or data[end - 1 : end] != FS:
        raise SpoiltError(f"no file separator ends the Type-{kind} record at byte {at} where its length says")
    fields, image = _fields(kind, data[at : end - 1])
    _check_tables(kind, fields)
    return Record(kind, fields, image), end


def _fields(kind: int, body: bytes) -> tuple[dict[int, Rows], bytes | None]:
    found: dict[int, Rows] = {}
    at, last = 0, 0
    while at < len(body):
        tag = re.compile(rb"([1-9]\d?)\.(\d{3}):").match(body, at)
        if tag is None or int(tag[1]) != kind:
            raise SpoiltError(f"no field of Type-{kind} begins after {kind}.{last:03}")
        number = int(tag[2])
        if number <= last:
            raise SpoiltError(f"{kind}.{number:03} stands after {kind}.{last:03}")
        last = number
        if number == IMAGE:
            if tag.end() == len(body):
                raise SpoiltError(f"{kind}.999 is empty")
            return found, body[tag.end() :]
        end = body.find(GS, at)
        end = len(body) if end < 0 else end
        found[number] = _rows(f"{kind}.{number:03}", body[tag.end() : end])
        at = end + 1
    if body.endswith(GS):
        raise SpoiltError(f"a group separator after the last field of Type-{kind}")
    return found, None


def _rows(name: str, value: bytes) -> Rows:
    if not all(0x20 <= byte <= 0x7E or byte in RS + US for byte in value):
        raise SpoiltError(f"{name} holds a byte that is no printable ASCII")
    rows = tuple(tuple(item.decode("ascii") for item in row.split(US)) for row in value.split(RS))
    if not all(item for row in rows for item in row):
        raise SpoiltError(f"{name} has an empty information item")
    return rows


def _check_tables(kind: int, fields: dict[int, Rows]) -> None:
    table = _TABLES[kind]
    for number, rows in fields.items():
        name = f"{kind}.{number:03}"
        if number not in table:
            raise SpoiltError(f"{name} is no field of that type")
        allowed = table[number]
        if len(rows) > allowed.most:
            raise SpoiltError(f"{name} has too many subfields")
        for row in rows:
            if len(row) != len(allowed.items):
                raise SpoiltError(f"{name} has another number of information items")
            for item, pattern in zip(row, allowed.items, strict=True):
                if not re.fullmatch(pattern, item):
                    raise SpoiltError(f"{name} holds what it may not")
    missing = [number for number, allowed in table.items() if allowed.always and number not in fields]
    if missing:
        raise SpoiltError(f"{kind}.{missing[0]:03} is missing")


def _check_head(head: Record, others: list[Record]) -> None:
    if head.image is not None:
        raise SpoiltError("a Type-1 record has no 1.999")
    (first, count), *listed = head.rows(3)
    if first != "1" or int(count) != len(others):
        raise SpoiltError("1.003 counts other records than follow")
    if [(int(kind), int(idc)) for kind, idc in listed] != [(each.kind, int(each.text(2))) for each in others]:
        raise SpoiltError("1.003 lists other records than follow")
    if len({int(each.text(2)) for each in others}) != len(others):
        raise SpoiltError("two records share an IDC")
    _check_time("1.005", head.text(5), "%Y%m%d")
    if head.text(14):
        _check_time("1.014", head.text(14), "%Y%m%d%H%M%SZ")
    if (head.text(11), head.text(12)) != ("00.00", "00.00"):
        raise SpoiltError("1.011 and 1.012 tell of Type-4 records, and there are none")


def _check_face(record: Record) -> None:
    if record.image is None:
        raise SpoiltError("10.999 is missing")
    _check_time("10.005", record.text(5), "%Y%m%d")
    if (record.text(20) == "A") != (21 in record.fields):
        raise SpoiltError("10.021 stands beside an angled pose, and no other")
    algorithms = [tuple(row[1:]) for row in record.rows(24)]
    if len(set(algorithms)) != len(algorithms):
        raise SpoiltError("10.024 has two figures of one algorithm")
    _check_points(record)
    _check_image(record)


def _check_points(record: Record) -> None:
    """Feature points are named as their kind names them, each once, and lie in the picture."""
    points = {(kind, code): (int(x), int(y)) for kind, code, x, y in record.rows(29)}
    if len(points) != len(record.rows(29)):
        raise SpoiltError("10.029 has a point twice")
    if any((kind == "1") != ("." in code) for kind, code in points):
        raise SpoiltError("10.029 names a point as the other kind does")
    width, height = int(record.text(6)), int(record.text(7))
    if not all(x < width and y < height for x, y in points.values()):
        raise SpoiltError("10.029 has a point outside the image")
    right, left = points.get(("1", "12.2")), points.get(("1", "12.1"))
    if right and left and record.text(20) == "F" and not right[0] < left[0]:
        raise SpoiltError("10.029 has the eyes of a full face on the wrong sides")


def _check_finger(record: Record) -> None:
    _check_time("14.005", record.text(5), "%Y%m%d")
    about = _ABOUT_AN_IMAGE & record.fields.keys()
    if record.image is None:
        wrong = about or {21, 22, 23, 24} & record.fields.keys()
        if wrong or 18 not in record.fields:
            raise SpoiltError("a Type-14 record without an image says why in 14.018, and nothing of an image")
    else:
        if about != _ABOUT_AN_IMAGE:
            raise SpoiltError(f"14.{min(_ABOUT_AN_IMAGE - about):03} is missing beside an image")
        if record.text(8) != "0" and record.text(9) != record.text(10):
            raise SpoiltError("14.009 and 14.010 differ")
        _check_image(record)
    _check_positions(record)
    _check_segments(record)


def _check_positions(record: Record) -> None:
    """Fingers are named where 013 has them, and none twice."""
    position = record.text(13)
    fingers = _SLAPS.get(position, {position})
    for number in (18, 21, 22, 23, 24):
        named = _named(record, number)
        if not set(named) <= fingers:
            raise SpoiltError(f"14.{number:03} names a finger that 14.013 does not")
        # a finger has one figure of each algorithm, and one of everything else
        keys = [(row[0], *row[2:]) if number in (23, 24) else row[0] for row in record.rows(number)]
        if len(set(keys)) != len(keys):
            raise SpoiltError(f"14.{number:03} names a finger twice")


def _check_segments(record: Record) -> None:
    segmented = set(_named(record, 21))
    if segmented and record.text(13) not in _SLAPS:
        raise SpoiltError("14.021 stands beside a single finger")
    if segmented & {finger for finger, code in record.rows(18) if code == "UP"}:
        raise SpoiltError("14.021 has a finger that 14.018 says could not be printed")
    for number in (23, 24):
        judged = set(_named(record, number))
        if judged and (segmented or number == 23) and judged != segmented:
            raise SpoiltError(f"14.{number:03} judges other fingers than 14.021 has")
    width, height = int(record.text(6) or 0), int(record.text(7) or 0)
    for _, left, right, top, bottom in record.rows(21):
        if not (0 <= int(left) < int(right) < width and 0 <= int(top) < int(bottom) < height):
            raise SpoiltError("14.021 has a segment outside the image, or an empty one")


def _named(record: Record, number: int) -> list[str]:
    return [row[0] for row in record.rows(number)]


def _check_image(record: Record) -> None:
    """Whether field 999 is coded as 011 says and is as large as 006 and 007 say."""
    assert record.image is not None
    coding, size = record.text(11), (int(record.text(6)), int(record.text(7)))
    if coding not in _SIZES:
        raise SpoiltError(f"{record.kind}.011: images of that coding are not read")
    if _SIZES[coding](record.image) != size:
        raise SpoiltError(f"{record.kind}.999 is not as {record.kind}.006, .007 and .011 say")


def _png_size(data: bytes) -> tuple[int, int] | None:
    header = re.match(rb"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR(.{4})(.{4})", data, re.DOTALL)
    return _big_endian(header, 1, 2)


def _jp2_size(data: bytes) -> tuple[int, int] | None:
    header = re.match(rb"\x00\x00\x00\x0cjP  \r\n\x87\n.{0,80}?ihdr(.{4})(.{4})", data, re.DOTALL)
    return _big_endian(header, 2, 1)


def _wsq_size(data: bytes) -> tuple[int, int] | None:
    """Start of image; comments and tables; start of frame: length, black, white, height, width."""
    at = 2 if data.startswith(b"\xff\xa0") and data.endswith(b"\xff\xa1") else len(data)
    while data[at : at + 2] in (b"\xff\xa4", b"\xff\xa5", b"\xff\xa6", b"\xff\xa8"):
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    frame = re.compile(rb"\xff\xa2.{4}(.{2})(.{2})", re.DOTALL).match(data, at)
    return _big_endian(frame, 2, 1)


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Segments up to the frame: length, precision, height, width; the scan's end at the end of it all."""
    at = 2 if data.startswith(b"\xff\xd8") and data.endswith(b"\xff\xd9") else len(data)
    while re.compile(rb"\xff[\xc4\xdb\xdd\xe0-\xef\xfe]").match(data, at):
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return _big_endian(re.compile(rb"\xff[\xc0-\xc2].{3}(.{2})(.{2})", re.DOTALL).match(data, at), 2, 1)


def _big_endian(found: re.Match[bytes] | None, width: int, height: int) -> tuple[int, int] | None:
    return found and (int.from_bytes(found[width], "big"), int.from_bytes(found[height], "big"))


def _check_time(name: str, told: str, form: str) -> None:
    try:
        datetime.strptime(told, form)  # noqa: DTZ007 - only whether there is such a time
    except ValueError:
        raise SpoiltError(f"{name} is no time") from None


_CHECKS: Final[dict[int, Callable[[Record], None]]] = {10: _check_face, 14: _check_finger}
_SIZES: Final = {"PNG": _png_size, "JP2": _jp2_size, "JPEGB": _jpeg_size, "WSQ20": _wsq_size}
