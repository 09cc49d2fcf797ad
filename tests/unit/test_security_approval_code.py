"""Challenge and code: what is misheard is told, and a code for one recording opens no other."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.security.approval_code import (
    DIGITS,
    LETTERS,
    challenge,
    check_symbol,
    code,
    key_name,
    read_challenge,
    read_code,
    same,
)

KEY = hashlib.sha256(b"a test's approval key").digest()
HISTORY = hashlib.sha256(b"a history").digest()
WORDS = st.text(max_size=12)
BYTES = st.binary(min_size=32, max_size=32)


def _challenge(visit_id: str = "visit-1", number: str = "A-001", reason: str = "van", history: bytes = HISTORY) -> str:
    return challenge(station="VAN-01", visit_id=visit_id, number=number, reason=reason, history=history)


def test_the_check_digit_is_the_standards() -> None:
    """ISO/IEC 7064, the standard's own example of MOD 11,10."""
    assert check_symbol("0794", DIGITS) == "5"


def test_a_code_is_eight_digits_of_the_macs_first_eight_bytes_and_a_check_digit() -> None:
    words = _challenge()
    parts = (b"ktpel approval code 1", b"penyelia", b"A-001", words.encode())
    joined = b"".join(len(each).to_bytes(4, "big") + each for each in parts)
    whole = int.from_bytes(hmac.new(KEY, joined, hashlib.sha256).digest()[:8], "big")
    given_ = code(KEY, approver="penyelia", number="A-001", challenge_=words)
    assert given_[:8] == f"{whole % 10**8:08d}"
    assert given_[8] == check_symbol(given_[:8], DIGITS)


def test_a_challenge_is_told_in_three_groups_and_read_as_it_is_heard() -> None:
    words = _challenge()
    assert [len(each) for each in words.split("-")] == [4, 4, 3]
    assert set(words) <= {*LETTERS, "-"}
    assert read_challenge(words) == words
    assert read_challenge(words.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == words
    assert read_challenge(words[:-1]) is None
    assert read_challenge("") is None


@pytest.mark.parametrize(("typed", "read"), [("079 4", None), ("", None), ("12345678", None), ("abcdefghi", None)])
def test_what_is_no_code_is_not_read(typed: str, read: str | None) -> None:
    assert read_code(typed) == read


@given(st.text(DIGITS, min_size=8, max_size=8), st.integers(0, 8), st.sampled_from(DIGITS))
def test_every_single_wrong_digit_is_seen(digits: str, at: int, wrong: str) -> None:
    right = digits + check_symbol(digits, DIGITS)
    assert read_code(f"{right[:3]} {right[3:6]} {right[6:]}") == right
    if right[at] != wrong:
        assert read_code(right[:at] + wrong + right[at + 1 :]) is None


@given(st.text(LETTERS, min_size=10, max_size=10), st.integers(0, 10), st.sampled_from(LETTERS))
def test_every_single_wrong_letter_is_seen(symbols: str, at: int, wrong: str) -> None:
    right = symbols + check_symbol(symbols, LETTERS)
    assert read_challenge(right) is not None
    if right[at] != wrong:
        assert read_challenge(right[:at] + wrong + right[at + 1 :]) is None


@given(st.tuples(WORDS, WORDS, WORDS, BYTES), st.tuples(WORDS, WORDS, WORDS, BYTES))
def test_a_code_for_one_recording_never_opens_another_nor_the_same_after_a_change(
    one: tuple[str, str, str, bytes], other: tuple[str, str, str, bytes]
) -> None:
    """Another visit, number, reason or history is another challenge; the code of one is not the other's."""
    first, second = _challenge(*one), _challenge(*other)
    assert (first == second) is (one == other)
    codes = [
        code(KEY, approver="penyelia", number=each[1], challenge_=words)
        for each, words in ((one, first), (other, second))
    ]
    assert same(*codes) is (one == other)


@given(BYTES, st.sampled_from(("penyelia", "penyelia2", "penyeli")), st.sampled_from(("A-001", "A-0011", "A-00")))
def test_another_key_another_approver_or_another_number_gives_another_code(key: bytes, by: str, number: str) -> None:
    right = code(KEY, approver="penyelia", number="A-001", challenge_=_challenge())
    other = code(key, approver=by, number=number, challenge_=_challenge())
    assert same(right, other) is ((key, by, number) == (KEY, "penyelia", "A-001"))


def test_keys_are_told_apart_by_a_short_name_that_tells_nothing_of_them() -> None:
    assert key_name(KEY) != key_name(bytes(32))
    assert len(key_name(KEY)) == 9
    assert KEY.hex()[:8] not in key_name(KEY).replace("-", "")
