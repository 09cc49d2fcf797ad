"""Screening: which answers hold, what follows from them, and the clearance that comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from protocols.clearance import Clearance, DeviceKey, ProtocolRef, Refusal
from protocols.clock import ManualClock
from protocols.condition import Value
from protocols.in_force import InForce
from protocols.schema import ProtocolDefinition, builtin, load
from protocols.screening import (
    Answer,
    Finding,
    ItemState,
    Mark,
    Missing,
    NotClearableError,
    Screening,
    Status,
    device_subject,
)

CAMERA, SCANNER, PAD = DeviceKey("camera", "C1"), DeviceKey("fingerprint", "F1"), DeviceKey("signature_pad", "P1")
EMERGENCY = builtin("emergency-2020")
VISIT, OFFICER, APPROVER = "visit-1", "officer-1", "officer-2"
T0 = datetime(2020, 4, 13, 1, 0, tzinfo=UTC)

GOOD: dict[str, dict[str, Value]] = {
    "emergency-2020": {
        "officer_mask": True,
        "officer_gloves": True,
        "officer_temperature": 36.4,
        "urgent_reason": "hospital",
        "urgency_evidence": "RSUD/12/2020",
        "urgency_approver": APPROVER,
        "applicant_temperature": 36.6,
        "applicant_hands": "soap",
        "device_disinfected": True,
    },
    "new-normal-2020": {
        "officer_mask": True,
        "officer_gloves": True,
        "officer_temperature": 36.4,
        "applicant_mask": True,
        "distance_kept": True,
        "applicant_temperature": 36.6,
        "applicant_hands": "sanitizer",
        "device_disinfected": True,
    },
    "routine": {"applicant_hands_clean": True, "device_disinfected": True},
}


def subjects(definition: ProtocolDefinition, item_id: str) -> tuple[str, ...]:
    return {
        "officer": (OFFICER,),
        "device": (device_subject(SCANNER), device_subject(PAD)),
    }.get(definition.item(item_id).subject.value, (VISIT,))


def answers(
    definition: ProtocolDefinition = EMERGENCY,
    at: datetime = T0,
    others: Mapping[str, Value | None] | None = None,
    **changes: Value | None,
) -> list[Answer]:
    """Every item answered well at `at`, except the changes; None leaves an item out."""
    given = {**GOOD[definition.ref.id], **(others or {}), **changes}
    return [
        Answer(item_id, subject, value, at, OFFICER)
        for item_id, value in given.items()
        if value is not None
        for subject in subjects(definition, item_id)
    ]


def screening(
    given: Sequence[Answer], definition: ProtocolDefinition = EMERGENCY, used: frozenset[DeviceKey] = frozenset()
) -> Screening:
    devices, contact = frozenset({CAMERA, SCANNER, PAD}), frozenset({SCANNER, PAD})
    return Screening(definition, VISIT, OFFICER, devices, contact, tuple(given), used)


def after(minutes: float) -> ManualClock:
    return ManualClock(T0 + timedelta(minutes=minutes))


def line(given: Sequence[Answer], item_id: str, minutes: float = 1) -> ItemState:
    return next(state for state in screening(given).checklist(after(minutes)) if state.item.id == item_id)


def rules_that_hold(given: Sequence[Answer], minutes: float = 1) -> list[str]:
    return [finding.rule_id for finding in screening(given).assess(after(minutes)).failed]


@pytest.mark.parametrize("name", sorted(GOOD))
def test_every_item_answered_well_clears(name: str) -> None:
    definition = builtin(name)
    verdict = screening(answers(definition), definition).assess(after(1))
    assert verdict.status is Status.CLEARED
    assert (verdict.missing, verdict.failed, verdict.recheck_at, verdict.propose_days) == ((), (), None, None)
    assert verdict.valid_until == T0 + timedelta(minutes=61)


@pytest.mark.parametrize("name", sorted(GOOD))
def test_each_item_left_out_is_missing_and_nothing_is_cleared(name: str) -> None:
    definition = builtin(name)
    for item in definition.items:
        verdict = screening(answers(definition, T0, {item.id: None}), definition).assess(after(1))
        assert verdict.status is Status.INCOMPLETE
        wanted = tuple(Missing(item.id, subject) for subject in subjects(definition, item.id))
        assert tuple(m for m in verdict.missing if m.item_id == item.id) == tuple(
            sorted(wanted, key=lambda m: m.subject)
        )
    nothing = screening([], definition)
    assert nothing.assess(after(0)).status is Status.INCOMPLETE
    assert {state.mark for state in nothing.checklist(after(0))} <= {Mark.MISSING, Mark.NOT_RELEVANT}


MEND = Status.INCOMPLETE
RULES: list[tuple[str, dict[str, Value | None], str, Status, int | None]] = [
    ("emergency-2020", {"urgent_reason": "not_urgent", "urgency_evidence": None, "urgency_approver": None},
     "not_urgent", Status.DEFERRED, 30),
    ("emergency-2020", {"officer_mask": False}, "officer_without_mask", MEND, None),
    ("emergency-2020", {"officer_gloves": False}, "officer_without_gloves", MEND, None),
    ("emergency-2020", {"applicant_hands": "not_cleaned"}, "hands_not_cleaned", MEND, None),
    ("emergency-2020", {"device_disinfected": False}, "device_not_disinfected", MEND, None),
    ("new-normal-2020", {"officer_mask": False}, "officer_without_mask", MEND, None),
    ("new-normal-2020", {"officer_gloves": False}, "officer_without_gloves", MEND, None),
    ("new-normal-2020", {"applicant_mask": False}, "applicant_without_mask", MEND, None),
    ("new-normal-2020", {"distance_kept": False}, "distance_not_kept", MEND, None),
    ("new-normal-2020", {"applicant_hands": "not_cleaned"}, "hands_not_cleaned", MEND, None),
    ("new-normal-2020", {"device_disinfected": False}, "device_not_disinfected", MEND, None),
    ("routine", {"applicant_hands_clean": False}, "hands_not_clean", MEND, None),
    ("routine", {"device_disinfected": False}, "device_not_disinfected", MEND, None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "changes", "rule_id", "status", "days"), RULES)
def test_each_rule_holds_alone_and_leads_where_it_says(
    name: str, changes: dict[str, Value | None], rule_id: str, status: Status, days: int | None
) -> None:
    definition = builtin(name)
    verdict = screening(answers(definition, T0, changes), definition).assess(after(1))
    assert (verdict.status, verdict.missing, verdict.propose_days) == (status, (), days)
    assert {finding.rule_id for finding in verdict.failed} == {rule_id}


FEVER_RULES = [
    (name, item, rule, days)
    for name in ("emergency-2020", "new-normal-2020")
    for item, rule, days in (
        ("officer_temperature", "officer_fever", None),
        ("applicant_temperature", "applicant_fever", 14),
    )
]


@pytest.mark.parametrize(("name", "item_id", "rule_id", "days"), FEVER_RULES)
def test_two_readings_over_the_limit_five_minutes_apart_refuse(
    name: str, item_id: str, rule_id: str, days: int | None
) -> None:
    definition = builtin(name)
    limit = definition.values["temperature_limit"]
    assert limit == {"emergency-2020": 37.3, "new-normal-2020": 37.5}[name]
    (subject,) = subjects(definition, item_id)
    first = answers(definition, T0, {item_id: limit})
    assert screening(first, definition).assess(after(1)).status is Status.RECHECK
    assert (
        screening(answers(definition, T0, {item_id: limit - 0.1}), definition).assess(after(1)).status is Status.CLEARED
    )
    second = Answer(item_id, subject, limit, T0 + timedelta(minutes=5), OFFICER)
    verdict = screening([*first, second], definition).assess(after(6))
    assert (verdict.status, verdict.propose_days) == (Status.REFUSED, days)
    assert [finding.rule_id for finding in verdict.failed] == [rule_id]


def test_every_rule_of_every_definition_is_in_the_tables_above() -> None:
    tested = {(name, rule_id) for name, _, rule_id, _, _ in RULES} | {(name, rule) for name, _, rule, _ in FEVER_RULES}
    assert tested == {(name, rule.id) for name in GOOD for rule in builtin(name).rules}


def heat(value: float, minutes: float) -> Answer:
    return Answer("applicant_temperature", VISIT, value, T0 + timedelta(minutes=minutes), OFFICER, "thermometer")


@pytest.mark.parametrize(
    ("readings", "at", "status", "recheck"),
    [
        ([(37.3, 0)], 1, Status.RECHECK, 5),
        ([(37.3, 0)], 30, Status.RECHECK, 5),  # due since long: still wanted
        ([(37.3, 0), (36.5, 4.9)], 6, Status.RECHECK, 5),  # taken too early does not count
        ([(37.3, 0), (39.0, 4.9)], 6, Status.RECHECK, 5),
        ([(37.3, 0), (36.5, 5)], 6, Status.CLEARED, None),
        ([(37.3, 0), (36.5, 4), (36.6, 5)], 6, Status.CLEARED, None),
        ([(37.3, 0), (37.3, 5)], 6, Status.REFUSED, None),
        ([(37.3, 0), (37.3, 5), (36.0, 11)], 12, Status.REFUSED, None),  # the second reading is final
        ([(36.5, 0), (38.0, 2)], 3, Status.RECHECK, 7),  # the newest counts: fever found later
        ([(36.5, 0), (38.0, 2), (36.5, 8)], 9, Status.CLEARED, None),
        ([(38.0, 0), (36.5, 5), (38.0, 6)], 7, Status.RECHECK, 11),
        ([(37.3, 0), (44.0, 6)], 7, Status.RECHECK, 5),  # no person's temperature: not a reading
        ([(37.3, -121), (36.5, 0)], 1, Status.CLEARED, None),  # the first has lapsed: this is a first one again
        ([(38.0, -126), (38.0, -121), (36.5, 0)], 1, Status.CLEARED, None),  # a refusal lapses with its reading
    ],
)
def test_the_two_reading_rule(
    readings: list[tuple[float, float]], at: float, status: Status, recheck: float | None
) -> None:
    given = [*answers(applicant_temperature=None), *(heat(value, minutes) for value, minutes in readings)]
    verdict = screening(given).assess(after(at))
    assert verdict.status is status
    assert verdict.recheck_at == (None if recheck is None else T0 + timedelta(minutes=recheck))


def test_while_a_second_reading_is_due_the_first_one_is_shown() -> None:
    state = line([*answers(applicant_temperature=None), heat(37.9, 0)], "applicant_temperature", minutes=2)
    assert (state.mark, state.age, state.recheck_at) == (Mark.RECHECK, timedelta(minutes=2), T0 + timedelta(minutes=5))
    assert state.answer is not None
    assert state.answer.value == 37.9


def test_two_due_rechecks_are_both_awaited() -> None:
    given = [*answers(applicant_temperature=None, officer_temperature=37.8), heat(38.0, 3)]
    assert screening(given).assess(after(4)).recheck_at == T0 + timedelta(minutes=8)


def test_a_profile_changes_the_limit() -> None:
    definition = EMERGENCY.with_parameters({"temperature_limit": 37.5})
    given = answers(applicant_temperature=37.4)
    assert screening(given, definition).assess(after(1)).status is Status.CLEARED
    assert screening(given).assess(after(1)).status is Status.RECHECK


def test_what_was_mended_and_answered_anew_clears() -> None:
    given = answers(officer_gloves=False)
    assert rules_that_hold(given) == ["officer_without_gloves"]
    assert line(given, "officer_gloves").mark is Mark.FAILED
    given.append(Answer("officer_gloves", OFFICER, True, T0 + timedelta(seconds=30), OFFICER))
    assert screening(given).assess(after(1)).status is Status.CLEARED


def test_the_first_rule_of_the_document_decides_and_all_are_told() -> None:
    given = answers(urgent_reason="not_urgent", officer_mask=False)
    verdict = screening(given).assess(after(1))
    assert verdict.status is Status.DEFERRED
    assert [finding.rule_id for finding in verdict.failed] == ["not_urgent", "officer_without_mask"]


def test_an_item_that_is_not_relevant_is_neither_asked_nor_missing() -> None:
    given = answers(urgent_reason="not_urgent", urgency_evidence=None, urgency_approver=None)
    assert line(given, "urgency_evidence").mark is Mark.NOT_RELEVANT
    undecided = answers(urgent_reason=None, urgency_evidence=None, urgency_approver=None)
    assert line(undecided, "urgency_evidence").mark is Mark.NOT_RELEVANT
    assert screening(undecided).assess(after(1)).missing == (Missing("urgent_reason", VISIT),)


@pytest.mark.parametrize(
    ("item_id", "value"), [("urgent_reason", "school_entry"), ("urgency_evidence", "RSUD/13/2020")]
)
def test_an_approval_is_of_what_was_told_before_it(item_id: str, value: str) -> None:
    given = [*answers(), Answer(item_id, VISIT, value, T0, OFFICER)]
    changed = screening(given).assess(after(1))
    assert (changed.status, changed.missing) == (Status.INCOMPLETE, (Missing("urgency_approver", VISIT),))
    approved = [*given, Answer("urgency_approver", VISIT, APPROVER, T0, OFFICER)]
    assert screening(approved).assess(after(1)).status is Status.CLEARED


def test_what_is_found_of_the_applicant_later_leaves_the_approval_alone() -> None:
    given = [*answers(), Answer("applicant_temperature", VISIT, 36.9, T0, OFFICER)]
    assert screening(given).assess(after(1)).status is Status.CLEARED


def test_of_several_rules_that_fail_the_latest_proposed_day_counts() -> None:
    reading = Answer("applicant_temperature", VISIT, 38.2, T0, OFFICER)
    given = answers(
        urgent_reason="not_urgent", urgency_evidence=None, urgency_approver=None, applicant_temperature=None
    )
    again = Answer("applicant_temperature", VISIT, 38.2, T0 + timedelta(minutes=5), OFFICER)
    verdict = screening([*given, reading, again]).assess(after(6))
    days = {each.id: each.propose_days for each in EMERGENCY.rules}
    proposed = [days[each.rule_id] for each in verdict.failed]
    assert len(verdict.failed) == 2
    assert verdict.propose_days == max(EMERGENCY.quantity(each) for each in proposed if each is not None)


def test_no_repr_shows_what_was_answered() -> None:
    given = answers(applicant_temperature=36.87, urgency_evidence="RSUD/77/2020")
    shown = repr(given) + repr(screening(given).checklist(after(1)))
    assert "36.87" not in shown
    assert "RSUD/77" not in shown


def test_the_one_who_captures_cannot_approve() -> None:
    given = answers(urgency_approver=OFFICER)
    assert screening(given).assess(after(1)).missing == (Missing("urgency_approver", VISIT),)
    other = replace(screening(answers()), officer_id=APPROVER)
    assert Missing("urgency_approver", VISIT) in other.assess(after(1)).missing


def test_another_officer_brings_his_own_answers() -> None:
    changed = replace(screening(answers()), officer_id="officer-3")
    wanted = {"officer_mask", "officer_gloves", "officer_temperature"}
    assert {missing.item_id for missing in changed.assess(after(1)).missing} == wanted
    assert {missing.subject for missing in changed.assess(after(1)).missing} == {"officer-3"}


def test_officer_items_hold_for_a_shift_and_are_shown_as_held() -> None:
    shift = [a for a in answers(at=T0 - timedelta(hours=7)) if a.subject == OFFICER]
    visit = [a for a in answers() if a.subject != OFFICER]
    verdict = screening([*shift, *visit]).assess(after(1))
    assert (verdict.status, verdict.valid_until) == (Status.CLEARED, T0 + timedelta(hours=1))
    state = line([*shift, *visit], "officer_mask")
    assert (state.mark, state.age) == (Mark.HELD, timedelta(hours=7, minutes=1))
    assert line([*shift, *visit], "urgent_reason").mark is Mark.PASSED
    assert line([*visit, *shift], "officer_mask").mark is Mark.PASSED
    late = screening([*shift, *visit]).assess(after(60))
    assert {missing.subject for missing in late.missing} == {OFFICER}


def test_a_device_wiped_before_anything_of_this_visit_is_shown_as_held() -> None:
    early = [Answer("device_disinfected", device_subject(key), True, T0, OFFICER) for key in (SCANNER, PAD)]
    assert line(early, "device_disinfected").mark is Mark.HELD


def test_applicant_items_end_with_the_visit_so_that_another_day_is_screened_anew() -> None:
    given = answers()
    assert screening(given).assess(after(119)).status is Status.CLEARED
    missing = screening(given).assess(after(120)).missing
    assert {m.item_id for m in missing if m.subject == VISIT} == {
        "urgent_reason",
        "applicant_temperature",
        "applicant_hands",
    }
    other = replace(screening(given), visit_id="visit-2")
    assert VISIT not in {m.subject for m in other.assess(after(1)).missing}
    assert other.assess(after(1)).status is Status.INCOMPLETE


def test_disinfection_holds_for_one_applicant() -> None:
    used = screening(answers(), used=frozenset({SCANNER}))
    verdict = used.assess(after(1))
    assert (verdict.status, verdict.missing) == (
        Status.INCOMPLETE,
        (Missing("device_disinfected", device_subject(SCANNER)),),
    )
    with pytest.raises(NotClearableError):
        used.clear(after(1))


def test_a_finding_about_a_device_names_it() -> None:
    given = [*answers(device_disinfected=True), Answer("device_disinfected", device_subject(PAD), False, T0, OFFICER)]
    (finding,) = screening(given).assess(after(1)).failed
    assert (finding.rule_id, finding.subject) == ("device_not_disinfected", device_subject(PAD))
    marks = {
        state.subject: state.mark
        for state in screening(given).checklist(after(1))
        if state.item.id == "device_disinfected"
    }
    assert marks == {device_subject(SCANNER): Mark.PASSED, device_subject(PAD): Mark.FAILED}


def test_without_contact_devices_nothing_is_to_be_disinfected() -> None:
    given = answers(device_disinfected=None)
    alone = replace(screening(given), contact=frozenset())
    assert alone.assess(after(1)).status is Status.CLEARED


def test_answers_from_the_future_do_not_hold() -> None:
    assert screening(answers()).assess(after(-1)).status is Status.INCOMPLETE


def test_a_newer_answer_from_the_future_voids_the_older_one_it_replaced() -> None:
    gloves_off = Answer("officer_gloves", OFFICER, False, T0 + timedelta(minutes=30), OFFICER)
    missing = screening([*answers(), gloves_off]).assess(after(10)).missing
    assert missing == (Missing("officer_gloves", OFFICER),)


def test_what_was_written_before_the_wall_clock_went_back_does_not_come_into_force_later() -> None:
    history = [heat(39.0, 30), heat(36.5, 10)]  # in this order: the clock was put back in between
    assert screening([*answers(applicant_temperature=None), *history]).assess(after(40)).status is Status.CLEARED


@pytest.mark.parametrize(
    ("item_id", "value"),
    [
        ("officer_mask", "yes"),
        ("officer_mask", 1.0),
        ("applicant_hands", "tissue"),
        ("applicant_hands", True),
        ("applicant_temperature", True),
        ("applicant_temperature", "36.5"),
        ("applicant_temperature", 31.9),
        ("applicant_temperature", float("nan")),
        ("urgency_evidence", "  "),
        ("urgency_evidence", 5.0),
        ("device_disinfected", "yes"),
    ],
)
def test_what_an_item_could_never_accept_was_never_an_answer(item_id: str, value: Value) -> None:
    assert not EMERGENCY.item(item_id).accepts(value)
    missing = screening(answers(EMERGENCY, T0, {item_id: value})).assess(after(1)).missing
    assert {each.item_id for each in missing} == {item_id}


def test_a_clearance_covers_exactly_this_visit_officer_and_devices() -> None:
    clock = after(1)
    clearance = screening(answers()).clear(clock)
    assert isinstance(clearance, Clearance)
    assert (clearance.visit_id, clearance.officer_id, clearance.protocol) == (VISIT, OFFICER, EMERGENCY.ref)
    assert clearance.devices == {CAMERA, SCANNER, PAD}
    assert clearance.refusal(visit_id=VISIT, officer_id=OFFICER, device=PAD, clock=clock) is None


@pytest.mark.parametrize("hand", ["both", "wall", "monotonic"])
def test_a_clearance_ends_on_either_clock_with_the_first_answer_that_ends(hand: str) -> None:
    shift = [a for a in answers(at=T0 - timedelta(hours=7, minutes=40)) if a.subject == OFFICER]
    clock = after(0)
    clearance = screening([*shift, *answers()[3:]]).clear(clock)
    assert clearance.expires_at == T0 + timedelta(minutes=20)
    assert clearance.expires_monotonic == pytest.approx(20 * 60)

    def refusal() -> Refusal | None:
        return clearance.refusal(visit_id=VISIT, officer_id=OFFICER, device=CAMERA, clock=clock)

    clock.advance(timedelta(minutes=19, seconds=59))
    assert refusal() is None
    if hand == "wall":
        clock.set_wall(T0 + timedelta(minutes=20))
    else:
        clock.advance(timedelta(seconds=1))
    if hand == "monotonic":
        clock.set_wall(T0 + timedelta(minutes=1))
    assert refusal() is Refusal.EXPIRED


def test_no_clearance_comes_of_anything_but_a_cleared_verdict() -> None:
    for given in (answers(officer_mask=None), answers(officer_mask=False), answers(applicant_temperature=39.0)):
        with pytest.raises(NotClearableError) as caught:
            screening(given).clear(after(1))
        assert caught.value.verdict == screening(given).assess(after(1))


def test_screening_refuses_what_makes_no_sense() -> None:
    with pytest.raises(ValueError, match="contact device"):
        replace(screening([]), devices=frozenset({CAMERA}))
    with pytest.raises(ValueError, match="a visit and an officer"):
        replace(screening([]), officer_id="")
    with pytest.raises(ValueError, match="zone"):
        Answer("officer_mask", OFFICER, True, T0.replace(tzinfo=None), OFFICER)


ODD = """
id = "odd"
version = "1"
source = "A test."
title = { id = "Aneh", en = "Odd" }
[parameters.clearance_minutes]
label = { id = "Izin", en = "Clearance" }
unit = "min"
minimum = 5
maximum = 60
default = 30
[[items]]
id = "note"
kind = "text"
subject = "visit"
hold = "visit"
hold_hours = 2
required = false
label = { id = "Catatan", en = "Note" }
[[items]]
id = "heat"
kind = "temperature"
subject = "applicant"
hold = "visit"
hold_hours = 2
required = false
relevant = { "==" = [{ var = "note" }, "hot"] }
label = { id = "Suhu", en = "Temperature" }
plausible = [32.0, 43.0]
[[items]]
id = "wiped"
kind = "disinfection"
subject = "device"
hold = "applicant"
hold_hours = 8
label = { id = "Bersih", en = "Clean" }
[[items]]
id = "wiped_twice"
kind = "disinfection"
subject = "device"
hold = "applicant"
hold_hours = 8
relevant = { "==" = [{ var = "wiped" }, false] }
label = { id = "Bersih lagi", en = "Clean again" }
[[rules]]
id = "fever"
when = { ">=" = [{ var = "heat" }, 37.3] }
outcome = "refuse"
text = { id = "Demam", en = "Fever" }
[[rules]]
id = "still_dirty"
when = { "==" = [{ var = "wiped_twice" }, false] }
outcome = "mend"
text = { id = "Kotor", en = "Dirty" }
"""


def test_an_optional_item_that_decides_something_is_wanted_after_all() -> None:
    definition = load(ODD.encode(), "odd.toml")
    wiped = [Answer("wiped", device_subject(key), True, T0, OFFICER) for key in (SCANNER, PAD)]
    verdict = screening(wiped, definition).assess(after(1))
    assert (verdict.status, verdict.missing) == (Status.INCOMPLETE, (Missing("note", VISIT),))
    hot = Answer("note", VISIT, "hot", T0, OFFICER)
    assert screening([*wiped, hot], definition).assess(after(1)).missing == (Missing("heat", VISIT),)
    fever = Answer("heat", VISIT, 38.0, T0, OFFICER)
    assert screening([*wiped, hot, fever], definition).assess(after(1)).status is Status.REFUSED
    cold = Answer("note", VISIT, "cold", T0, OFFICER)
    assert screening([*wiped, hot, fever, cold], definition).assess(after(1)).status is Status.CLEARED


def test_an_item_about_a_device_may_depend_on_another_one_of_the_same_device() -> None:
    definition = load(ODD.encode(), "odd.toml")
    cold = Answer("note", VISIT, "cold", T0, OFFICER)
    one_clean = [
        cold,
        Answer("wiped", device_subject(SCANNER), True, T0, OFFICER),
        Answer("wiped", device_subject(PAD), False, T0, OFFICER),
    ]
    verdict = screening(one_clean, definition).assess(after(1))
    assert verdict.missing == (Missing("wiped_twice", device_subject(PAD)),)
    again = Answer("wiped_twice", device_subject(PAD), False, T0, OFFICER)
    rule = definition.rules[1]
    failed = screening([*one_clean, again], definition).assess(after(1)).failed
    assert failed == (Finding("still_dirty", rule.text, device_subject(PAD)),)
    undecided = screening([cold], definition).assess(after(1)).missing
    assert {m.item_id for m in undecided} == {"wiped"}


REF = ProtocolRef("routine", "1", "0" * 64)


def test_two_officers_put_a_protocol_in_force() -> None:
    decision = InForce(REF, ("a", "b"), T0, "443.1/2978/Dukcapil")
    assert decision.decided_by == ("a", "b")


@pytest.mark.parametrize(
    ("officers", "at", "reason", "complaint"),
    [
        (("a", "a"), T0, "order", "two different"),
        (("a", "a "), T0, "order", "two different"),
        (("", "b"), T0, "order", "two different"),
        (("a", " "), T0, "order", "two different"),
        (("a", "b"), T0, " ", "stated reason"),
        (("a", "b"), T0.replace(tzinfo=None), "order", "zone"),
    ],
)
def test_a_decision_nobody_could_answer_for_is_refused(
    officers: tuple[str, str], at: datetime, reason: str, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        InForce(REF, officers, at, reason)
