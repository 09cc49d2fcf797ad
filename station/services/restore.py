"""A station from its backup: checked whole beside its place, and put there only then.

The office's key opens the recovery file in it, and so the keys, the store and the packets. Nothing is ever restored
over a station that is there; the next start says from when it is.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from station.domain.audit import moment
from station.errors import StationError, StoreError, WayOn, of_folder
from station.security.vault import VaultName
from station.services.backup import OFFICE, PACKETS_IN, RECOVERY
from station.services.keys import DATABASE, KEYS, PACKETS, open_store
from station.services.packet_round import SIDECAR

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import rsa

    from station.security.backup_file import BackupFile
    from station.security.keys import KeyRing
    from station.security.vault import KeyVault
    from station.store import Work

NOTE: Final = "restored.json"
"""In the data folder until the next start: when the backup was made, and when it was put in place."""
SKIPPED: Final = 500
"""Numbers of the day on which the backup was made that are not given out any more."""
LEAST_NAMES: Final = frozenset({DATABASE, RECOVERY, OFFICE})


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put in place: when the backup was made, and how many packets came with it."""

    made_at: datetime
    packets: int


def restore(file: Path, office_key: rsa.RSAPrivateKey, folder: Path, vault: KeyVault, now: datetime) -> Restored:
    """Put a station in place whose data folder is not there, or empty.

    Args:
        file: the backup.
        office_key: private key of the office that its keys were sealed for.
        folder: the data folder, as the settings name it (of practice its own).
        vault: where the keys shall rest from now on.
        now: for the note of it.

    Raises:
        StationError: `restore.not_empty`, `backup.unreadable`, `backup.damaged`, `keys.recovery_other_office`,
            `keys.recovery_damaged`, `store.*`; nothing is in place then.
    """
    from station.security import backup_file  # noqa: PLC0415 - crypto is loaded late

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StationError("restore.not_empty", WayOn.CHECK_SETTINGS)
    backup = backup_file.read(file)
    beside = folder.with_name(f".{folder.name}.restoring")
    try:
        with _on_disk():
            shutil.rmtree(beside, ignore_errors=True)
            folder.parent.mkdir(parents=True, exist_ok=True)
            beside.mkdir(mode=0o700)
            restored = _fill(beside, backup, office_key, vault, now)
            if folder.exists():
                folder.rmdir()
            beside.rename(folder)
            _sync(folder.parent)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return restored


def restore_over(file: Path, office_key: Path, folder: Path, vault: VaultName | None, now: datetime) -> Restored:
    """As `restore`; what lies in the data folder is moved beside it first, and back where nothing comes of it.

    Args:
        file: the backup.
        office_key: PEM of the office's private key, without a password.
        folder: the data folder.
        vault: where the keys shall rest, None = in files.
        now: for the names.

    Raises:
        StationError: as `restore`, and `restore.bad_key`, `keys.passphrase_needed`.
    """
    from station.security.keys import vault_named  # noqa: PLC0415 - crypto is loaded late

    key, place = _office_key(office_key), vault_named(vault or VaultName.FILE)
    aside = folder.with_name(f"{folder.name}.before-{now:%Y%m%dT%H%M%SZ}")
    with _on_disk():
        if folder.exists():
            folder.rename(aside)
    try:
        return restore(file, key, folder, place, now)
    except BaseException:
        if aside.exists() and not folder.exists():
            aside.rename(folder)
        raise


def _office_key(path: Path) -> rsa.RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - crypto is loaded late
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 - with it

    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, OSError) as error:
        raise StationError("restore.bad_key", WayOn.CORRECT_INPUT) from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise StationError("restore.bad_key", WayOn.CORRECT_INPUT)
    return key


def take_note(folder: Path) -> datetime | None:
    """When the backup was made that was put in place since the last start; None where none was."""
    from station.security.durable import read_document  # noqa: PLC0415 - crypto is loaded late

    with contextlib.suppress(OSError, StationError, ValueError):
        return datetime.fromisoformat(str(read_document(folder / NOTE)["made_at"]))
    return None


def _fill(folder: Path, backup: BackupFile, office_key: rsa.RSAPrivateKey, vault: KeyVault, now: datetime) -> Restored:
    from station.security import backup_file, keys, recovery  # noqa: PLC0415 - crypto is loaded late
    from station.security.durable import write_document  # noqa: PLC0415 - with it

    if not backup.members.keys() >= LEAST_NAMES:
        raise backup_file.damaged(backup_file.MANIFEST)
    for name in backup.members:
        target = folder / (PACKETS if name.startswith(PACKETS_IN) else "") / Path(name).name
        target.parent.mkdir(exist_ok=True)
        backup_file.extract(backup, name, target)
    recovered = recovery.restore(folder / RECOVERY, office_key, _certificate(folder / OFFICE))
    for name in (RECOVERY, OFFICE, backup_file.CERTIFICATE):
        (folder / name).unlink()
    keys.create(folder / KEYS, vault, recovered.secrets, recovered.certificate_pem)
    ring = keys.KeyRing.open_or_create(folder / KEYS, vault)
    packets = _check(folder, backup, ring, vault)
    made_at = str(backup.told["made_at"])
    write_document(folder / NOTE, {"made_at": made_at, "restored_at": moment(now)})
    for each in (folder / PACKETS, folder):
        if each.is_dir():
            _sync(each)
    return Restored(datetime.fromisoformat(made_at), packets)


def _check(folder: Path, backup: BackupFile, ring: KeyRing, vault: KeyVault) -> int:
    """Every page, every index, every link of the trail, every packet; how many of these there are."""
    from station.security.audit_chain import verify  # noqa: PLC0415 - crypto is loaded late
    from station.security.backup_file import damaged  # noqa: PLC0415 - with it

    store, ring = open_store(folder, ring, vault, whole=True)
    try:
        if store.faults():
            raise StoreError("store.damaged", WayOn.RESTORE_BACKUP, "integrity")
        with store.work() as work:
            if not verify(work.audit.entries(), work.audit.heads(), ring.certificate_pem).whole:
                raise damaged("the audit trail")
            seq, head = work.audit.head()
            if backup.told["audit"] != {"seq": seq, "hash": head.hex()}:
                raise damaged("another state of the store")
            work.visits.summaries()  # the records' key opens them
            return _check_packets(folder, backup, ring, work)
    finally:
        store.close()


def _check_packets(folder: Path, backup: BackupFile, ring: KeyRing, work: Work) -> int:
    from station.packet.checking import verify  # noqa: PLC0415 - crypto is loaded late
    from station.packet.errors import PacketError  # noqa: PLC0415 - with it
    from station.security.backup_file import damaged  # noqa: PLC0415 - with it

    known = {row.file: row for row in work.packets.all()}
    came = {Path(name).name for name in backup.members if name.startswith(PACKETS_IN)}
    packets = {name for name in came if not name.endswith(SIDECAR)}
    if packets | set(backup.told["missing"]) != known.keys():
        raise damaged("its list of packets")
    for name in packets:
        with contextlib.suppress(PacketError):  # it was wrong when the backup was made: the first start tells
            if verify(folder / PACKETS / name, ring.certificate).sha256 != known[name].sha256:
                raise damaged(name)
    return len(packets)


def _certificate(path: Path) -> x509.Certificate:
    from station.services.sealing import read_certificate  # noqa: PLC0415 - crypto is loaded late

    return read_certificate(path)


def _sync(folder: Path) -> None:
    from station.security.durable import sync_folder  # noqa: PLC0415 - crypto is loaded late

    sync_folder(folder)


@contextlib.contextmanager
def _on_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise of_folder(error) from error
