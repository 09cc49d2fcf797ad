"""Entries as stations wrote them before later fields were kept: each is read, with what was true of it then."""

from __future__ import annotations

import json
from typing import Any

import pytest

from devices.positions import FingerPosition
from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.portraits import MAX_PORTRAITS
from station.domain.samples import Accepted, PortraitAttempt
from station.domain.step import State
from station.store.visits import _adapter
from tests.support.histories import cleared, exception, finger, finished, identified, opened, positioned

AT, BY = "2020-04-13T02:00:00Z", "operator-1"
SOURCE = {
    "slot": "camera",
    "maker": "Maker",
    "model": "Model",
    "serial": "S-1",
    "firmware": "1.0",
    "simulated": False,
}
ATTEMPT: dict[str, Any] = {
    "number": 1,
    "blob_id": "blob-p1",
    "width": 480,
    "height": 640,
    "taken_at": AT,
    "source": SOURCE,
    "quality": [{"algorithm": "ktpel-portrait-1", "value": 71.0}],
    "eyes": [[301.5, 400.25], [180.0, 399.75]],
    "hints": ["portrait.too_small"],
    "forced_by": "",
    "accepted_at": None,
}


def read(kind: type[h.Entry], words: dict[str, Any]) -> h.Entry:
    return _adapter(kind.__name__).validate_json(json.dumps({"at": AT, "by": BY, **words}))


def taken(number: int) -> h.Entry:
    return read(h.PortraitTaken, {"attempt": {**ATTEMPT, "number": number}})


def accepted(number: int) -> h.Entry:
    return read(h.PortraitAccepted, {"number": number})


def test_a_portrait_of_before_is_one_picture_without_figures() -> None:
    entry = taken(1)
    assert isinstance(entry, h.PortraitTaken)
    attempt = entry.attempt
    assert isinstance(attempt, PortraitAttempt)
    assert (attempt.face, attempt.crop, attempt.backdrop, attempt.checks, attempt.burst) == (None, None, "", (), 1)
    assert (attempt.accepted, attempt.replaced) == (None, None)
    assert attempt.eyes == ((301.5, 400.25), (180.0, 399.75))


def test_an_approval_of_before_was_told_to_the_officer() -> None:
    entry = accepted(1)
    assert isinstance(entry, h.PortraitAccepted)
    assert entry.accepted is Accepted.TOLD


def test_a_recording_of_before_with_five_portraits_and_no_hands_still_leads_to_the_signature() -> None:
    forced = read(h.PortraitForced, {"number": 5, "forced_by": "supervisor-1", "reason": "scarf"})
    rest = [
        h.FingerTaken(attempt=finger(each), at=forced.at, by=BY)
        for each in FingerPosition
        if each is not FingerPosition.LEFT_LITTLE
    ]
    enrollment = Enrollment.of(
        "visit-1",
        [
            opened(),
            identified(),
            cleared(),
            *(taken(number) for number in range(1, 6)),
            forced,
            accepted(5),
            finished(State.PORTRAIT),
            h.FingerExcepted(exception=exception(FingerPosition.LEFT_LITTLE), at=forced.at, by=BY),
            *rest,
            finished(State.FINGERPRINTS),
        ],
    )
    assert enrollment.state is State.SIGNATURE
    approved = enrollment.accepted()
    assert approved is not None
    assert (approved.number, approved.accepted, approved.accepted_at) == (5, Accepted.TOLD, forced.at)
    assert len(enrollment.portraits) > MAX_PORTRAITS
    assert enrollment.portrait_attempts_left == 0


def test_a_position_is_read_back_as_it_was_kept_and_a_place_that_is_none_is_refused() -> None:
    entry = positioned()
    adapter = _adapter("Positioned")
    assert adapter.validate_json(adapter.dump_json(entry)) == entry
    assert read(h.Positioned, {"position": None, "missing": "searching"}) == h.Positioned(
        position=None, missing="searching", at=entry.at, by=BY
    )
    words = json.loads(adapter.dump_json(entry))
    words["position"] |= {"latitude": 0, "longitude": 0}
    with pytest.raises(ValueError, match="no place"):
        adapter.validate_json(json.dumps(words))
