"""Traps of the dependencies that were stepped in once: each has a pin in pyproject.toml and a test here."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from PySide6.QtCore import QObject, Signal

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements" / "lock.txt"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CASCADES = ("haarcascade_frontalface_alt2.xml", "haarcascade_eye.xml", "haarcascade_eye_tree_eyeglasses.xml")


class _Emitter(QObject):
    told = Signal()


def _locked() -> dict[str, list[tuple[Requirement, int]]]:
    """The lock's requirements with the number of their hashes, by name; one name may stand once a Python version."""
    found: dict[str, list[tuple[Requirement, int]]] = {}
    for entry in re.split(r"\n(?=\S)", LOCK.read_text("utf-8").strip()):
        requirement = Requirement(entry.split(" \\\n", 1)[0])
        found.setdefault(canonicalize_name(requirement.name), []).append(
            (requirement, len(re.findall(r"--hash=sha256:[0-9a-f]{64}", entry)))
        )
    return found


def test_emitting_a_signal_drops_no_reference_to_true() -> None:
    emitter = _Emitter()
    before = sys.getrefcount(True)
    for _ in range(200):
        emitter.told.emit()
    # PySide6 6.12.0 loses one reference an emit; a few may move by what else the interpreter does meanwhile.
    assert abs(sys.getrefcount(True) - before) < 20


def test_opencv_still_ships_its_cascades() -> None:
    assert int(importlib.metadata.version("opencv-python").split(".")[0]) == 4
    # Found, not imported: importing cv2 changes Qt's environment for every test after this one.
    spec = importlib.util.find_spec("cv2")
    assert spec is not None
    assert spec.origin is not None
    data = Path(spec.origin).parent / "data"
    assert [name for name in CASCADES if not (data / name).is_file()] == []


def test_only_one_opencv_is_installed() -> None:
    names = {canonicalize_name(d.metadata["Name"]) for d in importlib.metadata.distributions()}
    assert {name for name in names if name.startswith("opencv")} == {"opencv-python"}


def test_the_lock_names_no_registry() -> None:
    """Nothing stands in it but names with versions, conditions, and hashes: no option, no address."""
    package = r"[a-z0-9.-]+(\[[a-z0-9,-]+\])?==[\w.!+]+( ; [\w .'<>=!()]+)? \\"
    line = re.compile(rf"{package}|    --hash=sha256:[0-9a-f]{{64}}( \\)?")
    assert [each for each in LOCK.read_text("utf-8").splitlines() if not line.fullmatch(each)] == []


def test_every_locked_requirement_is_exact_and_hashed() -> None:
    for name, entries in _locked().items():
        for requirement, hashes in entries:
            assert [s.operator for s in requirement.specifier] == ["=="], name
            assert hashes > 0, name


def test_the_lock_holds_all_that_the_project_asks_for() -> None:
    locked = _locked()
    asked = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]
    for requirement in map(Requirement, asked):
        for entry, _ in locked[canonicalize_name(requirement.name)]:
            (exact,) = entry.specifier
            assert requirement.specifier.contains(exact.version), f"{entry} does not satisfy {requirement}: make lock"


def test_qt_and_opencv_are_kept_from_the_releases_that_break() -> None:
    bounds = {r.name: r.specifier for r in map(Requirement, PROJECT["dependencies"])}
    assert not bounds["pyside6"].contains("6.12.0")
    assert not bounds["opencv-python"].contains("5.0.0.93")
