"""Fetches the photo on the applicant's card for the pane beside the live face, and lets go of it with the step."""

from __future__ import annotations

from PySide6.QtGui import QImage

from station.services.card_photo import CardProgress
from ui.presenters.floor import Floor
from ui.widgets.card_photo import CardPhotoPane


class CardPhoto:
    """GUI thread only."""

    def __init__(self, floor: Floor, pane: CardPhotoPane) -> None:
        self._floor = floor
        self._desk = floor.station.card_photo
        self._pane = pane
        self._visit_id = ""
        pane.asked.connect(self._read)

    def enter(self, visit_id: str) -> None:
        """The step of this visit is shown."""
        self._visit_id = visit_id
        self._pane.offered = self._desk.offered

    def leave(self) -> None:
        """The step is left: nothing is read on, nothing stays."""
        self._visit_id = ""
        self._desk.stop()
        self._pane.clear()

    def heard(self, news: object) -> None:
        """How far the reading is."""
        if isinstance(news, CardProgress) and self._visit_id:
            self._pane.show_progress(news.done, news.whole)

    def _read(self) -> None:
        self._pane.show_progress(0, 0)
        self._floor.watch(self._desk.read(self._visit_id, self._floor.bridge.tell), self._decode, self._failed)

    def _decode(self, png: bytes) -> None:
        self._floor.fetch(lambda: QImage.fromData(png), self._show)

    def _show(self, image: QImage) -> None:
        self._floor.hush()
        self._pane.show_photo(image)

    def _failed(self, error: BaseException) -> None:
        self._pane.clear()
        self._floor.tell(error, self._read)
