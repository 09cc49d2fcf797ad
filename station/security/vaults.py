"""Secrets in plain files, under a passphrase, in the operating system's keyring."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import secrets as random
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from station.errors import RuleError, StationError, WayOn
from station.security.durable import Field, damaged, read_document, write_document, write_whole
from station.security.material import KEY_BYTES, Secrets
from station.security.vault import VaultName

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

DATABASE_KEY: Final = "database.key"
NEXT_DATABASE_KEY: Final = "database.next.key"
RECORDS_KEY: Final = "records.key"
SIGNING_KEY: Final = "station.key.pem"
PLAIN_FILES: Final = (DATABASE_KEY, RECORDS_KEY, SIGNING_KEY)
WRAPPED: Final = "wrapped.json"
ENTRY: Final = "keyring.json"

LEAST_PASSPHRASE: Final = 14
"""Characters; whoever has the disk may guess as long as they like."""


class FileVault:
    """Plain files, readable by the owner alone.

    database.key     32 random bytes, the raw SQLCipher key; database.next.key beside it while it is being changed
    records.key      32 random bytes
    station.key.pem  EC P-256 private key (PKCS #8)
    """

    name = VaultName.FILE

    def put(self, folder: Path, secrets: Secrets) -> None:
        """See `KeyVault`; each file is replaced whole, and only the store's key ever changes."""
        coming = folder / NEXT_DATABASE_KEY
        if secrets.next_database_key is not None:
            write_whole(coming, secrets.next_database_key)
        contents = (secrets.database_key, secrets.records_key, secrets.signing_key)
        for name, content in zip(PLAIN_FILES, contents, strict=True):
            if not (folder / name).exists() or (folder / name).read_bytes() != content:
                write_whole(folder / name, content)
        if secrets.next_database_key is None:
            coming.unlink(missing_ok=True)

    def get(self, folder: Path) -> Secrets:
        """See `KeyVault`. Raises also StationError `keys.exposed`: others may read them."""
        coming = folder / NEXT_DATABASE_KEY
        names = (*PLAIN_FILES, *((NEXT_DATABASE_KEY,) if coming.exists() else ()))
        if os.name == "posix":
            for name in names:
                if (folder / name).stat().st_mode & 0o077:
                    raise StationError("keys.exposed", WayOn.CHECK_SETTINGS, name)
        database_key, records_key, signing_key, *rest = ((folder / name).read_bytes() for name in names)
        next_key = rest[0] if rest and rest[0] != database_key else None
        for name, key in zip(names, (database_key, records_key, None, next_key), strict=False):
            if key is not None and len(key) != KEY_BYTES:
                raise damaged(name)
        return Secrets(database_key, records_key, signing_key, next_key)

    def drop(self, folder: Path) -> None:
        """See `KeyVault`. On a disk that keeps old blocks, as flash does, the bytes may outlive it."""
        for name in (*PLAIN_FILES, NEXT_DATABASE_KEY):
            (folder / name).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess costs: argon2id's memory (KiB), passes and lanes."""

    memory_kib: int
    passes: int
    lanes: int

    def bearable(self) -> bool:
        """Whether a file that asks for it is believed: none makes the station use up its memory."""
        return 8 * self.lanes <= self.memory_kib <= 1024 * 1024 and 1 <= self.passes <= 16 and 1 <= self.lanes <= 16


COST: Final = Cost(memory_kib=256 * 1024, passes=3, lanes=4)
"""Four times RFC 9106's second choice (64 MiB, 3, 4); paid once a start."""
_KDF: Final = "argon2id"
_SALT_BYTES, _NONCE_BYTES = 16, 12


class PassphraseVault:
    """One file, AES-256-GCM under a key that argon2id makes of a passphrase; its parameters stand in the file."""

    name = VaultName.PASSPHRASE

    def __init__(self, passphrase: str, cost: Cost = COST) -> None:
        self._passphrase = unicodedata.normalize("NFKC", passphrase).encode()
        self._cost = cost

    def put(self, folder: Path, secrets: Secrets) -> None:
        """See `KeyVault`. Raises also RuleError `keys.passphrase_weak`."""
        self._check_strength()
        salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
        header: dict[str, Field] = {
            "kdf": _KDF,
            "memory_kib": self._cost.memory_kib,
            "passes": self._cost.passes,
            "lanes": self._cost.lanes,
            "salt": salt.hex(),
        }
        sealed = AESGCM(self._key(self._cost, salt)).encrypt(nonce, secrets.packed(), _bound(header))
        write_document(folder / WRAPPED, {**header, "nonce": nonce.hex(), "sealed": sealed.hex()})

    def get(self, folder: Path) -> Secrets:
        """See `KeyVault`. Raises also StationError `keys.passphrase_wrong`."""
        fields = read_document(folder / WRAPPED)
        try:
            nonce, sealed = (bytes.fromhex(str(fields.pop(name))) for name in ("nonce", "sealed"))
            cost = Cost(int(fields["memory_kib"]), int(fields["passes"]), int(fields["lanes"]))
            salt = bytes.fromhex(str(fields["salt"]))
        except (KeyError, ValueError) as error:
            raise damaged(WRAPPED) from error
        if fields["kdf"] != _KDF or not cost.bearable() or len(salt) != _SALT_BYTES:
            raise damaged(WRAPPED)
        try:
            return Secrets.unpacked(AESGCM(self._key(cost, salt)).decrypt(nonce, sealed, _bound(fields)))
        except InvalidTag as error:
            raise StationError("keys.passphrase_wrong", WayOn.CORRECT_INPUT) from error
        except ValueError as error:
            raise damaged(WRAPPED) from error

    def drop(self, folder: Path) -> None:
        """See `KeyVault`."""
        (folder / WRAPPED).unlink(missing_ok=True)

    def _key(self, cost: Cost, salt: bytes) -> bytes:
        from argon2.low_level import Type, hash_secret_raw  # noqa: PLC0415 - only where a passphrase is in force

        return hash_secret_raw(
            self._passphrase, salt, cost.passes, cost.memory_kib, cost.lanes, hash_len=KEY_BYTES, type=Type.ID
        )

    def _check_strength(self) -> None:
        from station.security import passwords  # noqa: PLC0415 - as above

        text = self._passphrase.decode()
        try:
            passwords.check_strength(text)
        except RuleError as error:
            raise RuleError("keys.passphrase_weak") from error
        if len(text) < LEAST_PASSPHRASE:
            raise RuleError("keys.passphrase_weak")


SERVICE: Final = "ktpel-station"
"""Under which the keyring lists the entry."""
BACKENDS: Final = (
    "keyring.backends.Windows.WinVaultKeyring",
    "keyring.backends.macOS.Keyring",
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
)
"""The systems' own, in the order in which they are asked; a plug-in that keeps passwords in a plain file is none."""


def system_keyring() -> KeyringBackend:
    """The operating system's own keyring.

    Raises:
        StationError: `keys.no_keyring`, there is none that works here.
    """
    from keyring.core import load_keyring  # noqa: PLC0415 - only where a keyring is in force

    for name in BACKENDS:
        try:
            return load_keyring(name)
        except (RuntimeError, ImportError, AttributeError, OSError):  # not of this system, or not running
            continue
    raise StationError("keys.no_keyring", WayOn.CHECK_SETTINGS)


class KeyringVault:
    """One entry of the operating system's keyring; its random name and the SHA-256 of what it holds lie in a file.

    Each change is a new entry: the file is moved to it once it was read back, and only then the old one is deleted.
    """

    name = VaultName.KEYRING

    def __init__(self, backend: KeyringBackend | None = None) -> None:
        self._backend = backend

    def put(self, folder: Path, secrets: Secrets) -> None:
        """See `KeyVault`. Raises also StationError `keys.no_keyring`, `keys.keyring_refuses`."""
        before = self._entry(folder)
        entry, packed = random.token_hex(16), secrets.packed()
        self._ask("set_password", entry, base64.b64encode(packed).decode("ascii"))
        if self._read(entry) != packed:
            raise StationError("keys.keyring_refuses", WayOn.CALL_TECHNICIAN, "read back otherwise")
        write_document(folder / ENTRY, {"entry": entry, "sha256": hashlib.sha256(packed).hexdigest()})
        if before is not None:
            self._delete(before)

    def get(self, folder: Path) -> Secrets:
        """See `KeyVault`. Raises also StationError `keys.no_keyring`, `keys.keyring_refuses`."""
        fields = read_document(folder / ENTRY)
        packed = self._read(str(fields.get("entry", "")))
        if packed is None:
            raise FileNotFoundError(2, "no such entry", "keyring")
        if hashlib.sha256(packed).hexdigest() != fields.get("sha256"):
            raise damaged("keyring")
        try:
            return Secrets.unpacked(packed)
        except ValueError as error:
            raise damaged("keyring") from error

    def drop(self, folder: Path) -> None:
        """See `KeyVault`."""
        entry = self._entry(folder)
        if entry is not None:
            self._delete(entry)
            (folder / ENTRY).unlink()

    def _entry(self, folder: Path) -> str | None:
        try:
            return str(read_document(folder / ENTRY).get("entry", ""))
        except FileNotFoundError:
            return None

    def _read(self, entry: str) -> bytes | None:
        text = self._ask("get_password", entry)
        if text is None:
            return None
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as error:
            raise damaged("keyring") from error

    def _delete(self, entry: str) -> None:
        if self._ask("get_password", entry) is not None:
            self._ask("delete_password", entry)

    def _ask(self, what: str, entry: str, *values: str) -> str | None:
        from keyring.errors import KeyringError  # noqa: PLC0415 - only where a keyring is in force

        if self._backend is None:
            self._backend = system_keyring()
        try:
            answer: str | None = getattr(self._backend, what)(SERVICE, entry, *values)
        except (KeyringError, OSError) as error:
            raise StationError("keys.keyring_refuses", WayOn.RETRY, type(error).__name__) from error
        return answer


def _bound(header: Mapping[str, Field]) -> bytes:
    return json.dumps(dict(header), sort_keys=True).encode()
