"""Changing the store's key: killed at any moment, the store opens whole with one of the two; and restored elsewhere."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from station.bootstrap import DATABASE, KEYS, Station, build
from station.config import KeysSection, Settings
from station.domain.officer import Role
from station.errors import RuleError, StationError
from station.security import recovery
from station.security.keys import KeyRing, create
from station.security.vault import VaultName
from station.security.vaults import FileVault
from station.services.keys import open_store
from station.services.sign_on import NewOfficer
from station.store import Purpose, Store
from tests.support.histories import to_review
from tests.support.offices import office_files
from tests.support.soak import SOAK
from tests.support.stores import record

T = TypeVar("T")

PATIENCE_S = 30.0
KILLS = 200 if SOAK else 12
CAPTURE = random.Random(1).randbytes(3_000_000)
DEWI = NewOfficer("dewi", "Dewi Lestari", Role.SUPERVISOR, "melati-5-pagar")
AGUS = NewOfficer("agus", "Agus Salim", Role.SUPERVISOR, "kenanga-7-atap")
PASSPHRASE = "rumpun bambu di tepi sungai"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A station's keys and a store of some three megabytes."""
    keys = KeyRing.open_or_create(tmp_path / "whole" / KEYS)
    store = Store.open(tmp_path / "whole" / DATABASE, keys.database_key, cipher=keys.cipher)
    with store.work() as work:
        record(work, to_review())
        work.blobs.put("visit-1", CAPTURE, Purpose.CAPTURE)
        work.commit()
    store.close()
    return tmp_path / "whole"


def change(folder: Path) -> None:
    """As `StationKeys.rotate` does it."""
    keys = KeyRing.open_or_create(folder / KEYS)
    keys = keys.kept(folder / KEYS, FileVault(), keys.secrets.changing())
    open_store(folder, keys, FileVault())[0].close()


def look(folder: Path) -> bytes:
    """What the next start finds: everything is there, and no change is left half done. The store's key."""
    store, keys = open_store(folder, KeyRing.open_or_create(folder / KEYS), FileVault())
    try:
        with store.work() as work:
            row = work.blobs._connection.exec_driver_sql("SELECT id FROM blobs").one()
            assert work.blobs.get(row[0]) == CAPTURE
            assert len(work.visits.entries("visit-1")) == len(to_review())
    finally:
        store.close()
    assert keys.secrets.next_database_key is None
    assert KeyRing.open_or_create(folder / KEYS).secrets == keys.secrets
    return keys.database_key


def killed_child(job: Callable[[], None], after_s: float) -> bool:
    """Run `job` in a child that is killed after that time; whether it was still at it."""
    process = os.fork()
    if process == 0:
        try:
            job()
        finally:
            os._exit(0)
    time.sleep(after_s)  # the moment is what is tried, nothing is waited for
    os.kill(process, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(process, 0)[1])


@pytest.mark.soak
@pytest.mark.timeout(3600 if SOAK else 120)
def test_a_kill_at_any_moment_leaves_a_whole_store_under_one_of_the_two_keys(folder: Path, tmp_path: Path) -> None:
    old, chance, cut = look(folder), random.Random(6), 0
    shutil.copytree(folder, tmp_path / "timed")
    began = time.monotonic()
    change(tmp_path / "timed")
    whole_s = time.monotonic() - began
    for number in range(KILLS):
        here = tmp_path / f"run-{number}"
        shutil.copytree(folder, here)
        cut += killed_child(lambda here=here: change(here), chance.uniform(0, whole_s))  # type: ignore[misc]  # bound each time
        look(here)
        change(here)
        assert look(here) != old
        shutil.rmtree(here)
    assert cut >= KILLS / 4, "too few kills fell inside the change"


def test_where_the_disk_is_too_full_the_store_keeps_its_old_key(folder: Path) -> None:
    old = look(folder)
    keys = KeyRing.open_or_create(folder / KEYS)
    keys = keys.kept(folder / KEYS, FileVault(), keys.secrets.changing())
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
        store, kept = open_store(folder, keys, FileVault())
        store.close()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert kept.database_key == look(folder) == old
    change(folder)
    assert look(folder) != old


class Office:
    """A running station in earnest with its office's certificate."""

    def __init__(self, station: Station) -> None:
        self.station = station

    def do(self, job: Callable[[], T]) -> T:
        return self.station.desk.submit(job).result(PATIENCE_S)


@contextmanager
def running(settings: Settings, passphrase: str | None = None) -> Iterator[Office]:
    station = build(settings)
    office = Office(station)
    try:
        report = station.start(passphrase).result(PATIENCE_S)
        if report.needs_first_officer:
            office.do(lambda: station.sign_on.add_first_officers(DEWI, AGUS))
        office.do(lambda: station.sign_on.sign_on(DEWI.id, DEWI.password))
        yield office
    finally:
        station.stop()


def actions(office: Office) -> list[str]:
    with office.station._records.work() as work:
        return [entry.action for entry in work.audit.entries()]


def test_a_station_that_burned_is_restored_by_its_office_after_a_rotation(tmp_path: Path) -> None:
    certificate, centre = office_files(tmp_path / "office")
    settings = Settings(data_dir=tmp_path / "data", keys=KeysSection(office_certificate=certificate))
    with running(settings) as office:
        keys = office.station.keys
        first = office.do(keys.status).recovery
        assert first is not None, "made with the station"
        with pytest.raises(RuleError, match=r"sign_on\.failed"):
            office.do(lambda: keys.rotate("not the password"))
        office.do(lambda: keys.rotate(DEWI.password))
        newest = office.do(lambda: keys.make_recovery(DEWI.password))
        assert office.do(lambda: actions(office))[-2:] == ["keys.rotated", "keys.recovery_made"]
        assert {each.id for each in office.do(office.station.sign_on.officers)} == {"dewi", "agus"}
    recovered = recovery.restore(newest, centre.key, centre.certificate)
    shutil.rmtree(tmp_path / "data" / KEYS)
    create(tmp_path / "data" / KEYS, FileVault(), recovered.secrets, recovered.certificate_pem)
    with running(settings) as office:
        assert office.do(lambda: actions(office)).count("keys.rotated") == 1


def test_the_file_made_in_the_midst_of_a_rotation_opens_the_store_too(tmp_path: Path) -> None:
    certificate, centre = office_files(tmp_path / "office")
    settings = Settings(data_dir=tmp_path / "data", keys=KeysSection(office_certificate=certificate))
    with running(settings) as office:
        office.do(lambda: office.station.keys.rotate(DEWI.password))
        path = office.do(office.station.keys.status).recovery
    assert path is not None
    recovered = recovery.restore(path, centre.key, centre.certificate)
    assert recovered.secrets.next_database_key is not None
    shutil.rmtree(tmp_path / "data" / KEYS)
    create(tmp_path / "data" / KEYS, FileVault(), recovered.secrets, recovered.certificate_pem)
    with running(settings) as office:
        assert {each.id for each in office.do(office.station.sign_on.officers)} == {"dewi", "agus"}


def test_keys_move_under_a_passphrase_and_the_next_start_asks_for_it(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with running(settings) as office:
        assert office.station.keys.vault_name == "file"
        assert not office.do(office.station.keys.status).protected
        with pytest.raises(StationError, match=r"keys\.no_office"):
            office.do(lambda: office.station.keys.rotate(DEWI.password))
        office.do(lambda: office.station.keys.move(VaultName.PASSPHRASE, DEWI.password, PASSPHRASE))
        status = office.do(office.station.keys.status)
        assert (status.vault, status.protected) == (VaultName.PASSPHRASE, True)
        assert status.centre_fault == "packet.no_recipient"
    for passphrase, code in ((None, "keys.passphrase_needed"), ("another " + PASSPHRASE, "keys.passphrase_wrong")):
        with pytest.raises(StationError) as refused, running(settings, passphrase):
            pass
        assert refused.value.code == code
    with running(settings, PASSPHRASE) as office:
        assert office.station.keys.vault_name == "passphrase"
    demanded = settings.model_copy(update={"keys": KeysSection(vault=VaultName.KEYRING)})
    with pytest.raises(StationError, match=r"keys\.other_vault"), running(demanded):
        pass
