"""The audit trail's lines: what may stand in them, and that their bytes are the same everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.domain.audit import FACTS, GENESIS, AuditEntry, Fact, canonical, check, link, moment, statement

AT = datetime(2020, 4, 13, 2, 0, tzinfo=UTC)


def test_a_line_is_sorted_json_in_ascii_with_its_time_in_utc() -> None:
    jakarta = AT.astimezone(timezone(timedelta(hours=7)))
    line = canonical(7, jakarta, "step.finished", by="op", visit_id="v1", facts={"step": "portrait", "count": 2})
    assert line == (
        b'{"action":"step.finished","at":"2020-04-13T02:00:00.000000+00:00","by":"op",'
        b'"facts":{"count":2,"step":"portrait"},"seq":7,"visit_id":"v1"}'
    )


def test_the_first_links_of_a_chain_never_change() -> None:
    """Fixed for good: trails that were written must stay checkable."""
    first = link(GENESIS, canonical(1, AT, "visit.opened", by="op", visit_id="v1", facts={}))
    second = link(first, canonical(2, AT, "step.finished", by="op", visit_id="v1", facts={"step": "portrait"}))
    assert first.hex() == "3242a393dce530ea9d85b57be7d7a7e949014c35344e433d7045f5e19de1f4ad"
    assert second.hex() == "f5a11e2c3692779bf9432d6ea1204551d6964e4dc0f94fb1078d13e6e111871b"


@given(st.data())
def test_a_line_links_to_what_it_was_linked_to_and_to_nothing_else(data: st.DataObject) -> None:
    line = canonical(1, AT, "visit.opened", by="op", visit_id="v1", facts={"count": 1})
    entry = AuditEntry(1, AT, "visit.opened", "op", "v1", {"count": 1}, link(GENESIS, line))
    assert entry.links_to(GENESIS)
    other = data.draw(st.binary(min_size=32, max_size=32).filter(lambda each: each != GENESIS))
    assert not entry.links_to(other)


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"step": "portrait", "count": 3, "simulated": True},
        {"protocol": "emergency-2020", "sha256": "0123456789" * 6 + "abcd"},
        {"file": "20200413-a1.ktpel", "reason": "443.1/2978/Dukcapil"},
    ],
)
def test_codes_numbers_and_yes_or_no_may_stand_in_it(facts: dict[str, Fact]) -> None:
    check("visit.opened", facts)
    assert set(facts) <= FACTS


@pytest.mark.parametrize(
    ("action", "facts", "words"),
    [
        ("visit.opened", {"name": "WIDURI"}, "no fact"),
        ("visit.opened", {"reason": "WIDURI KARTIKA"}, "no code"),
        ("visit.opened", {"reason": "3273015708950001"}, "no code"),
        ("visit.opened", {"file": "a-3273015708950001.pdf"}, "no code"),
        ("visit.opened", {"reason": "é"}, "no code"),
        ("visit.opened", {"reason": "x" * 129}, "no code"),
        ("visit.opened", {"reason": "a\nb"}, "no code"),
        ("Visit opened", {}, "dotted code"),
        ("", {}, "dotted code"),
    ],
)
def test_what_could_be_a_person_may_not(action: str, facts: dict[str, Fact], words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        check(action, facts)
    assert "WIDURI" not in str(caught.value)
    assert "3273015708950001" not in str(caught.value)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        moment(AT.replace(tzinfo=None))


@given(st.lists(st.datetimes(timezones=st.just(UTC)), min_size=2, max_size=5))
def test_times_as_text_sort_as_they_follow_each_other(times: list[datetime]) -> None:
    assert [moment(each) for each in sorted(times)] == sorted(moment(each) for each in times)


def test_what_is_signed_names_the_line_its_hash_and_the_time() -> None:
    assert statement(3, bytes(32), AT) == (
        b"ktpel audit head\n3\n" + b"00" * 32 + b"\n2020-04-13T02:00:00.000000+00:00\n"
    )
