"""What a simulated port is made of: a pseudo-terminal behind a name that stays, or a TCP port on loopback.

Only descriptors live here, each owned by one `WireEnd` and used on its thread.
"""

from __future__ import annotations

import socket
import sys
from typing import Final, Protocol

if sys.platform != "win32":
    import os
    import tempfile
    import termios
    import tty
    from pathlib import Path

BULK: Final = 65536


class UnpluggedError(Exception):
    """The cable was pulled, or the client went, in the middle of a reply; the simulator's thread drops the rest."""


class End(Protocol):
    """One end of a line that can be plugged in and pulled out; methods never wait."""

    @property
    def url(self) -> str:
        """What a driver is configured with. Raises RuntimeError before the first `plug`."""
        ...

    def plug(self) -> None:
        """Be there for a client. Idempotent."""
        ...

    def unplug(self) -> None:
        """Be gone; the client notices. Idempotent."""
        ...

    def remove(self) -> None:
        """Leave no trace; after `unplug`."""
        ...

    def attached(self) -> bool:
        """Whether somebody can hear what is sent."""
        ...

    def readers(self) -> list[int]:
        """Descriptors to wait on for bytes or a client."""
        ...

    def writer(self) -> int | None:
        """The descriptor to wait on for room; None while nobody can hear."""
        ...

    def receive(self, ready: list[int]) -> bytes:
        """Take what has come at the ready ones of `readers`."""
        ...

    def send(self, data: memoryview) -> int:
        """Hand over what fits now; returns how many bytes. Raises UnpluggedError."""
        ...

    def baudrate(self) -> int | None:
        """The speed that the client has set, where that can be told."""
        ...


class TcpEnd:
    """A listening port on loopback that serves one client at a time."""

    def __init__(self) -> None:
        self._port = 0
        self._listener: socket.socket | None = None
        self._client: socket.socket | None = None

    @property
    def url(self) -> str:
        if not self._port:
            raise RuntimeError("the simulator has not been started")
        return f"socket://127.0.0.1:{self._port}"

    def plug(self) -> None:
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self._port))
            self._port = self._listener.getsockname()[1]

    def unplug(self) -> None:
        for end in (self._client, self._listener):
            if end is not None:
                end.close()
        self._client = self._listener = None

    def remove(self) -> None:
        """A port leaves nothing behind."""

    def attached(self) -> bool:
        return self._client is not None

    def readers(self) -> list[int]:
        return [end.fileno() for end in (self._client, self._listener) if end is not None]

    def writer(self) -> int | None:
        return None if self._client is None else self._client.fileno()

    def receive(self, ready: list[int]) -> bytes:
        data = b""
        if self._client is not None and self._client.fileno() in ready:
            try:
                data = self._client.recv(BULK)
            except ConnectionError:
                data = b""
            if not data:
                self._client.close()
                self._client = None
                return b""  # whoever waits to be let in comes in a round of its own, and is greeted
        if self._listener is not None and self._listener.fileno() in ready:
            newcomer, _ = self._listener.accept()
            if self._client is None:
                newcomer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                newcomer.setblocking(False)
                self._client = newcomer
            else:
                newcomer.close()
        return data

    def send(self, data: memoryview) -> int:
        if self._client is None:
            raise UnpluggedError
        try:
            return self._client.send(data)
        except BlockingIOError:
            return 0
        except ConnectionError as error:
            raise UnpluggedError from error

    def baudrate(self) -> int | None:
        return None


if sys.platform != "win32":
    SPEEDS: Final = {
        getattr(termios, f"B{baud}"): baud for baud in (9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)
    }

    class PtyEnd:
        """A pseudo-terminal behind a link whose name does not change."""

        def __init__(self, name: str) -> None:
            self._name = name
            self._folder: tempfile.TemporaryDirectory[str] | None = None
            self._master: int | None = None
            self._slave: int | None = None

        @property
        def url(self) -> str:
            if self._folder is None:
                raise RuntimeError("the simulator has not been started")
            return str(self._link())

        def plug(self) -> None:
            if self._master is not None:
                return
            if self._folder is None:
                self._folder = tempfile.TemporaryDirectory(prefix="simulated-port-")
            # Our own handle on the slave keeps the line alive while no client has it open.
            self._master, self._slave = os.openpty()
            tty.setraw(self._slave)
            os.set_blocking(self._master, False)
            self._link().symlink_to(os.ttyname(self._slave))

        def unplug(self) -> None:
            if self._master is None or self._slave is None:
                return
            self._link().unlink()
            os.close(self._slave)
            os.close(self._master)
            self._master = self._slave = None

        def remove(self) -> None:
            if self._folder is not None:
                self._folder.cleanup()
                self._folder = None

        def attached(self) -> bool:
            return self._master is not None

        def readers(self) -> list[int]:
            return [] if self._master is None else [self._master]

        def writer(self) -> int | None:
            return self._master

        def receive(self, ready: list[int]) -> bytes:
            if self._master is None or self._master not in ready:
                return b""
            return os.read(self._master, BULK)

        def send(self, data: memoryview) -> int:
            if self._master is None:
                raise UnpluggedError
            try:
                return os.write(self._master, data)
            except BlockingIOError:
                return 0

        def baudrate(self) -> int | None:
            if self._slave is None:
                return None
            return SPEEDS.get(termios.tcgetattr(self._slave)[5])

        def _link(self) -> Path:
            assert self._folder is not None
            return Path(self._folder.name) / self._name


def line_end(name: str, *, tcp: bool) -> End:
    """A pty named so, or a TCP port where that is wanted or there are no ptys."""
    if sys.platform != "win32" and not tcp:
        return PtyEnd(name)
    return TcpEnd()
