"""`ktpel audit ...`: check the trail of a station, also beside one that runs; export it; check an export anywhere."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from station.cli.office import Where, key_ring, office, settings_at
from station.cli.words import InputError, Words
from station.errors import StationError, StoreError
from station.services.keys import DATABASE

if TYPE_CHECKING:
    from cryptography import x509

    from station.security.keys import KeyRing
    from station.store.beside import AuditTrail


def verify_audit(where: Where, words: Words) -> bool:
    """Check the chain and its signed heads without changing anything; whether the trail is whole.

    Raises:
        StationError: the store or its keys cannot be opened.
        InputError: no station's data are there, or a passphrase is missing.
    """
    from station.security.audit_chain import verify  # noqa: PLC0415 - crypto is loaded by the command that needs it

    folder = settings_at(where, words).folder
    keys = key_ring(folder, words)
    trail = read_trail(folder, keys)
    report = verify(trail.entries, trail.heads, keys.certificate_pem)
    if report.problems:
        first, *more = report.problems
        typer.echo(words("audit.broken", seq=first.seq, at=_at(first.at), fault=words(first.fault.value)), err=True)
        if more:
            typer.echo(words("audit.more", count=len(more)), err=True)
    else:
        told = {"entries": report.entries, "heads": report.heads, "unsigned": report.unsigned}
        typer.echo(words("audit.whole", **told))
    for jump in report.jumps:
        if not jump.noted:
            typer.echo(words("audit.jump", seq=jump.seq, seconds=round(jump.back.total_seconds())), err=True)
    return report.whole


def read_trail(folder: Path, keys: KeyRing) -> AuditTrail:
    """The trail of a station's folder; where one ended in the middle of a step, that is finished first.

    Raises:
        StoreError: it cannot be read.
    """
    from station.security.audit_chain import verify  # noqa: PLC0415 - crypto is loaded by the command that needs it
    from station.store import Store  # noqa: PLC0415 - the database is loaded by the command that needs it
    from station.store.beside import AuditTrail, audit_beside  # noqa: PLC0415 - with it

    def whole(trail: AuditTrail) -> bool:
        return verify(trail.entries, trail.heads, keys.certificate_pem).whole

    path, secrets = folder / DATABASE, keys.secrets
    candidates = [key for key in (secrets.database_key, secrets.next_database_key) if key is not None]
    for key in candidates:  # two while the store's key is being changed
        try:
            return audit_beside(path, key, whole=whole)
        except StoreError as error:
            if error.code == "store.locked":
                break
            if error.code != "store.wrong_key" or key == candidates[-1]:
                raise
    store = Store.open(path, keys.database_key, cipher=keys.cipher, whole=True)
    try:
        with store.work() as work:
            return AuditTrail(tuple(work.audit.entries()), work.audit.heads())
    finally:
        store.close()


def export_audit(where: Where, officer: str, file: Path, days: tuple[date | None, date | None], words: Words) -> None:
    """Write a signed export; a line of the trail tells of it. Raises StationError, InputError."""
    with office(where, officer, words) as opened:
        done = opened.do(lambda: opened.station.audit.export(file, *days))
    typer.echo(words("audit.exported", count=done.entries, path=file))
    typer.echo(f"sha256 {done.sha256}")


def check_export(file: Path, station: Path | None, words: Words) -> bool:
    """Check an export with nothing but the file, and the station's certificate where it is at hand; whether it holds.

    Raises:
        InputError: a file cannot be read.
    """
    from station.security.audit_export import check  # noqa: PLC0415 - crypto is loaded by the command that needs it

    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(words("error.file_absent", path=file)) from error
    report = check(data, _certificate(station, words) if station is not None else None)
    for each in report.findings:
        told = {"line": each.line, "fault": words(each.fault.value)}
        entry = words("export.entry", seq=each.seq, at=each.at).rstrip(" ,") if each.seq is not None else ""
        typer.echo(words("export.broken", **told) + (f" ({entry})" if entry else ""), err=True)
    if not report.findings:
        told = {"station": report.station, "entries": report.entries, "first": report.first, "last": report.last}
        typer.echo(words("export.whole", heads=report.heads, **told))
        typer.echo(f"{words('export.certificate')} sha256 {report.fingerprint}")
        if station is None:
            typer.echo(words("export.compare"))
    return not report.findings


def _certificate(path: Path, words: Words) -> x509.Certificate:
    from station.services.sealing import read_certificate  # noqa: PLC0415 - crypto is loaded late

    if not path.is_file():
        raise InputError(words("error.file_absent", path=path))
    try:
        return read_certificate(path)
    except StationError as error:
        raise InputError(words("error.certificate", path=path)) from error


def _at(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at is not None else "-"
