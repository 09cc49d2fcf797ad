"""What the store asks of whoever holds the keys."""

from __future__ import annotations

from typing import Protocol


class RecordCipher(Protocol):
    """Keys of single records, wrapped, and what is sealed under them."""

    def new_key(self) -> bytes:
        """A fresh key, wrapped."""
        ...

    def seal(self, wrapped: bytes, data: bytes, aad: bytes) -> bytes:
        """Encrypt `data` so that it opens only with the same key and the same `aad`."""
        ...

    def token(self, text: str) -> bytes:
        """The same bytes for the same text, from which nobody without the keys gets the text; 16 of them."""
        ...

    def open(self, wrapped: bytes, data: bytes, aad: bytes) -> bytes:
        """The bytes that were sealed. Raises `StoreError` where anything was changed."""
        ...
