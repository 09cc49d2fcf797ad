"""Approval and seal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from station.config import Approval
from station.domain.enrollment import Enrollment
from station.domain.officer import Permission
from station.domain.step import State
from ui.dialogs import approving, questions
from ui.language import Text, fill, moment_text, same
from ui.presenters.floor import Floor, Presenter
from ui.presenters.paper import PLACE
from ui.presenters.reasons import stands_out
from ui.presenters.review import remarks_of
from ui.screens.closing import ApprovalScreen, SealedScreen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from station.domain.officer import Officer
    from station.services.approval_codes import Challenge

DIGEST = Text("SHA-256 {short} …", "SHA-256 {short} …")


class ApprovalPresenter(Presenter[ApprovalScreen]):
    """One press approves and seals where that is the profile; else one press leaves it to the supervisors."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self.screen = ApprovalScreen()
        self._visit: Enrollment | None = None
        self._automatic = self.station.settings.approval is Approval.AUTOMATIC
        self.screen.went_on.connect(self._go_on)
        self.screen.went_back.connect(floor.home)
        self.screen.later.connect(self._next)
        self.screen.approve_here.connect(self._ask_approver)
        self.screen.code_asked.connect(self._ask_code)
        self.screen.send_back.connect(self._ask_send_back)

    @property
    def visit(self) -> Enrollment:
        """The recording as last told."""
        assert self._visit is not None
        return self._visit

    def enter(self, visit: Enrollment | None, /) -> None:
        assert visit is not None
        self.screen.remarks.say(remarks_of(visit))
        self._stands(visit)

    def _supervisors(self) -> tuple[Officer, ...]:
        """On the desk."""
        return tuple(o for o in self.station.sign_on.officers() if o.may(Permission.APPROVE))

    def _go_on(self) -> None:
        visit = self.visit
        if visit.state is State.APPROVAL and not self._automatic:
            self._next()
            return
        approval, finishing = self.station.approval, self.station.finishing

        def approve_and_seal() -> Enrollment:
            if visit.state is State.APPROVAL:
                approval.approve(visit.visit_id)
            return finishing.seal(visit.visit_id)

        self.floor.ask(approve_and_seal, self.floor.move, failed=self._failed)

    def _next(self) -> None:
        self.floor.ask(self.station.visits.open, self.floor.move, again=self._next)

    def _ask_approver(self) -> None:
        self.floor.fetch(self._supervisors, self._approve_here)

    def _approve_here(self, officers: Sequence[Officer]) -> None:
        visit_id, approval = self.visit.visit_id, self.station.approval
        self.floor.fill_in(
            questions.approve_here(self.screen, officers),
            lambda v: approval.approve(visit_id, v["officer"], v["password"]),
            self._seal,
        )

    def _ask_code(self) -> None:
        """A challenge that was read out already and is good still is shown again."""
        visit_id, codes = self.visit.visit_id, self.station.approval_codes
        self.floor.ask(lambda: codes.pending(visit_id), self._with_challenge)

    def _with_challenge(self, challenge: Challenge | None) -> None:
        if challenge is not None:
            self._read_out(challenge)
            return
        visit, codes = self.visit, self.station.approval_codes
        self.floor.fill_in(
            approving.ask_code(self.screen, visit.number),
            lambda v: codes.ask(visit.visit_id, v["reason"]),
            self._read_out,
        )

    def _read_out(self, challenge: Challenge) -> None:
        visit, codes = challenge.visit, self.station.approval_codes
        told = approving.ChallengeTold(visit.number, challenge.words, stands_out(visit), challenge.key)
        self.floor.fill_in(
            approving.redeem_code(self.screen, told),
            lambda v: codes.redeem(visit.visit_id, v["approver"], v["code"]),
            self._seal,
        )

    def _seal(self, visit: Enrollment) -> None:
        self._stands(visit)
        self._go_on()

    def _failed(self, error: BaseException) -> bool:
        """Perhaps it was approved and not sealed: show what stands."""
        visit_id = self.visit.visit_id
        self.floor.tell(error, self._go_on)
        self.floor.fetch(lambda: self.station.visits.load(visit_id), self._stands)
        return True

    def _stands(self, visit: Enrollment) -> None:
        self._visit = visit
        self.screen.show_kind(automatic=self._automatic, approved=visit.state is State.SEALING)

    def _ask_send_back(self) -> None:
        self.floor.fetch(self._supervisors, self._send_back)

    def _send_back(self, officers: Sequence[Officer]) -> None:
        visit_id, approval = self.visit.visit_id, self.station.approval
        self.floor.fill_in(
            questions.send_back(self.screen, officers),
            lambda v: approval.send_back(visit_id, State(v["step"]), v["reason"], v["officer"], v["password"]),
            self.floor.move,
        )


class SealedPresenter(Presenter[SealedScreen]):
    """The packet's name, and once more the promise."""

    def __init__(self, floor: Floor) -> None:
        super().__init__(floor)
        self.screen = SealedScreen()
        self.screen.went_on.connect(self._next)
        self.screen.went_back.connect(floor.home)

    def enter(self, visit: Enrollment | None, /) -> None:
        assert visit is not None
        assert visit.sealed is not None
        assert visit.receipt is not None
        promise = visit.receipt.promise
        self.screen.loud.say(moment_text(self.floor.local(promise.ready_from)))
        self.screen.place.say(fill(PLACE, place=promise.place, hours=promise.hours))
        self.screen.packet.say(same(visit.sealed.file_name))
        self.screen.digest.say(fill(DIGEST, short=visit.sealed.sha256[:16]))

    def _next(self) -> None:
        self.floor.ask(self.station.visits.open, self.floor.move)
