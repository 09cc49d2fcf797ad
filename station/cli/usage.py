"""What the option parser finds wrong, in the language of the rest: it knows English alone."""

from __future__ import annotations

import re
from typing import Any, Final

from station.cli.words import Words

_SAID: Final = (
    (re.compile(r"No such command '(?P<what>.*)'\."), "usage.no_command"),
    (re.compile(r"Missing command\."), "usage.command_missing"),
    (re.compile(r"Missing argument '(?P<what>.*)'\."), "usage.argument_missing"),
    (re.compile(r"Missing option '(?P<what>.*)'\."), "usage.option_missing"),
    (re.compile(r"Option '(?P<what>.*)' requires an argument\."), "usage.value_missing"),
    (re.compile(r"No such option: (?P<what>\S+).*"), "usage.no_option"),
    (re.compile(r"Got unexpected extra arguments?(\(s\))? \((?P<what>.*)\)"), "usage.too_many"),
)


def told(error: Any, words: Words) -> str:  # noqa: ANN401 - the parser's own class, which it may keep to itself
    """One line; what is not known here stays as the parser says it."""
    said = " ".join(str(error.format_message()).split())
    for pattern, key in _SAID:
        if found := pattern.fullmatch(said):
            return words(key, **found.groupdict())
    return said
