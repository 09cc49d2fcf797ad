"""Commands about what a station has recorded: the audit trail, and the rights of those whose data it holds."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import typer

from station.cli.words import Words

DAY = "%Y-%m-%d"
MINUTE = "%Y-%m-%dT%H:%M"


def add_records(app: typer.Typer, words: Words) -> None:
    """Add them to the commands."""
    app.add_typer(_audit(words), name="audit")
    app.add_typer(_centre(words), name="centre")
    _add_retention(app, words)
    _add_reports(app, words)
    _add_support(app, words)


def _audit(words: Words) -> typer.Typer:
    audit = typer.Typer(help=words("help.audit"))
    data_option = typer.Option(None, "--data", help=words("help.data"))
    config_option = typer.Option(None, "--config", help=words("help.config"))
    officer_option = typer.Option(..., "--officer", help=words("help.officer"), show_default=False)
    export_argument = typer.Argument(..., metavar="FILE", help=words("help.export_file"), show_default=False)
    from_option = typer.Option(None, "--from", formats=[DAY], help=words("help.from"))
    to_option = typer.Option(None, "--to", formats=[DAY], help=words("help.to"))
    station_option = typer.Option(None, "--station", help=words("help.station"))

    @audit.command("verify", help=words("help.audit.verify"))
    def audit_verify(data: Path | None = data_option, config: Path | None = config_option) -> int:
        from station.cli.audit import verify_audit  # noqa: PLC0415 - commands load what they need
        from station.cli.office import Where  # noqa: PLC0415 - as the line above

        return 0 if verify_audit(Where(config, data), words) else 1

    @audit.command("export", help=words("help.audit.export"))
    def audit_export(  # noqa: PLR0917 - the options of one command
        file: Path = export_argument,
        officer: str = officer_option,
        first: datetime | None = from_option,
        last: datetime | None = to_option,
        data: Path | None = data_option,
        config: Path | None = config_option,
    ) -> None:
        from station.cli.audit import export_audit  # noqa: PLC0415 - commands load what they need
        from station.cli.office import Where  # noqa: PLC0415 - as the line above

        export_audit(Where(config, data), officer, file, (_day(first), _day(last)), words)

    @audit.command("check", help=words("help.audit.check"))
    def audit_check(file: Path = export_argument, station: Path | None = station_option) -> int:
        from station.cli.audit import check_export  # noqa: PLC0415 - commands load what they need

        return 0 if check_export(file, station, words) else 1

    return audit


def _add_retention(app: typer.Typer, words: Words) -> None:
    data_option = typer.Option(None, "--data", help=words("help.data"))
    config_option = typer.Option(None, "--config", help=words("help.config"))
    officer_option = typer.Option(..., "--officer", help=words("help.officer"), show_default=False)
    second_option = typer.Option(..., "--second", help=words("help.second"), show_default=False)
    visit_argument = typer.Argument(..., metavar="VISIT", help=words("help.visit"), show_default=False)
    reason_option = typer.Option(..., "--reason", help=words("help.reason"), show_default=False)
    anyway_option = typer.Option(False, "--unacknowledged", help=words("help.unacknowledged"))
    file_argument = typer.Argument(..., metavar="FILE", help=words("help.acknowledgement"), show_default=False)

    @app.command("erase", help=words("help.erase"))
    def erase(  # noqa: PLR0917 - the options of one command
        visit: str = visit_argument,
        officer: str = officer_option,
        second: str = second_option,
        reason: str = reason_option,
        anyway: bool = anyway_option,
        data: Path | None = data_option,
        config: Path | None = config_option,
    ) -> None:
        from station.cli import records  # noqa: PLC0415 - commands load what they need
        from station.cli.office import Where  # noqa: PLC0415 - as the line above

        records.erase(Where(config, data), visit, (officer, second), reason, words, anyway=anyway)

    @app.command("acknowledge", help=words("help.acknowledge"))
    def acknowledge(
        file: Path = file_argument,
        officer: str = officer_option,
        data: Path | None = data_option,
        config: Path | None = config_option,
    ) -> None:
        from station.cli import records  # noqa: PLC0415 - commands load what they need
        from station.cli.office import Where  # noqa: PLC0415 - as the line above

        records.acknowledge(Where(config, data), officer, file, words)


def _add_reports(app: typer.Typer, words: Words) -> None:
    data_option = typer.Option(None, "--data", help=words("help.data"))
    config_option = typer.Option(None, "--config", help=words("help.config"))
    officer_option = typer.Option(..., "--officer", help=words("help.officer"), show_default=False)
    base_argument = typer.Argument(..., metavar="FILE", help=words("help.report"), show_default=False)
    visit_option = typer.Option("", "--visit", help=words("help.visit"))
    visits_option = typer.Option([], "--visit", help=words("help.visit"))
    kind_option = typer.Option(..., "--kind", help=words("help.kind"), show_default=False)
    began_option = typer.Option(..., "--began", formats=[MINUTE], help=words("help.began"), show_default=False)
    noticed_option = typer.Option(..., "--noticed", formats=[MINUTE], help=words("help.noticed"), show_default=False)
    what_option = typer.Option(..., "--what", help=words("help.what"), show_default=False)
    done_option = typer.Option(..., "--done", help=words("help.done"), show_default=False)
    advice_option = typer.Option("", "--advice", help=words("help.advice"))
    from_option = typer.Option(None, "--from", formats=[MINUTE], help=words("help.affected_from"))
    to_option = typer.Option(None, "--to", formats=[MINUTE], help=words("help.affected_to"))
    device_option = typer.Option("", "--device", help=words("help.device"))
    all_option = typer.Option(False, "--all", help=words("help.everything"))

    @app.command("access-report", help=words("help.access_report"))
    def access_report(
        file: Path = base_argument,
        officer: str = officer_option,
        visit: str = visit_option,
        data: Path | None = data_option,
        config: Path | None = config_option,
    ) -> None:
        from station.cli import reports  # noqa: PLC0415 - commands load what they need
        from station.cli.office import Where  # noqa: PLC0415 - as the line above

        reports.access_report(Where(config, data), officer, file, visit, words)

    @app.command("incident", help=words("help.incident"))
    def incident(  # noqa: PLR0917 - the options of one command
        file: Path = base_argument,
        officer: str = officer_option,
        kind: str = kind_option,
        began: datetime = began_option,
        noticed: datetime = noticed_option,
        what: str = what_option,
        done: str = done_option,
        advice: str = advice_option,
        visit: list[str] = visits_option,
        first: datetime | None = from_option,
        last: datetime | None = to_option,
        device: str = device_option,
        everything: bool = all_option,
        data: Path | None = data_option,
        config: Path | None = config_option,
    ) -> None:
        from station.cli import reports  # noqa: PLC0415 - commands load what they need
        from station.cli.office import Where  # noqa: PLC0415 - as the line above

        told = reports.Told(officer, kind, began, noticed, what, done, advice)
        affected = reports.Affected(tuple(visit), first, last, device, everything)
        reports.incident(Where(config, data), file, told, affected, words)


def _add_support(app: typer.Typer, words: Words) -> None:
    data_option = typer.Option(None, "--data", help=words("help.data"))
    config_option = typer.Option(None, "--config", help=words("help.config"))
    file_argument = typer.Argument(..., metavar="FILE.zip", help=words("help.support_file"), show_default=False)

    @app.command("support-bundle", help=words("help.support"))
    def support_bundle(
        file: Path = file_argument, data: Path | None = data_option, config: Path | None = config_option
    ) -> None:
        from station.cli import support  # noqa: PLC0415 - commands load what they need
        from station.cli.office import Where  # noqa: PLC0415 - as the line above

        support.support_bundle(Where(config, data), file, words)


def _centre(words: Words) -> typer.Typer:
    centre = typer.Typer(help=words("help.centre"))
    data_option = typer.Option(None, "--data", help=words("help.data"))
    config_option = typer.Option(None, "--config", help=words("help.config"))
    file_argument = typer.Argument(..., metavar="FILE", help=words("help.acknowledgement"), show_default=False)

    @centre.callback()
    def only_group() -> None:
        """Keep `acknowledge` a word of its own, though it is the only command here."""

    @centre.command("acknowledge", help=words("help.centre.acknowledge"))
    def centre_acknowledge(
        file: Path = file_argument, data: Path | None = data_option, config: Path | None = config_option
    ) -> None:
        from station.cli import records  # noqa: PLC0415 - commands load what they need
        from station.cli.office import Where  # noqa: PLC0415 - as the line above

        records.practice_acknowledgement(Where(config, data), file, words)

    return centre


def _day(at: datetime | None) -> date | None:
    return at.date() if at is not None else None
