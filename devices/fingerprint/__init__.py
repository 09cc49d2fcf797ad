"""Fingerprint scanners: the interface and its value types. One driver a module; `simulator_<driver>` the other end.

A request names the fingers that are laid at once: one, or a group of 4-4-2. The answer holds one sample a finger, cut
from the slap where several lay together. Serial modules take single fingers; slap scanners say which groups they take.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, final

import numpy as np
from numpy.typing import NDArray

from devices.device import BiometricDevice, DeviceKind
from devices.errors import TechnicianNeededError
from devices.positions import GROUPS, FingerPosition
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


@dataclass(frozen=True, slots=True)
class FingerRequest:
    """Which fingers are to be laid on the platen at once.

    Attributes:
        positions: one finger, or RIGHT_FOUR, LEFT_FOUR or THUMBS.
        missing: those of a group that will not be there: declared before, so that no finger takes another's name.

    Raises:
        ValueError: other fingers together, others missing, or none left to take.
    """

    positions: tuple[FingerPosition, ...]
    missing: frozenset[FingerPosition] = field(default=frozenset(), repr=False)

    def __post_init__(self) -> None:
        """Refuse what no hand can lay."""
        if len(self.positions) != 1 and self.positions not in GROUPS:
            raise ValueError("a request names one finger or a group of 4-4-2")
        if not self.missing < set(self.positions):
            raise ValueError("some of the named fingers may be missing, not others and not all of them")

    @property
    def expected(self) -> tuple[FingerPosition, ...]:
        """The fingers that should be there, in the order of `positions`."""
        return tuple(position for position in self.positions if position not in self.missing)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in a picture, pixels; right and bottom lie outside."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True, eq=False)
class FingerSample:
    """What one finger gave.

    Attributes:
        image: its impression; cut from the slap where it was one of several.
        box: where in the slap it was cut from; None where it lay alone.
    """

    position: FingerPosition
    image: FingerImage
    box: Box | None = None


@dataclass(frozen=True, slots=True, eq=False)
class FingerCapture:
    """The answer to a request.

    Attributes:
        samples: one for each finger that was expected, in the request's order.
        slap: the whole picture where several fingers were asked for; None for a single one.
    """

    samples: tuple[FingerSample, ...]
    slap: FingerImage | None = None


class FingerprintScanner(BiometricDevice):
    """A scanner for plain impressions, of single fingers at the least."""

    kind: ClassVar[DeviceKind] = DeviceKind.FINGERPRINT
    contact: ClassVar[bool] = True

    @property
    @abstractmethod
    def groups(self) -> frozenset[tuple[FingerPosition, ...]]:
        """Which of `devices.positions.GROUPS` it can take at once; empty where it takes single fingers only."""

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
        self,
        clearance: Clearance | None,
        request: FingerRequest,
        *,
        timeout_s: float = 15.0,
        progress: Progress | None = None,
    ) -> FingerCapture:
        """Wait for the fingers, take them, upload the image; tell a slap's fingers apart.

        Args:
            clearance: leave for this visit, officer and device.
            request: which fingers lie there.
            timeout_s: seconds to wait for them; the upload has a deadline of its own.
            progress: told how much of the image has arrived.

        Raises:
            NotClearedError: no clearance, or it ended before the image had arrived.
            TechnicianNeededError: `fingerprint.one_finger_only`, it cannot take these together; the wire is not asked.
            PersonCanRetryError: `fingerprint.no_finger`, `fingerprint.messy`, `fingerprint.faint`,
                `fingerprint.segments` (not as many fingers as expected) ...
            CaptureCancelledError: `cancel` was called meanwhile.
            DeviceError: from the wire.
        """
        return self._guarded(clearance, lambda: self._take(request, timeout_s, progress))

    @final
    def wait_removed(self, clearance: Clearance | None, *, timeout_s: float = 15.0) -> None:
        """Return once the platen is empty, so that the next capture is of another finger.

        Raises:
            PersonCanRetryError: `fingerprint.not_lifted` after `timeout_s` seconds.
            NotClearedError, CaptureCancelledError, DeviceError: as in `capture`.
        """
        self._guarded(clearance, lambda: self._do_wait_removed(timeout_s))

    def _take(self, request: FingerRequest, timeout_s: float, progress: Progress | None) -> FingerCapture:
        if len(request.positions) > 1 and request.positions not in self.groups:
            raise TechnicianNeededError("fingerprint.one_finger_only", self.info.model)
        return self._do_take(request, timeout_s, progress)

    @abstractmethod
    def _do_finger_present(self) -> bool: ...

    @abstractmethod
    def _do_take(self, request: FingerRequest, timeout_s: float, progress: Progress | None) -> FingerCapture:
        """One finger, or a group that `groups` names."""

    @abstractmethod
    def _do_wait_removed(self, timeout_s: float) -> None: ...


class SingleFingerScanner(FingerprintScanner):
    """A scanner whose platen holds one finger; it does not care which."""

    @property
    @final
    def groups(self) -> frozenset[tuple[FingerPosition, ...]]:
        return frozenset()

    @final
    def _do_take(self, request: FingerRequest, timeout_s: float, progress: Progress | None) -> FingerCapture:
        return FingerCapture((FingerSample(request.positions[0], self._do_capture(timeout_s, progress)),))

    @abstractmethod
    def _do_capture(self, timeout_s: float, progress: Progress | None) -> FingerImage: ...
