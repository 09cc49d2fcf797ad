"""The talk with an access module: what the card is told, and what becomes of each refusal. The module here is a toy."""

from __future__ import annotations

import pytest

from devices.card_reader.access_module import AccessModule, GuardedFile, read_guarded
from devices.card_reader.apdu import Transmit
from devices.errors import DeviceError

UID = bytes.fromhex("04A1B2C3D4E5F6")
TOKEN, ANSWER = b"\x11" * 40, b"\x22" * 40


class Toy(AccessModule):
    """Marks what is secured by the class byte and turns every byte of an answer over; real ones are unpublished."""

    def __init__(self) -> None:
        self.begun: tuple[bytes, bytes, bytes] | None = None
        self.confirmed = b""

    def authenticate(self, uid: bytes, control: bytes, challenge: bytes) -> bytes:
        self.begun = uid, control, challenge
        return TOKEN

    def confirm(self, answer: bytes) -> None:
        self.confirmed = answer

    def wrap(self, command: bytes) -> bytes:
        return bytes((0x0C,)) + command[1:]

    def unwrap(self, answer: bytes, status: int) -> tuple[bytes, int]:
        return bytes(each ^ 0xFF for each in answer), status


def carrying(asked: list[str], *answers: str) -> Transmit:
    waiting = [bytes.fromhex(each) for each in answers]

    def transmit(command: bytes) -> tuple[bytes, int]:
        asked.append(command.hex())
        answer = waiting.pop(0)
        return answer[:-2], int.from_bytes(answer[-2:], "big")

    return transmit


OPENED = ("9000", "9000", "0002 9000", "ABCD 9000", "0102030405060708 9000")


def test_a_guarded_file_comes_through_the_module() -> None:
    asked: list[str] = []
    module = Toy()
    transmit = carrying(asked, *OPENED, ANSWER.hex() + "9000", "9000", "FFFC 9000", "FEFDFC 9000")
    assert read_guarded(transmit, UID, module, GuardedFile.BIODATA) == b"\x01\x02\x03"
    assert (module.begun, module.confirmed) == ((UID, b"\xab\xcd", bytes(range(1, 9))), ANSWER)
    assert asked == [
        "00a40000027f0a",
        "00a40000026ff0",
        "00b0000002",
        "00b0000202",
        "0084000008",
        "0082000028" + TOKEN.hex(),
        "0ca40000026ff1",
        "0cb0000002",
        "0cb0000203",
    ]


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        (["6A82"], "card_reader.foreign_card"),
        (["9000", "6982"], "card_reader.file_unreadable"),
        ([*OPENED[:4], "6D00"], "card_reader.not_authenticated"),
        ([*OPENED[:4], "0102 9000"], "card_reader.not_authenticated"),
        ([*OPENED, "6300"], "card_reader.not_authenticated"),
        ([*OPENED, "AA 9000"], "card_reader.not_authenticated"),
        ([*OPENED, ANSWER.hex() + "9000", "6982"], "card_reader.file_unreadable"),
    ],
)
def test_a_card_that_does_not_take_part_is_one_error(answers: list[str], code: str) -> None:
    asked: list[str] = []
    with pytest.raises(DeviceError) as caught:
        read_guarded(carrying(asked, *answers), UID, Toy(), GuardedFile.SIGNATURE)
    assert caught.value.code == code
    assert len(asked) == len(answers)
