"""What a new station is given: certificates of a centre, of its authorities, and of an office; words for every page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

DAY = timedelta(days=1)

OFFICE = {
    "code": "KUTIM-01",
    "name": "Loket 1",
    "office": "Disdukcapil Kutai Timur",
    "regency": "Pemerintah Kabupaten Kutai Timur",
    "address": "Jl. Soekarno Hatta, Sangatta",
    "zone": "WITA",
}
PICK_UP = {
    "place": "Kantor Camat Sangatta Utara",
    "working_days": "3",
    "opens": "08.00",
    "closes": "15:00",
    "approval": "supervisor",
}


def certificate(subject: str, issuer: str, *, ca: bool = False, days: int = 400) -> x509.Certificate:
    """Of the key by that subject's name, signed by the issuer's, valid from yesterday for so many days from now."""
    now = datetime.now(UTC)
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=not ca, data_encipherment=False,
        key_agreement=False, key_cert_sign=ca, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(_key(subject).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 30 * DAY)
        .not_valid_after(now + days * DAY)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(_key(issuer), hashes.SHA256())
    )


def certificate_files(folder: Path) -> dict[str, str]:
    """Good ones, as a page names them."""
    folder.mkdir(parents=True, exist_ok=True)
    root, middle = certificate("Akar", "Akar", ca=True), certificate("Antara", "Akar", ca=True)
    files = {
        "centre": [certificate("Pusat Data", "Antara")],
        "authorities": [middle, root],
        "office": [certificate("Kantor Kutai Timur", "Kantor Kutai Timur")],
    }
    return {name: str(pem_file(folder / f"{name}.pem", *each)) for name, each in files.items()}


def pem_file(path: Path, *certificates: x509.Certificate) -> Path:
    """One file with these."""
    path.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in certificates))
    return path


@cache
def _key(name: str) -> rsa.RSAPrivateKey:
    assert name
    return rsa.generate_private_key(65537, 2048)
