"""Services that refuse, by the system's own client library: each is named for what it is, in a process of its own.

The library reads its socket's path once a process; so the driver runs in another one, and the service is played here
as far as the library hears it.
"""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OPENING = """
import sys
from devices.card_reader.pcsc import PcscReader
from devices.errors import DeviceError
from tests.support.counter import Counter
try:
    PcscReader("card_reader", Counter().gate, service=sys.argv[1]).open()
except DeviceError as error:
    print(error.code, error.remedy.value)
"""
SERVICE_STOPPED = 0x8010001E
HEADER = struct.Struct("=II")
VERSION = struct.Struct("=iiI")
"""pcsc-lite's first message: major, minor, result (winscard_msg.h)."""


def refuses(line: socket.socket) -> None:
    """As pcscd 2 does where polkit says no: it hangs up."""
    line.recv(HEADER.size)


def speaks_another_version(line: socket.socket) -> None:
    """As pcscd up to 2.2 and from 2.3 on do to each other's libraries."""
    size, _ = HEADER.unpack(line.recv(HEADER.size, socket.MSG_WAITALL))
    major, minor, _ = VERSION.unpack(line.recv(size, socket.MSG_WAITALL))
    line.sendall(VERSION.pack(major, minor + 1, SERVICE_STOPPED))
    line.recv(1)  # until the library hangs up


@contextmanager
def service(folder: Path, answer: Callable[[socket.socket], None]) -> Iterator[str]:
    path = str(folder / "s")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        listener.listen()

        def serve() -> None:
            with suppress(OSError):  # it ends when nobody listens any more
                while True:
                    line, _ = listener.accept()
                    with line, suppress(OSError):
                        answer(line)

        thread = threading.Thread(target=serve)
        thread.start()
        yield path
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def told(path: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", OPENING, path], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (refuses, "card_reader.denied call_technician"),
        (speaks_another_version, "card_reader.service_mismatch call_technician"),
    ],
)
def test_a_service_that_refuses_is_named_for_what_it_is(
    tmp_path_factory: pytest.TempPathFactory, answer: Callable[[socket.socket], None], code: str
) -> None:
    with service(tmp_path_factory.mktemp("t"), answer) as path:
        assert told(path) == code


def test_a_service_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    assert told(str(tmp_path / "nobody")) == "card_reader.no_service call_technician"
