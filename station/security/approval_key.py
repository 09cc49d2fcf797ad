"""The office's approval key on its way from station to station: a file under a passphrase that is told by mouth.

AES-256-GCM under a key that argon2id makes of the passphrase; its parameters stand in the file, every field is bound.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from station.errors import RuleError, StationError, WayOn
from station.security import passwords
from station.security.approval_code import KEY_BYTES, key_name
from station.security.durable import Field, read_document, write_document
from station.security.vaults import LEAST_PASSPHRASE, Cost

SUFFIX: Final = ".approval-key"
COST: Final = Cost(memory_kib=64 * 1024, passes=3, lanes=4)
"""RFC 9106's second choice: the file is on its way for hours, and both ends are old laptops."""
FORMAT: Final = "ktpel approval key 1"
_SALT_BYTES, _NONCE_BYTES = 16, 12


def new_key() -> bytes:
    """32 random bytes."""
    return os.urandom(KEY_BYTES)


def check_passphrase(passphrase: str) -> None:
    """Whoever finds the file may guess as long as they like. Raises RuleError `keys.passphrase_weak`."""
    text = _normal(passphrase)
    try:
        passwords.check_strength(text)
    except RuleError as error:
        raise RuleError("keys.passphrase_weak") from error
    if len(text) < LEAST_PASSPHRASE:
        raise RuleError("keys.passphrase_weak")


def write(path: Path, key: bytes, passphrase: str, *, station: str, cost: Cost = COST) -> None:
    """Keep it for the way.

    Raises:
        RuleError: `keys.passphrase_weak`.
        StationError: `paper.not_written`.
    """
    check_passphrase(passphrase)
    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    header: dict[str, Field] = {
        "format": FORMAT,
        "station": station,
        "name": key_name(key),
        "memory_kib": cost.memory_kib,
        "passes": cost.passes,
        "lanes": cost.lanes,
        "salt": salt.hex(),
    }
    sealed = AESGCM(_derived(passphrase, cost, salt)).encrypt(nonce, key, _bound(header))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_document(path, {**header, "nonce": nonce.hex(), "sealed": sealed.hex()})
    except OSError as error:
        raise StationError("paper.not_written", WayOn.FREE_SPACE, type(error).__name__) from error


def read(path: Path, passphrase: str) -> bytes:
    """The key.

    Raises:
        StationError: `approval.key_file_absent`, `approval.key_file_damaged`, `keys.passphrase_wrong`.
    """
    try:
        fields = read_document(path)
    except OSError as error:
        raise StationError("approval.key_file_absent", WayOn.CORRECT_INPUT) from error
    except StationError as error:
        raise _damaged() from error
    try:
        nonce, sealed = (bytes.fromhex(str(fields.pop(name))) for name in ("nonce", "sealed"))
        cost = Cost(int(fields["memory_kib"]), int(fields["passes"]), int(fields["lanes"]))
        salt, form = bytes.fromhex(str(fields["salt"])), fields["format"]
    except (KeyError, ValueError) as error:
        raise _damaged() from error
    if form != FORMAT or not cost.bearable() or (len(salt), len(nonce)) != (_SALT_BYTES, _NONCE_BYTES):
        raise _damaged()
    try:
        key = AESGCM(_derived(passphrase, cost, salt)).decrypt(nonce, sealed, _bound(fields))
    except InvalidTag as error:
        raise StationError("keys.passphrase_wrong", WayOn.CORRECT_INPUT) from error
    if len(key) != KEY_BYTES:
        raise _damaged()
    return key


def _derived(passphrase: str, cost: Cost, salt: bytes) -> bytes:
    from argon2.low_level import Type, hash_secret_raw  # noqa: PLC0415 - only where a key travels

    secret = _normal(passphrase).encode()
    return hash_secret_raw(secret, salt, cost.passes, cost.memory_kib, cost.lanes, hash_len=32, type=Type.ID)


def _normal(passphrase: str) -> str:
    return unicodedata.normalize("NFKC", passphrase)


def _bound(fields: Mapping[str, Field]) -> bytes:
    return json.dumps(fields, sort_keys=True).encode()


def _damaged() -> StationError:
    return StationError("approval.key_file_damaged", WayOn.CORRECT_INPUT)
