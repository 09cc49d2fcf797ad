"""Officers, their roles, and one table of what each role may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Role(StrEnum):
    """One officer has one role."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    TECHNICIAN = "technician"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """What may be allowed."""

    RECORD = "record"
    DISINFECT = "disinfect"
    FORCE_CAPTURE = "force_capture"
    CONFIRM_EXCEPTION = "confirm_exception"
    APPROVE = "approve"
    DECIDE_PROTOCOL = "decide_protocol"
    MANAGE_OFFICERS = "manage_officers"
    MANAGE_DEVICES = "manage_devices"
    READ_AUDIT = "read_audit"
    ANSWER_FOR_DATA = "answer_for_data"
    """Erase a record, report what is held on a person, tell of an incident."""


PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = MappingProxyType(
    {
        Role.OPERATOR: frozenset({Permission.RECORD, Permission.DISINFECT, Permission.CONFIRM_EXCEPTION}),
        Role.SUPERVISOR: frozenset(
            {
                Permission.RECORD,
                Permission.DISINFECT,
                Permission.CONFIRM_EXCEPTION,
                Permission.FORCE_CAPTURE,
                Permission.APPROVE,
                Permission.DECIDE_PROTOCOL,
                Permission.MANAGE_OFFICERS,
                Permission.READ_AUDIT,
                Permission.ANSWER_FOR_DATA,
            }
        ),
        Role.TECHNICIAN: frozenset({Permission.MANAGE_DEVICES, Permission.DISINFECT}),
        Role.AUDITOR: frozenset({Permission.READ_AUDIT}),
    }
)


KEEPS_STATION: Final = (Permission.MANAGE_DEVICES, Permission.MANAGE_OFFICERS)
"""Either lets an officer look after the station's keys."""
SEES_APPLICANTS: Final = (Permission.RECORD, Permission.APPROVE)
"""Either lets an officer look at what was recorded of a person."""


class FactorKind(StrEnum):
    """What an officer can show besides a password."""

    CODE = "code"
    """Of an authenticator."""
    CARD = "card"
    """A signature of the officer's own card."""


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who serves at this station, or served: whoever was switched off stays on record, not `active`."""

    id: str
    name: str
    role: Role
    active: bool = True

    def may(self, permission: Permission) -> bool:
        """Whether the role allows it, to one who still serves."""
        return self.active and permission in PERMISSIONS[self.role]
