"""The office's key on its way: it opens with its passphrase alone, and not after any bit was changed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from station.errors import RuleError, StationError
from station.security import approval_key
from station.security.vaults import Cost

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
WORDS = "tiga-perahu-menyeberang"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "out" / "k.approval-key"
    approval_key.write(path, bytes(range(32)), WORDS, station="KANTOR-01", cost=CHEAP)
    return path


def test_what_was_written_is_read_with_the_passphrase_alone(file: Path) -> None:
    assert approval_key.read(file, WORDS) == bytes(range(32))
    assert bytes(range(32)).hex() not in file.read_text("ascii")
    with pytest.raises(StationError, match=r"keys\.passphrase_wrong"):
        approval_key.read(file, WORDS + "!")


def test_any_changed_bit_is_seen(file: Path) -> None:
    whole, dice = file.read_bytes(), random.Random(2020)
    for _ in range(60):
        at = dice.randrange(len(whole) * 8)
        changed = bytearray(whole)
        changed[at // 8] ^= 1 << at % 8
        file.write_bytes(changed)
        with pytest.raises(StationError, match=r"approval\.key_file_damaged"):
            approval_key.read(file, WORDS)


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(StationError, match=r"approval\.key_file_absent"):
        approval_key.read(tmp_path / "nothing", WORDS)
    with pytest.raises(StationError, match=r"approval\.key_file_absent"):
        approval_key.read(tmp_path, WORDS)


@pytest.mark.parametrize("weak", ["kurang", "katasandi-katasandi", "aaaaaaaaaaaaaaaa", "tiga-perahu12"])
def test_a_weak_passphrase_is_refused(tmp_path: Path, weak: str) -> None:
    with pytest.raises(RuleError, match=r"keys\.passphrase_weak"):
        approval_key.write(tmp_path / "k", bytes(32), weak, station="X", cost=CHEAP)
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "in the way").write_bytes(b"")
    with pytest.raises(StationError, match=r"paper\.not_written"):
        approval_key.write(tmp_path / "in the way" / "k", bytes(32), WORDS, station="X", cost=CHEAP)
