"""The portrait: frames from the camera's mailbox, one picture kept at a press, approved by the applicant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from station.domain.enrollment import Enrollment
from station.domain.officer import Permission
from ui.dialogs import questions
from ui.language import Text
from ui.messages import sentence_for, sentence_of
from ui.presenters.floor import Floor, Presenter
from ui.screens.portrait import LOOK, PortraitScreen
from ui.widgets.pictures import Sight

if TYPE_CHECKING:
    from collections.abc import Sequence

    from station.domain.officer import Officer
    from station.services.portrait import PreviewFrame

GOOD = Text("Bagus: ambil sekarang", "Good: take it now")


class PortraitPresenter(Presenter[PortraitScreen]):
    """Two states: watching the camera, showing a picture."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self.screen = PortraitScreen()
        self._visit: Enrollment | None = None
        self._waker = floor.bridge.waker(self._frame)
        self._shooting = False
        self.screen.went_on.connect(self._go_on)
        self.screen.went_back.connect(self._back)
        self.screen.retake.connect(self._watch)
        self.screen.force.connect(self._ask_force)

    @property
    def _visit_id(self) -> str:
        assert self._visit is not None
        return self._visit.visit_id

    def enter(self, visit: Enrollment | None, /) -> None:
        self._visit = visit
        self._watch()

    def leave(self) -> None:
        self.station.portrait.stop()
        self.screen.live.wait(LOOK)

    def _watch(self) -> None:
        self._shooting = False
        self.screen.live.wait(LOOK)
        self.screen.show_live()
        self.station.portrait.start(self._visit_id, self._waker.ring)

    def _frame(self) -> None:
        """There is a new frame, or the preview has ended."""
        portrait = self.station.portrait
        failure, frame = portrait.failure(), portrait.latest()
        if not self.screen.is_live:
            return
        if failure is not None:
            self.screen.live.wait(sentence_of(failure))
            self.floor.tell(failure, self._watch)
        elif frame is not None:
            self.screen.live.show_sight(_sight(frame))

    def _go_on(self) -> None:
        if self.screen.is_live:
            self._shoot()
        else:
            self._accept()

    def _shoot(self) -> None:
        if self._shooting:
            return
        self._shooting = True
        self.floor.watch(self.station.portrait.take(self._visit_id), self._taken, self._not_taken)

    def _taken(self, visit: Enrollment) -> None:
        self._visit = visit
        self.floor.hush()
        self.station.portrait.stop()
        self.screen.live.wait(LOOK)
        self._show_last()

    def _not_taken(self, error: BaseException) -> None:
        self._shooting = False
        self.floor.tell(error, self._watch)

    def _show_last(self) -> None:
        visit = self._visit
        assert visit is not None
        number, portrait = visit.portraits[-1].number, self.station.portrait

        def decoded() -> QImage:
            return QImage.fromData(portrait.image(visit.visit_id, number))

        self.floor.fetch(decoded, self._show)

    def _show(self, image: QImage) -> None:
        assert self._visit is not None
        last = self._visit.portraits[-1]
        self.screen.show_still(image, [sentence_for(hint) for hint in last.hints], forced=bool(last.forced_by))

    def _accept(self) -> None:
        visit = self._visit
        assert visit is not None
        number = visit.portraits[-1].number
        self.floor.ask(lambda: self.station.portrait.accept(visit.visit_id, number), self.floor.move)

    def _ask_force(self) -> None:
        self.floor.with_officers(Permission.FORCE_CAPTURE, self._force)

    def _force(self, officers: Sequence[Officer]) -> None:
        visit = self._visit
        assert visit is not None
        number, portrait = visit.portraits[-1].number, self.station.portrait
        self.floor.fill_in(
            questions.force_portrait(self.screen, officers),
            lambda v: portrait.force(visit.visit_id, number, v["officer"], v["password"], v["reason"]),
            self._forced,
        )

    def _forced(self, visit: Enrollment) -> None:
        self._visit = visit
        self._show_last()

    def _back(self) -> None:
        if self.screen.is_live:
            self.floor.park()
        else:
            self._watch()


def _sight(frame: PreviewFrame) -> Sight:
    """The frame as Qt draws it, without a copy: the image keeps the pixels alive, and nobody writes to them."""
    height, width, _ = frame.image.shape
    image = QImage(frame.image.data, width, height, 3 * width, QImage.Format.Format_BGR888)
    quality = frame.quality
    face = quality.face
    hints = quality.hints
    return Sight(
        image=image,
        face=None if face is None else (face.x, face.y, face.width, face.height),
        good=not hints,
        words=sentence_for(hints[0]) if hints else GOOD,
    )
