"""One recording through the real services that can be taken up wherever it stands, by the officers of practice."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from station.bootstrap import Station
from station.domain.enrollment import Enrollment
from station.domain.history import EverRecorded
from station.domain.step import CAPTURE_STATES, State
from station.lab.lab import Lab
from station.lab.operator import PATIENCE_S, Operator, Stage

T = TypeVar("T")


class Recorder:
    """Does what an officer does; `tell` is called with a step's name after the services have said that it is kept."""

    def __init__(self, station: Station, lab: Lab, tell: Callable[[str, Enrollment], None]) -> None:
        self._station = station
        self._lab = lab
        self._tell = tell
        self._operator = Operator(station, self._operator_tells)
        self._unfinished = ""

    def begin(self) -> None:
        """Open the station and its devices, and sign on."""
        report = self._station.start().result(PATIENCE_S)
        self._station.bay.open_all(PATIENCE_S)
        self._lab.serve(self._station.prompts)
        self._operator.sign_on()
        self._unfinished = report.unfinished[0].visit_id if report.unfinished else ""

    def run(self) -> Enrollment:
        """From the opening of a visit, or from where an unfinished one stood, to the seal."""
        finishing, operator = self._station.finishing, self._operator
        steps: dict[State, Callable[[str], object]] = {
            State.IDENTIFY: self._identify,
            State.SCREENING: operator.screen,
            State.PORTRAIT: operator.portrait,
            State.FINGERPRINTS: operator.fingers,
            State.SIGNATURE: operator.sign,
            State.REVIEW: lambda visit_id: self._keep("reviewed", lambda: finishing.review(visit_id)),
            State.RECEIPT: lambda visit_id: self._keep("receipt", lambda: finishing.issue_receipt(visit_id)),
            State.APPROVAL: lambda visit_id: self._keep("approved", lambda: self._station.approval.approve(visit_id)),
            State.SEALING: lambda visit_id: self._keep("sealed", lambda: finishing.seal(visit_id)),
        }
        if not self._unfinished:
            self._unfinished = self._keep("opened", self._station.visits.open).visit_id
        visit_id = self._unfinished
        while (state := self._load(visit_id).state) in steps:
            if state in CAPTURE_STATES and self._station.screening.cleared_until(visit_id) is None:
                operator.screen(visit_id)  # a clearance does not outlive the process
            steps[state](visit_id)
        return self._load(visit_id)

    def _identify(self, visit_id: str) -> None:
        form, visits, reason = self._lab.citizen.form, self._station.visits, "Sesuai dokumen asli"
        self._keep(
            "identified",
            lambda: visits.identify(visit_id, form, read_back=True, ever_recorded=EverRecorded.NO, reason=reason),
        )

    def _keep(self, step: str, job: Callable[[], Enrollment]) -> Enrollment:
        kept = self._do(job)
        self._tell(step, kept)
        return kept

    def _load(self, visit_id: str) -> Enrollment:
        return self._do(lambda: self._station.visits.load(visit_id))

    def _do(self, job: Callable[[], T]) -> T:
        return self._station.desk.submit(job).result(PATIENCE_S)

    def _operator_tells(self, stage: Stage, enrollment: Enrollment | None) -> None:
        if enrollment is not None:
            self._tell(stage.value, enrollment)
