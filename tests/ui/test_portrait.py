"""The portrait step over a real station: taken by itself or by hand, chosen, approved by whoever, a camera pulled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from devices.device import DeviceKind
from devices.simulation.face import FaceTraits
from station.config import CaptureSection, PortraitSection, Settings
from station.domain.enrollment import Enrollment
from station.domain.samples import Accepted
from station.domain.step import State
from station.lab.operator import Operator
from tests.ui.conftest import Practice, practice
from tests.ui.keyboard import asked, choose, press, sign, text
from ui.applicant import ApplicantWindow
from ui.messages import SENTENCES
from ui.presenters.portrait import PortraitPresenter
from ui.presenters.viewfinder import GOOD
from ui.screens.portrait import PortraitScreen
from ui.widgets.attempts import Thumb
from ui.widgets.switch import Switch
from ui.widgets.viewfinder import LiveView

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")

ASLEEP = FaceTraits(seed=5, eyes_open=0.0)


@dataclass(frozen=True)
class Step:
    """A counter at its portrait step, before the window has come to it."""

    counter: Practice
    visit_id: str

    def enter(self) -> PortraitScreen:
        counter = self.counter
        counter.opened.conductor.move(self.visit())
        counter.see("portrait")
        screen = counter.window.screen_shown
        assert isinstance(screen, PortraitScreen)
        return screen

    def visit(self) -> Enrollment:
        return self.counter.do(lambda: self.counter.station.visits.load(self.visit_id))

    @property
    def presenter(self) -> PortraitPresenter:
        made = self.counter.opened.conductor._presenters[PortraitPresenter]
        assert isinstance(made, PortraitPresenter)
        return made

    def by_hand(self) -> PortraitScreen:
        """With the automatic shutter off."""
        self.counter.station.portrait.auto = False
        return self.enter()

    def shoot(self, screen: PortraitScreen) -> None:
        """At once, by Space."""
        painted = screen.live.painted
        self.counter.until(lambda: screen.live.painted > painted + 3 and self.guided(screen.live))
        self.counter.key(Qt.Key.Key_Space)
        self.counter.until(lambda: not screen.is_live)
        self.counter.until(lambda: not screen._settling.isActive())

    def guided(self, live: LiveView) -> bool:
        return not live.waiting and live.words is not None


def _step(counter: Practice) -> Step:
    counter.sign_on()
    counter.until(lambda: all(card.ready for card in counter.window.devices.cards.values()))
    operator = Operator(counter.station)
    visit_id = operator.identify(counter.lab.citizen).visit_id
    operator.screen(visit_id)
    return Step(counter, visit_id)


@pytest.fixture
def step(counter: Practice) -> Iterator[Step]:
    """Identified and cleared."""
    yield _step(counter)
    assert not _applicants_window_shown(), "the applicant's window outlived the step"


def _applicants_window_shown() -> bool:
    return any(isinstance(w, ApplicantWindow) and w.isVisible() for w in QApplication.topLevelWidgets())


def _seen(counter: Practice, name: str) -> bool:
    return any(each.isVisible() for each in counter.window.findChildren(QWidget, name))


def _told(live: LiveView) -> str:
    return "" if live.words is None else live.words.id


# -- the shutter


def test_after_a_still_second_the_picture_takes_itself(step: Step) -> None:
    screen = step.enter()
    counter = step.counter
    drawn: list[float] = []

    def taken() -> bool:
        drawn.append(screen.live.steady)
        return not screen.is_live

    counter.until(taken)
    assert any(0 < part < 1 for part in drawn), "the ring never filled"
    assert len(step.visit().portraits) == 1
    assert counter.shown("portrait")


def test_switched_off_it_waits_for_space(step: Step) -> None:
    screen = step.enter()
    counter = step.counter
    switch = counter.find("portrait.automatic")
    assert isinstance(switch, Switch)
    QTest.mouseClick(switch, Qt.MouseButton.LeftButton)
    counter.until(lambda: screen.live.words == GOOD)
    painted = screen.live.painted
    counter.until(lambda: screen.live.painted > painted + 30)
    assert screen.is_live
    assert screen.live.steady == 0
    assert step.visit().portraits == ()
    counter.tab_to("portrait.primary")
    counter.key(Qt.Key.Key_Space)
    counter.until(lambda: not screen.is_live)
    assert len(step.visit().portraits) == 1


def test_a_press_that_comes_too_late_for_the_shutter_approves_nothing(step: Step) -> None:
    screen = step.enter()
    counter = step.counter
    counter.until(lambda: not screen.is_live)
    counter.key(Qt.Key.Key_Space)
    counter.key(Qt.Key.Key_Return)
    assert screen._settling.isActive()
    assert step.visit().state is State.PORTRAIT
    assert not screen.is_live
    counter.until(lambda: counter.focus().objectName() == "portrait.primary")
    counter.key(Qt.Key.Key_Return)
    counter.see("fingerprints")
    accepted = step.visit().accepted()
    assert accepted is not None
    assert accepted.accepted is Accepted.TOLD


def test_in_a_mirror_the_words_are_still_the_persons_own(qtbot: QtBot, tmp_path: Path) -> None:
    """On the camera's left, shown on the right, told to go to their own left."""
    mirrored = CaptureSection(portrait=PortraitSection(mirrored=True))
    with practice(qtbot, Settings(data_dir=tmp_path / "data", capture=mirrored)) as counter:
        step = _step(counter)
        assert counter.lab.camera is not None
        counter.lab.person.stop()
        counter.lab.camera.show(FaceTraits(seed=3, centre=(0.16, 0.46)))
        screen = step.by_hand()
        counter.until(lambda: _told(screen.live) == "Geser ke kiri")
        seen = screen.live.sight
        assert seen is not None
        assert seen.face is not None
        assert seen.face[0] > seen.image.width() / 2


# -- three attempts


def test_three_are_taken_then_a_supervisor_grants_more_and_the_first_is_chosen_all_the_same(step: Step) -> None:
    screen, counter = step.by_hand(), step.counter
    for number in (1, 2, 3):
        assert text(counter, "portrait.tries") == f"Foto ke-{number} dari 3"
        step.shoot(screen)
        if number < 3:
            press(counter, "portrait.retake")
            counter.until(lambda: screen.is_live)
    assert not screen.again.isVisible()
    thumbs = [each for each in screen.findChildren(Thumb) if each.isVisible()]
    assert [each.number for each in thumbs] == [1, 2, 3]
    assert [each.isChecked() for each in thumbs] == [False, False, True]
    press(counter, "portrait.attempt1")
    counter.until(lambda: [t.isChecked() for t in screen.findChildren(Thumb) if t.isVisible()] == [True, False, False])
    press(counter, "portrait.more")
    counter.until(lambda: asked(counter))
    counter.tab_to("reason")
    counter.words("Pemohon belum puas")
    sign(counter, "penyelia")
    counter.until(lambda: screen.is_live)
    assert text(counter, "portrait.tries") == "Foto ke-1 dari 3"
    counter.until(lambda: _seen(counter, "portrait.attempt1"))
    press(counter, "portrait.attempt1")
    counter.until(lambda: counter.focus().objectName() == "portrait.primary")
    counter.key(Qt.Key.Key_Return)
    counter.see("fingerprints")
    assert step.visit().accepted_portrait == 1


def test_esc_goes_from_the_picture_back_to_the_camera_and_the_attempt_stays(step: Step) -> None:
    screen, counter = step.by_hand(), step.counter
    applicant = step.visit().applicant
    assert applicant is not None
    wanted = {"red": "Merah", "blue": "Biru", "orange": "Oranye"}[applicant.background.value]
    assert text(counter, "portrait.backdrop.word") == wanted
    step.shoot(screen)
    assert len(QGuiApplication.screens()) == 1
    assert not _applicants_window_shown()
    assert not _seen(counter, "portrait.theirs")
    counter.key(Qt.Key.Key_Escape)
    counter.until(lambda: screen.is_live and _seen(counter, "portrait.attempt1"))
    press(counter, "portrait.attempt1")
    counter.until(lambda: not screen.is_live)
    assert len(step.visit().portraits) == 1


def test_closed_eyes_are_told_and_need_a_supervisor_before_the_applicant_is_asked(step: Step) -> None:
    counter = step.counter
    assert counter.lab.camera is not None
    counter.lab.person.stop()
    counter.lab.camera.show(ASLEEP)
    screen = step.by_hand()
    counter.until(lambda: screen.live.words == SENTENCES["portrait.eyes_closed"])
    counter.until(lambda: screen.live.accessibleName() == "Buka mata")
    window = _applicant(step, screen)
    assert (window.yes.isVisible(), window.more.isVisible()) == (False, True)
    assert "Buka mata" in text(counter, "portrait.hints")
    assert not counter.find("portrait.primary").isEnabled()
    press(counter, "portrait.force")
    counter.until(lambda: asked(counter))
    counter.tab_to("reason")
    counter.words("Pemohon tunanetra")
    sign(counter, "penyelia")
    counter.until(lambda: counter.find("portrait.primary").isEnabled())
    assert window.yes.isVisible()
    counter.opened.conductor.home()


# -- the applicant's own screen


def _applicant(step: Step, screen: PortraitScreen) -> ApplicantWindow:
    """The window, on the only screen that there is here, over the picture that was taken."""
    step.presenter.second_screen = QGuiApplication.primaryScreen
    step.shoot(screen)
    (window,) = (w for w in QApplication.topLevelWidgets() if isinstance(w, ApplicantWindow))
    step.counter.until(window.isVisible)
    return window


def test_the_applicant_sees_the_picture_alone_and_agrees_by_touch(step: Step) -> None:
    screen, counter = step.by_hand(), step.counter
    window = _applicant(step, screen)
    leaves = [w for w in window.findChildren(QWidget) if w.isVisible()]
    assert sorted(w.objectName() for w in leaves) == [
        "applicant.again", "applicant.picture", "applicant.question", "applicant.yes",
    ]  # fmt: skip
    assert not window.picture.empty
    assert min(window.yes.height(), window.more.height()) >= 96
    counter.until(counter.window.isActiveWindow)  # the keyboard stays the officer's
    assert _seen(counter, "portrait.theirs")
    QTest.mouseClick(window.yes, Qt.MouseButton.LeftButton)
    counter.see("fingerprints")
    assert not _applicants_window_shown()
    accepted = step.visit().accepted()
    assert accepted is not None
    assert accepted.accepted is Accepted.ON_SCREEN


def test_the_applicant_asks_for_another_and_the_window_goes_meanwhile(step: Step) -> None:
    screen, counter = step.by_hand(), step.counter
    window = _applicant(step, screen)
    QTest.mouseClick(window.more, Qt.MouseButton.LeftButton)
    counter.until(lambda: screen.is_live)
    assert (window.isVisible(), window.picture.empty) == (False, True)
    step.shoot(screen)
    counter.until(window.isVisible)
    counter.key(Qt.Key.Key_F4)
    counter.until(lambda: asked(counter))
    QTest.mouseClick(window.yes, Qt.MouseButton.LeftButton)
    assert step.visit().state is State.PORTRAIT, "agreed behind the officer's question"
    choose(counter, "another_day")
    counter.key(Qt.Key.Key_Return)
    counter.see("home")


# -- a camera that goes and comes


def test_a_pulled_camera_is_told_in_the_step_and_comes_back_by_itself(step: Step) -> None:
    screen, counter = step.by_hand(), step.counter
    camera = counter.lab.camera
    assert camera is not None
    counter.until(lambda: step.guided(screen.live))
    for _ in range(2):
        camera.unplug()
        counter.until(lambda: screen.live.waiting and "Gambar kembali" in _told(screen.live))
        assert counter.shown("portrait")
        assert counter.window.message.speaking
        assert text(counter, "message.sentence")
        camera.replug()
        counter.until(lambda: step.guided(screen.live))
        assert not counter.window.message.speaking
    step.shoot(screen)
    assert len(step.visit().portraits) == 1
    assert counter.station.bay.health()[DeviceKind.CAMERA.value].error is None
