"""Gathering what the station holds of a visit, for whoever has a right to know."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.held import Capture, Event, Held
from station.domain.samples import CaptureSource
from station.errors import StationError, WayOn

if TYPE_CHECKING:
    from station.store import Work


def held(work: Work, visit: Enrollment) -> Held:
    """Everything of one visit."""
    packet = work.packets.of(visit.visit_id)
    captures = tuple(_captures(visit))
    return Held(
        visit=visit,
        captures=captures,
        captures_held=bool(captures) and work.blobs.has_captures(visit.visit_id),
        answers=len(work.answers.of([visit.visit_id])),
        packet=packet.file if packet is not None else None,
        packet_sha256=packet.sha256 if packet is not None else "",
        acknowledged_at=packet.acknowledged_at if packet is not None else None,
        events=tuple(
            Event(each.at, each.by, each.action, str(each.facts.get("kind", "")))
            for each in work.audit.of(visit.visit_id)
        ),
    )


def _captures(visit: Enrollment) -> Iterator[Capture]:
    for portrait in visit.portraits:
        yield Capture("portrait", str(portrait.number), portrait.taken_at, _device(portrait.source))
    for hands in visit.exception_portraits:
        yield Capture("hands", str(hands.number), hands.taken_at, _device(hands.source))
    for finger in visit.fingers:
        what = f"{int(finger.position)}/{finger.number}"
        yield Capture("finger", what, finger.taken_at, _device(finger.source))
    for sample in visit.signatures:
        yield Capture("signature", str(sample.number), sample.taken_at, _device(sample.source))
    for entry in visit.entries:
        if isinstance(entry, h.Positioned) and entry.position is not None:
            yield Capture("position", "", entry.at, _device(entry.position.source))


def _device(source: CaptureSource) -> str:
    return f"{source.slot} {source.maker} {source.model} {source.serial}".strip()


def write_both(base: Path, pdf: bytes, document: bytes) -> tuple[Path, Path]:
    """The PDF and the JSON beside each other, whole.

    Raises:
        StationError: `paper.not_written`.
    """
    from station.packet.files import write_whole  # noqa: PLC0415 - loaded with the papers

    files = base.with_suffix(".pdf"), base.with_suffix(".json")
    try:
        base.parent.mkdir(parents=True, exist_ok=True)
        for path, data in zip(files, (pdf, document), strict=True):
            write_whole(path, data)
    except OSError as error:
        raise StationError("paper.not_written", WayOn.FREE_SPACE, type(error).__name__) from error
    return files
