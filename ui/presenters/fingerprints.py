"""Ten fingers: asks for the next one as soon as one is kept; the officer's hands stay free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from devices.errors import CaptureCancelledError, PersonCanRetryError
from devices.positions import FingerPosition
from station.domain.enrollment import Enrollment
from station.domain.fingers import MAX_ATTEMPTS, WANTED_SCORES
from station.domain.officer import Permission
from station.domain.samples import ExceptionCode
from station.domain.step import State
from station.services.prompts import Prompt, PromptKind
from ui.dialogs import questions
from ui.language import Text, fill
from ui.messages import sentence_for, sentence_of
from ui.presenters.floor import Floor, Presenter
from ui.screens.fingerprints import FingerprintsScreen
from ui.widgets.hands import FINGERS, FingerState, FingerView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from station.domain.officer import Officer

PLACE = Text("Letakkan: {finger}", "Place: {finger}")
LIFT = Text("Angkat jari", "Lift the finger")
READY = Text("Siapkan: {finger}", "Get ready: {finger}")
ALL = Text("Kesepuluh jari selesai", "All ten fingers are done")
AGAIN = Text("Pilih jari yang diulang", "Choose the finger to take again")
PAUSED = Text("Dihentikan sebentar", "Paused")


class FingerprintsPresenter(Presenter[FingerprintsScreen]):
    """One round at a time. A round that is given up ends with a cancel, and its future says so."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self.screen = FingerprintsScreen()
        self._visit: Enrollment | None = None
        self._now: FingerPosition | None = None
        self._hint: Text | None = None
        self._running = False
        self._then: FingerPosition | None = None
        self._arrived = 0.0
        self._waker = floor.bridge.waker(self._show_progress)
        self.screen.went_on.connect(self._finish)
        self.screen.went_back.connect(floor.park)
        self.screen.finger_picked.connect(self._pick)
        self.screen.except_asked.connect(self._ask_except)
        self.screen.withdraw_asked.connect(self._withdraw)
        self.screen.retake_asked.connect(self._retake)

    @property
    def visit(self) -> Enrollment:
        """The recording as last told."""
        assert self._visit is not None
        return self._visit

    def enter(self, visit: Enrollment | None, /) -> None:
        self._visit = visit
        self._now = self._then = self._hint = None
        self._running = False
        self.screen.show_print(None)
        self.screen.hands.choose(None)
        self._next()

    def leave(self) -> None:
        if self._running:
            self._running = False
            self.station.fingers.cancel()

    def heard(self, news: object, /) -> None:
        if not isinstance(news, Prompt) or news.position is None:
            return
        if news.kind is PromptKind.PLACE_FINGER:
            self.screen.show_wish(fill(PLACE, finger=FINGERS[news.position]))
        elif news.kind is PromptKind.LIFT_FINGER:
            self.screen.show_wish(LIFT, "good")

    # -- rounds

    def _next(self, position: FingerPosition | None = None) -> None:
        """Ask for a finger: this one, or the first that is still wanted."""
        visit = self.visit
        may = position is not None and (not visit.finger_done(position) or visit.may_retake(position))
        wanted = position if may else visit.next_finger()
        self._now = wanted
        self._draw()
        if wanted is None:
            due = State.FINGERPRINTS in visit.due_anew
            self.screen.show_wish(*((AGAIN, "caution") if due else (ALL, "good")))
            self.screen.show_progress(0.0 if due else 1.0)
            return
        self.screen.show_wish(fill(READY, finger=FINGERS[wanted]))
        self._running = True
        place = self.floor.place
        future = self.station.fingers.take(visit.visit_id, wanted, self._progressed)
        self.floor.bridge.watch(future, lambda v: self._kept(v, place), lambda e: self._missed(e, place))

    def _progressed(self, part: float) -> None:
        """On the scanner's thread."""
        self._arrived = part
        self._waker.ring()

    def _show_progress(self) -> None:
        self.screen.show_progress(self._arrived)

    def _kept(self, visit: Enrollment, place: int) -> None:
        if place != self.floor.place:
            return
        self._running = False
        taken = visit.fingers[-1]
        self._visit = visit
        wanted = WANTED_SCORES[taken.position]
        low = taken.quality.value < wanted
        self._hint = sentence_for(taken.reasons[0]) if low and taken.reasons else None
        self.floor.hush()
        self.screen.show_progress(0.0)
        self.screen.hands.choose(None)
        self._fetch(taken.position, taken.number)
        self._go_on(taken.position if not visit.finger_done(taken.position) else None)

    def _missed(self, error: BaseException, place: int) -> None:
        if place != self.floor.place:
            return
        self._running = False
        self.screen.show_progress(0.0)
        if isinstance(error, CaptureCancelledError):
            self.screen.show_wish(PAUSED)
            if self._then is not None:
                self._go_on(self._then)
            return
        if isinstance(error, PersonCanRetryError) and error.code != "fingerprint.no_finger":
            self._hint = sentence_of(error)
            self._go_on(self._now)
            return
        self.screen.show_wish(PAUSED)
        self.floor.tell(error, self._resume)

    def _resume(self) -> None:
        if not self._running:
            self._next(self._now)

    def _go_on(self, position: FingerPosition | None) -> None:
        then, self._then = self._then, None
        self._next(then or position)

    def _fetch(self, position: FingerPosition, number: int) -> None:
        visit_id, fingers = self.visit.visit_id, self.station.fingers

        def decoded() -> QImage:
            return QImage.fromData(fingers.image(visit_id, position, number))

        self.floor.fetch(decoded, self.screen.show_print)

    # -- showing

    def _draw(self) -> None:
        visit, now = self.visit, self._now
        views = {position: self._view(position) for position in FingerPosition}
        done = sum(visit.finger_done(position) for position in FingerPosition)
        self.screen.show_hands(
            views, done, complete=done == len(FingerPosition) and State.FINGERPRINTS not in visit.due_anew
        )
        shown = self.screen.hands.chosen or now
        if shown is None and visit.fingers:
            shown = visit.fingers[-1].position
        if shown is not None:
            best = visit.best(shown)
            score = None if best is None else round(best.quality.value)
            used = MAX_ATTEMPTS - visit.attempts_left(shown)
            number = max(1, min(used + (shown is now), MAX_ATTEMPTS))
            self.screen.show_finger(shown, score, WANTED_SCORES[shown], (number, MAX_ATTEMPTS), self._hint)
        self._offer()

    def _view(self, position: FingerPosition) -> FingerView:
        visit = self.visit
        best = visit.best(position)
        score = None if best is None else round(best.quality.value)
        if visit.exception(position) is not None:
            return FingerView(FingerState.EXCEPTED)
        if visit.finger_done(position) and score is not None:
            good = score >= WANTED_SCORES[position]
            return FingerView(FingerState.GOOD if good else FingerState.LOW, score)
        return FingerView(FingerState.NOW if position is self._now else FingerState.WAITING, score)

    def _offer(self) -> None:
        position = self.screen.hands.chosen or self._now
        excepted = position is not None and self.visit.exception(position) is not None
        free = position is not None and not self.visit.attempts(position)
        again = position is not None and self.visit.finger_done(position) and self.visit.may_retake(position)
        self.screen.offer(position, excepted=excepted, may_except=free, may_retake=again)

    # -- the officer's hand

    def _pick(self, position: FingerPosition) -> None:
        """Take this finger next, if it is still wanted."""
        if self.visit.finger_done(position) or position is self._now:
            self._draw()
            return
        self._turn_to(position)

    def _turn_to(self, position: FingerPosition) -> None:
        self._then = position
        if self._running:
            self.station.fingers.cancel()
        else:
            self._go_on(position)

    def _retake(self) -> None:
        """The step is done over: this finger, though it is done."""
        position = self.screen.hands.chosen
        if position is not None:
            self._turn_to(position)

    def _ask_except(self) -> None:
        position = self.screen.hands.chosen or self._now
        if position is None:
            return
        if self._running:
            self.station.fingers.cancel()
        self.floor.with_officers(Permission.CONFIRM_EXCEPTION, lambda officers: self._except(position, officers))

    def _except(self, position: FingerPosition, officers: Sequence[Officer]) -> None:
        visit_id, fingers = self.visit.visit_id, self.station.fingers
        form = questions.except_finger(self.screen, position, officers)
        form.rejected.connect(self._resume)
        self.floor.fill_in(
            form,
            lambda v: fingers.except_(
                visit_id,
                position,
                ExceptionCode(v["code"]),
                v["reason"],
                v["permanent"] == "yes",
                v["officer"],
                v["password"],
            ),
            self._changed,
        )

    def _withdraw(self) -> None:
        position = self.screen.hands.chosen
        if position is None:
            return
        visit_id, fingers = self.visit.visit_id, self.station.fingers

        def withdrawn(visit: Enrollment) -> None:
            self._visit = visit
            self._turn_to(position)

        self.floor.ask(lambda: fingers.withdraw_exception(visit_id, position), withdrawn)

    def _changed(self, visit: Enrollment) -> None:
        self._visit = visit
        self.screen.hands.choose(None)
        if self._running:
            self._draw()
        else:
            self._next()

    def _finish(self) -> None:
        visit_id = self.visit.visit_id
        self.floor.ask(lambda: self.station.fingers.finish(visit_id), self.floor.move)
