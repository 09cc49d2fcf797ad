"""A whole recording without a person at the screen: nothing that is written in clear tells who was recorded."""

from __future__ import annotations

import base64
import binascii
import json
import re
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from station.cli import main
from station.lab.lab import FIRST_SEED
from station.lab.operator import SUPERVISOR
from station.lab.persona import citizen
from station.packet.checking import open_packet
from station.services.sign_on import PRACTICE_PASSWORD

SLICE = 16
VARIED, HIGH = 10, 4
"""So many different bytes, and so many above 127, has a slice that no text and no padding has by chance."""


@dataclass(frozen=True)
class Told:
    """Everything in clear: its name, and its bytes."""

    name: str
    data: bytes


@pytest.fixture(scope="module")
def folder(demo: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recording's data, to be added to."""
    folder = tmp_path_factory.mktemp("recording")
    shutil.copytree(demo[0], folder / "out")
    return folder


@pytest.fixture(scope="module")
def told(demo: tuple[Path, str], folder: Path) -> list[Told]:
    """What was said and logged, what goes to an auditor and to a technician, and how files are called."""
    out = folder / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KTPEL_PASSWORD", PRACTICE_PASSWORD)
        patch.chdir(folder)
        assert main(["audit", "export", str(folder / "audit.jsonl"), "--officer", SUPERVISOR, "--data", str(out)]) == 0
        assert main(["support-bundle", str(folder / "support.zip"), "--data", str(out)]) == 0
    found = [Told("stdout", demo[1].encode())]  # on the standard error output nothing stood
    found += [Told(each.name, each.read_bytes()) for each in (out / "practice" / "log").iterdir()]
    found.append(Told("audit", (folder / "audit.jsonl").read_bytes()))
    with zipfile.ZipFile(folder / "support.zip") as bundle:
        found += [Told(name, bundle.read(name)) for name in bundle.namelist()]
    names = "\n".join(str(each.relative_to(folder)) for each in folder.rglob("*"))
    return [*found, Told("names of files", names.encode())]


def members(folder: Path) -> dict[str, bytes]:
    """The packet's inside, as the centre sees it."""
    practice = folder / "out" / "practice"
    key = load_pem_private_key((practice / "centre" / "centre.key.pem").read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    recipient, station = (
        x509.load_pem_x509_certificate((practice / each).read_bytes())
        for each in ("centre/centre.crt.pem", "keys/station.crt.pem")
    )
    (packet,) = (practice / "packets").glob("*.ktpel")
    return dict(open_packet(packet, key=key, recipient=recipient, station=station).members)


def words_of_the_person() -> set[str]:
    form = citizen(FIRST_SEED).form
    born = date.fromisoformat("-".join(reversed(form.birth_date.split("-"))))
    dates = {form.birth_date, born.isoformat(), f"{born:%d%m%Y}", f"{born:%Y%m%d}", f"{born:%d/%m/%Y}"}
    names = {form.name, *form.name.split()} - {"CONTOH"}
    return {form.nik, form.family_card, form.street, form.village, form.birth_place, *dates, *names}


def decoded(data: bytes) -> Iterator[bytes]:
    """The bytes, and what runs of hexadecimal and base 64 digits in them stand for."""
    yield data
    for run in re.findall(rb"(?:[0-9a-fA-F]{2}){16,}", data):
        yield binascii.unhexlify(run)
    for run in re.findall(rb"[A-Za-z0-9+/]{24,}", data):
        yield base64.b64decode(run[: len(run) // 4 * 4])


def test_the_person_is_named_nowhere(told: list[Told]) -> None:
    assert {"stdout", "station.log", "audit", "report.json", "settings.json"} <= {each.name for each in told}
    for each in told:
        text = each.data.decode("utf-8", "replace").upper()
        for word in words_of_the_person():
            assert word.upper() not in text, f"in {each.name}"


def test_sixteen_bytes_of_a_capture_stand_nowhere(told: list[Told], folder: Path) -> None:
    captures = {name: data for name, data in members(folder).items() if not name.endswith(".json")}
    assert sum(map(len, captures.values())) > 150_000
    slices = {
        piece
        for data in captures.values()
        for start in range(0, len(data) - SLICE, SLICE)
        if len(set(piece := data[start : start + SLICE])) >= VARIED and sum(each > 127 for each in piece) >= HIGH
    }
    assert len(slices) > 5_000
    for each in told:
        for data in decoded(each.data):
            for start in range(len(data) - SLICE + 1):
                assert data[start : start + SLICE] not in slices, f"in {each.name}"


def test_the_search_finds_what_it_looks_for(folder: Path) -> None:
    biodata = b"".join(data for name, data in members(folder).items() if name.endswith(".json")).decode().upper()
    form = citizen(FIRST_SEED).form
    assert all(word.upper() in biodata for word in (form.nik, form.name, form.street))


def test_the_bundle_tells_a_technician_what_matters(told: list[Told]) -> None:
    files = {each.name: each.data for each in told}
    report, settings = json.loads(files["report.json"]), json.loads(files["settings.json"])
    assert report["audit"]["whole"] is True
    assert report["store"]["broken_pages"] == 0
    assert report["store"]["visits"] == {"sealed": 1}
    assert report["devices"]["fingerprint"]["outcome"] == "passed"
    assert report["libraries"]["cryptography"]
    assert report["keys_guarded_by"] == "file"
    assert settings["data_dir"] == settings["station"]["office"] == "[set]"
    assert settings["retention"]["acknowledged_days"] == 30
    assert "log/station.log" in files
