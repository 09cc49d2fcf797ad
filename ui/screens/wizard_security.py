"""Setting a station up: whom packets and recovery files are for, and what guards the station's own keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QGridLayout, QWidget

from station.provisioning import VaultFound
from station.security.vault import VaultName
from ui.language import Text, language_of
from ui.messages import sentence_for
from ui.screens.wizard import Page, WizardScreen, pair
from ui.theme import tokens as t
from ui.widgets.fields import Field, LineEdit, line
from ui.widgets.text import Button, Card, Label, row

CHOOSE: Final = Text("Pilih berkas …", "Choose a file …")
VAULTS: Final[Mapping[VaultName, tuple[Text, Text]]] = {
    VaultName.KEYRING: (
        Text("Penyimpan kunci sistem", "The system's keyring"),
        Text(
            "Terbuka bersama akun komputer ini; petugas tidak mengetik apa-apa.",
            "Opens with this computer's account; officers type nothing.",
        ),
    ),
    VaultName.TPM: (
        Text("TPM komputer ini", "This computer's TPM"),
        Text("Disk yang dicuri tidak terbaca di komputer lain.", "A stolen disk opens in no other computer."),
    ),
    VaultName.PASSPHRASE: (
        Text("Frasa sandi", "A passphrase"),
        Text(
            "Diketik setiap kali stasiun dibuka; komputer yang dicuri pun tidak terbaca.",
            "Typed at each start; even a stolen computer gives nothing away.",
        ),
    ),
    VaultName.FILE: (
        Text("Berkas biasa", "A plain file"),
        Text(
            "Tidak melindungi apa pun: pencuri disk membaca semuanya.",
            "Protects nothing: whoever takes the disk reads all.",
        ),
    ),
}
UNPROTECTED: Final = Text(
    "Saya tahu: kunci tidak terlindung, siapa pun yang mengambil disk ini membaca semua data.",
    "I know: the keys are unprotected, and whoever takes this disk reads all data.",
)
TRYING: Final = Text("Penyimpan kunci di komputer ini sedang dicoba …", "Trying what this computer has …")


class FileField(Field):
    """A path: typed, or chosen from a dialog."""

    def __init__(self, name: str, label: Text, pattern: str = "") -> None:
        """`pattern`: of files; "" for a folder."""
        control = LineEdit(name)
        super().__init__(name, label, control)
        self._title, self._pattern = label, pattern
        self.choose = Button(CHOOSE if pattern else Text("Pilih folder …", "Choose a folder …"), f"{name}.choose")
        self.choose.clicked.connect(self._open)
        layout = self.layout()
        assert layout is not None
        layout.removeWidget(control)
        layout.insertLayout(1, row(control, self.choose))  # type: ignore[attr-defined]  # a field's is a QVBoxLayout

    def _open(self) -> None:
        near = Path(self.value).parent if self.value else Path.home()
        dialog = QFileDialog(self, self._title.in_language(language_of(self)), str(near), self._pattern)
        mode = QFileDialog.FileMode.ExistingFile if self._pattern else QFileDialog.FileMode.Directory
        dialog.setFileMode(mode)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._chosen)
        dialog.open()

    def _chosen(self, path: str) -> None:
        self.fill(path)
        self.changed.emit()


class CertificatesScreen(WizardScreen):
    """Three files."""

    def __init__(self) -> None:
        super().__init__(
            Page.CERTIFICATES,
            Text("Untuk siapa data disandikan", "For whom data are encrypted"),
            Text("Salinannya disimpan di samping pengaturan.", "Copies are kept beside the settings."),
        )
        pattern = "*.pem *.crt *.cer *.der"
        for name, label, why in (
            (
                "centre",
                Text("Sertifikat pusat data", "The data centre's certificate"),
                Text("Hanya pusat data yang membuka paket.", "Only the centre opens packets."),
            ),
            (
                "authorities",
                Text("Penjaminnya, sampai ke akar", "Its authorities, up to the root"),
                Text("Satu berkas PEM; di dalamnya ada akarnya.", "One PEM file, the root among them."),
            ),
            (
                "office",
                Text("Sertifikat kantor", "The office's certificate"),
                Text(
                    "Kunci pasangannya memulihkan stasiun ini; simpan di kantor.",
                    "Its key restores this station; it stays at the office.",
                ),
            ),
        ):
            card = Card(margin=2 * t.GRID, spacing=0)
            card.column.addWidget(self.add(FileField(f"setup.certificates.{name}", label, pattern)))
            card.column.addWidget(Label(why, "small", wrap=True))
            self.body.addWidget(card)
        self.body.addStretch(1)


class KeysScreen(WizardScreen):
    """Where the data lie, and one vault of those that work here."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(
            Page.KEYS,
            Text("Penjaga kunci stasiun", "What guards the keys"),
            Text("Dicoba sungguhan; yang berfungsi ada di atas.", "Really tried; what works here stands first."),
        )
        self._vault = ""
        self._buttons: dict[str, Button] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(2 * t.GRID)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._error = Label(None, "error")
        self._error.setObjectName("setup.vault.error")
        self._error.hide()
        self._trying = Label(TRYING, "soft")
        card = Card(margin=2 * t.GRID, spacing=2)
        card.column.addWidget(self._trying)
        card.column.addLayout(self._grid)
        card.column.addWidget(self._error)
        self.passphrase = self.add(
            line("setup.passphrase", Text("Frasa sandi, 14 huruf atau lebih", "Passphrase, 14 or more"), secret=True)
        )
        self.again = self.add(line("setup.again", Text("Ketik sekali lagi", "Type it again"), secret=True))
        self._phrases = QWidget()
        both = pair(self.passphrase, self.again)
        both.setContentsMargins(0, 0, 0, 0)
        self._phrases.setLayout(both)
        self.unprotected = Button(UNPROTECTED, "setup.unprotected", "tile")
        self.unprotected.setCheckable(True)
        self.unprotected.clicked.connect(lambda: self._problem(""))
        card.column.addWidget(self._phrases)
        card.column.addWidget(self.unprotected)
        card.column.addSpacing(t.GRID)
        folder = FileField("setup.data_dir", Text("Folder data stasiun", "Folder of the station's data"))
        folder.fill(str(data_dir))
        card.column.addWidget(self.add(folder))
        self.body.addWidget(card)
        self.body.addStretch(1)
        self._choose("")

    def first(self) -> QWidget | None:
        return next(iter(self._buttons.values()), self.back)

    @property
    def offered(self) -> bool:
        """Whether it is known what works here."""
        return bool(self._buttons)

    def offer(self, found: Sequence[VaultFound]) -> None:
        """What was tried here; the bare file stands last."""
        self._trying.hide()
        for each in (*found, VaultFound(VaultName.FILE, "")):
            number, (name, why) = len(self._buttons), VAULTS[each.name]
            button = Button(name, f"setup.vault.{each.name.value}")
            button.setCheckable(True)
            button.setEnabled(not each.code)
            button.clicked.connect(self._pressed)
            bare = each.name is VaultName.FILE
            told = Label(sentence_for(each.code) if each.code else why, wrap=True, tone="caution" if bare else "")
            self._buttons[each.name.value] = button
            self._grid.addWidget(button, number, 0)
            self._grid.addWidget(told, number, 1, Qt.AlignmentFlag.AlignVCenter)
        first = self.first()
        if first is not None and self.isVisible():
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def values(self) -> dict[str, str]:
        chosen = {"vault": self._vault, "unprotected": "yes" if self.unprotected.isChecked() else ""}
        return super().values() | chosen

    def wrong(self, codes: Mapping[str, str]) -> None:
        super().wrong(codes)
        self._problem(codes.get("vault") or codes.get("unprotected", ""))
        if "unprotected" in codes:
            self.unprotected.setFocus(Qt.FocusReason.OtherFocusReason)
        elif "vault" in codes and (first := self.first()) is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """What was typed in secret."""
        self.passphrase.fill("")
        self.again.fill("")

    def _problem(self, code: str) -> None:
        self._error.say(sentence_for(code) if code else None)
        self._error.setVisible(bool(code))

    def _pressed(self) -> None:
        self._choose(next(name for name, button in self._buttons.items() if button is self.sender()))

    def _choose(self, vault: str) -> None:
        self._vault = vault
        for name, button in self._buttons.items():
            button.setChecked(name == vault)
        self._phrases.setVisible(vault == VaultName.PASSPHRASE)
        self.unprotected.setVisible(vault == VaultName.FILE)
        self.unprotected.setChecked(False)
        self._problem("")
        if vault == VaultName.PASSPHRASE:
            self.passphrase.setFocus(Qt.FocusReason.OtherFocusReason)
