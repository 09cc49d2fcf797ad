"""One recording after another is sealed behind the screens; what fails is told and holds nobody up."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from station.domain.enrollment import Enrollment
from station.errors import RuleError
from station.services.desk import Desk
from station.services.sealing_line import SealingLine, SealTold


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    made.start()
    yield made
    made.stop()


def test_all_are_sealed_in_their_order_the_desk_answers_in_between_and_failures_are_told(desk: Desk) -> None:
    order: list[str] = []
    told: list[SealTold] = []
    ended = threading.Event()

    def seal(visit_id: str) -> Enrollment:
        order.append(visit_id)
        if visit_id == "b":
            raise RuleError("packet.no_recipient")
        return Enrollment(visit_id)

    def heard(news: SealTold) -> None:
        told.append(news)
        if news.visit_id == "c":
            ended.set()

    line = SealingLine(desk, seal)
    line.subscribe(heard)
    held = threading.Event()
    desk.submit(held.wait)
    line.add(["a", "b", "a", "c"])
    between = desk.submit(lambda: order.append("a question"))
    assert line.length == 3
    held.set()
    assert ended.wait(5)
    between.result(5)
    assert order.index("a question") < order.index("b"), "a question waits for one recording at most"
    assert [each for each in order if each != "a question"] == ["a", "b", "c"]
    assert [(each.visit_id, each.left) for each in told] == [("a", 2), ("b", 1), ("c", 0)]
    assert [getattr(each.error, "code", None) for each in told] == [None, "packet.no_recipient", None]
    assert line.length == 0


def test_what_stands_in_line_when_the_station_ends_is_left_to_the_next_start() -> None:
    desk = Desk()
    told: list[SealTold] = []
    line = SealingLine(desk, Enrollment)
    line.subscribe(told.append)
    line.add(f"visit-{n}" for n in range(2000))
    assert line.length == 0
    assert told == []
