"""Line drawings of `resources/icons`, in any colour."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from ui.theme import tokens as t

_SIDE = 48


@lru_cache(maxsize=256)
def pixmap(name: str, colour: str = t.INK, side: int = _SIDE) -> QPixmap:
    """A square drawing with a transparent ground, `side` pixels."""
    drawing = (resources.files("resources") / "icons" / f"{name}.svg").read_text("utf-8").replace(t.INK, colour)
    picture = QPixmap(QSize(side, side))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    return picture


def icon(name: str, colour: str = t.INK, disabled: str = t.INK_FAINT) -> QIcon:
    """For a button."""
    result = QIcon(pixmap(name, colour))
    result.addPixmap(pixmap(name, disabled), QIcon.Mode.Disabled)
    return result
