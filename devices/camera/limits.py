"""Where a figure turns into a hint, each bound with its source: read from `guidance.toml` beside this file."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Final, TypeVar

from devices.camera.backdrop import Backdrop, Cloth

FILE: Final = "guidance.toml"


@dataclass(frozen=True, slots=True)
class Bound:
    """Which values of one check are good.

    Attributes:
        soft: how far around a bound the score falls.
        weight: what the check counts for in the score of a picture.
        source: where the bounds come from.
        least, most: the bounds, themselves still good.
    """

    soft: float
    weight: float
    source: str
    least: float = -math.inf
    most: float = math.inf

    def score(self, value: float) -> float:
        """0 to 100, 50 at a bound."""
        return 100 * _rise((value - self.least) / self.soft) * _rise((self.most - value) / self.soft)


@dataclass(frozen=True, slots=True)
class Calm:
    """When hints change and when a picture is taken by itself.

    Attributes:
        frames: pictures whose majority tells a hint.
        hold_s: seconds for which a hint stays as it is.
        steady_s: seconds without a hint until the picture is taken.
        drift: how far the eyes may move meanwhile, in their distance.
        gap_s: seconds of silence after which everything begins anew.
        source: where the figures come from.
    """

    frames: int
    hold_s: float
    steady_s: float
    drift: float
    gap_s: float
    source: str


@dataclass(frozen=True, slots=True)
class PortraitLimits:
    """The profile: a bound for each check, by the names of the tables in the file, which tells each unit too.

    Attributes:
        cloth: the colours that are taken for each backdrop.
        steadiness: when hints change and when a picture is taken by itself.
    """

    eyes_open: Bound
    eye_distance: Bound
    head_size: Bound
    across: Bound
    down: Bound
    roll: Bound
    turn: Bound
    sharpness: Bound
    brightness: Bound
    dark: Bound
    burnt: Bound
    evenness: Bound
    glare: Bound
    background: Bound
    background_colour: Bound
    cloth: Mapping[Backdrop, Cloth]
    steadiness: Calm

    @classmethod
    def parse(cls, text: str) -> PortraitLimits:
        """A profile from the text of its file.

        Raises:
            ValueError: a table or a figure lacks, is unknown or makes no sense; or it is no TOML.
        """
        tables: dict[str, Any] = tomllib.loads(text)
        cloth, steadiness = tables.pop("cloth", {}), tables.pop("steadiness", {})
        bounds = {field.name for field in fields(cls)} - {"cloth", "steadiness"}
        if set(tables) != bounds:
            raise ValueError(f"guidance: tables {sorted(set(tables) ^ bounds)}")
        if set(cloth) != set(Backdrop):
            raise ValueError("guidance: a cloth for each backdrop, and no other")
        return cls(
            **{name: _read(name, Bound, table) for name, table in tables.items()},
            cloth=MappingProxyType({Backdrop(name): _cloth(name, table) for name, table in cloth.items()}),
            steadiness=_read("steadiness", Calm, steadiness),
        )

    @classmethod
    def standard(cls) -> PortraitLimits:
        """The profile that comes with the program; read once."""
        return _standard()


_Table = TypeVar("_Table", Bound, Calm, Cloth)


@cache
def _standard() -> PortraitLimits:
    return PortraitLimits.parse(resources.files("devices.camera").joinpath(FILE).read_text("utf-8"))


def _read(name: str, kind: type[_Table], table: Mapping[str, Any]) -> _Table:
    try:
        value = kind(**table)
    except TypeError as error:
        raise ValueError(f"guidance: {name}: {error}") from None
    if not str(value.source).strip():
        raise ValueError(f"guidance: {name}: no source")
    return value


def _cloth(name: str, table: Mapping[str, Any]) -> Cloth:
    return _read(f"cloth.{name}", Cloth, {**table, "hue": tuple(table.get("hue", ()))})


def _rise(steps: float) -> float:
    """The logistic curve through a half at 0."""
    return 1 / (1 + math.exp(min(50.0, -steps)))
