"""The station's keys: for the database, for the records, and to sign. They lie in files; said openly by `protection`.

    database.key     32 random bytes, the raw SQLCipher key
    records.key      32 random bytes, wraps the keys that each record has of its own
    station.key.pem  EC P-256 private key (PKCS #8)
    station.crt.pem  its self-signed certificate

Whoever holds the folder holds everything that is not sealed yet. What is sealed is out of reach for these keys too.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509.oid import NameOID

from station.errors import StationError, StoreError, WayOn

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
CERTIFICATE_YEARS: Final = 10
_WRAPPING: Final = b"ktpel record key 1"

DATABASE_KEY: Final = "database.key"
RECORDS_KEY: Final = "records.key"
SIGNING_KEY: Final = "station.key.pem"
CERTIFICATE: Final = "station.crt.pem"
_FILES: Final = (DATABASE_KEY, RECORDS_KEY, SIGNING_KEY, CERTIFICATE)


class RecordKeys:
    """Keys of single records, and what is sealed under them: AES-256-GCM, a fresh random nonce before each text.

    A record's key is kept wrapped under the station's. Once the wrapped key is destroyed, nothing opens what it sealed.
    """

    def __init__(self, wrapping_key: bytes) -> None:
        self._wrapping = AESGCM(wrapping_key)

    def new_key(self) -> bytes:
        """A fresh key, wrapped."""
        return _seal(self._wrapping, os.urandom(KEY_BYTES), _WRAPPING)

    def seal(self, wrapped: bytes, data: bytes, aad: bytes) -> bytes:
        """Encrypt under a record's key; the result opens only with the same `aad`."""
        return _seal(self._unwrapped(wrapped), data, aad)

    def open(self, wrapped: bytes, data: bytes, aad: bytes) -> bytes:
        """The bytes that were sealed.

        Raises:
            StoreError: `store.damaged`; key, text or `aad` is not what it was.
        """
        return _open(self._unwrapped(wrapped), data, aad)

    def _unwrapped(self, wrapped: bytes) -> AESGCM:
        return AESGCM(_open(self._wrapping, wrapped, _WRAPPING))


@dataclass(frozen=True, slots=True, repr=False)
class KeyRing:
    """All keys of one station.

    Attributes:
        database_key: 32 bytes for SQLCipher.
        cipher: seals under keys of single records.
        private_key: signs packets and the audit trail (P-256).
        certificate: the public half, self-signed.
        protection: what guards the keys at rest: "file".
    """

    database_key: bytes
    cipher: RecordKeys
    private_key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    protection: str = "file"

    @classmethod
    def open_or_create(cls, folder: Path) -> KeyRing:
        """Read the keys, or make them where the folder is missing or empty.

        Made whole or not at all: a power cut leaves no half of them.

        Raises:
            StationError: `keys.incomplete`, `keys.exposed` (others may read them), `keys.damaged`, `keys.unreadable`.
        """
        try:
            if not folder.exists() or not any(folder.iterdir()):
                _create(folder)
            return cls._read(folder)
        except FileNotFoundError as error:
            raise StationError("keys.incomplete", WayOn.RESTORE_BACKUP, _file_name(error)) from error
        except OSError as error:
            raise StationError("keys.unreadable", WayOn.CHECK_SETTINGS, _file_name(error)) from error

    @classmethod
    def _read(cls, folder: Path) -> KeyRing:
        if os.name == "posix":
            for name in _FILES:
                if name != CERTIFICATE and (folder / name).stat().st_mode & 0o077:
                    raise StationError("keys.exposed", WayOn.CHECK_SETTINGS, name)
        database_key, wrapping_key, private_pem, certificate_pem = ((folder / name).read_bytes() for name in _FILES)
        if len(database_key) != KEY_BYTES or len(wrapping_key) != KEY_BYTES:
            raise StationError("keys.damaged", WayOn.RESTORE_BACKUP, "length")
        try:
            private_key = serialization.load_pem_private_key(private_pem, password=None)
            certificate = x509.load_pem_x509_certificate(certificate_pem)
        except (ValueError, TypeError) as error:
            raise StationError("keys.damaged", WayOn.RESTORE_BACKUP, "PEM") from error
        if (
            not isinstance(private_key, ec.EllipticCurvePrivateKey)
            or private_key.public_key() != certificate.public_key()
        ):
            raise StationError("keys.damaged", WayOn.RESTORE_BACKUP, "certificate of another key")
        return cls(database_key, RecordKeys(wrapping_key), private_key, certificate)

    @property
    def certificate_pem(self) -> bytes:
        """The certificate, for whoever checks a packet or the audit trail."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def sign(self, data: bytes) -> bytes:
        """ECDSA with SHA-256, DER."""
        return self.private_key.sign(data, ec.ECDSA(hashes.SHA256()))


def _create(folder: Path) -> None:
    unfinished = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished.mkdir(mode=0o700)
    private_key = ec.generate_private_key(ec.SECP256R1())
    contents = (
        os.urandom(KEY_BYTES),
        os.urandom(KEY_BYTES),
        private_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
        _certificate(private_key).public_bytes(serialization.Encoding.PEM),
    )
    for name, content in zip(_FILES, contents, strict=True):
        descriptor = os.open(
            unfinished / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600
        )
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    _sync_folder(unfinished)
    if folder.exists():
        folder.rmdir()  # empty: Windows does not rename onto it
    unfinished.rename(folder)
    _sync_folder(folder.parent)


def _certificate(private_key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    serial = x509.random_serial_number()
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "KTP-el station"),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, f"{serial:x}"[:16]),
        ]
    )
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private_key.public_key())
        .serial_number(serial)
        .not_valid_before(now - timedelta(days=1))  # a van's clock may be behind
        .not_valid_after(now + timedelta(days=365 * CERTIFICATE_YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private_key.public_key()), critical=False)
        .sign(private_key, hashes.SHA256())
    )


def _sync_folder(folder: Path) -> None:
    """Make the folder's own list of files durable; Windows keeps it by itself and opens no folder."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _file_name(error: OSError) -> str:
    return Path(str(error.filename)).name if error.filename else type(error).__name__


def _seal(key: AESGCM, data: bytes, aad: bytes) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + key.encrypt(nonce, data, aad)


def _open(key: AESGCM, data: bytes, aad: bytes) -> bytes:
    try:
        return key.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], aad)
    except (InvalidTag, ValueError) as error:
        raise StoreError("store.damaged", WayOn.RESTORE_BACKUP, "sealed bytes do not open") from error
