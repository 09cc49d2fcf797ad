"""One SQLCipher connection, made safe: what is in force on it, how it is tested, what its errors mean.

Measured: with a write-ahead log a flipped bit silently drops committed rows and every check then calls the rest clean;
hence a rollback journal that is truncated, synced at every commit, and a check of every page: of the first ones at the
start, of the rest while nobody asks for anything (`Store.broken_pages`). The connection belongs to the thread that
opened it; from any other it refuses to work.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, ExceptionContext, StaticPool, create_engine, event
from sqlcipher3 import dbapi2

from station.errors import StoreDamagedError, StoreError, WayOn, of_folder
from station.store.pages import PageCheck

KEY_BYTES: Final = 32
SALT_BYTES: Final = 16
LITTLE_SPACE: Final = 4 * 1024 * 1024
"""Free bytes under which a failed write is told as a full disk, whatever the system called it (quota, file too big)."""

START_PAGES: Final = 1024
"""Pages that are checked before the store is used, in some 10 ms; in a new store they are all there are."""

PRAGMAS: Final = (
    ("locking_mode", "EXCLUSIVE", "exclusive"),  # from the first transaction until it is closed: one program a store
    ("journal_mode", "TRUNCATE", "truncate"),
    ("synchronous", "EXTRA", 3),
    ("foreign_keys", "ON", 1),
    ("secure_delete", "ON", 1),
    ("temp_store", "MEMORY", 2),  # nothing is sorted in a file that is not encrypted
    ("trusted_schema", "OFF", 0),
)
"""Name, what is set, and what must then be read back."""

# SQLite's primary result codes: https://www.sqlite.org/rescode.html
_BUSY, _LOCKED, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 5, 6, 8, 10, 11, 13, 14, 26
_PERM, _AUTH = 3, 23
_BEGIN: Final = "BEGIN IMMEDIATE"
_MEANING: Final = {
    _BUSY: ("store.locked", WayOn.CLOSE_OTHER_INSTANCE),
    _LOCKED: ("store.locked", WayOn.CLOSE_OTHER_INSTANCE),
    _IOERR: ("store.unwritable", WayOn.CALL_TECHNICIAN),
    _FULL: ("store.disk_full", WayOn.FREE_SPACE),
    _READONLY: ("store.not_permitted", WayOn.CHECK_SETTINGS),
    _CANTOPEN: ("store.not_permitted", WayOn.CHECK_SETTINGS),
    _PERM: ("store.not_permitted", WayOn.CHECK_SETTINGS),
    _AUTH: ("store.not_permitted", WayOn.CHECK_SETTINGS),
}


def open_engine(path: Path, key: bytes, *, whole: bool = False) -> tuple[Engine, PageCheck]:
    """The engine over the one connection, checked and exclusively held, and what looks past it; closed in this order.

    Raises:
        StoreError: as `Store.open`.
    """
    if len(key) != KEY_BYTES:
        raise StoreError("store.wrong_key", WayOn.CHECK_SETTINGS, f"a key has {KEY_BYTES} bytes")
    _make_file(path)
    check = page_check(path, key)
    try:
        connection = _connect(path, key, check, whole=whole)
    except BaseException:
        check.close()
        raise
    engine = create_engine(
        "sqlite://",
        module=dbapi2,
        creator=lambda: connection,
        poolclass=StaticPool,
        hide_parameters=True,  # an error's words never hold what was to be written
    )
    event.listen(engine, "begin", lambda each: each.exec_driver_sql(_BEGIN))
    event.listen(engine, "before_cursor_execute", lambda _, __, statement, *___: _want_begun(connection, statement))
    event.listen(engine, "commit", lambda _: _want_begun(connection, "COMMIT"))
    event.listen(engine, "handle_error", lambda context: _tell(path, context))
    return engine, check


def rekey(path: Path, key: bytes, new_key: bytes) -> None:
    """Encrypt a store that nobody has open anew; a power cut leaves it under one of the two keys, whole.

    One transaction over every page, kept by the rollback journal: it needs as much free space as the store is large.

    Raises:
        StoreError: as `Store.open`, where it cannot be opened; `store.disk_full`, `store.unwritable`: it was opened,
            and keeps its old key.
    """
    check = page_check(path, key)
    try:
        connection = _connect(path, key, check, whole=True)
    except BaseException:
        check.close()
        raise
    try:
        connection.execute(f"PRAGMA rekey = \"x'{(new_key + _salt(new_key)).hex()}'\"")
    except dbapi2.Error as error:  # SQLCipher tells no cause
        if shutil.disk_usage(path.parent).free < path.stat().st_size + LITTLE_SPACE:
            raise StoreError(*_MEANING[_FULL], "rekey") from error
        raise StoreError("store.unwritable", WayOn.CALL_TECHNICIAN, "rekey") from error
    finally:
        connection.close()
        check.close()


def _want_begun(connection: Any, statement: str) -> None:  # noqa: ANN401 - sqlcipher3 has no types
    """Refuse to go on once SQLite rolled back by itself, as it may on a full disk: the rest would be half a step."""
    if statement != _BEGIN and not connection.in_transaction:
        raise StoreError("store.unwritable", WayOn.RETRY, "rolled back")


def _make_file(path: Path) -> None:
    """An empty file for the owner alone; SQLite would ask the umask."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise of_folder(error) from error


def _connect(path: Path, key: bytes, check: PageCheck, *, whole: bool) -> Any:  # noqa: ANN401 - sqlcipher3 has no types
    salt = _salt(key)
    # isolation_level None: transactions are begun here, not guessed from the statement. Nothing is read yet.
    connection = dbapi2.connect(path, timeout=0, isolation_level=None)
    try:
        keyed(connection, key)
        for name, wanted, expected in PRAGMAS:
            connection.execute(f"PRAGMA {name} = {wanted}")
            (found,) = connection.execute(f"PRAGMA {name}").fetchone()
            if found != expected:
                raise StoreError("store.unwritable", WayOn.CALL_TECHNICIAN, f"{name} is {found}")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
        (count,) = connection.execute("PRAGMA page_count").fetchone()
        _check_pages(check, count, whole=whole)
    except dbapi2.Error as error:
        connection.close()
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == _NOTADB and not _made_with(path, salt):
            raise StoreError("store.wrong_key", WayOn.CHECK_SETTINGS) from error
        raise told(path, error) or error from error
    except StoreError:
        connection.close()
        raise
    return connection


def keyed(connection: Any, key: bytes) -> None:  # noqa: ANN401 - sqlcipher3 has no types
    """Tell a connection its key, before anything else; nothing is read yet."""
    connection.execute("PRAGMA cipher_log_level = NONE")  # it writes to the standard error output
    connection.execute(f"PRAGMA key = \"x'{(key + _salt(key)).hex()}'\"")


def page_check(path: Path, key: bytes) -> PageCheck:
    """What looks at the pages of a store's file, to be closed. Raises StoreError `store.not_permitted`."""
    try:
        return PageCheck(path, key, _salt(key))
    except OSError as error:
        raise of_folder(error) from error


def _check_pages(check: PageCheck, count: int, *, whole: bool) -> None:
    try:
        if check.pages() != count:
            raise StoreDamagedError(f"{check.pages()} pages of {count}")
        broken = check.broken(1, count if whole else min(count, START_PAGES))
    except OSError as error:
        raise StoreError("store.unwritable", WayOn.CALL_TECHNICIAN, type(error).__name__) from error
    if broken:
        raise StoreDamagedError(f"{len(broken)} pages do not authenticate")


def _salt(key: bytes) -> bytes:
    """Begins the file: so it tells which key made it."""
    return hashlib.sha256(b"ktpel store salt" + key).digest()[:SALT_BYTES]


def _made_with(path: Path, salt: bytes) -> bool:
    """Whether the store was made with this key: the file begins with a salt that was derived from it."""
    with path.open("rb") as file:
        return file.read(SALT_BYTES) == salt


def told(path: Path, error: BaseException) -> StoreError | None:
    """What a database error means to a person, or None where it is our own bug."""
    code, name = getattr(error, "sqlite_errorcode", 0), getattr(error, "sqlite_errorname", "")
    if code & 0xFF in {_CORRUPT, _NOTADB}:
        return StoreDamagedError(name)
    meaning = _MEANING.get(code & 0xFF)
    if meaning is None:
        return None
    if code & 0xFF == _IOERR and shutil.disk_usage(path.parent).free < LITTLE_SPACE:
        meaning = _MEANING[_FULL]
    return StoreError(*meaning, name)


def _tell(path: Path, context: ExceptionContext) -> None:
    error = told(path, context.original_exception)
    if error is not None:
        raise error
