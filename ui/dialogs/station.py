"""The state of the station for whoever looks after it: where its keys rest, and for how long it can seal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from station.security.vault import VaultName
from ui.dialogs.account import OWN_PASSWORD
from ui.dialogs.form import FormDialog
from ui.dialogs.panel import PanelDialog
from ui.language import Text, birth_text, fill, same
from ui.messages import sentence_for
from ui.theme import tokens as t
from ui.widgets.fields import choice, line
from ui.widgets.text import Button, Card, Label, column, row

if TYPE_CHECKING:
    from station.services.keys import KeyStatus

STATION: Final = Text("Keadaan stasiun", "State of the station")
VAULTS: Final[Mapping[VaultName, Text]] = {
    VaultName.FILE: Text("Berkas tanpa pelindung", "A file without protection"),
    VaultName.PASSPHRASE: Text("Berkas di bawah frasa sandi", "A file under a passphrase"),
    VaultName.KEYRING: Text("Penyimpan kunci sistem", "The system's keyring"),
    VaultName.TPM: Text("TPM komputer ini", "This computer's TPM"),
}
BARE: Final = Text("Kunci stasiun tersimpan tanpa pelindung.", "The station's keys rest without protection.")
ENDS: Final = Text(
    "Sertifikat pusat data berakhir {days} hari lagi.", "The data centre's certificate ends in {days} days."
)
ENDED: Final = Text("Sertifikat pusat data sudah berakhir.", "The data centre's certificate has ended.")
UNTIL: Final = Text("Berlaku sampai {date} ({days} hari lagi)", "Valid until {date} ({days} days)")
NO_RECOVERY: Final = Text("Belum ada", "None yet")
NO_CENTRE: Final = Text("Belum diatur", "Not set up")


def warnings(status: KeyStatus, *, practice: bool) -> tuple[Text, ...]:
    """What a technician or a supervisor must know at the beginning of a turn."""
    found = []
    if not status.protected and not practice:  # practice keeps files: nothing there is real
        found.append(BARE)
    if status.centre is not None and status.centre.days_left < 0:
        found.append(ENDED)
    elif status.centre is not None and status.centre.renewal_due:
        found.append(fill(ENDS, days=status.centre.days_left))
    elif status.centre_fault and not practice:
        found.append(sentence_for(status.centre_fault))
    return tuple(found)


class StationDialog(PanelDialog):
    """Passive."""

    moved = Signal()
    rotated = Signal()
    recovery = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "station", STATION, width=720)
        self._vault, self._found, self._centre = (Label(None, "body", wrap=True) for _ in range(3))
        for label, name in ((self._vault, "vault"), (self._found, "recovery"), (self._centre, "centre")):
            label.setObjectName(f"station.{name}.state")
        move = Button(Text("Pindahkan …", "Move …"), "station.move")
        rotate = Button(Text("Ganti kunci data …", "Change the data key …"), "station.rotate")
        make = Button(Text("Buat baru …", "Make a new one …"), "station.recovery")
        for button, signal in ((move, self.moved), (rotate, self.rotated), (make, self.recovery)):
            button.clicked.connect(signal)
        self._make = make
        self._add(Text("Kunci stasiun", "The station's keys"), self._vault, rotate, move)
        self._add(Text("Berkas pemulihan kunci", "Recovery file of the keys"), self._found, make)
        self._add(Text("Sertifikat pusat data", "The data centre's certificate"), self._centre)
        self.content.addStretch(1)

    def show_status(self, status: KeyStatus) -> None:
        """As it is now."""
        self._vault.say(VAULTS[status.vault])
        self._vault.tone("good" if status.protected else "danger")
        self._found.say(NO_RECOVERY if status.recovery is None else same(status.recovery.name))
        self._found.tone("caution" if status.recovery is None else "")
        words, tone = _centre(status)
        self._centre.say(words)
        self._centre.tone(tone)

    def _add(self, name: Text, state: Label, *buttons: Button) -> None:
        card = Card(margin=2 * t.GRID)
        head = row(*buttons)
        head.insertLayout(0, column(Label(name, "strong"), state, spacing=4), 1)
        card.column.addLayout(head)
        self.content.addWidget(card)


def _centre(status: KeyStatus) -> tuple[Text, str]:
    if status.centre is None:
        return (sentence_for(status.centre_fault), "danger") if status.centre_fault else (NO_CENTRE, "danger")
    if status.centre_fault:
        return sentence_for(status.centre_fault), "danger"
    words = fill(UNTIL, date=birth_text(status.centre.until.date()), days=status.centre.days_left)
    return words, "caution" if status.centre.renewal_due else "good"


def move(parent: QWidget, now: VaultName) -> FormDialog:
    """Where the keys shall rest from now on; a passphrase is typed twice."""
    labels = {each.value: VAULTS[each] for each in VaultName if each is not VaultName.FILE or now is VaultName.FILE}
    fields = {
        "vault": choice("vault", Text("Tempat baru", "New place"), labels, quiet=True),
        "phrase": line("phrase", Text("Frasa sandi (bila dipakai)", "Passphrase (if used)"), secret=True, quiet=True),
        "again": line("again", Text("Frasa sandi, sekali lagi", "Passphrase once more"), secret=True, quiet=True),
        "password": line("password", OWN_PASSWORD, secret=True, quiet=True),
    }
    return FormDialog(
        parent,
        "move_keys",
        Text("Pindahkan kunci stasiun", "Move the station's keys"),
        Text(
            "Dengan frasa sandi, stasiun hanya terbuka setelah frasa itu diketik. Yang lupa tidak dapat membukanya.",
            "Under a passphrase the station opens only once it was typed. Whoever forgets it cannot open it.",
        ),
        Text("Pindahkan", "Move"),
        fields,
        optional={"phrase", "again"},
    )


def rotate(parent: QWidget) -> FormDialog:
    """Everything is encrypted anew."""
    return _with_password(
        parent,
        "rotate_keys",
        Text("Ganti kunci data?", "Change the data key?"),
        Text(
            "Seluruh data disandikan ulang; biarkan komputer menyala. Sebuah berkas pemulihan baru dibuat.",
            "All data are encrypted anew; keep the computer on. A new recovery file is made.",
        ),
        Text("Ganti kunci", "Change the key"),
    )


def recovery(parent: QWidget) -> FormDialog:
    """Sealed for the office."""
    return _with_password(
        parent,
        "make_recovery",
        Text("Buat berkas pemulihan?", "Make a recovery file?"),
        Text(
            "Hanya kantor pemilik sertifikat dapat membukanya. Simpan salinannya di luar komputer ini.",
            "Only the office whose certificate it is can open it. Keep a copy away from this computer.",
        ),
        Text("Buat", "Make"),
    )


def _with_password(parent: QWidget, name: str, title: Text, intro: Text, primary: Text) -> FormDialog:
    fields = {"password": line("password", OWN_PASSWORD, secret=True, quiet=True)}
    return FormDialog(parent, name, title, intro, primary, fields)
