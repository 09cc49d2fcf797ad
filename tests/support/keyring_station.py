"""Run as a program inside a session with a keyring: a station in earnest whose keys rest there, line by line."""

from __future__ import annotations

import base64
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from station.bootstrap import KEYS, StartReport, Station, build
from station.config import KeysSection, Settings
from station.domain.officer import Role
from station.errors import StationError
from station.security.durable import read_document
from station.security.keys import KeyRing
from station.security.vault import VaultName
from station.security.vaults import ENTRY, PLAIN_FILES, SERVICE, KeyringVault, system_keyring
from station.services.sign_on import NewOfficer
from tests.support.offices import office_files

PATIENCE_S = 30.0
DEWI = NewOfficer("dewi", "Dewi Lestari", Role.SUPERVISOR, "melati-5-pagar")
AGUS = NewOfficer("agus", "Agus Salim", Role.SUPERVISOR, "kenanga-7-atap")


@contextmanager
def started(settings: Settings) -> Iterator[tuple[Station, StartReport]]:
    """A station in that folder."""
    station = build(settings)
    try:
        yield station, station.start().result(PATIENCE_S)
    finally:
        station.stop()


def refusal(settings: Settings) -> str:
    """Why it does not start."""
    try:
        with started(settings):
            return "it starts"
    except StationError as error:
        return f"{error.code} {error.detail}"


def main(data: Path) -> None:
    """Print what came of it."""
    office, _ = office_files(data.with_name("office"))
    settings = Settings(data_dir=data, keys=KeysSection(vault=VaultName.KEYRING, office_certificate=office))
    folder = data / KEYS

    def key() -> bytes:
        return KeyRing.open_or_create(folder, KeyringVault()).database_key

    with started(settings) as (station, report):
        tell("first", report.key_protection)
        before = key()
        station.desk.submit(lambda: station.sign_on.add_first_officers(DEWI, AGUS)).result(PATIENCE_S)
    with started(settings) as (station, _):
        tell("again", station.keys.vault_name, "the same" if key() == before else "another")
        station.desk.submit(lambda: station.sign_on.sign_on(DEWI.id, DEWI.password)).result(PATIENCE_S)
        station.desk.submit(lambda: station.keys.rotate(DEWI.password)).result(PATIENCE_S)
    with started(settings) as (station, _):
        tell("rotated", station.keys.vault_name, "the same" if key() == before else "another")
    entry, ring = str(read_document(folder / ENTRY)["entry"]), system_keyring()
    packed = bytearray(base64.b64decode(ring.get_password(SERVICE, entry) or ""))
    packed[20] ^= 1
    ring.set_password(SERVICE, entry, base64.b64encode(packed).decode())
    tell("flipped", refusal(settings))
    ring.delete_password(SERVICE, entry)
    tell("gone", refusal(settings))
    tell("plain files", str(sum((folder / name).exists() for name in PLAIN_FILES)))


def tell(*words: str) -> None:
    """One line."""
    sys.stdout.write(" ".join(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
