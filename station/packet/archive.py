"""The packet's inside: a ZIP whose bytes depend on its members alone, with a manifest of their SHA-256 sums.

Members are stored, not deflated: what they hold is compressed already, and a reader needs no codec.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from station.packet.contents import (
    BIOMETRICS,
    FINGERS_ISO,
    HANDS,
    REPLACED,
    SIGNATURE_ISO,
    SIGNATURE_PNG,
    SIGNATURE_SVG,
    PacketInput,
    canonical,
    check_whole,
    moment,
    picture_name,
)
from station.packet.errors import PacketCode, PacketError
from station.packet.members import texts
from station.packet.nist import transaction

MANIFEST: Final = "manifest.json"
FORMAT: Final = "ktpel-packet"
FORMAT_VERSION: Final = 1
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time a ZIP can tell: when each member was made stands in the manifest."""
_UNIX: Final = 3


@dataclass(frozen=True, slots=True)
class Archive:
    """The plain packet, about to be sealed. `repr` shows its size alone.

    Attributes:
        data: the ZIP.
        simulated: whether anything in it came from a simulator.
        visit: random id of the visit.
    """

    data: bytes
    simulated: bool
    visit: str

    def __repr__(self) -> str:
        return f"Archive({len(self.data)} bytes, simulated={self.simulated})"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the packet says of itself.

    Attributes:
        visit: random id of the visit.
        number: what the applicant is called by.
        station: id of the station.
        sealed_at: aware.
        simulated: whether anything in it came from a simulator.
        sha256: lower-case hex by the member's name.
    """

    visit: str
    number: str
    station: str
    sealed_at: datetime
    simulated: bool
    sha256: Mapping[str, str]


def members(packet: PacketInput) -> dict[str, bytes]:
    """What goes in, by name, without the manifest.

    Raises:
        RuleError: `packet.incomplete`, a capture is missing, or one is there that the record does not know.
    """
    check_whole(packet)
    found = {BIOMETRICS: transaction(packet), **texts(packet)}
    if packet.face.replaced is not None:
        found[picture_name(REPLACED, packet.face.replaced)] = packet.face.replaced
    if packet.hands is not None:
        found[picture_name(HANDS, packet.hands.image)] = packet.hands.image
    if packet.finger_record is not None:
        found[FINGERS_ISO] = packet.finger_record
    if packet.signature is not None:
        found[SIGNATURE_ISO] = packet.signature.iso
        found[SIGNATURE_PNG] = packet.signature.png
        found[SIGNATURE_SVG] = packet.signature.svg
    return found


def assemble(packet: PacketInput) -> Archive:
    """The plain packet.

    Raises:
        RuleError: `packet.incomplete`.
    """
    found = members(packet)
    manifest = canonical(
        {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "visit": packet.enrollment.visit_id,
            "number": packet.enrollment.number,
            "station": packet.station.id,
            "sealed_at": moment(packet.sealed_at),
            "simulated": packet.enrollment.simulated,
            "members": [
                {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
                for name, data in sorted(found.items())
            ],
        }
    )
    return Archive(pack(found, manifest), packet.enrollment.simulated, packet.enrollment.visit_id)


def pack(found: Mapping[str, bytes], manifest: bytes) -> bytes:
    """The ZIP: the manifest first, then the members by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in ((MANIFEST, manifest), *sorted(found.items())):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = _UNIX
            info.external_attr = 0o600 << 16
            archive.writestr(info, data)
    return buffer.getvalue()


def unpack(data: bytes) -> tuple[Manifest, dict[str, bytes]]:
    """The manifest and every member, each checked against its sum.

    Raises:
        PacketError: `packet.member_altered`, also for what is no archive, and for a member too many or too few.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            found = {name: archive.read(name) for name in names}
        told = json.loads(found.pop(MANIFEST))
        manifest = _manifest(told)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, NotImplementedError, RuntimeError, OSError) as error:
        raise PacketError(PacketCode.MEMBER_ALTERED, "no archive with a manifest") from error
    if len(names) != len(set(names)) or set(found) != set(manifest.sha256):
        raise PacketError(PacketCode.MEMBER_ALTERED, "members differ from the manifest")
    for name, content in found.items():
        if hashlib.sha256(content).hexdigest() != manifest.sha256[name]:
            raise PacketError(PacketCode.MEMBER_ALTERED, name)
    return manifest, found


def _manifest(told: Any) -> Manifest:  # noqa: ANN401 - whatever the JSON holds; wrong shapes raise below
    if told["format"] != FORMAT or told["version"] != FORMAT_VERSION:
        raise ValueError("another format")
    return Manifest(
        visit=str(told["visit"]),
        number=str(told["number"]),
        station=str(told["station"]),
        sealed_at=datetime.fromisoformat(told["sealed_at"]),
        simulated=bool(told["simulated"]),
        sha256={str(each["name"]): str(each["sha256"]) for each in told["members"]},
    )
