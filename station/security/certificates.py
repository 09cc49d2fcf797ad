"""Whether a certificate may be sealed for: its use, its time, and who vouches for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509 import verification

from station.errors import RuleError, StationError, WayOn

RENEWAL: Final = timedelta(days=30)
"""So long before its end the renewal is announced."""
LEAST_BITS: Final = 2048
"""NIST SP 800-131A."""


@dataclass(frozen=True, slots=True)
class Validity:
    """How long a certificate can still be sealed for.

    Attributes:
        until: aware, UTC.
        days_left: whole days, 0 on its last one, negative afterwards.
        renewal_due: it ends within thirty days, or did.
    """

    until: datetime
    days_left: int
    renewal_due: bool


def validity(certificate: x509.Certificate, at: datetime) -> Validity:
    """As seen `at` (aware)."""
    left = certificate.not_valid_after_utc - at
    return Validity(certificate.not_valid_after_utc, left // timedelta(days=1), left <= RENEWAL)


def check_use(certificate: x509.Certificate) -> None:
    """Whether keys may be encrypted for it: RSA, keyEncipherment, no authority.

    Raises:
        RuleError: `packet.bad_recipient`.
    """
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < LEAST_BITS:
        raise _unfit(f"no RSA key of {LEAST_BITS} bits")
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError) as error:
        raise _unfit("no key usage") from error
    if not usage.key_encipherment:
        raise _unfit("not for encipherment of keys")
    if usage.key_cert_sign:
        raise _unfit("an authority")


def check_time(certificate: x509.Certificate, at: datetime) -> None:
    """Whether it is valid `at` (aware).

    Raises:
        RuleError: `packet.recipient_not_yet`, `packet.recipient_expired`.
    """
    if at < certificate.not_valid_before_utc:
        raise RuleError("packet.recipient_not_yet", way_on=WayOn.CHECK_SETTINGS)
    if at > certificate.not_valid_after_utc:
        raise RuleError("packet.recipient_expired", way_on=WayOn.CHECK_SETTINGS)


def check_chain(certificate: x509.Certificate, authorities: Sequence[x509.Certificate], at: datetime) -> None:
    """Whether one of the authorities vouches for it, directly or through others of them.

    Args:
        certificate: of whom is sealed for.
        authorities: those that sign themselves are trusted, the others lead to them; the certificate itself among
            them is trusted as it is.
        at: aware.

    Raises:
        RuleError: `packet.recipient_untrusted`.
    """
    if certificate in authorities:
        return
    roots = [each for each in authorities if each.issuer == each.subject]
    if not roots:
        raise RuleError("packet.recipient_untrusted", "no authority", WayOn.CHECK_SETTINGS)
    anybody = verification.ExtensionPolicy.permit_all()  # the leaf's use is checked above, as no web server's
    authority = (
        verification.ExtensionPolicy.permit_all()
        .require_present(x509.BasicConstraints, verification.Criticality.AGNOSTIC, None)
        .require_present(x509.KeyUsage, verification.Criticality.AGNOSTIC, _may_sign)
    )
    policy = (
        verification.PolicyBuilder()
        .store(verification.Store(roots))
        .time(at.astimezone(UTC).replace(tzinfo=None))
        .extension_policies(ca_policy=authority, ee_policy=anybody)
    )
    try:
        policy.build_client_verifier().verify(certificate, [each for each in authorities if each not in roots])
    except verification.VerificationError as error:
        raise RuleError("packet.recipient_untrusted", way_on=WayOn.CHECK_SETTINGS) from error


def read_authorities(path: Path) -> tuple[x509.Certificate, ...]:
    """One or more certificates in PEM. Raises StationError `packet.authorities_unreadable`."""
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError) as error:
        raise StationError("packet.authorities_unreadable", WayOn.CHECK_SETTINGS, path.name) from error


def _may_sign(_policy: verification.Policy, _certificate: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is None or not usage.key_cert_sign:
        raise ValueError("an authority that may not sign certificates")


def _unfit(why: str) -> RuleError:
    return RuleError("packet.bad_recipient", why, WayOn.CHECK_SETTINGS)
