"""`ktpel access-report` and `ktpel incident`: answers that the law asks for, by a supervisor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import typer

from station.cli.office import Where, office, secret
from station.cli.words import InputError, Words
from station.domain.incident import Incident, IncidentKind
from station.services.privacy import Chosen, Reported


@dataclass(frozen=True, slots=True)
class Told:
    """What the officer says of an incident; times are naive, in the office's own zone."""

    officer: str
    kind: str
    began: datetime
    noticed: datetime
    what: str
    done: str
    advice: str


@dataclass(frozen=True, slots=True)
class Affected:
    """Whose data, as typed; times as above."""

    visits: tuple[str, ...]
    first: datetime | None
    last: datetime | None
    device: str
    everything: bool


def access_report(where: Where, officer: str, base: Path, visit: str, words: Words) -> None:
    """Of the person of that visit; else the NIK is asked for, which stands in no command line.

    Raises:
        InputError, StationError: as what it uses.
    """
    with office(where, officer, words) as opened:
        nik = "" if visit else secret("KTPEL_NIK", words("secret.nik"), words)
        done = opened.do(lambda: opened.station.privacy.access_report(base.absolute(), nik=nik, visit=visit))
    _show(done, words)


def incident(where: Where, base: Path, told: Told, affected: Affected, words: Words) -> None:
    """The pack of an incident. Raises InputError, StationError, as what it uses."""
    if told.kind not in set(IncidentKind):
        raise InputError(words("error.kind", given=told.kind, known=", ".join(IncidentKind)))
    with office(where, told.officer, words) as opened:
        zone = opened.station.settings.zone.tz
        began, noticed = told.began.replace(tzinfo=zone), told.noticed.replace(tzinfo=zone)
        try:
            said = Incident(IncidentKind(told.kind), began, noticed, told.what, told.done, told.advice)
        except ValueError as error:
            raise InputError(words("error.incident")) from error
        chosen = Chosen(
            affected.visits,
            affected.first.replace(tzinfo=zone) if affected.first is not None else None,
            affected.last.replace(tzinfo=zone) if affected.last is not None else None,
            affected.device,
            affected.everything,
        )
        done = opened.do(lambda: opened.station.privacy.incident_pack(base.absolute(), said, chosen))
    typer.echo(words("incident.deadline", at=said.deadline.isoformat(timespec="minutes")))
    _show(done, words)


def _show(done: Reported, words: Words) -> None:
    typer.echo(words("report.written", count=done.records, pdf=done.pdf, json=done.json))
