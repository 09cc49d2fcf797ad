"""The commands of a KTP-el: what the driver asks, byte for byte, and what it makes of the answers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.card_reader.apdu import Transmit
from devices.card_reader.ktpel import identify, read_photo, read_uid
from devices.card_reader.virtual_card import CardKind, CardSpec, VirtualCard
from devices.errors import PersonCanRetryError, TechnicianNeededError

UID = bytes.fromhex("04A1B2C3D4E5F6")


def carrying(card: VirtualCard, asked: list[str]) -> Transmit:
    """A reader's part: the command to the card, the status word apart."""

    def transmit(apdu: bytes) -> tuple[bytes, int]:
        asked.append(apdu.hex())
        answer = card.answer(apdu)
        assert answer is not None
        return answer[:-2], int.from_bytes(answer[-2:], "big")

    return transmit


def answering(*answers: str) -> Transmit:
    """Prepared answers, one a command, the status word at their end."""
    waiting = [bytes.fromhex(each) for each in answers]

    def transmit(_: bytes) -> tuple[bytes, int]:
        answer = waiting.pop(0)
        return answer[:-2], int.from_bytes(answer[-2:], "big")

    return transmit


def test_the_commands_are_those_that_independent_readers_send() -> None:
    asked: list[str] = []
    card = VirtualCard(CardSpec(CardKind.KTPEL, UID, photo=bytes(500)))
    assert identify(carrying(card, asked)) == UID
    read_photo(carrying(card, asked))
    assert asked == [
        "00a40000027f0a",
        "ffca000000",
        "00a40000027f0a",
        "00a40000026ff2",
        "00b0000002",
        "00b00002f0",
        "00b000f2f0",
        "00b001e214",
    ]


@given(st.binary(min_size=1, max_size=2000))
def test_a_photo_comes_whole_whatever_its_size(photo: bytes) -> None:
    assert read_photo(carrying(VirtualCard(CardSpec(CardKind.KTPEL, UID, photo=photo)), [])) == photo


@pytest.mark.parametrize("size", [1, 239, 240, 241, 480, 8190, 0x7FFF])
def test_a_photo_is_never_asked_beyond_its_end(size: int) -> None:
    asked: list[str] = []
    photo = bytes(index & 0xFF for index in range(size))
    assert read_photo(carrying(VirtualCard(CardSpec(CardKind.KTPEL, UID, photo=photo)), asked)) == photo
    reads = [bytes.fromhex(each) for each in asked[2:]]
    assert max(int.from_bytes(each[2:4], "big") + each[4] for each in reads) == size + 2
    assert all(0 < each[4] <= 240 for each in reads)


def test_a_card_that_answers_in_smaller_pieces_is_read_to_its_end() -> None:
    assert read_photo(answering("9000", "9000", "0005 9000", "0102 9000", "0304 9000", "05 9000")) == bytes(range(1, 6))


@pytest.mark.parametrize("size", [4, 7, 10])
def test_a_uid_is_never_shortened(size: int) -> None:
    uid = bytes(range(1, size + 1))
    assert read_uid(carrying(VirtualCard(CardSpec(CardKind.KTPEL, uid)), [])) == uid


@pytest.mark.parametrize(
    ("read", "answers", "expected", "code"),
    [
        (read_uid, ["6A81"], PersonCanRetryError, "card_reader.no_uid"),
        (read_uid, ["9000"], PersonCanRetryError, "card_reader.no_uid"),
        (read_uid, ["A1B2C3D4E5 9000"], PersonCanRetryError, "card_reader.no_uid"),
        (identify, ["6A82"], PersonCanRetryError, "card_reader.foreign_card"),
        (read_photo, ["6A82"], PersonCanRetryError, "card_reader.foreign_card"),
        (read_photo, ["6D00"], PersonCanRetryError, "card_reader.foreign_card"),
        (read_photo, ["9000", "6982"], TechnicianNeededError, "card_reader.file_unreadable"),
        (read_photo, ["9000", "9000", "6982"], TechnicianNeededError, "card_reader.file_unreadable"),
        (read_photo, ["9000", "9000", "0000 9000"], TechnicianNeededError, "card_reader.file_unreadable"),
        (read_photo, ["9000", "9000", "8000 9000"], TechnicianNeededError, "card_reader.file_unreadable"),
        (read_photo, ["9000", "9000", "0003 9000", "9000"], TechnicianNeededError, "card_reader.file_unreadable"),
        (
            read_photo,
            ["9000", "9000", "0003 9000", "A1B2C3D4 9000"],
            TechnicianNeededError,
            "card_reader.file_unreadable",
        ),
    ],
)
def test_an_answer_that_does_not_serve_is_an_error_without_a_byte_of_it(
    read: Callable[[Transmit], bytes], answers: list[str], expected: type[Exception], code: str
) -> None:
    with pytest.raises(expected, match=f"^{code}") as caught:
        read(answering(*answers))
    assert "a1" not in str(caught.value).lower()


@pytest.mark.parametrize("uid_file", ["6ff1", "6ff3", "6ff4", "6ff5", "6ff6"])
def test_a_virtual_card_guards_what_the_real_one_guards(uid_file: str) -> None:
    card = VirtualCard(CardSpec(CardKind.KTPEL, UID, photo=b"photo"))
    assert card.answer(bytes.fromhex("00b0000002")) == b"\x6d\x00"
    assert card.answer(bytes.fromhex("00a40000027f0a")) == b"\x90\x00"
    assert card.answer(bytes.fromhex("00b0000002")) == b"\x69\x86"
    assert card.answer(bytes.fromhex("00a4000002" + uid_file)) == b"\x90\x00"
    assert card.answer(bytes.fromhex("00b0000002")) == b"\x69\x82"
    assert card.answer(bytes.fromhex("0084000008")) == b"\x69\x82"
    card.reset()
    assert card.answer(bytes.fromhex("00a40000026ff2")) == b"\x6a\x82"


def test_a_virtual_card_says_how_a_command_is_wrong() -> None:
    card = VirtualCard(CardSpec(CardKind.KTPEL, UID, photo=b"photo"))
    card.answer(bytes.fromhex("00a40000027f0a"))
    card.answer(bytes.fromhex("00a40000026ff2"))
    assert card.answer(bytes.fromhex("00b000")) == b"\x67\x00"
    assert card.answer(bytes.fromhex("00a4000000")) == b"\x67\x00"
    assert card.answer(bytes.fromhex("00a40000021234")) == b"\x6a\x82"
    assert card.answer(bytes.fromhex("00b0000700")) == b"\x6b\x00"
    assert card.answer(bytes.fromhex("00b0000000")) == b"\x00\x05photo\x90\x00"


def test_a_card_is_the_same_behind_its_pipe() -> None:
    spec = CardSpec(CardKind.FOREIGN, UID, photo=b"photo", control=b"c", delay_s=0.5, mute_after=3)
    assert CardSpec.from_json(spec.to_json()) == spec
    silent = VirtualCard(spec.muted())
    assert silent.answer(bytes.fromhex("ffca000000")) is None
