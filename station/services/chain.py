"""From the desk to a device and back: one future that resolves after the step's commit.

The desk never waits for a device's future. Each leg hands over to the next by a done-callback.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from devices.bay import DeviceBay
from devices.device import Device
from station.errors import StationError, WayOn
from station.services.desk import Desk

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")


def follow(first: Future[A], second: Callable[[A], Future[B]]) -> Future[B]:
    """The future of `second(first's result)`; an exception of either ends it.

    `second` runs on the thread that finishes `first` and must only hand work on.
    """
    result: Future[B] = Future()
    result.set_running_or_notify_cancel()

    def done(ended: Future[B]) -> None:
        error = ended.exception()
        if error is not None:
            result.set_exception(error)
        else:
            result.set_result(ended.result())

    def go_on(ended: Future[A]) -> None:
        error = ended.exception()
        if error is not None:
            result.set_exception(error)
            return
        try:
            following = second(ended.result())
        except BaseException as problem:  # noqa: BLE001 - whoever waits for the chain gets it
            result.set_exception(problem)
        else:
            following.add_done_callback(done)

    first.add_done_callback(go_on)
    return result


def on_device(bay: DeviceBay, slot: str, job: Callable[[Device], A]) -> Future[A]:
    """Submit to a slot; where the settings name no such device, the future fails with `device.not_configured`."""
    try:
        return bay.submit(slot, job)
    except KeyError:
        absent: Future[A] = Future()
        absent.set_running_or_notify_cancel()
        absent.set_exception(StationError("device.not_configured", WayOn.CHECK_SETTINGS, slot))
        return absent


def acquire(
    desk: Desk,
    bay: DeviceBay,
    slot: str,
    *,
    check: Callable[[], A],
    take: Callable[[Device, A], B],
    keep: Callable[[B], C],
) -> Future[C]:
    """Check on the desk, take on the device's thread, keep on the desk."""
    checked = desk.submit(check)
    taken = follow(checked, lambda leave: on_device(bay, slot, lambda device: take(device, leave)))
    return follow(taken, lambda sample: desk.submit(lambda: keep(sample)))
