"""From which score on a print of a finger is good enough: read once from `thresholds.toml` beside this file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from devices.positions import FingerPosition

FILE: Final = "thresholds.toml"
KINDS: Final = ("thumb", "index", "middle", "ring", "little")
"""In the order of the positions' numbers, right hand and left hand alike."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What one algorithm's scores must reach.

    Attributes:
        algorithm: its id, as it stands beside each score.
        source: where the figures come from.
        wanted: for each finger the score from which one print is enough to enrol, 0 to 100.
    """

    algorithm: str
    source: str
    wanted: Mapping[FingerPosition, int]


def thresholds(algorithm: str) -> Thresholds:
    """The table of this algorithm.

    Raises:
        ValueError: there is none: its scores must not be judged by another one's figures.
    """
    tables = _tables()
    if algorithm not in tables:
        raise ValueError(f"no thresholds for scores of {algorithm}")
    return tables[algorithm]


@cache
def _tables() -> Mapping[str, Thresholds]:
    read = tomllib.loads(resources.files("devices.fingerprint").joinpath(FILE).read_text("utf-8"))
    return {
        algorithm: Thresholds(
            algorithm,
            table["source"],
            MappingProxyType({position: table[KINDS[(position - 1) % 5]] for position in FingerPosition}),
        )
        for algorithm, table in read.items()
    }
