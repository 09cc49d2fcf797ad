"""Two prints that look like one finger: shown side by side, decided by the officer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from devices.positions import FingerPosition as F
from devices.simulation.finger import finger, impression
from station.config import Settings
from station.domain.history import LikenessSettled
from station.domain.samples import LikenessVerdict
from station.services.prompts import Prompt, PromptKind
from tests.ui.conftest import Practice, practice
from tests.ui.keyboard import asked, identify, new_visit, pass_screening, press, take_portrait, text
from ui.widgets.pictures import Picture

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")

SEED = 11


@pytest.fixture
def wide(qtbot: QtBot, tmp_path: Path) -> Iterator[Practice]:
    """A counter whose scanner shows whole fingers."""
    with practice(qtbot, Settings(data_dir=tmp_path / "data"), platen=(320, 400)) as made:
        yield made


def _lay(counter: Practice, instead: dict[F, F]) -> None:
    """Whoever sits there lays another finger than the one that is asked for, the first time."""
    counter.lab.person.stop()
    pressed = iter(range(1000))

    def obey(prompt: Prompt) -> None:
        if prompt.kind is PromptKind.PLACE_FINGER:
            (wanted,) = prompt.fingers
            print_of = instead.pop(wanted, wanted)
            counter.lab.scanner.place_finger(impression(finger(SEED, print_of), next(pressed), strength=0.4))
        elif prompt.kind is PromptKind.LIFT_FINGER:
            counter.lab.scanner.lift()

    counter.station.prompts.subscribe(obey)


def test_both_prints_are_shown_and_the_one_the_officer_names_is_taken_again(wide: Practice) -> None:
    counter = wide
    counter.sign_on()
    counter.until(lambda: all(card.ready for card in counter.window.devices.cards.values()))
    new_visit(counter)
    identify(counter)
    pass_screening(counter)
    _lay(counter, {F.RIGHT_MIDDLE: F.RIGHT_INDEX})
    take_portrait(counter)
    counter.until(lambda: asked(counter))
    form = counter.focus().window()
    assert form.objectName() == "likeness"
    pictures = form.findChildren(Picture)
    assert [each.empty for each in pictures] == [False, False]
    press(counter, f"verdict.{LikenessVerdict.DIFFERENT.value}")
    counter.key(Qt.Key.Key_Return)
    counter.until(lambda: "mengapa keduanya disimpan" in text(counter, "likeness.problem"))
    press(counter, f"verdict.{LikenessVerdict.RETAKE.value}")
    counter.key(Qt.Key.Key_Return)
    counter.until(lambda: counter.focus().objectName() == "fingerprints.primary")
    (visit_id,) = (each.visit_id for each in counter.do(counter.station.visits.listing))
    visit = counter.do(lambda: counter.station.visits.load(visit_id))
    (settled,) = (each for each in visit.entries if isinstance(each, LikenessSettled))
    assert (settled.position, settled.verdict, settled.by) == (F.RIGHT_MIDDLE, LikenessVerdict.RETAKE, "petugas")
    assert [each.number for each in visit.attempts(F.RIGHT_MIDDLE)] == [1, 2]
    assert visit.undecided == ()
