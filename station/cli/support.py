"""`ktpel support-bundle`: what a technician needs from afar, and nothing about anybody.

Written beside a running station too, and from one that does not start: what cannot be found out is told by its code.
Settings and log pass whitelists: a figure, a switch or a word of a closed set is kept, anything else is only said to be
there.
"""

from __future__ import annotations

import io
import json
import platform
import shutil
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from enum import Enum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer
from pydantic import BaseModel

from station.cli.office import Where, key_ring, settings_at
from station.cli.words import InputError, Words
from station.config import Settings
from station.errors import StationError
from station.services.keys import DATABASE, PACKETS

if TYPE_CHECKING:
    from station.domain.audit import AuditEntry

LIBRARIES: Final = (
    "ktpel-station",
    "pyside6",
    "opencv-python",
    "sqlalchemy",
    "sqlcipher3",
    "cryptography",
    "reportlab",
    "pydantic",
    "pyscard",
    "pyserial",
    "hidapi",
)
PLAIN_WORDS: Final = frozenset(
    {
        "baud", "calibrated", "code", "destination", "driver", "exposure", "finger_order", "focus", "language", "opens",
        "plan",
    }
)  # fmt: skip
"""Settings whose words are codes; of every other text it is only said that it is there."""
SECRET: Final = frozenset({"password", "address", "pin"})
"""Figures that are none to show: a module's password and its address on the line."""
LOG_BYTES: Final = 1_000_000
PRESENT: Final = "[set]"


def support_bundle(where: Where, file: Path, words: Words) -> None:
    """Write the bundle.

    Raises:
        InputError: there is no station's data, a passphrase is missing, or the file cannot be written.
    """
    from station.packet.files import write_whole  # noqa: PLC0415 - commands load what they need

    settings = settings_at(where, words)
    members = {
        "report.json": _json(_report(settings, words)),
        "settings.json": _json(plain(settings)),
        **_logs(settings),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in members.items():
            bundle.writestr(name, data)
    try:
        write_whole(file, buffer.getvalue())
    except OSError as error:
        raise InputError(words("error.not_written", path=file)) from error
    typer.echo(words("support.written", count=len(members), path=file))


def plain(value: object, key: str = "") -> object:
    """A setting as far as it may be shown."""
    shown: object = PRESENT
    match value:
        case BaseModel():
            shown = {name: plain(getattr(value, name), name) for name in type(value).model_fields}
        case Mapping() if key == "protocol_parameters":
            shown = {str(name): dict(each) for name, each in value.items()}  # figures by the protocols' own names
        case Mapping():
            shown = {str(number): PRESENT for number in range(len(value))}  # the keys are an office's own words
        case Enum():
            shown = value.value
        case None | bool():
            shown = value
        case int() | float() if key not in SECRET:
            shown = value
        case tuple() | list():
            shown = [plain(each, key) for each in value]
        case str() | time() | date() if key in PLAIN_WORDS:
            shown = str(value)
    return shown


def _report(settings: Settings, words: Words) -> dict[str, Any]:
    folder = settings.folder
    usage = shutil.disk_usage(folder)
    report: dict[str, Any] = {
        "format": "ktpel-support-1",
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "system": {"os": platform.system(), "release": platform.release(), "machine": platform.machine()},
        "python": platform.python_version(),
        "libraries": {name: _version(name) for name in LIBRARIES},
        "practice": settings.practice,
        "disk": {"free": usage.free, "total": usage.total},
        "files": {
            "store": (folder / DATABASE).stat().st_size,
            "packets": sum(1 for _ in (folder / PACKETS).glob("*.ktpel")),
        },
    }
    try:
        report.update(_store(folder, words))
    except StationError as error:
        report["fault"] = error.code
    return report


def _store(folder: Path, words: Words) -> dict[str, Any]:
    """What the store tells beside whoever has it open. Raises StationError."""
    from station.cli.audit import read_trail  # noqa: PLC0415 - crypto is loaded by the command that needs it
    from station.security.audit_chain import verify  # noqa: PLC0415 - as above
    from station.store.beside import figures_beside  # noqa: PLC0415 - as above

    keys = key_ring(folder, words)
    figures = figures_beside(folder / DATABASE, keys.database_key)
    trail = read_trail(folder, keys)
    report = verify(trail.entries, trail.heads, keys.certificate_pem)
    return {
        "keys_guarded_by": keys.protection,
        "store": {
            "tables": figures.version,
            "rows": figures.rows,
            "visits": figures.states,
            "pages": figures.pages,
            "broken_pages": figures.broken_pages,
        },
        "audit": {
            "whole": report.whole,
            "entries": report.entries,
            "heads": report.heads,
            "unsigned": report.unsigned,
            "problems": [{"fault": each.fault.value, "line": each.seq} for each in report.problems],
            "clock_went_back": sum(not each.noted for each in report.jumps),
        },
        "devices": _devices(trail.entries),
    }


def _devices(entries: tuple[AuditEntry, ...]) -> dict[str, dict[str, object]]:
    """The newest self-test of each slot."""
    found: dict[str, dict[str, object]] = {}
    for each in entries:
        if each.action == "device.tested":
            told = {name: each.facts.get(name, "") for name in ("outcome", "code")}
            found[str(each.facts.get("slot", ""))] = {"at": each.at.isoformat(timespec="seconds"), **told}
    return found


def _logs(settings: Settings) -> dict[str, bytes]:
    """The log's ends, each line through the whitelist once more."""
    from station.bootstrap import LOG  # noqa: PLC0415 - commands load what they need
    from station.security.redaction import LOG_FILE, redact  # noqa: PLC0415 - as above

    found = {}
    for path in sorted((settings.folder / LOG).glob(f"{LOG_FILE}*")):
        kept = []
        for line in path.read_bytes()[-LOG_BYTES:].splitlines():
            try:
                told = json.loads(line)
            except ValueError:
                continue  # cut in two by the bound, or by a power cut
            if isinstance(told, dict):
                kept.append(json.dumps(dict(redact(None, "", told)), sort_keys=True))
        found[f"log/{path.name}"] = ("\n".join(kept) + "\n").encode()
    return found


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _json(document: object) -> bytes:
    return (json.dumps(document, indent=2, sort_keys=True) + "\n").encode()
