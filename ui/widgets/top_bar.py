"""The bar at the top: which station, which protocol is in force, who serves, and that nothing here costs anything."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy

from ui.language import Text, fill, same
from ui.theme import tokens as t
from ui.widgets.text import Button, Elided, Label, Plate, column

ACCOUNT = Text("Akun saya", "My account")


class TopBar(QFrame):
    """Passive; its buttons are connected by the conductor."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "bar")
        self.setFixedHeight(72)
        self.station = Elided("leadstrong", least=96, most=300)
        self.office = Elided("small", least=96, most=300)
        self.free = Label(Text("GRATIS", "FREE"), "badge", tone="good")
        self.practice = Label(Text("SIMULASI", "SIMULATED"), "badge", tone="caution")
        self.practice.setObjectName("top.practice")
        self.protocol = Elided("strong", least=160, most=400)
        self.protocol.setObjectName("top.protocol")
        self.decided = Elided("small", least=160, most=400)
        self.officer = Elided("strong", least=96, most=240)
        self.officer.setObjectName("top.officer")
        self.role = Label(None, "small")
        self.account = Plate("top.account", ACCOUNT, self.officer, self.role)
        self.sign_off = Button(Text("Keluar  F9", "Sign off  F9"), "top.sign_off", "onbar")
        self.language = Button(
            Text("EN  F2", "ID  F2"),
            "top.language",
            "onbar",
            spoken=Text("Ganti ke bahasa Inggris", "Switch to Indonesian"),
        )
        for button in (self.sign_off, self.language):
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)  # the names yield, not they
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * t.GRID, t.GRID, t.GRID, t.GRID)
        layout.setSpacing(12)
        layout.addLayout(column(self.station, self.office, spacing=0))
        layout.addWidget(self.free, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.practice, 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addLayout(column(self.protocol, self.decided, spacing=0), 1)
        layout.addWidget(self.account)
        layout.addWidget(self.sign_off)
        layout.addWidget(self.language)
        self.show_officer("", None)
        self.practice.setVisible(False)

    def show_station(self, name: str, office: str, *, practice: bool) -> None:
        """Which station this is, and whether nothing here is real."""
        self.station.say(same(name))
        self.office.say(same(office))
        self.practice.setVisible(practice)

    def show_officer(self, name: str, role: Text | None) -> None:
        """Who serves; "" = nobody."""
        self.officer.say(same(name))
        self.account.setVisible(bool(name))
        self.account.updateGeometry()  # at once, not with the next turn of the layouts
        self.role.say(role)
        self.sign_off.setVisible(bool(name))

    def show_protocol(self, title: Text | None, decided_by: tuple[str, str] | None) -> None:
        """What is in force, and who decided it."""
        self.protocol.say(title or Text("Protokol belum ditetapkan", "No protocol in force"))
        self.decided.say(
            None
            if decided_by is None
            else fill(Text("ditetapkan {a} dan {b}", "decided by {a} and {b}"), a=decided_by[0], b=decided_by[1])
        )
