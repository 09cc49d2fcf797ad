"""The lists between two applicants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from protocols.schema import ProtocolDefinition
from station.config import Approval
from station.domain.approval import QUEUED
from station.domain.enrollment import Enrollment
from station.domain.history import DeferralReason
from station.domain.officer import KEEPS_STATION, SEES_APPLICANTS, Officer, Permission
from station.domain.step import State
from ui.dialogs import questions
from ui.dialogs.questions import PARK_REASONS
from ui.language import Text, clock_text, fill, same
from ui.presenters.answers import Answers
from ui.presenters.care import Care
from ui.presenters.floor import Floor, Presenter
from ui.presenters.officers import Staff
from ui.presenters.station import Keeping
from ui.screens.home import SHELVES, HomeScreen, Shelf, VisitLine
from ui.widgets.rail import STEPS

if TYPE_CHECKING:
    from protocols.in_force import InForce
    from station.store import VisitSummary

LAW = Text(
    "Perekaman KTP-el tidak dipungut biaya. Panggil pemohon menurut nomor antrean.",
    "Recording is free of charge. Call applicants by their number.",
)
DEFERRALS = {
    DeferralReason.NOT_URGENT: Text("tidak mendesak", "not urgent"),
    DeferralReason.APPLICANT_FEVER: Text("suhu tinggi", "fever"),
    DeferralReason.OFFICER_UNFIT: Text("petugas tidak sehat", "officer unfit"),
    DeferralReason.TOO_YOUNG: Text("belum cukup umur", "too young"),
    DeferralReason.OTHER_RULE: Text("aturan protokol", "a rule of the protocol"),
}
UNDECIDED = Text(
    "Belum ada protokol kesehatan yang berlaku. Dua penyelia menetapkannya dahulu.",
    "No health protocol is in force. Two supervisors decide one first.",
)
NOT_RECORDING = Text("Tugas Anda tidak termasuk merekam.", "Your role does not include recording.")
RETURNED = Text("DIKEMBALIKAN, ulangi {step}: {reason}", "SENT BACK, do {step} over: {reason}")
ENDS = {
    State.SEALING: Text("disetujui, belum disegel", "approved, not sealed yet"),
    State.SEALED: Text("disegel", "sealed"),
    State.ERASED: Text("dihapus", "erased"),
}
NOBODY = Text("belum beridentitas", "not identified yet")


class HomePresenter(Presenter[HomeScreen]):
    """What waits, by shelf."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self.screen = HomeScreen()
        self._shelves: dict[Shelf, list[VisitSummary]] = {}
        self._staff: Staff | None = None
        self._answers: Answers | None = None
        self._keeping: Keeping | None = None
        self._shelf = Shelf.WAITING
        self._may: frozenset[Permission] = frozenset()
        self.screen.went_on.connect(self._new)
        self.screen.shelf_picked.connect(self._pick)
        self.screen.visit_picked.connect(self._open)
        self.screen.protocol_asked.connect(self._ask_protocol)
        self.screen.officers_asked.connect(self._ask_officers)
        self.screen.station_asked.connect(self._ask_station)
        self.screen.hand_over_asked.connect(floor.hand_over)
        self.screen.approvals_asked.connect(floor.approvals)
        self.screen.answers_asked.connect(self._ask_answers)
        self._care = Care(floor, self.screen.care)

    def enter(self, _: Enrollment | None, /) -> None:
        session = self.station.sign_on.session
        self._may = frozenset(each for each in Permission if session is not None and session.officer.may(each))
        self._show_rule(decided=True)
        self.screen.approvals.setVisible(self._approves)
        self.screen.answers.setVisible(Permission.ANSWER_FOR_DATA in self._may)
        self.screen.protocol.setVisible(Permission.DECIDE_PROTOCOL in self._may)
        self.screen.hand_over.setVisible(Permission.RECORD in self._may and self.station.cards.fitted)
        self.screen.officers.setVisible(Permission.MANAGE_OFFICERS in self._may)
        self.screen.station.setVisible(not self._may.isdisjoint(KEEPS_STATION))
        sees = not self._may.isdisjoint(SEES_APPLICANTS)
        self.screen.show_work(records=Permission.RECORD in self._may, sees=sees)
        if sees:
            self.floor.fetch(self.station.visits.listing, self._show)
        self._care.enter(self._may)
        self.floor.fetch(self.station.protocol.in_force, self._protocol)

    def heard(self, news: object, /) -> None:
        self._care.heard(news)

    @property
    def _approves(self) -> bool:
        """Whether this officer is one of those whom this station's recordings wait for."""
        return Permission.APPROVE in self._may and self.station.settings.approval is Approval.SUPERVISOR

    def _protocol(self, decided: InForce | None) -> None:
        self._show_rule(decided=decided is not None)

    def _show_rule(self, *, decided: bool) -> None:
        """Whether an applicant can be called, and beside the button why not."""
        may = Permission.RECORD in self._may
        self.screen.law.say((LAW if decided else UNDECIDED) if may else NOT_RECORDING)
        self.screen.law.tone("" if may and decided else "caution")
        assert self.screen.primary is not None
        self.screen.primary.setEnabled(may and decided)

    def _show(self, visits: tuple[VisitSummary, ...]) -> None:
        self._shelves = {shelf: [] for shelf in Shelf}
        newest = sorted(visits, key=lambda v: v.updated_at, reverse=True)
        for each in sorted(newest, key=lambda v: v.returned is None):  # what an approver sent back comes first
            self._shelves[_shelf_of(each.state)].append(each)
        self.screen.show_counts({shelf: len(found) for shelf, found in self._shelves.items()})
        self.screen.show_approvals(sum(each.state is State.APPROVAL for each in visits))
        self._pick(self._shelf)

    def _pick(self, shelf: str) -> None:
        self._shelf = Shelf(shelf)
        self.screen.show_lines(self._shelf, [self._line(each) for each in self._shelves.get(self._shelf, [])])

    def _line(self, visit: VisitSummary) -> VisitLine:
        who = same(visit.name) if visit.name else same(f"NIK {visit.masked_nik}") if visit.masked_nik else NOBODY
        if visit.state is State.ERASED:
            who = Text("tanpa data pribadi", "no personal data")
        at = self.floor.local(visit.updated_at)
        return VisitLine(
            visit.visit_id,
            fill(same("{number}   {who}"), number=visit.number, who=who),
            fill(same("{what} · {day} {clock}"), what=_how(visit), day=f"{at:%d-%m-%Y}", clock=clock_text(at)),
        )

    def _new(self) -> None:
        self.floor.ask(self.station.visits.open, self.floor.move, again=self._new)

    def _open(self, visit_id: str) -> None:
        visits = self.station.visits

        def take_up() -> Enrollment:
            visit = visits.load(visit_id)
            return visits.resume(visit_id) if visit.state in {State.PARKED, State.DEFERRED} else visit

        self.floor.ask(take_up, self._taken_up)

    def _taken_up(self, visit: Enrollment) -> None:
        """To its step; whoever may approve sees what waits for it beside the others."""
        if visit.state in QUEUED and self._approves:
            self.floor.approvals(visit)
        else:
            self.floor.move(visit)

    def _ask_protocol(self) -> None:
        self.floor.with_officers(Permission.DECIDE_PROTOCOL, lambda officers: self._with_protocols(tuple(officers)))

    def _with_protocols(self, officers: tuple[Officer, ...]) -> None:
        def opened(protocols: tuple[ProtocolDefinition, ...]) -> None:
            form = questions.decide_protocol(self.screen, protocols, officers)
            decide = self.station.protocol.put_in_force
            self.floor.fill_in(
                form,
                lambda v: decide(v["protocol"], v["officer"], v["password"], v["reason"]),
                self._decided,
            )

        self.floor.ask(self.station.protocol.available, opened)

    def _decided(self, _: InForce) -> None:
        self.floor.protocol_changed()
        self._show_rule(decided=True)

    def _ask_answers(self) -> None:
        self._answers = Answers(self.floor)
        self._answers.dialog.finished.connect(self._relist)

    def _relist(self, _: int) -> None:
        self.floor.fetch(self.station.visits.listing, self._show)

    def _ask_station(self) -> None:
        self._keeping = Keeping(self.floor)

    def _ask_officers(self) -> None:
        session = self.station.sign_on.session
        if session is not None:
            self._staff = Staff(self.floor, session.officer.id)


def _shelf_of(state: State) -> Shelf:
    match state:
        case State.DEFERRED:
            return Shelf.DEFERRED
        case State.APPROVAL | State.SEALING:
            return Shelf.APPROVAL
        case State.SEALED | State.ERASED:
            return Shelf.SEALED
        case _:
            return Shelf.WAITING


def _how(visit: VisitSummary) -> Text:
    """Where it stands, or why it waits."""
    if visit.returned is not None:
        step, reason = visit.returned
        return fill(RETURNED, step=STEPS[step], reason=reason)
    if visit.state is State.PARKED and visit.reason:
        return PARK_REASONS[visit.reason]
    if visit.state is State.DEFERRED and visit.reason:
        return DEFERRALS[DeferralReason(visit.reason)]
    return ENDS.get(visit.state) or STEPS.get(visit.state, SHELVES[Shelf.WAITING])
