"""Rules of the house that no linter knows: reasons beside silenced checks, contracts that name every room."""

from __future__ import annotations

import io
import re
import tokenize
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = ("protocols", "devices", "station", "ui")
SIMULATED = ("simulation", "conformance")
DRIVER = re.compile(
    r"^from devices\.transport import|^import (?:cv2|serial|smartcard)|^from (?:cv2|serial|smartcard)", re.MULTILINE
)
SILENCED = re.compile(
    r"#\s*(?:type:\s*ignore(?:\[[^\]]*\])?|noqa(?::\s*[A-Z]+\d+(?:\s*,\s*[A-Z]+\d+)*)?|pragma:\s*no\s*\w+)"
)


def _sources() -> list[Path]:
    return sorted(path for top in (*FLOORS, "tests", "benchmarks") for path in (ROOT / top).rglob("*.py"))


def _without_reason(text: str) -> list[str]:
    """Comments that silence a check and say nothing else."""
    return [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type == tokenize.COMMENT
        and SILENCED.search(token.string)
        and len(re.findall(r"\w{2,}", SILENCED.sub("", token.string))) < 2
    ]


def test_every_silenced_check_says_why_on_its_line() -> None:
    bare = {
        str(path.relative_to(ROOT)): found for path in _sources() if (found := _without_reason(path.read_text("utf-8")))
    }
    assert bare == {}


@pytest.mark.parametrize(
    ("line", "bare"),
    [
        ("x = 1  # noqa: S603\n", True),
        ("x = 1  # noqa\n", True),
        ("x = 1  # type: ignore[attr-defined]\n", True),
        ("x = 1  # noqa: S603, S607 - fixed words of our own\n", False),
        ("x = 1  # type: ignore[arg-type]  # the stub is wrong\n", False),
        ("x = '# noqa'\n", False),
    ],
)
def test_a_reason_is_told_from_its_absence(line: str, bare: bool) -> None:
    assert bool(_without_reason(line)) is bare


def _contracts() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    return found


def test_every_room_of_the_devices_stands_in_the_contract_that_parts_them() -> None:
    (parted,) = (c["modules"] for c in _contracts() if c["type"] == "independence")
    rooms = {f"devices.{p.parent.name}" for p in (ROOT / "devices").glob("*/__init__.py")}
    assert set(parted) == rooms - {f"devices.{name}" for name in SIMULATED}


def test_every_simulator_stands_in_the_contracts_about_simulators() -> None:
    """The contracts' wildcards stand for whole names, so a simulator by a new name must be added to both."""
    about = [c for c in _contracts() if "simulator" in c["name"]]
    simulators = {
        f"devices.*.{p.stem}" for p in (ROOT / "devices").glob("*/*.py") if re.match("simulator|virtual", p.stem)
    }
    assert len(about) == 2
    assert [sorted(simulators - {*c["source_modules"], *c["forbidden_modules"]}) for c in about] == [[], []]


def test_every_driver_stands_in_the_contract_that_keeps_simulators_from_it() -> None:
    (kept,) = (c["forbidden_modules"] for c in _contracts() if c["name"].startswith("A simulator"))
    drivers = {
        f"devices.*.{path.stem}"
        for path in (ROOT / "devices").glob("*/*.py")
        if path.parent.name not in SIMULATED
        and not path.stem.startswith("simulator")  # of a slap scanner, which has no wire, it is a driver itself
        and DRIVER.search(path.read_text("utf-8"))
    }
    assert drivers - set(kept) == set()
