"""The station's keys in a TPM 2.0: opened by it alone, and never by anything in its stead."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from station.bootstrap import KEYS, build
from station.config import KeysSection, Settings
from station.errors import StationError
from station.security.keys import KeyRing, move, vault_in_force
from station.security.material import Secrets
from station.security.tpm import SEALED, TCTI_VARIABLE, TpmVault
from station.security.vault import VaultName
from station.security.vaults import PLAIN_FILES, FileVault
from tests.support.tpm import software_tpm

SECRETS = Secrets.new()


@pytest.fixture(scope="module")
def tcti(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with software_tpm(tmp_path_factory.mktemp("tpm")) as name:
        yield name


def refused(job: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(StationError) as caught:
        job()
    return caught.value.code, caught.value.detail


def test_what_was_put_comes_back_and_again_after_the_next_put(tcti: str, tmp_path: Path) -> None:
    vault = TpmVault(tcti)
    vault.put(tmp_path, SECRETS)
    assert vault.get(tmp_path) == SECRETS
    changing = SECRETS.changing()
    vault.put(tmp_path, changing)
    assert TpmVault(tcti).get(tmp_path) == changing


def test_no_secret_lies_in_the_file(tcti: str, tmp_path: Path) -> None:
    TpmVault(tcti).put(tmp_path, SECRETS)
    (file,) = tmp_path.iterdir()
    told = file.read_bytes()
    for secret in (SECRETS.database_key, SECRETS.records_key, SECRETS.signing_key[40:72]):
        assert secret not in told
        assert secret.hex().encode() not in told


def test_the_tpm_of_another_machine_does_not_open_it(tcti: str, tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    TpmVault(tcti).put(folder, SECRETS)
    with software_tpm(tmp_path / "other") as other:
        code, _ = refused(lambda: TpmVault(other).get(folder))
    assert code == "keys.tpm_refuses"
    assert TpmVault(tcti).get(folder) == SECRETS


def test_a_tpm_keeps_it_over_a_restart(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    with software_tpm(tmp_path / "state") as first:
        TpmVault(first).put(folder, SECRETS)
    with software_tpm(tmp_path / "state") as second:
        assert TpmVault(second).get(folder) == SECRETS


def test_where_no_tpm_answers_it_says_so(tmp_path: Path) -> None:
    assert refused(lambda: TpmVault("swtpm:port=1").put(tmp_path, SECRETS))[0] == "keys.no_tpm"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["private", "public", "nonce", "sealed"])
def test_a_changed_file_is_told(tcti: str, tmp_path: Path, name: str) -> None:
    TpmVault(tcti).put(tmp_path, SECRETS)
    path = tmp_path / SEALED
    fields = json.loads(path.read_text())
    at = len(fields[name]) // 2
    fields[name] = fields[name][:at] + ("0" if fields[name][at] != "0" else "1") + fields[name][at + 1 :]
    path.write_text(json.dumps(fields))
    assert refused(lambda: TpmVault(tcti).get(tmp_path)) == ("keys.damaged", SEALED)


def test_keys_that_move_into_it_leave_no_plain_file(tcti: str, tmp_path: Path) -> None:
    before = KeyRing.open_or_create(tmp_path)
    move(tmp_path, FileVault(), TpmVault(tcti))
    assert vault_in_force(tmp_path) is VaultName.TPM
    assert not any((tmp_path / name).exists() for name in PLAIN_FILES)
    assert KeyRing.open_or_create(tmp_path, TpmVault(tcti)).database_key == before.database_key
    move(tmp_path, TpmVault(tcti), FileVault())
    assert not (tmp_path / SEALED).exists()


def test_a_station_in_earnest_starts_with_it_and_never_without(
    tcti: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(data_dir=tmp_path, keys=KeysSection(vault=VaultName.TPM))

    def start() -> str:
        station = build(settings)
        try:
            return station.start().result(30).key_protection
        finally:
            station.stop()

    monkeypatch.setenv(TCTI_VARIABLE, tcti)
    assert start() == "tpm"
    assert start() == "tpm"
    assert not any((settings.folder / KEYS / name).exists() for name in PLAIN_FILES)
    monkeypatch.setenv(TCTI_VARIABLE, "swtpm:port=1")
    assert refused(start)[0] == "keys.no_tpm"
