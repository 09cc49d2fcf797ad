"""Which screen is shown, and everything around it: bar, rail, devices, keys. The presenters' floor."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from station.domain.enrollment import Enrollment
from station.domain.history import EndReason, ParkReason
from station.domain.officer import KEEPS_STATION, Permission
from station.domain.step import CAPTURE_STATES, Event, State
from station.errors import StationError, StoreDamagedError
from station.services.prompts import Prompt
from station.services.sealing_line import SealTold
from ui.bridge import Bridge
from ui.dialogs import questions
from ui.language import Text, fill, moment_text
from ui.messages import sentence_of
from ui.presenters.account import Account
from ui.presenters.closing import ApprovalPresenter, SealedPresenter
from ui.presenters.fingerprints import FingerprintsPresenter
from ui.presenters.floor import Floor, Presenter
from ui.presenters.hand_over import HandOverPresenter
from ui.presenters.home import HomePresenter
from ui.presenters.identify import IdentifyPresenter
from ui.presenters.idle_lock import IdleLock
from ui.presenters.paper import DeferredPresenter, ReceiptPresenter
from ui.presenters.portrait import PortraitPresenter
from ui.presenters.queue import QueuePresenter
from ui.presenters.review import ReviewPresenter
from ui.presenters.screening import ScreeningPresenter
from ui.presenters.sign_on import FirstOfficersPresenter, PassphrasePresenter, SignOnPresenter
from ui.presenters.signature import SignaturePresenter
from ui.presenters.start_fault import StartFaultPresenter
from ui.screens.sign_on import ROLES
from ui.surroundings import Surroundings
from ui.window import MainWindow

if TYPE_CHECKING:
    from station.bootstrap import StartReport, Station
    from station.services.sign_on import Session

PARKED: Final = Text("{number} dititipkan. Semua yang sudah diambil tersimpan.", "{number} is parked. All is kept.")
CANCELLED: Final = Text("{number} dibatalkan.", "{number} is cancelled.")
TAKEN_UP: Final = Text("Dilanjutkan dari tempat terhenti.", "Taken up where it had stopped.")
UNSEALED: Final = Text("{n} rekaman disetujui belum disegel.", "{n} approved recordings are not sealed yet.")
RESTORED: Final = Text(
    "Dipulihkan dari cadangan {at}. Rekaman sesudahnya tidak ada di sini.",
    "Restored from a backup of {at}. What was recorded later is not here.",
)
DECIDED: Final = Text("Protokol baru berlaku.", "The new protocol is in force.")

P = TypeVar("P", bound=Presenter[Any])

_PRESENTERS: Final[dict[State, type[Presenter[Any]]]] = {
    State.IDENTIFY: IdentifyPresenter,
    State.SCREENING: ScreeningPresenter,
    State.PORTRAIT: PortraitPresenter,
    State.FINGERPRINTS: FingerprintsPresenter,
    State.SIGNATURE: SignaturePresenter,
    State.REVIEW: ReviewPresenter,
    State.RECEIPT: ReceiptPresenter,
    State.APPROVAL: ApprovalPresenter,
    State.SEALING: ApprovalPresenter,
    State.SEALED: SealedPresenter,
    State.DEFERRED: DeferredPresenter,
}


class Conductor(Floor):
    """Made with the window, on the GUI's thread. `begin` once the window has been painted, `end` when it is closed."""

    def __init__(self, station: Station, window: MainWindow, bridge: Bridge) -> None:
        super().__init__(station, window, bridge)
        self._presenters: dict[type[Presenter[Any]], Presenter[Any]] = {}
        self._now: Presenter[Any] | None = None
        self._visit: Enrollment | None = None
        self._unfinished: tuple[str, ...] = ()
        self._account: Account | None = None
        self._ended = False
        self._unsubscribe: Callable[[], None] = lambda: None
        self._open = self._trusts_clock = False
        self.failure: BaseException | None = None
        """What keeps the station from opening, while a screen tells it."""
        self._closing: threading.Thread | None = None
        self.around = Surroundings(self)
        identity = station.identity
        window.top.show_station(identity.name, identity.office, practice=station.simulated)
        window.top.show_protocol(None, None)
        window.top.sign_off.clicked.connect(self.sign_off)
        window.top.account.clicked.connect(self._ask_account)
        window.top.language.clicked.connect(self._switch_language)
        window.rail.park.clicked.connect(self.park)
        window.rail.cancel.clicked.connect(self._cancel)
        window.key_pressed.connect(self._key)
        bridge.news.connect(self._news)
        self.lock = IdleLock(self, self._pause, self._resume)

    def begin(self, passphrase: str | None = None) -> None:
        """Open the station behind the painted window; after `end` nothing is opened any more.

        Args:
            passphrase: of the keys, where somebody has just chosen it.
        """
        if self._ended:
            return
        self.station.on_health(self.bridge.tell)
        self._unsubscribe = self.station.prompts.subscribe(self.bridge.tell)
        self.station.position.subscribe(self.bridge.tell)
        self.station.shift.subscribe(self.bridge.tell)
        self.station.sealing_line.subscribe(self.bridge.tell)
        self.station.on_damage(self.bridge.tell)
        self.station.packet_round.subscribe(self.bridge.tell)
        self.station.page_round.subscribe(self.bridge.tell)
        self.station.sheet.attach()
        self.station.cards.subscribe(self.bridge.tell)
        self.around.begin()
        self.start(passphrase)

    def end(self) -> None:
        """The window is gone: let go of devices, hear nothing more. Idempotent."""
        self._ended = True
        self.around.end()
        self.lock.end()
        self._unsubscribe()
        if self._now is not None:
            self._now.leave()
        self.station.sheet.detach()
        self.bridge.close()
        if self._closing is not None:
            self._closing.join()

    # -- the way onward

    def move(self, visit: Enrollment) -> None:
        if visit.state not in _PRESENTERS:
            self.home()
            return
        kind = _PRESENTERS[visit.state]
        if visit.state in CAPTURE_STATES and not self._has_leave(visit.visit_id):
            kind = ScreeningPresenter
        self._visit = visit
        self._show(kind, visit)

    def home(self) -> None:
        self._visit = None
        if self.station.sign_on.session is not None:
            self.around.ask_board()  # a visit has ended or waits: what it touched is used
        self._show(HomePresenter, None)

    def hand_over(self) -> None:
        self._visit = None
        self._show(HandOverPresenter, None)

    def approvals(self, visit: Enrollment | None = None) -> None:
        self._visit = None
        self._show(QueuePresenter, visit)

    def signed_on(self, session: Session) -> None:
        self.window.top.show_officer(session.officer.name, ROLES[session.officer.role])
        self.window.devices.setVisible(True)
        self.lock.begin()
        if session.must_enrol:
            self._ask_account()
        self.around.ask_protocol()
        self.around.ask_board()
        if any(session.officer.may(each) for each in KEEPS_STATION):
            self.around.ask_keys()
        if not self._unfinished or not session.officer.may(Permission.RECORD):
            self.home()
            return
        visit_id, self._unfinished = self._unfinished[0], ()
        self.home()
        self.ask(lambda: self.station.visits.load(visit_id), self._taken_up)

    def sign_off(self) -> None:
        if self.station.sign_on.session is None:
            self._signed_off(None)
        else:
            self.ask(self.station.sign_on.sign_off, self._signed_off)

    def park(self) -> None:
        visit = self._visit
        if visit is None or visit.state is State.APPROVAL or not visit.may(Event.PARKED):
            self.home()  # what waits for approval stays where its approver looks for it
            return
        visits = self.station.visits
        self.fill_in(
            questions.park(self.window),
            lambda values: visits.park(visit.visit_id, ParkReason(values["reason"])),
            lambda parked: self._left(parked, PARKED),
        )

    def screen_again(self) -> None:
        visit = self._visit
        if visit is None:
            self.home()
            return
        self.ask(lambda: self.station.visits.load(visit.visit_id), self._screen)

    def correct(self) -> None:
        if self._visit is not None:
            self._show(IdentifyPresenter, self._visit)

    def protocol_changed(self) -> None:
        self.say(DECIDED)
        self.around.ask_protocol()

    # -- start

    def start(self, passphrase: str | None = None, *, trust_clock: bool = False) -> None:
        self._trusts_clock = self._trusts_clock or trust_clock
        if self.failure is not None:
            self.failure = None
            self.window.show_wait()
        started = self.station.start(passphrase, trust_clock=self._trusts_clock)
        self.bridge.watch(started, self._opened, self._not_opened)

    def _not_opened(self, error: BaseException) -> None:
        """A screen of its own, and no station behind it."""
        if self.failure is not None:
            return
        code = error.code if isinstance(error, StationError) else ""
        if code.startswith("keys.passphrase_"):
            presenter = self._show(PassphrasePresenter, None)
            presenter.wrong(None if code == "keys.passphrase_needed" else sentence_of(error))
            return
        self._visit, self.failure = None, error
        self.window.top.show_officer("", None)
        self.window.devices.setVisible(False)
        self._show(StartFaultPresenter, None).show(error)

    def tell(self, error: BaseException, again: Callable[[], None] | None = None) -> None:
        if self.failure is None:  # else the screen says it
            super().tell(error, again)

    def _damaged(self, error: StoreDamagedError) -> None:
        """Found at work: the station is closed on a thread of its own, and the screen tells why."""
        if self.failure is None and self._open:
            self._not_opened(error)
            self._closing = threading.Thread(target=self.station.stop, name="closing")
            self._closing.start()

    def _opened(self, report: StartReport) -> None:
        self._open = True
        self.around.opened()
        self._unfinished = tuple(each.visit_id for each in report.unfinished if each.state is not State.APPROVAL)
        if report.needs_first_officer:
            self._show(FirstOfficersPresenter, None)
        else:
            self._show(SignOnPresenter, None)
        if report.restored_from is not None:
            self.say(fill(RESTORED, at=moment_text(self.local(report.restored_from))), "caution")
        if report.unsealed:
            self.say(fill(UNSEALED, n=len(report.unsealed)), "caution")

    def _taken_up(self, visit: Enrollment) -> None:
        self.move(visit)
        self.say(TAKEN_UP, "info")

    # -- screens

    def _show(self, kind: type[P], visit: Enrollment | None) -> P:
        if self._now is not None:
            self._now.leave()
        self.place += 1
        self.hush()
        presenter = self._presenters.get(kind)
        if presenter is None:
            presenter = self._presenters[kind] = kind(self)
        assert isinstance(presenter, kind)
        self._now = presenter
        # Where somebody approves nobody is recorded, and attempts side by side want the room.
        self.window.devices.setVisible(self.station.sign_on.session is not None and kind is not QueuePresenter)
        self._show_rail(kind, None if kind is QueuePresenter else visit)
        presenter.enter(visit)
        self.window.show_screen(presenter.screen)
        return presenter

    def _show_rail(self, kind: type[Presenter[Any]], visit: Enrollment | None) -> None:
        rail = self.window.rail
        rail.setVisible(visit is not None)
        if visit is None:
            return
        way = (
            State.IDENTIFY,
            State.SCREENING,
            *visit.plan,
            State.REVIEW,
            State.RECEIPT,
            State.APPROVAL,
            State.SEALED,
        )
        state = State.SEALED if visit.state is State.SEALING else visit.state
        now = State.SCREENING if kind is ScreeningPresenter else state
        reached = way.index(state) if state in way else 0
        done = frozenset(way[:reached]) | visit.finished
        if state is State.SEALED and visit.sealed is not None:
            done |= {State.SEALED}
        rail.show_visit(
            visit.number,
            visit.applicant.nik.masked if visit.applicant is not None else "",
            way,
            None if now in done and now is State.SEALED else now,
            done if now is State.SEALED else done - {now},
        )
        rail.may(park=visit.may(Event.PARKED) and visit.state is not State.APPROVAL, cancel=visit.may(Event.CANCELLED))

    def _screen(self, visit: Enrollment) -> None:
        self._visit = visit
        self._show(ScreeningPresenter, visit)

    def _has_leave(self, visit_id: str) -> bool:
        until = self.station.screening.cleared_until(visit_id)
        return until is not None and self.station.clock.now() < until

    def _left(self, visit: Enrollment, sentence: Text) -> None:
        self.home()
        self.say(fill(sentence, number=visit.number))

    def _cancel(self) -> None:
        visit = self._visit
        if visit is None:
            return
        visits = self.station.visits
        self.fill_in(
            questions.cancel(self.window),
            lambda values: visits.cancel(visit.visit_id, EndReason(values["reason"])),
            lambda cancelled: self._left(cancelled, CANCELLED),
        )

    def _signed_off(self, _: None) -> None:
        self.lock.end()
        self._visit = None
        self.window.top.show_officer("", None)
        self.window.devices.setVisible(False)
        self._show(SignOnPresenter, None)

    # -- around the screens

    def _news(self, news: object) -> None:
        match news:
            case StoreDamagedError():
                self._damaged(news)
            case SealTold(error=error) if error is not None:
                self.tell(error)
            case Prompt():
                self.lock.noticed()  # a capture goes on: whoever is captured touches no key
            case _:
                self.around.heard(news)
        if self._now is not None:
            self._now.heard(news)

    def _pause(self) -> None:
        if self._now is not None:
            self._now.pause()

    def _resume(self) -> None:
        if self._now is not None:
            self._now.resume()

    def _ask_account(self) -> None:
        session = self.station.sign_on.session
        if session is not None:
            self._account = Account(self, session)

    def _switch_language(self) -> None:
        self.window.speak("en" if self.window.language == "id" else "id")

    def _key(self, key: object) -> None:
        if QApplication.activeModalWidget() is not None:
            return
        match key:
            case Qt.Key.Key_F1:
                questions.keys(self.window).open()
            case Qt.Key.Key_F2:
                self._switch_language()
            case Qt.Key.Key_F4 if self._visit is not None:
                self.park()
            case Qt.Key.Key_F9 if self.station.sign_on.session is not None:
                self.sign_off()
