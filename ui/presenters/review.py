"""Everything that was recorded, decoded off the GUI's thread and laid on one page."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QImage

from devices.positions import FingerPosition
from station.domain.enrollment import Enrollment
from station.domain.samples import NotCapturedReason
from station.domain.step import State
from ui.dialogs.questions import EXCEPTION_CODES
from ui.language import Text, date_text, fill, listed, same
from ui.presenters.facts import biodata_lines
from ui.presenters.floor import Floor, Presenter
from ui.presenters.record_remarks import mark_of
from ui.screens.review import ReviewScreen
from ui.widgets.hands import FINGERS

EXCEPTED = Text("dikecualikan", "excepted")
UNSIGNED = Text("Tidak dapat menandatangani", "Cannot sign")
MODALITIES = {"iris": Text("Iris mata", "Irises"), "signature": Text("Tanda tangan", "Signature")}
REASONS = {
    NotCapturedReason.NO_DEVICE: Text("tidak diambil, alat tidak ada", "not captured, no device"),
    NotCapturedReason.UNABLE_TO_SIGN: Text("tidak diambil, pemohon tidak dapat", "not captured, unable to sign"),
}


@dataclass(frozen=True, slots=True, eq=False)
class _Pictures:
    portrait: QImage
    fingers: dict[FingerPosition, QImage]
    signature: QImage | None


class ReviewPresenter(Presenter[ReviewScreen]):
    """Shows; a press confirms all, or sends one capture to be done over."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self.screen = ReviewScreen()
        self._visit: Enrollment | None = None
        self.screen.went_on.connect(self._confirm)
        self.screen.went_back.connect(floor.park)
        self.screen.redo.connect(self._redo)
        self.screen.correct.connect(floor.correct)

    def enter(self, visit: Enrollment | None, /) -> None:
        assert visit is not None
        assert visit.applicant is not None
        self._visit = visit
        self.screen.show_biodata(biodata_lines(visit.applicant, self.station.visits.codes))
        self.screen.show_notes(_notes(visit), remarks_of(visit))
        self.floor.fetch(lambda: self._pictures(visit), self._show)

    def _pictures(self, visit: Enrollment) -> _Pictures:
        """On the desk."""
        fingers = {}
        for position in FingerPosition:
            best = visit.best(position)
            if best is not None and visit.exception(position) is None:
                image = self.station.fingers.image(visit.visit_id, position, best.number)
                fingers[position] = QImage.fromData(image)
        signature = None
        if visit.mark is not None:
            signature = fingers[visit.mark.position]
        elif visit.signatures and visit.signature_missing is None:
            signature = QImage.fromData(self.station.signature.image(visit.visit_id))
        return _Pictures(
            portrait=QImage.fromData(self.station.portrait.image(visit.visit_id, visit.accepted_portrait)),
            fingers=fingers,
            signature=signature,
        )

    def _show(self, pictures: _Pictures) -> None:
        assert self._visit is not None
        mark = self._visit.mark
        self.screen.show_pictures(
            pictures.portrait,
            pictures.fingers,
            pictures.signature,
            UNSIGNED,
            mark=None if mark is None else FINGERS[mark.position],
        )

    def _confirm(self) -> None:
        assert self._visit is not None
        visit_id = self._visit.visit_id
        self.floor.ask(lambda: self.station.finishing.review(visit_id), self.floor.move)

    def _redo(self, step: State) -> None:
        assert self._visit is not None
        visit_id = self._visit.visit_id
        self.floor.ask(lambda: self.station.finishing.redo(visit_id, step), self.floor.move)


def _notes(visit: Enrollment) -> dict[FingerPosition, Text]:
    """Below each finger: its score, or that it is excepted."""
    notes = {}
    for position in FingerPosition:
        best = visit.best(position)
        if visit.exception(position) is not None:
            notes[position] = EXCEPTED
        elif best is not None:
            notes[position] = same(str(round(best.quality.value)))
    return notes


def remarks_of(visit: Enrollment) -> Text | None:
    """What was excepted, what was not captured, which portrait was forced; None = nothing."""
    found = [
        fill(same("{finger}: {why}"), finger=FINGERS[each.position], why=EXCEPTION_CODES[each.code])
        for each in visit.exceptions
    ]
    found += [
        fill(same("{what}: {why}"), what=MODALITIES.get(each.modality, same(each.modality)), why=REASONS[each.reason])
        for each in visit.not_captured
    ]
    if visit.signature_missing is not None:
        found.append(mark_of(visit))
    if visit.return_on is not None:
        back = Text("Jari yang belum diambil direkam mulai {day}", "Fingers still to be taken from {day}")
        found.append(fill(back, day=date_text(visit.return_on)))
    alike = [FINGERS[each.position] for each in visit.likenesses]
    if alike:
        found.append(fill(Text("Mirip jari lain: {fingers}", "Like another finger: {fingers}"), fingers=listed(alike)))
    portrait = visit.accepted()
    if portrait is not None and portrait.forced_by:
        forced = Text("Foto dipaksakan oleh {who}", "Portrait forced by {who}")
        found.append(fill(forced, who=portrait.forced_by))
    if not found:
        return None
    return Text(". ".join(each.id for each in found) + ".", ". ".join(each.en for each in found) + ".")
