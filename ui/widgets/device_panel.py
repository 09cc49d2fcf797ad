"""The devices at the right side: who is there, how it fares, and what to do where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from devices.device import Health, HealthState
from ui.language import Text, birth_text, clock_text, fill
from ui.messages import action_of, sentence_of
from ui.theme import icons
from ui.theme import tokens as t
from ui.widgets.text import Button, Card, Label, row

NAMES: Final = {
    "camera": Text("Kamera", "Camera"),
    "fingerprint": Text("Sidik jari", "Fingerprint"),
    "signature_pad": Text("Papan tanda tangan", "Signature pad"),
    "card_reader": Text("Pembaca kartu", "Card reader"),
    "officer_reader": Text("Pembaca kartu petugas", "Officers' card reader"),
    "thermometer": Text("Termometer", "Thermometer"),
    "positioning": Text("Posisi", "Position"),
}
_STATES: Final = {
    HealthState.READY: (Text("Siap", "Ready"), "good"),
    HealthState.BUSY: (Text("Bekerja", "Working"), "good"),
    HealthState.CLOSED: (Text("Menyambung …", "Connecting …"), ""),
    HealthState.LOST: (Text("Terputus", "Disconnected"), "danger"),
    HealthState.FAILED: (Text("Gagal", "Failed"), "danger"),
}
CHECK: Final = Text("Periksa", "Check")
WELL: Final = Text("Pemeriksaan diri: baik.", "Self-test: well.")
UNWELL: Final = Text(
    "Pemeriksaan diri gagal ({check}): panggil teknisi.", "Self-test failed ({check}): call a technician."
)
WIPED: Final = Text("Didisinfeksi {date}, {clock}", "Disinfected {date}, {clock}")
USED: Final = Text("Dipakai sejak didisinfeksi", "Used since it was disinfected")
CALIBRATED: Final = Text("Dikalibrasi {date}", "Calibrated {date}")
SEARCHING: Final = Text("Belum ada posisi: bawa antena ke langit terbuka.", "No position yet: antenna under open sky.")
PLACED: Final = Text("Posisi dari {n} satelit", "Position from {n} satellites")
PLACED_SOMEHOW: Final = Text("Posisi ada", "There is a position")
AHEAD: Final = Text(
    "Jam stasiun {n} menit lebih cepat dari satelit: setel jam.",
    "The clock is {n} min ahead of the satellites: set it.",
)
BEHIND: Final = Text(
    "Jam stasiun {n} menit lebih lambat dari satelit: setel jam.", "The clock is {n} min behind the satellites: set it."
)


class DeviceCard(Card):
    """One device."""

    def __init__(self, slot: str) -> None:
        super().__init__(margin=8, spacing=4)
        self.slot = slot
        self._ready = False
        name = NAMES[slot]
        picture = Label()
        picture.setPixmap(icons.pixmap(slot, t.ACCENT, 28))
        picture.setFixedSize(32, 32)
        self._state = Label(None, "strong")
        self._state.setObjectName(f"device.{slot}.state")
        self._cause = Label(None, "small", wrap=True)
        self._action = Label(None, "small", wrap=True, tone="danger")
        self._notice = Label(None, "small", wrap=True)
        self._notice.setObjectName(f"device.{slot}.notice")
        self._upkeep = [Label(None, "small", wrap=True) for _ in range(2)]
        self.check = Button(CHECK, f"device.{slot}.check", "quiet")
        self.check.say(CHECK, Text(f"{CHECK.id} {name.id}", f"{CHECK.en} {name.en}"))
        self.column.addLayout(row(picture, Label(name, "strong", wrap=True), spacing=6))
        self.column.addLayout(row(self._state, 1, self.check))
        self.column.addWidget(self._cause)
        self.column.addWidget(self._action)
        for label in (self._notice, *self._upkeep):
            self.column.addWidget(label)
            label.setVisible(False)
        self.show_health(Health(HealthState.CLOSED), "")

    @property
    def ready(self) -> bool:
        """Whether it can be worked with."""
        return self._ready

    def show_health(self, health: Health, model: str) -> None:
        """How it fares now."""
        self._ready = health.state in {HealthState.READY, HealthState.BUSY}
        words, tone = _STATES[health.state]
        self._state.say(words)
        self._state.tone(tone)
        ill = health.error is not None
        self._cause.say(sentence_of(health.error) if health.error is not None else None)
        self._action.say(action_of(health.error) if health.error is not None else None)
        self._cause.setVisible(ill)
        self._action.setVisible(ill)
        if not self._ready:
            self.show_notice(None)
        self.check.setVisible(health.state in {HealthState.READY, HealthState.FAILED})
        self.setToolTip(model)

    def show_test(self, *, passed: bool, check: str = "") -> None:
        """Outcome of the self-test; of one that failed the check that did."""
        self._cause.setVisible(True)
        self._cause.say(WELL if passed else fill(UNWELL, check=check or "?"))
        if not passed:
            self._state.tone("danger")

    def show_notice(self, sentence: Text | None, tone: str = "") -> None:
        """What its readings say of the station: where there is a fix, whose clock differs."""
        self._notice.say(sentence)
        self._notice.tone(tone)
        self._notice.setVisible(sentence is not None)

    def show_upkeep(self, wiped_at: datetime | None, calibrated: date | None, *, used: bool) -> None:
        """Its last disinfection (in the office's zone) and calibration; None where nothing is known."""
        wiped = None if wiped_at is None else fill(WIPED, date=birth_text(wiped_at.date()), clock=clock_text(wiped_at))
        told = (USED if used else wiped, None if calibrated is None else fill(CALIBRATED, date=birth_text(calibrated)))
        for label, sentence in zip(self._upkeep, told, strict=True):
            label.say(sentence)
            label.setVisible(sentence is not None)


class DevicePanel(QFrame):
    """Right side of the window."""

    check_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "side")
        self.cards: dict[str, DeviceCard] = {}
        self._list = QVBoxLayout()
        self._list.setSpacing(t.GRID)
        inside = QWidget()
        inside_layout = QVBoxLayout(inside)
        inside_layout.setContentsMargins(0, 0, 0, 0)
        inside_layout.addLayout(self._list)
        inside_layout.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        area.setFocusPolicy(area.focusPolicy().NoFocus)
        area.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2 * t.GRID, 0, 0)
        layout.setSpacing(t.GRID)
        heading = Label(Text("Perangkat", "Devices"), "small")
        heading.setContentsMargins(14, 0, 0, 0)
        layout.addWidget(heading)
        layout.addWidget(area, 1)
        self.resources = Label(None, "small", wrap=True)
        self.resources.setObjectName("devices.resources")
        self.resources.setContentsMargins(14, 0, 8, t.GRID)
        layout.addWidget(self.resources)
        self.squeeze(False)

    def squeeze(self, narrow: bool) -> None:
        """Whether the window is narrow."""
        self.setFixedWidth(184 if narrow else 224)
        side = t.GRID if narrow else 12
        self._list.setContentsMargins(side, 0, side, 2 * t.GRID)

    def show_slots(self, slots: tuple[str, ...]) -> None:
        """Which devices this station has."""
        for slot in slots:
            if slot in NAMES and slot not in self.cards:
                card = DeviceCard(slot)
                card.check.clicked.connect(self._asked)
                self.cards[slot] = card
                self._list.addWidget(card)

    def show_health(self, slot: str, health: Health, model: str = "") -> None:
        """How one of them fares."""
        card = self.cards.get(slot)
        if card is not None:
            card.show_health(health, model)

    def show_resources(self, sentences: Sequence[Text], tone: str) -> None:
        """How long the station can go on, one line each."""
        words = Text("\n".join(each.id for each in sentences), "\n".join(each.en for each in sentences))
        self.resources.say(words)
        self.resources.tone(tone)

    def show_whereabouts(self, *, fix: bool, satellites: int | None, skew_s: int | None) -> None:
        """What the receiver of positions says; a clock that differs goes before everything else."""
        card = self.cards.get("positioning")
        if card is None:
            return
        if skew_s is not None:
            card.show_notice(fill(AHEAD if skew_s > 0 else BEHIND, n=max(2, abs(round(skew_s / 60)))), "danger")
        elif not fix:
            card.show_notice(SEARCHING, "caution")
        else:
            card.show_notice(PLACED_SOMEHOW if satellites is None else fill(PLACED, n=satellites))

    def show_upkeep(self, slot: str, wiped_at: datetime | None, calibrated: date | None, *, used: bool) -> None:
        """Last disinfection and calibration of one of them."""
        card = self.cards.get(slot)
        if card is not None:
            card.show_upkeep(wiped_at, calibrated, used=used)

    def show_test(self, slot: str, *, passed: bool, check: str = "") -> None:
        """How one of them did in its self-test."""
        card = self.cards.get(slot)
        if card is not None:
            card.show_test(passed=passed, check=check)

    def _asked(self) -> None:
        for slot, card in self.cards.items():
            if card.check is self.sender():
                self.check_asked.emit(slot)
