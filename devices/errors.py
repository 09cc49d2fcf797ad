"""What went wrong with a device, told by what somebody can do about it.

Four kinds: the person can retry, the operator can mend, a technician must come, or it is our own bug. Each error
carries a stable code (for the log and the support line), the key of the sentence that the screen shows, and the
one action to offer. No error text holds a personal byte or a captured one.
"""

from __future__ import annotations

from enum import StrEnum


class Remedy(StrEnum):
    """The one action that the screen offers."""

    RETRY = "retry"
    REPOSITION = "reposition"
    CLEAN_SURFACE = "clean_surface"
    PLUG_IN = "plug_in"
    CHOOSE_PORT = "choose_port"
    CLOSE_OTHER_PROGRAM = "close_other_program"
    DISINFECT = "disinfect"
    CALL_TECHNICIAN = "call_technician"
    REPORT_BUG = "report_bug"


class DeviceError(Exception):
    """Anything that a device could not do.

    Args:
        code: stable, dotted, lower case, e.g. `fingerprint.no_finger`; also the key of the screen's sentence.
        detail: technical words for the log; no personal data.
        remedy: the one action to offer; each subclass has a default.
    """

    default_remedy: Remedy = Remedy.REPORT_BUG

    def __init__(self, code: str, detail: str = "", *, remedy: Remedy | None = None) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.remedy = remedy or self.default_remedy


class PersonCanRetryError(DeviceError):
    """The device is well; the person places the finger again, looks up, signs again."""

    default_remedy = Remedy.RETRY


class CaptureCancelledError(PersonCanRetryError):
    """Somebody asked for the capture to end; not a fault."""


class OperatorCanMendError(DeviceError):
    """The operator can mend it: plug in, wipe, choose another port."""

    default_remedy = Remedy.PLUG_IN


class DeviceLostError(OperatorCanMendError):
    """The device was there and is gone (unplugged, power cut). The bay reconnects by itself."""


class DeviceTimeoutError(OperatorCanMendError):
    """No answer within the deadline."""


class TechnicianNeededError(DeviceError):
    """Broken or unfit: wrong firmware, failing sensor, impossible frame rate."""

    default_remedy = Remedy.CALL_TECHNICIAN


class WireError(TechnicianNeededError):
    """Bytes arrived that the protocol forbids, and resynchronising did not help."""

    default_remedy = Remedy.RETRY


class DriverBugError(DeviceError):
    """A state that our own code should never reach."""


class ConnectErrors(DeviceError):  # noqa: N818 - a tree of errors, named like ExceptionGroup
    """Every device that failed to open, in one error.

    Attributes:
        errors: slot name to what happened there.
    """

    def __init__(self, errors: dict[str, DeviceError]) -> None:
        super().__init__("bay.connect", "; ".join(f"{slot}: {error}" for slot, error in sorted(errors.items())))
        self.errors = errors
