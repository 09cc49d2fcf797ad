"""The log: nothing personal gets into it, whatever somebody tries to write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from station.errors import RuleError
from station.security.redaction import BLANKED, KEYS, LOG_FILE, logging_to, redact
from tests.support.histories import NAME, applicant

NIK = applicant().nik.digits


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_codes_and_numbers_are_written_as_one_line_of_json(tmp_path: Path) -> None:
    with logging_to(tmp_path / "log") as path:
        structlog.get_logger().info("step.finished", step="portrait", duration_ms=12.5, simulated=True, visit_id="v-1")
        structlog.get_logger().debug("step.finished", step="signature")
    (line,) = lines(path)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "step.finished",
        "level": "info",
        "step": "portrait",
        "duration_ms": 12.5,
        "simulated": True,
        "visit_id": "v-1",
    }


def test_a_key_that_is_not_on_the_list_is_dropped_whatever_it_holds(tmp_path: Path) -> None:
    with logging_to(tmp_path) as path:
        structlog.get_logger().warning("identify.done", nik=NIK, name=NAME, applicant=applicant(), step="identify")
    assert set(lines(path)[0]) == {"event", "level", "timestamp", "step"}


@pytest.mark.parametrize(
    "value",
    [NAME, NIK, f"a-{NIK}.pdf", int(NIK), applicant(), [NIK], {"nik": NIK}, NIK.encode(), "two\nlines", "é", "x" * 201],
)
def test_a_value_that_could_be_a_person_is_blanked(value: object) -> None:
    assert redact(None, "info", {"event": "step.finished", "reason": value})["reason"] == BLANKED


@pytest.mark.parametrize("event", [f"recorded {NAME}", NIK, "", "Step finished", f"step.{NAME}"])
def test_an_event_is_a_dotted_code(event: str) -> None:
    assert redact(None, "info", {"event": event})["event"] == BLANKED


def test_of_an_exception_its_kind_its_code_and_its_places_are_kept_never_its_words(tmp_path: Path) -> None:
    with logging_to(tmp_path) as path:
        log = structlog.get_logger()
        try:
            raise RuleError("identify.too_young", f"{NAME} {NIK}")
        except RuleError as error:
            log.exception("service.refused")
            log.warning("service.refused", exc_info=error)
            log.warning("service.refused", exc_info=(type(error), error, error.__traceback__))
        log.error("service.refused", exc_info=ValueError(NAME))
        log.warning("service.refused", exc_info=True)  # noqa: LOG014 - nothing is being handled, that is the case
    written = path.read_text("utf-8")
    assert NAME not in written
    assert NIK not in written
    first, second, third, plain, none = lines(path)
    assert (first["error"], first["code"]) == ("RuleError", "identify.too_young")
    assert first["at"][0].startswith("test_security_redaction.py:")
    assert [second["at"], third["at"]] == [first["at"]] * 2
    assert (plain["error"], plain["at"], "code" in plain) == ("ValueError", [], False)
    assert "error" not in none


@given(line=st.dictionaries(st.sampled_from(sorted(KEYS)) | st.text(max_size=8), st.text() | st.integers() | st.none()))
def test_whatever_is_logged_can_be_read_and_holds_no_long_number(line: dict[str, Any]) -> None:
    kept = redact(None, "info", {**line, "event": "any.event", "reason": NIK})
    assert set(kept) <= KEYS
    assert NIK not in json.dumps(kept)


def test_nothing_is_left_configured_and_lines_are_added(tmp_path: Path) -> None:
    for count in (1, 2):
        with logging_to(tmp_path):
            assert structlog.is_configured()
            structlog.get_logger().info("station.started", count=count)
        assert not structlog.is_configured()
    assert [line["count"] for line in lines(tmp_path / LOG_FILE)] == [1, 2]


def test_a_full_file_is_put_aside_and_few_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station.security.redaction.FILE_BYTES", 300)
    with logging_to(tmp_path):
        for count in range(40):
            structlog.get_logger().info("station.started", count=count)
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "station.log",
        *(f"station.log.{number}" for number in range(1, 6)),
    ]
