"""What is read over a radio where no approver is: a challenge one way, a code the other. Pure; no clock, no store.

The challenge names one recording in one state of its history, the code is an approver's answer to it. Both end in a
check symbol, so that what was misheard is told from what is false.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Final

LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O and U, which are misread or misheard."""
DIGITS: Final = "0123456789"
CHALLENGE: Final = 10
"""Symbols of a challenge without its check symbol: 50 bits."""
CODE: Final = 8
"""Digits of a code without its check digit. A guess is right once in 10**8, and wrong ones lock."""
KEY_BYTES: Final = 32
_MISREAD: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_CHALLENGE: Final = b"ktpel approval challenge 1"
_CODE: Final = b"ktpel approval code 1"
_NAME: Final = b"ktpel approval key 1"


def challenge(*, station: str, visit_id: str, number: str, reason: str, history: bytes) -> str:
    """What the van reads out: `XXXX-XXXX-XXX`.

    Args:
        station: the van's code.
        visit_id: the visit's own, random id.
        number: what the applicant was called by.
        reason: why nobody approves here.
        history: digest over every entry of the recording.
    """
    parts = (station.encode(), visit_id.encode(), number.encode(), reason.encode(), history)
    digest = _digest(_CHALLENGE, *parts)
    symbols = base64.b32encode(digest).decode("ascii")[:CHALLENGE]
    told = "".join(LETTERS["ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".index(each)] for each in symbols)
    return grouped(told + check_symbol(told, LETTERS), 4)


def read_challenge(typed: str) -> str | None:
    """The challenge as it is told, from what somebody typed; None where it was misheard."""
    symbols = "".join(each for each in typed.upper().translate(_MISREAD) if each.isalnum())
    return grouped(symbols, 4) if _whole(symbols, LETTERS, CHALLENGE) else None


def code(key: bytes, *, approver: str, number: str, challenge_: str) -> str:
    """The approver's answer: eight digits and a check digit.

    Args:
        key: of the office.
        approver: their id; a code that one officer gave is not another's.
        number: of the visit, as the van told it.
        challenge_: as `challenge` or `read_challenge` gave it.
    """
    mac = hmac.digest(key, _joined(_CODE, approver.encode(), number.encode(), challenge_.encode()), "sha256")
    digits = f"{int.from_bytes(mac[:8]) % 10**CODE:0{CODE}d}"
    return digits + check_symbol(digits, DIGITS)


def read_code(typed: str) -> str | None:
    """Nine digits, from what somebody typed; None where they were misheard."""
    digits = "".join(each for each in typed if not each.isspace() and each not in ".-")
    return digits if _whole(digits, DIGITS, CODE) else None


def same(one: str, other: str) -> bool:
    """Whether two codes are the same, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def key_name(key: bytes) -> str:
    """What two stations compare to see whether they hold the same key: eight hexadecimal digits of its digest."""
    return grouped(_digest(_NAME, key).hex()[:8], 4)


def grouped(symbols: str, size: int) -> str:
    """With hyphens, as it is read out."""
    return "-".join(symbols[at : at + size] for at in range(0, len(symbols), size))


def check_symbol(symbols: str, alphabet: str) -> str:
    """ISO/IEC 7064's hybrid system, MOD 11,10 for digits: finds every single wrong symbol, and nearly all swaps."""
    size = len(alphabet)
    carry = size
    for each in symbols:
        carry = ((carry + alphabet.index(each)) % size or size) * 2 % (size + 1)
    return alphabet[(size + 1 - carry) % size]


def _whole(symbols: str, alphabet: str, length: int) -> bool:
    fits = len(symbols) == length + 1 and set(symbols) <= set(alphabet)
    return fits and check_symbol(symbols[:-1], alphabet) == symbols[-1]


def _digest(*parts: bytes) -> bytes:
    return hashlib.sha256(_joined(*parts)).digest()


def _joined(*parts: bytes) -> bytes:
    """Each with its length before it, so that no two lists of parts are the same bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
