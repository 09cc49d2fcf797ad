"""Second factors, lock-outs and the station's passphrase on screen, by keys alone, over a station in earnest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from station.bootstrap import build
from station.config import KeysSection, Settings
from station.domain.officer import Role
from station.security.lockout import MOST_FAILURES
from station.security.vault import VaultName
from station.services.sign_on import NewOfficer
from tests.support.officers import serve
from tests.ui.conftest import Counter, window_over
from tests.ui.keyboard import asked, choose, press, text
from ui.dialogs.second_factor import FactorDialog

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")

DEWI = NewOfficer("dewi", "Dewi Lestari", Role.SUPERVISOR, "melati-5-pagar")
AGUS = NewOfficer("agus", "Agus Salim", Role.SUPERVISOR, "kenanga-7-atap")
STEP = timedelta(seconds=30)
PHRASE = "tiga perahu di muara biru"


@pytest.fixture
def office(fresh: Counter) -> Counter:
    """Two supervisors serve here."""
    fresh.see("first_officers")
    fresh.do(lambda: serve(fresh.station, DEWI, AGUS))
    fresh.opened.conductor.sign_off()
    fresh.see("sign_on")
    return fresh


def _enrol(counter: Counter, who: NewOfficer) -> Callable[[], str]:
    """Their authenticator, in force; its first code is used up, what is returned gives the next one."""
    station = counter.station

    def enrol() -> pyotp.TOTP:
        station.sign_on.sign_on(who.id, who.password)
        phone = pyotp.TOTP(station.factors.offer(who.password).text)
        station.factors.take(phone.at(station.clock.now()))
        station.sign_on.sign_off()
        return phone

    phone = counter.do(enrol)
    return lambda: phone.at(station.clock.now() + STEP)


def _pick(counter: Counter, who: NewOfficer) -> None:
    counter.until(lambda: bool(counter.window.findChildren(QWidget, f"officer.{who.id}")))
    counter.tab_to(f"officer.{who.id}")
    counter.key(Qt.Key.Key_Space)
    counter.until(lambda: counter.focus().objectName() == "sign_on.password")


def _password(counter: Counter, who: NewOfficer, words: str = "") -> None:
    _pick(counter, who)
    counter.words(words or who.password)
    counter.key(Qt.Key.Key_Return)


def _told(counter: Counter, name: str) -> str:
    field = counter.find(f"{name}.field")
    return " ".join(each.text() for each in field.findChildren(type(counter.window.top.role)) if each.isVisible())


def test_whoever_has_an_authenticator_is_asked_for_six_digits_after_the_password(office: Counter) -> None:
    code = _enrol(office, DEWI)
    _password(office, DEWI)
    office.until(lambda: office.focus().objectName() == "sign_on.factor.code")
    office.words("12ab34")
    assert office.focus().property("text") == "1234", "digits alone"
    office.words("56")
    office.key(Qt.Key.Key_Return)
    office.until(lambda: "Kode salah" in _told(office, "sign_on.factor.code"))
    assert office.shown("sign_on")
    office.words(code())
    office.key(Qt.Key.Key_Return)
    office.see("home")
    assert "Dewi" in text(office, "top.officer")


def test_esc_leads_from_the_code_back_to_the_password_and_another_officer_is_not_asked_for_one(office: Counter) -> None:
    _enrol(office, DEWI)
    _password(office, DEWI)
    office.until(lambda: office.focus().objectName() == "sign_on.factor.code")
    office.key(Qt.Key.Key_Escape)
    office.until(lambda: office.focus().objectName() == "sign_on.password")
    assert office.focus().property("text") == ""
    _password(office, AGUS)
    office.see("home")


def test_a_lock_out_is_told_with_its_time_and_counts_down(office: Counter) -> None:
    def fail() -> None:
        with office.station._records.work() as work:
            for _ in range(MOST_FAILURES - 1):
                work.officers.note_failure(AGUS.id, office.station.clock.now())
            work.commit()

    office.do(fail)
    _password(office, AGUS, "not the password")
    office.until(lambda: "salah" in _told(office, "sign_on.password"))
    _password(office, AGUS)
    office.until(lambda: "Terkunci 5 menit." in _told(office, "sign_on.password"))
    assert not office.find("sign_on.primary").isEnabled()
    _password(office, DEWI)
    office.see("home")


def test_a_lock_out_that_is_nearly_over_is_counted_in_seconds_and_then_opens(office: Counter) -> None:
    from station.services.sign_on import LockedOutError

    presenter = office.opened.conductor._now
    assert presenter is not None
    _pick(office, AGUS)
    presenter._failed(LockedOutError(timedelta(seconds=2)))  # type: ignore[attr-defined]  # the screen's own presenter
    assert "Terkunci 2 detik." in _told(office, "sign_on.password")
    office.until(lambda: "Terkunci 1 detik." in _told(office, "sign_on.password"))
    office.until(lambda: office.find("sign_on.primary").isEnabled())
    assert "Terkunci" not in _told(office, "sign_on.password")
    office.words(AGUS.password)
    office.key(Qt.Key.Key_Return)
    office.see("home")


def test_a_second_signature_asks_for_the_second_factor_in_front_of_its_question(office: Counter) -> None:
    code = _enrol(office, AGUS)
    office.sign_on(DEWI.id, DEWI.password)
    press(office, "home.protocol")
    office.until(lambda: asked(office))
    choose(office, "routine")
    office.tab_to("reason")
    office.words("SK 1/2022")
    office.tab_to("password")
    office.words(AGUS.password)
    office.key(Qt.Key.Key_Return)
    office.until(lambda: isinstance(office.focus().window(), FactorDialog))
    assert AGUS.name in " ".join(
        each.text() for each in office.focus().window().findChildren(type(office.window.top.role))
    )
    office.words("000000")
    office.key(Qt.Key.Key_Return)
    office.until(lambda: "Kode salah" in _told_in(office, "factor.code"))
    office.key(Qt.Key.Key_Escape)
    office.until(lambda: office.focus().objectName() == "password")
    office.key(Qt.Key.Key_Return)
    office.until(lambda: isinstance(office.focus().window(), FactorDialog))
    office.words(code())
    office.key(Qt.Key.Key_Return)
    office.until(lambda: "rutin" in text(office, "top.protocol").lower())
    assert not asked(office)


def _told_in(counter: Counter, name: str) -> str:
    window = counter.focus().window()
    (field,) = window.findChildren(QWidget, f"{name}.field")
    return " ".join(each.text() for each in field.findChildren(type(counter.window.top.role)) if each.isVisible())


def test_a_station_under_a_passphrase_asks_for_it_and_tells_a_wrong_one(qtbot: QtBot, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, keys=KeysSection(vault=VaultName.PASSPHRASE))
    begun = build(settings)
    try:
        begun.start(PHRASE).result(60)
    finally:
        begun.stop()
    station = build(settings)
    with window_over(station, qtbot) as opened:
        counter = Counter(opened, station, qtbot)
        counter.see("passphrase")
        counter.until(lambda: counter.focus().objectName() == "passphrase.phrase")
        counter.words("empat perahu di muara biru")
        counter.key(Qt.Key.Key_Return)
        counter.until(lambda: "Frasa sandi salah." in _told(counter, "passphrase.phrase"))
        assert counter.focus().property("text") == ""
        counter.words(PHRASE)
        counter.key(Qt.Key.Key_Return)
        counter.see("first_officers")
