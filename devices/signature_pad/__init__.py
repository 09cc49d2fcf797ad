"""Signature pads: the interface and its value types. One driver a module; `simulator_<driver>` the other end."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, TypeVar, final

from devices.device import BiometricDevice, DeviceInfo, DeviceKind
from devices.gate import CaptureGate
from protocols.clearance import Clearance, NotClearedError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PenSample:
    """One report of the pen.

    Attributes:
        x, y: pad counts, origin top left, at the pad's `dpi`.
        pressure: 0 to `PadGeometry.max_pressure`; the maximum where the pad has no pressure and the pen is down.
        down: True while the tip touches.
        time_ms: milliseconds since the pad began to serve the clearance, or since `clear`, whichever came last, by the
            station's monotonic clock or the pad's own.
    """

    x: int = field(repr=False)
    y: int = field(repr=False)
    pressure: int = field(repr=False)
    down: bool
    time_ms: int = field(repr=False)


@dataclass(frozen=True, slots=True)
class PadGeometry:
    """What the numbers of a `PenSample` mean: writable area in counts, counts per inch, greatest pressure."""

    min_x: int
    min_y: int
    max_x: int
    max_y: int
    dpi: int
    max_pressure: int


class PadButton(StrEnum):
    """What the applicant can press on the pad's own screen."""

    ACCEPT = "accept"
    """The signature is good: keep it."""
    AGAIN = "again"
    """Throw it away; they sign anew."""


class SignaturePad(BiometricDevice):
    """A pad that streams ink while somebody signs. Its own screen, where it has one, is wiped when its leave ends."""

    kind: ClassVar[DeviceKind] = DeviceKind.SIGNATURE_PAD
    contact: ClassVar[bool] = True

    def __init__(self, slot: str, gate: CaptureGate) -> None:
        super().__init__(slot, gate)
        self._serves: tuple[Clearance, DeviceInfo] | None = None
        """Under which leave, and since which opening, older ink has been thrown away; compared by identity."""

    @final
    def read_ink(self, clearance: Clearance | None, timeout_s: float = 0.05) -> tuple[PenSample, ...]:
        """The samples that arrived since the last call; empty when nobody wrote for `timeout_s` seconds.

        A pad streams unasked, so what waits on the line may be another visit's, or have been written while no
        clearance held. The first call under a clearance, and the first after the pad was armed, reopened or refused,
        therefore begins as `clear` does; from then on nothing that arrives between two calls is lost.

        Raises:
            NotClearedError: no clearance; ink that came before or without one is thrown away.
            DeviceError: from the wire.
        """
        return self._taken(clearance, lambda: self._do_read_ink(timeout_s))

    @final
    def read_buttons(self, clearance: Clearance | None) -> tuple[PadButton, ...]:
        """The buttons that were pressed on the pad's own screen since the last call or `clear`, oldest first.

        Waits for nothing: a press arrives with the ink, so `read_ink` must be called meanwhile; it returns as soon as
        there is a press, without samples where there are none. What the pen does on a button is never ink.

        Raises:
            NotClearedError, DeviceError: as in `read_ink`.
        """
        return self._taken(clearance, self._do_read_buttons)

    @final
    def clear(self, clearance: Clearance | None) -> None:
        """Throw away pending ink and wipe the pad's own screen where it has one; a new signature begins.

        Raises:
            NotClearedError, DeviceError: as in `read_ink`.
        """
        self._serves = None
        self._taken(clearance, lambda: None)

    @final
    def _taken(self, clearance: Clearance | None, take: Callable[[], T]) -> T:
        """Acquire under the gate; whatever shuts the gate makes the ink that follows foreign."""

        def acquire() -> T:
            serves = self._serves
            if serves is None or serves[0] is not clearance or serves[1] is not self.info:
                self._serves = None
                self._do_clear()
                self._serves = None if clearance is None else (clearance, self.info)
            return take()

        try:
            return self._guarded(clearance, acquire)
        except NotClearedError:
            self._serves = None
            raise

    @final
    def _do_arm(self) -> None:
        """What was written before the pad was armed is foreign, though the clearance be the same."""
        self._serves = None

    @property
    @abstractmethod
    def geometry(self) -> PadGeometry:
        """Meaning of the samples' numbers; valid once opened."""

    @property
    def has_buttons(self) -> bool:
        """Whether the pad shows buttons; valid once opened."""
        return False

    @abstractmethod
    def _do_read_ink(self, timeout_s: float) -> tuple[PenSample, ...]: ...

    def _do_read_buttons(self) -> tuple[PadButton, ...]:
        """Those that `_do_read_ink` has met since the last call or `_do_clear`; asks nothing of the wire."""
        return ()

    @abstractmethod
    def _do_clear(self) -> None:
        """Throw away all that has arrived, wipe the screen; the samples' time begins anew."""
