"""The `ktpel` command: opens the station, demonstrates it, and checks devices, packets and the audit trail.

Bad input gets one clear line on standard error and a non-zero exit, never a traceback. Only what a command needs is
imported, inside it: `ktpel --help` loads neither Qt nor the store.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from station.cli.words import InputError, Language, Words
from station.errors import StationError

INTERRUPTED: Final = 130
BUG: Final = 70
USAGE: Final = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    words = Words("id")
    try:
        rest, language = _language(list(sys.argv[1:] if arguments is None else arguments))
        words = Words(language)
        plain = _plain_run(rest)
        if plain is not None:
            from station.cli.run import run_station  # noqa: PLC0415 - the window comes first

            return run_station(*plain, words)
        from station.cli.commands import dispatch  # noqa: PLC0415 - an option parser takes longer than a window

        return dispatch(rest, words)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        sys.stdout = sys.stderr  # whoever read our output has gone; the interpreter shall not try to flush it
        return 1
    except Exception as error:  # noqa: BLE001 - the command line's own border: one line, whatever it is
        lines, code = _told(error, words)
        for line in lines:
            sys.stderr.write(f"ktpel: {line}\n")
        return code


def _plain_run(arguments: list[str]) -> tuple[Path | None, Path | None] | None:
    """Config and portrait of a plain `run`, read by hand so that the window is there at once; None = anything else."""
    if arguments[:1] != ["run"] or len(arguments) % 2 == 0:
        return None
    given: dict[str, Path] = {}
    for name, value in zip(arguments[1::2], arguments[2::2], strict=True):
        if name not in {"--config", "--portrait"} or name in given or value.startswith("-"):
            return None
        given[name] = Path(value)
    return given.get("--config"), given.get("--portrait")


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
            from station.cli.usage import told  # noqa: PLC0415 - as the lines above

            lines, code = [told(error, words)], USAGE
        case _:
            last = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(last.filename).name}:{last.lineno}"
            lines, code = [words("error.bug", kind=type(error).__name__, place=place)], BUG
    return lines, code
