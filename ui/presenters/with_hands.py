"""Takes the picture with both hands in a dialog over the fingerprints' screen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from station.domain.enrollment import Enrollment
from ui.dialogs.with_hands import WithHandsDialog
from ui.messages import sentence_of
from ui.presenters.floor import Floor
from ui.presenters.viewfinder import Viewfinder


class WithHands:
    """One dialog from its opening to its end. The picture is kept when it is taken; a later one takes its place.

    Args:
        floor: the presenters' floor.
        over: the screen it stands on.
        visit: whose fingers are missing.
        closed: called with the recording as it is in the end.
    """

    def __init__(self, floor: Floor, over: QWidget, visit: Enrollment, closed: Callable[[Enrollment], None]) -> None:
        self._floor = floor
        self._visit = visit
        self._closed = closed
        self.dialog = WithHandsDialog(over)
        self.dialog.shoot.connect(self._shoot)
        self.dialog.retake.connect(self._watch)
        self.dialog.closed.connect(self._end)
        self._viewfinder = Viewfinder(floor, self.dialog.live, guided=False)
        self.dialog.open()
        self._watch()

    def leave(self) -> None:
        """The step has been left: it closes, whatever is under way."""
        self.dialog.busy = False
        self.dialog.reject()

    def pause(self) -> None:
        """The screen is covered."""
        if self.dialog.is_live and not self.dialog.busy:
            self._viewfinder.freeze()

    def resume(self) -> None:
        """It is seen again."""
        if self.dialog.is_live and not self.dialog.busy and self._viewfinder.open:
            self._viewfinder.start(self._visit.visit_id)

    def _watch(self) -> None:
        self.dialog.problem.say(None)
        self.dialog.show_live()
        self._viewfinder.start(self._visit.visit_id)

    def _shoot(self) -> None:
        if self.dialog.busy:
            return
        self.dialog.busy = True
        portrait = self._floor.station.portrait
        self._floor.watch(portrait.take_with_hands(self._visit.visit_id), self._taken, self._not_taken)

    def _taken(self, visit: Enrollment) -> None:
        self._visit = visit
        if not self._viewfinder.open:
            return
        self.dialog.busy = False
        self._viewfinder.freeze()
        portrait = self._floor.station.portrait

        def decoded() -> QImage:
            return QImage.fromData(portrait.image_with_hands(visit.visit_id))

        self._floor.fetch(decoded, self._show)

    def _show(self, image: QImage) -> None:
        if self._viewfinder.open:
            self.dialog.show_still(image)

    def _not_taken(self, error: BaseException) -> None:
        if self._viewfinder.open:
            self.dialog.busy = False
            self.dialog.problem.say(sentence_of(error))

    def _end(self) -> None:
        self._viewfinder.close()
        self._closed(self._visit)
