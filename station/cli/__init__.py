"""The `ktpel` command: opens the station, demonstrates it, and checks devices, packets and the audit trail.

Bad input gets one clear line on standard error and a non-zero exit, never a traceback. Only what a command needs is
imported, inside it: `ktpel --help` loads neither Qt nor the store.
"""

from __future__ import annotations

import os
import platform
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from station.cli.words import InputError, Language, Words
from station.errors import StationError

if TYPE_CHECKING:
    from station.bootstrap import Station
    from station.cli.demo import Result
    from station.config import Settings

INTERRUPTED: Final = 130
BUG: Final = 70
USAGE: Final = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    words = Words("id")
    try:
        rest, language = _language(list(sys.argv[1:] if arguments is None else arguments))
        words = Words(language)
        command = typer.main.get_command(_app(words))
        return int(command(rest, prog_name="ktpel", standalone_mode=False) or 0)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        sys.stdout = sys.stderr  # whoever read our output has gone; the interpreter shall not try to flush it
        return 1
    except Exception as error:  # noqa: BLE001 - the command line's own border: one line, whatever it is
        lines, code = _told(error, words)
        for line in lines:
            typer.echo(f"ktpel: {line}", err=True)
        return code


def _language(arguments: list[str]) -> tuple[list[str], Language]:
    """The arguments without `--language`, which may stand anywhere, and the language of what is said."""
    given = os.environ.get("KTPEL_LANGUAGE", "id")
    rest = []
    words = iter(arguments)
    for word in words:
        if word == "--language":
            given = next(words, "")
        elif word.startswith("--language="):
            given = word.partition("=")[2]
        else:
            rest.append(word)
    if given == "id":
        return rest, "id"
    if given == "en":
        return rest, "en"
    raise InputError(Words("id")("error.language", given=given or "''"))


def _told(error: Exception, words: Words) -> tuple[list[str], int]:
    """The lines to print, and the exit code."""
    from devices.errors import ConnectErrors, DeviceError  # noqa: PLC0415 - only when something went wrong
    from protocols.clearance import NotClearedError  # noqa: PLC0415 - as the line above
    from station.config import ConfigError  # noqa: PLC0415 - as the line above

    code = 1
    match error:
        case InputError():
            lines, code = [str(error)], USAGE
        case ConfigError() if error.mistakes:
            lines = list(error.lines())
        case StationError():
            detail = f" ({error.detail})" if error.detail else ""
            lines = [words.of_code(error.code, error.way_on) + detail]
        case ConnectErrors():
            lines = [f"{slot}: {each}" for slot, each in sorted(error.errors.items())]
        case DeviceError():
            lines = [str(error)]
        case NotClearedError():
            lines = [words("error.refused", code=error.refusal.value)]
        case TimeoutError():
            lines = [words("error.timeout")]
        case _ if hasattr(error, "format_message"):  # of the option parser
            lines, code = [error.format_message()], USAGE
        case _:
            last = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(last.filename).name}:{last.lineno}"
            lines, code = [words("error.bug", kind=type(error).__name__, place=place)], BUG
    return lines, code


def _app(words: Words) -> typer.Typer:
    """The commands, with their help in one language."""
    app = typer.Typer(add_completion=False, no_args_is_help=True, help=words("help"), rich_markup_mode=None)
    _add_station(app, words)
    _add_lab(app, words)
    app.add_typer(_packet(words), name="packet")
    app.add_typer(_audit(words), name="audit")
    language_option = typer.Option(words.language, "--language", help=words("help.language"))

    @app.callback()
    def everywhere(language: str = language_option) -> None:
        assert language  # read by `main` before the commands are made

    return app


def _add_station(app: typer.Typer, words: Words) -> None:
    config_option = typer.Option(None, "--config", help=words("help.config"))
    portrait_option = typer.Option(None, "--portrait", help=words("help.portrait"))

    @app.command(help=words("help.run"))
    def run(config: Path | None = config_option, portrait: Path | None = portrait_option) -> int:
        if _has_display():
            from ui.app import run as run_window  # noqa: PLC0415 - Qt is loaded by this command alone

            # Settings and station are read and wired behind the painted window.
            return run_window(lambda: _running(config, portrait, words), words.language)
        from ui.autopilot import record  # noqa: PLC0415 - Qt is loaded by this command alone

        with _running(config, portrait, words, lifelike=False) as station:
            typer.echo(words("run.unattended"))
            done = record(station, station.settings.folder / "unattended", language=words.language)
            _show(words("result.packet"), done.packet)
            _show(words("result.receipt"), done.receipt)
            for picture in done.screenshots:
                _show(words("run.screenshots"), picture)
        return 0

    @app.command(help=words("help.devices"))
    def devices(config: Path | None = config_option) -> int:
        from station.cli.devices import check  # noqa: PLC0415 - commands load what they need

        return 0 if check(_settings(config, words), words) else 1


def _add_lab(app: typer.Typer, words: Words) -> None:
    config_option = typer.Option(None, "--config", help=words("help.config"))
    portrait_option = typer.Option(None, "--portrait", help=words("help.portrait"))
    out_option = typer.Option(None, "--out", help=words("help.out"))

    @app.command(help=words("help.demo"))
    def demo(
        config: Path | None = config_option, portrait: Path | None = portrait_option, out: Path | None = out_option
    ) -> None:
        from station.cli.demo import demonstrate  # noqa: PLC0415 - commands load what they need

        settings = _settings(config, words)
        done = demonstrate(settings, portrait, out or settings.data_dir / "demo", words)
        _show(words("result.packet"), done.packet)
        _show(words("result.receipt"), done.receipt)
        typer.echo(f"{words('result.open')}:\n  {_opening(done)}")

    @app.command(help=words("help.simulate"))
    def simulate(portrait: Path | None = portrait_option) -> None:
        from station.cli.demo import simulate as run_simulators  # noqa: PLC0415 - commands load what they need

        run_simulators(portrait, words)


def _packet(words: Words) -> typer.Typer:
    packet = typer.Typer(no_args_is_help=True, help=words("help.packet"))
    file_argument = typer.Argument(..., metavar="FILE", help=words("help.file"), show_default=False)
    station_option = typer.Option(..., "--station", help=words("help.station"), show_default=False)
    key_option = typer.Option(..., "--key", help=words("help.key"), show_default=False)
    certificate_option = typer.Option(..., "--certificate", help=words("help.certificate"), show_default=False)
    out_option = typer.Option(..., "--out", help=words("help.out"), show_default=False)

    @packet.command("verify", help=words("help.packet.verify"))
    def packet_verify(file: Path = file_argument, station: Path = station_option) -> None:
        from station.cli.check import verify_packet  # noqa: PLC0415 - commands load what they need

        verify_packet(file, station, words)

    @packet.command("open", help=words("help.packet.open"))
    def packet_open(
        file: Path = file_argument,
        key: Path = key_option,
        certificate: Path = certificate_option,
        station: Path = station_option,
        out: Path = out_option,
    ) -> None:
        from station.cli.check import Certificates, open_packet  # noqa: PLC0415 - commands load what they need

        open_packet(file, Certificates(key, certificate, station), out, words)

    return packet


def _audit(words: Words) -> typer.Typer:
    audit = typer.Typer(no_args_is_help=True, help=words("help.audit"))
    data_option = typer.Option(None, "--data", help=words("help.data"))
    config_option = typer.Option(None, "--config", help=words("help.config"))

    @audit.callback()
    def only_group() -> None:
        """Keep `verify` a word of its own, though it is the only command here."""

    @audit.command("verify", help=words("help.audit.verify"))
    def audit_verify(data: Path | None = data_option, config: Path | None = config_option) -> int:
        from station.cli.check import verify_audit  # noqa: PLC0415 - commands load what they need

        return 0 if verify_audit(data, None if data is not None else _settings(config, words), words) else 1

    return audit


@contextmanager
def _running(config: Path | None, portrait: Path | None, words: Words, *, lifelike: bool = True) -> Iterator[Station]:
    """A station as the settings say, wired and not started yet."""
    from station.cli.demo import running_station  # noqa: PLC0415 - commands load what they need

    with running_station(_settings(config, words), portrait, words, lifelike=lifelike) as (station, _):
        yield station


def _settings(path: Path | None, words: Words) -> Settings:
    from station.config import load  # noqa: PLC0415 - commands load what they need

    settings = load(path)
    return settings.model_copy(update={"language": words.language, "data_dir": settings.data_dir.absolute()})


def _has_display() -> bool:
    """Whether a window can be shown; a named platform of Qt is taken at its word."""
    if platform.system() != "Linux":
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _show(label: str, path: Path) -> None:
    typer.echo(f"{label + ':':<16} {path}")


def _opening(done: Result) -> str:
    return (
        f"ktpel packet open {done.packet} --key {done.centre_key} --certificate {done.centre_certificate} "
        f"--station {done.station_certificate} --out {done.packet.with_suffix('')}"
    )
