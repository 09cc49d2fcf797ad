"""Ten fingers as a bureau would take them: order, comparison with each other, passing injuries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from devices.positions import GROUPS, RIGHT_FOUR, THUMBS
from devices.positions import FingerPosition as F
from devices.simulation.finger import finger, impression
from station.biometrics import finger_iso
from station.config import CaptureSection, FingerPlan
from station.domain.enrollment import Enrollment
from station.domain.history import LikenessFound, LikenessSettled
from station.domain.samples import ExceptionCode, LikenessVerdict
from station.domain.step import State
from station.errors import RuleError
from station.lab.lab import Lab
from station.lab.operator import SUPERVISOR
from station.services.prompts import Prompt, PromptKind
from tests.support.nist_reader import read
from tests.support.practice import PASSWORD, Practice, practising

FULL = (320, 400)
SEED = 11


@pytest.fixture(scope="module")
def wide() -> Iterator[Lab]:
    """A lab whose scanner shows whole fingers."""
    with Lab(lifelike=False, cards=False, platen=FULL) as running:
        yield running


@pytest.fixture
def practice(wide: Lab, tmp_path: Path) -> Iterator[Practice]:
    with practising(wide, tmp_path) as running:
        yield running


@contextmanager
def laid(practice: Practice, instead: dict[F, F]) -> Iterator[None]:
    """Somebody lays the finger that is asked for, or another one instead of it."""
    practice.lab.person.stop()
    pressed = iter(range(1000))

    def obey(prompt: Prompt) -> None:
        if prompt.kind is PromptKind.PLACE_FINGER:
            (wanted,) = prompt.fingers
            master = finger(SEED, instead.get(wanted, wanted))
            practice.lab.scanner.place_finger(impression(master, next(pressed), strength=0.4))
        elif prompt.kind is PromptKind.LIFT_FINGER:
            practice.lab.scanner.lift()

    unsubscribe = practice.station.prompts.subscribe(obey)
    try:
        yield
    finally:
        unsubscribe()


def _at_fingers(practice: Practice) -> str:
    visit_id = practice.cleared()
    practice.operator.portrait(visit_id)
    return visit_id


def _take(practice: Practice, visit_id: str, *positions: F) -> Enrollment:
    for position in positions:
        practice.wait(practice.station.fingers.take(visit_id, (position,), lambda _: None))
    return practice.do(lambda: practice.station.fingers.compare(visit_id))


def test_a_finger_laid_twice_is_found_and_the_step_waits_for_the_officer(practice: Practice) -> None:
    visit_id, fingers = _at_fingers(practice), practice.station.fingers
    with laid(practice, {F.RIGHT_MIDDLE: F.RIGHT_INDEX}):
        visit = _take(practice, visit_id, F.RIGHT_THUMB, F.RIGHT_INDEX, F.RIGHT_MIDDLE)
        (likeness,) = visit.undecided
        assert (likeness.position, likeness.other) == (F.RIGHT_MIDDLE, F.RIGHT_INDEX)
        assert likeness.reliable
        with pytest.raises(RuleError, match=r"likeness\.reason_missing"):
            practice.do(lambda: fingers.settle(visit_id, likeness, LikenessVerdict.DIFFERENT, ""))
        settled = practice.do(lambda: fingers.settle(visit_id, likeness, LikenessVerdict.RETAKE, ""))
        assert settled.undecided == ()
        assert settled.next_finger() is F.RIGHT_MIDDLE
    assert [type(each) for each in settled.entries[-2:]] == [LikenessFound, LikenessSettled]


def test_ten_fingers_of_one_person_do_not_look_alike(practice: Practice) -> None:
    visit_id = _at_fingers(practice)
    with laid(practice, {}):
        visit = _take(practice, visit_id, *F)
        assert visit.likenesses == ()
        assert practice.do(lambda: practice.station.fingers.finish(visit_id)).state is State.SIGNATURE


def test_swapped_hands_are_found_when_the_other_hand_comes(practice: Practice) -> None:
    visit_id = _at_fingers(practice)
    with laid(practice, {F.RIGHT_INDEX: F.LEFT_INDEX, F.RIGHT_MIDDLE: F.LEFT_MIDDLE}):
        visit = _take(practice, visit_id, F.RIGHT_INDEX, F.RIGHT_MIDDLE, F.LEFT_INDEX, F.LEFT_MIDDLE)
    pairs = {(each.position, each.other) for each in visit.undecided}
    assert pairs == {(F.LEFT_INDEX, F.RIGHT_INDEX), (F.LEFT_MIDDLE, F.RIGHT_MIDDLE)}


def test_nothing_is_left_uncompared_at_the_end_of_the_step_even_after_a_restart(wide: Lab, tmp_path: Path) -> None:
    with practising(wide, tmp_path) as practice:
        visit_id = _at_fingers(practice)
        with laid(practice, {F.LEFT_LITTLE: F.LEFT_RING}):
            for position in F:
                practice.wait(practice.station.fingers.take(visit_id, (position,), lambda _: None))
    with practising(wide, tmp_path) as practice:
        practice.operator.sign_on()
        with pytest.raises(RuleError, match=r"likeness\.undecided"):
            practice.do(lambda: practice.station.fingers.finish(visit_id))


def test_a_small_platen_only_warns(tmp_path: Path) -> None:
    with Lab(lifelike=False, cards=False) as lab, practising(lab, tmp_path) as practice:
        visit_id = _at_fingers(practice)
        with laid(practice, {F.RIGHT_INDEX: F.RIGHT_THUMB}):
            visit = _take(practice, visit_id, F.RIGHT_THUMB, F.RIGHT_INDEX)
        assert visit.undecided == ()
        assert all(not each.reliable for each in visit.likenesses)


def test_the_settings_order_the_fingers(wide: Lab, tmp_path: Path) -> None:
    order = tuple(each for each in F if each not in THUMBS) + THUMBS
    thumbs_last = CaptureSection(finger_order=order)
    with practising(wide, tmp_path, capture=thumbs_last) as practice:
        visit_id = _at_fingers(practice)
        visit = practice.do(lambda: practice.station.visits.load(visit_id))
        assert practice.station.fingers.next_request(visit) == (F.RIGHT_INDEX,)


def test_four_four_two_asks_for_what_is_left_of_a_group(wide: Lab, tmp_path: Path) -> None:
    with practising(wide, tmp_path, capture=CaptureSection(fingers=FingerPlan.GROUPS)) as practice:
        visit_id, fingers = _at_fingers(practice), practice.station.fingers
        visit = practice.do(lambda: practice.station.visits.load(visit_id))
        assert fingers.next_request(visit) == RIGHT_FOUR
        for position in RIGHT_FOUR:
            visit = practice.do(
                lambda p=position: fingers.except_(  # type: ignore[misc]  # bound now
                    visit_id, p, ExceptionCode.UNABLE_TO_PRINT, "gips", False, SUPERVISOR, PASSWORD
                )
            )
        assert fingers.next_request(visit) == (F.LEFT_INDEX, F.LEFT_MIDDLE, F.LEFT_RING, F.LEFT_LITTLE)


def test_a_passing_injury_has_a_working_day_to_come_back(practice: Practice) -> None:
    visit_id, fingers = _at_fingers(practice), practice.station.fingers
    unable = ExceptionCode.UNABLE_TO_PRINT
    visit = practice.do(lambda: fingers.except_(visit_id, F.LEFT_RING, unable, "gips", False, SUPERVISOR, PASSWORD))
    assert visit.return_on is not None
    today = practice.station.clock.now().astimezone(practice.station.settings.zone.tz).date()
    assert visit.return_on >= today + timedelta(days=14)
    assert visit.return_on.weekday() < 5
    for_good = practice.do(
        lambda: fingers.except_(visit_id, F.LEFT_LITTLE, unable, "putus", True, SUPERVISOR, PASSWORD)
    )
    assert for_good.exception(F.LEFT_LITTLE) is not None
    assert for_good.return_on == visit.return_on


def test_a_slap_scanner_takes_ten_fingers_in_three_pictures_and_the_packet_holds_them(tmp_path: Path) -> None:
    groups = CaptureSection(fingers=FingerPlan.GROUPS, finger_record=True)
    with Lab(lifelike=False, cards=False, slaps=True) as lab, practising(lab, tmp_path, capture=groups) as practice:
        visit_id = _at_fingers(practice)
        visit = practice.operator.fingers(visit_id)
        assert [tuple(each.position for each in slap.segments) for slap in visit.slaps] == list(GROUPS)
        assert {each.position: each.slap for each in visit.fingers} == {
            p: 1 + g for g, e in enumerate(GROUPS) for p in e
        }
        assert not any(each.undersized or each.coarse for each in visit.fingers)
        assert visit.likenesses == ()
        practice.operator.sign(visit_id)
        done = practice.operator.finish(visit_id, tmp_path / "papers")
        members = practice.unsealed(done.packet).members
    records = read(members["biometrics.an2"])
    fourteens = {int(each.rows(13)[0][0]): each for each in records if each.kind == 14}
    assert sorted(fourteens) == [*range(1, 11), 13, 14, 15]
    single = {each.position: each for each in finger_iso.decode(members["fingerprints.iso19794-4"])}
    assert sorted(single) == list(range(1, 11))
    assert all(each.image == fourteens[position].image for position, each in single.items())


def test_a_finger_that_is_excepted_is_left_out_of_its_slap(tmp_path: Path) -> None:
    groups = CaptureSection(fingers=FingerPlan.GROUPS)
    with Lab(lifelike=False, cards=False, slaps=True) as lab, practising(lab, tmp_path, capture=groups) as practice:
        visit_id, fingers = _at_fingers(practice), practice.station.fingers
        unable = ExceptionCode.UNABLE_TO_PRINT
        practice.do(lambda: fingers.except_(visit_id, F.RIGHT_RING, unable, "gips", False, SUPERVISOR, PASSWORD))
        visit = practice.wait(fingers.take(visit_id, RIGHT_FOUR, lambda _: None))
        assert [each.position for each in visit.fingers] == [F.RIGHT_INDEX, F.RIGHT_MIDDLE, F.RIGHT_LITTLE]


def test_an_applicant_without_any_finger_is_recorded_with_all_the_rest(tmp_path: Path) -> None:
    settings = CaptureSection(finger_record=True)
    with Lab(lifelike=False, cards=False) as lab, practising(lab, tmp_path, capture=settings) as practice:
        visit_id, fingers = _at_fingers(practice), practice.station.fingers
        gone = partial(
            fingers.except_,
            visit_id,
            code=ExceptionCode.AMPUTATED_PARTIAL,
            reason="putus",
            permanent=True,
            officer_id=SUPERVISOR,
            password=PASSWORD,
        )
        for position in F:
            practice.do(partial(gone, position))
        with pytest.raises(RuleError, match=r"exception\.portrait_missing"):
            practice.do(lambda: fingers.finish(visit_id))
        practice.wait(practice.station.portrait.take_with_hands(visit_id))
        assert practice.do(lambda: fingers.finish(visit_id)).state is State.SIGNATURE
        practice.operator.sign(visit_id)
        members = practice.unsealed(practice.operator.finish(visit_id, tmp_path / "papers").packet).members
    assert "fingerprints.iso19794-4" not in members
    records = [each for each in read(members["biometrics.an2"]) if each.kind == 14]
    assert [each.rows(18) for each in records] == [[[str(int(position)), "XX"]] for position in F]
    assert all(each.image is None for each in records)
