"""Sealing a packet: encoded members to two synced files, against bare CMS over as many bytes, written as durably."""

from __future__ import annotations

import os
import secrets
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from benchmarks.measure import Result, in_turn, median, spread
from station.packet import archive, sealing
from station.packet.contents import PacketInput
from tests.support.packets import Signer, packet_input, practice, station_signer

ALLOWED: Final = 2.0
ROUNDS: Final = 41
SIZE: Final = 1_500_000
"""Of the plain packet, bytes: ten prints of 500 dpi, a portrait, a signature."""


def compare() -> list[Result]:
    """Checked, assembled, signed, encrypted, named in a signed sidecar, written; against sign, encrypt, write."""
    signer, packet = station_signer(), _as_large(packet_input(simulated=True))
    plain = archive.assemble(packet).data
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        ours, theirs = in_turn(
            lambda: _sealed(folder / "ours", packet, signer), lambda: _bare(folder, plain, signer), ROUNDS
        )
    met = median(ours) <= ALLOWED * median(theirs)
    note = f"{len(plain)} bytes; ours {spread(ours)}"
    return [
        Result("a packet sealed", median(ours), median(theirs), "bare CMS, synced", f"at most {ALLOWED:g}", met, note)
    ]


def _as_large(packet: PacketInput) -> PacketInput:
    """The same packet with longer pictures, each as it was at its beginning."""
    each = (SIZE - len(archive.assemble(packet).data)) // len(packet.fingers)
    fingers = tuple(replace(finger, image=finger.image + secrets.token_bytes(each)) for finger in packet.fingers)
    return replace(packet, fingers=fingers)


def _sealed(folder: Path, packet: PacketInput, signer: Signer) -> float:
    name = f"{time.monotonic_ns()}{sealing.SUFFIX}"
    began = time.perf_counter()
    sealed = sealing.seal(
        archive.assemble(packet),
        name,
        signer_key=signer.key,
        signer_certificate=signer.certificate,
        recipient=practice().certificate,
    )
    sealing.write_packet(folder, sealed)
    return 1000 * (time.perf_counter() - began)


def _bare(folder: Path, plain: bytes, signer: Signer) -> float:
    place, part = folder / f"{time.monotonic_ns()}.bare", folder / "part"
    began = time.perf_counter()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(plain).add_signer(signer.certificate, signer.key, hashes.SHA256())
    signed = builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoCapabilities])
    envelope = pkcs7.PKCS7EnvelopeBuilder().set_data(signed).add_recipient(practice().certificate)
    envelope = envelope.set_content_encryption_algorithm(algorithms.AES256)
    data = envelope.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(place)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    same = place.read_bytes() == data
    took = 1000 * (time.perf_counter() - began)
    assert same
    return took
