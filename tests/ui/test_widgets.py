"""What stands around the screens, and the parts they are made of: names, room for a finger, both languages."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from devices.device import Health, HealthState
from devices.errors import OperatorCanMendError, Remedy, TechnicianNeededError
from devices.positions import FingerPosition
from station.domain.step import State
from ui.language import Text
from ui.theme import tokens as t
from ui.widgets.device_panel import NAMES
from ui.widgets.fields import Choice, Field, LineEdit, choice, line, segments
from ui.widgets.hands import FINGERS, FingerState, FingerView, Hands
from ui.widgets.rail import STEPS
from ui.widgets.score_bar import ScoreBar
from ui.widgets.text import Button
from ui.window import TITLE, MainWindow

LOST = Text("Kabel terlepas.", "The cable came off.")
SEXES = {"M": Text("Laki-laki", "Male"), "F": Text("Perempuan", "Female")}
ASKED = Text("Jenis kelamin", "Sex")


WAY = tuple(step for step in STEPS if isinstance(step, State))


@pytest.fixture
def framed(window: MainWindow) -> MainWindow:
    """Everything that can stand around a screen stands there."""
    window.top.show_station("Loket 1", "Disdukcapil", practice=True)
    window.top.show_officer("Rina", Text("Petugas", "Officer"))
    window.top.show_protocol(None, ("Rina", "Budi"))
    window.rail.show_visit("A-001", "", WAY, State.PORTRAIT, frozenset({State.IDENTIFY, State.SCREENING}))
    window.rail.may(park=True, cancel=True)
    window.rail.setVisible(True)
    window.devices.show_slots(tuple(NAMES))
    for slot in NAMES:
        window.devices.show_health(slot, Health(HealthState.READY), "R307")
    window.devices.setVisible(True)
    window.message.say(LOST, "danger")
    window.grab()
    return window


def _buttons(window: MainWindow) -> list[QAbstractButton]:
    return [button for button in window.findChildren(QAbstractButton) if button.isVisible()]


def _said(window: MainWindow) -> dict[str, str]:
    """Every visible word and every name of the frame, by where it stands."""
    found: dict[str, str] = {}
    for number, widget in enumerate(window.findChildren(QWidget)):
        if not widget.isVisible():
            continue
        if isinstance(widget, QLabel | QAbstractButton):
            found[f"{number} text"] = widget.text()
        found[f"{number} name"] = widget.accessibleName()
    return {where: words for where, words in found.items() if words}


def test_every_button_of_the_frame_has_a_name_and_room_for_a_finger(framed: MainWindow) -> None:
    names = {button.objectName() for button in _buttons(framed)}
    wanted = {"top.account", "top.sign_off", "top.language", "rail.park", "rail.cancel", "message.button"}
    assert names == wanted | {f"device.{slot}.check" for slot in NAMES}
    for language in ("id", "en"):
        framed.speak("en" if language == "en" else "id")
        framed.grab()
        assert [b.objectName() for b in _buttons(framed) if not b.accessibleName()] == []
        assert [b.objectName() for b in _buttons(framed) if min(b.width(), b.height()) < t.TARGET] == []


def test_a_finger_needs_48_pixels() -> None:
    assert t.TARGET >= 48


def test_the_frame_changes_its_language_and_back(framed: MainWindow) -> None:
    indonesian = _said(framed)
    framed.speak("en")
    english = _said(framed)
    assert framed.language == "en"
    assert framed.windowTitle() == TITLE.en
    assert indonesian.keys() == english.keys()
    unchanged = {words for where, words in indonesian.items() if english[where] == words}
    assert unchanged == {"Loket 1", "Disdukcapil", "Rina", "A-001"}
    framed.speak("id")
    assert framed.windowTitle() == TITLE.id
    assert _said(framed) == indonesian


def test_what_is_said_while_the_screen_is_english_is_english(framed: MainWindow) -> None:
    framed.speak("en")
    framed.message.say(LOST, "danger", Text("Ulangi", "Again"))
    assert framed.message.sentence.text() == LOST.en
    assert framed.message.button.text() == "Again"


def test_the_message_goes_with_its_button_and_does_its_action_once(framed: MainWindow) -> None:
    done: list[str] = []
    framed.message.say(LOST, "danger", action=lambda: done.append("done"))
    framed.message.button.click()
    assert done == ["done"]
    assert not framed.message.speaking
    assert framed.message.sentence.text() == ""


def test_an_action_does_not_outlive_its_sentence(framed: MainWindow) -> None:
    done: list[str] = []
    framed.message.say(LOST, "danger", action=lambda: done.append("done"))
    framed.message.say(Text("Siap.", "Ready."), "info")
    framed.message.button.click()
    assert done == []


@pytest.mark.parametrize(
    ("error", "state", "may_check"),
    [
        (OperatorCanMendError("port.lost", remedy=Remedy.PLUG_IN), HealthState.LOST, False),
        (TechnicianNeededError("fingerprint.sensor"), HealthState.FAILED, True),
    ],
)
def test_an_ill_device_says_its_cause_and_the_way_on_in_both_languages(
    framed: MainWindow, error: OperatorCanMendError | TechnicianNeededError, state: HealthState, may_check: bool
) -> None:
    framed.devices.show_health("fingerprint", Health(state, error))
    card = framed.devices.cards["fingerprint"]
    indonesian = [label.text() for label in card.findChildren(QLabel) if label.isVisible() and label.text()]
    framed.speak("en")
    english = [label.text() for label in card.findChildren(QLabel) if label.isVisible() and label.text()]
    assert len(indonesian) == len(english) == 4  # its name, its state, the cause, the way on
    assert not set(indonesian) & set(english)
    assert not card.ready
    assert card.check.isVisible() is may_check


def test_a_check_names_the_device_that_was_asked_for(framed: MainWindow, qtbot: QtBot) -> None:
    for slot, card in framed.devices.cards.items():
        with qtbot.waitSignal(framed.devices.check_asked) as asked:
            card.check.click()
        assert asked.args == [slot]


@pytest.fixture(params=["line", "choice", "segments"])
def field(request: pytest.FixtureRequest, window: MainWindow) -> Field:
    """One of each kind, in the window."""
    makers = {
        "line": lambda: line("asked", ASKED),
        "choice": lambda: choice("asked", ASKED, SEXES),
        "segments": lambda: segments("asked", ASKED, SEXES),
    }
    made: Field = makers[request.param]()
    window.work.addWidget(made)
    window.work.setCurrentWidget(made)
    window.grab()
    return made


def _controls(field: Field) -> list[QWidget]:
    control = field.control
    return [control] if isinstance(control, LineEdit | Choice) else [*control.findChildren(Button)]


def test_a_field_tells_what_it_asks_in_both_languages(field: Field, window: MainWindow) -> None:
    for words in (ASKED.id, ASKED.en, ASKED.id):
        window.speak("en" if words == ASKED.en else "id")
        assert [c for c in _controls(field) if not c.accessibleName().startswith(words)] == []
        assert [c for c in _controls(field) if c.height() < t.TARGET] == []


def test_a_field_says_what_is_wrong_and_keeps_what_is_in_it(field: Field, window: MainWindow) -> None:
    field.fill("M")
    field.wrong(Text("Harus diisi.", "Must be filled in."))
    assert "Harus diisi." in [label.text() for label in field.findChildren(QLabel)]
    window.speak("en")
    assert "Must be filled in." in [label.text() for label in field.findChildren(QLabel)]
    assert field.value == "M"
    field.wrong(None)
    assert field.control.property("wrong") == "false"
    assert "Must be filled in." not in [label.text() for label in field.findChildren(QLabel)]


def test_a_choice_that_is_offered_anew_keeps_what_was_chosen(window: MainWindow) -> None:
    made = Choice("sex", SEXES)
    window.work.addWidget(made)
    assert made.value == ""
    made.choose("F")
    made.offer({"X": Text("Lain", "Other"), **SEXES})
    assert made.value == "F"
    made.offer({"X": Text("Lain", "Other")})
    assert made.value == "", "a value that is no longer offered is still chosen"


@pytest.fixture
def hands(window: MainWindow) -> Hands:
    """Two hands that lie in the window."""
    made = Hands()
    window.work.addWidget(made)
    window.work.setCurrentWidget(made)
    window.grab()
    return made


@pytest.mark.parametrize("position", FingerPosition)
def test_a_tap_on_a_finger_selects_that_one(hands: Hands, qtbot: QtBot, position: FingerPosition) -> None:
    tip: QPoint = hands.centre_of(position).toPoint()
    with qtbot.waitSignal(hands.selected) as selected:
        QTest.mouseClick(hands, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, tip)
    assert selected.args == [position]
    assert hands.chosen is position


def test_the_arrow_keys_pass_every_finger_as_they_lie(hands: Hands) -> None:
    hands.choose(FingerPosition.LEFT_LITTLE)
    passed = [hands.chosen]
    for _ in range(9):
        QTest.keyClick(hands, Qt.Key.Key_Right)
        passed.append(hands.chosen)
    assert set(passed) == set(FINGERS)
    assert [hands.centre_of(f).x() for f in passed if f] == sorted(hands.centre_of(f).x() for f in FINGERS)
    QTest.keyClick(hands, Qt.Key.Key_Right)
    assert hands.chosen is FingerPosition.LEFT_LITTLE


def test_drawn_parts_tell_in_words_what_they_show(hands: Hands, window: MainWindow) -> None:
    score = ScoreBar()
    window.work.addWidget(score)
    score.show_score(40, 60)
    hands.show_fingers({FingerPosition.LEFT_RING: FingerView(FingerState.EXCEPTED)})
    hands.choose(FingerPosition.RIGHT_THUMB)
    assert hands.accessibleName().startswith("Terpilih: Jempol kanan.")
    assert "Jari manis kiri: dikecualikan" in hands.accessibleName()
    assert score.accessibleName() == "Mutu 40, dibutuhkan 60"
    window.speak("en")
    assert hands.accessibleName().startswith("Selected: Right thumb.")
    assert "Left ring: excepted" in hands.accessibleName()
    assert score.accessibleName() == "Quality 40, wanted 60"
