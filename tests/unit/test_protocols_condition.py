"""Conditions: three-valued logic, relevance, and the type check on load."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols.condition import (
    Among,
    Answered,
    Blank,
    Compare,
    Condition,
    Every,
    Not,
    Operator,
    Param,
    Some,
    Value,
    Var,
    VarType,
    constants,
    evaluate,
    parse,
    variables,
)
from protocols.document import DefinitionError, read

ITEMS = {
    "mask": VarType(bool),
    "temperature": VarType(float),
    "reason": VarType(str, ("school", "hospital", "none")),
    "note": VarType(str),
}
PARAMETERS = frozenset({"limit"})
ATOMS: dict[str, Condition] = {
    "true": Compare(Operator.EQUAL, Var("yes"), True),
    "false": Compare(Operator.EQUAL, Var("yes"), False),
    "unknown": Compare(Operator.EQUAL, Var("nobody_knows"), True),
}
OUTCOME = {"true": True, "false": False, "unknown": None}


def parsed(text: str) -> Condition:
    return parse(read(f"when = {text}".encode(), "c.toml").members()["when"], ITEMS, PARAMETERS)


def test_and_or_not_follow_kleenes_tables() -> None:
    answers: dict[str, Value | Blank] = {"yes": True}
    for first, second in product(ATOMS, repeat=2):
        pair = (ATOMS[first], ATOMS[second])
        values = (OUTCOME[first], OUTCOME[second])
        both = False if False in values else (None if None in values else True)
        either = True if True in values else (None if None in values else False)
        assert evaluate(Every(pair), answers, {}) is both
        assert evaluate(Some(pair), answers, {}) is either
    for name, atom in ATOMS.items():
        inverse = {True: False, False: True, None: None}[OUTCOME[name]]
        assert evaluate(Not(atom), answers, {}) is inverse


@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        ('{ "==" = [{ var = "mask" }, true] }', {"mask": True}, True),
        ('{ "==" = [{ var = "mask" }, true] }', {"mask": False}, False),
        ('{ "==" = [{ var = "mask" }, true] }', {"mask": Blank.UNKNOWN}, None),
        ('{ "!=" = [{ var = "reason" }, "none"] }', {"reason": "school"}, True),
        ('{ "!=" = [{ var = "reason" }, "none"] }', {"reason": Blank.IRRELEVANT}, False),
        ('{ in = [{ var = "reason" }, ["school", "hospital"]] }', {"reason": "hospital"}, True),
        ('{ in = [{ var = "reason" }, ["school", "hospital"]] }', {"reason": "none"}, False),
        ('{ in = [{ var = "reason" }, ["school", "hospital"]] }', {}, None),
        ('{ in = [{ var = "reason" }, ["school", "hospital"]] }', {"reason": Blank.IRRELEVANT}, False),
        ('{ "<" = [{ var = "temperature" }, { param = "limit" }] }', {"temperature": 37.2}, True),
        ('{ "<" = [{ var = "temperature" }, { param = "limit" }] }', {"temperature": 37.3}, False),
        ('{ "<=" = [{ var = "temperature" }, { param = "limit" }] }', {"temperature": 37.3}, True),
        ('{ ">" = [{ var = "temperature" }, { param = "limit" }] }', {"temperature": 37.3}, False),
        ('{ ">=" = [{ var = "temperature" }, 37.3] }', {"temperature": 37.3}, True),
        ('{ answered = "note" }', {"note": "x"}, True),
        ('{ answered = "note" }', {"note": Blank.UNKNOWN}, False),
        ('{ answered = "note" }', {"note": Blank.IRRELEVANT}, False),
        ('{ answered = "note" }', {}, None),
        ('{ not = { answered = "note" } }', {"note": Blank.UNKNOWN}, True),
    ],
)
def test_a_condition_is_true_false_or_unknown(
    text: str, answers: dict[str, Value | Blank], expected: bool | None
) -> None:
    assert evaluate(parsed(text), answers, {"limit": 37.3}) is expected


def test_a_parameter_nobody_set_leaves_the_comparison_unknown() -> None:
    assert (
        evaluate(parsed('{ "<" = [{ var = "temperature" }, { param = "limit" }] }'), {"temperature": 36.0}, {}) is None
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('{ xor = [{ var = "mask" }, true] }', "unknown operator"),
        ('{ "==" = [{ var = "mask" }, true], not = { answered = "note" } }', "exactly one operator"),
        ("{ }", "exactly one operator"),
        ('"mask"', "must be a table"),
        ('{ "==" = [{ var = "gloves" }, true] }', "no item 'gloves'"),
        ('{ "==" = [{ var = "temperature" }, { param = "margin" }] }', "no parameter 'margin'"),
        ('{ "==" = [{ var = "mask", param = "limit" }, true] }', "either"),
        ('{ "==" = [{ var = "mask", in = 1 }, true] }', "unknown key"),
        ('{ "==" = [{ var = "mask" }] }', "two operands"),
        ('{ "==" = [{ var = "mask" }, "yes"] }', "compares bool with str"),
        ('{ "<" = [{ var = "mask" }, true] }', "for numbers"),
        ('{ "==" = [1, 1] }', "never changes"),
        ('{ "==" = [{ var = "mask" }, { var = "mask" }] }', "never changes"),
        ('{ "==" = [{ var = "reason" }, "war"] }', "no option 'war'"),
        ('{ "==" = ["war", { var = "reason" }] }', "no option 'war'"),
        ('{ "==" = [{ var = "temperature" }, inf] }', "must be a number"),
        ('{ in = [{ var = "mask" }, ["school"]] }', "no coded options"),
        ('{ in = [{ var = "reason" }, ["war"]] }', "no option 'war'"),
        ('{ in = [{ var = "reason" }, ["school", "school"]] }', "twice"),
        ('{ in = [{ var = "reason" }, []] }', "at least one element"),
        ("{ and = [] }", "at least one element"),
        ('{ answered = "gloves" }', "no item"),
        ("{ answered = 3 }", "must be a string"),
    ],
)
def test_what_cannot_be_meant_is_refused_on_load(text: str, complaint: str) -> None:
    with pytest.raises(DefinitionError, match=complaint):
        parsed(text)


def test_the_complaint_names_the_line_inside_a_nested_condition() -> None:
    text = b"""
when = { and = [
    { "==" = [{ var = "mask" }, true] },
    { or = [
        { answered = "note" },
        { "==" = [{ var = "reason" },
                  "war"] },
    ] },
] }
"""
    with pytest.raises(DefinitionError) as caught:
        parse(read(text, "c.toml").members()["when"], ITEMS, PARAMETERS)
    assert (caught.value.origin, caught.value.line) == ("c.toml", 7)


def test_names_and_constants_of_a_condition_are_listed_in_order() -> None:
    condition = parsed(
        '{ and = [{ not = { "==" = [{ var = "mask" }, true] } }, { answered = "note" },'
        ' { in = [{ var = "reason" }, ["school"]] }, { ">=" = [{ var = "temperature" }, { param = "limit" }] }] }'
    )
    assert list(variables(condition)) == [
        Var("mask"), Var("note"), Var("reason"), Var("temperature"), Param("limit"),
    ]  # fmt: skip
    assert list(constants(condition)) == [True, "school"]


NAMES = ("a", "b", "c")
ATOM = st.one_of(
    st.builds(Compare, st.just(Operator.EQUAL), st.sampled_from([Var(n) for n in NAMES]), st.booleans()),
    st.builds(Compare, st.just(Operator.UNEQUAL), st.sampled_from([Var(n) for n in NAMES]), st.booleans()),
    st.builds(Answered, st.sampled_from([Var(n) for n in NAMES])),
)
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    ATOM,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(Every, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Some, st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=12,
)
WHOLE = st.fixed_dictionaries({n: st.sampled_from([True, False, Blank.UNKNOWN, Blank.IRRELEVANT]) for n in NAMES})


@settings(derandomize=True, max_examples=400, deadline=None)
@given(condition=CONDITIONS, whole=WHOLE, hidden=st.sets(st.sampled_from(NAMES)))
def test_learning_more_never_flips_what_was_decided(
    condition: Condition, whole: dict[str, Value | Blank], hidden: set[str]
) -> None:
    partly = {name: value for name, value in whole.items() if name not in hidden}
    before = evaluate(condition, partly, {})
    assert before is None or before is evaluate(condition, whole, {})


FLAGS: tuple[Value | Blank, ...] = (Blank.UNKNOWN, True, False)
WORDS: tuple[Value | Blank, ...] = (Blank.UNKNOWN, "x", "y")


def test_learning_an_answer_never_flips_a_condition_that_does_not_ask_whether_it_is_answered() -> None:
    inner = Some((Compare(Operator.EQUAL, Var("a"), True), Among(Var("b"), ("x",))))
    for condition in (inner, Not(inner), Every((inner, Not(Among(Var("b"), ("y",)))))):
        for a, b in product(FLAGS, WORDS):
            known: dict[str, Value | Blank] = {"a": a, "b": b}
            before = evaluate(condition, known, {})
            for later_a, later_b in product(FLAGS[1:], WORDS[1:]):
                learnt = {"a": later_a if a is Blank.UNKNOWN else a, "b": later_b if b is Blank.UNKNOWN else b}
                assert before is None or evaluate(condition, learnt, {}) is before
