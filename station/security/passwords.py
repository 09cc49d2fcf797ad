"""Officers' passwords: argon2id, and what is too weak to be one.

Length counts, not kinds of characters (NIST SP 800-63B, 3.1.1.2): at least ten, none that zxcvbn, which knows thirty
thousand common ones, guesses in fewer than 10^8 tries, none made of the office's words or the officer's id or name.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from station.errors import RuleError

MINIMUM_LENGTH: Final = 10
MAXIMUM_LENGTH: Final = 256
LEAST_GUESSES: Final = 1e8
"""zxcvbn's third grade of four: https://github.com/dropbox/zxcvbn"""
LOOKED_AT: Final = 72
"""Characters; zxcvbn takes no more, and what is hard to guess does not become easier by what follows."""
MINIMUM_DIFFERENT: Final = 5
"""Different characters, so that "aaaaaaaaaa" is none."""
MINIMUM_WORD: Final = 4
"""Shorter words of a name are too common to forbid."""

_WELL_KNOWN: Final = (
    "password", "katasandi", "12345678", "87654321", "qwerty", "admin", "indonesia", "dukcapil", "perekaman", "ktpel",
)  # fmt: skip
COST: Final = RFC_9106_LOW_MEMORY
"""64 MiB, three passes; some 50 ms."""
_hasher = PasswordHasher.from_parameters(COST)


def hash(password: str) -> str:  # noqa: A001 - the field's word, always used with its module
    """The text to be kept, with its salt and cost in it."""
    return _hasher.hash(password)


def verify(kept: str, password: str) -> bool:
    """Whether it is the password; False too where what was kept is no argon2 text. Slow on purpose."""
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(kept: str) -> bool:
    """Whether it was kept at a lower cost than today's: hash it again after the next right password."""
    return _hasher.check_needs_rehash(kept)


def check_strength(password: str, *, own: Iterable[str] = ()) -> None:
    """Refuse a password that is soon guessed. `own` are the officer's id and name.

    Raises:
        RuleError: `password.too_weak`.
    """
    plain = password.casefold()
    short = not MINIMUM_LENGTH <= len(password) <= MAXIMUM_LENGTH or len(set(plain)) < MINIMUM_DIFFERENT
    words = {word for each in own for word in each.casefold().split() if len(word) >= MINIMUM_WORD}
    if short or any(word in plain for word in (*_WELL_KNOWN, *words)) or _guesses(password) < LEAST_GUESSES:
        raise RuleError("password.too_weak")


def _guesses(password: str) -> float:
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its lists are loaded where somebody chooses a password

    return float(zxcvbn(password[:LOOKED_AT])["guesses"])
