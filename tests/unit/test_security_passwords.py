"""Passwords: kept so that they cannot be read back, and none that is soon guessed."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from station.errors import RuleError
from station.security import passwords

GOOD = "tujuh kuda menari di sawah"


def test_the_right_one_is_known_and_no_other() -> None:
    kept = passwords.hash(GOOD)
    assert kept.startswith("$argon2id$")
    assert GOOD not in kept
    assert passwords.verify(kept, GOOD)
    assert not passwords.verify(kept, GOOD + " ")
    assert not passwords.needs_rehash(kept)


def test_two_who_chose_the_same_are_kept_apart() -> None:
    assert passwords.hash(GOOD) != passwords.hash(GOOD)


def test_a_guess_costs_what_rfc_9106_asks_of_a_machine_with_little_memory() -> None:
    assert (passwords.COST.memory_cost, passwords.COST.time_cost) == (64 * 1024, 3)
    kept = PasswordHasher.from_parameters(passwords.COST).hash(GOOD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.verify(kept, GOOD)


@pytest.mark.parametrize("kept", ["", "plain text", "$argon2id$v=19$m=65536,t=3,p=4$AAAA$BBBB"])
def test_nothing_fits_what_was_never_kept_by_us(kept: str) -> None:
    assert not passwords.verify(kept, "")
    assert not passwords.verify(kept, kept)


def test_one_kept_at_a_lower_cost_still_fits_and_asks_to_be_kept_anew() -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(GOOD)
    assert passwords.verify(cheap, GOOD)
    assert passwords.needs_rehash(cheap)


@pytest.mark.parametrize("password", [GOOD, "Xk4-pTq9zw", "ペンギンは空を飛ばない鳥です"])
def test_a_long_one_needs_no_special_signs(password: str) -> None:
    passwords.check_strength(password, own=("siti", "Siti Rahayu"))


@pytest.mark.parametrize(
    "password",
    [
        "",
        "Xk4-pTq9z",  # nine
        "aaaaaaaaaaaaaaa",
        "abababababab",
        "password2020",
        "KataSandi-2020",
        "xx12345678xx",
        "dukcapil-jaya",
        "bismillah1",
        "1q2w3e4r5t",
        "qwertyuiop",
        "sayangkamu",
        "jakarta1945",
        "saya rahayu!",  # own name
        "SITI.yang.baik",  # own id
        "x" * 100 + "abcdefgh" * 20,  # longer than anybody types
    ],
)
def test_what_is_soon_guessed_is_refused(password: str) -> None:
    with pytest.raises(RuleError) as caught:
        passwords.check_strength(password, own=("siti", "Siti Rahayu"))
    assert caught.value.code == "password.too_weak"
    assert not password or password not in str(caught.value)


def test_short_words_of_a_name_may_stand_in_it() -> None:
    passwords.check_strength("langit biru di atas", own=("ani", "Di Ani"))
