"""Which certificate may sign an officer on, and which signature is its."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier

from devices.card_reader.piv import Algorithm
from protocols.clock import ManualClock
from station.errors import RuleError, StationError
from station.security.officer_card import CardIdentity, OfficerCard, fingerprint, load_authorities, request_for, verify
from tests.support.cards import Issued, issue, key_usage, rsa2048
from tests.support.soak import SOAK

BYTES = 5_000_000 if SOAK else 200_000
NOW = datetime(2026, 5, 2, 8, 0, tzinfo=UTC)
BEGINS = NOW - timedelta(days=10)
ROOT = issue("Root", authority=True, begins=BEGINS)
BETWEEN = issue("Issuer", ROOT, authority=True, path_length=0, begins=BEGINS)
SIGNS = (key_usage(sign=True), True)
CHALLENGE = bytes(range(32))


def officer(*extensions: tuple[x509.ExtensionType, bool], by: Issued = BETWEEN, **how: object) -> Issued:
    return issue("petugas", by, extensions=extensions or (SIGNS,), **{"begins": BEGINS, **how})  # type: ignore[arg-type]  # words of `issue`


def card(*between: Issued, root: Issued = ROOT) -> OfficerCard:
    return OfficerCard([root.certificate], ManualClock(NOW), [each.certificate for each in between or (BETWEEN,)])


def refusal(issued: Issued, under: OfficerCard | None = None) -> str:
    with pytest.raises(RuleError) as caught:
        (under or card()).checked(issued.der)
    return caught.value.code


@pytest.mark.parametrize(
    "issued",
    [
        officer(),
        officer(key=rsa2048()),
        officer(by=ROOT),
        officer(SIGNS, (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False)),
        officer(SIGNS, (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SMARTCARD_LOGON]), True)),
        officer(SIGNS, (x509.BasicConstraints(False, None), True)),
    ],
    ids=["P-256", "RSA", "by the root itself", "client", "logon", "says it is no authority"],
)
def test_a_card_under_a_trusted_authority_may_sign_on(issued: Issued) -> None:
    assert card().checked(issued.der, fingerprint(issued.der)) == issued.certificate


OTHER_ROOT = issue("Root", authority=True, begins=BEGINS)
TOO_LONG = issue("Issuer 2", BETWEEN, authority=True, begins=BEGINS)
NO_AUTHORITY = issue("Issuer", ROOT, extensions=((x509.BasicConstraints(False, None), True), SIGNS), begins=BEGINS)
MAY_NOT_ISSUE = issue("Issuer", ROOT, extensions=((x509.BasicConstraints(True, None), True), SIGNS), begins=BEGINS)
OVER = issue("Issuer", ROOT, authority=True, begins=BEGINS, lasts=timedelta(days=9))


@pytest.mark.parametrize(
    ("issued", "under"),
    [
        (officer(by=OTHER_ROOT), card()),
        (issue("petugas", begins=BEGINS), card()),
        (officer(), card(root=OTHER_ROOT)),
        (officer(), OfficerCard([ROOT.certificate], ManualClock(NOW))),
        (officer(by=TOO_LONG), card(BETWEEN, TOO_LONG)),
        (officer(by=NO_AUTHORITY), card(NO_AUTHORITY)),
        (officer(by=MAY_NOT_ISSUE), card(MAY_NOT_ISSUE)),
        (officer(by=OVER), card(OVER)),
    ],
    ids=[
        "a root of the same name",
        "signed by itself",
        "another root trusted",
        "a link missing",
        "a chain too long",
        "no authority between",
        "one that may not issue",
        "one that is over",
    ],
)
def test_a_card_under_nobody_that_is_trusted_is_refused(issued: Issued, under: OfficerCard) -> None:
    assert refusal(issued, under) == "officer_card.untrusted"


@pytest.mark.parametrize(
    "issued",
    [
        officer((x509.BasicConstraints(False, None), True)),
        officer((key_usage(issue=True), True)),
        officer(SIGNS, (x509.BasicConstraints(True, None), True)),
        officer(SIGNS, (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)),
        officer(SIGNS, (x509.UnrecognizedExtension(ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True)),
        officer(key=ec.generate_private_key(ec.SECP384R1())),
        officer(key=rsa.generate_private_key(65537, 3072)),
        ROOT,
    ],
    ids=["no usage", "not to sign", "an authority's", "a server's", "unknown demand", "P-384", "RSA 3072", "the root"],
)
def test_a_certificate_for_something_else_is_refused(issued: Issued) -> None:
    assert refusal(issued) == "officer_card.unfit"


@pytest.mark.parametrize(
    ("begins", "lasts"),
    [(NOW + timedelta(seconds=1), timedelta(days=1)), (BEGINS, timedelta(days=10, seconds=-1))],
    ids=["not yet", "no longer"],
)
def test_a_certificate_that_does_not_hold_now_is_refused(begins: datetime, lasts: timedelta) -> None:
    assert refusal(officer(begins=begins, lasts=lasts)) == "officer_card.expired"


def test_a_card_of_another_officer_is_refused() -> None:
    with pytest.raises(RuleError, match=r"^officer_card\.other_card"):
        card().checked(officer().der, fingerprint(officer().der))


@pytest.mark.parametrize("der", [b"", b"\x30\x03\x02\x01\x00", officer().der[:-9]])
def test_what_is_no_certificate_is_refused(der: bytes) -> None:
    with pytest.raises(RuleError, match=r"^officer_card\.unreadable"):
        card().checked(der)


def test_every_flipped_byte_of_a_certificate_is_found_out() -> None:
    der = officer().der
    for at in range(len(der)):
        spoiled = bytearray(der)
        spoiled[at] ^= 0x55
        with pytest.raises(RuleError, match=r"^officer_card\."):
            card().checked(bytes(spoiled))


@pytest.mark.soak
@pytest.mark.timeout(1200 if SOAK else 120)
def test_a_certificate_of_any_bytes_is_taken_whole_or_refused() -> None:
    noise = random.Random(3)
    sound = officer().der
    under, read = card(), 0
    while read < BYTES:
        spoiled = bytearray(sound)
        for _ in range(noise.randint(1, 4)):
            at = noise.randrange(len(spoiled))
            spoiled[at : at + noise.randint(0, 3)] = noise.randbytes(noise.randint(0, 3))
        read += len(spoiled)
        if spoiled != sound:
            with pytest.raises(RuleError, match=r"^officer_card\."):
                under.checked(bytes(spoiled))


def test_without_any_authority_nobody_signs_on_by_card() -> None:
    with pytest.raises(StationError, match=r"^officer_card\.no_authority"):
        OfficerCard([], ManualClock(NOW)).checked(officer().der)


def test_a_signature_of_the_key_over_this_challenge_is_taken_and_no_other() -> None:
    for issued in (officer(), officer(key=rsa2048())):
        request = request_for(issued.certificate, CHALLENGE)
        signature = signed(issued, request.block)
        verify(issued.certificate, CHALLENGE, signature)
        for challenge, other in ((bytes(32), signature), (CHALLENGE, signature[:-1] + b"\0"), (CHALLENGE, b"")):
            with pytest.raises(RuleError, match=r"^officer_card\.signature_wrong"):
                verify(issued.certificate, challenge, other)


def signed(issued: Issued, block: bytes) -> bytes:
    """By the raw key, as a card does it."""
    if isinstance(issued.key, ec.EllipticCurvePrivateKey):
        return issued.key.sign(block, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
    numbers = issued.key.private_numbers()
    return pow(int.from_bytes(block, "big"), numbers.d, numbers.public_numbers.n).to_bytes(256, "big")


def test_an_rsa_block_is_that_of_the_padding() -> None:
    """The library's own signature, opened, is the block that we hand to the card."""
    issued = officer(key=rsa2048())
    assert isinstance(issued.key, rsa.RSAPrivateKey)
    request = request_for(issued.certificate, CHALLENGE)
    digest = request.block[-32:]
    theirs = issued.key.sign(digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
    public = issued.key.public_key().public_numbers()
    assert pow(int.from_bytes(theirs, "big"), public.e, public.n).to_bytes(256, "big") == request.block
    assert request.algorithm is Algorithm.RSA_2048


def test_authorities_come_from_one_file(tmp_path: Path) -> None:
    path = tmp_path / "authorities.pem"
    path.write_bytes(b"".join(each.certificate.public_bytes(Encoding.PEM) for each in (BETWEEN, ROOT)))
    roots, between = load_authorities(path)
    assert (roots, between) == ([ROOT.certificate], [BETWEEN.certificate])
    issued = officer()
    assert OfficerCard(roots, ManualClock(NOW), between).checked(issued.der) == issued.certificate


@pytest.mark.parametrize("content", [None, b"", b"no certificate", BETWEEN.certificate.public_bytes(Encoding.PEM)])
def test_a_file_without_an_authority_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "authorities.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StationError, match=r"^officer_card\.no_authority"):
        load_authorities(path)


def test_who_signed_on_is_not_told_by_a_repr() -> None:
    assert "petugas" not in repr(CardIdentity("0" * 64, "CN=petugas", NOW))
