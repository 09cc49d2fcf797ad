"""Code numbers of R30x modules: what can be asked, how it went, and which error that is. No wire."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from devices.errors import DeviceError, PersonCanRetryError, TechnicianNeededError


class Instruction(IntEnum):
    """The instruction table. Not every module knows all of it; the manuals lack the last ones, which clients use."""

    GENERATE_IMAGE = 0x01
    IMAGE_TO_TEMPLATE = 0x02
    MATCH = 0x03
    SEARCH = 0x04
    MERGE_TEMPLATES = 0x05
    STORE_TEMPLATE = 0x06
    LOAD_TEMPLATE = 0x07
    UPLOAD_TEMPLATE = 0x08
    DOWNLOAD_TEMPLATE = 0x09
    UPLOAD_IMAGE = 0x0A
    DOWNLOAD_IMAGE = 0x0B
    DELETE_TEMPLATES = 0x0C
    EMPTY_LIBRARY = 0x0D
    SET_SYSTEM_PARAMETER = 0x0E
    READ_SYSTEM_PARAMETERS = 0x0F
    SET_PASSWORD = 0x12
    VERIFY_PASSWORD = 0x13
    RANDOM_CODE = 0x14
    SET_ADDRESS = 0x15
    READ_INFORMATION_PAGE = 0x16
    CONTROL_PORT = 0x17
    WRITE_NOTEPAD = 0x18
    READ_NOTEPAD = 0x19
    FAST_SEARCH = 0x1B
    TEMPLATE_COUNT = 0x1D
    READ_INDEX_TABLE = 0x1F
    GENERATE_IMAGE_STRICTLY = 0x28
    CANCEL = 0x30
    AUTO_ENROLL = 0x31
    AUTO_IDENTIFY = 0x32
    CONTROL_LIGHT = 0x35
    CHECK_SENSOR = 0x36
    ALGORITHM_VERSION = 0x39
    FIRMWARE_VERSION = 0x3A
    READ_PRODUCT_INFO = 0x3C
    SOFT_RESET = 0x3D
    HANDSHAKE = 0x40
    STAND_BY = 0x33
    LIGHT_ON = 0x50
    LIGHT_OFF = 0x51
    GENERATE_IMAGE_DARK = 0x52
    ECHO = 0x53


class Confirmation(IntEnum):
    """First byte of an acknowledgement. Modules send others too: unknown ones stay plain numbers."""

    OK = 0x00
    PACKET_ERROR = 0x01
    NO_FINGER = 0x02
    CAPTURE_FAILED = 0x03
    TOO_MESSY = 0x06
    TOO_FEW_FEATURES = 0x07
    NO_MATCH = 0x08
    NOT_FOUND = 0x09
    MERGE_FAILED = 0x0A
    PAGE_OUT_OF_RANGE = 0x0B
    TEMPLATE_UNREADABLE = 0x0C
    TEMPLATE_UPLOAD_FAILED = 0x0D
    CANNOT_RECEIVE_DATA = 0x0E
    IMAGE_UPLOAD_FAILED = 0x0F
    DELETE_FAILED = 0x10
    CLEAR_FAILED = 0x11
    WRONG_PASSWORD = 0x13
    NO_VALID_IMAGE = 0x15
    FLASH_ERROR = 0x18
    UNDEFINED = 0x19
    INVALID_REGISTER = 0x1A
    INVALID_REGISTER_VALUE = 0x1B
    INVALID_NOTEPAD_PAGE = 0x1C
    PORT_ERROR = 0x1D
    LIBRARY_FULL = 0x1F
    WRONG_ADDRESS = 0x20
    PASSWORD_REQUIRED = 0x21
    TEMPLATE_EMPTY = 0x22
    LIBRARY_EMPTY = 0x24
    TIMED_OUT = 0x26
    ALREADY_EXISTS = 0x27
    SENSOR_ERROR = 0x29
    ECHO = 0x55
    UNSUPPORTED = 0xFC
    HARDWARE_ERROR = 0xFD
    EXECUTION_FAILED = 0xFE


BROKEN: Final = {
    Confirmation.WRONG_PASSWORD: "fingerprint.password",
    Confirmation.PASSWORD_REQUIRED: "fingerprint.password",
    Confirmation.WRONG_ADDRESS: "fingerprint.address",
    Confirmation.SENSOR_ERROR: "fingerprint.sensor",
    Confirmation.HARDWARE_ERROR: "fingerprint.sensor",
}
"""Codes that a technician must see to, and the errors' codes for them."""

_PERSON: Final = {
    Confirmation.NO_FINGER: "fingerprint.no_finger",
    Confirmation.CAPTURE_FAILED: "fingerprint.capture_failed",
    Confirmation.TOO_MESSY: "fingerprint.messy",
    Confirmation.TOO_FEW_FEATURES: "fingerprint.faint",
    Confirmation.IMAGE_UPLOAD_FAILED: "fingerprint.image_gone",
    Confirmation.NO_VALID_IMAGE: "fingerprint.image_gone",
}


def confirmation_name(code: int) -> str:
    """A code in words for the log, unknown ones as a number."""
    try:
        return Confirmation(code).name.lower()
    except ValueError:
        return f"code 0x{code:02x}"


def refused(instruction: Instruction, code: int) -> DeviceError:
    """The module said no; unknown codes are a technician's matter and never a crash."""
    detail = f"{instruction.name.lower()}: {confirmation_name(code)}"
    if code in _PERSON:
        return PersonCanRetryError(_PERSON[Confirmation(code)], detail)
    if code in BROKEN:
        return TechnicianNeededError(BROKEN[Confirmation(code)], detail)
    return TechnicianNeededError("fingerprint.refused", detail)
