"""What the station could not do, told so that the screen can offer one way on.

`StationError` is the environment or the rules (disk full, wrong password, step not due): a code, a remedy, no
traceback. Anything else that escapes a service is our own bug and is treated as one.
"""

from __future__ import annotations

import errno
from enum import StrEnum


class WayOn(StrEnum):
    """The one action that the screen offers."""

    CORRECT_INPUT = "correct_input"
    RETRY = "retry"
    SIGN_ON = "sign_on"
    ASK_SUPERVISOR = "ask_supervisor"
    SCREEN_AGAIN = "screen_again"
    FREE_SPACE = "free_space"
    RESTORE_BACKUP = "restore_backup"
    UPDATE_PROGRAM = "update_program"
    CLOSE_OTHER_INSTANCE = "close_other_instance"
    CHECK_SETTINGS = "check_settings"
    SET_CLOCK = "set_clock"
    CALL_TECHNICIAN = "call_technician"


class StationError(Exception):
    """Something a person can act on.

    Args:
        code: stable, dotted, lower case; also the key of the screen's sentence.
        way_on: the one action to offer.
        detail: technical words for the log; no personal data.
    """

    def __init__(self, code: str, way_on: WayOn, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.way_on = way_on
        self.detail = detail


class RuleError(StationError):
    """The record does not allow it now: a step out of turn, a missing approval, bad biodata."""

    def __init__(self, code: str, detail: str = "", way_on: WayOn = WayOn.CORRECT_INPUT) -> None:
        super().__init__(code, way_on, detail)


class StoreError(StationError):
    """The store cannot be opened, read or written."""


class StoreDamagedError(StoreError):
    """`store.damaged`: pages of its file are not as they were written; nothing more may be done with it."""

    def __init__(self, detail: str = "") -> None:
        super().__init__("store.damaged", WayOn.RESTORE_BACKUP, detail)


def of_folder(error: OSError) -> StoreError:
    """What a system's refusal to use the data folder means to a person."""
    name = errno.errorcode.get(error.errno or 0, type(error).__name__)
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StoreError("store.disk_full", WayOn.FREE_SPACE, name)
    if error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
        return StoreError("store.not_permitted", WayOn.CHECK_SETTINGS, name)
    return StoreError("store.unwritable", WayOn.CHECK_SETTINGS, name)
