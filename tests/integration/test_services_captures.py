"""The captures: nothing before the leave, the newest frame alone, what a supervisor signs for, what is none."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from devices.errors import CaptureCancelledError, DeviceError
from devices.positions import FingerPosition
from devices.simulation.stroke import CountPoint
from protocols.clearance import NotClearedError
from station.biometrics.images import decode_png
from station.domain.history import ParkReason
from station.domain.samples import ExceptionCode, NotCapturedReason
from station.domain.step import State
from station.errors import RuleError
from station.lab.lab import Lab
from station.lab.operator import SUPERVISOR
from station.services.prompts import Prompt, PromptKind
from tests.support.practice import PASSWORD, PATIENCE_S, Practice, practising

THUMB = FingerPosition.RIGHT_THUMB


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(lifelike=False, cards=False) as running:
        yield running


@pytest.fixture
def practice(lab: Lab, tmp_path: Path) -> Iterator[Practice]:
    with practising(lab, tmp_path) as running:
        yield running


def test_no_frame_comes_before_the_leave_and_none_after_it(practice: Practice) -> None:
    visit_id, woken, portrait = practice.identified(), threading.Event(), practice.station.portrait
    portrait.start(visit_id, woken.set)
    assert woken.wait(PATIENCE_S)
    assert portrait.latest() is None
    assert isinstance(portrait.failure(), RuleError)

    practice.operator.screen(visit_id)
    woken.clear()
    portrait.start(visit_id, woken.set)
    assert woken.wait(PATIENCE_S)
    first = portrait.latest()
    assert first is not None
    assert first.image.shape == (720, 1280, 3)
    assert first.quality.face is not None

    woken.clear()
    practice.do(lambda: practice.station.visits.park(visit_id, ParkReason.DEVICE_BROKEN))
    while portrait.failure() is None:
        portrait.latest()
        assert woken.wait(PATIENCE_S)
        woken.clear()
    assert isinstance(portrait.failure(), NotClearedError)


def test_the_preview_wakes_once_until_it_is_looked_at_and_holds_the_newest_frame(practice: Practice) -> None:
    visit_id, portrait = practice.cleared(), practice.station.portrait
    calls, woken = [0], threading.Event()

    def wake() -> None:
        calls[0] += 1
        woken.set()

    portrait.start(visit_id, wake)
    assert woken.wait(PATIENCE_S)
    taken = [practice.wait(portrait.take(visit_id)) for _ in range(3)]  # frames go by meanwhile
    assert calls == [1]
    newest = portrait.latest()
    assert newest is not None
    assert portrait.latest() is None or calls == [2]
    assert [len(each.portraits) for each in taken] == [1, 2, 3]
    portrait.stop()
    assert portrait.latest() is None
    assert portrait.failure() is None


def test_a_portrait_is_kept_without_loss_and_shown_three_by_four(practice: Practice) -> None:
    visit_id = practice.cleared()
    attempt = practice.wait(practice.station.portrait.take(visit_id)).portraits[0]
    assert attempt.source.simulated
    assert attempt.hints == ()
    assert attempt.eyes is not None

    def original() -> bytes:
        with practice.station._records.work() as work:
            return work.blobs.get(attempt.blob_id)

    assert decode_png(practice.do(original)).shape == (attempt.height, attempt.width, 3)
    shown = decode_png(practice.do(lambda: practice.station.portrait.image(visit_id, 1)))
    height, width = shown.shape[:2]
    assert abs(width * 4 - height * 3) <= 4


def test_a_portrait_with_hints_is_accepted_only_once_a_supervisor_signed(tmp_path: Path) -> None:
    picture = tmp_path / "nobody.png"
    from devices.opencv_import import cv2

    cv2.imwrite(str(picture), np.full((720, 1280, 3), 90, np.uint8))
    with Lab(lifelike=False, cards=False, portrait=picture) as lab, practising(lab, tmp_path) as practice:
        visit_id, portrait = practice.cleared(), practice.station.portrait
        attempt = practice.wait(portrait.take(visit_id)).portraits[0]
        assert attempt.hints == ("portrait.no_face",)
        with pytest.raises(RuleError, match=r"portrait\.needs_force"):
            practice.do(lambda: portrait.accept(visit_id, 1))
        with pytest.raises(RuleError, match=r"sign_on\.same_officer"):
            practice.do(lambda: portrait.force(visit_id, 1, "petugas", PASSWORD, "terburu-buru"))
        with pytest.raises(RuleError, match=r"portrait\.reason_missing"):
            practice.do(lambda: portrait.force(visit_id, 1, SUPERVISOR, PASSWORD, " "))
        forced = practice.do(lambda: portrait.force(visit_id, 1, SUPERVISOR, PASSWORD, "Kamera rusak"))
        assert forced.portraits[0].forced_by == SUPERVISOR
        assert practice.do(lambda: portrait.accept(visit_id, 1)).state is State.FINGERPRINTS


def _at_fingers(practice: Practice) -> str:
    visit_id = practice.cleared()
    practice.operator.portrait(visit_id)
    return visit_id


def test_fingers_come_after_the_accepted_portrait_alone(practice: Practice, lab: Lab) -> None:
    visit_id, before = practice.cleared(), lab.scanner.commands[0x01]
    with pytest.raises(RuleError, match=r"visit\.out_of_turn"):
        practice.wait(practice.station.fingers.take(visit_id, THUMB, lambda _: None))
    assert lab.scanner.commands[0x01] == before  # the platen was not even looked at


def test_a_finger_is_asked_for_lifted_and_kept_as_it_came(practice: Practice) -> None:
    visit_id = _at_fingers(practice)
    said: list[Prompt] = []
    heard: list[float] = []
    unsubscribe = practice.station.prompts.subscribe(said.append)
    attempt = practice.wait(practice.station.fingers.take(visit_id, THUMB, heard.append)).fingers[0]
    unsubscribe()
    assert [each for each in said if each.position is THUMB][-2:] == [
        Prompt(PromptKind.PLACE_FINGER, THUMB),
        Prompt(PromptKind.LIFT_FINGER, THUMB),
    ]
    assert heard[-1] == 1.0
    assert (attempt.dpi, attempt.source_bits, attempt.source.simulated) == (500, 4, True)
    kept = decode_png(practice.do(lambda: practice.station.fingers.image(visit_id, THUMB, 1)))
    assert kept.shape == (attempt.height, attempt.width)
    assert set(np.unique(kept)) <= {17 * level for level in range(16)}


def test_a_cancelled_finger_leaves_nothing_and_can_be_asked_for_again(practice: Practice, lab: Lab) -> None:
    visit_id, fingers = _at_fingers(practice), practice.station.fingers
    lab.person.stop()  # nobody lays a finger
    lab.scanner.lift()
    asked = threading.Event()
    practice.station.prompts.subscribe(lambda prompt: asked.set() if prompt.kind is PromptKind.PLACE_FINGER else None)
    waiting = fingers.take(visit_id, THUMB, lambda _: None)
    assert asked.wait(PATIENCE_S)
    fingers.cancel()
    with pytest.raises(CaptureCancelledError):
        practice.wait(waiting)
    assert practice.do(lambda: practice.station.visits.load(visit_id)).fingers == ()
    lab.serve(practice.station.prompts)
    assert practice.wait(fingers.take(visit_id, THUMB, lambda _: None)).fingers


def test_a_pulled_scanner_is_told_and_taken_up_again(practice: Practice, lab: Lab) -> None:
    visit_id, fingers = _at_fingers(practice), practice.station.fingers
    lab.scanner.unplug()
    with pytest.raises(DeviceError):
        practice.wait(fingers.take(visit_id, THUMB, lambda _: None))
    lab.scanner.replug()
    practice.station.bay.open_all(PATIENCE_S)
    assert practice.wait(fingers.take(visit_id, THUMB, lambda _: None)).fingers


def test_a_finger_is_excepted_by_two_officers_and_then_not_taken(practice: Practice) -> None:
    visit_id, fingers = _at_fingers(practice), practice.station.fingers
    partial = ExceptionCode.AMPUTATED_PARTIAL
    with pytest.raises(RuleError, match=r"sign_on\.same_officer"):
        practice.do(lambda: fingers.except_(visit_id, THUMB, partial, "putus", True, "petugas", PASSWORD))
    excepted = practice.do(lambda: fingers.except_(visit_id, THUMB, partial, "putus", True, SUPERVISOR, PASSWORD))
    assert excepted.exceptions[0].confirmed_by == SUPERVISOR
    assert excepted.next_finger() is FingerPosition.RIGHT_INDEX
    with pytest.raises(RuleError, match=r"fingerprint\.excepted"):
        practice.wait(fingers.take(visit_id, THUMB, lambda _: None))
    withdrawn = practice.do(lambda: fingers.withdraw_exception(visit_id, THUMB))
    assert withdrawn.next_finger() is THUMB
    with pytest.raises(RuleError, match=r"exception\.absent"):
        practice.do(lambda: fingers.withdraw_exception(visit_id, THUMB))
    with pytest.raises(RuleError, match=r"fingerprint\.missing"):
        practice.do(lambda: fingers.finish(visit_id))


def test_a_dot_is_no_signature_and_what_is_cleared_is_gone(practice: Practice, lab: Lab) -> None:
    visit_id, signature = _at_fingers(practice), practice.station.signature
    practice.operator.fingers(visit_id)
    lab.person.stop()
    news = threading.Event()
    signature.start(visit_id, news.set)
    while signature.geometry() is None:
        assert news.wait(PATIENCE_S)
        news.clear()
        signature.ink()
        assert signature.failure() is None
    lab.pad.trace([CountPoint(1500, 1400, 500, down=True, time_s=0.0)], fast=True)
    while not signature.ink():
        assert news.wait(PATIENCE_S)
        news.clear()
    with pytest.raises(RuleError, match=r"signature\.too_few_points"):
        practice.wait(signature.take(visit_id))
    signature.clear(visit_id)
    assert signature.ink() == ()
    lab.serve(practice.station.prompts)
    signed = practice.operator.sign(visit_id)
    assert signed.state is State.REVIEW
    assert signed.signatures[0].points > 20
    assert decode_png(practice.do(lambda: signature.image(visit_id))).ndim == 2


def test_who_cannot_sign_is_recorded_without_a_signature(practice: Practice) -> None:
    visit_id, signature = _at_fingers(practice), practice.station.signature
    practice.operator.fingers(visit_id)
    missing = practice.do(lambda: signature.cannot_sign(visit_id, SUPERVISOR, PASSWORD)).signature_missing
    assert missing is not None
    assert (missing.reason, missing.confirmed_by) == (NotCapturedReason.UNABLE_TO_SIGN, SUPERVISOR)
    assert practice.do(lambda: signature.finish(visit_id)).state is State.REVIEW
