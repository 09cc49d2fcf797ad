"""The table of roles that anybody can read says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from station.domain.officer import PERMISSIONS, Officer, Permission, Role

PAGE = Path(__file__).parents[2] / "docs" / "roles.md"


def _rows() -> dict[str, list[str]]:
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith(("| may |", "| `"))]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {re.sub(r"^`(\w+)`.*", r"\1", row[0]): row[1:] for row in cells}


def test_the_page_is_the_table_of_the_program() -> None:
    rows = _rows()
    assert rows.pop("may") == [role.value for role in Role]
    assert rows == {each.value: ["yes" if each in PERMISSIONS[role] else "" for role in Role] for each in Permission}


def test_every_role_may_do_something_and_whoever_was_switched_off_nothing() -> None:
    for role in Role:
        assert PERMISSIONS[role]
        assert not any(Officer("x", "X", role, active=False).may(each) for each in Permission)


def test_nobody_who_captures_alone_may_do_what_needs_a_second_pair_of_eyes() -> None:
    assert not {Permission.FORCE_CAPTURE, Permission.APPROVE} & PERMISSIONS[Role.OPERATOR]
    for role in (Role.TECHNICIAN, Role.AUDITOR):
        assert not {Permission.RECORD, Permission.APPROVE, Permission.CONFIRM_EXCEPTION} & PERMISSIONS[role]
