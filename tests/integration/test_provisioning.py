"""A station is provisioned and opened: real certificates, devices on a wire, its keys in a TPM or a keyring."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from station import provisioning
from station.bootstrap import KEYS, build
from station.cli import main as ktpel
from station.config import Settings, default_file, load
from station.domain.officer import Role
from station.lab.lab import Lab
from station.security.tpm import TCTI_VARIABLE
from station.security.vault import VaultName
from station.services.sign_on import NewOfficer
from station.trial import Bench, section
from tests.support.provisioned import OFFICE, PICK_UP, certificate_files
from tests.support.tpm import software_tpm

ROOT = Path(__file__).parents[2]
PATIENCE_S = 30.0
DEWI = NewOfficer("dewi", "Dewi Lestari", Role.SUPERVISOR, "melati-5-pagar")
AGUS = NewOfficer("agus", "Agus Salim", Role.SUPERVISOR, "kenanga-7-atap")
IN_A_SESSION = """
printf 'a login password' | gnome-keyring-daemon --unlock --components=secrets --control-directory="$XDG_RUNTIME_DIR" \
    >/dev/null
exec "$1" -c 'from station.provisioning import vaults_here; print(*(f"{v.name}={v.code}" for v in vaults_here()))'
"""


@pytest.fixture
def tpm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with software_tpm(tmp_path / "tpm") as name:
        monkeypatch.setenv(TCTI_VARIABLE, name)
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
        yield


@pytest.mark.usefixtures("tpm")
def test_from_typed_words_to_an_open_station_with_its_keys_in_the_tpm(tmp_path: Path) -> None:
    assert provisioning.vaults_here()[0] == provisioning.VaultFound(VaultName.TPM, "")
    file = tmp_path / "etc" / "station.toml"
    with Lab(lifelike=False, cards=False, tcp=False) as lab:
        assert lab.camera is not None
        attached = {
            "camera": section("camera", "opencv", lab.camera.url),
            "fingerprint": section("fingerprint", "r30x", lab.scanner.url),
            "signature_pad": section("signature_pad", "topaz", lab.pad.url),
            "thermometer": section("thermometer", "mcu90614", lab.thermometer.url),
        }
        for slot, values in attached.items():
            assert Bench().run(slot, values).test.passed
        parts = {
            **provisioning.office(OFFICE),
            **provisioning.pick_up(PICK_UP),
            **provisioning.keys(
                {"data_dir": str(tmp_path / "data"), "vault": "tpm", "passphrase": "", "again": "", "unprotected": ""}
            ),
            **provisioning.devices(attached),
        }
        checked = provisioning.certificates(certificate_files(tmp_path / "stick"), datetime.now(UTC))
        settings = provisioning.provision(file, parts, checked)
        _opens(settings, 4)
    assert (tmp_path / "data" / KEYS).is_dir()


def _opens(settings: Settings, devices: int) -> None:
    """Nobody can sign on before two supervisors were taken on; nothing of it is practice."""
    station = build(settings)
    try:
        report = station.start().result(PATIENCE_S)
        assert (report.needs_first_officer, report.practice, report.key_protection) == (True, False, "tpm")
        infos = station.bay.open_all(PATIENCE_S)
        assert len(infos) == devices + 1  # and the thermometer that is read by eye
        assert not any(info.simulated for info in infos.values())
        station.desk.submit(lambda: station.sign_on.add_first_officers(DEWI, AGUS)).result(PATIENCE_S)
        station.desk.submit(lambda: station.sign_on.sign_on(DEWI.id, DEWI.password)).result(PATIENCE_S)
        status = station.desk.submit(station.keys.status).result(PATIENCE_S)
        assert (status.vault, status.protected, status.centre_fault) == (VaultName.TPM, True, "")
        assert status.recovery is not None
        assert station.simulated is False
    finally:
        station.stop()


def test_where_there_is_a_keyring_it_is_offered_first(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir(mode=0o700)
    home = {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(run), "XDG_DATA_HOME": str(tmp_path / "share")}
    words = ["dbus-run-session", "--", "sh", "-c", IN_A_SESSION, "sh", sys.executable]
    environment = {**os.environ, **home, TCTI_VARIABLE: "swtpm:port=1"}
    done = subprocess.run(words, cwd=ROOT, env=environment, timeout=60, capture_output=True, text=True, check=False)
    assert done.stdout == "keyring= passphrase= tpm=keys.no_tpm\n", done.stderr[-2000:]


def test_without_another_file_the_users_own_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("KTPEL_CONFIG", raising=False)
    assert load() == Settings()
    default_file().parent.mkdir()
    default_file().write_text('[station]\ncode = "OWN-1"\n', "utf-8")
    (tmp_path / "other.toml").write_text('[station]\ncode = "OTHER-1"\n', "utf-8")
    assert load().station.code == "OWN-1"
    assert load(tmp_path / "other.toml").station.code == "OTHER-1"
    monkeypatch.setenv("KTPEL_CONFIG", str(tmp_path / "other.toml"))
    assert load().station.code == "OTHER-1"


def test_the_users_own_file_that_does_not_read_is_no_practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("KTPEL_CONFIG", raising=False)
    default_file().parent.mkdir()
    default_file().symlink_to(tmp_path / "unplugged")
    with pytest.raises(Exception, match=r"config\.absent"):
        load()


def test_the_command_writes_over_nothing_and_needs_a_display(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "station.toml"
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert ktpel(["setup", str(file)]) == 2
    assert "layar" in capsys.readouterr().err
    file.write_text("", "utf-8")
    assert ktpel(["--language", "en", "setup", str(file)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert ktpel(["run", "--help"]) == 0
    assert "ktpel setup" in capsys.readouterr().out
