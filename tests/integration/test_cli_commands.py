"""The `ktpel` command as a person meets it, each run a process of its own: what it makes, and what opens that again."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import skimage.data
from sqlalchemy import text

from station.cli.demo import SUFFIX, running_station
from station.cli.words import Words
from station.config import Settings
from station.device_settings import DevicesSection
from station.packet import sealing
from station.security.keys import KeyRing
from station.store import Store

ROOT = Path(__file__).parents[2]
ASTRONAUT = Path(skimage.data.__file__).with_name("astronaut.png")
TIMEOUT_S = 90


def ktpel(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one command, without display and without settings of this machine."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "station", *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd,
        env=_environment() | environment,
        timeout=TIMEOUT_S,
        check=False,
    )


def _environment() -> dict[str, str]:
    unwanted = ("KTPEL_", "DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "COLUMNS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


def _files(printed: str) -> tuple[list[str], Path]:
    """The arguments of the command that opens the packet, and the packet."""
    line = next(line for line in printed.splitlines() if "ktpel packet open" in line)
    words = shlex.split(line)
    return words[1:], Path(words[3])


def test_the_demonstration_records_a_real_photograph_with_a_supervisors_name(demo: tuple[Path, str]) -> None:
    folder, printed = demo
    assert "Portrait forced by penyelia: portrait.too_small" in printed
    assert "Finger 10/10" in printed
    receipt = Path(re.search(r"Receipt: +(\S+)", printed)[1])  # type: ignore[index]  # the line is there
    assert receipt.parent == folder
    assert receipt.read_bytes().startswith(b"%PDF")


def test_the_printed_command_opens_the_packet_and_a_second_time_refuses_the_full_folder(demo: tuple[Path, str]) -> None:
    folder, printed = demo
    words, packet = _files(printed)
    done = ktpel(*words, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    opened = packet.with_suffix("")
    assert {"biodata.json", "screening.json", "recording.json", "audit.json", "biometrics.an2"} <= {
        each.name for each in opened.iterdir()
    }
    again = ktpel(*words, cwd=folder)
    assert again.returncode == 2
    assert again.stderr == f"ktpel: {opened}: folder tidak kosong\n"


def test_whoever_is_recorded_next_in_the_same_folder_is_somebody_else(demo: tuple[Path, str]) -> None:
    folder, _ = demo
    seeds = []
    for data in (folder / "new", folder):
        with running_station(Settings(data_dir=data), ASTRONAUT, Words("en"), lifelike=False) as (_, lab):
            assert lab is not None
            seeds.append(lab.citizen.seed)
    assert seeds == [2020, 2021]
    assert SUFFIX == sealing.SUFFIX


def test_a_packet_is_verified_until_a_byte_of_it_changes(demo: tuple[Path, str], tmp_path: Path) -> None:
    _, printed = demo
    words, packet = _files(printed)
    station = words[words.index("--station") + 1]
    copy = tmp_path / packet.name
    copy.write_bytes(packet.read_bytes())
    copy.with_name(f"{copy.name}.sig").write_bytes(packet.with_name(f"{packet.name}.sig").read_bytes())
    whole = ktpel("packet", "verify", copy, "--station", station, cwd=tmp_path)
    assert whole.returncode == 0
    assert "Paket utuh" in whole.stdout
    data = bytearray(copy.read_bytes())
    data[len(data) // 2] ^= 1
    copy.write_bytes(data)
    altered = ktpel("packet", "verify", copy, "--station", station, "--language=en", cwd=tmp_path)
    assert (altered.returncode, altered.stdout) == (1, "")
    assert altered.stderr == "ktpel: the packet's bytes were changed\n"


def test_another_key_does_not_open_the_packet(demo: tuple[Path, str], tmp_path: Path) -> None:
    from datetime import UTC, datetime

    from station.packet.practice import practice_data_centre

    other = practice_data_centre(datetime.now(UTC))
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    key.write_bytes(other.key_pem)
    certificate.write_bytes(other.certificate_pem)
    words, _ = _files(demo[1])
    for option, value in (("--key", key), ("--certificate", certificate), ("--out", tmp_path / "out")):
        words[words.index(option) + 1] = str(value)
    done = ktpel(*words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "ktpel: paket bukan untuk kunci ini\n"
    assert not (tmp_path / "out").exists()


def test_the_audit_trail_of_the_demonstration_is_whole(demo: tuple[Path, str]) -> None:
    done = ktpel("audit", "verify", "--data", demo[0], cwd=demo[0])
    assert (done.returncode, done.stderr) == (0, "")
    assert re.match(r"Jejak audit utuh: \d+ baris, 2 kepala", done.stdout)


def test_a_line_of_the_audit_trail_that_was_changed_fails_the_check(demo: tuple[Path, str], tmp_path: Path) -> None:
    shutil.copytree(demo[0] / "practice", tmp_path / "practice")
    keys = KeyRing.open_or_create(tmp_path / "practice" / "keys")
    store = Store.open(tmp_path / "practice" / "station.db", keys.database_key, cipher=keys.cipher)
    with store._connection.begin():
        store._connection.execute(text("UPDATE audit_entries SET by = 'nobody' WHERE seq = 7"))
    store.close()
    done = ktpel("audit", "verify", "--data", tmp_path, "--language", "en", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert re.match(r"The audit trail is BROKEN at line 7 \(\d{4}-\d\d-\d\dT", done.stderr)


def test_devices_are_told_with_their_health_and_one_that_is_absent_fails_the_command(tmp_path: Path) -> None:
    lab = ktpel("devices", cwd=tmp_path)
    assert lab.returncode == 0, lab.stderr
    for slot in DevicesSection.model_fields:
        assert slot in lab.stdout
    settings = tmp_path / "s.toml"
    settings.write_text('[devices.fingerprint]\nurl = "/dev/no-such-port"\n', "utf-8")
    absent = ktpel("devices", "--config", settings, cwd=tmp_path, COLUMNS="200")
    assert absent.returncode == 1
    assert "port.absent" in absent.stdout
    assert absent.stderr == ""


def test_the_simulators_print_settings_that_a_station_reads_and_end_quietly(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "station", "simulate"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=_environment(),
    )
    with process:
        assert process.stdout is not None
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line)
            if "thermometer" in "".join(lines) and line == "\n":
                break
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=TIMEOUT_S)
    assert (process.returncode, errors) == (130, "")
    devices = DevicesSection(**tomllib.loads("".join(lines))["devices"])
    assert all(device.simulated for device in devices.configured)
    assert devices.camera is not None
    assert devices.fingerprint is not None


def test_help_is_there_in_both_languages_without_loading_what_a_station_needs(tmp_path: Path) -> None:
    indonesian, english = (ktpel("--help", "--language", each, cwd=tmp_path) for each in ("id", "en"))
    assert indonesian.returncode == english.returncode == 0
    assert "Stasiun perekaman" in indonesian.stdout
    assert "recording station" in english.stdout
    heavy = ("PySide6", "cv2", "numpy", "sqlalchemy", "cryptography", "reportlab", "pydantic")
    script = (
        f"import sys; from station.cli import main; main(['--help']); print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=tmp_path, env=_environment(), check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
