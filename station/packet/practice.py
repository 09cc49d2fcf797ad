"""A data centre for practice: its key lies open in the lab, so nothing sealed for it is secret.

The marker is the certificate's subject: an organizational unit named PRACTICE. Whatever a simulator gave may be sealed
for such a certificate alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

MARKER: Final = "PRACTICE"
KEY_BITS: Final = 3072
"""NIST SP 800-57: 128 bits of security."""
VALID_FOR: Final = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class PracticeDataCentre:
    """Both halves of the practice recipient."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def key_pem(self) -> bytes:
        """PKCS#8, not encrypted: there is no secret in it."""
        return self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    @property
    def certificate_pem(self) -> bytes:
        """X.509."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def practice_data_centre(now: datetime) -> PracticeDataCentre:
    """A new key pair and its self-signed certificate, valid from an hour before `now` (aware) for ten years."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, MARKER),
            x509.NameAttribute(NameOID.COMMON_NAME, "KTP-el practice data centre"),
        ]
    )
    usage = x509.KeyUsage(
        digital_signature=True,  # acknowledgements
        content_commitment=False,
        key_encipherment=True,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    return PracticeDataCentre(key, certificate)


def is_practice(certificate: x509.Certificate) -> bool:
    """Whether the certificate carries the marker."""
    units = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
    return any(unit.value == MARKER for unit in units)
