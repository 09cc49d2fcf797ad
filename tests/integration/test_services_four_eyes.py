"""What needs a second pair of eyes is refused without one, by the service, whatever the screen shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from devices.positions import FingerPosition
from station.config import Approval
from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.officer import Role
from station.domain.samples import ExceptionCode
from station.domain.step import State
from station.errors import RuleError
from station.lab.operator import OPERATOR, SUPERVISOR
from station.services.biodata import BiodataForm, form_of
from station.services.sign_on import PRACTICE_PASSWORD, NewOfficer
from tests.support.desks import RecordsDesk, records_desk
from tests.support.histories import identified, opened, to_review, to_seal
from tests.support.officers import serve

TONO = NewOfficer("tono", "Tono", Role.TECHNICIAN, "mawar-3-jendela")
SINTA = NewOfficer("sinta", "Sinta", Role.AUDITOR, "bambu-4-sungai")
RINA = NewOfficer("rina", "Rina Wati", Role.OPERATOR, "anggrek-9-pintu")
Step = Callable[[RecordsDesk, str, str], object]


VISITS: dict[State, str] = {}
"""One that stands at each of the steps that are refused; nothing changes them."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecordsDesk]:
    with records_desk(tmp_path_factory.mktemp("office"), approval=Approval.SUPERVISOR) as made:
        made.do(lambda: serve(made.station, TONO, SINTA, RINA))
        VISITS[State.REVIEW] = made.keep(to_review())
        VISITS[State.APPROVAL] = made.keep([replace(each, by=OPERATOR) for each in to_seal()[:-2]])
        yield made


@pytest.fixture
def desk(office: RecordsDesk) -> RecordsDesk:
    """The operator of the practice station serves, nobody is locked out."""
    office.within(lambda work: work.officers.clear_failures(SUPERVISOR))
    office.sign_on(OPERATOR)
    VISITS[State.SCREENING] = office.keep([opened("A-2"), identified()])  # parked when the officer before went
    return office


def _form(desk: RecordsDesk, visit_id: str) -> BiodataForm:
    applicant = desk.station.visits.load(visit_id).applicant
    assert applicant is not None
    return replace(form_of(applicant), street="Jalan Merdeka 7", blood_type="1", occupation="1")


def _exception(desk: RecordsDesk, officer: str, password: str) -> object:
    code = ExceptionCode.UNABLE_TO_PRINT
    return desk.station.fingers.except_("none", FingerPosition.LEFT_RING, code, "perban", False, officer, password)


def _unable(desk: RecordsDesk, officer: str, password: str) -> object:
    return desk.station.signature.cannot_sign("none", officer, password)


def _forced(desk: RecordsDesk, officer: str, password: str) -> object:
    return desk.station.portrait.force("none", 1, officer, password, "kerudung")


def _more(desk: RecordsDesk, officer: str, password: str) -> object:
    return desk.station.portrait.grant("none", officer, password, "kerudung")


def _corrected(desk: RecordsDesk, officer: str, password: str) -> object:
    visit_id = VISITS[State.REVIEW]
    return desk.station.visits.correct(visit_id, _form(desk, visit_id), "akta", officer, password)


def _urgent(desk: RecordsDesk, officer: str, password: str) -> object:
    visit_id = VISITS[State.SCREENING]
    desk.station.screening.answer(visit_id, "urgent_reason", visit_id, "hospital")
    return desk.station.screening.approve(visit_id, "urgency_approver", officer, password)


def _approved(desk: RecordsDesk, officer: str, password: str) -> object:
    visit_id = VISITS[State.APPROVAL]
    return desk.station.approval.approve(visit_id, officer, password)


def _protocol(desk: RecordsDesk, officer: str, password: str) -> object:
    return desk.station.protocol.put_in_force("routine", officer, password, "SK 1/2022")


EXCEPTIONS: dict[str, Step] = {"finger": _exception, "signature": _unable, "biodata": _corrected}
SUPERVISORS: dict[str, Step] = {"force": _forced, "more": _more, "urgency": _urgent, "approval": _approved}


def _refused(desk: RecordsDesk, step: Step, officer: str, password: str = PRACTICE_PASSWORD) -> str:
    with pytest.raises(RuleError) as refusal:
        desk.do(lambda: step(desk, officer, password))
    return refusal.value.code


@pytest.mark.parametrize("name", [*EXCEPTIONS, *SUPERVISORS])
def test_nobody_signs_twice_and_nobody_signs_for_another(desk: RecordsDesk, name: str) -> None:
    step = {**EXCEPTIONS, **SUPERVISORS}[name]
    assert _refused(desk, step, OPERATOR) == "sign_on.same_officer"
    assert _refused(desk, step, SUPERVISOR, "not the password") == "sign_on.failed"
    unfit = RINA if name in SUPERVISORS else TONO
    assert _refused(desk, step, unfit.id, unfit.password) == "sign_on.not_allowed"


def test_two_different_supervisors_put_a_protocol_in_force(desk: RecordsDesk) -> None:
    assert _refused(desk, _protocol, SUPERVISOR) == "sign_on.not_allowed", "an operator does not begin it"
    desk.sign_on(SUPERVISOR)
    assert _refused(desk, _protocol, SUPERVISOR) == "sign_on.same_officer"
    assert _refused(desk, _protocol, OPERATOR) == "sign_on.not_allowed"
    decision = desk.do(lambda: desk.station.protocol.put_in_force("routine", "penyelia2", PRACTICE_PASSWORD, "SK 1"))
    assert decision.decided_by == (SUPERVISOR, "penyelia2")


@pytest.mark.parametrize("who", [TONO, SINTA], ids=lambda each: each.role.value)
def test_whoever_neither_records_nor_approves_sees_no_applicant(desk: RecordsDesk, who: NewOfficer) -> None:
    visit_id = desk.keep(to_review())
    desk.do(lambda: desk.station.sign_on.sign_on(who.id, who.password))
    station = desk.station
    looks: tuple[Callable[[], object], ...] = (
        station.visits.listing,
        lambda: station.visits.load(visit_id),
        lambda: station.portrait.image(visit_id, 1),
        lambda: station.fingers.image(visit_id, FingerPosition.LEFT_RING, 1),
        lambda: station.signature.image(visit_id),
        station.visits.open,
    )
    for look in looks:
        with pytest.raises(RuleError, match=r"^sign_on\.not_allowed"):
            desk.do(look)


def test_biodata_are_corrected_at_the_review_and_both_officers_stand_in_the_history(desk: RecordsDesk) -> None:
    visit_id = desk.keep(to_review())

    def correct(**changed: str) -> Enrollment:
        form = replace(desk.do(lambda: _form(desk, visit_id)), **changed)
        return desk.do(lambda: desk.station.visits.correct(visit_id, form, " akta ", SUPERVISOR, PRACTICE_PASSWORD))

    after = correct()
    assert after.applicant is not None
    assert after.applicant.address.street == "Jalan Merdeka 7"
    entry = after.entries[-1]
    assert isinstance(entry, h.Corrected)
    assert (entry.by, entry.second, entry.reason, after.state) == (OPERATOR, SUPERVISOR, "akta", State.REVIEW)
    line = desk.lines("visit.corrected")[-1]
    assert (line.by, line.facts["officer"]) == (OPERATOR, SUPERVISOR)
    with pytest.raises(RuleError, match=r"^biodata\.unchanged"):
        correct()


def test_another_year_of_birth_means_another_cloth_and_so_another_portrait(desk: RecordsDesk) -> None:
    visit_id = desk.keep(to_review())
    before = desk.do(lambda: desk.station.visits.load(visit_id)).applicant
    assert before is not None
    born = before.birth_date + timedelta(days=366)
    form = replace(desk.do(lambda: _form(desk, visit_id)), birth_date=f"{born:%d-%m-%Y}")
    after = desk.do(lambda: desk.station.visits.correct(visit_id, form, "akta", SUPERVISOR, PRACTICE_PASSWORD))
    assert after.applicant is not None
    assert after.applicant.background is not before.background
    assert after.state is State.PORTRAIT
    assert State.PORTRAIT not in after.finished
