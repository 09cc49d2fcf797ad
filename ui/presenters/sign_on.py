"""Signing on, and taking on the first two officers of a new station."""

from __future__ import annotations

from typing import TYPE_CHECKING

from station.domain.enrollment import Enrollment
from station.domain.officer import Role
from station.services.sign_on import NewOfficer, Session
from ui.language import Text
from ui.messages import is_bug, sentence_of
from ui.presenters.floor import Floor, Presenter
from ui.screens.first_officers import FirstOfficersScreen
from ui.screens.sign_on import SignOnScreen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from station.domain.officer import Officer

CHOOSE = Text("Pilih nama dahulu.", "Choose a name first.")


class SignOnPresenter(Presenter[SignOnScreen]):
    """Names from the desk, password to the desk."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self.screen = SignOnScreen()
        self._officer_id = ""
        self.screen.officer_picked.connect(self._pick)
        self.screen.went_on.connect(self._sign_on)

    def enter(self, _: Enrollment | None, /) -> None:
        self._officer_id = ""
        self.screen.password.fill("")
        self.screen.problem(None)
        self.floor.fetch(self.station.sign_on.officers, self._show)

    def _show(self, officers: Sequence[Officer]) -> None:
        self.screen.show_officers(officers, self.station.sign_on.practice_hint)
        first = self.screen.first()
        if first is not None:
            first.setFocus()

    def _pick(self, officer_id: str) -> None:
        self._officer_id = officer_id
        self.screen.choose(officer_id)

    def _sign_on(self) -> None:
        officer_id, password = self._officer_id, self.screen.password.value
        if not officer_id:
            self.screen.problem(CHOOSE)
            return
        self.floor.ask(lambda: self.station.sign_on.sign_on(officer_id, password), self._done, failed=self._failed)

    def _done(self, session: Session) -> None:
        self.screen.password.fill("")
        self.floor.signed_on(session)

    def _failed(self, error: BaseException) -> bool:
        self.screen.password.fill("")
        self.screen.password.setFocus()
        self.screen.problem(sentence_of(error))
        return not is_bug(error)


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
