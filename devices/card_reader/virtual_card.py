"""Virtual cards: what a card answers to each command. Plain values and pure answers; no socket, no thread, no citizen.

The KTP-el here knows what an open reader may see of the real one, from public descriptions of independent readers:
the UID, the application 7F0A, the card control file 6FF0 and the photo 6FF2. Everything else of it answers
"security status not satisfied", as the real one does without its access module.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

OK = b"\x90\x00"
WRONG_LENGTH = b"\x67\x00"
NOT_SATISFIED = b"\x69\x82"
NO_CURRENT_FILE = b"\x69\x86"
FILE_NOT_FOUND = b"\x6a\x82"
OUTSIDE_FILE = b"\x6b\x00"
UNKNOWN_INSTRUCTION = b"\x6d\x00"

CONTACTLESS_ATR = bytes.fromhex("3B888001000000000000000009")
"""ISO 14443-4 type A without historical bytes of meaning, as PC/SC part 3 builds it (real KTP-el: not known)."""
APPLICATION = 0x7F0A
CONTROL_FILE = 0x6FF0
PHOTO_FILE = 0x6FF2
PROTECTED_FILES = frozenset({0x6FF1, 0x6FF3, 0x6FF4, 0x6FF5, 0x6FF6})


class CardKind(StrEnum):
    """Which card lies in the field."""

    KTPEL = "ktpel"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class CardSpec:
    """A card to insert.

    Attributes:
        kind: a KTP-el, or some other contactless card (transport, bank).
        uid: 4, 7 or 10 bytes.
        atr: answer to reset.
        photo: content of 6FF2 behind its two length bytes.
        control: content of 6FF0 behind its two length bytes.
        delay_s: seconds that each answer takes (a field report speaks of ten seconds for a whole read).
        mute_after: commands answered before the card falls silent; None = never.
    """

    kind: CardKind
    uid: bytes = field(repr=False)
    atr: bytes = CONTACTLESS_ATR
    photo: bytes = field(default=b"", repr=False)
    control: bytes = field(default=bytes(16), repr=False)
    delay_s: float = 0.0
    mute_after: int | None = None

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
        )


class VirtualCard:
    """One card in the field, with what it remembers between commands."""

    def __init__(self, spec: CardSpec) -> None:
        self.spec = spec
        self._answered = 0
        self._in_application = False
        self._selected: int | None = None
        self._files = {CONTROL_FILE: _prefixed(spec.control), PHOTO_FILE: _prefixed(spec.photo)}

    def reset(self) -> None:
        """Power on or reset: nothing is selected any more."""
        self._in_application = False
        self._selected = None

    def answer(self, apdu: bytes) -> bytes | None:
        """The response, or None from here on where the card falls silent."""
        limit = self.spec.mute_after
        if limit is not None and self._answered >= limit:
            return None
        self._answered += 1
        return self._respond(apdu) if len(apdu) >= 4 else WRONG_LENGTH

    def _respond(self, apdu: bytes) -> bytes:
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
