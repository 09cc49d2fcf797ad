"""A backup to another disk while the station works: store, packets, and the keys' recovery file, in one signed file.

The store is copied on a thread of its own (`station.store.copying`), so the desk answers meanwhile; it is asked three
short questions: may this officer, what is the store now, and that a line goes on record. The papers need no place of
their own: receipts and slips lie in the store.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from station.domain.audit import moment
from station.domain.officer import Permission
from station.errors import RuleError, StationError, StoreError, WayOn, of_folder
from station.services.counter import Counter
from station.services.keys import DATABASE, PACKETS, StationKeys
from station.services.packet_round import SIDECAR
from station.services.sign_on import SignOn

if TYPE_CHECKING:
    from station.security.backup_file import Source
    from station.store import Store
    from station.store.copying import PageCopy

T = TypeVar("T")
Ask = Callable[[Callable[[], T]], T]
Tell = Callable[[float], None]

NOTE: Final = "backup.json"
"""In the data folder: when the last backup was made."""
COPY: Final = ".backup.db.part"
RECOVERY: Final = "keys.recovery.txt"
OFFICE: Final = "office.crt.pem"
PACKETS_IN: Final = f"{PACKETS}/"


@dataclass(frozen=True, slots=True)
class Backup:
    """One that was made, and read back: where, when, how many packets are in it, and which could not be."""

    path: Path
    at: datetime
    packets: int
    missing: tuple[str, ...]


class BackupDesk:
    """`make` and `stop` from any thread; the rest on the desk's."""

    def __init__(self, counter: Counter, sign_on: SignOn, keys: StationKeys) -> None:
        self._counter = counter
        self._sign_on = sign_on
        self._keys = keys
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ending = False

    def make(self, folder: Path, tell: Tell = lambda _: None) -> Future[Backup]:
        """Make one in `folder`; `tell` hears from 0 to 1 how far it is, on a thread of its own.

        The future fails with RuleError `sign_on.*`, or StationError `backup.busy`, `backup.disk_full`,
        `backup.not_written`, `backup.ended`, `backup.damaged`, `keys.no_office`, `store.*`; nothing
        is left behind then.
        """
        future: Future[Backup] = Future()
        future.set_running_or_notify_cancel()

        def work() -> None:
            try:
                future.set_result(self._make(folder, tell))
            except BaseException as error:  # noqa: BLE001 - whoever waits gets it, whatever it is
                future.set_exception(error)

        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                future.set_exception(StationError("backup.busy", WayOn.RETRY))
                return future
            self._ending = False
            self._thread = threading.Thread(target=work, name="backup")
            self._thread.start()
        return future

    def stop(self) -> None:
        """End one that is under way, and wait for its thread. Idempotent; not from the desk."""
        self._ending = True
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()

    def last_at(self) -> datetime | None:
        """When the last one was made; None where there is none."""
        from station.security.durable import read_document  # noqa: PLC0415 - crypto is loaded late

        with contextlib.suppress(OSError, StationError, ValueError):
            return datetime.fromisoformat(str(read_document(self._counter.settings.folder / NOTE)["at"]))
        return None

    def _make(self, folder: Path, tell: Tell) -> Backup:
        def told(share: float) -> None:
            if self._ending:
                raise StationError("backup.ended", WayOn.RETRY)
            tell(share)

        by = self._ask(self._allowed)
        return make(self._counter, self._keys, self._ask, folder, by=by, tell=told)

    def _allowed(self) -> str:
        officer = self._sign_on.officer()
        if not (officer.may(Permission.MANAGE_DEVICES) or officer.may(Permission.MANAGE_OFFICERS)):
            raise RuleError("sign_on.not_allowed", Permission.MANAGE_DEVICES.value, WayOn.SIGN_ON)
        return officer.id

    def _ask(self, job: Callable[[], T]) -> T:
        return self._counter.desk.submit(job).result()


def make(counter: Counter, keys: StationKeys, ask: Ask[Any], folder: Path, *, by: str, tell: Tell) -> Backup:
    """Make a backup in `folder`, read it back, put it on record.

    Args:
        counter: of a station that is open.
        keys: its own.
        ask: runs a job on the desk and waits for it.
        folder: on another disk.
        by: an officer's id, "" = nobody in particular.
        tell: as `BackupDesk.make`; may raise to end it.

    Raises:
        StationError: as `BackupDesk.make`.
    """
    from station.security import backup_file  # noqa: PLC0415 - crypto is loaded late

    own = counter.settings.folder
    store, parts = ask(lambda: _begin(counter, keys))
    at: datetime = parts.at
    path = folder / f"{counter.settings.station.code}-{at:%Y%m%dT%H%M%SZ}{backup_file.SUFFIX}"
    beside = path.with_name(f".{path.name}.part")
    try:
        with _copied(store, own / COPY, lambda share: tell(share * 0.4)) as copy:
            told, packets = ask(lambda: _finish(counter, store, copy))
            copy.sync()
            tell(0.4)
            missing = tuple(name for name in packets if not (own / PACKETS / name).is_file())
            members = list(_members(own, parts, [name for name in packets if name not in missing]))
            size = sum(len(source) if isinstance(source, bytes) else source.stat().st_size for _, source in members)
            counted = _Counted(size, tell)
            manifest = {**told, "station": counter.settings.station.code, "made_at": moment(at), "missing": missing}
            with _on_other_disk(beside):
                backup_file.write(beside, manifest, members, parts.sign, counted.another)
                beside.replace(path)
                _sync_folder(folder)
        with _on_other_disk(path):
            backup_file.read(path, counted.another)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
    ask(lambda: _note(counter, at, by, packets=len(packets) - len(missing), missing=len(missing)))
    tell(1.0)
    return Backup(path, at, len(packets) - len(missing), missing)


@dataclass(frozen=True, slots=True)
class _Parts:
    at: datetime
    recovery: bytes
    office: bytes
    certificate: bytes
    sign: Callable[[bytes], bytes]


class _Counted:
    """Tells how far it is: 0.4 to 0.8 while it is written, to 1 while it is read back."""

    def __init__(self, size: int, tell: Tell) -> None:
        self._pieces = max(1, size // (1024 * 1024))
        self._tell = tell
        self._done = 0

    def another(self) -> None:
        self._done += 1
        self._tell(min(0.99, 0.4 + 0.4 * self._done / self._pieces))


def _begin(counter: Counter, keys: StationKeys) -> tuple[Store, _Parts]:
    at = counter.clock.now()
    recovery, office = keys.recovery(at)
    ring = keys.ring()
    return counter.records.opened(), _Parts(at, recovery, office, ring.certificate_pem, ring.sign)


@contextlib.contextmanager
def _copied(store: Store, target: Path, tell: Tell) -> Iterator[PageCopy]:
    """A first copy, gone in the end."""
    try:
        copy = store.copy_to(target)
        try:
            _copy_first(copy, tell)
            yield copy
        finally:
            copy.close()
    except OSError as error:
        raise of_folder(error) from error
    finally:
        with contextlib.suppress(OSError):
            target.unlink(missing_ok=True)


def _copy_first(copy: PageCopy, tell: Tell) -> None:
    try:
        copy.first(tell)
    except ValueError as error:  # the store was closed meanwhile
        raise StationError("backup.ended", WayOn.RETRY) from error


def _finish(counter: Counter, store: Store, copy: PageCopy) -> tuple[dict[str, Any], list[str]]:
    """On the desk: the copy is the store now, and these packets go with it."""
    if counter.records.opened() is not store:
        raise StationError("backup.ended", WayOn.RETRY)
    with store.work() as work:
        seq, head = work.audit.head()
        packets = [row.file for row in work.packets.all()]
    copy.finish()
    return {"audit": {"seq": seq, "hash": head.hex()}, "packets": len(packets)}, packets


def _members(own: Path, parts: _Parts, packets: list[str]) -> Iterator[tuple[str, Source]]:
    from station.security.backup_file import CERTIFICATE  # noqa: PLC0415 - crypto is loaded late

    yield CERTIFICATE, parts.certificate
    yield OFFICE, parts.office
    yield RECOVERY, parts.recovery
    yield DATABASE, own / COPY
    for name in packets:
        yield PACKETS_IN + name, own / PACKETS / name
        if (own / PACKETS / (name + SIDECAR)).is_file():
            yield PACKETS_IN + name + SIDECAR, own / PACKETS / (name + SIDECAR)


@contextlib.contextmanager
def _on_other_disk(path: Path) -> Iterator[None]:
    """What that disk refuses, or that it was pulled out, is told as the backup's matter, not as the store's."""
    try:
        yield
    except OSError as error:
        full = isinstance(of_folder(error), StoreError) and of_folder(error).code == "store.disk_full"
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        if full:
            raise StationError("backup.disk_full", WayOn.FREE_SPACE) from error
        raise StationError("backup.not_written", WayOn.RETRY, type(error).__name__) from error


def _sync_folder(folder: Path) -> None:
    from station.security.durable import sync_folder  # noqa: PLC0415 - crypto is loaded late

    sync_folder(folder)


def _note(counter: Counter, at: datetime, by: str, *, packets: int, missing: int) -> None:
    from station.security.durable import write_document  # noqa: PLC0415 - crypto is loaded late

    with counter.records.work() as work:
        work.audit.append("backup.made", at=counter.clock.now(), by=by, facts={"count": packets, "number": missing})
        work.commit()
    with contextlib.suppress(OSError):  # the backup is there all the same
        write_document(counter.settings.folder / NOTE, {"at": moment(at)})
