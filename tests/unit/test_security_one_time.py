"""Codes of an authenticator: RFC 6238's own figures, one step either way, never the same one twice."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from station.security.one_time import STEP_S, as_text, as_uri, new_secret, step_taken

RFC_SECRET = b"12345678901234567890"
# RFC 6238, appendix B, SHA-1: seconds and the last six of the eight digits.
RFC_CODES = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]
NOON = datetime.fromtimestamp(1234567890, UTC)


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES)
def test_the_standards_own_codes_are_taken_at_their_time(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert step_taken(RFC_SECRET, code, at, after=0) == seconds // STEP_S


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_the_two_clocks_may_differ_by_one_step(steps: int, taken: bool) -> None:
    at = NOON + timedelta(seconds=STEP_S * steps)
    assert (step_taken(RFC_SECRET, "005924", at, after=0) is not None) is taken


def test_a_code_is_taken_once_and_no_older_one_after_it() -> None:
    step = step_taken(RFC_SECRET, "005924", NOON, after=0)
    assert step is not None
    assert step_taken(RFC_SECRET, "005924", NOON, after=step) is None
    assert step_taken(RFC_SECRET, "005924", NOON, after=step + 1) is None
    assert step_taken(RFC_SECRET, "005924", NOON, after=step - 1) == step


@pytest.mark.parametrize("code", ["", "5924", "005925", "0059240", "００５９２４", "abcdef", "-05924"])
def test_what_is_not_the_code_is_refused(code: str) -> None:
    assert step_taken(RFC_SECRET, code, NOON, after=0) is None


def test_it_may_be_typed_in_two_groups() -> None:
    assert step_taken(RFC_SECRET, " 005 924 ", NOON, after=0) is not None


def test_every_officers_secret_is_of_its_own() -> None:
    assert len({new_secret() for _ in range(20)}) == 20
    assert len(new_secret()) == 20


def test_an_authenticator_reads_secret_officer_and_station() -> None:
    parts = urlsplit(as_uri(RFC_SECRET, "rina", "KUTIM-01"))
    asked = parse_qs(parts.query)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parts.path.endswith("rina")
    assert asked["issuer"] == ["KTP-el KUTIM-01"]
    assert base64.b32decode(asked["secret"][0]) == RFC_SECRET == base64.b32decode(as_text(RFC_SECRET))
