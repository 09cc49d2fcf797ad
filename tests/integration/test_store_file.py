"""The store's file: what opens it, what it shows to others, what damage and what shortage are told as."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from station.errors import StoreError, WayOn
from station.store import Purpose, Store
from station.store.connection import PRAGMAS
from station.store.schema import HEAD
from station.store.tables import metadata
from tests.support.histories import NAME, applicant, opened, to_review
from tests.support.stores import CIPHER, KEY, PAGE, decrypted, kept, opened_store, record

MIGRATIONS = Path(__file__).parents[2] / "station" / "store" / "migrations"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with one recording in it, closed."""
    path = tmp_path / "store.db"
    with kept(path) as work:
        record(work, to_review())
        work.blobs.put("visit-1", random.Random(1).randbytes(30_000), Purpose.CAPTURE)
    return path


def refused(code: str, way_on: WayOn, path: Path, key: bytes = KEY) -> StoreError:
    with pytest.raises(StoreError) as caught:
        Store.open(path, key, cipher=CIPHER)
    assert (caught.value.code, caught.value.way_on) == (code, way_on)
    return caught.value


class TestOpening:
    def test_another_key_does_not_open_it(self, path: Path) -> None:
        refused("store.wrong_key", WayOn.CHECK_SETTINGS, path, bytes(32))
        refused("store.wrong_key", WayOn.CHECK_SETTINGS, path, KEY[:-1] + bytes([KEY[-1] ^ 1]))
        refused("store.wrong_key", WayOn.CHECK_SETTINGS, path, KEY[:16])

    def test_the_right_key_still_opens_it_after_a_wrong_one(self, path: Path) -> None:
        before = path.read_bytes()
        refused("store.wrong_key", WayOn.CHECK_SETTINGS, path, bytes(32))
        assert path.read_bytes() == before
        with opened_store(path) as store, store.work() as work:
            assert len(work.visits.entries("visit-1")) == len(to_review())

    def test_what_makes_a_commit_safe_is_in_force(self, path: Path) -> None:
        with opened_store(path) as store, store.work():
            found = {name: store._connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name, _, _ in PRAGMAS}
        assert found == {
            "locking_mode": "exclusive",
            "journal_mode": "truncate",
            "synchronous": 3,
            "foreign_keys": 1,
            "secure_delete": 1,
            "temp_store": 2,
            "trusted_schema": 0,
        }

    def test_it_is_for_its_owner_alone(self, path: Path) -> None:
        assert {each.name: oct(each.stat().st_mode & 0o777) for each in path.parent.iterdir()} == {
            "store.db": "0o600",
            "store.db-journal": "0o600",
        }

    def test_a_second_program_is_told_that_the_first_has_it(self, path: Path) -> None:
        with opened_store(path):
            assert _in_another_process("open_it()", path) == ["store.locked", "close_other_instance"]
        assert _in_another_process("open_it()", path) == ["opened"]

    def test_so_is_a_second_store_of_the_same_program(self, path: Path) -> None:
        with opened_store(path):
            refused("store.locked", WayOn.CLOSE_OTHER_INSTANCE, path)

    def test_it_belongs_to_the_thread_that_opened_it(self, path: Path) -> None:
        caught: list[BaseException] = []

        def intrude(store: Store) -> None:
            try:
                with store.work() as work:
                    work.visits.summaries()
            except DBAPIError as error:
                caught.append(error)

        with opened_store(path) as store:
            thread = threading.Thread(target=intrude, args=(store,))
            thread.start()
            thread.join()
            assert "thread" in str(caught[0])
            with store.work() as work:
                assert len(work.visits.summaries()) == 1

    def test_a_place_that_cannot_be_written_is_told(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"")
        refused("store.unwritable", WayOn.CHECK_SETTINGS, tmp_path / "file" / "store.db")
        (tmp_path / "folder").mkdir()
        refused("store.unwritable", WayOn.CHECK_SETTINGS, tmp_path / "folder")


class TestDisk:
    def test_nothing_of_it_can_be_read_there(self, path: Path) -> None:
        on_disk = b"".join(each.read_bytes() for each in path.parent.iterdir())
        for word in (b"SQLite format 3", b"CREATE TABLE", b"visit-1", NAME.encode(), applicant().nik.digits.encode()):
            assert word not in on_disk

    def test_nor_is_who_it_is_readable_by_the_databases_key_alone(self, path: Path) -> None:
        clear = decrypted(path)
        assert b"CREATE TABLE visits" in clear
        assert b"visit-1" in clear
        assert NAME.encode() not in clear
        assert NAME.split()[0].encode() not in clear
        assert applicant().nik.digits.encode() not in clear

    def test_the_names_of_its_files_tell_nothing(self, path: Path) -> None:
        assert {each.name for each in path.parent.iterdir()} == {"store.db", "store.db-journal"}


class TestDamage:
    def test_a_flipped_bit_anywhere_is_found_at_the_start(self, path: Path) -> None:
        good = path.read_bytes()
        chance = random.Random(20200413)
        edges = [page * PAGE + at for page in range(len(good) // PAGE) for at in (16, PAGE - 80, PAGE - 1)]
        for at in [*edges, *(chance.randrange(16, len(good)) for _ in range(60))]:
            broken = bytearray(good)
            broken[at] ^= 1 << chance.randrange(8)
            path.write_bytes(bytes(broken))
            refused("store.damaged", WayOn.RESTORE_BACKUP, path)
        path.write_bytes(good)
        with opened_store(path) as store, store.work() as work:
            assert len(work.visits.entries("visit-1")) == len(to_review())

    @pytest.mark.parametrize("kept_bytes", [16, 100, PAGE, PAGE + 1, -PAGE, -1])
    def test_so_is_a_file_that_was_cut(self, path: Path, kept_bytes: int) -> None:
        path.write_bytes(path.read_bytes()[:kept_bytes])
        refused("store.damaged", WayOn.RESTORE_BACKUP, path)

    def test_so_are_pages_that_changed_places(self, path: Path) -> None:
        good = path.read_bytes()
        first, second = slice(PAGE, 2 * PAGE), slice(2 * PAGE, 3 * PAGE)
        path.write_bytes(good[:PAGE] + good[second] + good[first] + good[3 * PAGE :])
        refused("store.damaged", WayOn.RESTORE_BACKUP, path)

    @pytest.mark.parametrize("content", [b"hello", bytes(512), b"SQLite format 3\0" + bytes(PAGE), b"x" * 5000])
    def test_a_file_that_is_no_store_is_not_taken_for_one_nor_touched(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "store.db"
        path.write_bytes(content)
        refused("store.wrong_key", WayOn.CHECK_SETTINGS, path)
        assert path.read_bytes() == content


class TestShortage:
    def test_on_a_full_disk_nothing_is_lost_and_it_goes_on_once_there_is_space(self, path: Path) -> None:
        def outgrow(store: Store) -> None:
            with store.work() as work:
                pages = store._connection.exec_driver_sql("PRAGMA page_count").scalar_one()
                store._connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 20}")
                record(work, [opened("A-2")], visit_id="visit-2")
                work.blobs.put("visit-2", bytes(1_000_000), Purpose.CAPTURE)

        with opened_store(path) as store:
            with pytest.raises(StoreError) as caught:
                outgrow(store)
            assert (caught.value.code, caught.value.way_on) == ("store.disk_full", WayOn.FREE_SPACE)
            with store.work() as work:
                assert [each.visit_id for each in work.visits.summaries()] == ["visit-1"]
                store._connection.exec_driver_sql("PRAGMA max_page_count = 100000")
                record(work, [opened("A-2")], visit_id="visit-2")
                work.blobs.put("visit-2", bytes(1_000_000), Purpose.CAPTURE)
                work.commit()
        with opened_store(path) as store, store.work() as work:
            assert [each.visit_id for each in work.visits.summaries()] == ["visit-1", "visit-2"]

    def test_what_was_begun_before_a_full_disk_cannot_be_committed_by_halves(self, path: Path) -> None:
        """Some shortages make SQLite roll back by itself; whoever goes on must not commit the rest alone."""
        with opened_store(path) as store:
            with store.work() as work:
                record(work, [opened("A-2")], visit_id="visit-2")
                store._connection.connection.driver_connection.rollback()  # type: ignore[union-attr]  # it is connected
                with pytest.raises(StoreError, match=r"store\.unwritable"):
                    work.audit.append("visit.opened", at=opened().at, by="op")
                with pytest.raises(StoreError, match=r"store\.unwritable"):
                    work.commit()
            with store.work() as work:
                assert [each.visit_id for each in work.visits.summaries()] == ["visit-1"]
                assert work.audit.head()[0] == 0

    @pytest.mark.parametrize(
        ("free", "told"),
        [(10**9, ["store.unwritable", "call_technician"]), (10**6, ["store.disk_full", "free_space"])],
    )
    def test_a_write_that_the_system_refuses_is_told_by_what_is_free_and_nothing_is_lost(
        self, path: Path, free: int, told: list[str]
    ) -> None:
        before = path.stat().st_size
        assert _in_another_process(f"outgrow_it({free})", path) == told
        assert path.stat().st_size < before + 200_000
        with opened_store(path) as store, store.work() as work:
            assert [each.visit_id for each in work.visits.summaries()] == ["visit-1"]
            assert len(work.visits.entries("visit-1")) == len(to_review())

    def test_a_commit_that_fails_leaves_the_store_usable(self, path: Path) -> None:
        def fail(store: Store) -> None:
            """A key of nobody, which the store looks at when it is committed and not before."""
            with store.work() as work:
                record(work, [opened("A-2")], visit_id="visit-2")
                store._connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
                store._connection.execute(text("INSERT INTO record_keys VALUES ('nobody', 'capture', x'00')"))
                work.commit()

        with opened_store(path) as store:
            with pytest.raises(DBAPIError, match="FOREIGN KEY"):
                fail(store)
            with store.work() as work:
                assert [each.visit_id for each in work.visits.summaries()] == ["visit-1"]
                record(work, [opened("A-3")], visit_id="visit-3")
                work.commit()


class TestVersions:
    def test_the_migrations_lead_to_the_tables_as_they_are(self, path: Path) -> None:
        with opened_store(path) as store, store.work():
            context = MigrationContext.configure(store._connection, opts={"compare_type": True})
            assert compare_metadata(context, metadata) == []
            assert context.get_current_revision() == HEAD

    def test_the_newest_migration_is_the_one_that_is_named(self) -> None:
        assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [HEAD]

    def test_a_store_of_a_newer_program_is_left_alone(self, path: Path) -> None:
        with opened_store(path) as store, store.work() as work:
            store._connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
            work.commit()
        before = decrypted(path)
        error = refused("store.newer", WayOn.UPDATE_PROGRAM, path)
        assert "9999" in error.detail
        assert decrypted(path) == before

    def test_an_ordinary_start_does_not_load_the_migrations(self, path: Path) -> None:
        assert _in_another_process("open_it('alembic')", path) == ["opened", False]

    def test_a_start_that_was_cut_while_the_tables_were_made_begins_anew(self, tmp_path: Path) -> None:
        path = tmp_path / "store.db"
        path.write_bytes(b"")
        with kept(path) as work:
            record(work, [opened()])
        with opened_store(path) as store, store.work() as work:
            assert len(work.visits.summaries()) == 1


_PROGRAM = textwrap.dedent(
    """
    import json, sys
    from pathlib import Path
    from station.errors import StoreError
    from station.store import Purpose
    from tests.support.stores import CIPHER, KEY, opened_store, record
    from tests.support.histories import opened

    PATH = Path(sys.argv[1])

    def open_it(*modules):
        with opened_store(PATH):
            told("opened", *(name in sys.modules for name in modules))

    def outgrow_it(free):
        import resource, shutil, types
        shutil.disk_usage = lambda _: types.SimpleNamespace(free=free)
        with opened_store(PATH) as store, store.work() as work:
            resource.setrlimit(resource.RLIMIT_FSIZE, (PATH.stat().st_size + 100_000,) * 2)
            record(work, [opened("A-2")], visit_id="visit-2")
            work.blobs.put("visit-2", bytes(5_000_000), Purpose.CAPTURE)
            work.commit()

    def told(*words):
        print(json.dumps(words))

    try:
        {call}
    except StoreError as error:
        told(error.code, error.way_on)
    """
)


def _in_another_process(call: str, path: Path) -> list[object]:
    """What another process of the same program says."""
    program = _PROGRAM.replace("{call}", call)
    done = subprocess.run(
        [sys.executable, "-c", program, path],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    answer: list[object] = json.loads(done.stdout)
    return answer
