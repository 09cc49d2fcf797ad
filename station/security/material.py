"""The station's secrets as one value, whatever keeps them: the store's key, the records' key, the signing key."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

KEY_BYTES: Final = 32
_MARK: Final = b"ktpel keys 1\n"
_ONE, _TWO = b"\x00", b"\x01"


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """Everything that must not be known.

    Attributes:
        database_key: 32 bytes, raw, for SQLCipher.
        records_key: 32 bytes, wraps the keys that each record has of its own.
        signing_key: PEM of the EC P-256 private key (PKCS #8).
        next_database_key: while the store's key is being changed: the store opens with one of the two.
    """

    database_key: bytes
    records_key: bytes
    signing_key: bytes
    next_database_key: bytes | None = None

    @classmethod
    def new(cls) -> Secrets:
        """Of a new station."""
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return cls(os.urandom(KEY_BYTES), os.urandom(KEY_BYTES), pem)

    def changing(self) -> Secrets:
        """The same with a fresh key for the store to come; one that was begun already stays."""
        return self if self.next_database_key else replace(self, next_database_key=os.urandom(KEY_BYTES))

    def changed(self) -> Secrets:
        """The store opens with the new key: the old one is forgotten."""
        assert self.next_database_key is not None
        return replace(self, database_key=self.next_database_key, next_database_key=None)

    def unchanged(self) -> Secrets:
        """The store kept its old key: the new one is forgotten."""
        return replace(self, next_database_key=None)

    def packed(self) -> bytes:
        """As bytes, some 340 (a Windows credential holds 1280 characters)."""
        count, coming = (_TWO, self.next_database_key) if self.next_database_key else (_ONE, b"")
        return _MARK + count + self.database_key + self.records_key + coming + self.signing_key

    @classmethod
    def unpacked(cls, data: bytes) -> Secrets:
        """From `packed`.

        Raises:
            ValueError: it is not.
        """
        head, count = data[: len(_MARK)], data[len(_MARK) : len(_MARK) + 1]
        keys = 3 if count == _TWO else 2
        rest = data[len(_MARK) + 1 :]
        if head != _MARK or count not in {_ONE, _TWO} or len(rest) <= keys * KEY_BYTES:
            raise ValueError("no packed secrets")
        one, two, three = (rest[at : at + KEY_BYTES] for at in (0, KEY_BYTES, 2 * KEY_BYTES))
        return cls(one, two, rest[keys * KEY_BYTES :], three if count == _TWO else None)

    def private_key(self) -> ec.EllipticCurvePrivateKey:
        """What signs.

        Raises:
            ValueError: it is no EC key, or does not read.
        """
        try:
            key = serialization.load_pem_private_key(self.signing_key, password=None)
        except (TypeError, UnsupportedAlgorithm) as error:
            raise ValueError("another kind of key") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError("another kind of key")  # noqa: TRY004 - a wrong file, not a wrong type
        return key
