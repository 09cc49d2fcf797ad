"""One place of the bay: its device and the thread that owns it.

The thread opens the device, reopens it with a growing pause after a loss, at once where the device can tell that it is
back, and runs jobs one after another. What is asked of a device that is not there fails at once with the error that
tells why.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, runtime_checkable

from devices.device import Device, DeviceInfo, Health, HealthState
from devices.errors import (
    CaptureCancelledError,
    DeviceError,
    DeviceLostError,
    DeviceTimeoutError,
    DriverBugError,
)
from devices.transport import Deadline
from protocols.clearance import DeviceKey

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BayEvent:
    """A slot's health changed.

    Attributes:
        slot: which place.
        health: how its device fares now; BUSY is never announced, `DeviceBay.health` tells it.
        info: who is there; None while nothing is open.
        changed: another device (by serial number) than the one that was here before.
        recovered: the one that was here before, open again.
    """

    slot: str
    health: Health
    info: DeviceInfo | None
    changed: bool = False
    recovered: bool = False


@runtime_checkable
class TellsReturn(Protocol):
    """A device that can tell, while it is closed, that it is back: it is then opened without waiting out the pause."""

    def is_back(self) -> bool:
        """Whether it can be seen, looked at in some milliseconds and without opening it."""
        ...


@dataclass(frozen=True, slots=True)
class Pauses:
    """Seconds before the first new attempt to open, between attempts at the most, between looks at an idle device."""

    first_s: float
    longest_s: float
    watch_s: float


class Job:
    """Work for a slot's thread and the future that tells how it went."""

    def __init__(self, work: Callable[[Device], Any]) -> None:
        self.work = work
        self.future: Future[Any] = Future()

    def fail(self, error: BaseException) -> None:
        if self.future.done() or not self.future.set_running_or_notify_cancel():
            return  # its owner has given up on it
        self.future.set_exception(error)

    def run(self, device: Device) -> BaseException | None:
        """Run to the end and tell the owner; returns what was raised, for the thread to judge the device by."""
        if not self.future.set_running_or_notify_cancel():
            return None
        try:
            result = self.work(device)
        except BaseException as error:
            # The job's owner gets whatever it is, and the thread lives on; what is meant to end a thread does end it.
            self.future.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return error
        self.future.set_result(result)
        return None


class Slot:
    """One place, its device and the thread that owns it."""

    def __init__(
        self, name: str, make: Callable[[], Device], listener: Callable[[BayEvent], None], pauses: Pauses
    ) -> None:
        self._make = make
        self._device: Device | None = None
        self._name = name
        self._listener = listener
        self._pauses = pauses
        self._changed = threading.Condition()
        self._jobs: deque[Job] = deque()
        self._running = False
        self._stopping = True
        self._thread: threading.Thread | None = None
        self._info: DeviceInfo | None = None
        self._key: DeviceKey | None = None
        self._absence: DeviceError | None = DeviceLostError("bay.closed", name)
        """Why jobs are refused; None while the device is open or its first attempt runs."""
        self._attempts = 0
        self._hurry = False
        self._told: tuple[HealthState, str | None, str | None] | None = None
        self._last_serial: str | None = None

    # -- from any thread

    @property
    def device(self) -> Device:
        """The device itself; there is none before the slot's thread has made it."""
        assert self._device is not None
        return self._device

    @property
    def info(self) -> DeviceInfo | None:
        with self._changed:
            return self._info

    @property
    def key(self) -> DeviceKey | None:
        with self._changed:
            return self._key if self._info is not None else None

    @property
    def health(self) -> Health:
        with self._changed:
            if self._info is not None:
                return Health(HealthState.BUSY if self._running else HealthState.READY)
            return _health_of(self._absence)

    def start(self) -> None:
        with self._changed:
            if self._thread is not None:
                return
            self._stopping = False
            self._absence = None
            self._thread = threading.Thread(target=self._work, name=f"device {self._name}")
            self._thread.start()

    def ask_to_stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify_all()

    def join(self) -> None:
        thread = self._thread
        if thread is None:
            return
        while thread.is_alive():
            if self._device is not None:
                self._device.cancel()  # again each round: an operation may have begun since
            thread.join(timeout=0.1)
        with self._changed:
            self._thread = None

    def submit(self, work: Callable[[Device], T]) -> Future[T]:
        job = Job(work)
        with self._changed:
            refusal = DeviceLostError("bay.closed", self._name) if self._stopping else self._absence
            if refusal is None:
                self._jobs.append(job)
                self._changed.notify_all()
        if refusal is not None:
            job.fail(refusal)
        return job.future

    def cancel(self) -> None:
        with self._changed:
            waiting = list(self._jobs)
            self._jobs.clear()
            if self._running:
                self.device.cancel()
        for job in waiting:
            job.fail(CaptureCancelledError("capture.cancelled"))

    def retry_now(self) -> int:
        """End the pause between attempts; returns the number of the attempt whose outcome to wait for."""
        with self._changed:
            if self._info is None and self._absence is not None:
                self._hurry = True
                self._changed.notify_all()
            return self._attempts + 1

    def wait_attempt(self, number: int, deadline: Deadline) -> DeviceError | None:
        with self._changed:
            self._changed.wait_for(
                lambda: self._info is not None or self._attempts >= number or self._stopping, deadline.remaining
            )
            if self._info is not None:
                return None
            return self._absence or DeviceTimeoutError("bay.opening", self._name)

    # -- on the slot's thread

    def _work(self) -> None:
        error: DeviceError = DriverBugError("bay.worker_died", self._name)
        try:
            if self._device is None:
                self._device = self._make()
            pause_s = self._pauses.first_s
            while not self._stopping:
                if self._info is not None or self._open():
                    pause_s = self._pauses.first_s
                    self._serve()
                elif self._pause(pause_s):
                    pause_s = self._pauses.first_s
                else:
                    pause_s = min(2 * pause_s, self._pauses.longest_s)
            error = DeviceLostError("bay.closed", self._name)
        finally:
            if self._device is not None:
                self._device.close()
            self._absent(error)
            self._tell()

    def _open(self) -> bool:
        try:
            info = self.device.open()
            key = self.device.key
        except Exception as error:  # noqa: BLE001 - a bug in one driver must not end its slot for the day
            bug = DriverBugError("bay.driver_bug", f"{self._name}: {type(error).__name__}")
            self._absent(error if isinstance(error, DeviceError) else bug, attempted=True)
            if not self._stopping:  # an attempt that was cancelled to stop is no news
                self._tell()
            return False
        with self._changed:
            changed = self._last_serial not in {None, info.serial}
            recovered = self._last_serial == info.serial
            self._last_serial = info.serial
            self._info, self._key, self._absence = info, key, None
            self._attempts += 1
            self._changed.notify_all()
        self._tell(changed=changed, recovered=recovered)
        return True

    def _serve(self) -> None:
        """Run one job, or look once whether the idle device is still there."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._jobs) or self._stopping, self._pauses.watch_s)
            if self._stopping:
                return
            job = self._jobs.popleft() if self._jobs else None
            self._running = True
        job = job or Job(lambda device: device.watch())
        error = job.run(self.device)
        with self._changed:
            self._running = False
            self.device.forget_cancel()
        if self.device.health.state in {HealthState.LOST, HealthState.CLOSED}:
            known = self.device.health.error or (error if isinstance(error, DeviceError) else None)
            self.device.close()
            self._absent(known or DeviceLostError("bay.closed", self._name))
            self._tell()

    def _pause(self, seconds: float) -> bool:
        """Wait before the next attempt; whether the device, which could not be seen for a while, is seen again.

        One that can be seen from the beginning and did not open all the same (another program has it) waits as any
        other.
        """
        deadline = Deadline(seconds)
        away = self._seen() is False
        while True:
            with self._changed:
                look_s = min(deadline.remaining, self._pauses.first_s)
                if self._changed.wait_for(lambda: self._stopping or self._hurry, look_s):
                    self._hurry = False
                    return False
            seen = self._seen()
            if seen and away:
                return True
            away = away or seen is False
            if deadline.expired:
                return False

    def _seen(self) -> bool | None:
        """Whether the closed device can be seen; None where nobody can tell."""
        device: object = self._device
        if not isinstance(device, TellsReturn):
            return None
        try:
            return device.is_back()
        except Exception:  # noqa: BLE001 - a bug in one driver must not end its slot for the day
            return None

    def _absent(self, error: DeviceError, *, attempted: bool = False) -> None:
        """From here on jobs are refused with `error`, those that wait among them."""
        with self._changed:
            self._info, self._absence = None, error
            self._attempts += attempted
            waiting = list(self._jobs)
            self._jobs.clear()
            self._changed.notify_all()
        for job in waiting:
            job.fail(error)

    def _tell(self, *, changed: bool = False, recovered: bool = False) -> None:
        with self._changed:
            info = self._info
            health = Health(HealthState.READY) if info is not None else _health_of(self._absence)
        code = health.error.code if health.error is not None else None
        news = (health.state, code, info.serial if info is not None else None)
        if news != self._told:
            self._told = news
            self._listener(BayEvent(self._name, health, info, changed, recovered))


def _health_of(absence: DeviceError | None) -> Health:
    if absence is None or absence.code == "bay.closed":
        return Health(HealthState.CLOSED)
    return Health(HealthState.LOST if isinstance(absence, DeviceLostError) else HealthState.FAILED, absence)
