"""A simulated pad behind the real hidapi: the kernel's part is played by `hidraw_shim.c`, and the pad's end is here.

For machines whose kernel makes no virtual HID devices. `HidrawEnd` listens where the shim connects to; run as a program
it is the station's end, under the shim: one driver on real hidapi that tells what it sees, a line of JSON each.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from devices.errors import DeviceError
from devices.signature_pad.simulator_wacom_stu_hid import WacomStuHidSimulator
from devices.signature_pad.wacom_stu_hid import HidDevice, WacomStuHidPad, hidapi
from tests.support.counter import Counter

PATH: Final = "/dev/hidraw1"
SHIM: Final = Path(__file__).with_name("hidraw_shim.c")
GET: Final = 0x07
REPORT_BYTES: Final = 4096


class HidrawEnd:
    """The pad's end of the shim's socket: one connection for features, one for input, as long as the pad is in."""

    def __init__(self, pad: WacomStuHidSimulator, place: Path) -> None:
        self._pad = pad
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listener.bind(str(place))
        self._listener.listen()
        self._ends: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._serve, name="hidraw features")]
        self._threads[0].start()

    def close(self) -> None:
        for end in (self._listener, *self._ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for end in (self._listener, *self._ends):
            end.close()

    def _serve(self) -> None:
        try:
            self._ends += [self._listener.accept()[0], self._listener.accept()[0]]
        except OSError:
            return
        features, reports = self._ends
        self._pad.opened(PATH.encode())
        teller = threading.Thread(target=self._tell, args=(reports,), name="hidraw input")
        self._threads.append(teller)
        teller.start()
        while asked := features.recv(REPORT_BYTES):
            features.send(self._answer(asked))
        self._pad.closed()

    def _answer(self, asked: bytes) -> bytes:
        """0 and what was asked for; 1 where the pad refuses."""
        if asked[0] != GET:
            return b"\0" if self._pad.set_feature(asked[1:]) >= 0 else b"\1"
        try:
            return b"\0" + self._pad.feature(asked[1], REPORT_BYTES)
        except OSError:
            return b"\1"

    def _tell(self, reports: socket.socket) -> None:
        """Until the pad is pulled out, or nobody listens."""
        with suppress(OSError):
            while True:
                if report := self._pad.next_report(0.05):
                    reports.send(report)
                elif not self._pad.handles:
                    return
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextmanager
def station_end(folder: Path) -> Iterator[tuple[WacomStuHidSimulator, Iterator[dict[str, Any]]]]:
    """A pad, and what the driver on real hidapi tells of it. The pad's end is closed with the block."""
    shim, place = folder / "shim.so", folder / "pad"
    subprocess.run(["cc", "-shared", "-fPIC", "-Wall", "-Werror", "-o", shim, SHIM, "-ldl"], check=True)
    environment = {**os.environ, "LD_PRELOAD": str(shim), "HIDRAW_PATH": PATH, "HIDRAW_SOCKET": str(place)}
    with WacomStuHidSimulator() as pad:
        end = HidrawEnd(pad, place)
        told = subprocess.Popen([sys.executable, "-m", __name__], env=environment, stdout=subprocess.PIPE, text=True)
        assert told.stdout is not None
        try:
            with told.stdout:
                yield pad, map(json.loads, told.stdout)
        finally:
            end.close()
            told.wait()


class _Plugged:
    """Real hidapi, but that what is plugged in is known: finding it asks udev, which knows of no shim."""

    def enumerate(self, vendor_id: int, product_id: int) -> list[dict[str, Any]]:
        return [{"path": PATH.encode(), "vendor_id": vendor_id, "product_id": product_id or 0xA6}]

    def device(self) -> HidDevice:
        return hidapi().device()


def main() -> None:
    """Open, arm, tell ink and presses until an accept, wipe, then tell how the pad is lost."""
    counter = Counter()
    pad = WacomStuHidPad("signature_pad", counter.gate, simulated=True, api=_Plugged())
    info = pad.open()
    leave = counter.armed(pad)
    pad.clear(leave)
    _say(model=info.model, serial=info.serial, passed=pad.self_test().passed, buttons=pad.has_buttons)
    while True:
        try:
            samples, pressed = pad.read_ink(leave, 1.0), pad.read_buttons(leave)
        except DeviceError as error:
            _say(lost=error.code)
            break
        _say(ink=[(each.x, each.y, each.pressure) for each in samples if each.down], pressed=list(pressed))
        if pressed:
            pad.clear(leave)
    pad.close()


def _say(**facts: object) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
