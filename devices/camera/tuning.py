"""What is asked of a camera when it is opened: size, rate, exposure, focus. Plain values; `webcam` sets them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Setting = float | Literal["auto"] | None
"""A figure in the backend's own unit; "auto" leaves it to the camera; None leaves it as it is."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """The wishes. A camera that cannot fulfil one opens all the same and tells what it does instead.

    Attributes:
        width, height: pixels.
        fps: frames a second.
        exposure: V4L2 counts in 100 microseconds, DirectShow and Media Foundation in powers of two of a second.
        focus: 0 is far on most cameras.
    """

    width: int = 1280
    height: int = 720
    fps: int = 30
    exposure: Setting = None
    focus: Setting = None
