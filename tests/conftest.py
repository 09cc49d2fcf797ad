"""What every test here keeps to: offscreen unless told, nothing leaked, nothing skipped."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

FD_FOLDER = Path("/proc/self/fd")
PATIENCE_S = 3.0
"""How long a thread that was told to stop may take to be gone."""


def _foreign_thread(thread: threading.Thread) -> bool:
    """Threads that no test can join: Qt's own, seen by Python as dummies, and the test runner's."""
    return isinstance(thread, threading._DummyThread) or thread.name.startswith(("execnet", "pytest_timeout"))


def _open_files() -> dict[str, str]:
    found = {}
    for entry in FD_FOLDER.iterdir():
        try:
            target = str(entry.readlink())
        except OSError:
            continue  # the listing's own descriptor
        found[entry.name] = target
    return found


def _leaked_files(before: dict[str, str]) -> list[str]:
    """Descriptors opened since; Qt's and the interpreter's process-wide event handles stay for good and are no leak."""
    kept = ("anon_inode:", "/dev/urandom", "/dev/null", "/proc/")
    return sorted(
        target for fd, target in _open_files().items() if before.get(fd) != target and not target.startswith(kept)
    )


@pytest.fixture(autouse=True)
def nothing_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread running or a descriptor open."""
    threads_before = set(threading.enumerate())
    watch_files = FD_FOLDER.is_dir() and "capfd" not in request.fixturenames
    files_before = _open_files() if watch_files else {}
    yield
    deadline = time.monotonic() + PATIENCE_S
    while True:
        threads = [t for t in set(threading.enumerate()) - threads_before if t.is_alive() and not _foreign_thread(t)]
        gc.collect()
        files = _leaked_files(files_before) if watch_files else []
        # A wake-up or a Qt connection is made once a process and stays: pairs of sockets and pipes without a name.
        files = (
            [f for f in files if not f.startswith(("socket:", "pipe:"))] if "qtbot" in request.fixturenames else files
        )
        if not threads and not files:
            return
        if time.monotonic() > deadline:
            break
        for thread in threads:
            thread.join(timeout=0.05)
        if not threads:
            time.sleep(0.01)  # a descriptor closed by another process's exit has nothing to wait on
    pytest.fail(f"left behind: threads {[t.name for t in threads]}, descriptors {files}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skip hides a test that did not run: on the build server it is a failure."""
    report = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped; nothing may be skipped here"
    return report
