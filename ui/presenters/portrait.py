"""The portrait: frames from the camera's mailbox, attempts kept at a press or by themselves, one approved."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage, QScreen
from PySide6.QtWidgets import QApplication

from station.domain.enrollment import Enrollment
from station.domain.officer import Permission
from station.domain.portraits import MAX_PORTRAITS
from station.domain.samples import Accepted
from ui.applicant import ApplicantWindow, second_screen
from ui.dialogs import questions
from ui.messages import sentence_for
from ui.presenters.card_photo import CardPhoto
from ui.presenters.floor import Floor, Presenter
from ui.presenters.viewfinder import Viewfinder
from ui.screens.portrait import PortraitScreen
from ui.widgets.attempts import AttemptView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from station.domain.officer import Officer
    from station.domain.samples import PortraitAttempt


class PortraitPresenter(Presenter[PortraitScreen]):
    """Two states: watching the camera, showing an attempt.

    Attributes:
        second_screen: finds the screen that faces the applicant; None where there is none.
    """

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self.screen = PortraitScreen()
        self.second_screen: Callable[[], QScreen | None] = lambda: second_screen(floor.window)
        self._visit: Enrollment | None = None
        self._shown = 0
        """Number of the attempt that is shown, 0 while the camera is watched."""
        self._images: dict[int, QImage] = {}
        self._shooting = False
        self._applicant: ApplicantWindow | None = None
        self._viewfinder = Viewfinder(floor, self.screen.live, self._shoot)
        self._card_photo = CardPhoto(floor, self.screen.card_photo)
        self._viewfinder.automatic = self.station.portrait.auto
        self.screen.show_automatic(on=self._viewfinder.automatic)
        self.screen.went_on.connect(self._go_on)
        self.screen.went_back.connect(self._back)
        self.screen.retake.connect(self._watch)
        self.screen.force.connect(self._ask_force)
        self.screen.more.connect(self._ask_more)
        self.screen.picked.connect(self._choose)
        self.screen.automatic.connect(self._switch)
        self.screen.spoke.connect(self._speak)

    @property
    def visit(self) -> Enrollment:
        """The recording as last told."""
        assert self._visit is not None
        return self._visit

    def enter(self, visit: Enrollment | None, /) -> None:
        self._visit = visit
        self._images.clear()
        self._shown = 0
        applicant = self.visit.applicant
        assert applicant is not None
        self._viewfinder.cloth = applicant.background.value
        self.screen.cloth.show_cloth(applicant.background.value)
        self._card_photo.enter(self.visit.visit_id)
        self.screen.show_attempts(())
        self.screen.show_live()
        if self.visit.portrait_attempts_left:
            self._watch()
            self._fetch()
        else:
            self._choose(self.visit.portraits[-1].number)

    def leave(self) -> None:
        self._viewfinder.stop()
        self._card_photo.leave()
        self._images.clear()
        self.screen.show_attempts(())
        self.screen.still.show_image(None)
        if self._applicant is not None:
            self._applicant.leave()
            self._applicant.deleteLater()
            self._applicant = None

    def pause(self) -> None:
        if self.screen.is_live and not self._shooting:
            self._viewfinder.freeze()
        if self._applicant is not None:
            self._applicant.leave()

    def resume(self) -> None:
        if not self.screen.is_live:
            self._fetch()  # and with it the applicant's own picture
        elif not self._shooting:
            self._viewfinder.start(self.visit.visit_id)

    def heard(self, news: object, /) -> None:
        self._card_photo.heard(news)

    # -- watching

    def _watch(self) -> None:
        self._shooting = False
        self._shown = 0
        if self._applicant is not None:
            self._applicant.leave()
        left = self.visit.portrait_attempts_left
        self.screen.show_live()
        self.screen.show_tries(MAX_PORTRAITS - left + 1, MAX_PORTRAITS)
        self._show_attempts()
        self._viewfinder.start(self.visit.visit_id)

    def _switch(self, on: bool) -> None:
        self._viewfinder.automatic = on
        self.screen.show_automatic(on=on)

    def _go_on(self) -> None:
        if self.screen.is_live:
            self._shoot()
        else:
            self._accept(Accepted.TOLD)

    def _shoot(self) -> None:
        if self._shooting or not self.screen.is_live:
            return
        self._shooting = True
        self.floor.watch(self.station.portrait.take(self.visit.visit_id), self._taken, self._not_taken)

    def _taken(self, visit: Enrollment) -> None:
        self._visit = visit
        self.floor.hush()
        self._choose(visit.portraits[-1].number)

    def _not_taken(self, error: BaseException) -> None:
        self._shooting = False
        self._viewfinder.hold()
        self.floor.tell(error, self._watch)

    # -- showing

    def _choose(self, number: int) -> None:
        """Show this attempt large."""
        self._viewfinder.freeze()
        self._shown = number
        self._fetch()

    def _fetch(self) -> None:
        """The pictures that are not here yet, decoded on the desk."""
        visit, portrait = self.visit, self.station.portrait
        missing = [each.number for each in _latest(visit) if each.number not in self._images]

        def decoded() -> dict[int, QImage]:
            return {number: QImage.fromData(portrait.image(visit.visit_id, number)) for number in missing}

        if missing:
            self.floor.fetch(decoded, self._show)
        else:
            self._show({})

    def _show(self, images: dict[int, QImage]) -> None:
        self._images |= images
        self._show_attempts()
        if not self._shown:
            return
        attempt = self._attempt
        image, ready, left = self._images[attempt.number], not attempt.needs_force, self.visit.portrait_attempts_left
        theirs = self._show_applicant(image, may_agree=ready, may_again=left > 0)
        hints = [sentence_for(hint) for hint in attempt.hints]
        self.screen.show_still(image, hints, ready=ready, may_retake=left > 0, theirs=theirs)

    def _show_attempts(self) -> None:
        self.screen.show_attempts(
            [
                AttemptView(each.number, self._images[each.number], not each.needs_force, each.number == self._shown)
                for each in _latest(self.visit)
                if each.number in self._images
            ]
        )

    @property
    def _attempt(self) -> PortraitAttempt:
        attempt = self.visit.portrait(self._shown)
        assert attempt is not None
        return attempt

    # -- approving

    def _show_applicant(self, image: QImage, *, may_agree: bool, may_again: bool) -> bool:
        """On the screen that faces the applicant; False where there is none."""
        screen = self.second_screen()
        if screen is None:
            return False
        if self._applicant is None:
            self._applicant = ApplicantWindow()
            self._applicant.agreed.connect(self._agreed)
            self._applicant.again.connect(self._once_more)
        self._speak()
        self._applicant.show_on(screen, image, may_agree=may_agree, may_again=may_again)
        self.floor.window.activateWindow()  # not every desktop heeds a window that wants no keyboard
        return True

    def _speak(self) -> None:
        if self._applicant is not None:
            self._applicant.setLocale(self.screen.locale())

    def _agreed(self) -> None:
        if self._theirs_to_say:
            self._accept(Accepted.ON_SCREEN)

    def _once_more(self) -> None:
        if self._theirs_to_say and self.visit.portrait_attempts_left:
            self._watch()

    @property
    def _theirs_to_say(self) -> bool:
        """Not while the officer answers a question about the picture."""
        return self._shown > 0 and QApplication.activeModalWidget() is None

    def _accept(self, accepted: Accepted) -> None:
        visit_id, number = self.visit.visit_id, self._shown
        self.floor.ask(lambda: self.station.portrait.accept(visit_id, number, accepted), self.floor.move)

    def _ask_force(self) -> None:
        self.floor.with_officers(Permission.FORCE_CAPTURE, self._force)

    def _force(self, officers: Sequence[Officer]) -> None:
        visit_id, number, portrait = self.visit.visit_id, self._shown, self.station.portrait
        self.floor.fill_in(
            questions.force_portrait(self.screen, officers),
            lambda v: portrait.force(visit_id, number, v["officer"], v["password"], v["reason"]),
            self._forced,
        )

    def _forced(self, visit: Enrollment) -> None:
        self._visit = visit
        self._fetch()

    def _ask_more(self) -> None:
        self.floor.with_officers(Permission.FORCE_CAPTURE, self._more)

    def _more(self, officers: Sequence[Officer]) -> None:
        visit_id, portrait = self.visit.visit_id, self.station.portrait
        self.floor.fill_in(
            questions.more_portraits(self.screen, officers),
            lambda v: portrait.grant(visit_id, v["officer"], v["password"], v["reason"]),
            self._granted,
        )

    def _granted(self, visit: Enrollment) -> None:
        self._visit = visit
        self._watch()

    def _back(self) -> None:
        """Esc: from a picture to the camera, from the camera to the lists."""
        if not self.screen.is_live and self.visit.portrait_attempts_left:
            self._watch()
        else:
            self.floor.park()


def _latest(visit: Enrollment) -> tuple[PortraitAttempt, ...]:
    """The attempts that there is room for."""
    return visit.portraits[-MAX_PORTRAITS:]
