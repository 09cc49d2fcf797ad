"""Handing a finished card over, from the search to the entry in the recording's history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from station.domain.enrollment import Enrollment
from station.domain.history import OldCard
from station.domain.officer import Officer, Permission
from station.services.cards import CardNews, CardWord
from ui.dialogs import questions
from ui.language import Text, date_text, fill, same
from ui.messages import sentence_for
from ui.presenters.floor import Floor, Presenter
from ui.screens.hand_over import HandOverScreen
from ui.screens.home import VisitLine

if TYPE_CHECKING:
    from station.store import VisitSummary

LAY: Final = Text("Tempelkan kartu baru di pembaca.", "Lay the new card on the reader.")
NO_READER: Final = Text("Stasiun ini tidak memiliki pembaca kartu.", "This station has no card reader.")
READ: Final = Text("Kartu baru {uid} terbaca.", "The new card {uid} was read.")
OLD: Final = Text(
    "Ini kartu lama: dibawa pemohon saat perekaman. Tempelkan kartu baru.",
    "This is the old card, brought to the recording. Lay the new one down.",
)
BEFORE: Final = Text(
    "Sudah diserahkan pada {day} oleh {officer}. Kartu lain hanya dengan penyelia.",
    "Handed over on {day} by {officer}. Another card needs a supervisor.",
)
GIVEN: Final = Text("Kartu {number} diserahkan.", "The card of {number} was handed over.")


class HandOverPresenter(Presenter[HandOverScreen]):
    """One person after the other."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self.screen = HandOverScreen()
        self._visit: Enrollment | None = None
        self.screen.searched.connect(self._search)
        self.screen.picked.connect(self._open)
        self.screen.went_back.connect(floor.home)
        self.screen.went_on.connect(self._give)
        self.screen.receipt.changed.connect(self._weigh)
        self.screen.old_card.changed.connect(self._weigh)

    def enter(self, _: Enrollment | None, /) -> None:
        self._visit = None
        self.screen.clear()

    def leave(self) -> None:
        self._visit = None
        self.station.cards.stop()
        self.screen.clear()

    def heard(self, news: object, /) -> None:
        if not isinstance(news, CardNews) or self._visit is None:
            return
        match news.word:
            case CardWord.READ if self._is_old():
                self.station.cards.forget()
                self.screen.show_card(OLD, "caution")
            case CardWord.READ:
                self.screen.show_card(fill(READ, uid=news.shown), "good")
            case CardWord.REFUSED:
                self.screen.show_card(sentence_for(news.code), "caution")
            case CardWord.REMOVED if not news.shown:
                self.screen.show_card(LAY)
        self._weigh()

    # -- finding

    def _search(self, wanted: str) -> None:
        if wanted.strip():
            self._show(None)
            self.floor.ask(lambda: self.station.hand_over.find(wanted), self._found)

    def _found(self, visits: tuple[VisitSummary, ...]) -> None:
        self.floor.hush()
        self.screen.show_found([self._line(each) for each in visits])
        if len(visits) == 1:
            self._open(visits[0].visit_id)

    def _line(self, visit: VisitSummary) -> VisitLine:
        day = date_text(self.floor.local(visit.updated_at).date())
        head = fill(same("{number}   NIK {nik}"), number=visit.number, nik=visit.masked_nik)
        return VisitLine(visit.visit_id, head, fill(Text("disegel {day}", "sealed on {day}"), day=day))

    def _open(self, visit_id: str) -> None:
        self.floor.ask(lambda: self.station.hand_over.open(visit_id), self._show)

    def _show(self, visit: Enrollment | None) -> None:
        self._visit = visit
        if visit is None:
            self.station.cards.stop()
            self.screen.show_found(())
            self.screen.show_visit(None, None)
            return
        applicant = visit.applicant
        assert applicant is not None
        told = same("{number}   {name}   NIK {nik}")
        who = fill(told, number=visit.number, name=applicant.name, nik=applicant.nik.masked)
        before = None
        if visit.handed_over:
            last = visit.handed_over[-1]
            before = fill(BEFORE, day=date_text(self.floor.local(last.at).date()), officer=last.by)
        self.screen.show_visit(who, before)
        self.screen.show_card(LAY if self.station.cards.fitted else NO_READER)

    # -- giving

    def _is_old(self) -> bool:
        visit = self._visit
        if visit is None or visit.identified is None or visit.identified.card is None:
            return False
        laid = self.station.cards.presented(visit.visit_id)
        return laid is not None and laid.uid == visit.identified.card.uid

    def _weigh(self) -> None:
        visit, screen = self._visit, self.screen
        laid = visit is not None and self.station.cards.presented(visit.visit_id) is not None
        screen.may_give(allowed=laid and bool(screen.receipt.value) and bool(screen.old_card.value))

    def _give(self) -> None:
        visit = self._visit
        if visit is None:
            return
        if visit.handed_over:
            self.floor.with_officers(Permission.APPROVE, self._give_again)
            return
        shown, old_card = self._answers
        give = self.station.hand_over.give
        self.floor.ask(lambda: give(visit.visit_id, receipt_shown=shown, old_card=old_card), self._given)

    def _give_again(self, officers: Sequence[Officer]) -> None:
        visit = self._visit
        if visit is None:
            return
        shown, old_card = self._answers
        give = self.station.hand_over.give_again
        self.floor.fill_in(
            questions.hand_over_again(self.screen, officers),
            lambda v: give(
                visit.visit_id, v["officer"], v["password"], v["reason"], receipt_shown=shown, old_card=old_card
            ),
            self._given,
        )

    @property
    def _answers(self) -> tuple[bool, OldCard]:
        return self.screen.receipt.value == "yes", OldCard(self.screen.old_card.value)

    def _given(self, visit: Enrollment) -> None:
        self._visit = None
        self.screen.clear()
        self.floor.say(fill(GIVEN, number=visit.number))
