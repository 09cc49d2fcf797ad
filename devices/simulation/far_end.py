"""What every simulated device on a line is to whoever uses it: a context, a URL, a cable to pull."""

from __future__ import annotations

import threading
from typing import Self

from devices.simulation.wire_end import WireEnd


class FarEnd:
    """Base of simulators at the other end of a serial line. Starting and stopping are idempotent.

    Args:
        wire: the port, with what answers on it.
        every_s: seconds between two calls of `_beat`; 0 for a device that never speaks of its own accord.
    """

    def __init__(self, wire: WireEnd, *, every_s: float = 0.0) -> None:
        self._wire = wire
        self._every_s = every_s
        self._ended = threading.Event()
        self._ticker: threading.Thread | None = None

    def start(self) -> None:
        """Plug in."""
        self._wire.start()
        if self._every_s and self._ticker is None:
            self._ended.clear()
            self._ticker = threading.Thread(target=self._tick, name=f"beat of {type(self).__name__}")
            self._ticker.start()

    def stop(self) -> None:
        """Unplug, end the threads."""
        if self._ticker is not None:
            self._ended.set()
            self._ticker.join()
            self._ticker = None
        self._wire.stop()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        """Stop."""
        self.stop()

    @property
    def url(self) -> str:
        """What the driver is configured with; the same over unplug and replug."""
        return self._wire.url

    @property
    def client_baudrate(self) -> int | None:
        """The speed that the station has set; None over TCP."""
        return self._wire.client_baudrate

    def unplug(self) -> None:
        """Pull the cable; what only memory holds is lost."""
        self._wire.unplug()

    def replug(self) -> None:
        """Put the cable back; the device starts."""
        self._wire.replug()

    def _tick(self) -> None:
        while not self._ended.wait(self._every_s):
            self._beat()

    def _beat(self) -> None:
        """Time to say something, if there is anything to say; on a thread of its own."""
