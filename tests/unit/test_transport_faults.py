"""The far end of a simulated line: scripted faults, pace, wishes on its thread, and a port whose name stays."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from devices.simulation.faults import Fault, FaultPlan
from devices.simulation.wire_end import WireEnd
from devices.transport import Deadline, LineSettings, Transport
from tests.support.lines import read_exactly

SETTINGS = LineSettings(9600)


def befallen(plan: FaultPlan, frames: int) -> list[str]:
    return [fault.value if (fault := plan.befalls()) is not None else "" for _ in range(frames)]


def echo(*, tcp: bool) -> WireEnd:
    def back(data: bytes) -> None:
        end.write(data)

    end = WireEnd("test", back, tcp=tcp)
    return end


def _fail() -> None:
    raise ZeroDivisionError


class TestFaultPlan:
    def test_without_a_plan_nothing_happens(self) -> None:
        plan = FaultPlan()
        assert plan.exhausted
        assert befallen(plan, 3) == ["", "", ""]

    def test_plans_follow_one_another_each_after_its_pause(self) -> None:
        plan = FaultPlan()
        plan.schedule(Fault.LOST, skip=1)
        plan.schedule(Fault.NOISE, times=2)
        plan.schedule(Fault.RESET, skip=2)
        assert not plan.exhausted
        assert befallen(plan, 7) == ["", "lost", "noise", "noise", "", "", "reset"]
        assert plan.exhausted

    def test_a_plan_can_be_dropped(self) -> None:
        plan = FaultPlan()
        plan.schedule(Fault.LOST, times=5)
        plan.clear()
        assert plan.exhausted

    @pytest.mark.parametrize(("skip", "times"), [(-1, 1), (0, 0)])
    def test_an_impossible_plan_is_refused(self, skip: int, times: int) -> None:
        with pytest.raises(ValueError, match="befalls"):
            FaultPlan().schedule(Fault.LOST, skip=skip, times=times)


class TestWireEnd:
    def test_it_has_no_name_before_it_is_plugged_in_and_leaves_none_behind(self) -> None:
        for tcp in (False, True):
            end = WireEnd("test", lambda _: None, tcp=tcp)
            with pytest.raises(RuntimeError, match="not been started"):
                _ = end.url
            end.start()
            end.start()
            url = end.url
            end.stop()
            end.stop()
            assert not Path(url).exists()
            with pytest.raises(RuntimeError, match="not running"):
                end.unplug()

    def test_a_paced_reply_takes_its_time_and_can_be_cut_off(self) -> None:
        end = WireEnd("test", lambda _: None)
        end.bytes_per_second = 1000
        end.start()
        with_line = Transport.open(end.url, SETTINGS)
        before = Deadline(0.099)
        end.call(lambda: end.write(bytes(100)))
        assert before.expired
        assert len(read_exactly(with_line, 100, 1)) == 100

        sender = threading.Thread(target=lambda: end.call(lambda: end.write(bytes(100_000))))
        sender.start()
        read_exactly(with_line, 10, 5)
        end.unplug()
        sender.join(5)
        assert not sender.is_alive(), "the rest of the reply is dropped"
        with_line.close()
        end.stop()

    def test_a_pause_ends_with_the_cable(self) -> None:
        end = WireEnd("test", lambda _: None)
        end.start()
        begun = threading.Event()

        def doze() -> None:
            begun.set()
            end.pause(60)

        sleeper = threading.Thread(target=lambda: end.call(doze))
        sleeper.start()
        assert begun.wait(5)
        end.stop()
        sleeper.join(5)
        assert not sleeper.is_alive()

    def test_what_a_wish_raises_is_raised_where_it_was_wished_for_and_the_line_lives_on(self) -> None:
        end = echo(tcp=False)
        end.start()
        with pytest.raises(ZeroDivisionError):
            end.call(_fail)
        line = Transport.open(end.url, SETTINGS)
        line.write(b"a")
        assert read_exactly(line, 1, 1) == b"a"
        line.close()
        end.stop()

    def test_it_tells_the_speed_that_the_client_has_set(self) -> None:
        end = WireEnd("test", lambda _: None)
        end.start()
        line = Transport.open(end.url, LineSettings(19200))
        assert end.client_baudrate == 19200
        line.close()
        end.stop()
        over_tcp = WireEnd("test", lambda _: None, tcp=True)
        over_tcp.start()
        assert over_tcp.client_baudrate is None
        over_tcp.stop()

    def test_a_second_client_over_tcp_is_turned_away_until_the_first_has_gone(self) -> None:
        end = echo(tcp=True)
        end.start()
        first, second = (Transport.open(end.url, SETTINGS) for _ in range(2))
        first.write(b"a")
        assert read_exactly(first, 1, 1) == b"a"
        with pytest.raises(Exception, match=r"port\.lost"):
            read_exactly(second, 1, 1)
        second.close()
        first.close()
        third = Transport.open(end.url, SETTINGS)
        third.write(b"b")
        assert read_exactly(third, 1, 1) == b"b"
        third.close()
        end.stop()
