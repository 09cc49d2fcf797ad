"""Identity in two looks: typed and checked, then read aloud and confirmed."""

from __future__ import annotations

from collections.abc import Sequence

from station.domain.enrollment import Enrollment
from station.domain.history import EverRecorded
from station.domain.officer import Officer, Permission
from station.domain.step import State
from station.errors import StationError
from station.services.biodata import BiodataCheck, BiodataForm, form_of
from station.services.cards import CardNews, CardWord
from ui.dialogs import questions
from ui.language import Text, date_text, fill, same
from ui.messages import sentence_for
from ui.presenters.facts import biodata_lines
from ui.presenters.floor import Floor, Presenter
from ui.screens.identify import IdentifyScreen
from ui.screens.read_back import ReadBackScreen
from ui.screens.screen import Screen

ANSWER_BOTH = Text("Jawab kedua pertanyaan dahulu.", "Answer both questions first.")
RECORDED = Text(
    "Pernah atau mungkin pernah direkam: bisa menjadi data ganda.", "May have been recorded: risk of a duplicate."
)
LAY = Text("Tempelkan KTP-el pemohon, bila ada.", "Lay the applicant's KTP-el down, if there is one.")
READ = Text("Kartu {uid} terbaca.", "Card {uid} was read.")
TAKEN = Text("Kartu {uid} terbaca dan sudah diangkat.", "Card {uid} was read and taken away.")


SECOND_LOOK = Text(
    "Perbaikan biodata dilihat dua petugas dan tercatat di paket.",
    "A correction is seen by two officers and kept in the packet.",
)
READ_AND_REASON = Text("Bacakan, lalu tulis alasannya.", "Read it aloud, then write the reason.")


class IdentifyPresenter(Presenter[Screen]):
    """Holds what was typed until it is kept; two screens, one step."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self.form = IdentifyScreen()
        self.aloud = ReadBackScreen()
        self.screen = self.form
        self._visit_id = ""
        self._corrected: Enrollment | None = None
        """The visit whose biodata are being put right; None while a new one is identified."""
        self._typed = BiodataForm()
        self._warnings: tuple[str, ...] = ()
        codes = self.station.visits.codes
        tables = {
            "religion": codes.religion.labels,
            "marital_status": codes.marital_status.labels,
            "occupation": codes.occupation.labels,
            "blood_type": codes.blood_type.labels,
        }
        self.form.offer(tables, {text.id: same(text.id) for text in codes.provinces.labels.values()})
        self.form.went_on.connect(self._check)
        self.form.went_back.connect(self._leave)
        self.form.card_disowned.connect(self._disown)
        self.aloud.went_on.connect(self._keep)
        self.aloud.went_back.connect(self._type_again)
        self.aloud.ever.changed.connect(self._weigh)
        self.aloud.read.changed.connect(self._heard)

    def enter(self, visit: Enrollment | None, /) -> None:
        assert visit is not None
        self._corrected = visit if visit.state is State.REVIEW else None
        self.aloud.show_kind(corrected=self._corrected is not None)
        self.screen = self.form
        if self._corrected is not None:
            assert visit.applicant is not None
            self._visit_id = visit.visit_id
            self.form.fill(form_of(visit.applicant))
            self.form.show_card(None)
            return
        if visit.visit_id != self._visit_id:
            self._visit_id = visit.visit_id
            self.form.fill(BiodataForm(citizenship=""))
        self._wait_for_card()

    def leave(self) -> None:
        self._visit_id = ""
        self.station.cards.stop()
        self.form.fill(BiodataForm(citizenship=""))
        self.form.show_card(None)

    def heard(self, news: object, /) -> None:
        match news:
            case CardNews(CardWord.READ):
                self.form.show_card(fill(READ, uid=news.shown), "good", held=True)
            case CardNews(CardWord.REFUSED):
                self.form.show_card(sentence_for(news.code), "caution", held=self._held)
            case CardNews(CardWord.REMOVED) if news.shown:
                self.form.show_card(fill(TAKEN, uid=news.shown), "good", held=True)
            case CardNews(CardWord.REMOVED):
                self.form.show_card(LAY)
            case _:
                pass

    @property
    def _held(self) -> bool:
        return self.station.cards.presented(self._visit_id) is not None

    def _wait_for_card(self) -> None:
        self.station.cards.watch(self._visit_id)
        self.form.show_card(LAY if self.station.cards.fitted else None)

    def _disown(self) -> None:
        self.station.cards.forget()
        self.form.show_card(LAY)

    def _leave(self) -> None:
        """Esc: of a correction back to the review."""
        if self._corrected is not None:
            self.floor.move(self._corrected)
        else:
            self.floor.park()

    def _check(self) -> None:
        self._typed = typed = self.form.form()
        self.floor.ask(lambda: self.station.visits.check(typed), self._checked)

    def _checked(self, check: BiodataCheck) -> None:
        self.form.show_errors({name: sentence_for(code) for name, code in check.errors.items()})
        if check.applicant is None:
            return
        self.floor.hush()
        self._warnings = check.warnings
        self.aloud.clear()
        self.aloud.show_lines(biodata_lines(check.applicant, self.station.visits.codes))
        self._weigh()
        self.screen = self.aloud
        self.floor.window.show_screen(self.aloud)

    def _type_again(self) -> None:
        self.screen = self.form
        self.floor.window.show_screen(self.form)

    def _heard(self) -> None:
        if self.aloud.read.value == "no":
            self._type_again()

    def _weigh(self) -> None:
        reasons = [sentence_for(code) for code in self._warnings]
        if self.aloud.ever.value in {EverRecorded.YES, EverRecorded.UNSURE}:
            reasons.append(RECORDED)
        if self._corrected is not None:
            reasons.append(SECOND_LOOK)
        words = Text(" ".join(r.id for r in reasons), " ".join(r.en for r in reasons))
        self.aloud.want_reason(words if reasons else None)

    def _keep(self) -> None:
        read, ever = self.aloud.read.value, self.aloud.ever.value
        if self._corrected is not None:
            self._ask_second(read=read == "yes")
            return
        if not read or not ever:
            self.floor.say(ANSWER_BOTH, "caution")
            return
        visit_id, typed, reason = self._visit_id, self._typed, self.aloud.reason.value
        self.floor.ask(
            lambda: self.station.visits.identify(
                visit_id, typed, read_back=read == "yes", ever_recorded=EverRecorded(ever), reason=reason
            ),
            self.floor.move,
            failed=self._refused,
        )

    def _ask_second(self, *, read: bool) -> None:
        """The other officer who looks at what is put right."""
        if not read or not self.aloud.reason.value.strip():
            self.floor.say(READ_AND_REASON, "caution")
            return
        self.floor.with_officers(Permission.CONFIRM_EXCEPTION, self._correct)

    def _correct(self, officers: Sequence[Officer]) -> None:
        visit_id, typed, reason, visits = self._visit_id, self._typed, self.aloud.reason.value, self.station.visits
        self.floor.fill_in(
            questions.correct(self.screen, officers),
            lambda v: visits.correct(visit_id, typed, reason, v["officer"], v["password"]),
            self.floor.move,
        )

    def _refused(self, error: BaseException) -> bool:
        if not isinstance(error, StationError) or error.code != "identify.too_young":
            return False
        self.floor.window.message.say(
            sentence_for(error.code), "caution", Text("Jadwalkan ulang", "Reschedule"), self._defer
        )
        return True

    def _defer(self) -> None:
        visit_id = self._visit_id
        self.floor.ask(lambda: self.station.visits.defer(visit_id), self._deferred)

    def _deferred(self, visit: Enrollment) -> None:
        assert visit.deferred is not None
        self.floor.home()
        back = Text("{number} ditunda sampai {day}.", "{number} is put off until {day}.")
        self.floor.say(fill(back, number=visit.number, day=date_text(visit.deferred.proposed)))
