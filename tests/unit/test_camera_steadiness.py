"""Hints hold still, and the picture is taken after a steady second: on made-up verdicts and a made-up clock."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.camera.hints import PortraitHint, PortraitQuality
from devices.camera.limits import PortraitLimits
from devices.camera.steadiness import Guide, Steadiness

CALM = PortraitLimits.standard().steadiness
BEAT = 0.125
"""Eight pictures a second."""
GOOD = PortraitQuality((), right_eye=(580.0, 330.0), left_eye=(690.0, 330.0), eye_distance=110.0)
TILTED = replace(GOOD, hints=(PortraitHint.TILTED,))
NOBODY = PortraitQuality((PortraitHint.NO_FACE,))


def moved(by: float) -> PortraitQuality:
    return replace(GOOD, right_eye=(580.0 + by, 330.0), left_eye=(690.0 + by, 330.0))


def follow(*qualities: PortraitQuality, beat: float = BEAT) -> list[Guide]:
    steadiness = Steadiness()
    return [steadiness.update(quality, 50 + index * beat) for index, quality in enumerate(qualities)]


def test_a_second_without_hints_is_a_steady_one() -> None:
    guides = follow(*[GOOD] * 12)
    assert [guide.steady for guide in guides[:9]] == [index * BEAT for index in range(9)]
    assert guides[-1].steady == 1.0
    assert all(guide.hints == () for guide in guides)


def test_a_hint_is_told_at_once_and_stays_a_while_after_it_went() -> None:
    guides = follow(TILTED, *[GOOD] * 12)
    told = [guide.hints == (PortraitHint.TILTED,) for guide in guides]
    assert told[0]
    assert not told[-1]
    assert told.index(False) * BEAT >= CALM.hold_s
    assert told == sorted(told, reverse=True), "it goes once"


def test_one_strange_picture_is_not_told_but_takes_no_picture_either() -> None:
    guides = follow(*[GOOD] * 8, TILTED, GOOD)
    assert guides[8].hints == ()
    assert guides[8].steady < 1.0
    assert guides[9].steady == 1.0


def test_every_second_picture_with_a_hint_is_one_hint_that_stays() -> None:
    guides = follow(TILTED, GOOD, *[TILTED, GOOD] * 10)
    assert {guide.hints for guide in guides} == {(PortraitHint.TILTED,)}
    assert {guide.steady for guide in guides} == {0.0}


def test_who_moves_about_is_not_steady() -> None:
    step = 1.1 * CALM.drift * GOOD.eye_distance
    assert max(guide.steady for guide in follow(*(moved(step * index) for index in range(20)))) == 0.0
    still = follow(*(moved(0.3 * step * (-1) ** index) for index in range(12)))
    assert still[-1].steady == 1.0


def test_nobody_is_never_steady() -> None:
    assert {guide.steady for guide in follow(*[NOBODY] * 12)} == {0.0}


@pytest.mark.parametrize("pause", [CALM.gap_s + 0.01, -0.01])
def test_a_silence_begins_anew(pause: float) -> None:
    steadiness = Steadiness()
    for index in range(12):
        steadiness.update(GOOD, index * BEAT)
    assert steadiness.update(GOOD, 11 * BEAT + pause).steady == 0.0


def test_after_a_reset_nothing_is_remembered() -> None:
    steadiness = Steadiness()
    assert steadiness.update(TILTED, 1.0).hints == (PortraitHint.TILTED,)
    steadiness.reset()
    assert steadiness.update(GOOD, 1.1) == Guide((), GOOD, 0.0)


def test_the_newest_verdict_comes_along_and_the_eyes_do_not_show_in_the_repr() -> None:
    guide = follow(GOOD)[0]
    assert guide.quality is GOOD
    assert "580" not in repr(guide)


hint_sets = st.sets(st.sampled_from(list(PortraitHint)[3:]), max_size=4)


@given(st.lists(st.tuples(hint_sets, st.floats(0.0, 0.4)), max_size=60))
def test_no_hint_turns_twice_within_the_time_that_it_has_to_hold(stream: list[tuple[set[PortraitHint], float]]) -> None:
    steadiness, now = Steadiness(), 0.0
    turned: dict[PortraitHint, list[float]] = {hint: [] for hint in PortraitHint}
    before: frozenset[PortraitHint] = frozenset()
    for hints, pause in stream:
        now += pause
        guide = steadiness.update(replace(GOOD, hints=tuple(hints)), now)
        for hint in before ^ frozenset(guide.hints):
            turned[hint].append(now)
        before = frozenset(guide.hints)
        assert list(guide.hints) == [hint for hint in PortraitHint if hint in before], "in their order"
        assert 0.0 <= guide.steady <= 1.0
        assert not (guide.hints and guide.steady), "whoever has to change something is not steady"
        assert guide.steady < 1.0 or not hints
    for times in turned.values():
        assert all(later - earlier >= CALM.hold_s for earlier, later in pairwise(times))
