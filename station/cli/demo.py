"""Commands that run a station: on its own devices, or in the lab."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from station.bootstrap import KEYS, Station, build
from station.cli.words import InputError, Words
from station.config import PRACTICE_FOLDER, FingerPlan, Settings
from station.device_settings import CameraDevice, DevicesSection
from station.domain.enrollment import Enrollment
from station.services.keys import PACKETS
from station.services.sealing import CENTRE_FOLDER

if TYPE_CHECKING:
    from station.lab.lab import Lab
    from station.lab.operator import Stage

OPEN_S: Final = 20.0
SUFFIX: Final = ".ktpel"
"""Of packets, as `station.packet.sealing` has it; that room brings crypto, which a window does not wait for."""
STAGES: Final = 20
"""Of a recording with one portrait: ten fingers and ten more."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a demonstration leaves, and what opens it."""

    packet: Path
    receipt: Path
    centre_key: Path
    centre_certificate: Path
    station_certificate: Path


@contextmanager
def running_station(
    settings: Settings, portrait: Path | None, words: Words, *, lifelike: bool
) -> Iterator[tuple[Station, Lab | None]]:
    """A station that is wired and not started yet: with its own devices, or the lab's where none is configured."""
    picture = _picture(portrait, words)
    with ExitStack() as running:
        if settings.devices.configured:
            if picture is not None:
                camera = CameraDevice(source=str(picture), simulated=True)
                settings = settings.with_devices(settings.devices.model_copy(update={"camera": camera}))
            lab, station = None, build(settings)
        else:
            from station.lab.lab import FIRST_SEED, Lab  # noqa: PLC0415 - simulators are loaded where they are used

            typer.echo(words("lab.started"))
            seed, slaps = FIRST_SEED + _recorded(settings), settings.capture.fingers is FingerPlan.GROUPS
            lab = running.enter_context(
                Lab(portrait=picture, seed=seed, lifelike=lifelike, slaps=slaps, positions=True)
            )
            for note in lab.notes:
                typer.echo(words("lab.no_cards", why=note))
            station = build(lab.settings(settings), makers=lab.makers)
            lab.serve(station.prompts)
        running.callback(station.stop)
        yield station, lab


def demonstrate(settings: Settings, portrait: Path | None, out: Path, words: Words) -> Result:
    """One complete recording through the real services; says each stage."""
    from rich.console import Console  # noqa: PLC0415 - only what is shown
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - as the line above

    from station.lab.operator import Operator  # noqa: PLC0415 - as the lines above

    bare = settings.with_devices(DevicesSection()).model_copy(
        update={"data_dir": out.absolute(), "recipient_certificate": None}
    )
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with running_station(bare, portrait, words, lifelike=False) as (station, lab):
        assert lab is not None
        station.start().result(OPEN_S)
        station.bay.open_all(OPEN_S)
        with Progress(*columns, console=Console(), transient=True) as progress:
            bar = progress.add_task(words("demo.title"), total=STAGES)

            def tell(stage: Stage, enrollment: Enrollment | None) -> None:
                progress.console.print(f"  {_stage(stage, enrollment, words)}", highlight=False, markup=False)
                progress.advance(bar)

            done = Operator(station, tell).record(lab.citizen, bare.data_dir)
        folder = station.settings.folder
    return Result(
        packet=done.packet,
        receipt=done.receipt,
        centre_key=folder / CENTRE_FOLDER / "centre.key.pem",
        centre_certificate=folder / CENTRE_FOLDER / "centre.crt.pem",
        station_certificate=folder / KEYS / "station.crt.pem",
    )


def simulate(portrait: Path | None, words: Words) -> None:
    """Run the simulators until interrupted, with somebody who uses them without being asked."""
    from station.lab.lab import Lab  # noqa: PLC0415 - simulators are loaded where they are used

    with Lab(portrait=_picture(portrait, words), positions=True) as lab:
        for note in lab.notes:
            typer.echo(words("lab.no_cards", why=note), err=True)
        typer.echo(f"# {words('simulate.ready')}\n# {words('simulate.person')}\n")
        for slot, device in lab.devices:
            if device is not None:
                typer.echo(f"[devices.{slot}]")
                for key, value in {"driver": device.driver, **device.model_dump(exclude_defaults=True)}.items():
                    typer.echo(f"{key} = {'true' if value is True else _quoted(value)}")
                typer.echo("")
        lab.person.act_alone(threading.Event())


def _recorded(settings: Settings) -> int:
    """How many people have been recorded in practice: so many synthetic citizens have gone home."""
    return len(list((settings.data_dir / PRACTICE_FOLDER / PACKETS).glob(f"*{SUFFIX}")))


def _picture(portrait: Path | None, words: Words) -> Path | None:
    if portrait is None:
        return None
    if not portrait.is_file():
        raise InputError(words("error.file_absent", path=portrait))
    return portrait.absolute()


def _stage(stage: Stage, enrollment: Enrollment | None, words: Words) -> str:
    from station.lab.operator import Stage  # noqa: PLC0415 - with the operator

    if stage is Stage.FINGER_TAKEN and enrollment is not None:
        return words("stage.finger_taken", done=len({each.position for each in enrollment.fingers}))
    if stage is Stage.PORTRAIT_FORCED and enrollment is not None:
        last = enrollment.portraits[-1]
        return words("stage.portrait_forced", who=last.forced_by, hints=", ".join(last.hints))
    return words(f"stage.{stage.value}")


def _quoted(value: object) -> str:
    return str(value) if isinstance(value, int | float) else f'"{str(value).replace(chr(92), chr(92) * 2)}"'
