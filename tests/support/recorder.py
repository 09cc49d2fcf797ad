"""One whole recording through the real services, step by step and without a window, by the officers of practice."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from protocols.schema import Kind
from protocols.screening import Mark
from station.bootstrap import Station
from station.domain.enrollment import Enrollment
from station.domain.history import EverRecorded
from station.lab.lab import Lab
from station.services.sign_on import PRACTICE_OFFICERS, PRACTICE_PASSWORD

PATIENCE_S = 60


class Recorder:
    """One recording, step by step; `tell` is called after each one is confirmed."""

    def __init__(self, station: Station, lab: Lab, tell: Callable[[str, Enrollment], None]) -> None:
        self._station = station
        self._lab = lab
        self._tell = tell
        self._unfinished = ""

    def begin(self) -> None:
        """Open the station and its devices, and sign on."""
        report = self._station.start().result(PATIENCE_S)
        self._station.bay.open_all(PATIENCE_S)
        self._lab.serve(self._station.prompts)
        self._do(lambda: self._station.sign_on.sign_on(PRACTICE_OFFICERS[0].id, PRACTICE_PASSWORD))
        self._unfinished = report.unfinished[0].visit_id if report.unfinished else ""

    def run(self) -> Enrollment:
        """From the opening of a visit, or from where an unfinished one stood, to the seal."""
        station = self._station
        visit = self._load(self._unfinished) if self._unfinished else self._keep("opened", station.visits.open)
        steps: dict[str, Callable[[str], None]] = {
            "identify": self._identify,
            "screening": self._screen,
            "portrait": self._portrait,
            "fingerprints": self._fingers,
            "signature": self._signature,
            "review": lambda v: self._told(station.finishing.review, v),
            "receipt": lambda v: self._told(station.finishing.issue_receipt, v),
            "approval": lambda v: self._told(station.finishing.approve, v),
            "sealing": lambda v: self._told(station.finishing.seal, v),
        }
        while visit.state.value in steps:
            if visit.state.value in {"portrait", "fingerprints", "signature"} and not self._cleared(visit.visit_id):
                self._screen(visit.visit_id)
            steps[visit.state.value](visit.visit_id)
            visit = self._load(visit.visit_id)
        return visit

    def _load(self, visit_id: str) -> Enrollment:
        loaded: Enrollment = self._do(lambda: self._station.visits.load(visit_id))
        return loaded

    def _do(self, job: Callable[[], Any]) -> Any:
        return self._station.desk.submit(job).result(PATIENCE_S)

    def _keep(self, name: str, job: Callable[[], Enrollment]) -> Enrollment:
        kept: Enrollment = self._do(job)
        self._tell(name, kept)
        return kept

    def _wait(self, name: str, future: Future[Enrollment]) -> Enrollment:
        kept = future.result(PATIENCE_S)
        self._tell(name, kept)
        return kept

    def _told(self, service: Callable[[str], Enrollment], visit_id: str) -> None:
        self._keep(service.__name__, lambda: service(visit_id))

    def _cleared(self, visit_id: str) -> bool:
        return self._station.screening.cleared_until(visit_id) is not None

    def _identify(self, visit_id: str) -> None:
        form, visits = self._lab.citizen.form, self._station.visits
        self._keep(
            "identified",
            lambda: visits.identify(
                visit_id, form, read_back=True, ever_recorded=EverRecorded.NO, reason="sesuai dokumen"
            ),
        )

    def _screen(self, visit_id: str) -> None:
        screening = self._station.screening
        good = {"urgent_reason": "hospital", "urgency_evidence": "RS/1", "applicant_hands": "soap"}
        while missing := self._do(lambda: screening.view(visit_id)).verdict.missing:
            items = {(i.item.id, i.subject): i for i in self._do(lambda: screening.view(visit_id)).items}
            line = items[missing[0].item_id, missing[0].subject]
            assert line.mark is Mark.MISSING
            item, subject = line.item, line.subject
            if item.kind is Kind.TEMPERATURE:
                screening.measure(visit_id, item.id, subject).result(PATIENCE_S)
            elif item.kind is Kind.OFFICER:
                approver = PRACTICE_OFFICERS[1].id
                self._do(lambda: screening.approve(visit_id, item.id, approver, PRACTICE_PASSWORD))  # noqa: B023 - run at once
            else:
                self._do(lambda: screening.answer(visit_id, item.id, subject, good.get(item.id, True)))  # noqa: B023 - as above
        self._keep("cleared", lambda: screening.clear(visit_id))

    def _portrait(self, visit_id: str) -> None:
        portrait = self._station.portrait
        visit = self._load(visit_id)
        if not visit.portraits:
            visit = self._wait("portrait", portrait.take(visit_id))
        number = visit.portraits[-1].number
        if visit.portraits[-1].hints:
            supervisor = PRACTICE_OFFICERS[1].id
            self._keep("forced", lambda: portrait.force(visit_id, number, supervisor, PRACTICE_PASSWORD, "latihan"))
        self._keep("accepted", lambda: portrait.accept(visit_id, number))

    def _fingers(self, visit_id: str) -> None:
        fingers = self._station.fingers
        visit = self._load(visit_id)
        while (position := visit.next_finger()) is not None:
            visit = self._wait(position.name.lower(), fingers.take(visit_id, position, lambda _: None))
        self._told(fingers.finish, visit_id)

    def _signature(self, visit_id: str) -> None:
        signature = self._station.signature
        visit = self._load(visit_id)
        if not visit.signatures:
            signature.start(visit_id, lambda: None)
            deadline = time.monotonic() + PATIENCE_S
            seen = -1
            while (count := len(signature.ink())) < 40 or count != seen:
                assert time.monotonic() < deadline, signature.failure()
                seen = count
                time.sleep(0.05)
            self._wait("signed", signature.take(visit_id))
        self._told(signature.finish, visit_id)
