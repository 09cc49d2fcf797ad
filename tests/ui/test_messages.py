"""Every code that the floors below can give has its sentence, in both languages, and one way on."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from devices.errors import DeviceError, Remedy
from protocols.clearance import NotClearedError, Refusal
from station.documents.access_report import EVENTS
from station.errors import RuleError, StationError, WayOn
from ui.messages import SENTENCES, action_of, sentence_for, sentence_of
from ui.messages.actions import REMEDIES, WAYS_ON

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"[a-z_]+\.[a-z0-9_]+")
ROOMS = frozenset(code.partition(".")[0] for code in SENTENCES)
NOT_SHOWN = frozenset({"simulation", "conformance", "lab", "migrations", "cli"})
"""Rooms whose errors never reach the window."""
FILES = (".json", ".db", ".log", ".key", ".png", ".svg", ".sock", ".an2", ".toml", ".py")
TELLERS = frozenset({"append", "error", "info", "warning", "_audit", "_export", "get_logger", "join"})
"""Calls whose words are names of the audit trail or the log, not codes of errors."""


def _codes(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    other: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "action":
            other |= {id(each) for each in ast.walk(node.value)}
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in TELLERS:
                other |= {id(each) for each in node.args}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in other
        if CODE.fullmatch(node.value) and node.value.partition(".")[0] in ROOMS and not node.value.endswith(FILES)
    }


def _sources() -> list[Path]:
    """Every module below whose errors may reach the window."""
    return [
        path
        for floor in ("protocols", "devices", "station")
        for path in (ROOT / floor).rglob("*.py")
        if not any(part.startswith(("simulator", "virtual", "vpcd")) for part in path.parts)
        if not NOT_SHOWN & set(path.parts)
    ]


def _raised() -> set[str]:
    return {code for path in _sources() for code in _codes(path)}


def _codes_of_errors(path: Path) -> set[str]:
    """Codes written out as the first argument of an error, of whatever room; both arms of `a if x else b`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not getattr(node.func, "attr", getattr(node.func, "id", "")).endswith(
            "Error"
        ):
            continue
        first = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "code"), None)
        arms = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
        found |= {arm.value for arm in arms if isinstance(arm, ast.Constant) and isinstance(arm.value, str)}
    return {code for code in found if CODE.fullmatch(code)}


AUDITED = frozenset({"receipt.exported", "deferral.exported"}) | frozenset(EVENTS)
"""Actions of the audit trail that are handed on as plain words."""


def test_every_code_of_the_floors_below_has_a_sentence() -> None:
    raised = _raised() - AUDITED
    assert len(raised) > 120
    assert sorted(raised - set(SENTENCES)) == []


def test_a_new_rooms_errors_need_sentences_too() -> None:
    raised = {code for path in _sources() for code in _codes_of_errors(path)}
    assert len(raised) > 80
    assert sorted(raised - set(SENTENCES)) == []


def test_every_refusal_of_the_gate_has_a_sentence() -> None:
    assert {f"refusal.{each.value}" for each in Refusal} <= set(SENTENCES)


def test_a_sentence_is_short_and_says_something_in_each_language() -> None:
    for code, text in SENTENCES.items():
        assert all(words.strip() == words and 4 <= len(words) <= 100 for words in (text.id, text.en)), code
        assert text.id != text.en, code


def test_every_remedy_and_way_on_has_words() -> None:
    assert set(REMEDIES) == set(Remedy)
    assert set(WAYS_ON) == set(WayOn)


@pytest.mark.parametrize(
    ("error", "code", "action"),
    [
        (RuleError("sign_on.locked", way_on=WayOn.ASK_SUPERVISOR), "sign_on.locked", WAYS_ON[WayOn.ASK_SUPERVISOR]),
        (StationError("store.disk_full", WayOn.FREE_SPACE), "store.disk_full", WAYS_ON[WayOn.FREE_SPACE]),
        (DeviceError("port.lost", remedy=Remedy.PLUG_IN), "port.lost", REMEDIES[Remedy.PLUG_IN]),
        (NotClearedError(Refusal.EXPIRED), "refusal.expired", WAYS_ON[WayOn.SCREEN_AGAIN]),
    ],
)
def test_an_error_is_told_by_its_code_and_its_one_way_on(error: Exception, code: str, action: object) -> None:
    assert sentence_of(error) == SENTENCES[code]
    assert action_of(error) == action


def test_hygiene_that_the_store_could_not_keep_is_told_as_what_the_store_said() -> None:
    error = NotClearedError(Refusal.HYGIENE_UNRECORDED)
    assert sentence_of(error) == SENTENCES["refusal.hygiene_unrecorded"]
    error.__cause__ = OSError("the hygiene record cannot be written")
    error.__cause__.__cause__ = StationError("store.disk_full", WayOn.FREE_SPACE)
    assert sentence_of(error) == SENTENCES["store.disk_full"]
    assert action_of(error) == WAYS_ON[WayOn.FREE_SPACE]


def test_our_own_bug_is_named_and_says_that_nothing_is_lost() -> None:
    words = sentence_of(ZeroDivisionError("secret of a person"))
    assert "ZeroDivisionError" in words.id
    assert "secret" not in words.id + words.en


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert "no.such_code" in sentence_for("no.such_code").en
