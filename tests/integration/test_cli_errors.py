"""Bad input: one clear line on standard error, a non-zero exit, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from station.cli import main
from tests.integration.test_cli_commands import ktpel

CASES = [
    (["fly"], "tidak ada perintah fly"),
    (["fly", "--language=en"], "there is no command fly"),
    (["packet"], "perintah belum disebut"),
    (["packet", "verify"], "FILE belum disebut"),
    (["packet", "verify", "none.ktpel"], "pilihan --station wajib disebut"),
    (["demo", "--fast"], "tidak ada pilihan --fast"),
    (["demo", "--portait=x"], "tidak ada pilihan --portait"),
    (["demo", "now", "please"], "terlalu banyak: now please"),
    (["packet", "verify", "none.ktpel", "--station", "none.pem"], "none.pem: tidak ada berkas itu"),
    (["packet", "verify", "none.ktpel", "--station", "junk"], "junk: bukan sertifikat"),
    (
        ["packet", "open", "x", "--key", "junk", "--certificate", "junk", "--station", "junk", "--out", "o"],
        "junk: bukan kunci RSA",
    ),
    (["audit", "verify", "--data", "nowhere"], "nowhere: tidak ada data stasiun"),
    (["audit", "verify", "--data", "empty"], "empty: tidak ada data stasiun"),
    (["audit", "verify", "--data", "keyless"], "kunci stasiun tidak ada"),
    (["audit", "verify", "--data", "emptied"], "kunci stasiun tidak ada"),
    (["audit", "verify"], "tidak ada data stasiun"),
    (["run", "--config", "none.toml"], "tidak ada berkas pengaturan itu"),
    (["demo", "--portrait", "none.png"], "none.png: tidak ada berkas itu"),
    (["demo", "--config"], "pilihan --config perlu nilai"),
    (["demo", "--language", "fr"], "bahasa adalah id atau en, bukan fr"),
    (["devices", "--config", "syntax.toml"], "syntax.toml: settings:"),
    (["devices", "--config", "wrong.toml", "--language=en"], "wrong.toml: station.code:"),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "junk").write_text("no certificate, no key\n", "utf-8")
    (tmp_path / "syntax.toml").write_text("language = \n", "utf-8")
    (tmp_path / "wrong.toml").write_text('[station]\ncode = "small letters"\n', "utf-8")
    for name in ("empty", "keyless", "emptied/keys"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("keyless", "emptied"):
        (tmp_path / name / "station.db").write_bytes(b"a database")
    monkeypatch.chdir(tmp_path)
    for name in ("KTPEL_CONFIG", "KTPEL_LANGUAGE", "KTPEL_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.parametrize(("arguments", "said"), CASES, ids=[" ".join(arguments) for arguments, _ in CASES])
def test_bad_input_gets_one_line_and_a_non_zero_exit_and_makes_nothing(
    folder: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(folder.rglob("*"))
    assert main(arguments) != 0
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("ktpel: ")
    assert said in printed.err
    assert printed.err.count("\n") == 1
    assert sorted(folder.rglob("*")) == before


def test_every_mistake_in_the_settings_has_a_line_of_its_own(folder: Path) -> None:
    (folder / "s.toml").write_text('language = "fr"\nspeed = 3\n[devices.camera]\nfps = 1000\n', "utf-8")
    done = ktpel("devices", "--config", "s.toml", cwd=folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert {line.split(":")[2].strip() for line in done.stderr.splitlines()} == {
        "language",
        "speed",
        "devices.camera.source",
        "devices.camera.fps",
    }


def test_a_picture_that_is_none_is_told_by_the_camera(folder: Path) -> None:
    done = ktpel("demo", "--portrait", "junk", "--out", "out", cwd=folder)
    assert done.returncode == 1
    assert done.stderr.startswith("ktpel: camera: ")
    assert done.stderr.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_told(folder: Path) -> None:
    done = ktpel("demo", "--out", folder / "junk" / "below", "--language", "en", cwd=folder)
    assert done.returncode == 1
    assert done.stderr.startswith("ktpel: the data folder cannot be written")
    assert done.stderr.count("\n") == 1


def test_our_own_bug_is_one_line_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from station.cli import commands

    def broken(*_: object) -> int:
        raise ZeroDivisionError("with a name in it")

    monkeypatch.setattr(commands, "dispatch", broken)
    assert main(["devices"]) == 70
    said = capsys.readouterr().err
    assert said.startswith("ktpel: kesalahan program (ZeroDivisionError di test_cli_errors.py:")
    assert "with a name" not in said
    assert said.count("\n") == 1


def test_an_interrupt_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from station.cli import commands

    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "dispatch", interrupted)
    assert main(["devices"]) == 130
    assert capsys.readouterr() == ("", "")
