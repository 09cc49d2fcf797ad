"""The recovery file: the office alone opens it, plain openssl too, and every flipped bit is told without its key."""

from __future__ import annotations

import random
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from station.errors import StationError
from station.packet.practice import practice_data_centre
from station.security import recovery
from station.security.keys import KeyRing, create
from station.security.vaults import FileVault

AT = datetime.now(UTC)
OFFICE = practice_data_centre(AT - timedelta(days=1))
OTHER = practice_data_centre(AT - timedelta(days=1))
FLIPS = 500


@pytest.fixture
def keys(tmp_path: Path) -> KeyRing:
    return KeyRing.open_or_create(tmp_path / "keys")


@pytest.fixture
def path(keys: KeyRing, tmp_path: Path) -> Path:
    data = recovery.make(keys, keys.secrets.changing(), office=OFFICE.certificate, station="KUTIM-01", at=AT)
    return recovery.write(tmp_path / "recovery", "KUTIM-01", data)


def refused(path: Path, key: rsa.RSAPrivateKey = OFFICE.key, office: x509.Certificate = OFFICE.certificate) -> str:
    with pytest.raises(StationError) as caught:
        recovery.restore(path, key, office)
    assert caught.value.detail == path.name
    return caught.value.code


def test_the_office_opens_it_and_a_new_machine_has_the_same_keys(keys: KeyRing, path: Path, tmp_path: Path) -> None:
    recovered = recovery.restore(path, OFFICE.key, OFFICE.certificate)
    create(tmp_path / "new", FileVault(), recovered.secrets, recovered.certificate_pem)
    again = KeyRing.open_or_create(tmp_path / "new")
    assert again.certificate == keys.certificate
    assert again.database_key == keys.database_key
    assert again.secrets.next_database_key is not None
    assert keys.database_key.hex() not in repr(recovered)


def test_every_flipped_bit_is_told_and_the_file_named(path: Path) -> None:
    chance, whole = random.Random(6), path.read_bytes()
    for _ in range(FLIPS):
        data = bytearray(whole)
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)
        assert refused(path) == "keys.recovery_damaged"


@pytest.mark.parametrize(
    "change", [lambda d: d[:-1], lambda d: d + b"x", lambda d: b"x" + d, lambda d: d[:0], lambda d: d * 2]
)
def test_neither_is_one_that_was_cut_or_added_to(path: Path, change: object) -> None:
    assert callable(change)
    path.write_bytes(change(path.read_bytes()))
    assert refused(path) == "keys.recovery_damaged"


def test_another_office_does_not_open_it(path: Path) -> None:
    assert refused(path, OTHER.key, OTHER.certificate) == "keys.recovery_other_office"


def test_a_missing_one_is_told(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.txt") == "keys.recovery_unreadable"


def test_openssl_opens_it_as_it_is_and_nothing_in_it_is_clear(keys: KeyRing, path: Path, tmp_path: Path) -> None:
    (tmp_path / "office.pem").write_bytes(OFFICE.certificate_pem)
    (tmp_path / "office.key").write_bytes(OFFICE.key_pem)
    words: list[str | Path] = [
        "openssl",
        "cms",
        "-decrypt",
        "-inform",
        "PEM",
        "-in",
        path,
        "-recip",
        tmp_path / "office.pem",
    ]
    out = tmp_path / "out"
    subprocess.run(
        [*words, "-inkey", tmp_path / "office.key", "-out", out], check=True, timeout=20, capture_output=True
    )
    assert keys.database_key in out.read_bytes()
    assert keys.database_key not in path.read_bytes()
