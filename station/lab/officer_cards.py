"""An officer's card for practice, and the authority that issued it: keys made anew each time, nobody's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from devices.card_reader.virtual_card import CONTACT_ATR, CardKind, CardSpec

PIN: Final = "202004"
"""Of every practice card."""
LASTS: Final = timedelta(days=30)
_SIGNS: Final = x509.KeyUsage(True, False, False, False, False, False, False, False, False)
_ISSUES: Final = x509.KeyUsage(False, False, False, False, False, True, True, False, False)


class PracticeAuthority:
    """Issues cards to officers who do not exist."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named("KTP-el latihan")
        self._certificate = (
            _builder(self._name, self._name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_ISSUES, critical=True)
            .sign(self._key, hashes.SHA256())
        )

    @property
    def pem(self) -> bytes:
        """Its certificate, for a station that shall trust it."""
        return self._certificate.public_bytes(Encoding.PEM)

    def card(self, officer_id: str) -> CardSpec:
        """A new card of this officer's, its PIN `PIN`."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder(_named(officer_id), self._name, key)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_SIGNS, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        return CardSpec(
            CardKind.PIV,
            bytes(7),
            atr=CONTACT_ATR,
            key=key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
            certificate=certificate.public_bytes(Encoding.DER),
            pin=PIN,
        )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    begins = datetime.now(UTC) - timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + LASTS)
    )
