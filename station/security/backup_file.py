"""The backup's file: a ZIP whose comment is the station's signature over every byte before it.

What is in it is sealed already (the store and the packets by their ciphers, the keys for the office), so it is not
encrypted once more. `manifest.json` names every member with its size and SHA-256, so that what is damaged can be named;
the signature covers the manifest, the members and the ZIP's own words alike.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from station.errors import StationError, WayOn

SUFFIX: Final = ".ktpel-backup"
FORMAT: Final = "ktpel-backup-1"
MANIFEST: Final = "manifest.json"
CERTIFICATE: Final = "station.crt.pem"
MOST_MANIFEST: Final = 64 * 1024 * 1024
_PIECE: Final = 1024 * 1024
_STAMP: Final = (2020, 1, 1, 0, 0, 0)
_SIGNATURE_BYTES: Final = 80
"""A P-256 signature in DER has 72 at most; its length in the comment is always the same."""
_COMMENT: Final = 2 * _SIGNATURE_BYTES

Source = Path | bytes


@dataclass(frozen=True, slots=True)
class BackupFile:
    """A backup that holds in every bit: where it is, what its manifest tells, who signed it."""

    path: Path
    told: Mapping[str, Any]
    certificate: x509.Certificate

    @property
    def members(self) -> Mapping[str, Mapping[str, Any]]:
        """Name to `size` and `sha256`."""
        found: Mapping[str, Mapping[str, Any]] = self.told["members"]
        return found


def write(
    path: Path,
    told: Mapping[str, Any],
    members: Iterable[tuple[str, Source]],
    sign: Callable[[bytes], bytes],
    tell: Callable[[], None] = lambda: None,
) -> None:
    """Write it, whole and synced; the caller gives it its name.

    Args:
        path: where; what was there is gone.
        told: for the manifest, which gets `format` and `members` besides.
        members: names, and the bytes or the file that holds them.
        sign: ECDSA with SHA-256, DER.
        tell: called after each piece of a member; may raise to end it.

    Raises:
        OSError: it cannot be written, or a member not be read.
    """
    sums: dict[str, dict[str, Any]] = {}
    with os.fdopen(
        os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600), "w+b"
    ) as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            for name, source in members:
                sums[name] = _add(archive, name, source, tell)
            manifest = {**told, "format": FORMAT, "members": sums}
            _add(archive, MANIFEST, json.dumps(manifest, sort_keys=True, indent=1).encode(), tell)
            archive.comment = bytes(_COMMENT)
        file.flush()
        digest = _digest(file, file.seek(0, os.SEEK_END) - _COMMENT)
        file.seek(-_COMMENT, os.SEEK_END)
        file.write(_as_comment(sign(_statement(digest))))
        file.flush()
        os.fsync(file.fileno())


def read(path: Path, tell: Callable[[], None] = lambda: None, *, whole: bool = True) -> BackupFile:
    """Check every bit of it, from the disk itself where the system lets us.

    Args:
        path: the backup.
        tell: as `write`.
        whole: else its list alone is read and nothing is checked, for members whose sums are known from elsewhere.

    Raises:
        StationError: `backup.unreadable`, `backup.damaged`, which names what.
    """
    try:
        with path.open("rb") as file:
            if sys.platform == "linux":
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            return _read(path, file, tell, whole=whole)
    except OSError as error:
        raise StationError("backup.unreadable", WayOn.RETRY, type(error).__name__) from error


def extract(backup: BackupFile, name: str, target: Path) -> None:
    """One member into a new file, synced, its sum checked on the way.

    Raises:
        OSError: it cannot be written.
        StationError: `backup.damaged`.
    """
    digest = hashlib.sha256()
    with zipfile.ZipFile(backup.path) as archive, archive.open(name) as source:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(target, flags, 0o600), "wb") as file:
            for piece in _pieces(source):
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    if digest.hexdigest() != backup.members[name]["sha256"]:
        raise damaged(name)


def damaged(what: str) -> StationError:
    """What is told of a backup that is not as it was written."""
    return StationError("backup.damaged", WayOn.CORRECT_INPUT, what)


def _read(path: Path, file: IO[bytes], tell: Callable[[], None], *, whole: bool) -> BackupFile:
    try:
        with zipfile.ZipFile(file) as archive:
            comment = archive.comment
            manifest, pem = _small(archive, MANIFEST), _small(archive, CERTIFICATE)
            told = json.loads(manifest)
            certificate = x509.load_pem_x509_certificate(pem)
            key = certificate.public_key()
            if told["format"] != FORMAT or not isinstance(key, ec.EllipticCurvePublicKey):
                raise damaged(MANIFEST)
            if not whole:
                return BackupFile(path, told, certificate)
            digest = _digest(file, file.seek(0, os.SEEK_END) - _COMMENT, tell)
            try:
                key.verify(_signature(comment), _statement(digest), ec.ECDSA(hashes.SHA256()))
            except InvalidSignature:
                raise damaged(_first_wrong(archive, told["members"])) from None
            return BackupFile(path, told, certificate)
    except StationError:
        raise
    except OSError:
        raise
    except Exception as error:
        raise damaged("the archive itself") from error


def _first_wrong(archive: zipfile.ZipFile, sums: Mapping[str, Mapping[str, Any]]) -> str:
    """Which part it is that was changed."""
    for name, wanted in sums.items():
        digest = hashlib.sha256()
        with contextlib.suppress(Exception):  # as above
            with archive.open(name) as source:
                for piece in _pieces(source):
                    digest.update(piece)
            if digest.hexdigest() == wanted["sha256"]:
                continue
        return name
    return "the archive's own words or its signature"


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > MOST_MANIFEST:
        raise damaged(name)
    try:
        return archive.read(name)
    except zipfile.BadZipFile as error:
        raise damaged(name) from error


def _add(archive: zipfile.ZipFile, name: str, source: Source, tell: Callable[[], None]) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    entry = zipfile.ZipInfo(name, _STAMP)
    with archive.open(entry, "w", force_zip64=isinstance(source, Path)) as target, contextlib.ExitStack() as held:
        pieces = [source] if isinstance(source, bytes) else _pieces(held.enter_context(source.open("rb")))
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            target.write(piece)
            tell()
    return {"size": size, "sha256": digest.hexdigest()}


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    while piece := source.read(_PIECE):
        yield piece


def _digest(file: IO[bytes], length: int, tell: Callable[[], None] = lambda: None) -> bytes:
    digest = hashlib.sha256()
    file.seek(0)
    while length > 0 and (piece := file.read(min(_PIECE, length))):
        digest.update(piece)
        length -= len(piece)
        tell()
    return digest.digest()


def _statement(digest: bytes) -> bytes:
    return f"{FORMAT}\n{digest.hex()}\n".encode("ascii")


def _as_comment(signature: bytes) -> bytes:
    return (bytes([len(signature)]) + signature).ljust(_SIGNATURE_BYTES, b"\0").hex().encode("ascii")


def _signature(comment: bytes) -> bytes:
    """Raises ValueError where it is not written as it must be."""
    raw = bytes.fromhex(comment.decode("ascii"))
    signature = raw[1 : 1 + raw[0]]
    if _as_comment(signature) != comment:
        raise ValueError("no signature")
    return signature
