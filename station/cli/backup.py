"""`ktpel backup` and `ktpel restore`: to another disk and back, without a window."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from station.bootstrap import Station, build
from station.cli.check import rsa_key, station_folder
from station.cli.words import InputError, Words
from station.config import Settings
from station.device_settings import DevicesSection, ThermometerDevice
from station.errors import StationError
from station.security.vault import VaultName
from station.services.restore import restore

if TYPE_CHECKING:
    from station.services.backup import Backup

_PRACTICE = DevicesSection(thermometer=ThermometerDevice(url="none", simulated=True))
"""A simulated device is what makes a station one of practice; this one is never opened."""


def back_up(folder: Path, settings: Settings, words: Words) -> None:
    """Of the station that the settings name, which nobody has open. Raises StationError, InputError."""
    if not folder.is_dir():
        raise InputError(words("error.no_folder", path=folder))
    if station_folder(None, settings, words) != settings.folder:
        settings = settings.with_devices(_PRACTICE)
    station = build(settings)
    try:
        made = _made(station, folder, words)
    finally:
        station.stop()
    told = {"path": made.path, "packets": made.packets, "missing": len(made.missing)}
    typer.echo(words("backup.made", **told))


def bring_back(file: Path, key: Path, data: Path | None, settings: Settings, words: Words) -> None:
    """Into an empty data folder. Raises StationError, InputError."""
    from station.security.keys import vault_named  # noqa: PLC0415 - crypto is loaded by the command that needs it

    if not file.is_file():
        raise InputError(words("error.file_absent", path=file))
    office, name = rsa_key(key, words), settings.keys.vault or VaultName.FILE
    passphrase = _passphrase(words, confirm=True) if name is VaultName.PASSPHRASE else None
    target = (data if data is not None else settings.folder).absolute()
    done = restore(file, office, target, vault_named(name, passphrase), datetime.now(UTC))
    at = done.made_at.astimezone(settings.zone.tz)
    typer.echo(words("restore.done", folder=target, at=f"{at:%d-%m-%Y %H:%M} {at.tzname()}", packets=done.packets))


def _made(station: Station, folder: Path, words: Words) -> Backup:
    try:
        station.start(devices=False).result()
    except StationError as error:
        if error.code != "keys.passphrase_needed":
            raise
        station.start(_passphrase(words), devices=False).result()
    return station.backup.make(folder, signed_on=False).result()


def _passphrase(words: Words, *, confirm: bool = False) -> str:
    typed: str = typer.prompt(words("ask.passphrase"), hide_input=True, confirmation_prompt=confirm)
    return typed
