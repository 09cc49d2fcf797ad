"""Setting a station up: what is attached, each device tried with its own driver before it is taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QStackedWidget, QWidget

from devices.discovery import Found
from station.trial import POINTER, SECTIONS, drivers
from ui.language import Text, same
from ui.messages import sentence_for
from ui.screens.wizard import Page, WizardScreen
from ui.theme import tokens as t
from ui.widgets.device_panel import NAMES
from ui.widgets.fields import Choice, LineEdit
from ui.widgets.text import Button, Card, Label

NONE: Final = "none"
OTHER: Final = "other"
ABSENT: Final = Text("Tidak ada", "None")
ELSEWHERE: Final = Text("Alamat lain …", "Another address …")
TRYING: Final = Text("Sedang dicoba …", "Being tried …")
DRIVERS: Final[Mapping[str, Text]] = {
    "opencv": Text("Kamera video", "Video camera"),
    "r30x": same("R30x, AS608, R503"),
    "sfm": same("Suprema SFM"),
    "topaz": same("Topaz SigLite (serial)"),
    "wacom-stu": same("Wacom STU (serial)"),
    "wacom-stu-hid": same("Wacom STU (USB)"),
    "pointer": Text("Layar stasiun ini", "This station's screen"),
    "pcsc": Text("Pembaca PC/SC", "PC/SC reader"),
    "mcu90614": same("GY-MCU90614"),
    "mcu90615": same("GY-MCU90615"),
    "aa55": same("AA 55"),
    "nmea": Text("Penerima NMEA", "NMEA receiver"),
    "gpsd": same("gpsd"),
}


@dataclass(slots=True)
class _Line:
    """One place at the station."""

    driver: Choice
    place: Choice
    typed: LineEdit
    where: QStackedWidget
    attempt: Button
    said: Label
    offered: dict[str, Text] = field(default_factory=dict)


class DevicesScreen(WizardScreen):
    """Passive.

    Signals:
        driver_picked: slot, driver.
        asked: slot whose device shall be tried.
        altered: slot; what was tried is no longer what stands there.
    """

    driver_picked = Signal(str, str)
    asked = Signal(str)
    altered = Signal(str)

    def __init__(self) -> None:
        super().__init__(
            Page.DEVICES,
            Text("Perangkat yang terhubung", "What is connected"),
            Text("Yang belum ada dikosongkan, ditambah kelak.", "Leave out what is not here; it is added later."),
        )
        self._lines: dict[str, _Line] = {}
        card = Card(margin=2 * t.GRID, spacing=0)
        grid = QGridLayout()
        grid.setHorizontalSpacing(t.GRID)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 2)
        grid.setColumnStretch(2, 3)
        for number, slot in enumerate(SECTIONS):
            self._lines[slot] = self._line(grid, 2 * number, slot)
        card.column.addLayout(grid)
        self.body.addWidget(card)
        self.body.addStretch(1)
        for slot in self._lines:
            self._show(slot)

    def first(self) -> QWidget | None:
        return next(iter(self._lines.values())).driver

    def chosen(self, slot: str) -> tuple[str, str]:
        """Driver and place; "" while there is none."""
        line = self._lines[slot]
        driver = "" if line.driver.value == NONE else line.driver.value
        place = line.typed.text().strip() if line.place.value == OTHER else line.place.value
        return driver, place if driver and driver != POINTER else ""

    def offer(self, slot: str, found: Sequence[Found]) -> None:
        """What there is for the driver chosen; the only one there is stands chosen, as it is tried anyway."""
        line = self._lines[slot]
        line.place.offer({**{each.address: same(each.words) for each in found}, OTHER: ELSEWHERE})
        if not line.place.value and len(found) < 2:
            line.place.choose(found[0].address if found else OTHER)
        self._show(slot)

    def say(self, slot: str, words: Text | None, tone: str = "") -> None:
        """How the trial went."""
        line = self._lines[slot]
        line.said.say(words)
        line.said.tone(tone)

    def trying(self, slot: str | None) -> None:
        """Which one is being tried now; the others wait."""
        for each, line in self._lines.items():
            for control in (line.driver, line.where):
                control.setEnabled(slot is None)
            line.attempt.setEnabled(slot is None)
            if each == slot:
                self.say(each, TRYING)
        self.busy(slot is not None)

    def wrong(self, codes: Mapping[str, str]) -> None:
        for slot in self._lines.keys() & codes.keys():
            if self._lines[slot].said.property("tone") != "danger":  # why it failed says more
                self.say(slot, sentence_for(codes[slot]), "danger")
        at = next((line for slot, line in self._lines.items() if slot in codes), None)
        if at is not None:
            at.driver.setFocus(Qt.FocusReason.OtherFocusReason)

    def _line(self, grid: QGridLayout, at: int, slot: str) -> _Line:
        name = NAMES[slot]
        labels = {NONE: ABSENT, **{driver: DRIVERS[driver] for driver in drivers(slot)}}
        line = _Line(
            Choice(f"setup.{slot}.driver", labels),
            Choice(f"setup.{slot}.place"),
            LineEdit(f"setup.{slot}.typed"),
            QStackedWidget(),
            Button(Text("Coba", "Try"), f"setup.{slot}.try", spoken=name),
            Label(None, "small"),
        )
        line.said.setObjectName(f"setup.{slot}.said")
        line.driver.about(name)
        line.place.about(name)
        line.typed.about(name)
        line.typed.example(Text("Port atau alamat", "Port or address"))
        line.driver.choose(NONE)
        for part in (line.place, line.typed):
            line.where.addWidget(part)
        line.driver.picked.connect(lambda driver: self._picked(slot, driver))
        line.place.picked.connect(lambda _: self._altered(slot))
        line.typed.textEdited.connect(lambda _: self._altered(slot))
        line.attempt.clicked.connect(lambda: self.asked.emit(slot))
        grid.addWidget(Label(name), at, 0)
        grid.addWidget(line.driver, at, 1)
        grid.addWidget(line.where, at, 2)
        grid.addWidget(line.attempt, at, 3)
        grid.addWidget(line.said, at + 1, 1, 1, 3)
        return line

    def _picked(self, slot: str, driver: str) -> None:
        self._lines[slot].place.offer({})
        self._lines[slot].typed.clear()
        self._altered(slot)
        if driver not in {NONE, POINTER}:
            self.driver_picked.emit(slot, driver)

    def _altered(self, slot: str) -> None:
        self.say(slot, None)
        self._show(slot)
        self.altered.emit(slot)

    def _show(self, slot: str) -> None:
        line = self._lines[slot]
        there = line.driver.value not in {"", NONE}
        line.attempt.setVisible(there)
        line.where.setVisible(there and line.driver.value != POINTER)
        line.where.setCurrentWidget(line.typed if line.place.value == OTHER else line.place)
