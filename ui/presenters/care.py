"""Looks after the station from the lists: backups to another disk, and packets that are not as they should be."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QFileDialog

from station.domain.officer import Permission
from station.services.backup import Backup
from station.services.packet_round import PacketFinding
from ui.dialogs.questions import wrong_packets
from ui.language import Text, fill
from ui.presenters.floor import Floor
from ui.widgets.care_line import CareLine

NEVER: Final = Text("Belum pernah dicadangkan", "Never backed up")
LAST: Final = Text("Cadangan terakhir: {day}", "Last backup: {day}")
UNDER_WAY: Final = Text("Mencadangkan … {n} %", "Backing up … {n} %")
MADE: Final = Text(
    "Cadangan selesai dan sudah dibaca ulang: {file}, {n} paket.",
    "The backup is made and read back: {file}, {n} packets.",
)
WRONG: Final = Text("{n} berkas paket bermasalah", "{n} packet files are not well")
MENDED: Final = Text("{n} paket dipulihkan dari cadangan.", "{n} packets were taken from the backup.")
NOT_THERE: Final = Text("Cadangan ini tidak memuat paket itu.", "This backup does not have those packets.")
BACKUPS: Final = ".ktpel-backup"
STALE: Final = timedelta(days=7)
"""From this age on the last backup is told in the colour of caution."""
_WHO: Final = frozenset({Permission.MANAGE_DEVICES, Permission.MANAGE_OFFICERS})


@dataclass(frozen=True, slots=True)
class BackupShare:
    """How far a backup is, in percent."""

    percent: int


class Care:
    """Fills one line; `enter` when it comes into sight."""

    def __init__(self, floor: Floor, line: CareLine) -> None:
        self._floor = floor
        self._station = floor.station
        self._line = line
        self._percent: int | None = None
        line.backup_asked.connect(self._choose)
        line.packets_asked.connect(self._tell_packets)

    def enter(self, may: Collection[Permission]) -> None:
        """Show it to whoever may look after the station."""
        self._line.setVisible(bool(_WHO & set(may)))
        if _WHO & set(may):
            self._line.show_packets(None)
            self._floor.fetch(self._look, self._show)

    def heard(self, news: object) -> None:
        """How far a backup is; a packet that was found."""
        match news:
            case BackupShare() if self._percent is not None:
                self._percent = news.percent
                self._line.show_backup(fill(UNDER_WAY, n=news.percent), "", busy=True)
            case PacketFinding():
                self._show_packets(self._station.packet_round.findings)

    def _look(self) -> tuple[datetime | None, tuple[PacketFinding, ...]]:
        return self._station.backup.last_at(), self._station.packet_round.findings

    def _show(self, found: tuple[datetime | None, tuple[PacketFinding, ...]]) -> None:
        at, findings = found
        self._show_packets(findings)
        if self._percent is not None:
            self._line.show_backup(fill(UNDER_WAY, n=self._percent), "", busy=True)
        elif at is None:
            self._line.show_backup(NEVER, "caution")
        else:
            stale = self._station.clock.now() - at > STALE
            self._line.show_backup(fill(LAST, day=f"{self._floor.local(at):%d-%m-%Y}"), "caution" if stale else "")

    def _show_packets(self, findings: tuple[PacketFinding, ...]) -> None:
        self._line.show_packets(fill(WRONG, n=len(findings)) if findings else None)

    def _choose(self) -> None:
        """Where: a folder of another disk."""
        dialog = QFileDialog(self._line, "", str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.make)
        dialog.open()

    def make(self, folder: str) -> None:
        """A backup there, behind whatever screen is shown; nobody has to wait for it."""
        told = -1

        def tell(share: float) -> None:  # on the backup's thread
            nonlocal told
            if int(share * 100) > told:
                told = int(share * 100)
                self._floor.bridge.tell(BackupShare(told))

        self._percent = 0
        self.heard(BackupShare(0))
        self._floor.bridge.watch(self._station.backup.make(Path(folder), tell), self._made, self._failed)

    def _made(self, backup: Backup) -> None:
        self._percent = None
        self._show((backup.at, self._station.packet_round.findings))
        self._floor.say(fill(MADE, file=backup.path.name, n=backup.packets))

    def _failed(self, error: BaseException) -> None:
        self._percent = None
        self._floor.bridge.ask(self._look, self._show, lambda _: None)
        self._floor.tell(error)

    def _tell_packets(self) -> None:
        form = wrong_packets(self._line, self._station.packet_round.findings)
        form.submitted.connect(form.accept)
        form.accepted.connect(self._choose_backup)
        form.open()

    def _choose_backup(self) -> None:
        dialog = QFileDialog(self._line, "", str(Path.home()), f"*{BACKUPS}")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.mend)
        dialog.open()

    def mend(self, backup: str) -> None:
        """Take from that backup what is missing."""
        self._floor.ask(lambda: self._station.packet_round.mend(Path(backup)), self._mended)

    def _mended(self, count: int) -> None:
        self._floor.say(fill(MENDED, n=count) if count else NOT_THERE, "good" if count else "caution")
        self._floor.fetch(self._look, self._show)
