"""Receipt and deferral slip: shown in large type, saved where the officer says, handed to the system's printer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from station.domain.enrollment import Enrollment
from station.domain.step import State
from station.errors import StationError, WayOn
from ui.language import Text, date_text, fill, moment_text, same
from ui.presenters.floor import PAPERS, Floor, Presenter
from ui.presenters.home import DEFERRALS
from ui.presenters.review import remarks_of
from ui.screens.paper import PaperScreen

READY = Text("Kartu dapat diambil", "The card can be collected")
BACK = Text("Silakan datang kembali", "Please come back")
PLACE = Text("{place}, pukul {hours}", "{place}, {hours}")
ISSUE = Text("Terbitkan tanda terima", "Issue the receipt")
ONWARD = Text("Lanjut", "Go on")
NOT_YET = Text("Janji pengambilan dihitung saat diterbitkan", "The promise is made when it is issued")


class PaperPresenter(Presenter[PaperScreen], ABC):
    """What both papers have in common."""

    def __init__(self, floor: Floor, screen: PaperScreen) -> None:
        super().__init__(floor)
        self.screen = screen
        self._visit: Enrollment | None = None
        screen.folder.fill(str(self.station.settings.folder.absolute() / PAPERS))
        screen.save_asked.connect(self._save)
        screen.print_asked.connect(self._print)
        screen.folder_asked.connect(self._choose)

    @property
    def visit(self) -> Enrollment:
        """The recording as last told."""
        assert self._visit is not None
        return self._visit

    @abstractmethod
    def export(self, visit_id: str, folder: Path) -> Path:
        """On the desk: write the paper there."""

    def _job(self) -> Callable[[], Path]:
        visit_id, folder = self.visit.visit_id, Path(self.screen.folder.value)
        return lambda: self.export(visit_id, folder)

    def _save(self) -> None:
        self.floor.ask(self._job(), self.screen.show_saved, again=self._save)

    def _print(self) -> None:
        self.floor.ask(self._job(), self._open, again=self._print)

    def _open(self, path: Path) -> None:
        """The system's own viewer prints."""
        self.screen.show_saved(path)
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self.floor.tell(StationError("paper.no_viewer", WayOn.CALL_TECHNICIAN))

    def _choose(self) -> None:
        dialog = QFileDialog(self.screen, "", self.screen.folder.value)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.screen.folder.fill)
        dialog.open()


class ReceiptPresenter(PaperPresenter):
    """First the facts to look at; once issued, the promise and the paper."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor, PaperScreen("receipt", Text("Tanda terima", "Receipt"), ISSUE, READY))
        self.screen.went_on.connect(self._go_on)
        self.screen.went_back.connect(floor.park)

    def enter(self, visit: Enrollment | None, /) -> None:
        assert visit is not None
        self._show(visit)

    def export(self, visit_id: str, folder: Path) -> Path:
        return self.station.finishing.export_receipt(visit_id, folder)

    def _show(self, visit: Enrollment) -> None:
        self._visit = visit
        screen, receipt = self.screen, visit.receipt if visit.state is not State.RECEIPT else None
        assert screen.primary is not None
        assert visit.applicant is not None
        facts = [
            (Text("Nomor", "Number"), same(receipt.receipt_number if receipt is not None else visit.number)),
            (Text("Nama", "Name"), same(visit.applicant.name)),
            (Text("NIK", "NIK"), same(visit.applicant.nik.masked)),
            (Text("Diambil", "Captured"), _captured(visit)),
        ]
        remarks = remarks_of(visit)
        if remarks is not None:
            facts.append((Text("Catatan", "Remarks"), remarks))
        screen.show_facts(facts)
        screen.caption.setVisible(receipt is not None)
        screen.offer_paper(offered=receipt is not None)
        if receipt is None:
            screen.show_loud(same(visit.number), NOT_YET)
            screen.primary.say(ISSUE)
        else:
            promise = receipt.promise
            screen.show_loud(
                moment_text(self.floor.local(promise.ready_from)), fill(PLACE, place=promise.place, hours=promise.hours)
            )
            screen.primary.say(ONWARD)
        screen.primary.setFocus()

    def _go_on(self) -> None:
        visit = self.visit
        if visit.state is State.RECEIPT:
            self.floor.ask(lambda: self.station.finishing.issue_receipt(visit.visit_id), self._issued)
        else:
            self.floor.move(visit)

    def _issued(self, visit: Enrollment) -> None:
        self._show(visit)
        self._save()


class DeferredPresenter(PaperPresenter):
    """The visit was put off: why, and until when."""

    def __init__(self, floor: Floor) -> None:
        title = Text("Perekaman ditunda", "The recording is put off")
        super().__init__(floor, PaperScreen("deferred", title, Text("Pemohon berikutnya", "Next applicant"), BACK))
        self.screen.went_on.connect(floor.home)
        self.screen.went_back.connect(floor.home)

    def enter(self, visit: Enrollment | None, /) -> None:
        assert visit is not None
        assert visit.deferred is not None
        self._visit = visit
        self.screen.offer_paper(offered=True)
        self.screen.show_loud(date_text(visit.deferred.proposed), None)
        facts = [(Text("Nomor", "Number"), same(visit.number))]
        if visit.applicant is not None:
            facts.append((Text("Nama", "Name"), same(visit.applicant.name)))
        facts.append((Text("Sebab", "Reason"), DEFERRALS[visit.deferred.reason]))
        self.screen.show_facts(facts)

    def export(self, visit_id: str, folder: Path) -> Path:
        return self.station.finishing.export_deferral(visit_id, folder)


def _captured(visit: Enrollment) -> Text:
    """What was taken, counted."""
    fingers = sum(1 for position in {f.position for f in visit.fingers} if visit.exception(position) is None)
    words = Text("pas foto, {n} sidik jari", "portrait, {n} fingerprints")
    if visit.signature_missing is None and visit.signatures:
        words = Text("pas foto, {n} sidik jari, tanda tangan", "portrait, {n} fingerprints, signature")
    elif visit.mark is not None:
        words = Text("pas foto, {n} sidik jari, cap jempol", "portrait, {n} fingerprints, thumbprint as mark")
    return fill(words, n=fingers)
