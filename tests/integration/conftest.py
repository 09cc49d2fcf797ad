"""What takes long to make and is only looked at: made once for all of these tests, and handed out as copies."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from station.packet.practice import PracticeDataCentre
from tests.integration.test_cli_commands import ASTRONAUT, ktpel
from tests.support.offices import office_files
from tests.support.recorded import Data, record


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A demonstration with a real photograph: its folder and what it printed. Whoever changes it copies it first."""
    folder = tmp_path_factory.mktemp("demo")
    done = ktpel("demo", "--portrait", ASTRONAUT, "--out", folder, "--language", "en", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    return folder, done.stdout


@pytest.fixture(scope="session")
def master(tmp_path_factory: pytest.TempPathFactory) -> tuple[Data, PracticeDataCentre]:
    """Data of one sealed recording, not to be changed; and the office that can restore its keys."""
    folder = tmp_path_factory.mktemp("master")
    certificate, office = office_files(folder)
    return record(folder / "data", certificate), office


@pytest.fixture
def office(master: tuple[Data, PracticeDataCentre]) -> PracticeDataCentre:
    """Whose key opens the recovery file."""
    return master[1]


@pytest.fixture
def data(master: tuple[Data, PracticeDataCentre], tmp_path: Path) -> Data:
    """A copy of one's own."""
    shutil.copytree(master[0].base, tmp_path / "data")
    return replace(master[0], base=tmp_path / "data")
