"""Every command and its options. Imported once a command is asked for that needs an option parser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from station.cli.record_commands import add_records
from station.cli.run import run_station, set_up, settings_of, show
from station.cli.words import Words

if TYPE_CHECKING:
    from station.cli.demo import Result


def dispatch(arguments: list[str], words: Words) -> int:
    """Parse and run, without arguments the help; returns the exit code. Raises whatever a command raises."""
    command = typer.main.get_command(_app(words))
    try:
        return int(command(arguments or ["--help"], prog_name="ktpel", standalone_mode=False) or 0)
    except typer.Abort as error:
        raise KeyboardInterrupt from error


def _app(words: Words) -> typer.Typer:
    """The commands, with their help in one language."""
    app = typer.Typer(add_completion=False, help=words("help"), rich_markup_mode=None)
    _add_station(app, words)
    _add_backup(app, words)
    _add_lab(app, words)
    app.add_typer(_packet(words), name="packet")
    add_records(app, words)
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
        return run_station(config, portrait, words)

    file_argument = typer.Argument(None, metavar="FILE", help=words("help.setup.file"), show_default=False)

    @app.command(help=words("help.setup"))
    def setup(file: Path | None = file_argument) -> int:
        return set_up(file, words)

    @app.command(help=words("help.devices"))
    def devices(config: Path | None = config_option) -> int:
        from station.cli.devices import check  # noqa: PLC0415 - commands load what they need

        return 0 if check(settings_of(config, words), words) else 1


def _add_backup(app: typer.Typer, words: Words) -> None:
    config_option = typer.Option(None, "--config", help=words("help.config"))
    data_option = typer.Option(None, "--data", help=words("help.data"))
    folder_argument = typer.Argument(..., metavar="FOLDER", help=words("help.backup.folder"), show_default=False)
    file_argument = typer.Argument(..., metavar="FILE", help=words("help.backup.file"), show_default=False)
    key_option = typer.Option(..., "--recovery-key", help=words("help.recovery_key"), show_default=False)

    officer_option = typer.Option(..., "--officer", help=words("help.officer"), show_default=False)

    @app.command(help=words("help.backup"))
    def backup(
        folder: Path = folder_argument,
        officer: str = officer_option,
        data: Path | None = data_option,
        config: Path | None = config_option,
    ) -> None:
        from station.cli.backup import back_up  # noqa: PLC0415 - commands load what they need
        from station.cli.office import Where  # noqa: PLC0415 - as the line above

        back_up(folder, Where(config, data), officer, words)

    @app.command(help=words("help.check"))
    def check(data: Path | None = data_option, config: Path | None = config_option) -> int:
        from station.cli.office import Where  # noqa: PLC0415 - commands load what they need
        from station.cli.whole import check as look  # noqa: PLC0415 - as the line above

        return 0 if look(Where(config, data), words) else 1

    @app.command(help=words("help.restore"))
    def restore(
        file: Path = file_argument,
        key: Path = key_option,
        data: Path | None = data_option,
        config: Path | None = config_option,
    ) -> None:
        from station.cli.backup import bring_back  # noqa: PLC0415 - commands load what they need
        from station.cli.office import Where  # noqa: PLC0415 - as the line above

        bring_back(file, key, Where(config, data), words)


def _add_lab(app: typer.Typer, words: Words) -> None:
    config_option = typer.Option(None, "--config", help=words("help.config"))
    portrait_option = typer.Option(None, "--portrait", help=words("help.portrait"))
    out_option = typer.Option(None, "--out", help=words("help.out"))

    @app.command(help=words("help.demo"))
    def demo(
        config: Path | None = config_option, portrait: Path | None = portrait_option, out: Path | None = out_option
    ) -> None:
        from station.cli.demo import demonstrate  # noqa: PLC0415 - commands load what they need

        settings = settings_of(config, words)
        done = demonstrate(settings, portrait, out or settings.data_dir / "demo", words)
        show(words("result.packet"), done.packet)
        show(words("result.receipt"), done.receipt)
        typer.echo(f"{words('result.open')}:\n  {_opening(done)}")

    @app.command(help=words("help.simulate"))
    def simulate(portrait: Path | None = portrait_option) -> None:
        from station.cli.demo import simulate as run_simulators  # noqa: PLC0415 - commands load what they need

        run_simulators(portrait, words)


def _packet(words: Words) -> typer.Typer:
    packet = typer.Typer(help=words("help.packet"))
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


def _opening(done: Result) -> str:
    return (
        f"ktpel packet open {done.packet} --key {done.centre_key} --certificate {done.centre_certificate} "
        f"--station {done.station_certificate} --out {done.packet.with_suffix('')}"
    )
