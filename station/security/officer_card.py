"""Officers' cards: a second factor that is a key on a card, with a certificate that says whose it is.

The card signs a challenge that nobody can foresee, after its PIN. Before it is told that PIN, its certificate is
checked: issued under one of the authorities that the station trusts, valid now, meant for signing on, the one that the
officer is bound to. A card that is taken away from an officer is refused by unbinding its fingerprint.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import ExtendedKeyUsageOID
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

from devices.card_reader.piv import Algorithm, SigningRequest
from protocols.clock import Clock
from station.errors import RuleError, StationError, WayOn

if TYPE_CHECKING:
    from cryptography.x509.verification import ClientVerifier, Policy

    from devices.card_reader import CardReader

CHALLENGE_BYTES: Final = 32
CONTEXT: Final = b"KTP-el station: officer sign-on\0"
"""Signed before the challenge, so that no signature made here is one over anything else, and the other way round."""
RSA_BITS: Final = 2048
DIGEST_INFO: Final = bytes.fromhex("3031300D060960864801650304020105000420")
"""DER of DigestInfo for SHA-256 up to its digest (RFC 8017, 9.2, note 1)."""
LONGEST_CHAIN: Final = 3
"""Authorities between the card and the trusted one, at the most."""
_UNREADABLE: Final = (
    ValueError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
    CryptographyDeprecationWarning,  # where warnings are errors
)
"""What the library says of bytes that are no certificate, or none that it knows."""
PURPOSES: Final = frozenset(
    {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SMARTCARD_LOGON, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
)


@dataclass(frozen=True, slots=True)
class CardIdentity:
    """What a card has proved.

    Attributes:
        fingerprint: SHA-256 of the certificate, 64 hexadecimal digits; what an officer is bound to.
        subject: the certificate's name of the holder (RFC 4514), for the supervisor who binds it.
        not_after: until when the certificate holds.
    """

    fingerprint: str
    subject: str = field(repr=False)
    not_after: datetime


class OfficerCard:
    """Signing on by card.

    Args:
        roots: authorities that are trusted; none is trusted by itself.
        intermediates: authorities between them and the cards; trusted as far as a root vouches for them.
        clock: tells whether a certificate holds now.
    """

    def __init__(
        self, roots: Sequence[x509.Certificate], clock: Clock, intermediates: Sequence[x509.Certificate] = ()
    ) -> None:
        self._roots = tuple(roots)
        self._intermediates = list(intermediates)
        self._clock = clock

    def sign_on(self, reader: CardReader, pin: str, *, bound_to: str | None = None) -> CardIdentity:
        """Ask the card on the reader to prove itself. On the reader's thread.

        Args:
            reader: open, with the officer's card in it.
            pin: the card's.
            bound_to: fingerprint that the officer is bound to; None while a card is being bound.

        Raises:
            StationError: `officer_card.no_authority`, none is set up.
            RuleError: `officer_card.unreadable`, `officer_card.untrusted`, `officer_card.expired`,
                `officer_card.unfit`, `officer_card.other_card` (all before the PIN is told);
                `officer_card.signature_wrong`.
            DeviceError: as `CardReader.officer_proof`; `PinWrongError` tells the tries left.
        """
        challenge = os.urandom(CHALLENGE_BYTES)
        proof = reader.officer_proof(pin, lambda der: request_for(self.checked(der, bound_to), challenge))
        certificate = self.checked(proof.certificate, bound_to)
        verify(certificate, challenge, proof.signature)
        return CardIdentity(
            fingerprint(proof.certificate), certificate.subject.rfc4514_string(), certificate.not_valid_after_utc
        )

    def checked(self, der: bytes, bound_to: str | None = None) -> x509.Certificate:
        """The certificate, if it may sign anybody on now. Raises as `sign_on`."""
        if not self._roots:
            raise StationError("officer_card.no_authority", WayOn.CHECK_SETTINGS)
        try:
            certificate = x509.load_der_x509_certificate(der)
            _ = certificate.extensions, certificate.subject
            key = certificate.public_key()
        except _UNREADABLE as error:
            raise _refused("officer_card.unreadable", type(error).__name__) from error
        if bound_to is not None and fingerprint(der) != bound_to:
            raise _refused("officer_card.other_card")
        _algorithm(key)
        now = self._clock.now()
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise _refused("officer_card.expired")
        _check_use(certificate)
        try:
            self._policy(now).verify(certificate, self._intermediates)
        except (VerificationError, ValueError) as error:
            raise _refused("officer_card.untrusted", type(error).__name__) from error
        return certificate

    def _policy(self, now: datetime) -> ClientVerifier:
        authority = (
            ExtensionPolicy.permit_all()
            .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, _is_authority)
            .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _signs_certificates)
        )
        builder = PolicyBuilder().store(Store(list(self._roots))).time(now).max_chain_depth(LONGEST_CHAIN)
        card = ExtensionPolicy.permit_all()  # looked at by `_check_use`, which knows what cards are for
        return builder.extension_policies(ca_policy=authority, ee_policy=card).build_client_verifier()


def _is_authority(_: Policy, __: x509.Certificate, constraints: x509.BasicConstraints) -> None:
    if not constraints.ca:
        raise ValueError("no authority")


def _signs_certificates(_: Policy, __: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not usage.key_cert_sign:
        raise ValueError("an authority that may not sign certificates")


def _check_use(certificate: x509.Certificate) -> None:
    """Raises RuleError `officer_card.unfit`: an authority's own, without leave to sign, or with demands not known."""
    usage = purposes = None
    for extension in certificate.extensions:
        value = extension.value
        if isinstance(value, x509.BasicConstraints) and value.ca:
            raise _refused("officer_card.unfit", "an authority's")
        if isinstance(value, x509.UnrecognizedExtension) and extension.critical:
            raise _refused("officer_card.unfit", extension.oid.dotted_string)
        usage = value if isinstance(value, x509.KeyUsage) else usage
        purposes = value if isinstance(value, x509.ExtendedKeyUsage) else purposes
    if usage is None or not usage.digital_signature:
        raise _refused("officer_card.unfit", "key usage")
    if purposes is not None and not PURPOSES.intersection(purposes):
        raise _refused("officer_card.unfit", "extended key usage")


def _algorithm(key: object) -> Algorithm:
    if isinstance(key, rsa.RSAPublicKey) and key.key_size == RSA_BITS:
        return Algorithm.RSA_2048
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return Algorithm.ECC_P256
    raise _refused("officer_card.unfit", "neither RSA of 2048 bits nor P-256")


def request_for(certificate: x509.Certificate, challenge: bytes) -> SigningRequest:
    """What the card is to sign: the digest of context and challenge; for RSA in its padding (RFC 8017, 9.2).

    Raises:
        RuleError: `officer_card.unfit`, for a key that is not served.
    """
    digest = hashlib.sha256(CONTEXT + challenge).digest()
    algorithm = _algorithm(certificate.public_key())
    if algorithm is Algorithm.ECC_P256:
        return SigningRequest(algorithm, digest)
    told = DIGEST_INFO + digest
    return SigningRequest(algorithm, b"\0\1" + b"\xff" * (RSA_BITS // 8 - 3 - len(told)) + b"\0" + told)


def verify(certificate: x509.Certificate, challenge: bytes, signature: bytes) -> None:
    """Raises RuleError `officer_card.signature_wrong` unless the certificate's key signed this challenge."""
    key, digest = certificate.public_key(), hashlib.sha256(CONTEXT + challenge).digest()
    hashed = utils.Prehashed(hashes.SHA256())
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, digest, padding.PKCS1v15(), hashed)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, digest, ec.ECDSA(hashed))
        else:
            raise _refused("officer_card.unfit")
    except InvalidSignature as error:
        raise _refused("officer_card.signature_wrong") from error


def fingerprint(der: bytes) -> str:
    """SHA-256 of a certificate, 64 hexadecimal digits."""
    return hashlib.sha256(der).hexdigest()


def load_authorities(path: Path) -> tuple[list[x509.Certificate], list[x509.Certificate]]:
    """Trusted authorities and those between, from one PEM file: who signed itself is trusted, the others are not.

    Raises:
        StationError: `officer_card.no_authority`, the file cannot be read or holds none that is trusted.
    """
    try:
        certificates = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise StationError("officer_card.no_authority", WayOn.CHECK_SETTINGS, type(error).__name__) from error
    roots = [each for each in certificates if each.subject == each.issuer]
    if not roots:
        raise StationError("officer_card.no_authority", WayOn.CHECK_SETTINGS, "none signed itself")
    return roots, [each for each in certificates if each not in roots]


def _refused(code: str, detail: str = "") -> RuleError:
    return RuleError(code, detail, WayOn.SIGN_ON)
