"""The state of the station on screen: where its keys rest, what must be renewed, and what is done about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from station.bootstrap import build
from station.config import KeysSection, Settings
from station.domain.officer import Role
from station.security.certificates import Validity
from station.security.vault import VaultName
from station.services.keys import KeyStatus
from station.services.sign_on import NewOfficer
from tests.support.officers import serve
from tests.support.offices import office_files
from tests.ui.conftest import Counter, Practice, window_over
from tests.ui.keyboard import asked, choose, press, text
from ui.dialogs.station import StationDialog, warnings
from ui.language import Text

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")

DEWI = NewOfficer("dewi", "Dewi Lestari", Role.SUPERVISOR, "melati-5-pagar")
AGUS = NewOfficer("agus", "Agus Salim", Role.SUPERVISOR, "kenanga-7-atap")
TONO = NewOfficer("tono", "Tono", Role.TECHNICIAN, "mawar-3-jendela")
PHRASE = "tiga perahu di muara biru"
NOON = datetime(2020, 4, 13, 5, tzinfo=UTC)


@pytest.fixture
def office(qtbot: QtBot, tmp_path: Path) -> Iterator[Counter]:
    """In earnest, with an office that can restore its keys."""
    path, _ = office_files(tmp_path / "office")
    station = build(Settings(data_dir=tmp_path / "data", keys=KeysSection(office_certificate=path)))
    with window_over(station, qtbot) as opened:
        made = Counter(opened, station, qtbot)
        made.see("first_officers")
        made.do(lambda: serve(station, DEWI, AGUS, TONO))
        opened.conductor.sign_off()
        yield made


def _state(counter: Counter, name: str) -> str:
    (label,) = counter.focus().window().findChildren(QLabel, f"station.{name}.state")
    return label.text()


def _open(counter: Counter) -> None:
    press(counter, "home.station")
    counter.until(lambda: isinstance(counter.focus().window(), StationDialog))
    counter.until(lambda: bool(_state(counter, "vault")))


def _fill(counter: Counter, **fields: str) -> None:
    counter.until(lambda: asked(counter))
    for name, words in fields.items():
        counter.tab_to(name)
        counter.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        counter.words(words)
    counter.key(Qt.Key.Key_Return)


def test_a_technician_is_warned_of_bare_keys_and_moves_them_under_a_passphrase(office: Counter) -> None:
    office.sign_on(TONO.id, TONO.password)
    office.until(lambda: "tanpa pelindung" in text(office, "message.sentence"))
    _open(office)
    assert _state(office, "vault") == "Berkas tanpa pelindung"
    assert _state(office, "centre") == "Sertifikat pusat data belum diatur."
    press(office, "station.move")
    office.until(lambda: asked(office))
    office.tab_to("vault")
    choose(office, VaultName.PASSPHRASE.value)
    _fill(office, phrase=PHRASE, again="another", password=TONO.password)
    office.until(lambda: "berbeda" in text_in(office, "move_keys.problem"))
    _fill(office, again=PHRASE)
    office.until(lambda: isinstance(office.focus().window(), StationDialog))
    office.until(lambda: _state(office, "vault") == "Berkas di bawah frasa sandi")
    assert "dipindahkan" in text(office, "message.sentence")


def text_in(counter: Counter, name: str) -> str:
    (label,) = counter.focus().window().findChildren(QLabel, name)
    return label.text()


def test_a_supervisor_makes_a_recovery_file_and_changes_the_data_key(office: Counter) -> None:
    office.sign_on(DEWI.id, DEWI.password)
    _open(office)
    before = _state(office, "recovery")
    assert before != "Belum ada", "one is made with the keys"
    press(office, "station.recovery")
    _fill(office, password="not the password")
    office.until(lambda: "salah" in text_in(office, "make_recovery.problem"))
    office.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    office.words(DEWI.password)
    office.key(Qt.Key.Key_Return)
    office.until(lambda: isinstance(office.focus().window(), StationDialog))
    assert "dibuat" in text(office, "message.sentence")
    key = office.station.keys._opened()[0].database_key
    press(office, "station.rotate")
    _fill(office, password=DEWI.password)
    office.until(lambda: isinstance(office.focus().window(), StationDialog))
    assert "diganti" in text(office, "message.sentence")
    assert office.station.keys._opened()[0].database_key != key
    assert {each.id for each in office.do(office.station.sign_on.officers)} == {"dewi", "agus", "tono"}


def test_in_practice_bare_keys_are_no_news_and_an_operator_sees_no_state(counter: Practice) -> None:
    counter.sign_on()
    assert not [w for w in counter.window.findChildren(QWidget, "home.station") if w.isVisible()]
    counter.key(Qt.Key.Key_F9)
    counter.sign_on("penyelia")
    counter.do(lambda: None)
    _open(counter)
    assert "tanpa pelindung" not in text(counter, "message.sentence")
    assert _state(counter, "centre").startswith("Berlaku sampai")


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (31, ()),
        (30, ("Sertifikat pusat data berakhir 30 hari lagi.",)),
        (0, ("Sertifikat pusat data berakhir 0 hari lagi.",)),
        (-1, ("Sertifikat pusat data sudah berakhir.",)),
    ],
)
def test_the_centres_certificate_is_announced_thirty_days_ahead(days: int, words: tuple[str, ...]) -> None:
    until = Validity(NOON + timedelta(days=days), days, days <= 30)
    status = KeyStatus(VaultName.KEYRING, True, None, until, "packet.recipient_expired" if days < 0 else "")
    found: tuple[Text, ...] = warnings(status, practice=False)
    assert tuple(each.id for each in found) == words
