"""From an approved recording to the packet's bytes: fetch, encode, assemble, sign, encrypt. Writes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from devices.positions import FingerPosition
from protocols.clock import Clock
from station.config import Settings
from station.domain.audit import moment
from station.domain.enrollment import Enrollment
from station.errors import RuleError, StationError, WayOn

if TYPE_CHECKING:
    from cryptography import x509

    from station.biometrics.images import Pixels
    from station.biometrics.portrait_image import Encoded
    from station.packet.contents import EncodedFace, EncodedFinger, EncodedHands, EncodedSignature, EncodedSlap
    from station.packet.sealing import SealedPacket
    from station.security.keys import KeyRing
    from station.store import Work

CENTRE_FOLDER = "centre"
"""In practice: where the data centre's key pair lies open."""


class Sealer:
    """Knows the station's keys and whom packets are for. On the desk's thread.

    Args:
        settings, clock: the station's.
        keys: that sign.
        guarded_by: tells what guards them at rest now, where that may change while the station runs.
    """

    def __init__(
        self, settings: Settings, clock: Clock, keys: KeyRing, guarded_by: Callable[[], str] | None = None
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._keys = keys
        self._guarded_by = guarded_by or (lambda: keys.protection)

    def seal(self, work: Work, enrollment: Enrollment, at: datetime) -> SealedPacket:
        """The packet of a recording in the state SEALING.

        Raises:
            RuleError: `packet.simulated`, `packet.incomplete`, `packet.no_recipient`, and as `check_recipient`.
            StationError: `packet.recipient_unreadable`.
        """
        from station.packet import archive, contents, sealing  # noqa: PLC0415 - codecs and crypto are loaded late
        from station.packet.practice import is_practice  # noqa: PLC0415 - with them
        from station.services.finger_record import finger_record  # noqa: PLC0415 - with them

        station, recipient = self._settings.station, self.recipient()
        if self._settings.practice and not is_practice(recipient):
            raise RuleError("packet.simulated", "a practice station, a recipient in earnest", WayOn.CHECK_SETTINGS)
        self.check_recipient(recipient, at)
        assert enrollment.receipt is not None
        identity = contents.StationIdentity(
            station.code, station.office, station.destination, software(), self._guarded_by()
        )
        fingers = _fingers(work, enrollment)
        packed = archive.assemble(
            contents.PacketInput(
                enrollment=enrollment,
                station=identity,
                face=self._face(work, enrollment),
                hands=self._hands(work, enrollment),
                fingers=fingers,
                finger_record=finger_record(fingers) if self._settings.capture.finger_record else None,
                slaps=_slaps(work, enrollment),
                signature=_signature(work, enrollment),
                audit_extract=_extract(work, enrollment.visit_id),
                sealed_at=at.astimezone(self._settings.zone.tz),
            )
        )
        return sealing.seal(
            packed,
            f"{enrollment.receipt.receipt_number}{sealing.SUFFIX}",
            signer_key=self._keys.private_key,
            signer_certificate=self._keys.certificate,
            recipient=recipient,
        )

    def _face(self, work: Work, enrollment: Enrollment) -> EncodedFace:
        from station.biometrics.images import decode_png  # noqa: PLC0415 - codecs are loaded late
        from station.biometrics.portrait_image import crop_of, cut  # noqa: PLC0415 - with them
        from station.packet.contents import EncodedFace  # noqa: PLC0415 - with them

        attempt = enrollment.accepted()
        if attempt is None:
            raise RuleError("packet.incomplete", "portrait")
        face = self._encoded(cut(decode_png(work.blobs.get(attempt.blob_id)), attempt))
        replaced = None
        if attempt.replaced is not None:
            replaced = self._encoded(decode_png(work.blobs.get(attempt.replaced.blob_id))).data
        return EncodedFace(attempt, face.data, face.width, face.height, crop_of(attempt), replaced)

    def _hands(self, work: Work, enrollment: Enrollment) -> EncodedHands | None:
        from station.biometrics.images import decode_png  # noqa: PLC0415 - codecs are loaded late
        from station.packet.contents import EncodedHands  # noqa: PLC0415 - with them

        portrait = enrollment.exception_portrait()
        if portrait is None:
            return None
        return EncodedHands(portrait, self._encoded(decode_png(work.blobs.get(portrait.blob_id))).data)

    def _encoded(self, pixels: Pixels) -> Encoded:
        from station.biometrics.portrait_image import encode  # noqa: PLC0415 - codecs are loaded late

        wanted = self._settings.capture.portrait
        return encode(pixels, wanted.coding.value, wanted.most_bytes)

    def sign(self, data: bytes) -> bytes:
        """The station's signature over a head of the audit trail."""
        return self._keys.sign(data)

    def recipient(self) -> x509.Certificate:
        """The data centre's certificate; in practice without one in the settings, of the practice centre.

        Raises:
            RuleError: `packet.no_recipient`.
            StationError: `packet.recipient_unreadable`.
        """
        configured = self._settings.recipient_certificate
        if configured is not None:
            return read_certificate(configured)
        if not self._settings.practice:
            raise RuleError("packet.no_recipient", way_on=WayOn.CHECK_SETTINGS)
        return self._practice_centre()

    def _practice_centre(self) -> x509.Certificate:
        from station.packet.errors import unwritten  # noqa: PLC0415 - crypto is loaded late
        from station.packet.practice import practice_data_centre  # noqa: PLC0415 - as the line above

        folder = self._settings.folder / CENTRE_FOLDER
        certificate = folder / "centre.crt.pem"
        if not certificate.exists():
            centre = practice_data_centre(self._clock.now())
            try:
                folder.mkdir(parents=True, exist_ok=True)
                (folder / "centre.key.pem").write_bytes(centre.key_pem)
                beside = certificate.with_suffix(".part")
                beside.write_bytes(centre.certificate_pem)
                beside.replace(certificate)  # last and whole: while it is missing, the pair is made anew
            except OSError as error:
                raise unwritten(error) from error
        return read_certificate(certificate)

    def check_recipient(self, recipient: x509.Certificate, at: datetime) -> None:
        """Whether packets may be sealed for it `at`. A practice certificate is for practice alone, and asks nothing.

        Raises:
            RuleError: `packet.practice_recipient`, `packet.bad_recipient`, `packet.recipient_not_yet`,
                `packet.recipient_expired`, `packet.no_authorities`, `packet.recipient_untrusted`.
            StationError: `packet.authorities_unreadable`.
        """
        from station.packet.practice import is_practice  # noqa: PLC0415 - crypto is loaded late
        from station.security import certificates  # noqa: PLC0415 - with it

        if is_practice(recipient):
            if not self._settings.practice:
                raise RuleError("packet.practice_recipient", way_on=WayOn.CHECK_SETTINGS)
            return
        certificates.check_use(recipient)
        certificates.check_time(recipient, at)
        if self._settings.recipient_authorities is None:
            raise RuleError("packet.no_authorities", way_on=WayOn.CHECK_SETTINGS)
        authorities = certificates.read_authorities(self._settings.recipient_authorities)
        certificates.check_chain(recipient, authorities, at)


def read_certificate(path: Path) -> x509.Certificate:
    """A certificate in PEM or DER. Raises StationError `packet.recipient_unreadable`."""
    from cryptography import x509  # noqa: PLC0415 - crypto is loaded late

    try:
        data = path.read_bytes()
        return x509.load_pem_x509_certificate(data) if b"-----BEGIN" in data else x509.load_der_x509_certificate(data)
    except (OSError, ValueError) as error:
        raise StationError("packet.recipient_unreadable", WayOn.CHECK_SETTINGS, path.name) from error


def software() -> str:
    """Program and version, as they stand in the packet."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - slow, and asked once a packet

    try:
        return f"ktpel-station {version('ktpel-station')}"
    except PackageNotFoundError:
        return "ktpel-station"


def _fingers(work: Work, enrollment: Enrollment) -> tuple[EncodedFinger, ...]:
    from station.biometrics.images import decode_png, print_for_exchange  # noqa: PLC0415 - codecs are loaded late
    from station.packet.contents import EncodedFinger  # noqa: PLC0415 - with them

    best = [enrollment.best(position) for position in FingerPosition if enrollment.exception(position) is None]
    return tuple(
        EncodedFinger(attempt, print_for_exchange(decode_png(work.blobs.get(attempt.blob_id)), attempt.dpi))
        for attempt in best
        if attempt is not None
    )


def _slaps(work: Work, enrollment: Enrollment) -> tuple[EncodedSlap, ...]:
    """The pictures from which prints that are used were cut."""
    from station.biometrics.images import decode_png, print_for_exchange  # noqa: PLC0415 - codecs are loaded late
    from station.packet.contents import EncodedSlap  # noqa: PLC0415 - with them

    best = (enrollment.best(position) for position in FingerPosition if enrollment.exception(position) is None)
    used = {attempt.slap for attempt in best if attempt is not None}
    return tuple(
        EncodedSlap(slap, print_for_exchange(decode_png(work.blobs.get(slap.blob_id)), slap.dpi))
        for slap in enrollment.slaps
        if slap.number in used
    )


def _signature(work: Work, enrollment: Enrollment) -> EncodedSignature | None:
    from station.biometrics.signature_image import signature_png  # noqa: PLC0415 - pixels are loaded late
    from station.biometrics.signature_iso import decode  # noqa: PLC0415 - with its sister
    from station.biometrics.signature_svg import signature_svg  # noqa: PLC0415 - with them
    from station.packet.contents import EncodedSignature  # noqa: PLC0415 - with them

    if not enrollment.signatures or enrollment.signature_missing is not None:
        return None
    sample = enrollment.signatures[-1]
    iso = work.blobs.get(sample.blob_id)
    geometry, samples = decode(iso)
    return EncodedSignature(sample, iso, signature_png(samples, geometry), signature_svg(samples, geometry))


def _extract(work: Work, visit_id: str) -> bytes:
    """The visit's lines of the audit trail, each with its hash, and how far the whole trail went."""
    lines = [
        {
            "seq": each.seq,
            "at": moment(each.at),
            "action": each.action,
            "by": each.by,
            "visit_id": each.visit_id,
            "facts": dict(each.facts),
            "hash": each.hash.hex(),
        }
        for each in work.audit.of(visit_id)
    ]
    seq, head = work.audit.head()
    extract = {"schema": 1, "entries": lines, "head": {"seq": seq, "hash": head.hex()}}
    return (json.dumps(extract, sort_keys=True) + "\n").encode()
