"""A whole recording of a made-up person, its packet, and keys to seal it with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache

import numpy as np
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from devices.positions import FingerPosition
from devices.signature_pad import PadGeometry, PenSample
from protocols.clearance import ProtocolRef
from station.biometrics import images, portrait_image, signature_image, signature_iso, signature_svg
from station.biometrics.portrait_image import crop_of
from station.domain import history as h
from station.domain.applicant import Address, Applicant, Citizenship
from station.domain.enrollment import Enrollment
from station.domain.nik import Nik, Sex
from station.domain.promise import Promise
from station.domain.samples import (
    Accepted,
    CaptureSource,
    CheckFigure,
    ExceptionCode,
    ExceptionPortrait,
    FingerAttempt,
    FingerException,
    NotCaptured,
    NotCapturedReason,
    PortraitAttempt,
    QualityScore,
    SignatureSample,
)
from station.domain.step import State
from station.packet.contents import (
    EncodedFace,
    EncodedFinger,
    EncodedHands,
    EncodedSignature,
    PacketInput,
    StationIdentity,
)
from station.packet.practice import PracticeDataCentre, practice_data_centre

WITA = timezone(timedelta(hours=8))
START = datetime(2026, 4, 22, 1, 0, tzinfo=UTC)
SEALED_AT = datetime(2026, 4, 22, 9, 30, tzinfo=WITA)
NIK = "6472014512950003"
NAME = "SITI RAHMAWATI"
STATION = StationIdentity("SMR-LOKET-03", "Disdukcapil Kota Samarinda", "DC-KTPEL", "ktpel-station 0.1.0")
PAD = PadGeometry(500, 700, 2650, 2100, 410, 1023)
EXCEPTED = {
    FingerPosition.RIGHT_RING: ExceptionCode.AMPUTATED_PARTIAL,
    FingerPosition.LEFT_THUMB: ExceptionCode.UNABLE_TO_PRINT,
}
FINGER_SHAPE = (288, 256)
FACE_BYTES = 64 * 1024


def source(slot: str, *, simulated: bool) -> CaptureSource:
    return CaptureSource(slot, "Maker", f"Model {slot}", "SN-0042", "1.2", simulated)


def applicant() -> Applicant:
    address = Address(
        "Jalan Mawar 12", "003", "007", "Air Putih", "Samarinda Ulu", "Kota Samarinda", "Kalimantan Timur"
    )
    return Applicant(
        Nik.parse(NIK), NAME, "Samarinda", date(1995, 12, 5), Sex.FEMALE, address, "1", "1", "88", "13", Citizenship.WNI
    )


def strokes() -> tuple[PenSample, ...]:
    """Two loops of a pen, with a lift between."""
    turns = np.linspace(0, 12, 240)
    x = 700 + turns * 120 + 90 * np.cos(turns * 3)
    y = 1400 + 250 * np.sin(turns * 3) * np.exp(-turns / 9)
    force = 500 + 400 * np.sin(turns * 2)
    return tuple(PenSample(int(x[i]), int(y[i]), int(force[i]), not 120 <= i < 128, i * 8) for i in range(len(turns)))


def ridges(position: int) -> images.Pixels:
    """Lines about a core, another core for every finger: what a codec sees of a print."""
    rows, columns = np.mgrid[: FINGER_SHAPE[0], : FINGER_SHAPE[1]].astype(float)
    away = np.hypot(rows - 100 - 8 * position, (columns - 90 - 7 * position) * 1.3)
    noise = np.random.default_rng(position).normal(0, 12, FINGER_SHAPE)
    pixels: images.Pixels = np.clip(128 + 100 * np.sin(away * 0.7) + noise, 0, 255).astype(np.uint8)
    return pixels


def face() -> images.Pixels:
    """Not a face, but as large as one and as smooth."""
    rows, columns = np.mgrid[:640, :480].astype(float)
    grain = np.random.default_rng(7).normal(0, 3, (640, 480, 3))
    planes = np.dstack((rows / 4, columns / 3, 255 * np.exp(-np.hypot(rows - 280, columns - 240) / 160)))
    pixels: images.Pixels = np.clip(planes + grain, 0, 255).astype(np.uint8)
    return pixels


def recording(*, simulated: bool = False, signs: bool = True) -> Enrollment:
    """Approved, and next to be sealed: two portraits, eight fingers, two exceptions."""
    at, by = START, "op-01"
    camera, pad = source("camera", simulated=simulated), source("signature_pad", simulated=simulated)
    portraits = [
        PortraitAttempt(
            n,
            f"blob-p{n}",
            480,
            640,
            at,
            camera,
            (QualityScore("ktpel-portrait-2", 61.5),),
            ((200.0, 250.0), (280.0, 250.5)),
            face=(140, 180, 200, 200),
            crop=(0, 0, 480, 640),
            backdrop="red",
            checks=(CheckFigure("eye_distance", 80.0, 41.5),),
            burst=5,
        )
        for n in (1, 2)
    ]
    entries: list[h.Entry] = [
        h.Opened(number="017", at=at, by=by),
        h.Identified(applicant=applicant(), ever_recorded=h.EverRecorded.NO, at=at, by=by),
        cleared(at),
        *(h.PortraitTaken(attempt=each, at=at, by=by) for each in portraits),
        h.PortraitAccepted(number=2, accepted=Accepted.ON_SCREEN, at=at, by=by),
        h.StepFinished(step=State.PORTRAIT, at=at, by=by),
    ]
    for position in FingerPosition:
        if position in EXCEPTED:
            code = EXCEPTED[position]
            why = FingerException(position, code, "kecelakaan kerja", True, by, "spv-01", at)
            entries.append(h.FingerExcepted(exception=why, at=at, by=by))
        else:
            entries.append(h.FingerTaken(attempt=finger(position, simulated=simulated), at=at, by=by))
    with_hands = ExceptionPortrait(1, "blob-h1", 480, 640, at, camera, tuple(sorted(EXCEPTED)))
    entries.append(h.ExceptionPortraitTaken(portrait=with_hands, at=at, by=by))
    entries.append(h.StepFinished(step=State.FINGERPRINTS, at=at, by=by))
    if signs:
        sample = SignatureSample(1, "blob-s1", len(strokes()), 1912, at, pad)
        entries.append(h.SignatureTaken(sample=sample, at=at, by=by))
    else:
        reason = NotCaptured("signature", NotCapturedReason.UNABLE_TO_SIGN, "spv-01")
        entries.append(h.SignatureNotCaptured(reason=reason, at=at, by=by))
    promise = Promise(
        datetime.combine(date(2026, 4, 24), time(9), tzinfo=WITA), "Loket 5, Disdukcapil", "sampai pukul 15.00"
    )
    entries += [
        h.StepFinished(step=State.SIGNATURE, at=at, by=by),
        h.Reviewed(at=at, by=by),
        h.ReceiptIssued(receipt_number="SMR-20260422-0017", blob_id="blob-r", promise=promise, at=at, by=by),
        h.Approved(automatic=False, at=at, by="spv-01"),
    ]
    return Enrollment.of("5f2a9c", entries)


def cleared(at: datetime) -> h.Cleared:
    items = tuple(
        h.ScreenedItem(item, about, at, "op-01")
        for item, about in (("urgent", "visit"), ("applicant_temperature", "visit"), ("disinfected", "fingerprint"))
    )
    return h.Cleared(
        protocol=ProtocolRef("emergency-2020", "1", "ab" * 32),
        decided_by=("spv-01", "spv-02"),
        decided_at=at - timedelta(days=2),
        decision_reason="443.1/2978/Dukcapil",
        items=items,
        expires_at=at + timedelta(minutes=45),
        approver="spv-01",
        reason="hospital",
        at=at,
        by="op-01",
    )


def finger(position: FingerPosition, *, simulated: bool) -> FingerAttempt:
    height, width = FINGER_SHAPE
    scanner = source("fingerprint", simulated=simulated)
    quality = QualityScore("ridge_energy_1", 72.4)
    return FingerAttempt(position, 1, f"blob-f{position}", width, height, 500, 4, START, scanner, quality)


@cache
def packet_input(*, simulated: bool = False, signs: bool = True) -> PacketInput:
    """Everything encoded as the station encodes it."""
    enrollment = recording(simulated=simulated, signs=signs)
    accepted, hands = enrollment.accepted(), enrollment.exception_portrait()
    assert accepted is not None
    assert hands is not None
    fingers = tuple(
        EncodedFinger(attempt, images.print_for_exchange(ridges(attempt.position), attempt.dpi))
        for attempt in enrollment.fingers
    )
    signature = None
    if signs:
        iso, png = signature_iso.encode(strokes(), PAD), signature_image.signature_png(strokes(), PAD)
        svg = signature_svg.signature_svg(strokes(), PAD)
        signature = EncodedSignature(enrollment.signatures[-1], iso, png, svg)
    return PacketInput(
        enrollment=enrollment,
        station=STATION,
        face=EncodedFace(accepted, portrait_image.encode(face(), "jp2", FACE_BYTES).data, 480, 640, crop_of(accepted)),
        hands=EncodedHands(hands, portrait_image.encode(face(), "jp2", FACE_BYTES).data),
        fingers=fingers,
        signature=signature,
        audit_extract=b'{"entries": []}\n',
        sealed_at=SEALED_AT,
    )


@dataclass(frozen=True)
class Signer:
    """A station's key and certificate."""

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    certificate: x509.Certificate


@cache
def station_signer(kind: str = "P-256", name: str = "SMR-LOKET-03") -> Signer:
    """Self-signed, as a station makes its own."""
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    key = ec.generate_private_key(ec.SECP256R1()) if kind == "P-256" else rsa.generate_private_key(65537, 3072)
    return Signer(key, _self_signed(key, [x509.NameAttribute(NameOID.COMMON_NAME, name)]))


@cache
def practice() -> PracticeDataCentre:
    return practice_data_centre(SEALED_AT)


@cache
def production() -> PracticeDataCentre:
    """A data centre without the marker."""
    key = rsa.generate_private_key(65537, 3072)
    certificate = _self_signed(key, [x509.NameAttribute(NameOID.COMMON_NAME, "Pusat Data")])
    return replace(practice(), key=key, certificate=certificate)


def _self_signed(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, attributes: list[x509.NameAttribute[str]]
) -> x509.Certificate:
    name = x509.Name(attributes)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(START - timedelta(days=1))
        .not_valid_after(START + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
