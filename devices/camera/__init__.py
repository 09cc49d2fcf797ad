"""Cameras: the interface and its value types. One driver a module beside it; `simulator` is the other end."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final, final

import numpy as np
from numpy.typing import NDArray

from devices.device import BiometricDevice, DeviceKind
from protocols.clearance import Clearance

BgrImage = NDArray[np.uint8]
"""Pixels as OpenCV gives them: shape (height, width, 3), blue-green-red, 8 bits."""


LONG_SIDE: Final = 1280
SHORT_SIDE: Final = 720
"""Fewest pixels of a picture for enrolment, upright or not. With a head of 70 % of the height the eyes are then some
150 pixels apart, and 90 are wanted (ISO/IEC 19794-5 by third-party texts); 640 x 480 gives 100 at the very best."""


def fit_for_enrolment(width: int, height: int) -> bool:
    """Whether a source of pictures of this size, in pixels, is one to enrol with."""
    return max(width, height) >= LONG_SIDE and min(width, height) >= SHORT_SIDE


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture from a camera.

    Attributes:
        image: owned by the receiver; the driver never writes to it again.
        taken_at: wall time at which it was decoded, UTC.
        monotonic: the same moment, seconds, for measuring age.
        sequence: counts frames since opening, gaps included.
    """

    image: BgrImage = field(repr=False)
    taken_at: datetime
    monotonic: float
    sequence: int


class Camera(BiometricDevice):
    """A source of live frames. `read` waits for the next one that nobody has seen."""

    kind: ClassVar[DeviceKind] = DeviceKind.CAMERA

    @final
    def read(self, clearance: Clearance | None, timeout_s: float = 2.0) -> Frame:
        """The newest frame; older ones are dropped, never queued.

        Raises:
            NotClearedError: no clearance; not one pixel leaves.
            DeviceTimeoutError: no new frame within `timeout_s` seconds.
            DeviceLostError: unplugged.
            CaptureCancelledError: `cancel` was called meanwhile.
        """
        return self._guarded(clearance, lambda: self._do_read(timeout_s))

    @abstractmethod
    def _do_read(self, timeout_s: float) -> Frame: ...
