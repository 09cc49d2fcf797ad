"""Commands, objects and what the driver makes of answers: round trips, and mutated bytes.

A short pass here; five million mutated bytes for each with KTPEL_SOAK set.
"""

from __future__ import annotations

import contextlib
import gzip
import pickle
import random
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.card_reader import piv, tlv
from devices.card_reader.apdu import LARGEST_ANSWER, Command, Transmit, exchange
from devices.card_reader.ktpel import identify, read_photo
from devices.card_reader.record import CardRecord, redacted
from devices.errors import DeviceError, PersonCanRetryError, TechnicianNeededError, WireError
from tests.support.soak import SOAK

BYTES = 5_000_000 if SOAK else 400_000
SECONDS = 600.0 if SOAK else 20.0
byte = st.integers(0, 255)
commands = st.builds(
    Command,
    *([byte] * 4),
    st.one_of(st.binary(max_size=300), st.integers(256, 65_535).map(bytes)),
    st.one_of(st.none(), st.integers(1, 65_536)),
)
tags = st.one_of(
    st.integers(0, 0xFF).filter(lambda tag: tag & 0x1F != 0x1F),
    st.builds(lambda one, two: (one | 0x1F) << 8 | two, byte.filter(lambda one: one), st.integers(0, 0x7F)),
    st.builds(
        lambda one, two, three: (one | 0x1F) << 16 | (two | 0x80) << 8 | three,
        byte.filter(lambda one: one),
        byte,
        st.integers(0, 0x7F),
    ),
)
objects = st.lists(st.tuples(tags, st.binary(max_size=400)), max_size=6)


@given(commands)
def test_a_command_comes_back_as_it_was(command: Command) -> None:
    assert Command.decode(command.encode()) == command


@pytest.mark.parametrize(
    ("command", "raw"),
    [
        (Command(0, 0xA4, 4, 0), "00A40400"),
        (Command(0xFF, 0xCA, 0, 0, le=256), "FFCA000000"),
        (Command(0, 0xB0, 0, 2, le=0xF0), "00B00002F0"),
        (Command(0, 0xA4, 0, 0, b"\x7f\x0a"), "00A40000027F0A"),
        (Command(0, 0xCB, 0x3F, 0xFF, bytes.fromhex("5C035FC105"), 256), "00CB3FFF055C035FC10500"),
        (Command(0, 0xB0, 0, 0, le=65_536), "00B00000000000"),
        (Command(0, 0xB0, 0, 0, le=257), "00B00000000101"),
        (Command(0, 0x87, 7, 0x9A, b"\xaa" * 256, 256), "0087079A000100" + "AA" * 256 + "0100"),
        (Command(0, 0x87, 7, 0x9A, b"\xaa" * 256), "0087079A000100" + "AA" * 256),
    ],
)
def test_a_command_has_the_bytes_of_the_standard(command: Command, raw: str) -> None:
    """ISO/IEC 7816-4, 5.1: the seven cases."""
    assert command.encode().hex().upper() == raw
    assert Command.decode(bytes.fromhex(raw)) == command


@pytest.mark.parametrize(
    "raw", ["", "00A404", "00A40000027F", "00A40000027F0A0000", "00A400000000", "00A40000000002AA"]
)
def test_what_is_no_command_is_refused(raw: str) -> None:
    with pytest.raises(WireError, match=r"^card_reader\.bad_answer"):
        Command.decode(bytes.fromhex(raw))


@pytest.mark.parametrize(
    "command", [Command(0, 0, 0, 0, bytes(65_536)), Command(0, 0, 0, 0, le=0), Command(0, 0, 0, 0, le=65_537)]
)
def test_a_command_that_has_no_bytes_is_refused(command: Command) -> None:
    with pytest.raises(ValueError, match="asked for"):
        command.encode()


@given(objects)
def test_objects_come_back_as_they_were(values: list[tuple[int, bytes]]) -> None:
    data = b"".join(tlv.encode(tag, value) for tag, value in values)
    assert list(tlv.objects(data)) == values
    for tag, _ in values:
        assert tlv.find(data, tag) == next(value for found, value in values if found == tag)


@pytest.mark.parametrize("size", [0, 127, 128, 255, 256, 65_535])
def test_a_length_has_its_shortest_form(size: int) -> None:
    data = tlv.encode(0x53, bytes(size))
    assert len(data) - size - 1 == (1 if size < 128 else 2 if size < 256 else 3)
    assert tlv.find(data, 0x53) == bytes(size)


@pytest.mark.parametrize("raw", ["53", "1F", "1F81", "1F818101", "5380", "538300000100", "5302AA", "538101", "7F"])
def test_what_is_no_object_is_refused(raw: str) -> None:
    with pytest.raises(WireError, match=r"^card_reader\.bad_answer"):
        list(tlv.objects(bytes.fromhex(raw)))


@pytest.mark.parametrize(("tag", "size"), [(0x1F, 0), (0x5300, 0), (0x1F8181, 0), (0x53, 65_536)])
def test_a_tag_or_a_size_that_cards_have_not_is_refused(tag: int, size: int) -> None:
    with pytest.raises(ValueError, match="tag"):
        tlv.encode(tag, bytes(size))


def answering(*answers: str, asked: list[str] | None = None) -> Transmit:
    """Prepared answers, one a command, the status word at their end."""
    waiting = [bytes.fromhex(each) for each in answers]

    def transmit(command: bytes) -> tuple[bytes, int]:
        if asked is not None:
            asked.append(command.hex())
        answer = waiting.pop(0)
        return answer[:-2], int.from_bytes(answer[-2:], "big")

    return transmit


def test_an_answer_in_pieces_is_put_together() -> None:
    asked: list[str] = []
    transmit = answering("6C03", "010203 6102", "0405 9000", asked=asked)
    assert exchange(transmit, Command(0, 0xCB, 0x3F, 0xFF, b"\x5c\x01\x7e", 256)) == (bytes(range(1, 6)), 0x9000)
    assert asked == ["00cb3fff035c017e00", "00cb3fff035c017e03", "00c0000002"]


def test_a_long_command_goes_in_pieces() -> None:
    asked: list[str] = []
    assert exchange(answering("9000", "9000", asked=asked), Command(0, 0x87, 7, 0x9A, bytes(260), 256)) == (b"", 0x9000)
    assert [each[:10] for each in asked] == ["1087079aff", "0087079a05"]
    refused: list[str] = []
    assert exchange(answering("6882", asked=refused), Command(0, 0x87, 7, 0x9A, bytes(260), 256)) == (b"", 0x6882)
    assert len(refused) == 1


@pytest.mark.parametrize("piece", [b"", bytes(256)])
def test_an_answer_without_end_is_refused(piece: bytes) -> None:
    asked: list[bytes] = []

    def endless(command: bytes) -> tuple[bytes, int]:
        asked.append(command)
        return piece, 0x6100

    with pytest.raises(WireError, match=r"^card_reader\.bad_answer"):
        exchange(endless, Command(0, 0xCB, 0x3F, 0xFF, le=256))
    assert len(asked) <= LARGEST_ANSWER // 256 + 2


PACKED = tlv.encode(0x53, tlv.encode(0x70, gzip.compress(b"certificate")) + tlv.encode(0x71, b"\x01"))
BOMB = tlv.encode(0x53, tlv.encode(0x70, gzip.compress(bytes(10**6))) + tlv.encode(0x71, b"\x01"))
BROKEN = tlv.encode(0x53, tlv.encode(0x70, b"no gzip") + tlv.encode(0x71, b"\x01"))


def test_a_packed_certificate_is_unpacked() -> None:
    assert piv.read_certificate(answering(PACKED.hex() + "9000")) == b"certificate"


@pytest.mark.parametrize("content", [BOMB, BROKEN, b"\x53\x05\x70"])
def test_a_certificate_that_cannot_be_unpacked_is_one_error(content: bytes) -> None:
    with pytest.raises(WireError, match=r"^card_reader\.bad_answer"):
        piv.read_certificate(answering(content.hex() + "9000"))


@pytest.mark.parametrize(
    ("ask", "answer", "expected", "code"),
    [
        (piv.select, "6A82", PersonCanRetryError, "card_reader.no_officer_card"),
        (piv.read_certificate, "6A82", TechnicianNeededError, "card_reader.no_certificate"),
        (piv.read_certificate, "5300 9000", TechnicianNeededError, "card_reader.no_certificate"),
        (piv.read_certificate, "6982", WireError, "card_reader.bad_answer"),
        (lambda transmit: piv.verify_pin(transmit, "123456"), "63C2", piv.PinWrongError, "card_reader.pin_wrong"),
        (lambda transmit: piv.verify_pin(transmit, "123456"), "63C0", TechnicianNeededError, "card_reader.pin_blocked"),
        (lambda transmit: piv.verify_pin(transmit, "123456"), "6983", TechnicianNeededError, "card_reader.pin_blocked"),
        (lambda transmit: piv.verify_pin(transmit, "123456"), "6A88", WireError, "card_reader.bad_answer"),
        (
            lambda transmit: piv.sign(transmit, piv.SigningRequest(piv.Algorithm.ECC_P256, bytes(32))),
            "6A86",
            TechnicianNeededError,
            "card_reader.not_signed",
        ),
        (
            lambda transmit: piv.sign(transmit, piv.SigningRequest(piv.Algorithm.ECC_P256, bytes(32))),
            "7C028200 9000",
            WireError,
            "card_reader.bad_answer",
        ),
    ],
)
def test_an_officer_s_card_that_refuses_is_one_error(
    ask: Callable[[Transmit], object], answer: str, expected: type[DeviceError], code: str
) -> None:
    with pytest.raises(expected) as caught:
        ask(answering(answer))
    assert caught.value.code == code


@pytest.mark.parametrize(
    "value",
    [
        Command(0, 0x20, 0, 0x80, b"481516"),
        piv.SigningRequest(piv.Algorithm.RSA_2048, b"481516"),
        piv.OfficerProof(b"481516", b"481516"),
    ],
)
def test_a_repr_tells_nothing_that_a_card_holds(value: object) -> None:
    assert b"481516" in pickle.dumps(value)
    assert "481516" not in repr(value)


@pytest.mark.parametrize(
    ("command", "kept"),
    [
        ("00A40000027F0A", "00A40000027F0A"),
        ("00CB3FFF055C035FC10500", "00CB3FFF055C035FC10500"),
        ("00B00002F0", "00B00002F0"),
        ("FFCA000000", "FFCA000000"),
        ("0020008008343831353136FFFF", "0020008008<8 bytes>"),
        ("008200002A" + "AB" * 42, "008200002A<42 bytes>"),
        ("0087119A03AABBCC00", "0087119A03<3 bytes>00"),
        ("0087119A03AABB", "0087119A<3 bytes>"),
        ("0087119A000003AABBCC", "0087119A<6 bytes>"),
        ("00A4040011" + "AB" * 17, "00A4040011<17 bytes>"),
        ("0020008002AABBCCDD", "0020008002<2 bytes>…"),
    ],
)
def test_a_command_is_kept_without_what_it_holds(command: str, kept: str) -> None:
    assert redacted(bytes.fromhex(command)) == kept


def test_the_record_keeps_the_newest_commands() -> None:
    record = CardRecord(limit=2)
    for number in range(3):
        record.add(bytes((0, 0xB0, 0, number, 1)), 1, None if number == 2 else 0x9000, 0.001)
    kept = [str(each).partition(" ")[2] for each in record.said()]
    assert kept == ["00B0000101 > 9000, 1 bytes, 1.0 ms", "00B0000201 > no answer, 1.0 ms"]


def mutated(noise: random.Random, sound: bytes) -> bytes:
    spoiled = bytearray(sound)
    for _ in range(noise.randint(0, 4)):
        at = noise.randrange(len(spoiled) + 1)
        spoiled[at : at + noise.randint(0, 3)] = noise.randbytes(noise.randint(0, 3))
    return bytes(spoiled)


SOUND = [
    bytes.fromhex("0008") + bytes(8),
    tlv.encode(0x7C, tlv.encode(0x82, bytes(256))),
    tlv.encode(0x53, tlv.encode(0x70, bytes(700)) + b"\x71\x01\x00\xfe\x00"),
    PACKED,
    bytes.fromhex("04A1B2C3D4E5F6"),
    b"",
]
STATUS = [0x9000, 0x9000, 0x9000, 0x6103, 0x6C05, 0x63C1, 0x6983, 0x6A82]
READS: list[Callable[[Transmit], object]] = [
    identify,
    read_photo,
    lambda transmit: piv.prove(transmit, "123456", lambda _: piv.SigningRequest(piv.Algorithm.RSA_2048, bytes(256))),
]


@pytest.mark.soak
@pytest.mark.timeout(1200 if SOAK else 120)
@pytest.mark.parametrize("read", READS, ids=["UID", "photo", "officer's card"])
def test_a_card_that_answers_anything_ends_in_a_result_or_one_error(read: Callable[[Transmit], object]) -> None:
    noise = random.Random(7)
    given_out = 0

    def transmit(command: bytes) -> tuple[bytes, int]:
        nonlocal given_out
        Command.decode(command)  # whatever it was told, the driver sends commands
        answer = mutated(noise, noise.choice(SOUND))
        given_out += len(answer)
        return answer, noise.choice(STATUS)

    began = time.monotonic()
    while given_out < BYTES:
        with contextlib.suppress(DeviceError):
            read(transmit)
    assert time.monotonic() - began < SECONDS


@pytest.mark.soak
@pytest.mark.timeout(1200 if SOAK else 120)
def test_mutated_objects_and_commands_are_parsed_or_refused() -> None:
    noise = random.Random(11)
    read = 0
    began = time.monotonic()
    while read < BYTES:
        data = mutated(noise, noise.choice(SOUND))
        read += len(data) + 1
        for parse in (lambda raw: list(tlv.objects(raw)), Command.decode):
            with contextlib.suppress(WireError):
                parse(data)
    assert time.monotonic() - began < SECONDS
