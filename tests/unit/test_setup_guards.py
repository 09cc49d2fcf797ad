"""The guards in tests/conftest.py catch what they are for: proved on a throwaway suite in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

CONFTEST = Path(__file__).parents[1] / "conftest.py"
SUITE = """
import os, tempfile, threading
from pathlib import Path
import pytest

KEPT = []

def test_clean(tmp_path):
    (tmp_path / "a").write_text("kept by pytest itself")
    worker = threading.Thread(target=lambda: None)
    worker.start()
    worker.join()
    with tempfile.NamedTemporaryFile():
        pass

def test_slow_to_end():
    threading.Timer(0.2, lambda: None).start()

def test_thread():
    worker = threading.Thread(target=threading.Event().wait, name="forgotten", daemon=True)
    worker.start()

def test_descriptor():
    KEPT.append(os.open(__file__, os.O_RDONLY))

def test_temporary():
    KEPT.append(tempfile.mkdtemp(prefix="forgotten-"))

def test_skipped():
    pytest.skip("no reason is good enough")
"""
SELF_SKIPPING = 'import pytest\npytest.skip("not here", allow_module_level=True)\n'


def _run(folder: Path, *arguments: str, **environment: str) -> dict[str, str]:
    """What went wrong in the suite, by test: the message of the failure or error; "skipped" for a skip."""
    folder.mkdir()
    guards = CONFTEST.read_text("utf-8")
    assert "PATIENCE_S = 3.0" in guards
    (folder / "conftest.py").write_text(guards.replace("PATIENCE_S = 3.0", "PATIENCE_S = 0.5"), "utf-8")
    (folder / "test_suite.py").write_text(SUITE, "utf-8")
    (folder / "test_self_skipping.py").write_text(SELF_SKIPPING, "utf-8")
    report = folder / "report.xml"
    options = ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov", "-p", "no:pytest-qt"]
    inherited = {k: v for k, v in os.environ.items() if k not in ("CI", "PYTEST_ADDOPTS", "PYTEST_CURRENT_TEST")}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            *options,
            f"--junitxml={report}",
            "--continue-on-collection-errors",
            *arguments,
        ],
        capture_output=True,
        text=True,
        env=inherited | environment,
        cwd=folder,
        timeout=60,
        check=False,
    )
    assert report.is_file(), done.stdout + done.stderr
    found = {}
    for case in ET.parse(report).iter("testcase"):
        for wrong in case:
            if wrong.tag in ("failure", "error", "skipped"):
                text = f"{wrong.get('message', '')} {wrong.text or ''}"
                found[case.get("name", "").rpartition(".")[2]] = "skipped" if wrong.tag == "skipped" else text
    return found


def test_what_leaks_or_skips_fails_on_the_build_server(tmp_path: Path) -> None:
    found = _run(tmp_path / "s", CI="true")
    assert set(found) == {"test_thread", "test_descriptor", "test_temporary", "test_skipped", "test_self_skipping"}
    assert "threads ['forgotten']" in found["test_thread"]
    assert "test_suite.py'" in found["test_descriptor"]
    assert "temporary files ['forgotten-" in found["test_temporary"]
    assert "nothing may be skipped" in found["test_skipped"]
    assert "nothing may be skipped" in found["test_self_skipping"]


def test_a_skip_is_let_pass_at_a_desk(tmp_path: Path) -> None:
    found = _run(tmp_path / "s", "-k", "skipped or clean")
    assert found == {"test_skipped": "skipped", "test_self_skipping": "skipped"}
