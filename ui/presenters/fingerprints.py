"""Ten fingers: asks for the next one as soon as one is kept; the officer's hands stay free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from devices.errors import CaptureCancelledError, PersonCanRetryError
from devices.positions import LEFT_FOUR, RIGHT_FOUR, THUMBS, FingerPosition
from station.domain.enrollment import Enrollment
from station.domain.fingers import MAX_ATTEMPTS, WANTED_SCORES, wanted_of
from station.domain.officer import Permission
from station.domain.samples import ExceptionCode, Likeness, LikenessVerdict
from station.domain.step import State
from station.services.fingers import Fingers
from station.services.prompts import Prompt, PromptKind
from ui.dialogs import questions
from ui.dialogs.likeness import decide
from ui.language import Text, fill, listed
from ui.messages import code_of, sentence_for, sentence_of
from ui.presenters.floor import Floor, Presenter
from ui.presenters.with_hands import WithHands
from ui.screens.fingerprints import FingerprintsScreen
from ui.widgets.hands import FINGERS, FingerState, FingerView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from station.domain.officer import Officer

PLACE = Text("Letakkan: {finger}", "Place: {finger}")
LIFT = Text("Angkat jari", "Lift the finger")
READY = Text("Siapkan: {finger}", "Get ready: {finger}")
ALL = Text("Kesepuluh jari selesai", "All ten fingers are done")
HANDS = Text("Ambil foto bersama tangan", "Take the photo with both hands")
AGAIN = Text("Pilih jari yang diulang", "Choose the finger to take again")
ALIKE = Text(
    "{later} mirip {earlier}. Sidik jari kecil: periksa urutan jari.",
    "{later} looks like {earlier}. The prints are small: check the order of the fingers.",
)
GROUP_NAMES = {
    RIGHT_FOUR: Text("Empat jari kanan", "Right four fingers"),
    LEFT_FOUR: Text("Empat jari kiri", "Left four fingers"),
    THUMBS: Text("Kedua ibu jari", "Both thumbs"),
}
PAUSED = Text("Dihentikan sebentar", "Paused")


def words_of(fingers: Fingers) -> Text:
    """A finger, a group, or what is left of one."""
    if fingers in GROUP_NAMES:
        return GROUP_NAMES[fingers]
    return listed(FINGERS[each] for each in fingers)


class FingerprintsPresenter(Presenter[FingerprintsScreen]):
    """One round at a time. A round that is given up ends with a cancel, and its future says so."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self.screen = FingerprintsScreen()
        self._visit: Enrollment | None = None
        self._now: Fingers = ()
        self._hint: Text | None = None
        self._running = False
        self._deciding = False
        self._then: Fingers = ()
        self._arrived = 0.0
        self._hands: WithHands | None = None
        self._waker = floor.bridge.waker(self._show_progress)
        self.screen.went_on.connect(self._finish)
        self.screen.went_back.connect(floor.park)
        self.screen.finger_picked.connect(self._pick)
        self.screen.except_asked.connect(self._ask_except)
        self.screen.withdraw_asked.connect(self._withdraw)
        self.screen.retake_asked.connect(self._retake)
        self.screen.hands_asked.connect(self._photograph)

    @property
    def visit(self) -> Enrollment:
        """The recording as last told."""
        assert self._visit is not None
        return self._visit

    def enter(self, visit: Enrollment | None, /) -> None:
        self._visit = visit
        self._now = self._then = ()
        self._hint = None
        self._running = self._deciding = False
        self.screen.show_print(None)
        self.screen.hands.choose(None)
        self._next()

    def pause(self) -> None:
        if self._hands is not None:
            self._hands.pause()

    def resume(self) -> None:
        if self._hands is not None:
            self._hands.resume()

    def leave(self) -> None:
        hands, self._hands = self._hands, None
        if hands is not None:
            hands.leave()
        if self._running:
            self._running = False
            self.station.fingers.cancel()

    def heard(self, news: object, /) -> None:
        if not isinstance(news, Prompt) or not news.fingers:
            return
        if news.kind is PromptKind.PLACE_FINGER:
            self.screen.show_wish(fill(PLACE, finger=words_of(news.fingers)))
        elif news.kind is PromptKind.LIFT_FINGER:
            self.screen.show_wish(LIFT, "good")

    # -- rounds

    def _next(self, fingers: Fingers = ()) -> None:
        """Ask for these, or for those that are still wanted."""
        visit = self.visit
        may = any(not visit.finger_done(each) or visit.may_retake(each) for each in fingers)
        wanted = fingers if may else self.station.fingers.next_request(visit)
        self._now = wanted
        self._draw()
        if not wanted:
            due = State.FINGERPRINTS in visit.due_anew
            asked = (AGAIN, "caution") if due else (HANDS, "caution") if self._hands_missing else (ALL, "good")
            self.screen.show_wish(*asked)
            self.screen.show_progress(0.0 if due else 1.0)
            return
        self.screen.show_wish(fill(READY, finger=words_of(wanted)))
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
        news = visit.fingers[len(self.visit.fingers) :]
        taken = min(news, key=lambda each: each.quality.value - wanted_of(each))
        self._visit = visit
        low = taken.quality.value < wanted_of(taken)
        self._hint = sentence_for(taken.reasons[0]) if low and taken.reasons else None
        QApplication.beep()
        self.floor.hush()
        self.screen.show_progress(0.0)
        self.screen.hands.choose(None)
        self._fetch(taken.position, taken.number)
        self._compare()
        self._go_on(self._now if any(not visit.finger_done(each) for each in self._now) else ())

    def _missed(self, error: BaseException, place: int) -> None:
        if place != self.floor.place:
            return
        self._running = False
        self.screen.show_progress(0.0)
        if isinstance(error, CaptureCancelledError):
            self.screen.show_wish(PAUSED)
            if self._then:
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

    def _go_on(self, fingers: Fingers) -> None:
        then, self._then = self._then, ()
        self._next(then or fingers)

    def _fetch(self, position: FingerPosition, number: int) -> None:
        visit_id, fingers = self.visit.visit_id, self.station.fingers

        def decoded() -> QImage:
            return QImage.fromData(fingers.image(visit_id, position, number))

        self.floor.fetch(decoded, lambda image: self.screen.show_print(image, position))

    # -- likenesses

    def _compare(self) -> None:
        """While the next finger is laid."""
        visit_id, fingers = self.visit.visit_id, self.station.fingers
        self.floor.fetch(lambda: fingers.compare(visit_id), self._compared)

    def _compared(self, visit: Enrollment) -> None:
        self._visit = visit
        if visit.undecided and not self._deciding:
            self._deciding = True
            if self._running:
                self.station.fingers.cancel()
            self._show_likeness(visit.undecided[0])
        elif visit.likenesses and not visit.undecided:
            last = visit.likenesses[-1]
            names = {"later": FINGERS[last.position], "earlier": FINGERS[last.other]}
            self.floor.say(fill(ALIKE, **names), "caution")

    def _show_likeness(self, likeness: Likeness) -> None:
        visit_id, fingers = self.visit.visit_id, self.station.fingers

        def pictures() -> tuple[QImage, QImage]:
            later = fingers.image(visit_id, likeness.position, likeness.number)
            earlier = fingers.image(visit_id, likeness.other, likeness.other_number)
            return QImage.fromData(later), QImage.fromData(earlier)

        def ask(found: tuple[QImage, QImage]) -> None:
            form = decide(self.screen, likeness, *found)
            form.rejected.connect(self._undecided)
            self.floor.fill_in(
                form,
                lambda v: fingers.settle(visit_id, likeness, LikenessVerdict(v["verdict"]), v["reason"]),
                self._decided,
            )

        self.floor.fetch(pictures, ask)

    def _decided(self, visit: Enrollment) -> None:
        self._deciding = False
        self._visit = visit
        if visit.undecided:
            self._compared(visit)
        elif self._running:
            self._draw()
        else:
            self._next()

    def _undecided(self) -> None:
        """Backed out: it is asked again before the step ends."""
        self._deciding = False
        self._resume()

    # -- showing

    def _draw(self) -> None:
        visit, now = self.visit, self._now
        views = {position: self._view(position) for position in FingerPosition}
        done = sum(visit.finger_done(position) for position in FingerPosition)
        self.screen.show_hands(
            views, done, complete=done == len(FingerPosition) and State.FINGERPRINTS not in visit.due_anew
        )
        shown = self.screen.hands.chosen or (now[0] if now else None)
        if shown is None and visit.fingers:
            shown = visit.fingers[-1].position
        if shown is not None:
            best = visit.best(shown)
            score = None if best is None else round(best.quality.value)
            used = MAX_ATTEMPTS - visit.attempts_left(shown)
            number = max(1, min(used + (shown in now), MAX_ATTEMPTS))
            wanted = round(WANTED_SCORES[shown] if best is None else wanted_of(best))
            self.screen.show_finger(shown, score, wanted, (number, MAX_ATTEMPTS), self._hint)
        self._offer()

    def _view(self, position: FingerPosition) -> FingerView:
        visit = self.visit
        best = visit.best(position)
        score = None if best is None else round(best.quality.value)
        if visit.exception(position) is not None:
            return FingerView(FingerState.EXCEPTED)
        if visit.finger_done(position) and best is not None:
            good = best.quality.value >= wanted_of(best)
            return FingerView(FingerState.GOOD if good else FingerState.LOW, score)
        return FingerView(FingerState.NOW if position in self._now else FingerState.WAITING, score)

    def _offer(self) -> None:
        position = self.screen.hands.chosen or (self._now[0] if self._now else None)
        excepted = position is not None and self.visit.exception(position) is not None
        free = position is not None and not self.visit.attempts(position)
        again = position is not None and self.visit.finger_done(position) and self.visit.may_retake(position)
        self.screen.offer(position, excepted=excepted, may_except=free, may_retake=again)
        wanted = self.station.settings.capture.exception_portrait and bool(self.visit.exceptions)
        self.screen.offer_hands(offered=wanted, taken=not self.visit.wants_hands)

    # -- the officer's hand

    def _pick(self, position: FingerPosition) -> None:
        """Take this finger next, if it is still wanted."""
        if self.visit.finger_done(position) or position in self._now:
            self._draw()
            best = self.visit.best(position)
            if best is not None:
                self._fetch(position, best.number)
            return
        self._turn_to(position)

    def _turn_to(self, position: FingerPosition) -> None:
        self._then = (position,)
        if self._running:
            self.station.fingers.cancel()
        else:
            self._go_on(())

    def _retake(self) -> None:
        """The step is done over: this finger, though it is done."""
        position = self.screen.hands.chosen
        if position is not None:
            self._turn_to(position)

    def _ask_except(self) -> None:
        position = self.screen.hands.chosen or (self._now[0] if self._now else None)
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

    # -- the picture with both hands

    @property
    def _hands_missing(self) -> bool:
        return self.station.settings.capture.exception_portrait and self.visit.wants_hands

    def _photograph(self) -> None:
        """The scanner waits meanwhile: nobody lays a finger with both hands up."""
        if self._hands is not None:
            return
        if self._running:
            self.station.fingers.cancel()
        self._hands = WithHands(self.floor, self.screen, self.visit, self._photographed)

    def _photographed(self, visit: Enrollment) -> None:
        if self._hands is None:
            return  # the step has been left
        self._hands = None
        self._visit = visit
        if self._running:
            self._then = self._now
        else:
            self._next(self._now)

    def _finish(self) -> None:
        visit_id = self.visit.visit_id
        self.floor.ask(lambda: self.station.fingers.finish(visit_id), self.floor.move, failed=self._not_finished)

    def _not_finished(self, error: BaseException) -> bool:
        """What is missing is asked for at once."""
        if code_of(error) != "exception.portrait_missing":
            return False
        self._photograph()
        return True
