"""Sets a station up, page by page, before there is one: checks each page, writes the settings, and lets it open.

It has a window and no station: files and keys are checked on a desk of its own, devices tried on a second one, so that
a camera that takes its time keeps nothing else waiting.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import ValidationError
from PySide6.QtCore import Qt

from devices.device import DeviceKind
from station import provisioning
from station.config import Settings
from station.errors import StationError
from station.provisioning import Certificates, PageError, Part, Role, VaultFound
from station.security.vault import VaultName
from station.services.desk import Desk
from station.trial import POINTER, SECTIONS, Bench, Tried, plugged_in, section
from ui.bridge import Bridge
from ui.language import Text, birth_text, fill, listed, same
from ui.messages import action_of, is_bug, sentence_for, sentence_of
from ui.screens.wizard import (
    APPROVALS,
    NAMES,
    ZONES,
    Lines,
    OfficeScreen,
    Page,
    PickUpScreen,
    SummaryScreen,
    WizardScreen,
)
from ui.screens.wizard_devices import DRIVERS, DevicesScreen
from ui.screens.wizard_security import VAULTS, CertificatesScreen, KeysScreen
from ui.widgets.device_panel import NAMES as SLOTS
from ui.window import MainWindow

T = TypeVar("T")

CAPTION: Final = Text("Penyiapan", "Set-up")
NEW: Final = Text("Stasiun baru", "New station")
EARNEST: Final = Text("Sungguhan, bukan latihan", "In earnest, not practice")
WELL: Final = Text("Baik: {model}", "Well: {model}")
FILE: Final = Text("Ditulis ke {file}", "Will be written to {file}")
DAYS: Final = Text("{n} hari kerja, {place}, {hours}", "{n} working days, {place}, {hours}")
CERTIFICATE: Final = Text(
    "{subject}, sampai {until}. Sidik digital {fingerprint}", "{subject}, until {until}. Fingerprint {fingerprint}"
)
CENTRE: Final = Text("Pusat data", "Data centre")
ROOT: Final = Text("Akar penjamin", "Root authority")
RESTORES: Final = Text("Pemulihan oleh", "Restored by")


class Wizard:
    """GUI thread only.

    Args:
        window: whose middle it takes, until it is done or the window is closed.
        file: to be written; there is none.
        data_dir: offered for the station's data.
        done: opens the station, with the passphrase that was chosen where there is one.
        now: aware; by when certificates must be valid.
    """

    def __init__(
        self,
        window: MainWindow,
        file: Path,
        data_dir: Path,
        done: Callable[[str | None], None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._window, self._file, self._done, self._now = window, file, done, now
        self._desk, self._trials = Desk(), Desk()
        self._bench = Bench()
        self._bridge = Bridge(self._desk, window)
        self._busy = self._ended = False
        self._parts: dict[Page, Part] = {}
        self._checked: Certificates | None = None
        self._passphrase: str | None = None
        self._tried: dict[str, tuple[dict[str, str], Tried]] = {}
        self._keys = KeysScreen(data_dir)
        self._devices = DevicesScreen()
        self._summary = SummaryScreen()
        self.pages: dict[Page, WizardScreen] = {
            each.page: each
            for each in (OfficeScreen(), PickUpScreen(), CertificatesScreen(), self._keys, self._devices, self._summary)
        }
        self._at = Page.OFFICE
        for page in self.pages.values():
            page.went_on.connect(self._go_on)
            page.went_back.connect(self._go_back)
        self._devices.driver_picked.connect(self._look)
        self._devices.asked.connect(self._try)
        self._devices.altered.connect(lambda slot: self._tried.pop(slot, None))

    def begin(self) -> None:
        """Show the first page."""
        self._desk.start()
        self._trials.start()
        self._window.top.station.say(NEW)
        self._window.top.office.say(EARNEST)
        self._window.top.protocol.say(None)
        self._window.top.language.clicked.connect(self._speak)
        self._window.key_pressed.connect(self._key)
        self._window.rail.setVisible(True)
        self._show(Page.OFFICE)

    def end(self) -> None:
        """The window is closed, or the station opens in it. Idempotent."""
        if self._ended:
            return
        self._ended = True
        self._bench.cancel()
        self._bridge.close()
        self._window.top.language.clicked.disconnect(self._speak)
        self._window.key_pressed.disconnect(self._key)
        self._keys.forget()
        self._trials.stop()
        self._desk.stop()

    # -- from page to page

    def _show(self, page: Page) -> None:
        self._at = page
        self._window.message.hush()
        self._window.rail.show_steps(CAPTION, NAMES, page)
        if page is Page.KEYS and not self._keys.offered:
            self._ask(provisioning.vaults_here, self._offer)
        if page is Page.SUMMARY:
            self._summary.show_lines(self._lines())
            self._summary.file.say(fill(FILE, file=str(self._file)))
        self._window.show_screen(self.pages[page])

    def _go_back(self) -> None:
        pages = tuple(Page)
        if not self._busy and self._at is not Page.OFFICE:
            self._show(pages[pages.index(self._at) - 1])

    def _go_on(self) -> None:
        values = self.pages[self._at].values()
        match self._at:
            case Page.OFFICE:
                self._ask(lambda: provisioning.office(values), self._keep)
            case Page.PICK_UP:
                self._ask(lambda: provisioning.pick_up(values), self._keep)
            case Page.CERTIFICATES:
                self._ask(lambda: provisioning.certificates(values, self._now()), self._keep_certificates)
            case Page.KEYS:
                self._ask(lambda: provisioning.keys(values), lambda part: self._keep_keys(part, values["passphrase"]))
            case Page.DEVICES:
                self._keep_devices()
            case Page.SUMMARY:
                self._write()

    def _keep(self, part: Part) -> None:
        self._parts[self._at] = part
        pages = tuple(Page)
        self._show(pages[pages.index(self._at) + 1])

    def _keep_certificates(self, checked: Certificates) -> None:
        self._checked = checked
        self._keep({})

    def _keep_keys(self, part: Part, passphrase: str) -> None:
        self._passphrase = passphrase if part["keys"]["vault"] == VaultName.PASSPHRASE else None
        self._keep(part)

    def _keep_devices(self) -> None:
        """Only what stands there as it was tried, and was well."""
        wrong, chosen = {}, {}
        for slot in SECTIONS:
            driver, place = self._devices.chosen(slot)
            if not driver:
                continue
            values = section(slot, driver, place)
            if slot not in self._tried or self._tried[slot][0] != values:
                wrong[slot] = "setup.untried"
            chosen[slot] = values
        if wrong:
            self._devices.wrong(wrong)
            self._window.message.say(sentence_for("setup.untried"), "caution")
            return
        self._ask(lambda: provisioning.devices(chosen), self._keep)

    def _write(self) -> None:
        checked = self._checked
        assert checked is not None
        parts: dict[str, Any] = {}
        for part in self._parts.values():
            parts |= part
        self._ask(lambda: provisioning.provision(self._file, parts, checked), self._written)

    def _written(self, _: Settings) -> None:
        passphrase, self._passphrase = self._passphrase, None
        self.end()
        self._window.rail.setVisible(False)
        self._window.show_wait()
        for page in self.pages.values():
            self._window.work.removeWidget(page)
            page.deleteLater()
        self._done(passphrase)

    # -- keys and devices

    def _offer(self, found: tuple[VaultFound, ...]) -> None:
        self._keys.offer(found)

    def _look(self, slot: str, driver: str) -> None:
        """List what is plugged in for this driver."""
        self._bridge.watch(
            self._trials.submit(lambda: plugged_in(driver)),
            lambda found: self._devices.offer(slot, found) if self._devices.chosen(slot)[0] == driver else None,
            self._tell,
        )

    def _try(self, slot: str) -> None:
        driver, place = self._devices.chosen(slot)
        if self._busy or not driver:
            return
        if not place and driver != POINTER:
            self._devices.wrong({slot: "setup.place"})
            return
        values = section(slot, driver, place)
        self._tried.pop(slot, None)
        self._busy = True
        self._devices.trying(slot)

        def ended() -> None:
            self._busy = False
            self._devices.trying(None)

        def tried(result: Tried) -> None:
            ended()
            failed = next((check for check, passed, _ in result.test.checks if not passed), "")
            if not result.test.passed:
                self._devices.say(slot, fill(sentence_for("setup.test_failed"), check=failed), "danger")
                return
            self._tried[slot] = values, result
            model = same(f"{result.info.maker} {result.info.model}".strip())
            self._devices.say(slot, fill(WELL, model=DRIVERS[POINTER] if driver == POINTER else model), "good")

        def failed(error: BaseException) -> None:
            ended()
            if isinstance(error, ValidationError):
                self._devices.wrong({slot: "setup.place"})
                return
            told, action = sentence_of(error), action_of(error)
            self._devices.say(slot, fill(same("{told} {action}."), told=told, action=action), "danger")

        self._bridge.watch(self._trials.submit(lambda: self._bench.run(slot, values)), tried, failed)

    # -- the summary

    def _lines(self) -> Lines:
        office, pick_up = self._parts[Page.OFFICE], self._parts[Page.PICK_UP]
        station, receipt, keys = office["station"], pick_up["receipt"], self._parts[Page.KEYS]
        checked = self._checked
        assert checked is not None
        promise = fill(DAYS, n=receipt["working_days"], place=receipt["place"], hours=receipt["hours"])
        lines = [
            (Text("Stasiun", "Station"), same(f"{station['code']} · {station['name']}")),
            (NAMES[Page.OFFICE], same(", ".join(filter(None, (station["office"], station["address"]))))),
            (Text("Pemerintah daerah", "Local government"), same(station["regency"])),
            (Text("Zona waktu", "Time zone"), ZONES[office["zone"]]),
            (Text("Selesai dalam", "Ready in"), promise),
            (Text("Sebelum disegel", "Before sealing"), APPROVALS[pick_up["approval"]]),
        ]
        for role, name in ((Role.CENTRE, CENTRE), (Role.AUTHORITIES, ROOT), (Role.OFFICE, RESTORES)):
            seen = checked.seen[role]
            until = birth_text(seen.until.date())
            told = fill(CERTIFICATE, subject=seen.subject, until=until, fingerprint=seen.fingerprint)
            lines.append((name, told))
        lines += [
            (Text("Kunci dijaga oleh", "Keys guarded by"), VAULTS[VaultName(keys["keys"]["vault"])][0]),
            (Text("Folder data", "Data folder"), same(keys["data_dir"])),
        ]
        attached = self._parts[Page.DEVICES]["devices"]
        lines += [(SLOTS[slot], self._device(slot, values)) for slot, values in attached.items()]
        absent = [SLOTS[slot] for slot in SECTIONS if slot not in attached]
        if absent:
            lines.append((Text("Belum ada", "Left out"), listed(absent)))
        return lines

    def _device(self, slot: str, values: dict[str, str]) -> Text:
        info = self._tried[slot][1].info
        if slot == DeviceKind.SIGNATURE_PAD and values["driver"] == POINTER:
            return DRIVERS[POINTER]
        place = next((word for key, word in values.items() if key != "driver"), "")
        return same(" · ".join(filter(None, (f"{info.maker} {info.model}".strip(), place))))

    # -- asking and telling

    def _ask(self, job: Callable[[], T], done: Callable[[T], None]) -> None:
        """One question at a time; what is wrong is told at its field."""
        if self._busy:
            return
        self._busy, page = True, self.pages[self._at]
        page.busy(True)

        def ended() -> None:
            self._busy = False
            page.busy(False)

        def arrived(result: T) -> None:
            ended()
            done(result)

        def missed(error: BaseException) -> None:
            ended()
            if isinstance(error, PageError):
                page.wrong(error.wrong)
                if "" in error.wrong:
                    self._window.message.say(sentence_for(error.wrong[""]), "caution")
                return
            self._tell(error)

        self._bridge.ask(job, arrived, missed)

    def _tell(self, error: BaseException) -> None:
        tone = "danger" if is_bug(error) or not isinstance(error, StationError) else "caution"
        self._window.message.say(sentence_of(error), tone)

    def _speak(self) -> None:
        self._window.speak("en" if self._window.language == "id" else "id")

    def _key(self, key: object) -> None:
        if key == Qt.Key.Key_F2:
            self._speak()
