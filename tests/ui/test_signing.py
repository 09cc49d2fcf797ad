"""The signature step over a real station: signed on the window itself, on the applicant's screen, on a pad."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from queue import SimpleQueue
from types import MappingProxyType

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from devices.device import DeviceInfo
from devices.gate import CaptureGate
from devices.signature_pad import PadButton, PadGeometry, PenSample
from devices.signature_pad.pointer import MAX_PRESSURE, PointerPad
from devices.signature_pad.quality import strokes
from devices.signature_pad.sheet import Sheet
from station.attach import DeviceMaker
from station.biometrics.signature_iso import decode
from station.bootstrap import Station, build
from station.config import Settings
from station.device_settings import SignaturePadDevice
from station.domain.enrollment import Enrollment
from station.domain.step import State
from station.lab.lab import Lab
from station.lab.operator import Operator
from tests.ui.conftest import Practice, window_over
from tests.ui.keyboard import asked, press, text
from tests.ui.test_ink_pad import HELD, stylus, tablet
from ui.applicant import SigningWindow
from ui.messages import SENTENCES
from ui.presenters.signature import SignaturePresenter
from ui.screens.signature import SignatureScreen
from ui.widgets.ink import InkView

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support (raise|grabbing the keyboard)")


@dataclass(frozen=True)
class Step:
    """A counter at its signature step, before the window has come to it."""

    counter: Practice
    visit_id: str

    def enter(self, *, facing: bool = False) -> SignatureScreen:
        """Show the screen; `facing`: the applicant's window stands on the only screen that there is here."""
        self.presenter.second_screen = QGuiApplication.primaryScreen if facing else lambda: None
        self.counter.opened.conductor.move(self.visit())
        self.counter.see("signature")
        return self.screen

    @property
    def presenter(self) -> SignaturePresenter:
        conductor = self.counter.opened.conductor
        presenter = conductor._presenters.get(SignaturePresenter)
        if presenter is None:
            presenter = conductor._presenters[SignaturePresenter] = SignaturePresenter(conductor)
        assert isinstance(presenter, SignaturePresenter)
        return presenter

    @property
    def screen(self) -> SignatureScreen:
        return self.presenter.screen

    def visit(self) -> Enrollment:
        return self.counter.do(lambda: self.counter.station.visits.load(self.visit_id))

    def cleared(self) -> None:
        """Wait until the pad has heard of it, too."""
        stream = self.counter.station.signature._stream
        self.counter.until(lambda: stream is not None and not stream._wipe.is_set())

    def kept(self) -> tuple[PadGeometry, tuple[PenSample, ...]]:
        """The record that was kept last, read again."""
        station: Station = self.counter.station

        def read() -> bytes:
            with station._records.work() as work:
                return work.blobs.get(work.visits.load(self.visit_id).signatures[-1].blob_id)

        return decode(self.counter.do(read))


class KeyedPad(PointerPad):
    """One with buttons and a serial number."""

    def __init__(self, gate: CaptureGate, sheet: Sheet) -> None:
        super().__init__("signature_pad", gate, sheet, simulated=True)
        self._presses: SimpleQueue[PadButton] = SimpleQueue()
        self.reads = 0

    @property
    def has_buttons(self) -> bool:
        return True

    def press(self, button: PadButton) -> None:
        self._presses.put(button)

    def _do_open(self) -> DeviceInfo:
        return replace(super()._do_open(), serial="K-77")

    def _do_read_buttons(self) -> tuple[PadButton, ...]:
        self.reads += 1
        return () if self._presses.empty() else (self._presses.get(),)


@pytest.fixture
def on_screen(qtbot: QtBot, tmp_path: Path) -> Iterator[Step]:
    """A station that is signed on by its own window, at the signature."""
    with at_the_signature(qtbot, tmp_path) as step:
        yield step


@contextmanager
def at_the_signature(
    qtbot: QtBot, folder: Path, makers: Mapping[str, DeviceMaker] = MappingProxyType({})
) -> Iterator[Step]:
    """Which comes before the fingers there."""
    with Lab(lifelike=False, cards=False) as lab:
        plan = (State.PORTRAIT, State.SIGNATURE, State.FINGERPRINTS)
        settings = lab.settings(Settings(data_dir=folder / "data", plan=plan))
        pad = SignaturePadDevice(driver="pointer", simulated=True)
        devices = settings.devices.model_copy(update={"signature_pad": pad})
        station = build(settings.model_copy(update={"devices": devices}), makers=makers)
        lab.serve(station.prompts)
        with window_over(station, qtbot) as opened:
            yield _cleared_step(Practice(opened, station, qtbot, lab))
    assert _signing_windows() == []


def _signing_windows() -> list[SigningWindow]:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, SigningWindow) and w.isVisible()]


def _cleared_step(counter: Practice) -> Step:
    counter.sign_on()
    counter.until(lambda: all(card.ready for card in counter.window.devices.cards.values()))
    operator = Operator(counter.station)
    visit_id = operator.identify(counter.lab.citizen).visit_id
    operator.screen(visit_id)
    assert operator.portrait(visit_id).state is State.SIGNATURE
    return Step(counter, visit_id)


def pen_line(view: InkView, y: float, *, steps: int = 20, stamp: int = 1000, lifted: bool = True) -> None:
    """One stroke across the middle of the sheet, pressed harder and harder."""
    pen, sheet, kinds = stylus(), view._sheet(), QEvent.Type
    places = [
        QPointF(sheet.left() + sheet.width() * (0.2 + 0.6 * n / steps), sheet.top() + sheet.height() * y)
        for n in range(steps + 1)
    ]
    tablet(view, pen, kinds.TabletPress, places[0], 0.1, stamp=stamp)
    for n, place in enumerate(places[1:], 1):
        tablet(view, pen, kinds.TabletMove, place, 0.1 + 0.8 * n / steps, stamp=stamp + 8 * n)
    if lifted:
        tablet(view, pen, kinds.TabletRelease, places[-1], 0.0, stamp=stamp + 8 * (steps + 1))


def hover(view: InkView, *, stamp: int) -> None:
    """The pen passes over the sheet."""
    middle = view._sheet().center()
    tablet(view, stylus(), QEvent.Type.TabletMove, middle, 0.0, stamp=stamp)


def test_the_officers_window_is_signed_on_where_there_is_no_other_screen(on_screen: Step) -> None:
    screen, counter = on_screen.enter(), on_screen.counter
    counter.until(lambda: screen.ink.is_pad)
    assert text(counter, "signature.wish") == "Silakan tanda tangan di sini"
    pen_line(screen.ink, 0.4)
    counter.until(lambda: screen.ink.points == 22)
    assert screen.ink.strokes == 1
    press(counter, "signature.clear")
    on_screen.cleared()
    hover(screen.ink, stamp=1900)
    pen_line(screen.ink, 0.4, stamp=2000)
    pen_line(screen.ink, 0.6, stamp=2400)
    hover(screen.ink, stamp=2600)
    counter.until(lambda: screen.ink.points == 45)
    press(counter, "signature.primary")
    counter.see("fingerprints")
    assert not screen.ink.is_pad, "signed on after its step"
    geometry, samples = on_screen.kept()
    touches = strokes(samples)
    assert [len(stroke) for stroke in touches] == [21, 21]
    assert len(samples) == 44, "what hovered before and afterwards is kept"
    assert (samples[0].down, samples[-1].down) == (True, False)
    for stroke, height in zip(touches, (0.4, 0.6), strict=True):
        assert {sample.y for sample in stroke} == {round(geometry.max_y * height)}
        assert stroke[0].x == pytest.approx(geometry.max_x * 0.2, abs=1)
        assert stroke[-1].x == pytest.approx(geometry.max_x * 0.8, abs=1)
        assert [sample.pressure for sample in stroke] == [round(MAX_PRESSURE * (0.1 + 0.8 * n / 20)) for n in range(21)]
        assert {after.time_ms - before.time_ms for before, after in pairwise(stroke)} == {8}
    assert touches[1][0].time_ms - touches[0][0].time_ms == 400


def test_the_applicant_signs_with_a_finger_on_their_own_screen_and_presses_done(on_screen: Step) -> None:
    screen, counter = on_screen.enter(facing=True), on_screen.counter
    counter.until(lambda: bool(_signing_windows()))
    (window,) = _signing_windows()
    assert text(counter, "signature.wish") == "Pemohon menandatangani di layarnya"
    assert not window.done.isEnabled()
    QTest.mousePress(window.ink, HELD, pos=window.ink.rect().center())
    QTest.mouseRelease(window.ink, HELD, pos=window.ink.rect().center())
    counter.until(window.done.isEnabled)
    QTest.mouseClick(window.done, HELD)
    counter.until(lambda: counter.window.message.speaking)
    assert on_screen.visit().state is State.SIGNATURE, "a dot is no signature"
    QTest.mouseClick(window.anew, HELD)
    on_screen.cleared()
    assert window.ink.points == 0
    counter.key(Qt.Key.Key_F2)
    counter.until(lambda: window.question.text() == "Please sign above")
    touch, middle = QTest.createTouchDevice(), window.ink.rect().center()
    QTest.touchEvent(window.ink, touch).press(0, middle).commit()
    for step in range(1, 24):
        QTest.touchEvent(window.ink, touch).move(0, middle + QPoint(5 * step, 0)).commit()
    QTest.touchEvent(window.ink, touch).release(0, middle + QPoint(115, 0)).commit()
    counter.until(lambda: screen.ink.points == 25)
    press(counter, "signature.cannot")
    counter.until(lambda: asked(counter))
    QTest.mouseClick(window.done, HELD)
    assert on_screen.visit().state is State.SIGNATURE, "accepted behind the officer's question"
    counter.key(Qt.Key.Key_Escape)
    counter.until(lambda: not asked(counter))
    QTest.mouseClick(window.done, HELD)
    counter.see("fingerprints")
    assert _signing_windows() == []
    assert [len(stroke) for stroke in strokes(on_screen.kept()[1])] == [24]


def test_the_pads_own_buttons_do_what_the_keys_do_and_a_pad_that_was_lost_begins_anew(
    qtbot: QtBot, tmp_path: Path
) -> None:
    pads: list[KeyedPad] = []

    def make(gate: CaptureGate) -> KeyedPad:
        pads.append(KeyedPad(gate, sheet))
        return pads[-1]

    sheet = Sheet()
    sheet.attach()
    with at_the_signature(qtbot, tmp_path, {"signature_pad": make}) as step:
        (pad,) = pads
        step.counter.station.sheet = sheet
        screen, counter = step.enter(), step.counter

        def pressed_and_heard(pad: KeyedPad, button: PadButton) -> None:
            """The pad's thread rings before it reads on."""
            seen = pad.reads
            pad.press(button)
            counter.until(lambda: pad.reads >= seen + 3)
            QApplication.processEvents()

        counter.until(lambda: screen.ink.is_pad)
        assert screen.lead.text() == "Pemohon juga boleh menekan tombol di papan."

        pen_line(screen.ink, 0.4)
        counter.until(lambda: screen.ink.points == 22)
        press(counter, "signature.cannot")
        counter.until(lambda: asked(counter))
        pressed_and_heard(pad, PadButton.AGAIN)
        counter.key(Qt.Key.Key_Escape)
        counter.until(lambda: not asked(counter))
        assert screen.ink.points == 22, "cleared behind the officer's question"
        pad.press(PadButton.AGAIN)
        counter.until(lambda: screen.ink.points == 0)
        step.cleared()
        pressed_and_heard(pad, PadButton.ACCEPT)  # of nothing: as dead as the key

        pen_line(screen.ink, 0.4)
        counter.until(lambda: screen.ink.points == 22)
        sheet.detach()
        counter.until(lambda: counter.window.message.speaking)
        assert screen.ink.points == 0
        assert not counter.find("signature.primary").isEnabled()
        assert screen.lead.text() == ""
        sheet.attach()
        counter.until(lambda: screen.ink.is_pad)
        assert not counter.window.message.speaking
        pen_line(screen.ink, 0.5)
        pen_line(screen.ink, 0.6, stamp=1500, lifted=False)
        counter.until(lambda: screen.ink.points == 43)
        pad.press(PadButton.ACCEPT)
        counter.until(lambda: counter.window.message.speaking)
        assert text(counter, "message.sentence") == SENTENCES["signature.pen_down"].id
        tablet(screen.ink, stylus(), QEvent.Type.TabletRelease, screen.ink._sheet().center(), 0.0, stamp=2000)
        counter.until(lambda: screen.ink.points == 44)
        press(counter, "message.button")
        counter.see("fingerprints")
        assert len(strokes(step.kept()[1])) == 2
