"""Both hands where fingers are missing; how portraits leave: within their size, with another background if wanted."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from devices.positions import FingerPosition
from station.biometrics import portrait_image
from station.biometrics.images import decode_png
from station.config import CaptureSection, PortraitCoding, PortraitSection
from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.samples import Accepted, ExceptionCode, FingerException
from station.domain.step import State
from station.errors import RuleError
from station.lab.lab import Lab
from station.lab.operator import OPERATOR, SUPERVISOR
from tests.support.nist_reader import read
from tests.support.practice import PASSWORD, PATIENCE_S, Practice, practising


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(lifelike=False, cards=False) as running:
        yield running


@pytest.fixture
def practice(lab: Lab, tmp_path: Path) -> Iterator[Practice]:
    with practising(lab, tmp_path) as running:
        yield running


def blob(practice: Practice, blob_id: str) -> bytes:
    def get() -> bytes:
        with practice.station._records.work() as work:
            return work.blobs.get(blob_id)

    return practice.do(get)


def at_fingers(practice: Practice) -> str:
    visit_id = practice.cleared()
    practice.operator.portrait(visit_id)
    return visit_id


def without_fingers(practice: Practice, visit_id: str) -> Enrollment:
    """No finger can be taken, as two officers saw; written at once, since passwords take their time."""
    at = practice.station.clock.now()
    unable = [
        FingerException(position, ExceptionCode.UNABLE_TO_PRINT, "gips", True, OPERATOR, SUPERVISOR, at)
        for position in FingerPosition
    ]

    def decide(_: Enrollment, __: object) -> list[h.Entry]:
        return [h.FingerExcepted(exception=each, at=at, by=OPERATOR) for each in unable]

    return practice.do(lambda: practice.station._records.keep(visit_id, decide, action="fingerprint.excepted"))


def test_missing_fingers_want_a_picture_with_both_hands(practice: Practice) -> None:
    visit_id, portrait = at_fingers(practice), practice.station.portrait
    with pytest.raises(RuleError, match=r"visit\.out_of_turn"):  # nobody lacks a finger yet
        practice.wait(portrait.take_with_hands(visit_id))
    assert without_fingers(practice, visit_id).wants_hands
    with pytest.raises(RuleError, match=r"exception\.portrait_missing"):
        practice.do(lambda: practice.station.fingers.finish(visit_id))
    with pytest.raises(RuleError, match=r"exception\.portrait_missing"):
        practice.do(lambda: portrait.image_with_hands(visit_id))
    with pytest.raises(RuleError, match=r"visit\.out_of_turn"):  # a portrait is none of this step
        practice.wait(portrait.take(visit_id))

    woken = threading.Event()
    portrait.start(visit_id, woken.set)  # the camera is looked through once more
    assert woken.wait(PATIENCE_S)
    assert portrait.latest() is not None
    taken = practice.wait(portrait.take_with_hands(visit_id))
    portrait.stop()
    (hands,) = taken.exception_portraits
    assert hands.fingers == tuple(FingerPosition)
    assert not taken.wants_hands
    shown = decode_png(practice.do(lambda: portrait.image_with_hands(visit_id)))
    assert shown.shape == (hands.height, hands.width, 3)
    assert practice.do(lambda: practice.station.fingers.finish(visit_id)).state is State.SIGNATURE


def test_an_office_may_do_without_the_hands(lab: Lab, tmp_path: Path) -> None:
    with practising(lab, tmp_path, capture=CaptureSection(exception_portrait=False)) as practice:
        visit_id = at_fingers(practice)
        without_fingers(practice, visit_id)
        assert practice.do(lambda: practice.station.fingers.finish(visit_id)).state is State.SIGNATURE


# on the way out


def test_an_office_may_replace_the_background_and_the_original_travels_all_the_same(lab: Lab, tmp_path: Path) -> None:
    capture = CaptureSection(
        replace_background=True,
        burst_frames=1,
        portrait=PortraitSection(coding=PortraitCoding.JPEG, most_bytes=30_000),
    )
    with practising(lab, tmp_path, capture=capture) as practice:
        visit_id, portrait, finishing = practice.cleared(), practice.station.portrait, practice.station.finishing
        attempt = practice.wait(portrait.take(visit_id)).portraits[0]
        assert attempt.replaced is not None
        assert attempt.crop is not None
        shown = decode_png(practice.do(lambda: portrait.image(visit_id, 1)))
        assert shown.shape[:2] == attempt.crop[:1:-1]
        red, green, blue = (int(attempt.replaced.colour[at : at + 2], 16) for at in (1, 3, 5))
        assert np.abs(shown[:20, :20].astype(int) - (blue, green, red)).mean() < 2
        original = portrait_image.cut(decode_png(blob(practice, attempt.blob_id)), attempt)

        practice.do(lambda: portrait.accept(visit_id, 1, Accepted.ON_SCREEN))
        without_fingers(practice, visit_id)
        practice.operator.fingers(visit_id)
        practice.do(lambda: practice.station.signature.cannot_sign(visit_id, SUPERVISOR, PASSWORD))
        practice.do(lambda: practice.station.signature.finish(visit_id))
        for step in (finishing.review, finishing.issue_receipt, practice.station.approval.approve, finishing.seal):
            practice.do(lambda s=step: s(visit_id))  # type: ignore[misc]  # bound now
        members = practice.unsealed(practice.do(lambda: finishing.packet_path(visit_id))).members
    face = read(members["biometrics.an2"])[1]
    assert face.image is not None
    assert face.text(11) == "JPEGB"
    assert [row[1] for row in face.rows(29)] == ["12.2", "12.1"]
    assert all(len(each) <= 30_000 for each in (face.image, members["exception-portrait.jpg"]))
    assert np.abs(portrait_image.decode(face.image).astype(int) - original).mean() < 4
    replaced = portrait_image.decode(members["portrait-background-replaced.jpg"])
    assert np.abs(replaced.astype(int) - shown).mean() < 4
    told = json.loads(members["recording.json"])["portrait"]
    assert told["approval"]["shown"] == "replaced_background"
    assert told["approval"]["how"] == "on_screen"
