"""Transcripts: what passed over a line, written down and played back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.fingerprint.r30x import R30xScanner
from devices.fingerprint.simulator_r30x import R30xSimulator
from devices.transcript import Direction, Entry, Transcript, UnexpectedBytesError, expected_protocol
from tests.support.counter import Counter
from tests.support.lines import read_exactly

pieces = st.lists(st.tuples(st.sampled_from(Direction), st.binary(min_size=1, max_size=20)), max_size=20)


def recorded(said: list[tuple[Direction, bytes]]) -> Transcript:
    transcript = Transcript()
    for direction, data in said:
        transcript.add(direction, data)
    return transcript


@given(pieces)
def test_text_holds_all_of_it(said: list[tuple[Direction, bytes]]) -> None:
    transcript = recorded(said)
    again = Transcript.from_text(transcript.to_text()).entries()
    assert [(entry.direction, entry.data) for entry in again] == said
    assert [round(entry.at_s, 6) for entry in transcript.entries()] == [entry.at_s for entry in again]


@given(pieces)
def test_exchanges_hold_every_byte_in_order(said: list[tuple[Direction, bytes]]) -> None:
    exchanges = recorded(said).exchanges()
    for index, direction in enumerate((Direction.SENT, Direction.RECEIVED)):
        assert b"".join(each[index] for each in exchanges) == b"".join(data for way, data in said if way is direction)


def test_the_newest_pieces_are_kept() -> None:
    transcript = Transcript(limit=2)
    for data in (b"a", b"b", b"c"):
        transcript.add(Direction.SENT, data)
    assert [entry.data for entry in transcript.entries()] == [b"b", b"c"]


def test_times_grow() -> None:
    first, second = recorded([(Direction.SENT, b"a"), (Direction.RECEIVED, b"b")]).entries()
    assert isinstance(first, Entry)
    assert 0 <= first.at_s <= second.at_s


@pytest.mark.parametrize("text", ["nonsense", "0.1 > zz", "0.1 ? 00", "x > 00"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the words are those of four parsers
        Transcript.from_text(text)


class TestReplay:
    def test_what_is_expected_is_answered(self) -> None:
        with expected_protocol([(b"", b"hello"), (b"ab", b"12"), (b"c", b"")]) as line:
            assert line.read_some(0.01) == b"hello"
            line.write(b"a")
            assert line.read_some(0) == b""
            line.write(b"b")
            assert read_exactly(line, 2, 0.1) == b"12"
            line.write(b"c")
            assert line.read_some(0.01) == b""
            line.set_baudrate(115200)
            line.check()
            line.close()

    def test_other_bytes_are_refused(self) -> None:
        with (
            pytest.raises(UnexpectedBytesError, match="expected 6162, sent 6163"),
            expected_protocol([(b"ab", b"")]) as line,
        ):
            line.write(b"ac")

    def test_more_bytes_are_refused(self) -> None:
        with pytest.raises(UnexpectedBytesError, match="nothing more expected"), expected_protocol([]) as line:
            line.write(b"a")

    def test_fewer_bytes_are_refused(self) -> None:
        with pytest.raises(UnexpectedBytesError, match="never sent"), expected_protocol([(b"ab", b"")]) as line:
            line.write(b"a")

    def test_a_test_that_has_failed_already_keeps_its_own_error(self) -> None:
        with pytest.raises(ZeroDivisionError), expected_protocol([(b"ab", b"")]):
            raise ZeroDivisionError

    def test_what_a_real_driver_said_can_be_played_back(self) -> None:
        transcript = Transcript()
        with R30xSimulator() as module:
            scanner = R30xScanner("fingerprint", Counter().gate, module.url, transcript=transcript)
            scanner.open()
            scanner.self_test()
            scanner.close()
        exchanges = Transcript.from_text(transcript.to_text()).exchanges()
        with expected_protocol(exchanges) as line:
            for sent, reply in exchanges:
                line.write(sent)
                assert read_exactly(line, len(reply), 0.1) == reply
        assert len(exchanges) >= 5
