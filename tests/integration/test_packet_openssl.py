"""A packet is open standards: the plain `openssl` program opens what we seal, and no byte of it changes unseen."""

from __future__ import annotations

import random
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from station.packet import archive, checking, sealing
from station.packet.errors import PacketError
from tests.support.packets import packet_input, practice, station_signer

NAME = "SMR-LOKET-03-20260422-0017.ktpel"
FLIPS = 200


@dataclass(frozen=True)
class Desk:
    """A packet as it reached the data centre, and what the data centre opens it with."""

    folder: Path
    packet: Path
    kind: str

    def openssl(self, *words: str) -> bytes:
        program = shutil.which("openssl")
        assert program is not None
        done = subprocess.run([program, *words], cwd=self.folder, capture_output=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout


@pytest.fixture(params=["P-256", "RSA"])
def desk(tmp_path: Path, request: pytest.FixtureRequest) -> Desk:
    signer = station_signer(request.param)
    packet = sealing.seal(
        archive.assemble(packet_input()),
        NAME,
        signer_key=signer.key,
        signer_certificate=signer.certificate,
        recipient=practice().certificate,
    )
    path = sealing.write_packet(tmp_path, packet)
    (tmp_path / "centre.key").write_bytes(practice().key_pem)
    (tmp_path / "centre.pem").write_bytes(practice().certificate_pem)
    (tmp_path / "station.pem").write_bytes(signer.certificate.public_bytes(Encoding.PEM))
    return Desk(tmp_path, path, request.param)


def test_openssl_opens_a_packet_to_the_same_bytes(desk: Desk) -> None:
    desk.openssl(
        *("cms", "-decrypt", "-inform", "DER", "-in", NAME, "-recip", "centre.pem", "-inkey", "centre.key"),
        *("-binary", "-out", "signed.der"),
    )
    desk.openssl(
        *("cms", "-verify", "-inform", "DER", "-in", "signed.der", "-CAfile", "station.pem", "-purpose", "any"),
        *("-binary", "-out", "packet.zip"),
    )
    assert (desk.folder / "packet.zip").read_bytes() == archive.assemble(packet_input()).data


def test_openssl_agrees_with_the_sidecar(desk: Desk) -> None:
    told = desk.openssl(
        *("cms", "-verify", "-inform", "DER", "-in", NAME + ".sig", "-CAfile", "station.pem", "-purpose", "any"),
        "-binary",
    )
    digest = desk.openssl("dgst", "-sha256", "-r", NAME).split()[0]
    assert digest in told


def test_the_packet_is_aes_256_for_one_recipient(desk: Desk) -> None:
    told = desk.openssl("cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", NAME).decode()
    assert "aes-256-cbc" in told
    assert told.count("d.ktri") == 1


def test_no_flipped_byte_passes_and_nothing_altered_is_decrypted(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """At positions drawn over both files, heads and ends among them; every refusal comes before the decryption."""
    monkeypatch.setattr(pkcs7, "pkcs7_decrypt_der", lambda *_: pytest.fail("decrypted before it was checked"))
    station, chance = station_signer(desk.kind).certificate, random.Random(20260422)
    sidecar = sealing.sidecar_path(desk.packet)
    codes: dict[str, set[str]] = {}
    for path in (desk.packet, sidecar):
        whole = path.read_bytes()
        positions = {*range(16), *range(len(whole) - 16, len(whole)), *chance.sample(range(len(whole)), FLIPS // 2)}
        for position in positions:
            altered = bytearray(whole)
            altered[position] ^= 1 << chance.randrange(8)
            path.write_bytes(altered)
            with pytest.raises(PacketError) as refused:
                checking.open_packet(desk.packet, key=practice().key, recipient=practice().certificate, station=station)
            codes.setdefault(path.suffix, set()).add(refused.value.code)
        path.write_bytes(whole)
    assert codes == {".ktpel": {"packet.altered"}, ".sig": {"packet.sidecar_forged"}}
    assert checking.verify(desk.packet, station).name == NAME
