"""A van without an approver and its office, two stations without a wire between them: challenge, code, and misuse."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from protocols.clock import ManualClock
from station.domain import history as h
from station.domain.step import State
from station.errors import RuleError, StationError
from station.services.approval_codes import CodesLockedError
from tests.support.approvals import PASSWORDS, Office, office, waiting
from tests.support.histories import AT, OFFICER

KEY = bytes(range(32))
WORDS = "tiga-perahu-menyeberang"


def _hold(made: Office) -> None:
    """The office's key, as if it had been taken over."""

    def put() -> None:
        with made.station._records.work() as work:
            work.approval_keys.put(KEY, AT)
            work.commit()

    made.do(put)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Office]]:
    """The office, where dewi serves, and the van, where rina does; both hold the office's key."""
    folder = tmp_path_factory.mktemp("pair")
    with office(folder / "office") as main, office(folder / "van") as van:
        for made in (main, van):
            _hold(made)
        main.sign_on("dewi")
        van.sign_on("rina")
        yield main, van


def _ask(van: Office, visit_id: str = "v1", reason: str = "di desa, tanpa penyelia") -> str:
    return van.do(lambda: van.station.approval_codes.ask(visit_id, reason)).words


def _answer(main: Office, words: str, number: str = "a-001") -> str:
    return main.do(lambda: main.station.approval_codes.answer(number, words.lower(), PASSWORDS["dewi"]))


def _redeem(van: Office, code: str, visit_id: str = "v1", approver: str = "dewi") -> State:
    return van.do(lambda: van.station.approval_codes.redeem(visit_id, approver, code)).state


def _wrong(code: str) -> str:
    """Well told, and false."""
    from station.security.approval_code import DIGITS, check_symbol

    digits = str((int(code[:8]) + 1) % 10**8).zfill(8)
    return digits + check_symbol(digits, DIGITS)


def test_a_code_from_the_office_approves_in_the_approvers_name_and_the_record_says_how(
    pair: tuple[Office, Office],
) -> None:
    main, van = pair
    van.keep("v1", waiting("A-001"))
    assert van.do(lambda: van.station.approval_codes.pending("v1")) is None
    words = _ask(van)
    assert main.do(main.station.approval_codes.key_name) == van.do(van.station.approval_codes.key_name)
    code = _answer(main, words)
    assert _redeem(van, f"{code[:3]} {code[3:6]} {code[6:]}", approver=" Dewi ") is State.SEALING
    approved = van.do(lambda: van.station.visits.load("v1")).approved
    assert approved is not None
    assert (approved.by, approved.by_code, approved.entered_by, approved.automatic) == ("dewi", True, "rina", False)
    assert ("visit.approved", "v1", "dewi") in van.actions()
    assert ("approval.code_given", "", "dewi") in main.actions()
    assert {each[0] for each in van.actions()} >= {"approval.asked"}
    with pytest.raises(RuleError, match=r"approval\.not_asked"):
        _redeem(van, code)


def test_the_challenge_stands_over_a_restart_until_the_history_changes(tmp_path: Path) -> None:
    with office(tmp_path) as van:
        _hold(van)
        van.sign_on("rina")
        van.keep("v1", waiting("A-001"))
        words = _ask(van)
    with office(tmp_path) as van:
        van.sign_on("rina")
        pending = van.do(lambda: van.station.approval_codes.pending("v1"))
        assert pending is not None
        assert pending.words == words
        assert _ask(van, reason="radio rusak") != words


def test_a_code_for_one_visit_opens_no_other_and_is_void_once_the_history_has_changed(
    pair: tuple[Office, Office],
) -> None:
    main, van = pair
    van.keep("w1", waiting("A-001"))
    van.keep("w2", waiting("A-001"))
    code = _answer(main, _ask(van, "w1"))
    _ask(van, "w2")
    with pytest.raises(RuleError, match=r"approval\.code_wrong"):
        _redeem(van, code, "w2")
    _ask(van, "w1")
    with pytest.raises(RuleError, match=r"approval\.code_wrong"):
        _redeem(van, code, "w1")
    van.do(lambda: van.station.approval.send_back("w1", State.SIGNATURE, "kabur", "dewi", PASSWORDS["dewi"]))
    with pytest.raises(RuleError, match=r"approval\.not_asked"):
        _redeem(van, code, "w1")
    assert [each[2] for each in van.actions() if each[0] == "approval.code_wrong"] == ["rina", "rina"]


def test_a_code_is_the_approvers_own_and_nobody_approves_what_they_captured_or_entered(
    pair: tuple[Office, Office],
) -> None:
    main, van = pair
    van.keep("x1", waiting("A-001", by="dewi"))
    van.keep("x2", waiting("A-002"))
    code = _answer(main, _ask(van, "x1"))
    for approver, refused in (
        ("dewi", "approval.own_recording"),
        ("rina", "sign_on.same_officer"),
        ("two words", "officer.unknown"),
    ):
        with pytest.raises(RuleError, match=refused):
            _redeem(van, code, "x1", approver)
    other = _answer(main, _ask(van, "x2"), "A-002")
    with pytest.raises(RuleError, match=r"approval\.code_wrong"):
        _redeem(van, other, "x2", "agus")
    assert _redeem(van, other, "x2", "dewi") is State.SEALING


def test_wrong_codes_lock_longer_and_longer_over_restarts_and_misheard_ones_do_not_count(tmp_path: Path) -> None:
    clock = ManualClock()
    with office(tmp_path, clock=clock) as van:
        _hold(van)
        van.sign_on("dewi")
        van.keep("v1", waiting("A-001"))
        code = _answer(van, _ask(van))
        van.sign_on("rina")
        for typed in ("123", code[:-1], code[:8] + str((int(code[8]) + 1) % 10)):
            with pytest.raises(RuleError, match=r"approval\.code_mistyped"):
                _redeem(van, typed)
        for _ in range(5):
            with pytest.raises(RuleError, match=r"approval\.code_wrong"):
                _redeem(van, _wrong(code))
        with pytest.raises(CodesLockedError) as locked:
            _redeem(van, code)
        assert locked.value.wait == timedelta(minutes=5)
        clock.advance(timedelta(minutes=6))
        with pytest.raises(RuleError, match=r"approval\.code_wrong"):
            _redeem(van, _wrong(code))
    with office(tmp_path, clock=clock) as van:
        van.sign_on("rina")
        with pytest.raises(CodesLockedError) as locked:
            _redeem(van, code)
        assert timedelta(minutes=9) < locked.value.wait <= timedelta(minutes=10)
        clock.advance(timedelta(minutes=11))
        assert _redeem(van, code) is State.SEALING
        van.keep("v2", waiting("A-002"))
        words = _ask(van, "v2")
        assert words
        with pytest.raises(RuleError, match=r"approval\.code_wrong"):
            _redeem(van, _wrong(code), "v2")


def test_without_the_key_nothing_is_asked_or_answered(tmp_path: Path) -> None:
    with office(tmp_path) as made:
        made.keep("v1", waiting("A-001"))
        made.sign_on("dewi")
        assert made.do(made.station.approval_codes.key_name) == ""
        for job in (
            lambda: made.station.approval_codes.pending("v1"),
            lambda: made.station.approval_codes.ask("v1", "van"),
            lambda: made.station.approval_codes.answer("A-001", "0000-0000-001", PASSWORDS["dewi"]),
        ):
            with pytest.raises(RuleError, match=r"approval\.(no_key|challenge_mistyped)"):
                made.do(job)
        assert made.do(lambda: made.station.visits.load("v1")).entries == tuple(waiting("A-001"))


def test_what_is_asked_and_answered_is_checked_first(pair: tuple[Office, Office]) -> None:
    main, van = pair
    van.keep("y1", waiting("A-001"))
    with pytest.raises(RuleError, match=r"approval\.why_missing"):
        _ask(van, "y1", reason=" ")
    words = _ask(van, "y1")
    with pytest.raises(RuleError, match=r"approval\.number_wrong"):
        _answer(main, words, "A 001; x")
    with pytest.raises(RuleError, match=r"approval\.challenge_mistyped"):
        _answer(main, words[:-1])
    with pytest.raises(RuleError, match=r"sign_on\.failed"):
        main.do(lambda: main.station.approval_codes.answer("A-001", words, "wrong"))
    main.sign_on("rina")
    with pytest.raises(RuleError, match=r"sign_on\.not_allowed"):
        _answer(main, words)


def test_the_key_is_shared_by_a_supervisor_and_taken_by_two_officers(tmp_path: Path) -> None:
    with office(tmp_path / "a") as main, office(tmp_path / "b") as van:
        main.sign_on("dewi")
        share = main.station.approval_codes.share
        with pytest.raises(RuleError, match=r"keys\.passphrase_weak"):
            main.do(lambda: share("kurang", PASSWORDS["dewi"]))
        path = main.do(lambda: share(WORDS, PASSWORDS["dewi"]))
        name = main.do(main.station.approval_codes.key_name)
        assert main.do(lambda: share(WORDS, PASSWORDS["dewi"])) == path, "the same key"
        take = van.station.approval_codes.take
        van.sign_on("rina")
        with pytest.raises(RuleError, match=r"sign_on\.not_allowed"):
            van.do(lambda: take(path, WORDS, PASSWORDS["rina"], "agus", PASSWORDS["agus"]))
        van.sign_on("agus")
        with pytest.raises(RuleError, match=r"sign_on\.same_officer"):
            van.do(lambda: take(path, WORDS, PASSWORDS["agus"], "agus", PASSWORDS["agus"]))
        with pytest.raises(StationError, match=r"keys\.passphrase_wrong"):
            van.do(lambda: take(path, WORDS + "x", PASSWORDS["agus"], "rina", PASSWORDS["rina"]))
        assert van.do(van.station.approval_codes.key_name) == ""
        assert van.do(lambda: take(path, WORDS, PASSWORDS["agus"], "rina", PASSWORDS["rina"])) == name
        renewed = main.do(lambda: share(WORDS, PASSWORDS["dewi"], renew=True))
        assert renewed != path
        assert main.do(main.station.approval_codes.key_name) != name


def test_a_recording_that_is_asked_for_waits_on_the_approvers_list_as_before(tmp_path: Path) -> None:
    with office(tmp_path) as van:
        van.keep("v1", [*waiting("A-001"), h.ApprovalAsked(reason="van", at=AT, by=OFFICER)])
        van.sign_on("dewi")
        (head,) = van.do(van.station.approval.queue)
        assert (head.number, head.found) == ("A-001", ())
