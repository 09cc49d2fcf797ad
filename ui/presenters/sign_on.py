"""Signing on, and taking on the first two officers of a new station."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from station.domain.enrollment import Enrollment
from station.domain.officer import Role
from station.services.proofs import FactorNeededError
from station.services.sign_on import LockedOutError, NewOfficer, Session
from ui.language import Text
from ui.messages import is_bug, locked_for, sentence_of
from ui.presenters.floor import Floor, Presenter
from ui.screens.first_officers import FirstOfficersScreen
from ui.screens.passphrase import PassphraseScreen
from ui.screens.sign_on import SignOnScreen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from station.domain.officer import Officer

CHOOSE = Text("Pilih nama dahulu.", "Choose a name first.")
SECOND_MS: Final = 1000


class SignOnPresenter(Presenter[SignOnScreen]):
    """Names from the desk, password to the desk; then the second factor, of whoever has one."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self.screen = SignOnScreen()
        self._officer_id = ""
        self._asking = False
        self._until: dict[str, float] = {}
        """When each officer that is locked out may try again, on the clock that only grows."""
        self._countdown = QTimer(self.screen)
        self._countdown.setInterval(SECOND_MS)
        self._countdown.timeout.connect(self._count)
        self.screen.officer_picked.connect(self._pick)
        self.screen.went_on.connect(self._sign_on)
        self.screen.went_back.connect(self._begin_again)

    def enter(self, _: Enrollment | None, /) -> None:
        self._officer_id = ""
        self._asking = False
        self._until.clear()
        self.screen.begin()
        self.floor.fetch(self.station.sign_on.officers, self._show)

    def leave(self) -> None:
        self._countdown.stop()
        self.screen.begin()

    def _show(self, officers: Sequence[Officer]) -> None:
        self.screen.show_officers(officers, self.station.sign_on.practice_hint)
        first = self.screen.first()
        if first is not None:
            first.setFocus()

    def _pick(self, officer_id: str) -> None:
        self._officer_id = officer_id
        self._countdown.stop()
        self.screen.begin()
        self.screen.choose(officer_id)
        if officer_id in self._until:
            self._countdown.start()
            self._count()

    def _begin_again(self) -> None:
        """Esc: from the second factor back to the password."""
        if self._officer_id:
            self._pick(self._officer_id)

    def _sign_on(self) -> None:
        officer_id, password, factor = self._officer_id, self.screen.password.value, self.screen.factor
        if not officer_id:
            self.screen.problem(CHOOSE)
            return
        if self._asking or (factor.asked and not factor.value):
            return
        self._asking = True
        desk, sign_on = self.station.desk, self.station.sign_on

        def begin() -> Future[Session]:
            return desk.submit(lambda: sign_on.sign_on(officer_id, password))

        self.floor.watch(
            self.floor.signed((officer_id, factor.kind, factor.value), begin) if factor.asked else begin(),
            self._done,
            self._failed,
        )

    def _done(self, session: Session) -> None:
        self._asking = False
        self.screen.begin()
        self.floor.signed_on(session)

    def _failed(self, error: BaseException) -> None:
        self._asking = False
        if isinstance(error, FactorNeededError):
            self.screen.problem(None)
            self.screen.factor.ask(error.kinds)
            self.screen.factor.clear()
            return
        if isinstance(error, LockedOutError):
            self._until[self._officer_id] = self.station.clock.monotonic() + error.wait_s
            self._pick(self._officer_id)
            return
        if self.screen.factor.asked:
            self.screen.factor.clear()
        else:
            self.screen.password.fill("")
            self.screen.password.setFocus()
        self.screen.problem(sentence_of(error))
        if is_bug(error):
            QApplication.beep()

    def _count(self) -> None:
        """Tell how long the officer who is chosen is locked out still."""
        left = self._until[self._officer_id] - self.station.clock.monotonic()
        if left > 0:
            self.screen.open(False)
            self.screen.problem(locked_for(max(1, round(left))))
            return
        del self._until[self._officer_id]
        self._countdown.stop()
        self.screen.open(True)
        self.screen.problem(None)


class FirstOfficersPresenter(Presenter[FirstOfficersScreen]):
    """Two supervisors begin a station."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self.screen = FirstOfficersScreen()
        self.screen.went_on.connect(self._add)

    def enter(self, _: Enrollment | None, /) -> None:
        self.screen.clear()

    def _add(self) -> None:
        first, second = (
            NewOfficer(values["id"], values["name"], Role.SUPERVISOR, values["password"])
            for values in self.screen.values()
        )
        self.floor.ask(lambda: self.station.sign_on.add_first_officers(first, second), self._done)

    def _done(self, _: None) -> None:
        self.screen.clear()
        self.floor.sign_off()


class PassphrasePresenter(Presenter[PassphraseScreen]):
    """The station is started again with what is typed; a wrong one is told beside the field."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self.screen = PassphraseScreen()
        self.screen.went_on.connect(self._open)

    def enter(self, _: Enrollment | None, /) -> None:
        self.screen.phrase.fill("")
        self.screen.busy(False)

    def leave(self) -> None:
        self.screen.phrase.fill("")

    def wrong(self, why: Text | None) -> None:
        """What the last one was; None while none was tried."""
        self.screen.phrase.wrong(why)
        self.screen.phrase.setFocus()

    def _open(self) -> None:
        phrase = self.screen.phrase.value
        if phrase and self.screen.primary is not None and self.screen.primary.isEnabled():
            self.screen.busy(True)
            self.floor.start(phrase)
