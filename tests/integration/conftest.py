"""What takes long to make and is only looked at: made once for all of these tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.test_cli_commands import ASTRONAUT, ktpel


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A demonstration with a real photograph: its folder and what it printed. Whoever changes it copies it first."""
    folder = tmp_path_factory.mktemp("demo")
    done = ktpel("demo", "--portrait", ASTRONAUT, "--out", folder, "--language", "en", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder, done.stdout
