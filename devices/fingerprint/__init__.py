"""Fingerprint scanners: the interface and its value types. One driver a module; `simulator_<driver>` the other end."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, final

import numpy as np
from numpy.typing import NDArray

from devices.device import BiometricDevice, DeviceKind
from protocols.clearance import Clearance

GreyImage = NDArray[np.uint8]
"""Shape (height, width), 8 bits, 0 = black ridge, 255 = white background."""

Progress = Callable[[float], None]
"""Told 0.0 to 1.0 while an image travels; called on the device's worker thread."""


@dataclass(frozen=True, slots=True, eq=False)
class FingerImage:
    """One plain impression.

    Attributes:
        image: pixels, owned by the receiver.
        dpi: resolution, pixels per inch, both ways.
        source_bits: grey depth on the wire (4 for R30x modules: marked as what it is).
        taken_at: wall time, UTC.
    """

    image: GreyImage = field(repr=False)
    dpi: int
    source_bits: int
    taken_at: datetime


class FingerprintScanner(BiometricDevice):
    """A scanner for single plain impressions."""

    kind: ClassVar[DeviceKind] = DeviceKind.FINGERPRINT
    contact: ClassVar[bool] = True

    @final
    def finger_present(self, clearance: Clearance | None) -> bool:
        """Ask the platen once whether a finger lies on it.

        Raises:
            NotClearedError: no clearance; the wire is not asked.
            DeviceError: from the wire.
        """
        return self._guarded(clearance, self._do_finger_present)

    @final
    def capture(
        self, clearance: Clearance | None, *, timeout_s: float = 15.0, progress: Progress | None = None
    ) -> FingerImage:
        """Wait for a finger, take it, upload the image.

        Args:
            clearance: leave for this visit, officer and device.
            timeout_s: seconds to wait for a finger; the upload has a deadline of its own.
            progress: told how much of the image has arrived.

        Raises:
            NotClearedError: no clearance, or it ended before the image had arrived.
            PersonCanRetryError: `fingerprint.no_finger`, `fingerprint.messy`, `fingerprint.faint` ...
            CaptureCancelledError: `cancel` was called meanwhile.
            DeviceError: from the wire.
        """
        return self._guarded(clearance, lambda: self._do_capture(timeout_s, progress))

    @final
    def wait_removed(self, clearance: Clearance | None, *, timeout_s: float = 15.0) -> None:
        """Return once the platen is empty, so that the next capture is of another finger.

        Raises:
            PersonCanRetryError: `fingerprint.not_lifted` after `timeout_s` seconds.
            NotClearedError, CaptureCancelledError, DeviceError: as in `capture`.
        """
        self._guarded(clearance, lambda: self._do_wait_removed(timeout_s))

    @abstractmethod
    def _do_finger_present(self) -> bool: ...

    @abstractmethod
    def _do_capture(self, timeout_s: float, progress: Progress | None) -> FingerImage: ...

    @abstractmethod
    def _do_wait_removed(self, timeout_s: float) -> None: ...
