"""One recording from sign-on to the sealed packet, through the real services and the real wires of every simulator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509

from devices.positions import FingerPosition
from station.domain.step import State
from station.errors import RuleError
from station.lab.lab import Lab
from station.security.audit_chain import verify
from tests.support.practice import Practice, practising


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(lifelike=False, cards=False) as running:
        yield running


def _pem(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_a_recording_ends_as_a_packet_that_the_data_centre_opens(lab: Lab, tmp_path: Path) -> None:
    with practising(lab, tmp_path) as practice:
        done = practice.operator.record(lab.citizen, tmp_path / "papers")

        assert done.enrollment.state is State.SEALED
        assert done.receipt.read_bytes().startswith(b"%PDF")
        assert lab.citizen.form.nik not in done.packet.name + done.receipt.name

        opened = practice.unsealed(done.packet)
        biodata, recording, screening = (
            json.loads(opened.members[f"{name}.json"]) for name in ("biodata", "recording", "screening")
        )
        assert opened.manifest.simulated
        assert opened.manifest.sha256.keys() == opened.members.keys()
        assert biodata["nik"] == lab.citizen.form.nik
        assert set(recording["fingerprints"]["used"]) == {str(int(each)) for each in FingerPosition}
        assert recording["not_captured"] == [{"modality": "iris", "reason": "no_device", "confirmed_by": ""}]
        assert screening["clearances"][0]["approver"] == "penyelia"
        assert screening["clearances"][0]["urgent_reason"] == "school_entry"
        assert opened.report.sha256 == done.enrollment.sealed.sha256  # type: ignore[union-attr]  # it is sealed


def test_no_reading_of_a_temperature_is_in_the_packet_or_stays_at_the_station(lab: Lab, tmp_path: Path) -> None:
    with practising(lab, tmp_path) as practice:
        visit_id = practice.identified()
        lab.thermometer.point_at(36.87)
        practice.operator.screen(visit_id)
        lab.thermometer.point_at(36.6)
        assert _readings(practice, visit_id) == [36.87]
        _capture_and_finish(practice, visit_id, tmp_path)
        assert _readings(practice, visit_id) == []


def _readings(practice: Practice, visit_id: str) -> list[float]:
    def look() -> list[float]:
        with practice.station._records.work() as work:
            return [each.value for each in work.answers.of([visit_id]) if isinstance(each.value, float)]

    return practice.do(look)


def _capture_and_finish(practice: Practice, visit_id: str, folder: Path) -> None:
    practice.operator.portrait(visit_id)
    practice.operator.fingers(visit_id)
    practice.operator.sign(visit_id)
    practice.operator.finish(visit_id, folder / "papers")


def test_after_sealing_the_station_cannot_read_what_it_captured(lab: Lab, tmp_path: Path) -> None:
    with practising(lab, tmp_path) as practice:
        done = practice.operator.record(lab.citizen, tmp_path / "papers")
        visit_id = done.enrollment.visit_id
        fingers, portrait, signature = practice.station.fingers, practice.station.portrait, practice.station.signature
        for look in (
            lambda: portrait.image(visit_id, 1),
            lambda: fingers.image(visit_id, FingerPosition.RIGHT_THUMB, 1),
            lambda: signature.image(visit_id),
        ):
            with pytest.raises(RuleError, match=r"blob\.destroyed"):
                practice.do(look)
        assert practice.do(lambda: practice.station.finishing.receipt_pdf(visit_id)) == done.receipt.read_bytes()


def test_every_step_stands_in_a_trail_that_verifies_up_to_its_signed_head(lab: Lab, tmp_path: Path) -> None:
    with practising(lab, tmp_path) as practice:
        visit_id = practice.operator.record(lab.citizen, tmp_path / "papers").enrollment.visit_id

        def trail() -> tuple[list[str], bool, int]:
            with practice.station._records.work() as work:
                certificate = (practice.station.settings.folder / "keys" / "station.crt.pem").read_bytes()
                report = verify(work.audit.entries(), work.audit.heads(), certificate)
                return [each.action for each in work.audit.of(visit_id)], report.whole, report.unsigned

        actions, whole, unsigned = practice.do(trail)
    assert whole
    assert unsigned == 0
    assert actions.count("fingerprint.taken") == len(FingerPosition)
    assert [each for each in actions if each.startswith(("visit.", "receipt.issued", "packet."))] == [
        "visit.opened",
        "visit.identified",
        "visit.cleared",
        "visit.reviewed",
        "receipt.issued",
        "visit.approved",
        "packet.sealed",
    ]


def test_after_a_restart_the_same_finger_is_asked_for_and_the_same_bytes_are_there(lab: Lab, tmp_path: Path) -> None:
    position = FingerPosition.RIGHT_THUMB
    with practising(lab, tmp_path) as practice:
        visit_id = practice.cleared()
        before = practice.operator.portrait(visit_id)
        for _ in range(3):
            wanted = practice.do(lambda: practice.station.visits.load(visit_id)).next_finger()
            assert wanted is not None
            before = practice.wait(practice.station.fingers.take(visit_id, (wanted,), lambda _: None))
        kept = practice.do(lambda: practice.station.fingers.image(visit_id, position, 1))

    with practising(lab, tmp_path) as practice:
        assert [each.visit_id for each in practice.started.unfinished] == [visit_id]
        practice.operator.sign_on()
        after = practice.do(lambda: practice.station.visits.load(visit_id))
        assert after == before
        wanted = after.next_finger()
        assert wanted is not None
        assert practice.do(lambda: practice.station.fingers.image(visit_id, position, 1)) == kept
        with pytest.raises(RuleError, match=r"capture\.not_cleared"):
            practice.wait(practice.station.fingers.take(visit_id, (wanted,), lambda _: None))
        practice.operator.screen(visit_id)
        practice.operator.fingers(visit_id)
        assert practice.do(lambda: practice.station.visits.load(visit_id)).state is State.SIGNATURE
