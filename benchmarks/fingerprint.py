"""R30x modules: one 256x288 image through a pty against the two public clients, at a line's speed, over a bad line."""

from __future__ import annotations

import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import serial

from benchmarks.measure import Result, in_turn, median, spread
from devices.fingerprint import FingerRequest, GreyImage
from devices.fingerprint.r30x import R30xScanner
from devices.fingerprint.simulator_r30x import ModuleTraits, R30xSimulator
from devices.positions import FingerPosition
from devices.transcript import Direction, Transcript
from protocols.clearance import Clearance
from tests.support.counter import Counter

ROUNDS = 9
INDEX = FingerRequest((FingerPosition.RIGHT_INDEX,))


CPU_MS = 2.0
LINE_FACTOR = 1.02
BIT_ERRORS = 1e-5
UPLOADS = 3.0
FINGERS = 50


def compare() -> list[Result]:
    """Speed against pyfingerprint and adafruit-circuitpython-fingerprint, CPU, the line's own speed, bit errors."""
    finger = np.random.default_rng(1).integers(0, 256, (288, 256), dtype=np.uint8)
    return [*_against_peers(finger), *(_paced(finger, factor) for factor in (6, 12)), _bit_errors(finger)]


def _against_peers(finger: GreyImage) -> list[Result]:
    cpu: list[float] = []
    results = []
    with R30xSimulator(ModuleTraits()) as module:
        module.place_finger(finger)
        for name, peer, most in (
            ("pyfingerprint", _pyfingerprint(module.url), 1 / 40),
            ("adafruit-circuitpython-fingerprint", _adafruit(module.url), 1 / 4),
        ):
            ours, theirs = in_turn(lambda: _ours(module.url, cpu), peer, ROUNDS)
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
    note = f"time.thread_time of the thread that calls the driver, {spread(cpu)}; the simulated module has its own"
    used = median(cpu)
    results.append(Result("CPU for that image", used, CPU_MS, "allowed", "at most 1", used <= CPU_MS, note))
    return results


def _paced(finger: GreyImage, factor: int) -> Result:
    """A whole capture while the module answers at its line's speed, over the time that its answers' bytes need."""
    transcript = Transcript()
    with (
        R30xSimulator(ModuleTraits(baud_factor=factor), paced=True) as module,
        _opened(module.url, transcript) as (scanner, clearance),
    ):
        module.place_finger(finger)
        before = len(transcript.entries())
        took = _timed(lambda: scanner.capture(clearance, INDEX))
    answers = [each for each in transcript.entries()[before:] if each.direction is Direction.RECEIVED]
    needed = 10_000 * sum(len(each.data) for each in answers) / (9600 * factor)
    ratio = took / needed
    name = f"image at {9600 * factor} baud"
    return Result(name, took, needed, "bytes on the wire", f"at most {LINE_FACTOR}", ratio <= LINE_FACTOR)


def _bit_errors(finger: GreyImage) -> Result:
    """Uploads a finger where each bit arrives wrong with a probability of `BIT_ERRORS`."""
    with (
        R30xSimulator(bit_error_rate=BIT_ERRORS, seed=5) as module,
        _opened(module.url) as (scanner, clearance),
    ):
        module.place_finger(finger)
        seen = module.seen
        assert seen is not None
        whole = 0
        for _ in range(FINGERS):
            sample = scanner.capture(clearance, INDEX).samples[0]
            whole += np.array_equal(sample.image.image, seen)
        mean = module.commands[0x0A] / FINGERS
    note = f"a count, no time; {whole} of {FINGERS} fingers whole"
    met = mean <= UPLOADS and whole == FINGERS
    return Result(f"uploads a finger at bit errors of {BIT_ERRORS:g}", mean, UPLOADS, "allowed", "at most 1", met, note)


@contextmanager
def _opened(url: str, transcript: Transcript | None = None) -> Iterator[tuple[R30xScanner, Clearance]]:
    counter = Counter()
    # One look, as the peers take the first picture that shows a finger.
    scanner = R30xScanner("fingerprint", counter.gate, url, pace=None, looks=1, simulated=True, transcript=transcript)
    scanner.open()
    try:
        yield scanner, counter.armed(scanner)
    finally:
        scanner.close()


def _ours(url: str, cpu: list[float]) -> float:
    with _opened(url) as (scanner, clearance):
        began = time.thread_time()
        took = _timed(lambda: scanner.capture(clearance, INDEX))
        cpu.append(1000 * (time.thread_time() - began))
        return took


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
