"""The simulated reader: seen by nobody outside, usable by anybody here, and gone without a trace."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from devices.card_reader import simulator as module
from devices.card_reader.simulator import CardReaderSimulator, CardSimulationError
from devices.card_reader.virtual_card import CardKind, CardSpec

ROOT = Path(__file__).parents[2]
LONE = """
import sys, time
from devices.card_reader.simulator import CardReaderSimulator
from devices.card_reader.virtual_card import CardKind, CardSpec
simulator = CardReaderSimulator()
simulator.start()
simulator.insert(CardSpec(CardKind.KTPEL, bytes(4)))
print(simulator.socket_path, flush=True)
sys.stdin.read()
"""
LISTENING = "0A"


@pytest.fixture
def lone() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another process with a simulator, and the path of its socket."""
    process = subprocess.Popen(
        [sys.executable, "-c", LONE], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process:
        yield process, Path(process.stdout.readline().strip())
        process.kill()


def running(process: psutil.Process) -> bool:
    """A zombie has ended; this machine's first process may take its time to bury it."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def gone(processes: list[psutil.Process], folder: Path) -> bool:
    end = time.monotonic() + 5
    while any(running(each) for each in processes) or folder.exists():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)  # what is nobody's child has nothing to wait on
    return True


def test_a_killed_program_leaves_no_process_and_no_file(lone: tuple[subprocess.Popen[str], Path]) -> None:
    process, path = lone
    below = psutil.Process(process.pid).children(recursive=True)
    assert {"pcscd"} < {each.name() for each in below}
    assert path.is_socket()
    process.kill()
    assert gone(below, path.parent)


def test_a_killed_host_takes_the_service_with_it(lone: tuple[subprocess.Popen[str], Path]) -> None:
    process, path = lone
    host, service = psutil.Process(process.pid).children(recursive=True)
    host.kill()
    end = time.monotonic() + 5
    while running(service):
        assert time.monotonic() < end
        time.sleep(0.005)  # it is another process's child
    path.unlink()
    for each in (path.parent / "reader.conf.d").iterdir():
        each.unlink()
    (path.parent / "reader.conf.d").rmdir()
    path.parent.rmdir()


def test_ctrl_c_reaches_the_program_alone(lone: tuple[subprocess.Popen[str], Path]) -> None:
    process, path = lone
    below = psutil.Process(process.pid).children(recursive=True)
    assert {os.getpgid(each.pid) for each in below} & {os.getpgid(process.pid)} == set()
    process.send_signal(signal.SIGINT)
    assert gone(below, path.parent)


def test_nothing_listens_on_the_network() -> None:
    with CardReaderSimulator() as simulator:
        assert Path(simulator.socket_path).is_socket()
        open_ports = [line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
        listening = {int(words[1].split(":")[1], 16) for words in open_ports if words[3] == LISTENING}
    assert not listening & {module.PORT, module.PORT + 1}


def test_one_after_another_has_the_same_path_and_two_at_once_have_two() -> None:
    with CardReaderSimulator() as first:
        path = first.socket_path
        with CardReaderSimulator() as beside:
            assert beside.socket_path != path
    with CardReaderSimulator() as second:
        assert second.socket_path == path


def test_starting_and_stopping_twice_is_once() -> None:
    simulator = CardReaderSimulator()
    simulator.stop()
    simulator.start()
    path = simulator.socket_path
    simulator.start()
    assert simulator.socket_path == path
    simulator.stop()
    simulator.stop()
    with pytest.raises(RuntimeError, match="not been started"):
        _ = simulator.socket_path
    with pytest.raises(RuntimeError, match="not running"):
        simulator.apdus()


def test_it_survives_any_order_of_cards_and_crashes() -> None:
    with CardReaderSimulator() as simulator:
        simulator.remove()
        for slot in (0, 1):
            simulator.insert(CardSpec(CardKind.KTPEL, bytes(4)), slot)
        simulator.insert(CardSpec(CardKind.FOREIGN, bytes(7)))
        simulator.crash()
        simulator.crash()
        simulator.remove(1)
        simulator.insert(CardSpec(CardKind.KTPEL, bytes(4)))
        simulator.restart()
        simulator.restart()
        with pytest.raises(CardSimulationError, match="IndexError"):
            simulator.remove(2)
        assert simulator.apdus() == ()


def test_it_runs_for_anybody_where_the_kernel_lets_anybody_make_namespaces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "NAMESPACES", module.NAMESPACES[1:])
    with CardReaderSimulator() as simulator:
        assert Path(simulator.socket_path).is_socket()


def test_a_machine_that_forbids_namespaces_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing = tmp_path / "unshare"
    refusing.write_text("#!/bin/sh\necho unshare: Operation not permitted\nexit 1\n", "utf-8")
    refusing.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(CardSimulationError, match=r"namespaces, is needed; unshare: Operation not permitted"):
        CardReaderSimulator().start()


def test_a_namespace_without_rights_in_it_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a security module lets anybody make one and then takes away the rights; and no network opens."""
    plain = tmp_path / "unshare"
    plain.write_text('#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done; shift; exec "$@"\n', "utf-8")
    plain.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    with pytest.raises(CardSimulationError, match="not in a network namespace of its own"):
        CardReaderSimulator().start()


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DRIVERS", (Path("/nowhere/libifdvpcd.so"),))
    with pytest.raises(CardSimulationError, match="install the package vsmartcard-vpcd"):
        CardReaderSimulator().start()
