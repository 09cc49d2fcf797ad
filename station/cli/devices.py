"""`ktpel devices`: opens each device, tells who it is and how it fares."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Final

from devices.device import DeviceInfo, SelfTestResult
from devices.errors import ConnectErrors, DeviceError
from station.cli.demo import running_station
from station.cli.words import Words
from station.config import Settings

OPEN_S: Final = 20.0
TEST_S: Final = 20.0


def check(settings: Settings, words: Words) -> bool:
    """Print a table; whether every device is well."""
    from rich.console import Console  # noqa: PLC0415 - only what is shown
    from rich.table import Table  # noqa: PLC0415 - as the line above

    table = Table(*(words(f"devices.{column}") for column in ("slot", "device", "health", "test")))
    well = True
    with running_station(settings, None, words, lifelike=False) as (station, _):
        station.bay.start()
        errors: dict[str, DeviceError] = {}
        try:
            station.bay.open_all(OPEN_S)
        except ConnectErrors as error:
            errors = error.errors
        infos, tests = station.bay.infos(), station.bay.self_test()
        for slot in station.bay.health():
            if slot in errors or slot not in infos:
                well = False
                table.add_row(slot, "", str(errors.get(slot, "")), "")
                continue
            passed, told = _tested(tests[slot], words)
            well = well and passed
            table.add_row(slot, _who(infos[slot], words), words("devices.ready"), told)
    Console().print(table, markup=False)
    return well


def _who(info: DeviceInfo, words: Words) -> str:
    """What it is; of a camera also the words by which the settings can name it wherever it is plugged in."""
    parts = [info.maker, info.model, info.serial, info.firmware, info.properties.get("identity", "")]
    if info.simulated:
        parts.append(f"({words('devices.simulated')})")
    return " ".join(part for part in parts if part)


def _tested(test: Future[SelfTestResult], words: Words) -> tuple[bool, str]:
    try:
        result = test.result(TEST_S)
    except DeviceError as error:
        return False, str(error)
    figures = ", ".join(f"{name} {figure}" for name, _, figure in result.checks)
    return result.passed, f"{words('devices.passed' if result.passed else 'devices.failed')}: {figures}"
