"""What may stand in the audit trail: codes and digests, never a NIK."""

from __future__ import annotations

import pytest

from station.domain.audit import check

NIK = "6408031504031492"


def test_a_digest_may_hold_many_digits_in_a_row() -> None:
    check("packet.sealed", {"sha256": NIK + "ab" * 24})


@pytest.mark.parametrize("value", [NIK, f"x{NIK}", f"file-{NIK}.ktpel", "two words"])
def test_a_nik_or_words_are_refused_wherever_they_stand(value: str) -> None:
    with pytest.raises(ValueError, match="no code"):
        check("packet.sealed", {"file": value})
