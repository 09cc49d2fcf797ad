"""A copy of a store that is at work: page by page as they lie in the file, under its cipher, beside whoever writes it.

Most pages are read on a thread of its own, where one that is being written may come torn. SQLCipher gives a page a
fresh initialisation vector whenever it writes it, so those that changed since are known by that: they are read once
more on the store's own thread, between two units of work, and the copy is what the store was at that moment. SQLite's
own ways hold that thread up for as long as the store is large, or want a second connection, which this store's lock
does not let in.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from station.errors import StoreDamagedError
from station.store.pages import MAC, PAGE, PageCheck

SLICE: Final = 256
"""Pages read at once, 1 MB."""
_VECTOR: Final = slice(PAGE - MAC - 16, PAGE - MAC)


class PageCopy:
    """Into a new file. `first` on any thread, `finish` on the store's, then `sync` on any.

    Args:
        pages: of the store.
        target: is made, for the owner alone.

    Raises:
        OSError: it cannot be made.
    """

    def __init__(self, pages: PageCheck, target: Path) -> None:
        self._pages = pages
        self._vectors: list[bytes] = []
        self._file = os.fdopen(os.open(target, os.O_RDWR | os.O_CREAT | os.O_TRUNC | _BINARY, 0o600), "r+b")

    def close(self) -> None:
        """Let go of the copy. Idempotent."""
        self._file.close()

    def first(self, tell: Callable[[float], None]) -> None:
        """Copy every page that is whole; `tell` hears from 0 to 1 how far it is, and may raise to end it.

        Raises:
            OSError, ValueError: the store cannot be read, or was closed; the copy cannot be written.
        """
        count = self._pages.pages()
        self._vectors = [b""] * count
        for number in range(1, count + 1, SLICE):
            for at, page in enumerate(self._pages.read(number, SLICE), number):
                if at <= count and self._pages.whole(at, page):
                    self._put(at, page)
            tell(min(1.0, (number + SLICE - 1) / count))

    def finish(self) -> None:
        """Make it what the store is now. Not within a unit of work; some 0.3 s for 200 MB on a busy machine.

        Raises:
            OSError, ValueError: as `first`.
            StoreDamagedError: pages of the store are not what was written.
        """
        count = self._pages.pages()
        self._vectors += [b""] * (count - len(self._vectors))
        for number in range(1, count + 1, SLICE):
            for at, page in enumerate(self._pages.read(number, SLICE), number):
                if page[_VECTOR] != self._vectors[at - 1]:
                    if not self._pages.whole(at, page):
                        raise StoreDamagedError(f"page {at} does not authenticate")
                    self._put(at, page)
        self._file.truncate(count * PAGE)

    def sync(self) -> None:
        """Wait until it is on the disk itself. Raises OSError."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def _put(self, number: int, page: bytes) -> None:
        self._file.seek((number - 1) * PAGE)
        self._file.write(page)
        self._vectors[number - 1] = page[_VECTOR]


_BINARY: Final = getattr(os, "O_BINARY", 0)
