"""Can this condition ever hold? A sound search over small domains, for the lint of a definition.

Yes and no and coded options are tried all. A number is tried at every constant and bound that it may be compared with
and at enough points between them for every order of the numbers involved. Three-valued evaluation cuts off whole
branches early, so that a real protocol takes milliseconds; one too entangled to check is refused, not guessed at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from protocols.condition import Answered, Blank, Condition, Every, Not, Param, Some, Value, Var, evaluate, variables

BUDGET = 200_000
"""Branches after which a search gives up; the built-in protocols need fewer than 5 000."""


class TooEntangledError(Exception):
    """The search gave up: too many combinations."""


@dataclass(frozen=True, slots=True)
class Space:
    """Everything that may be answered and set.

    Attributes:
        values: for each item its representative values, in the document's order.
        relevance: for some items, the condition under which they are asked; it names earlier items alone.
        optional: items that may stay unanswered in a complete screening.
        parameters: for each parameter its representative values.
    """

    values: Mapping[str, tuple[Value, ...]]
    relevance: Mapping[str, Condition]
    optional: frozenset[str]
    parameters: Mapping[str, tuple[float, ...]]

    def can_hold(self, wanted: Condition, unless: Sequence[Condition] = ()) -> bool:
        """Whether some answers, perhaps not all given yet, make `wanted` true and none of `unless`.

        Raises:
            TooEntangledError: more than `BUDGET` branches.
        """
        named = self._named(wanted).union(
            *(self._named(Answered(item)) for condition in unless for item in _asked_whether_answered(condition))
        )
        parameters = {each.id for each in named if isinstance(each, Param)}
        parameters |= named_parameters(unless)
        items = tuple(item_id for item_id in self.values if Var(item_id) in named)
        return _Search(self, items, sorted(parameters), wanted, unless, complete=False).succeeds()

    def can_pass(self, rules: Sequence[Condition]) -> bool:
        """Whether some complete answers make every rule false, where that is known of all rules but the last.

        Rules that share nothing with the last one, not even through others, cannot keep it from being false.

        Raises:
            TooEntangledError: more than `BUDGET` branches.
        """
        related, rest = [rules[-1]], list(rules[:-1])
        named = self._named(rules[-1])
        while True:
            joining = [rule for rule in rest if named & self._named(rule)]
            if not joining:
                break
            related += joining
            rest = [rule for rule in rest if rule not in joining]
            named = named.union(*(self._named(rule) for rule in joining))
        items = tuple(item_id for item_id in self.values if Var(item_id) in named)
        parameters = [name for name in self.parameters if Param(name) in named]
        return _Search(self, items, parameters, None, related, complete=True).succeeds()

    def _named(self, condition: Condition) -> set[Var | Param]:
        """What the condition names, and what decides whether that is asked."""
        named = set(variables(condition))
        items = self._with_their_relevance(each.id for each in named if isinstance(each, Var))
        for item_id in items:
            named.add(Var(item_id))
            named.update(variables(self.relevance[item_id]) if item_id in self.relevance else ())
        return named

    def _with_their_relevance(self, wanted: Iterable[str]) -> tuple[str, ...]:
        found: set[str] = set()
        ahead = list(wanted)
        while ahead:
            item_id = ahead.pop()
            if item_id not in found:
                found.add(item_id)
                relevance = self.relevance.get(item_id)
                ahead += [each.id for each in variables(relevance) if isinstance(each, Var)] if relevance else []
        return tuple(item_id for item_id in self.values if item_id in found)


def points(marks: Iterable[float], low: float, high: float, between: int) -> tuple[float, ...]:
    """The marks and bounds within [low, high], and `between` numbers inside every gap, ascending."""
    fixed = sorted({low, high, *(mark for mark in marks if low <= mark <= high)})
    found = set(fixed)
    for left, right in pairwise(fixed):
        found.update(left + (right - left) * step / (between + 1) for step in range(1, between + 1))
    return tuple(sorted(found))


def _asked_whether_answered(condition: Condition) -> list[Var]:
    match condition:
        case Answered(item):
            return [item]
        case Every(parts) | Some(parts):
            return [item for part in parts for item in _asked_whether_answered(part)]
        case Not(part):
            return _asked_whether_answered(part)
        case _:
            return []


@dataclass
class _Search:
    space: Space
    items: Sequence[str]
    parameter_ids: Sequence[str]
    wanted: Condition | None
    unless: Sequence[Condition]
    complete: bool
    branches: int = 0
    answers: dict[str, Value | Blank] = field(default_factory=dict)
    parameters: dict[str, float] = field(default_factory=dict)

    def succeeds(self) -> bool:
        return self._descend(0)

    def _descend(self, depth: int) -> bool:
        self.branches += 1
        if self.branches > BUDGET:
            raise TooEntangledError
        if self._hopeless():
            return False
        if depth < len(self.parameter_ids):
            name = self.parameter_ids[depth]
            for number in self.space.parameters[name]:
                self.parameters[name] = number
                if self._descend(depth + 1):
                    return True
            del self.parameters[name]
            return False
        if depth == len(self.parameter_ids) + len(self.items):
            return self._found()
        item_id = self.items[depth - len(self.parameter_ids)]
        for value in self._choices(item_id):
            self.answers[item_id] = value
            if self._descend(depth + 1):
                return True
        del self.answers[item_id]
        return False

    def _choices(self, item_id: str) -> tuple[Value | Blank, ...]:
        relevance = self.space.relevance.get(item_id)
        relevant = True if relevance is None else evaluate(relevance, self.answers, self.parameters)
        if relevant is False:
            return (Blank.IRRELEVANT,)
        if relevant is None:
            return (Blank.UNKNOWN,)
        values = self.space.values[item_id]
        blank_too = not self.complete or item_id in self.space.optional
        return (*values, Blank.UNKNOWN) if blank_too else values

    def _hopeless(self) -> bool:
        if self.wanted is not None and evaluate(self.wanted, self.answers, self.parameters) is False:
            return True
        return any(evaluate(each, self.answers, self.parameters) is True for each in self.unless)

    def _found(self) -> bool:
        if self.complete:
            return all(evaluate(each, self.answers, self.parameters) is False for each in self.unless)
        return self.wanted is None or evaluate(self.wanted, self.answers, self.parameters) is True


def named_parameters(conditions: Iterable[Condition]) -> set[str]:
    """Parameters that any of the conditions compares with."""
    return {each.id for condition in conditions for each in variables(condition) if isinstance(each, Param)}
