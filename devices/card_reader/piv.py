"""What the station asks of an officer's card: the PIV application of NIST SP 800-73-4. No reader's calls enter here.

The card proves that it holds the key of a certificate. Who that certificate belongs to, and whether it is to be
trusted, is decided above, between the certificate and the PIN: a card that is not trusted is never told the PIN.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from devices.card_reader import tlv
from devices.card_reader.apdu import OK, Command, Transmit, bad_answer, exchange
from devices.errors import PersonCanRetryError, Remedy, TechnicianNeededError

APPLICATION: Final = bytes.fromhex("A000000308000010000100")
"""SP 800-73-4 part 1, 2.2: with its version."""
AUTHENTICATION_KEY: Final = 0x9A
AUTHENTICATION_CERTIFICATE: Final = bytes.fromhex("5FC105")
PIN_REFERENCE: Final = 0x80
PIN_SIZES: Final = range(6, 9)
NOT_FOUND: Final = frozenset({0x6A82, 0x6A81, 0x6D00, 0x6E00})
BLOCKED: Final = 0x6983
LARGEST_CERTIFICATE: Final = 16_384
"""Unpacked; a real one has some two thousand bytes."""


class Algorithm(IntEnum):
    """Keys of the card that are served (SP 800-78-4, table 6-2)."""

    RSA_2048 = 0x07
    ECC_P256 = 0x11


@dataclass(frozen=True, slots=True)
class SigningRequest:
    """What is to be signed: the padded block of 256 bytes for RSA, the digest of 32 bytes for the curve."""

    algorithm: Algorithm
    block: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class OfficerProof:
    """The card's certificate (DER) and its signature over what was asked."""

    certificate: bytes = field(repr=False)
    signature: bytes = field(repr=False)


class PinWrongError(PersonCanRetryError):
    """`card_reader.pin_wrong`: the card counts; `tries_left` until it blocks itself, at least one."""

    def __init__(self, tries_left: int) -> None:
        self.tries_left = tries_left
        super().__init__("card_reader.pin_wrong", f"{tries_left} tries left")


def prove(transmit: Transmit, pin: str, prepare: Callable[[bytes], SigningRequest]) -> OfficerProof:
    """Let the card sign, after its PIN.

    Args:
        transmit: carries a command to the card.
        pin: six to eight digits.
        prepare: gets the certificate before the PIN is told to the card, and says what is to be signed; what it
            raises ends the talk, and no try is lost.

    Raises:
        PinWrongError: `card_reader.pin_wrong`.
        PersonCanRetryError: `card_reader.no_officer_card`, `card_reader.pin_unfit` (the card is not asked).
        TechnicianNeededError: `card_reader.pin_blocked`, `card_reader.no_certificate`, `card_reader.not_signed`.
        WireError: `card_reader.bad_answer`.
        DeviceError: from the reader.
    """
    if not (pin.isascii() and pin.isdigit() and len(pin) in PIN_SIZES):
        raise PersonCanRetryError("card_reader.pin_unfit")
    select(transmit)
    certificate = read_certificate(transmit)
    request = prepare(certificate)
    if pin_tries(transmit) == 0:
        raise _blocked()
    verify_pin(transmit, pin)
    return OfficerProof(certificate, sign(transmit, request))


def select(transmit: Transmit) -> None:
    """Enter the application. Raises PersonCanRetryError `card_reader.no_officer_card`."""
    _, status = exchange(transmit, Command(0x00, 0xA4, 0x04, 0x00, APPLICATION, 256))
    if status != OK:
        detail = f"status {status:04X}"
        raise PersonCanRetryError("card_reader.no_officer_card", detail, remedy=Remedy.REPOSITION)


def read_certificate(transmit: Transmit) -> bytes:
    """The certificate of the authentication key, as DER, unpacked where the card keeps it packed.

    Raises:
        TechnicianNeededError: `card_reader.no_certificate`.
        WireError: `card_reader.bad_answer`.
    """
    named = tlv.encode(0x5C, AUTHENTICATION_CERTIFICATE)
    answer, status = exchange(transmit, Command(0x00, 0xCB, 0x3F, 0xFF, named, 256))
    if status in NOT_FOUND:
        raise TechnicianNeededError("card_reader.no_certificate", f"status {status:04X}")
    if status != OK:
        raise bad_answer(f"the certificate's object: status {status:04X}")
    content = tlv.find(answer, 0x53) or b""
    certificate, info = tlv.find(content, 0x70), tlv.find(content, 0x71)
    if not certificate:
        raise TechnicianNeededError("card_reader.no_certificate", "an object without one")
    return _unpacked(certificate) if info and info[0] & 1 else certificate


def _unpacked(data: bytes) -> bytes:
    try:
        stream = zlib.decompressobj(wbits=31)  # gzip, as SP 800-73-4 part 1, appendix A says
        whole = stream.decompress(data, LARGEST_CERTIFICATE)
    except zlib.error as error:
        raise bad_answer("a packed certificate that cannot be unpacked") from error
    if not stream.eof:
        raise bad_answer("a packed certificate without end")
    return whole


def pin_tries(transmit: Transmit) -> int | None:
    """How often a wrong PIN may be told until the card blocks itself; None where it does not say. Costs no try."""
    _, status = exchange(transmit, Command(0x00, 0x20, 0x00, PIN_REFERENCE))
    return _tries(status)


def verify_pin(transmit: Transmit, pin: str) -> None:
    """Tell the PIN.

    Raises:
        PinWrongError: `card_reader.pin_wrong`.
        TechnicianNeededError: `card_reader.pin_blocked`, by this try or before it.
        WireError: `card_reader.bad_answer`.
    """
    padded = pin.encode("ascii").ljust(8, b"\xff")
    _, status = exchange(transmit, Command(0x00, 0x20, 0x00, PIN_REFERENCE, padded))
    if status == OK:
        return
    left = _tries(status)
    if left is None:
        raise bad_answer(f"to the PIN: status {status:04X}")
    raise PinWrongError(left) if left else _blocked()


def _tries(status: int) -> int | None:
    if status == BLOCKED:
        return 0
    return status & 0x0F if status & 0xFFF0 == 0x63C0 else None


def _blocked() -> TechnicianNeededError:
    return TechnicianNeededError("card_reader.pin_blocked")


def sign(transmit: Transmit, request: SigningRequest) -> bytes:
    """GENERAL AUTHENTICATE with the authentication key: a dynamic authentication template, 7C (part 2, 3.2.4).

    Raises:
        TechnicianNeededError: `card_reader.not_signed`: no such key, or another algorithm than the certificate's.
        WireError: `card_reader.bad_answer`.
    """
    asked = tlv.encode(0x7C, tlv.encode(0x82, b"") + tlv.encode(0x81, request.block))
    command = Command(0x00, 0x87, request.algorithm, AUTHENTICATION_KEY, asked, 256)
    answer, status = exchange(transmit, command)
    if status != OK:
        raise TechnicianNeededError("card_reader.not_signed", f"status {status:04X}")
    signature = tlv.find(tlv.find(answer, 0x7C) or b"", 0x82)
    if not signature:
        raise bad_answer("no signature in the answer")
    return signature
