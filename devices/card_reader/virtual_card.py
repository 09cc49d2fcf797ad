"""Virtual cards: what a card answers to each command. Plain values and pure answers; no socket, no thread, no citizen.

The KTP-el here knows what an open reader may see of the real one, from public descriptions of independent readers:
the UID, the application 7F0A, the card control file 6FF0 and the photo 6FF2. Everything else of it answers
"security status not satisfied", as the real one does without its access module. The officer's card is a PIV card of
NIST SP 800-73-4, with one key, its certificate and a PIN.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

OK = b"\x90\x00"
WRONG_LENGTH = b"\x67\x00"
PIN_BLOCKED = b"\x69\x83"
WRONG_DATA = b"\x6a\x80"
WRONG_PARAMETERS = b"\x6a\x86"
NO_REFERENCE = b"\x6a\x88"
NOT_SATISFIED = b"\x69\x82"
NO_CURRENT_FILE = b"\x69\x86"
FILE_NOT_FOUND = b"\x6a\x82"
OUTSIDE_FILE = b"\x6b\x00"
UNKNOWN_INSTRUCTION = b"\x6d\x00"

CONTACTLESS_ATR = bytes.fromhex("3B888001000000000000000009")
"""ISO 14443-4 type A without historical bytes of meaning, as PC/SC part 3 builds it (real KTP-el: not known)."""
CONTACT_ATR = bytes.fromhex("3B80800101")
"""T=0 first and T=1 second, no historical bytes."""
APPLICATION = 0x7F0A
CONTROL_FILE = 0x6FF0
PHOTO_FILE = 0x6FF2
PIV_NAME = bytes.fromhex("A000000308000010000100")
PROTECTED_FILES = frozenset({0x6FF1, 0x6FF3, 0x6FF4, 0x6FF5, 0x6FF6})


class CardKind(StrEnum):
    """Which card lies in the field."""

    KTPEL = "ktpel"
    FOREIGN = "foreign"
    PIV = "piv"


@dataclass(frozen=True, slots=True)
class CardSpec:
    """A card to insert.

    Attributes:
        kind: a KTP-el, some other contactless card (transport, bank), or an officer's PIV card.
        uid: 4, 7 or 10 bytes.
        atr: answer to reset.
        photo: content of 6FF2 behind its two length bytes.
        control: content of 6FF0 behind its two length bytes.
        delay_s: seconds that each answer takes (a field report speaks of ten seconds for a whole read).
        mute_after: commands answered before the card falls silent; None = never.
        torn_after: commands answered before the card is taken away at the next one; None = never.
        key: an officer's private key, PKCS #8 DER without a password: RSA of 2048 bits or on P-256.
        certificate: its certificate as the card keeps it (DER).
        pin: six to eight digits.
        tries: wrong PINs until the card blocks itself; 0 = it is blocked.
    """

    kind: CardKind
    uid: bytes = field(repr=False)
    atr: bytes = CONTACTLESS_ATR
    photo: bytes = field(default=b"", repr=False)
    control: bytes = field(default=bytes(16), repr=False)
    delay_s: float = 0.0
    mute_after: int | None = None
    torn_after: int | None = None
    key: bytes = field(default=b"", repr=False)
    certificate: bytes = field(default=b"", repr=False)
    pin: str = field(default="", repr=False)
    tries: int = 3

    def muted(self) -> Self:
        """The same card, silent from its first command on."""
        return replace(self, mute_after=0)

    def to_json(self) -> dict[str, Any]:
        """For the pipe to the process that plays the card."""
        return {
            "kind": self.kind.value,
            "uid": self.uid.hex(),
            "atr": self.atr.hex(),
            "photo": self.photo.hex(),
            "control": self.control.hex(),
            "delay_s": self.delay_s,
            "mute_after": self.mute_after,
            "torn_after": self.torn_after,
            "key": self.key.hex(),
            "certificate": self.certificate.hex(),
            "pin": self.pin,
            "tries": self.tries,
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """Inverse of `to_json`; raises KeyError or ValueError for anything else."""
        return cls(
            kind=CardKind(value["kind"]),
            uid=bytes.fromhex(value["uid"]),
            atr=bytes.fromhex(value["atr"]),
            photo=bytes.fromhex(value["photo"]),
            control=bytes.fromhex(value["control"]),
            delay_s=float(value["delay_s"]),
            mute_after=None if value["mute_after"] is None else int(value["mute_after"]),
            torn_after=None if value["torn_after"] is None else int(value["torn_after"]),
            key=bytes.fromhex(value["key"]),
            certificate=bytes.fromhex(value["certificate"]),
            pin=str(value["pin"]),
            tries=int(value["tries"]),
        )


class VirtualCard:
    """One card in the field, with what it remembers between commands."""

    def __init__(self, spec: CardSpec) -> None:
        self.spec = spec
        self._answered = 0
        self._in_application = False
        self._selected: int | None = None
        self._files = {CONTROL_FILE: _prefixed(spec.control), PHOTO_FILE: _prefixed(spec.photo)}
        self._officer = OfficerApplication(spec) if spec.kind is CardKind.PIV else None

    def reset(self) -> None:
        """Power on or reset: nothing is selected any more."""
        self._in_application = False
        self._selected = None
        if self._officer is not None:
            self._officer.reset()

    @property
    def torn(self) -> bool:
        """Whether the next command finds it taken away."""
        return self.spec.torn_after is not None and self._answered >= self.spec.torn_after

    def answer(self, apdu: bytes) -> bytes | None:
        """The response, or None from here on where the card falls silent."""
        limit = self.spec.mute_after
        if limit is not None and self._answered >= limit:
            return None
        self._answered += 1
        return self._respond(apdu) if len(apdu) >= 4 else WRONG_LENGTH

    def _respond(self, apdu: bytes) -> bytes:
        if self._officer is not None:
            return self._officer.answer(apdu)
        if apdu[:4] == b"\xff\xca\x00\x00":
            return self.spec.uid + OK
        if apdu[1] == 0xA4:
            return self._select(apdu)
        if self.spec.kind is CardKind.FOREIGN or not self._in_application:
            return UNKNOWN_INSTRUCTION
        return self._read(apdu) if apdu[1] == 0xB0 else NOT_SATISFIED

    def _select(self, apdu: bytes) -> bytes:
        if len(apdu) < 7 or apdu[4] != 2:
            return WRONG_LENGTH
        if self.spec.kind is CardKind.FOREIGN:
            return FILE_NOT_FOUND
        file = int.from_bytes(apdu[5:7], "big")
        if file == APPLICATION:
            self._in_application, self._selected = True, None
            return OK
        if not self._in_application or (file not in self._files and file not in PROTECTED_FILES):
            return FILE_NOT_FOUND
        self._selected = file
        return OK

    def _read(self, apdu: bytes) -> bytes:
        if self._selected is None:
            return NO_CURRENT_FILE
        if self._selected in PROTECTED_FILES:
            return NOT_SATISFIED
        content = self._files[self._selected]
        offset = int.from_bytes(apdu[2:4], "big")
        if offset >= len(content):
            return OUTSIDE_FILE
        wanted = (apdu[4] if len(apdu) > 4 else 0) or 256
        return content[offset : offset + wanted] + OK


def _prefixed(content: bytes) -> bytes:
    return len(content).to_bytes(2, "big") + content


class OfficerApplication:
    """The PIV application: SELECT, GET DATA, VERIFY, GENERAL AUTHENTICATE, in as many pieces as are asked for."""

    def __init__(self, spec: CardSpec) -> None:
        from cryptography.hazmat.primitives.serialization import load_der_private_key  # noqa: PLC0415 - for this card only

        self._key = load_der_private_key(spec.key, None)
        self._pin = spec.pin.encode("ascii").ljust(8, b"\xff")
        self._most_tries = self._tries = spec.tries
        self._selected = self._verified = False
        self._chained = self._waiting = b""
        self._asked = 256
        name = _tlv(0x4F, bytes.fromhex("000010000100"))
        self._property = _tlv(0x61, name + _tlv(0x79, _tlv(0x4F, PIV_NAME[:5])))
        holder = _tlv(0x30, bytes(25)) + _tlv(0x34, bytes(range(16))) + _tlv(0x35, b"20301231") + b"\x3e\0\xfe\0"
        self._objects = {
            b"\x7e": _tlv(0x7E, _tlv(0x4F, PIV_NAME) + b"\x5f\x2f\x02\x40\x00"),
            bytes.fromhex("5FC102"): _tlv(0x53, holder),
        }
        if spec.certificate:
            content = _tlv(0x70, spec.certificate) + b"\x71\x01\x00\xfe\x00"
            self._objects[bytes.fromhex("5FC105")] = _tlv(0x53, content)

    def reset(self) -> None:
        """Power on or reset: the tries that are left are what it keeps."""
        self._selected = self._verified = False
        self._chained = self._waiting = b""

    def answer(self, apdu: bytes) -> bytes:
        """The response to a command of the short form."""
        cla, ins = apdu[0], apdu[1]
        size = apdu[4] if len(apdu) > 5 else 0
        data = apdu[5 : 5 + size]
        if len(data) != size or len(apdu) > 6 + size:
            return WRONG_LENGTH
        self._asked = (apdu[-1] if len(apdu) in {5, 6 + size} else 0) or 256
        if ins == 0xC0:
            return self._pieces(self._waiting)
        if cla & 0x10:
            self._chained += data
            return OK
        data, self._chained = self._chained + data, b""
        return self._obey(ins, apdu[2], apdu[3], data)

    def _obey(self, ins: int, p1: int, p2: int, data: bytes) -> bytes:
        if ins == 0xA4:
            return self._select(p1, data)
        if not self._selected:
            return UNKNOWN_INSTRUCTION
        if ins == 0xCB:
            return self._get(data)
        if ins == 0x20:
            return self._verify(p2, data)
        return self._sign(p1, p2, data) if ins == 0x87 else UNKNOWN_INSTRUCTION

    def _select(self, p1: int, name: bytes) -> bytes:
        if p1 != 4 or len(name) < 5 or not PIV_NAME.startswith(name):
            return FILE_NOT_FOUND
        self._selected, self._verified = True, False
        return self._pieces(self._property)

    def _get(self, data: bytes) -> bytes:
        found = self._objects.get(data[2:]) if data[:1] == b"\x5c" else None
        return FILE_NOT_FOUND if found is None else self._pieces(found)

    def _verify(self, reference: int, pin: bytes) -> bytes:
        if reference != 0x80:
            return NO_REFERENCE
        if pin and self._tries:
            self._verified = pin == self._pin
            self._tries = self._most_tries if self._verified else self._tries - 1
        if self._verified:
            return OK
        return bytes((0x63, 0xC0 | self._tries)) if self._tries else PIN_BLOCKED

    def _sign(self, algorithm: int, reference: int, data: bytes) -> bytes:
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - for this card only
        from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils  # noqa: PLC0415 - for this card only

        if not self._verified:
            return NOT_SATISFIED
        at = data.find(b"\x82\x00\x81")  # then the length, of one byte or of three, and the block to its end
        if at < 0 or reference != 0x9A:
            return WRONG_DATA
        size = {0x81: 2, 0x82: 3}.get(data[at + 3], 1)
        block = data[at + 3 + size :]
        if isinstance(self._key, rsa.RSAPrivateKey) and algorithm == 0x07 and len(block) == 256:
            numbers = self._key.private_numbers()
            signed = pow(int.from_bytes(block, "big"), numbers.d, numbers.public_numbers.n).to_bytes(256, "big")
        elif isinstance(self._key, ec.EllipticCurvePrivateKey) and algorithm == 0x11 and len(block) == 32:
            signed = self._key.sign(block, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
        else:
            return WRONG_PARAMETERS
        return self._pieces(_tlv(0x7C, _tlv(0x82, signed)))

    def _pieces(self, whole: bytes) -> bytes:
        """As many bytes as are asked for; the rest waits."""
        piece, self._waiting = whole[: self._asked], whole[self._asked :]
        return piece + (bytes((0x61, min(len(self._waiting), 256) & 0xFF)) if self._waiting else OK)


def _tlv(tag: int, value: bytes) -> bytes:
    size = len(value)
    length = bytes((size,)) if size < 0x80 else b"\x82" + size.to_bytes(2, "big")
    return bytes((tag,)) + length + value
