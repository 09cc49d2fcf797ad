"""The recovery file: all secrets of a station, sealed for the office that answers for it.

A text: a few lines to be read, CMS EnvelopedData (plain `openssl cms -decrypt` opens it with the office's key), the
station's certificate, and last the station's signature over every byte before it. So a damaged file is told without the
office's key, at the moment it is made and whenever somebody looks.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from station.errors import StationError, WayOn
from station.security.durable import write_whole
from station.security.keys import KeyRing
from station.security.material import Secrets

FOLDER: Final = "recovery"
SUFFIX: Final = ".recovery.txt"
MOST_BYTES: Final = 64 * 1024
_TITLE: Final = "KTP-el station recovery file 1"
_SIGNATURE: Final = b"Signature: "
_CMS: Final = (b"-----BEGIN CMS-----\n", b"-----END CMS-----\n")
_PEM: Final = (b"-----BEGIN CERTIFICATE-----\n", b"-----END CERTIFICATE-----\n")
_LINE: Final = 64


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a recovery file held. `repr` hides the secrets."""

    secrets: Secrets
    certificate_pem: bytes

    def __repr__(self) -> str:
        return "Recovered()"


def make(keys: KeyRing, secrets: Secrets, *, office: x509.Certificate, station: str, at: datetime) -> bytes:
    """The file's bytes.

    Args:
        keys: sign it.
        secrets: to be kept; while the store's key is being changed, with both.
        office: certificate with an RSA key, checked by the caller.
        station: its code.
        at: aware.
    """
    moment = at.astimezone(UTC).isoformat(timespec="seconds")
    number = f"{office.serial_number:x}"
    own = hashlib.sha256(keys.certificate_pem).hexdigest()
    head = f"{_TITLE}\nStation: {station}\nMade: {moment}\nOffice: {number}\nCertificate: {own}\n".encode("ascii")
    envelope = pkcs7.PKCS7EnvelopeBuilder().set_data(secrets.packed()).add_recipient(office)
    envelope = envelope.set_content_encryption_algorithm(algorithms.AES256)
    sealed = base64.b64encode(envelope.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary]))
    lines = b"".join(sealed[at : at + _LINE] + b"\n" for at in range(0, len(sealed), _LINE))
    body = head + _CMS[0] + lines + _CMS[1] + keys.certificate_pem
    return body + _SIGNATURE + base64.b64encode(keys.sign(body)) + b"\n"


def write(folder: Path, name: str, data: bytes) -> Path:
    """Keep it, whole and synced, and read it back; its path.

    Raises:
        OSError: the folder cannot be written.
        StationError: `keys.recovery_damaged`, the disk gave other bytes back.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{name}{SUFFIX}"
    write_whole(path, data)
    read(path)
    return path


def read(path: Path) -> bytes:
    """The file's bytes, if not a bit of them was changed; the office's key is not needed.

    Raises:
        StationError: `keys.recovery_unreadable`, `keys.recovery_damaged`, naming the file.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES)
    except OSError as error:
        raise StationError("keys.recovery_unreadable", WayOn.RETRY, path.name) from error
    try:
        _parts(data)
    except (ValueError, InvalidSignature, UnsupportedAlgorithm) as error:
        raise _damaged(path) from error
    return data


def restore(path: Path, office_key: rsa.RSAPrivateKey, office: x509.Certificate) -> Recovered:
    """What the office's key opens.

    Raises:
        StationError: as `read`, and `keys.recovery_other_office`: it was sealed for another certificate.
    """
    data = read(path)
    certificate, envelope = _parts(data)
    try:
        opened = pkcs7.pkcs7_decrypt_der(envelope, office, office_key, [])
    except ValueError as error:
        raise StationError("keys.recovery_other_office", WayOn.CORRECT_INPUT, path.name) from error
    try:
        secrets = Secrets.unpacked(opened)
        own = secrets.private_key().public_key() == certificate.public_key()
    except ValueError as error:
        raise _damaged(path) from error
    if not own:
        raise _damaged(path)
    return Recovered(secrets, certificate.public_bytes(Encoding.PEM))


def _parts(data: bytes) -> tuple[x509.Certificate, bytes]:
    """Certificate and envelope. Raises ValueError, InvalidSignature, UnsupportedAlgorithm."""
    body, mark, signature = data.rpartition(_SIGNATURE)
    if not mark or not body.startswith(_TITLE.encode()):
        raise ValueError("no recovery file")
    pem = _between(body, _PEM, inclusive=True)
    if f"\nCertificate: {hashlib.sha256(pem).hexdigest()}\n".encode() not in body:  # before anybody parses it
        raise ValueError("another certificate")
    certificate = x509.load_pem_x509_certificate(pem)
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise ValueError("no station's certificate")  # noqa: TRY004 - a wrong file, not a wrong type
    signed = base64.b64decode(signature, validate=False)
    if base64.b64encode(signed) + b"\n" != signature:
        raise ValueError("bytes after the signature")
    key.verify(signed, body, ec.ECDSA(hashes.SHA256()))
    try:
        return certificate, base64.b64decode(_between(body, _CMS, inclusive=False))
    except binascii.Error as error:
        raise ValueError("no envelope") from error


def _between(data: bytes, marks: tuple[bytes, bytes], *, inclusive: bool) -> bytes:
    start, end = data.find(marks[0]), data.find(marks[1])
    if start < 0 or end < start:
        raise ValueError("a part is missing")
    return data[start : end + len(marks[1])] if inclusive else data[start + len(marks[0]) : end]


def _damaged(path: Path) -> StationError:
    return StationError("keys.recovery_damaged", WayOn.CORRECT_INPUT, path.name)
