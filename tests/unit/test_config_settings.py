"""Settings: what the file says, what the environment says over it, and one line for each mistake."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest

from station.config import Approval, ConfigError, PortraitCoding, Settings, Zone, load
from station.device_settings import CameraDevice, DevicesSection
from station.domain.applicant import Background
from station.domain.step import DEFAULT_PLAN, State

WHOLE = """
data_dir = "/srv/ktpel"
language = "en"
zone = "WITA"
approval = "supervisor"
plan = ["portrait", "signature", "fingerprints"]
recipient_certificate = "/etc/ktpel/centre.pem"

[station]
code = "KUTIM-01"
name = "Mobil 1"
office = "Disdukcapil Kutai Timur"
regency = "Pemerintah Kabupaten Kutai Timur"

[protocol_parameters.emergency-2020]
temperature_limit = 37.5

[receipt]
place = "Loket 3"
working_days = 2
opens = 09:00:00
hours = "09.00-14.00"
complaints = { "Telepon kantor" = "0549-000000" }

[capture]
finger_timeout_s = 10

[devices.camera]
source = "0"

[devices.fingerprint]
driver = "r30x"
url = "/dev/ttyUSB0"
password = 0x1234
"""


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KTPEL_CONFIG", "KTPEL_LANGUAGE", "KTPEL_DATA_DIR", "KTPEL_STATION__CODE"):
        monkeypatch.delenv(name, raising=False)


def _file(folder: Path, text: str) -> Path:
    path = folder / "station.toml"
    path.write_text(text, "utf-8")
    return path


def test_without_a_file_the_defaults_hold() -> None:
    settings = load()
    assert settings.plan == DEFAULT_PLAN
    assert settings.approval is Approval.AUTOMATIC
    assert settings.language == "id"
    assert settings.devices.configured == ()
    assert not settings.practice


def test_a_file_sets_everything(tmp_path: Path) -> None:
    settings = load(_file(tmp_path, WHOLE))
    assert settings.data_dir == Path("/srv/ktpel")
    assert settings.zone.tz.utcoffset(None) == timedelta(hours=8)
    assert settings.approval is Approval.SUPERVISOR
    assert settings.plan == (State.PORTRAIT, State.SIGNATURE, State.FINGERPRINTS)
    assert settings.protocol_parameters == {"emergency-2020": {"temperature_limit": 37.5}}
    assert settings.receipt.rule.working_days == 2
    assert settings.receipt.rule.opens == time(9)
    assert settings.devices.fingerprint is not None
    assert settings.devices.fingerprint.password == 0x1234
    assert settings.devices.thermometer is None
    assert settings.folder == Path("/srv/ktpel")


def test_the_environment_names_the_file_and_goes_over_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KTPEL_CONFIG", str(_file(tmp_path, WHOLE)))
    monkeypatch.setenv("KTPEL_STATION__CODE", "KUTIM-02")
    monkeypatch.setenv("KTPEL_LANGUAGE", "id")
    settings = load()
    assert settings.station.code == "KUTIM-02"
    assert settings.station.name == "Mobil 1"
    assert settings.language == "id"


def test_portraits_are_taken_by_themselves_in_bursts_and_nothing_is_replaced_unless_asked_for(tmp_path: Path) -> None:
    capture = load(_file(tmp_path, "")).capture
    assert (capture.portrait_auto, capture.burst_frames, capture.exception_portrait) == (True, 5, True)
    assert not capture.replace_background
    assert set(capture.portrait.colours) == set(Background)
    text = "[capture]\nportrait_auto = false\nreplace_background = true\n[capture.portrait]\ncoding = 'jpeg'"
    capture = load(_file(tmp_path, text)).capture
    assert (capture.portrait_auto, capture.replace_background) == (False, True)
    assert capture.portrait.coding is PortraitCoding.JPEG


def test_practice_is_kept_apart_from_the_real_thing() -> None:
    camera = CameraDevice(source="http://127.0.0.1:1/camera", simulated=True)
    settings = Settings(data_dir=Path("data")).with_devices(DevicesSection(camera=camera))
    assert settings.practice
    assert settings.folder == Path("data/practice")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("languages = 'id'", "languages"),
        ("language = 'fr'", "language"),
        ("zone = 'GMT'", "zone"),
        ("approval = 'never'", "approval"),
        ("plan = ['fingerprints', 'portrait', 'signature']", "plan"),
        ("plan = ['portrait', 'portrait', 'signature']", "plan"),
        ("[station]\ncode = 'small letters'", "station.code"),
        ("[station]\ncolour = 'red'", "station.colour"),
        ("[receipt]\nworking_days = 0", "receipt.working_days"),
        ("[receipt]\nplace = ''", "receipt.place"),
        ("[capture]\nfinger_timeout_s = 0", "capture.finger_timeout_s"),
        ("[capture]\nburst_frames = 0", "capture.burst_frames"),
        ("[capture.portrait]\ncoding = 'gif'", "capture.portrait.coding"),
        ("[capture.portrait]\nmost_bytes = 1000", "capture.portrait.most_bytes"),
        ("[capture.portrait.colours]\nred = '#db1514'", "capture.portrait.colours"),
        (
            "[capture.portrait.colours]\nred = 'red'\nblue = '#0090ff'\norange = '#ff8000'",
            "capture.portrait.colours.red",
        ),
        ("[devices.scanner]\nurl = 'x'", "devices.scanner"),
        ("[devices.fingerprint]\npassword = 1", "devices.fingerprint.url"),
        ("[devices.fingerprint]\nurl = 'x'\ndriver = 'r99'", "devices.fingerprint.driver"),
        ("[devices.camera]\nsource = '0'\nfps = 0", "devices.camera.fps"),
    ],
)
def test_a_mistake_is_told_with_file_and_key(tmp_path: Path, text: str, key: str) -> None:
    path = _file(tmp_path, text)
    with pytest.raises(ConfigError) as wrong:
        load(path)
    assert [each.key for each in wrong.value.mistakes] == [key]
    (line,) = wrong.value.lines()
    assert line.startswith(f"{path}: {key}: ")
    assert "\n" not in line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[protocol_parameters.no-such]\nlimit = 1", "no-such"),
        ("[protocol_parameters.emergency-2020]\nfever = 38", "fever"),
        ("[protocol_parameters.emergency-2020]\ntemperature_limit = 39", "36.5..38"),
    ],
)
def test_a_protocols_numbers_stay_within_what_the_protocol_allows(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as wrong:
        load(_file(tmp_path, text))
    (line,) = wrong.value.lines()
    assert said in line


def test_a_file_that_is_absent_unreadable_or_no_toml_is_told(tmp_path: Path) -> None:
    for path, code in (
        (tmp_path / "none.toml", "config.absent"),
        (tmp_path, "config.unreadable"),
        (_file(tmp_path, "language ="), "config.syntax"),
    ):
        with pytest.raises(ConfigError) as wrong:
            load(path)
        assert wrong.value.code == code
        assert len(wrong.value.lines()) == 1
        assert wrong.value.lines()[0].startswith(str(path))


def test_every_zone_of_the_country_has_its_hours() -> None:
    assert [zone.tz.utcoffset(None) for zone in Zone] == [timedelta(hours=each) for each in (7, 8, 9)]
