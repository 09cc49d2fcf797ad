"""The station's keys: for the store, for the records, and to sign; opened from wherever they rest (see `vault`).

In the keys' folder lie, besides what the vault keeps there:

    vault.json       which vault is in force, and the certificate's SHA-256; absent in folders of older programs, where
                     the keys lie in files
    station.crt.pem  the certificate of the signing key, self-signed

Whoever opens the vault holds everything that is not sealed yet. What is sealed is out of reach for these keys too.
"""

from __future__ import annotations

import errno
import hashlib
import hmac
import os
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.x509.oid import NameOID

from station.errors import StationError, StoreError, WayOn, of_folder
from station.security.durable import Field, damaged, read_document, sync_folder, write_document, write_new
from station.security.material import KEY_BYTES, Secrets
from station.security.tpm import SEALED, TpmVault
from station.security.vault import VAULT_FILE, KeyVault, VaultName
from station.security.vaults import (
    ENTRY,
    WRAPPED,
    FileVault,
    KeyringVault,
    PassphraseVault,
)

NONCE_BYTES: Final = 12
CERTIFICATE_YEARS: Final = 10
_WRAPPING: Final = b"ktpel record key 1"
_SEARCHING: Final = b"ktpel search words 1"
TOKEN_BYTES: Final = 16
CERTIFICATE: Final = "station.crt.pem"


class RecordKeys:
    """Keys of single records, and what is sealed under them: AES-256-GCM, a fresh random nonce before each text.

    A record's key is kept wrapped under the station's. Once the wrapped key is destroyed, nothing opens what it sealed.
    """

    def __init__(self, wrapping_key: bytes) -> None:
        self._wrapping = AESGCM(wrapping_key)
        self._searching = HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=_SEARCHING).derive(wrapping_key)

    def new_key(self) -> bytes:
        """A fresh key, wrapped."""
        return _seal(self._wrapping, os.urandom(KEY_BYTES), _WRAPPING)

    def token(self, text: str) -> bytes:
        """HMAC-SHA-256, cut to 16 bytes, under a key that HKDF makes of the wrapping key."""
        return hmac.digest(self._searching, text.encode(), "sha256")[:TOKEN_BYTES]

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
        secrets: as the vault keeps them.
        cipher: seals under keys of single records.
        private_key: signs packets and the audit trail (P-256).
        certificate: the public half, self-signed.
        vault: what guards the keys at rest.
    """

    secrets: Secrets
    cipher: RecordKeys
    private_key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    vault: VaultName

    @classmethod
    def open_or_create(cls, folder: Path, vault: KeyVault | None = None) -> KeyRing:
        """Read the keys, or make them where the folder is missing or empty.

        Made whole or not at all: a power cut leaves no half of them.

        Args:
            folder: of the keys.
            vault: what must be in force; None = whatever is, and files for new keys.

        Raises:
            StationError: `keys.other_vault`, `keys.passphrase_needed`, `keys.incomplete`, `keys.exposed` (others may
                read them), `keys.damaged`, `keys.unreadable`, and what the vault says. Of new keys
                what `of_folder` says.
        """
        try:
            if is_empty(folder):
                _create_new(folder, vault or FileVault())
            return cls._read(folder, opener(folder, vault))
        except FileNotFoundError as error:
            raise StationError("keys.incomplete", WayOn.RESTORE_BACKUP, _file_name(error)) from error
        except OSError as error:
            if error.errno in {errno.EROFS, errno.ENOSPC, errno.EDQUOT}:
                raise of_folder(error) from error
            raise StationError("keys.unreadable", WayOn.CHECK_SETTINGS, _file_name(error)) from error

    @classmethod
    def _read(cls, folder: Path, vault: KeyVault) -> KeyRing:
        secrets, certificate_pem = vault.get(folder), (folder / CERTIFICATE).read_bytes()
        if _noted(folder) not in {None, hashlib.sha256(certificate_pem).hexdigest()}:  # before anybody parses it
            raise damaged(CERTIFICATE)
        try:
            private_key = secrets.private_key()
        except ValueError as error:
            raise damaged("signing key") from error
        try:
            certificate = x509.load_pem_x509_certificate(certificate_pem)
            certificate.verify_directly_issued_by(certificate)  # self-signed: any changed byte of it shows
            whole = certificate.public_bytes(serialization.Encoding.PEM) == certificate_pem
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm) as error:
            raise damaged(CERTIFICATE) from error
        if not whole or private_key.public_key() != certificate.public_key():
            raise damaged(CERTIFICATE)
        _forget_others(folder, vault.name)
        return cls(secrets, RecordKeys(secrets.records_key), private_key, certificate, vault.name)

    @property
    def database_key(self) -> bytes:
        """32 bytes for SQLCipher."""
        return self.secrets.database_key

    @property
    def protection(self) -> str:
        """The vault's name."""
        return self.vault.value

    @property
    def certificate_pem(self) -> bytes:
        """The certificate, for whoever checks a packet or the audit trail."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def sign(self, data: bytes) -> bytes:
        """ECDSA with SHA-256, DER."""
        return self.private_key.sign(data, ec.ECDSA(hashes.SHA256()))

    def kept(self, folder: Path, vault: KeyVault, secrets: Secrets) -> KeyRing:
        """The same keys with other secrets, which the vault in force keeps from now on; the signing key stays."""
        vault.put(folder, secrets)
        return replace(self, secrets=secrets)


def is_empty(folder: Path) -> bool:
    """Whether there are no keys yet. Raises OSError."""
    return not folder.exists() or not any(folder.iterdir())


def vault_in_force(folder: Path) -> VaultName:
    """Which vault guards the keys in a folder that is not empty.

    Raises:
        FileNotFoundError: the file that tells it is missing.
        StationError: `keys.damaged`.
    """
    try:
        told = str(read_document(folder / VAULT_FILE).get("vault", ""))
    except FileNotFoundError:
        if any((folder / name).exists() for name in (WRAPPED, ENTRY, SEALED)):
            raise
        return VaultName.FILE
    if told not in set(VaultName):
        raise damaged(VAULT_FILE)
    return VaultName(told)


def opener(folder: Path, wanted: KeyVault | None = None) -> KeyVault:
    """The vault in force, ready to be opened; never another one in its place.

    Raises:
        FileNotFoundError: the file that tells which it is is missing.
        StationError: `keys.other_vault`, `keys.passphrase_needed`, `keys.damaged`.
    """
    name = vault_in_force(folder)
    if wanted is not None:
        if wanted.name is not name:
            raise StationError("keys.other_vault", WayOn.CHECK_SETTINGS, name.value)
        return wanted
    return vault_named(name)


def vault_named(name: VaultName, passphrase: str | None = None) -> KeyVault:
    """A vault of that kind on this machine. Raises StationError `keys.passphrase_needed`."""
    match name:
        case VaultName.FILE:
            return FileVault()
        case VaultName.KEYRING:
            return KeyringVault()
        case VaultName.TPM:
            return TpmVault()
        case VaultName.PASSPHRASE:
            if passphrase is None:
                raise StationError("keys.passphrase_needed", WayOn.CORRECT_INPUT)
            return PassphraseVault(passphrase)


def create(folder: Path, vault: KeyVault, secrets: Secrets, certificate_pem: bytes | None = None) -> None:
    """Keys for an empty folder: new ones, or restored with their certificate. Whole or not at all.

    Raises:
        StationError: `keys.exist`, or what the vault says.
        OSError: the folder cannot be written.
    """
    if not is_empty(folder):
        raise StationError("keys.exist", WayOn.CHECK_SETTINGS)
    unfinished = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished.mkdir(mode=0o700)
    if certificate_pem is None:
        certificate_pem = _certificate(secrets.private_key()).public_bytes(serialization.Encoding.PEM)
    vault.put(unfinished, secrets)
    write_new(unfinished / CERTIFICATE, certificate_pem)
    _note(unfinished, vault.name, certificate_pem)
    if folder.exists():
        folder.rmdir()  # empty: Windows does not rename onto it
    unfinished.rename(folder)
    sync_folder(folder.parent)


def _create_new(folder: Path, vault: KeyVault) -> None:
    try:
        create(folder, vault, Secrets.new())
    except OSError as error:
        raise of_folder(error) from error


def move(folder: Path, before: KeyVault, after: KeyVault) -> None:
    """Put the keys into another vault, or under another passphrase. A power cut leaves them in one of the two.

    Raises:
        StationError: what the vaults say; then the old one is in force still.
        OSError: the folder cannot be written.
    """
    secrets = before.get(folder)
    after.put(folder, secrets)
    if after.get(folder) != secrets:
        raise StationError("keys.damaged", WayOn.RETRY, after.name.value)
    _note(folder, after.name, (folder / CERTIFICATE).read_bytes())
    _forget_others(folder, after.name)


def _note(folder: Path, name: VaultName, certificate_pem: bytes) -> None:
    fields = {"vault": name.value, "certificate": hashlib.sha256(certificate_pem).hexdigest()}
    write_document(folder / VAULT_FILE, fields)


def _noted(folder: Path) -> Field | None:
    """SHA-256 of the certificate; None in a folder of an older program."""
    return read_document(folder / VAULT_FILE).get("certificate") if (folder / VAULT_FILE).exists() else None


def _forget_others(folder: Path, name: VaultName) -> None:
    """What a move left in the vault that is no more in force, a plain key above all, is erased."""
    if name is not VaultName.FILE:
        FileVault().drop(folder)
    if name is not VaultName.PASSPHRASE:
        (folder / WRAPPED).unlink(missing_ok=True)
    if name is not VaultName.TPM:
        (folder / SEALED).unlink(missing_ok=True)
    if name is not VaultName.KEYRING and (folder / ENTRY).exists():
        KeyringVault().drop(folder)


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
