"""Cameras: the interface and its value types. One driver a module beside it; `simulator` is the other end."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, final

import numpy as np
from numpy.typing import NDArray

from devices.device import BiometricDevice, DeviceKind
from protocols.clearance import Clearance

BgrImage = NDArray[np.uint8]
"""Pixels as OpenCV gives them: shape (height, width, 3), blue-green-red, 8 bits."""


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
