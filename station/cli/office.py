"""What an officer does at the command line: open the records without any device, sign on, and do one thing.

Secrets are typed where nobody sees them, or stand in the environment for work without a person: `KTPEL_PASSPHRASE`
of the keys, `KTPEL_PASSWORD` and `KTPEL_CODE` of the officer, `KTPEL_SECOND_PASSWORD` and `KTPEL_SECOND_CODE` of the
second one. None is ever an argument, which every user of the machine could read.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from station.cli.words import InputError, Words
from station.config import PRACTICE_FOLDER, Settings
from station.device_settings import CameraDevice, DevicesSection
from station.errors import RuleError
from station.security.vault import VaultName
from station.services.keys import DATABASE, KEYS

if TYPE_CHECKING:
    from station.bootstrap import Station
    from station.security.keys import KeyRing

T = TypeVar("T")

OPEN_S: Final = 120.0
"""A store of ten thousand recordings is checked page by page."""
WORK_S: Final = 600.0


@dataclass(frozen=True, slots=True)
class Where:
    """Which station: its settings, and the folder of its data where that is named apart from them."""

    config: Path | None
    data: Path | None


@dataclass(frozen=True, slots=True)
class Office:
    """Records that are open, and the officer who is signed on."""

    station: Station

    def do(self, job: Callable[[], T]) -> T:
        """On the desk. Raises whatever the job does."""
        return self.station.desk.submit(job).result(WORK_S)


@contextmanager
def office(where: Where, officer_id: str, words: Words) -> Iterator[Office]:
    """The records of a station that is not running, with this officer signed on.

    Raises:
        InputError: no station's data are there, or a secret is neither typed nor in the environment.
        StationError: `store.locked`, a station runs on these data; `sign_on.*`, and whatever else opening says.
    """
    from station.bootstrap import build  # noqa: PLC0415 - commands load what they need

    settings = settings_at(where, words)
    station = build(settings)
    try:
        station.start_records(passphrase_for(settings.folder / KEYS, words)).result(OPEN_S)
        opened = Office(station)
        password = secret("KTPEL_PASSWORD", words("secret.password", who=officer_id), words)
        try:
            opened.do(lambda: station.sign_on.sign_on(officer_id, password))
        except RuleError as error:
            if error.code != "sign_on.code_needed":
                raise
            code = secret("KTPEL_CODE", words("secret.code", who=officer_id), words)
            opened.do(lambda: station.sign_on.sign_on(officer_id, password, code))
        try:
            yield opened
        finally:
            opened.do(station.sign_on.sign_off)
    finally:
        station.stop()


def settings_at(where: Where, words: Words) -> Settings:
    """The settings, with their folder where the data are. Raises ConfigError, InputError."""
    from station.cli.run import settings_of  # noqa: PLC0415 - commands load what they need

    settings = settings_of(where.config, words)
    folder = station_folder(where.data or settings.folder, words).absolute()
    if folder == settings.folder.absolute():
        return settings
    if folder.name != PRACTICE_FOLDER:
        return settings.with_devices(DevicesSection()).model_copy(update={"data_dir": folder})
    simulated = DevicesSection(camera=CameraDevice(source=PRACTICE_FOLDER, simulated=True))  # never opened
    return settings.with_devices(simulated).model_copy(update={"data_dir": folder.parent})


def station_folder(base: Path, words: Words) -> Path:
    """Where a station's database and keys lie, which are there: the folder itself, or its practice inside.

    Raises:
        InputError: there are none.
    """
    for folder in (base, base / PRACTICE_FOLDER):
        database, keys = folder / DATABASE, folder / KEYS
        if database.is_file() and database.stat().st_size:
            if not keys.is_dir() or not any(keys.iterdir()):  # opened all the same, they would be made anew
                raise InputError(words("error.keys_absent", path=keys))
            return folder
    raise InputError(words("error.no_station", path=base))


def key_ring(folder: Path, words: Words) -> KeyRing:
    """The keys of a station's folder, which are there. Raises StationError `keys.*`, InputError."""
    from station.security.keys import KeyRing, vault_in_force, vault_named  # noqa: PLC0415 - crypto is loaded late

    keys = folder / KEYS
    return KeyRing.open_or_create(keys, vault_named(vault_in_force(keys), passphrase_for(keys, words)))


def passphrase_for(keys: Path, words: Words) -> str | None:
    """Of the vault in force, None where it needs none. Raises InputError, StationError."""
    from station.security.keys import vault_in_force  # noqa: PLC0415 - crypto is loaded late

    try:
        if vault_in_force(keys) is not VaultName.PASSPHRASE:
            return None
    except OSError:
        return None  # opening the keys tells what is missing
    return secret("KTPEL_PASSPHRASE", words("secret.passphrase"), words)


def secret(variable: str, asked: str, words: Words) -> str:
    """From the environment, or typed unseen. Raises InputError where there is nobody to type it."""
    given = os.environ.get(variable)
    if given:
        return given
    if not sys.stdin.isatty():
        raise InputError(words("error.secret_absent", what=asked, variable=variable))
    return getpass.getpass(f"{asked}: ")
