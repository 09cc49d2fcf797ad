"""The live picture: newest frame only, however busy the GUI's thread is; nothing queued; left is the person's own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QRectF
from PySide6.QtGui import QImage, QPaintEvent
from pytestqt.qtbot import QtBot

from devices.camera.backdrop import Backdrop
from devices.camera.quality import PortraitAnalyser, PortraitHint
from devices.simulation.face import FaceTraits, Portrait, render_face
from station.biometrics.display import Stage
from station.services.capturing import Bell
from station.services.desk import Desk
from ui.bridge import Bridge
from ui.language import same
from ui.messages import SENTENCES, sentence_for
from ui.widgets.viewfinder import LiveView, Sight, head_oval, portrait_frame
from ui.window import MainWindow

BEAT_S = 1 / 30
BUSY_S = 0.080
OLDEST_S = 0.100


class Source:
    """A camera's thread: a frame each beat into a place that holds one, and a bell."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self.made = 0
        self.taken: list[int] = []
        self._image = QImage(320, 180, QImage.Format.Format_RGB32)
        self._image.fill(0x102030)
        self._bell = Bell(wake)
        self._lock = threading.Lock()
        self._newest: tuple[int, float] | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="source")

    def __enter__(self) -> Source:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(BEAT_S):
            with self._lock:
                self.made += 1
                self._newest = self.made, time.monotonic()
            self._bell.ring()

    def take(self) -> Sight | None:
        self._bell.answered()
        with self._lock:
            newest, self._newest = self._newest, None
            if newest is None:
                return None
            assert newest[0] == self.made, "an older frame than the newest one was shown"
            self.taken.append(newest[0])
        return Sight(self._image, newest[1], None, good=True, words=same("OK"))


class Watched(LiveView):
    """Notes how old each frame was when it had been painted."""

    def __init__(self) -> None:
        super().__init__()
        self.ages: list[float] = []

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        before = self.painted
        super().paintEvent(event)
        if self.painted > before:
            self.ages.append(self.age_s)


class Busy(QObject):
    """Keeps the GUI's thread from every paint of a view for a while, as a slow machine does."""

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Paint:
            time.sleep(BUSY_S)  # the slowness that is tested
        return False


@pytest.fixture
def bridge(window: MainWindow) -> Iterator[Bridge]:
    """To the window's thread."""
    made = Bridge(Desk(), window)
    yield made
    made.close()


def _shown(window: MainWindow, view: LiveView) -> None:
    window.work.addWidget(view)
    window.work.setCurrentWidget(view)


def test_a_slow_gui_shows_the_newest_frame_and_drops_the_others(
    window: MainWindow, bridge: Bridge, qtbot: QtBot
) -> None:
    view, busy = Watched(), Busy()
    view.installEventFilter(busy)
    _shown(window, view)
    with Source(bridge.waker(view.update).ring) as source:
        view.watch(source.take)
        qtbot.waitUntil(lambda: len(view.ages) >= 20, timeout=20_000)
    assert source.taken == sorted(set(source.taken)), "a frame was shown twice or out of turn"
    dropped = source.made - len(source.taken)
    assert dropped > len(source.taken), "at 80 ms a frame more than half of thirty a second has to be dropped"
    late = [age for age in view.ages if age > OLDEST_S]
    assert len(late) <= 1, f"older than 100 ms: {late}"


def test_wake_ups_do_not_queue_while_the_gui_sleeps(window: MainWindow, bridge: Bridge, qtbot: QtBot) -> None:
    view, woken = Watched(), []
    _shown(window, view)

    def awake() -> None:
        woken.append(source.made)
        view.update()

    with Source(bridge.waker(awake).ring) as source:
        view.watch(source.take)
        qtbot.waitUntil(lambda: view.painted > 2)
        before = len(woken)
        missed = source.made + 10
        while source.made < missed:
            time.sleep(BEAT_S)  # the GUI's thread is away for ten frames
        qtbot.waitUntil(lambda: len(woken) > before + 3)
    since = woken[before:]
    assert since[0] >= missed
    assert since == sorted(set(since)), "two wake-ups for one frame: they were pending together"


def test_a_frame_is_painted_once_however_often_the_window_is(window: MainWindow) -> None:
    view, sights = LiveView(), [_sight()]
    _shown(window, view)
    view.watch(lambda: sights.pop() if sights else None)
    for _ in range(5):
        view.grab()
    assert (view.painted, view.waiting) == (1, False)
    view.wait(same("…"))
    view.grab()
    assert (view.painted, view.waiting) == (1, True)


def _sight() -> Sight:
    image = QImage(540, 460, QImage.Format.Format_RGB32)
    image.fill(0x102030)
    return Sight(image, time.monotonic(), (100.0, 100.0, 200.0, 200.0), good=False, words=same("OK"))


# -- as in a mirror, or not


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("size", [(540, 460), (300, 500), (720, 405)])
def test_a_frame_fills_its_place_undistorted_and_a_mirror_only_where_asked_for(
    size: tuple[int, int], mirrored: bool
) -> None:
    """A red square a little to the left of the middle, on blue."""
    frame = np.zeros((720, 1280, 3), np.uint8)
    frame[..., 0] = 255
    frame[300:400, 560:660] = (0, 0, 255)
    stage = Stage(*size, mirrored=mirrored)
    drawn = stage.draw(frame)
    assert drawn.shape == (size[1], size[0], 4)
    assert (drawn[..., 3] == 255).all()
    x, y, width, height = stage.placed((560, 300, 100, 100))
    assert width == pytest.approx(height, rel=0.01)
    assert (x + width / 2 > size[0] / 2) is mirrored
    red = drawn[..., 2] > 128
    rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
    assert (columns[0], rows[0]) == pytest.approx((x, y), abs=1.5)
    assert (columns[-1] + 1, rows[-1] + 1) == pytest.approx((x + width, y + height), abs=1.5)


def test_what_is_on_the_screen_is_not_drawn_over_by_the_next_frame() -> None:
    stage = Stage(54, 46)
    first = stage.draw(np.full((720, 1280, 3), 10, np.uint8))
    stage.draw(np.full((720, 1280, 3), 200, np.uint8))
    assert int(first[..., :3].max()) == 10


def test_the_guide_has_the_pass_photos_shape_and_room_for_head_and_shoulders() -> None:
    for size in ((540, 470), (300, 600), (900, 400)):
        room = QRectF(0, 0, *size)
        frame = portrait_frame(room)
        assert room.contains(frame)
        assert frame.height() / frame.width() == pytest.approx(4 / 3)
        oval = head_oval(frame)
        assert frame.contains(oval)
        assert frame.bottom() - oval.bottom() > 0.15 * frame.height()


# -- the words


def test_every_hint_has_words_that_are_not_anothers() -> None:
    assert {hint.value for hint in PortraitHint} <= set(SENTENCES)
    for language in ("id", "en"):
        words = [sentence_for(hint).in_language(language) for hint in PortraitHint]
        assert len(set(words)) == len(words)


def _off(centre: float) -> Portrait:
    return render_face(FaceTraits(seed=3, centre=(centre, 0.46)), 1280, 720)


@pytest.mark.parametrize("centre", [0.14, 0.86])
def test_left_and_right_are_the_persons_own_as_they_face_the_camera(centre: float) -> None:
    """The truth tells which way is left: from the person's right eye to their left one."""
    seen = _off(centre)
    assert seen.truth is not None
    hints = PortraitAnalyser().analyse(seen.image, Backdrop.RED).hints
    (sideways,) = {PortraitHint.TOO_FAR_LEFT, PortraitHint.TOO_FAR_RIGHT} & set(hints)
    own_left = seen.truth.left_eye[0] - seen.truth.right_eye[0]
    wanted = 1280 / 2 - (seen.truth.left_eye[0] + seen.truth.right_eye[0]) / 2
    words = sentence_for(sideways)
    assert words.id.endswith("kiri" if own_left * wanted > 0 else "kanan")
    assert words.en.endswith("left" if own_left * wanted > 0 else "right")
