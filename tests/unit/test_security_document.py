"""What docs/security.md says is held by a test, is: the test is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "security.md"
NAMED = re.compile(r"\btests/[\w/]+\.py(?:::\w+)?")
ITEM = re.compile(r"^\| (\d+\.\d+\.\d+(?:, \d+\.\d+\.\d+)*) [^|]*\|([^|]*)\|([^|]*)\|$", re.MULTILINE)


@pytest.mark.parametrize("name", sorted(set(NAMED.findall(DOCUMENT.read_text("utf-8")))))
def test_a_test_that_is_named_is_there(name: str) -> None:
    path, _, function = name.partition("::")
    assert (ROOT / path).is_file()
    if function:
        assert re.search(rf"^ *def {function}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE)


def test_an_item_without_a_test_says_no_or_points_to_what_is_no_matter_of_tests() -> None:
    elsewhere = {"11.1.1, 11.1.2", "14.1.1, 14.1.2", "14.2.3", "15.3.5"}
    rows = [match.groups() for match in ITEM.finditer(DOCUMENT.read_text("utf-8"))]
    assert len(rows) > 50
    bare = [items for items, how, held in rows if not held.strip() and "**no**" not in how]
    assert set(bare) == elsewhere


def test_no_item_is_told_twice() -> None:
    items = [item for match in ITEM.finditer(DOCUMENT.read_text("utf-8")) for item in match[1].split(", ")]
    assert sorted(items) == sorted(set(items))
