"""Approval, return, receipt and seal: who may, for whom a packet is, and what a full disk or a power cut leaves."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from devices.positions import FingerPosition
from station.config import Approval
from station.domain.samples import ExceptionCode
from station.domain.step import State
from station.errors import RuleError, StationError, WayOn
from station.lab.lab import Lab
from station.lab.operator import OPERATOR, SUPERVISOR
from station.packet.errors import PacketError
from station.services.sealing import Sealer
from tests.support.practice import PASSWORD, Practice, practising


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(lifelike=False, cards=False) as running:
        yield running


def _reviewed(practice: Practice) -> str:
    """A recording as far as the receipt; all fingers but one thumb excepted, for speed."""
    visit_id = practice.cleared()
    practice.operator.portrait(visit_id)
    for position in list(FingerPosition)[1:]:
        practice.do(
            lambda p=position: practice.station.fingers.except_(  # type: ignore[misc]  # bound now
                visit_id, p, ExceptionCode.UNABLE_TO_PRINT, "perban", False, SUPERVISOR, PASSWORD
            )
        )
    practice.operator.fingers(visit_id)
    practice.operator.sign(visit_id)
    practice.do(lambda: practice.station.finishing.review(visit_id))
    return visit_id


def _approvable(practice: Practice) -> str:
    visit_id = _reviewed(practice)
    practice.do(lambda: practice.station.finishing.issue_receipt(visit_id))
    return visit_id


def test_by_profile_a_supervisor_who_captured_nothing_of_it_approves(lab: Lab, tmp_path: Path) -> None:
    with practising(lab, tmp_path, approval=Approval.SUPERVISOR) as practice:
        visit_id, finishing = _approvable(practice), practice.station.finishing
        approval = practice.station.approval
        for officer, code in (
            ("", "approval.needs_supervisor"),
            (OPERATOR, "sign_on.same_officer"),
        ):
            with pytest.raises(RuleError, match=code):
                practice.do(lambda o=officer: approval.approve(visit_id, o, PASSWORD))  # type: ignore[misc]  # bound now
        approved = practice.do(lambda: approval.approve(visit_id, SUPERVISOR, PASSWORD)).approved
        assert approved is not None
        assert (approved.by, approved.automatic) == (SUPERVISOR, False)
        assert practice.do(lambda: finishing.seal(visit_id)).state is State.SEALED


def test_a_supervisor_does_not_approve_what_they_captured(lab: Lab, tmp_path: Path) -> None:
    with practising(lab, tmp_path, approval=Approval.SUPERVISOR) as practice:
        visit_id, finishing = _approvable(practice), practice.station.finishing
        approval = practice.station.approval
        practice.operator.sign_on(SUPERVISOR)
        assert practice.do(lambda: approval.approve(visit_id, SUPERVISOR, PASSWORD)).state is State.SEALING

        practice.operator.sign_on("penyelia2")
        own = practice.operator.identify(lab.citizen).visit_id
        practice.operator.screen(own)
        practice.operator.portrait(own)
        practice.operator.fingers(own)
        practice.operator.sign(own)
        practice.do(lambda: finishing.review(own))
        practice.do(lambda: finishing.issue_receipt(own))
        with pytest.raises(RuleError, match=r"approval\.own_recording"):
            practice.do(lambda: approval.approve(own, "penyelia2", PASSWORD))


def test_what_is_sent_back_is_screened_again_and_one_step_done_over(lab: Lab, tmp_path: Path) -> None:
    with practising(lab, tmp_path, approval=Approval.SUPERVISOR) as practice:
        visit_id, approval = _approvable(practice), practice.station.approval
        with pytest.raises(RuleError, match=r"approval\.reason_missing"):
            practice.do(lambda: approval.send_back(visit_id, State.SIGNATURE, " ", SUPERVISOR, PASSWORD))
        back = practice.do(lambda: approval.send_back(visit_id, State.SIGNATURE, "kabur", SUPERVISOR, PASSWORD))
        assert back.state is State.SCREENING
        assert practice.station.screening.cleared_until(visit_id) is None
        assert practice.operator.screen(visit_id).state is State.SIGNATURE
        assert len(practice.operator.sign(visit_id).signatures) == 2
        done = practice.operator.finish(visit_id, tmp_path / "papers")
        assert done.enrollment.state is State.SEALED


def test_at_the_review_one_step_is_done_over_and_the_rest_stands(lab: Lab, tmp_path: Path) -> None:
    with practising(lab, tmp_path) as practice:
        visit_id = practice.cleared()
        practice.operator.portrait(visit_id)
        practice.operator.fingers(visit_id)
        practice.do(lambda: practice.station.signature.cannot_sign(visit_id, SUPERVISOR, PASSWORD))
        practice.do(lambda: practice.station.signature.finish(visit_id))
        with pytest.raises(RuleError, match=r"visit\.no_such_step"):
            practice.do(lambda: practice.station.finishing.redo(visit_id, State.RECEIPT))
        again = practice.do(lambda: practice.station.finishing.redo(visit_id, State.PORTRAIT))
        assert again.state is State.PORTRAIT
        assert practice.operator.portrait(visit_id).state is State.REVIEW


def test_the_receipt_promises_a_working_day_and_is_kept_as_it_was_given(lab: Lab, tmp_path: Path) -> None:
    with practising(lab, tmp_path) as practice:
        visit_id, finishing = _reviewed(practice), practice.station.finishing
        with pytest.raises(RuleError, match=r"receipt\.missing"):
            practice.do(lambda: finishing.receipt_pdf(visit_id))
        receipt = practice.do(lambda: finishing.issue_receipt(visit_id)).receipt
        assert receipt is not None
        assert receipt.promise.ready_from.weekday() < 5
        assert receipt.promise.ready_from > datetime.now(UTC)
        exported = practice.do(lambda: finishing.export_receipt(visit_id, tmp_path / "out"))
        assert exported.read_bytes() == practice.do(lambda: finishing.receipt_pdf(visit_id))
        blocked = tmp_path / "a file"
        blocked.write_bytes(b"")
        with pytest.raises(StationError, match=r"paper\.not_written"):
            practice.do(lambda: finishing.export_receipt(visit_id, blocked))


def test_a_full_disk_leaves_the_paper_that_was_there_and_no_part_of_another(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with practising(lab, tmp_path) as practice:
        visit_id, finishing, out = _approvable(practice), practice.station.finishing, tmp_path / "out"
        there = practice.do(lambda: finishing.export_receipt(visit_id, out))
        there.write_bytes(b"an older one")

        def full(_: int) -> None:
            raise OSError(errno.ENOSPC, "full")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(StationError, match=r"paper\.not_written"):
            practice.do(lambda: finishing.export_receipt(visit_id, out))
        monkeypatch.undo()
        assert list(out.iterdir()) == [there]
        assert there.read_bytes() == b"an older one"


def test_another_visits_packet_of_the_same_name_stays_and_the_visit_waits(lab: Lab, tmp_path: Path) -> None:
    with practising(lab, tmp_path) as practice:
        visit_id, finishing = _approvable(practice), practice.station.finishing
        approval = practice.station.approval
        receipt = practice.do(lambda: approval.approve(visit_id)).receipt
        assert receipt is not None
        theirs = practice.station.settings.folder / "packets" / f"{receipt.receipt_number}.ktpel"
        theirs.parent.mkdir()
        theirs.write_bytes(b"of a database that was lost")
        with pytest.raises(PacketError, match=r"packet\.name_taken"):
            practice.do(lambda: finishing.seal(visit_id))
        assert theirs.read_bytes() == b"of a database that was lost"
        assert practice.do(lambda: practice.station.visits.load(visit_id)).state is State.SEALING


def test_what_a_power_cut_left_of_this_visits_seal_is_replaced(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with practising(lab, tmp_path) as practice:
        visit_id, finishing = _approvable(practice), practice.station.finishing
        approval = practice.station.approval
        practice.do(lambda: approval.approve(visit_id))

        def cut(*_: object, **__: object) -> None:
            raise StationError("store.disk_full", WayOn.FREE_SPACE)

        monkeypatch.setattr(practice.station._records, "keep", cut)
        with pytest.raises(StationError, match=r"store\.disk_full"):
            practice.do(lambda: finishing.seal(visit_id))
        monkeypatch.undo()
        assert list((practice.station.settings.folder / "packets").glob("*.ktpel"))
        sealed = practice.do(lambda: finishing.seal(visit_id)).sealed
        packet = practice.do(lambda: finishing.packet_path(visit_id))
        assert sealed is not None
        assert hashlib.sha256(packet.read_bytes()).hexdigest() == sealed.sha256


def test_one_visit_that_cannot_be_sealed_keeps_nobody_from_working(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with practising(lab, tmp_path) as practice:
        visit_id = _approvable(practice)
        practice.do(lambda: practice.station.approval.approve(visit_id))

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a codec's bug")

    monkeypatch.setattr(Sealer, "seal", broken)
    with practising(lab, tmp_path) as practice:
        assert practice.started.unsealed == (visit_id,)
        assert practice.identified()


def test_nothing_of_a_practice_station_is_sealed_for_a_recipient_in_earnest(lab: Lab, tmp_path: Path) -> None:
    """Not even what came from a device that calls itself real."""
    with practising(lab, tmp_path / "data") as practice:
        visit_id, finishing = _approvable(practice), practice.station.finishing
        approval = practice.station.approval
        practice.do(lambda: approval.approve(visit_id))
        recipient = _production_certificate(tmp_path / "centre.pem")
        finishing._sealer._settings = finishing._sealer._settings.model_copy(  # type: ignore[union-attr]  # it is open
            update={"recipient_certificate": recipient}
        )
        with pytest.raises(RuleError, match=r"packet\.simulated") as refused:
            practice.do(lambda: finishing.seal(visit_id))
        assert refused.value.detail.startswith("a practice station")


def _production_certificate(path: Path) -> Path:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Data centre")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(certificate.public_bytes(Encoding.PEM))
    return path


def test_a_simulated_recording_is_not_sealed_for_a_production_certificate(lab: Lab, tmp_path: Path) -> None:
    recipient = _production_certificate(tmp_path / "centre.pem")
    with practising(lab, tmp_path / "data", recipient_certificate=recipient) as practice:
        visit_id, finishing = _approvable(practice), practice.station.finishing
        approval = practice.station.approval
        practice.do(lambda: approval.approve(visit_id))
        with pytest.raises(RuleError, match=r"packet\.simulated"):
            practice.do(lambda: finishing.seal(visit_id))
        assert practice.do(lambda: practice.station.visits.load(visit_id)).state is State.SEALING
        with pytest.raises(RuleError, match=r"packet\.not_sealed"):
            practice.do(lambda: finishing.packet_path(visit_id))


def test_a_packet_that_cannot_be_written_moves_nothing_and_the_next_start_seals_it(lab: Lab, tmp_path: Path) -> None:
    with practising(lab, tmp_path) as practice:
        visit_id, finishing = _approvable(practice), practice.station.finishing
        approval = practice.station.approval
        practice.do(lambda: approval.approve(visit_id))
        blocked = practice.station.settings.folder / "packets"
        blocked.write_bytes(b"in the way")
        with pytest.raises(PacketError):
            practice.do(lambda: finishing.seal(visit_id))
        assert practice.do(lambda: practice.station.visits.load(visit_id)).state is State.SEALING
        assert practice.do(lambda: practice.station.portrait.image(visit_id, 1))

    with practising(lab, tmp_path) as practice:
        assert practice.started.unsealed == (visit_id,)
    blocked.unlink()
    with practising(lab, tmp_path) as practice:
        assert practice.started.unsealed == ()
        assert practice.started.unfinished == ()
        practice.operator.sign_on()
        sealed = practice.do(lambda: practice.station.visits.load(visit_id)).sealed
        assert sealed is not None
        assert sealed.by == OPERATOR
        assert practice.do(lambda: practice.station.finishing.packet_path(visit_id)).is_file()
