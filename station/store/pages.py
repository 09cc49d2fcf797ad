"""Whether the pages of a store are what was written: read past SQLite, some at a time, whatever the store's size.

SQLCipher checks a page whenever it reads one, so nothing wrong is ever used; this looks at those that nobody reads, so
that damage is told while there are backups. Its own check of all pages (`PRAGMA cipher_integrity_check`) is one call
that grows with the store: 6 s for ten thousand recordings, before anybody may begin.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
from pathlib import Path
from typing import Final

# SQLCipher 4: https://www.zetetic.net/sqlcipher/design/ - each page ends in 16 bytes of initialisation vector and 64 of
# HMAC-SHA512, which is over the rest of the page, the vector, and the page's number (32 bits, little-endian); its key
# comes of the page key by two rounds of PBKDF2 over the store's salt, every byte of it exclusive-or 0x3A.
PAGE: Final = 4096
MAC: Final = 64
SALT: Final = 16
_MASK: Final = 0x3A
_ROUNDS: Final = 2
_PENDING_BYTE: Final = 0x40000000
"""In this page SQLite writes nothing: https://www.sqlite.org/fileformat2.html#the_lock_byte_page"""


class PageCheck:
    """Checks pages of one file. While it does, nobody may write the file.

    It is opened before SQLite opens the file and closed after SQLite has closed it: whoever closes a file loses every
    lock that the process has on it (https://www.sqlite.org/howtocorrupt.html, 2.2).

    Args:
        path: the store's file, which is there.
        key: of its pages, 32 bytes.
        salt: that goes with the key, 16 bytes.

    Raises:
        OSError: it cannot be read.
    """

    def __init__(self, path: Path, key: bytes, salt: bytes) -> None:
        self._file = path.open("rb", buffering=0)
        self._lock = threading.Lock()
        masked = bytes(each ^ _MASK for each in salt)
        self._key = hashlib.pbkdf2_hmac("sha512", key, masked, _ROUNDS, len(key))

    def close(self) -> None:
        """Let go of the file. Idempotent."""
        with self._lock:
            self._file.close()

    def pages(self) -> int:
        """How many there are; what is cut off counts as one. Raises OSError."""
        with self._lock:
            return -(-self._file.seek(0, os.SEEK_END) // PAGE)

    def broken(self, first: int, count: int) -> tuple[int, ...]:
        """Numbers of those among `count` pages from `first` on that are not what was written; the first page is 1.

        Raises:
            OSError: they could not be read.
        """
        pages = self.read(first, count)
        return tuple(number for number, page in enumerate(pages, first) if not self.whole(number, page))

    def whole(self, number: int, page: bytes) -> bool:
        """Whether this is what was written as page `number`. From any thread."""
        return _whole(number, page, self._key)

    def read(self, first: int, count: int) -> tuple[bytes, ...]:
        """As many of `count` pages from `first` on as there are, as they lie in the file. From any thread.

        Raises:
            OSError, ValueError: they could not be read; the file was closed.
        """
        length, found = count * PAGE, bytearray()
        with self._lock:
            self._file.seek((first - 1) * PAGE)
            while len(found) < length and (part := self._file.read(length - len(found))):
                found += part
        return tuple(bytes(found[start : start + PAGE]) for start in range(0, len(found), PAGE))


def _whole(number: int, page: bytes, key: bytes) -> bool:
    if number == _PENDING_BYTE // PAGE + 1:
        return True
    told = page[SALT if number == 1 else 0 : PAGE - MAC] + number.to_bytes(4, "little")
    return hmac.compare_digest(hmac.digest(key, told, "sha512"), page[PAGE - MAC :])
