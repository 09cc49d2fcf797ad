"""A backup made while the counter works, and a station brought back from it, checked whole before it is in place."""

from __future__ import annotations

import re
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from station.bootstrap import DATABASE, Station
from station.cli import main
from station.errors import StationError
from station.packet.practice import PracticeDataCentre, practice_data_centre
from station.security import backup_file
from station.security.vaults import FileVault
from station.services.backup import COPY, Backup
from station.services.restore import SKIPPED, Restored, restore
from station.services.sign_on import PRACTICE_PASSWORD
from station.store.pages import PAGE
from tests.support.recorded import Data, trail

PATIENCE_S = 60.0


def key_of(office: PracticeDataCentre) -> rsa.RSAPrivateKey:
    key = load_pem_private_key(office.key_pem, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def backed_up(data: Data, stick: Path) -> Backup:
    stick.mkdir(exist_ok=True)
    with data.opened() as (station, _):
        return supervisor_makes(station, stick)


def supervisor_makes(station: Station, stick: Path) -> Backup:
    station.desk.submit(lambda: station.sign_on.sign_on("penyelia", PRACTICE_PASSWORD)).result(PATIENCE_S)
    return station.backup.make(stick).result(PATIENCE_S)


def brought_back(made: Backup, office: PracticeDataCentre, folder: Path) -> Restored:
    return restore(made.path, key_of(office), folder, FileVault(), datetime.now(UTC))


def refused(code: str, made: Backup, office: PracticeDataCentre, folder: Path) -> StationError:
    before = sorted(folder.parent.iterdir())
    with pytest.raises(StationError) as caught:
        brought_back(made, office, folder)
    assert caught.value.code == code
    assert sorted(folder.parent.iterdir()) == before
    return caught.value


def test_a_station_comes_back_as_it_was_and_says_from_when(
    data: Data, office: PracticeDataCentre, tmp_path: Path
) -> None:
    made = backed_up(data, tmp_path / "stick")
    assert (made.packets, made.missing) == (1, ())
    assert sorted(each.name for each in (tmp_path / "stick").iterdir()) == [made.path.name]
    assert not (data.folder / COPY).exists()
    other = Data(tmp_path / "other", data.office)
    done = brought_back(made, office, other.folder)
    assert (done.made_at, done.packets) == (made.at, 1)
    assert other.packet.read_bytes() == data.packet.read_bytes()
    with other.opened() as (station, report):
        assert report.restored_from == made.at
        assert report.wrong_packets == ()
        (line,) = trail(station, "backup.restored")
        assert line.facts["number"] == pytest.approx(0, abs=120)
        station.desk.submit(lambda: station.sign_on.sign_on("petugas", PRACTICE_PASSWORD)).result(9)
        (visit,) = station.desk.submit(station.visits.listing).result(9)
        assert visit.state.value == "sealed"
        opened = station.desk.submit(station.visits.open).result(9)
        assert int(opened.number.removeprefix("A-")) > SKIPPED, "numbers given out after the backup are not used twice"
    with other.opened() as (_, report):
        assert report.restored_from is None


def test_the_desk_commits_steps_while_a_backup_is_made_and_they_are_in_it_or_not_but_whole(
    data: Data, office: PracticeDataCentre, tmp_path: Path
) -> None:
    (tmp_path / "stick").mkdir()
    with data.opened() as (station, _):
        station.desk.submit(lambda: station.sign_on.sign_on("penyelia", PRACTICE_PASSWORD)).result(PATIENCE_S)
        at_copy, committed = threading.Event(), threading.Event()

        def tell(share: float) -> None:
            if 0 < share < 0.4:
                at_copy.set()
                assert committed.wait(PATIENCE_S)

        making = station.backup.make(tmp_path / "stick", tell)
        assert at_copy.wait(PATIENCE_S)
        numbers = {station.desk.submit(station.visits.open).result(PATIENCE_S).number for _ in range(3)}
        assert not making.done()
        committed.set()
        made = making.result(PATIENCE_S)
    other = Data(tmp_path / "other", data.office)
    brought_back(made, office, other.folder)
    with other.opened() as (station, _):
        station.desk.submit(lambda: station.sign_on.sign_on("petugas", PRACTICE_PASSWORD)).result(9)
        assert numbers <= {each.number for each in station.desk.submit(station.visits.listing).result(9)}


def test_it_is_not_put_over_a_station_nor_opened_by_another_office(
    data: Data, office: PracticeDataCentre, tmp_path: Path
) -> None:
    made = backed_up(data, tmp_path / "stick")
    refused("restore.not_empty", made, office, data.folder)
    stranger = practice_data_centre(datetime.now(UTC))
    refused("keys.recovery_other_office", made, stranger, tmp_path / "other")
    made.path.write_bytes(b"something else")
    assert refused("backup.damaged", made, office, tmp_path / "other").detail == "the archive itself"
    made.path.unlink()
    refused("backup.unreadable", made, office, tmp_path / "other")


def test_nobody_makes_one_who_may_not_and_none_without_an_office(data: Data, tmp_path: Path) -> None:
    with data.opened() as (station, _):
        station.desk.submit(lambda: station.sign_on.sign_on("petugas", PRACTICE_PASSWORD)).result(9)
        with pytest.raises(StationError, match=r"sign_on\.not_allowed"):
            station.backup.make(tmp_path).result(9)
    with Data(data.base).opened() as (station, _), pytest.raises(StationError, match=r"keys\.no_office"):
        supervisor_makes(station, tmp_path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9], ids=["copying", "writing", "reading back"])
def test_a_stick_that_is_pulled_out_midway_is_told_and_nothing_is_broken(
    data: Data, tmp_path: Path, share: float
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    with data.opened() as (station, _):
        station.desk.submit(lambda: station.sign_on.sign_on("penyelia", PRACTICE_PASSWORD)).result(PATIENCE_S)

        def pull(now: float) -> None:
            if now >= share and stick.exists():
                shutil.rmtree(stick)

        with pytest.raises(StationError, match=r"backup\.(not_written|unreadable)"):
            station.backup.make(stick, pull).result(PATIENCE_S)
        assert not (data.folder / COPY).exists()
        stick.mkdir(exist_ok=True)
        assert station.backup.make(stick).result(PATIENCE_S).packets == 1
        assert station.desk.submit(station.backup.last_at).result(9) is not None


def test_a_backup_of_a_damaged_store_is_refused(data: Data, tmp_path: Path) -> None:
    with data.opened() as (station, _):
        station.desk.submit(lambda: station.sign_on.sign_on("penyelia", PRACTICE_PASSWORD)).result(PATIENCE_S)
        with (data.folder / DATABASE).open("r+b") as file:
            file.seek(20 * PAGE + 100)
            (byte,) = file.read(1)
            file.seek(20 * PAGE + 100)
            file.write(bytes([byte ^ 1]))
        with pytest.raises(StationError, match=r"store\.damaged: page 21"):
            station.backup.make(tmp_path).result(PATIENCE_S)
    assert not list(tmp_path.glob("*.ktpel-backup"))


def test_a_station_that_ends_ends_its_backup(data: Data, tmp_path: Path) -> None:
    begun, ended = threading.Event(), threading.Event()

    def tell(_: float) -> None:
        begun.set()
        assert ended.wait(PATIENCE_S)

    with data.opened() as (station, _):
        station.desk.submit(lambda: station.sign_on.sign_on("penyelia", PRACTICE_PASSWORD)).result(PATIENCE_S)
        making = station.backup.make(tmp_path, tell)
        assert begun.wait(PATIENCE_S)
        station.backup._ending = True
        ended.set()
    with pytest.raises(StationError, match=r"backup\.ended"):
        making.result(0)
    assert not list(tmp_path.glob("*backup*"))


def test_by_the_command_line(
    data: Data,
    office: PracticeDataCentre,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config, key, stick = tmp_path / "settings.toml", tmp_path / "office.key.pem", tmp_path / "stick"
    config.write_text(f'data_dir = "{data.base}"\n[keys]\noffice_certificate = "{data.office}"\n', "utf-8")
    key.write_bytes(office.key_pem)
    stick.mkdir()
    monkeypatch.setenv("KTPEL_PASSWORD", PRACTICE_PASSWORD)
    assert main(["backup", str(stick), "--officer", "penyelia", "--config", str(config)]) == 0
    (made,) = stick.iterdir()
    assert "1 paket, 0 hilang" in capsys.readouterr().out
    back = ["restore", str(made), "--recovery-key", str(key), "--config", str(config), "--data"]
    assert main([*back, str(tmp_path / "other" / "practice")]) == 0
    assert "1 paket; semuanya diperiksa" in capsys.readouterr().out
    assert main([*back, str(tmp_path / "other" / "practice")]) == 1
    assert capsys.readouterr().err == "ktpel: folder data tidak kosong\n"
    assert main(["audit", "verify", "--data", str(tmp_path / "other")]) == 0
    assert backup_file.read(made).told["packets"] == 1


def test_all_of_it_is_checked_by_one_command(
    data: Data, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KTPEL_LANGUAGE", "en")
    check = ["check", "--data", str(data.base)]
    assert main(check) == 0
    assert re.fullmatch(r"All is whole: 1 visits, 1 packets, \d+ lines of the audit trail.\n", capsys.readouterr().out)
    packet, good = data.packet, data.packet.read_bytes()
    packet.write_bytes(good[:-1])
    (packet.parent / "stray").write_bytes(b"")
    assert main(check) == 1
    told = [f"{packet.name}: the packet's bytes were changed", "stray: belongs to no visit"]
    assert capsys.readouterr().err.splitlines() == told
    with (data.folder / DATABASE).open("r+b") as file:
        file.seek(20 * PAGE)
        file.write(bytes(16))
    assert main(check) == 1
    assert capsys.readouterr().err.startswith("ktpel: the database is damaged (1 pages")


def test_a_packet_that_is_gone_is_taken_from_a_backup_that_has_it(data: Data, tmp_path: Path) -> None:
    made, packet = backed_up(data, tmp_path / "stick"), data.packet
    sealed = packet.read_bytes()
    packet.write_bytes(b"something else")
    packet.with_name(packet.name + ".sig").unlink()
    with data.opened() as (station, report):
        assert [each.fault for each in report.wrong_packets] == ["packet.sidecar_missing"]
        mend = station.packet_round.mend
        assert station.desk.submit(lambda: mend(made.path)).result(30) == 1
        assert packet.read_bytes() == sealed
        assert station.packet_round.findings == ()
        assert station.desk.submit(lambda: mend(made.path)).result(30) == 0
