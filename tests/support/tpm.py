"""Software TPMs (swtpm), each with a state of its own: other state, another machine."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

PATIENCE_S = 10.0


@contextmanager
def software_tpm(state: Path) -> Iterator[str]:
    """A TPM that answers; yields its name for the TSS."""
    state.mkdir(parents=True, exist_ok=True)
    while True:
        port = _free_pair()
        command = ["swtpm", "socket", "--tpm2", "--tpmstate", f"dir={state}", "--flags", "not-need-init,startup-clear"]
        command += ["--server", f"type=tcp,port={port}", "--ctrl", f"type=tcp,port={port + 1}"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            if not _answers(process, port + 1):
                continue  # somebody else took a port meanwhile
            yield f"swtpm:port={port}"
            return
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def _free_pair() -> int:
    """A port that is free, with the next one: the TSS takes that for the control channel."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except (OSError, OverflowError):
                continue
            return port


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    end = monotonic() + PATIENCE_S
    while process.poll() is None and monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            continue
        return True
    return False
