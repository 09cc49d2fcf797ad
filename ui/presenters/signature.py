"""The signature: ink from the pad's mailbox; accepted, kept, and on to the next step in one press."""

from __future__ import annotations

from typing import TYPE_CHECKING

from station.domain.enrollment import Enrollment
from station.domain.officer import Permission
from ui.dialogs import questions
from ui.messages import sentence_of
from ui.presenters.floor import Floor, Presenter
from ui.screens.signature import OPENING, SignatureScreen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from station.domain.officer import Officer


class SignaturePresenter(Presenter[SignatureScreen]):
    """Draws what has come whenever the pad rings."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self.screen = SignatureScreen()
        self._visit: Enrollment | None = None
        self._taking = False
        self._waker = floor.bridge.waker(self._draw)
        self.screen.went_on.connect(self._take)
        self.screen.went_back.connect(floor.park)
        self.screen.cleared.connect(self._clear)
        self.screen.unable.connect(self._ask_unable)

    @property
    def _visit_id(self) -> str:
        assert self._visit is not None
        return self._visit.visit_id

    def enter(self, visit: Enrollment | None, /) -> None:
        self._visit = visit
        self._start()

    def leave(self) -> None:
        self.station.signature.stop()

    def _start(self) -> None:
        self._taking = False
        self.screen.ink.wait(OPENING)
        self.screen.ink.show_ink((), None)
        self.screen.show_ready(written=False)
        self.station.signature.start(self._visit_id, self._waker.ring)

    def _draw(self) -> None:
        signature = self.station.signature
        samples, geometry = signature.ink(), signature.geometry()
        if geometry is not None:
            self.screen.ink.wait(None)
        self.screen.ink.show_ink(samples, geometry)
        self.screen.show_ready(written=any(sample.down for sample in samples))
        failure = signature.failure()
        if failure is not None:
            self.screen.ink.wait(sentence_of(failure))
            self.floor.tell(failure, self._start)

    def _clear(self) -> None:
        self.station.signature.clear(self._visit_id)
        self.floor.hush()
        self._draw()

    def _take(self) -> None:
        if self._taking:
            return
        self._taking = True
        self.floor.watch(self.station.signature.take(self._visit_id), self._finish, self._not_taken)

    def _not_taken(self, error: BaseException) -> None:
        self._taking = False
        self.floor.tell(error, self._clear)

    def _finish(self, _: Enrollment) -> None:
        visit_id = self._visit_id
        self.floor.ask(lambda: self.station.signature.finish(visit_id), self.floor.move)

    def _ask_unable(self) -> None:
        self.floor.with_officers(Permission.CONFIRM_EXCEPTION, self._unable)

    def _unable(self, officers: Sequence[Officer]) -> None:
        visit_id, signature = self._visit_id, self.station.signature
        self.floor.fill_in(
            questions.cannot_sign(self.screen, officers),
            lambda v: signature.cannot_sign(visit_id, v["officer"], v["password"]),
            self._finish,
        )
