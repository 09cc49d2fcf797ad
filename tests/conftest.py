"""What every test here keeps to: offscreen unless told, nothing leaked, nothing skipped."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# A temporary folder of this process's own, so that what a test leaves there can be told from other programs' files. Its
# name is short: a socket's path may have 107 bytes. Pytest's tmp_path stays in the system's, for a look afterwards.
os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())
TEMPORARY = Path(tempfile.mkdtemp(prefix="t-"))
os.environ["TMPDIR"] = tempfile.tempdir = str(TEMPORARY)

# Nobody's settings: a station that is set up on this machine is none of the tests'.
(TEMPORARY / "settings").mkdir()
os.environ["XDG_CONFIG_HOME"] = str(TEMPORARY / "settings")

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


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> None:
    """Passwords are hashed as everywhere, but at a hundredth of the cost: else a third of the suite is waiting for it.

    What the station itself asks for is held by `tests/unit/test_security_passwords.py`.
    """
    from argon2 import PasswordHasher

    from station.security import passwords

    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=2048, parallelism=1)


@pytest.fixture(autouse=True)
def nothing_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a thread running, a descriptor open or a temporary file behind."""
    temporary_before = set(TEMPORARY.iterdir())
    threads_before = set(threading.enumerate())
    watch_files = FD_FOLDER.is_dir() and "capfd" not in request.fixturenames
    files_before = _open_files() if watch_files else {}
    yield
    deadline = time.monotonic() + PATIENCE_S
    while True:
        threads = [t for t in set(threading.enumerate()) - threads_before if t.is_alive() and not _foreign_thread(t)]
        files = _leaked_files(files_before) if watch_files else []
        # A wake-up or a Qt connection is made once a process and stays: pairs of sockets and pipes without a name.
        files = (
            [f for f in files if not f.startswith(("socket:", "pipe:"))] if "qtbot" in request.fixturenames else files
        )
        temporary = sorted(entry.name for entry in set(TEMPORARY.iterdir()) - temporary_before)
        if not threads and not files and not temporary:
            return
        gc.collect()  # what is held by a cycle alone is no leak; some 0.2 s, so not after every test
        if time.monotonic() > deadline:
            break
        for thread in threads:
            thread.join(timeout=0.05)
        if not threads:
            time.sleep(0.01)  # a descriptor closed by another process's exit has nothing to wait on
    pytest.fail(f"left behind: threads {[t.name for t in threads]}, descriptors {files}, temporary files {temporary}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skip hides a test that did not run: on the build server it is a failure."""
    report = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped; nothing may be skipped here"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A module that skips itself while it is collected hides even more."""
    report = yield
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} skipped itself; nothing may be skipped here"
    return report


def pytest_unconfigure() -> None:
    shutil.rmtree(TEMPORARY, ignore_errors=True)
