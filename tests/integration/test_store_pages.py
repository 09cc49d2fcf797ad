"""Damage that nobody has read yet is found: by our own reading of the pages, which agrees with SQLCipher's."""

from __future__ import annotations

import random
import threading
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from station.errors import StoreError
from station.lab.lab import Lab
from station.services.desk import Desk
from station.store import Purpose, Store
from station.store.connection import START_PAGES, _salt
from station.store.pages import PageCheck
from tests.support.histories import opened
from tests.support.practice import practising
from tests.support.stores import CIPHER, KEY, PAGE, kept, opened_store, record

CHANCE = random.Random(20261125)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store of more pages than are looked at when it is opened."""
    path = tmp_path / "store.db"
    with kept(path) as work:
        record(work, [opened()])
        for _ in range(5):
            work.blobs.put("visit-1", CHANCE.randbytes(START_PAGES * PAGE // 4), Purpose.DOCUMENT)
    assert path.stat().st_size > (START_PAGES + 200) * PAGE
    return path


def flip(path: Path, page: int) -> None:
    with path.open("r+b") as file:
        at = (page - 1) * PAGE + CHANCE.randrange(PAGE)
        file.seek(at)
        old = file.read(1)[0]
        file.seek(at)
        file.write(bytes((old ^ 1 << CHANCE.randrange(8),)))


def by_sqlcipher(path: Path) -> int:
    connection = dbapi2.connect(path)
    try:
        connection.execute(f"PRAGMA key = \"x'{(KEY + _salt(KEY)).hex()}'\"")
        return len(connection.execute("PRAGMA cipher_integrity_check").fetchall())
    finally:
        connection.close()


def test_a_whole_store_has_no_broken_page(path: Path) -> None:
    check = PageCheck(path, KEY, _salt(KEY))
    try:
        assert check.broken(1, check.pages()) == ()
    finally:
        check.close()
    assert by_sqlcipher(path) == 0


def test_every_broken_page_is_named_and_sqlcipher_finds_as_many(path: Path) -> None:
    pages = path.stat().st_size // PAGE
    broken = sorted(CHANCE.sample(range(2, pages), 40))
    for page in broken:
        flip(path, page)
    check = PageCheck(path, KEY, _salt(KEY))
    try:
        assert list(check.broken(1, check.pages())) == broken
    finally:
        check.close()
    assert by_sqlcipher(path) == len(broken)


def test_a_page_far_behind_is_found_by_looking_on_and_by_a_whole_look_at_the_start(path: Path) -> None:
    flip(path, START_PAGES + 150)
    with opened_store(path) as store:
        found: list[int] = []
        after = 0
        while (broken := store.broken_pages(after, 100)) is not None:
            found += broken
            after += 100
    assert found == [START_PAGES + 150]
    with pytest.raises(StoreError, match=r"store\.damaged"):
        Store.open(path, KEY, cipher=CIPHER, whole=True)


def test_a_file_that_lost_its_end_is_told_at_the_start(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate((START_PAGES + 100) * PAGE)
    with pytest.raises(StoreError, match=r"store\.damaged"):
        Store.open(path, KEY, cipher=CIPHER)


def test_looking_does_not_let_another_program_in(path: Path) -> None:
    with opened_store(path) as store:
        assert store.broken_pages(0, 100) == ()
        stranger = dbapi2.connect(path, timeout=0)
        try:
            stranger.execute(f"PRAGMA key = \"x'{(KEY + _salt(KEY)).hex()}'\"")
            with pytest.raises(dbapi2.OperationalError, match="locked"):
                stranger.execute("SELECT count(*) FROM visits")
        finally:
            stranger.close()


def test_a_chore_gives_way_to_questions_and_ends_when_it_is_done() -> None:
    desk, done, order = Desk(), threading.Event(), list[str]()

    def chore() -> bool:
        order.append("chore")
        if len(order) == 1:
            desk.submit(lambda: order.append("question"))
        if order.count("chore") == 3:
            done.set()
            return False
        return True

    desk.start()
    desk.submit(lambda: desk.between(chore)).result(5)
    assert done.wait(10)
    desk.stop()
    assert order == ["chore", "question", "chore", "chore"]


def test_the_station_tells_of_damage_that_it_finds_while_nobody_asks(tmp_path: Path) -> None:
    told, heard = list[StoreError](), threading.Event()

    def hear(error: StoreError) -> None:
        told.append(error)
        heard.set()

    with Lab(lifelike=False, cards=False) as lab, practising(lab, tmp_path) as practice:
        store = practice.station._records._store
        assert store is not None
        flip(tmp_path / "practice" / "station.db", store._pages.pages())
        practice.station.page_round.subscribe(hear)
        practice.do(practice.station.page_round.begin)
        assert heard.wait(10)
    assert [each.code for each in told] == ["store.damaged"]
