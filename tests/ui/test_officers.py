"""One's own account and the station's officers on screen, by keys alone, over a station in earnest."""

from __future__ import annotations

from dataclasses import replace

import pyotp
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QListWidget, QWidget

from station.domain.officer import Role
from station.services.sign_on import NewOfficer
from tests.support.officers import serve
from tests.ui.conftest import Counter
from tests.ui.keyboard import asked, press, text
from ui.dialogs.account import AccountDialog
from ui.dialogs.officers import OfficersDialog

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")

DEWI = NewOfficer("dewi", "Dewi Lestari", Role.SUPERVISOR, "melati-5-pagar")
AGUS = NewOfficer("agus", "Agus Salim", Role.SUPERVISOR, "kenanga-7-atap")
RINA = NewOfficer("rina", "Rina Wati", Role.OPERATOR, "anggrek-9-pintu")
NEW = "teratai-8-kolam"


@pytest.fixture
def office(fresh: Counter) -> Counter:
    """Two supervisors and an operator serve here."""
    fresh.see("first_officers")
    fresh.do(lambda: serve(fresh.station, DEWI, AGUS, RINA))
    fresh.opened.conductor.sign_off()
    fresh.see("sign_on")
    return fresh


def _open_account(counter: Counter) -> None:
    press(counter, "top.account")
    counter.until(lambda: isinstance(counter.focus().window(), AccountDialog))


def _fill(counter: Counter, **fields: str) -> None:
    counter.until(lambda: asked(counter))
    for name, words in fields.items():
        counter.tab_to(name)
        counter.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        counter.words(words)
    counter.key(Qt.Key.Key_Return)


def _problem(counter: Counter) -> str:
    return " ".join(each.text() for each in counter.focus().window().findChildren(QLabel) if each.isVisible())


def test_an_officer_changes_the_own_password(office: Counter) -> None:
    office.sign_on(RINA.id, RINA.password)
    _open_account(office)
    press(office, "account.password")
    _fill(office, password=RINA.password, new=NEW, again="another one 7")
    office.until(lambda: "berbeda" in _problem(office))
    _fill(office, again=NEW)
    office.until(lambda: "diganti" in text(office, "message.sentence"))
    office.until(lambda: isinstance(office.focus().window(), AccountDialog))
    office.key(Qt.Key.Key_Escape)
    office.key(Qt.Key.Key_F9)
    office.sign_on(RINA.id, NEW)


def test_an_authenticator_is_taken_on_by_its_first_code_and_given_up_with_its_last(office: Counter) -> None:
    office.sign_on(RINA.id, RINA.password)
    _open_account(office)
    assert text_in(office, "account.code.state") == "Belum ada"
    press(office, "account.code")
    _fill(office, password=RINA.password)
    office.until(lambda: office.focus().objectName() == "code")
    secret = text_in(office, "first_code.secret").replace(" ", "")
    phone = pyotp.TOTP(secret)
    office.words("000000")
    office.key(Qt.Key.Key_Return)
    office.until(lambda: "Kode salah" in _problem(office))
    now = office.station.clock.now().timestamp()
    _fill(office, code=phone.at(int(now) - 30))
    office.until(lambda: isinstance(office.focus().window(), AccountDialog))
    office.until(lambda: text_in(office, "account.code.state") == "Terpasang")
    press(office, "account.code.give_up")
    _fill(office, password=RINA.password)
    office.until(lambda: office.focus().objectName() == "factor.code")
    office.words(phone.at(int(now) + 30))
    office.key(Qt.Key.Key_Return)
    office.until(lambda: isinstance(office.focus().window(), AccountDialog))
    office.until(lambda: text_in(office, "account.code.state") == "Belum ada")
    assert office.do(lambda: office.station.factors.of(RINA.id)) == set()


def text_in(counter: Counter, name: str) -> str:
    (label,) = counter.focus().window().findChildren(QLabel, name)
    return label.text()


def _staff(counter: Counter) -> QListWidget:
    press(counter, "home.officers")
    counter.until(lambda: isinstance(counter.focus().window(), OfficersDialog))
    (found,) = counter.focus().window().findChildren(QListWidget)
    counter.until(lambda: found.count() > 0)
    return found


def _choose(counter: Counter, found: QListWidget, who: NewOfficer) -> None:
    counter.tab_to("officers.list")
    counter.key(Qt.Key.Key_Home)
    for _ in range(found.count()):
        if found.currentItem() is not None and who.name in found.currentItem().text():
            return
        counter.key(Qt.Key.Key_Down)
    pytest.fail(f"{who.id} is not in the list")


def _act(counter: Counter, act: str, **fields: str) -> None:
    press(counter, f"officers.{act}")
    _fill(counter, **fields)
    counter.until(lambda: isinstance(counter.focus().window(), OfficersDialog))


def test_a_supervisor_switches_an_officer_off_and_on_again_and_gives_a_new_password(office: Counter) -> None:
    office.sign_on(DEWI.id, DEWI.password)
    found = _staff(office)
    assert found.count() == 3
    _choose(office, found, RINA)
    _act(office, "switch_off", password=DEWI.password)
    office.until(lambda: any("Tidak bertugas" in found.item(i).text() for i in range(found.count())))
    assert {each.id for each in office.do(office.station.sign_on.officers)} == {"dewi", "agus"}
    _choose(office, found, RINA)
    _act(office, "switch_on", password=DEWI.password)
    office.until(lambda: not any("Tidak bertugas" in found.item(i).text() for i in range(found.count())))
    _choose(office, found, RINA)
    _act(office, "password", new=NEW, password=DEWI.password)
    office.key(Qt.Key.Key_Escape)
    office.key(Qt.Key.Key_F9)
    office.sign_on(RINA.id, NEW)


def test_nothing_is_offered_about_oneself_and_two_supervisors_remain(office: Counter) -> None:
    office.sign_on(DEWI.id, DEWI.password)
    found = _staff(office)
    _choose(office, found, DEWI)
    acts = ("password", "factors", "unlock", "switch_off")
    assert not [act for act in acts if office.find(f"officers.{act}", office.focus().window()).isEnabled()]
    _choose(office, found, AGUS)
    press(office, "officers.switch_off")
    _fill(office, password=DEWI.password)
    office.until(lambda: "dua penyelia" in _problem(office))


def test_a_supervisor_unlocks_and_takes_a_lost_authenticator_away(office: Counter) -> None:
    station = office.station

    def prepare() -> None:
        station.sign_on.sign_on(RINA.id, RINA.password)
        phone = pyotp.TOTP(station.factors.offer(RINA.password).text)
        station.factors.take(phone.at(station.clock.now()))
        station.sign_on.sign_off()
        with station._records.work() as work:
            for _ in range(5):
                work.officers.note_failure(RINA.id, station.clock.now())
            work.commit()

    office.do(prepare)
    office.sign_on(DEWI.id, DEWI.password)
    found = _staff(office)
    assert "Terkunci 5 menit." in " ".join(found.item(i).text() for i in range(found.count()))
    _choose(office, found, RINA)
    _act(office, "unlock", password=DEWI.password)
    office.until(lambda: "Terkunci" not in " ".join(found.item(i).text() for i in range(found.count())))
    _choose(office, found, RINA)
    _act(office, "factors", password=DEWI.password)
    office.until(lambda: not office.do(lambda: station.factors.of(RINA.id)))
    office.key(Qt.Key.Key_Escape)
    office.key(Qt.Key.Key_F9)
    office.sign_on(RINA.id, RINA.password)

    def audited() -> list[tuple[str, str]]:
        with station._records.work() as work:
            return [
                (e.action, e.by) for e in work.audit.entries() if e.facts.get("officer") == RINA.id and e.by == "dewi"
            ]

    assert office.do(audited) == [("officer.unlocked", "dewi"), ("officer.factor_removed", "dewi")]


def test_whoever_must_have_a_second_factor_is_led_to_it(office: Counter) -> None:
    settings = office.station.settings
    officers = settings.officers.model_copy(update={"second_factor": frozenset({Role.OPERATOR})})
    object.__setattr__(office.station.sign_on._counter, "settings", settings.model_copy(update={"officers": officers}))
    office.sign_on(RINA.id, RINA.password)
    office.until(lambda: isinstance(office.focus().window(), AccountDialog))
    assert office.find("account.must", office.focus().window()).isVisible()
    assert not office.window.findChildren(QWidget, "account.card"), "there is no reader"


def test_a_technician_and_an_auditor_see_no_recording_button_and_no_list(office: Counter) -> None:
    others = replace(RINA, id="tono", role=Role.TECHNICIAN), replace(RINA, id="sinta", role=Role.AUDITOR)
    office.do(lambda: serve(office.station, *others))
    office.opened.conductor.sign_off()
    for who in ("tono", "sinta"):
        office.sign_on(who, RINA.password)
        for name in ("home.primary", "home.visits", "home.open", "home.protocol", "home.officers"):
            assert not [w for w in office.window.findChildren(QWidget, name) if w.isVisible()], name
        assert "tidak termasuk merekam" in text(office, "home.law")
        office.key(Qt.Key.Key_F9)
        office.see("sign_on")
    office.sign_on(RINA.id, RINA.password)
    assert office.find("home.primary").isVisible()
    assert office.find("home.visits").isVisible()
