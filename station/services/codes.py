"""The registry's code tables, read from `resources/codes`: what a code means in both languages, and its source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib import resources
from types import MappingProxyType

from protocols.schema import Text


@dataclass(frozen=True, slots=True)
class CodeTable:
    """One table.

    Attributes:
        version: of the table itself; goes into the packet's biodata.
        source: the regulation or list that it was taken from.
        labels: code to its name, in the order of the source.
    """

    name: str
    version: str
    source: str
    labels: Mapping[str, Text]

    def __contains__(self, code: object) -> bool:
        return code in self.labels


@dataclass(frozen=True, slots=True)
class Codes:
    """Every table that biodata refer to."""

    religion: CodeTable
    marital_status: CodeTable
    occupation: CodeTable
    blood_type: CodeTable
    provinces: CodeTable

    @classmethod
    def load(cls) -> Codes:
        """The tables that come with the program. Raises ValueError where one is damaged."""
        return cls(*(_read(each.name) for each in fields(cls)))


def _read(name: str) -> CodeTable:
    document = tomllib.loads((resources.files("resources") / "codes" / f"{name}.toml").read_text("utf-8"))
    try:
        labels = {str(code): Text(row["id"], row["en"]) for code, row in document["codes"].items()}
        return CodeTable(name, document["version"], document["source"], MappingProxyType(labels))
    except (KeyError, TypeError) as error:
        raise ValueError(f"resources/codes/{name}.toml is damaged: {error}") from error
