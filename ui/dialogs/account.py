"""One's own account: password, authenticator, card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from station.domain.officer import FactorKind, Officer
from ui.dialogs.form import FormDialog
from ui.dialogs.panel import PanelDialog
from ui.language import Text, fill, same
from ui.screens.sign_on import ROLES
from ui.theme import tokens as t
from ui.widgets.fields import line
from ui.widgets.qr_code import QrCode
from ui.widgets.second_factor import LAY, PIN, digits
from ui.widgets.text import Button, Card, Label, column, row

ACCOUNT: Final = Text("Akun saya", "My account")
OWN_PASSWORD: Final = Text("Kata sandi Anda", "Your own password")
MUST: Final = Text(
    "Tugas Anda wajib memakai verifikasi kedua. Pasang salah satu sebelum bekerja.",
    "Your role must have a second factor. Take one on before you begin.",
)
KINDS: Final[Mapping[FactorKind, Text]] = {
    FactorKind.CODE: Text("Aplikasi autentikator", "Authenticator"),
    FactorKind.CARD: Text("Kartu petugas", "Officer's card"),
}
_ABOUT: Final[Mapping[FactorKind, Text]] = {
    FactorKind.CODE: Text("Kode enam angka di ponsel, berganti tiap 30 detik.", "Six digits on a phone, every 30 s."),
    FactorKind.CARD: Text("Kartu dengan sertifikat dan PIN.", "A card with a certificate and a PIN."),
}
_HAVE: Final = Text("Terpasang", "In use")
_HAVE_NOT: Final = Text("Belum ada", "None yet")
_TAKE: Final = Text("Pasang …", "Take on …")
_REPLACE: Final = Text("Ganti …", "Replace …")
_GIVE_UP: Final = Text("Lepas …", "Give up …")


class AccountDialog(PanelDialog):
    """Passive."""

    password_asked = Signal()
    taken = Signal(object)
    given_up = Signal(object)

    def __init__(self, parent: QWidget, officer: Officer, *, must: bool, cards: bool) -> None:
        super().__init__(parent, "account", ACCOUNT)
        self._take: dict[FactorKind, Button] = {}
        self._give_up: dict[FactorKind, Button] = {}
        self._states: dict[FactorKind, Label] = {}
        who = fill(same("{name} · {role} · {id}"), name=officer.name, role=ROLES[officer.role], id=officer.id)
        self.content.addWidget(Label(who, "body", wrap=True))
        self._must = Label(MUST, "body", wrap=True, tone="caution")
        self._must.setObjectName("account.must")
        self.content.addWidget(self._must)
        self._must.setVisible(must)
        change = Button(
            Text("Ganti …", "Change …"), "account.password", spoken=Text("Ganti kata sandi", "New password")
        )
        change.clicked.connect(self.password_asked)
        password = Card(margin=2 * t.GRID)
        password.column.addLayout(row(Label(Text("Kata sandi", "Password"), "strong"), 1, change))
        self.content.addWidget(password)
        for kind in FactorKind:
            if kind is FactorKind.CODE or cards:
                self.content.addWidget(self._card(kind))
        self.content.addStretch(1)

    def show_factors(self, kinds: frozenset[FactorKind]) -> None:
        """What is asked besides the password now."""
        for kind, state in self._states.items():
            has = kind in kinds
            state.say(_HAVE if has else _HAVE_NOT)
            state.tone("good" if has else "")
            words, name = (_REPLACE if has else _TAKE), KINDS[kind]
            self._take[kind].say(words, _spoken(words, name))
            self._give_up[kind].setVisible(has)
        if kinds:
            self._must.setVisible(False)

    def _card(self, kind: FactorKind) -> Card:
        name = KINDS[kind]
        take = self._take[kind] = Button(_TAKE, f"account.{kind.value}")
        take.clicked.connect(lambda: self.taken.emit(kind))
        give_up = self._give_up[kind] = Button(
            _GIVE_UP, f"account.{kind.value}.give_up", spoken=_spoken(_GIVE_UP, name)
        )
        give_up.clicked.connect(lambda: self.given_up.emit(kind))
        state = self._states[kind] = Label(None, "strong")
        state.setObjectName(f"account.{kind.value}.state")
        card = Card(margin=2 * t.GRID)
        head = row(1, give_up, take)
        head.insertLayout(0, column(Label(name, "strong"), state, spacing=0))
        card.column.addLayout(head)
        card.column.addWidget(Label(_ABOUT[kind], "small", wrap=True))
        return card


def _spoken(words: Text, name: Text) -> Text:
    return fill(same("{words} {name}"), words=words, name=name)


def change_password(parent: QWidget) -> FormDialog:
    """The old one, and the new one twice."""
    fields = {
        "password": line("password", Text("Kata sandi sekarang", "Present password"), secret=True, quiet=True),
        "new": line("new", Text("Kata sandi baru", "New password"), secret=True, quiet=True),
        "again": line("again", Text("Kata sandi baru, sekali lagi", "New password once more"), secret=True, quiet=True),
    }
    title = Text("Ganti kata sandi", "Change the password")
    return FormDialog(parent, "change_password", title, None, Text("Ganti", "Change"), fields)


def take_authenticator(parent: QWidget) -> FormDialog:
    """The own password comes first."""
    return FormDialog(
        parent,
        "take_code",
        Text("Pasang autentikator", "Take on an authenticator"),
        Text(
            "Siapkan ponsel dengan aplikasi autentikator. Sejak itu setiap kali masuk kodenya diminta.",
            "Have a phone with an authenticator ready. From then on its code is asked at every sign-on.",
        ),
        Text("Lanjut", "Go on"),
        {"password": line("password", OWN_PASSWORD, secret=True, quiet=True)},
    )


def first_code(parent: QWidget, modules: tuple[bytes, ...], secret: str) -> FormDialog:
    """The QR code for the phone; the first code shows that it has read it."""
    code = digits("code", Text("Kode pertama dari ponsel", "First code from the phone"), most=6)
    form = FormDialog(
        parent,
        "first_code",
        Text("Pindai dengan ponsel", "Scan it with the phone"),
        None,
        Text("Pasang", "Take on"),
        {"code": code},
    )
    about = Text("Kode QR untuk aplikasi autentikator", "QR code for the authenticator")
    words = Label(same(" ".join(secret[at : at + 4] for at in range(0, len(secret), 4))), "strong", wrap=True)
    words.setObjectName("first_code.secret")
    form.content.insertWidget(0, QrCode("first_code.qr", modules, about), 0, Qt.AlignmentFlag.AlignHCenter)
    form.content.insertWidget(1, Label(Text("Atau ketik rahasia ini di ponsel:", "Or type this secret:"), "small"))
    form.content.insertWidget(2, words)
    return form


def bind_card(parent: QWidget) -> FormDialog:
    """The card in the reader becomes one's own."""
    fields = {
        "password": line("password", OWN_PASSWORD, secret=True, quiet=True),
        "pin": digits("pin", PIN, most=8, secret=True),
    }
    title = Text("Daftarkan kartu petugas", "Put the officer's card on record")
    return FormDialog(parent, "bind_card", title, LAY, Text("Daftarkan", "Put on record"), fields)


def give_up(parent: QWidget, kind: FactorKind) -> FormDialog:
    """One second factor less."""
    return FormDialog(
        parent,
        "give_up",
        fill(Text("Lepas {name}?", "Give up: {name}?"), name=KINDS[kind]),
        Text("Untuk terakhir kali verifikasi kedua diminta.", "A second factor is asked for once more."),
        Text("Lepas", "Give up"),
        {"password": line("password", OWN_PASSWORD, secret=True, quiet=True)},
        danger=True,
    )
