"""A supervisor answers for personal data, in a dialog over the lists."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from station.domain.erasure import ErasureReason
from station.domain.incident import Incident, IncidentKind
from station.domain.officer import Permission
from station.errors import RuleError
from station.services.privacy import Chosen, Reported
from ui.dialogs import answers as dialogs
from ui.dialogs.answers import Act, AnswersDialog
from ui.language import Text, fill
from ui.presenters.floor import PAPERS, Floor

WHEN: Final = "%d-%m-%Y %H.%M"
WRITTEN: Final = Text("Laporan ada di {file}.", "The report is in {file}.")
ERASED: Final = Text("Data dihapus; nomornya tetap ada.", "Erased; the number stays.")
NIK_DIGITS: Final = 16


class Answers:
    """One dialog, from its opening to its end."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._station = floor.station
        self.dialog = AnswersDialog(floor.window)
        self.dialog.asked.connect(self._ask)
        self.dialog.open()

    def _ask(self, act: str) -> None:
        match Act(act):
            case Act.REPORT:
                self._floor.fill_in(dialogs.report(self.dialog, self._folder()), self._report, self._written)
            case Act.INCIDENT:
                now = f"{self._now():{WHEN}}"
                self._floor.fill_in(dialogs.incident(self.dialog, now, self._folder()), self._incident, self._written)
            case Act.ERASE:
                self._floor.with_officers(
                    Permission.CONFIRM_EXCEPTION,
                    lambda officers: self._floor.fill_in(
                        dialogs.erase(self.dialog, officers), self._erase, lambda _: self._told(ERASED)
                    ),
                )

    # -- on the desk

    def _report(self, values: dict[str, str]) -> Reported:
        who = values["who"].strip()
        digits = who.replace(" ", "").replace(".", "")
        is_nik = digits.isdigit() and len(digits) == NIK_DIGITS
        named = {"nik": digits} if is_nik else {"visit": who}
        return self._station.privacy.access_report(self._file(values["folder"], "laporan"), **named)

    def _incident(self, values: dict[str, str]) -> Reported:
        try:
            told = Incident(
                IncidentKind(values["kind"]),
                self._time(values["began"]),
                self._time(values["noticed"]),
                values["what"],
                values["done"],
            )
        except ValueError as error:
            raise RuleError("incident.not_told") from error
        visits = tuple(values["visits"].replace(",", " ").split())
        chosen = Chosen(visits=visits, everything=not visits)
        return self._station.privacy.incident_pack(self._file(values["folder"], "insiden"), told, chosen)

    def _erase(self, values: dict[str, str]) -> None:
        erasure = self._station.erasure
        erasure.erase(
            erasure.find(values["visit"]),
            ErasureReason(values["reason"]),
            values["officer"],
            values["password"],
            though_unacknowledged=values["packet"] == "yes",
        )

    def _time(self, text: str) -> datetime:
        return datetime.strptime(text.strip(), WHEN).replace(tzinfo=self._station.settings.zone.tz)

    def _file(self, folder: str, kind: str) -> Path:
        """Named by the time alone: a file's name tells nothing of anybody."""
        return Path(folder) / f"{kind}-{self._now():%Y%m%d-%H%M%S}"

    # -- on either

    def _now(self) -> datetime:
        return self._station.clock.now().astimezone(self._station.settings.zone.tz)

    def _folder(self) -> str:
        return str(self._station.settings.folder.absolute() / PAPERS)

    def _written(self, done: Reported) -> None:
        self._told(fill(WRITTEN, file=str(done.pdf)))

    def _told(self, words: Text) -> None:
        self.dialog.accept()
        self._floor.say(words)
