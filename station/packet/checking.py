"""Checking and opening a packet: from the outside in, and nothing is decrypted before the outside holds."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7

from station.packet.archive import Manifest, unpack
from station.packet.cms import CmsError, Signed, verify_signed
from station.packet.errors import PacketCode, PacketError
from station.packet.sealing import SIDECAR_FORMAT, sidecar_path


@dataclass(frozen=True, slots=True)
class PacketReport:
    """A packet whose outside holds.

    Attributes:
        name: of its file.
        size: bytes.
        sha256: lower-case hex, of the file.
        signed_at: when the station signed the sidecar, by the station's clock.
        signer: subject of the station's certificate.
    """

    name: str
    size: int
    sha256: str
    signed_at: datetime | None
    signer: str


@dataclass(frozen=True, slots=True)
class OpenedPacket:
    """A packet's inside, every sum checked. `repr` shows no content."""

    report: PacketReport
    manifest: Manifest
    members: Mapping[str, bytes]

    def __repr__(self) -> str:
        return f"OpenedPacket({self.report.name}, {len(self.members)} members)"


def verify(path: Path, station: x509.Certificate) -> PacketReport:
    """Check a packet without opening it: first the sidecar's signature, then the packet's bytes against it.

    Args:
        path: the packet; the sidecar lies beside it.
        station: the trusted station's certificate.

    Raises:
        PacketError: `packet.missing`, `packet.sidecar_missing`, `packet.sidecar_forged`, `packet.renamed`,
            `packet.altered`.
    """
    return _checked(path, station)[0]


def open_packet(
    path: Path, *, key: rsa.RSAPrivateKey, recipient: x509.Certificate, station: x509.Certificate
) -> OpenedPacket:
    """Check a packet, decrypt it, check who signed the inside, and every member against the manifest.

    Args:
        path: the packet; the sidecar lies beside it.
        key: the data centre's.
        recipient: its certificate.
        station: the trusted station's certificate.

    Raises:
        PacketError: those of `verify`, then `packet.not_for_this_key`, `packet.signature_invalid`,
            `packet.member_altered`.
    """
    report, data = _checked(path, station)
    if key.public_key() != recipient.public_key():
        raise PacketError(PacketCode.NOT_FOR_THIS_KEY, "the key is not the certificate's")
    try:
        inner = pkcs7.pkcs7_decrypt_der(data, recipient, key, [])
    except ValueError as error:
        raise PacketError(PacketCode.NOT_FOR_THIS_KEY) from error
    try:
        signed = verify_signed(inner, station)
    except CmsError as error:
        raise PacketError(PacketCode.SIGNATURE_INVALID, str(error)) from error
    manifest, members = unpack(signed.content)
    return OpenedPacket(report, manifest, members)


def _checked(path: Path, station: x509.Certificate) -> tuple[PacketReport, bytes]:
    """The report, and the very bytes that it is about: what is opened is what was checked."""
    data = _read(path, PacketCode.MISSING)
    sidecar = _read(sidecar_path(path), PacketCode.SIDECAR_MISSING)
    try:
        signed = verify_signed(sidecar, station)
        name, size, sha256 = _told(signed)
    except CmsError as error:
        raise PacketError(PacketCode.SIDECAR_FORGED, str(error)) from error
    if name != path.name:
        raise PacketError(PacketCode.RENAMED)
    digest = hashlib.sha256(data).hexdigest()
    if size != len(data) or not hmac.compare_digest(digest, sha256):
        raise PacketError(PacketCode.ALTERED)
    return PacketReport(name, size, digest, signed.signed_at, station.subject.rfc4514_string()), data


def _told(signed: Signed) -> tuple[str, int, str]:
    try:
        told = json.loads(signed.content)
        if told["format"] != SIDECAR_FORMAT:
            raise CmsError("another format of sidecar")
        return str(told["file"]), int(told["size"]), str(told["sha256"])
    except (ValueError, KeyError, TypeError) as error:
        raise CmsError("the sidecar tells nothing") from error


def _read(path: Path, missing: PacketCode) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise PacketError(missing, type(error).__name__) from error
