"""What each role may do, drawn."""

from __future__ import annotations

from station.domain.officer import PERMISSIONS, Officer, Permission, Role

DRAWN = """
                        operator  supervisor  technician  auditor
    record                  x         x
    disinfect               x         x           x
    confirm_exception       x         x
    force_capture                     x
    approve                           x
    decide_protocol                   x
    manage_officers                   x
    manage_devices                                x
    read_audit                        x                     x
    answer_for_data                   x
"""


def test_the_permissions_are_the_drawing() -> None:
    header, *lines = [line for line in DRAWN.splitlines() if line.strip()]
    places = {
        role: range(header.index(role.value) - 1, header.index(role.value) + len(role.value) + 1) for role in Role
    }
    drawn = {role: set[Permission]() for role in Role}
    for line in lines:
        permission = Permission(line.split()[0])
        for at, sign in enumerate(line):
            if sign == "x" and at > 24:
                (role,) = (role for role, place in places.items() if at in place)
                drawn[role].add(permission)
    assert drawn == {role: set(may) for role, may in PERMISSIONS.items()}


def test_an_officer_may_what_the_role_may() -> None:
    for role in Role:
        officer = Officer("id", "NAME", role)
        assert {each for each in Permission if officer.may(each)} == PERMISSIONS[role]
