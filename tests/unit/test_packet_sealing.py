"""Sealing and opening: one code a failure, simulated captures for practice alone, files whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs7
from cryptography.x509 import load_pem_x509_certificate

from station.errors import RuleError, WayOn
from station.packet import archive, checking, sealing
from station.packet.cms import CmsError, Der, verify_signed
from station.packet.errors import PacketCode, PacketError
from station.packet.practice import is_practice, practice_data_centre
from tests.support.packets import SEALED_AT, Signer, packet_input, practice, production, station_signer

NAME = "SMR-LOKET-03-20260422-0017.ktpel"


def sealed(
    *, simulated: bool = False, signer: Signer | None = None, name: str = NAME, visit: str = ""
) -> sealing.SealedPacket:
    signer = signer or station_signer()
    plain = archive.assemble(packet_input(simulated=simulated))
    return sealing.seal(
        replace(plain, visit=visit or plain.visit),
        name,
        signer_key=signer.key,
        signer_certificate=signer.certificate,
        recipient=practice().certificate,
    )


@pytest.fixture
def packet(tmp_path: Path) -> Path:
    return sealing.write_packet(tmp_path, sealed())


def opened(path: Path, **other: Any) -> checking.OpenedPacket:
    given = {
        "key": practice().key,
        "recipient": practice().certificate,
        "station": station_signer().certificate,
        **other,
    }
    return checking.open_packet(path, **given)


def refusal(path: Path, **other: Any) -> str:
    with pytest.raises(PacketError) as refused:
        opened(path, **other)
    return refused.value.code


@pytest.mark.parametrize("kind", ["P-256", "RSA"])
def test_what_was_sealed_is_opened_by_the_data_centre(tmp_path: Path, kind: str) -> None:
    signer = station_signer(kind)
    path = sealing.write_packet(tmp_path, sealed(signer=signer))
    found = opened(path, station=signer.certificate)
    assert found.members == archive.members(packet_input())
    assert found.manifest.number == "017"
    assert found.report.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert "biodata" not in repr(found)


def test_a_packet_is_verified_without_the_data_centres_key(packet: Path) -> None:
    report = checking.verify(packet, station_signer().certificate)
    assert (report.name, report.size) == (NAME, packet.stat().st_size)
    assert report.signed_at is not None
    assert report.signer == "CN=SMR-LOKET-03"


def test_nothing_can_be_read_in_a_sealed_packet(packet: Path) -> None:
    data = packet.read_bytes() + sealing.sidecar_path(packet).read_bytes()
    for words in (b"biodata.json", b"manifest", b"WSQ20", b"RAHMAWATI", b"6472014512950003", b"PK\x03\x04"):
        assert words not in data


def test_the_sidecar_tells_the_digest_the_size_and_the_name(packet: Path) -> None:
    signed = verify_signed(sealing.sidecar_path(packet).read_bytes(), station_signer().certificate)
    data = packet.read_bytes()
    assert json.loads(signed.content) == {
        "format": "ktpel-sidecar-1",
        "file": NAME,
        "visit": packet_input().enrollment.visit_id,
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


# -- each failure has its code


def test_no_packet(tmp_path: Path) -> None:
    assert refusal(tmp_path / NAME) == "packet.missing"


def test_no_sidecar(packet: Path) -> None:
    sealing.sidecar_path(packet).unlink()
    assert refusal(packet) == "packet.sidecar_missing"


def test_a_sidecar_by_another_station(packet: Path) -> None:
    other = station_signer(name="OTHER")
    sealing.sidecar_path(packet).write_bytes(sealed(signer=other).sidecar)
    assert refusal(packet) == "packet.sidecar_forged"


def test_a_sidecar_by_another_key_under_the_same_name(packet: Path) -> None:
    """The certificate inside is the trusted one, the signature is not."""
    builder = pkcs7.PKCS7SignatureBuilder().set_data(b"{}")
    builder = builder.add_signer(station_signer().certificate, station_signer(name="OTHER").key, hashes.SHA256())
    forged = builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoCapabilities])
    sealing.sidecar_path(packet).write_bytes(forged)
    assert refusal(packet) == "packet.sidecar_forged"


def test_a_signed_something_that_is_no_sidecar(packet: Path) -> None:
    for words in (b"{}", b"no json", b'{"format": "ktpel-sidecar-1"}', b'{"format": "other"}'):
        builder = pkcs7.PKCS7SignatureBuilder().set_data(words)
        builder = builder.add_signer(station_signer().certificate, station_signer().key, hashes.SHA256())
        sealing.sidecar_path(packet).write_bytes(builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary]))
        assert refusal(packet) == "packet.sidecar_forged"


def test_a_packet_under_another_name(packet: Path) -> None:
    other = packet.with_name("other.ktpel")
    sealing.sidecar_path(packet).rename(sealing.sidecar_path(other))
    packet.rename(other)
    assert refusal(other) == "packet.renamed"


def test_a_packet_of_another_sealing(packet: Path) -> None:
    packet.write_bytes(sealed().data)
    assert refusal(packet) == "packet.altered"


def test_another_data_centres_key(packet: Path) -> None:
    assert refusal(packet, key=production().key, recipient=production().certificate) == "packet.not_for_this_key"
    assert refusal(packet, key=production().key) == "packet.not_for_this_key"


def _enveloped(content: bytes) -> bytes:
    envelope = pkcs7.PKCS7EnvelopeBuilder().set_data(content).add_recipient(practice().certificate)
    envelope = envelope.set_content_encryption_algorithm(algorithms.AES256)
    return envelope.encrypt(Encoding.DER, [pkcs7.PKCS7Options.Binary])


def _with_sidecar(folder: Path, data: bytes) -> Path:
    told = {"format": sealing.SIDECAR_FORMAT, "file": NAME, "size": len(data)}
    told["sha256"] = hashlib.sha256(data).hexdigest()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(json.dumps(told).encode())
    builder = builder.add_signer(station_signer().certificate, station_signer().key, hashes.SHA256())
    sidecar = builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])
    return sealing.write_packet(folder, sealing.SealedPacket(NAME, data, sidecar, "", ""))


def test_an_inside_that_another_station_signed(tmp_path: Path) -> None:
    builder = pkcs7.PKCS7SignatureBuilder().set_data(archive.assemble(packet_input()).data)
    other = station_signer(name="OTHER")
    inner = builder.add_signer(other.certificate, other.key, hashes.SHA256())
    data = _enveloped(inner.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary]))
    assert refusal(_with_sidecar(tmp_path, data)) == "packet.signature_invalid"


def test_an_inside_that_disagrees_with_its_manifest(tmp_path: Path) -> None:
    found = archive.members(packet_input())
    zipped = archive.pack(found, b"{}")
    builder = pkcs7.PKCS7SignatureBuilder().set_data(zipped)
    inner = builder.add_signer(station_signer().certificate, station_signer().key, hashes.SHA256())
    data = _enveloped(inner.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary]))
    assert refusal(_with_sidecar(tmp_path, data)) == "packet.member_altered"


# -- simulated captures


def test_simulated_captures_are_sealed_for_practice_alone() -> None:
    assert sealed(simulated=True).name == NAME
    with pytest.raises(RuleError) as refused:
        sealing.seal(
            archive.assemble(packet_input(simulated=True)),
            NAME,
            signer_key=station_signer().key,
            signer_certificate=station_signer().certificate,
            recipient=production().certificate,
        )
    assert (refused.value.code, refused.value.way_on) == ("packet.simulated", WayOn.CHECK_SETTINGS)


def test_the_practice_data_centre_carries_the_marker_and_survives_its_pem() -> None:
    made = practice_data_centre(SEALED_AT)
    assert is_practice(made.certificate)
    assert not is_practice(production().certificate)
    assert made.key.key_size == 3072
    assert load_pem_x509_certificate(made.certificate_pem) == made.certificate
    assert load_pem_private_key(made.key_pem, None).public_key() == made.certificate.public_key()
    assert made.certificate.not_valid_before_utc <= SEALED_AT
    assert made.certificate.not_valid_after_utc > SEALED_AT + timedelta(days=3000)


def test_a_recipient_without_an_rsa_key_and_a_name_with_a_folder_are_refused() -> None:
    signer = station_signer()
    plain = archive.assemble(packet_input())
    with pytest.raises(RuleError, match=r"packet\.bad_recipient"):
        sealing.seal(
            plain,
            NAME,
            signer_key=signer.key,
            signer_certificate=signer.certificate,
            recipient=signer.certificate,
        )
    for name in ("../up.ktpel", "no-suffix"):
        with pytest.raises(ValueError, match="bare name"):
            sealed(name=name)


# -- writing


def test_writing_again_changes_nothing_and_leaves_nothing_beside(tmp_path: Path) -> None:
    one = sealed()
    path = sealing.write_packet(tmp_path, one)
    assert sealing.write_packet(tmp_path, one) == path
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [NAME, NAME + ".sig"]
    assert path.read_bytes() == one.data


def test_sealing_again_after_a_power_cut_makes_the_pair_whole(tmp_path: Path) -> None:
    """The cut came between the two files: a new sidecar beside an old packet."""
    first, second = sealed(), sealed()
    path = sealing.write_packet(tmp_path, first)
    sealing.sidecar_path(path).write_bytes(second.sidecar)
    assert refusal(path) == "packet.altered"
    sealing.write_packet(tmp_path, sealed())
    assert opened(path).manifest.number == "017"


def test_another_visits_packet_of_the_same_name_is_never_written_over(tmp_path: Path) -> None:
    theirs = sealed(visit="another visit")
    path = sealing.write_packet(tmp_path, theirs)
    with pytest.raises(PacketError) as refused:
        sealing.write_packet(tmp_path, sealed())
    assert refused.value.code == "packet.name_taken"
    assert path.read_bytes() == theirs.data
    assert sealing.sidecar_path(path).read_bytes() == theirs.sidecar
    path.unlink()  # its sidecar alone, from between the two moves, is theirs as well
    with pytest.raises(PacketError, match=r"packet\.name_taken"):
        sealing.write_packet(tmp_path, sealed())
    assert sealing.write_packet(tmp_path, theirs) == path


def test_a_file_without_a_sidecar_is_nobodys_to_write_over(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"something")
    with pytest.raises(PacketError, match=r"packet\.name_taken"):
        sealing.write_packet(tmp_path, sealed())
    assert (tmp_path / NAME).read_bytes() == b"something"


def test_both_files_are_on_the_disk_before_either_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        done.append("sync " + Path(f"/proc/self/fd/{descriptor}").readlink().name)
        real_sync(descriptor)

    def moved(self: Path, target: Path) -> Path:
        done.append("move " + target.name)
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", moved)
    sealing.write_packet(tmp_path, sealed())
    assert done == [
        f"sync .{NAME}.sig.part",
        f"sync .{NAME}.part",
        f"move {NAME}.sig",
        f"move {NAME}",
        f"sync {tmp_path.name}",
    ]


@pytest.mark.parametrize("files_before", [0, 1])
@pytest.mark.parametrize(
    "refusal_of_disk",
    [
        (errno.ENOSPC, PacketCode.DISK_FULL, WayOn.FREE_SPACE),
        (errno.EDQUOT, PacketCode.DISK_FULL, WayOn.FREE_SPACE),
        (errno.EIO, PacketCode.NOT_WRITTEN, WayOn.CHECK_SETTINGS),
    ],
)
def test_a_disk_that_refuses_leaves_what_was_there(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    refusal_of_disk: tuple[int, PacketCode, WayOn],
    files_before: int,
) -> None:
    number, code, way_on = refusal_of_disk
    before = sealed()
    path = sealing.write_packet(tmp_path, before)
    left, real_sync = [None] * files_before, os.fsync

    def fsync(descriptor: int) -> None:
        if not left:
            raise OSError(number, os.strerror(number))
        left.pop()
        real_sync(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(PacketError) as refused:
        sealing.write_packet(tmp_path, sealed())
    assert (refused.value.code, refused.value.way_on) == (code, way_on)
    assert opened(path).report.sha256 == before.sha256
    assert len(list(tmp_path.iterdir())) == 2


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PacketError) as refused:
        sealing.write_packet(tmp_path / "file" / "packets", sealed())
    assert refused.value.code == PacketCode.NOT_WRITTEN


# -- the form of a signature


@pytest.mark.parametrize("kind", ["P-256", "RSA"])
def test_no_byte_of_a_signature_can_change_unseen(kind: str) -> None:
    """Every position, every byte flipped whole and by its lowest bit."""
    signer = station_signer(kind)
    data = sealed(signer=signer).sidecar
    assert verify_signed(data, signer.certificate).content.startswith(b"{")
    unseen = []
    for position in range(len(data)):
        for flip in (0x01, 0xFF):
            altered = bytearray(data)
            altered[position] ^= flip
            try:
                verify_signed(bytes(altered), signer.certificate)
            except CmsError:
                continue
            unseen.append(position)
    assert unseen == []


def test_a_signature_cut_short_or_grown_is_refused() -> None:
    signer = station_signer()
    data = sealed().sidecar
    for spoilt in (b"", data[:-1], data + b"\x00", data[: len(data) // 2]):
        with pytest.raises(CmsError):
            verify_signed(spoilt, signer.certificate)


@pytest.mark.parametrize("data", ["3080", "308101", "3082000100", "300201", "30850100000000", "30"])
def test_lengths_that_are_not_der_are_refused(data: str) -> None:
    with pytest.raises(CmsError):
        Der(bytes.fromhex(data)).take(0x30)


def test_reprs_show_no_content() -> None:
    one = sealed()
    assert repr(one) == f"SealedPacket({NAME}, {len(one.data)} bytes, {one.sha256[:12]})"
    signed = verify_signed(one.sidecar, station_signer().certificate)
    assert "sha256" not in repr(signed)
    assert replace(signed, content=b"x") != signed
