"""One 256x288 image through a pty without a speed limit: our driver against the two public clients."""

from __future__ import annotations

import tempfile
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import serial

from benchmarks.measure import Result, in_turn, median, spread
from devices.fingerprint import FingerRequest
from devices.fingerprint.r30x import R30xScanner
from devices.fingerprint.simulator_r30x import ModuleTraits, R30xSimulator
from devices.positions import FingerPosition
from tests.support.counter import Counter

ROUNDS = 9
INDEX = FingerRequest((FingerPosition.RIGHT_INDEX,))


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
                    "image of 256x288 px taken and uploaded",
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
    counter = Counter()
    scanner = R30xScanner("fingerprint", counter.gate, url, simulated=True)
    scanner.open()
    try:
        clearance = counter.armed(scanner)
        return _timed(lambda: scanner.capture(clearance, INDEX))
    finally:
        scanner.close()


def _pyfingerprint(url: str) -> Callable[[], float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # written for an older Pillow and an older Python
        from pyfingerprint.pyfingerprint import PyFingerprint

    def run() -> float:
        client: Any = PyFingerprint(url, 57600, 0xFFFFFFFF, 0)
        client.verifyPassword()
        with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
            return _timed(lambda: (client.readImage(), client.downloadImage(f"{folder}/finger.bmp")))

    return run


def _adafruit(url: str) -> Callable[[], float]:
    from adafruit_fingerprint import Adafruit_Fingerprint

    def run() -> float:
        with serial.Serial(url, 57600, timeout=2) as port:
            client: Any = Adafruit_Fingerprint(port)
            return _timed(lambda: (client.get_image(), client.get_fpdata(sensorbuffer="image")))

    return run


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - began)
