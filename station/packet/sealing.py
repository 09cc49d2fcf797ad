"""Sealing: the archive signed, then encrypted for the data centre, with a signed sidecar over the ciphertext.

CMS SignedData (attached) inside CMS EnvelopedData (AES-256-CBC, the key under the recipient's RSA key): plain
`openssl cms` opens it. CBC alone lets some changed bytes decrypt unseen, hence the sidecar, which is checked first.
After sealing the station cannot read what it sealed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from station.errors import RuleError, WayOn
from station.packet.archive import Archive
from station.packet.errors import PacketCode, PacketError, unwritten
from station.packet.files import beside, read_back, write_synced
from station.packet.practice import is_practice

SUFFIX: Final = ".ktpel"
SIDECAR_SUFFIX: Final = ".sig"
"""Added to the packet's whole name."""
SIDECAR_FORMAT: Final = "ktpel-sidecar-1"

SignerKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class SealedPacket:
    """The two files of a packet.

    Attributes:
        name: of the packet's file.
        data: its bytes, ciphertext.
        sidecar: bytes of the file beside it.
        sha256: lower-case hex, of `data`.
        visit: random id of whose recording it is.
    """

    name: str
    data: bytes
    sidecar: bytes
    sha256: str
    visit: str

    def __repr__(self) -> str:
        return f"SealedPacket({self.name}, {len(self.data)} bytes, {self.sha256[:12]})"


def sidecar_path(packet: Path) -> Path:
    """Where the sidecar of a packet lies."""
    return packet.with_name(packet.name + SIDECAR_SUFFIX)


def seal(
    archive: Archive,
    name: str,
    *,
    signer_key: SignerKey,
    signer_certificate: x509.Certificate,
    recipient: x509.Certificate,
) -> SealedPacket:
    """Sign, encrypt, and sign again over the outcome.

    Args:
        archive: the plain packet.
        name: of the file to be written, ending in `SUFFIX`; it stands in the sidecar, so no personal data in it.
        signer_key: the station's, P-256 or RSA, with its certificate.
        signer_certificate: see `signer_key`.
        recipient: the data centre's certificate, RSA.

    Raises:
        RuleError: `packet.simulated`, a simulated capture for a recipient that is no practice one;
            `packet.bad_recipient`, a certificate without an RSA key.
        ValueError: a name of another form.
    """
    if archive.simulated and not is_practice(recipient):
        raise RuleError("packet.simulated", way_on=WayOn.CHECK_SETTINGS)
    if not name.endswith(SUFFIX) or Path(name).name != name:
        raise ValueError(f"a packet's name is a bare name ending in {SUFFIX}")
    if not isinstance(recipient.public_key(), rsa.RSAPublicKey):
        raise RuleError("packet.bad_recipient", "the key is not RSA", WayOn.CHECK_SETTINGS)
    signed = _signed(archive.data, signer_key, signer_certificate)
    envelope = pkcs7.PKCS7EnvelopeBuilder().set_data(signed).add_recipient(recipient)
    envelope = envelope.set_content_encryption_algorithm(algorithms.AES256)
    data = envelope.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])
    digest = hashlib.sha256(data).hexdigest()
    told = {"format": SIDECAR_FORMAT, "file": name, "visit": archive.visit, "size": len(data), "sha256": digest}
    sidecar = _signed(json.dumps(told, sort_keys=True).encode(), signer_key, signer_certificate)
    return SealedPacket(name, data, sidecar, digest, archive.visit)


def write_packet(folder: Path, packet: SealedPacket) -> Path:
    """Both files, whole and on the disk itself; the packet's path.

    Both are written and synced beside their places before either is moved there, the sidecar first: so a full disk
    changes nothing, and a packet that lies there under its name has a sidecar. Writing the same packet twice changes
    nothing. What a power cut left of the same visit's sealing is replaced, as the sidecar tells; whatever else has
    the name, another visit's packet before all, stays.

    Read back at the end, from the disk where the system lets us: a disk that keeps other bytes is found while the
    captures are still there.

    Raises:
        PacketError: `packet.name_taken`, `packet.disk_full`, `packet.not_written`.
    """
    path = folder / packet.name
    files = {sidecar_path(path): packet.sidecar, path: packet.data}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not _same_visit(path, packet):
            raise PacketError(PacketCode.NAME_TAKEN, packet.name)
        for place, data in files.items():
            write_synced(beside(place), data)
        for place in files:
            beside(place).replace(place)
        _sync_folder(folder)
        altered = [place.name for place, data in files.items() if read_back(place) != data]
    except OSError as error:
        for place in files:
            with contextlib.suppress(OSError):
                beside(place).unlink(missing_ok=True)
        raise unwritten(error) from error
    if altered:
        raise PacketError(PacketCode.NOT_WRITTEN, "read back otherwise")
    return path


def _signed(data: bytes, key: SignerKey, certificate: x509.Certificate) -> bytes:
    builder = pkcs7.PKCS7SignatureBuilder().set_data(data).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoCapabilities])


def _same_visit(place: Path, packet: SealedPacket) -> bool:
    """Whether what may lie under that name is the same visit's: then an interrupted sealing left it."""
    sidecar = sidecar_path(place)
    if sidecar.exists():
        return sidecar.read_bytes() == packet.sidecar or _visit_line(packet.visit) in sidecar.read_bytes()
    return not place.exists()


def _visit_line(visit: str) -> bytes:
    """How a visit stands in a sidecar: signed content lies in it as it is."""
    return f'"visit": {json.dumps(visit)}'.encode()


def _sync_folder(folder: Path) -> None:
    """Makes the new names durable; Windows has no such call, its file system journals names by itself."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
