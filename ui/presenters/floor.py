"""What every presenter may use: the station, the way to its desk, the message bar, questions, and the way onward."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtWidgets import QApplication, QWidget

from devices.errors import CaptureCancelledError, DeviceError
from protocols.clearance import NotClearedError
from station.domain.enrollment import Enrollment
from station.domain.officer import FactorKind, Officer, Permission
from station.errors import StationError, WayOn
from station.services.chain import follow
from station.services.proofs import FactorNeededError
from ui.bridge import Bridge
from ui.dialogs.form import FormDialog
from ui.dialogs.second_factor import FactorDialog
from ui.language import Text
from ui.messages import action_of, is_bug, sentence_of
from ui.screens.screen import Screen
from ui.window import MainWindow

if TYPE_CHECKING:
    from station.bootstrap import Station
    from station.services.sign_on import Session

T = TypeVar("T")

PAPERS = "papers"
"""The folder that is offered for what leaves the station on paper."""
S = TypeVar("S", bound=Screen)


class Floor(ABC):
    """Shared by all presenters; the conductor is one.

    Attributes:
        place: grows with every change of screen; what was asked from an earlier one comes too late to move us.
    """

    def __init__(self, station: Station, window: MainWindow, bridge: Bridge) -> None:
        self.station = station
        self.window = window
        self.bridge = bridge
        self.place = 0
        self._asking: int | None = None
        """The place from which a question is under way."""

    # -- the way onward

    @abstractmethod
    def start(self, passphrase: str | None = None, *, trust_clock: bool = False) -> None:
        """Open the station; where its keys rest under a passphrase, with that; `trust_clock`: its clock is right."""

    @abstractmethod
    def move(self, visit: Enrollment) -> None:
        """Show the step at which this visit stands."""

    @abstractmethod
    def home(self) -> None:
        """Leave the visit as it is and show the lists."""

    @abstractmethod
    def hand_over(self) -> None:
        """Show where finished cards are handed over."""

    @abstractmethod
    def approvals(self, visit: Enrollment | None = None) -> None:
        """Show what waits for approval, this visit chosen."""

    @abstractmethod
    def signed_on(self, session: Session) -> None:
        """An officer has begun to serve."""

    @abstractmethod
    def sign_off(self) -> None:
        """The officer leaves."""

    @abstractmethod
    def park(self) -> None:
        """Ask why the visit shall wait."""

    @abstractmethod
    def screen_again(self) -> None:
        """The leave to capture has ended: show the checklist of the visit that is under way."""

    @abstractmethod
    def correct(self) -> None:
        """At the review: show the biodata of the visit that is under way, to be put right."""

    @abstractmethod
    def protocol_changed(self) -> None:
        """Another health protocol is in force."""

    # -- asking

    def ask(
        self,
        job: Callable[[], T],
        done: Callable[[T], None],
        *,
        again: Callable[[], None] | None = None,
        failed: Callable[[BaseException], bool] | None = None,
    ) -> None:
        """Run `job` on the desk, then `done` with its result.

        One question at a time from each screen: a second press is not heard, one on the next screen waits its turn.
        Where an officer who signs for it has a second factor, that is asked for meanwhile.

        Args:
            job: what is asked.
            done: hears the answer.
            again: what the message's button does where trying again is the way on.
            failed: hears of an error first; True = it has told the officer itself.
        """
        place = self.place
        if self._asking == place:
            return
        self._asking = place

        def answered() -> None:
            if self._asking == place:
                self._asking = None

        def arrived(result: T) -> None:
            answered()
            if place == self.place:
                done(result)

        def missed(error: BaseException) -> None:
            if isinstance(error, FactorNeededError):
                self._ask_factor(error, self.window, lambda: self.station.desk.submit(job), (arrived, missed, answered))
                return
            answered()
            if failed is None or not failed(error):
                self.tell(error, again)

        self.bridge.ask(job, arrived, missed)

    def signed(self, shown: tuple[str, FactorKind, str], begin: Callable[[], Future[T]]) -> Future[T]:
        """What `begin` gives, once somebody has shown their second factor: whose, which, and its code or PIN."""
        officer_id, kind, words = shown
        if kind is FactorKind.CARD:
            return follow(self.station.factors.show_card(officer_id, words), lambda _: begin())
        sign_on = self.station.sign_on
        return follow(self.station.desk.submit(lambda: sign_on.show(officer_id, words)), lambda _: begin())

    def _ask_factor(
        self,
        needed: FactorNeededError,
        over: QWidget,
        begin: Callable[[], Future[T]],
        ends: tuple[Callable[[T], None], Callable[[BaseException], None], Callable[[], None]],
    ) -> None:
        """Ask for it in front of `over`, then do it after all; `ends` hear how it went, or that nobody will."""
        arrived, missed, left = ends

        def opened(officers: Sequence[Officer]) -> None:
            name = next((each.name for each in officers if each.id == needed.officer_id), "")
            form = FactorDialog(over, name, needed.kinds)

            def submit() -> None:
                form.busy(True)
                shown = needed.officer_id, form.factor.kind, form.factor.value
                self.bridge.watch(self.signed(shown, begin), done, failed)

            def done(result: T) -> None:
                form.busy(False)
                form.rejected.disconnect(left)
                form.accept()
                arrived(result)

            def failed(error: BaseException) -> None:
                form.busy(False)
                if _about_factor(error):
                    form.problem(sentence_of(error))
                    return
                form.rejected.disconnect(left)
                form.reject()
                missed(error)

            form.submitted.connect(submit)
            form.rejected.connect(left)
            form.open()

        self.bridge.ask(self.station.sign_on.officers, opened, missed)

    def fetch(
        self, job: Callable[[], T], done: Callable[[T], None], *, again: Callable[[], None] | None = None
    ) -> None:
        """Read something for the screen that is shown; may run beside a question."""
        self.watch(self.station.desk.submit(job), done, lambda error: self.tell(error, again))

    def watch(self, future: Future[T], done: Callable[[T], None], failed: Callable[[BaseException], None]) -> None:
        """A device's future; what comes after the screen has changed is not told, it is kept in the record."""
        place = self.place

        def arrived(result: T) -> None:
            if place == self.place:
                done(result)

        def missed(error: BaseException) -> None:
            if place == self.place and not isinstance(error, CaptureCancelledError):
                failed(error)

        self.bridge.watch(future, arrived, missed)

    def fill_in(self, form: FormDialog, job: Callable[[dict[str, str]], T], done: Callable[[T], None]) -> None:
        """Open a form; what is submitted goes to `job` on the desk; the form stays until that has worked.

        Where an officer who signs it has a second factor, that is asked for in front of it.
        """
        desk = self.station.desk
        self.send(form, lambda values: desk.submit(lambda: job(values)), done)

    def send(self, form: FormDialog, begin: Callable[[dict[str, str]], Future[T]], done: Callable[[T], None]) -> None:
        """As `fill_in`, for what is not done on the desk alone."""

        def submit() -> None:
            values = form.values()
            form.busy(True)
            self.bridge.watch(begin(values), arrived, missed)

        def arrived(result: T) -> None:
            form.busy(False)
            form.accept()
            done(result)

        def missed(error: BaseException) -> None:
            form.busy(False)
            if isinstance(error, FactorNeededError):
                self._ask_factor(error, form, lambda: begin(form.values()), (arrived, missed, lambda: None))
                return
            form.problem(sentence_of(error))
            if is_bug(error):
                QApplication.beep()

        form.submitted.connect(submit)
        form.open()

    def with_officers(self, permission: Permission, then: Callable[[Sequence[Officer]], None]) -> None:
        """Those who may give a second signature."""
        session = self.station.sign_on.session
        own = session.officer.id if session is not None else ""

        def others() -> tuple[Officer, ...]:
            return tuple(o for o in self.station.sign_on.officers() if o.may(permission) and o.id != own)

        self.ask(others, then)

    # -- telling

    def say(self, sentence: Text, tone: str = "good") -> None:
        """Good news, or a remark."""
        self.window.message.say(sentence, tone)

    def hush(self) -> None:
        """Nothing to say."""
        self.window.message.hush()

    def tell(self, error: BaseException, again: Callable[[], None] | None = None) -> None:
        """What is the matter, and the one way on."""
        if isinstance(error, CaptureCancelledError):
            return
        way_on = error.way_on if isinstance(error, StationError) else None
        action = again
        if isinstance(error, NotClearedError) or way_on is WayOn.SCREEN_AGAIN:
            action = self.screen_again
        elif way_on is WayOn.SIGN_ON and self.station.sign_on.session is not None:
            action = again
        tone = "danger" if is_bug(error) or not isinstance(error, StationError) else "caution"
        self.window.message.say(sentence_of(error), tone, action_of(error), action)

    # -- small things

    def local(self, at: datetime) -> datetime:
        """In the office's own zone."""
        return at.astimezone(self.station.settings.zone.tz)

    def now(self) -> datetime:
        """The time in the office's own zone."""
        return self.local(self.station.clock.now())


def _about_factor(error: BaseException) -> bool:
    """Whether another code, PIN or card may help."""
    if isinstance(error, DeviceError):
        return True
    return isinstance(error, StationError) and (
        error.code in {"sign_on.code_wrong", "sign_on.code_needed", "sign_on.card_needed", "device.not_configured"}
        or error.code.startswith("officer_card.")
    )


class Presenter(Generic[S]):
    """One screen's. `enter` when it is shown, `leave` when another one is.

    Attributes:
        screen: what it presents on.
    """

    screen: S

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.station = floor.station

    def enter(self, visit: Enrollment | None, /) -> None:
        """The screen is about to be shown."""

    def leave(self) -> None:
        """Another screen takes its place: let go of devices and timers."""

    def pause(self) -> None:
        """The screen is covered: put a live picture away, cut nothing else."""

    def resume(self) -> None:
        """It is seen again."""

    def heard(self, news: object, /) -> None:
        """A device's event or the station's wish, told by another thread."""
