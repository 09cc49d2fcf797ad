"""Whoever looks after the station sees where its keys rest, and moves, changes and secures them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from station.errors import RuleError
from station.security.vault import VaultName
from ui.dialogs import station as dialogs
from ui.language import Text, fill
from ui.presenters.floor import Floor

if TYPE_CHECKING:
    from pathlib import Path

    from station.services.keys import KeyStatus

MOVED: Final = Text("Kunci stasiun dipindahkan.", "The station's keys are moved.")
ROTATED: Final = Text("Kunci data diganti.", "The data key is changed.")
MADE: Final = Text("Berkas pemulihan {name} dibuat.", "Recovery file {name} is made.")


class Keeping:
    """One dialog, from its opening to its end."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._keys = floor.station.keys
        self._vault = VaultName.FILE
        self.dialog = dialogs.StationDialog(floor.window)
        self.dialog.moved.connect(self._move)
        self.dialog.rotated.connect(self._rotate)
        self.dialog.recovery.connect(self._recover)
        self.dialog.open()
        self._refresh()

    def _refresh(self) -> None:
        errand = self._floor.bridge.ask(self._keys.status, self._show, self._floor.tell)
        self.dialog.finished.connect(errand.forget)

    def _show(self, status: KeyStatus) -> None:
        self._vault = status.vault
        self.dialog.show_status(status)

    def _move(self) -> None:
        keys = self._keys

        def move(values: dict[str, str]) -> None:
            if values["phrase"] != values["again"]:
                raise RuleError("keys.passphrase_differs")
            keys.move(VaultName(values["vault"]), values["password"], values["phrase"] or None)

        self._floor.fill_in(dialogs.move(self.dialog, self._vault), move, lambda _: self._told(MOVED))

    def _rotate(self) -> None:
        keys = self._keys
        self._floor.fill_in(
            dialogs.rotate(self.dialog), lambda values: keys.rotate(values["password"]), lambda _: self._told(ROTATED)
        )

    def _recover(self) -> None:
        keys = self._keys

        def made(path: Path) -> None:
            self._told(fill(MADE, name=path.name))

        self._floor.fill_in(dialogs.recovery(self.dialog), lambda values: keys.make_recovery(values["password"]), made)

    def _told(self, sentence: Text) -> None:
        self._floor.say(sentence)
        self._refresh()
