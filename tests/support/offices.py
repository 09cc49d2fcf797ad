"""An office with a key of its own, to which recovery files are sealed."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from station.packet.practice import PracticeDataCentre, practice_data_centre


def office_files(folder: Path) -> tuple[Path, PracticeDataCentre]:
    """Where its certificate lies, and both halves."""
    office = practice_data_centre(datetime.now(UTC))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "office.pem").write_bytes(office.certificate_pem)
    return folder / "office.pem", office
