"""Reads a protocol document into the types of `schema`, and refuses what is wrong with it, by line.

Refused: unknown keys, missing or empty labels in either language, ids that stand twice or name nothing, operands that
cannot be compared, holds that do not fit their subject, numbers outside their range, more items than a person checks
at one go, items never asked, rules that can never hold or never decide, and a protocol that nobody could ever pass.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from protocols.clearance import ProtocolRef
from protocols.condition import Condition, Param, Value, Var, VarType, constants, parse, variables
from protocols.document import Node, read
from protocols.reachability import Space, TooEntangledError, named_parameters, points
from protocols.schema import (
    CLEARANCE_MINUTES,
    Hold,
    Item,
    Kind,
    Option,
    Outcome,
    Parameter,
    ProtocolDefinition,
    Quantity,
    Repeat,
    Rule,
    Subject,
    Text,
)

MOST_ITEMS = 9
"""Items about one subject: what a wall-mounted checklist holds for one phase (surgical checklists' rule of thumb)."""

P = ParamSpec("P")
E = TypeVar("E", Kind, Subject, Hold, Outcome)

_HOLDS = {
    Subject.VISIT: Hold.VISIT,
    Subject.APPLICANT: Hold.VISIT,
    Subject.OFFICER: Hold.SHIFT,
    Subject.DEVICE: Hold.APPLICANT,
}
_TYPES: Mapping[Kind, type[bool] | type[float] | type[str]] = {
    Kind.YES_NO: bool,
    Kind.DISINFECTION: bool,
    Kind.TEMPERATURE: float,
    Kind.CHOICE: str,
    Kind.TEXT: str,
    Kind.OFFICER: str,
}
_OF_KIND = {"options": Kind.CHOICE, "plausible": Kind.TEMPERATURE, "repeat": Kind.TEMPERATURE}


def read_definition(data: bytes, origin: str) -> ProtocolDefinition:
    """See `schema.load`."""
    root = read(data, origin)
    top = root.table(["id", "version", "source", "title", "parameters", "items", "rules"], ["notes"])
    ref = ProtocolRef(_name(top["id"], hyphens=True), top["version"].string(), hashlib.sha256(data).hexdigest())
    builder = _Builder(_parameters(top["parameters"]))
    items = builder.items(top["items"])
    rules = builder.rules(top["rules"])
    builder.refuse_unused(top["parameters"])
    _Lint(builder.parameters, items, rules).run(top["items"], top["rules"])
    return ProtocolDefinition(
        ref=ref,
        title=_text(top["title"]),
        source=top["source"].string(),
        parameters=tuple(builder.parameters.values()),
        items=items,
        rules=rules,
        notes=tuple(_text(note) for note in top["notes"].elements()) if "notes" in top else (),
    )


def _name(node: Node, *, hyphens: bool = False) -> str:
    name = node.string()
    if not re.fullmatch(r"[a-z][a-z0-9_-]*" if hyphens else r"[a-z][a-z0-9_]*", name):
        node.fail(f"{name!r} is no id: lower-case letters, digits and underscores")
    return name


def _text(node: Node) -> Text:
    members = node.table(["id", "en"])
    return Text(members["id"].string(), members["en"].string())


def _parameters(node: Node) -> dict[str, Parameter]:
    found = {}
    for name, member in node.members().items():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            member.fail(f"{name!r} is no id: lower-case letters, digits and underscores")
        table = member.table(["label", "unit", "minimum", "maximum", "default"])
        low, high, value = (table[key].number() for key in ("minimum", "maximum", "default"))
        if not low <= value <= high:
            table["default"].fail(f"default of {name!r} lies outside its range")
        found[name] = Parameter(name, _text(table["label"]), table["unit"].string(), low, high, value)
    if CLEARANCE_MINUTES not in found:
        node.fail(f"parameters lack {CLEARANCE_MINUTES!r}")
    if found[CLEARANCE_MINUTES].minimum <= 0:
        node.members()[CLEARANCE_MINUTES].fail(f"{CLEARANCE_MINUTES!r} must be positive")
    return found


class _Builder:
    """What has been read so far, which later parts may name."""

    def __init__(self, parameters: dict[str, Parameter]) -> None:
        self.parameters = parameters
        self._used = {CLEARANCE_MINUTES}
        self._types: dict[str, VarType] = {}
        self._about_devices: set[str] = set()

    def items(self, node: Node) -> tuple[Item, ...]:
        found: list[Item] = []
        for element in node.elements():
            item = self._item(element)
            found.append(item)
            if sum(each.subject is item.subject for each in found) > MOST_ITEMS:
                element.fail(f"more than {MOST_ITEMS} items about the {item.subject.value}")
            self._types[item.id] = VarType(_TYPES[item.kind], tuple(each.id for each in item.options) or None)
            if item.subject is Subject.DEVICE:
                self._about_devices.add(item.id)
        return tuple(found)

    def rules(self, node: Node) -> tuple[Rule, ...]:
        found: dict[str, Rule] = {}
        for element in node.elements():
            table = element.table(["id", "when", "outcome", "text"], ["propose_days"])
            name = _name(table["id"])
            if name in found:
                table["id"].fail(f"rule {name!r} stands here twice")
            outcome = _one_of(table["outcome"], Outcome)
            days = self._quantity(table["propose_days"], whole=True) if "propose_days" in table else None
            if outcome is Outcome.DEFER and days is None:
                element.fail("a rule that defers proposes in how many days to come back")
            if outcome is Outcome.MEND and days is not None:
                table["propose_days"].fail("what is mended on the spot proposes no other day")
            found[name] = Rule(name, self._condition(table["when"]), outcome, _text(table["text"]), days)
        return tuple(found.values())

    def refuse_unused(self, node: Node) -> None:
        for name, member in node.members().items():
            if name not in self._used:
                member.fail(f"parameter {name!r} is used nowhere")

    def _item(self, node: Node) -> Item:
        table = node.table(
            ["id", "kind", "subject", "hold", "hold_hours", "label"],
            ["hint", "required", "relevant", *_OF_KIND],
        )
        name = _name(table["id"])
        if name in self._types:
            table["id"].fail(f"item {name!r} stands here twice")
        kind, subject = _one_of(table["kind"], Kind), _one_of(table["subject"], Subject)
        hold = _one_of(table["hold"], Hold)
        if kind is Kind.DISINFECTION and subject is not Subject.DEVICE:
            table["kind"].fail("a disinfection must be about a device")
        if subject is Subject.DEVICE and kind is not Kind.DISINFECTION:
            table["subject"].fail("only a disinfection is about a device")
        if hold is not _HOLDS[subject]:
            table["hold"].fail(f"an item about the {subject.value} holds for the {_HOLDS[subject].value}")
        for key, owner in _OF_KIND.items():
            if key in table and kind is not owner:
                table[key].fail(f"{key!r} belongs to a {owner.value}")
            if key not in table and kind is owner and key != "repeat":
                node.fail(f"a {owner.value} needs {key!r}")
        plausible = self._plausible(table["plausible"]) if "plausible" in table else None
        return Item(
            id=name,
            kind=kind,
            subject=subject,
            hold=hold,
            hold_hours=self._quantity(table["hold_hours"]),
            label=_text(table["label"]),
            hint=_text(table["hint"]) if "hint" in table else None,
            required=table["required"].boolean() if "required" in table else True,
            relevant=self._relevance(table["relevant"], subject) if "relevant" in table else None,
            options=_options(table["options"]) if "options" in table else (),
            plausible=plausible,
            repeat=self._repeat(table["repeat"], plausible) if "repeat" in table and plausible else None,
        )

    def _plausible(self, node: Node) -> tuple[float, float]:
        ends = node.elements()
        if len(ends) != 2 or not ends[0].number() < ends[1].number():
            node.fail("'plausible' is a lowest and a highest reading")
        return ends[0].number(), ends[1].number()

    def _repeat(self, node: Node, plausible: tuple[float, float]) -> Repeat:
        table = node.table(["limit", "after_minutes"])
        limit = self._quantity(table["limit"])
        low, high = self._range(limit)
        if low <= plausible[0] or high > plausible[1]:
            table["limit"].fail("the limit must lie within the plausible readings")
        return Repeat(limit, self._quantity(table["after_minutes"]))

    def _relevance(self, node: Node, subject: Subject) -> Condition:
        condition = self._condition(node)
        named = {each.id for each in variables(condition) if isinstance(each, Var)}
        if subject is not Subject.DEVICE and named & self._about_devices:
            node.fail("only an item about a device may depend on one about a device")
        return condition

    def _condition(self, node: Node) -> Condition:
        condition = parse(node, self._types, frozenset(self.parameters))
        if not any(isinstance(each, Var) for each in variables(condition)):
            node.fail("the condition names no item")
        self._used |= named_parameters([condition])
        return condition

    def _quantity(self, node: Node, *, whole: bool = False) -> Quantity:
        quantity: Quantity
        if isinstance(node.value, dict):
            name = node.table(["param"])["param"].string()
            if name not in self.parameters:
                node.fail(f"no parameter {name!r}")
            self._used.add(name)
            quantity = Param(name)
        else:
            quantity = node.number()
        low = self._range(quantity)[0]
        if low <= 0 or (whole and low < 1):
            node.fail(f"{node.name!r} must be {'at least 1' if whole else 'positive'}")
        return quantity

    def _range(self, quantity: Quantity) -> tuple[float, float]:
        if isinstance(quantity, Param):
            parameter = self.parameters[quantity.id]
            return parameter.minimum, parameter.maximum
        return quantity, quantity


def _one_of(node: Node, choices: type[E]) -> E:
    word = node.string()
    if word not in [each.value for each in choices]:
        node.fail(f"{word!r} is none of {', '.join(each.value for each in choices)}")
    return choices(word)


def _options(node: Node) -> tuple[Option, ...]:
    found: dict[str, Option] = {}
    for element in node.elements():
        table = element.table(["id", "label"])
        name = _name(table["id"])
        if name in found:
            table["id"].fail(f"option {name!r} stands here twice")
        found[name] = Option(name, _text(table["label"]))
    if len(found) < 2:
        node.fail("a choice needs at least two options")
    return tuple(found.values())


@dataclass
class _Lint:
    """What only the whole document shows."""

    parameters: Mapping[str, Parameter]
    items: tuple[Item, ...]
    rules: tuple[Rule, ...]

    def run(self, items_node: Node, rules_node: Node) -> None:
        space = self._space()
        for item, node in zip(self.items, items_node.elements(), strict=True):
            if item.relevant is not None and not _ask(node, space.can_hold, item.relevant):
                node.members()["relevant"].fail(f"item {item.id!r} is never asked")
        earlier: list[Condition] = []
        for rule, node in zip(self.rules, rules_node.elements(), strict=True):
            when = node.members()["when"]
            if not _ask(when, space.can_hold, rule.when):
                when.fail(f"rule {rule.id!r} can never hold")
            if not _ask(when, space.can_hold, rule.when, earlier):
                when.fail(f"rule {rule.id!r} never decides: an earlier rule always holds before it")
            earlier.append(rule.when)
            if not _ask(when, space.can_pass, earlier):
                when.fail(f"from rule {rule.id!r} on, nobody could ever be cleared")

    def _space(self) -> Space:
        conditions = [rule.when for rule in self.rules]
        conditions += [item.relevant for item in self.items if item.relevant is not None]
        compared = named_parameters(conditions)
        named = {each.id for condition in conditions for each in variables(condition)}
        numeric = [item.id for item in self.items if item.kind is Kind.TEMPERATURE and item.id in named]
        numbers = {float(each) for c in conditions for each in constants(c) if isinstance(each, float)}
        numbers |= {
            mark
            for name in compared
            for mark in (self.parameters[name].minimum, self.parameters[name].maximum, self.parameters[name].value)
        }
        between = len(numeric) + len(compared)
        words = {each for c in conditions for each in constants(c) if isinstance(each, str)}
        return Space(
            values={item.id: _representatives(item, numbers, words, between) for item in self.items},
            relevance={item.id: item.relevant for item in self.items if item.relevant is not None},
            optional=frozenset(item.id for item in self.items if not item.required),
            parameters={
                name: points(numbers, self.parameters[name].minimum, self.parameters[name].maximum, between)
                for name in compared
            },
        )


def _representatives(item: Item, numbers: set[float], words: set[str], between: int) -> tuple[Value, ...]:
    match item.kind:
        case Kind.YES_NO | Kind.DISINFECTION:
            return (True, False)
        case Kind.CHOICE:
            return tuple(option.id for option in item.options)
        case Kind.TEMPERATURE:
            assert item.plausible is not None
            return points(numbers, *item.plausible, between)
        case Kind.TEXT | Kind.OFFICER:
            return (*sorted(words), "one that no condition names", "another that no condition names")


def _ask(node: Node, question: Callable[P, bool], *args: P.args, **kwargs: P.kwargs) -> bool:
    try:
        return question(*args, **kwargs)
    except TooEntangledError:
        node.fail("too many combinations to check; split the condition")
