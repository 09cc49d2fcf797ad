"""The words of the screens: one list for review, both languages everywhere, no letter that presses two buttons."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tools.sentences import LIST, pairs, table
from ui.language import Text, clock_text, date_text, fill, moment_text, same

ROOT = Path(__file__).parents[2]


def test_the_list_for_review_is_in_step_with_the_source() -> None:
    assert LIST.read_text("utf-8") == table(), "run make translations"


def test_gaps_are_the_same_in_both_languages() -> None:
    gap = re.compile(r"{(\w+)}")
    every = [pair for path in (ROOT / "ui").rglob("*.py") for pair in pairs(path.read_text("utf-8"))]
    assert len(every) > 300
    assert [pair for pair in every if set(gap.findall(pair[0])) != set(gap.findall(pair[1]))] == []


def test_a_mnemonic_stands_in_both_languages_or_in_neither() -> None:
    every = [pair for path in (ROOT / "ui").rglob("*.py") for pair in pairs(path.read_text("utf-8"))]
    assert [pair for pair in every if ("&" in pair[0]) != ("&" in pair[1])] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (date_text(date(2020, 11, 26)), ("Kamis, 26 November 2020", "Thursday, 26 November 2020")),
        (clock_text(datetime(2020, 8, 17, 8, 5, tzinfo=UTC)), ("08.05", "08:05")),
        (
            moment_text(datetime(2020, 8, 17, 8, 5, tzinfo=UTC)),
            ("Senin, 17 Agustus 2020 pukul 08.05 UTC", "Monday, 17 August 2020, 08:05 UTC"),
        ),
        (fill(Text("{a} dan {b}", "{a} and {b}"), a=Text("satu", "one"), b=2), ("satu dan 2", "one and 2")),
        (same("A-001"), ("A-001", "A-001")),
    ],
)
def test_dates_and_gaps_speak_both_languages(text: Text, words: tuple[str, str]) -> None:
    assert (text.id, text.en) == words


def test_nothing_spins_the_event_loop_by_hand() -> None:
    """`processEvents` in the middle of a slot lets another slot run inside it."""
    assert [p.name for p in (ROOT / "ui").rglob("*.py") if "processEvents" in p.read_text("utf-8")] == []
