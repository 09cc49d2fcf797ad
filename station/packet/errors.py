"""What can be wrong with a packet: one code a failure, never a guess between two."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from station.errors import StationError, WayOn


class PacketCode(StrEnum):
    """Every way in which a packet is refused, in the order in which it is looked at."""

    MISSING = "packet.missing"
    """No file by that name, or it cannot be read."""
    SIDECAR_MISSING = "packet.sidecar_missing"
    SIDECAR_FORGED = "packet.sidecar_forged"
    """The sidecar is not what the trusted station signed."""
    RENAMED = "packet.renamed"
    """The sidecar speaks of a packet by another name."""
    ALTERED = "packet.altered"
    """The packet's bytes are not those that the sidecar was signed over."""
    NOT_FOR_THIS_KEY = "packet.not_for_this_key"
    SIGNATURE_INVALID = "packet.signature_invalid"
    """Decrypted, but what lies inside was not signed by the trusted station."""
    MEMBER_ALTERED = "packet.member_altered"
    """The archive or one of its members disagrees with the manifest."""
    NAME_TAKEN = "packet.name_taken"
    """Another visit's packet, or something that is none, lies there under the name; it is not written over."""
    DISK_FULL = "packet.disk_full"
    NOT_WRITTEN = "packet.not_written"


_WAYS_ON: Final[Mapping[PacketCode, WayOn]] = MappingProxyType(
    {
        PacketCode.MISSING: WayOn.CORRECT_INPUT,
        PacketCode.SIDECAR_MISSING: WayOn.CORRECT_INPUT,
        PacketCode.RENAMED: WayOn.CORRECT_INPUT,
        PacketCode.NOT_FOR_THIS_KEY: WayOn.CHECK_SETTINGS,
        PacketCode.DISK_FULL: WayOn.FREE_SPACE,
        PacketCode.NOT_WRITTEN: WayOn.CHECK_SETTINGS,
    }
)
"""What is not here is forgery or damage, and a technician's matter."""


class PacketError(StationError):
    """A packet cannot be trusted, opened or written. Carries no personal data and no part of the content."""

    def __init__(self, code: PacketCode, detail: str = "") -> None:
        super().__init__(code.value, _WAYS_ON.get(code, WayOn.CALL_TECHNICIAN), detail)


def unwritten(error: OSError) -> PacketError:
    """What a system's refusal to write means to a person."""
    full = error.errno in {errno.ENOSPC, errno.EDQUOT}
    code = PacketCode.DISK_FULL if full else PacketCode.NOT_WRITTEN
    return PacketError(code, errno.errorcode.get(error.errno or 0, ""))
