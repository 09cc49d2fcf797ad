"""Officers' cards and the authority that issues them, for tests: keys made anew in each run, nobody's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from devices.card_reader.virtual_card import CONTACT_ATR, CardKind, CardSpec

PIN = "481516"
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def p256() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def rsa2048() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)


def key_usage(*, sign: bool = False, issue: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(sign, False, False, False, False, issue, False, False, False)


def issue(
    name: str,
    by: Issued | None = None,
    *,
    key: Key | None = None,
    authority: bool = False,
    path_length: int | None = None,
    extensions: tuple[tuple[x509.ExtensionType, bool], ...] = ((key_usage(sign=True), True),),
    begins: datetime | None = None,
    lasts: timedelta = timedelta(days=365),
) -> Issued:
    """A certificate, signed by itself unless `by` another; an officer's, unless an `authority`'s."""
    key = key or p256()
    begins = begins or datetime.now(UTC) - timedelta(days=1)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + lasts)
    )
    if authority:
        extensions = ((x509.BasicConstraints(True, path_length), True), (key_usage(issue=True), True))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical)
    return Issued(builder.sign((by.key if by else key), hashes.SHA256()), key)


def officer_card(issued: Issued, *, pin: str = PIN, tries: int = 3) -> CardSpec:
    """The card that keeps this key."""
    key = issued.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return CardSpec(CardKind.PIV, bytes(7), atr=CONTACT_ATR, key=key, certificate=issued.der, pin=pin, tries=tries)
