"""Looks for what must not lie on a disk: words, and slices of bytes of which there are millions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

SLICE: Final = 16
DISTINCT: Final = 12
"""Different values among the bytes of a slice, from which on it is none of those that anybody writes: zeros, tables."""
_FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


class Slices:
    """Every slice of 16 bytes, at every place, of what has been taken."""

    def __init__(self) -> None:
        self._hashes: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._new: list[NDArray[np.uint64]] = []
        self._seen: set[int] = set()

    def __len__(self) -> int:
        return len(self._sorted())

    def add(self, data: bytes) -> None:
        """These bytes too."""
        if hash(data) in self._seen or len(data) < SLICE:
            return
        self._seen.add(hash(data))
        self._new.append(_hashes(data, 1))

    def found_in(self, data: bytes, step: int) -> bytes | None:
        """One that stands there, at a place that `step` divides: 1 finds any, 16 whatever is longer than 30 bytes."""
        known = self._sorted()
        if len(data) < SLICE or not len(known):
            return None
        looked_for = _hashes(data, step)
        at = np.searchsorted(known, looked_for)
        hits = np.flatnonzero(known[np.minimum(at, len(known) - 1)] == looked_for)
        for hit in hits:
            piece = data[int(hit) * step : int(hit) * step + SLICE]
            if len(set(piece)) >= DISTINCT:
                return piece
        return None

    def _sorted(self) -> NDArray[np.uint64]:
        if self._new:
            self._hashes, self._new = np.sort(np.concatenate([self._hashes, *self._new])), []
        return self._hashes


def _hashes(data: bytes, step: int) -> NDArray[np.uint64]:
    """Of the slice at each place that `step` divides."""
    raw = np.frombuffer(data, np.uint8)
    windows = np.lib.stride_tricks.sliding_window_view(raw, SLICE)[::step]
    halves = np.ascontiguousarray(windows).view(np.uint64)
    with np.errstate(over="ignore"):
        mixed: NDArray[np.uint64] = halves[:, 0] * _FIRST ^ (halves[:, 1] + _SECOND) * _SECOND
    return mixed


def files(*folders: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file below, sockets and pipes aside."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield path, path.read_bytes()


def words_in(data: bytes, words: Iterable[str]) -> list[str]:
    """Those that stand there, in whatever way text is usually written."""
    return [
        word
        for word in words
        if any(each in data for each in (word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be")))
    ]
