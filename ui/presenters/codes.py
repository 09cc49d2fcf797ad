"""The office's side of approval from afar: answering a van's challenge, and the key that both hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from station.domain.officer import Permission
from ui.dialogs import approving
from ui.language import Text, fill
from ui.messages import sentence_for
from ui.presenters.floor import Floor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from station.domain.officer import Officer
    from ui.screens.queue import QueueScreen

SHARED: Final = Text("Kunci disimpan: {path}", "The key is saved: {path}")
TAKEN: Final = Text("Kunci {name} dipakai mulai sekarang.", "Key {name} is in use from now on.")


class CodesAnswered:
    """Three buttons of the approver's screen."""

    def __init__(self, floor: Floor, screen: QueueScreen) -> None:
        self._floor = floor
        self._screen = screen
        self._codes = floor.station.approval_codes
        screen.code_asked.connect(self._ask)
        screen.share_asked.connect(self._ask_share)
        screen.take_asked.connect(self._ask_take)

    def _ask(self) -> None:
        self._floor.ask(self._codes.key_name, self._answer)

    def _answer(self, key: str) -> None:
        if not key:
            self._floor.say(sentence_for("approval.no_key"), "caution")
            return
        session = self._floor.station.sign_on.session
        officer = session.officer.id if session is not None else ""
        self._floor.fill_in(
            approving.answer_code(self._screen, key),
            lambda v: self._codes.answer(v["number"], v["challenge"], v["password"]),
            lambda code: approving.code_given(self._screen, code, officer).open(),
        )

    def _ask_share(self) -> None:
        self._floor.ask(self._codes.key_name, self._share)

    def _share(self, key: str) -> None:
        self._floor.fill_in(
            approving.share_key(self._screen, key),
            lambda v: self._codes.share(v["passphrase"], v["password"], renew=v.get("way") == "new"),
            lambda path: self._floor.say(fill(SHARED, path=str(path))),
        )

    def _ask_take(self) -> None:
        self._floor.with_officers(Permission.CONFIRM_EXCEPTION, self._take)

    def _take(self, officers: Sequence[Officer]) -> None:
        self._floor.fill_in(
            approving.take_key(self._screen, officers),
            lambda v: self._codes.take(Path(v["file"]), v["passphrase"], v["own"], v["officer"], v["password"]),
            lambda name: self._floor.say(fill(TAKEN, name=name)),
        )
