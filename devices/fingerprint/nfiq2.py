"""NFIQ 2 where it is installed: a thin adapter of `nbis-python`, which is probed for and usually absent.

NFIQ 2 raises on blank, blurred and faint prints and on sizes that it does not know. That is recorded as "failed",
never as 0: a score says something of a print, a failure does not.
"""

from __future__ import annotations

import importlib
import threading
from dataclasses import dataclass
from types import ModuleType
from typing import Final

from devices.fingerprint import GreyImage
from devices.opencv_import import cv2

ALGORITHM: Final = "nfiq2"
MODULE: Final = "nbis"
DPI: Final = 500
"""The one resolution that NFIQ 2 is trained for."""


@dataclass(frozen=True, slots=True)
class Nfiq2Score:
    """What NFIQ 2 said of one print.

    Attributes:
        score: 0 to 100, more is better; None where it failed.
        failure: why there is no score, nothing of the print in it; "" where there is one.
        algorithm: whose figure that is.
    """

    score: int | None
    failure: str = ""
    algorithm: str = ALGORITHM

    @property
    def failed(self) -> bool:
        """Whether there is no score."""
        return self.score is None


class Nfiq2:
    """The installed library. Safe to call from any thread: prints are judged one after the other, some 70 ms each."""

    def __init__(self, library: ModuleType) -> None:
        self._lock = threading.Lock()
        self._extractor = library.new_nbis_extractor(
            library.NbisExtractorSettings(
                min_quality=0.0, get_center=False, check_fingerprint=False, compute_nfiq2=True, ppi=float(DPI)
            )
        )

    def assess(self, image: GreyImage, dpi: int) -> Nfiq2Score:
        """Judge a plain impression; never raises.

        Args:
            image: shape (height, width), ridges dark.
            dpi: its resolution, both ways.
        """
        if dpi != DPI:
            return Nfiq2Score(None, f"{dpi} dpi instead of {DPI}")
        try:
            written, data = cv2.imencode(".png", image)
            with self._lock:
                score = int(self._extractor.extract_minutiae(data.tobytes()).quality().score) if written else -1
        except Exception as error:  # noqa: BLE001 - the library's own tree of errors is known where it is installed only
            return Nfiq2Score(None, type(error).__name__)
        if not 0 <= score <= 100:  # 255 is NFIQ 2's own word for a failure
            return Nfiq2Score(None, "no score")
        return Nfiq2Score(score)


def probe() -> Nfiq2 | None:
    """NFIQ 2, or None where it is absent, does not load, or speaks otherwise than this adapter knows."""
    try:
        return Nfiq2(importlib.import_module(MODULE))
    except Exception:  # noqa: BLE001 - a wheel built for another system fails in ways of its own while it loads
        return None
