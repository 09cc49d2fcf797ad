"""The store and its unit of work: everything that a step produced is committed at once, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, RootTransaction

from station.errors import StoreError, WayOn
from station.store.approval_keys import ApprovalKeys
from station.store.audit import Audit
from station.store.blobs import Blobs
from station.store.cipher import RecordCipher
from station.store.connection import open_engine
from station.store.copying import PageCopy
from station.store.factors import OfficerCards, SecondFactors
from station.store.known import Known
from station.store.officers import Officers
from station.store.packets import Packets
from station.store.pages import PageCheck
from station.store.schema import upgrade
from station.store.screening import Answers, Decisions, Hygiene
from station.store.sealing import RecordSeal
from station.store.search import Search
from station.store.visits import Visits


class Work:
    """One unit of work. It is rolled back at its end unless `commit` was called."""

    def __init__(
        self, connection: Connection, transaction: RootTransaction, cipher: RecordCipher, known: Known
    ) -> None:
        seal = RecordSeal(connection, cipher, known)
        self.search = Search(connection, cipher)
        self.visits = Visits(connection, seal, known, self.search)
        self.blobs = Blobs(connection, seal)
        self.answers = Answers(connection)
        self.hygiene = Hygiene(connection)
        self.officers = Officers(connection)
        self.factors = SecondFactors(connection, cipher)
        self.cards = OfficerCards(connection)
        self.approval_keys = ApprovalKeys(connection, cipher)
        self.decisions = Decisions(connection)
        self.audit = Audit(connection, known)
        self.packets = Packets(connection)
        self._transaction = transaction
        self.committed = False

    def commit(self) -> None:
        """Make everything durable: it is on the disk when this returns. Ends the unit of work.

        Raises:
            StoreError: it could not be written; nothing of it was.
        """
        self._transaction.commit()
        self.committed = True


class Store:
    """One station's store. It belongs to the thread that opened it; no other may use or close it."""

    def __init__(self, engine: Engine, connection: Connection, cipher: RecordCipher, pages: PageCheck) -> None:
        self._engine = engine
        self._connection = connection
        self._cipher = cipher
        self._pages = pages
        self._known = Known()
        self._changes = 0

    @classmethod
    def open(cls, path: Path, key: bytes, *, cipher: RecordCipher, whole: bool = False) -> Store:
        """Open or make the store, check its first pages, bring its tables to the newest version.

        Args:
            path: the database's file; its folder is made.
            key: 32 bytes, raw.
            cipher: seals under keys of single records.
            whole: check every page at once, which takes a second for each 200 MB.

        Raises:
            StoreError: `store.wrong_key`, `store.damaged`, `store.disk_full`, `store.locked`, `store.newer`,
                `store.not_permitted`, `store.unwritable`.
        """
        engine, pages = open_engine(path, key, whole=whole)
        try:
            connection = engine.connect()
            upgrade(connection)
        except BaseException:
            engine.dispose()
            pages.close()
            raise
        return cls(engine, connection, cipher, pages)

    def broken_pages(self, after: int, count: int) -> tuple[int, ...] | None:
        """Which of the `count` pages after page `after` are not what was written; None behind the last one.

        Not within a unit of work. `START_PAGES` were checked when the store was opened.

        Raises:
            StoreError: `store.unwritable`, the file cannot be read.
        """
        try:
            return self._pages.broken(after + 1, count) if after < self._pages.pages() else None
        except OSError as error:
            raise StoreError("store.unwritable", WayOn.CALL_TECHNICIAN, type(error).__name__) from error

    def faults(self) -> tuple[str, ...]:
        """What SQLite finds wrong in tables and indexes, whole pages aside; grows with the store."""
        with self._connection.begin():
            rows = self._connection.exec_driver_sql("PRAGMA integrity_check").fetchall()
        return tuple(str(row[0]) for row in rows if row[0] != "ok")

    def copy_to(self, target: Path) -> PageCopy:
        """A copy under the same cipher, to be made while the store is at work. Raises OSError."""
        return PageCopy(self._pages, target)

    def close(self) -> None:
        """Let go of the file. Idempotent."""
        self._connection.close()
        self._engine.dispose()
        self._pages.close()

    @contextmanager
    def work(self) -> Iterator[Work]:
        """One unit of work; a second one inside it is refused, since it would commit the first one's half.

        Raises:
            StoreError: the disk does not let it read or write.
        """
        transaction = self._connection.begin()
        driver = self._connection.connection.driver_connection
        assert driver is not None
        if driver.total_changes != self._changes:  # written past the units of work, by a migration
            self._known = Known()
        changes = driver.total_changes
        work = Work(self._connection, transaction, self._cipher, self._known)
        try:
            yield work
        finally:
            if work.committed or driver.total_changes == changes:
                self._known.narrow()
            else:  # what it knows may stand nowhere
                self._known = Known()
            self._changes = driver.total_changes
            transaction.close()
            if driver.in_transaction:  # a commit that failed left it open
                driver.rollback()
