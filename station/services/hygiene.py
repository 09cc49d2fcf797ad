"""The gate's memory of who touched what, kept by the store: device threads ask, the desk answers.

A device thread waits here for the desk; so the desk may never wait for a device thread.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from protocols.clearance import DeviceKey
from protocols.clock import Clock
from station.services.desk import Desk
from station.services.records import Records

T = TypeVar("T")

PATIENCE_S: Final = 10.0
"""How long a device may wait for the desk: a seal takes seconds, a disk that hangs takes for ever."""


class StoreHygieneLog:
    """`devices.gate.HygieneLog` over the store. Whatever goes wrong is an OSError, and the gate then refuses."""

    def __init__(self, desk: Desk, records: Records, clock: Clock) -> None:
        self._desk = desk
        self._records = records
        self._clock = clock

    def used_by(self, device: DeviceKey) -> str | None:
        """See `HygieneLog`."""

        def look() -> str | None:
            with self._records.work() as work:
                return work.hygiene.used_by(device)

        return self._ask(look)

    def mark_used(self, device: DeviceKey, visit_id: str) -> None:
        """See `HygieneLog`."""

        def write() -> None:
            with self._records.work() as work:
                work.hygiene.mark_used(device, visit_id)
                facts = {"slot": device.slot}
                work.audit.append("device.used", at=self._clock.now(), by="", visit_id=visit_id, facts=facts)
                work.commit()

        self._ask(write)

    def _ask(self, job: Callable[[], T]) -> T:
        if self._desk.here():
            raise OSError("the desk cannot wait for itself")
        answer = self._desk.submit(job)
        try:
            return answer.result(PATIENCE_S)
        except Exception as error:
            answer.cancel()  # what nobody waits for any more shall not be written later
            raise OSError("the hygiene record cannot be read or written") from error
