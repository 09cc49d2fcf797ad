"""Single bits flipped anywhere in what lies on a disk: found every time, and told by name.

A packet and its sidecar are looked at by the round of packets and by `ktpel packet verify`; a backup when it is read
back and before it is restored; the store's first pages at every start, each other page when it is read, by the round of
pages while nobody asks for anything, by a backup, and by `ktpel check` at once.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509

from station.bootstrap import DATABASE, KEYS
from station.errors import StationError
from station.packet.checking import verify
from station.packet.sealing import sidecar_path
from station.security import backup_file
from station.security.keys import KeyRing
from station.services.sign_on import PRACTICE_PASSWORD
from station.store import Store
from station.store.connection import SALT_BYTES
from tests.support.recorded import Data
from tests.support.soak import SOAK

FLIPS = 500 if SOAK else 40
SEED = 20200504


def found(path: Path, look: Callable[[], object]) -> list[tuple[int, StationError]]:
    """What each flip is told as, by the place of the byte; fails on the first that nobody sees."""
    good, chance = path.read_bytes(), random.Random(SEED)
    told = []
    with path.open("r+b", buffering=0) as file:
        for _ in range(FLIPS):
            at, bit = chance.randrange(len(good)), 1 << chance.randrange(8)
            file.seek(at)
            file.write(bytes([good[at] ^ bit]))
            try:
                look()
            except StationError as error:
                told.append((at, error))
            else:
                pytest.fail(f"bit {bit} of byte {at} of {len(good)} of {path.name} was flipped and nobody saw it")
            file.seek(at)
            file.write(good[at : at + 1])
    look()
    return told


@pytest.mark.soak
def test_in_a_packet(data: Data) -> None:
    own = x509.load_pem_x509_certificate((data.folder / KEYS / "station.crt.pem").read_bytes())
    told = found(data.packet, lambda: verify(data.packet, own))
    assert {error.code for _, error in told} == {"packet.altered"}


@pytest.mark.soak
def test_in_a_packets_sidecar(data: Data) -> None:
    own = x509.load_pem_x509_certificate((data.folder / KEYS / "station.crt.pem").read_bytes())
    told = found(sidecar_path(data.packet), lambda: verify(data.packet, own))
    assert {error.code for _, error in told} == {"packet.sidecar_forged"}


@pytest.mark.soak
def test_in_a_backup(data: Data, tmp_path: Path) -> None:
    with data.opened() as (station, _):
        station.desk.submit(lambda: station.sign_on.sign_on("penyelia", PRACTICE_PASSWORD)).result(30)
        made = station.backup.make(tmp_path).result(30).path
    told = found(made, lambda: backup_file.read(made))
    assert {error.code for _, error in told} == {"backup.damaged"}
    assert {DATABASE, f"packets/{data.packet.name}"} <= {error.detail for _, error in told}
    assert all(error.detail for _, error in told)


@pytest.mark.soak
def test_in_the_store(data: Data) -> None:
    keys, path = KeyRing.open_or_create(data.folder / KEYS), data.folder / DATABASE
    told = found(path, lambda: Store.open(path, keys.database_key, cipher=keys.cipher, whole=True).close())
    assert {error.code for at, error in told if at >= SALT_BYTES} == {"store.damaged"}
    assert {error.code for at, error in told if at < SALT_BYTES} <= {"store.wrong_key"}
