"""Each page of the set-up by itself: what is wrong is told at its field, what is right is a part of the settings."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from station import provisioning
from station.config import load
from station.errors import StationError
from station.packet.practice import practice_data_centre
from station.provisioning import Certificates, PageError, Role
from station.security.certificates import read_authorities
from station.security.vault import VaultName
from station.services.keys import DATABASE
from tests.support.provisioned import OFFICE, PICK_UP, certificate, certificate_files, pem_file

NOW = datetime.now(UTC)
KEYS = {"data_dir": "", "vault": "file", "passphrase": "", "again": "", "unprotected": "yes"}


def wrong(job: Callable[[], Any]) -> dict[str, str]:
    with pytest.raises(PageError) as refused:
        job()
    return refused.value.wrong


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("code", "", "setup.missing"),
        ("code", "satu dua", "setup.code"),
        ("code", "X" * 25, "setup.code"),
        ("name", "  ", "setup.missing"),
        ("name", "x" * 61, "setup.too_long"),
        ("office", "", "setup.missing"),
        ("regency", "", "setup.missing"),
        ("address", "x" * 161, "setup.too_long"),
        ("zone", "", "setup.choose"),
        ("zone", "UTC", "setup.choose"),
    ],
)
def test_an_office_that_is_wrong_is_told_at_its_field(field: str, typed: str, code: str) -> None:
    assert wrong(lambda: provisioning.office({**OFFICE, field: typed})) == {field: code}


def test_an_office_is_a_part_of_the_settings() -> None:
    part = provisioning.office({**OFFICE, "code": " kutim-01 "})
    assert part["zone"] == "WITA"
    assert part["station"] == {each: OFFICE[each] for each in ("code", "name", "office", "regency", "address")}


def test_every_mistake_of_a_page_is_told_at_once() -> None:
    assert set(wrong(lambda: provisioning.office(dict.fromkeys(OFFICE, "")))) == set(OFFICE) - {"address"}


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("place", "", "setup.missing"),
        ("working_days", "", "setup.days"),
        ("working_days", "0", "setup.days"),
        ("working_days", "31", "setup.days"),
        ("working_days", "satu", "setup.days"),
        ("opens", "24.00", "setup.clock"),
        ("closes", "15", "setup.clock"),
        ("closes", "08.00", "setup.hours"),
        ("approval", "", "setup.choose"),
    ],
)
def test_a_promise_that_is_wrong_is_told_at_its_field(field: str, typed: str, code: str) -> None:
    assert wrong(lambda: provisioning.pick_up({**PICK_UP, field: typed})) == {field: code}


def test_a_promise_is_a_part_of_the_settings() -> None:
    assert provisioning.pick_up(PICK_UP) == {
        "approval": "supervisor",
        "receipt": {"place": PICK_UP["place"], "working_days": 3, "opens": time(8), "hours": "08.00-15.00"},
    }


def test_good_certificates_are_seen_and_kept_as_they_are(tmp_path: Path) -> None:
    files = certificate_files(tmp_path)
    found = provisioning.certificates(files, NOW)
    assert [found.seen[role].subject for role in Role] == ["Pusat Data", "Akar", "Kantor Kutai Timur"]
    assert found.pem[Role.CENTRE] == Path(files["centre"]).read_bytes()
    (tmp_path / "written.pem").write_bytes(found.pem[Role.AUTHORITIES])
    assert read_authorities(tmp_path / "written.pem") == read_authorities(Path(files["authorities"]))


def test_whatever_else_stands_in_a_file_is_not_kept(tmp_path: Path) -> None:
    files = certificate_files(tmp_path)
    with Path(files["authorities"]).open("ab") as file:
        file.write(b"-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n")
    assert b"PRIVATE" not in provisioning.certificates(files, NOW).pem[Role.AUTHORITIES]


def test_a_certificate_in_der_is_kept_in_pem(tmp_path: Path) -> None:
    files = certificate_files(tmp_path)
    pem = Path(files["centre"]).read_bytes()
    (tmp_path / "centre.der").write_bytes(certificate_der(files["centre"]))
    found = provisioning.certificates({**files, "centre": str(tmp_path / "centre.der")}, NOW)
    assert found.pem[Role.CENTRE] == pem


def certificate_der(path: str) -> bytes:
    (found,) = read_authorities(Path(path))
    return found.public_bytes(Encoding.DER)


def test_missing_certificates_are_told_one_by_one(tmp_path: Path) -> None:
    blank = {"centre": "", "authorities": " ", "office": ""}
    assert wrong(lambda: provisioning.certificates(blank, NOW)) == dict.fromkeys(blank, "setup.missing")
    files = {"centre": str(tmp_path / "none"), "authorities": str(tmp_path), "office": __file__}
    assert wrong(lambda: provisioning.certificates(files, NOW)) == dict.fromkeys(files, "setup.certificate_unreadable")


@pytest.mark.parametrize("role", ["centre", "office"])
def test_certificates_that_do_not_hold_are_told_at_theirs(tmp_path: Path, role: str) -> None:
    files = certificate_files(tmp_path)

    def told(name: str, data: bytes) -> dict[str, str]:
        (tmp_path / name).write_bytes(data)
        return wrong(lambda: provisioning.certificates({**files, role: str(tmp_path / name)}, NOW))

    past = pem_file(tmp_path / "past", certificate("Pusat Data", "Antara", days=-1)).read_bytes()
    assert told("past", past) == {role: "setup.certificate_expired"}
    authority = pem_file(tmp_path / "ca", certificate("Antara", "Akar", ca=True)).read_bytes()
    assert told("ca", authority) == {role: "setup.certificate_unfit"}
    assert told("practice", practice_data_centre(NOW).certificate_pem) == {role: "setup.certificate_practice"}


def test_a_centre_for_whom_nobody_vouches_is_told_at_the_authorities(tmp_path: Path) -> None:
    files = certificate_files(tmp_path)
    lone = pem_file(tmp_path / "lone.pem", certificate("Akar", "Akar", ca=True))
    told = wrong(lambda: provisioning.certificates({**files, "authorities": str(lone)}, NOW))
    assert told == {"authorities": "packet.recipient_untrusted"}


def test_a_bare_file_guards_keys_only_after_an_explicit_word(tmp_path: Path) -> None:
    given = {**KEYS, "data_dir": str(tmp_path / "data")}
    assert wrong(lambda: provisioning.keys({**given, "unprotected": ""})) == {"unprotected": "setup.unprotected"}
    assert provisioning.keys(given) == {"data_dir": str(tmp_path / "data"), "keys": {"vault": "file"}}
    assert list(tmp_path.iterdir()) == []


def test_a_passphrase_is_typed_twice_and_is_no_weak_one(tmp_path: Path) -> None:
    given = {**KEYS, "data_dir": str(tmp_path), "vault": "passphrase", "unprotected": ""}
    weak, good = "kata sandi", "kuda kencana 7 payung biru"
    assert wrong(lambda: provisioning.keys({**given, "passphrase": good})) == {"again": "setup.differs"}
    told = wrong(lambda: provisioning.keys({**given, "passphrase": weak, "again": weak}))
    assert told == {"passphrase": "keys.passphrase_weak"}
    part = provisioning.keys({**given, "passphrase": good, "again": good})
    assert part["keys"] == {"vault": "passphrase"}
    assert good not in str(part)


def test_no_vault_is_chosen_beforehand_and_one_that_does_not_work_here_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    monkeypatch.setenv("KTPEL_TPM", "swtpm:port=1")
    given = {**KEYS, "data_dir": str(tmp_path), "vault": ""}
    assert wrong(lambda: provisioning.keys(given)) == {"vault": "setup.choose"}
    assert wrong(lambda: provisioning.keys({**given, "vault": "keyring"})) == {"vault": "keys.no_keyring"}
    assert wrong(lambda: provisioning.keys({**given, "vault": "tpm"})) == {"vault": "keys.no_tpm"}
    found = provisioning.vaults_here()
    assert [(each.name, each.code) for each in found] == [
        (VaultName.PASSPHRASE, ""),
        (VaultName.KEYRING, "keys.no_keyring"),
        (VaultName.TPM, "keys.no_tpm"),
    ]


def test_a_folder_for_the_data_is_whole_empty_and_can_be_written(tmp_path: Path) -> None:
    def told(folder: str) -> dict[str, str]:
        return wrong(lambda: provisioning.keys({**KEYS, "data_dir": folder}))

    (tmp_path / DATABASE).write_bytes(b"somebody's")
    (tmp_path / "file").write_bytes(b"")
    assert told("") == {"data_dir": "setup.missing"}
    assert told("var") == {"data_dir": "setup.not_absolute"}
    assert told(str(tmp_path)) == {"data_dir": "setup.data_there"}
    assert told(str(tmp_path / "file" / "data")) == {"data_dir": "setup.folder"}


def test_a_station_in_earnest_has_a_device_and_none_that_is_simulated() -> None:
    assert wrong(lambda: provisioning.devices({})) == {"": "setup.no_device"}
    camera = {"driver": "opencv", "source": "/dev/video0"}
    assert wrong(lambda: provisioning.devices({"camera": {**camera, "source": ""}})) == {"camera": "setup.place"}
    assert wrong(lambda: provisioning.devices({"camera": {**camera, "simulated": "true"}})) == {"camera": "setup.place"}
    assert provisioning.devices({"camera": camera}) == {"devices": {"camera": camera}}


@pytest.fixture
def parts(tmp_path: Path) -> dict[str, Any]:
    return {
        **provisioning.office(OFFICE),
        **provisioning.pick_up(PICK_UP),
        "data_dir": str(tmp_path / "data"),
        "keys": {"vault": "file"},
        "devices": {"signature_pad": {"driver": "pointer"}},
    }


@pytest.fixture
def checked(tmp_path: Path) -> Certificates:
    return provisioning.certificates(certificate_files(tmp_path / "stick"), NOW)


def test_all_of_it_is_written_and_read_back(tmp_path: Path, parts: dict[str, Any], checked: Certificates) -> None:
    file = tmp_path / "etc" / "station.toml"
    settings = provisioning.provision(file, parts, checked)
    assert settings == load(file)
    assert (settings.station.code, settings.zone.value, settings.approval.value) == ("KUTIM-01", "WITA", "supervisor")
    assert not settings.practice
    assert settings.folder == tmp_path / "data"
    assert settings.recipient_certificate is not None
    assert settings.recipient_certificate.read_bytes() == checked.pem[Role.CENTRE]
    assert settings.recipient_certificate.parent == file.parent
    assert {stat.S_IMODE(each.stat().st_mode) for each in file.parent.iterdir()} == {0o600}
    assert len(list(file.parent.iterdir())) == 4


def test_a_second_station_is_not_written_over_the_first(
    tmp_path: Path, parts: dict[str, Any], checked: Certificates
) -> None:
    file = tmp_path / "etc" / "station.toml"
    provisioning.provision(file, parts, checked)
    before = file.read_bytes()
    with pytest.raises(StationError, match=r"setup\.exists"):
        provisioning.provision(file, {**parts, "zone": "WIB"}, checked)
    assert file.read_bytes() == before


def test_what_was_cut_off_before_the_settings_is_taken_up(
    tmp_path: Path, parts: dict[str, Any], checked: Certificates
) -> None:
    first = tmp_path / "etc" / "one.toml"
    provisioning.provision(first, parts, checked)
    first.unlink()
    provisioning.provision(tmp_path / "etc" / "two.toml", parts, checked)
    assert len(list((tmp_path / "etc").iterdir())) == 4
