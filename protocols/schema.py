"""A health protocol as frozen types: what is asked, of whom, for how long an answer holds, and what follows from it.

`load` reads a TOML document and refuses one that is wrong, naming the line. Nothing here knows an answer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib import resources
from typing import Final

from protocols.clearance import ProtocolRef
from protocols.condition import Condition, Param, Value
from protocols.document import DefinitionError
from protocols.text import Text

__all__ = [
    "CLEARANCE_MINUTES",
    "DefinitionError",
    "Hold",
    "Item",
    "Kind",
    "Option",
    "Outcome",
    "Parameter",
    "ProtocolDefinition",
    "Quantity",
    "Repeat",
    "Rule",
    "Subject",
    "Text",
    "builtin",
    "builtin_ids",
    "load",
]

Quantity = float | Param
"""A number of the document, or a parameter that holds it."""

CLEARANCE_MINUTES: Final = "clearance_minutes"
"""The parameter that every protocol must have: how long a clearance may last at most, minutes."""


class Kind(StrEnum):
    """What an item's answer is."""

    YES_NO = "yes_no"
    """bool"""
    CHOICE = "choice"
    """str, the id of one of the options"""
    TEMPERATURE = "temperature"
    """float, °C"""
    TEXT = "text"
    """str, e.g. the number of a letter; never empty"""
    OFFICER = "officer"
    """str, id of an officer other than the one who captures"""
    DISINFECTION = "disinfection"
    """bool, a contact device was disinfected"""


class Subject(StrEnum):
    """Whom or what an item is about; decides the `subject` of its answers and for how long they hold."""

    VISIT = "visit"
    """The errand; answers carry the visit's id."""
    APPLICANT = "applicant"
    """The person in front of the counter; answers carry the visit's id."""
    OFFICER = "officer"
    """Who captures; answers carry the officer's id."""
    DEVICE = "device"
    """Each contact device; answers carry `screening.device_subject(key)`."""


class Hold(StrEnum):
    """What ends an answer's validity, besides its greatest age."""

    VISIT = "visit"
    SHIFT = "shift"
    APPLICANT = "applicant"
    """One applicant: until another visit has used the device."""


class Outcome(StrEnum):
    """What a rule that holds leads to."""

    REFUSE = "refuse"
    """Nobody may be captured now."""
    DEFER = "defer"
    """The applicant comes back on another day."""
    MEND = "mend"
    """Put right on the spot (put the gloves on) and answered anew."""


@dataclass(frozen=True, slots=True)
class Option:
    """One coded answer of a choice."""

    id: str
    label: Text


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that a profile may set between `minimum` and `maximum`, both included."""

    id: str
    label: Text
    unit: str
    minimum: float
    maximum: float
    value: float


@dataclass(frozen=True, slots=True)
class Repeat:
    """A reading at or above `limit` counts only once a second one, `after_minutes` later, has been taken."""

    limit: Quantity
    after_minutes: Quantity


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be asked, measured or done.

    Attributes:
        hold_hours: greatest age of an answer that still counts, hours.
        relevant: asked only where this holds; None = always.
        options: of a choice, in the order of the screen; nothing is ever chosen beforehand.
        plausible: of a temperature, the lowest and highest reading that a thermometer may give for a person, °C.
        repeat: of a temperature, the rule of two readings.
    """

    id: str
    kind: Kind
    subject: Subject
    hold: Hold
    hold_hours: Quantity
    label: Text
    hint: Text | None = None
    required: bool = True
    relevant: Condition | None = None
    options: tuple[Option, ...] = ()
    plausible: tuple[float, float] | None = None
    repeat: Repeat | None = None

    def accepts(self, value: Value) -> bool:
        """Whether the value can be an answer at all: right type, known option, plausible reading, not empty."""
        match self.kind:
            case Kind.YES_NO | Kind.DISINFECTION:
                return isinstance(value, bool)
            case Kind.CHOICE:
                return any(value == option.id for option in self.options)
            case Kind.TEMPERATURE:
                if isinstance(value, bool | str) or not math.isfinite(value) or self.plausible is None:
                    return False
                return self.plausible[0] <= value <= self.plausible[1]
            case Kind.TEXT | Kind.OFFICER:
                return isinstance(value, str) and bool(value.strip())


@dataclass(frozen=True, slots=True)
class Rule:
    """What follows where `when` holds. The first rule of the document that holds decides; all that hold are told.

    A rule that names an item about devices is asked for each contact device.
    """

    id: str
    when: Condition
    outcome: Outcome
    text: Text
    propose_days: Quantity | None = None


@dataclass(frozen=True, slots=True)
class ProtocolDefinition:
    """One health protocol, whole.

    Attributes:
        source: the order or circular that it puts into rules.
        notes: what the officer should know and no rule can check.
    """

    ref: ProtocolRef
    title: Text
    source: str
    parameters: tuple[Parameter, ...]
    items: tuple[Item, ...]
    rules: tuple[Rule, ...]
    notes: tuple[Text, ...] = ()

    @property
    def values(self) -> dict[str, float]:
        """Parameter id to the value in force."""
        return {parameter.id: parameter.value for parameter in self.parameters}

    def quantity(self, quantity: Quantity) -> float:
        """The number itself."""
        return self.values[quantity.id] if isinstance(quantity, Param) else quantity

    def item(self, item_id: str) -> Item:
        """The item of that id. Raises KeyError where there is none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)

    def with_parameters(self, overrides: Mapping[str, float]) -> ProtocolDefinition:
        """The same protocol with a profile's numbers; `ref` stays that of the text.

        Raises:
            ValueError: a name that the protocol lacks, or a number outside the declared range.
        """
        unknown = sorted(set(overrides) - set(self.values))
        if unknown:
            raise ValueError(f"{self.ref.id} has no parameter {unknown[0]!r}")
        parameters = []
        for parameter in self.parameters:
            value = overrides.get(parameter.id, parameter.value)
            if not parameter.minimum <= value <= parameter.maximum:
                raise ValueError(
                    f"{self.ref.id}: {parameter.id} must lie in {parameter.minimum:g}..{parameter.maximum:g}"
                )
            parameters.append(replace(parameter, value=value))
        return replace(self, parameters=tuple(parameters))


def builtin_ids() -> tuple[str, ...]:
    """Ids of the protocols that come with the program, sorted."""
    folder = resources.files("protocols") / "definitions"
    return tuple(sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".toml")))


def builtin(protocol_id: str) -> ProtocolDefinition:
    """A protocol that comes with the program. Raises KeyError for an id that is not in `builtin_ids()`."""
    if protocol_id not in builtin_ids():
        raise KeyError(protocol_id)
    name = f"{protocol_id}.toml"
    return load((resources.files("protocols") / "definitions" / name).read_bytes(), name)


def load(data: bytes, origin: str) -> ProtocolDefinition:
    """Read, check and freeze a protocol document.

    Args:
        data: the TOML text, UTF-8; its SHA-256 becomes part of `ref`.
        origin: how messages name the document.

    Raises:
        DefinitionError: anything that is wrong, with its line; see `protocols.reader`.
    """
    from protocols.reader import read_definition  # noqa: PLC0415 - the reader builds the types of this module

    return read_definition(data, origin)
