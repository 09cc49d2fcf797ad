"""The devices at the right side: who is there, how it fares, and what to do where it does not."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from devices.device import Health, HealthState
from ui.language import Text
from ui.messages import action_of, sentence_of
from ui.theme import icons
from ui.theme import tokens as t
from ui.widgets.text import Button, Card, Label, row

NAMES: Final = {
    "camera": Text("Kamera", "Camera"),
    "fingerprint": Text("Sidik jari", "Fingerprint"),
    "signature_pad": Text("Papan tanda tangan", "Signature pad"),
    "card_reader": Text("Pembaca kartu", "Card reader"),
    "thermometer": Text("Termometer", "Thermometer"),
}
_STATES: Final = {
    HealthState.READY: (Text("Siap", "Ready"), "good"),
    HealthState.BUSY: (Text("Bekerja", "Working"), "good"),
    HealthState.CLOSED: (Text("Menyambung …", "Connecting …"), ""),
    HealthState.LOST: (Text("Terputus", "Disconnected"), "danger"),
    HealthState.FAILED: (Text("Gagal", "Failed"), "danger"),
}
CHECK: Final = Text("Periksa", "Check")


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
        self.check = Button(CHECK, f"device.{slot}.check", "quiet")
        self.check.say(CHECK, Text(f"{CHECK.id} {name.id}", f"{CHECK.en} {name.en}"))
        self.column.addLayout(row(picture, Label(name, "strong", wrap=True), spacing=6))
        self.column.addLayout(row(self._state, 1, self.check))
        self.column.addWidget(self._cause)
        self.column.addWidget(self._action)
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
        self.check.setVisible(health.state in {HealthState.READY, HealthState.FAILED})
        self.setToolTip(model)

    def show_test(self, *, passed: bool) -> None:
        """Outcome of the self-test."""
        self._cause.setVisible(True)
        self._cause.say(
            Text("Pemeriksaan diri: baik.", "Self-test: well.")
            if passed
            else Text("Pemeriksaan diri gagal: panggil teknisi.", "Self-test failed: call a technician.")
        )


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
        self.squeeze(False)

    def squeeze(self, narrow: bool) -> None:
        """Whether the window is narrow."""
        self.setFixedWidth(164 if narrow else 224)
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

    def _asked(self) -> None:
        for slot, card in self.cards.items():
            if card.check is self.sender():
                self.check_asked.emit(slot)
