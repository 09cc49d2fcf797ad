"""One 256x288 image through a pty without a speed limit: our driver against the two public clients."""

from __future__ import annotations

import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import serial

from benchmarks.measure import Result, in_turn, median, spread
from devices.fingerprint.r30x import R30xScanner
from devices.fingerprint.simulator_r30x import ModuleTraits, R30xSimulator
from devices.gate import CaptureGate
from protocols.clearance import DeviceKey
from protocols.clock import SystemClock
from protocols.schema import builtin
from protocols.screening import Answer, Screening, device_subject

ROUNDS = 9


class _Hygiene:
    """Nothing was ever touched."""

    def used_by(self, device: DeviceKey) -> str | None:  # noqa: ARG002 - one answer for every device
        return None

    def mark_used(self, device: DeviceKey, visit_id: str) -> None:
        """Not kept."""


def compare() -> list[Result]:
    """Ours against pyfingerprint and against adafruit-circuitpython-fingerprint."""
    finger = np.random.default_rng(1).integers(0, 256, (288, 256), dtype=np.uint8)
    with R30xSimulator(ModuleTraits()) as module:
        module.place_finger(finger)
        results = []
        for name, peer, most in (
            ("pyfingerprint", _pyfingerprint(module.url), 1 / 40),
            ("adafruit-circuitpython-fingerprint", _adafruit(module.url), 1 / 4),
        ):
            ours, theirs = in_turn(lambda: _ours(module.url), peer, ROUNDS)
            ratio = median(ours) / median(theirs)
            results.append(
                Result(
                    "image of 256x288 px uploaded",
                    median(ours),
                    median(theirs),
                    name,
                    f"at most {most:.3g}",
                    ratio <= most,
                    f"ours {spread(ours)}",
                )
            )
    return results


def _ours(url: str) -> float:
    clock = SystemClock()
    gate = CaptureGate(clock, _Hygiene())
    scanner = R30xScanner("fingerprint", gate, url, simulated=True)
    scanner.open()
    try:
        key = scanner.key
        now = clock.now()
        answers = tuple(
            Answer(item.id, device_subject(key), value=True, at=now, by="o") for item in builtin("routine").items
        )
        clearance = Screening(
            builtin("routine"), "v", "o", frozenset({key}), frozenset({key}), answers, frozenset()
        ).clear(clock)
        gate.attend("v", "o")
        scanner.arm(clearance)
        scanner.finger_present(clearance)
        return _timed(lambda: scanner.capture(clearance))
    finally:
        scanner.close()


def _pyfingerprint(url: str) -> Callable[[], float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # written for an older Pillow and an older Python
        from pyfingerprint.pyfingerprint import PyFingerprint

    def run() -> float:
        client: Any = PyFingerprint(url, 57600, 0xFFFFFFFF, 0)
        client.verifyPassword()
        target = f"/tmp/benchmark-{threading.get_ident()}.bmp"
        assert client.readImage()
        return _timed(lambda: client.downloadImage(target))

    return run


def _adafruit(url: str) -> Callable[[], float]:
    from adafruit_fingerprint import Adafruit_Fingerprint

    def run() -> float:
        with serial.Serial(url, 57600, timeout=2) as port:
            client: Any = Adafruit_Fingerprint(port)
            assert client.get_image() == 0
            return _timed(lambda: client.get_fpdata(sensorbuffer="image"))

    return run


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)
