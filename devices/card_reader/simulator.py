"""A contactless reader with two slots on a PC/SC service of its own, and the virtual cards that lie on it. Linux only.

The service is the system's own program, `pcscd`, with the reader driver of the package vsmartcard-vpcd, both inside a
network namespace (see `vpcd_host`); whoever knows the socket's path can use it. Needs root, or a kernel that lets
anybody make namespaces. All of it ends with this process, however that ends: it lives as long as our end of a pipe.
"""

from __future__ import annotations

import functools
import json
import os
import platform
import secrets
import select
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any, Final, Self

from devices.card_reader.virtual_card import CardSpec

ROOT: Final = Path(__file__).parents[2]
DRIVERS: Final = (
    Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so"),
    Path("/usr/lib64/pcsc/drivers/serial/libifdvpcd.so"),
    Path("/usr/local/lib/pcsc/drivers/serial/libifdvpcd.so"),
)
PORT: Final = 27021
"""The first slot's port in its own namespace; the second's is one above. Below those that the kernel gives to callers
(32768 and up): a card that calls while nobody listens could be connected to itself.
"""
PACKAGES: Final = {"pcscd": "pcscd", "unshare": "util-linux", "setpriv": "util-linux", "mount": "mount"}
ANSWER_S: Final = 15.0
"""Longest wait for the host's answer; a daemon that does not start makes it say so after ten seconds."""
END_S: Final = 5.0
NAMESPACES: Final = (("--net", "--mount"), ("--map-root-user", "--net", "--mount"))
"""What `unshare` is asked for: as root, then as anybody."""


class CardSimulationError(Exception):
    """The reader cannot be simulated on this machine; the text says what is missing."""


class CardReaderSimulator:
    """A reader with two slots.

    Args:
        name: what the reader is called, up to 60 characters; the slots add " 00 00" and " 00 01".
    """

    def __init__(self, name: str = "KTP-el QA Reader") -> None:
        self._name = name
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._heard = b""

    @property
    def socket_path(self) -> str:
        """What PCSCLITE_CSOCK_NAME must be in the programs that use the cards. Valid once started.

        The client library reads that variable once a process. So the path is the same for every simulator that this
        process starts one after another; a second one beside the first is for other processes.
        """
        return str(self._started() / "pcscd.sock")

    @property
    def readers(self) -> tuple[str, str]:
        """Names of the two slots, as programs see them."""
        return (f"{self._name} 00 00", f"{self._name} 00 01")

    def start(self) -> None:
        """Return when the readers can be listed (about a quarter of a second). Idempotent.

        Raises:
            CardSimulationError: something is missing, or namespaces are forbidden.
        """
        if self._process is not None:
            return
        binary, driver = _installed()
        self._folder = _folder()
        try:
            self._configure(self._folder, driver)
            self._launch(self._folder, [binary, *_options(binary)])
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Take the cards away and end the service. Idempotent; a program that uses it sees it go."""
        process, self._process = self._process, None
        if process is not None:
            _end(process)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        """Stop."""
        self.stop()

    def insert(self, card: CardSpec, slot: int = 0) -> None:
        """Lay a card on the reader, in place of what lies there; programs notice within about half a second."""
        self._ask({"do": "insert", "slot": slot, "card": card.to_json()})

    def remove(self, slot: int = 0) -> None:
        """Take the card away; a command that waits for its answer fails at once. Nothing where none lies there."""
        self._ask({"do": "remove", "slot": slot})

    def hold(self, *, delay_s: float = 0.0, muted: bool = False, slot: int = 0) -> None:
        """Let the card that lies there take `delay_s` seconds for each answer, or fall silent at its next command.

        A command that has once met silence gets no answer, until the card is taken away.
        """
        self._ask({"do": "hold", "slot": slot, "delay_s": delay_s, "muted": muted})

    def apdus(self, slot: int = 0) -> tuple[bytes, ...]:
        """The commands that cards in this slot have got so far, the last ten thousand, oldest first."""
        return tuple(bytes.fromhex(each) for each in self._ask({"do": "log", "slot": slot})["apdus"])

    def crash(self) -> None:
        """Kill the service without a farewell; its socket's file stays, as after a real crash. The cards stay too."""
        self._ask({"do": "crash"})

    def restart(self) -> None:
        """Start the service anew, after a crash or in place of the one that runs."""
        self._ask({"do": "restart"})

    def unplug(self) -> None:
        """Take the reader away, the cards with it; the service starts anew without any reader."""
        self._ask({"do": "unplug"})

    def plug(self) -> None:
        """Plug the reader in again, its cards on it; the service starts anew with it."""
        self._ask({"do": "plug"})

    def _started(self) -> Path:
        if self._folder is None:
            raise RuntimeError("the simulator has not been started")
        return self._folder

    def _configure(self, folder: Path, driver: Path) -> None:
        readers = folder / "reader.conf.d"
        readers.mkdir()
        lines = (
            f'FRIENDLYNAME "{self._name}"',
            f"DEVICENAME /dev/null:{PORT}",
            f"LIBPATH {driver}",
            f"CHANNELID {PORT}",
        )
        (readers / "simulated").write_text("\n".join(lines) + "\n", "utf-8")

    def _launch(self, folder: Path, service: list[str]) -> None:
        host = [sys.executable, "-m", "devices.card_reader.vpcd_host", str(folder), str(PORT), *service]
        refusals = ["root, or a kernel that lets anybody make namespaces, is needed"]
        for namespaces in NAMESPACES:
            self._heard = b""
            self._process = subprocess.Popen(  # noqa: S603 - fixed words and our own folder
                ["unshare", *namespaces, "--", *host],  # noqa: S607 - from the search path, as every tool here
                env=dict(os.environ, PYTHONPATH=str(ROOT)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                bufsize=0,
                start_new_session=True,  # Ctrl-C in a terminal is ours alone: we end the others in order
            )
            try:
                self._hear(self._process)
            except CardSimulationError as error:
                _end(self._process)
                self._process = None
                if not folder.is_dir():
                    raise  # the namespace was there, and the host has cleaned up after what failed in it
                refusals.append(str(error))
            else:
                return
        raise CardSimulationError("; ".join(refusals))

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            process = self._process
            if process is None or process.stdin is None:
                raise RuntimeError("the simulator is not running")
            try:
                process.stdin.write(json.dumps(order).encode() + b"\n")
            except OSError as error:
                raise CardSimulationError("the simulated reader has ended by itself") from error
            answer: dict[str, Any] = self._hear(process)["ok"]
            return answer

    def _hear(self, process: subprocess.Popen[bytes]) -> dict[str, Any]:
        """The next line of the host."""
        assert process.stdout is not None
        while b"\n" not in self._heard:
            ready, _, _ = select.select([process.stdout], [], [], ANSWER_S)
            piece = process.stdout.read(65536) if ready else b""
            if not piece:
                words = self._heard.decode(errors="replace").strip()
                raise CardSimulationError(words or "the host of the simulated reader says nothing")
            self._heard += piece
        line, _, self._heard = self._heard.partition(b"\n")
        try:
            answer: dict[str, Any] = json.loads(line)
        except ValueError:
            # Neither the host's answer nor a promise of one: what a tool or the interpreter says at its end.
            raise CardSimulationError((line + b"\n" + self._rest(process)).decode(errors="replace").strip()) from None
        if "error" in answer:
            raise CardSimulationError(str(answer["error"]))
        return answer

    def _rest(self, process: subprocess.Popen[bytes]) -> bytes:
        assert process.stdout is not None
        process.kill()  # if it has not ended anyway
        while piece := process.stdout.read(65536):
            self._heard += piece
        return self._heard


@functools.cache
def _usual_path() -> Path:
    """One name a process, that nobody guesses."""
    return Path(tempfile.gettempdir(), f"pcsc-{secrets.token_hex(4)}")


def _folder() -> Path:
    """A new folder for us alone, by the usual name unless another simulator lives there."""
    path = _usual_path()
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        return Path(tempfile.mkdtemp(prefix="pcsc-"))
    return path


def _installed() -> tuple[str, Path]:
    """The service's program and the virtual reader's driver."""
    if platform.system() != "Linux":
        raise CardSimulationError("card readers are simulated on Linux alone")
    tools = {name: shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin") for name in PACKAGES}
    for name, found in tools.items():
        if found is None:
            raise CardSimulationError(f"{name} is missing; install the package {PACKAGES[name]}")
    driver = next((path for path in DRIVERS if path.exists()), None)
    if driver is None:
        raise CardSimulationError("the virtual reader's driver is missing; install the package vsmartcard-vpcd")
    return str(tools["pcscd"]), driver


def _options(binary: str) -> list[str]:
    """A service built with polkit would ask a system bus that does not know it; where it has the switch, use it."""
    told = subprocess.run([binary, "--help"], capture_output=True, check=False)  # noqa: S603 - a program found above
    return ["--disable-polkit"] if b"--disable-polkit" in told.stdout + told.stderr else []


def _end(process: subprocess.Popen[bytes]) -> None:
    """Close its standard input, which ends it; its own children die with it in any case."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()
