"""Setting a station up: a page refuses what is wrong at its field and keeps what was typed; then the station opens."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from devices.thermometer.simulator import Mcu90614Simulator
from station.bootstrap import Station, build
from station.config import KeysSection, Settings, load
from station.security.keys import vault_in_force
from station.security.vault import VaultName
from station.services.keys import KEYS
from station.trial import POINTER, SECTIONS, drivers
from tests.support.provisioned import OFFICE, PICK_UP, certificate_files
from ui.app import Prelude, run
from ui.language import Language
from ui.messages import sentence_for
from ui.presenters.wizard import Wizard
from ui.screens.passphrase import PassphraseScreen
from ui.screens.wizard import Page
from ui.screens.wizard_devices import DRIVERS, OTHER, DevicesScreen
from ui.screens.wizard_security import KeysScreen
from ui.widgets.device_panel import NAMES
from ui.widgets.fields import Choice
from ui.widgets.text import Button
from ui.window import LEAST, MainWindow

PATIENCE_MS = 20_000
PHRASE = "kuda kencana 7 payung biru"


@dataclass
class Setting:
    """A window in which a station is set up, and hands on it."""

    window: MainWindow
    wizard: Wizard
    qtbot: QtBot
    file: Path
    stick: Path
    done: list[str | None] = field(default_factory=list)

    def until(self, so: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(so, timeout=PATIENCE_MS)

    def find(self, name: str) -> QWidget:
        (found,) = [each for each in self.window.findChildren(QWidget, name) if each.isVisible()]
        return found

    def words(self, name: str) -> str:
        found = self.find(name)
        assert isinstance(found, QLabel)
        return found.text()

    def press(self, name: str) -> None:
        self.until(lambda: any(each.isVisible() for each in self.window.findChildren(QWidget, name)))
        QTest.mouseClick(self.find(name), Qt.MouseButton.LeftButton)

    def at(self) -> Page:
        return self.wizard._at

    def see(self, page: Page) -> None:
        self.until(lambda: self.at() is page and not self.wizard._busy)

    def type(self, **words: str) -> None:
        for name, typed in words.items():
            self.wizard.pages[self.at()].fields[name].fill(typed)

    def go_on(self) -> None:
        """By Enter; until the answer is there."""
        QTest.keyClick(self.window, Qt.Key.Key_Return)
        self.until(lambda: not self.wizard._busy)

    def wrong(self) -> dict[str, str]:
        """What stands at the fields."""
        fields = self.wizard.pages[self.at()].fields
        return {name: each._error.text() for name, each in fields.items() if each._error.text()}

    @property
    def keys(self) -> KeysScreen:
        page = self.wizard.pages[Page.KEYS]
        assert isinstance(page, KeysScreen)
        return page

    @property
    def devices(self) -> DevicesScreen:
        page = self.wizard.pages[Page.DEVICES]
        assert isinstance(page, DevicesScreen)
        return page

    def to(self, page: Page) -> None:
        """Fill in what comes before."""
        while self.at() is not page:
            match self.at():
                case Page.OFFICE:
                    self.type(**OFFICE)
                case Page.PICK_UP:
                    self.type(**PICK_UP)
                case Page.CERTIFICATES:
                    self.type(**certificate_files(self.stick))
                case Page.KEYS:
                    self.until(lambda: self.keys.offered)
                    self.press("setup.vault.passphrase")
                    self.type(passphrase=PHRASE, again=PHRASE)
                case _:
                    self.attach("signature_pad", POINTER)
                    self.press("setup.signature_pad.try")
            before = self.at()
            self.until(lambda: not self.wizard._busy)
            self.go_on()
            assert self.at() is not before, self.wrong()

    def attach(self, slot: str, driver: str, place: str = "") -> None:
        """As somebody chooses it."""
        choice = self.find(f"setup.{slot}.driver")
        assert isinstance(choice, Choice)
        choice.choose(driver)
        choice.picked.emit(driver)
        if place:
            line = self.devices._lines[slot]
            self.until(lambda: line.place.findData(OTHER) >= 0)
            line.place.choose(OTHER)
            line.place.picked.emit(OTHER)
            typed = self.find(f"setup.{slot}.typed")
            assert isinstance(typed, QLineEdit)
            typed.clear()
            QTest.keyClicks(typed, place)


@contextmanager
def setting_up(window: MainWindow, qtbot: QtBot, base: Path) -> Iterator[Setting]:
    done: list[str | None] = []
    file = base / "etc" / "station.toml"
    wizard = Wizard(window, file, base / "data", done.append)
    wizard.begin()
    try:
        yield Setting(window, wizard, qtbot, file, base / "stick", done)
    finally:
        wizard.end()


@pytest.fixture(autouse=True)
def _bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No keyring, no TPM."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    monkeypatch.setenv("KTPEL_TPM", "swtpm:port=1")


@pytest.fixture
def setting(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> Iterator[Setting]:
    with setting_up(window, qtbot, tmp_path) as made:
        yield made


def test_every_place_and_every_driver_has_a_name() -> None:
    assert set(SECTIONS) <= set(NAMES)
    assert {driver for slot in SECTIONS for driver in drivers(slot)} == set(DRIVERS)


def test_an_empty_page_is_told_field_by_field_and_stays(setting: Setting) -> None:
    setting.go_on()
    missing, choose = sentence_for("setup.missing").id, sentence_for("setup.choose").id
    assert setting.at() is Page.OFFICE
    assert setting.wrong() == {**dict.fromkeys(("code", "name", "office", "regency"), missing), "zone": choose}
    setting.until(lambda: setting.find("setup.code").hasFocus())
    QTest.keyClicks(setting.find("setup.code"), "kutim-01")
    assert "code" not in setting.wrong()


def test_what_was_typed_stays_back_and_forth(setting: Setting) -> None:
    setting.to(Page.PICK_UP)
    setting.type(**{**PICK_UP, "closes": "07.00"})
    setting.go_on()
    assert setting.wrong() == {"closes": sentence_for("setup.hours").id}
    QTest.keyClick(setting.window, Qt.Key.Key_Escape)
    assert setting.at() is Page.OFFICE
    assert setting.wizard.pages[Page.OFFICE].values() == OFFICE
    setting.go_on()
    assert setting.at() is Page.PICK_UP
    assert setting.wizard.pages[Page.PICK_UP].values() == {**PICK_UP, "closes": "07.00"}
    setting.type(closes="15.00")
    setting.go_on()
    assert setting.at() is Page.CERTIFICATES
    setting.press("setup_certificates.back")
    assert setting.at() is Page.PICK_UP


def test_a_file_that_is_no_certificate_is_told_at_its_field(setting: Setting) -> None:
    setting.to(Page.CERTIFICATES)
    setting.type(**{**certificate_files(setting.stick), "office": __file__})
    setting.go_on()
    assert setting.at() is Page.CERTIFICATES
    assert setting.wrong() == {"office": sentence_for("setup.certificate_unreadable").id}


def test_what_works_here_is_offered_first_and_the_bare_file_only_after_a_word(setting: Setting) -> None:
    setting.to(Page.KEYS)
    setting.until(lambda: setting.keys.offered)
    assert list(setting.keys._buttons) == ["passphrase", "keyring", "tpm", "file"]
    assert [each.isEnabled() for each in setting.keys._buttons.values()] == [True, False, False, True]
    setting.go_on()
    assert setting.words("setup.vault.error") == sentence_for("setup.choose").id
    setting.press("setup.vault.file")
    setting.go_on()
    assert setting.words("setup.vault.error") == sentence_for("setup.unprotected").id
    setting.press("setup.unprotected")
    setting.go_on()
    assert setting.at() is Page.DEVICES


def test_a_passphrase_is_typed_twice(setting: Setting) -> None:
    setting.to(Page.KEYS)
    setting.until(lambda: setting.keys.offered)
    setting.press("setup.vault.passphrase")
    setting.type(passphrase=PHRASE, again=PHRASE + "!")
    setting.go_on()
    assert setting.wrong() == {"again": sentence_for("setup.differs").id}
    setting.type(passphrase="kata sandi", again="kata sandi")
    setting.go_on()
    assert setting.wrong() == {"passphrase": sentence_for("keys.passphrase_weak").id}


def test_only_what_was_tried_and_is_well_is_taken(setting: Setting) -> None:
    setting.to(Page.DEVICES)
    setting.go_on()
    assert setting.window.message.sentence.text() == sentence_for("setup.no_device").id
    setting.attach("thermometer", "mcu90614", "/dev/ttyNONE")
    setting.go_on()
    assert setting.words("setup.thermometer.said") == sentence_for("setup.untried").id
    setting.press("setup.thermometer.try")
    setting.until(lambda: sentence_for("port.absent").id in setting.words("setup.thermometer.said"))
    setting.go_on()
    assert sentence_for("port.absent").id in setting.words("setup.thermometer.said")
    with Mcu90614Simulator() as board:
        setting.attach("thermometer", "mcu90614", board.url)
        setting.press("setup.thermometer.try")
        setting.until(lambda: setting.words("setup.thermometer.said").startswith("Baik: "))
        typed = setting.find("setup.thermometer.typed")
        QTest.keyClicks(typed, "1")
        assert setting.words("setup.thermometer.said") == ""
        setting.go_on()
        assert setting.at() is Page.DEVICES
        QTest.keyClick(typed, Qt.Key.Key_Backspace)
        setting.press("setup.thermometer.try")
        setting.until(lambda: setting.words("setup.thermometer.said").startswith("Baik: "))
        setting.go_on()
    assert setting.at() is Page.SUMMARY


def test_the_summary_says_everything_in_both_languages_and_where_it_goes(setting: Setting) -> None:
    setting.to(Page.SUMMARY)

    def said() -> str:
        labels = setting.wizard.pages[Page.SUMMARY].findChildren(QLabel)
        return "\n".join(each.text() for each in labels if each.isVisible())

    for words in ("KUTIM-01", PICK_UP["place"], "08.00-15.00", "Pusat Data", "Kantor Kutai Timur", "Frasa sandi"):
        assert words in said()
    assert str(setting.file) in setting.words("setup_summary.file")
    assert PHRASE not in said()
    QTest.keyClick(setting.window, Qt.Key.Key_F2)
    assert "This station's screen" in said()
    assert not setting.file.exists()


def test_it_is_written_once_and_over_nothing(setting: Setting) -> None:
    setting.to(Page.SUMMARY)
    setting.file.parent.mkdir()
    setting.file.write_text("# mine\n", "utf-8")
    setting.go_on()
    assert setting.window.message.sentence.text() == sentence_for("setup.exists").id
    assert setting.file.read_text("utf-8") == "# mine\n"
    setting.file.unlink()
    QTest.keyClick(setting.window, Qt.Key.Key_Return)
    setting.until(lambda: setting.done == [PHRASE])
    assert stat.S_IMODE(setting.file.stat().st_mode) == 0o600
    assert PHRASE not in setting.file.read_text("utf-8")
    assert not load(setting.file).practice
    setting.until(lambda: not setting.window.findChildren(KeysScreen))


def test_the_station_opens_in_the_same_window_and_asks_for_its_first_officers(qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "etc" / "station.toml"
    seen: list[MainWindow] = []
    names: list[str] = []
    timer = QTimer()

    def prelude(window: MainWindow, then: Callable[[str | None], None]) -> Prelude:
        wizard = Wizard(window, file, tmp_path / "data", then)
        made = Setting(window, wizard, qtbot, file, tmp_path / "stick")
        seen.append(window)

        def walk() -> None:
            try:
                made.to(Page.KEYS)
                made.press("setup.vault.file")
                made.press("setup.unprotected")
                made.go_on()
                made.to(Page.SUMMARY)
            except BaseException:
                window.close()
                raise
            QTest.keyClick(window, Qt.Key.Key_Return)
            timer.start(50)

        QTimer.singleShot(0, window, walk)
        return wizard

    def look() -> None:
        shown = seen[0].screen_shown
        if shown is not None and shown.objectName() in {"first_officers", "start_fault", "passphrase"}:
            timer.stop()
            names.append(shown.objectName())
            seen[0].close()

    timer.timeout.connect(look)

    @contextmanager
    def opening() -> Iterator[Station]:
        station = build(load(file))
        try:
            yield station
        finally:
            station.stop()

    assert run(opening, "id", prelude) == 0
    assert names == ["first_officers"]
    assert vault_in_force(tmp_path / "data" / KEYS) is VaultName.FILE
    assert list((tmp_path / "data").glob("recovery/*"))


class Chosen:
    """A passphrase that somebody has chosen at once."""

    def __init__(self, then: Callable[[str | None], None]) -> None:
        self._then = then

    def begin(self) -> None:
        self._then("kata sandi")

    def end(self) -> None:
        """Nothing is held."""


def test_the_passphrase_that_was_chosen_is_the_first_that_the_keys_are_given(qtbot: QtBot, tmp_path: Path) -> None:
    assert qtbot is not None
    told: list[str] = []
    timer = QTimer()
    windows: list[MainWindow] = []

    def prelude(window: MainWindow, then: Callable[[str | None], None]) -> Prelude:
        windows.append(window)
        timer.start(50)
        return Chosen(then)

    def look() -> None:
        if isinstance(shown := windows[0].screen_shown, PassphraseScreen):
            timer.stop()
            told.append(shown.phrase._error.text())
            windows[0].close()

    timer.timeout.connect(look)

    @contextmanager
    def opening() -> Iterator[Station]:
        station = build(Settings(data_dir=tmp_path, keys=KeysSection(vault=VaultName.PASSPHRASE)))
        try:
            yield station
        finally:
            station.stop()

    assert run(opening, "id", prelude) == 0
    assert told == [sentence_for("keys.passphrase_weak").id]  # none given would be asked for, and not be a weak one


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_page_has_room_on_the_smallest_counter(setting: Setting, language: Language) -> None:
    setting.window.speak(language)
    setting.window.resize(*LEAST)
    for page in Page:
        setting.to(page)
        if page is Page.OFFICE:
            setting.wizard.pages[page].wrong(dict.fromkeys(OFFICE, "setup.code"))
        if page is Page.KEYS:
            setting.until(lambda: setting.keys.offered)
            setting.press("setup.vault.passphrase")
        screen = setting.wizard.pages[page]
        layout = screen.layout()
        assert layout is not None
        assert layout.minimumSize().width() <= screen.width(), page
        assert page is Page.SUMMARY or layout.totalHeightForWidth(screen.width()) <= screen.height(), page
        for button in screen.findChildren(Button):
            assert not button.isVisible() or button.width() >= button.minimumSizeHint().width(), button.objectName()
    assert (setting.window.width(), setting.window.height()) == LEAST
