"""The guidance's profile: whole, sourced, and in the order of what counts."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.camera import checks
from devices.camera.backdrop import Backdrop
from devices.camera.hints import PortraitHint
from devices.camera.limits import FILE, Bound, PortraitLimits

TEXT = resources.files("devices.camera").joinpath(FILE).read_text("utf-8")
LIMITS = PortraitLimits.standard()
BOUNDS = {name: getattr(LIMITS, name) for name in checks.HINTS}


def test_every_figure_has_a_source_and_every_check_a_bound() -> None:
    tables = tomllib.loads(TEXT)
    sourced = {name: table for name, table in tables.items() if name != "cloth"} | tables["cloth"]
    assert set(BOUNDS) | {"steadiness", *Backdrop} == set(sourced)
    assert all(len(table["source"]) > len("our own") for table in sourced.values())
    assert all(any(word in table["source"] for word in ("our own", "ISO", "OFIQ")) for table in sourced.values())


def test_nothing_calls_itself_compliant() -> None:
    assert "complian" not in TEXT
    assert "guidance" in TEXT


def test_what_counts_most_is_pose_then_sharpness_and_size_then_light_then_the_background() -> None:
    weight = {name: bound.weight for name, bound in BOUNDS.items()}
    assert min(weight["roll"], weight["turn"]) > max(weight["sharpness"], weight["eye_distance"], weight["eyes_open"])
    assert min(weight["sharpness"], weight["eye_distance"]) > max(weight["brightness"], weight["evenness"])
    assert weight["brightness"] > max(weight["background"], weight["background_colour"])


def test_every_hint_can_come_of_a_check() -> None:
    told = {hint for pair in checks.HINTS.values() for hint in pair} - {None}
    counted = {PortraitHint.NO_FACE, PortraitHint.SEVERAL_FACES, PortraitHint.EYES_UNSEEN}
    assert told | counted == set(PortraitHint)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[roll]", "[rolling]"),
        ("least = 90.0", "smallest = 90.0"),
        ('source = "ISO/IEC 19794-5:2011', 'source = ""\nmotto = "'),
        ('source = "OFIQ', '#'),
        ("[cloth.red]", "[cloth.green]"),
        ("frames = 5", ""),
        ("weight = 3.0", "weight ="),
    ],
)  # fmt: skip
def test_a_profile_that_lacks_something_or_knows_too_much_is_refused(old: str, new: str) -> None:
    assert old in TEXT
    with pytest.raises(ValueError):  # noqa: PT011 - the words are for a person; that it is refused is what counts
        PortraitLimits.parse(TEXT.replace(old, new))


@pytest.mark.parametrize("name", list(BOUNDS))
@given(st.floats(0, 50), st.floats(0, 50))
def test_the_further_out_of_bounds_the_lower_the_score_and_only_outside_is_a_hint(
    name: str, near: float, more: float
) -> None:
    bound: Bound = BOUNDS[name]
    for end, away in ((bound.least, -bound.soft), (bound.most, bound.soft)):
        if abs(end) == float("inf"):
            continue
        close, far = end + away * near, end + away * (near + more)
        assert bound.score(far) <= bound.score(close)
        assert 0 <= bound.score(far) <= 50 + 1e-9
        assert checks.judged(name, end, bound).hint is None
        assert (checks.judged(name, end + away * (near + 0.01), bound).hint is None) == (
            checks.HINTS[name][away > 0] is None
        )
