"""The signature: ink from the pad's mailbox; accepted, kept, and on to the next step in one press."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QApplication

from devices.bay import BayEvent
from devices.device import DeviceKind, HealthState
from devices.errors import DeviceError
from devices.signature_pad import PadButton
from devices.signature_pad.sheet import PointerEvent
from station.domain.enrollment import Enrollment
from station.domain.officer import Permission
from station.domain.step import State
from station.errors import StationError
from ui.applicant import SigningWindow, second_screen
from ui.dialogs import questions
from ui.language import Text, fill
from ui.messages import sentence_of
from ui.presenters.floor import Floor, Presenter
from ui.screens.signature import OPENING, SignatureScreen, Where
from ui.widgets.hands import FINGERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from station.domain.officer import Officer

THUMB = Text("{thumb} kunjungan ini menggantikannya.", "{thumb} of this visit will stand for it.")
THUMB_LATER = Text("Jempol yang akan diambil menggantikannya.", "The thumb that is yet to be taken stands for it.")
NO_THUMB = Text("Tidak ada jempol yang menggantikannya; itu dicatat.", "No thumb stands for it; that is recorded.")


class SignaturePresenter(Presenter[SignatureScreen]):
    """Draws what has come whenever the pad rings.

    Attributes:
        second_screen: finds the screen that faces the applicant; None where there is none.
    """

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self.screen = SignatureScreen()
        self.second_screen: Callable[[], QScreen | None] = lambda: second_screen(floor.window)
        self._theirs: SigningWindow | None = None
        """The sheet on the applicant's screen, while it is the pad."""
        self._visit: Enrollment | None = None
        self._taking = False
        self._waker = floor.bridge.waker(self._draw)
        self.screen.went_on.connect(self._take)
        self.screen.went_back.connect(floor.park)
        self.screen.cleared.connect(self._clear)
        self.screen.unable.connect(self._ask_unable)
        self.screen.spoke.connect(self._speak)
        self.screen.ink.drawn.connect(self._feed)

    @property
    def _visit_id(self) -> str:
        assert self._visit is not None
        return self._visit.visit_id

    def enter(self, visit: Enrollment | None, /) -> None:
        self._visit = visit
        self._start()

    def leave(self) -> None:
        self.station.signature.stop()
        self.screen.ink.be_pad(False)
        self.screen.ink.show_ink((), None)
        if self._theirs is not None:
            self._theirs.leave()
            self._theirs.deleteLater()
            self._theirs = None

    def heard(self, news: object, /) -> None:
        """The pad that was lost is there again: begin anew."""
        if not isinstance(news, BayEvent) or news.slot != DeviceKind.SIGNATURE_PAD.value:
            return
        if news.health.state is HealthState.READY and isinstance(self.station.signature.failure(), DeviceError):
            self.floor.hush()
            self._start()

    def _start(self) -> None:
        self._taking = False
        self.screen.ink.wait(OPENING)
        self.screen.ink.show_ink((), None)
        self.screen.show_ready(written=False)
        self._offer_sheet(on=False)
        self.station.signature.start(self._visit_id, self._waker.ring)

    def _draw(self) -> None:
        signature = self.station.signature
        samples, geometry, failure = signature.ink(), signature.geometry(), signature.failure()
        if geometry is not None:
            self.screen.ink.wait(None)
        self._offer_sheet(on=geometry is not None and failure is None and self.station.sheet.wanted)
        written = any(sample.down for sample in samples)
        self.screen.ink.show_ink(samples, geometry)
        self.screen.show_ready(written=written)
        if self._theirs is not None:
            self._theirs.ink.show_ink(samples, geometry)
            self._theirs.show_ready(written=written)
        self.screen.show_buttons(on=signature.has_buttons() and failure is None)
        if failure is not None:
            self.screen.ink.wait(sentence_of(failure))
            self.floor.tell(failure, self._start)
        for button in signature.pressed():
            if button is PadButton.ACCEPT and written:
                self._accepted_there()
            elif button is PadButton.AGAIN:
                self._cleared_there()

    # -- the applicant's own buttons, and the sheet as the pad

    def _accepted_there(self) -> None:
        if self._theirs_to_say:
            self._take()

    def _cleared_there(self) -> None:
        if self._theirs_to_say:
            self._clear()

    @property
    def _theirs_to_say(self) -> bool:
        """Not while the officer answers a question, nor while what was signed is being kept."""
        return not self._taking and QApplication.activeModalWidget() is None

    def _offer_sheet(self, *, on: bool) -> None:
        """Let the sheet be signed on: here, and on the screen that faces the applicant."""
        self.screen.ink.be_pad(on)
        screen = self.second_screen() if on else None
        if screen is None:
            self.screen.show_where(Where.HERE if self.station.sheet.wanted else Where.PAD)
            if self._theirs is not None:
                self._theirs.leave()
            return
        self.screen.show_where(Where.THERE)
        if self._theirs is None:
            self._theirs = SigningWindow()
            self._theirs.ink.drawn.connect(self._feed)
            self._theirs.accepted.connect(self._accepted_there)
            self._theirs.again.connect(self._cleared_there)
        self._speak()
        self._theirs.ink.be_pad(True)
        if not self._theirs.isVisible():
            self._theirs.cover(screen)
            self.floor.window.activateWindow()  # not every desktop heeds a window that wants no keyboard

    def _feed(self, event: PointerEvent) -> None:
        self.station.sheet.feed(event)

    def _speak(self) -> None:
        if self._theirs is not None:
            self._theirs.setLocale(self.screen.locale())

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
        again = self._clear if self.station.signature.failure() is None else self._start
        if isinstance(error, StationError) and error.code == "signature.pen_down":
            again = self._take  # what is being written is none of our business to wipe
        self.floor.tell(error, again)

    def _finish(self, visit: Enrollment) -> None:
        visit_id = self._visit_id
        finish, again = self.station.signature.finish, lambda: self._finish(visit)
        self.floor.ask(lambda: finish(visit_id), self.floor.move, again=again)

    def _ask_unable(self) -> None:
        self.floor.with_officers(Permission.CONFIRM_EXCEPTION, self._unable)

    def _unable(self, officers: Sequence[Officer]) -> None:
        visit_id, signature = self._visit_id, self.station.signature
        self.floor.fill_in(
            questions.cannot_sign(self.screen, officers, self._instead()),
            lambda v: signature.cannot_sign(visit_id, v["officer"], v["password"]),
            self._finish,
        )

    def _instead(self) -> Text:
        """What stands for the signature of whoever cannot sign."""
        assert self._visit is not None
        thumb = self._visit.thumb()
        if thumb is not None:
            return fill(THUMB, thumb=FINGERS[thumb.position])
        return NO_THUMB if State.FINGERPRINTS in self._visit.finished else THUMB_LATER
