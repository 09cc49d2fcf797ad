"""Runs the camera's preview for one live view: wake-ups in, the newest frame out, and back again after a loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QImage

from devices.errors import DeviceError
from ui.language import Text, fill
from ui.messages import action_of, sentence_for, sentence_of
from ui.presenters.floor import Floor
from ui.widgets.attempts import CLOTHS
from ui.widgets.viewfinder import LiveView, Sight

if TYPE_CHECKING:
    from station.biometrics.display import Stage
    from station.services.preview import PreviewFrame

LOOK: Final = Text("Menyambungkan kamera …", "Connecting the camera …")
GOOD: Final = Text("Bagus: ambil sekarang", "Good: take it now")
HOLD: Final = Text("Bagus: jangan bergerak", "Good: hold still")
LOST: Final = Text("{what}\n{do}. Gambar kembali dengan sendirinya.", "{what}\n{do}. The picture comes back by itself.")
WANT_CLOTH: Final = Text("Ganti latar: {colour}", "Background must be {colour}")


class Viewfinder:
    """GUI thread only.

    Args:
        floor: the presenters' floor.
        view: where frames are shown.
        steady: called at a wake-up when the person has been steady for the whole second and `automatic` is on; it
            stops the preview or is called again.

    Attributes:
        automatic: whether a picture is taken by itself.
        guided: whether hints are shown.
        cloth: the wanted backdrop, `red`, `blue` or `orange`.
    """

    def __init__(
        self, floor: Floor, view: LiveView, steady: Callable[[], None] | None = None, *, guided: bool = True
    ) -> None:
        self._floor = floor
        self._view = view
        self._steady = steady
        self._desk = floor.station.portrait
        self._visit_id = ""
        self._open = True
        self._lost = False
        self._good = False
        self._held = False
        self._stage: Stage | None = None
        self._mirrored = floor.station.settings.capture.portrait.mirrored
        self.automatic = False
        self.guided = guided
        self.cloth = "red"
        self._waker = floor.bridge.waker(self._awake)
        view.watch(self._newest)

    @property
    def open(self) -> bool:
        """Whether there is still a view to show anything in."""
        return self._open

    def start(self, visit_id: str) -> None:
        """Show frames as soon as there are any."""
        self._visit_id = visit_id
        self._lost = self._good = self._held = False
        self._view.wait(LOOK)
        self._desk.start(visit_id, self._waker.ring)

    def freeze(self) -> None:
        """Let the camera go; the last frame stays in sight until the next picture takes its place. Idempotent."""
        if self._visit_id:
            self._visit_id = ""
            self._desk.stop()

    def stop(self) -> None:
        """Show nothing more, keep no picture. Idempotent."""
        self.freeze()
        self._view.wait(LOOK)
        self._stage = None

    def hold(self) -> None:
        """Take no picture by itself before the next start: the last one went wrong."""
        self._held = True

    def close(self) -> None:
        """Stop, and never start again: the view goes away."""
        self.stop()
        self._open = False
        self._waker.close()
        self._waker.deleteLater()

    def _awake(self) -> None:
        """There is a frame, or the preview has ended, or the camera is there again."""
        if not self._visit_id:
            return
        failure = self._desk.failure()
        if failure is None:
            if self._good and self.automatic and not self._held and self._steady is not None:
                self._steady()
            self._view.update()
            return
        self._desk.latest()  # hears of the camera's return
        if self._desk.recovered():
            self._floor.hush()
            self.start(self._visit_id)
        elif not self._lost:
            self._lost = True
            self._view.wait(_told(failure))
            self._floor.tell(failure, self._again)

    def _again(self) -> None:
        """The message's button."""
        if self._visit_id:
            self.start(self._visit_id)

    def _newest(self) -> Sight | None:
        """While the view is painted."""
        if not self._visit_id:
            return None
        frame = self._desk.latest()
        if frame is None:
            return None
        guide = frame.guide
        self._good = guide is not None and guide.steady >= 1
        return self._sight(frame)

    def _sight(self, frame: PreviewFrame) -> Sight:
        """The frame as it is painted now: Qt draws from the stage's own memory."""
        stage = self._set_stage()
        pixels = stage.draw(frame.image)
        image = QImage(pixels.data, stage.width, stage.height, 4 * stage.width, QImage.Format.Format_RGB32)
        guide = frame.guide
        if guide is None or not self.guided:
            return Sight(image, frame.monotonic, None, good=False, words=None, guided=self.guided)
        face = guide.quality.face
        return Sight(
            image=image,
            monotonic=frame.monotonic,
            face=None if face is None else stage.placed((face.x, face.y, face.width, face.height)),
            good=not guide.hints,
            words=self._words(guide.hints[0]) if guide.hints else HOLD if self.automatic else GOOD,
            steady=guide.steady if self.automatic else 0.0,
            judged=frame.judged,
        )

    def _set_stage(self) -> Stage:
        """As large as the place that the view has for the picture."""
        from station.biometrics.display import Stage  # noqa: PLC0415 - pixels are loaded with the first frame

        size = self._view.place(guided=self.guided)
        if self._stage is None or (self._stage.width, self._stage.height) != size.toTuple():
            self._stage = Stage(*size.toTuple(), mirrored=self._mirrored)
        return self._stage

    def _words(self, hint: str) -> Text:
        if hint == "portrait.background_colour":
            return fill(WANT_CLOTH, colour=CLOTHS[self.cloth][0])
        return sentence_for(hint)


def _told(failure: BaseException) -> Text:
    """What stands in the empty view."""
    if isinstance(failure, DeviceError):
        return fill(LOST, what=sentence_of(failure), do=action_of(failure))
    return sentence_of(failure)
