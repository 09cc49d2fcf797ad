"""The station's officers as a list, and what a supervisor may do about one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from station.services.officers import OfficerState
from ui.dialogs.account import KINDS, OWN_PASSWORD
from ui.dialogs.form import FormDialog
from ui.dialogs.panel import PanelDialog
from ui.language import Text, fill, language_of, listed, same
from ui.messages import locked_for
from ui.screens.sign_on import ROLES
from ui.widgets.fields import choice, line
from ui.widgets.text import Button, row

LIST: Final = Text("Petugas stasiun ini", "Officers of this station")
OFF: Final = Text("Tidak bertugas lagi", "Serves no longer")
NO_FACTOR: Final = Text("tanpa verifikasi kedua", "no second factor")


class Act(StrEnum):
    """What may be done about one officer."""

    PASSWORD = "password"  # noqa: S105 - an act's name, no secret
    FACTORS = "factors"
    UNLOCK = "unlock"
    SWITCH_OFF = "switch_off"
    SWITCH_ON = "switch_on"


_WORDS: Final[Mapping[Act, Text]] = {
    Act.PASSWORD: Text("Kata sandi baru …", "New password …"),
    Act.FACTORS: Text("Hapus verifikasi …", "Reset factors …"),
    Act.UNLOCK: Text("Buka kunci …", "Unlock …"),
    Act.SWITCH_OFF: Text("Nonaktifkan …", "Switch off …"),
    Act.SWITCH_ON: Text("Aktifkan …", "Switch on …"),
}
_ASKED: Final[Mapping[Act, tuple[Text, Text]]] = {
    Act.PASSWORD: (
        Text("Kata sandi baru untuk {name}", "A new password for {name}"),
        Text("Diketik petugas itu sendiri.", "That officer types it."),
    ),
    Act.FACTORS: (
        Text("Hapus verifikasi kedua {name}?", "Reset the second factors of {name}?"),
        Text(
            "Kartu atau autentikatornya tidak berlaku lagi. Ia masuk dengan kata sandi saja.",
            "Card and authenticator count no longer. The password alone is asked.",
        ),
    ),
    Act.UNLOCK: (
        Text("Buka kunci {name}?", "Unlock {name}?"),
        Text("Pastikan ia sendiri yang salah mengetik.", "Make sure that the mistakes were their own."),
    ),
    Act.SWITCH_OFF: (
        Text("Nonaktifkan {name}?", "Switch {name} off?"),
        Text("Ia tidak dapat masuk lagi. Rekamannya tetap ada.", "They cannot sign on. What they recorded stays."),
    ),
    Act.SWITCH_ON: (
        Text("Aktifkan {name}?", "Switch {name} on?"),
        Text("Ia masuk lagi dengan kata sandinya yang lama.", "They sign on with the password that they had."),
    ),
}


class OfficersDialog(PanelDialog):
    """Passive: a line for each, buttons for the one that is chosen."""

    added = Signal()
    asked = Signal(str, object)

    def __init__(self, parent: QWidget, own: str) -> None:
        super().__init__(parent, "officers", LIST, width=760)
        self._own = own
        self._lines: tuple[OfficerState, ...] = ()
        self.list = QListWidget()
        self.list.setObjectName("officers.list")
        self.list.setAccessibleName(LIST.in_language(language_of(self)))
        self.list.setUniformItemSizes(True)
        self.list.setMinimumHeight(320)
        self.list.currentRowChanged.connect(self._offer)
        self._acts = {act: Button(words, f"officers.{act.value}") for act, words in _WORDS.items()}
        for act, button in self._acts.items():
            button.clicked.connect(lambda _=False, act=act: self._ask(act))
        add = Button(Text("Tambah petugas …", "Add an officer …"), "officers.add", icon="plus")
        add.clicked.connect(self.added)
        self.content.addWidget(self.list)
        self.content.addLayout(row(*self._acts.values(), 1))
        self.content.addLayout(row(add, 1))
        self._offer(-1)

    def show_lines(self, lines: Sequence[OfficerState]) -> None:
        """Everybody, as they are now; whoever was chosen stays chosen."""
        chosen = self._chosen
        self._lines = tuple(lines)
        self.list.clear()
        for each in self._lines:
            head = fill(same("{name} · {role}"), name=each.officer.name, role=ROLES[each.officer.role])
            words = (one.in_language(language_of(self)) for one in (head, _state(each)))
            item = QListWidgetItem("\n".join(words))
            item.setSizeHint(QSize(100, 60))
            self.list.addItem(item)
        ids = [each.officer.id for each in self._lines]
        self.list.setCurrentRow(ids.index(chosen.officer.id) if chosen and chosen.officer.id in ids else -1)

    @property
    def _chosen(self) -> OfficerState | None:
        at = self.list.currentRow()
        return self._lines[at] if 0 <= at < len(self._lines) else None

    def _offer(self, _: int) -> None:
        chosen = self._chosen
        other = chosen is not None and chosen.officer.id != self._own
        active = chosen is not None and chosen.officer.active
        may = {
            Act.PASSWORD: active,
            Act.FACTORS: chosen is not None and bool(chosen.factors),
            Act.UNLOCK: chosen is not None and chosen.locked_s > 0,
            Act.SWITCH_OFF: active,
            Act.SWITCH_ON: not active,
        }
        for act, button in self._acts.items():
            button.setEnabled(other and may[act])
        self._acts[Act.SWITCH_OFF].setVisible(active or chosen is None)
        self._acts[Act.SWITCH_ON].setVisible(not active and chosen is not None)

    def _ask(self, act: Act) -> None:
        if self._chosen is not None:
            self.asked.emit(act.value, self._chosen.officer)


def _state(each: OfficerState) -> Text:
    if not each.officer.active:
        return fill(same("{id} · {off}"), id=each.officer.id, off=OFF)
    factors = listed(KINDS[kind] for kind in sorted(each.factors)) if each.factors else NO_FACTOR
    if each.locked_s:
        return fill(
            same("{id} · {factors} · {locked}"), id=each.officer.id, factors=factors, locked=locked_for(each.locked_s)
        )
    return fill(same("{id} · {factors}"), id=each.officer.id, factors=factors)


def about(parent: QWidget, act: Act, name: str) -> FormDialog:
    """Does a supervisor mean it? They answer with their own password."""
    title, intro = _ASKED[act]
    new = line("new", Text("Kata sandi baru", "New password"), secret=True, quiet=True)
    fields = {"new": new} if act is Act.PASSWORD else {}
    return FormDialog(
        parent,
        f"officer_{act.value}",
        fill(title, name=name),
        intro,
        Text(_WORDS[act].id.removesuffix(" …"), _WORDS[act].en.removesuffix(" …")),
        {**fields, "password": line("password", OWN_PASSWORD, secret=True, quiet=True)},
        danger=act in {Act.FACTORS, Act.SWITCH_OFF},
    )


def add(parent: QWidget) -> FormDialog:
    """One more."""
    fields = {
        "name": line("name", Text("Nama lengkap", "Full name"), quiet=True),
        "id": line("id", Text("ID (huruf kecil, angka)", "Id (small letters, digits)"), quiet=True),
        "role": choice("role", Text("Tugas", "Role"), {role.value: words for role, words in ROLES.items()}, quiet=True),
        "newcomer": line(
            "newcomer",
            Text("Kata sandi baru, diketik petugas itu", "New password, typed by that officer"),
            secret=True,
            quiet=True,
        ),
        "password": line("password", OWN_PASSWORD, secret=True, quiet=True),
    }
    title = Text("Tambah petugas", "Add an officer")
    return FormDialog(parent, "add_officer", title, None, Text("Tambah", "Add"), fields)
