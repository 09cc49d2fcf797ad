"""Runs inside a network namespace of its own: a PC/SC daemon, and the cards that lie on its virtual reader.

Started by `devices.card_reader.simulator` and by nobody else. It takes one JSON object a line on standard input and
answers one a line on standard output; the end of standard input ends it, the daemon with it. Linux only.

The reader driver (vpcd) listens on all addresses. Here that is a loopback that nothing else can reach; the programs
that use the cards come in by the daemon's socket in the file system.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import threading
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any

from devices.card_reader.virtual_card import CardSpec, VirtualCard

assert sys.platform == "linux", "network namespaces are Linux's"

SLOTS = 2
READY_MARK = b"daemon ready"
START_S = 10.0
GRACE_S = 2.0
KEPT_APDUS = 10_000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 0x1


class HostError(Exception):
    """Something on this machine keeps the daemon from running; the text says what."""


class CardSlot:
    """One slot of the reader. A card in it keeps its connection, through restarts of the daemon, until taken out."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._gone = threading.Event()
        self._line: socket.socket | None = None
        self._delay_s = 0.0
        self._muted = False
        self.log: deque[str] = deque(maxlen=KEPT_APDUS)

    def insert(self, spec: CardSpec) -> None:
        self.remove()
        self._gone.clear()
        self._delay_s, self._muted = spec.delay_s, False
        self._thread = threading.Thread(target=self._stay, args=(VirtualCard(spec),), name=f"card-{self._port}")
        self._thread.start()

    def remove(self) -> None:
        self._gone.set()
        with self._lock:
            if self._line is not None:
                with suppress(OSError):  # the daemon was quicker
                    self._line.shutdown(socket.SHUT_RDWR)
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def hold(self, *, delay_s: float, muted: bool) -> None:
        self._delay_s, self._muted = delay_s, muted

    def _stay(self, card: VirtualCard) -> None:
        while not self._gone.is_set():
            try:
                line = socket.create_connection(("127.0.0.1", self._port), timeout=GRACE_S)
            except OSError:
                self._gone.wait(0.02)  # the daemon is down; nothing tells when its port comes back
                continue
            line.settimeout(None)
            with line:
                with self._lock:
                    self._line = line
                    if self._gone.is_set():
                        self._line = None
                        return
                try:
                    self._serve(line, card)
                except OSError:
                    pass  # the daemon went away: lie there until it is back
                finally:
                    with self._lock:
                        self._line = None

    def _serve(self, line: socket.socket, card: VirtualCard) -> None:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            head = _receive(line, 2)
            body = _receive(line, int.from_bytes(head, "big")) if head else b""
            if not head or not body:
                return
            if len(body) > 1:
                self._answer(line, card, body)
            elif body == b"\x04":
                line.sendall(_message(card.spec.atr))
            else:
                card.reset()

    def _answer(self, line: socket.socket, card: VirtualCard, apdu: bytes) -> None:
        self.log.append(apdu.hex())
        if card.torn:
            self._gone.set()
            raise ConnectionAbortedError("taken away")
        answer = None if self._muted else card.answer(apdu)
        if answer is None:
            while _receive(line, 1):
                pass  # silent until taken away
            return
        if self._delay_s and self._gone.wait(self._delay_s):
            return
        line.sendall(_message(answer))


def _message(body: bytes) -> bytes:
    return len(body).to_bytes(2, "big") + body


def _receive(line: socket.socket, count: int) -> bytes:
    """Exactly `count` bytes, or none when the other end closed.

    The other end sends a length and its body apart; unless each is acknowledged at once, Nagle's rule and the
    delayed acknowledgement together cost 44 ms a command. The option does not last: set it before every read.
    """
    data = b""
    while len(data) < count:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        chunk = line.recv(count - len(data))
        if not chunk:
            return b""
        data += chunk
    return data


class Daemon:
    """The PC/SC daemon on a socket in `folder`."""

    def __init__(self, folder: Path, binary: str, extra: list[str]) -> None:
        self._folder = folder
        self._command = [binary, "--foreground", "--info", "--config", str(folder / "reader.conf.d"), *extra]
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._ready = threading.Event()
        self._tail: deque[bytes] = deque(maxlen=20)
        self._settings = folder / "reader.conf.d" / "simulated"
        self._put_by = folder / "unplugged"

    @property
    def pid(self) -> int:
        return self._process.pid if self._process is not None else 0

    def start(self) -> None:
        """Return when the readers can be listed.

        Called from the main thread alone: the kernel ties the daemon's life to the thread that made it.
        """
        path = self._folder / "pcscd.sock"
        path.unlink(missing_ok=True)
        environment = dict(os.environ, LISTEN_FDS="1", PCSCLITE_HP_DROPDIR=str(self._folder / "no-usb-drivers"))
        # Socket activation as systemd does it: the daemon looks for its socket at descriptor 3, and compares a process
        # id that is known only behind the fork. Hence the shell, which gets the socket as its standard input.
        line = ["setpriv", "--pdeathsig", "KILL", "/bin/sh", "-c", 'LISTEN_PID=$$ exec "$@" 3<&0 </dev/null', "sh"]
        self._ready.clear()
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
            listener.bind(str(path))
            listener.listen(16)
            self._process = subprocess.Popen(  # noqa: S603 - fixed words and our own folder
                [*line, *self._command],
                env=environment,
                stdin=listener.fileno(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        self._reader = threading.Thread(target=self._read_log, args=(self._process,), name="pcscd-log")
        self._reader.start()
        if not self._ready.wait(START_S) or self._process.poll() is not None:
            words = b" | ".join(self._tail).decode(errors="replace")
            self.stop()
            raise HostError(f"the PC/SC daemon did not start: {words[-600:]}")

    def unplug(self) -> None:
        """Take the reader away. The driver cannot lose one that its daemon has: the daemon starts anew, without."""
        if self._settings.exists():
            self._settings.rename(self._put_by)
        self.restart()

    def plug(self) -> None:
        """Give the reader back; the daemon starts anew for that, too."""
        if self._put_by.exists():
            self._put_by.rename(self._settings)
        self.restart()

    def restart(self) -> None:
        """Start anew, after a crash or in place of the one that runs."""
        self.stop()
        self.start()

    def _read_log(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self._tail.append(line.strip())
            if READY_MARK in line:
                self._ready.set()
        self._ready.set()  # ended: whoever waits must look

    def kill(self) -> None:
        """As a crash does: no farewell, and the socket's file stays."""
        if self._process is not None:
            self._process.kill()
            self._finish(self._process)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(GRACE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()  # a transmit that waits for a silent card holds it
            self._finish(self._process)
        (self._folder / "pcscd.sock").unlink(missing_ok=True)

    def _finish(self, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        if self._reader is not None:
            self._reader.join()
        if process.stdout is not None:
            process.stdout.close()
        self._process = self._reader = None


def raise_loopback() -> None:
    """Bring up `lo` of this namespace. Raises HostError where the namespace gives no rights."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        try:
            flags = fcntl.ioctl(any_socket, SIOCGIFFLAGS, struct.pack("16sH14x", b"lo", 0))
            (value,) = struct.unpack_from("H", flags, 16)
            fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", value | IFF_UP))
        except OSError as error:
            raise HostError(f"the private network's loopback cannot be raised: {error.strerror}") from error


def cover_run(folder: Path) -> None:
    """Hide the system's /run from the daemon, which as root would overwrite the process id of the system's own one.

    Left as it is where mounts are forbidden, and where our folder is in there: then a stale /run/pcscd/pcscd.pid may
    stay behind, which pcscd does not mind.
    """
    if not folder.is_relative_to("/run"):
        subprocess.run(
            ["mount", "-t", "tmpfs", "tmpfs", "/run"],  # noqa: S607 - from the search path, as every tool here
            capture_output=True,
            check=False,
        )


def outside_interfaces() -> list[str]:
    """Interfaces beside `lo`: none, unless this process was started without its namespace."""
    return [name for _, name in socket.if_nameindex() if name != "lo"]


class Host:
    """Obeys the lines that come in."""

    def __init__(self, daemon: Daemon, port: int) -> None:
        self._daemon = daemon
        self._slots = [CardSlot(port + number) for number in range(SLOTS)]

    def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        word = order["do"]
        if word == "crash":
            self._daemon.kill()
        elif word == "restart":
            self._daemon.restart()
        elif word == "unplug":
            self._daemon.unplug()
        elif word == "plug":
            self._daemon.plug()
        else:
            return self._obey_slot(word, self._slots[order["slot"]], order)
        return {"pid": self._daemon.pid}

    def _obey_slot(self, word: str, slot: CardSlot, order: dict[str, Any]) -> dict[str, Any]:
        if word == "insert":
            slot.insert(CardSpec.from_json(order["card"]))
        elif word == "remove":
            slot.remove()
        elif word == "hold":
            slot.hold(delay_s=order["delay_s"], muted=order["muted"])
        elif word == "log":
            return {"apdus": list(slot.log)}
        else:
            raise HostError(f"unknown order {word}")
        return {}

    def end(self) -> None:
        for slot in self._slots:
            slot.remove()
        self._daemon.stop()


def _say(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def main(folder: Path, port: int, binary: str, extra: list[str]) -> int:
    """Serve until standard input ends; the folder goes with it. The second slot's port is one above the first's."""
    try:
        return _serve(Daemon(folder, binary, extra), folder, port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _serve(daemon: Daemon, folder: Path, port: int) -> int:
    try:
        if outside_interfaces():
            raise HostError("not in a network namespace of its own; the reader would listen on the network")
        if shutil.which("setpriv") is None:
            raise HostError("setpriv (util-linux) is missing")
        raise_loopback()
        cover_run(folder)
        daemon.start()
    except HostError as error:
        _say({"error": str(error)})
        return 1
    host = Host(daemon, port)
    try:
        _say({"pid": daemon.pid, "readers": SLOTS})
        for line in sys.stdin:
            try:
                _say({"ok": host.obey(json.loads(line))})
            except (HostError, KeyError, ValueError, IndexError) as error:
                _say({"error": f"{type(error).__name__}: {error}"})
    finally:
        host.end()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:]))
