"""Keys: made whole or not at all, for the owner alone, and nothing opens what was changed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from station.errors import StationError, StoreError, WayOn
from station.security.keys import CERTIFICATE, KeyRing, RecordKeys
from station.security.vaults import DATABASE_KEY, RECORDS_KEY, SIGNING_KEY

CIPHER = RecordKeys(bytes(range(32)))


def refused(code: str, folder: Path) -> StationError:
    with pytest.raises(StationError) as caught:
        KeyRing.open_or_create(folder)
    assert caught.value.code == code
    return caught.value


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "keys"
    KeyRing.open_or_create(folder)
    return folder


class TestFiles:
    def test_they_are_made_once_and_then_stay(self, tmp_path: Path) -> None:
        first = KeyRing.open_or_create(tmp_path / "a" / "keys")
        again = KeyRing.open_or_create(tmp_path / "a" / "keys")
        other = KeyRing.open_or_create(tmp_path / "b" / "keys")
        assert len(first.database_key) == 32
        assert first.database_key == again.database_key != other.database_key
        assert first.certificate_pem == again.certificate_pem != other.certificate_pem
        key = again.cipher.new_key()
        assert first.cipher.open(key, again.cipher.seal(key, b"x", b""), b"") == b"x"

    def test_an_empty_folder_is_filled(self, tmp_path: Path) -> None:
        (tmp_path / "keys").mkdir()
        KeyRing.open_or_create(tmp_path / "keys")
        assert sorted(each.name for each in tmp_path.iterdir()) == ["keys"]

    def test_what_a_power_cut_left_of_making_them_is_made_anew(self, tmp_path: Path) -> None:
        unfinished = tmp_path / "keys.new"
        unfinished.mkdir()
        (unfinished / DATABASE_KEY).write_bytes(b"half")
        assert len(KeyRing.open_or_create(tmp_path / "keys").database_key) == 32
        assert not unfinished.exists()

    def test_they_are_for_the_owner_alone(self, folder: Path) -> None:
        assert folder.stat().st_mode & 0o777 == 0o700
        assert {each.stat().st_mode & 0o777 for each in folder.iterdir()} == {0o600}
        (folder / RECORDS_KEY).chmod(0o640)
        assert refused("keys.exposed", folder).way_on is WayOn.CHECK_SETTINGS

    @pytest.mark.parametrize("name", [DATABASE_KEY, RECORDS_KEY, SIGNING_KEY, CERTIFICATE])
    def test_a_missing_one_is_never_made_up(self, folder: Path, name: str) -> None:
        (folder / name).unlink()
        error = refused("keys.incomplete", folder)
        assert (error.way_on, error.detail) == (WayOn.RESTORE_BACKUP, name)
        assert not (folder / name).exists()

    @pytest.mark.parametrize("name", [DATABASE_KEY, RECORDS_KEY, SIGNING_KEY, CERTIFICATE])
    def test_a_damaged_one_is_told(self, folder: Path, name: str) -> None:
        (folder / name).write_bytes((folder / name).read_bytes()[:-20])
        refused("keys.damaged", folder)

    def test_a_certificate_of_another_key_is_told(self, folder: Path, tmp_path: Path) -> None:
        KeyRing.open_or_create(tmp_path / "other")
        shutil.copy(tmp_path / "other" / CERTIFICATE, folder / CERTIFICATE)
        refused("keys.damaged", folder)

    def test_a_key_that_is_not_of_this_kind_is_told(self, folder: Path) -> None:
        subprocess.run(
            ["openssl", "genpkey", "-algorithm", "ED25519", "-out", folder / SIGNING_KEY], check=True, timeout=20
        )
        refused("keys.damaged", folder)

    def test_a_folder_that_is_a_file_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "keys").write_bytes(b"")
        assert refused("keys.unreadable", tmp_path / "keys").detail == "keys"

    def test_it_is_said_openly_that_they_lie_in_files(self, folder: Path) -> None:
        assert KeyRing.open_or_create(folder).protection == "file"

    def test_no_repr_shows_one(self, folder: Path) -> None:
        keys = KeyRing.open_or_create(folder)
        shown = repr(keys) + repr(keys.cipher)
        assert keys.database_key.hex() not in shown
        assert repr(keys.database_key) not in shown


class TestSigning:
    def test_what_was_signed_is_verified_by_the_certificate(self, folder: Path) -> None:
        keys = KeyRing.open_or_create(folder)
        signer = x509.load_pem_x509_certificate(keys.certificate_pem).public_key()
        assert isinstance(signer, ec.EllipticCurvePublicKey)
        signer.verify(keys.sign(b"head"), b"head", ec.ECDSA(hashes.SHA256()))
        with pytest.raises(InvalidSignature):
            signer.verify(keys.sign(b"head"), b"tail", ec.ECDSA(hashes.SHA256()))

    def test_openssl_reads_the_certificate_and_finds_it_fit_to_sign(self, folder: Path) -> None:
        path = folder / CERTIFICATE
        shown = subprocess.run(
            ["openssl", "x509", "-in", path, "-noout", "-purpose"],
            check=True,
            timeout=20,
            capture_output=True,
            text=True,
        ).stdout
        assert "S/MIME signing : Yes" in shown
        subprocess.run(["openssl", "verify", "-CAfile", path, path], check=True, timeout=20, capture_output=True)


class TestRecords:
    @given(data=st.binary(max_size=300), aad=st.binary(max_size=30))
    def test_what_was_sealed_opens(self, data: bytes, aad: bytes) -> None:
        key = CIPHER.new_key()
        sealed = CIPHER.seal(key, data, aad)
        assert CIPHER.open(key, sealed, aad) == data
        assert len(data) < 8 or data not in sealed

    @given(data=st.binary(min_size=1, max_size=50), where=st.integers(0), bit=st.integers(0, 7))
    def test_nothing_opens_once_a_bit_was_flipped(self, data: bytes, where: int, bit: int) -> None:
        key = CIPHER.new_key()
        sealed = bytearray(CIPHER.seal(key, data, b"v1"))
        sealed[where % len(sealed)] ^= 1 << bit
        with pytest.raises(StoreError) as caught:
            CIPHER.open(key, bytes(sealed), b"v1")
        assert (caught.value.code, caught.value.way_on) == ("store.damaged", WayOn.RESTORE_BACKUP)

    @pytest.mark.parametrize("case", ["other place", "other key", "other station", "cut", "empty"])
    def test_nothing_opens_in_anothers_stead(self, case: str) -> None:
        key = CIPHER.new_key()
        sealed = CIPHER.seal(key, b"capture", b"visit-1")
        tried = {
            "other place": lambda: CIPHER.open(key, sealed, b"visit-2"),
            "other key": lambda: CIPHER.open(CIPHER.new_key(), sealed, b"visit-1"),
            "other station": lambda: RecordKeys(bytes(32)).open(key, sealed, b"visit-1"),
            "cut": lambda: CIPHER.open(key, sealed[:-1], b"visit-1"),
            "empty": lambda: CIPHER.open(key, b"", b"visit-1"),
        }
        with pytest.raises(StoreError, match=r"store\.damaged"):
            tried[case]()

    def test_the_same_bytes_are_never_sealed_alike(self) -> None:
        key = CIPHER.new_key()
        assert len({CIPHER.seal(key, b"capture", b"") for _ in range(50)}) == 50
