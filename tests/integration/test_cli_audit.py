"""`ktpel audit`: verified beside a running station and under a passphrase, exported by an officer, checked anywhere."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from station.cli import main
from station.lab.operator import OPERATOR, SUPERVISOR
from station.security.keys import KeyRing
from station.security.vaults import Cost, PassphraseVault
from station.services.sign_on import PRACTICE_PASSWORD
from station.store import Store
from tests.integration.test_cli_commands import ROOT
from tests.support.desks import NOON, RecordsDesk, records_desk
from tests.support.histories import identified, opened

PASSPHRASE = "tiga ekor burung di pagar"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A station's data, the station ended."""
    folder = tmp_path_factory.mktemp("station")
    with records_desk(folder) as desk:
        visit = desk.keep([opened(), identified()])
        desk.do(lambda: desk.station.visits.load(visit))
    return folder


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    """What is printed from here on."""
    capsys.readouterr()
    return capsys


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    for name in ("KTPEL_CONFIG", "KTPEL_LANGUAGE", "KTPEL_PASSPHRASE", "KTPEL_PASSWORD"):
        monkeypatch.delenv(name, raising=False)


def test_a_trail_is_verified_beside_a_running_station_which_keeps_its_store(tmp_path: Path) -> None:
    with records_desk(tmp_path) as desk:
        _verify_while_writing(desk, tmp_path)
        desk.do(desk.station.visits.open)
    assert main(["audit", "verify", "--data", str(tmp_path)]) == 0


def _verify_while_writing(desk: RecordsDesk, folder: Path) -> None:
    command = [sys.executable, "-W", "error", "-m", "station", "audit", "verify", "--data", str(folder)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as process:
        while process.poll() is None:
            desk.do(desk.station.visits.open)
        assert process.stdout is not None
        assert process.stderr is not None
        assert (process.returncode, process.stderr.read()) == (0, "")
        assert process.stdout.read().startswith("Jejak audit utuh")


def test_a_broken_link_is_named_by_number_and_time(folder: Path, told: pytest.CaptureFixture[str]) -> None:
    keys = KeyRing.open_or_create(folder / "practice" / "keys")
    line = "UPDATE audit_entries SET by = :by WHERE seq = 3"

    def write(by: str) -> None:
        store = Store.open(folder / "practice" / "station.db", keys.database_key, cipher=keys.cipher)
        with store._connection.begin():
            (before,) = store._connection.execute(text("SELECT by FROM audit_entries WHERE seq = 3")).one()
            store._connection.execute(text(line), {"by": by})
        store.close()
        kept.append(before)

    kept: list[str] = []
    write("nobody")
    try:
        assert main(["audit", "verify", "--data", str(folder), "--language", "en"]) == 1
    finally:
        write(kept[0])
    assert told.readouterr().err.startswith(
        f"The audit trail is BROKEN at line 3 ({NOON.isoformat(timespec='seconds')}): this line or the one before"
    )


def test_under_a_passphrase_it_is_asked_for_or_stands_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: pytest.CaptureFixture[str]
) -> None:
    keys = KeyRing.open_or_create(
        tmp_path / "keys", PassphraseVault(PASSPHRASE, Cost(memory_kib=8 * 1024, passes=1, lanes=1))
    )
    store = Store.open(tmp_path / "station.db", keys.database_key, cipher=keys.cipher)
    with store.work() as work:
        work.audit.append("sign_on.done", at=NOON, by="op")
        work.commit()
    store.close()
    words = ["audit", "verify", "--data", str(tmp_path)]
    assert main(words) == 2
    assert told.readouterr().err == "ktpel: Frasa sandi kunci belum diberikan (KTPEL_PASSPHRASE)\n"
    monkeypatch.setenv("KTPEL_PASSPHRASE", PASSPHRASE)
    assert main(words) == 0
    assert told.readouterr().out.startswith("Jejak audit utuh: 1 baris")


def test_an_export_is_itself_on_the_trail_and_is_checked_without_the_store(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KTPEL_PASSWORD", PRACTICE_PASSWORD)
    file, data = tmp_path / "audit.jsonl", str(folder)
    assert main(["audit", "export", str(file), "--officer", SUPERVISOR, "--data", data]) == 0
    digest = told.readouterr().out.splitlines()[1].removeprefix("sha256 ")
    certificate = folder / "practice" / "keys" / "station.crt.pem"
    assert main(["audit", "check", str(file), "--station", str(certificate), "--language", "en"]) == 0
    assert told.readouterr().out.startswith("The export is whole: station STASIUN-01, lines 1-")
    assert main(["audit", "check", str(file)]) == 0
    assert "Bandingkan" in told.readouterr().out
    with records_desk(folder, at=datetime.now(UTC)) as desk:
        assert desk.lines("audit.exported")[-1].facts["sha256"] == digest
    data_bytes = bytearray(file.read_bytes())
    data_bytes[len(data_bytes) // 3] ^= 1
    file.write_bytes(data_bytes)
    assert main(["audit", "check", str(file), "--language", "en"]) == 1
    assert told.readouterr().err.startswith("The export is BROKEN at line ")


def test_of_days_only_their_lines_are_exported_and_of_none_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KTPEL_PASSWORD", PRACTICE_PASSWORD)
    words = ["audit", "export", "--officer", SUPERVISOR, "--data", str(folder)]
    file = tmp_path / "day.jsonl"
    assert main([*words, str(file), "--from", "2020-04-13", "--to", "2020-04-13"]) == 0
    assert b'"at":"2020-04-13T' in file.read_bytes()
    assert f'"at":"{NOON.year + 1}' not in file.read_text()
    assert main([*words, str(tmp_path / "none.jsonl"), "--to", "2019-01-01"]) == 1
    assert told.readouterr().err == "ktpel: tidak ada baris pada hari itu\n"
    assert not (tmp_path / "none.jsonl").exists()


def test_only_who_may_read_the_trail_exports_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: pytest.CaptureFixture[str]
) -> None:
    words = ["audit", "export", str(tmp_path / "no.jsonl"), "--data", str(folder), "--officer"]
    assert main([*words, OPERATOR]) == 2
    monkeypatch.setenv("KTPEL_PASSWORD", PRACTICE_PASSWORD)
    assert main([*words, OPERATOR]) == 1
    monkeypatch.setenv("KTPEL_PASSWORD", "salah")
    assert main([*words, SUPERVISOR]) == 1
    assert "Traceback" not in told.readouterr().err
    assert not (tmp_path / "no.jsonl").exists()
