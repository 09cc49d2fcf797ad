"""Conditions over answers: a closed set of operators, true, false or unknown; type-checked on load, no `eval`.

A condition is a tree in the shape of JSON logic, written in TOML:

    { ">=" = [{ var = "applicant_temperature" }, { param = "temperature_limit" }] }
    { in = [{ var = "urgent_reason" }, ["school_entry", "hospital"]] }
    { and = [ ..., ... ] }   { or = [ ..., ... ] }   { not = ... }   { answered = "note" }

Logic is Kleene's: what is not answered yet is unknown, and unknown stays unknown unless the rest decides. An item that
is not relevant has no value: every comparison with it is false. `answered` alone asks about the record, not about
the world: it is false until there is an answer.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from protocols.document import Node

Value = bool | float | str
"""What an answer may be: yes or no, a number (°C), or a code, a text, an officer's id."""


class Blank(Enum):
    """Why an item has no value."""

    UNKNOWN = "unknown"
    IRRELEVANT = "irrelevant"


class Operator(StrEnum):
    """Comparisons of two operands of the same type; order is for numbers alone."""

    EQUAL = "=="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Var:
    """The answer to an item."""

    id: str


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of the protocol: a number that a profile may set within its range."""

    id: str


Operand = Var | Param | Value


@dataclass(frozen=True, slots=True)
class Compare:
    """One comparison."""

    operator: Operator
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Among:
    """Whether an answer is one of these codes."""

    item: Var
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Every:
    """All parts hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Answered:
    """The item is relevant and has an answer that holds."""

    item: Var


Condition = Compare | Among | Every | Some | Not | Answered


@dataclass(frozen=True, slots=True)
class VarType:
    """What values an item takes: the Python type, and for codes which ones there are."""

    type: type[bool] | type[float] | type[str]
    codes: tuple[str, ...] | None = None


_COMPARISONS: Mapping[Operator, Callable[[Value, Value], bool]] = {
    Operator.EQUAL: operator.eq,
    Operator.UNEQUAL: operator.ne,
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.GREATER: operator.gt,
    Operator.AT_LEAST: operator.ge,
}


def evaluate(
    condition: Condition, answers: Mapping[str, Value | Blank], parameters: Mapping[str, float]
) -> bool | None:
    """True, False, or None for unknown. Raises nothing.

    Whoever knows that an item has no answer says so by `Blank.UNKNOWN`; of an item that is in no mapping not even that
    is known, and `answered` is unknown too.
    """
    result: bool | None
    match condition:
        case Compare(comparison, left, right):
            operands = _value(left, answers, parameters), _value(right, answers, parameters)
            result = _compared(_COMPARISONS[comparison], *operands)
        case Among(item, codes):
            result = _compared(lambda value, _: value in codes, _value(item, answers, parameters), True)
        case Every(parts):
            result = _settle((evaluate(part, answers, parameters) for part in parts), decisive=False)
        case Some(parts):
            result = _settle((evaluate(part, answers, parameters) for part in parts), decisive=True)
        case Not(part):
            inner = evaluate(part, answers, parameters)
            result = None if inner is None else not inner
        case Answered(item):
            result = not isinstance(answers[item.id], Blank) if item.id in answers else None
    return result


def variables(condition: Condition) -> Iterator[Var | Param]:
    """Every item and parameter that the condition names, in its order, repeats included."""
    match condition:
        case Compare(_, left, right):
            yield from (operand for operand in (left, right) if isinstance(operand, Var | Param))
        case Among(item, _) | Answered(item):
            yield item
        case Every(parts) | Some(parts):
            for part in parts:
                yield from variables(part)
        case Not(part):
            yield from variables(part)


def constants(condition: Condition) -> Iterator[Value]:
    """Every constant that the condition compares with."""
    match condition:
        case Compare(_, left, right):
            yield from (operand for operand in (left, right) if not isinstance(operand, Var | Param))
        case Among(_, codes):
            yield from codes
        case Every(parts) | Some(parts):
            for part in parts:
                yield from constants(part)
        case Not(part):
            yield from constants(part)
        case Answered():
            return


def parse(node: Node, items: Mapping[str, VarType], parameters: frozenset[str]) -> Condition:
    """Read and type-check a condition.

    Args:
        node: the table that holds it.
        items: what may be named by `var`, with its type.
        parameters: what may be named by `param`.

    Raises:
        DefinitionError: unknown operator, item, parameter or code; operands that cannot be compared.
    """
    members = node.members()
    if len(members) != 1:
        node.fail("a condition has exactly one operator")
    ((name, body),) = members.items()
    match name:
        case "and":
            return Every(tuple(parse(part, items, parameters) for part in body.elements()))
        case "or":
            return Some(tuple(parse(part, items, parameters) for part in body.elements()))
        case "not":
            return Not(parse(body, items, parameters))
        case "answered":
            return Answered(_item(body, items))
        case "in":
            return _among(body, items)
    if name not in set(Operator):
        body.fail(f"unknown operator {name!r}")
    return _compare(Operator(name), body, items, parameters)


def _value(operand: Operand, answers: Mapping[str, Value | Blank], parameters: Mapping[str, float]) -> Value | Blank:
    match operand:
        case Var(id):
            return answers.get(id, Blank.UNKNOWN)
        case Param(id):
            return parameters.get(id, Blank.UNKNOWN)
        case _:
            return operand


def _compared(comparison: Callable[[Value, Value], bool], first: Value | Blank, second: Value | Blank) -> bool | None:
    if Blank.IRRELEVANT in (first, second):
        return False
    if isinstance(first, Blank) or isinstance(second, Blank):
        return None
    return comparison(first, second)


def _settle(parts: Iterator[bool | None], *, decisive: bool) -> bool | None:
    unknown = False
    for part in parts:
        if part is decisive:
            return decisive
        unknown = unknown or part is None
    return None if unknown else not decisive


def _item(node: Node, items: Mapping[str, VarType]) -> Var:
    name = node.string()
    if name not in items:
        node.fail(f"no item {name!r} may be named here")
    return Var(name)


def _pair(node: Node) -> tuple[Node, Node]:
    elements = node.elements()
    if len(elements) != 2:
        node.fail(f"{node.name!r} takes exactly two operands")
    return elements[0], elements[1]


def _among(node: Node, items: Mapping[str, VarType]) -> Among:
    first, second = _pair(node)
    item = _item(first.table(["var"])["var"], items)
    known = items[item.id].codes
    if known is None:
        first.fail(f"item {item.id!r} has no coded options")
    codes = []
    for element in second.elements():
        if element.value not in known:
            element.fail(f"item {item.id!r} has no option {element.value!r}")
        if element.value in codes:
            element.fail(f"{element.value!r} stands here twice")
        codes.append(element.string())
    return Among(item, tuple(codes))


def _operand(node: Node, items: Mapping[str, VarType], parameters: frozenset[str]) -> tuple[Operand, VarType]:
    if isinstance(node.value, dict):
        members = node.table([], ["var", "param"])
        if len(members) != 1:
            node.fail("a reference is either { var = ... } or { param = ... }")
        if "var" in members:
            item = _item(members["var"], items)
            return item, items[item.id]
        name = members["param"].string()
        if name not in parameters:
            members["param"].fail(f"no parameter {name!r}")
        return Param(name), VarType(float)
    if isinstance(node.value, bool):
        return node.value, VarType(bool)
    if isinstance(node.value, str):
        return node.value, VarType(str)
    return node.number(), VarType(float)


def _compare(comparison: Operator, node: Node, items: Mapping[str, VarType], parameters: frozenset[str]) -> Compare:
    nodes = _pair(node)
    (left, left_type), (right, right_type) = (_operand(each, items, parameters) for each in nodes)
    if left_type.type is not right_type.type:
        node.fail(f"{comparison.value!r} compares {left_type.type.__name__} with {right_type.type.__name__}")
    if comparison not in (Operator.EQUAL, Operator.UNEQUAL) and left_type.type is not float:
        node.fail(f"{comparison.value!r} is for numbers")
    if left == right or not any(isinstance(operand, Var | Param) for operand in (left, right)):
        node.fail(f"{comparison.value!r} has an answer that never changes")
    for operand, type_, constant in ((left, left_type, nodes[1]), (right, right_type, nodes[0])):
        if not isinstance(operand, Var) or type_.codes is None or not isinstance(constant.value, str):
            continue
        if constant.value not in type_.codes:
            constant.fail(f"item {operand.id!r} has no option {constant.value!r}")
    return Compare(comparison, left, right)
