"""A store on a real SQLCipher file, and its pages decrypted by hand for a look at what is left in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.step import DEFAULT_PLAN, State
from station.security.keys import RecordKeys
from station.store import Store, Work

KEY = hashlib.sha256(b"a test's database key").digest()
CIPHER = RecordKeys(hashlib.sha256(b"a test's wrapping key").digest())
PAGE, RESERVED, SALT, IV = 4096, 80, 16, 16
"""SQLCipher 4: at each page's end 16 bytes of initialisation vector and 64 of HMAC-SHA512; the salt begins the file."""


@contextmanager
def opened_store(path: Path) -> Iterator[Store]:
    """The store, closed afterwards."""
    store = Store.open(path, KEY, cipher=CIPHER)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def kept(path: Path) -> Iterator[Work]:
    """One unit of work in a store opened for it, committed at the end."""
    with opened_store(path) as store, store.work() as work:
        yield work
        work.commit()


def record(
    work: Work, entries: list[h.Entry], *, visit_id: str = "visit-1", plan: tuple[State, ...] = DEFAULT_PLAN
) -> Enrollment:
    """A visit with this history."""
    number = entries[0].number if entries and isinstance(entries[0], h.Opened) else ""
    work.visits.add(visit_id, number, plan)
    for entry in entries:
        work.visits.append(visit_id, entry)
    return work.visits.load(visit_id)


def decrypted(path: Path) -> bytes:
    """Every page of the file in clear, free ones too, with no regard to whether it authenticates."""
    data, clear = path.read_bytes(), bytearray()
    for start in range(0, len(data), PAGE):
        page = data[start : start + PAGE]
        vector = page[PAGE - RESERVED : PAGE - RESERVED + IV]
        body = page[SALT if start == 0 else 0 : PAGE - RESERVED]
        decryptor = Cipher(algorithms.AES(KEY), modes.CBC(vector)).decryptor()
        clear += decryptor.update(body) + decryptor.finalize()
    return bytes(clear)
