"""Setting a station up: what its pages have in common, and those that ask in words alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QWidget

from station.config import Approval, Zone
from ui.language import Text, same
from ui.messages import sentence_for
from ui.screens.screen import Screen
from ui.theme import tokens as t
from ui.widgets.fields import Field, LineEdit, line, segments
from ui.widgets.text import Button, Card, Label


class Page(StrEnum):
    """The steps, in their order."""

    OFFICE = "office"
    PICK_UP = "pick_up"
    CERTIFICATES = "certificates"
    KEYS = "keys"
    DEVICES = "devices"
    SUMMARY = "summary"


NAMES: Final[Mapping[StrEnum, Text]] = {
    Page.OFFICE: Text("Kantor", "Office"),
    Page.PICK_UP: Text("Pengambilan", "Pick-up"),
    Page.CERTIFICATES: Text("Sertifikat", "Certificates"),
    Page.KEYS: Text("Kunci", "Keys"),
    Page.DEVICES: Text("Perangkat", "Devices"),
    Page.SUMMARY: Text("Ringkasan", "Summary"),
}
ZONES: Final = {
    Zone.WIB.value: Text("WIB (barat)", "WIB (west)"),
    Zone.WITA.value: Text("WITA (tengah)", "WITA (central)"),
    Zone.WIT.value: Text("WIT (timur)", "WIT (east)"),
}
APPROVALS: Final = {
    Approval.SUPERVISOR.value: Text("Penyelia menyetujui", "A supervisor approves"),
    Approval.AUTOMATIC.value: Text("Otomatis bila lengkap", "By itself once complete"),
}
NEXT: Final = Text("Lanjut", "Next")


class WizardScreen(Screen):
    """One page: fields by name, a way back and a way on. Passive.

    Args:
        page: which one.
        title: what is asked here.
        lead: why, in a few words beside the title.
        primary: words of the button.
    """

    def __init__(self, page: Page, title: Text, lead: Text, primary: Text = NEXT, *, icon: str = "") -> None:
        super().__init__(f"setup_{page.value}", title, primary, icon=icon)
        self.page = page
        self.fields: dict[str, Field] = {}
        self.lead.say(lead)
        self.back = Button(Text("Kembali", "Back"), f"setup_{page.value}.back")
        self.back.clicked.connect(self.went_back)
        self.aside.addWidget(self.back)
        if page is Page.OFFICE:
            self.back.hide()

    def add(self, field: Field) -> Field:
        """Know a field by the last word of its control's name."""
        name = field.control.objectName().rpartition(".")[2]
        self.fields[name] = field
        field.changed.connect(lambda: field.wrong(None))
        return field

    def first(self) -> QWidget | None:
        return next(iter(self.fields.values()), None)

    def values(self) -> dict[str, str]:
        """What stands in the fields."""
        return {name: field.value for name, field in self.fields.items()}

    def wrong(self, codes: Mapping[str, str]) -> None:
        """Say at each field what is wrong there, and go to the first one."""
        for name, field in self.fields.items():
            field.wrong(sentence_for(codes[name]) if name in codes else None)
        at = next((field for name, field in self.fields.items() if name in codes), None)
        if at is not None:
            at.setFocus(Qt.FocusReason.OtherFocusReason)

    def busy(self, busy: bool) -> None:
        """What stands here is being checked."""
        assert self.primary is not None
        self.primary.setEnabled(not busy)
        self.back.setEnabled(not busy)


def pair(*fields: QWidget) -> QHBoxLayout:
    """Fields side by side, equally wide."""
    layout = QHBoxLayout()
    layout.setSpacing(2 * t.GRID)
    for field in fields:
        layout.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
    return layout


def example(field: Field, text: Text) -> Field:
    """With how it is written."""
    assert isinstance(field.control, LineEdit)
    field.control.example(text)
    return field


class OfficeScreen(WizardScreen):
    """Who the station is."""

    def __init__(self) -> None:
        super().__init__(
            Page.OFFICE,
            Text("Stasiun dan kantornya", "The station and its office"),
            Text("Tercetak di setiap tanda terima dan paket.", "Printed on every receipt and packet."),
        )
        card = Card(margin=3 * t.GRID, spacing=t.GRID)
        code = example(self.add(line("setup.code", Text("Kode stasiun", "Station code"))), same("KUTIM-01"))
        name = example(self.add(line("setup.name", Text("Nama stasiun", "Station name"))), Text("Loket 1", "Counter 1"))
        card.column.addLayout(pair(code, name))
        office = self.add(line("setup.office", Text("Kantor", "Office")))
        card.column.addWidget(example(office, same("Dinas Kependudukan dan Pencatatan Sipil")))
        regency = self.add(line("setup.regency", Text("Pemerintah daerah", "Local government")))
        address = self.add(line("setup.address", Text("Alamat (boleh kosong)", "Address (optional)")))
        card.column.addLayout(pair(example(regency, same("Pemerintah Kabupaten Kutai Timur")), address))
        card.column.addWidget(self.add(segments("setup.zone", Text("Zona waktu", "Time zone"), ZONES)))
        self.body.addWidget(card)
        self.body.addStretch(1)


class PickUpScreen(WizardScreen):
    """What is promised, and who approves."""

    def __init__(self) -> None:
        super().__init__(
            Page.PICK_UP,
            Text("Janji kepada pemohon", "The promise to applicants"),
            Text("Tercetak di tanda terima, tanpa biaya.", "Printed on the receipt, free of charge."),
        )
        card = Card(margin=3 * t.GRID, spacing=4)
        place = self.add(line("setup.place", Text("Tempat pengambilan", "Place of pick-up")))
        card.column.addWidget(example(place, same("Loket pengambilan, Kantor Camat Sangatta Utara")))
        days = self.add(line("setup.working_days", Text("Selesai dalam hari kerja", "Ready in working days")))
        opens = self.add(line("setup.opens", Text("Loket buka", "Opens")))
        closes = self.add(line("setup.closes", Text("Loket tutup", "Closes")))
        card.column.addLayout(
            pair(
                example(days, same("1")),
                example(opens, Text("08.00", "08:00")),
                example(closes, Text("15.00", "15:00")),
            )
        )
        self.body.addWidget(card)
        card = Card(margin=3 * t.GRID, spacing=4)
        approval = segments("setup.approval", Text("Sebelum disegel", "Before a recording is sealed"), APPROVALS)
        card.column.addWidget(self.add(approval))
        self.body.addWidget(card)
        self.body.addStretch(1)


Lines = Sequence[tuple[Text, Text]]
"""What it is, and what was chosen."""


class SummaryScreen(WizardScreen):
    """Everything on one page, and where it will be written."""

    def __init__(self) -> None:
        super().__init__(
            Page.SUMMARY,
            Text("Periksa sekali lagi", "Look once more"),
            Text(
                "Bandingkan sidik digital dengan yang disampaikan.", "Compare the fingerprints as you were told them."
            ),
            Text("Tulis dan buka stasiun", "Write and open the station"),
            icon="check",
        )
        self._card = Card(margin=2 * t.GRID, spacing=0)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(2 * t.GRID)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self._card.column.addLayout(self._grid)
        self._card.column.addStretch(1)
        self._card.setMinimumHeight(1)  # its words at this width say how high it is, not at their narrowest
        area = QScrollArea()
        area.setObjectName("setup_summary.area")
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._card)
        self.body.addWidget(area, 1)
        self.file = Label(None, "strong", wrap=True)
        self.file.setObjectName("setup_summary.file")
        self.body.addWidget(self.file)

    def first(self) -> QWidget | None:
        return self.primary

    def show_lines(self, lines: Lines) -> None:
        """One below the other."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row, (name, words) in enumerate(lines):
            said = Label(words, wrap=True)
            said.setObjectName(f"setup_summary.{row}")
            self._grid.addWidget(Label(name, "small"), row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(said, row, 1)
