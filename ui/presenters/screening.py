"""The checklist: answers go to the desk, its verdict comes back, and with it the one next action."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer

from devices.bay import BayEvent
from protocols.schema import Kind, Subject
from protocols.screening import ItemState, Mark, Status
from station.domain.enrollment import Enrollment
from station.domain.step import State
from ui.dialogs import questions
from ui.language import Text, clock_text, fill, same
from ui.presenters.floor import Floor, Presenter
from ui.screens.screening import BEGIN, ScreeningScreen
from ui.widgets.device_panel import NAMES

if TYPE_CHECKING:
    from station.services.screening import ScreeningView

DEFER: Final = Text("Jadwalkan ulang", "Reschedule")
PARK: Final = Text("Titipkan sementara", "Park for now")
CHANGE: Final = Text("Ganti petugas", "Change officer")
CLEARED: Final = Text("Lulus. Silakan mulai merekam.", "Passed. Capture may begin.")
UNTIL: Final = Text("Izin rekam berlaku sampai pukul {clock}.", "The clearance holds until {clock}.")
LEFT: Final = Text("Masih {n} yang belum.", "{n} still to do.")
NEXT: Final = Text("Berikutnya: {what}", "Next: {what}")
MEND: Final = Text("Perbaiki dahulu, lalu jawab lagi.", "Put it right, then answer again.")
WAIT: Final = Text("Ukur ulang dalam {left}", "Measure again in {left}")
NOW: Final = Text("Ukur ulang sekarang", "Measure again now")
SECOND: Final = Text(
    "Suhu di atas batas. Satu ukuran lagi menentukan; pemohon boleh menunggu di luar.",
    "Over the limit. One more reading decides; the applicant may wait outside.",
)
MEASURING: Final = Text("Arahkan termometer ke dahi …", "Point the thermometer at the forehead …")


class Act(Enum):
    """What the primary button does."""

    BEGIN = "begin"
    DEFER = "defer"
    PARK = "park"
    CHANGE = "change"


class ScreeningPresenter(Presenter[ScreeningScreen]):
    """Looks again every second while a second reading is due."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self.screen = ScreeningScreen()
        self._visit: Enrollment | None = None
        self._view: ScreeningView | None = None
        self._act = Act.BEGIN
        self._timer = QTimer(self.screen)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._count_down)
        self.screen.answered.connect(self._answer)
        self.screen.reading.connect(self._read)
        self.screen.signature.connect(self._sign)
        self.screen.went_on.connect(self._go_on)
        self.screen.went_back.connect(floor.park)

    @property
    def _visit_id(self) -> str:
        assert self._visit is not None
        return self._visit.visit_id

    def enter(self, visit: Enrollment | None, /) -> None:
        assert visit is not None
        self._visit = visit
        self._look()

    def leave(self) -> None:
        self._timer.stop()

    def heard(self, news: object, /) -> None:
        """A device that came or went changes what is to be disinfected and what a clearance covers."""
        if isinstance(news, BayEvent):
            visit_id = self._visit_id
            self.floor.fetch(lambda: self.station.screening.view(visit_id), self._draw)

    def _look(self) -> None:
        visit_id = self._visit_id
        self.floor.fetch(lambda: self.station.screening.view(visit_id), self._show, again=self._look)

    def _show(self, view: ScreeningView) -> None:
        self._draw(view)
        self.screen.go_to_next(view.items)

    def _draw(self, view: ScreeningView) -> None:
        self._view = view
        about = {each.subject: _device(each.subject) for each in view.items}
        told = {(e.item.id, e.subject): words for e in view.items if (words := self._told(e)) is not None}
        self.screen.lead.say(view.definition.title)
        self.screen.show_items(view.items, about, told, thermometer=view.thermometer)
        self._judge(view)

    def _told(self, state: ItemState) -> Text | None:
        """What was answered, where the control alone does not show it."""
        answer = state.answer
        if answer is None:
            return None
        words: list[Text] = []
        if state.item.kind is Kind.TEMPERATURE and not isinstance(answer.value, str):
            words.append(Text(f"{answer.value:.1f} °C".replace(".", ","), f"{answer.value:.1f} °C"))
        if state.item.kind is Kind.OFFICER and self._view is not None:
            names = {each.id: each.name for each in self._view.approvers}
            words.append(same(names.get(str(answer.value), str(answer.value))))
        if state.mark is Mark.HELD and state.holds_until is not None:
            until = clock_text(self.floor.local(state.holds_until))
            words.append(fill(Text("berlaku s.d. {clock}", "holds until {clock}"), clock=until))
        if not words:
            return None
        return Text(" · ".join(w.id for w in words), " · ".join(w.en for w in words))

    def _judge(self, view: ScreeningView) -> None:
        verdict, screen = view.verdict, self.screen
        self._timer.stop()
        reasons = [finding.text for finding in verdict.failed]
        match verdict.status:
            case Status.CLEARED:
                self._act = Act.BEGIN
                until = verdict.valid_until
                detail = None if until is None else fill(UNTIL, clock=clock_text(self.floor.local(until)))
                screen.show_verdict(CLEARED, detail, "good", BEGIN, enabled=True)
            case Status.INCOMPLETE if reasons:
                screen.show_verdict(reasons[0], MEND, "caution", BEGIN, enabled=False)
            case Status.INCOMPLETE:
                missing = verdict.missing
                named = view.definition.item(missing[0].item_id).label if missing else Text("", "")
                screen.show_verdict(fill(LEFT, n=len(missing)), fill(NEXT, what=named), "info", BEGIN, enabled=False)
            case Status.RECHECK:
                self._act = Act.PARK
                self._timer.start()
                self._count_down()
            case Status.REFUSED | Status.DEFERRED:
                self._act = self._after_refusal(view)
                words = {Act.CHANGE: CHANGE, Act.PARK: PARK}.get(self._act, DEFER)
                screen.show_verdict(reasons[0], None, "danger", words, enabled=True)

    def _after_refusal(self, view: ScreeningView) -> Act:
        blamed = {each.item.subject for each in view.items if each.mark is Mark.FAILED}
        if blamed == {Subject.OFFICER}:
            return Act.CHANGE
        return Act.DEFER if self._visit is not None and self._visit.state is State.SCREENING else Act.PARK

    def _count_down(self) -> None:
        view = self._view
        if view is None or view.verdict.recheck_at is None:
            return
        left = int((view.verdict.recheck_at - self.station.clock.now()).total_seconds() + 0.999)
        words = fill(WAIT, left=f"{left // 60}:{left % 60:02d}") if left > 0 else NOW
        self.screen.show_verdict(words, SECOND, "caution", PARK, enabled=True)

    # -- answering

    def _answer(self, item_id: str, subject: str, value: bool | str) -> None:
        visit_id = self._visit_id
        self.floor.ask(
            lambda: self.station.screening.answer(visit_id, item_id, subject, value), self._kept, failed=self._redraw
        )

    def _read(self, item_id: str, subject: str, celsius: float | None) -> None:
        visit_id, screening = self._visit_id, self.station.screening
        if celsius is None:
            self.floor.say(MEASURING, "info")
            future = screening.measure(visit_id, item_id, subject)
        else:
            future = screening.enter_reading(visit_id, item_id, subject, celsius)
        self.floor.watch(future, self._kept, self._not_read)

    def _kept(self, view: ScreeningView) -> None:
        self.floor.hush()
        self._show(view)

    def _not_read(self, error: BaseException) -> None:
        self.floor.tell(error)

    def _redraw(self, error: BaseException) -> bool:
        """What was pressed was not kept: show again what is."""
        self.floor.tell(error)
        view = self._view
        if view is not None:
            self._show(view)
        return True

    def _sign(self, item_id: str) -> None:
        view, visit_id = self._view, self._visit_id
        if view is None:
            return
        form = questions.approver(self.screen, view.approvers, view.definition.item(item_id).label)
        approve: Callable[[str, str, str, str], ScreeningView] = self.station.screening.approve
        self.floor.fill_in(form, lambda v: approve(visit_id, item_id, v["officer"], v["password"]), self._kept)

    # -- going on

    def _go_on(self) -> None:
        visit_id = self._visit_id
        match self._act:
            case Act.BEGIN:
                self.floor.ask(
                    lambda: self.station.screening.clear(visit_id), self.floor.move, failed=self._not_cleared
                )
            case Act.DEFER:
                self.floor.ask(lambda: self.station.visits.defer(visit_id), self.floor.move)
            case Act.PARK:
                self.floor.park()
            case Act.CHANGE:
                self.floor.sign_off()

    def _not_cleared(self, error: BaseException) -> bool:
        """Something ran out while the officer looked: ask anew what is missing."""
        self.floor.tell(error)
        self._look()
        return True


def _device(subject: str) -> Text:
    slot = subject.partition("/")[0]
    return NAMES.get(slot, same(slot))
