"""`ktpel packet ...`: checking and opening, with certificates and keys from files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from station.cli.words import InputError, Words
from station.errors import StationError
from station.services.sealing import read_certificate

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import rsa

    from station.packet.checking import PacketReport


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files that open a packet: the data centre's key and certificate, and the trusted station's certificate."""

    key: Path
    certificate: Path
    station: Path


def verify_packet(file: Path, station: Path, words: Words) -> None:
    """Check a packet from the outside. Raises PacketError, InputError."""
    from station.packet.checking import verify  # noqa: PLC0415 - crypto is loaded by the command that needs it

    _tell(verify(file, _certificate(station, words)), words)
    typer.echo(words("packet.whole"))


def open_packet(file: Path, files: Certificates, out: Path, words: Words) -> None:
    """Check, decrypt and write the members into a new or empty folder. Raises PacketError, InputError."""
    from station.packet.checking import open_packet as decrypt  # noqa: PLC0415 - as above

    opened = decrypt(
        file,
        key=rsa_key(files.key, words),
        recipient=_certificate(files.certificate, words),
        station=_certificate(files.station, words),
    )
    try:
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise InputError(words("error.out_not_empty", path=out))
        out.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, data in opened.members.items():
            target = out / Path(name).name
            target.touch(mode=0o600)
            target.write_bytes(data)
    except OSError as error:
        raise InputError(words("error.not_written", path=out)) from error
    _tell(opened.report, words)
    for name, data in sorted(opened.members.items()):
        typer.echo(f"  {len(data):>9}  {name}")
    typer.echo(words("packet.opened", count=len(opened.members), folder=out))


def _tell(report: PacketReport, words: Words) -> None:
    typer.echo(f"{report.name}  {report.size} B\nsha256 {report.sha256}")
    signed = f"{words('packet.signed_at')} {report.signed_at.isoformat()} " if report.signed_at is not None else ""
    typer.echo(f"{signed}{words('packet.signer')} {report.signer}")


def _certificate(path: Path, words: Words) -> x509.Certificate:
    if not path.is_file():
        raise InputError(words("error.file_absent", path=path))
    try:
        return read_certificate(path)
    except StationError as error:
        raise InputError(words("error.certificate", path=path)) from error


def rsa_key(path: Path, words: Words) -> rsa.RSAPrivateKey:
    """A key in PEM without a password. Raises InputError."""
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 - as above

    if not path.is_file():
        raise InputError(words("error.file_absent", path=path))
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, OSError) as error:
        raise InputError(words("error.key", path=path)) from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise InputError(words("error.key", path=path))
    return key
