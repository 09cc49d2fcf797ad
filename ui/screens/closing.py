"""The end of a visit: approved, then sealed."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal

from ui.language import Text
from ui.screens.screen import Screen
from ui.theme import icons
from ui.theme import tokens as t
from ui.widgets.text import Button, Card, Label, row

AUTOMATIC = Text(
    "Di loket ini rekaman yang lengkap disetujui otomatis.",
    "At this counter a complete recording is approved by itself.",
)
BY_SUPERVISOR = Text(
    "Rekaman ini sekarang ada di daftar penyelia. Pemohon boleh pulang, layani yang berikutnya.",
    "This recording is now on the supervisors' list. The applicant may go, serve the next one.",
)
WAITS_FOR_SEAL = Text("Sudah disetujui; tinggal disegel.", "Approved already; only the seal is missing.")
APPROVE_AND_SEAL = Text("Setujui dan segel", "Approve and seal")
NEXT = Text("Pemohon berikutnya", "Next applicant")
SEAL = Text("Segel", "Seal")


class ApprovalScreen(Screen):
    """Passive. Where a supervisor approves, nobody waits for one: Enter calls the next applicant."""

    send_back = Signal()
    later = Signal()
    approve_here = Signal()
    code_asked = Signal()

    def __init__(self) -> None:
        super().__init__("approval", Text("Persetujuan", "Approval"), APPROVE_AND_SEAL, icon="stamp")
        self.rule = Label(None, "lead", wrap=True)
        self.remarks = Label(None, "body", wrap=True)
        after = Label(
            Text(
                "Setelah disegel, foto dan sidik jari tidak dapat dibuka lagi di stasiun ini.",
                "Once sealed, portrait and prints cannot be opened at this station any more.",
            ),
            "body",
            wrap=True,
        )
        self.here = Button(
            Text("Penyelia menyetujui di &sini …", "A supervisor approves &here …"), "approval.here", icon="stamp"
        )
        self.here.clicked.connect(self.approve_here)
        self.code = Button(
            Text("&Kode persetujuan lewat telepon …", "Approval &code by phone …"), "approval.code", icon="shield"
        )
        self.code.clicked.connect(self.code_asked)
        self.ways = row(self.here, self.code, 1)
        card = Card(margin=3 * t.GRID, spacing=2 * t.GRID)
        for part in (self.rule, self.remarks, after):
            card.column.addWidget(part)
        card.column.addSpacing(t.GRID)
        card.column.addLayout(self.ways)
        card.column.addStretch(1)
        self.body.addWidget(card, 1)
        self.return_button = Button(Text("Kem&balikan …", "Send &back …"), "approval.send_back", icon="again")
        self.return_button.clicked.connect(self.send_back)
        self.later_button = Button(Text("Nanti, &pemohon berikutnya", "Later, next a&pplicant"), "approval.later")
        self.later_button.clicked.connect(self.later)
        self.aside.addWidget(self.return_button)
        self.aside.addWidget(self.later_button)

    def show_kind(self, *, automatic: bool, approved: bool) -> None:
        """Who approves, or that only the seal is missing."""
        waits = not automatic and not approved
        self.rule.say(WAITS_FOR_SEAL if approved else AUTOMATIC if automatic else BY_SUPERVISOR)
        self.here.setVisible(waits)
        self.code.setVisible(waits)
        self.return_button.setVisible(not approved)
        self.later_button.setVisible(not waits)
        assert self.primary is not None
        self.primary.say(SEAL if approved else NEXT if waits else APPROVE_AND_SEAL)
        self.primary.setIcon(icons.icon("plus" if waits else "stamp", t.SURFACE))


class SealedScreen(Screen):
    """Passive."""

    def __init__(self) -> None:
        super().__init__("sealed", Text("Selesai", "Done"), Text("Pemohon berikutnya", "Next applicant"), icon="plus")
        sign = Label()
        sign.setPixmap(icons.pixmap("seal", t.GOOD, 96))
        sign.setFixedSize(QSize(96, 96))
        self.caption = Label(Text("Kartu dapat diambil", "The card can be collected"), "lead")
        self.loud = Label(None, "loud", wrap=True)
        self.loud.setObjectName("sealed.loud")
        self.place = Label(None, "lead", wrap=True)
        self.packet = Label(None, "strong", wrap=True)
        self.packet.setObjectName("sealed.packet")
        self.digest = Label(None, "small")
        card = Card(margin=3 * t.GRID, spacing=t.GRID)
        card.column.addWidget(sign)
        card.column.addSpacing(t.GRID)
        for part in (self.caption, self.loud, self.place):
            card.column.addWidget(part)
        card.column.addSpacing(2 * t.GRID)
        card.column.addWidget(Label(Text("Paket tersegel", "Sealed packet"), "soft"))
        card.column.addWidget(self.packet)
        card.column.addWidget(self.digest)
        card.column.addStretch(1)
        card.column.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.body.addWidget(card, 1)
        self.home = Button(Text("&Daftar", "&Lists"), "sealed.home", icon="home")
        self.home.clicked.connect(self.went_back)
        self.aside.addWidget(self.home)
