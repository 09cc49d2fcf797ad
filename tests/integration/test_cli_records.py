"""Commands about single records: erased, acknowledged, reported; none of them ends in a traceback."""

from __future__ import annotations

import secrets
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest

from station.cli import main
from station.lab.operator import OPERATOR, SUPERVISOR
from station.packet.practice import practice_data_centre
from station.services.sign_on import PRACTICE_PASSWORD
from station.store import Work
from tests.support.desks import NOON, records_desk
from tests.support.histories import applicant, to_seal


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A station's data with two sealed visits and a practice centre, the station ended."""
    folder = tmp_path_factory.mktemp("station")
    with records_desk(folder) as desk:
        practice = desk.station.settings.folder
        centre = practice_data_centre(NOON)
        (practice / "centre").mkdir()
        (practice / "centre" / "centre.key.pem").write_bytes(centre.key_pem)
        (practice / "centre" / "centre.crt.pem").write_bytes(centre.certificate_pem)
        (practice / "packets").mkdir(exist_ok=True)
        for name in ("one.ktpel", "two.ktpel"):
            visit, data = desk.keep(to_seal()), secrets.token_bytes(99)
            (practice / "packets" / name).write_bytes(data)
            (practice / "packets" / f"{name}.sig").write_bytes(b"")
            digest = sha256(data).hexdigest()
            desk.within(partial(_packet, visit, name, digest))
    return folder


def _packet(visit: str, name: str, digest: str, work: Work) -> None:
    work.packets.add(visit, name, digest)


@pytest.fixture(autouse=True)
def _signed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("KTPEL_CONFIG", "KTPEL_LANGUAGE", "KTPEL_PASSPHRASE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("KTPEL_PASSWORD", "KTPEL_SECOND_PASSWORD"):
        monkeypatch.setenv(name, PRACTICE_PASSWORD)


def test_a_record_is_erased_once_the_centre_has_it_or_somebody_insists(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--data", str(folder)]
    erase = ["erase", "20200413-A-1", "--officer", SUPERVISOR, "--second", OPERATOR, "--reason", "ordered", *where]
    assert main([*erase[:-4], "--reason", "boredom", *where]) == 2
    assert main(erase) == 1
    assert "--unacknowledged" in capsys.readouterr().err
    assert main(["centre", "acknowledge", str(tmp_path / "ack"), *where]) == 0
    capsys.readouterr()
    assert main(["acknowledge", str(tmp_path / "ack"), "--officer", SUPERVISOR, *where]) == 0
    assert capsys.readouterr().out.startswith("2 paket ditandai, 0 sudah dikenal")
    assert main(erase) == 0
    assert len(list((folder / "practice" / "packets").glob("*.ktpel"))) == 1
    assert main(["erase", "20200413-A-9", *erase[2:]]) == 1
    told = capsys.readouterr()
    assert told.err == "ktpel: tidak ada kunjungan itu\n"


def test_a_folder_without_a_practice_centre_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with records_desk(tmp_path):
        pass
    assert main(["centre", "acknowledge", str(tmp_path / "ack"), "--data", str(tmp_path)]) == 2
    assert "tidak ada pusat data latihan" in capsys.readouterr().err


def test_a_citizens_report_asks_for_the_nik_where_nobody_reads_it(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["access-report", str(tmp_path / "laporan"), "--officer", SUPERVISOR, "--data", str(folder)]
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    assert main(words) == 2
    assert capsys.readouterr().err == "ktpel: NIK pemilik data belum diberikan (KTPEL_NIK)\n"
    monkeypatch.setenv("KTPEL_NIK", applicant().nik.digits)
    assert main(words) == 0
    assert (tmp_path / "laporan.pdf").read_bytes().startswith(b"%PDF")
    assert applicant().nik.digits not in capsys.readouterr().out


def test_an_incident_is_told_with_its_deadline(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ["--began", "2020-04-13T08:00", "--noticed", "2020-04-13T09:00", "--what", "Hilang", "--done", "Lapor"]
    words = ["incident", str(tmp_path / "i"), "--officer", SUPERVISOR, "--data", str(folder), *told, "--kind"]
    assert main([*words, "lost_device", "--all", "--language", "en"]) == 0
    assert capsys.readouterr().out.startswith("Tell persons and authority by 2020-04-16T09:00+07:00")
    assert main([*words, "earthquake", "--all"]) == 2
    assert main([*words, "lost_device"]) == 1
    assert "--all" in capsys.readouterr().err
    assert main([*words, "lost_device", "--all", "--began", "yesterday"]) == 2
    assert "Traceback" not in capsys.readouterr().err
