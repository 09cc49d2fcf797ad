"""The station's keys in use: which vault guards them, moving them, changing the store's key, the recovery file.

The store's key is changed in four steps, each durable before the next: the new key joins the old one in the vault; the
recovery file is made with both; the store is encrypted anew; the vault forgets the old key. A power cut between any
two, or in the middle of one, is finished by the next start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from station.domain.officer import KEEPS_STATION
from station.errors import StationError, StoreError, WayOn
from station.security.vault import VaultName
from station.services.counter import Counter
from station.services.sign_on import SignOn

if TYPE_CHECKING:
    from station.security.certificates import Validity
    from station.security.keys import KeyRing
    from station.security.vault import KeyVault
    from station.services.sealing import Sealer
    from station.store import Store

KEYS: Final = "keys"
DATABASE: Final = "station.db"
PACKETS: Final = "packets"


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """What the status screen tells.

    Attributes:
        vault: what guards the keys at rest.
        protected: whether somebody who carries the disk away has not the keys too.
        recovery: the newest recovery file; None where there is none.
        centre: how long the data centre's certificate holds; None where there is none that reads.
        centre_fault: code of what stands against sealing for it, "" where nothing does.
    """

    vault: VaultName
    protected: bool
    recovery: Path | None
    centre: Validity | None
    centre_fault: str


class StationKeys:
    """On the desk's thread, but `vault_name`."""

    def __init__(self, counter: Counter, sign_on: SignOn) -> None:
        self._counter = counter
        self._sign_on = sign_on
        self._keys: KeyRing | None = None
        self._vault: KeyVault | None = None
        self._sealer: Callable[[KeyRing], Sealer] | None = None

    @property
    def vault_name(self) -> str:
        """What guards the keys at rest, "" before the start. From any thread."""
        keys = self._keys
        return "" if keys is None else keys.protection

    def open(self, passphrase: str | None, sealer: Callable[[KeyRing], Sealer]) -> KeyRing:
        """Open the vault in force, and the store; finish a change of its key that was interrupted.

        Raises:
            StationError: `keys.*`, `store.*`.
        """
        from station.security.keys import KeyRing, is_empty, vault_in_force, vault_named  # noqa: PLC0415 - crypto late

        folder, wanted = self._folder / KEYS, self._counter.settings.keys.vault
        if self._counter.settings.practice:
            wanted = VaultName.FILE
        try:
            fresh = is_empty(folder)
            name = (wanted or VaultName.FILE) if fresh else vault_in_force(folder)
        except FileNotFoundError as error:
            raise StationError("keys.incomplete", WayOn.RESTORE_BACKUP, "vault") from error
        except OSError as error:
            raise StationError("keys.unreadable", WayOn.CHECK_SETTINGS, KEYS) from error
        if wanted is not None and name is not wanted:
            raise StationError("keys.other_vault", WayOn.CHECK_SETTINGS, name.value)
        check_whole(self._folder, fresh=fresh)
        self._vault = vault_named(name, passphrase)
        self._keys = KeyRing.open_or_create(folder, self._vault)
        store, self._keys = open_store(self._folder, self._keys, self._vault)
        self._counter.records.open(store)
        self._sealer = sealer
        if fresh:
            self._make_recovery()
        return self._keys

    def status(self) -> KeyStatus:
        """As it is now."""
        from station.security import certificates  # noqa: PLC0415 - crypto is loaded late

        keys, _ = self._opened()
        assert self._sealer is not None
        sealer, now, centre, fault = self._sealer(keys), self._counter.clock.now(), None, ""
        try:
            recipient = sealer.recipient()
            centre = certificates.validity(recipient, now)
            sealer.check_recipient(recipient, now)
        except StationError as error:
            fault = error.code
        return KeyStatus(keys.vault, keys.vault.protects, self._newest_recovery(), centre, fault)

    def move(self, name: VaultName, password: str, passphrase: str | None = None) -> None:
        """Put the keys into another vault, or under a new passphrase; the officer signed on answers with `password`.

        Raises:
            RuleError: `sign_on.*`, `keys.passphrase_weak`.
            StationError: `keys.*`; the old vault is in force still.
        """
        from station.security import keys as ring  # noqa: PLC0415 - crypto is loaded late

        by = self._answers(password)
        _, before = self._opened()
        wanted = self._counter.settings.keys.vault
        if self._counter.settings.practice or (wanted is not None and name is not wanted):
            raise StationError("keys.other_vault", WayOn.CHECK_SETTINGS, name.value)
        after = ring.vault_named(name, passphrase)
        with told_plainly():
            ring.move(self._folder / KEYS, before, after)
        self._vault = after
        self._keys = ring.KeyRing.open_or_create(self._folder / KEYS, after)
        self._audit("keys.moved", by, kind=name.value)

    def rotate(self, password: str) -> None:
        """Change the store's key; the officer signed on answers with `password`. Nothing else may use the store.

        Raises:
            RuleError: `sign_on.*`.
            StationError: `keys.no_office` in earnest without an office to restore it, `keys.*`, `store.*`; the store
                then keeps its old key, or the next start finishes.
        """
        by = self._answers(password)
        keys, vault = self._opened()
        if self._counter.settings.keys.office_certificate is None and not self._counter.settings.practice:
            raise StationError("keys.no_office", WayOn.CHECK_SETTINGS)
        with told_plainly():
            self._keys = keys.kept(self._folder / KEYS, vault, keys.secrets.changing())
        self._make_recovery()
        self._counter.records.close()
        store, self._keys = open_store(self._folder, self._keys, vault)
        self._counter.records.open(store)
        if self._keys.database_key == keys.database_key:
            raise StoreError("store.disk_full", WayOn.FREE_SPACE, "rekey")
        self._audit("keys.rotated", by)

    def make_recovery(self, password: str) -> Path:
        """A new recovery file; the officer signed on answers with `password`.

        Raises:
            RuleError: `sign_on.*`, `packet.bad_recipient`, `packet.recipient_expired`, `packet.recipient_not_yet`.
            StationError: `keys.no_office`, `keys.unwritable`, `packet.recipient_unreadable`.
        """
        by = self._answers(password)
        path = self._make_recovery()
        if path is None:
            raise StationError("keys.no_office", WayOn.CHECK_SETTINGS)
        self._audit("keys.recovery_made", by)
        return path

    def ring(self) -> KeyRing:
        """The keys in use. Raises StationError `store.closed`."""
        return self._opened()[0]

    def recovery(self, at: datetime) -> tuple[bytes, bytes]:
        """A recovery file made now, and the certificate (PEM) of the office that it is sealed for.

        Raises:
            RuleError: `packet.bad_recipient`, `packet.recipient_expired`, `packet.recipient_not_yet`.
            StationError: `keys.no_office`, `packet.recipient_unreadable`.
        """
        from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415 - crypto is loaded late

        from station.security import certificates, recovery  # noqa: PLC0415 - with it
        from station.services.sealing import read_certificate  # noqa: PLC0415 - with it

        settings = self._counter.settings
        if settings.keys.office_certificate is None:
            raise StationError("keys.no_office", WayOn.CHECK_SETTINGS)
        office = read_certificate(settings.keys.office_certificate)
        certificates.check_use(office)
        certificates.check_time(office, at)
        keys, _ = self._opened()
        data = recovery.make(keys, keys.secrets, office=office, station=settings.station.code, at=at)
        return data, office.public_bytes(Encoding.PEM)

    def _make_recovery(self) -> Path | None:
        """Sealed for the office; None where the settings name none."""
        from station.security import recovery  # noqa: PLC0415 - crypto is loaded late

        settings, now = self._counter.settings, self._counter.clock.now()
        if settings.keys.office_certificate is None:
            return None
        data, _ = self.recovery(now)
        with told_plainly():
            return recovery.write(self._folder / recovery.FOLDER, f"{settings.station.code}-{now:%Y%m%dT%H%M%SZ}", data)

    def _newest_recovery(self) -> Path | None:
        from station.security import recovery  # noqa: PLC0415 - crypto is loaded late

        found = sorted((self._folder / recovery.FOLDER).glob(f"*{recovery.SUFFIX}"))
        return found[-1] if found else None

    @property
    def _folder(self) -> Path:
        return self._counter.settings.folder

    def _opened(self) -> tuple[KeyRing, KeyVault]:
        if self._keys is None or self._vault is None:
            raise StationError("store.closed", WayOn.RETRY)
        return self._keys, self._vault

    def _answers(self, password: str) -> str:
        self._sign_on.allowed(*KEEPS_STATION)
        return self._sign_on.confirm(password).id

    def _audit(self, action: str, by: str, **facts: str) -> None:
        with self._counter.records.work() as work:
            work.audit.append(action, at=self._counter.clock.now(), by=by, facts=facts)
            work.commit()


def check_whole(folder: Path, *, fresh: bool) -> None:
    """Refuse to make new keys for a store that has its own, or a new store beside packets of another.

    Args:
        folder: of the station's data.
        fresh: whether it holds no keys.

    Raises:
        StationError: `keys.missing`, `store.missing`.
    """
    there = (folder / DATABASE).exists() and (folder / DATABASE).stat().st_size > 0
    if fresh and there:
        raise StationError("keys.missing", WayOn.RESTORE_BACKUP, KEYS)
    if not there and not fresh and (folder / PACKETS).is_dir() and any((folder / PACKETS).iterdir()):
        raise StoreError("store.missing", WayOn.RESTORE_BACKUP, DATABASE)


@contextmanager
def told_plainly() -> Iterator[None]:
    """What the disk refuses is told as `keys.unwritable`."""
    try:
        yield
    except OSError as error:
        raise StationError("keys.unwritable", WayOn.FREE_SPACE, type(error).__name__) from error


def open_store(folder: Path, keys: KeyRing, vault: KeyVault, *, whole: bool = False) -> tuple[Store, KeyRing]:
    """The store under its key; under one of two while its key is being changed, and then the change is finished.

    Raises:
        StationError: `store.*`, `keys.unwritable`.
    """
    from station.store import Store  # noqa: PLC0415 - the database is loaded on the desk's thread
    from station.store.connection import rekey  # noqa: PLC0415 - as above

    secrets, path = keys.secrets, folder / DATABASE
    if secrets.next_database_key is not None:
        try:
            rekey(path, secrets.database_key, secrets.next_database_key)
        except StoreError as error:
            if error.code in {"store.disk_full", "store.unwritable"}:  # rolled back: its old key is as good as before
                with told_plainly():
                    keys = keys.kept(folder / KEYS, vault, secrets.unchanged())
                return Store.open(path, keys.database_key, cipher=keys.cipher, whole=whole), keys
            if error.code != "store.wrong_key":  # with the new one it was encrypted already
                raise
        store = Store.open(path, secrets.next_database_key, cipher=keys.cipher, whole=whole)
        try:
            with told_plainly():
                return store, keys.kept(folder / KEYS, vault, secrets.changed())
        except BaseException:
            store.close()
            raise
    return Store.open(path, keys.database_key, cipher=keys.cipher, whole=whole), keys
