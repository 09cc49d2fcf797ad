"""The data centre's word that it has packets: a list of their sums, CMS-signed by the centre.

    {"format": "ktpel-acknowledgement-1", "station": "KUTIM-01", "acknowledged_at": "2026-04-22T...", "packets": ["…"]}

The station destroys what is acknowledged, so nobody but the centre may say it, and each list is for one station.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from station.errors import RuleError, WayOn
from station.packet.cms import CmsError, verify_signed

FORMAT: Final = "ktpel-acknowledgement-1"
MOST_BYTES: Final = 16 * 1024 * 1024
"""Two hundred thousand sums."""
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """What the centre said: to which station, when by its clock, and the packets' SHA-256 (hex)."""

    station: str
    at: datetime
    packets: tuple[str, ...]


def make(
    station: str, at: datetime, packets: Iterable[str], *, key: rsa.RSAPrivateKey, certificate: x509.Certificate
) -> bytes:
    """The file, as a centre writes it: DER."""
    told = {"format": FORMAT, "station": station, "acknowledged_at": at.isoformat(), "packets": sorted(packets)}
    builder = pkcs7.PKCS7SignatureBuilder().set_data(json.dumps(told, sort_keys=True).encode())
    builder = builder.add_signer(certificate, key, hashes.SHA256())
    return builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoCapabilities])


def read(data: bytes, centre: x509.Certificate, station: str) -> Acknowledgement:
    """What the file says, if the centre signed it, for this station.

    Raises:
        RuleError: `acknowledgement.forged`, not signed by `centre`; `acknowledgement.unreadable`;
            `acknowledgement.other_station`.
    """
    try:
        signed = verify_signed(data, centre)
    except CmsError as error:
        raise RuleError("acknowledgement.forged", str(error), WayOn.CHECK_SETTINGS) from error
    try:
        told = json.loads(signed.content)
        packets = tuple(str(each) for each in told["packets"])
        found = Acknowledgement(str(told["station"]), datetime.fromisoformat(told["acknowledged_at"]), packets)
        if told["format"] != FORMAT or not all(_SHA256.fullmatch(each) for each in packets):
            raise ValueError("another form")
    except (ValueError, KeyError, TypeError) as error:
        raise RuleError("acknowledgement.unreadable", type(error).__name__) from error
    if found.station != station:
        raise RuleError("acknowledgement.other_station")
    return found
