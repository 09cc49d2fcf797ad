"""A supervisor looks after the station's officers, in a dialog over the lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from station.domain.officer import Officer, Role
from station.services.sign_on import NewOfficer
from ui.dialogs import officers as dialogs
from ui.dialogs.officers import Act, OfficersDialog
from ui.language import Text, fill
from ui.presenters.floor import Floor

ADDED: Final = Text("{name} sekarang dapat masuk.", "{name} can sign on now.")
_DONE: Final = {
    Act.PASSWORD: Text("Kata sandi {name} diganti.", "{name} has a new password."),
    Act.FACTORS: Text("Verifikasi kedua {name} dihapus.", "The second factors of {name} are reset."),
    Act.UNLOCK: Text("{name} dapat mencoba lagi.", "{name} may try again."),
    Act.SWITCH_OFF: Text("{name} tidak dapat masuk lagi.", "{name} can sign on no longer."),
    Act.SWITCH_ON: ADDED,
}


class Staff:
    """One dialog, from its opening to its end."""

    def __init__(self, floor: Floor, own: str) -> None:
        self._floor = floor
        self._station = floor.station
        self.dialog = OfficersDialog(floor.window, own)
        self.dialog.added.connect(self._add)
        self.dialog.asked.connect(self._ask)
        self.dialog.open()
        self._refresh()

    def _refresh(self) -> None:
        errand = self._floor.bridge.ask(self._station.officers.listing, self.dialog.show_lines, self._floor.tell)
        self.dialog.finished.connect(errand.forget)

    def _add(self) -> None:
        sign_on = self._station.sign_on

        def add(values: dict[str, str]) -> Officer:
            newcomer = NewOfficer(values["id"], values["name"], Role(values["role"]), values["newcomer"])
            return sign_on.add_officer(newcomer, values["password"])

        self._floor.fill_in(dialogs.add(self.dialog), add, lambda added: self._told(ADDED, added.name))

    def _ask(self, act: str, officer: Officer) -> None:
        about, wanted = officer.id, Act(act)
        desk, factors = self._station.officers, self._station.factors
        jobs: dict[Act, Callable[[dict[str, str]], None]] = {
            Act.PASSWORD: lambda v: desk.set_password(about, v["new"], v["password"]),
            Act.FACTORS: lambda v: factors.remove(about, v["password"]),
            Act.UNLOCK: lambda v: desk.unlock(about, v["password"]),
            Act.SWITCH_OFF: lambda v: desk.switch_off(about, v["password"]),
            Act.SWITCH_ON: lambda v: desk.switch_on(about, v["password"]),
        }
        form = dialogs.about(self.dialog, wanted, officer.name)
        self._floor.fill_in(form, jobs[wanted], lambda _: self._told(_DONE[wanted], officer.name))

    def _told(self, sentence: Text, name: str) -> None:
        self._floor.say(fill(sentence, name=name))
        self._refresh()
