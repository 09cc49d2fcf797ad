"""Signature pads: the interface and its value types. One driver a module; `simulator_<driver>` the other end."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar, final

from devices.device import BiometricDevice, DeviceKind
from protocols.clearance import Clearance


@dataclass(frozen=True, slots=True)
class PenSample:
    """One report of the pen.

    Attributes:
        x, y: pad counts, origin top left, at the pad's `dpi`.
        pressure: 0 to `PadGeometry.max_pressure`; the maximum where the pad has no pressure and the pen is down.
        down: True while the tip touches.
        time_ms: milliseconds since the pad was armed, by the station's monotonic clock or the pad's own.
    """

    x: int
    y: int
    pressure: int
    down: bool
    time_ms: int


@dataclass(frozen=True, slots=True)
class PadGeometry:
    """What the numbers of a `PenSample` mean: writable area in counts, counts per inch, greatest pressure."""

    min_x: int
    min_y: int
    max_x: int
    max_y: int
    dpi: int
    max_pressure: int


class SignaturePad(BiometricDevice):
    """A pad that streams ink while somebody signs."""

    kind: ClassVar[DeviceKind] = DeviceKind.SIGNATURE_PAD
    contact: ClassVar[bool] = True

    @final
    def read_ink(self, clearance: Clearance | None, timeout_s: float = 0.05) -> tuple[PenSample, ...]:
        """The samples that arrived since the last call; empty when nobody wrote for `timeout_s` seconds.

        Raises:
            NotClearedError: no clearance; ink that came before or without one is thrown away.
            DeviceError: from the wire.
        """
        return self._guarded(clearance, lambda: self._do_read_ink(timeout_s))

    @final
    def clear(self, clearance: Clearance | None) -> None:
        """Throw away pending ink and wipe the pad's own screen where it has one."""
        self._guarded(clearance, self._do_clear)

    @property
    @abstractmethod
    def geometry(self) -> PadGeometry:
        """Meaning of the samples' numbers; valid once opened."""

    @abstractmethod
    def _do_read_ink(self, timeout_s: float) -> tuple[PenSample, ...]: ...

    @abstractmethod
    def _do_clear(self) -> None: ...
