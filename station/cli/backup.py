"""`ktpel backup` and `ktpel restore`: to another disk and back, without a window."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import typer

from station.cli.check import rsa_key
from station.cli.office import WORK_S, Where, office, secret
from station.cli.run import settings_of
from station.cli.words import InputError, Words
from station.security.vault import VaultName


def back_up(folder: Path, where: Where, officer: str, words: Words) -> None:
    """Of a station that nobody has open. Raises StationError, InputError."""
    if not folder.is_dir():
        raise InputError(words("error.no_folder", path=folder))
    with office(where, officer, words) as opened:
        made = opened.station.backup.make(folder).result(WORK_S)
    typer.echo(words("backup.made", path=made.path, packets=made.packets, missing=len(made.missing)))


def bring_back(file: Path, key: Path, where: Where, words: Words) -> None:
    """Into an empty data folder. Raises StationError, InputError."""
    from station.security.keys import vault_named  # noqa: PLC0415 - crypto is loaded by the command that needs it
    from station.services.restore import restore  # noqa: PLC0415 - with it

    if not file.is_file():
        raise InputError(words("error.file_absent", path=file))
    settings, office_key = settings_of(where.config, words), rsa_key(key, words)
    name, phrase = settings.keys.vault or VaultName.FILE, None
    if name is VaultName.PASSPHRASE:
        phrase = secret("KTPEL_PASSPHRASE", words("secret.passphrase"), words)
    folder = (where.data or settings.folder).absolute()
    done = restore(file, office_key, folder, vault_named(name, phrase), datetime.now(UTC))
    at = done.made_at.astimezone(settings.zone.tz)
    typer.echo(words("restore.done", folder=folder, at=f"{at:%d-%m-%Y %H:%M} {at.tzname()}", packets=done.packets))
