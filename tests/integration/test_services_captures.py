"""The captures: nothing before the leave, the newest frame alone, what a supervisor signs for, what is none."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from devices.errors import CaptureCancelledError, DeviceError
from devices.positions import FingerPosition
from devices.simulation.stroke import CountPoint
from protocols.clearance import NotClearedError
from station.biometrics.images import decode_png
from station.config import CaptureSection
from station.domain.history import EndReason, ParkReason
from station.domain.officer import Role
from station.domain.samples import Accepted, ExceptionCode, NotCapturedReason
from station.domain.step import State
from station.errors import RuleError
from station.lab.lab import Lab
from station.lab.operator import SUPERVISOR
from station.services.prompts import Prompt, PromptKind
from station.services.sign_on import NewOfficer
from tests.support.practice import PASSWORD, PATIENCE_S, Practice, practising

THUMB = FingerPosition.RIGHT_THUMB
PROMPTLY_S = 5.0
"""Far less than a scanner or a pad waits for a person."""


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(lifelike=False, cards=False) as running:
        yield running


@pytest.fixture
def practice(lab: Lab, tmp_path: Path) -> Iterator[Practice]:
    with practising(lab, tmp_path) as running:
        yield running


def _at_fingers(practice: Practice) -> str:
    visit_id = practice.cleared()
    practice.operator.portrait(visit_id)
    return visit_id


def test_fingers_come_after_the_accepted_portrait_alone(practice: Practice, lab: Lab) -> None:
    visit_id, before = practice.cleared(), lab.scanner.commands[0x01]
    with pytest.raises(RuleError, match=r"visit\.out_of_turn"):
        practice.wait(practice.station.fingers.take(visit_id, (THUMB,), lambda _: None))
    assert lab.scanner.commands[0x01] == before  # the platen was not even looked at


def test_a_finger_is_asked_for_lifted_and_kept_as_it_came(practice: Practice) -> None:
    visit_id = _at_fingers(practice)
    said: list[Prompt] = []
    heard: list[float] = []
    unsubscribe = practice.station.prompts.subscribe(said.append)
    attempt = practice.wait(practice.station.fingers.take(visit_id, (THUMB,), heard.append)).fingers[0]
    unsubscribe()
    assert [each for each in said if each.fingers == (THUMB,)][-2:] == [
        Prompt(PromptKind.PLACE_FINGER, (THUMB,)),
        Prompt(PromptKind.LIFT_FINGER, (THUMB,)),
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
    waiting = fingers.take(visit_id, (THUMB,), lambda _: None)
    assert asked.wait(PATIENCE_S)
    fingers.cancel()
    with pytest.raises(CaptureCancelledError):
        practice.wait(waiting)
    assert practice.do(lambda: practice.station.visits.load(visit_id)).fingers == ()
    lab.serve(practice.station.prompts)
    assert practice.wait(fingers.take(visit_id, (THUMB,), lambda _: None)).fingers


def test_a_pulled_scanner_is_told_and_taken_up_again(practice: Practice, lab: Lab) -> None:
    visit_id, fingers = _at_fingers(practice), practice.station.fingers
    lab.scanner.unplug()
    with pytest.raises(DeviceError):
        practice.wait(fingers.take(visit_id, (THUMB,), lambda _: None))
    lab.scanner.replug()
    practice.station.bay.open_all(PATIENCE_S)
    assert practice.wait(fingers.take(visit_id, (THUMB,), lambda _: None)).fingers


def test_a_finger_is_excepted_by_two_officers_and_then_not_taken(practice: Practice) -> None:
    visit_id, fingers = _at_fingers(practice), practice.station.fingers
    partial = ExceptionCode.AMPUTATED_PARTIAL
    with pytest.raises(RuleError, match=r"sign_on\.same_officer"):
        practice.do(lambda: fingers.except_(visit_id, THUMB, partial, "putus", True, "petugas", PASSWORD))
    excepted = practice.do(lambda: fingers.except_(visit_id, THUMB, partial, "putus", True, SUPERVISOR, PASSWORD))
    assert excepted.exceptions[0].confirmed_by == SUPERVISOR
    assert excepted.next_finger() is FingerPosition.RIGHT_INDEX
    with pytest.raises(RuleError, match=r"fingerprint\.excepted"):
        practice.wait(fingers.take(visit_id, (THUMB,), lambda _: None))
    withdrawn = practice.do(lambda: fingers.withdraw_exception(visit_id, THUMB))
    assert withdrawn.next_finger() is THUMB
    with pytest.raises(RuleError, match=r"exception\.absent"):
        practice.do(lambda: fingers.withdraw_exception(visit_id, THUMB))
    with pytest.raises(RuleError, match=r"fingerprint\.missing"):
        practice.do(lambda: fingers.finish(visit_id))


def _at_signature(practice: Practice) -> str:
    visit_id = _at_fingers(practice)
    practice.operator.fingers(visit_id)
    return visit_id


def _some_ink(practice: Practice, lab: Lab, visit_id: str) -> None:
    """A dot has arrived from the pad, and the pen has been lifted from it."""
    signature, news = practice.station.signature, threading.Event()
    signature.start(visit_id, news.set)
    while signature.geometry() is None:
        assert news.wait(PATIENCE_S)
        news.clear()
        signature.ink()
        assert signature.failure() is None
    lab.pad.trace([CountPoint(1500, 1400, 500, down=True, time_s=0.0)], fast=True)
    while not (ink := signature.ink()) or ink[-1].down:
        assert news.wait(PATIENCE_S)
        news.clear()


def test_a_dot_is_no_signature_and_what_is_cleared_is_gone(practice: Practice, lab: Lab) -> None:
    visit_id, signature = _at_signature(practice), practice.station.signature
    lab.person.stop()
    _some_ink(practice, lab, visit_id)
    with pytest.raises(RuleError, match=r"signature\.too_small"):
        practice.wait(signature.take(visit_id))
    signature.clear(visit_id)
    assert signature.ink() == ()
    lab.serve(practice.station.prompts)
    signed = practice.operator.sign(visit_id)
    assert signed.state is State.REVIEW
    assert signed.signatures[0].points > 20
    assert decode_png(practice.do(lambda: signature.image(visit_id))).ndim == 2


def test_who_cannot_sign_is_recorded_without_a_signature(practice: Practice) -> None:
    visit_id, signature = _at_signature(practice), practice.station.signature
    missing = practice.do(lambda: signature.cannot_sign(visit_id, SUPERVISOR, PASSWORD)).signature_missing
    assert missing is not None
    assert (missing.reason, missing.confirmed_by) == (NotCapturedReason.UNABLE_TO_SIGN, SUPERVISOR)
    assert practice.do(lambda: signature.finish(visit_id)).state is State.REVIEW


@pytest.mark.parametrize("end", ["park", "sign off", "cancel"])
def test_whoever_ends_the_visit_or_their_turn_ends_the_scanner_that_waits(
    practice: Practice, lab: Lab, end: str
) -> None:
    visit_id, fingers = _at_fingers(practice), practice.station.fingers
    lab.person.stop()
    lab.scanner.lift()
    asked = threading.Event()
    practice.station.prompts.subscribe(lambda prompt: asked.set() if prompt.kind is PromptKind.PLACE_FINGER else None)
    waiting = fingers.take(visit_id, (THUMB,), lambda _: None)
    second = fingers.take(visit_id, (THUMB,), lambda _: None)
    assert asked.wait(PATIENCE_S)
    visits = practice.station.visits
    practice.do(
        {
            "park": lambda: visits.park(visit_id, ParkReason.DEVICE_BROKEN),
            "sign off": practice.station.sign_on.sign_off,
            "cancel": lambda: visits.cancel(visit_id, EndReason.APPLICANT_LEFT),
        }[end]
    )
    for future in (waiting, second):
        with pytest.raises((CaptureCancelledError, NotClearedError)):
            future.result(PROMPTLY_S)
    assert practice.station.prompts.current.kind is PromptKind.NOTHING
    assert practice.station.bay.submit("fingerprint", lambda device: device.self_test()).result(PROMPTLY_S).passed


def test_ink_ends_and_is_forgotten_with_its_leave(practice: Practice, lab: Lab) -> None:
    visit_id, signature = _at_signature(practice), practice.station.signature
    lab.person.stop()
    _some_ink(practice, lab, visit_id)
    practice.do(practice.station.sign_on.sign_off)
    assert signature.ink() == ()
    assert isinstance(signature.failure(), NotClearedError)
    assert practice.station.prompts.current.kind is PromptKind.NOTHING
    assert practice.station.bay.submit("signature_pad", lambda device: device.self_test()).result(PROMPTLY_S).passed


def test_a_finger_that_nobody_lays_leaves_no_wish_behind(lab: Lab, tmp_path: Path) -> None:
    with practising(lab, tmp_path, capture=CaptureSection(finger_timeout_s=1)) as practice:
        visit_id = _at_fingers(practice)
        lab.person.stop()
        lab.scanner.lift()
        with pytest.raises(DeviceError):
            practice.wait(practice.station.fingers.take(visit_id, (THUMB,), lambda _: None))
        assert practice.station.prompts.current.kind is PromptKind.NOTHING


def test_a_cancel_ends_every_round_that_was_asked_for(practice: Practice, lab: Lab) -> None:
    visit_id, fingers = _at_fingers(practice), practice.station.fingers
    lab.person.stop()
    lab.scanner.lift()
    held = threading.Event()
    practice.station.desk.submit(lambda: held.wait(PATIENCE_S))  # both are still being checked when they are given up
    rounds = [fingers.take(visit_id, (THUMB,), lambda _: None) for _ in range(2)]
    fingers.cancel()
    held.set()
    for each in rounds:
        with pytest.raises(CaptureCancelledError):
            each.result(PROMPTLY_S)


def test_pictures_of_the_applicant_are_shown_to_an_officer_alone(practice: Practice) -> None:
    visit_id, station = _at_fingers(practice), practice.station
    practice.wait(station.fingers.take(visit_id, (THUMB,), lambda _: None))
    practice.do(station.sign_on.sign_off)
    looks: list[Callable[[], object]] = [
        lambda: station.portrait.image(visit_id, 1),
        lambda: station.fingers.image(visit_id, THUMB, 1),
        lambda: station.signature.image(visit_id),
    ]
    for look in looks:
        with pytest.raises(RuleError, match=r"sign_on\.needed"):
            practice.do(look)


def test_whoever_may_not_record_decides_about_no_capture(practice: Practice) -> None:
    visit_id, station = _at_fingers(practice), practice.station
    partial = ExceptionCode.AMPUTATED_PARTIAL
    practice.do(lambda: station.sign_on.take_on(NewOfficer("teknisi", "Tono", Role.TECHNICIAN, PASSWORD)))
    practice.operator.sign_on("teknisi")
    acts: list[Callable[[], object]] = [
        lambda: station.portrait.force(visit_id, 1, SUPERVISOR, PASSWORD, "x"),
        lambda: station.portrait.accept(visit_id, 1, Accepted.TOLD),
        lambda: station.fingers.except_(visit_id, THUMB, partial, "putus", True, SUPERVISOR, PASSWORD),
        lambda: station.fingers.withdraw_exception(visit_id, THUMB),
        lambda: station.fingers.finish(visit_id),
        lambda: station.signature.cannot_sign(visit_id, SUPERVISOR, PASSWORD),
        lambda: station.signature.finish(visit_id),
    ]
    for act in acts:
        with pytest.raises(RuleError, match=r"sign_on\.not_allowed"):
            practice.do(act)


def test_what_was_taken_under_a_leave_that_was_replaced_is_not_kept(practice: Practice, lab: Lab) -> None:
    visit_id, fingers = _at_fingers(practice), practice.station.fingers
    lab.person.stop()
    lab.scanner.lift()
    asked = threading.Event()
    practice.station.prompts.subscribe(lambda prompt: asked.set() if prompt.kind is PromptKind.PLACE_FINGER else None)
    waiting = fingers.take(visit_id, (THUMB,), lambda _: None)
    assert asked.wait(PATIENCE_S)
    practice.operator.screen(visit_id)
    lab.serve(practice.station.prompts)  # and now they lay it
    with pytest.raises(RuleError, match=r"capture\.not_cleared"):
        practice.wait(waiting)
    assert practice.do(lambda: practice.station.visits.load(visit_id)).fingers == ()
