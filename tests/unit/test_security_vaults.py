"""Vaults: what is put in comes out, not a changed bit goes unseen, and none takes another's place."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from station.errors import RuleError, StationError
from station.security.durable import read_document, write_document
from station.security.keys import KeyRing, create, move, vault_in_force
from station.security.material import Secrets
from station.security.vault import VAULT_FILE, VaultName
from station.security.vaults import (
    DATABASE_KEY,
    NEXT_DATABASE_KEY,
    PLAIN_FILES,
    WRAPPED,
    Cost,
    FileVault,
    PassphraseVault,
)

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
PASSPHRASE = "rumpun bambu di tepi sungai"
SECRETS = Secrets.new()
FLIPS = 500


def wrapped(passphrase: str = PASSPHRASE) -> PassphraseVault:
    return PassphraseVault(passphrase, CHEAP)


def refused(job: Callable[[], object]) -> StationError:
    with pytest.raises(StationError) as caught:
        job()
    return caught.value


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Keys under a passphrase."""
    create(tmp_path / "keys", wrapped(), SECRETS)
    return tmp_path / "keys"


@pytest.mark.parametrize("make", [FileVault, wrapped])
def test_what_is_put_in_comes_out_while_the_stores_key_changes_too(
    tmp_path: Path, make: Callable[[], FileVault | PassphraseVault]
) -> None:
    for secrets in (SECRETS, changing := SECRETS.changing(), changing.changed(), SECRETS):
        make().put(tmp_path, secrets)
        assert make().get(tmp_path) == secrets
    make().drop(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_packed_secrets_are_read_back_and_nothing_else_is() -> None:
    for secrets in (SECRETS, SECRETS.changing()):
        assert Secrets.unpacked(secrets.packed()) == secrets
        assert len(secrets.packed()) * 4 / 3 < 1280, "a Windows credential holds no more"
    for data in (b"", b"ktpel keys 1\n", SECRETS.packed()[:70], b"x" + SECRETS.packed()):
        with pytest.raises(ValueError, match="secrets"):
            Secrets.unpacked(data)


def test_a_power_cut_between_the_new_key_and_the_old_ones_end_leaves_the_new_one(tmp_path: Path) -> None:
    changing = SECRETS.changing()
    FileVault().put(tmp_path, changing)
    assert changing.next_database_key is not None
    (tmp_path / DATABASE_KEY).write_bytes(changing.next_database_key)
    assert FileVault().get(tmp_path) == changing.changed()
    (tmp_path / NEXT_DATABASE_KEY).write_bytes(b"short")
    assert refused(lambda: FileVault().get(tmp_path)).detail == NEXT_DATABASE_KEY


def test_a_wrong_passphrase_is_told_from_a_damaged_file(folder: Path) -> None:
    assert refused(lambda: KeyRing.open_or_create(folder, wrapped("batu karang di laut biru"))).code == (
        "keys.passphrase_wrong"
    )
    (folder / WRAPPED).write_bytes((folder / WRAPPED).read_bytes()[:-9])
    error = refused(lambda: KeyRing.open_or_create(folder, wrapped()))
    assert (error.code, error.detail) == ("keys.damaged", WRAPPED)


def test_every_flipped_bit_is_seen_and_its_file_named(folder: Path) -> None:
    chance = random.Random(6)
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        for _ in range(FLIPS):
            data = bytearray(whole)
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            path.write_bytes(data)
            error = refused(lambda: KeyRing.open_or_create(folder, wrapped()))
            assert (error.code, error.detail) == ("keys.damaged", path.name)
        path.write_bytes(whole)
    assert KeyRing.open_or_create(folder, wrapped()).secrets == SECRETS


@pytest.mark.parametrize("passphrase", ["", "pendek", "kata sandi 1", "aaaaaaaaaaaaaaaaaaaa", "password-password"])
def test_a_passphrase_that_is_soon_guessed_is_refused_and_nothing_is_kept(tmp_path: Path, passphrase: str) -> None:
    with pytest.raises(RuleError, match=r"keys\.passphrase_weak"):
        create(tmp_path / "keys", wrapped(passphrase), SECRETS)
    assert not (tmp_path / "keys").exists()


def test_the_same_letters_typed_otherwise_are_the_same_passphrase(tmp_path: Path) -> None:
    wrapped("kafé di tepi sungai").put(tmp_path, SECRETS)
    assert wrapped("kafe\u0301 di tepi sungai").get(tmp_path) == SECRETS


@pytest.mark.parametrize(("name", "value"), [("memory_kib", 1 << 40), ("passes", 10_000), ("lanes", 0), ("kdf", "md5")])
def test_a_file_that_asks_for_unbearable_work_is_damaged(folder: Path, name: str, value: int | str) -> None:
    fields = read_document(folder / WRAPPED)
    write_document(folder / WRAPPED, {**fields, name: value})
    assert refused(lambda: wrapped().get(folder)).code == "keys.damaged"


def test_nothing_secret_lies_in_the_folder(folder: Path) -> None:
    written = b"".join(path.read_bytes() for path in folder.iterdir())
    for secret in (SECRETS.database_key, SECRETS.records_key, SECRETS.signing_key):
        assert secret not in written
        assert secret.hex().encode() not in written
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


class TestInForce:
    def test_no_vault_takes_anothers_place(self, folder: Path, tmp_path: Path) -> None:
        assert refused(lambda: KeyRing.open_or_create(folder)).code == "keys.passphrase_needed"
        error = refused(lambda: KeyRing.open_or_create(folder, FileVault()))
        assert (error.code, error.detail) == ("keys.other_vault", "passphrase")
        KeyRing.open_or_create(tmp_path / "plain")
        assert refused(lambda: KeyRing.open_or_create(tmp_path / "plain", wrapped())).code == "keys.other_vault"

    def test_a_lost_note_of_which_it_is_is_told(self, folder: Path) -> None:
        (folder / VAULT_FILE).unlink()
        error = refused(lambda: KeyRing.open_or_create(folder, wrapped()))
        assert (error.code, error.detail) == ("keys.incomplete", VAULT_FILE)

    def test_a_folder_of_an_older_program_opens_as_files(self, tmp_path: Path) -> None:
        before = KeyRing.open_or_create(tmp_path / "keys")
        (tmp_path / "keys" / VAULT_FILE).unlink()
        again = KeyRing.open_or_create(tmp_path / "keys")
        assert (again.secrets, again.vault) == (before.secrets, VaultName.FILE)

    def test_moved_keys_are_the_same_and_no_plain_one_stays(self, tmp_path: Path) -> None:
        folder = tmp_path / "keys"
        before = KeyRing.open_or_create(folder)
        move(folder, FileVault(), wrapped())
        assert not any((folder / name).exists() for name in PLAIN_FILES)
        after = KeyRing.open_or_create(folder, wrapped())
        assert (after.secrets, after.certificate, after.protection) == (
            before.secrets,
            before.certificate,
            "passphrase",
        )
        move(folder, wrapped(), wrapped("batu karang di laut biru"))
        assert refused(lambda: wrapped().get(folder)).code == "keys.passphrase_wrong"
        move(folder, wrapped("batu karang di laut biru"), FileVault())
        assert KeyRing.open_or_create(folder).secrets == before.secrets
        assert not (folder / WRAPPED).exists()

    def test_plain_keys_that_a_power_cut_left_of_a_move_are_erased_by_the_next_start(self, folder: Path) -> None:
        FileVault().put(folder, SECRETS)
        assert KeyRing.open_or_create(folder, wrapped()).vault is VaultName.PASSPHRASE
        assert not any((folder / name).exists() for name in PLAIN_FILES)

    def test_a_move_that_was_cut_before_the_note_leaves_the_old_one_in_force(self, folder: Path) -> None:
        FileVault().put(folder, SECRETS)
        assert vault_in_force(folder) is VaultName.PASSPHRASE

    def test_keys_are_not_restored_over_others(self, folder: Path) -> None:
        assert refused(lambda: create(folder, FileVault(), Secrets.new())).code == "keys.exist"
