"""Read the source: one place constructs a Clearance, and nobody else can."""

from __future__ import annotations

import ast
import copy
import pickle
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from protocols.clearance import Clearance, DeviceKey, ProtocolRef, Refusal
from protocols.clock import ManualClock, SystemClock
from protocols.schema import builtin
from protocols.screening import Answer, Screening, device_subject

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for floor in ("protocols", "devices", "station", "ui") for path in (ROOT / floor).rglob("*.py"))


def mentions(tree: ast.AST, name: str) -> Iterator[ast.AST]:
    """Every node that names it: as a name, an attribute, an import or the text of one."""
    for node in ast.walk(tree):
        if (
            (isinstance(node, ast.Name) and node.id == name)
            or (isinstance(node, ast.Attribute) and node.attr == name)
            or (isinstance(node, ast.alias) and node.name.split(".")[-1] == name)
            or (isinstance(node, ast.Constant) and node.value == name)
        ):
            yield node


def constructions(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and any(True for _ in mentions(node.func, "Clearance")):
            yield node


def test_the_sources_are_found() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in SOURCES}
    assert {"protocols/screening.py", "protocols/clearance.py", "devices/gate.py"} <= names


def test_exactly_one_place_constructs_a_clearance() -> None:
    found = [
        path.relative_to(ROOT).as_posix() for path in SOURCES for _ in constructions(ast.parse(path.read_text("utf-8")))
    ]
    assert found == ["protocols/screening.py"]


def test_only_screening_names_the_key_to_the_constructor() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if any(True for _ in mentions(ast.parse(path.read_text("utf-8")), "MINT"))
    }
    assert found == {"protocols/clearance.py", "protocols/screening.py"}


def test_nobody_goes_round_the_constructor() -> None:
    roundabout = {"object.__new__", "__new__", "__setstate__", "__reduce_ex__"}
    for path in SOURCES:
        tree = ast.parse(path.read_text("utf-8"))
        if any(True for _ in mentions(tree, "Clearance")):
            used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            assert not used & roundabout, path


def cleared() -> tuple[Clearance, ManualClock]:
    definition, clock, pad = builtin("routine"), ManualClock(), DeviceKey("signature_pad", "P1")
    answers = (
        Answer("applicant_hands_clean", "v", True, clock.now(), "o"),
        Answer("device_disinfected", device_subject(pad), True, clock.now(), "o"),
    )
    screening = Screening(definition, "v", "o", frozenset({pad}), frozenset({pad}), answers, frozenset())
    return screening.clear(clock), clock


def test_a_clearance_is_not_made_copied_or_stored_by_anybody_else() -> None:
    clearance, clock = cleared()
    with pytest.raises(TypeError, match=r"minted by Screening\.clear"):
        Clearance("v", "o", frozenset(), ProtocolRef("p", "1", ""), clock.now(), clock.now(), 0.0, object())
    with pytest.raises(TypeError, match=r"minted by Screening\.clear"):
        replace(clearance, visit_id="w", mint=None)
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="never stored or copied"):
            attempt(clearance)


def test_a_clearance_says_why_it_does_not_cover() -> None:
    clearance, clock = cleared()
    (pad,) = clearance.devices

    def why(visit: str = "v", officer: str = "o", device: DeviceKey = pad) -> Refusal | None:
        return clearance.refusal(visit_id=visit, officer_id=officer, device=device, clock=clock)

    assert why() is None
    assert why(visit="w") is Refusal.OTHER_VISIT
    assert why(officer="p") is Refusal.OTHER_OFFICER
    assert why(device=DeviceKey("signature_pad", "P2")) is Refusal.OTHER_DEVICE
    clock.set_wall(clearance.granted_at - timedelta(seconds=1))
    assert why() is Refusal.CLOCK_WENT_BACK
    clock.set_wall(clearance.expires_at)
    assert why() is Refusal.EXPIRED


def test_clocks_tell_aware_utc_and_a_monotonic_hand_that_never_goes_back() -> None:
    clock = SystemClock()
    first, second = clock.monotonic(), clock.monotonic()
    assert first <= second
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert clock.now().utcoffset() == timedelta(0)
    with pytest.raises(ValueError, match="forwards"):
        ManualClock().advance(timedelta(seconds=-1))
