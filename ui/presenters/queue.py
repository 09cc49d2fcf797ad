"""The approver's desk: one list, one recording at a time, yes or back; what is approved is sealed behind the screen."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage

from devices.positions import FingerPosition
from station.domain.approval import ApprovalHead, head_of
from station.domain.enrollment import Enrollment
from station.domain.fingers import wanted_of
from station.domain.risk import is_clean
from station.domain.samples import FingerAttempt
from station.domain.step import State
from station.services.approval import BatchResult
from station.services.sealing_line import SealTold
from ui.dialogs import approving
from ui.language import Text, fill, same
from ui.presenters.codes import CodesAnswered
from ui.presenters.facts import biodata_lines
from ui.presenters.floor import Floor, Presenter
from ui.presenters.reasons import chips_of
from ui.presenters.record_remarks import remarks
from ui.presenters.review import EXCEPTED
from ui.screens.queue import APPROVE, LOADING, SEAL, QueueScreen, RecordView
from ui.widgets.hands import FINGERS
from ui.widgets.queue_list import Chip, QueueLine
from ui.widgets.shots import ShotView

if TYPE_CHECKING:
    from collections.abc import Sequence

CLEAN: Final = Chip(Text("Bersih", "Clean"), "good")
ONLY_SEAL: Final = Chip(Text("Disetujui, belum disegel", "Approved, not sealed"), "info")
OWN: Final = Chip(Text("Rekaman Anda sendiri", "Your own recording"), "info")
OWN_TOLD: Final = Text(
    "Anda ikut merekam {number}: penyelia lain yang menyetujui.",
    "You recorded part of {number}: another supervisor approves it.",
)
APPROVED: Final = Text("{number} disetujui, sedang disegel.", "{number} is approved and being sealed.")
SEALING: Final = Text("{number} sedang disegel.", "{number} is being sealed.")
BACK: Final = Text("{number} dikembalikan kepada petugas.", "{number} went back to the operator.")
BATCH: Final = Text("{n} disetujui, sedang disegel.", "{n} approved and being sealed.")
BATCH_OWN: Final = Text("Tidak termasuk rekaman Anda: {numbers}.", "Without your own: {numbers}.")
BATCH_CHANGED: Final = Text("Berubah, lihat lagi: {numbers}.", "Changed, look again: {numbers}.")
BEFORE: Final = Text("dulu {caption}", "then {caption}")
REST_MS: Final = 120
"""A line that the arrow keys pass over sooner is not opened, and so no look at it goes on record."""


class QueuePresenter(Presenter[QueueScreen]):
    """The newest choice is opened; one that was passed over is not."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self.screen = QueueScreen()
        self._heads: dict[str, ApprovalHead] = {}
        self._visit: Enrollment | None = None
        self._busy = False
        self._wanted = ""
        self._aim: str | None = None
        """Which one is shown or being opened; None before the list has come."""
        self._rest = QTimer(self.screen)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._open)
        self.screen.picked.connect(self._pick)
        self.screen.went_on.connect(self._approve)
        self.screen.went_back.connect(floor.home)
        self.screen.send_back.connect(self._send_back)
        self.screen.approve_clean.connect(self._approve_clean)
        self.screen.enlarged.connect(self._enlarge)
        self._codes = CodesAnswered(floor, self.screen)

    def enter(self, visit: Enrollment | None, /) -> None:
        self._visit = self._aim = None
        self._busy = False
        self._wanted = visit.visit_id if visit is not None else ""
        self.screen.show_record(None)
        self.screen.allow(approve=None, may_return=False)
        self._refresh()

    def leave(self) -> None:
        self._rest.stop()
        self._visit = None
        self.screen.show_record(None)

    def heard(self, news: object, /) -> None:
        if isinstance(news, SealTold):
            self._refresh()

    # -- the list

    def _refresh(self) -> None:
        self.floor.fetch(self.station.approval.queue, self._show, again=self._refresh)

    def _show(self, heads: tuple[ApprovalHead, ...]) -> None:
        before = self._wanted or self.screen.chosen
        self._wanted = ""
        self._heads = {each.visit_id: each for each in heads}
        waiting = sum(each.state is State.APPROVAL for each in heads)
        clean = sum(self._may_batch(each) and not self._is_own(each) for each in heads)
        self.screen.show_lines([self._line(each) for each in heads], before, waiting, clean)
        chosen = self.screen.chosen
        moved = self._visit is not None and chosen and self._visit.state is not self._heads[chosen].state
        if chosen != self._aim or moved:
            self._pick(chosen)

    def _line(self, head: ApprovalHead) -> QueueLine:
        waits = since_text(self.station.clock.now() - head.since)
        who = f"{head.masked_name}   {head.masked_nik}"
        return QueueLine(head.visit_id, head.number, who, waits, self._chips(head))

    def _chips(self, head: ApprovalHead) -> tuple[Chip, ...]:
        found = chips_of(head.found)
        if head.state is State.SEALING:
            return (ONLY_SEAL, *found)
        found = (CLEAN, *found) if is_clean(head.found) else found
        return (*found, OWN) if self._is_own(head) else found

    def _is_own(self, head: ApprovalHead) -> bool:
        session = self.station.sign_on.session
        return session is not None and session.officer.id in head.captured_by

    def _may_batch(self, head: ApprovalHead) -> bool:
        return head.state is State.APPROVAL and is_clean(head.found)

    # -- one recording

    def _pick(self, visit_id: str) -> None:
        """Another line: what was shown goes at once, the next one is opened when the keys rest."""
        self._visit, self._aim = None, visit_id
        self.screen.allow(approve=None, may_return=False)
        self.screen.show_record(None, LOADING if visit_id else None)
        if visit_id:
            self._rest.start()

    def _open(self) -> None:
        visit_id = self.screen.chosen
        if self._busy or not visit_id:
            return
        self._busy = True

        def looked() -> tuple[Enrollment, RecordView]:
            visit = self.station.approval.look(visit_id)
            return visit, self._view(visit)

        self.floor.bridge.ask(looked, self._opened, self._not_opened)

    def _not_opened(self, error: BaseException) -> None:
        self._busy = False
        self.screen.show_record(None)
        self.floor.tell(error, self._open)

    def _opened(self, found: tuple[Enrollment, RecordView]) -> None:
        self._busy = False
        visit, view = found
        if not self.screen.isVisible():
            return
        if visit.visit_id != self.screen.chosen:
            self._rest.start()
            return
        self._visit = visit
        self.screen.show_record(view)
        self.floor.fetch(lambda: self._prints(visit), lambda prints: self._show_prints(visit, prints))

    def _allow(self, visit: Enrollment) -> None:
        head = head_of(visit)
        own = self._is_own(head)
        if visit.state is State.SEALING:
            self.screen.allow(approve=SEAL, may_return=False)
            return
        self.screen.allow(approve=None if own else APPROVE, may_return=visit.state is State.APPROVAL)
        if own:
            self.floor.say(fill(OWN_TOLD, number=visit.number), "info")

    def _view(self, visit: Enrollment) -> RecordView:
        """On the desk, where pictures are decoded."""
        assert visit.applicant is not None
        portrait, signature = self.station.portrait, self.station.signature
        shots = []
        for attempt in visit.portraits:
            caption = same(str(round(attempt.quality[0].value)) if attempt.quality else "")
            hints = len(attempt.hints)
            caption = (
                fill(Text("{score} · {n} catatan", "{score} · {n} hints"), score=caption, n=hints) if hints else caption
            )
            shots.append(
                ShotView(
                    f"queue.portrait{attempt.number}",
                    Text("Pas foto", "Portrait"),
                    QImage.fromData(portrait.image(visit.visit_id, attempt.number)),
                    _aged(caption, before=attempt.number <= visit.portraits_before < len(visit.portraits)),
                    used=attempt.number == visit.accepted_portrait,
                    tone="caution" if hints else "good",
                )
            )
        if visit.exception_portraits:
            hands = QImage.fromData(portrait.image_with_hands(visit.visit_id))
            about, caption = (
                Text("Foto bersama tangan", "Portrait with both hands"),
                Text("dengan tangan", "with hands"),
            )
            shots.append(ShotView("queue.hands", about, hands, caption, used=visit.exception_portrait() is not None))
        signed = [
            ShotView(
                f"queue.signature{each.number}",
                Text("Tanda tangan", "Signature"),
                QImage.fromData(signature.image(visit.visit_id, each.number)),
                fill(Text("tanda tangan {n}", "signature {n}"), n=each.number),
                used=each is visit.signatures[-1] and visit.signature_missing is None,
            )
            for each in visit.signatures
        ]
        return RecordView(
            number=visit.number,
            name=visit.applicant.name,
            chips=self._chips(head_of(visit)),
            biodata=tuple(biodata_lines(visit.applicant, self.station.visits.codes)),
            remarks=remarks(visit, {each.id: each.name for each in self.station.sign_on.officers()}),
            portraits=tuple(shots),
            signatures=tuple(signed),
        )

    def _prints(self, visit: Enrollment) -> dict[FingerPosition, list[ShotView]]:
        """On the desk."""
        return {
            position: [self._print(visit, each) for each in visit.attempts(position)] for position in FingerPosition
        }

    def _print(self, visit: Enrollment, attempt: FingerAttempt) -> ShotView:
        since = [each.number for each in visit.fingers[visit.fingers_before :] if each.position is attempt.position]
        before = bool(visit.fingers_before and since) and attempt.number not in since
        low = attempt.quality.value < wanted_of(attempt)
        return ShotView(
            f"queue.finger{int(attempt.position)}.{attempt.number}",
            FINGERS[attempt.position],
            QImage.fromData(self.station.fingers.image(visit.visit_id, attempt.position, attempt.number)),
            _aged(same(str(round(attempt.quality.value))), before=before),
            used=attempt is visit.best(attempt.position) and visit.exception(attempt.position) is None,
            tone="caution" if low else "good",
        )

    def _show_prints(self, visit: Enrollment, prints: dict[FingerPosition, list[ShotView]]) -> None:
        if self._visit is None or self._visit.visit_id != visit.visit_id:
            return
        self._allow(visit)  # nobody approves what has not been shown
        self.screen.show_prints(prints, dict.fromkeys((each.position for each in visit.exceptions), EXCEPTED))

    def _enlarge(self, shots: list[ShotView]) -> None:
        approving.enlarged(self.screen, shots).open()

    # -- what is decided

    def _approve(self) -> None:
        visit = self._visit
        if visit is None:
            return
        if visit.state is State.SEALING:
            self._seal((visit.visit_id,), fill(SEALING, number=visit.number))
            return
        session = self.station.sign_on.session
        officer, approval = session.officer.id if session is not None else "", self.station.approval
        self.floor.fill_in(
            approving.approve(self.screen, visit.number, [each.words for each in chips_of(head_of(visit).found)]),
            lambda v: approval.approve(visit.visit_id, officer, v["password"]),
            lambda done: self._seal((done.visit_id,), fill(APPROVED, number=done.number)),
        )

    def _send_back(self) -> None:
        visit = self._visit
        if visit is None:
            return
        session = self.station.sign_on.session
        officer, approval = session.officer.id if session is not None else "", self.station.approval
        self.floor.fill_in(
            approving.send_back(self.screen, visit.number),
            lambda v: approval.send_back(visit.visit_id, State(v["step"]), v["reason"], officer, v["password"]),
            lambda back: self._decided((back.visit_id,), fill(BACK, number=back.number)),
        )

    def _approve_clean(self) -> None:
        ids = [each.visit_id for each in self._heads.values() if self._may_batch(each)]
        count = sum(not self._is_own(self._heads[each]) for each in ids)
        approval = self.station.approval
        self.floor.fill_in(
            approving.approve_clean(self.screen, count),
            lambda v: approval.approve_clean(ids, v["password"]),
            self._batch_done,
        )

    def _batch_done(self, result: BatchResult) -> None:
        told = [fill(BATCH, n=len(result.approved))]
        if result.own:
            told.append(fill(BATCH_OWN, numbers=", ".join(result.own)))
        if result.changed:
            told.append(fill(BATCH_CHANGED, numbers=", ".join(result.changed)))
        self._seal(result.approved, Text(" ".join(each.id for each in told), " ".join(each.en for each in told)))

    def _seal(self, visit_ids: Sequence[str], told: Text) -> None:
        self.station.sealing_line.add(visit_ids)
        self._decided(visit_ids, told)

    def _decided(self, visit_ids: Sequence[str], told: Text) -> None:
        """On to the next that still waits, below what was chosen or else above it."""
        self.floor.say(told)
        chosen = self.screen.chosen
        if chosen in visit_ids:
            ids = list(self._heads)
            at = ids.index(chosen)
            rest = (*ids[at:], *reversed(ids[:at]))
            waits = (each for each in rest if each not in visit_ids and self._heads[each].state is State.APPROVAL)
            self._wanted = next(waits, "")
            self._aim = None
        self._refresh()


def since_text(waited: timedelta) -> Text:
    """How long it has waited, in the two largest units."""
    minutes = max(0, int(waited.total_seconds() // 60))
    days, hours = minutes // 1440, minutes // 60 % 24
    if days:
        return fill(Text("{d} hari {h} jam", "{d} d {h} h"), d=days, h=hours)
    if hours:
        return fill(Text("{h} jam {m} mnt", "{h} h {m} min"), h=hours, m=minutes % 60)
    return fill(Text("{m} mnt", "{m} min"), m=minutes)


def _aged(caption: Text, *, before: bool) -> Text:
    """An attempt of before the step was done over says so."""
    return fill(BEFORE, caption=caption) if before else caption
