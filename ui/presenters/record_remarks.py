"""What stands out in a recording, in sentences that name who stood for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from station.domain import history as h
from station.domain.enrollment import Enrollment
from station.domain.history import EverRecorded
from station.domain.samples import LikenessVerdict
from ui.dialogs.questions import EXCEPTION_CODES
from ui.language import Text, fill, listed, same
from ui.messages import sentence_for
from ui.widgets.hands import FINGERS
from ui.widgets.rail import STEPS

EXCEPTED = Text(
    "{finger}: {why}; {reason}. Dicatat {who}, dikuatkan {second}.",
    "{finger}: {why}; {reason}. Declared by {who}, confirmed by {second}.",
)
UNSIGNED = Text(
    "Tidak dapat menandatangani; dikuatkan {second}. {mark}.", "Cannot sign; confirmed by {second}. {mark}."
)
MARKED = Text("{thumb} menggantikan tanda tangan", "{thumb} stands for the signature")
NO_MARK = Text("Tidak ada jempol yang menggantikannya", "No thumbprint stands for it")
FORCED = Text("Foto {n} dipaksakan {who}: {reason}.", "Portrait {n} forced by {who}: {reason}.")
MORE = Text("Foto tambahan diizinkan {who}: {reason}.", "More portraits allowed by {who}: {reason}.")
TWO_FINGERS = Text(
    "{later} mirip {earlier}; {who}: dua jari ({reason}).", "{later} like {earlier}; {who}: two fingers ({reason})."
)
ALIKE = Text("{later} mirip {earlier}, sidik jari kecil.", "{later} like {earlier}, small prints.")
RECORDED = {
    EverRecorded.YES: Text("Pemohon pernah direkam: {reason}.", "Recorded before: {reason}."),
    EverRecorded.UNSURE: Text("Pemohon mungkin pernah direkam: {reason}.", "Perhaps recorded before: {reason}."),
}
WARNED = Text("{warnings} Alasan {who}: {reason}.", "{warnings} Reason of {who}: {reason}.")
RETURNED = Text("Dikembalikan {who} untuk {step}: {reason}.", "Sent back by {who} for {step}: {reason}.")


def remarks(visit: Enrollment, names: Mapping[str, str]) -> tuple[Text, ...]:
    """Oldest first.

    Args:
        visit: the recording.
        names: of officers, by id; an id that is not there stands for itself.
    """

    def name(officer: str) -> Text:
        return same(names.get(officer, officer))

    told = [remark for entry in visit.entries for remark in _of(entry, name)]
    for each in visit.exceptions:
        who = {"who": name(each.declared_by), "second": name(each.confirmed_by)}
        why = {"why": EXCEPTION_CODES[each.code], "reason": same(each.reason)}
        told.append(fill(EXCEPTED, finger=FINGERS[each.position], **why, **who))
    told += [fill(ALIKE, later=FINGERS[each.position], earlier=FINGERS[each.other]) for each in visit.likenesses]
    if visit.signature_missing is not None:
        told.append(fill(UNSIGNED, second=name(visit.signature_missing.confirmed_by), mark=mark_of(visit)))
    return tuple(told)


def mark_of(visit: Enrollment) -> Text:
    """What stands for the signature of whoever cannot sign, without a full stop."""
    return NO_MARK if visit.mark is None else fill(MARKED, thumb=FINGERS[visit.mark.position])


def _of(entry: h.Entry, name: Callable[[str], Text]) -> list[Text]:
    match entry:
        case h.Identified():
            return _identified(entry, name(entry.by))
        case h.PortraitForced():
            return [fill(FORCED, n=entry.number, who=name(entry.forced_by), reason=entry.reason)]
        case h.MorePortraits():
            return [fill(MORE, who=name(entry.granted_by), reason=entry.reason)]
        case h.LikenessSettled(verdict=LikenessVerdict.DIFFERENT):
            pair = {"later": FINGERS[entry.position], "earlier": FINGERS[entry.other]}
            return [fill(TWO_FINGERS, **pair, who=name(entry.by), reason=entry.reason)]
        case h.Returned():
            return [fill(RETURNED, who=name(entry.by), step=STEPS[entry.step], reason=entry.reason)]
    return []


def _identified(entry: h.Identified, who: Text) -> list[Text]:
    told = []
    if entry.ever_recorded in RECORDED:
        told.append(fill(RECORDED[entry.ever_recorded], reason=entry.reason))
    if entry.confirmed:
        warnings = listed(sentence_for(code) for code in entry.confirmed)
        told.append(fill(WARNED, warnings=warnings, who=who, reason=entry.reason))
    return told
