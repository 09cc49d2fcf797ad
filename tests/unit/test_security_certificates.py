"""The data centre's certificate: its use, its time, who vouches for it, and the renewal told thirty days ahead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from protocols.clock import ManualClock
from station.config import Settings
from station.errors import RuleError, StationError
from station.packet.practice import practice_data_centre
from station.security.certificates import check_chain, check_time, check_use, read_authorities, validity
from station.security.keys import KeyRing
from station.services.sealing import Sealer

NOW = datetime(2020, 4, 13, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
UNTIL = NOW + 60 * DAY
ROOT_KEY, MIDDLE_KEY, LEAF_KEY, STRANGER = (rsa.generate_private_key(65537, 2048) for _ in range(4))

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def made(
    subject: str, issuer: str, key: Key, signer: rsa.RSAPrivateKey, *, ca: bool, signs: bool | None = None,
    enciphers: bool = False, until: datetime = UNTIL,
) -> x509.Certificate:  # fmt: skip
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=False, key_encipherment=enciphers, data_encipherment=False,
        key_agreement=False, key_cert_sign=ca if signs is None else signs, crl_sign=False, encipher_only=False,
        decipher_only=False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - DAY)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(signer, hashes.SHA256())
    )


ROOT = made("Root", "Root", ROOT_KEY, ROOT_KEY, ca=True)
MIDDLE = made("Middle", "Root", MIDDLE_KEY, ROOT_KEY, ca=True)
CENTRE = made("Centre", "Middle", LEAF_KEY, MIDDLE_KEY, ca=False, enciphers=True)


def test_a_certificate_that_leads_to_the_root_is_trusted() -> None:
    check_use(CENTRE)
    check_chain(CENTRE, [ROOT, MIDDLE], NOW)
    check_chain(CENTRE, [MIDDLE, ROOT], NOW)


def test_one_that_is_named_itself_is_trusted_as_it_is() -> None:
    check_chain(CENTRE, [CENTRE], NOW)


@pytest.mark.parametrize(
    ("certificate", "authorities", "at"),
    [
        (CENTRE, [ROOT], NOW),
        (CENTRE, [MIDDLE], NOW),
        (CENTRE, [], NOW),
        (made("Centre", "Middle", LEAF_KEY, STRANGER, ca=False, enciphers=True), [ROOT, MIDDLE], NOW),
        (CENTRE, [ROOT, made("Middle", "Root", MIDDLE_KEY, ROOT_KEY, ca=False, signs=True)], NOW),
        (CENTRE, [ROOT, made("Middle", "Root", MIDDLE_KEY, ROOT_KEY, ca=True, signs=False)], NOW),
        (CENTRE, [ROOT, made("Middle", "Root", MIDDLE_KEY, ROOT_KEY, ca=True, until=NOW + DAY)], NOW + 2 * DAY),
        (CENTRE, [made("Root", "Root", STRANGER, STRANGER, ca=True), MIDDLE], NOW),
    ],
    ids=["gap", "no root", "nobody", "forged", "no authority", "may not sign", "middle expired", "other root"],
)
def test_whatever_does_not_lead_there_is_not(
    certificate: x509.Certificate, authorities: list[x509.Certificate], at: datetime
) -> None:
    with pytest.raises(RuleError, match=r"packet\.recipient_untrusted"):
        check_chain(certificate, authorities, at)


@pytest.mark.parametrize(
    "certificate",
    [
        ROOT,
        made("Centre", "Middle", LEAF_KEY, MIDDLE_KEY, ca=False),
        made("Centre", "Middle", ec.generate_private_key(ec.SECP256R1()), MIDDLE_KEY, ca=False, enciphers=True),
        made("Centre", "Middle", rsa.generate_private_key(65537, 1024), MIDDLE_KEY, ca=False, enciphers=True),
    ],
    ids=["authority", "signs only", "no RSA", "too short"],
)
def test_one_that_is_not_for_keys_is_refused(certificate: x509.Certificate) -> None:
    with pytest.raises(RuleError, match=r"packet\.bad_recipient"):
        check_use(certificate)


def test_it_is_sealed_for_from_its_first_day_to_its_last() -> None:
    check_time(CENTRE, NOW)
    check_time(CENTRE, UNTIL)
    with pytest.raises(RuleError, match=r"packet\.recipient_expired"):
        check_time(CENTRE, UNTIL + timedelta(seconds=1))
    with pytest.raises(RuleError, match=r"packet\.recipient_not_yet"):
        check_time(CENTRE, NOW - 2 * DAY)


@pytest.mark.parametrize(("left", "due"), [(31, False), (30, True), (1, True), (0, True), (-3, True)])
def test_its_renewal_is_announced_thirty_days_ahead(left: int, due: bool) -> None:
    found = validity(CENTRE, UNTIL - left * DAY)
    assert (found.days_left, found.renewal_due, found.until) == (left, due, UNTIL)


class TestSealer:
    """What a station in earnest is held to before it seals."""

    @pytest.fixture
    def keys(self, tmp_path: Path) -> KeyRing:
        return KeyRing.open_or_create(tmp_path / "keys")

    def sealer(self, folder: Path, keys: KeyRing, *authorities: x509.Certificate) -> Sealer:
        path = folder / "authorities.pem"
        path.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in authorities))
        settings = Settings(data_dir=folder, recipient_authorities=path if authorities else None)
        return Sealer(settings, ManualClock(), keys)

    def test_it_seals_for_whom_an_authority_vouches_for(self, tmp_path: Path, keys: KeyRing) -> None:
        self.sealer(tmp_path, keys, ROOT, MIDDLE).check_recipient(CENTRE, NOW)
        assert read_authorities(tmp_path / "authorities.pem") == (ROOT, MIDDLE)

    def test_it_seals_for_nobody_else(self, tmp_path: Path, keys: KeyRing) -> None:
        practice = practice_data_centre(NOW).certificate
        sealer = self.sealer(tmp_path, keys, ROOT)
        for certificate, at, code in (
            (practice, NOW, "packet.practice_recipient"),
            (CENTRE, NOW, "packet.recipient_untrusted"),
            (CENTRE, NOW + 61 * DAY, "packet.recipient_expired"),
            (ROOT, NOW, "packet.bad_recipient"),
        ):
            with pytest.raises(RuleError) as refused:
                sealer.check_recipient(certificate, at)
            assert refused.value.code == code
        with pytest.raises(RuleError, match=r"packet\.no_authorities"):
            self.sealer(tmp_path, keys).check_recipient(CENTRE, NOW)

    def test_authorities_that_do_not_read_are_told(self, tmp_path: Path, keys: KeyRing) -> None:
        sealer = self.sealer(tmp_path, keys, ROOT)
        (tmp_path / "authorities.pem").write_bytes(b"none")
        with pytest.raises(StationError, match=r"packet\.authorities_unreadable"):
            sealer.check_recipient(CENTRE, NOW)
